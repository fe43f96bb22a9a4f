#pragma once

#include <span>
#include <string>
#include <string_view>

// What each member of a listing (SPEC 4.3) is called: by people, and in the standards that exports
// write. Kept beside the table of types (listing_fields.h); a test holds the two together.

namespace protocol {

struct FieldName {
  std::string_view path;   ///< "cost.options.amount", without places in lists
  std::string_view label;  ///< "Amount"
  /// Names in schema.org ("Event.location"), HSDS 3.1 ("service.name") and iCalendar ("SUMMARY");
  /// empty: the standard has none, so an export to it must say that this is left out.
  std::string_view schema_org = {};
  std::string_view hsds = {};
  std::string_view icalendar = {};
};

/// One row for each member of a listing, members of members below their own. Lives as long as the
/// program.
std::span<const FieldName> field_names();

/// The row of a path, where places in lists do not matter ("cost.options[0].amount"); null for a
/// member that this version does not know.
const FieldName* field_name(std::string_view path);

/// "Cost, 1st option, amount" of "cost.options[0].amount"; of unknown members their own name, with
/// spaces.
std::string field_label(std::string_view path);

}  // namespace protocol
