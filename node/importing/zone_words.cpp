#include "node/importing/zone_words.h"

#include <algorithm>

#include "node/importing/cell_words.h"
#include "protocol/document/vocabularies.h"

namespace node {

namespace {

struct ZoneMark {
  std::string_view mark, zone;
};
constexpr ZoneMark kZoneMarks[] = {
    {"ET", "America/New_York"},    {"EST", "America/New_York"},     {"EDT", "America/New_York"},
    {"CT", "America/Chicago"},     {"CST", "America/Chicago"},      {"CDT", "America/Chicago"},
    {"MT", "America/Denver"},      {"MST", "America/Denver"},       {"MDT", "America/Denver"},
    {"PT", "America/Los_Angeles"}, {"PST", "America/Los_Angeles"},  {"PDT", "America/Los_Angeles"},
    {"AKST", "America/Anchorage"}, {"AKDT", "America/Anchorage"},   {"AKT", "America/Anchorage"},
    {"HST", "Pacific/Honolulu"},   {"AT", "America/Halifax"},       {"ADT", "America/Halifax"},
    {"NST", "America/St_Johns"},   {"NDT", "America/St_Johns"},     {"BST", "Europe/London"},
    {"GMT", "Europe/London"},      {"AEDT", "Australia/Sydney"},    {"AEST", "Australia/Sydney"},
    {"AWST", "Australia/Perth"},   {"ACST", "Australia/Adelaide"},  {"ACDT", "Australia/Adelaide"},
    {"NZST", "Pacific/Auckland"},  {"NZDT", "Pacific/Auckland"},    {"NZT", "Pacific/Auckland"},
    {"EAT", "Africa/Nairobi"},     {"WAT", "Africa/Lagos"},         {"JST", "Asia/Tokyo"},
    {"KST", "Asia/Seoul"},         {"PKT", "Asia/Karachi"},         {"AET", "Australia/Sydney"},
    {"CET", "Europe/Berlin"},      {"CEST", "Europe/Berlin"},       {"HKT", "Asia/Hong_Kong"},
    {"SGT", "Asia/Singapore"},     {"SAST", "Africa/Johannesburg"}, {"UTC", "Etc/UTC"},
};
constexpr ZoneMark kZoneWords[] = {
    {"eastern", "America/New_York"},
    {"central time", "America/Chicago"},
    {"central", "America/Chicago"},
    {"mountain", "America/Denver"},
    {"pacific", "America/Los_Angeles"},
    {"alaska time", "America/Anchorage"},
    {"hawaii time", "Pacific/Honolulu"},
    {"uk time", "Europe/London"},
    {"london time", "Europe/London"},
    {"central european", "Europe/Berlin"},
    {"sydney time", "Australia/Sydney"},
    {"atlantic time", "America/Halifax"},
    {"arizona time", "America/Phoenix"},
    {"az time", "America/Phoenix"},
    {"atlantic", "America/Halifax"},
    {"israel time", "Asia/Jerusalem"},
    {"toronto time", "America/Toronto"},
    {"new york time", "America/New_York"},
    {"ny time", "America/New_York"},
    {"chicago time", "America/Chicago"},
    {"denver time", "America/Denver"},
    {"irish time", "Europe/Dublin"},
    {"ireland time", "Europe/Dublin"},
    {"dublin time", "Europe/Dublin"},
    {"india time", "Asia/Kolkata"},
    {"indian time", "Asia/Kolkata"},
    {"nz time", "Pacific/Auckland"},
    {"new zealand time", "Pacific/Auckland"},
    {"perth time", "Australia/Perth"},
    {"melbourne time", "Australia/Melbourne"},
    {"brisbane time", "Australia/Brisbane"},
    {"singapore time", "Asia/Singapore"},
    {"hong kong time", "Asia/Hong_Kong"},
    {"sa time", "Africa/Johannesburg"},
    {"south african time", "Africa/Johannesburg"},
    {"german time", "Europe/Berlin"},
    {"berlin time", "Europe/Berlin"},
    {"paris time", "Europe/Paris"},
    {"vancouver time", "America/Vancouver"},
    {"pakistan time", "Asia/Karachi"},
    {"darwin time", "Australia/Darwin"},
    {"adelaide time", "Australia/Adelaide"},
};

/// What the clocks of a region show where its zone's name has them go otherwise.
struct ZoneThere {
  std::string_view region, zone, there;
};
constexpr ZoneThere kZonesThere[] = {
    {"US-AZ", "America/Denver", "America/Phoenix"},
    {"CA-SK", "America/Chicago", "America/Regina"},
    {"AU-QLD", "Australia/Sydney", "Australia/Brisbane"},
    {"IE", "Europe/London", "Europe/Dublin"},
};
/// "IST" is three zones.
constexpr std::pair<std::string_view, std::string_view> kZoneIst[] = {
    {"IN", "Asia/Kolkata"}, {"IE", "Europe/Dublin"}, {"IL", "Asia/Jerusalem"}};

bool zone_all_within(std::string_view wide, const std::vector<std::string>& regions) {
  return !regions.empty() && std::all_of(regions.begin(), regions.end(), [&](const auto& region) {
    return protocol::region_covers(wide, region);
  });
}

/// "GMT+8" and "UTC -5" as the zone without summer time that they are; empty where there is none.
std::string zone_of_offset(std::string_view cell) {
  for (const std::string_view mark : {"GMT", "UTC"}) {
    for (auto at = cell.find(mark); at != std::string_view::npos; at = cell.find(mark, at + 1)) {
      auto rest = cell.substr(at + mark.size());
      while (rest.starts_with(' ')) rest.remove_prefix(1);
      if (rest.size() < 2 || (rest[0] != '+' && rest[0] != '-') || !is_ascii_digit(rest[1]))
        continue;
      int hours = rest[1] - '0';
      std::size_t end = 2;
      if (end < rest.size() && is_ascii_digit(rest[end])) hours = hours * 10 + (rest[end++] - '0');
      // Half hours have no such name.
      const bool whole = end == rest.size() || (rest[end] != ':' && rest[end] != '.');
      constexpr int kFarthest = 12;
      if (!whole || hours == 0 || hours > kFarthest) return "?";
      return std::string("Etc/GMT") + (rest[0] == '+' ? '-' : '+') + std::to_string(hours);
    }
  }
  return {};
}

}  // namespace

std::string without_offset(std::string folded) {
  for (const std::string_view mark : {"gmt", "utc"}) {
    for (auto at = find_phrase(folded, mark); at != std::string::npos;
         at = find_phrase(folded, mark, at + 1)) {
      auto end = at + mark.size();
      while (end < folded.size() && folded[end] == ' ') ++end;
      if (end >= folded.size() || (folded[end] != '+' && folded[end] != '-')) continue;
      ++end;
      while (end < folded.size() && (is_ascii_digit(folded[end]) || folded[end] == ':')) ++end;
      folded.erase(at, end - at);
      if (at >= folded.size()) break;
    }
  }
  return folded;
}

std::vector<std::string> zones_in(std::string_view cell, const std::vector<std::string>& regions) {
  std::vector<std::pair<std::size_t, std::string>> found;
  const auto add = [&](std::size_t at, std::string_view zone) {
    for (const auto& [region, usual, there] : kZonesThere) {
      if (usual == zone && zone_all_within(region, regions)) zone = there;
    }
    found.emplace_back(at, zone);
  };
  if (auto offset = zone_of_offset(cell); !offset.empty()) {
    if (offset == "?") return {};
    return {std::move(offset)};
  }
  if (const auto at = find_phrase(cell, "IST"); at != std::string_view::npos) {
    for (const auto& [country, zone] : kZoneIst) {
      if (zone_all_within(country, regions)) add(at, zone);
    }
  }
  for (const auto& [mark, zone] : kZoneMarks) {
    if (const auto at = find_phrase(cell, mark); at != std::string_view::npos) add(at, zone);
  }
  const auto folded = fold_cell(cell);
  // "7pm est" in small letters, only right behind an hour.
  for (const auto& [mark, zone] : kZoneMarks) {
    if (mark.size() < 3) continue;
    std::string small(mark);
    for (char& c : small) c = static_cast<char>(c - 'A' + 'a');
    const auto at = find_phrase(folded, small);
    if (at == std::string::npos || at < 3 || folded[at - 1] != ' ') continue;
    const auto before = std::string_view(folded).substr(0, at - 1);
    if (before.ends_with("am") || before.ends_with("pm") || before.ends_with(".m.") ||
        before.ends_with("noon") ||
        (before.size() > 2 && is_ascii_digit(before.back()) &&
         before.find(':') != std::string_view::npos))
      add(at, zone);
  }
  for (const auto& [mark, zone] : kZoneWords) {
    if (const auto at = find_phrase(folded, mark); at != std::string_view::npos) add(at, zone);
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> zones;
  for (auto& [at, zone] : found) {
    if (std::find(zones.begin(), zones.end(), zone) == zones.end())
      zones.push_back(std::move(zone));
  }
  return zones;
}

}  // namespace node
