#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/live_federation.h"
#include "tests/support/standing.h"

namespace {

using std::chrono::steady_clock;
using test_support::LiveFederation;

// Generous: this is whether, push_bench says how fast.
constexpr std::chrono::seconds kLivePatience{30};

TEST(LivePush, WithPollingAtOneHourAChangeArrivesAtADirectFollowerAndThreeHopsAway) {
  const test_support::StandingToTheEnd standing;  // Z2, Z3
  LiveFederation federation({"ohio.test", "near.test", "middle.test", "far.test"},
                            std::chrono::hours(1));
  auto &ohio = federation[0], &near = federation[1], &middle = federation[2], &far = federation[3];
  const auto first = federation.publish(ohio, "First group");
  for (auto* member : {&near, &middle, &far}) {
    federation.anchor(*member, ohio);
    member->node->sync(std::nullopt, true, {});
    ASSERT_TRUE(member->node->group(first)) << member->host;
  }
  // Each tells one other, so that the last is reached over both others or not at all.
  federation.notify(ohio, near);
  federation.notify(near, middle);
  federation.notify(middle, far);
  for (auto* member : {&ohio, &near, &middle, &far}) federation.start(*member);

  const auto begun = steady_clock::now();
  const auto second = federation.publish(ohio, "Second group");
  for (auto* member : {&near, &middle, &far}) {
    SCOPED_TRACE(member->host);
    EXPECT_TRUE(federation.wait_for(*member, second, begun, kLivePatience).has_value());
  }
  // What is taken back goes the same way.
  ohio.node->change([&](node::Store&, node::Publisher* publisher) {
    node::Draft draft;
    draft.what = node::Draft::What::end;
    draft.id = second.urn();
    std::vector<node::Draft> drafts{draft};
    EXPECT_TRUE(publisher->publish(drafts, node::SystemClock().now()).empty());
  });
  const auto until = steady_clock::now() + kLivePatience;
  while (far.node->group(second) && steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_FALSE(far.node->group(second));
}

TEST(LivePush, WithoutPushNothingArrivesWithinTheInterval) {
  // The test above would hold for a schedule that reads all the time, too: this one shows that it
  // does not.
  const test_support::StandingToTheEnd standing;  // Z2, Z3
  LiveFederation federation({"ohio.test", "near.test"}, std::chrono::hours(1));
  auto &ohio = federation[0], &near = federation[1];
  federation.publish(ohio, "First group");
  federation.anchor(near, ohio);
  near.node->sync(std::nullopt, true, {});
  federation.start(ohio);
  federation.start(near);
  const auto begun = steady_clock::now();
  const auto second = federation.publish(ohio, "Second group");
  EXPECT_FALSE(federation.wait_for(near, second, begun, std::chrono::seconds(3)).has_value());
}

}  // namespace
