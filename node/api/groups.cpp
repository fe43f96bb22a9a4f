#include "node/api/groups.h"

#include <cmath>

#include <boost/json.hpp>

#include "node/api/computed_json.h"
#include "node/checks/check_words.h"
#include "node/schedule/next_dates.h"
#include "node/search/query.h"
#include "node/search/region_reading.h"
#include "protocol/document/card.h"
#include "protocol/encoding/json.h"

namespace node {

namespace {

namespace json = boost::json;

constexpr std::string_view kGroupsNoZone =
    "zone: no such time zone is known here; write it like America/Phoenix";

json::array groups_texts(const std::vector<std::string>& texts) {
  return json::array(texts.begin(), texts.end());
}

json::array groups_path(const Standing& standing) {
  json::array path;
  for (const auto& step : standing.path)
    path.push_back(json::object{{"scid", step.scid}, {"name", step.name}});
  return path;
}

/// A time that may be "never": then null.
json::value groups_time(protocol::Timestamp time) {
  constexpr auto kNever = protocol::Timestamp::max();
  if (time == kNever) return nullptr;
  return json::value(protocol::format_timestamp(time));
}

json::object groups_head(const Group& group, protocol::Timestamp now,
                         const std::optional<Zone>& reader) {
  constexpr std::size_t kDates = 3;
  const auto& listing = group.listing;
  const auto next = next_dates(listing, now, kDates);
  json::object head{
      {"id", group.key.text()},
      {"scid", group.key.scid},
      {"uuid", group.key.uuid},
      {"url", "/groups/" + group.key.text()},
      {"name", listing.name},
      {"summary", listing.summary},
      {"kinds", groups_texts(listing.kinds)},
      {"formats", groups_texts(listing.formats)},
      {"regions", groups_texts(listing.regions)},
      {"audience", listing.audience},
      {"status", listing.status},
      {"publisher", json::object{{"scid", group.key.scid}, {"name", group.publisher_name}}},
      {"path", groups_path(group.standing)},
      {"own", group.standing.own},
      {"confirmed_at", listing.confirmed_at},
      {"review_by", listing.review_by},
      {"data_license", listing.data_license},
      {"feed_state", word(group.feed_state)},
      {"being_updated", group.standing.being_updated},
      {"shown_until", groups_time(group.standing.shown_until)},
  };
  head["next_dates"] = json::parse(protocol::canonical(to_json(next, reader)));
  head["next_dates_state"] = word(next.state);
  const auto counts = protocol::count_checks(group.checks);
  head["check_counts"] =
      json::object{{"pass", counts.pass}, {"check", counts.check}, {"warning", counts.warning}};
  json::array left_out_for;
  for (const auto check : group.standing.left_out_for)
    left_out_for.emplace_back(protocol::describe(check).id);
  head["left_out_for"] = std::move(left_out_for);
  json::array also;
  for (const auto& [key, name] : group.also_published)
    also.push_back(
        json::object{{"scid", key.scid}, {"name", name}, {"url", "/groups/" + key.text()}});
  head["also_published_by"] = std::move(also);
  head["recognized_until"] = group.standing.recognized_until
                                 ? groups_time(*group.standing.recognized_until)
                                 : json::value(nullptr);
  head["last_sign_of_life"] =
      group.last_sign_of_life ? groups_time(*group.last_sign_of_life) : json::value(nullptr);
  return head;
}

/// The object with more members, whose values are canonical JSON already: what was signed is
/// handed on by our own writer, never by a second one that may write a number otherwise.
std::string groups_with(
    const json::object& object,
    std::initializer_list<std::pair<std::string_view, const protocol::Json*>> members) {
  std::string text = json::serialize(object);
  text.pop_back();
  bool first = object.empty();
  for (const auto& [name, value] : members) {
    if (value == nullptr) continue;
    text += (first ? "\"" : ",\"") + std::string(name) + "\":";
    text += protocol::canonical(*value);
    first = false;
  }
  return text + "}";
}

/// A group with its listing and what is worked out from it; the verdict only for a searcher.
std::string groups_whole(const json::object& head, const Group& group, const Situation& situation,
                         protocol::Date today) {
  const auto computed = computed_json(group.listing, today);
  const auto listing = protocol::shown_subject(group.envelope.subject);
  protocol::Json eligibility;
  if (!situation.empty())
    eligibility =
        eligibility_json(protocol::judge_eligibility(group.listing, searcher_of(situation)));
  return groups_with(head, {{"eligibility", situation.empty() ? nullptr : &eligibility},
                            {"computed", &computed},
                            {"listing", &listing}});
}

json::array groups_facets(const SearchResult& result) {
  json::array facets;
  for (const auto& facet : result.facets) {
    json::array values;
    for (const auto& value : facet.values)
      values.push_back(json::object{{"value", value.value}, {"count", value.count}});
    facets.push_back(json::object{
        {"field", facet.field}, {"values", std::move(values)}, {"unstated", facet.unstated}});
  }
  return facets;
}

}  // namespace

Response get_groups(const Request& request, const Node& node, const NodeSummary& about) {
  const auto answer = [](Response response) {
    allow_any_origin(response);
    return response;
  };
  const auto query = parse_query(request.query);
  if (!query) return answer(problem(query.error().code, query.error().detail));
  std::optional<Zone> reader;
  if (!query->zone.empty()) {
    reader = Zone::find(query->zone);
    if (!reader) return answer(problem(protocol::ErrorCode::bad_request, kGroupsNoZone));
  }
  const auto result = node.search(*query);
  if (!result) return answer(problem(result.error().code, result.error().detail));

  const auto today = std::chrono::floor<std::chrono::days>(node.clock().now());
  std::string groups;
  for (const auto& key : result->page) {
    const auto group = node.group(key);
    // Gone between the search and this line.
    if (!group) continue;
    if (!groups.empty()) groups += ',';
    auto head = groups_head(*group, node.clock().now(), reader);
    if (query->near) {
      const auto far = kilometers_away(*query->near, group->listing);
      head["distance_km"] = far ? json::value(*far) : json::value(nullptr);
    }
    groups += groups_whole(head, *group, query->situation, today);
  }
  json::object unstated;
  for (const auto& one : result->unstated) unstated[one.field] = one.count;
  json::array degraded;
  for (const auto& feed : about.degraded) {
    degraded.push_back(json::object{{"scid", feed.scid},
                                    {"name", feed.name},
                                    {"state", word(feed.state)},
                                    {"code", feed.code}});
  }
  json::object rest{{"facets", groups_facets(*result)},
                    {"unstated", std::move(unstated)},
                    {"left_out", result->left_out},
                    {"truncated", result->truncated},
                    {"ignored_terms", groups_texts(result->ignored_terms)},
                    {"degraded", std::move(degraded)}};
  if (query->near) {
    rest["near"] = json::object{{"place", query->near->place.name},
                                {"region", query->near->place.region},
                                {"within_km", std::llround(query->near->kilometers())},
                                {"online", query->near->online_too}};
  }
  json::array regions;
  for (const auto& reading : region_readings(request.query)) {
    const auto region = [](const std::string& code) {
      return json::object{{"region", code}, {"name", protocol::region_name(code)}};
    };
    auto read = region(reading.taken);
    read["parameter"] = reading.parameter;
    read["written"] = reading.written;
    json::array others;
    for (const auto& code : reading.others) others.push_back(region(code));
    read["may_also_mean"] = std::move(others);
    regions.push_back(std::move(read));
  }
  if (!regions.empty()) rest["regions"] = std::move(regions);
  rest["next"] =
      result->next_cursor.empty() ? json::value(nullptr) : json::value(result->next_cursor);
  std::string body =
      "{\"total\":" + std::to_string(result->total) + ",\"groups\":[" + groups + "],";
  body += json::serialize(rest).substr(1) + "\n";
  return answer(ok_json(std::move(body), no_store()));
}

Response get_group(const Request& request, const Node& node) {
  const auto key = RecordKey::parse(std::string(request.param("scid")) + "/" +
                                    std::string(request.param("uuid")));
  const auto group = key ? node.group(*key) : std::nullopt;
  if (!group) {
    auto response = problem(protocol::ErrorCode::not_found, "no such listing is shown here");
    allow_any_origin(response);
    return response;
  }
  std::optional<Zone> reader;
  if (const auto zone = request.query_value("zone"); zone && !zone->empty()) {
    reader = Zone::find(*zone);
    if (!reader) {
      auto response = problem(protocol::ErrorCode::bad_request, kGroupsNoZone);
      allow_any_origin(response);
      return response;
    }
  }
  const auto situation = parse_situation(request.query);
  if (!situation) {
    auto response = problem(situation.error().code, situation.error().detail);
    allow_any_origin(response);
    return response;
  }
  auto head = groups_head(*group, node.clock().now(), reader);
  head["issuer"] = group->envelope.issuer;
  head["valid_from"] = protocol::format_timestamp(group->envelope.valid_from);
  head["valid_until"] = protocol::format_timestamp(group->envelope.valid_until);
  head["document"] = group->document;
  const auto today = std::chrono::floor<std::chrono::days>(node.clock().now());
  auto text = groups_whole(head, *group, *situation, today);
  text.pop_back();
  text += ",\"checks\":" + protocol::canonical(checks_json(group->checks)) + "}";
  auto response =
      ok_json(text + "\n", situation->empty() ? cache_for(std::chrono::seconds(60)) : no_store());
  allow_any_origin(response);
  return response;
}

}  // namespace node
