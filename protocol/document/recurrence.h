#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/document/listing.h"
#include "protocol/encoding/time.h"
#include "protocol/result.h"

// Repetition rules (RFC 5545 3.3.10, the part of it that SPEC 4.3 allows), expanded at the group's
// own wall clock. No time zone is known here: a meeting at noon is at noon in winter and in summer.

namespace protocol {

/// A wall clock somewhere, without its zone.
using LocalTime = std::chrono::local_seconds;

/// "2026-11-03T19:00:00", and "2026-11-03" as its midnight. Nothing for anything else.
std::optional<LocalTime> parse_local_time(std::string_view text);
/// "2026-11-03T19:00:00". Throws std::out_of_range outside the years 1970 to 9999.
std::string format_local_time(LocalTime time);

/// A rule as it was read. Days of the week count from Sunday = 0.
struct Recurrence {
  enum class Frequency { daily, weekly, monthly, yearly };
  struct Day {
    int nth = 0;  ///< 2 of 2TU, -1 of -1TH; 0: each such day
    unsigned weekday = 0;
    bool operator==(const Day&) const = default;
  };

  Frequency frequency = Frequency::weekly;
  unsigned interval = 1;
  std::vector<Day> by_day;
  std::vector<int> by_month_day;  ///< 1 to 31, -31 to -1
  std::vector<int> by_set_pos;
  std::vector<int> by_month;
  std::optional<unsigned> count;
  std::optional<LocalTime> until;  ///< the last moment that may still be a meeting
  bool until_is_utc = false;       ///< `until` is UTC: whoever knows the zone replaces it
  unsigned week_start = 1;         ///< Monday
};

/// Refuses with `invalid`, in words that go on "the rule …": a part that is not known here, given
/// twice, out of its range, or in a company that RFC 5545 forbids.
Result<Recurrence> parse_recurrence(std::string_view rule);

/// Whether the rule says by itself on which days it falls, whenever it began: no interval over 1,
/// no count, and days named.
bool needs_no_start(const Recurrence& rule);

/// The meetings of `rule` in [from, to), at most `most`, ascending, the first of all being at or
/// after `start`. `start` gives the phase and the hour of the day, and the days that the rule does
/// not name; it is itself a meeting only where the rule falls on it. Work is bounded by the time
/// between `start` (or, without a count, `from`) and `to`.
std::vector<LocalTime> expand(const Recurrence& rule, LocalTime start, LocalTime from, LocalTime to,
                              std::size_t most);

/// What the dates of a rule of a schedule rest on.
enum class DatesKnown {
  known,
  start_unknown,   ///< "every other Friday" without a first date: which Fridays is not said
  days_unknown,    ///< a rhythm without days, or days without a rhythm
  time_unknown,    ///< no hour is said
  not_understood,  ///< the rule is not of the kind that this version reads
};

struct RuleDates {
  DatesKnown known = DatesKnown::known;
  std::vector<LocalTime> dates;  ///< ascending, none twice
};

/// The same for one rule of a listing's schedule with its exceptions and its additional dates. A
/// date without an hour among these means that day's meeting. `until` replaces the rule's own UNTIL
/// where that is in UTC.
RuleDates meetings(const ScheduleRule& rule, LocalTime from, LocalTime to, std::size_t most,
                   std::optional<LocalTime> until = std::nullopt);

}  // namespace protocol
