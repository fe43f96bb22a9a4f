#pragma once

#include <optional>

#include "node/http/message.h"
#include "node/pages/html.h"
#include "node/schedule/next_dates.h"
#include "node/search/query.h"

// When a group meets next, as a page shows it.

namespace node {

/// The reader's own time zone, as `zone=` of the address gives it; it is stored nowhere.
struct ReaderZone {
  std::optional<Zone> zone;
  std::string unknown;  ///< what was asked for and is no zone
};
ReaderZone reader_zone(std::string_view asked);
ReaderZone reader_zone(const Request& request);
/// The `option`s of a picker of zones: `none` first, then where most readers are, and the chosen
/// one.
Html zone_options(const ReaderZone& reader, std::string_view none);
/// Says that a zone is not known; empty where it is.
Html zone_unknown(const ReaderZone& reader);

/// "Tuesday, Nov 24, 12:00–1:15 PM (ET)". Not escaped.
std::string meeting_words(const MeetingDate& date, protocol::Date today);
/// "Tuesday, Nov 24, 10:00–11:15 AM your time"; empty where the moment is not known.
std::string reader_meeting_words(const MeetingDate& date, const Zone& reader, protocol::Date today);
/// "10:00 AM your time", with the day where it is another one; empty where the moment is not known.
std::string reader_words(const MeetingDate& date, const Zone& reader);

/// The next three dates with a form for the reader's zone, or why there are none. Empty where the
/// listing has no schedule. The form keeps `situation`.
Html next_dates_list(const protocol::Listing& listing, const ReaderZone& reader,
                     const Situation& situation, protocol::Timestamp now);

/// " the group’s local time", where hours are said and no zone is. Else empty.
Html zone_note(const protocol::Listing& listing);

}  // namespace node
