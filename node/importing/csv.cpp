#include "node/importing/csv.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>

namespace node {

namespace {

using protocol::ErrorCode;
using protocol::refuse;

constexpr std::string_view kCsvMark8 = "\xEF\xBB\xBF";

/// 8 MiB of one-letter cells would take 300 MB as strings; a real sheet has far fewer.
constexpr std::size_t kMaxSheetCells = 1'000'000;

bool csv_is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t at) {
      return static_cast<unsigned>(static_cast<unsigned char>(text[at]));
    };
    const unsigned lead = byte(i);
    const std::size_t length = lead < 0x80                    ? 1
                               : lead >= 0xC2 && lead < 0xE0  ? 2
                               : lead >= 0xE0 && lead < 0xF0  ? 3
                               : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                              : 0;
    if (length == 0 || i + length > text.size()) return false;
    std::uint32_t point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      if ((byte(i + k) & 0xC0U) != 0x80U) return false;
      point = (point << 6U) | (byte(i + k) & 0x3FU);
    }
    if ((length == 3 && point < 0x800) || (length == 4 && (point < 0x10000 || point > 0x10FFFF)) ||
        (point >= 0xD800 && point < 0xE000)) {
      return false;
    }
    i += length;
  }
  return true;
}

void csv_add_point(std::string& out, std::uint32_t point) {
  const auto add = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) {
    add(point);
  } else if (point < 0x800) {
    add(0xC0U | (point >> 6U));
    add(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    add(0xE0U | (point >> 12U));
    add(0x80U | ((point >> 6U) & 0x3FU));
    add(0x80U | (point & 0x3FU));
  } else {
    add(0xF0U | (point >> 18U));
    add(0x80U | ((point >> 12U) & 0x3FU));
    add(0x80U | ((point >> 6U) & 0x3FU));
    add(0x80U | (point & 0x3FU));
  }
}

std::string csv_from_utf16(std::string_view file) {
  const bool little = file.starts_with("\xFF\xFE");
  const auto unit = [&](std::size_t at) {
    const auto first = static_cast<std::uint32_t>(static_cast<unsigned char>(file[at]));
    const auto second = static_cast<std::uint32_t>(static_cast<unsigned char>(file[at + 1]));
    return little ? first | (second << 8U) : second | (first << 8U);
  };
  constexpr std::uint32_t kReplacement = 0xFFFD;
  std::string text;
  for (std::size_t i = 2; i + 1 < file.size(); i += 2) {
    std::uint32_t point = unit(i);
    if (point >= 0xD800 && point < 0xDC00 && i + 3 < file.size()) {
      const std::uint32_t low = unit(i + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
        i += 2;
      }
    }
    csv_add_point(text, point >= 0xD800 && point < 0xE000 ? kReplacement : point);
  }
  return text;
}

