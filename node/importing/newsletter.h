#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "node/importing/columns.h"
#include "protocol/result.h"

// Groups as a newsletter announces them: a name, then lines such as "When: 2nd Tuesdays, 7 pm".

namespace node {

/// The groups of a newsletter as rows of a sheet.
struct NewsletterRows {
  SheetColumns columns;                            ///< `header` means nothing here
  std::vector<std::vector<std::string>> records;   ///< one a group, cells in the order of columns
  std::vector<int> lines;                          ///< where each group begins; the first line is 1
  std::vector<std::pair<int, std::string>> aside;  ///< lines that belong to no group
};

/// Whether `text` has groups in lines with labels rather than rows with separators.
bool looks_like_newsletter(std::string_view text);

/// Labels are read like headings of a sheet ("Open to", "Facilitator"); what follows without a
/// label belongs to the line before it. A group begins with a line without a label that lines with
/// labels follow, or where a label comes a second time. Refuses with too_large or `invalid` as
/// read_csv() does.
protocol::Result<NewsletterRows> read_newsletter(std::string_view text);

}  // namespace node
