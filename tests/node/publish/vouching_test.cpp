#include "node/publish/vouching.h"

#include <fstream>

#include <gtest/gtest.h>

#include "node/cli/commands.h"
#include "tests/support/federation.h"

namespace {

using test_support::CollectedOutput;
using test_support::Federation;
using test_support::simple_listing;

/// A national body that recognizes one chapter, and a reader that trusts the body.
struct VouchedChapter {
  Federation federation;
  Federation::Member& national =
      federation.add("national.test", "National Test Body", {"US"}, "national_association");
  Federation::Member& chapter = federation.add("chapter.test", "Buckeye Test Chapter", {"US-OH"});
  Federation::Member& reader = federation.add_reader("reader");

  VouchedChapter() {
    federation.publish(chapter, {simple_listing("Tuesday Circle"), simple_listing("Friday Walk")});
    federation.recognize(national, chapter, {"US-OH"});
    federation.anchor(reader, national);
    federation.follow(national, chapter);
    federation.sync(national);
    federation.sync(reader);
  }
  int run(const std::string& command, std::map<std::string, std::vector<std::string>> options,
          std::string& said) {
    node::Invocation invocation;
    invocation.command = command;
    invocation.options = std::move(options);
    CollectedOutput output;
    const auto code = node::execute(invocation, *national.node, output);
    said = output.said;
    return code;
  }
  std::string day_in(std::chrono::days days) {
    return protocol::format_date(std::chrono::floor<std::chrono::days>(federation.clock.now()) +
                                 days);
  }
};

TEST(Vouching, AnAssociationSeesHowItsChaptersStand) {
  VouchedChapter one;
  std::string said;
  ASSERT_EQ(one.run("chapters", {}, said), node::kExitOk);
  EXPECT_NE(said.find("Buckeye Test Chapter"), std::string::npos) << said;
  EXPECT_NE(said.find("for Ohio"), std::string::npos) << said;
  EXPECT_NE(said.find("2 listings, 0 not confirmed lately, 2 without"), std::string::npos) << said;
  one.federation.clock.advance(std::chrono::days(190));
  ASSERT_EQ(one.run("chapters", {}, said), node::kExitOk);
  EXPECT_NE(said.find("2 not confirmed lately"), std::string::npos) << said;
}

TEST(Vouching, ASuspendedChapterGoesFromEveryNodeAndComesBackAsItWas) {
  VouchedChapter one;
  ASSERT_EQ(one.federation.found(one.reader).size(), 2u);
  std::string said;
  EXPECT_EQ(one.run("suspend", {{"publisher", {"Buckeye Test Chapter"}}, {"reason", {" "}}}, said),
            node::kExitUsage);
  ASSERT_EQ(
      one.run("suspend",
              {{"publisher", {"Buckeye Test Chapter"}}, {"reason", {"officers unknown"}}}, said),
      node::kExitOk)
      << said;
  one.federation.sync(one.reader);
  EXPECT_TRUE(one.federation.found(one.reader).empty());
  ASSERT_EQ(one.run("chapters", {}, said), node::kExitOk);
  EXPECT_NE(said.find("suspended"), std::string::npos) << said;
  EXPECT_NE(said.find("officers unknown"), std::string::npos) << said;

  one.federation.reopen(one.national);
  ASSERT_EQ(
      one.run("reinstate",
              {{"publisher", {one.chapter.scid}}, {"until", {one.day_in(std::chrono::days(300))}}},
              said),
      node::kExitOk)
      << said;
  one.federation.sync(one.reader);
  EXPECT_EQ(one.federation.found(one.reader).size(), 2u);
  EXPECT_EQ(
      one.run("reinstate",
              {{"publisher", {one.chapter.scid}}, {"until", {one.day_in(std::chrono::days(300))}}},
              said),
      node::kExitNo);
  EXPECT_EQ(one.federation.broken_invariant(one.national), "");
}

TEST(Vouching, TheReasonIsNeverPublished) {
  VouchedChapter one;
  std::string said;
  one.run("suspend", {{"publisher", {one.chapter.scid}}, {"reason", {"canary-reason"}}}, said);
  one.federation.sync(one.reader);
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(one.national.node->folder() / "public")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    EXPECT_EQ(bytes.find("canary-reason"), std::string::npos) << entry.path();
  }
}

TEST(Vouching, TheYearlyRenewalIsOneCommand) {
  VouchedChapter one;
  std::string said;
  const auto until = one.day_in(std::chrono::days(399));
  ASSERT_EQ(one.run("chapters", {{"renew", {}}, {"until", {until}}}, said), node::kExitOk) << said;
  ASSERT_EQ(one.run("chapters", {}, said), node::kExitOk);
  EXPECT_NE(said.find("Recognized until " + until), std::string::npos) << said;
  EXPECT_EQ(one.run("chapters", {{"renew", {}}, {"until", {"soon"}}}, said), node::kExitUsage);
  EXPECT_EQ(
      one.run("chapters", {{"renew", {}}, {"until", {one.day_in(std::chrono::days(500))}}}, said),
      node::kExitNo)
      << said;
}

}  // namespace
