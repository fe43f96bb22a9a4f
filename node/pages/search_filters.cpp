#include "node/pages/search_filters.h"

#include <algorithm>

#include "node/pages/near_filter.h"
#include "node/pages/words.h"
#include "node/search/region_reading.h"
#include "protocol/document/vocabularies.h"

namespace node {

namespace {

using protocol::Vocabulary;

constexpr SearchField kFilterSearchFields[] = {
    {"license", "License", "which licenses they take"},
    {"region", "State or country", "whom they serve"},
    {"cost", "Cost", "their cost"},
    {"format", "Format", "their format"},
    {"kind", "Kind", "their kind"},
    {"audience", "For whom", ""},
    {"publisher", "Published by", ""},
    {"status", "Open or not", ""},
};

/// Without anything about the searcher there is no verdict to filter or sort by.
void filter_without_verdict(Parameters& parameters) {
  drop_without_near(parameters);
  const bool mine = std::any_of(parameters.begin(), parameters.end(),
                                [](const auto& one) { return one.first.starts_with("my_"); });
  if (mine) return;
  std::erase_if(parameters, [](const auto& one) {
    return one.first == "can_join" || (one.first == "sort" && one.second == "eligibility");
  });
}

constexpr std::string_view kFilterMonthly = "max-per-month:";

}  // namespace

std::span<const SearchField> search_fields() { return kFilterSearchFields; }

std::vector<std::string> values_of(const Query& query, std::string_view field) {
  if (field == "region") return query.regions;
  if (field == "my_state") return query.situation.states;
  std::vector<std::string> values;
  for (auto& [name, value] : to_parameters(query))
    if (name == field) values.push_back(std::move(value));
  return values;
}

std::string value_words(std::string_view field, const std::string& value,
                        const PublisherNames& names) {
  if (field == "license") {
    const auto colon = value.find(':');
    if (colon == std::string::npos) return license_words({value, ""});
    return license_words({value.substr(0, colon), value.substr(colon + 1)});
  }
  if (field == "region") return protocol::region_name(value);
  if (field == "cost") {
    if (value.starts_with(kFilterMonthly))
      return "up to " + money_words(value.substr(kFilterMonthly.size()), "USD") + " a month";
    return protocol::label(Vocabulary::cost_model, value);
  }
  if (field == "format") return protocol::label(Vocabulary::formats, value);
  if (field == "kind") return protocol::label(Vocabulary::kinds, value);
  if (field == "audience") return protocol::label(Vocabulary::audience, value);
  if (field == "publisher") return names(value);
  if (field == "status") return protocol::label(Vocabulary::status, value);
  if (field == "can_join")
    return value == "yes" ? "only what I can join" : "what I can probably join";
  if (field == "my_license" && value == "none") return "no license";
  if (field == "my_membership" && value == "none") return "no membership";
  if (field == "my_license") {
    const auto held = protocol::held_license(value, {});
    return held ? held->title : value;
  }
  if (field == "my_state") return protocol::region_name(value);
  if (field == "my_stage") return protocol::label(Vocabulary::career_stages, value);
  return value;
}

std::string written_value(std::string_view field, const std::string& value) {
  return field == "region" || field == "my_state" ? region_text(value) : value;
}

Query with_value(Query query, std::string_view field, const std::string& value) {
  query.cursor.clear();
  auto parameters = to_parameters(query);
  parameters.emplace_back(field, value);
  const auto made = parse_query(parameters);
  return made ? *made : query;
}

Query without_value(Query query, std::string_view field, const std::string& value) {
  query.cursor.clear();
  auto parameters = to_parameters(query);
  std::erase(parameters, Parameters::value_type(field, written_value(field, value)));
  filter_without_verdict(parameters);
  const auto made = parse_query(parameters);
  return made ? *made : query;
}

Query without_field(Query query, std::string_view field) {
  query.cursor.clear();
  auto parameters = to_parameters(query);
  // A field that is let go lets the unstated in by itself.
  std::erase_if(parameters, [&](const auto& one) {
    return one.first == field || (one.first == "unstated" && one.second == field);
  });
  filter_without_verdict(parameters);
  const auto made = parse_query(parameters);
  return made ? *made : query;
}

Address search_address(const Query& query) { return Address::local("/", to_parameters(query)); }

}  // namespace node
