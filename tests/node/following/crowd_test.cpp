#include <gtest/gtest.h>

#include "tests/support/peer_crowd.h"
#include "tests/support/standing.h"

namespace {

using std::chrono::milliseconds;

// In small: times scaled to a tenth, a quarter of the places. push_bench has it whole.
TEST(Crowd, O06_ANodeWithOneAnchorReadsAllThatLiveThoughThirtyInAHundredAreDead) {
  const test_support::StandingToTheEnd standing;  // Z2, Z3
  test_support::PeerCrowd crowd({.living = 70, .refusing = 10, .vanishing = 10, .dripping = 10});
  crawler::FetchLimits limits;
  limits.connect = limits.tls = milliseconds(1'000);
  limits.first_byte = milliseconds(2'000);
  limits.whole = milliseconds(3'000);
  limits.slow_after = milliseconds(1'000);
  limits.connections = 16;
  const auto cycle = crowd.run(limits, 16, std::chrono::seconds(120));
  ASSERT_TRUE(cycle.all_tried.has_value());
  ASSERT_TRUE(cycle.living_read.has_value());
  EXPECT_EQ(cycle.living, 71u);
  EXPECT_EQ(cycle.shown, 70u);
  EXPECT_EQ(cycle.dead_with_backoff, 30u);
  EXPECT_LE(cycle.most_connections, 16u);
  EXPECT_GE(cycle.most_connections, 4u) << "side by side";
  // No living one waited for so long that dead ones came first, one after another.
  ASSERT_TRUE(cycle.longest_standstill.has_value());
  EXPECT_LT(cycle.longest_standstill->count(), 10'000);
  // One after another the dead alone would take 10 times 1 s and 10 times more than 1 s.
  EXPECT_LT(cycle.all_tried->count(), 60'000);
}

}  // namespace
