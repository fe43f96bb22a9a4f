#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "node/api/routes.h"
#include "node/cli/commands.h"
#include "node/http/router.h"
#include "node/mirror/mirror.h"
#include "node/publish/files.h"
#include "protocol/log/checkpoint.h"
#include "tests/support/federation.h"
#include "tests/support/standing.h"

namespace test_support {

/// An association that is a reader's anchor, two chapters that it recognizes, and what each of them
/// serves to other nodes. `national` and `lake` run nodes, and hold copies of `ohio`.
class MirroredFederation : public testing::Test {
 protected:
  using Answer = protocol::Result<crawler::FetchResponse>;
  /// What a node's own API is made to say for a path instead; nothing: the truth.
  using SiteLie =
      std::function<std::optional<Answer>(const std::string& path, const node::Response& truth)>;

  MirroredFederation()
      : national(federation.add("national.test", "National Test Association", {"US"},
                                "national_association", true)),
        ohio(federation.add("ohio.test", "Ohio Test Chapter", {"US-OH"})),
        lake(federation.add("lake.test", "Lake Test Chapter", {"US-MI"}, "state_chapter", true)),
        reader(federation.add_reader("reader")) {
    federation.recognize(national, ohio, {"US-OH"}, 1);
    federation.recognize(national, lake, {"US-MI"}, 1);
    serve_api(national);
    serve_api(lake);
    federation.follow(national, ohio);
    federation.follow(lake, ohio);
    keys =
        federation.publish(ohio, {simple_listing("First group"), simple_listing("Second group")});
    federation.sync(national);
    federation.sync(lake);
    federation.anchor(reader, national);
  }

  void TearDown() override { EXPECT_EQ(federation.broken_invariant(reader), ""); }  // Z5

  void serve_api(Federation::Member& member) {
    auto& router = routers_[member.host];
    router = std::make_unique<node::Router>();
    node::add_public_routes(*router, *member.node);
    federation.source.serve_site(member.host, [this, host = member.host](const std::string& path) {
      asked[host].push_back(path);
      const auto truth = (*routers_.at(host))(node::make_request("GET", path));
      if (const auto lie = lies.find(host); lie != lies.end() && lie->second) {
        if (auto answer = lie->second(path, truth)) return *answer;
      }
      if (truth.status != 200) {
        return Answer(protocol::refuse(protocol::ErrorCode::fetch_http,
                                       std::to_string(truth.status) + " at " + host + path));
      }
      return Answer(crawler::FetchResponse{200, truth.body, ""});
    });
  }
  node::Response get(Federation::Member& member, const std::string& path) {
    node::Router router;
    node::add_public_routes(router, *member.node);
    return router(node::make_request("GET", path));
  }
  static std::string mirror_of(const Federation::Member& member, std::uint64_t epoch = 1) {
    return "/mirror/" + node::mirror_name(protocol::feed_origin(member.scid, epoch)) + "/";
  }

  void origin_down(const Federation::Member& member) {
    federation.source.stop_serving(member.host + "/o/main");
  }
  void origin_up(const Federation::Member& member) {
    federation.source.serve(member.host + "/o/main", member.node->folder() / "public");
  }

  node::FeedReport report(Federation::Member& member, const std::string& scid) {
    for (auto& one : member.node->feeds()) {
      if (one.feed.scid == scid) return one;
    }
    ADD_FAILURE() << scid << " is not at " << member.host;
    return {};
  }
  std::string run(Federation::Member& member, node::Invocation invocation,
                  node::ExitCode expected) {
    CollectedOutput output;
    EXPECT_EQ(node::execute(invocation, *member.node, output), expected) << output.said;
    return output.said;
  }
  /// What `kith status` says, in one line.
  std::string status(Federation::Member& member) {
    return unwrapped(run(member, {"status", {}, {}, {}, "/"}, node::kExitOk));
  }
  static std::string unwrapped(const std::string& said) {
    std::string line;
    for (const char c : said) {
      if (c == '\n' || c == ' ') {
        if (!line.ends_with(' ')) line += ' ';
      } else {
        line += c;
      }
    }
    return line;
  }
  std::size_t shown_of(Federation::Member& member, const Federation::Member& publisher) {
    std::size_t shown = 0;
    for (const auto& key : federation.found(member))
      shown += key.starts_with(publisher.scid) ? 1U : 0U;
    return shown;
  }

  /// A second copy of a publisher with the same keys, as a restored backup would be: what it
  /// publishes contradicts the first one.
  Federation::Member& twin_of(Federation::Member& member, const std::string& name) {
    auto& twin = federation.add_reader(name);
    const auto from = member.node->folder(), to = twin.node->folder();
    twin.node.reset();
    member.node.reset();
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
    federation.reopen(member);
    federation.reopen(twin);
    twin.scid = member.scid;
    twin.line = member.line;
    return twin;
  }
  /// From now on readers of `member`'s address get what `other` has published.
  void show_instead(const Federation::Member& member, const Federation::Member& other) {
    federation.source.serve(member.host + "/o/main", other.node->folder() / "public");
  }

  /// Two histories of `ohio`: the reader has read the one with "Third group"; its address shows the
  /// other from now on, that of the twin, with these instead.
  Federation::Member& split_ohio(const std::vector<std::string>& others = {"Other third"}) {
    auto& twin = twin_of(ohio, "twin");
    std::vector<protocol::Json> listings;
    for (const auto& name : others) listings.push_back(simple_listing(name));
    federation.publish(twin, std::move(listings));
    federation.publish(ohio, {simple_listing("Third group")});
    federation.sync(reader);
    EXPECT_EQ(shown_of(reader, ohio), 3u);
    show_instead(ohio, twin);
    return twin;
  }
  /// `ohio` takes new keys, since somebody has its old ones, and begins a new epoch.
  void rotate_stolen() {
    const auto sheets = ohio.node->folder().parent_path();
    run(ohio,
        {"rotate",
         {{"recovery", {"sheet.txt"}},
          {"new-sheet", {(sheets / "second.sheet.txt").string()}},
          {"stolen", {}}},
         {{"recovery", *node::read_file_if_there(sheets / "ohio.test.sheet.txt")}},
         {},
         "/"},
        node::kExitOk);
  }

  StandingToTheEnd standing;  // Z2, Z3
  Federation federation;
  Federation::Member& national;
  Federation::Member& ohio;
  Federation::Member& lake;
  Federation::Member& reader;
  std::vector<node::RecordKey> keys;
  std::map<std::string, SiteLie> lies;                    ///< by host
  std::map<std::string, std::vector<std::string>> asked;  ///< paths, by host

 private:
  std::map<std::string, std::unique_ptr<node::Router>> routers_;
};

}  // namespace test_support
