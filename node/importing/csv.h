#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/result.h"

namespace node {

inline constexpr std::size_t kMaxSheetBytes = 8 * 1024 * 1024;
inline constexpr std::size_t kMaxSheetRows = 50'000;
inline constexpr std::size_t kMaxSheetColumns = 200;
inline constexpr std::size_t kMaxCellBytes = 64 * 1024;

/// A spreadsheet as CSV (RFC 4180), every cell as UTF-8 text.
struct Csv {
  std::vector<std::vector<std::string>> records;  ///< in the order of the file, blank ones too
  char separator = ',';
  std::string encoding;  ///< "UTF-8", "UTF-16" or "Windows-1252", as it was recognized
};

/// Recognizes separator (comma, semicolon, tab) and encoding. Refuses with `invalid` (naming the
/// record: an open quote, too many rows or columns), too_large, or unsupported_type (a zip or xlsx
/// file, gzip, HTML, NUL bytes).
protocol::Result<Csv> read_csv(std::string_view file);

/// One record as RFC 4180 text with CRLF. Cells that a spreadsheet would run as a formula get an
/// apostrophe in front.
std::string write_csv_record(const std::vector<std::string>& cells);

}  // namespace node
