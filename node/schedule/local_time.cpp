#include "node/schedule/local_time.h"

#include <date/tz.h>

namespace node {

namespace {

const date::time_zone& zone_of(const void* zone) {
  return *static_cast<const date::time_zone*>(zone);
}

date::local_seconds zone_local(protocol::LocalTime time) {
  return date::local_seconds(time.time_since_epoch());
}

}  // namespace

std::optional<Zone> Zone::find(std::string_view name) {
  // The library looks the name up in its list of files, so that no name of a stranger becomes a
  // path; these are files of that folder which are no zones of a place.
  if (name.empty() || name.size() > 64 || name == "Factory" || name.starts_with("posix") ||
      name.starts_with("right/")) {
    return std::nullopt;
  }
  try {
    const auto* zone = date::locate_zone(std::string(name));
    // Zones are read when they are first used: a file that is no zone shows itself here.
    static_cast<void>(zone->get_info(date::sys_seconds{}));
    return Zone(std::string(name), zone);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

protocol::Timestamp Zone::to_utc(protocol::LocalTime local) const {
  const auto info = zone_of(zone_).get_info(zone_local(local));
  // In a gap and in an overlap alike, `first` is the offset before the change.
  return protocol::Timestamp(local.time_since_epoch() - info.first.offset);
}

protocol::LocalTime Zone::to_local(protocol::Timestamp time) const {
  return protocol::LocalTime(time.time_since_epoch() + offset(time));
}

std::chrono::seconds Zone::offset(protocol::Timestamp time) const {
  return zone_of(zone_).get_info(date::sys_seconds(time.time_since_epoch())).offset;
}

std::string Zone::abbreviation(protocol::Timestamp time) const {
  return zone_of(zone_).get_info(date::sys_seconds(time.time_since_epoch())).abbrev;
}

std::optional<protocol::Timestamp> Zone::next_change(protocol::Timestamp time) const {
  constexpr protocol::Timestamp kFarthest{std::chrono::seconds{4'102'444'800}};  // 2100-01-01
  const auto end = zone_of(zone_).get_info(date::sys_seconds(time.time_since_epoch())).end;
  const protocol::Timestamp change(end.time_since_epoch());
  if (change <= time || change >= kFarthest) return std::nullopt;
  return change;
}

}  // namespace node
