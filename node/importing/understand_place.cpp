#include "node/importing/understand_place.h"

#include <algorithm>
#include <optional>

#include "node/importing/cell_words.h"
#include "node/importing/place_names.h"
#include "node/importing/understand_format.h"
#include "node/places/gazetteer.h"
#include "protocol/document/vocabularies.h"

namespace node {

namespace {

using protocol::region_covers;
using protocol::regions_of;

struct PlacePart {
  std::vector<PlaceName> names;
  std::string locality;
  std::string unknown;  ///< words that are no place
  bool mixed = false;   ///< a region stands among words that were not understood
};

bool place_is_town(std::string_view text) {
  // In small letters only where there is such a town.
  const bool known = !text.empty() && text.front() >= 'a' && text.front() <= 'z' &&
                     !Gazetteer::shared().find(text).places.empty();
  const auto words = plain_words(text);
  if (words.empty() || place_is_online(words)) return false;
  // "Message board" is none, Signal Hill is one.
  if (!understand_format(text).formats.empty() && Gazetteer::shared().find(text).places.empty())
    return false;
  if (has_any_phrase(words, {"national",   "everywhere", "abroad",     "several",       "various",
                             "multiple",   "statewide",  "online",     "virtual",       "anywhere",
                             "nationwide", "different",  "rotating",   "locations",     "tbd",
                             "unknown",    "many",       "cities",     "towns",         "speaking",
                             "and others", "zoom",       "not stated", "international", "worldwide",
                             "other",      "all",        "any",        "mostly"})) {
    return false;
  }
  return split_words(words).size() <= 6 && words.size() <= 60 &&
         (text.front() < 'a' || text.front() > 'z' || known);
}

/// The first of "Cloverdale / Sonoma County".
std::string place_town(std::string_view text) {
  const auto pieces = split_cell(text, "/");
  const auto town = pieces.empty() ? std::string() : pieces.front();
  return place_is_town(town) ? town : std::string();
}

/// Whether a name of a region is a town's as well, since `next` names another region by its code or
/// the same one: "Washington, DC", "Delaware, OH", "New York, New York".
bool place_town_of(const std::vector<std::string>& codes, std::string_view written) {
  if (codes.empty()) return false;
  auto next = place_tidied(written, true);
  // "D.C. area"
  if (next.ends_with(" area")) next = place_tidied(next.substr(0, next.size() - 5), true);
  const auto beside = regions_of(next);
  if (std::find(beside.begin(), beside.end(), codes.front()) != beside.end()) return true;
  if (beside.empty() || !place_is_code(next)) return false;
  return std::none_of(beside.begin(), beside.end(),
                      [&](const std::string& wide) { return region_covers(wide, codes.front()); });
}

bool place_hides_region(const std::string& text) {
  const auto pieces = split_at_marks(text, {" and ", " or ", "&", "/", " + "});
  return pieces.size() > 1 &&
         std::any_of(pieces.begin(), pieces.end(),
                     [](const std::string& piece) { return !place_codes(piece).empty(); });
}

/// Whether a region is named after its chief town and written as one writes a town: "Wellington,
/// New Zealand". In America the regions that share a town's name are far larger than the town
/// ("New York, USA", "Quebec, Canada", "Oaxaca, Mexico"), and nobody knows which is meant.
bool place_chief_town(std::string_view text, const std::vector<std::string>& codes,
                      std::string_view country) {
  if (codes.size() != 1 || codes.front().size() < 4) return false;
  const auto wide = codes.front().substr(0, 2);
  if (wide == "US" || wide == "CA" || wide == "MX" || wide == "BR" || wide == "AR") return false;
  if (regions_of(country) != std::vector<std::string>{wide}) return false;
  const auto answer = Gazetteer::shared().find(text, {codes.front(), wide});
  return std::any_of(answer.places.begin(), answer.places.end(), [&](const NamedPlace& place) {
    return region_covers(wide, place.region) && place.name.starts_with(text);
  });
}

/// Whether a name is a region's, and a town's within another region that stands beside it.
bool place_town_elsewhere(std::string_view name, const std::vector<std::string>& codes,
                          const std::string& beside) {
  const auto there = place_codes(beside);
  if (codes.empty() || there.size() != 1 || region_covers(there.front(), codes.front()))
    return false;
  const auto answer = Gazetteer::shared().find(name, there);
  return std::any_of(answer.places.begin(), answer.places.end(), [&](const NamedPlace& place) {
    return region_covers(there.front(), place.region);
  });
}

/// "Tenn. in person" and "Ga. - church library" without what is no place of them.
std::string place_without_format(const std::string& piece) {
  const auto known = [](const std::string& text) { return !place_codes(text).empty(); };
  if (known(piece)) return piece;
  // "London & online"
  for (const std::string_view mark : {"&", "/", " and ", "+"}) {
    const auto at = piece.find(mark);
    if (at == std::string::npos) continue;
    const auto left = tidy_cell(piece.substr(0, at));
    const auto right = tidy_cell(piece.substr(at + mark.size()));
    if (place_is_online(plain_words(right)) && !left.empty()) return left;
    if (place_is_online(plain_words(left)) && !right.empty()) return right;
  }
  for (const std::string_view mark : {" - ", " -- ", " \xE2\x80\x93 ", " \xE2\x80\x94 "}) {
    const auto at = piece.find(mark);
    if (at != std::string::npos && known(piece.substr(0, at))) return piece.substr(0, at);
  }
  const auto words = split_words(piece);
  std::string head;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    head += (head.empty() ? "" : " ") + words[i];
    const auto tail = std::string_view(piece).substr(head.size());
    if (known(head) && !understand_format(tail).formats.empty()) return head;
  }
  return piece;
}

/// One part between semicolons or line breaks.
PlacePart place_part(std::string_view text) {
  PlacePart part;
  // What stands in brackets is looked at apart: a country, or a remark.
  std::string outside;
  std::vector<std::string> brackets;
  std::size_t depth = 0;
  for (const char c : text) {
    if (c == '(' || c == '[') {
      if (depth++ == 0) brackets.emplace_back();
      continue;
    }
    if (c == ')' || c == ']') {
      if (depth > 0) --depth;
      continue;
    }
    if (depth > 0) {
      brackets.back() += c;
    } else {
      outside += c;
    }
  }
  // "Zoom (Pleasanton, Calif.)": the place is what the bracket says.
  if (!brackets.empty() && place_is_online(plain_words(outside))) {
    outside = brackets.front();
    brackets.erase(brackets.begin());
  }
  auto pieces = split_cell(outside, ",");
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    pieces[i] = place_tidied(pieces[i], i > 0);
    pieces[i] = place_without_format(pieces[i]);
    // "near Asheville"
    for (const std::string_view around :
         {"near ", "Near ", "outside ", "Outside ", "around ", "just outside "}) {
      if (i + 1 < pieces.size() && pieces[i].starts_with(around))
        pieces[i] = tidy_cell(pieces[i].substr(around.size()));
    }
  }
  std::vector<std::string> towns;
  for (const auto& piece : pieces) {
    const bool first = &piece == &pieces.front();
    if (place_is_online(plain_words(piece)) ||
        has_any_phrase(plain_words(piece), {"any state", "any province", "any country"}))
      continue;
    // "Nationwide VA": the veterans' administration, not Virginia.
    const auto words = split_words(piece);
    if (words.size() > 1 && place_is_code(words.back()) &&
        has_any_phrase(plain_words(piece), {"nationwide", "national", "nation wide"})) {
      towns.push_back(piece);
      continue;
    }
    if (const auto* nickname = place_nickname(piece)) {
      if (nickname->town) towns.push_back(piece);
      part.names.push_back({piece, {std::string(nickname->code)}, nickname->town, {}});
      continue;
    }
    auto codes = first ? place_codes(piece) : place_codes_behind_town(piece);
    // A town and a district of its own.
    if (codes == std::vector<std::string>{"US-DC"} && plain_words(piece).starts_with("washington "))
      towns.emplace_back("Washington");
    // "New York, NY" and "Washington, DC": the first is the town when a region follows.
    // "Victoria, BC, Canada", "Washington, DC, Virginia": the town of that name where the next
    // piece says.
    const bool elsewhere =
        first && pieces.size() > 2 && place_town_elsewhere(piece, codes, pieces[1]);
    const bool town = elsewhere || (first && pieces.size() == 2 && !place_is_code(piece) &&
                                    place_town_of(codes, pieces.back()));
    // "Ontario, CA" is a town or a province; only who wrote it knows.
    if (first && pieces.size() == 2 && pieces.back() == "CA" && codes.size() == 1 &&
        codes.front().starts_with("CA-")) {
      part.names.push_back({tidy_cell(outside), {"US-CA", codes.front()}, false, {}});
      return part;
    }
    if (!codes.empty() && !town) {
      if (first && pieces.size() == 2 && place_chief_town(piece, codes, pieces.back()))
        towns.push_back(piece);
      part.names.push_back({piece, std::move(codes), !towns.empty(), {}});
      continue;
    }
    if (town) {
      towns.push_back(piece);
      continue;
    }
    if (auto names = place_joined(piece); !names.empty()) {
      for (auto& name : names) {
        name.local = !towns.empty();
        part.names.push_back(std::move(name));
      }
      continue;
    }
    // "Kansas City MO/KS"
    if (const auto gap = piece.rfind(' '); gap != std::string::npos && gap > 0) {
      auto names = place_joined(std::string_view(piece).substr(gap + 1));
      const auto town_words = piece.substr(0, gap);
      if (names.size() > 1 && place_is_town(town_words)) {
        towns.push_back(town_words);
        for (auto& name : names) {
          name.local = true;
          part.names.push_back(std::move(name));
        }
        continue;
      }
    }
    if (const auto both = place_town_and_region(piece)) {
      towns.push_back(both->first);
      part.names.push_back({piece, both->second, true, {}});
      continue;
    }
    // "OR & Vancouver" between two commas, "Kansas and points east": a region hides in what would
    // be taken for a town.
    if (!first && place_hides_region(piece)) part.mixed = true;
    towns.push_back(piece);
  }
  for (const auto& bracket : brackets) {
    if (auto codes = place_codes(tidy_cell(bracket)); !codes.empty()) {
      part.names.push_back({tidy_cell(bracket), std::move(codes), !towns.empty(), {}});
      continue;
    }
    // "Kansas City (MO & KS)"
    for (auto& name : place_joined(bracket)) {
      name.local = !towns.empty();
      part.names.push_back(std::move(name));
    }
  }
  if (towns.empty()) return part;
  if (part.names.empty()) {
    for (const auto& town : towns) part.unknown += (part.unknown.empty() ? "" : ", ") + town;
    return part;
  }
  // "Ward 4, Duluth, Minnesota", "12 Main St, Duluth, MN": the town is the one that is known.
  const auto known = std::find_if(towns.begin(), towns.end(), [&](const std::string& town) {
    if (town.find_first_of("0123456789") != std::string::npos) return false;
    const auto answer = Gazetteer::shared().find(town, part.names.front().codes);
    return std::any_of(answer.places.begin(), answer.places.end(), [&](const auto& place) {
      return std::any_of(part.names.front().codes.begin(), part.names.front().codes.end(),
                         [&](const auto& code) { return region_covers(code, place.region); });
    });
  });
  part.locality = place_town(towns.size() > 1 && known != towns.end() ? *known : towns.front());
  for (auto& name : part.names) {
    if (name.local) name.town = towns.front();
  }
  return part;
}

