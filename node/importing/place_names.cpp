#include "node/importing/place_names.h"

#include <algorithm>

#include "node/importing/cell_words.h"
#include "node/places/gazetteer.h"
#include "protocol/document/vocabularies.h"

namespace node {

namespace {

using protocol::regions_of;

constexpr std::string_view kPlaceOnline[] = {"online",
                                             "virtual",
                                             "virtually",
                                             "remote",
                                             "zoom",
                                             "video",
                                             "online only",
                                             "virtual only",
                                             "internet",
                                             "web",
                                             "online zoom",
                                             "n a online",
                                             "phone",
                                             "telephone",
                                             "by phone",
                                             "email",
                                             "online virtual",
                                             "virtual online",
                                             "fully online",
                                             "fully remote",
                                             "all online",
                                             "via zoom",
                                             "on zoom",
                                             "online group",
                                             "chat",
                                             "group chat",
                                             "signal chat",
                                             "signal",
                                             "whatsapp",
                                             "slack",
                                             "discord",
                                             "webex",
                                             "google meet",
                                             "teams",
                                             "skype",
                                             "facebook",
                                             "facebook group",
                                             "forum",
                                             "mailing list",
                                             "listserv",
                                             "ms teams",
                                             "microsoft teams",
                                             "conference call",
                                             "telehealth",
                                             "cyberspace",
                                             "website",
                                             "home"};

// Words around the name of a place that do not change which place it is.
constexpr std::string_view kPlaceFillers[] = {
    "all",        "of",         "across",   "throughout", "anywhere",  "in",       "the",
    "any",        "serving",    "serves",   "only",       "statewide", "state",    "states",
    "wide",       "residents",  "members",  "based",      "from",      "area",     "region",
    "whole",      "entire",     "within",   "and",        "or",        "licensed", "therapists",
    "clinicians", "nationwide", "national", "province",   "provinces", "near",     "around",
    "located",    "mainly",     "mostly",   "primarily",  "online",    "virtual",  "side"};
// Words that name a part of a place: the whole is still served, the part has no code.
constexpr std::string_view kPlaceParts[] = {
    "northern",     "southern",     "eastern",   "western",   "central",      "north",
    "south",        "east",         "west",      "upstate",   "greater",      "rural",
    "northeast",    "northwest",    "southeast", "southwest", "northeastern", "northwestern",
    "southeastern", "southwestern", "metro",     "coastal",   "mid"};

constexpr std::string_view kPlaceLetters[] = {"n", "s", "e", "w", "so", "no"};
constexpr std::string_view kPlaceCompass[] = {"ne", "nw", "se", "sw", "n e", "n w", "s e", "s w"};

/// Regions that one finds only behind a town, and whose names are too common to be read alone:
/// counties of England.
constexpr std::string_view kPlaceEnglishCounties[] = {"yorkshire",
                                                      "north yorkshire",
                                                      "south yorkshire",
                                                      "west yorkshire",
                                                      "east yorkshire",
                                                      "lancashire",
                                                      "cheshire",
                                                      "derbyshire",
                                                      "nottinghamshire",
                                                      "leicestershire",
                                                      "lincolnshire",
                                                      "staffordshire",
                                                      "shropshire",
                                                      "herefordshire",
                                                      "worcestershire",
                                                      "warwickshire",
                                                      "west midlands",
                                                      "northamptonshire",
                                                      "cambridgeshire",
                                                      "norfolk",
                                                      "suffolk",
                                                      "essex",
                                                      "hertfordshire",
                                                      "bedfordshire",
                                                      "buckinghamshire",
                                                      "oxfordshire",
                                                      "berkshire",
                                                      "gloucestershire",
                                                      "wiltshire",
                                                      "somerset",
                                                      "dorset",
                                                      "devon",
                                                      "cornwall",
                                                      "hampshire",
                                                      "isle of wight",
                                                      "surrey",
                                                      "kent",
                                                      "sussex",
                                                      "east sussex",
                                                      "west sussex",
                                                      "greater london",
                                                      "merseyside",
                                                      "greater manchester",
                                                      "cumbria",
                                                      "northumberland",
                                                      "county durham",
                                                      "tyne and wear",
                                                      "rutland",
                                                      "middlesex"};

template <std::size_t N>
bool place_in(const std::string_view (&list)[N], std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

constexpr PlaceNickname kPlaceNicknames[] = {
    {"nyc", "US-NY", true},
    {"new york city", "US-NY", true},
    {"philly", "US-PA", true},
    {"bay area", "US-CA", false},
    {"sf bay area", "US-CA", false},
    {"san francisco bay area", "US-CA", false},
    {"socal", "US-CA", false},
    {"so cal", "US-CA", false},
    {"norcal", "US-CA", false},
    {"twin cities", "US-MN", false},
    {"dfw", "US-TX", false},
    {"nova", "US-VA", false},
    {"chicagoland", "US-IL", false},
    {"long island", "US-NY", false},
    {"hudson valley", "US-NY", false},
    {"cape cod", "US-MA", false},
    {"silicon valley", "US-CA", false},
    {"inland empire", "US-CA", false},
    {"east bay", "US-CA", false},
    {"no cal", "US-CA", false},
    {"front range", "US-CO", false},
    {"western slope", "US-CO", false},
    {"puget sound", "US-WA", false},
    {"hill country", "US-TX", false},
    {"upper peninsula", "US-MI", false},
    {"south jersey", "US-NJ", false},
    {"north jersey", "US-NJ", false},
    {"lower mainland", "CA-BC", false},
    {"gta", "CA-ON", false},
    {"nola", "US-LA", true},
    {"slc", "US-UT", true},
    {"okc", "US-OK", true},
};

/// Names of two states at once; the longer one first.
constexpr std::pair<std::string_view, std::string_view> kPlacePairs[] = {
    {"the dakotas", "North Dakota and South Dakota"},
    {"dakotas", "North Dakota and South Dakota"},
    {"the carolinas", "North Carolina and South Carolina"},
    {"carolinas", "North Carolina and South Carolina"},
    {"the virginias", "Virginia and West Virginia"},
    {"delmarva", "Delaware and Maryland and Virginia"},
};

/// "Tennesee", "Massachussets": the one state that was meant, if no town is called so.
std::vector<std::string> place_mistyped_state(std::string_view text) {
  constexpr std::size_t kLongEnough = 7;
  constexpr std::size_t kLongest = 24;
  constexpr std::size_t kVeryLong = 11;
  const auto words = fold_cell(text);
  if (words.size() < kLongEnough || words.size() > kLongest) return {};
  std::vector<std::string> codes;
  for (const auto& [code, name] : protocol::us_regions()) {
    const auto whole = fold_cell(name);
    const auto longer = std::max(whole.size(), words.size());
    const auto shorter = std::min(whole.size(), words.size());
    if (whole.size() < kLongEnough || whole.front() != words.front() || longer - shorter > 2)
      continue;
    if (typing_slips(words, whole) <= (whole.size() >= kVeryLong ? 2U : 1U))
      codes.emplace_back(code);
  }
  if (codes.size() != 1 || !Gazetteer::shared().find(text).places.empty()) return {};
  return codes;
}

}  // namespace

const PlaceNickname* place_nickname(std::string_view text) {
  const auto words = plain_words(text);
  const auto* found =
      std::find_if(std::begin(kPlaceNicknames), std::end(kPlaceNicknames),
                   [&](const PlaceNickname& nickname) { return nickname.name == words; });
  return found == std::end(kPlaceNicknames) ? nullptr : found;
}

bool place_is_online(std::string_view words) { return place_in(kPlaceOnline, words); }

bool place_is_code(std::string_view text) {
  return text.size() == 2 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z';
}

std::string place_tidied(std::string_view text, bool behind_town) {
  auto words = split_words(text);
  if (words.size() > 1) {
    const auto& zip = words.back();
    const bool digits = zip.size() >= 5 && std::all_of(zip.begin(), zip.end(), [](char c) {
                          return (c >= '0' && c <= '9') || c == '-';
                        });
    if (digits && (zip.size() == 5 || zip.size() == 10)) words.pop_back();
  }
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : " ") + word;
  if (!behind_town) return all;
  std::string letters;
  for (const char c : all) {
    if (c != '.') letters += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return place_is_code(letters) ? letters : all;
}

std::vector<std::string> place_codes(std::string_view text) {
  auto codes = regions_of(text);
  if (!codes.empty()) return codes;
  if (const auto* nickname = place_nickname(text)) return {std::string(nickname->code)};
  if (text.find(". ") != std::string_view::npos && text.size() < 12) {
    // "W. Va.", "D. C."
    std::string tight(text);
    std::erase(tight, ' ');
    codes = regions_of(tight);
    if (!codes.empty()) return codes;
  }
  const auto plain = plain_words(text);
  if (plain == "all 50 states" || plain == "all fifty states" || plain == "50 states")
    return {"US"};
  auto words = split_words(text);
  const auto strip = [&](const auto& list) {
    bool changed = false;
    // "OR" and "IN" in capitals are states.
    while (words.size() > 1 && place_in(list, plain_words(words.front())) &&
           !place_is_code(words.front())) {
      words.erase(words.begin());
      changed = true;
    }
    while (words.size() > 1 && place_in(list, plain_words(words.back())) &&
           !place_is_code(words.back())) {
      words.pop_back();
      changed = true;
    }
    return changed;
  };
  const auto joined = [&] {
    std::string all;
    for (const auto& word : words) all += (all.empty() ? "" : " ") + word;
    for (const std::string_view end : {"-wide", "-based"}) {
      if (all.ends_with(end)) all.resize(all.size() - end.size());
    }
    if (all.ends_with(" only")) all.resize(all.size() - 5);
    return all;
  };
  const bool filled = strip(kPlaceFillers);
  if (filled || text.ends_with("-wide") || text.ends_with("-based")) codes = regions_of(joined());
  if (codes.empty() && strip(kPlaceParts)) {
    strip(kPlaceFillers);
    codes = regions_of(joined());
  }
  // "E. Colorado", but "W. Virginia" is no part of Virginia, nor "N. Ireland" of Ireland.
  if (codes.empty() && words.size() > 1 && place_in(kPlaceLetters, plain_words(words.front())) &&
      (plain_words(words[1]) != "virginia" || plain_words(words.front()) != "w")) {
    const auto first = words.front();
    words.erase(words.begin());
    // "No. Va." with its dot is Northern Virginia; "W. Va." was a state before it came here.
    const bool dotted = first.size() == 3 && first.back() == '.';
    if (joined().size() > 3 || (dotted && joined().size() > 2)) codes = regions_of(joined());
    const bool near = codes.size() == 1 && codes.front().size() > 3 &&
                      (codes.front().starts_with("US-") || codes.front().starts_with("CA-"));
    if (!near) {
      codes.clear();
      words.insert(words.begin(), first);
    }
  }
  // "NE Ohio", "S.W. Virginia": a part of the state that is written out behind it.
  if (codes.empty() && words.size() > 1 && place_in(kPlaceCompass, plain_words(words.front()))) {
    words.erase(words.begin());
    if (joined().size() > 3) codes = regions_of(joined());
  }
  return codes.empty() ? place_mistyped_state(text) : codes;
}

std::vector<std::string> place_codes_behind_town(std::string_view text) {
  auto codes = place_codes(text);
  if (codes.empty() && place_in(kPlaceEnglishCounties, plain_words(text))) codes = {"GB-ENG"};
  return codes;
}

std::optional<std::pair<std::string, std::vector<std::string>>> place_town_and_region(
    std::string_view text) {
  const auto words = split_words(text);
  for (const std::size_t tail : {std::size_t{2}, std::size_t{1}}) {
    if (words.size() <= tail || words.size() > tail + 3) continue;
    std::string town;
    bool proper = true;
    bool shouted = true;
    for (std::size_t i = 0; i + tail < words.size(); ++i) {
      town += (town.empty() ? "" : " ") + words[i];
      // "Houston / Galveston TX"
      if (words[i] == "/" && i > 0 && i + tail + 1 < words.size()) continue;
      const char first = words[i].front();
      if (!(first >= 'A' && first <= 'Z') || place_in(kPlaceFillers, plain_words(words[i])))
        proper = false;
    }
    for (const char c : town) {
      if (c >= 'a' && c <= 'z') shouted = false;
    }
    std::string region;
    for (std::size_t i = words.size() - tail; i < words.size(); ++i)
      region += (region.empty() ? "" : " ") + words[i];
    // "New England" is no town of England.
    if (!proper || town == "New" || place_in(kPlaceParts, plain_words(town)) ||
        place_in(kPlaceLetters, plain_words(town)) || place_in(kPlaceCompass, plain_words(town)) ||
        (shouted && place_is_code(region)))
      continue;
    auto codes = regions_of(region);
    if (!codes.empty()) return std::pair{town, std::move(codes)};
  }
  return std::nullopt;
}

std::vector<PlaceName> place_joined(std::string_view text) {
  const auto pieces = split_at_marks(text, {" and ", " or ", "&", "/", " + "});
  if (pieces.size() < 2) return {};
  std::vector<PlaceName> names;
  for (const auto& piece : pieces) {
    auto codes = place_codes(piece);
    if (codes.empty()) return {};
    names.push_back({piece, std::move(codes), false, {}});
  }
  return names;
}

std::string place_pairs_written_out(std::string text) {
  for (const auto& [name, meant] : kPlacePairs) {
    const auto at = find_phrase(fold_cell(text), name);
    // Folding may shorten a text: then the words stand elsewhere in it.
    if (at != std::string::npos && fold_cell(text).size() == text.size())
      text.replace(at, name.size(), meant);
  }
  return text;
}

}  // namespace node
