#include "node/schedule/next_dates.h"

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libical/ical.h>

#include "tests/support/shared_inputs.h"

namespace node {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

protocol::Timestamp dates_now(std::string_view text) {
  return protocol::parse_timestamp(text).value();
}

protocol::Listing dates_listing(std::string rrule, std::string dtstart, std::string start,
                                std::string tzid) {
  protocol::Listing listing;
  listing.status = "active";
  protocol::ScheduleRule rule;
  rule.rrule = std::move(rrule);
  rule.dtstart = std::move(dtstart);
  rule.start = std::move(start);
  rule.tzid = std::move(tzid);
  rule.duration = 75;
  listing.schedule = {rule};
  return listing;
}

std::vector<std::string> dates_locals(const NextDates& next) {
  std::vector<std::string> texts;
  for (const auto& date : next.dates) texts.push_back(protocol::format_local_time(date.local));
  return texts;
}

/// "2026-10-27T09:00:00": the same moment on a reader's clock, by libical.
std::string by_libical(const MeetingDate& date, const char* reader) {
  std::string compact;
  for (const char c : protocol::format_local_time(date.local))
    if (c != '-' && c != ':') compact += c;
  auto local = icaltime_from_string(compact.c_str());
  icaltime_set_timezone(&local, icaltimezone_get_builtin_timezone(date.zone.c_str()));
  const auto there = icaltime_convert_to_zone(local, icaltimezone_get_builtin_timezone(reader));
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d", there.year, there.month,
                there.day, there.hour, there.minute, there.second);
  return text.data();
}

TEST(NextDates, AreRightInPhoenixOnBothSidesOfBothChanges) {
  const auto listing =
      dates_listing("FREQ=MONTHLY;BYDAY=2TU,4TU", "2026-09-08T12:00:00", "", "America/New_York");
  const auto phoenix = Zone::find("America/Phoenix").value();
  struct Case {
    const char* now;
    std::vector<std::string> there;
  };
  // New York changes on November 1, 2026, and March 14, 2027; Phoenix never does.
  const Case cases[] = {
      {"2026-10-14T00:00:00Z",
       {"2026-10-27T09:00:00", "2026-11-10T10:00:00", "2026-11-24T10:00:00"}},
      {"2027-02-24T00:00:00Z",
       {"2027-03-09T10:00:00", "2027-03-23T09:00:00", "2027-04-13T09:00:00"}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.now);
    const auto next = next_dates(listing, dates_now(c.now), 3);
    ASSERT_EQ(next.dates.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
      const auto& date = next.dates[i];
      EXPECT_EQ(protocol::format_local_time(date.local).substr(10), "T12:00:00");
      const auto there = protocol::format_local_time(phoenix.to_local(date.utc.value()));
      EXPECT_EQ(there, c.there[i]);
      EXPECT_EQ(there, by_libical(date, "America/Phoenix"));
    }
  }
}

TEST(NextDates, BeginWithTheOneThatBeginsNow) {
  const auto listing = dates_listing("FREQ=WEEKLY;BYDAY=TU", "", "19:00", "America/New_York");
  // Tuesday, November 24, 2026, 19:00 in New York is midnight UTC.
  EXPECT_THAT(dates_locals(next_dates(listing, dates_now("2026-11-25T00:00:00Z"), 1)),
              ElementsAre("2026-11-24T19:00:00"));
  EXPECT_THAT(dates_locals(next_dates(listing, dates_now("2026-11-25T00:00:01Z"), 1)),
              ElementsAre("2026-12-01T19:00:00"));
}