/// Picks one meaning of each name by what stands beside it. Names that stay open are asked about.
void place_settle(std::vector<PlaceName>& names, PlaceColumn column,
                  std::vector<std::string>& asked) {
  std::vector<std::string> sure;
  for (const auto& name : names) {
    if (name.codes.size() == 1) sure.push_back(name.codes.front());
  }
  const auto states =
      static_cast<std::size_t>(std::count_if(names.begin(), names.end(), [](const PlaceName& name) {
        return std::any_of(name.codes.begin(), name.codes.end(),
                           [](const std::string& code) { return code.starts_with("US-"); });
      }));
  for (auto& name : names) {
    if (name.codes.size() < 2) continue;
    std::optional<std::string> chosen;
    for (const auto& code : name.codes) {
      const bool covers = std::any_of(sure.begin(), sure.end(), [&](const std::string& other) {
        return other != code && region_covers(code, other);
      });
      if (covers) chosen = code;
    }
    for (const auto& code : name.codes) {
      const bool beside = std::any_of(sure.begin(), sure.end(), [&](const std::string& other) {
        // "US; CA" may be two countries; "Perth, WA, Australia" is one place.
        return other != code && other.substr(0, 2) == code.substr(0, 2) && code.size() > 2 &&
               (other.size() > 2 || name.local);
      });
      if (!chosen && beside) chosen = code;
    }
    // "Perth, WA": the one of these regions where there is such a town.
    if (!chosen && name.local && !name.town.empty()) {
      const auto towns = Gazetteer::shared().find(name.town, name.codes);
      for (const auto& place : towns.places) {
        const auto within = std::find_if(
            name.codes.begin(), name.codes.end(),
            [&](const std::string& code) { return region_covers(code, place.region); });
        if (within == name.codes.end()) continue;
        chosen = *within;
        break;
      }
    }
    if (!chosen && (name.local || states > 1 || column == PlaceColumn::state))
      chosen = name.codes.front();
    // Two letters are a state far more often than the country with the same letters, but for
    // Canada, whose associations are near.
    // "statewide PA" too.
    const auto words = split_words(name.text);
    if (!chosen && !words.empty() && place_is_code(words.back()) && words.back() != "CA")
      chosen = name.codes.front();
    if (chosen) {
      name.codes = {*chosen};
      continue;
    }
    std::string meanings;
    for (const auto& code : name.codes)
      meanings += (meanings.empty() ? "" : ", or ") + protocol::region_name(code);
    asked.push_back("'" + name.text + "': " + meanings + "?");
    name.codes.clear();
  }
}

