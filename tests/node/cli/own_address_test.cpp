// A publishing command first reads its own public address (SPEC 6.1). That must not make somebody
// at a laptop without network wait, nor stop them.

#include <algorithm>

#include <gtest/gtest.h>

#include "node/cli/commands.h"
#include "node/node.h"
#include "tests/support/federation.h"

namespace {

using protocol::ErrorCode;
using test_support::Federation;
using test_support::simple_listing;

/// Refuses everything with one code, as a fetcher without network does, and notes for how long each
/// caller would have waited.
class NoNetwork final : public crawler::Source {
 public:
  explicit NoNetwork(ErrorCode code, std::string detail) : error_{code, std::move(detail)} {}
  std::vector<protocol::Result<crawler::FetchResponse>> get_all(
      std::span<const crawler::FetchRequest> requests) override {
    std::vector<protocol::Result<crawler::FetchResponse>> answers;
    for (const auto& request : requests) {
      waits.push_back(request.patience);
      answers.emplace_back(tl::unexpected<protocol::Error>(error_));
    }
    return answers;
  }
  std::vector<std::chrono::milliseconds> waits;

 private:
  protocol::Error error_;
};

class OwnAddress : public testing::Test {
 protected:
  OwnAddress()
      : member(federation.add("chapter.test", "Test Chapter", {"US-OH"})),
        folder(member.node->folder()) {}

  /// `kith put` with that source; the exit code, and what it said on one line in `said`.
  node::ExitCode put(crawler::Source& source) {
    member.node.reset();
    member.node = std::make_unique<node::Node>(folder, federation.clock, &source);
    node::Invocation invocation{"put", {{"file", {"x.json"}}}, {}, {}, "/"};
    invocation.files["file"] = protocol::canonical(simple_listing("Tuesday circle"));
    test_support::CollectedOutput output;
    const auto exit = node::execute(invocation, *member.node, output);
    said = output.said;
    std::replace(said.begin(), said.end(), '\n', ' ');
    member.node.reset();
    return exit;
  }

  Federation federation;
  Federation::Member& member;
  std::filesystem::path folder;
  std::string said;
};

TEST_F(OwnAddress, OutOfReachIsSaidInPlainWordsAndStopsNothing) {
  for (const auto code : {ErrorCode::fetch_dns, ErrorCode::fetch_connect, ErrorCode::fetch_timeout,
                          ErrorCode::fetch_tls}) {
    NoNetwork source(code, "chapter.test: no answer");
    EXPECT_EQ(put(source), node::kExitOk) << said;
    EXPECT_NE(said.find("Your public address could not be read just now"), std::string::npos)
        << said;
    EXPECT_NE(said.find("chapter.test: no answer"), std::string::npos) << said;
    ASSERT_FALSE(source.waits.empty());
    for (const auto wait : source.waits) {
      EXPECT_GT(wait.count(), 0) << "somebody would wait as long as the fetcher does: 30 s";
      EXPECT_LE(wait, std::chrono::seconds(5));
    }
    federation.clock.advance(std::chrono::minutes(2));
  }
}

TEST_F(OwnAddress, OutOfReachIsSaidOnceAMinute) {
  NoNetwork source(ErrorCode::fetch_dns, "chapter.test: unknown");
  EXPECT_EQ(put(source), node::kExitOk);
  const auto asked = source.waits.size();
  EXPECT_EQ(put(source), node::kExitOk);
  EXPECT_EQ(source.waits.size(), asked);
  EXPECT_EQ(said.find("Your public address"), std::string::npos) << said;
}

TEST_F(OwnAddress, WhereNothingLiesYetIsNoTrouble) {
  NoNetwork source(ErrorCode::fetch_http, "404 Not Found");
  EXPECT_EQ(put(source), node::kExitOk);
  EXPECT_EQ(said.find("Your public address"), std::string::npos) << said;
}

}  // namespace
