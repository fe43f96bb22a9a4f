#include <gtest/gtest.h>

#include "protocol/document/computed.h"
#include "tests/node/search/search_samples.h"
#include "tests/support/linear_scan.h"

namespace {

TEST(CostPerMonth, ComesFromWhatIsStatedAndFromNothingElse) {
  const struct {
    const char* members;
    std::optional<double> want;
  } cases[] = {
      {R"({})", {}},
      {R"({"cost": {"model": "free"}})", 0},
      {R"({"cost": {"model": "donation"}})", {}},
      {R"({"cost": {"model": "included_in_membership"}})", {}},
      {R"({"cost": {"options": [{"amount": "25.00", "per": "month"}]}})", 25},
      {R"({"cost": {"options": [{"amount": "120", "per": "year"}]}})", 10},
      {R"({"cost": {"options": [{"amount": "100", "per": "year"}]}})", 8.33},
      {R"({"cost": {"options": [{"amount": "100", "per": "term"}]}})", {}},
      {R"({"cost": {"options": [{"amount": "100", "per": "once"}]}})", {}},
      {R"({"cost": {"options": [{"amount": "100"}]}})", {}},
      {R"({"cost": {"options": [{"amount": "20", "amount_max": "60", "per": "month"}]}})", 60},
      {R"({"cost": {"options": [{"amount": "5", "per": "month", "for": "members"}, {"amount": "30", "per": "month", "for": "all"}]}})",
       30},
      {R"({"cost": {"options": [{"amount": "5", "per": "month", "for": "trainee"}]}})", {}},
      {R"({"cost": {"options": [{"amount": "50", "per": "month"}, {"amount": "240", "per": "year"}]}})",
       20},
      {R"({"cost": {"options": [{"amount": "50", "per": "month", "currency": "USD"}, {"amount": "50", "per": "month", "currency": "CAD"}]}})",
       {}},
      {R"({"cost": {"options": [{"amount": "30", "per": "meeting"}]}})", {}},
      {R"({"cost": {"options": [{"amount": "30", "per": "meeting"}]}, "schedule": [{"start": "19:00", "rrule": "FREQ=WEEKLY;BYDAY=TU"}]})",
       130},
      {R"({"cost": {"options": [{"amount": "30", "per": "meeting"}]}, "schedule": [{"start": "19:00", "rrule": "FREQ=MONTHLY;BYDAY=2TU,4TU"}]})",
       60},
      {R"({"cost": {"options": [{"amount": "30", "per": "meeting"}]}, "schedule": [{"start": "19:00", "rrule": "FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO"}]})",
       15},
      {R"({"cost": {"options": [{"amount": "30", "per": "meeting"}]}, "schedule": [{"start": "19:00", "rrule": "FREQ=MONTHLY;BYMONTHDAY=1"}, {"start": "19:00", "rrule": "FREQ=MONTHLY;BYMONTHDAY=15"}]})",
       60},
      {R"({"cost": {"options": [{"amount": "30", "per": "meeting"}]}, "schedule": [{"start": "19:00", "rrule": "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"}]})",
       30},
      {R"({"cost": {"options": [{"amount": "30", "per": "meeting"}]}, "schedule": [{"start": "19:00"}]})",
       {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.members);
    const auto subject = search_samples::subject(c.members);
    EXPECT_EQ(protocol::cost_per_month(search_samples::document("s/u", subject).listing), c.want);
    EXPECT_EQ(test_support::scan_cost_per_month(subject), c.want);
  }
}

TEST(CostPerMonth, HasNoOpinionOnWhatItCannotRead) {
  for (const char* amount :
       {"", ".", "1.2.3", "-5", "1e9", "25ish", " 5", "5 ", "nan", "inf", "99999999999999999999"}) {
    SCOPED_TRACE(amount);
    protocol::Listing listing;
    listing.cost = protocol::Cost{};
    listing.cost->options.push_back({.label = {},
                                     .amount = amount,
                                     .amount_max = {},
                                     .currency = "USD",
                                     .per = "month",
                                     .for_whom = {},
                                     .upfront = {}});
    EXPECT_EQ(protocol::cost_per_month(listing), std::nullopt);
  }
  for (const char* rule : {"", ";;;", "FREQ=", "FREQ=SECONDLY", "FREQ=WEEKLY;INTERVAL=0",
                           "FREQ=WEEKLY;INTERVAL=x", "FREQ=WEEKLY;INTERVAL=99999999999",
                           "FREQ=DAILY;INTERVAL=2;BYDAY=MO", "FREQ=YEARLY;BYDAY=MO,TU"}) {
    SCOPED_TRACE(rule);
    protocol::Listing listing;
    listing.cost = protocol::Cost{};
    listing.cost->options.push_back({.label = {},
                                     .amount = "5",
                                     .amount_max = {},
                                     .currency = "USD",
                                     .per = "meeting",
                                     .for_whom = {},
                                     .upfront = {}});
    listing.schedule.push_back({.dtstart = {},
                                .start = {},
                                .duration = {},
                                .rrule = rule,
                                .exdates = {},
                                .rdates = {},
                                .tzid = {}});
    EXPECT_EQ(protocol::cost_per_month(listing), std::nullopt);
  }
}

}  // namespace
