#include "node/witness/pull_pace.h"

#include <gtest/gtest.h>

namespace {

using node::PullPace;
using std::chrono::seconds;

const protocol::Timestamp kPaceStart = protocol::from_unix(1793606400);

TEST(PullPace, AFeedThatRestedIsReadAtOnce) {
  PullPace pace;
  EXPECT_EQ(pace.earliest("a", kPaceStart), kPaceStart);
  pace.started("a", kPaceStart);
  EXPECT_EQ(pace.earliest("a", kPaceStart), kPaceStart + seconds(2));
  EXPECT_EQ(pace.earliest("a", kPaceStart + seconds(1)), kPaceStart + seconds(2));
  EXPECT_EQ(pace.earliest("a", kPaceStart + seconds(2)), kPaceStart + seconds(2));
  EXPECT_EQ(pace.earliest("a", kPaceStart + seconds(9)), kPaceStart + seconds(9));
  EXPECT_EQ(pace.earliest("b", kPaceStart), kPaceStart) << "each feed by itself";
}

TEST(PullPace, NewsWithoutEndIsReadTenTimesAMinute) {  // F21
  PullPace pace;
  std::vector<protocol::Timestamp> starts;
  for (auto now = kPaceStart; now < kPaceStart + seconds(600); now += seconds(1)) {
    if (pace.earliest("a", now) > now) continue;
    pace.started("a", now);
    starts.push_back(now);
  }
  EXPECT_EQ(starts.size(), 100u);
  for (std::size_t i = 1; i < starts.size(); ++i) EXPECT_GE(starts[i] - starts[i - 1], seconds(2));
  for (std::size_t i = 10; i < starts.size(); ++i)
    EXPECT_GE(starts[i] - starts[i - 10], seconds(60));
}

TEST(PullPace, AClockThatWasSetBackHoldsNothingUp) {
  PullPace pace;
  for (int i = 0; i < 10; ++i) pace.started("a", kPaceStart + std::chrono::hours(24 * 365));
  EXPECT_EQ(pace.earliest("a", kPaceStart), kPaceStart);
}

}  // namespace
