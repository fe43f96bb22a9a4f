#pragma once

#include <string>
#include <vector>

#include "node/importing/sheet.h"

namespace node {

/// One live listing that the publisher already has.
struct ExistingListing {
  std::string id;  ///< urn:uuid
  protocol::Json subject;
};

enum class ChangeKind { add, update, unchanged, not_in_sheet, refused };

struct PlannedChange {
  ChangeKind kind = ChangeKind::add;
  int record = 0;             ///< 0 for not_in_sheet
  std::string id;             ///< of the listing that there is; empty for add
  std::string name;
  protocol::Json subject;     ///< what would be signed (add, update), complete but for a new id
  struct Difference {
    std::string field, before, after;
  };
  std::vector<Difference> differences;  ///< for update
  std::vector<protocol::Problem> problems;  ///< for refused
};

/// What importing `sheet` would change: rows are matched by id, else by name (case and spacing apart). The same sheet again is
/// all `unchanged`. A row whose listing cannot be published is `refused` and stops no other.
std::vector<PlannedChange> plan_import(const ImportedSheet& sheet, const std::vector<ExistingListing>& existing,
                                       const protocol::ListingDefaults& defaults);

}  // namespace node
