#include "protocol/document/computed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/protocol/document/sample_subject.h"

namespace protocol {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ScheduleRule computed_rule(std::string rrule, std::optional<std::int64_t> minutes = {}) {
  ScheduleRule rule;
  rule.rrule = std::move(rrule);
  rule.duration = minutes;
  return rule;
}

Listing computed_meeting(std::string rrule, std::optional<std::int64_t> minutes = {}) {
  Listing listing;
  listing.schedule = {computed_rule(std::move(rrule), minutes)};
  return listing;
}

CostOption computed_option(std::string amount, std::string per, std::string whom = "",
                           std::string currency = "USD") {
  CostOption option;
  option.amount = std::move(amount);
  option.per = std::move(per);
  option.for_whom = std::move(whom);
  option.currency = std::move(currency);
  return option;
}

Date computed_day(int year, unsigned month, unsigned day) {
  return std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) /
                               std::chrono::day(day));
}

TEST(Requirements, R38_CadenceIsSaidInPlainWords) {
  const struct {
    const char* rule;
    std::string_view want;
  } cases[] = {
      {"FREQ=WEEKLY;BYDAY=TU", "Weekly"},
      {"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "Every 2 weeks"},
      {"FREQ=MONTHLY;BYDAY=2TU,4TU", "Every 2 weeks"},
      {"FREQ=WEEKLY;INTERVAL=3", "Every 3 to 4 weeks"},
      {"FREQ=WEEKLY;INTERVAL=4", "Every 3 to 4 weeks"},
      {"FREQ=MONTHLY;BYDAY=1SA", "Monthly"},
      {"FREQ=MONTHLY;INTERVAL=2", "Less than once a month"},
      {"FREQ=YEARLY", "Less than once a month"},
      {"FREQ=WEEKLY;BYDAY=MO,WE,FR", "Several times a week"},
      {"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Daily"},
      {"", "On single dates, or not said how often"},
      {"FREQ=HOURLY", "On single dates, or not said how often"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.rule);
    EXPECT_EQ(cadence(computed_meeting(c.rule)), c.want);
  }
  EXPECT_EQ(cadence(Listing()), "");
  Listing open;
  open.meets = "by_arrangement";
  EXPECT_EQ(cadence(open), "Ad hoc");
  open.meets = "always_open";
  EXPECT_EQ(cadence(open), "Always open");
}

TEST(Requirements, R39_AHuddleOfTenMinutesIsOne) {
  EXPECT_EQ(cadence(computed_meeting("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", 10)), "Daily huddle");
  EXPECT_EQ(cadence(computed_meeting("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", 60)), "Daily");
}

TEST(Requirements, R40_MinutesAMonthAreAddedOverAllRules) {
  EXPECT_EQ(minutes_per_month(computed_meeting("FREQ=MONTHLY;BYDAY=2TU,4TU", 90)), 180);
  auto two = computed_meeting("FREQ=MONTHLY;BYDAY=1MO", 60);
  two.schedule.push_back(computed_rule("FREQ=MONTHLY;BYDAY=3MO", 30));
  EXPECT_EQ(minutes_per_month(two), 90);
  two.schedule.push_back(computed_rule("FREQ=MONTHLY"));
  EXPECT_EQ(minutes_per_month(two), std::nullopt) << "one length is not stated";
  EXPECT_EQ(minutes_per_month(Listing()), std::nullopt);
  EXPECT_EQ(minutes_per_month(computed_meeting("FREQ=MONTHLY;BYMONTH=9,10,11", 60)), 15);
}

TEST(Requirements, R37_CostsAreComparableByYearAndByHour) {
  auto listing = computed_meeting("FREQ=MONTHLY;BYDAY=2TU,4TU", 90);
  listing.cost.emplace();
  listing.cost->options = {computed_option("15", "meeting")};
  listing.cost->options[0].amount_max = "45.00";
  auto picture = cost_picture(listing);
  EXPECT_THAT(picture.per_year, ElementsAre(AmountRange{"USD", 36'000, 108'000}));
  EXPECT_THAT(picture.per_hour, ElementsAre(AmountRange{"USD", 1'000, 3'000}));

  listing.cost->options = {computed_option("75", "year"), computed_option("40", "year")};
  picture = cost_picture(listing);
  EXPECT_THAT(picture.per_year, ElementsAre(AmountRange{"USD", 4'000, 7'500}));
  EXPECT_THAT(picture.per_hour, ElementsAre(AmountRange{"USD", 111, 208}));

  // Currencies are kept apart, non-members too, and so is what is paid once.
  listing.cost->options = {
      computed_option("10", "month"), computed_option("12", "month", "", "CAD"),
      computed_option("20", "month", "non_members"), computed_option("100", "once")};
  picture = cost_picture(listing);
  EXPECT_THAT(picture.per_year,
              ElementsAre(AmountRange{"USD", 12'000, 12'000}, AmountRange{"CAD", 14'400, 14'400}));
  EXPECT_THAT(picture.non_members, ElementsAre(AmountRange{"USD", 24'000, 24'000}));
  EXPECT_THAT(picture.once, ElementsAre(AmountRange{"USD", 10'000, 10'000}));
}

TEST(Computed, CostThatIsNotKnownStaysUnknown) {
  auto listing = computed_meeting("", 90);
  EXPECT_EQ(cost_picture(listing), CostPicture());
  listing.cost.emplace();
  listing.cost->model = "fee_per_meeting";
  listing.cost->options = {computed_option("20", "meeting")};
  auto picture = cost_picture(listing);
  EXPECT_THAT(picture.per_year, IsEmpty()) << "nobody says how often it meets";
  EXPECT_THAT(picture.per_hour, ElementsAre(AmountRange{"USD", 1'333, 1'333}));
  listing.cost->options = {computed_option("20", "month"), computed_option("100", "term")};
  EXPECT_THAT(cost_picture(listing).per_year, IsEmpty()) << "one alternative is not known";
  for (const auto* amount : {"", "25ish", "1.234", "-5", "1e9", ".", "5.", "99999999999999"}) {
    listing.cost->options = {computed_option(amount, "month")};
    EXPECT_THAT(cost_picture(listing).per_year, IsEmpty()) << amount;
  }
  listing.cost->options.clear();
  listing.cost->model = "sliding_scale";
  EXPECT_FALSE(cost_picture(listing).costs_nothing);
  for (const auto* model : {"free", "employer_paid", "swap"}) {
    listing.cost->model = model;
    EXPECT_TRUE(cost_picture(listing).costs_nothing) << model;
  }
  listing.cost->model = "included_in_membership";
  EXPECT_TRUE(cost_picture(listing).in_membership);
  listing.membership_non_members_fee = "20";
  EXPECT_EQ(cost_picture(listing).non_members_fee, (AmountRange{"", 2'000, 2'000}));
}

TEST(Computed, WhatIsDueUpFrontIsAddedForOnePersonAndNotForAll) {
  Listing listing;
  listing.cost.emplace();
  auto joining = computed_option("50", "once");
  auto year = computed_option("300", "year");
  auto trainee_year = computed_option("100", "year", "trainee");
  joining.upfront = year.upfront = trainee_year.upfront = true;
  listing.cost->options = {joining, year, trainee_year, computed_option("5", "month")};
  EXPECT_THAT(cost_picture(listing).upfront, ElementsAre(AmountRange{"USD", 15'000, 35'000}));
}

TEST(Computed, RenewalNamesWhatIsNotStated) {
  Listing listing;
  EXPECT_THAT(renewal_words(listing), IsEmpty());
  listing.cost.emplace();
  listing.cost->model = "free";
  EXPECT_THAT(renewal_words(listing), IsEmpty());
  listing.cost->model = "subscription";
  EXPECT_THAT(renewal_words(listing),
              ElementsAre(HasSubstr("is not stated: ask"), HasSubstr("is not stated: ask")));
  listing.cost->auto_renew = true;
  listing.cost->renewal_notice_days = 30;
  listing.cost->refund = "none";
  EXPECT_THAT(renewal_words(listing),
              ElementsAre("It renews by itself; you are told 30 days before.", "No money back."));
  listing.cost->renewal_notice_days = 0;
  listing.cost->refund = "pro_rata";
  EXPECT_THAT(renewal_words(listing)[0], HasSubstr("you are not told before"));
}

TEST(Requirements, R48_TheEightClausesAreCounted) {
  Listing listing;
  listing.formats = {"video"};
  auto profile = confidentiality_profile(listing, computed_day(2026, 11, 1));
  EXPECT_EQ(profile.level, Confidentiality::not_stated);
  EXPECT_EQ(profile.missing.size(), 8U);
  for (const auto* sentence :
       {&profile.recording, &profile.ai, &profile.platform, &profile.agreement})
    EXPECT_THAT(*sentence, HasSubstr("not stated: ask"));

  for (const auto clause : eight_clauses()) {
    EXPECT_TRUE(is_known(Vocabulary::agreement_clauses, clause));
    listing.agreement_clauses.emplace_back(clause);
  }
  listing.agreement_clauses.emplace_back("no_ai_transcription");
  listing.agreement_clauses.emplace_back("no_ai_transcription");
  EXPECT_EQ(confidentiality_profile(listing, computed_day(2026, 11, 1)).level,
            Confidentiality::partial)
      << "clauses without an agreement in writing";
  listing.agreement_state = "signed_by_all";
  profile = confidentiality_profile(listing, computed_day(2026, 11, 1));
  EXPECT_EQ(profile.level, Confidentiality::strong);
  EXPECT_THAT(profile.missing, IsEmpty());
  EXPECT_THAT(profile.others, ElementsAre("no_ai_transcription"));
  EXPECT_THAT(profile.ai, HasSubstr("No software"));

  listing.platform_public_social = true;
  profile = confidentiality_profile(listing, computed_day(2026, 11, 1));
  EXPECT_EQ(profile.level, Confidentiality::partial);
  EXPECT_THAT(profile.platform, HasSubstr("Do not discuss clients there"));
  listing.agreement_state = "none";
  EXPECT_EQ(confidentiality_profile(listing, {}).level, Confidentiality::none);
}

TEST(Requirements, R49_TheNextSigningIsTrackedAndShown) {
  Listing listing;
  listing.agreement_resign = "yearly";
  listing.agreement_last_signed = "2026-02";
  auto profile = confidentiality_profile(listing, computed_day(2027, 2, 28));
  EXPECT_EQ(
      profile.resign,
      "It is signed again every year. Last signed in February 2026; due again in February 2027.");
  EXPECT_FALSE(profile.resign_overdue);
  profile = confidentiality_profile(listing, computed_day(2027, 3, 1));
  EXPECT_TRUE(profile.resign_overdue);
  EXPECT_THAT(profile.resign, HasSubstr("it was due again in February 2027"));
  listing.agreement_last_signed = "2026-12";
  EXPECT_FALSE(confidentiality_profile(listing, computed_day(2027, 12, 31)).resign_overdue);
  EXPECT_TRUE(confidentiality_profile(listing, computed_day(2028, 1, 1)).resign_overdue);
  listing.agreement_resign = "never";
  EXPECT_FALSE(confidentiality_profile(listing, computed_day(2036, 1, 1)).resign_overdue);
  listing.agreement_last_signed.clear();
  listing.agreement_resign.clear();
  EXPECT_EQ(confidentiality_profile(listing, {}).resign, "");
}

TEST(Requirements, R50_R54_WarnOfPrivilegeAndRemindOfConsent) {
  EXPECT_THAT(std::string(kPrivilegeWarning), HasSubstr("privilege may not"));
  EXPECT_THAT(std::string(kInformedConsentNote), HasSubstr("consent form"));
  Listing listing;
  listing.audience = "therapists";
  EXPECT_TRUE(is_for_professionals(listing));
  EXPECT_FALSE(talks_about_cases(listing));
  listing.purposes = {"case_consultation"};
  EXPECT_TRUE(talks_about_cases(listing));
  listing.audience = "lived_experience";
  EXPECT_FALSE(is_for_professionals(listing));
}

TEST(Computed, FreshnessGoesByWhatAPersonConfirmed) {
  Listing listing;
  listing.confirmed_at = "2026-11-01";
  listing.review_by = "2027-04-30";
  const struct {
    Date today;
    Freshness want;
  } cases[] = {
      {computed_day(2026, 11, 2), Freshness::confirmed},
      {computed_day(2027, 3, 30), Freshness::confirmed},
      {computed_day(2027, 3, 31), Freshness::due_soon},
      {computed_day(2027, 4, 30), Freshness::due_soon},
      {computed_day(2027, 5, 1), Freshness::fading},
      {computed_day(2027, 7, 29), Freshness::fading},
      {computed_day(2027, 7, 30), Freshness::past},
  };
  for (const auto& c : cases)
    EXPECT_EQ(freshness(listing, c.today).state, c.want) << format_date(c.today);
  EXPECT_EQ(freshness(Listing(), computed_day(2027, 1, 1)).review_by, std::nullopt);
}

TEST(Computed, AmountsAreCents) {
  EXPECT_EQ(cents_of("25"), 2'500);
  EXPECT_EQ(cents_of("25.5"), 2'550);
  EXPECT_EQ(cents_of("0.05"), 5);
  EXPECT_EQ(cents_of("25.005"), std::nullopt);
  EXPECT_EQ(decimal_of(2'505), "25.05");
  EXPECT_EQ(decimal_of(5), "0.05");
}

}  // namespace
}  // namespace protocol
