#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/document/recurrence.h"
#include "protocol/encoding/time.h"

// IANA time zones, as the system's own database (Debian's tzdata) has them. Threads: any.

namespace node {

/// One zone, found by its name or an older name of it ("US/Eastern"). A value; small.
class Zone {
 public:
  /// Nothing where the system does not know such a zone.
  static std::optional<Zone> find(std::string_view name);

  /// As it was asked for.
  const std::string& name() const { return name_; }
  /// Where the clock is put forward, the hour that is missing counts from before the change; where
  /// it is put back, the hour that comes twice is the first (RFC 5545 3.3.5).
  protocol::Timestamp to_utc(protocol::LocalTime local) const;
  protocol::LocalTime to_local(protocol::Timestamp time) const;
  /// Distance from UTC at that moment, east positive.
  std::chrono::seconds offset(protocol::Timestamp time) const;
  /// "EST", "CEST", "-03".
  std::string abbreviation(protocol::Timestamp time) const;
  /// The next moment after `time` at which the offset or the name changes, if there is one before
  /// the year 2100.
  std::optional<protocol::Timestamp> next_change(protocol::Timestamp time) const;

 private:
  Zone(std::string name, const void* zone) : name_(std::move(name)), zone_(zone) {}

  std::string name_;
  const void* zone_;  // of the database, which lasts as long as the process
};

}  // namespace node