/// "Chicago" is one place for everybody; "Portland" has to be asked about. Small places that share
/// their name with a common word ("Remote") are left alone.
void place_by_town_alone(const std::string& written, PlaceReading& reading) {
  constexpr std::int64_t kWorthAsking = 15'000;
  constexpr std::int64_t kKnownToAll = 300'000;
  constexpr std::int64_t kKnownByHalfItsName = 100'000;
  constexpr std::int64_t kBeyondDoubt = 100;
  // "Greater Toronto Area", "Atlanta metro", "downtown Denver"
  auto names = split_words(written);
  const auto around = [](const std::string& name) {
    const auto word = plain_words(name);
    return word == "greater" || word == "area" || word == "metro" || word == "metropolitan" ||
           word == "downtown" || word == "suburban" || word == "metroplex" || word == "the";
  };
  while (names.size() > 1 && around(names.front())) names.erase(names.begin());
  while (names.size() > 1 && around(names.back())) names.pop_back();
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : " ") + name;
  if (!place_is_town(text) || text.find_first_of("0123456789") != std::string::npos) return;
  auto answer = Gazetteer::shared().find(text);
  if (answer.places.empty()) {
    // "Minneapolis-St. Paul": two towns that are one to everybody, under the name of the first.
    const auto folded = fold_cell(text);
    const auto dash = folded.find('-');
    if (dash != std::string::npos)
      answer = Gazetteer::shared().find(tidy_cell(std::string_view(folded).substr(0, dash)));
  }
  if (answer.places.empty() || answer.places.front().population < kWorthAsking) return;
  // "Midwest" is hardly Midwest City; "Salt Lake" is Salt Lake City.
  const auto whole = fold_cell(answer.places.front().name);
  if (whole.starts_with(fold_cell(text) + " city") &&
      answer.places.front().population < kKnownByHalfItsName)
    return;
  // "Toronto": nobody thinks of the one in Ohio.
  if (answer.places.size() > 1 && answer.regions.empty() &&
      answer.places[0].population >= kKnownToAll &&
      answer.places[0].population >=
          kBeyondDoubt * std::max<std::int64_t>(answer.places[1].population, 1))
    answer.places.resize(1);
  if (answer.is_clear() && answer.places.front().population >= kKnownToAll) {
    reading.locality = text;
    reading.regions = {answer.places.front().region};
    return;
  }
  reading.locality = text;
  reading.question = "'" + text + "': ";
  for (std::size_t i = 0; i < std::min<std::size_t>(answer.places.size(), 3); ++i)
    reading.question += (i == 0 ? "" : ", or ") + answer.places[i].name;
  reading.question += "?";
}

