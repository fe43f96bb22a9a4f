#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Which column of a sheet says what, from headings in plain English in any order.

namespace node {

enum class SheetField {
  none,
  name,
  run_by,
  kind,
  who,
  place,
  city,
  state,
  serving,
  format,
  cost,
  how_often,
  day_time,
  length,
  size,
  intake,
  leader,
  topics,
  language,
  identity,
  agreement,
  sponsor,
  join,
  web,
  email,
  phone,
  notes,
  confirmed,
  id,
  summary,
  accessibility,
  career_stage,
};

/// "name", "run_by", …: the word in messages and as the key of the kept words; "" for none.
std::string_view word(SheetField field);

/// What a heading means by itself, with how sure that is (0: not at all).
struct HeadingReading {
  SheetField field = SheetField::none;
  int score = 0;
};
HeadingReading read_heading(std::string_view heading);

/// Who pays what a column of prices says, in words that understand_cost() reads: "members",
/// "non-members", "trainees"; empty where the heading names nobody.
std::string heading_payer(std::string_view heading);

struct SheetColumns {
  std::size_t header = 0;  ///< index of the record with the headings
  std::vector<std::string> headings;
  std::vector<SheetField> fields;  ///< by column; none where a heading says nothing known

  std::optional<std::size_t> column(SheetField field) const;
  bool has(SheetField field) const { return column(field).has_value(); }
};

/// Finds the record of headings among the first ones, and what each column is. Nothing where no
/// record looks like headings or none names a column of names.
std::optional<SheetColumns> find_columns(const std::vector<std::vector<std::string>>& records);

/// Whether `record` repeats the headings.
bool repeats_headings(const SheetColumns& columns, const std::vector<std::string>& record);

}  // namespace node
