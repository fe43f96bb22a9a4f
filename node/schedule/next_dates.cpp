#include "node/schedule/next_dates.h"

#include <algorithm>

namespace node {

namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr days kDatesAhead{731};
/// A rule's additional dates that may lie in the hours looked back.
constexpr std::size_t kDatesAdded = 12;
/// Where the day begins last on earth.
constexpr hours kDatesWestmost{12};

DatesState dates_state(protocol::DatesKnown known) {
  switch (known) {
    case protocol::DatesKnown::known:
      return DatesState::ended;
    case protocol::DatesKnown::start_unknown:
      return DatesState::start_unknown;
    case protocol::DatesKnown::days_unknown:
    case protocol::DatesKnown::time_unknown:
      return DatesState::incomplete;
    case protocol::DatesKnown::not_understood:
      return DatesState::not_understood;
  }
  return DatesState::incomplete;
}

/// Of several rules without dates, the reason that a reader can do most about.
int dates_rank(DatesState state) {
  switch (state) {
    case DatesState::start_unknown:
      return 4;
    case DatesState::incomplete:
      return 3;
    case DatesState::not_understood:
      return 2;
    case DatesState::ended:
      return 1;
    case DatesState::known:
    case DatesState::not_stated:
    case DatesState::by_arrangement:
    case DatesState::not_meeting:
      return 0;
  }
  return 0;
}

}  // namespace

std::string_view word(DatesState state) {
  switch (state) {
    case DatesState::known:
      return "known";
    case DatesState::not_stated:
      return "not_stated";
    case DatesState::by_arrangement:
      return "by_arrangement";
    case DatesState::not_meeting:
      return "not_meeting";
    case DatesState::ended:
      return "ended";
    case DatesState::start_unknown:
      return "start_unknown";
    case DatesState::incomplete:
      return "incomplete";
    case DatesState::not_understood:
      return "not_understood";
  }
  return "";
}

protocol::RuleDates rule_dates(const protocol::ScheduleRule& rule, protocol::LocalTime from,
                               protocol::LocalTime to, std::size_t most) {
  std::optional<protocol::LocalTime> until;
  if (const auto zone = Zone::find(rule.tzid)) {
    const auto parsed = protocol::parse_recurrence(rule.rrule);
    if (parsed && parsed->until && parsed->until_is_utc)
      until = zone->to_local(protocol::Timestamp(parsed->until->time_since_epoch()));
  }
  return protocol::meetings(rule, from, to, most, until);
}

NextDates next_dates(const protocol::Listing& listing, protocol::Timestamp now, std::size_t most) {
  NextDates next;
  if (listing.status == "forming" || listing.status == "paused" || listing.status == "closed" ||
      listing.status == "withdrawn") {
    next.state = DatesState::not_meeting;
    return next;
  }
  if (listing.schedule.empty() || listing.disclosure == "card_only") {
    next.state = listing.meets.empty() ? DatesState::not_stated : DatesState::by_arrangement;
    return next;
  }
  next.state = DatesState::ended;
  for (const auto& rule : listing.schedule) {
    const auto zone = Zone::find(rule.tzid);
    const auto from = zone ? zone->to_local(now)
                           : protocol::LocalTime(
                                 std::chrono::floor<days>(now - kDatesWestmost).time_since_epoch());
    // An hour earlier, since the clock may have been put back in between; what has passed is left
    // out below by its moment.
    const auto found = rule_dates(rule, from - hours{3}, from + kDatesAhead, most + kDatesAdded);
    if (dates_rank(dates_state(found.known)) > dates_rank(next.state))
      next.state = dates_state(found.known);
    for (const auto local : found.dates) {
      MeetingDate date{local, std::nullopt, rule.tzid, rule.duration};
      if (zone) date.utc = zone->to_utc(local);
      if (zone ? *date.utc >= now : local >= from) next.dates.push_back(std::move(date));
    }
  }
  // By the moment; a clock without a zone stands where it would stand in UTC.
  const auto moment = [](const MeetingDate& date) {
    return date.utc.value_or(protocol::Timestamp(date.local.time_since_epoch()));
  };
  std::stable_sort(
      next.dates.begin(), next.dates.end(),
      [&](const MeetingDate& a, const MeetingDate& b) { return moment(a) < moment(b); });
  const auto same = [](const MeetingDate& a, const MeetingDate& b) {
    return a.local == b.local && a.zone == b.zone;
  };
  next.dates.erase(std::unique(next.dates.begin(), next.dates.end(), same), next.dates.end());
  if (next.dates.size() > most) next.dates.resize(most);
  if (!next.dates.empty()) next.state = DatesState::known;
  return next;
}

protocol::Json to_json(const NextDates& next, const std::optional<Zone>& reader) {
  using protocol::Json;
  Json::Array dates;
  for (const auto& date : next.dates) {
    Json one = Json::object({{"local", protocol::format_local_time(date.local)}});
    one.set("utc", date.utc ? Json(protocol::format_timestamp(*date.utc)) : Json());
    one.set("zone", date.zone.empty() ? Json() : Json(date.zone));
    one.set("duration", date.duration ? Json(*date.duration) : Json());
    if (reader && date.utc) {
      one.set("reader_local", protocol::format_local_time(reader->to_local(*date.utc)));
      one.set("reader_zone", reader->name());
    }
    dates.push_back(std::move(one));
  }
  return Json(std::move(dates));
}

}  // namespace node
