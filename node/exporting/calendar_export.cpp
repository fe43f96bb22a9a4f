#include "node/exporting/calendar_export.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "node/pages/words.h"
#include "node/schedule/next_dates.h"

namespace node {

namespace {

using protocol::LocalTime;
using protocol::Timestamp;
using std::chrono::days;

/// How far the changes of a zone are looked at, and listed where no rule describes them.
constexpr days kCalendarZoneAhead{366 * 12};

/// "20261103T190000".
std::string calendar_stamp(LocalTime time) {
  std::string text;
  for (const char c : protocol::format_local_time(time))
    if (c != '-' && c != ':') text += c;
  return text;
}
std::string calendar_day(LocalTime time) { return calendar_stamp(time).substr(0, 8); }
std::string calendar_utc(Timestamp time) {
  return calendar_stamp(LocalTime(time.time_since_epoch())) + "Z";
}

std::string calendar_offset(std::chrono::seconds offset) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(offset).count();
  const auto size = minutes < 0 ? -minutes : minutes;
  const auto two = [](auto n) { return std::string(n < 10 ? "0" : "") + std::to_string(n); };
  return (minutes < 0 ? "-" : "+") + two(size / 60) + two(size % 60);
}

/// One change of a zone's clocks: what the clock showed, and what it went from and to.
struct CalendarChange {
  LocalTime at;
  std::chrono::seconds from, to;
  std::string name;
};

/// The yearly rule that gives exactly these days and nothing else among them.
std::optional<std::string> calendar_yearly_rule(const std::vector<CalendarChange>& changes) {
  static constexpr const char* kDays[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
  const auto first_day = std::chrono::floor<days>(changes.front().at);
  const std::chrono::year_month_day first(first_day);
  const auto weekday = std::chrono::weekday(first_day).c_encoding();
  const auto nth = (static_cast<unsigned>(first.day()) - 1) / 7 + 1;
  if (changes.size() < 5) return std::nullopt;
  for (const auto position : {static_cast<int>(nth), -1}) {
    const auto rule =
        "FREQ=YEARLY;BYMONTH=" + std::to_string(static_cast<unsigned>(first.month())) +
        ";BYDAY=" + std::to_string(position) + kDays[weekday];
    const auto parsed = protocol::parse_recurrence(rule);
    if (!parsed) continue;
    const auto dates = protocol::expand(*parsed, changes.front().at, changes.front().at,
                                        changes.back().at + days{1}, changes.size() + 1);
    bool same = dates.size() == changes.size();
    for (std::size_t i = 0; same && i < dates.size(); ++i) same = dates[i] == changes[i].at;
    if (same) return rule;
  }
  return std::nullopt;
}

void calendar_observance(std::string& out, std::string_view kind,
                         const std::vector<CalendarChange>& changes, bool ends_with_rule) {
  const auto& first = changes.front();
  out += calendar_line("BEGIN", kind);
  out += calendar_line("DTSTART", calendar_stamp(first.at));
  out += calendar_line("TZOFFSETFROM", calendar_offset(first.from));
  out += calendar_line("TZOFFSETTO", calendar_offset(first.to));
  if (!first.name.empty()) out += calendar_line("TZNAME", calendar_text(first.name));
  const auto rule = ends_with_rule ? calendar_yearly_rule(changes) : std::nullopt;
  if (rule) {
    out += calendar_line("RRULE", *rule);
  } else {
    for (std::size_t i = 1; i < changes.size(); ++i)
      out += calendar_line("RDATE", calendar_stamp(changes[i].at));
  }
  out += calendar_line("END", kind);
}

/// As little as says the truth for the years around: two yearly rules where the zone has such,
/// else its changes one by one. Larger descriptions make some programs give up the zone.
std::string calendar_zone(const Zone& zone, Timestamp from, Timestamp now) {
  // A change before the first date must be among them, since it says what holds there.
  auto time = from - days{400};
  const auto end = std::max(from, now) + kCalendarZoneAhead;
  std::map<std::tuple<std::chrono::seconds, std::chrono::seconds, std::string>,
           std::vector<CalendarChange>>
      kinds;
  std::vector<decltype(kinds)::key_type> order;
  for (auto next = zone.next_change(time); next && *next < end; next = zone.next_change(time)) {
    const auto before = zone.offset(*next - std::chrono::seconds{1});
    const auto after = zone.offset(*next);
    const auto name = zone.abbreviation(*next);
    const auto key = std::make_tuple(before, after, name);
    if (!kinds.contains(key)) order.push_back(key);
    // RFC 5545: the moment on the clock as it was before.
    kinds[key].push_back({LocalTime(next->time_since_epoch() + before), before, after, name});
    time = *next;
  }
  std::string out = calendar_line("BEGIN", "VTIMEZONE") + calendar_line("TZID", zone.name());
  const auto start = from - days{400};
  if (order.size() != 2) {
    // What holds before the first change, or always.
    const auto offset = zone.offset(start);
    calendar_observance(out, "STANDARD",
                        {{zone.to_local(start), offset, offset, zone.abbreviation(start)}}, false);
  }
  for (const auto& key : order) {
    const auto& changes = kinds[key];
    calendar_observance(out, changes.front().to > changes.front().from ? "DAYLIGHT" : "STANDARD",
                        changes, order.size() == 2);
  }
  return out + calendar_line("END", "VTIMEZONE");
}

/// The rule as a calendar takes it: UNTIL in UTC beside a zone, a day beside days.
std::string calendar_rule(const std::string& rule, const std::optional<Zone>& zone) {
  const auto parsed = protocol::parse_recurrence(rule);
  if (!parsed || !parsed->until) return rule;
  const auto at = rule.find("UNTIL=");
  const auto end = std::min(rule.find(';', at), rule.size());
  std::string until;
  if (!zone) {
    until = calendar_day(*parsed->until);
  } else if (parsed->until_is_utc) {
    until = calendar_utc(Timestamp(parsed->until->time_since_epoch()));
  } else {
    until = calendar_utc(zone->to_utc(*parsed->until));
  }
  return rule.substr(0, at) + "UNTIL=" + until + rule.substr(end);
}

std::string calendar_description(const protocol::Listing& listing, const ExportSource& source,
                                 const protocol::ScheduleRule& rule) {
  std::string text;
  const auto add = [&](const std::string& words) {
    if (!words.empty()) text += (text.empty() ? "" : "\n") + words;
  };
  add(listing.summary);
  if (rule.tzid.empty() || !Zone::find(rule.tzid)) {
    add("When: " + schedule_words(rule, protocol::Date{}) +
        ", the group's local time. Ask which time zone that is.");
  }
  if (listing.status == "forming") add("It is forming and may not meet yet.");
  add("Published by " + source.publisher_name + ". Ask the group before you come.");
  add("License of this text: " + listing.data_license);
  return text;
}

/// A first date on which the rule falls, as a calendar wants one; days that are taken out again are
/// such. Nothing where nobody can know it.
std::optional<LocalTime> calendar_first(const protocol::ScheduleRule& rule,
                                        const ExportSource& source) {
  const auto given = protocol::parse_local_time(rule.dtstart);
  const auto begin =
      given ? *given : std::chrono::floor<days>(LocalTime(source.signed_at.time_since_epoch()));
  auto plain = rule;
  plain.exdates.clear();
  plain.rdates.clear();
  const auto found = rule_dates(plain, begin, begin + days{366 * 9}, 1);
  if (found.known != protocol::DatesKnown::known || found.dates.empty()) return std::nullopt;
  return found.dates.front();
}

/// Only a card, or not meeting.
bool calendar_leaves_out(const protocol::Listing& listing) {
  return listing.disclosure == "card_only" || listing.status == "paused" ||
         listing.status == "closed" || listing.status == "withdrawn";
}

}  // namespace

std::string calendar_text(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' || c == ';' || c == ',') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += ' ';
    } else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) {
      out += c;
    }
  }
  return out;
}

