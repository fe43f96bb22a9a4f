#include "node/search/query.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "node/search/region_reading.h"
#include "protocol/document/region_names.h"

namespace node {

namespace {

constexpr std::string_view kMaxPerMonth = "max-per-month:";
constexpr std::string_view kNone = "none";
constexpr std::size_t kFilterValueBytes = 200;

constexpr std::array<std::pair<std::string_view, Sort>, 9> kSortNames = {
    {{"best_match", Sort::best_match},
     {"confirmed", Sort::confirmed},
     {"name", Sort::name},
     {"cost", Sort::cost},
     {"cost_hour", Sort::cost_hour},
     {"time", Sort::time},
     {"next_meeting", Sort::next_meeting},
     {"eligibility", Sort::eligibility},
     {"nearest", Sort::nearest}}};

tl::unexpected<protocol::Error> query_refusal(std::string detail) {
  return protocol::refuse(protocol::ErrorCode::bad_request, std::move(detail));
}

/// What a refusal repeats of a stranger's words.
std::string query_quoted(std::string_view text) {
  constexpr std::size_t kShown = 60;
  return "'" + std::string(text.substr(0, kShown)) + (text.size() > kShown ? "…'" : "'");
}

/// Single spaces, none at the ends.
std::string query_spaced(std::string_view text) {
  std::string made;
  bool gap = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v') {
      gap = !made.empty();
      continue;
    }
    if (gap) made += ' ';
    gap = false;
    made += c;
  }
  return made;
}

template <class T>
void query_add(std::vector<T>& values, T value) {
  if (std::find(values.begin(), values.end(), value) == values.end())
    values.push_back(std::move(value));
}

protocol::Result<std::string> query_region(const std::string& text,
                                           std::string_view parameter = "region") {
  auto meanings = region_meanings(text);
  if (std::find(meanings.begin(), meanings.end(), text) != meanings.end()) return text;
  // States and provinces of countries whose names are in no table of ours.
  if (text.size() > 2 && protocol::is_region_code(text)) return text;
  if (meanings.size() == 1) return meanings[0];
  if (meanings.empty()) meanings = region_guesses(text);
  if (meanings.empty()) {
    const bool town = !Gazetteer::shared().find(text).places.empty();
    return query_refusal(std::string(parameter) + ": " + query_quoted(text) +
                         (town ? " is a town; write its state as a code such as US-OH"
                               : " is no place known here; write a code such as US-OH"));
  }
  std::string detail = std::string(parameter) + ": " + query_quoted(text) + " may mean";
  for (std::size_t i = 0; i < meanings.size(); ++i) {
    detail +=
        (i == 0 ? " " : " or ") + protocol::region_name(meanings[i]) + " (" + meanings[i] + ")";
  }
  return query_refusal(detail + "; write the code");
}

protocol::Result<protocol::License> query_license(const std::string& text,
                                                  std::string_view region) {
  if (const auto colon = text.find(':'); colon != std::string::npos) {
    protocol::License license{text.substr(0, colon), text.substr(colon + 1)};
    if (license.family.empty())
      return query_refusal("license: " + query_quoted(text) + " names no license");
    return license;
  }
  if (protocol::is_known(protocol::Vocabulary::license_family, text))
    return protocol::License{text, {}};
  const auto meanings = protocol::licenses_of(text, region);
  if (meanings.empty())
    return query_refusal("license: " + query_quoted(text) +
                         " is no license known here; write one such as LMFT");
  for (const auto& meaning : meanings) {
    if (meaning.family == meanings[0].family) continue;
    std::string detail = "license: " + query_quoted(text) + " may mean";
    for (std::size_t i = 0; i < meanings.size(); ++i) {
      detail += (i == 0 ? " " : " or ") +
                protocol::label(protocol::Vocabulary::license_family, meanings[i].family) + " (" +
                meanings[i].family + ")";
    }
    return query_refusal(detail + "; write which, or name the one region");
  }
  // One profession at several levels: whichever it is.
  if (meanings.size() > 1) return protocol::License{meanings[0].family, {}};
  return meanings[0];
}

