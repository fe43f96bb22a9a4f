#include "node/exporting/linked_data.h"

#include <algorithm>

#include "node/pages/words.h"
#include "node/schedule/next_dates.h"

namespace node {

namespace {

using protocol::Json;
using protocol::Vocabulary;

void linked_set(Json& object, std::string_view name, const std::string& value) {
  if (!value.empty()) object.set(name, value);
}

/// "2026-11-24T12:00:00-05:00": a moment with the offset of its place.
std::string linked_moment(const MeetingDate& date, std::chrono::seconds more) {
  auto text = protocol::format_local_time(date.local + more);
  if (!date.utc) return text;
  const auto offset = std::chrono::duration_cast<std::chrono::minutes>(
                          date.local.time_since_epoch() - date.utc->time_since_epoch())
                          .count();
  const auto size = offset < 0 ? -offset : offset;
  const auto two = [](auto n) { return std::string(n < 10 ? "0" : "") + std::to_string(n); };
  return text + (offset < 0 ? "-" : "+") + two(size / 60) + ":" + two(size % 60);
}

/// Whether every way to meet is in a room, none is, or some are.
std::string linked_attendance(const std::vector<std::string>& formats) {
  if (formats.empty()) return {};
  const auto in_room = std::count(formats.begin(), formats.end(), "in_person");
  const auto hybrid = std::count(formats.begin(), formats.end(), "hybrid");
  const auto all = static_cast<std::ptrdiff_t>(formats.size());
  if (in_room == all) return "https://schema.org/OfflineEventAttendanceMode";
  if (in_room == 0 && hybrid == 0) return "https://schema.org/OnlineEventAttendanceMode";
  return "https://schema.org/MixedEventAttendanceMode";
}

Json linked_schedule(const protocol::ScheduleRule& rule) {
  Json schedule = Json::object({{"@type", "Schedule"}});
  if (const auto parsed = protocol::parse_recurrence(rule.rrule)) {
    const auto every = std::to_string(parsed->interval);
    switch (parsed->frequency) {
      case protocol::Recurrence::Frequency::daily:
        schedule.set("repeatFrequency", "P" + every + "D");
        break;
      case protocol::Recurrence::Frequency::weekly:
        schedule.set("repeatFrequency", "P" + every + "W");
        break;
      case protocol::Recurrence::Frequency::monthly:
        schedule.set("repeatFrequency", "P" + every + "M");
        break;
      case protocol::Recurrence::Frequency::yearly:
        schedule.set("repeatFrequency", "P" + every + "Y");
        break;
    }
    // schema.org takes the days as iCalendar writes them: "2TU".
    static constexpr const char* kDays[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    Json::Array weekdays;
    for (const auto& day : parsed->by_day)
      weekdays.push_back((day.nth == 0 ? std::string() : std::to_string(day.nth)) +
                         kDays[day.weekday]);
    if (!weekdays.empty()) schedule.set("byDay", Json(std::move(weekdays)));
    Json::Array month_days, months;
    for (const auto day : parsed->by_month_day) month_days.push_back(day);
    for (const auto month : parsed->by_month) months.push_back(month);
    if (!month_days.empty()) schedule.set("byMonthDay", Json(std::move(month_days)));
    if (!months.empty()) schedule.set("byMonth", Json(std::move(months)));
    if (parsed->count) schedule.set("repeatCount", static_cast<std::int64_t>(*parsed->count));
    if (parsed->until)
      schedule.set("endDate", protocol::format_local_time(*parsed->until).substr(0, 10));
  }
  const auto first = protocol::parse_local_time(rule.dtstart);
  if (first) linked_set(schedule, "startDate", rule.dtstart.substr(0, 10));
  linked_set(schedule, "startTime",
             first                ? rule.dtstart.substr(11)
             : rule.start.empty() ? ""
                                  : rule.start + ":00");
  if (rule.duration) schedule.set("duration", "PT" + std::to_string(*rule.duration) + "M");
  linked_set(schedule, "scheduleTimezone", rule.tzid);
  Json::Array except;
  for (const auto& date : rule.exdates) except.push_back(date);
  if (!except.empty()) schedule.set("exceptDate", Json(std::move(except)));
  return schedule;
}

/// Whether it asks for money: "0" and "0.00" do not.
bool linked_is_paid(const protocol::CostOption& option) {
  return option.amount.find_first_of("123456789") != std::string::npos ||
         option.amount_max.find_first_of("123456789") != std::string::npos;
}

Json linked_offers(const protocol::Cost& cost) {
  Json::Array offers;
  for (const auto& option : cost.options) {
    if (option.amount.empty()) continue;
    Json offer = Json::object({{"@type", "Offer"}, {"price", option.amount}});
    linked_set(offer, "priceCurrency", option.currency);
    auto words = protocol::label(Vocabulary::cost_model, cost.model);
    if (!option.per.empty()) words += ", " + protocol::label(Vocabulary::cost_per, option.per);
    if (!option.for_whom.empty())
      words += ", " + protocol::label(Vocabulary::cost_for, option.for_whom);
    offer.set("description", words);
    offers.push_back(std::move(offer));
  }
  return Json(std::move(offers));
}

/// A group on a map of the world: its town at most.
Json linked_place(const protocol::Listing& listing) {
  Json address = Json::object({{"@type", "PostalAddress"}});
  linked_set(address, "addressLocality", listing.place.locality);
  linked_set(address, "addressRegion", listing.place.region);
  Json place = Json::object({{"@type", "Place"}});
  linked_set(place, "name", listing.place.locality);
  place.set("address", std::move(address));
  return place;
}

}  // namespace

std::optional<Json> linked_data(const protocol::Listing& listing, const ExportSource& source,
                                protocol::Timestamp now) {
  if (listing.disclosure == "card_only") return std::nullopt;
  const auto& at = source.url.empty() ? source.path : source.url;
  Json event = Json::object({{"@context", "https://schema.org"},
                             {"@type", "EventSeries"},
                             {"@id", at},
                             {"identifier", listing.id},
                             {"name", listing.name}});
  if (!listing.alternate_names.empty())
    event.set("alternateName",
              Json(Json::Array(listing.alternate_names.begin(), listing.alternate_names.end())));
  linked_set(event, "description", listing.summary.empty() ? listing.description : listing.summary);
  linked_set(event, "url", listing.links.home.empty() ? at : listing.links.home);
  if (!listing.languages.empty()) {
    event.set("inLanguage", Json(Json::Array(listing.languages.begin(), listing.languages.end())));
  }
  if (listing.data_license.starts_with("CC")) {
    event.set("license", "https://spdx.org/licenses/" + listing.data_license + ".html");
  }
  linked_set(event, "eventAttendanceMode", linked_attendance(listing.formats));
  if (listing.status == "active" || listing.status == "full")
    event.set("eventStatus", "https://schema.org/EventScheduled");
  if (listing.status == "paused") event.set("eventStatus", "https://schema.org/EventPostponed");
  if (listing.status == "closed" || listing.status == "withdrawn")
    event.set("eventStatus", "https://schema.org/EventCancelled");
  event.set(
      "audience",
      Json::object({{"@type", "Audience"},
                    {"audienceType", protocol::label(Vocabulary::audience, listing.audience)}}));
  if (listing.cost) {
    const auto& cost = *listing.cost;
    Json offers = linked_offers(cost);
    // "Free for members" promises nothing to others.
    const bool for_some = std::any_of(
        cost.options.begin(), cost.options.end(),
        [](const auto& option) { return !option.for_whom.empty() && option.for_whom != "all"; });
    const bool paid = std::any_of(cost.options.begin(), cost.options.end(), linked_is_paid);
    if (paid || (cost.model == "free" && !for_some)) event.set("isAccessibleForFree", !paid);
    if (!offers.if_array()->empty()) event.set("offers", std::move(offers));
  }
  if (listing.capacity.max) event.set("maximumAttendeeCapacity", *listing.capacity.max);
  Json organizer = Json::object({{"@type", "Organization"}, {"name", source.publisher_name}});
  event.set("organizer", std::move(organizer));
  if (!listing.sponsor.name.empty()) {
    Json sponsor = Json::object({{"@type", "Organization"}, {"name", listing.sponsor.name}});
    linked_set(sponsor, "url", listing.sponsor.page);
    event.set("sponsor", std::move(sponsor));
  }
  Json::Array topics;
  for (const auto& topic : listing.focus_topics)
    topics.push_back(protocol::is_known(Vocabulary::focus_topics, topic)
                         ? protocol::label(Vocabulary::focus_topics, topic)
                         : topic);
  if (!topics.empty()) event.set("keywords", Json(std::move(topics)));