std::string calendar_line(std::string_view name, std::string_view value) {
  constexpr std::size_t kMost = 75;
  std::string line = std::string(name) + ":" + std::string(value);
  std::string out;
  std::size_t width = kMost;
  for (std::size_t at = 0; at < line.size();) {
    auto end = std::min(line.size(), at + width);
    while (end < line.size() && end > at + 1 &&
           (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80)
      --end;
    if (at > 0) out += "\r\n ";
    out.append(line, at, end - at);
    at = end;
    width = kMost - 1;  // the space counts
  }
  return out + "\r\n";
}

void CalendarWriter::add_zone(const std::string& name, Timestamp from) {
  for (auto& [known, earliest] : zones_) {
    if (known != name) continue;
    earliest = std::min(earliest, from);
    return;
  }
  zones_.emplace_back(name, from);
}

bool has_calendar(const protocol::Listing& listing, const ExportSource& source) {
  return !calendar_leaves_out(listing) &&
         std::any_of(listing.schedule.begin(), listing.schedule.end(),
                     [&](const auto& rule) { return calendar_first(rule, source).has_value(); });
}

bool CalendarWriter::add(const protocol::Listing& listing, const ExportSource& source) {
  if (calendar_leaves_out(listing)) return false;
  bool any = false;
  for (std::size_t i = 0; i < listing.schedule.size(); ++i) {
    const auto& rule = listing.schedule[i];
    const auto zone = Zone::find(rule.tzid);
    const auto begin = calendar_first(rule, source);
    if (!begin) continue;
    const auto first = *begin;
    const auto clock = first - std::chrono::floor<days>(first);
    any = true;

    const auto id = listing.id.starts_with("urn:uuid:") ? listing.id.substr(9) : listing.id;
    auto& out = events_;
    out += calendar_line("BEGIN", "VEVENT");
    out += calendar_line(
        "UID", calendar_text(id + "-" + std::to_string(i + 1) + "." + source.publisher_scid));
    out += calendar_line("DTSTAMP", calendar_utc(source.signed_at));
    const std::string kind = zone ? ";TZID=" + rule.tzid : ";VALUE=DATE";
    const auto moment = [&](LocalTime time) {
      return zone ? calendar_stamp(time) : calendar_day(time);
    };
    out += calendar_line("DTSTART" + kind, moment(first));
    if (zone && rule.duration && *rule.duration > 0)
      out += calendar_line("DURATION", "PT" + std::to_string(*rule.duration) + "M");
    if (!rule.rrule.empty()) out += calendar_line("RRULE", calendar_rule(rule.rrule, zone));
    const auto dates = [&](std::string_view name, const std::vector<std::string>& texts) {
      std::vector<std::string> values;
      for (const auto& text : texts) {
        const auto time = protocol::parse_local_time(text);
        if (!time) continue;
        values.push_back(moment(text.size() == 10 ? *time + clock : *time));
      }
      std::sort(values.begin(), values.end());
      values.erase(std::unique(values.begin(), values.end()), values.end());
      for (const auto& value : values) out += calendar_line(std::string(name) + kind, value);
    };
    dates("EXDATE", rule.exdates);
    dates("RDATE", rule.rdates);
    out += calendar_line("SUMMARY", calendar_text(listing.name));
    out += calendar_line("DESCRIPTION", calendar_text(calendar_description(listing, source, rule)));
    if (!source.url.empty()) {
      out += calendar_line("URL", source.url);
    } else if (!listing.links.home.empty()) {
      out += calendar_line("URL", listing.links.home);
    }
    if (const auto where = where_words(listing); !where.empty())
      out += calendar_line("LOCATION", calendar_text(where));
    out += calendar_line("STATUS", listing.status == "forming" ? "TENTATIVE" : "CONFIRMED");
    out += calendar_line("TRANSP", zone ? "OPAQUE" : "TRANSPARENT");
    out += calendar_line("END", "VEVENT");
    if (zone) add_zone(rule.tzid, zone->to_utc(first));
  }
  return any;
}

std::string CalendarWriter::text() const {
  std::string out = calendar_line("BEGIN", "VCALENDAR") + calendar_line("VERSION", "2.0") +
                    calendar_line("PRODID", "-//Kith//Peer support groups//EN") +
                    calendar_line("CALSCALE", "GREGORIAN");
  for (const auto& [name, from] : zones_) {
    if (const auto zone = Zone::find(name)) out += calendar_zone(*zone, from, now_);
  }
  return out + events_ + calendar_line("END", "VCALENDAR");
}

}  // namespace node