protocol::Result<CostFilter> query_cost(const std::string& text) {
  if (!text.starts_with(kMaxPerMonth)) return CostFilter{text, {}};
  const auto amount = std::string_view(text).substr(kMaxPerMonth.size());
  const bool plain = !amount.empty() && amount.size() <= 12 && amount.front() != '.' &&
                     amount.back() != '.' && std::all_of(amount.begin(), amount.end(), [](char c) {
                       return (c >= '0' && c <= '9') || c == '.';
                     });
  double value = 0;
  const auto [end, problem] = std::from_chars(amount.data(), amount.data() + amount.size(), value);
  if (!plain || problem != std::errc() || end != amount.data() + amount.size())
    return query_refusal("cost: " + query_quoted(text) +
                         " needs an amount, as in max-per-month:40");
  return CostFilter{{}, value};
}

protocol::Result<std::size_t> query_limit(const std::string& text) {
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  std::size_t limit = 0;
  const auto problem = std::from_chars(text.data(), text.data() + text.size(), limit).ec;
  if (!digits || (problem == std::errc() && limit == 0))
    return query_refusal("limit: " + query_quoted(text) + " is not a number from 1 to 100");
  return problem == std::errc() ? std::min(limit, kMaxQueryLimit) : kMaxQueryLimit;
}

/// Values as they came, by parameter; checks names, repeats and counts before anything is read.
struct QueryParts {
  std::string words, sort, limit, cursor, can_join, my_stage, left_out, near, within, online, zone;
  std::vector<std::string> licenses, regions, costs, formats, kinds, audiences, publishers,
      statuses, unstated, my_licenses, my_states, my_memberships;
};

protocol::Result<QueryParts> query_parts(const Parameters& parameters) {
  QueryParts parts;
  std::size_t filter_values = 0;
  const std::pair<std::string_view, std::string*> singles[] = {
      {"q", &parts.words},           {"sort", &parts.sort},         {"limit", &parts.limit},
      {"cursor", &parts.cursor},     {"can_join", &parts.can_join}, {"my_stage", &parts.my_stage},
      {"left_out", &parts.left_out}, {"near", &parts.near},         {"within", &parts.within},
      {"online", &parts.online},     {"zone", &parts.zone}};
  const std::pair<std::string_view, std::vector<std::string>*> lists[] = {
      {"license", &parts.licenses},     {"region", &parts.regions},
      {"cost", &parts.costs},           {"format", &parts.formats},
      {"kind", &parts.kinds},           {"audience", &parts.audiences},
      {"publisher", &parts.publishers}, {"status", &parts.statuses},
      {"unstated", &parts.unstated},    {"my_license", &parts.my_licenses},
      {"my_state", &parts.my_states},   {"my_membership", &parts.my_memberships}};
  for (const auto& [name, given] : parameters) {
    const auto named = [&, &n = name](const auto& one) { return one.first == n; };
    if (const auto single = std::find_if(std::begin(singles), std::end(singles), named);
        single != std::end(singles)) {
      const std::string value = query_spaced(given);
      if (value.empty()) continue;
      if (!single->second->empty()) return query_refusal(name + ": given twice");
      *single->second = value;
      continue;
    }
    const auto list = std::find_if(std::begin(lists), std::end(lists), named);
    if (list == std::end(lists))
      return query_refusal("there is no parameter " + query_quoted(name));
    const std::string value = query_spaced(given);
    if (value.empty()) continue;
    if (value.size() > kFilterValueBytes)
      return query_refusal(name + ": a value is too long, at most 200 bytes");
    // "unstated" is no filter; its values are few, and repeats are dropped below.
    if (name.starts_with("my_")) {
      if (list->second->size() >= kMaxSituationValues)
        return query_refusal(name + ": too many values, at most 8");
    } else if (name != "unstated" && ++filter_values > kMaxQueryFilterValues)
      return query_refusal(name + ": too many filter values, at most 16 in all");
    query_add(*list->second, value);
  }
  if (parts.words.size() > kMaxQueryWordsBytes)
    return query_refusal("q: too long, at most 256 bytes");
  return parts;
}

std::string query_license_text(const protocol::License& license) {
  if (!license.level.empty()) return license.family + ":" + license.level;
  return protocol::is_known(protocol::Vocabulary::license_family, license.family)
             ? license.family
             : license.family + ":";
}

