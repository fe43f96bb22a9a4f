// Rows O10 to O12: clocks that are wrong and networks that are away. Both delay, neither destroys.

#include <set>

#include <gtest/gtest.h>

#include "node/alerts.h"
#include "node/cli/commands.h"
#include "node/publish/files.h"
#include "protocol/log/note.h"
#include "tests/support/federation.h"
#include "tests/support/standing.h"

namespace {

using protocol::ErrorCode;
using std::chrono::hours;
using std::chrono::minutes;
using test_support::Federation;
using test_support::simple_listing;

/// An association with three chapters, and a reader that has the association as its anchor.
class Trouble : public testing::Test {
 protected:
  Trouble()
      : national(federation.add("national.test", "National Test Association", {"US"},
                                "national_association")),
        reader(federation.add_reader("reader")) {
    federation.anchor(reader, national);
    for (const std::string place : {"ohio", "iowa", "utah"}) {
      auto& chapter = federation.add(place + ".test", place + " Test Chapter", {"US"});
      federation.recognize(national, chapter, {"US"});
      federation.publish(chapter, {simple_listing("Group of " + place)});
      chapters.push_back(&chapter);
    }
    // What was published today is a day old, so that a clock that is slow sees no day before it.
    federation.clock.advance(hours(24));
    stamp();
    federation.sync(reader);
    before = federation.everything(reader);
  }

  void TearDown() override { EXPECT_EQ(federation.broken_invariant(reader), ""); }  // Z5

  bool is_alerted(const std::string& name) {
    const auto all = node::alerts(*reader.node);
    return std::any_of(all.begin(), all.end(),
                       [&](const auto& alert) { return alert.name == name; });
  }
  std::set<std::string> codes() {
    std::set<std::string> found;
    test_support::Beside searches([&] { return reader.node->search({}).has_value(); });
    for (const auto& outcome : federation.sync(reader)) {
      if (outcome.refused) found.insert(std::string(protocol::word(outcome.refused->code)));
    }
    EXPECT_EQ(searches.stop(), "");  // Z4
    return found;
  }
  /// Each chapter has a newer group, and no host is found any more.
  void news_and_no_names() {
    for (auto* chapter : chapters)
      federation.publish(*chapter, {simple_listing("Newer group of " + chapter->host)});
    federation.source.lie(
        [](const std::string& url,
           const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
          return protocol::refuse(ErrorCode::fetch_dns, url + ": temporary failure");
        });
  }
  /// Stamps every publisher's checkpoint anew, as a serving node does.
  void stamp() {
    for (auto* member : everybody()) {
      member->node->change([&](node::Store&, node::Publisher* publisher) {
        publisher->write_files(publisher->public_folder(), federation.clock.now(), hours(20));
      });
    }
  }
  std::vector<Federation::Member*> everybody() {
    auto all = chapters;
    all.push_back(&national);
    return all;
  }

