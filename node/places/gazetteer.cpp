#include "node/places/gazetteer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numbers>

#include "node/places/places_data.h"
#include "node/search/tokenize.h"
#include "protocol/document/vocabularies.h"

namespace node {

namespace {

constexpr std::size_t kPlaceCandidates = 8;
// Most who search are in the United States: a town elsewhere must be so many times larger to come
// first.
constexpr std::int64_t kPlaceHomeWeight = 20;
// From so many times the next one on, a name means the largest: Boston, and not the one in England.
constexpr std::int64_t kPlaceFarLarger = 30;
constexpr std::size_t kPlaceTextBytes = 120;

template <std::size_t N>
std::array<std::string_view, N> place_columns(std::string_view line) {
  std::array<std::string_view, N> columns;
  for (auto& column : columns) {
    const auto tab = line.find('\t');
    column = line.substr(0, tab);
    line = tab == std::string_view::npos ? std::string_view{} : line.substr(tab + 1);
  }
  return columns;
}

template <class T>
T place_number(std::string_view text) {
  T value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// The lines of a sorted text that begin with `beginning`, found by halving.
std::string_view lines_beginning(std::string_view text, std::string_view beginning) {
  std::size_t low = 0;
  std::size_t high = text.size();
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    const auto before = middle == 0 ? std::string_view::npos : text.rfind('\n', middle - 1);
    const auto start = before == std::string_view::npos || before < low ? low : before + 1;
    const auto end = std::min(text.find('\n', start), text.size() - 1) + 1;
    if (text.substr(start, beginning.size()) < beginning) {
      low = end;
    } else {
      high = start;
    }
  }
  auto end = low;
  while (end < text.size() && text.substr(end, beginning.size()) == beginning)
    end = std::min(text.find('\n', end), text.size() - 1) + 1;
  return text.substr(low, end - low);
}

template <class Visit>
void for_each_place_line(std::string_view lines, Visit&& visit) {
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size() - 1);
    visit(lines.substr(0, end));
    lines.remove_prefix(end + 1);
  }
}

/// As make_places.mjs folds the names of towns.
std::string place_key(std::string_view name) {
  std::string key;
  for (const auto& token : tokenize(name)) {
    std::string_view word = token.text;
    if (word == "saint") word = "st";
    if (word == "sainte") word = "ste";
    if (word == "fort") word = "ft";
    if (word == "mount") word = "mt";
    if (!key.empty() && !token.joined) key += ' ';
    key += word;
  }
  return key;
}

/// "OH", "England", "France": what stands behind a town's name.
std::string place_region_words(std::string_view region) {
  const bool by_letters =
      region.starts_with("US-") || region.starts_with("CA-") || region.starts_with("AU-");
  return by_letters ? std::string(region.substr(3)) : protocol::region_name(region);
}

bool is_place_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string_view place_trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n,");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n,") - first + 1);
}

std::optional<double> place_degrees(std::string_view text, double most) {
  text = place_trimmed(text);
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failed != std::errc() || end != text.data() + text.size() ||
      !(std::abs(value) <= most))
    return std::nullopt;
  return value;
}

bool place_within(const std::string& region, const std::vector<std::string>& wide) {
  return std::any_of(wide.begin(), wide.end(), [&](const auto& code) {
    return protocol::region_covers(code, region) || protocol::region_covers(region, code);
  });
}

std::int64_t place_weight(const NamedPlace& place) {
  const auto people = std::max<std::int64_t>(place.population, 1);
  return place.region.starts_with("US") ? people * kPlaceHomeWeight : people;
}

/// "OPA" may be the psychological association of Ohio, Oklahoma or Oregon: those regions.
std::vector<std::string> regions_of_association(std::string_view text) {
  std::vector<std::string> regions;
  if (text.size() < 3 || text.size() > 6 ||
      !std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
    return regions;
  for (const std::string_view kind : {"PA", "CA", "AMFT", "MHCA"}) {
    if (text.size() <= kind.size() || !text.ends_with(kind)) continue;
    const auto letters = text.substr(0, text.size() - kind.size());
    for (const auto& row : protocol::us_regions()) {
      std::string initials;
      for (std::size_t i = 0; i < row.name.size(); ++i) {
        if ((i == 0 || row.name[i - 1] == ' ') && row.name[i] >= 'A' && row.name[i] <= 'Z')
          initials += row.name[i];
      }
      if (letters == initials || letters == row.code.substr(3)) regions.emplace_back(row.code);
    }
  }
  return regions;
}

}  // namespace

double kilometers_between(const GeoPoint& a, const GeoPoint& b) {
  constexpr double kEarthDiameter = 12742.0;
  constexpr double kRadians = std::numbers::pi / 180;
  const double north = std::sin((b.latitude - a.latitude) * kRadians / 2);
  const double east = std::sin((b.longitude - a.longitude) * kRadians / 2);
  const double square = north * north + std::cos(a.latitude * kRadians) *
                                            std::cos(b.latitude * kRadians) * east * east;
  return kEarthDiameter * std::asin(std::min(1.0, std::sqrt(square)));
}

const Gazetteer& Gazetteer::shared() {
  static const Gazetteer gazetteer(zips_data(), towns_data());
  return gazetteer;
}

