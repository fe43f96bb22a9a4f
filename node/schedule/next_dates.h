#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/schedule/local_time.h"
#include "protocol/document/listing.h"

namespace node {

/// One meeting to come.
struct MeetingDate {
  protocol::LocalTime local;               ///< at the group's own clock
  std::optional<protocol::Timestamp> utc;  ///< nothing where the listing names no zone known here
  std::string zone;                        ///< as the listing names it; empty: not stated
  std::optional<std::int64_t> duration;    ///< minutes
};

/// Why a listing has no dates, or fewer than it could.
enum class DatesState {
  known,
  not_stated,      ///< no schedule
  by_arrangement,  ///< it meets when its members agree, or is always open
  not_meeting,     ///< forming, paused, closed or withdrawn
  ended,           ///< the last of its dates has passed
  start_unknown,   ///< "every other Friday", and which Fridays is not said
  incomplete,      ///< days or hours are missing
  not_understood,  ///< a rule that this version cannot read
};
/// "known", "start_unknown", …: the word of the API.
std::string_view word(DatesState state);

struct NextDates {
  DatesState state = DatesState::known;  ///< known wherever there is a date
  std::vector<MeetingDate> dates;        ///< ascending, at most as many as were asked for
};

/// The next `most` meetings at or after `now`, within two years. Where the zone is not stated
/// nobody knows what moment it is at the group: the dates of the day that has begun somewhere are
/// among them, too. Never more than the listing says: one that shows only a card has none.
NextDates next_dates(const protocol::Listing& listing, protocol::Timestamp now, std::size_t most);

/// The meetings of one rule in [from, to), with UNTIL read in the zone of the rule.
protocol::RuleDates rule_dates(const protocol::ScheduleRule& rule, protocol::LocalTime from,
                               protocol::LocalTime to, std::size_t most);

/// For machines: {"local", "utc", "zone", "duration"} of each, null where it is not known; with
/// `reader`, also "reader_local" and "reader_zone" where the moment is known.
protocol::Json to_json(const NextDates& next, const std::optional<Zone>& reader = std::nullopt);

}  // namespace node
