#include "node/search/region_reading.h"

#include <algorithm>

#include "node/places/gazetteer.h"
#include "protocol/document/vocabularies.h"

namespace node {

protocol::Result<void> require_clear_regions(const Parameters& parameters) {
  for (const auto& reading : region_readings(parameters)) {
    if (reading.is_clear()) continue;
    // What means nothing at all is refused by parse_query(), in its own words.
    auto meanings = reading.others;
    if (!reading.taken.empty()) meanings.push_back(reading.taken);
    if (meanings.empty()) continue;
    std::string detail = reading.parameter + ": '" + reading.written + "' may mean";
    for (std::size_t i = 0; i < meanings.size(); ++i) {
      const auto name = protocol::region_name(meanings[i]);
      const auto text = region_text(meanings[i]);
      detail += (i == 0 ? " " : " or ") + name;
      if (text != name) detail += " (write " + text + ")";
    }
    return protocol::refuse(protocol::ErrorCode::bad_request, detail + ". Write which");
  }
  return {};
}

std::vector<RegionReading> region_readings(const Parameters& parameters) {
  std::vector<RegionReading> readings;
  for (const auto& [parameter, value] : parameters) {
    if (parameter != "region" && parameter != "my_state") continue;
    const auto query = parse_query({{parameter, value}});
    RegionReading reading{parameter, value};
    if (query) {
      const auto& taken = parameter == "region" ? query->regions : query->situation.states;
      if (taken.empty()) continue;  // an empty field
      reading.taken = taken.front();
    }
    reading.others = region_meanings(value);
    if (reading.others.empty()) reading.others = region_guesses(value);
    std::erase(reading.others, reading.taken);
    readings.push_back(std::move(reading));
  }
  return readings;
}

std::vector<std::string> region_meanings(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  auto meanings = protocol::regions_of(text);
  if (!meanings.empty()) return meanings;
  // In a field for places "oh" and "or" are no words.
  constexpr std::size_t kLongestAbbreviation = 3;
  if (text.size() <= kLongestAbbreviation) {
    std::string upper(text);
    for (char& c : upper)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    meanings = protocol::regions_of(upper);
  }
  return meanings;
}

std::vector<std::string> region_guesses(std::string_view text) {
  return region_meanings(text).empty() ? Gazetteer::shared().find(text).regions
                                       : std::vector<std::string>();
}

protocol::Result<Situation> parse_clear_situation(const Parameters& parameters) {
  Parameters mine;
  for (const auto& parameter : parameters)
    if (parameter.first.starts_with("my_")) mine.push_back(parameter);
  if (const auto clear = require_clear_regions(mine); !clear)
    return tl::unexpected<protocol::Error>(clear.error());
  return parse_situation(mine);
}

std::string region_text(const std::string& code) {
  const auto meanings = protocol::regions_of(code);
  const bool clear = meanings.size() < 2;
  const auto name = protocol::region_name(code);
  return clear || protocol::regions_of(name) != std::vector<std::string>{code} ? code : name;
}

}  // namespace node