std::string csv_from_windows(std::string_view file) {
  // Bytes 0x80 to 0x9F; those that Windows-1252 leaves open are taken as browsers do.
  constexpr std::array<std::uint32_t, 32> kHigh = {
      0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
      0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
      0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
  std::string text;
  text.reserve(file.size() + file.size() / 8);
  for (const char c : file) {
    const auto byte = static_cast<std::uint32_t>(static_cast<unsigned char>(c));
    csv_add_point(text, byte >= 0x80 && byte < 0xA0 ? kHigh[byte - 0x80] : byte);
  }
  return text;
}

/// What the bytes show themselves to be, where that is no table of text.
std::string_view csv_other_type(std::string_view file) {
  constexpr std::pair<std::string_view, std::string_view> kStarts[] = {
      {"PK\x03\x04", "an Excel or zip file; in the spreadsheet choose 'Save as' and then CSV"},
      {"PK\x05\x06", "an empty zip file"},
      {"\x1F\x8B", "a gzip file; unpack it first"},
      {"\xD0\xCF\x11\xE0", "an old Excel file; in the spreadsheet choose 'Save as' and then CSV"},
      {"%PDF", "a PDF file; export the spreadsheet as CSV instead"},
      {"{\\rtf", "a text document; export the spreadsheet as CSV instead"},
      {"SQLite format 3", "a database"},
      {"\x89PNG", "a picture"},
  };
  for (const auto& [start, what] : kStarts) {
    if (file.starts_with(start)) return what;
  }
  return {};
}

bool csv_is_markup(std::string_view text) {
  std::string start(text.substr(0, 2048));
  std::transform(start.begin(), start.end(), start.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const auto first = start.find_first_not_of(" \t\r\n");
  const auto begins = [&](std::string_view tag) {
    return first != std::string::npos && std::string_view(start).substr(first).starts_with(tag);
  };
  // A sheet may speak of markup within its cells; a page begins with it.
  // A page may stand behind a line that is none of its own, but a tag within a quoted cell is text.
  bool quoted = false;
  for (std::size_t i = 0; i < start.size(); ++i) {
    if (start[i] == '"') quoted = !quoted;
    if (quoted || (i > 0 && start[i - 1] != '\n')) continue;
    const auto line = std::string_view(start).substr(i);
    if (line.starts_with("<!doctype html") || line.starts_with("<html>") ||
        line.starts_with("<html "))
      return true;
  }
  return begins("<?xml") || begins("<table") ||
         (begins("<") &&
          (start.find("<!doctype") != std::string::npos ||
           start.find("<html") != std::string::npos || start.find("<script") != std::string::npos));
}

/// Reads records one by one; a quote opens a quoted cell only at the cell's beginning, as Excel
/// has it, and stands for itself elsewhere.
class CsvReader {
 public:
  CsvReader(std::string_view text, char separator) : text_(text), separator_(separator) {}

  bool done() const { return at_ >= text_.size(); }
  std::size_t cells() const { return cells_; }

  /// False: a limit was passed, or the file ended inside a quoted cell; problem() says which.
  bool next(std::vector<std::string>& record) {
    record.clear();
    std::size_t columns = 0;
    while (true) {
      std::string cell;
      if (!read_cell(cell)) return false;
      if (++columns > kMaxSheetColumns) return fail("has more than 200 columns");
      if (!cell.empty()) {
        // Empty cells at the end of a record are not kept.
        record.resize(columns - 1);
        record.push_back(std::move(cell));
      }
      if (at_ < text_.size() && text_[at_] == separator_) {
        ++at_;
        continue;
      }
      end_of_line();
      cells_ += record.size();
      columns_ = columns;
      return true;
    }
  }

  std::size_t columns() const { return columns_; }  ///< of the last record, empty ones too
  const std::string& problem() const { return problem_; }

 private:
  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  void end_of_line() {
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
  }

  bool read_cell(std::string& cell) {
    if (at_ < text_.size() && text_[at_] == '"') {
      ++at_;
      while (true) {
        const auto quote = text_.find('"', at_);
        if (quote == std::string_view::npos)
          return fail("has a quotation mark that is never closed");
        cell.append(text_.substr(at_, quote - at_));
        if (cell.size() > kMaxCellBytes) return fail("has a cell of more than 64 KiB");
        at_ = quote + 1;
        if (at_ >= text_.size() || text_[at_] != '"') break;
        cell += '"';
        ++at_;
      }
    }
    const char stops[] = {separator_, '\r', '\n', 0};
    const auto end = std::min(text_.find_first_of(stops, at_), text_.size());
    cell.append(text_.substr(at_, end - at_));
    at_ = end;
    if (cell.size() > kMaxCellBytes) return fail("has a cell of more than 64 KiB");
    return true;
  }

  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
  std::size_t cells_ = 0;
  std::size_t columns_ = 0;
  std::string problem_;
};

/// The separator that gives the most records the same number of columns.
char csv_separator(std::string_view text) {
  constexpr std::size_t kSample = 64 * 1024;
  constexpr std::size_t kSampleRecords = 60;
  if (text.starts_with("sep=") && text.size() > 4 &&
      (text[4] == ',' || text[4] == ';' || text[4] == '\t')) {
    return text[4];  // Excel's own first line
  }
  char best = ',';
  std::size_t best_score = 0;
  for (const char separator : {',', ';', '\t'}) {
    CsvReader reader(text.substr(0, kSample), separator);
    std::map<std::size_t, std::size_t> times;
    std::vector<std::string> record;
    for (std::size_t i = 0; i < kSampleRecords && !reader.done() && reader.next(record); ++i) {
      if (reader.columns() > 1) ++times[reader.columns()];
    }
    std::size_t score = 0;
    for (const auto& [columns, records] : times) score = std::max(score, records * (columns - 1));
    if (score > best_score) {
      best_score = score;
      best = separator;
    }
  }
  return best;
}

/// A cell that a spreadsheet would run as a formula, after any number of apostrophes.
bool csv_is_formula(std::string_view cell) {
  const auto at = cell.find_first_not_of('\'');
  return at != std::string_view::npos &&
         std::string_view("=+-@\t\r").find(cell[at]) != std::string_view::npos;
}

}  // namespace

protocol::Result<Csv> read_csv(std::string_view file) {
  if (file.size() > kMaxSheetBytes) {
    return refuse(ErrorCode::too_large, "the file has " + std::to_string(file.size()) +
                                            " bytes; a sheet may have 8 MiB. Split it in two");
  }
  if (const auto what = csv_other_type(file); !what.empty())
    return refuse(ErrorCode::unsupported_type, "this is " + std::string(what));
  Csv csv;
  std::string text;
  if (file.starts_with("\xFF\xFE") || file.starts_with("\xFE\xFF")) {
    csv.encoding = "UTF-16";
    text = csv_from_utf16(file);
  } else if (csv_is_utf8(file)) {
    csv.encoding = "UTF-8";
    text = file.substr(file.starts_with(kCsvMark8) ? kCsvMark8.size() : 0);
  } else {
    csv.encoding = "Windows-1252";
    text = csv_from_windows(file);
  }
  if (text.find('\0') != std::string::npos)
    return refuse(ErrorCode::unsupported_type, "this is no text: it has NUL bytes");
  if (csv_is_markup(text)) {
    return refuse(ErrorCode::unsupported_type,
                  "this is a web page, not a sheet; export the spreadsheet as CSV");
  }

  csv.separator = csv_separator(text);
  CsvReader reader(text, csv.separator);
  std::vector<std::string> record;
  while (!reader.done()) {
    const auto here = "record " + std::to_string(csv.records.size() + 1);
    if (csv.records.size() == kMaxSheetRows)
      return refuse(ErrorCode::invalid, here + ": a sheet may have 50,000 rows; split it in two");
    if (!reader.next(record)) return refuse(ErrorCode::invalid, here + " " + reader.problem());
    if (reader.cells() > kMaxSheetCells) {
      return refuse(ErrorCode::invalid,
                    here + ": a sheet may have 1,000,000 filled cells; split it in two");
    }
    for (auto& cell : record) {
      if (cell.starts_with('\'') && csv_is_formula(cell)) cell.erase(0, 1);
    }
    csv.records.push_back(std::move(record));
    record = {};
  }
  return csv;
}

std::string write_csv_record(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ',';
    const bool formula = csv_is_formula(cells[i]);
    const auto cell = formula ? "'" + cells[i] : cells[i];
    const bool edge_space = !cell.empty() && (cell.front() == ' ' || cell.back() == ' ');
    if (!formula && !edge_space && cell.find_first_of(",;\t\"\r\n") == std::string::npos) {
      line += cell;
      continue;
    }
    line += '"';
    for (const char c : cell) {
      if (c == '"') line += '"';
      line += c;
    }
    line += '"';
  }
  return line + "\r\n";
}

}  // namespace node
