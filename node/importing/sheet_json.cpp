#include <algorithm>

#include "node/importing/sheet.h"

namespace node {

namespace {

using protocol::Json;

Json sheet_json_text(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json sheet_json_list(const std::vector<std::string>& values) {
  return values.empty() ? Json() : Json(Json::Array(values.begin(), values.end()));
}

Json sheet_json_cost(const std::optional<protocol::Cost>& cost) {
  if (!cost) return {};
  const protocol::CostOption main =
      cost->options.empty() ? protocol::CostOption{} : cost->options.front();
  return Json::object({{"model", sheet_json_text(cost->model)},
                       {"amount", sheet_json_text(main.amount)},
                       {"amount_max", sheet_json_text(main.amount_max)},
                       {"currency", sheet_json_text(main.currency)},
                       {"per", sheet_json_text(main.per)},
                       {"for", sheet_json_text(main.for_whom)}});
}

Json sheet_json_number(const std::optional<std::int64_t>& number) {
  return number ? Json(*number) : Json();
}

}  // namespace

protocol::Json to_json(const ImportedSheet& sheet) {
  Json::Array listings;
  for (const auto& row : sheet.rows) {
    if (row.kind != RowKind::listing) continue;
    const auto& said = row.understood;
    const auto stated = [&](std::string_view field) {
      return std::any_of(row.as_stated.begin(), row.as_stated.end(),
                         [&](const auto& kept) { return kept.first == field; });
    };
    Json::Array licenses;
    for (const auto& license : said.licenses) {
      licenses.push_back(
          Json::object({{"family", license.family}, {"level", sheet_json_text(license.level)}}));
    }
    // A group for survivors or for everybody has no use for licenses.
    const bool names_professions =
        stated("audience") &&
        (!licenses.empty() || (said.audience != "lived_experience" && said.audience != "public"));
    Json::Array asked;
    for (const auto& question : row.questions) {
      if (std::find(asked.begin(), asked.end(), Json(question.field)) == asked.end())
        asked.push_back(Json(question.field));
    }
    Json kept = Json::object({});
    for (const auto& [field, words] : row.as_stated) kept.set(field, words);
    listings.push_back(Json::object(
        {{"record", row.record},
         {"name", said.name},
         {"run_by", sheet_json_text(said.run_by)},
         {"kinds", sheet_json_list(said.kinds)},
         // A cell that names no license says "none in particular"; no cell says nothing.
         {"audience_licenses", names_professions ? Json(std::move(licenses)) : Json()},
         {"audience", sheet_json_text(said.audience)},
         {"regions", sheet_json_list(said.regions)},
         {"locality", sheet_json_text(said.locality)},
         {"formats", sheet_json_list(said.formats)},
         {"cost", sheet_json_cost(said.cost)},
         {"cost_raw", !said.cost && stated("cost")},
         {"cadence", sheet_json_text(said.cadence)},
         {"schedule_nth", sheet_json_list(said.nth_days)},
         {"start_local", sheet_json_text(said.start_local)},
         {"duration_min", sheet_json_number(said.duration_min)},
         {"tzid", sheet_json_text(said.tzid)},
         {"size_max", sheet_json_number(said.size_max)},
         {"intake", sheet_json_text(said.intake)},
         {"languages", sheet_json_list(said.languages)},
         {"join", Json::object({{"url", sheet_json_text(said.join_url)},
                                {"how", sheet_json_text(said.join_how)}})},
         {"agreement_stated", said.agreement_stated},
         {"ambiguous", Json(std::move(asked))},
         {"as_stated", std::move(kept)}}));
  }
  return Json(std::move(listings));
}

}  // namespace node