/// "Toledo OH / Detroit MI", "Portland, OR & Vancouver, WA": pieces that are each a town with its
/// region. Anything else stays one piece.
std::vector<std::string> place_apart(const std::string& text) {
  const auto whole = [](const std::string& piece) {
    const auto part = place_part(piece);
    return part.unknown.empty() && !part.names.empty() && !part.mixed;
  };
  for (const std::string_view mark : {"&", "/", " and ", "+"}) {
    std::vector<std::string> pieces;
    std::string_view rest = text;
    while (true) {
      const auto at = rest.find(mark);
      pieces.push_back(tidy_cell(rest.substr(0, at)));
      if (at == std::string_view::npos) break;
      rest.remove_prefix(at + mark.size());
    }
    if (pieces.size() < 2 || text.find('(') != std::string::npos) continue;
    // "Dunedin, Otago and Southland" is one town.
    const bool town = std::all_of(pieces.begin(), pieces.end(), [](const std::string& piece) {
      return !place_part(piece).locality.empty();
    });
    if (town && std::all_of(pieces.begin(), pieces.end(), whole)) return pieces;
  }
  return {text};
}

}  // namespace

bool is_name_of_town(std::string_view cell) { return place_is_town(tidy_cell(cell)); }

PlaceReading understand_place(std::string_view cell, PlaceColumn column) {
  PlaceReading reading;
  if (says_nothing(cell)) return reading;
  std::string lines(cell);
  std::replace(lines.begin(), lines.end(), '\n', ';');
  lines = place_pairs_written_out(std::move(lines));
  std::vector<std::string> parts;
  for (auto text : split_cell(lines, ";|")) {
    if (column == PlaceColumn::state) text = place_tidied(text, true);  // "Va"
    for (auto& piece : place_apart(text)) parts.push_back(std::move(piece));
  }
  std::vector<PlaceName> names;
  std::vector<std::string> asked;
  bool place = false;
  std::size_t towns = 0;
  if (parts.size() > 1) {
    // "Edinburgh, Scotland; face to face"
    std::erase_if(parts, [](const std::string& text) {
      return !place_is_online(plain_words(text)) && !understand_format(text).formats.empty() &&
             place_part(text).names.empty() && Gazetteer::shared().find(text).places.empty();
    });
  }
  for (const auto& text : parts) {
    if (says_nothing(text)) continue;
    if (place_is_online(plain_words(text))) {
      reading.elsewhere = true;
      continue;
    }
    auto part = place_part(text);
    if (part.mixed) {
      // Half of what it says is worse than none.
      part.names.clear();
      part.locality.clear();
      part.unknown.clear();
      asked.push_back("'" + text + "': which states? Write each place with its state");
    }
    // The town of the first of several places, if no other names one: "Cincinnati, OH; Northern
    // KY".
    if (!part.locality.empty()) ++towns;
    if (!place) reading.locality = part.locality;
    if (towns > 1) reading.locality.clear();
    for (auto& name : part.names) names.push_back(std::move(name));
    if (!part.unknown.empty() && parts.size() > 1)
      asked.push_back("'" + part.unknown + "': which states?");
    place = true;
  }
  reading.elsewhere = reading.elsewhere && !place;
  place_settle(names, column, asked);
  std::vector<std::string> codes;
  for (const auto& name : names) {
    for (const auto& code : name.codes) {
      if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
    }
  }
  // "Stockport, England (UK)": the narrower of two that cover one another.
  for (const auto& code : codes) {
    const bool wider = std::any_of(codes.begin(), codes.end(), [&](const std::string& other) {
      return other != code && region_covers(code, other);
    });
    if (!wider) reading.regions.push_back(code);
  }
  if (reading.regions.empty() && !asked.empty()) reading.locality.clear();
  if (asked.size() > 0 && !(names.empty() && parts.size() > 1)) {
    for (const auto& question : asked)
      reading.question += (reading.question.empty() ? "" : " ") + question;
  }
  if (reading.regions.empty()) reading.locality.clear();
  if (place && parts.size() == 1 && names.empty() && reading.question.empty())
    place_by_town_alone(parts.front(), reading);
  // The publisher's own area, which a listing without regions has, would be less than what is said.
  const auto whole = plain_words(cell);
  if (reading.regions.empty() && reading.question.empty() && reading.locality.empty() &&
      (whole == "nationwide" || whole == "national" || whole == "nation wide" ||
       whole == "countrywide" || whole == "all states" || whole == "any state"))
    reading.question = quoted_cell(cell) + ": in which country?";
  return reading;
}

}  // namespace node
