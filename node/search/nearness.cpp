#include "node/search/nearness.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "node/search/region_reading.h"
#include "protocol/document/vocabularies.h"

namespace node {

namespace {

tl::unexpected<protocol::Error> near_refusal(std::string detail) {
  return protocol::refuse(protocol::ErrorCode::bad_request, std::move(detail));
}

/// What a refusal repeats of a stranger's words.
std::string near_quoted(std::string_view text) {
  constexpr std::size_t kShown = 60;
  if (text.size() <= kShown) return "'" + std::string(text) + "'";
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return "'" + std::string(text.substr(0, end)) + "…'";
}

/// The shortest text that reads back as the same number.
std::string near_number(double value) {
  std::array<char, 64> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed).ptr;
  return {text.data(), end};
}

struct WithinDistance {
  double amount = kDefaultWithinMiles;
  DistanceUnit unit = DistanceUnit::miles;
};

protocol::Result<WithinDistance> parse_within(std::string_view text) {
  WithinDistance made;
  if (text.empty()) return made;
  auto amount = text;
  if (amount.ends_with("km")) {
    made.unit = DistanceUnit::kilometers;
    amount.remove_suffix(2);
  } else if (amount.ends_with("mi")) {
    amount.remove_suffix(2);
  }
  while (amount.ends_with(' ')) amount.remove_suffix(1);
  const bool plain = !amount.empty() && amount.size() <= 8 && amount.front() != '.' &&
                     amount.back() != '.' && std::all_of(amount.begin(), amount.end(), [](char c) {
                       return (c >= '0' && c <= '9') || c == '.';
                     });
  const auto [end, problem] =
      std::from_chars(amount.data(), amount.data() + amount.size(), made.amount);
  const double most = made.unit == DistanceUnit::miles
                          ? kMaxWithinMiles
                          : std::ceil(kMaxWithinMiles * kKilometersPerMile);
  if (!plain || problem != std::errc() || end != amount.data() + amount.size() ||
      !(made.amount > 0) || made.amount > most)
    return near_refusal("within: " + near_quoted(text) +
                        " is no distance up to 1000 miles; write it as 50mi or 80km");
  return made;
}

tl::unexpected<protocol::Error> near_unclear(std::string_view near, const PlaceAnswer& answer) {
  const auto quoted = "near: " + near_quoted(near);
  if (answer.places.empty() && answer.regions.empty())
    return near_refusal(quoted +
                        " is no place known here; write a ZIP code, or a town with its "
                        "state or country, as in Portland, OR");
  std::string detail;
  for (const auto& place : answer.places) {
    const auto text = near_text(place);
    detail += (detail.empty() ? " " : " or ") + place.name;
    if (text != place.name) detail += " (near=" + text + ")";
  }
  for (const auto& region : answer.regions)
    detail += (detail.empty() ? " " : " or ") + ("all of " + protocol::region_name(region)) +
              " (region=" + region_text(region) + ")";
  return near_refusal(quoted + " may mean" + detail + "; write which");
}

}  // namespace

double Nearness::kilometers() const {
  return unit == DistanceUnit::miles ? within * kKilometersPerMile : within;
}

std::string Nearness::within_text() const {
  return near_number(within) + (unit == DistanceUnit::miles ? "mi" : "km");
}

std::string near_text(const NamedPlace& place) {
  const auto& gazetteer = Gazetteer::shared();
  // A ZIP's name goes on behind it: "43215 (Columbus, OH)".
  for (const auto& text : {place.name, place.name.substr(0, place.name.find(" ("))}) {
    const auto answer = gazetteer.find(text);
    if (answer.is_clear() && answer.places.front() == place) return text;
  }
  return near_number(place.point.latitude) + "," + near_number(place.point.longitude);
}

protocol::Result<Nearness> parse_nearness(std::string_view near, std::string_view within,
                                          bool online_too,
                                          const std::vector<std::string>& regions) {
  auto answer = Gazetteer::shared().find(near, regions);
  if (!answer.is_clear()) return near_unclear(near, answer);
  ASSIGN_OR_RETURN(const auto distance, parse_within(within));
  Nearness made;
  made.place = std::move(answer.places.front());
  made.text = near_text(made.place);
  // Where only coordinates tell it apart, those are what the next reader sees.
  if (auto again = Gazetteer::shared().find(made.text); again.is_clear())
    made.place = std::move(again.places.front());
  made.within = distance.amount;
  made.unit = distance.unit;
  made.online_too = online_too;
  return made;
}

std::optional<GeoPoint> meeting_point(const protocol::Listing& listing) {
  if (listing.disclosure == "card_only") return std::nullopt;
  const bool may_meet_in_person =
      listing.formats.empty() ||
      std::any_of(listing.formats.begin(), listing.formats.end(),
                  [](const auto& one) { return one == "in_person" || one == "hybrid"; });
  if (!may_meet_in_person) return std::nullopt;
  return Gazetteer::shared().locate(listing.place, listing.regions);
}

std::int64_t meters_between(const GeoPoint& a, const GeoPoint& b) {
  return std::llround(kilometers_between(a, b) * 1000);
}

std::optional<std::int64_t> meters_away(const Nearness& nearness,
                                        const protocol::Listing& listing) {
  const auto point = meeting_point(listing);
  if (!point) return std::nullopt;
  return meters_between(nearness.place.point, *point);
}

std::optional<std::int64_t> kilometers_away(const Nearness& nearness,
                                            const protocol::Listing& listing) {
  const auto meters = meters_away(nearness, listing);
  if (!meters) return std::nullopt;
  return (*meters + 500) / 1000;
}

std::string distance_words(const Nearness& nearness, const protocol::Listing& listing) {
  const auto meters = meters_away(nearness, listing);
  if (!meters) return {};
  const auto& region = nearness.place.region;
  const bool miles =
      region.empty() ? nearness.unit == DistanceUnit::miles : protocol::region_covers("US", region);
  const double unit = miles ? kKilometersPerMile * 1000 : 1000;
  const auto whole = std::llround(static_cast<double>(*meters) / unit);
  if (whole == 0) return miles ? "less than a mile away" : "less than 1 km away";
  return "about " + std::to_string(whole) +
         (!miles       ? " km away"
          : whole == 1 ? " mile away"
                       : " miles away");
}

}  // namespace node
