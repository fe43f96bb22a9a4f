#pragma once

#include <gtest/gtest.h>

#include "node/record_key.h"
#include "tests/support/federation.h"
#include "tests/support/standing.h"

namespace test_support {

/// An association recognizes a chapter, and that a collective; a reader has the first as its anchor
/// and has read one listing of each of the others.
class ThreeLevels : public testing::Test {
 protected:
  ThreeLevels()
      : national(federation.add("national.test", "National Test Association", {"US"},
                                "national_association")),
        ohio(federation.add("ohio.test", "Ohio Test Chapter", {"US-OH"})),
        lake(federation.add("lake.test", "Lake Test Collective", {"US-OH"}, "collective")),
        reader(federation.add_reader("reader")) {
    federation.recognize(national, ohio, {"US-OH"}, 1);
    federation.recognize(ohio, lake, {"US-OH"});
    federation.anchor(reader, national);
    of_ohio = federation.publish(ohio, {simple_listing("Chapter group")})[0];
    of_lake = federation.publish(lake, {simple_listing("Harbor circle")})[0];
    federation.sync(reader);
  }

  void TearDown() override { EXPECT_EQ(federation.broken_invariant(reader), ""); }  // Z5

  StandingToTheEnd to_the_end;  // Z2, Z3
  Federation federation;
  Federation::Member& national;
  Federation::Member& ohio;
  Federation::Member& lake;
  Federation::Member& reader;
  node::RecordKey of_ohio, of_lake;
};

}  // namespace test_support
