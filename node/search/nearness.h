#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/places/gazetteer.h"
#include "protocol/document/listing.h"
#include "protocol/result.h"

// "Near 43215, within 50 miles" (SPEC 10.2): where a search measures from, and where a listing
// meets. Everything here is a function of its arguments and of the gazetteer.

namespace node {

enum class DistanceUnit { miles, kilometers };

inline constexpr double kDefaultWithinMiles = 50;
inline constexpr double kMaxWithinMiles = 1000;

/// A place to be near, and how near.
struct Nearness {
  /// Reads back as the same place, whatever regions are chosen: a ZIP, "Columbus, OH", or the
  /// place's coordinates where several towns share even that.
  std::string text;
  NamedPlace place;
  double within = kDefaultWithinMiles;
  DistanceUnit unit = DistanceUnit::miles;
  bool online_too = false;  ///< also what meets online, wherever it is

  double kilometers() const;
  /// "50mi", "80km": as the parameter `within`.
  std::string within_text() const;

  bool operator==(const Nearness&) const = default;
};

/// Understands `near`; `regions` are those that the search asks for and settle a shared name.
/// `within` is "50mi", "80km" or a number of miles; empty: 50 miles; at most 1,000 miles.
/// Refuses with bad_request: a text that is no place, a region or several places (naming them), a
/// distance that is none.
protocol::Result<Nearness> parse_nearness(std::string_view near, std::string_view within,
                                          bool online_too, const std::vector<std::string>& regions);

/// A text for `near` that means that place and no other.
std::string near_text(const NamedPlace& place);

/// Where a listing meets in person, as far as it says. Nothing for those that only meet online, and
/// for those that show no more than a card (`card_only`), whatever else they carry.
std::optional<GeoPoint> meeting_point(const protocol::Listing& listing);

/// Whole meters between two points.
std::int64_t meters_between(const GeoPoint& a, const GeoPoint& b);

/// From the place asked for to where the listing meets; nothing where that is not known.
std::optional<std::int64_t> meters_away(const Nearness& nearness, const protocol::Listing& listing);
/// The same, rounded to kilometers.
std::optional<std::int64_t> kilometers_away(const Nearness& nearness,
                                            const protocol::Listing& listing);
/// "about 12 miles away", "about 20 km away" outside the United States; empty where not known.
std::string distance_words(const Nearness& nearness, const protocol::Listing& listing);

}  // namespace node
