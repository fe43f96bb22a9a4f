#include "node/exporting/directory_export.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "node/importing/cell_words.h"
#include "node/pages/words.h"
#include "node/schedule/next_dates.h"
#include "protocol/crypto/crypto.h"
#include "protocol/encoding/text_encodings.h"

namespace node {

namespace {

using protocol::Json;
using protocol::Vocabulary;

/// HSDS wants a UUID for every part: the same one each time, made of what the part is (RFC 9562,
/// version 8).
std::string directory_id(const std::string& of) {
  auto hex = protocol::to_hex(protocol::sha256("kith hsds " + of).view()).substr(0, 32);
  hex[12] = '8';
  hex[16] = "89ab"[static_cast<std::size_t>(hex[16]) % 4];
  for (const std::size_t at : {20U, 16U, 12U, 8U}) hex.insert(at, "-");
  return hex;
}

void directory_set(Json& object, std::string_view name, const std::string& value) {
  if (!value.empty()) object.set(name, value);
}

/// HSDS has amounts and coordinates as numbers.
std::optional<Json> directory_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return Json(Json::Number{value, value == static_cast<double>(static_cast<std::int64_t>(value))});
}

class DirectoryWriter {
 public:
  DirectoryWriter(const Json& subject, const protocol::Listing& listing, const ExportSource& source,
                  protocol::Timestamp now)
      : subject_(subject),
        listing_(listing),
        source_(source),
        now_(now),
        id_(listing.id.starts_with("urn:uuid:") ? listing.id.substr(9) : directory_id(listing.id)) {
  }

  Json make() {
    service_ = Json::object({{"id", id_}, {"name", listing_.name}});
    mapped("id");
    mapped("name");
    description();
    joining();
    eligibility();
    schedules();
    places();
    costs();
    organization();
    for (const auto* name : {"type"}) mapped(name);
    rest();
    return std::move(service_);
  }

 private:
  void mapped(std::string_view name) { mapped_.emplace(name); }
  std::string part(std::string_view what, std::size_t number) const {
    return directory_id(id_ + " " + std::string(what) + " " + std::to_string(number));
  }

  void description() {
    const auto& names = listing_.alternate_names;
    if (!names.empty()) service_.set("alternate_name", names.front());
    if (names.size() <= 1) mapped("alternate_names");
    auto text = listing_.summary;
    if (!listing_.description.empty()) text += (text.empty() ? "" : "\n\n") + listing_.description;
    directory_set(service_, "description", text);
    // Both stand in one text: what was the summary is told beside it.
    if (listing_.summary.empty() || listing_.description.empty()) {
      mapped("description");
      if (listing_.description.empty()) mapped("summary");
    }
    std::string status = "active";
    if (listing_.status == "closed" || listing_.status == "withdrawn") status = "defunct";
    if (listing_.status == "paused") status = "temporarily closed";
    if (listing_.status == "forming") status = "inactive";
    service_.set("status", status);
    if (listing_.status == "active" || listing_.status == "paused") mapped("status");
    service_.set("assured_date", listing_.confirmed_at);
    mapped("confirmed_at");
    service_.set("last_modified", protocol::format_timestamp(source_.signed_at));
    Json::Array languages;
    for (const auto& tag : listing_.languages) {
      languages.push_back(Json::object({{"id", part("language", languages.size())},
                                        {"service_id", id_},
                                        {"name", language_words(tag)},
                                        {"code", tag}}));
    }
    if (!languages.empty()) service_.set("languages", Json(std::move(languages)));
    mapped("languages");
  }

  void joining() {
    const auto& shown = listing_.contact.public_contact;
    directory_set(service_, "url", listing_.links.home);
    const auto mail = mail_address_in(shown);
    const bool web = shown.starts_with("https://");
    if (!mail.empty() && mail == shown) {
      service_.set("email", mail);
    } else if (!shown.empty() && !web) {
      service_.set("phones",
                   Json::array({Json::object(
                       {{"id", part("phone", 0)}, {"service_id", id_}, {"number", shown}})}));
    }
    std::string process;
    if (!listing_.screening.empty())
      process = protocol::label(Vocabulary::screening, listing_.screening);
    if (!listing_.contact.preferred.empty())
      process += (process.empty() ? "" : ". ") + listing_.contact.preferred;
    directory_set(service_, "application_process", process);
    Json::Array documents;
    for (const auto& document : listing_.documents_required) {
      documents.push_back(
          Json::object({{"id", part("document", documents.size())},
                        {"service_id", id_},
                        {"document", protocol::label(Vocabulary::documents_required, document)}}));
    }
    if (!documents.empty()) service_.set("required_documents", Json(std::move(documents)));
  }

