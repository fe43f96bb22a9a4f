#include "protocol/encoding/time.h"

#include <cstdio>
#include <limits>
#include <random>
#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/support/shared_inputs.h"

namespace protocol {
namespace {

TEST(WireTime, ReadsTheOneForm) {
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00Z"), from_unix(0));
  EXPECT_EQ(parse_timestamp("2026-03-01T12:34:56Z"), from_unix(1772368496));
  EXPECT_EQ(parse_timestamp("2024-02-29T23:59:59Z"), from_unix(1709251199));
  EXPECT_EQ(parse_timestamp("9999-12-31T23:59:59Z"), from_unix(253402300799));
  EXPECT_EQ(parse_date("2026-03-01"), Date{std::chrono::days{20513}});
}

TEST(WireTime, RefusesEveryOtherForm) {
  for (const char* text : {"2026-02-30T00:00:00Z",
                           "2026-02-29T00:00:00Z",
                           "2100-02-29T00:00:00Z",
                           "2026-04-31T00:00:00Z",
                           "2026-01-01T24:00:00Z",
                           "2026-06-30T23:59:60Z",
                           "2026-01-01T00:60:00Z",
                           "2026-01-01T00:00:00+00:00",
                           "2026-01-01T00:00:00-00:00",
                           "10000-01-01T00:00:00Z",
                           "+2026-01-01T00:00:00Z",
                           "-026-01-01T00:00:00Z",
                           "1969-12-31T23:59:59Z",
                           "0000-01-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-01-00T00:00:00Z",
                           "2026-01-32T00:00:00Z",
                           "2026-01-01t00:00:00Z",
                           "2026-01-01T00:00:00z",
                           "2026-01-01 00:00:00Z",
                           "2026-01-01T00:00:00",
                           "2026-01-01T00:00:00.0Z",
                           "2026-01-01T00:00Z",
                           "2026-1-1T0:0:0Z",
                           " 2026-01-01T00:00:00Z",
                           "2026-01-01T00:00:00Z ",
                           "2026-01-01T00:00:00Z\n",
                           "2026-01-01T 1:00:00Z",
                           "2026-01-01T+1:00:00Z",
                           "2026-01-01T-1:00:00Z",
                           "2026/01/01T00:00:00Z",
                           "20260101T000000Z",
                           "2026-W01-1T00:00:00Z",
                           "2026-01-01",
                           "",
                           "\xd9\xa2"
                           "026-01-01T00:00:0Z"}) {
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
  EXPECT_FALSE(parse_timestamp(std::string_view("2026-01-01T00:00:0\0Z", 20)));
  for (const char* text : {"2026-02-30", "1969-12-31", "10000-01-01", "2026-1-01", "2026-01-1",
                           "2026-01-01Z", "2026-01-01T00:00:00Z", "", "2026-01-0a", "20260101"}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
}

TEST(WireTime, WritesWhatItReads) {
  std::mt19937_64 random(test_support::run_seed());
  std::uniform_int_distribution<std::int64_t> seconds(0, 253402300799);
  for (int i = 0; i < test_support::rounds(100000); ++i) {
    const Timestamp time = from_unix(seconds(random));
    const std::string text = format_timestamp(time);
    ASSERT_EQ(parse_timestamp(text), time) << text;
    const Date date = std::chrono::floor<std::chrono::days>(time);
    ASSERT_EQ(format_date(date), text.substr(0, 10));
    ASSERT_EQ(parse_date(text.substr(0, 10)), date);
  }
  for (const char* text : {"1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}) {
    EXPECT_EQ(format_timestamp(*parse_timestamp(text)), text);
  }
}

TEST(WireTime, HasEveryDayOfFourHundredYearsOnce) {
  int days = 0;
  for (int year = 2000; year < 2400; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; day <= 31; ++day) {
        char text[40];
        std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
        if (parse_date(text)) ++days;
      }
    }
  }
  EXPECT_EQ(days, 146097);
}

TEST(WireTime, HasNoTextOutsideItsYears) {
  for (const std::int64_t seconds :
       {std::int64_t{-1}, std::int64_t{253402300800}, std::numeric_limits<std::int64_t>::max(),
        std::numeric_limits<std::int64_t>::min()}) {
    EXPECT_THROW(format_timestamp(from_unix(seconds)), std::out_of_range) << seconds;
  }
  EXPECT_THROW(format_date(Date{std::chrono::days{-1}}), std::out_of_range);
  EXPECT_THROW(format_date(Date{std::chrono::days{2932897}}), std::out_of_range);
}

}  // namespace
}  // namespace protocol
