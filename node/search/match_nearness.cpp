#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

#include "node/search/version.h"

namespace node {

namespace {

constexpr std::size_t kNearStep = 4096;  ///< listings between two looks at the clock
constexpr double kNearEarthRadius = 6371.0;
// The box around the circle is a little too large, so that it never decides.
constexpr double kNearSlack = 0.001;

/// The square of degrees that holds a circle; what lies outside needs no sine.
struct NearBox {
  std::int32_t south = 0, north = 0;
  std::int32_t middle = 0;
  std::int64_t half_width = 0;  ///< in longitude; half a turn: anywhere

  bool holds(std::int32_t latitude, std::int32_t longitude) const {
    if (latitude < south || latitude > north) return false;
    constexpr auto kTurn = static_cast<std::int64_t>(360 * kDegreeParts);
    const std::int64_t apart = std::abs(std::int64_t{longitude} - middle);
    return std::min(apart, kTurn - apart) <= half_width;
  }
};

NearBox near_box(const GeoPoint& center, double kilometers) {
  constexpr double kDegrees = 180 / std::numbers::pi;
  const double angle = kilometers / kNearEarthRadius;
  const double reach = angle * kDegrees + kNearSlack;
  const double south = std::max(center.latitude - reach, -90.0);
  const double north = std::min(center.latitude + reach, 90.0);
  NearBox box;
  box.south = static_cast<std::int32_t>(std::floor(south * kDegreeParts));
  box.north = static_cast<std::int32_t>(std::ceil(north * kDegreeParts));
  box.middle = static_cast<std::int32_t>(std::lround(center.longitude * kDegreeParts));
  double width = 180;
  // A circle around a pole has every longitude.
  if (south > -90 && north < 90) {
    const double sine = std::sin(angle) / std::cos(center.latitude / kDegrees);
    if (angle < std::numbers::pi / 2 && sine < 1) width = std::asin(sine) * kDegrees + kNearSlack;
  }
  box.half_width = static_cast<std::int64_t>(std::ceil(std::min(width, 180.0) * kDegreeParts));
  return box;
}

/// Of `among`, those whose place is within the distance.
bool near_enough(const Segment& segment, const Roaring& among, const Nearness& nearness,
                 const SearchDeadline& deadline, Roaring& within) {
  const GeoPoint center = nearness.place.point;
  const double most = nearness.kilometers();
  const NearBox box = near_box(center, most);
  std::vector<DocId> docs;
  std::size_t measured = 0;
  const auto consider = [&](DocId doc) {
    if (!box.holds(segment.latitude[doc], segment.longitude[doc])) return true;
    if (++measured % kNearStep == 0 && deadline.over()) return false;
    if (kilometers_between(center, *segment.point(doc)) <= most) docs.push_back(doc);
    return true;
  };
  const auto& order = segment.by_latitude;
  const auto first = std::partition_point(
      order.begin(), order.end(), [&](DocId doc) { return segment.latitude[doc] < box.south; });
  const auto last = std::partition_point(
      first, order.end(), [&](DocId doc) { return segment.latitude[doc] <= box.north; });
  const auto band = static_cast<std::size_t>(last - first);
  // Few in the band of latitudes: those, and sort; else in order, without sorting.
  if (band <= segment.size() / 64 || band < among.cardinality() / 16) {
    for (auto at = first; at != last; ++at) {
      if (!consider(*at)) return false;
    }
    std::sort(docs.begin(), docs.end());
    within = Roaring(docs.size(), docs.data());
    within &= among;
    return true;
  }
  bool in_time = true;
  for_each_doc(among, [&](DocId doc) { return in_time = consider(doc); });
  within = Roaring(docs.size(), docs.data());
  return in_time;
}

}  // namespace

std::int64_t SegmentMatch::meters(DocId doc) const {
  const auto point = segment->point(doc);
  return near && point ? meters_between(*near, *point) : kFarMeters;
}

bool match_nearness(const Query& query, const SearchDeadline& deadline, SegmentMatch& out) {
  const Segment& segment = *out.segment;
  const Nearness& nearness = *query.near;
  out.near = nearness.place.point;

  const auto having = [&](std::string_view format) {
    const Roaring* docs = segment.find_value(FilterField::format, format);
    return docs != nullptr ? *docs : Roaring();
  };
  const Roaring in_person = having("in_person");  // hybrid is both
  const Roaring& unsaid = segment.flag(SearchFlag::format_unstated);
  const Roaring& known = segment.flag(SearchFlag::place_known);

  Roaring within;
  if (!near_enough(segment, out.base & known, nearness, deadline, within)) return false;
  Roaring match = within & in_person;
  Roaring unstated = ((in_person | unsaid) - known) | (within & unsaid);
  if (nearness.online_too) {
    for (const std::string_view format :
         {"video", "phone", "async_text", "message_group", "online_unspecified"})
      match |= having(format);
  }
  unstated -= match;
  const auto& lets_in = query.include_unstated;
  if (std::find(lets_in.begin(), lets_in.end(), "near") != lets_in.end()) {
    match |= unstated;
  } else {
    unstated &= out.result;
    if (!query.show_left_out) unstated -= segment.flag(SearchFlag::left_out);
    out.near_unstated = static_cast<std::size_t>(unstated.cardinality());
  }
  out.base &= match;
  out.result &= match;
  return true;
}

}  // namespace node