  void eligibility() {
    auto words = eligibility_words(listing_);
    for (const auto& criterion : listing_.other_criteria)
      words += (words.empty() ? "" : ". ") + criterion;
    directory_set(service_, "eligibility_description", words);
  }

  void schedules() {
    Json::Array schedules;
    for (const auto& rule : listing_.schedule) {
      Json one = Json::object({{"id", part("schedule", schedules.size())}, {"service_id", id_}});
      auto words = schedule_words(rule, protocol::Date{});
      const auto zone = Zone::find(rule.tzid);
      if (zone) {
        const auto hours = std::chrono::duration<double, std::ratio<3600>>(zone->offset(now_));
        one.set("timezone", Json(Json::Number{hours.count(), false}));
        words += ". Time zone " + rule.tzid + "; the distance from UTC given here is that of " +
                 protocol::format_date(std::chrono::floor<std::chrono::days>(now_)) +
                 " and changes with its clocks";
      } else if (!rule.start.empty() || !rule.dtstart.empty()) {
        words += ". The group's local time; its time zone is not stated";
      }
      rule_parts(rule, one);
      one.set("description", words);
      const auto first = protocol::parse_local_time(rule.dtstart);
      if (first) one.set("dtstart", rule.dtstart.substr(0, 10));
      const auto opens = first ? rule.dtstart.substr(11, 5) : rule.start;
      directory_set(one, "opens_at", opens);
      const auto clock = protocol::parse_local_time("1970-01-01T" + opens + ":00");
      if (clock && rule.duration) {
        const auto end = protocol::format_local_time(*clock + std::chrono::minutes(*rule.duration));
        one.set("closes_at", end.substr(11, 5));
      }
      schedules.push_back(std::move(one));
    }
    if (!schedules.empty()) service_.set("schedules", Json(std::move(schedules)));
  }