  Json::Array where;
  const auto mode = linked_attendance(listing.formats);
  // Whatever place was signed: what meets online alone is on nobody's map.
  if (mode.find("Online") == std::string::npos &&
      (!listing.place.locality.empty() || !listing.place.region.empty()))
    where.push_back(linked_place(listing));
  if (mode.find("Online") != std::string::npos || mode.find("Mixed") != std::string::npos)
    where.push_back(Json::object({{"@type", "VirtualLocation"},
                                  {"url", listing.links.home.empty() ? at : listing.links.home}}));
  if (!where.empty()) event.set("location", Json(where));

  Json::Array schedules;
  for (const auto& rule : listing.schedule) schedules.push_back(linked_schedule(rule));
  if (!schedules.empty()) event.set("eventSchedule", Json(std::move(schedules)));
  constexpr std::size_t kDates = 3;
  Json::Array dates;
  for (const auto& date : next_dates(listing, now, kDates).dates) {
    // Programs would read a clock without a zone as their own.
    if (!date.utc) continue;
    Json one = Json::object({{"@type", "Event"},
                             {"name", listing.name},
                             {"startDate", linked_moment(date, std::chrono::seconds{0})}});
    if (date.duration)
      one.set("endDate", linked_moment(date, std::chrono::minutes{*date.duration}));
    if (!where.empty()) one.set("location", Json(where));
    dates.push_back(std::move(one));
  }
  if (!dates.empty()) event.set("subEvent", Json(std::move(dates)));
  return event;
}

}  // namespace node