  test_support::StandingToTheEnd standing;  // Z2, Z3
  Federation federation;
  Federation::Member& national;
  Federation::Member& reader;
  std::vector<Federation::Member*> chapters;
  std::string before;
};

TEST_F(Trouble, O10_AClockThatIsSlowRefusesTheFutureAndSaysThatItIsSuspect) {
  for (auto* chapter : chapters)
    federation.publish(*chapter, {simple_listing("Newer group of " + chapter->host)});
  federation.clock.advance(-minutes(6));
  EXPECT_EQ(codes(), std::set<std::string>{"sig-bad"});
  EXPECT_EQ(federation.everything(reader), before) << "what was there stays";
  EXPECT_TRUE(is_alerted("clock-suspect"));
  EXPECT_FALSE(is_alerted("feed-quarantined"));
  federation.clock.advance(minutes(6));
  EXPECT_EQ(codes(), std::set<std::string>{});
  EXPECT_EQ(federation.found(reader).size(), 6U);
  EXPECT_FALSE(is_alerted("clock-suspect"));
}

TEST_F(Trouble, O10_AClockThatIsFastDelaysAtMost) {
  for (const auto ahead : {std::chrono::seconds(minutes(6)), std::chrono::seconds(hours(2))}) {
    federation.clock.advance(ahead);
    EXPECT_EQ(codes(), std::set<std::string>{});
    EXPECT_EQ(federation.everything(reader), before);
    federation.clock.advance(-ahead);
    EXPECT_EQ(codes(), std::set<std::string>{});
    EXPECT_EQ(federation.everything(reader), before);
    EXPECT_FALSE(is_alerted("clock-suspect"));
  }
}

TEST_F(Trouble, O10_AClockOfAnotherYearDestroysNothing) {
  for (const auto by : {std::chrono::days(800), -std::chrono::days(800)}) {
    SCOPED_TRACE(by.count());
    federation.clock.advance(by);
    reader.node->refresh();
    codes();
    federation.reopen(reader);
    reader.node->refresh();
    federation.clock.advance(-by);
    federation.reopen(reader);
    EXPECT_EQ(federation.everything(reader), before) << "before anything is read again";
    EXPECT_EQ(codes(), std::set<std::string>{});
    EXPECT_EQ(federation.everything(reader), before);
  }
}

// A publisher's own machine had a clock of the future, and has the right one now: without a new
// stamp nobody would read it until that future has come.
TEST_F(Trouble, O10_AStampOfTheFutureIsReplacedOnceTheClockIsRight) {
  federation.clock.advance(std::chrono::days(90));
  stamp();
  federation.clock.advance(-std::chrono::days(90));
  EXPECT_EQ(codes(), std::set<std::string>{"sig-bad"});
  EXPECT_EQ(federation.everything(reader), before);
  stamp();
  EXPECT_EQ(codes(), std::set<std::string>{});
  for (auto* chapter : chapters)
    federation.publish(*chapter, {simple_listing("Newer group of " + chapter->host)});
  EXPECT_EQ(codes(), std::set<std::string>{});
  EXPECT_EQ(federation.found(reader).size(), 6U);
}

TEST_F(Trouble, O11_WithoutNamesSearchGoesOnAndNothingIsLost) {
  news_and_no_names();
  test_support::Beside searches([&] { return federation.found(reader).size() == 3; });
  const auto requests = federation.source.requests();
  for (int minute = 0; minute < 60; ++minute) {
    federation.clock.advance(minutes(1));
    reader.node->sync(std::nullopt, false, {});
  }
  EXPECT_EQ(searches.stop(), "");  // Z4
  EXPECT_EQ(federation.everything(reader), before);
  EXPECT_LE(federation.source.requests() - requests, 4U * 5U) << "each asks less and less often";
  federation.source.lie(nullptr);
  EXPECT_EQ(codes(), std::set<std::string>{});
  EXPECT_EQ(federation.found(reader).size(), 6U);
}

TEST_F(Trouble, O11_WhenTheNetworkIsBackAllIsReadWithinOneInterval) {
  news_and_no_names();
  const auto pass = [&](int count) {
    for (int minute = 0; minute < count; ++minute) {
      federation.clock.advance(minutes(1));
      reader.node->sync(std::nullopt, false, {});
    }
  };
  pass(60);
  federation.source.lie(nullptr);
  // 15 minutes and a fifth.
  pass(18);
  EXPECT_EQ(federation.found(reader).size(), 6U);
  for (const auto& report : reader.node->feeds()) {
    EXPECT_EQ(report.feed.failures, 0) << report.feed.did;
  }
}

// A dead one among the living is another matter, though it began in the same way.
TEST_F(Trouble, O11_OneThatIsDeadWhileOthersLiveIsAskedLessAndLess) {
  federation.source.lie(
      [](const std::string& url,
         const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        if (url.find("ohio.test") == std::string::npos) return std::nullopt;
        return protocol::refuse(ErrorCode::fetch_connect, url + ": refused");
      });
  std::set<protocol::Timestamp> tries;
  for (int minute = 0; minute < 12 * 60; ++minute) {
    federation.clock.advance(minutes(1));
    reader.node->sync(std::nullopt, false, {});
    for (const auto& report : reader.node->feeds()) {
      if (report.feed.did.find("ohio.test") != std::string::npos)
        tries.insert(*report.feed.last_attempt);
    }
  }
  // 10, 20, 40, 80, 160 and 320 minutes, times 0.8 at least.
  EXPECT_LE(tries.size(), 9U);
}

TEST_F(Trouble, O11_OneThatIsDeadIsLeftAloneAlsoWhenAllAreReadAtOnce) {
  federation.source.stop_serving("ohio.test/o/main");
  for (int i = 0; i < 6; ++i) federation.sync(reader);
  for (const auto& report : reader.node->feeds()) {
    if (report.feed.did.find("ohio.test") == std::string::npos) continue;
    EXPECT_EQ(report.feed.failures, 6);
    EXPECT_GT(report.feed.next_attempt, federation.clock.now() + hours(4));
  }
}

TEST_F(Trouble, O12_AllAnchorsAwayAreNotedThenHideAndComeBackWithoutBeingReadAnew) {
  federation.source.stop_serving("national.test/o/main");
  const auto status = [&] {
    test_support::CollectedOutput output;
    node::execute({"status", {}, {}, {}, "/"}, *reader.node, output);
    return output.said;
  };
  federation.clock.advance(std::chrono::days(8));
  stamp();
  codes();
  EXPECT_EQ(federation.everything(reader), before) << "shown, with a note on the recognizer";
  EXPECT_TRUE(is_alerted("feed-stale"));
  EXPECT_NE(status().find("No sign of life since"), std::string::npos) << status();
  federation.clock.advance(std::chrono::days(28));
  stamp();
  codes();
  EXPECT_TRUE(federation.found(reader).empty());
  EXPECT_NE(status().find("dead: No sign of life since"), std::string::npos) << status();
  for (const auto& report : reader.node->feeds()) {
    if (report.feed.scid != national.scid) {
      EXPECT_EQ(report.listings, 1U) << "nothing is deleted";
      ASSERT_TRUE(report.hidden);
      EXPECT_EQ(report.hidden->code, ErrorCode::edge_stale);
    }
  }
  federation.source.serve("national.test/o/main", national.node->folder() / "public");
  const auto requests = federation.source.requests();
  EXPECT_EQ(codes(), std::set<std::string>{});
  EXPECT_EQ(federation.everything(reader), before);
  EXPECT_LE(federation.source.requests() - requests, 2U * 4U)
      << "an identity and a checkpoint of each";
}

TEST_F(Trouble, O12_AnOperatorMayHaveMorePatienceWithAnAnchorOrLess) {
  const auto set = [&](const std::string& days, int wanted) {
    test_support::CollectedOutput output;
    EXPECT_EQ(node::execute({"anchor add",
                             {{"publisher", {national.line}}, {"max-stale", {days}}, {"yes", {}}},
                             {},
                             {},
                             "/"},
                            *reader.node, output),
              wanted)
        << output.said;
    return output.said;
  };
  for (const char* wrong : {"0", "401", "-3", "a summer"})
    EXPECT_NE(set(wrong, node::kExitUsage).find("from 1 to 400"), std::string::npos);
  set("120", node::kExitOk);
  federation.source.stop_serving("national.test/o/main");
  const auto away = [&](int days) {
    federation.clock.advance(hours(24) * days);
    stamp();
    codes();
    return federation.found(reader).size();
  };
  EXPECT_EQ(away(110), 3U);
  EXPECT_TRUE(is_alerted("feed-stale"));
  EXPECT_EQ(away(11), 0U);
  federation.source.serve("national.test/o/main", national.node->folder() / "public");
  EXPECT_EQ(away(0), 3U);
  set("2", node::kExitOk);
  federation.source.stop_serving("national.test/o/main");
  EXPECT_EQ(away(1), 3U);
  EXPECT_EQ(away(2), 0U);
}

// F19: whoever does not answer is asked less and less often, also after a restart.
TEST_F(Trouble, F19_ADeadPeerIsAskedLessAndLessAndARestartForgetsNothing) {
  // One alone, so that each request is one of its attempts.
  auto& alone = federation.add_reader("alone");
  federation.follow(alone, *chapters[0]);
  federation.sync(alone);
  federation.source.stop_serving("ohio.test/o/main");
  federation.clock.advance(hours(1));
  std::vector<double> gaps;
  auto last = federation.clock.now();
  auto requests = federation.source.requests();
  alone.node->sync(std::nullopt, false, {});
  ASSERT_GT(federation.source.requests(), requests);
  requests = federation.source.requests();
  for (int minute = 0; minute < 4 * 24 * 60; ++minute) {
    federation.clock.advance(minutes(1));
    if (minute % 60 == 30) federation.reopen(alone);
    alone.node->sync(std::nullopt, false, {});
    if (federation.source.requests() == requests) continue;
    requests = federation.source.requests();
    gaps.push_back(
        std::chrono::duration<double, std::ratio<60>>(federation.clock.now() - last).count());
    last = federation.clock.now();
  }
  ASSERT_GE(gaps.size(), 9U);
  double wait = 10;
  for (const double gap : gaps) {
    SCOPED_TRACE(wait);
    EXPECT_GE(gap, std::min(wait * 0.8, 24.0 * 60) - 1);
    EXPECT_LE(gap, std::min(wait * 1.4, 24.0 * 60) + 1);
    wait = std::min(wait * 2, 2'560.0);
  }
  EXPECT_LE(gaps.size(), 12U);
  federation.source.serve("ohio.test/o/main", chapters[0]->node->folder() / "public");
  federation.clock.advance(hours(24));
  alone.node->sync(std::nullopt, false, {});
  for (const auto& report : alone.node->feeds()) {
    EXPECT_FALSE(report.feed.trouble);
    EXPECT_EQ(report.feed.failures, 0);
  }
}

}  // namespace
