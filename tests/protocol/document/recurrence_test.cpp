#include "protocol/document/recurrence.h"

#include <memory>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libical/ical.h>

#include "tests/support/shared_inputs.h"

namespace protocol {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

LocalTime recurrence_at(std::string_view text) { return parse_local_time(text).value(); }

std::vector<std::string> recurrence_texts(const std::vector<LocalTime>& times) {
  std::vector<std::string> texts;
  for (const auto time : times) texts.push_back(format_local_time(time));
  return texts;
}

std::vector<std::string> expanded(std::string_view rule, std::string_view start,
                                  std::string_view from, std::string_view to,
                                  std::size_t most = 100) {
  const auto parsed = parse_recurrence(rule);
  EXPECT_TRUE(parsed.has_value()) << rule << ": " << (parsed ? "" : parsed.error().detail);
  if (!parsed) return {};
  return recurrence_texts(
      expand(*parsed, recurrence_at(start), recurrence_at(from), recurrence_at(to), most));
}

TEST(Recurrence, NamesWhatItRefuses) {
  struct Case {
    const char* rule;
    const char* why;
  };
  const Case cases[] = {
      {"", "says nothing"},
      {"INTERVAL=2", "how often"},
      {"FREQ=HOURLY", "'HOURLY'"},
      {"FREQ=weekly", "'weekly'"},
      {"FREQ=WEEKLY;", "says nothing"},
      {"FREQ=WEEKLY;FREQ=DAILY", "FREQ twice"},
      {"FREQ=WEEKLY;INTERVAL=0", "INTERVAL=0"},
      {"FREQ=WEEKLY;INTERVAL=02", "INTERVAL=02"},
      {"FREQ=WEEKLY;INTERVAL=99999999999999999999", "not a number"},
      {"FREQ=WEEKLY;COUNT=-1", "COUNT=-1"},
      {"FREQ=WEEKLY;BYDAY=2XX", "'2XX'"},
      {"FREQ=WEEKLY;BYDAY=", "says nothing"},
      {"FREQ=WEEKLY;BYDAY=MO,", "the day ''"},
      {"FREQ=WEEKLY;BYDAY=2TU", "FREQ=MONTHLY"},
      {"FREQ=MONTHLY;BYDAY=0TU", "'0TU'"},
      {"FREQ=MONTHLY;BYDAY=6TU", "five weeks"},
      {"FREQ=MONTHLY;BYDAY=+-1TU", "'+-1TU'"},
      {"FREQ=MONTHLY;BYMONTHDAY=32", "beyond 31"},
      {"FREQ=MONTHLY;BYMONTHDAY=0", "beyond 31"},
      {"FREQ=MONTHLY;BYMONTHDAY=1,x", "not a list"},
      {"FREQ=WEEKLY;BYMONTHDAY=3", "BYMONTHDAY"},
      {"FREQ=YEARLY;BYMONTH=-1", "beyond 12"},
      {"FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS"},
      {"FREQ=WEEKLY;UNTIL=20260231", "not a day"},
      {"FREQ=WEEKLY;UNTIL=20261231T240000", "not a day"},
      {"FREQ=WEEKLY;UNTIL=20261231Z", "not a day"},
      {"FREQ=WEEKLY;UNTIL=20261231;COUNT=3", "both"},
      {"FREQ=WEEKLY;WKST=XX", "not a day"},
      {"FREQ=WEEKLY;EASTER=1", "EASTER"},
      {"FREQ=WEEKLY\r\nX:1", "WEEKLY"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.rule);
    const auto rule = parse_recurrence(c.rule);
    ASSERT_FALSE(rule.has_value());
    EXPECT_EQ(rule.error().code, ErrorCode::invalid);
    EXPECT_THAT(rule.error().detail, HasSubstr(c.why));
  }
}

TEST(Recurrence, FindsTheDaysOfGroups) {
  EXPECT_THAT(
      expanded("FREQ=MONTHLY;BYDAY=2TU,4TU", "2026-10-13T12:00:00", "2026-10-20", "2026-12-01"),
      ElementsAre("2026-10-27T12:00:00", "2026-11-10T12:00:00", "2026-11-24T12:00:00"));
  EXPECT_THAT(
      expanded("FREQ=MONTHLY;BYDAY=-1TH", "2026-01-01T18:00:00", "2026-11-01", "2027-01-01"),
      ElementsAre("2026-11-26T18:00:00", "2026-12-31T18:00:00"));
  EXPECT_THAT(expanded("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "2026-11-06T12:00:00", "2026-11-07",
                       "2026-12-31", 2),
              ElementsAre("2026-11-20T12:00:00", "2026-12-04T12:00:00"));
  EXPECT_THAT(expanded("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-01-30T08:00:00",
                       "2026-05-01", "2026-07-01"),
              ElementsAre("2026-05-29T08:00:00", "2026-06-30T08:00:00"));
  EXPECT_THAT(
      expanded("FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-31T08:00:00", "2026-01-01", "2026-06-01"),
      ElementsAre("2026-01-31T08:00:00", "2026-03-31T08:00:00", "2026-05-31T08:00:00"));
  EXPECT_THAT(expanded("FREQ=WEEKLY;COUNT=3", "2026-11-03T19:00:00", "2026-11-04", "2030-01-01"),
              ElementsAre("2026-11-10T19:00:00", "2026-11-17T19:00:00"));
}

TEST(Recurrence, WorksOnRulesThatNeverFall) {
  EXPECT_THAT(expanded("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "1970-01-01T00:00:00", "1970-01-01",
                       "2100-01-01"),
              IsEmpty());
  EXPECT_THAT(expanded("FREQ=DAILY;COUNT=9999;BYMONTH=2;BYMONTHDAY=30", "1970-01-01T00:00:00",
                       "2026-01-01", "2028-01-01"),
              IsEmpty());
  EXPECT_THAT(expanded("FREQ=YEARLY;INTERVAL=9999", "9999-12-31T00:00:00", "9999-01-01",
                       "9999-12-31T23:59:59"),
              ElementsAre("9999-12-31T00:00:00"));
}

TEST(Meetings, NeedAFirstDateOnlyWhereTheRhythmDoes) {
  struct Case {
    const char* rule;
    const char* start;
    DatesKnown want;
  };
  const Case cases[] = {
      {"FREQ=WEEKLY;BYDAY=FR", "12:00", DatesKnown::known},
      {"FREQ=MONTHLY;BYDAY=2TU,4TU", "12:00", DatesKnown::known},
      {"FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "12:00", DatesKnown::start_unknown},
      {"FREQ=WEEKLY;COUNT=8;BYDAY=FR", "12:00", DatesKnown::start_unknown},
      {"FREQ=WEEKLY", "12:00", DatesKnown::days_unknown},
      {"FREQ=MONTHLY", "12:00", DatesKnown::days_unknown},
      {"FREQ=WEEKLY;BYDAY=FR", "", DatesKnown::time_unknown},
      {"", "12:00", DatesKnown::days_unknown},
      {"", "", DatesKnown::time_unknown},
      {"FREQ=HOURLY", "12:00", DatesKnown::not_understood},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.rule) + " " + c.start);
    ScheduleRule rule;
    rule.rrule = c.rule;
    rule.start = c.start;
    const auto found = meetings(rule, recurrence_at("2026-11-01"), recurrence_at("2027-02-01"), 3);
    EXPECT_EQ(found.known, c.want);
    EXPECT_EQ(found.dates.empty(), c.want != DatesKnown::known);
  }
}