  /// HSDS repeats by weeks and months only, and does not know BYSETPOS: such a rule stands in
  /// words.
  static void rule_parts(const protocol::ScheduleRule& rule, Json& one) {
    const auto parsed = protocol::parse_recurrence(rule.rrule);
    if (!parsed || !parsed->by_set_pos.empty() || !parsed->by_month.empty()) return;
    using Frequency = protocol::Recurrence::Frequency;
    if (parsed->frequency != Frequency::weekly && parsed->frequency != Frequency::monthly) return;
    one.set("freq", parsed->frequency == Frequency::weekly ? "WEEKLY" : "MONTHLY");
    one.set("interval", static_cast<std::int64_t>(parsed->interval));
    static constexpr const char* kDays[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    one.set("wkst", kDays[parsed->week_start]);
    std::string weekdays, month_days;
    for (const auto& day : parsed->by_day)
      weekdays += (weekdays.empty() ? "" : ",") +
                  (day.nth == 0 ? std::string() : std::to_string(day.nth)) + kDays[day.weekday];
    for (const auto day : parsed->by_month_day)
      month_days += (month_days.empty() ? "" : ",") + std::to_string(day);
    directory_set(one, "byday", weekdays);
    directory_set(one, "bymonthday", month_days);
    if (parsed->count) one.set("count", static_cast<std::int64_t>(*parsed->count));
    if (parsed->until) one.set("until", protocol::format_local_time(*parsed->until).substr(0, 10));
  }

  void places() {
    Json::Array areas;
    for (const auto& code : listing_.regions) {
      areas.push_back(Json::object({{"id", part("area", areas.size())},
                                    {"service_id", id_},
                                    {"name", protocol::region_name(code)},
                                    {"extent", code},
                                    {"extent_type", "ISO 3166"}}));
    }
    if (!areas.empty()) service_.set("service_areas", Json(std::move(areas)));
    mapped("regions");
    const auto& place = listing_.place;
    if (place.locality.empty() && place.region.empty()) return;
    // Whatever place was signed: what meets online alone is at no location (it stays an attribute).
    const auto& formats = listing_.formats;
    const bool meets_there = std::any_of(formats.begin(), formats.end(), [](const auto& format) {
      return format == "in_person" || format == "hybrid";
    });
    if (!formats.empty() && !meets_there) return;
    const auto location_id = part("location", 0);
    Json location = Json::object(
        {{"id", location_id}, {"location_type", "physical"}, {"name", where_words(listing_)}});
    const auto lat = directory_number(place.lat), lon = directory_number(place.lon);
    if (lat && lon && place.precision != "none") {
      location.set("latitude", *lat);
      location.set("longitude", *lon);
    }
    service_.set("service_at_locations",
                 Json::array({Json::object({{"id", part("service at location", 0)},
                                            {"service_id", id_},
                                            {"location_id", location_id},
                                            {"location", std::move(location)}})}));
  }

  void costs() {
    if (!listing_.cost) return;
    const auto& cost = *listing_.cost;
    const auto words = cost_words(listing_);
    auto fees = words.amount;
    if (!cost.what_it_pays.empty())
      fees += (fees.empty() ? "It pays: " : " It pays: ") + cost.what_it_pays;
    directory_set(service_, "fees_description", fees);
    Json::Array options;
    for (const auto& option : cost.options) {
      Json one = Json::object({{"id", part("cost", options.size())}, {"service_id", id_}});
      auto label = option.label;
      if (!option.for_whom.empty() && label.empty())
        label = protocol::label(Vocabulary::cost_for, option.for_whom);
      directory_set(one, "option", label);
      directory_set(one, "currency", option.currency);
      if (const auto amount = directory_number(option.amount)) one.set("amount", *amount);
      if (!option.per.empty())
        one.set("amount_description", protocol::label(Vocabulary::cost_per, option.per));
      options.push_back(std::move(one));
    }
    if (!options.empty()) service_.set("cost_options", Json(std::move(options)));
  }

  void organization() {
    const auto id = directory_id(source_.publisher_scid);
    service_.set("organization_id", id);
    service_.set(
        "organization",
        Json::object(
            {{"id", id},
             {"name", source_.publisher_name},
             {"description",
              "Publishes this listing; its Kith identity is " + source_.publisher_scid + "."},
             {"organization_identifiers",
              Json::array({Json::object({{"id", directory_id(source_.publisher_scid + " id")},
                                         {"organization_id", id},
                                         {"identifier_scheme", "did:webvh"},
                                         {"identifier_type", "SCID"},
                                         {"identifier", source_.publisher_scid}})})}}));
  }

  /// Every member that did not find its whole place above.
  void rest() {
    Json::Array attributes;
    for (const auto& [name, value] : *subject_.if_object()) {
      if (mapped_.contains(name)) continue;
      Json told = value;
      if (name == "leaders") {
        auto* leaders = told.if_array();
        if (!leaders) continue;
        std::erase_if(*leaders, [](const Json& leader) {
          const Json* consent = leader.find("consent");
          return !consent || !consent->find("given_at");
        });
        if (leaders->empty()) continue;
      }
      const auto term = directory_id("term " + name);
      attributes.push_back(Json::object(
          {{"id", part("attribute " + name, 0)},
           {"link_id", id_},
           {"link_entity", "service"},
           {"taxonomy_term_id", term},
           {"value", protocol::canonical(told)},
           {"taxonomy_term",
            Json::object({{"id", term},
                          {"code", name},
                          {"name", name},
                          {"description",
                           "The member '" + name + "' of a Kith listing, as JSON (SPEC 4.3)."},
                          {"taxonomy", kDirectoryProfile}})}}));
    }
    if (!attributes.empty()) service_.set("attributes", Json(std::move(attributes)));
  }

  const Json& subject_;
  const protocol::Listing& listing_;
  const ExportSource& source_;
  protocol::Timestamp now_;
  std::string id_;
  Json service_;
  std::set<std::string, std::less<>> mapped_;
};

}  // namespace

Json directory_service(const Json& subject, const protocol::Listing& listing,
                       const ExportSource& source, protocol::Timestamp now) {
  return DirectoryWriter(subject, listing, source, now).make();
}

Json directory_page(Json::Array services) {
  const auto count = static_cast<std::int64_t>(services.size());
  return Json::object({{"profile", kDirectoryProfile},
                       {"total_items", count},
                       {"total_pages", 1},
                       {"page_number", 1},
                       {"size", count},
                       {"first_page", true},
                       {"last_page", true},
                       {"empty", services.empty()},
                       {"contents", Json(std::move(services))}});
}

}  // namespace node
