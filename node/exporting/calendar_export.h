#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/document/listing.h"
#include "protocol/encoding/time.h"

// Listings as iCalendar (RFC 5545).

namespace node {

/// What a calendar, a page for programs or another directory is told of a listing beside its own
/// members.
struct ExportSource {
  std::string path;  ///< "/groups/SCID/UUID"
  std::string url;   ///< the same with the host in front, where it is known
  std::string publisher_scid, publisher_name;
  protocol::Timestamp signed_at;
};

/// Makes one calendar of listings: one VEVENT a rule, with a first date that the rule falls on and
/// the VTIMEZONEs needed. Rules whose dates nobody can know have none; without a known zone an
/// event stands on its days without an hour.
class CalendarWriter {
 public:
  /// `now` decides where a rule without a first date begins.
  explicit CalendarWriter(protocol::Timestamp now) : now_(now) {}
  /// Adds a listing; false where it has nothing for a calendar: one that only shows a card, does
  /// not meet, or says too little.
  bool add(const protocol::Listing& listing, const ExportSource& source);
  bool empty() const { return events_.empty(); }
  /// The whole file; may be asked for once events are there.
  std::string text() const;

 private:
  void add_zone(const std::string& name, protocol::Timestamp from);

  protocol::Timestamp now_;
  std::vector<std::pair<std::string, protocol::Timestamp>> zones_;  // and the earliest date there
  std::string events_;
};

/// Whether CalendarWriter::add() would add it; nothing is written for that.
bool has_calendar(const protocol::Listing& listing, const ExportSource& source);

/// One content line: folded at 75 bytes between code points, with CRLF.
std::string calendar_line(std::string_view name, std::string_view value);
/// A TEXT value: marks escaped, line breaks as \n, other control characters left out.
std::string calendar_text(std::string_view text);

}  // namespace node
