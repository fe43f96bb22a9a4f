#include "node/schedule/local_time.h"

#include <array>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libical/ical.h>

#include "tests/support/shared_inputs.h"

namespace node {
namespace {

using testing::HasSubstr;

std::string zone_utc(std::string_view zone, std::string_view local) {
  return protocol::format_timestamp(
      Zone::find(zone).value().to_utc(protocol::parse_local_time(local).value()));
}

TEST(Zone, KnowsNamesAndOlderNames) {
  for (const auto* name : {"America/New_York", "US/Eastern", "America/Argentina/ComodRivadavia",
                           "Europe/Kyiv", "Europe/Kiev", "UTC", "Asia/Kolkata"}) {
    EXPECT_TRUE(Zone::find(name).has_value()) << name;
  }
  for (const auto* name :
       {"", "Eastern", "America/Nowhere", "../../etc/passwd", "/etc/passwd", "tzdata.zi",
        "posix/America/New_York", "posixrules", "right/America/New_York", "Factory", "zone.tab",
        "america/new_york\r\nX:1", "America", "+VERSION"}) {
    EXPECT_FALSE(Zone::find(name).has_value()) << name;
  }
  EXPECT_FALSE(Zone::find(std::string(10'000, 'A')).has_value());
}

TEST(Zone, TakesTheOffsetBeforeAChange) {
  // Forward at 2:00 on March 14, 2027; back at 2:00 on November 7, 2027.
  EXPECT_EQ(zone_utc("America/New_York", "2027-03-14T01:59:59"), "2027-03-14T06:59:59Z");
  EXPECT_EQ(zone_utc("America/New_York", "2027-03-14T02:30:00"), "2027-03-14T07:30:00Z");
  EXPECT_EQ(zone_utc("America/New_York", "2027-03-14T03:30:00"), "2027-03-14T07:30:00Z");
  EXPECT_EQ(zone_utc("America/New_York", "2027-11-07T00:59:59"), "2027-11-07T04:59:59Z");
  EXPECT_EQ(zone_utc("America/New_York", "2027-11-07T01:30:00"), "2027-11-07T05:30:00Z");
  EXPECT_EQ(zone_utc("America/New_York", "2027-11-07T02:30:00"), "2027-11-07T07:30:00Z");
  EXPECT_EQ(zone_utc("America/Phoenix", "2027-03-14T02:30:00"), "2027-03-14T09:30:00Z");
}

TEST(Zone, NamesTheNextChange) {
  const auto now = protocol::parse_timestamp("2026-11-22T00:00:00Z").value();
  const auto zone = Zone::find("America/New_York").value();
  const auto change = zone.next_change(now).value();
  EXPECT_EQ(protocol::format_timestamp(change), "2027-03-14T07:00:00Z");
  EXPECT_EQ(zone.abbreviation(now), "EST");
  EXPECT_EQ(zone.abbreviation(change), "EDT");
  EXPECT_EQ(zone.offset(change), std::chrono::hours(-4));
  EXPECT_FALSE(Zone::find("America/Phoenix").value().next_change(now).has_value());
}

TEST(Zone, AgreesWithLibical) {
  std::mt19937 random(static_cast<std::mt19937::result_type>(test_support::run_seed()));
  const std::array<const char*, 12> zones = {
      "America/New_York", "America/Phoenix",   "America/Denver",    "America/Halifax",
      "Europe/London",    "Australia/Sydney",  "America/Sao_Paulo", "Asia/Kolkata",
      "Pacific/Auckland", "America/Anchorage", "Pacific/Honolulu",  "America/St_Johns"};
  for (int i = 0; i < test_support::rounds(50'000); ++i) {
    const char* name = zones[random() % zones.size()];
    const auto zone = Zone::find(name).value();
    const protocol::Timestamp time{std::chrono::seconds{1'735'689'600 + random() % 160'000'000}};
    SCOPED_TRACE(std::string(name) + " " + protocol::format_timestamp(time));
    auto* theirs = icaltimezone_get_builtin_timezone(name);
    ASSERT_NE(theirs, nullptr);
    const auto utc = icaltime_from_timet_with_zone(time.time_since_epoch().count(), 0,
                                                   icaltimezone_get_utc_timezone());
    const auto local = icaltime_convert_to_zone(utc, theirs);
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d", local.year,
                  local.month, local.day, local.hour, local.minute, local.second);
    ASSERT_EQ(protocol::format_local_time(zone.to_local(time)), text.data());
    // And back, but for the hour that comes twice.
    if (zone.to_utc(zone.to_local(time)) != time) {
      ASSERT_EQ(time - zone.to_utc(zone.to_local(time)),
                zone.offset(time - std::chrono::hours(2)) - zone.offset(time));
    }
  }
}

}  // namespace
}  // namespace node