/// The shortest text that reads back as the same number.
std::string query_amount(double value) {
  std::array<char, 64> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed).ptr;
  return {text.data(), end};
}

protocol::Result<Situation> query_situation(const QueryParts& parts) {
  Situation situation;
  for (const auto& text : parts.my_states) {
    ASSIGN_OR_RETURN(std::string state, query_region(text, "my_state"));
    query_add(situation.states, std::move(state));
  }
  situation.licenses = parts.my_licenses;
  for (const auto& text : situation.licenses) {
    if (text != kNone && !protocol::held_license(text, situation.states))
      return query_refusal("my_license: " + query_quoted(text) +
                           " is no license known here; write one such as LMFT, or none");
  }
  situation.stage = parts.my_stage;
  if (!situation.stage.empty() &&
      !protocol::is_known(protocol::Vocabulary::career_stages, situation.stage)) {
    std::string known;
    for (const auto& term : protocol::terms(protocol::Vocabulary::career_stages))
      known += (known.empty() ? "" : ", ") + std::string(term.value);
    return query_refusal("my_stage: " + query_quoted(situation.stage) + " is none of " + known);
  }
  situation.memberships = parts.my_memberships;
  return situation;
}

}  // namespace

protocol::Searcher searcher_of(const Situation& situation) {
  protocol::Searcher searcher;
  searcher.states = situation.states;
  for (const auto& text : situation.licenses) {
    if (auto held = protocol::held_license(text, situation.states))
      searcher.licenses.push_back(std::move(*held));
  }
  searcher.unlicensed = searcher.licenses.empty() && !situation.licenses.empty();
  searcher.career_stage = situation.stage;
  for (const auto& name : situation.memberships)
    if (name != kNone) searcher.memberships.push_back(name);
  searcher.no_memberships = searcher.memberships.empty() && !situation.memberships.empty();
  return searcher;
}

Parameters to_parameters(const Situation& situation) {
  Parameters made;
  for (const auto& license : situation.licenses) made.emplace_back("my_license", license);
  for (const auto& state : situation.states) made.emplace_back("my_state", region_text(state));
  if (!situation.stage.empty()) made.emplace_back("my_stage", situation.stage);
  for (const auto& name : situation.memberships) made.emplace_back("my_membership", name);
  return made;
}

protocol::Result<Situation> parse_situation(const Parameters& parameters) {
  Parameters mine;
  for (const auto& parameter : parameters)
    if (parameter.first.starts_with("my_")) mine.push_back(parameter);
  ASSIGN_OR_RETURN(const QueryParts parts, query_parts(mine));
  return query_situation(parts);
}

