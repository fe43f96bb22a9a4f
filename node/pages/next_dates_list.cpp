#include "node/pages/next_dates_list.h"

#include <algorithm>
#include <array>

#include "node/pages/words.h"

namespace node {

namespace {

constexpr std::size_t kDatesShown = 3;

/// The zones that the form offers: where most readers are. Any other one can stand in the address.
struct DatesZone {
  const char* name;
  const char* words;
};
constexpr DatesZone kDatesZones[] = {
    {"America/New_York", "Eastern (New York)"},
    {"America/Chicago", "Central (Chicago)"},
    {"America/Denver", "Mountain (Denver)"},
    {"America/Phoenix", "Arizona (Phoenix)"},
    {"America/Los_Angeles", "Pacific (Los Angeles)"},
    {"America/Anchorage", "Alaska (Anchorage)"},
    {"Pacific/Honolulu", "Hawaii (Honolulu)"},
    {"America/Puerto_Rico", "Puerto Rico"},
    {"America/Halifax", "Atlantic (Halifax)"},
    {"America/St_Johns", "Newfoundland (St. John’s)"},
    {"America/Mexico_City", "Mexico City"},
    {"America/Sao_Paulo", "São Paulo"},
    {"Europe/London", "London"},
    {"Europe/Berlin", "Berlin"},
    {"Africa/Johannesburg", "Johannesburg"},
    {"Asia/Kolkata", "India (Kolkata)"},
    {"Asia/Singapore", "Singapore"},
    {"Asia/Tokyo", "Tokyo"},
    {"Australia/Sydney", "Sydney"},
    {"Pacific/Auckland", "Auckland"},
    {"UTC", "UTC"},
};

std::string dates_clock(protocol::LocalTime time) {
  return protocol::format_local_time(time).substr(11, 5);
}

std::string dates_weekday(protocol::LocalTime time) {
  constexpr std::array<std::string_view, 7> kNames = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                      "Thursday", "Friday", "Saturday"};
  return std::string(
      kNames[std::chrono::weekday(std::chrono::floor<std::chrono::days>(time)).c_encoding()]);
}

protocol::Date dates_day(protocol::LocalTime time) {
  return protocol::Date(std::chrono::floor<std::chrono::days>(time).time_since_epoch());
}

void dates_form(Html& html, const ReaderZone& reader, const Situation& situation) {
  html.raw(
      "<form class=\"zone noprint\" method=\"get\" action=\"#when\">\n<label class=\"label\" "
      "for=\"zone\">My time zone</label>\n<div class=\"box\">");
  for (const auto& [name, value] : to_parameters(situation))
    html.open("input", {{"type", "hidden"}, {"name", name}, {"value", value}});
  html.raw("<select id=\"zone\" name=\"zone\">\n");
  html.add(zone_options(reader, "As the group says it"));
  html.raw("</select>\n<button class=\"btn\" type=\"submit\">Show</button></div>\n</form>\n");
}

std::string_view dates_none(DatesState state) {
  switch (state) {
    case DatesState::start_unknown:
      return "Which weeks it meets in is not said. Ask for the next date.";
    case DatesState::incomplete:
      return "The day or the hour is not said. Ask for the next date.";
    case DatesState::not_understood:
      return "Its rule is of a kind that this node cannot read. Ask for the next date.";
    case DatesState::ended:
      return "The last of its dates has passed. Ask whether it goes on.";
    case DatesState::known:
    case DatesState::not_stated:
    case DatesState::by_arrangement:
    case DatesState::not_meeting:
      return {};
  }
  return {};
}

}  // namespace

ReaderZone reader_zone(std::string_view asked) {
  ReaderZone reader;
  if (asked.empty()) return reader;
  reader.zone = Zone::find(asked);
  if (!reader.zone) reader.unknown = std::string(asked.substr(0, 64));
  return reader;
}

ReaderZone reader_zone(const Request& request) {
  return reader_zone(request.query_value("zone").value_or(std::string_view()));
}

