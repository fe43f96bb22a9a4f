#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node/importing/columns.h"
#include "node/importing/csv.h"
#include "protocol/document/listing.h"
#include "protocol/encoding/json.h"

// A chapter's spreadsheet, understood (docs/decisions). Only what a cell says: nothing is guessed,
// the cell's own words are kept beside each value, and what could mean two things is asked.

namespace node {

enum class RowKind { title, header, section, blank, footer, duplicate, listing };

/// Something that a person must decide.
struct Question {
  std::string field;     ///< of the listing: "schedule", "cost", …
  std::string question;  ///< "'bi-monthly': twice a month, or every two months?"
};

/// What one row says, in the listing's vocabulary. Empty texts and lists: the row does not say.
struct Understood {
  std::string name, run_by;
  std::vector<std::string> kinds;
  std::vector<protocol::License> licenses;
  std::string audience;
  std::vector<std::string> regions;
  std::string locality;
  std::vector<std::string> formats;  ///< "online_unspecified" where the channel is not said
  std::optional<protocol::Cost> cost;
  std::string cadence;                ///< weekly, every_2_weeks, monthly, …, other, ambiguous
  std::vector<std::string> nth_days;  ///< BYDAY values: "2TU", "-1TH", "FR"
  std::string start_local;            ///< "19:00"
  std::optional<std::int64_t> duration_min;
  std::string tzid;
  std::optional<std::int64_t> size_max;
  std::string intake;  ///< open, closed, full, drop_in
  std::vector<std::string> languages;
  std::string join_url, join_how;
  bool agreement_stated = false;
  std::string id;            ///< urn:uuid, where the sheet has a column of ids
  std::string confirmed_on;  ///< date, where the sheet has such a column
};

struct ImportedRow {
  int record = 0;  ///< number of the CSV record, the first is 1
  RowKind kind = RowKind::listing;
  std::string note;  ///< why it is no listing: "same group as record 12"
  Understood understood;
  std::vector<Question> questions;
  std::vector<std::pair<SheetField, std::string>> cells;  ///< of the columns understood, tidied
  std::vector<std::pair<std::string, std::string>> as_stated;  ///< field and the cell's words
  std::vector<std::pair<std::string, std::string>>
      not_understood;      ///< heading and words that became no value
  protocol::Json subject;  ///< credentialSubject without id, status and dates; for listings only
};

struct ImportedSheet {
  std::vector<std::pair<std::string, std::string>>
      columns;  ///< heading as written, and the field it is read as ("" = none)
  std::vector<ImportedRow> rows;
  /// What `record` counts, for messages: "Row" of a sheet, "Line" of a text.
  std::string row_word = "Row";
  /// Each row says all that there is to say, so that what it leaves out is taken back.
  bool says_all = false;
};

/// `today` decides what "last seen 2014" or a first date means. Refuses as read_csv() does, and
/// with `invalid` when no row looks like headings or there is no column of names: it says which
/// headings were seen and what would be understood.
protocol::Result<ImportedSheet> understand_sheet(std::string_view file, protocol::Date today);

/// The same of whatever a chapter keeps: a sheet, a newsletter (newsletter.h) or lines of JSON
/// (json_lines.h), told apart by how the file begins.
protocol::Result<ImportedSheet> understand_file(std::string_view file, protocol::Date today);

/// The listing rows in the shape that groups_expected.ndjson has, for counting.
protocol::Json to_json(const ImportedSheet& sheet);

}  // namespace node
