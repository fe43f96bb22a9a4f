#include "node/feed_state.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/error_code.h"
#include "protocol/limits.h"

namespace {

using node::FeedState;
using protocol::ErrorCode;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

const protocol::Timestamp kStateNow = *protocol::parse_timestamp("2026-11-02T10:00:00Z");

/// Read well an hour ago.
node::Feed state_feed() {
  node::Feed feed;
  feed.scid = "QmOhio";
  feed.checkpoint = "a note";
  feed.last_success = feed.last_attempt = feed.heartbeat = kStateNow - hours(1);
  feed.next_attempt = kStateNow + minutes(5);
  return feed;
}

node::CopiedHead state_copy() {
  node::CopiedHead copied;
  copied.node = "https://copies.test";
  copied.since = kStateNow - hours(2);
  return copied;
}

/// Every state as a feed comes to it, with what it has been copied from.
struct StateCase {
  FeedState state;
  node::Feed feed;
  std::optional<node::CopiedHead> copied;
};

std::vector<StateCase> state_cases() {
  std::vector<StateCase> cases;
  cases.push_back({FeedState::ok, state_feed(), std::nullopt});
  auto own = state_feed();
  own.own = true;
  cases.push_back({FeedState::ok, own, std::nullopt});
  auto handed = state_feed();
  handed.last_success = std::nullopt;
  cases.push_back({FeedState::ok, handed, std::nullopt});
  auto stale = state_feed();
  stale.heartbeat = stale.last_success = kStateNow - std::chrono::days(9);
  cases.push_back({FeedState::stale, stale, std::nullopt});
  auto dead = state_feed();
  dead.heartbeat = dead.last_success = kStateNow - std::chrono::days(36);
  cases.push_back({FeedState::dead, dead, std::nullopt});
  auto rekeyed = state_feed();
  rekeyed.waiting_since = kStateNow - std::chrono::days(2);
  cases.push_back({FeedState::dead, rekeyed, std::nullopt});
  auto quarantined = state_feed();
  quarantined.quarantined = true;
  cases.push_back({FeedState::quarantined, quarantined, std::nullopt});
  quarantined.quarantine_lifts = true;
  cases.push_back({FeedState::quarantined, quarantined, std::nullopt});
  node::Feed fresh;
  fresh.scid = "QmNew";
  cases.push_back({FeedState::not_read_yet, fresh, std::nullopt});
  cases.push_back({FeedState::unconfirmed_head, state_feed(), state_copy()});
  return cases;
}

TEST(FeedStateWords, OfEachStateSayWhatItIsAndWhatToDo) {
  std::vector<FeedState> seen;
  for (const auto& one : state_cases()) {
    SCOPED_TRACE(node::word(one.state));
    ASSERT_EQ(node::feed_state(one.feed, one.copied, kStateNow), one.state);
    seen.push_back(one.state);
    const auto words = node::in_words(one.feed, one.copied, kStateNow);
    EXPECT_TRUE(words.ends_with(".")) << words;
    EXPECT_GE(words.size(), std::string("Not read yet.").size());
    const auto advice = node::what_to_do(one.feed, one.state, std::nullopt, std::nullopt);
    EXPECT_EQ(advice.empty(), one.state == FeedState::ok) << advice;
    EXPECT_TRUE(advice.empty() || advice.ends_with(".")) << advice;
    // Whoever reads this is reading kith status.
    EXPECT_THAT(advice, Not(HasSubstr("kith status")));
  }
  for (const auto state : {FeedState::ok, FeedState::stale, FeedState::dead, FeedState::quarantined,
                           FeedState::not_read_yet, FeedState::unconfirmed_head})
    EXPECT_NE(std::find(seen.begin(), seen.end(), state), seen.end()) << node::word(state);
}

TEST(FeedStateWords, SayOfEachTimeHowLongAgoThatWas) {
  const auto words = [](const StateCase& one) {
    return node::in_words(one.feed, one.copied, kStateNow);
  };
  for (const auto& one : state_cases()) {
    const auto said = words(one);
    SCOPED_TRACE(said);
    // A time stands there with its distance, but for those that lie ahead.
    for (auto at = said.find("2026-"); at != std::string::npos; at = said.find("2026-", at + 1)) {
      const auto time = protocol::parse_timestamp(said.substr(at, 20));
      ASSERT_TRUE(time.has_value());
      if (*time <= kStateNow) {
        EXPECT_EQ(said.substr(at + 20, 2), " (");
        EXPECT_EQ(said.substr(at + 22).find(node::how_long_ago(*time, kStateNow) + ")"), 0u);
      }
    }
  }
  const auto cases = state_cases();
  EXPECT_EQ(words(cases[0]), "Read well, the last time on 2026-11-02T09:00:00Z (1 hour ago).");
  EXPECT_THAT(words(cases[3]), HasSubstr("since 2026-10-24T10:00:00Z (9 days ago)."));
  EXPECT_THAT(words(cases[3]), HasSubstr("with a note until 2026-11-28T10:00:00Z."));
}

TEST(FeedStateWords, GoInMinutesHoursAndDays) {
  const struct {
    seconds ago;
    std::string said;
  } cases[] = {{seconds(-300), "just now"},
               {seconds(0), "just now"},
               {seconds(59), "just now"},
               {seconds(60), "1 minute ago"},
               {minutes(59) + seconds(59), "59 minutes ago"},
               {hours(1), "1 hour ago"},
               {hours(47), "47 hours ago"},
               {hours(48), "2 days ago"},
               {std::chrono::days(400), "400 days ago"}};
  for (const auto& one : cases)
    EXPECT_EQ(node::how_long_ago(kStateNow - one.ago, kStateNow), one.said);
}

TEST(FeedStateWords, OfEveryCodeInEveryStateSayWhatItMeansAndWhatToDo) {
  for (const auto& row : protocol::error_catalog()) {
    for (auto one : state_cases()) {
      SCOPED_TRACE(std::string(row.word) + ", " + std::string(node::word(one.state)));
      for (const int failures : {0, 1, 7}) {
        one.feed.trouble = protocol::Error{row.code, "the detail of it"};
        one.feed.failures = failures;
        const auto words = node::in_words(one.feed, one.copied, kStateNow);
        EXPECT_THAT(words, HasSubstr(row.meaning));
        EXPECT_THAT(words, HasSubstr(std::string(row.word) + ": the detail of it"));
        EXPECT_THAT(words, HasSubstr(failures > 0 ? "failed: " : "taken only in part: "));
        const auto advice = node::what_to_do(one.feed, one.state, std::nullopt, std::nullopt);
        EXPECT_GE(advice.size(), 20u);
        EXPECT_TRUE(advice.ends_with(".")) << advice;
        EXPECT_TRUE(words.ends_with(" What to do: " + advice)) << words;
      }
    }
  }
}

// What an operator is told about a publisher's mistake is not to correct that mistake.
TEST(FeedStateWords, SpeakToWhoReadsAFeedAndNotToWhoPublishesIt) {
  for (const auto& row : protocol::error_catalog()) {
    if (row.code >= ErrorCode::bad_request) continue;  // those are answers of this node
    SCOPED_TRACE(row.word);
    const auto advice = std::string(node::what_readers_do(row.code));
    EXPECT_GE(advice.size(), 20u);
    for (const char* wrong : {"Correct ", "Publish the document", "publish it again.",
                              "ask the operator of this node"}) {
      const bool asks_the_publisher = advice.find("Ask the publisher") != std::string::npos ||
                                      advice.find("ask the publisher") != std::string::npos;
      EXPECT_TRUE(asks_the_publisher || advice.find(wrong) == std::string::npos) << advice;
    }
  }
  // The body on the way is another feed than the one that the line is about.
  EXPECT_THAT(std::string(node::what_readers_do(ErrorCode::edge_stale)),
              HasSubstr("why that feed"));
}

TEST(FeedStateWords, OfAQuarantineSayWhatToDoAboutThatWhateverFailsMeanwhile) {
  auto feed = state_feed();
  feed.quarantined = true;
  feed.trouble = protocol::Error{ErrorCode::fetch_timeout, "30 s"};
  feed.failures = 3;
  const auto advice = node::what_to_do(feed, FeedState::quarantined, std::nullopt, std::nullopt);
  EXPECT_THAT(advice, HasSubstr("Telephone the publisher"));
  EXPECT_THAT(node::in_words(feed, std::nullopt, kStateNow), HasSubstr(advice));
}

TEST(FeedStateWords, SayOfAFailureWhenItWasHowOftenAndWhenItIsTriedAgain) {
  auto feed = state_feed();
  feed.last_attempt = kStateNow - minutes(3);
  feed.trouble = protocol::Error{ErrorCode::fetch_connect, "nobody listens"};
  feed.failures = 4;
  feed.next_attempt = kStateNow + minutes(75);
  const auto words = node::in_words(feed, std::nullopt, kStateNow);
  EXPECT_THAT(words, HasSubstr("Read well, the last time on 2026-11-02T09:00:00Z (1 hour ago). "
                               "The last attempt, 3 minutes ago, failed: The other computer did "
                               "not accept a connection. (fetch-connect: nobody listens), 4 times "
                               "in a row. What was read before is kept. It is tried again in 1 "
                               "hour. What to do: "));
}

TEST(FeedStateWords, OfAnEndedIdentityPromiseNothing) {
  auto feed = state_feed();
  feed.trouble = protocol::Error{ErrorCode::did_deactivated, ""};
  feed.failures = 1;
  const auto words = node::in_words(feed, std::nullopt, kStateNow);
  EXPECT_THAT(words, Not(HasSubstr("is kept")));
  EXPECT_THAT(words, Not(HasSubstr("tried again")));
  EXPECT_THAT(words, HasSubstr("(did-deactivated)"));
}

TEST(FeedStateWords, ShowAStrangersBytesHarmlesslyAndShort) {
  auto feed = state_feed();
  feed.trouble = protocol::Error{
      ErrorCode::did_invalid, "entry \x1b[2J\n\x07\xe2\x80\xae says " + std::string(10'000, 'x')};
  feed.failures = 1;
  const auto words = node::in_words(feed, std::nullopt, kStateNow);
  for (const char c : words) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
  EXPECT_EQ(words.find("\xe2\x80\xae"), std::string::npos);
  EXPECT_LT(words.size(), 1'200u);
}

TEST(FeedStateWords, NameWhatHidesAFeedThatReadsWell) {
  const auto feed = state_feed();
  const protocol::Error no_path{ErrorCode::no_path, ""}, denied{ErrorCode::denied, "spam"},
      fork{ErrorCode::did_fork, "another version"};
  EXPECT_THAT(node::what_to_do(feed, FeedState::ok, std::nullopt, no_path),
              HasSubstr("recognizes it"));
  EXPECT_THAT(node::what_to_do(feed, FeedState::ok, std::nullopt, denied),
              HasSubstr("`kith denied`"));
  EXPECT_THAT(node::what_to_do(feed, FeedState::ok, fork, no_path), HasSubstr("telephone"));
}

}  // namespace