Html zone_options(const ReaderZone& reader, std::string_view none) {
  Html html;
  html.element("option", none, {{"value", ""}}).raw("\n");
  bool offered = false;
  const auto chosen = reader.zone ? reader.zone->name() : std::string();
  const auto option = [&](std::string_view name, std::string_view words) {
    if (name == chosen) {
      offered = true;
      html.element("option", words, {{"value", name}, {"selected", "selected"}});
    } else {
      html.element("option", words, {{"value", name}});
    }
    html.raw("\n");
  };
  for (const auto& zone : kDatesZones) option(zone.name, zone.words);
  if (!offered && !chosen.empty()) option(chosen, chosen);
  return html;
}

Html zone_unknown(const ReaderZone& reader) {
  Html html;
  if (reader.unknown.empty()) return html;
  html.raw("<p class=\"small\">We know no time zone “").theirs(reader.unknown);
  html.raw("”. Write it like America/Phoenix.</p>\n");
  return html;
}

std::string meeting_words(const MeetingDate& date, protocol::Date today) {
  protocol::ScheduleRule hours;
  hours.start = dates_clock(date.local);
  hours.duration = date.duration;
  hours.tzid = date.zone;
  return dates_weekday(date.local) + ", " + date_words(dates_day(date.local), today) + ", " +
         schedule_words(hours, today);
}

std::string reader_words(const MeetingDate& date, const Zone& reader) {
  if (!date.utc) return {};
  const auto there = reader.to_local(*date.utc);
  protocol::ScheduleRule hours;
  hours.start = dates_clock(there);
  hours.duration = date.duration;
  auto words = schedule_words(hours, dates_day(there));
  if (dates_day(there) != dates_day(date.local)) words = dates_weekday(there) + ", " + words;
  return words + " your time";
}

std::string reader_meeting_words(const MeetingDate& date, const Zone& reader,
                                 protocol::Date today) {
  if (!date.utc) return {};
  const auto there = reader.to_local(*date.utc);
  protocol::ScheduleRule hours;
  hours.start = dates_clock(there);
  hours.duration = date.duration;
  return dates_weekday(there) + ", " + date_words(dates_day(there), today) + ", " +
         schedule_words(hours, dates_day(there)) + " your time";
}

Html next_dates_list(const protocol::Listing& listing, const ReaderZone& reader,
                     const Situation& situation, protocol::Timestamp now) {
  const auto next = next_dates(listing, now, kDatesShown);
  const auto today = std::chrono::floor<std::chrono::days>(now);
  Html html;
  if (next.dates.empty()) {
    if (const auto why = dates_none(next.state); !why.empty())
      html.raw("<p class=\"soft\">").text(why).raw("</p>\n");
    return html;
  }
  html.raw("<ul class=\"dates\">\n");
  bool moments = false;
  for (const auto& date : next.dates) {
    moments = moments || date.utc.has_value();
    html.raw("<li>");
    if (date.utc) {
      html.open("time", {{"datetime", protocol::format_timestamp(*date.utc)}});
      html.theirs(meeting_words(date, today)).close("time");
    } else {
      html.theirs(meeting_words(date, today));
    }
    const auto yours = reader.zone ? reader_words(date, *reader.zone) : std::string();
    if (!yours.empty()) html.raw("<br><b>").text(yours).raw("</b>");
    html.raw("</li>\n");
  }
  html.raw("</ul>\n");
  html.add(zone_unknown(reader));
  if (moments) dates_form(html, reader, situation);
  return html;
}

Html zone_note(const protocol::Listing& listing) {
  Html html;
  const bool silent =
      std::any_of(listing.schedule.begin(), listing.schedule.end(), [](const auto& rule) {
        return rule.tzid.empty() && (!rule.start.empty() || !rule.dtstart.empty());
      });
  if (silent) html.raw(" <span class=\"small soft\">In the group’s local time.</span>");
  return html;
}

}  // namespace node
