#pragma once

#include <string>
#include <vector>

#include "node/importing/sheet.h"

namespace node {

/// One live listing that the publisher already has.
struct ExistingListing {
  std::string id;  ///< urn:uuid
  protocol::Json subject;
  /// The cells that an export writes for it: a row that still has one of them says nothing new
  /// there. Empty: every cell is read.
  std::vector<std::pair<SheetField, std::string>> exported = {};
};

/// The members of a listing that a column can speak about.
std::vector<std::string_view> sheet_members(SheetField column);

enum class ChangeKind { add, update, unchanged, not_in_sheet, refused };

struct PlannedChange {
  ChangeKind kind = ChangeKind::add;
  int record = 0;  ///< 0 for not_in_sheet
  std::string id;  ///< of the listing that there is; empty for add
  std::string name;
  protocol::Json subject;  ///< what would be signed (add, update), complete but for a new id
  struct Difference {
    std::string field, before, after;
  };
  std::vector<Difference> differences;      ///< for update
  std::vector<protocol::Problem> problems;  ///< for refused
};

/// What importing `sheet` would change: rows are matched by id, else by name (case and spacing
/// apart); of several listings with one name, by who runs them and by town first. The same sheet
/// again is all `unchanged`, on a later day too: when a listing was confirmed and what its columns
/// cannot say stays as it was, and so does what stands behind a cell that an export wrote and
/// nobody changed. A row whose listing cannot be published is `refused` and stops no other.
///
/// `contact` (an address, a page or a telephone number of the publisher) stands in for rows that
/// name neither contact nor page; where it is empty, such rows are refused. A "$" without a country
/// means the dollars of `defaults.area`; where those are several, the amount is left out and stays
/// in the publisher's own words.
std::vector<PlannedChange> plan_import(const ImportedSheet& sheet,
                                       const std::vector<ExistingListing>& existing,
                                       const protocol::ListingDefaults& defaults,
                                       const std::string& contact = {});

}  // namespace node
