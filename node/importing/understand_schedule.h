#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace node {

/// What one cell says about when a group meets. Everything is optional.
struct ScheduleReading {
  std::string
      cadence;  ///< weekly, every_2_weeks, monthly, …, other, ambiguous; empty: no rhythm said
  std::string cadence_question;
  int every_weeks = 0;            ///< N of "every N weeks", also where cadence is other
  bool plural_days = false;       ///< "Mondays", "every Monday": each week
  std::vector<std::string> days;  ///< "2TU", "-1TH", "FR"
  std::string days_question;
  std::string start;  ///< "19:00"
  std::string start_question;
  std::optional<std::int64_t> range_minutes;  ///< from "7:00-8:30 pm"
  std::string tzid;
  bool by_arrangement = false, always_open = false;
  bool excepted = false;  ///< "except August": the rhythm alone would be wrong
};

/// Reads rhythm, days, hour and zone, whichever the cell has. `column_of_rhythm`: the whole cell is
/// about how often, so words that fit no value make the cadence "other" instead of nothing.
/// `regions` settle Mountain time in Arizona.
ScheduleReading understand_schedule(std::string_view cell, bool column_of_rhythm,
                                    const std::vector<std::string>& regions);

struct LengthReading {
  std::optional<std::int64_t> minutes;
  std::string question;
};

/// "90 min", "1.5 hours", "an hour and a half". `unit`: what a bare number is, "minutes" or
/// "hours", if the heading says.
LengthReading understand_length(std::string_view cell, std::string_view unit = {});

/// The RFC 5545 rule of days and rhythm, empty where these do not make one for certain.
std::string schedule_rule(const ScheduleReading& rhythm, const ScheduleReading& days);

}  // namespace node
