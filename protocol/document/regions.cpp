#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "protocol/document/region_names.h"
#include "protocol/document/vocabularies.h"

namespace protocol {

namespace {

bool region_is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool region_is_digit(char c) { return c >= '0' && c <= '9'; }

/// The base letter of a two-byte UTF-8 letter U+00C0 to U+00FF, as names of places have them; 0 for
/// another.
char region_base_letter(unsigned char second) {
  constexpr char kTable[] = "aaaaaaaceeeeiiiidnooooo.ouuuuy..aaaaaaaceeeeiiiidnooooo.ouuuuy.y";
  const std::size_t index = second - 0x80U;
  if (index >= sizeof(kTable) - 1 || kTable[index] == '.') return 0;
  return kTable[index];
}

/// Lower-case letters and digits with single spaces: "Québec" and "quebec", "B.C." and "bc", "Côte
/// d'Ivoire".
std::string region_fold(std::string_view text) {
  std::string folded;
  bool gap = false;
  const auto add = [&](char c) {
    if (gap && !folded.empty()) folded += ' ';
    gap = false;
    folded += c;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.' || c == '\'') continue;
    if (region_is_upper(c)) {
      add(static_cast<char>(c - 'A' + 'a'));
    } else if ((c >= 'a' && c <= 'z') || region_is_digit(c)) {
      add(c);
    } else if (c == '&') {
      gap = true;
      for (const char letter : {'a', 'n', 'd'}) add(letter);
      gap = true;
    } else if (static_cast<unsigned char>(c) == 0xC3 && i + 1 < text.size()) {
      const char base = region_base_letter(static_cast<unsigned char>(text[++i]));
      if (base != 0) add(base);
    } else if (static_cast<unsigned char>(c) == 0xE2 && i + 2 < text.size() &&
               text[i + 1] == '\x80' && text[i + 2] == '\x99') {
      i += 2;  // the typographic apostrophe
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      return {};  // No name in the tables has other letters, and dropping one could make a wrong
                  // name of it.
    } else {
      gap = true;
    }
  }
  return folded;
}

void region_add(std::vector<std::string>& found, std::string_view code) {
  if (std::find(found.begin(), found.end(), code) == found.end()) found.emplace_back(code);
}

/// The territories that are both a country code and "US-" something: one place, and "US-" is the
/// form that a US recognition covers.
bool region_is_us_territory(std::string_view country) {
  constexpr std::array<std::string_view, 5> kTerritories = {"AS", "GU", "MP", "PR", "VI"};
  return std::find(kTerritories.begin(), kTerritories.end(), country) != kTerritories.end();
}

struct RegionNamed {
  std::string_view code;
  bool abbreviation = false;
};

/// Codes under the folded names and other names of places, in the order of the tables. Made once.
const std::unordered_map<std::string, std::vector<RegionNamed>>& region_index() {
  static const auto kIndex = [] {
    std::unordered_map<std::string, std::vector<RegionNamed>> index;
    for (const auto& table : region_tables()) {
      for (const auto& row : table) index[region_fold(row.name)].push_back({row.code});
      // Each table takes its own aliases, so that the order of the tables holds for them as well.
      for (const auto& alias : region_aliases()) {
        if (std::any_of(table.begin(), table.end(),
                        [&](const auto& row) { return row.code == alias.code; })) {
          const bool abbreviation = alias.name.back() == '.' || alias.name.size() <= 4;
          index[region_fold(alias.name)].push_back({alias.code, abbreviation});
        }
      }
    }
    return index;
  }();
  return kIndex;
}

}  // namespace

bool is_region_code(std::string_view text) {
  if (text.size() < 2 || !region_is_upper(text[0]) || !region_is_upper(text[1])) return false;
  if (text.size() == 2) return true;
  return text[2] == '-' && text.size() >= 4 && text.size() <= 6 &&
         std::all_of(text.begin() + 3, text.end(),
                     [](char c) { return region_is_upper(c) || region_is_digit(c); });
}

bool region_covers(std::string_view wide, std::string_view narrow) {
  if (wide == narrow) return true;
  return wide.size() == 2 && narrow.size() > 3 && narrow.substr(0, 2) == wide && narrow[2] == '-';
}

std::string region_name(std::string_view code) {
  for (const auto& table : region_tables()) {
    for (const auto& row : table) {
      if (row.code == code) return std::string(row.name);
    }
  }
  return std::string(code);
}

std::vector<std::string> regions_of(std::string_view text) {
  std::vector<std::string> found;
  const std::string folded = region_fold(text);
  if (folded.empty()) return found;

  // "OH", "O.H." and "US-OH" are codes; "or" and "me" are words.
  std::string letters;
  bool all_upper = true;
  bool first_upper = false;
  for (const char c : text) {
    if (c >= 'a' && c <= 'z') all_upper = false;
    if (letters.empty() && region_is_upper(c)) first_upper = true;
    if (region_is_upper(c) || (c >= 'a' && c <= 'z') || region_is_digit(c) || c == '-')
      letters += c;
  }
  const auto tables = region_tables();
  if (all_upper) {
    for (const auto& table : tables) {
      for (const auto& row : table) {
        const bool country = row.code.size() == 2;
        if (country && region_is_us_territory(row.code)) {
          if (letters == row.code) region_add(found, "US-" + letters);
        } else if (letters == row.code || (!country && letters == row.code.substr(3))) {
          // These countries' codes are not in use there, and "CAN" or "CO" means another place.
          const auto country_code = row.code.substr(0, 2);
          if (country || letters.size() > 3 ||
              (country_code != "NZ" && country_code != "IE" && country_code != "ZA"))
            region_add(found, row.code);
        }
      }
    }
  }
  const auto named = region_index().find(folded);
  if (named == region_index().end()) return found;
  for (const auto& [code, abbreviation] : named->second) {
    if (abbreviation && !first_upper) continue;
    // "Pa." needs its dot where it is not upper case: "Pa" and "La" begin names of towns.
    if (abbreviation && !all_upper && folded.size() == 2 && text.back() != '.') continue;
    region_add(found, region_is_us_territory(code) ? "US-" + std::string(code) : std::string(code));
  }
  return found;
}

}  // namespace protocol
