#include "node/following/schedule.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "node/api/routes.h"
#include "node/following/send_checkpoint.h"
#include "node/http/router.h"
#include "node/store/due_feeds.h"
#include "node/store/heads.h"
#include "protocol/crypto/crypto.h"
#include "protocol/encoding/text_encodings.h"
#include "tests/support/federation.h"
#include "tests/support/standing.h"

namespace {

using node::Last;
using protocol::ErrorCode;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test_support::Federation;
using test_support::simple_listing;

/// A source whose hosts can be shut: whoever asks one waits until it is opened. Remembers who was
/// asked, in order.
class GateSource final : public crawler::Source {
 public:
  explicit GateSource(crawler::Source& behind) : behind_(behind) {}

  void shut(const std::string& host) {
    const std::lock_guard lock(mutex_);
    shut_.insert(host);
  }
  void shut_all() {
    const std::lock_guard lock(mutex_);
    all_shut_ = true;
  }
  void open_all() {
    const std::lock_guard lock(mutex_);
    all_shut_ = false;
    shut_.clear();
    opened_.notify_all();
  }
  /// What servers ask for when they refuse.
  void set_retry_after(std::optional<seconds> wait) { retry_after_ = wait; }
  bool is_stopped() const override { return is_stopped_; }
  void stop() { is_stopped_ = true; }
  /// What every request is refused with, if anything.
  void refuse_with(std::optional<ErrorCode> code) { refusal_ = code; }

  std::vector<protocol::Result<crawler::FetchResponse>> get_all(
      std::span<const crawler::FetchRequest> requests) override {
    const auto& url = requests.front().url;
    const auto host = url.substr(8, url.find('/', 8) - 8);
    {
      std::unique_lock lock(mutex_);
      asked_.push_back(host);
      waiting_.insert(host);
      most_ = std::max(most_, waiting_.size());
      changed_.notify_all();
      opened_.wait(lock, [&] { return !all_shut_ && !shut_.contains(host); });
      waiting_.erase(host);
    }
    if (refusal_) {
      std::vector<protocol::Result<crawler::FetchResponse>> refused;
      for (std::size_t i = 0; i < requests.size(); ++i)
        refused.push_back(protocol::refuse(*refusal_, "as the test wants it"));
      return refused;
    }
    return behind_.get_all(requests);
  }
  std::vector<protocol::Result<crawler::FetchResponse>> get_all_noted(
      std::span<const crawler::FetchRequest> requests,
      std::span<crawler::FetchNotes> notes) override {
    for (auto& note : notes) note = {0, retry_after_};
    return get_all(requests);
  }

  /// Waits until `holds` of the hosts asked so far, each as often as it was; false after 20 s.
  bool wait_until(const std::function<bool(const std::vector<std::string>&)>& holds) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, seconds(20), [&] { return holds(asked_); });
  }
  bool wait_until_asked(const std::string& host) {
    return wait_until([&](const auto& asked) {
      return std::find(asked.begin(), asked.end(), host) != asked.end();
    });
  }
  std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  std::set<std::string> waiting() {
    const std::lock_guard lock(mutex_);
    return waiting_;
  }
  std::size_t most_at_once() {
    const std::lock_guard lock(mutex_);
    return most_;
  }

 private:
  crawler::Source& behind_;
  std::mutex mutex_;
  std::condition_variable opened_, changed_;
  std::set<std::string> shut_, waiting_;
  std::vector<std::string> asked_;
  std::size_t most_ = 0;
  bool all_shut_ = false;
  std::atomic<bool> is_stopped_{false};
  std::optional<seconds> retry_after_;
  std::optional<ErrorCode> refusal_;
};

