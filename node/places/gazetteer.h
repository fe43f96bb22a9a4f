#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/document/listing.h"

// Names of places and where they are, for "near 43215" and "near Portland, OR" (SPEC 10.2). The
// data is part of the program (node/places/data/SOURCES.md): asking for a place reaches no network.

namespace node {

/// Degrees, positive to the north and east.
struct GeoPoint {
  double latitude = 0;
  double longitude = 0;

  bool operator==(const GeoPoint&) const = default;
};

/// Along the surface of a round Earth; off by half a percent at most.
double kilometers_between(const GeoPoint& a, const GeoPoint& b);
inline constexpr double kKilometersPerMile = 1.609344;

/// A town or a postal code.
struct NamedPlace {
  std::string name;    ///< "Columbus, OH", "43215 (Columbus, OH)", "Lyon, France"
  std::string region;  ///< ISO 3166: "US-OH", or "FR" where no finer code is known
  GeoPoint point;
  std::int64_t population = 0;  ///< 0: not known

  bool operator==(const NamedPlace&) const = default;
};

/// What a text means as a place to be near.
struct PlaceAnswer {
  /// The one that is meant, or the candidates to choose from, likeliest first, at most 8; none: not
  /// a place known here.
  std::vector<NamedPlace> places;
  /// Regions that the text names as a whole ("Ohio"; "CA": California, Canada; "OPA": those whose
  /// psychological association it may be). There one searches by region, not by distance.
  std::vector<std::string> regions;

  bool is_clear() const { return places.size() == 1 && regions.empty(); }
};

/// Answers from two texts that are only looked into, never copied: any thread may ask.
class Gazetteer {
 public:
  /// The one that is part of this program.
  static const Gazetteer& shared();
  /// Laid out and sorted like node/places/data/*.tsv; both must outlive it.
  Gazetteer(std::string_view zips, std::string_view towns) : zips_(zips), towns_(towns) {}

  /// Understands a ZIP code (also ZIP+4), "town", "town, state or country" in words or codes, and
  /// "latitude, longitude". `regions`: those that the searcher chose anyway; candidates within them
  /// are preferred. A name that several towns share is clear only where one of them is far larger.
  PlaceAnswer find(std::string_view text, const std::vector<std::string>& regions = {}) const;

  /// Where a listing says it meets: its point, else its town, else the middle of its postal prefix.
  /// `regions` stand in where the place names none. Nothing where it does not say, or where no such
  /// town is known there.
  std::optional<GeoPoint> locate(const protocol::Place& place,
                                 const std::vector<std::string>& regions) const;

 private:
  std::vector<NamedPlace> towns_named(std::string_view name) const;

  std::string_view zips_;
  std::string_view towns_;
};

}  // namespace node