TEST(NextDates, SayWhyThereAreNone) {
  const auto now = dates_now("2026-11-22T00:00:00Z");
  const auto state = [&](const protocol::Listing& listing) {
    const auto next = next_dates(listing, now, 3);
    EXPECT_THAT(next.dates, IsEmpty());
    return next.state;
  };
  EXPECT_EQ(state(dates_listing("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "", "12:00", "UTC")),
            DatesState::start_unknown);
  EXPECT_EQ(state(dates_listing("FREQ=WEEKLY;BYDAY=FR", "", "", "UTC")), DatesState::incomplete);
  EXPECT_EQ(state(dates_listing("FREQ=WEEKLY;BYHOUR=1", "2026-01-01T12:00:00", "", "UTC")),
            DatesState::not_understood);
  EXPECT_EQ(state(dates_listing("FREQ=WEEKLY;UNTIL=20261101", "2026-01-01T12:00:00", "", "UTC")),
            DatesState::ended);
  auto listing = dates_listing("FREQ=WEEKLY;BYDAY=FR", "", "12:00", "UTC");
  listing.status = "paused";
  EXPECT_EQ(state(listing), DatesState::not_meeting);
  listing.status = "active";
  listing.disclosure = "card_only";
  EXPECT_EQ(state(listing), DatesState::not_stated);
  listing = {};
  EXPECT_EQ(state(listing), DatesState::not_stated);
  listing.meets = "by_arrangement";
  EXPECT_EQ(state(listing), DatesState::by_arrangement);
}

TEST(NextDates, GuessNoZone) {
  for (const auto* zone : {"", "Mars/Olympus"}) {
    SCOPED_TRACE(zone);
    // Sunday, 14:00 UTC: the day has begun everywhere and is over nowhere.
    const auto next = next_dates(dates_listing("FREQ=WEEKLY;BYDAY=SU", "", "12:00", zone),
                                 dates_now("2026-11-22T14:00:00Z"), 2);
    EXPECT_THAT(dates_locals(next), ElementsAre("2026-11-22T12:00:00", "2026-11-29T12:00:00"));
    EXPECT_FALSE(next.dates[0].utc.has_value());
    EXPECT_EQ(next.dates[0].zone, zone);
  }
}

TEST(NextDates, ReadUntilInTheZoneOfTheGroup) {
  // 02:00 UTC on December 2 is the evening of December 1 in New York.
  const auto listing = dates_listing("FREQ=WEEKLY;BYDAY=TU;UNTIL=20261202T020000Z",
                                     "2026-11-03T20:00:00", "", "America/New_York");
  EXPECT_THAT(dates_locals(next_dates(listing, dates_now("2026-11-22T00:00:00Z"), 5)),
              ElementsAre("2026-11-24T20:00:00", "2026-12-01T20:00:00"));
}

TEST(NextDates, MergeRulesWithoutRepeatingADate) {
  auto listing = dates_listing("FREQ=WEEKLY;BYDAY=TU", "", "19:00", "America/New_York");
  listing.schedule.push_back(listing.schedule[0]);
  listing.schedule[1].rrule = "FREQ=MONTHLY;BYDAY=4TU,1WE";
  EXPECT_THAT(dates_locals(next_dates(listing, dates_now("2026-11-22T00:00:00Z"), 3)),
              ElementsAre("2026-11-24T19:00:00", "2026-12-01T19:00:00", "2026-12-02T19:00:00"));
}

/// What clocks do on the days of a change, and where they do not go by whole hours.
TEST(NextDates, AreRightWhereClocksAreOdd) {
  struct Case {
    const char *what, *rrule, *dtstart, *tzid, *now;
    std::vector<std::string> utc;
  };
  const Case cases[] = {
      {"an hour that is missing counts from before the change",
       "FREQ=WEEKLY;BYDAY=SU",
       "2027-03-07T02:30:00",
       "America/New_York",
       "2027-03-07T00:00:00Z",
       {"2027-03-07T07:30:00Z", "2027-03-14T07:30:00Z", "2027-03-21T06:30:00Z"}},
      {"an hour that comes twice is the first",
       "FREQ=WEEKLY;BYDAY=SU",
       "2026-10-25T01:30:00",
       "America/New_York",
       "2026-10-25T00:00:00Z",
       {"2026-10-25T05:30:00Z", "2026-11-01T05:30:00Z", "2026-11-08T06:30:00Z"}},
      {"half an hour that is missing",
       "FREQ=WEEKLY;BYDAY=SU",
       "2026-09-27T02:15:00",
       "Australia/Lord_Howe",
       "2026-09-20T00:00:00Z",
       {"2026-09-26T15:45:00Z", "2026-10-03T15:45:00Z", "2026-10-10T15:15:00Z"}},
      {"half an hour that comes twice",
       "FREQ=WEEKLY;BYDAY=SU",
       "2026-03-29T01:45:00",
       "Australia/Lord_Howe",
       "2026-03-20T00:00:00Z",
       {"2026-03-28T14:45:00Z", "2026-04-04T14:45:00Z", "2026-04-11T15:15:00Z"}},
      {"spring of the south",
       "FREQ=WEEKLY;BYDAY=TU",
       "2026-09-29T19:00:00",
       "Australia/Sydney",
       "2026-09-28T00:00:00Z",
       {"2026-09-29T09:00:00Z", "2026-10-06T08:00:00Z"}},
      {"autumn of the south",
       "FREQ=WEEKLY;BYDAY=TU",
       "2026-03-31T19:00:00",
       "Pacific/Auckland",
       "2026-03-30T00:00:00Z",
       {"2026-03-31T06:00:00Z", "2026-04-07T07:00:00Z"}},
      {"a midnight that is missing",
       "FREQ=WEEKLY;BYDAY=FR",
       "2026-04-17T00:30:00",
       "Africa/Cairo",
       "2026-04-16T00:00:00Z",
       {"2026-04-16T22:30:00Z", "2026-04-23T22:30:00Z", "2026-04-30T21:30:00Z"}},
      {"half hours",
       "FREQ=MONTHLY;BYDAY=1MO",
       "2026-06-01T12:00:00",
       "Asia/Kolkata",
       "2026-06-01T00:00:00Z",
       {"2026-06-01T06:30:00Z", "2026-07-06T06:30:00Z"}},
      {"quarter hours that change",
       "FREQ=MONTHLY;BYMONTHDAY=1",
       "2026-04-01T12:00:00",
       "Pacific/Chatham",
       "2026-04-01T00:00:00Z",
       {"2026-04-30T23:15:00Z", "2026-05-31T23:15:00Z"}},
      {"every other week over new year",
       "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
       "2026-12-08T12:00:00",
       "America/Chicago",
       "2026-12-20T00:00:00Z",
       {"2026-12-22T18:00:00Z", "2027-01-05T18:00:00Z", "2027-01-19T18:00:00Z"}},
      {"every third week on two days over new year",
       "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH;WKST=MO",
       "2026-12-17T12:00:00",
       "UTC",
       "2026-12-16T00:00:00Z",
       {"2026-12-17T12:00:00Z", "2027-01-04T12:00:00Z", "2027-01-07T12:00:00Z"}},
      {"the last weekday of the month",
       "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
       "2026-10-30T08:00:00",
       "Europe/Dublin",
       "2026-10-01T00:00:00Z",
       {"2026-10-30T08:00:00Z", "2026-11-30T08:00:00Z", "2026-12-31T08:00:00Z"}},
      {"the fifth Thursday, in the months that have one",
       "FREQ=MONTHLY;BYDAY=5TH",
       "2026-10-29T18:00:00",
       "America/Phoenix",
       "2026-10-01T00:00:00Z",
       {"2026-10-30T01:00:00Z", "2027-01-01T01:00:00Z"}},
      {"February 29",
       "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
       "2024-02-29T12:00:00",
       "UTC",
       "2026-11-01T00:00:00Z",
       {"2028-02-29T12:00:00Z"}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    const auto next =
        next_dates(dates_listing(c.rrule, c.dtstart, "", c.tzid), dates_now(c.now), c.utc.size());
    std::vector<std::string> utc;
    for (const auto& date : next.dates) utc.push_back(protocol::format_timestamp(*date.utc));
    EXPECT_EQ(utc, c.utc);
  }
}

/// A rule such as groups have, on all of what may go wrong: intervals over new year, set positions,
/// days from the month's end.
std::string dates_random_rule(std::mt19937& random) {
  const auto pick = [&](unsigned below) { return random() % below; };
  static const char* const kDays[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
  const auto days_of = [&](unsigned most) {
    std::set<std::string> days;
    for (auto more = pick(most); days.size() <= more;) days.insert(kDays[pick(7)]);
    std::string text;
    for (const auto& day : days) text += (text.empty() ? "" : ",") + day;
    return text;
  };
  const auto every = [&](unsigned most) {
    return pick(2) == 0 ? std::string() : ";INTERVAL=" + std::to_string(1 + pick(most));
  };
  switch (pick(6)) {
    case 0:
    case 1:
      return "FREQ=WEEKLY" + every(5) + ";BYDAY=" + days_of(3) + (pick(2) == 0 ? ";WKST=MO" : "");
    case 2: {
      const char* const nth[] = {"1", "2", "3", "4", "5", "-1", "-2"};
      return "FREQ=MONTHLY" + every(3) + ";BYDAY=" + nth[pick(7)] + kDays[pick(7)];
    }
    case 3:
      return "FREQ=MONTHLY" + every(2) + ";BYDAY=" + days_of(5) +
             ";BYSETPOS=" + (pick(2) == 0 ? "-1" : std::to_string(1 + pick(4)));
    case 4:
      return "FREQ=MONTHLY" + every(2) +
             ";BYMONTHDAY=" + (pick(3) == 0 ? "-1" : std::to_string(1 + pick(31)));
    default:
      return "FREQ=DAILY" + every(9);
  }
}

icaltimetype dates_ical(const std::string& local) {
  std::string compact;
  for (const char c : local)
    if (c != '-' && c != ':') compact += c;
  return icaltime_from_string(compact.c_str());
}

/// Rules, pauses and additional dates, zones, years, hours: the moments that libical finds. Its own
/// reading of the days of a change is not asked, since RFC 5545 says what holds there.
TEST(NextDates, AgreeWithLibicalOverRulesPausesZonesAndYears) {
  const auto seed = test_support::run_seed();
  std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
  const std::array<const char*, 16> zones = {
      "America/New_York",    "America/Phoenix", "America/Los_Angeles", "America/St_Johns",
      "America/Santiago",    "Europe/London",   "Europe/Berlin",       "Australia/Sydney",
      "Australia/Lord_Howe", "Asia/Kolkata",    "Asia/Kathmandu",      "Pacific/Chatham",
      "Pacific/Auckland",    "Africa/Cairo",    "Pacific/Honolulu",    "Australia/Adelaide"};
  std::size_t compared = 0, odd = 0;
  for (int i = 0; i < test_support::rounds(12'000); ++i) {
    const auto rule = dates_random_rule(random);
    const std::string name = zones[random() % zones.size()];
    const auto zone = Zone::find(name).value();
    auto* theirs = icaltimezone_get_builtin_timezone(name.c_str());
    ASSERT_NE(theirs, nullptr) << name;
    // Half of them in the hours in which clocks change.
    const auto minutes = std::chrono::minutes{random() % 2 == 0 ? random() % 240 : random() % 1440};
    const protocol::LocalTime any = protocol::parse_local_time("2024-11-01").value() +
                                    std::chrono::days{random() % 1500} + minutes;
    // RFC 5545 leaves open what a rule means that does not fall on its first date.
    const auto parsed = protocol::parse_recurrence(rule);
    ASSERT_TRUE(parsed) << rule;
    const auto first = protocol::expand(*parsed, any, any, any + std::chrono::days{366 * 2}, 1);
    if (first.empty()) continue;
    const auto start = protocol::format_local_time(first.front());
    SCOPED_TRACE("seed " + std::to_string(seed) + ", case " + std::to_string(i) + ": " + rule +
                 " from " + start + " in " + name);

    std::vector<std::string> locals;
    const std::unique_ptr<icalrecur_iterator, decltype(&icalrecur_iterator_free)> iterator(
        icalrecur_iterator_new(icalrecurrencetype_from_string(rule.c_str()), dates_ical(start)),
        &icalrecur_iterator_free);
    ASSERT_TRUE(iterator);
    while (locals.size() < 120) {
      const auto next = icalrecur_iterator_next(iterator.get());
      if (icaltime_is_null_time(next)) break;
      std::array<char, 32> text{};
      std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:00", next.year, next.month,
                    next.day, next.hour, next.minute);
      locals.emplace_back(text.data());
    }
    ASSERT_FALSE(locals.empty());
    const auto reach = locals.back();

    auto listing = dates_listing(rule, start, "", name);
    auto& schedule = listing.schedule[0];
    std::set<std::string> left(locals.begin(), locals.end());
    // A pause, as a whole day or to the hour; and a meeting that was put in.
    for (auto n = random() % 4; n > 0; --n) {
      const auto& day = locals[random() % std::min<std::size_t>(locals.size(), 12)];
      schedule.exdates.push_back(random() % 2 == 0 ? day : day.substr(0, 10));
      left.erase(day);
    }
    for (auto n = random() % 3; n > 0; --n) {
      const auto added =
          protocol::format_local_time(first.front() + std::chrono::hours{1 + random() % 2000});
      if (std::find(schedule.exdates.begin(), schedule.exdates.end(), added) !=
              schedule.exdates.end() ||
          std::any_of(schedule.exdates.begin(), schedule.exdates.end(),
                      [&](const auto& day) { return added.starts_with(day); }))
        continue;
      schedule.rdates.push_back(added);
      left.insert(added);
    }

    const auto now =
        zone.to_utc(first.front()) + std::chrono::hours{random() % 1200} - std::chrono::hours{100};
    std::vector<std::pair<protocol::Timestamp, std::string>> want;
    for (const auto& local : left) {
      if (local > reach) continue;
      const auto clock = protocol::parse_local_time(local).value();
      const auto ours = zone.to_utc(clock);
      const bool missing = zone.to_local(ours) != clock;
      const auto later = ours + (zone.offset(ours) - zone.offset(ours + std::chrono::hours{3}));
      const bool twice = later != ours && zone.to_local(later) == clock;
      if (missing || twice) {
        // A missing hour counts from before the change, an hour that comes twice is the first.
        ++odd;
        if (missing) {
          EXPECT_EQ(clock - zone.offset(ours - std::chrono::hours{3}),
                    protocol::LocalTime(ours.time_since_epoch()));
        } else {
          EXPECT_LT(ours, later);
        }
        want.emplace_back(ours, local);
      } else {
        auto time = dates_ical(local);
        icaltime_set_timezone(&time, theirs);
        const auto utc = icaltime_as_timet_with_zone(time, theirs);
        want.emplace_back(protocol::from_unix(utc), local);
      }
    }
    std::sort(want.begin(), want.end());
    // Two years are looked ahead.
    const auto end = protocol::format_local_time(zone.to_local(now) + std::chrono::days{731});
    std::erase_if(want, [&](const auto& one) { return one.first < now || one.second >= end; });
    if (want.size() > 6) want.resize(6);
    const auto next = next_dates(listing, now, want.size());
    ASSERT_EQ(next.dates.size(), want.size());
    for (std::size_t n = 0; n < want.size(); ++n) {
      ASSERT_EQ(protocol::format_timestamp(*next.dates[n].utc),
                protocol::format_timestamp(want[n].first));
      ASSERT_EQ(protocol::format_local_time(next.dates[n].local), want[n].second);
      ++compared;
    }
  }
  EXPECT_GT(compared, static_cast<std::size_t>(test_support::rounds(12'000)) * 3);
  EXPECT_GT(odd, 10U);
}

}  // namespace
}  // namespace node