/// A node that follows feeds of which most exist in its database only.
class Scheduling : public testing::Test {
 protected:
  Scheduling() : gate(federation.source), log(node::LogLevel::error, [](std::string_view) {}) {
    open();
  }
  ~Scheduling() override {
    gate.open_all();
    schedule.reset();
  }
  void open() {
    reader.reset();
    reader = std::make_unique<node::Node>(folder.path() / "reader", federation.clock, &gate);
  }
  /// Follows an invented publisher at `host`; its SCID.
  std::string follow(const std::string& host) {
    const auto scid = protocol::to_multihash(protocol::sha256(host));
    reader->change([&](node::Store& store, node::Publisher*) {
      store.follow(scid, "did:webvh:" + scid + ":" + host + ":o:main", true);
    });
    return scid;
  }
  /// As if its last reading had ended so.
  void remember(const std::string& scid, seconds due_in, int failures) {
    reader->change([&](node::Store& store, node::Publisher*) {
      store.database()
          .prepare(
              "UPDATE feed SET next_attempt = ?2, last_attempt = 1, failures = ?3 WHERE scid = ?1")
          .bind(1, scid)
          .bind_time(2, federation.clock.now() + due_in)
          .bind(3, static_cast<std::int64_t>(failures))
          .run();
    });
  }
  /// As if those at hosts like this had been read well.
  void were_well(const std::string& hosts) {
    reader->change([&](node::Store& store, node::Publisher*) {
      store.database()
          .prepare("UPDATE feed SET last_success = 1 WHERE did LIKE '%:' || ?1 || ':o:main'")
          .bind(1, hosts)
          .run();
    });
  }
  node::Feed feed(const std::string& scid) {
    return reader->read([&](node::StoreQueries& store) { return *store.feed(scid); });
  }
  void start(std::size_t at_once = 64) {
    node::ScheduleOptions options;
    options.every = seconds(1);
    options.at_once = at_once;
    schedule = std::make_unique<node::Schedule>(*reader, log, options);
  }
  /// Takes what is posted to https://reader.test.
  void listen() {
    node::add_public_routes(router, *reader);
    federation.source.take_posts("reader.test", [this](const crawler::PostRequest& post) {
      auto request = node::make_request("POST", "/witness/add-checkpoint");
      request.body = post.body;
      const auto response = router(request);
      return protocol::Result<crawler::PostResponse>(crawler::PostResponse{
          response.status, std::string(response.header("Content-Type").value_or("")),
          response.body});
    });
  }
  /// Follows a publisher that is there; its SCID.
  std::string real(const std::string& host) {
    auto& member = federation.add(host, "Chapter at " + host, {"US-OH"});
    federation.publish(member, {simple_listing("Group at " + host)});
    reader->change([&](node::Store& store, node::Publisher*) {
      store.follow(member.scid, "did:webvh:" + member.scid + ":" + host + ":o:main", true);
    });
    return member.scid;
  }

  test_support::StandingToTheEnd standing;  // Z2, Z3
  Federation federation;
  GateSource gate;
  node::Log log;
  test_support::ScratchFolder folder;
  std::unique_ptr<node::Node> reader;
  node::Router router;
  std::unique_ptr<node::Schedule> schedule;
};