TEST(Meetings, LeaveOutExceptionsAndAddDates) {
  ScheduleRule rule;
  rule.dtstart = "2026-11-03T19:00:00";
  rule.rrule = "FREQ=WEEKLY;BYDAY=TU";
  rule.exdates = {"2026-11-10", "2026-11-17T19:00:00", "2026-11-24T18:00:00", "never"};
  rule.rdates = {"2026-11-25", "2026-11-24T19:00:00", "2026-11-26T08:00:00"};
  const auto found = meetings(rule, recurrence_at("2026-11-04"), recurrence_at("2027-01-01"), 4);
  EXPECT_THAT(recurrence_texts(found.dates),
              ElementsAre("2026-11-24T19:00:00", "2026-11-25T19:00:00", "2026-11-26T08:00:00",
                          "2026-12-01T19:00:00"));
  rule.rrule.clear();
  rule.exdates.clear();
  rule.rdates.clear();
  EXPECT_THAT(
      recurrence_texts(
          meetings(rule, recurrence_at("2026-11-01"), recurrence_at("2027-01-01"), 4).dates),
      ElementsAre("2026-11-03T19:00:00"));
}

/// A rule that listings may have, at random.
std::string random_rule(std::mt19937& random, bool bounded) {
  const auto pick = [&](int below) {
    return static_cast<int>(random() % static_cast<unsigned>(below));
  };
  static const char* const kDays[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
  const auto number = [&](int most) {
    return std::to_string((pick(3) == 0 ? -1 : 1) * (1 + pick(most)));
  };
  // libical counts a value that is named twice as two.
  const auto list = [&](const auto& item) {
    std::set<std::string> items;
    for (int more = pick(3); more >= 0; --more) items.insert(item());
    std::string text;
    for (const auto& one : items) text += (text.empty() ? "" : ",") + one;
    return text;
  };
  const int frequency = pick(10);
  std::string rule = frequency < 4   ? "FREQ=WEEKLY"
                     : frequency < 8 ? "FREQ=MONTHLY"
                     : frequency < 9 ? "FREQ=DAILY"
                                     : "FREQ=YEARLY";
  const bool weekly = frequency < 4;
  const bool monthly = frequency >= 4 && frequency < 8;
  const bool yearly = frequency == 9;
  if (pick(2) == 0) rule += ";INTERVAL=" + std::to_string(1 + pick(6));
  bool by_days = false;
  if (pick(3) != 0) {
    by_days = true;
    rule += ";BYDAY=" + list([&] {
              const std::string day = kDays[pick(7)];
              return monthly && pick(2) == 0 ? number(5) + day : day;
            });
  }
  // libical finds no day from the month's end where the rule goes by days, and counts a day twice
  // that is both the 20th and the 11th from the end.
  const bool from_end = monthly && pick(3) == 0;
  bool by_month_days = false;
  if ((monthly || frequency == 8) && pick(3) == 0) {
    by_month_days = true;
    rule +=
        ";BYMONTHDAY=" + list([&] { return (from_end ? "-" : "") + std::to_string(1 + pick(31)); });
  }
  if (pick(8) == 0 || yearly) {
    rule += ";BYMONTH=" + list([&] { return std::to_string(1 + pick(12)); });
  }
  if ((by_days || by_month_days) && !weekly && frequency != 8 && pick(4) == 0)
    rule += ";BYSETPOS=" + list([&] { return number(3); });
  // With other first days libical leaves out meetings of the first week.
  if (pick(3) == 0) rule += pick(2) == 0 ? ";WKST=MO" : ";WKST=SU";
  if (bounded && pick(4) == 0) {
    rule += ";COUNT=" + std::to_string(1 + pick(20));
  } else if (bounded && pick(4) == 0) {
    rule += ";UNTIL=202" + std::to_string(6 + pick(3)) + "0" + std::to_string(1 + pick(9)) + "1" +
            std::to_string(pick(10)) + "T120000";
  }
  return rule;
}

std::vector<std::string> by_libical(const std::string& rule, const std::string& start,
                                    const std::string& to, std::size_t most) {
  auto recurrence = icalrecurrencetype_from_string(rule.c_str());
  const auto begin = icaltime_from_string(start.c_str());
  std::vector<std::string> found;
  const std::unique_ptr<icalrecur_iterator, decltype(&icalrecur_iterator_free)> iterator(
      icalrecur_iterator_new(recurrence, begin), &icalrecur_iterator_free);
  if (!iterator) return {"refused"};
  while (found.size() < most) {
    const auto next = icalrecur_iterator_next(iterator.get());
    if (icaltime_is_null_time(next)) break;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d", next.year, next.month,
                  next.day, next.hour, next.minute, next.second);
    if (text.data() >= to) break;
    found.emplace_back(text.data());
  }
  return found;
}