std::vector<NamedPlace> Gazetteer::towns_named(std::string_view name) const {
  std::vector<NamedPlace> found;
  const auto key = place_key(name);
  if (key.empty()) return found;
  // New York is New York City in the list of towns, and Salt Lake is Salt Lake City.
  for (const auto& begin : {key + '\t', key + " city\t"}) {
    for_each_place_line(lines_beginning(towns_, begin), [&](std::string_view line) {
      const auto [ignored, town, region, latitude, longitude, population] = place_columns<6>(line);
      found.push_back({std::string(town) + ", " + place_region_words(region),
                       std::string(region),
                       {place_number<double>(latitude), place_number<double>(longitude)},
                       place_number<std::int64_t>(population)});
    });
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return place_weight(a) > place_weight(b); });
  return found;
}

PlaceAnswer Gazetteer::find(std::string_view text, const std::vector<std::string>& regions) const {
  PlaceAnswer answer;
  text = place_trimmed(text);
  if (text.empty() || text.size() > kPlaceTextBytes) return answer;

  const auto digits = text.substr(0, text.find('-'));
  if (digits.size() == 5 && is_place_digits(digits) &&
      (text.size() == 5 || (text.size() == 10 && is_place_digits(text.substr(6))))) {
    for_each_place_line(
        lines_beginning(zips_, std::string(digits) + '\t'), [&](std::string_view line) {
          const auto [zip, region, latitude, longitude, town] = place_columns<5>(line);
          const auto words = town.empty() ? protocol::region_name(region)
                                          : std::string(town) + ", " + place_region_words(region);
          answer.places.push_back(
              {std::string(zip) + " (" + words + ")",
               std::string(region),
               {place_number<double>(latitude), place_number<double>(longitude)},
               0});
        });
    return answer;
  }

  const auto comma = text.rfind(',');
  if (comma != std::string_view::npos) {
    const auto latitude = place_degrees(text.substr(0, comma), 90);
    const auto longitude = place_degrees(text.substr(comma + 1), 180);
    if (latitude && longitude) {
      answer.places.push_back({std::string(text), "", {*latitude, *longitude}, 0});
      return answer;
    }
  }

  // "Portland, OR", "Portland Oregon", "Salt Lake City Utah": a town and what it lies in.
  const auto in_region = [&](std::string_view town, std::string_view region) {
    const auto codes = protocol::regions_of(place_trimmed(region));
    if (codes.empty()) return false;
    auto found = towns_named(town);
    std::erase_if(found, [&](const auto& place) {
      return std::none_of(codes.begin(), codes.end(), [&](const auto& code) {
        return protocol::region_covers(code, place.region);
      });
    });
    if (found.empty()) return false;
    answer.places = std::move(found);
    return true;
  };
  bool understood = false;
  if (comma != std::string_view::npos) {
    understood = in_region(text.substr(0, comma), text.substr(comma + 1));
  } else {
    answer.places = towns_named(text);
    answer.regions = protocol::regions_of(text);
    understood = !answer.places.empty() || !answer.regions.empty();
    auto gap = text.rfind(' ');
    for (int words = 0; !understood && words < 3 && gap != std::string_view::npos; ++words) {
      understood = in_region(text.substr(0, gap), text.substr(gap + 1));
      gap = gap == 0 ? std::string_view::npos : text.rfind(' ', gap - 1);
    }
    if (!understood) answer.regions = regions_of_association(text);
  }

  if (answer.places.size() > 1 && !regions.empty() &&
      std::any_of(answer.places.begin(), answer.places.end(),
                  [&](const auto& place) { return place_within(place.region, regions); })) {
    std::erase_if(answer.places,
                  [&](const auto& place) { return !place_within(place.region, regions); });
    answer.regions.clear();
  }
  // A state's name is also that of hamlets elsewhere: "Ohio" is not the one in New York.
  if (!answer.regions.empty() && !answer.places.empty() &&
      answer.places.front().population < 100'000)
    answer.places.clear();
  if (answer.places.size() > 1 &&
      place_weight(answer.places[0]) >= kPlaceFarLarger * place_weight(answer.places[1]))
    answer.places.resize(1);
  if (answer.places.size() > kPlaceCandidates) answer.places.resize(kPlaceCandidates);
  return answer;
}

std::optional<GeoPoint> Gazetteer::locate(const protocol::Place& place,
                                          const std::vector<std::string>& regions) const {
  if (place.precision != "none") {
    const auto latitude = place_degrees(place.lat, 90);
    const auto longitude = place_degrees(place.lon, 180);
    if (latitude && longitude) return GeoPoint{*latitude, *longitude};
  }
  const auto around = place.region.empty() ? regions : std::vector<std::string>{place.region};
  if (!place.locality.empty()) {
    if (around.empty()) {
      auto answer = find(place.locality);
      if (answer.is_clear()) return answer.places.front().point;
    }
    // "Columbus, near the river": what stands before the comma where the whole is no town.
    const std::string_view whole = place.locality;
    for (const auto town : {whole, whole.substr(0, whole.find(','))}) {
      for (const auto& found : towns_named(town)) {
        if (place_within(found.region, around)) return found.point;
      }
    }
  }
  if (place.postal_prefix.size() == 3 && is_place_digits(place.postal_prefix)) {
    GeoPoint sum;
    int count = 0;
    for_each_place_line(lines_beginning(zips_, place.postal_prefix), [&](std::string_view line) {
      const auto [zip, region, latitude, longitude, town] = place_columns<5>(line);
      // Three digits are a French department, too: only where the listing speaks of that state.
      if (!around.empty() && !place_within(std::string(region), around)) return;
      sum.latitude += place_number<double>(latitude);
      sum.longitude += place_number<double>(longitude);
      ++count;
    });
    if (count > 0) return GeoPoint{sum.latitude / count, sum.longitude / count};
  }
  return std::nullopt;
}

}  // namespace node
