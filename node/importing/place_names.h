#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Names of places as chapters write them: codes, abbreviations, nicknames, parts of states.

namespace node {

/// One name of a place, and what it may mean.
struct PlaceName {
  std::string text;
  std::vector<std::string> codes;
  bool local = false;  ///< a town stands before it: "Los Angeles, CA"
  std::string town;    ///< that town
};

/// Names that everybody uses and no list has. `town`: the name is a town's.
struct PlaceNickname {
  std::string_view name, code;
  bool town;
};

/// Null where the text is none.
const PlaceNickname* place_nickname(std::string_view text);

/// Whether these plain words say that one meets at no place: "online", "via zoom".
bool place_is_online(std::string_view words);

/// "OH": two capital letters.
bool place_is_code(std::string_view text);

/// "OH 43215" without its postal code; `behind_town`: "oh" and "Me." as the code that they are.
std::string place_tidied(std::string_view text, bool behind_town);

/// ISO 3166 codes of a name as it stands, or without the words around it ("all of Ohio"); none
/// where it names no region.
std::vector<std::string> place_codes(std::string_view text);

/// The same of a name that stands behind a town, where counties are read as well.
std::vector<std::string> place_codes_behind_town(std::string_view text);

/// "Dallas Texas", "Portland OR": a town and a region with nothing between them.
std::optional<std::pair<std::string, std::vector<std::string>>> place_town_and_region(
    std::string_view text);

/// "Ohio and Kentucky", "OR/WA", "Ohio & Indiana": every piece a region, or none is taken.
std::vector<PlaceName> place_joined(std::string_view text);

/// The text with the names of two states at once written out: "the Dakotas".
std::string place_pairs_written_out(std::string text);

}  // namespace node
