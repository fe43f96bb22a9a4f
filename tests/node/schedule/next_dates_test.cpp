#include "node/schedule/next_dates.h"

#include <array>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libical/ical.h>

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

}  // namespace
}  // namespace node