TEST_F(Scheduling, WhatIsDueIsReadAndNothingElse) {
  remember(follow("later.test"), minutes(10), 0);
  remember(follow("dead.test"), minutes(10), 5);
  follow("new.test");
  start();
  EXPECT_TRUE(gate.wait_until_asked("new.test"));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(gate.asked(), std::vector<std::string>{"new.test"});
  // Whoever failed now is tried again after eight minutes at the earliest.
  federation.clock.advance(minutes(7));
  std::this_thread::sleep_for(std::chrono::milliseconds(1'300));
  EXPECT_EQ(gate.asked(), std::vector<std::string>{"new.test"});
  federation.clock.advance(minutes(3));
  EXPECT_TRUE(gate.wait_until_asked("later.test"));
  EXPECT_TRUE(gate.wait_until_asked("dead.test"));
}

TEST_F(Scheduling, WhoeverHasWaitedLongestIsReadFirst) {
  const std::vector<std::pair<std::string, seconds>> feeds = {
      {"b.test", seconds(-20)}, {"c.test", seconds(-10)}, {"a.test", seconds(-30)}};
  for (const auto& [host, due_in] : feeds) {
    const auto scid = follow(host);
    remember(scid, due_in, 0);
    reader->change([&](node::Store& store, node::Publisher*) {
      // Never tried: what was, is spread at the start.
      store.database().execute("UPDATE feed SET last_attempt = NULL");
    });
  }
  start(1);
  ASSERT_TRUE(gate.wait_until([](const auto& asked) { return asked.size() >= 3; }));
  EXPECT_EQ(gate.asked(), (std::vector<std::string>{"a.test", "b.test", "c.test"}));
}

TEST_F(Scheduling, AtMost64AreReadSideBySide) {
  for (int i = 0; i < 200; ++i) follow("p" + std::to_string(i) + ".test");
  were_well("p%");
  gate.shut_all();
  start();
  ASSERT_TRUE(gate.wait_until([](const auto& asked) { return asked.size() >= 64; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(gate.waiting().size(), 64u);
  gate.open_all();
  EXPECT_TRUE(gate.wait_until([](const auto& asked) {
    return std::set<std::string>(asked.begin(), asked.end()).size() >= 200;
  }));
  EXPECT_LE(gate.most_at_once(), 64u);
  schedule.reset();
  EXPECT_EQ(gate.asked().size(), 200u) << "nobody twice";
}

TEST_F(Scheduling, OneSlowPeerDelaysNobodyElse) {
  follow("slow.test");
  const auto scid = real("ohio.test");
  gate.shut("slow.test");
  start();
  ASSERT_TRUE(gate.wait_until_asked("slow.test"));
  const auto until = std::chrono::steady_clock::now() + seconds(20);
  while (!feed(scid).last_success && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_TRUE(feed(scid).last_success.has_value());
  // … nor itself what comes later: it is asked once, not again and again beside that.
  federation.clock.advance(hours(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(1'300));
  const auto asked = gate.asked();
  EXPECT_EQ(std::count(asked.begin(), asked.end(), "slow.test"), 1);
  EXPECT_EQ(gate.waiting(), std::set<std::string>{"slow.test"});
}

TEST_F(Scheduling, ThoseThatFailedTheLastTimeHaveHalfOfThePlaces) {
  for (int i = 0; i < 10; ++i) {
    const auto host = "dead" + std::to_string(i) + ".test";
    const auto scid = follow(host);
    remember(scid, -hours(1), 3);
    // Otherwise their overdue turn is spread at the start.
    reader->change([&](node::Store& store, node::Publisher*) {
      store.database().execute("UPDATE feed SET last_attempt = NULL");
    });
    gate.shut(host);
  }
  for (int i = 0; i < 10; ++i) follow("live" + std::to_string(i) + ".test");
  start(4);
  const auto live = [](const auto& asked) {
    return std::count_if(asked.begin(), asked.end(),
                         [](const auto& host) { return host.starts_with("live"); });
  };
  EXPECT_TRUE(gate.wait_until([&](const auto& asked) { return live(asked) >= 10; }))
      << "though the others have waited longer";
  EXPECT_TRUE(gate.wait_until([&](const auto& asked) {
    return static_cast<std::ptrdiff_t>(asked.size()) - live(asked) >= 2;
  })) << "and are asked, too";
  EXPECT_EQ(gate.waiting().size(), 2u);
}

TEST_F(Scheduling, Z7_APeerThatCallsForReadingsAndFailsThemIsOneLineInTenSeconds) {
  std::mutex lines_mutex;
  std::vector<std::string> lines;
  std::atomic<int> at{0};
  const node::Log told(
      node::LogLevel::info,
      [&](std::string_view line) {
        const std::lock_guard lock(lines_mutex);
        lines.emplace_back(line);
      },
      [&] { return std::chrono::steady_clock::time_point(seconds(at.load())); });
  const auto lines_about = [&](const std::string& scid) {
    const std::lock_guard lock(lines_mutex);
    std::vector<std::string> found;
    for (const auto& line : lines) {
      if (line.find(scid) != std::string::npos) found.push_back(line);
    }
    return found;
  };
  const auto hostile = follow("hostile.test"), other = follow("other.test");
  node::ScheduleOptions options;
  options.every = seconds(1);
  schedule = std::make_unique<node::Schedule>(*reader, told, options);
  ASSERT_TRUE(gate.wait_until_asked("other.test"));
  const auto asks = [](const auto& asked) {
    return std::count(asked.begin(), asked.end(), "hostile.test");
  };
  const auto until_failed = [&](int failures) {
    const auto limit = std::chrono::steady_clock::now() + seconds(20);
    while (feed(hostile).failures < failures && std::chrono::steady_clock::now() < limit)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return feed(hostile).failures >= failures;
  };
  // Each piece of news makes it due at once, whatever its failures.
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(gate.wait_until([&](const auto& asked) { return asks(asked) >= i; }));
    ASSERT_TRUE(until_failed(i));
    if (i == 3) gate.shut("hostile.test");
    remember(hostile, seconds(0), i);
  }
  // The fourth has begun, so the third has been written of, or not.
  ASSERT_TRUE(gate.wait_until([&](const auto& asked) { return asks(asked) >= 4; }));
  at = 10;
  gate.open_all();
  ASSERT_TRUE(until_failed(4));
  schedule.reset();
  const auto about = lines_about(hostile);
  ASSERT_EQ(about.size(), 2u) << "of four";
  EXPECT_NE(about[1].find("\"left_out\":2}"), std::string::npos) << about[1];
  EXPECT_EQ(lines_about(other).size(), 1u) << "is not hidden by it";
}

TEST_F(Scheduling, O06_HoweverManyAreDeadNobodyWhoWasWellWaitsForThem) {
  for (int i = 0; i < 100; ++i) {
    const auto host = "new" + std::to_string(i) + ".test";
    follow(host);
    gate.shut(host);
  }
  for (int i = 0; i < 100; ++i) {
    const auto host = "dead" + std::to_string(i) + ".test";
    remember(follow(host), -hours(1), 3);
    gate.shut(host);
  }
  for (int i = 0; i < 100; ++i)
    remember(follow("well" + std::to_string(i) + ".test"), minutes(1), 0);
  were_well("well%");
  reader->change([&](node::Store& store, node::Publisher*) {
    // Otherwise their overdue turns are spread at the start.
    store.database().execute("UPDATE feed SET last_attempt = NULL");
  });
  start();
  // All places that the dead can have are taken, and will never be given back.
  ASSERT_TRUE(gate.wait_until([](const auto& asked) { return asked.size() >= 56; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(gate.waiting().size(), 56u);
  federation.clock.advance(minutes(2));
  EXPECT_TRUE(gate.wait_until([](const auto& asked) {
    return std::count_if(asked.begin(), asked.end(),
                         [](const auto& host) { return host.starts_with("well"); }) >= 100;
  })) << "though they became due last of all";
  EXPECT_EQ(gate.waiting().size(), 56u);
}

TEST_F(Scheduling, O06_TheDeadThatAreTriedAgainLeavePlacesForThoseNobodyKnowsYet) {
  for (int i = 0; i < 100; ++i) {
    const auto host = "dead" + std::to_string(i) + ".test";
    remember(follow(host), -hours(1), 3);
    gate.shut(host);
  }
  for (int i = 0; i < 100; ++i) follow("new" + std::to_string(i) + ".test");
  reader->change([&](node::Store& store, node::Publisher*) {
    store.database().execute("UPDATE feed SET last_attempt = NULL");
  });
  start();
  EXPECT_TRUE(gate.wait_until([](const auto& asked) {
    return std::count_if(asked.begin(), asked.end(),
                         [](const auto& host) { return host.starts_with("new"); }) >= 100;
  }));
  EXPECT_TRUE(gate.wait_until([](const auto& asked) { return asked.size() >= 132; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(gate.waiting().size(), 32u);
}

TEST_F(Scheduling, F19_BackoffIsTenMinutesDoubledUpToADayAndOutlivesARestart) {
  std::vector<std::string> scids;
  for (int i = 0; i < 12; ++i) scids.push_back(follow("p" + std::to_string(i) + ".test"));
  std::set<std::int64_t> first_waits;
  for (int failure = 0; failure < 12; ++failure) {
    SCOPED_TRACE(failure);
    const auto now = federation.clock.now();
    for (const auto& outcome : reader->sync(std::nullopt, true, {}))
      EXPECT_EQ(outcome.refused->code, ErrorCode::fetch_connect);
    const auto plain = std::min<double>(600.0 * (1 << std::min(failure, 10)), 1e9);
    auto soonest = federation.clock.now() + hours(48);
    open();
    for (const auto& scid : scids) {
      const auto kept = feed(scid);
      EXPECT_EQ(kept.failures, failure + 1);
      const auto wait = (kept.next_attempt - now).count();
      EXPECT_GE(static_cast<double>(wait), std::min(0.8 * plain, 86'400.0) - 1);
      EXPECT_LE(static_cast<double>(wait), std::min(1.4 * plain, 86'400.0) + 1);
      if (failure == 0) first_waits.insert(wait);
      soonest = std::min(soonest, kept.next_attempt);
    }
    // Until then nobody is asked.
    federation.clock.advance(soonest - now - seconds(1));
    EXPECT_TRUE(reader->sync(std::nullopt, false, {}).empty());
    federation.clock.advance(seconds(1));
    EXPECT_FALSE(reader->sync(std::nullopt, false, {}).empty());
    for (const auto& scid : scids) remember(scid, seconds(0), failure + 1);
  }
  EXPECT_GT(first_waits.size(), 6u) << "not all in the same second";
}

TEST_F(Scheduling, F15_RetryAfterIsObeyedAndCappedAtADay) {
  const auto scid = follow("busy.test");
  const struct {
    seconds asked;
    int failures_before;
    seconds at_least, at_most;
  } cases[] = {
      {seconds(1), 0, seconds(480), seconds(840)},
      {seconds(3'600), 0, seconds(3'600), seconds(3'600)},
      {seconds(3'600), 6, seconds(30'720), seconds(53'760)},
      {seconds(10'000'000), 0, hours(24), hours(24)},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.asked.count());
    remember(scid, seconds(0), c.failures_before);
    gate.set_retry_after(c.asked);
    const auto now = federation.clock.now();
    reader->sync(std::nullopt, true, {});
    EXPECT_GE(feed(scid).next_attempt, now + c.at_least);
    EXPECT_LE(feed(scid).next_attempt, now + c.at_most);
  }
}

TEST_F(Scheduling, PollingIsJitteredByAFifthAndConditional) {
  const auto scid = real("ohio.test");
  reader->set_poll_interval(minutes(15));
  std::set<std::int64_t> waits;
  for (int i = 0; i < 40; ++i) {
    const auto now = federation.clock.now();
    reader->sync(std::nullopt, true, {});
    const auto wait = feed(scid).next_attempt - now;
    EXPECT_GE(wait, minutes(12));
    EXPECT_LE(wait, minutes(18));
    waits.insert(wait.count());
    federation.clock.advance(wait);
  }
  EXPECT_GT(waits.size(), 20u);
}

TEST_F(Scheduling, O07_InTwoDaysTheDeadAreAskedTwelveTimesAndTheLivingEveryQuarterOfAnHour) {
  const auto living = real("ohio.test");
  for (int i = 0; i < 5; ++i) follow("dead" + std::to_string(i) + ".test");
  std::vector<protocol::Timestamp> read;
  std::map<std::string, int> dead;
  for (int minute = 0; minute < 48 * 60; ++minute) {
    for (const auto& outcome : reader->sync(std::nullopt, false, {})) {
      if (outcome.scid == living) {
        EXPECT_FALSE(outcome.refused);
        read.push_back(federation.clock.now());
      } else {
        ++dead[outcome.scid];
      }
    }
    federation.clock.advance(minutes(1));
  }
  ASSERT_EQ(dead.size(), 5u);
  for (const auto& [scid, asked] : dead) {
    EXPECT_LE(asked, 12);
    EXPECT_GE(asked, 6);
  }
  for (std::size_t i = 1; i < read.size(); ++i) {
    EXPECT_GE(read[i] - read[i - 1], minutes(12));
    EXPECT_LE(read[i] - read[i - 1], minutes(19));
  }
  EXPECT_GE(read.size(), 48u * 60 / 19);
}

TEST_F(Scheduling, F20_WhoWasDeadForAMonthIsReadAtOnceWhenItSpeaks) {
  auto& ohio = federation.add("ohio.test", "Ohio Test Chapter", {"US-OH"});
  federation.publish(ohio, {simple_listing("First group")});
  reader->change([&](node::Store& store, node::Publisher*) {
    store.follow(ohio.scid, "did:webvh:" + ohio.scid + ":ohio.test:o:main", true);
  });
  reader->sync(std::nullopt, true, {});
  gate.refuse_with(ErrorCode::fetch_connect);
  for (int day = 0; day < 30; ++day) {
    federation.clock.advance(hours(24));
    reader->sync(std::nullopt, false, {});
  }
  gate.refuse_with(std::nullopt);
  EXPECT_GT(feed(ohio.scid).failures, 20);
  EXPECT_GT(feed(ohio.scid).next_attempt, federation.clock.now() + minutes(1));
  federation.clock.advance(seconds(10));  // since its last reading began

  federation.publish(ohio, {simple_listing("Second group")});
  listen();
  const auto sent =
      node::send_checkpoint(*ohio.node, federation.source, {"https://reader.test", "", {}},
                            protocol::feed_origin(ohio.scid, 1), "", {});
  EXPECT_EQ(sent.kind, node::SendOutcome::Kind::heard) << sent.detail;
  EXPECT_EQ(feed(ohio.scid).failures, 0);
  EXPECT_LE(feed(ohio.scid).next_attempt, federation.clock.now());
  const auto outcomes = reader->sync(std::nullopt, false, {});
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_FALSE(outcomes[0].refused);
  EXPECT_EQ(feed(ohio.scid).failures, 0);
  EXPECT_FALSE(feed(ohio.scid).trouble);
}

TEST_F(Scheduling, F21_AFloodOfNewsIsTenReadingsAMinuteAndTheLastOneIsNotLost) {
  auto& ohio = federation.add("ohio.test", "Ohio Test Chapter", {"US-OH"});
  federation.publish(ohio, {simple_listing("First group")});
  reader->change([&](node::Store& store, node::Publisher*) {
    store.follow(ohio.scid, "did:webvh:" + ohio.scid + ":ohio.test:o:main", true);
  });
  reader->sync(std::nullopt, true, {});
  federation.clock.advance(minutes(2));
  listen();
  std::vector<protocol::Timestamp> begun;
  const auto read_due = [&] {
    const auto outcomes = reader->sync(std::nullopt, false, {});
    if (!outcomes.empty()) begun.push_back(federation.clock.now());
    for (const auto& outcome : outcomes) EXPECT_FALSE(outcome.refused);
  };
  for (int second = 0; second < 60; ++second) {
    federation.publish(ohio, {simple_listing("Group " + std::to_string(second))});
    const auto sent =
        node::send_checkpoint(*ohio.node, federation.source, {"https://reader.test", "", {}},
                              protocol::feed_origin(ohio.scid, 1), "", {});
    EXPECT_EQ(sent.kind, node::SendOutcome::Kind::heard) << sent.detail;
    read_due();
    if (second == 0) {
      EXPECT_EQ(begun.size(), 1u) << "the first is read at once";
    }
    federation.clock.advance(seconds(1));
  }
  EXPECT_EQ(begun.size(), 10u);
  for (std::size_t i = 1; i < begun.size(); ++i)
    EXPECT_GE(begun[i] - begun[i - 1], seconds(2)) << i;
  federation.clock.advance(seconds(2));
  read_due();
  EXPECT_EQ(begun.size(), 11u);
  const auto size =
      ohio.node->read([&](node::StoreQueries& store) { return store.feed(ohio.scid)->size; });
  EXPECT_EQ(feed(ohio.scid).size, size);
}

TEST_F(Scheduling, WhoStopsBlamesNobody) {
  const auto scid = real("ohio.test");
  remember(scid, seconds(0), 0);
  gate.stop();
  gate.refuse_with(ErrorCode::fetch_backoff);
  const auto outcomes = reader->sync(std::nullopt, true, {});
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(outcomes[0].refused->code, ErrorCode::fetch_backoff);
  EXPECT_EQ(feed(scid).failures, 0);
  EXPECT_LE(feed(scid).next_attempt, federation.clock.now());
  // Nor is it asked without end while the node has not gone yet.
  start();
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_LE(gate.asked().size(), 3u);
}

TEST_F(Scheduling, O08_AtAStartWhatIsOverdueIsSpreadByASecondForEach) {
  for (int i = 0; i < 3; ++i) remember(follow("few" + std::to_string(i) + ".test"), -hours(1), i);
  const auto fresh = follow("new.test");
  const auto later = follow("later.test");
  remember(later, minutes(5), 0);
  const auto now = federation.clock.now();
  start(1);
  for (int i = 0; i < 3; ++i) {
    const auto scid = protocol::to_multihash(protocol::sha256("few" + std::to_string(i) + ".test"));
    EXPECT_LE(feed(scid).next_attempt, now + seconds(3)) << "or read by now, and due again later";
  }
  EXPECT_LE(feed(fresh).next_attempt, now);
  EXPECT_EQ(feed(later).next_attempt, now + minutes(5));
}

TEST(SpreadOverdueFeeds, O08_AThousandNodesThatStartTogetherAreNoHerd) {
  // A node of a thousand feeds; that its thousand waits are as good as one wait of a thousand nodes
  // each is what independent chance means.
  test_support::SetClock clock(*protocol::parse_timestamp("2026-11-02T09:00:00Z"));
  test_support::ScratchFolder folder;
  node::Node reader(folder.path() / "reader", clock, nullptr);
  reader.change([&](node::Store& store, node::Publisher*) {
    node::Transaction transaction(store.database());
    for (int i = 0; i < 1'000; ++i) {
      store.database()
          .prepare(
              "INSERT INTO feed (scid, did, next_attempt, last_attempt) VALUES (?1, '', ?2, 1)")
          .bind(1, "Qm" + std::to_string(i))
          .bind_time(2, clock.now() - seconds(i))
          .run();
    }
    transaction.commit();
  });
  const node::Log quiet(node::LogLevel::error, [](std::string_view) {});
  { const node::Schedule schedule(reader, quiet, {}); }
  const auto due = reader.read([&](node::StoreQueries& store) {
    return node::due_feeds(store.database(), Last::never, clock.now() + hours(1), 2'000);
  });
  ASSERT_EQ(due.size(), 1'000u);
  std::map<std::int64_t, int> by_ten_seconds;
  for (const auto& feed : due) {
    EXPECT_GE(feed.next_attempt, clock.now());
    EXPECT_LE(feed.next_attempt, clock.now() + minutes(15));
    ++by_ten_seconds[(feed.next_attempt - clock.now()).count() / 10];
  }
  for (const auto& [from, number] : by_ten_seconds) EXPECT_LE(number, 3 * 1'000 / 90) << from;
  EXPECT_GE(by_ten_seconds.size(), 80u) << "over the whole interval";
}

TEST(DueFeeds, AreFoundByAnIndex) {
  test_support::SetClock clock(*protocol::parse_timestamp("2026-11-02T09:00:00Z"));
  test_support::ScratchFolder folder;
  node::Node reader(folder.path() / "reader", clock, nullptr);
  for (const std::string failed : {"0", "1"}) {
    const std::string where = " FROM feed WHERE own = 0 AND (failures > 0) = " + failed;
    for (const auto& query : {"SELECT scid, next_attempt" + where +
                                  " AND next_attempt <= 9 AND last_success IS NULL "
                                  "ORDER BY next_attempt, scid LIMIT 5",
                              "SELECT min(next_attempt)" + where + " AND next_attempt > 9"}) {
      const auto plan = reader.read([&](node::StoreQueries& store) {
        auto rows = store.database().prepare("EXPLAIN QUERY PLAN " + query);
        std::string steps;
        while (rows.step()) steps += rows.text(3) + "\n";
        return steps;
      });
      EXPECT_NE(plan.find("feed_by_attempt"), std::string::npos) << plan;
      EXPECT_NE(plan.find("next_attempt"), std::string::npos) << "only what is due: " << plan;
      EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << plan;
    }
  }
}

TEST(DueFeeds, AreThoseOfTheirKindThatHaveWaitedLongest) {
  test_support::SetClock clock(*protocol::parse_timestamp("2026-11-02T09:00:00Z"));
  test_support::ScratchFolder folder;
  node::Node reader(folder.path() / "reader", clock, nullptr);
  const struct {
    const char* scid;
    int failures;
    std::optional<std::int64_t> last_success;
    int due_in;
  } rows[] = {{"QmWellB", 0, 1, -5},      {"QmWellA", 0, 1, -9},       {"QmWellLater", 0, 1, 60},
              {"QmNever", 0, {}, 0},      {"QmNeverLater", 0, {}, 30}, {"QmFailed", 2, 1, -3},
              {"QmFailedNew", 1, {}, -4}, {"QmFailedLater", 1, 1, 20}};
  reader.change([&](node::Store& store, node::Publisher*) {
    for (const auto& row : rows) {
      store.database()
          .prepare(
              "INSERT INTO feed (scid, did, failures, last_success, next_attempt) VALUES "
              "(?1, '', ?2, nullif(?3, 0), ?4)")
          .bind(1, std::string(row.scid))
          .bind(2, std::int64_t{row.failures})
          .bind(3, row.last_success.value_or(0))
          .bind_time(4, clock.now() + seconds(row.due_in))
          .run();
    }
  });
  const auto due = [&](Last last, std::size_t limit = 10) {
    std::vector<std::string> scids;
    for (const auto& feed : reader.read([&](node::StoreQueries& store) {
           return node::due_feeds(store.database(), last, clock.now(), limit);
         }))
      scids.push_back(feed.scid);
    return scids;
  };
  const auto next = [&] {
    return reader.read(
        [&](node::StoreQueries& store) { return node::next_due(store.database(), clock.now()); });
  };
  EXPECT_EQ(due(Last::well), (std::vector<std::string>{"QmWellA", "QmWellB"}));
  EXPECT_EQ(due(Last::well, 1), std::vector<std::string>{"QmWellA"});
  EXPECT_EQ(due(Last::never), std::vector<std::string>{"QmNever"});
  EXPECT_EQ(due(Last::failed), (std::vector<std::string>{"QmFailedNew", "QmFailed"}));
  EXPECT_EQ(next(), clock.now() + seconds(20));
  clock.advance(seconds(25));
  EXPECT_EQ(next(), clock.now() + seconds(5));
  clock.advance(hours(1));
  EXPECT_EQ(next(), std::nullopt);
}

}  // namespace