protocol::Result<Query> parse_query(const Parameters& parameters) {
  ASSIGN_OR_RETURN(QueryParts parts, query_parts(parameters));
  Query query;
  query.words = std::move(parts.words);
  query.cursor = std::move(parts.cursor);
  for (const auto& text : parts.regions) {
    ASSIGN_OR_RETURN(std::string region, query_region(text));
    query_add(query.regions, std::move(region));
  }
  for (const auto& text : parts.licenses) {
    ASSIGN_OR_RETURN(
        protocol::License license,
        query_license(text, query.regions.size() == 1 ? query.regions[0] : std::string_view()));
    query_add(query.licenses, std::move(license));
  }
  for (const auto& text : parts.costs) {
    ASSIGN_OR_RETURN(CostFilter cost, query_cost(text));
    query_add(query.costs, std::move(cost));
  }
  query.formats = std::move(parts.formats);
  query.kinds = std::move(parts.kinds);
  query.audiences = std::move(parts.audiences);
  query.publishers = std::move(parts.publishers);
  query.statuses = std::move(parts.statuses);
  ASSIGN_OR_RETURN(query.situation, query_situation(parts));
  if (parts.can_join == "yes") {
    query.can_join = CanJoin::yes;
  } else if (parts.can_join == "probably") {
    query.can_join = CanJoin::probably;
  } else if (!parts.can_join.empty()) {
    return query_refusal("can_join: " + query_quoted(parts.can_join) + " is none of yes, probably");
  }
  constexpr std::string_view kMayBeUnstated[] = {"license", "region", "cost",
                                                 "format",  "kind",   "near"};
  for (const auto& field : parts.unstated) {
    if (std::find(std::begin(kMayBeUnstated), std::end(kMayBeUnstated), field) ==
        std::end(kMayBeUnstated))
      return query_refusal("unstated: " + query_quoted(field) +
                           " is none of license, region, cost, format, kind, near");
  }
  query.include_unstated = std::move(parts.unstated);
  if (!parts.sort.empty()) {
    const auto found = std::find_if(kSortNames.begin(), kSortNames.end(),
                                    [&](const auto& one) { return one.first == parts.sort; });
    if (found == kSortNames.end())
      return query_refusal("sort: " + query_quoted(parts.sort) +
                           " is none of best_match, confirmed, name, cost, cost_hour, time, "
                           "next_meeting, eligibility, nearest");
    query.sort = found->second;
  }
  if (query.situation.empty() &&
      (query.can_join != CanJoin::any || query.sort == Sort::eligibility)) {
    return query_refusal(
        "can_join and sort=eligibility need something about you: my_license, my_state, my_stage or "
        "my_membership");
  }
  if (!parts.online.empty() && parts.online != "also")
    return query_refusal("online: " + query_quoted(parts.online) + " is not also");
  if (!parts.near.empty()) {
    ASSIGN_OR_RETURN(
        query.near, parse_nearness(parts.near, parts.within, !parts.online.empty(), query.regions));
  } else if (!parts.within.empty() || !parts.online.empty() || query.sort == Sort::nearest) {
    return query_refusal("within, online and sort=nearest need a place: near");
  }
  if (!parts.left_out.empty()) {
    if (parts.left_out != "show")
      return query_refusal("left_out: " + query_quoted(parts.left_out) + " is not show");
    query.show_left_out = true;
  }
  constexpr std::size_t kZoneBytes = 64;
  if (parts.zone.size() > kZoneBytes)
    return query_refusal("zone: " + query_quoted(parts.zone) + " is no time zone");
  query.zone = std::move(parts.zone);
  if (!parts.limit.empty()) {
    ASSIGN_OR_RETURN(query.limit, query_limit(parts.limit));
  }
  return query;
}

Parameters to_parameters(const Query& query) {
  Parameters made;
  if (!query.words.empty()) made.emplace_back("q", query.words);
  for (const auto& license : query.licenses)
    made.emplace_back("license", query_license_text(license));
  for (const auto& region : query.regions) made.emplace_back("region", region_text(region));
  for (const auto& cost : query.costs) {
    made.emplace_back("cost", cost.max_per_month
                                  ? std::string(kMaxPerMonth) + query_amount(*cost.max_per_month)
                                  : cost.model);
  }
  for (const auto& format : query.formats) made.emplace_back("format", format);
  for (const auto& kind : query.kinds) made.emplace_back("kind", kind);
  for (const auto& audience : query.audiences) made.emplace_back("audience", audience);
  for (const auto& publisher : query.publishers) made.emplace_back("publisher", publisher);
  for (const auto& status : query.statuses) made.emplace_back("status", status);
  for (const auto& field : query.include_unstated) made.emplace_back("unstated", field);
  for (const auto& one : to_parameters(query.situation)) made.push_back(one);
  if (query.can_join != CanJoin::any)
    made.emplace_back("can_join", query.can_join == CanJoin::yes ? "yes" : "probably");
  if (query.near) {
    made.emplace_back("near", query.near->text);
    if (query.near->within_text() != Nearness{}.within_text())
      made.emplace_back("within", query.near->within_text());
    if (query.near->online_too) made.emplace_back("online", "also");
  }
  if (query.show_left_out) made.emplace_back("left_out", "show");
  for (const auto& [name, sort] : kSortNames) {
    if (sort == query.sort && sort != Sort::best_match) made.emplace_back("sort", name);
  }
  if (!query.zone.empty()) made.emplace_back("zone", query.zone);
  if (query.limit != Query{}.limit) made.emplace_back("limit", std::to_string(query.limit));
  return made;
}

}  // namespace node
