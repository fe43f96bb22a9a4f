#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node/importing/plan.h"

// Listings as a spreadsheet, with the headings and in the words that the import understands
// (docs/decisions/0023).

namespace node {

/// The cells of one listing, by column. The publisher's own words stand where reading them still
/// gives what the listing says; else words for its values. Always the same for the same listing.
std::vector<std::pair<SheetField, std::string>> sheet_cells(const protocol::Json& subject,
                                                            const std::string& id);

struct ExportedSheet {
  std::string csv;  ///< UTF-8 with CRLF (RFC 4180)
  /// Members that a reader of the sheet alone does not get whole, and of how many listings. An
  /// import of this sheet leaves them as they are.
  std::vector<std::pair<std::string, std::size_t>> not_held;
};

/// One row a listing. A cell that a program would run as a formula gets an apostrophe in front.
ExportedSheet export_sheet(std::span<const ExistingListing> listings);

}  // namespace node