TEST(Recurrence, AgreesWithLibical) {
  constexpr unsigned kSeed = 20261122;
  std::mt19937 random(kSeed);
  int dates = 0;
  for (int i = 0; i < test_support::rounds(150'000); ++i) {
    const auto rule = random_rule(random, true);
    const LocalTime any = recurrence_at("2025-01-01") + std::chrono::days{random() % 800} +
                          std::chrono::minutes{random() % 1440};
    // RFC 5545 leaves open what a rule means that does not fall on its first date, and libical
    // reads some of those differently from week to week: begin where the rule does.
    const auto first = expanded(rule, format_local_time(any), "2025-01-01", "2029-01-01", 1);
    if (first.empty()) continue;
    const LocalTime start = recurrence_at(first.front());
    const std::string to = "2029-06-01T00:00:00";
    const auto spelled = format_local_time(start);
    std::string compact;
    for (const char c : spelled)
      if (c != '-' && c != ':') compact += c;
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", case " + std::to_string(i) + ": " + rule +
                 " from " + spelled);
    const auto ours = expanded(rule, spelled, spelled, to, 60);
    const auto theirs = by_libical(rule, compact, to, 60);
    ASSERT_EQ(ours, theirs);
    dates += static_cast<int>(ours.size());
    // A window in the middle is what the whole says of it.
    const auto from = format_local_time(start + std::chrono::days{random() % 900});
    std::vector<std::string> within;
    for (const auto& date : ours)
      if (date >= from) within.push_back(date);
    auto window = expanded(rule, spelled, from, to, 60);
    if (ours.size() < 60) {
      ASSERT_EQ(window, within);
    } else {
      window.resize(std::min(window.size(), within.size()));
      ASSERT_EQ(window, within);
    }
  }
  EXPECT_GT(dates, test_support::rounds(150'000));
}

}  // namespace
}  // namespace protocol
