#include "node/importing/sheet.h"

#include <algorithm>
#include <unordered_map>

#include "node/importing/cell_words.h"
#include "node/importing/json_lines.h"
#include "node/importing/newsletter.h"
#include "node/importing/row_reader.h"

namespace node {

namespace {

using protocol::Json;

std::vector<std::size_t> sheet_filled(const std::vector<std::string>& record) {
  std::vector<std::size_t> filled;
  for (std::size_t i = 0; i < record.size(); ++i) {
    if (record[i].find_first_not_of(" \t\r\n") != std::string::npos &&
        !tidy_cell(record[i]).empty())
      filled.push_back(i);
  }
  return filled;
}

bool sheet_says_footer(std::string_view text) {
  const auto words = plain_words(text);
  for (const auto start : {"total",
                           "totals",
                           "grand total",
                           "subtotal",
                           "count",
                           "last updated",
                           "updated",
                           "last update",
                           "last revised",
                           "revised",
                           "questions",
                           "note",
                           "notes",
                           "source",
                           "sources",
                           "end of",
                           "page",
                           "compiled",
                           "prepared by",
                           "legend",
                           "key",
                           "footnote",
                           "disclaimer",
                           "please send",
                           "send corrections",
                           "corrections",
                           "contact",
                           "number of groups",
                           "as of",
                           "printed",
                           "copyright",
                           "maintained by",
                           "thank you",
                           "thanks",
                           "for questions",
                           "list as of",
                           "list last"}) {
    if (find_phrase(words, start) == 0) return true;
  }
  return false;
}

bool sheet_is_marked(std::string_view text) {
  const auto tidy = tidy_cell(text);
  const auto mark = [](char c) {
    return c == '-' || c == '=' || c == '*' || c == '#' || c == '~' || c == '_';
  };
  if (tidy.size() > 4 && mark(tidy[0]) && mark(tidy[1])) return true;
  bool letters = false;
  for (const char c : tidy) {
    if (c >= 'a' && c <= 'z') return false;
    if (c >= 'A' && c <= 'Z') letters = true;
  }
  return letters && tidy.size() > 3;
}

/// Whether a short record below the headings is a line between groups, and which.
std::optional<RowKind> sheet_line(const std::vector<std::string>& record,
                                  const std::vector<std::size_t>& filled,
                                  const SheetColumns& columns, bool last) {
  const auto name = *columns.column(SheetField::name);
  const auto& first = record[filled.front()];
  const std::size_t known =
      static_cast<std::size_t>(std::count_if(columns.fields.begin(), columns.fields.end(),
                                             [](auto field) { return field != SheetField::none; }));
  if (filled.size() == 1) {
    if (known == 1 && filled.front() == name && !sheet_is_marked(first) &&
        !sheet_says_footer(first))
      return std::nullopt;
    return last || sheet_says_footer(first) ? RowKind::footer : RowKind::section;
  }
  // One text over merged cells.
  if (std::all_of(filled.begin(), filled.end(),
                  [&](auto i) { return tidy_cell(record[i]) == tidy_cell(first); }))
    return last || sheet_says_footer(first) ? RowKind::footer : RowKind::section;
  if (filled.size() > 3) return std::nullopt;
  const bool address = std::any_of(filled.begin(), filled.end(), [&](auto i) {
    return i < columns.fields.size() && columns.fields[i] == SheetField::web;
  });
  if (address) return std::nullopt;
  const auto words = plain_words(first);
  const bool totals =
      words == "total" || words == "totals" || words == "count" || words == "subtotal" ||
      words == "grand total" || find_phrase(words, "total groups") == 0 ||
      find_phrase(words, "number of groups") == 0 || find_phrase(words, "last updated") == 0 ||
      find_phrase(words, "last update") == 0 ||
      (find_phrase(words, "total") == 0 && tidy_cell(first).find(':') != std::string::npos);
  if (totals) return RowKind::footer;
  const auto tidy = tidy_cell(first);
  const bool ruled = tidy.size() > 4 && (tidy.starts_with("--") || tidy.starts_with("==") ||
                                         tidy.starts_with("**") || tidy.starts_with("##"));
  if (ruled) return RowKind::section;
  return std::nullopt;
}

/// Words of a name, for comparing: no articles, no brackets that only name who runs it.
std::vector<std::string> sheet_name_words(const Understood& said) {
  std::vector<std::string> words;
  const auto run_by = plain_words(said.run_by);
  for (auto& word : split_words(plain_words(said.name))) {
    constexpr std::string_view kSmall[] = {"the", "a",  "an", "for",  "of", "and",
                                           "in",  "at", "on", "with", "to", "fb"};
    if (std::find(std::begin(kSmall), std::end(kSmall), word) != std::end(kSmall)) continue;
    if (has_phrase(run_by, word)) continue;
    words.push_back(std::move(word));
  }
  return words;
}

/// "grp" for "group": the same first letter, every letter in order, no shorter than three.
bool sheet_abbreviates(std::string_view brief, std::string_view whole) {
  if (brief.size() < 3 || brief.size() >= whole.size() || brief.front() != whole.front())
    return false;
  std::size_t at = 0;
  for (const char c : whole) {
    if (at < brief.size() && brief[at] == c) ++at;
  }
  return at == brief.size();
}

/// Whether the letters of `word` begin words that follow one another in `text`: "toc" and
/// "therapists of color".
bool sheet_is_acronym(std::string_view word, const std::vector<std::string>& text) {
  constexpr std::size_t kLongest = 8;
  if (word.size() < 2 || word.size() > kLongest) return false;
  // "Association of Art Therapists for Color" is AATC as well.
  auto weighty = text;
  std::erase_if(weighty, [](const std::string& one) {
    return one == "of" || one == "and" || one == "for" || one == "the" || one == "in";
  });
  if (weighty.size() < text.size() && sheet_is_acronym(word, weighty)) return true;
  for (std::size_t start = 0; start + word.size() <= text.size(); ++start) {
    bool all = true;
    for (std::size_t i = 0; i < word.size() && all; ++i) all = text[start + i].front() == word[i];
    if (all) return true;
  }
  return false;
}

/// Whether the words of the shorter text are all in the longer one, shortened or as initials, and
/// cover half of it at least.
bool sheet_texts_alike(const std::vector<std::string>& words_a, const std::string& text_a,
                       const std::vector<std::string>& words_b, const std::string& text_b) {
  if (words_a.empty() || words_b.empty()) return plain_words(text_a) == plain_words(text_b);
  const bool b_shorter = words_b.size() <= words_a.size();
  const auto& few = b_shorter ? words_b : words_a;
  const auto& many = b_shorter ? words_a : words_b;
  const auto whole = split_words(plain_words(b_shorter ? text_a : text_b));
  std::size_t matched = 0;
  std::size_t covered = 0;
  for (const auto& word : few) {
    const bool same = std::any_of(many.begin(), many.end(), [&](const std::string& other) {
      return word == other || sheet_abbreviates(word, other) || sheet_abbreviates(other, word);
    });
    const bool acronym = !same && sheet_is_acronym(word, whole);
    if (same || acronym) ++matched;
    covered += acronym ? word.size() : same ? 1 : 0;
  }
  return matched == few.size() && covered * 2 >= many.size();
}

bool sheet_names_alike(const Understood& a, const Understood& b) {
  // "NQTN network" of the "NQTN" beside "NQTN member network" of the body whose initials these are.
  return sheet_texts_alike(sheet_name_words(a), a.name, sheet_name_words(b), b.name) ||
         sheet_texts_alike(split_words(plain_words(a.name)), a.name,
                           split_words(plain_words(b.name)), b.name);
}

/// "Los Angeles" and "LA", "Ohio Chapter of the Guild" and "Guild Ohio".
bool sheet_bodies_alike(const std::string& a, const std::string& b) {
  const auto words = [](const std::string& text) {
    auto all = split_words(plain_words(text));
    std::erase_if(all, [](const std::string& word) {
      return word == "the" || word == "of" || word == "for" || word == "and" || word == "chapter";
    });
    return all;
  };
  return sheet_texts_alike(words(a), a, words(b), b);
}

/// The host of an address, without "www.".
std::string sheet_host(std::string_view url) {
  if (!url.starts_with("https://")) return {};
  url.remove_prefix(8);
  auto host = std::string(url.substr(0, url.find_first_of("/?#:")));
  if (host.starts_with("www.")) host.erase(0, 4);
  return host;
}

bool sheet_contradicts(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return !a.empty() && !b.empty() && a != b;
}
bool sheet_contradicts(const std::string& a, const std::string& b) {
  return !a.empty() && !b.empty() && fold_cell(a) != fold_cell(b) && !sheet_bodies_alike(a, b);
}

bool sheet_same_group(const Understood& a, const Understood& b) {
  if (!a.id.empty() || !b.id.empty()) return !a.id.empty() && a.id == b.id;
  if (sheet_contradicts(a.run_by, b.run_by) || sheet_contradicts(a.locality, b.locality) ||
      sheet_contradicts(a.regions, b.regions) || sheet_contradicts(a.nth_days, b.nth_days) ||
      (!a.start_local.empty() && !b.start_local.empty() && a.start_local != b.start_local) ||
      sheet_contradicts(a.kinds, b.kinds)) {
    return false;
  }
  const bool same_name = plain_words(a.name) == plain_words(b.name);
  const bool same_page = !a.join_url.empty() && a.join_url == b.join_url;
  if (same_name) return true;
  if (!sheet_names_alike(a, b)) return false;
  const bool same_body = !a.run_by.empty() && !b.run_by.empty();  // else it had contradicted
  const bool same_site = !a.join_url.empty() && sheet_host(a.join_url) == sheet_host(b.join_url);
  return same_page || (same_body && same_site);
}

void sheet_find_duplicates(ImportedSheet& sheet) {
  // Only rows of one name, one page or one body on one site are compared, and of these not
  // endlessly many.
  constexpr std::size_t kCompared = 50;
  std::unordered_map<std::string, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < sheet.rows.size(); ++i) {
    auto& row = sheet.rows[i];
    if (row.kind != RowKind::listing) continue;
    const auto& said = row.understood;
    std::vector<std::string> keys = {"n" + plain_words(said.name)};
    if (!said.join_url.empty()) {
      keys.push_back("u" + said.join_url);
      keys.push_back("s" + sheet_host(said.join_url));
    }
    std::optional<std::size_t> same;
    for (const auto& key : keys) {
      const auto found = groups.find(key);
      if (found == groups.end() || same) continue;
      for (const auto other : found->second) {
        if (sheet_same_group(sheet.rows[other].understood, said)) {
          same = other;
          break;
        }
      }
    }
    if (same) {
      row.kind = RowKind::duplicate;
      row.note = "same group as record " + std::to_string(sheet.rows[*same].record);
      continue;
    }
    for (const auto& key : keys) {
      auto& group = groups[key];
      if (group.size() < kCompared) group.push_back(i);
    }
  }
}

std::string sheet_headings_seen(const std::vector<std::vector<std::string>>& records) {
  std::string seen;
  for (const auto& record : records) {
    const auto filled = sheet_filled(record);
    if (filled.size() < 2) continue;
    for (const auto i : filled) {
      seen += (seen.empty() ? "'" : ", '") + cut_text(tidy_cell(record[i]), 30) + "'";
      if (seen.size() > 300) break;
    }
    break;
  }
  return seen.empty() ? "nothing" : seen;
}

protocol::Result<ImportedSheet> understand_newsletter(std::string_view text, protocol::Date today) {
  ASSIGN_OR_RETURN(const auto news, read_newsletter(text));
  ImportedSheet sheet;
  sheet.row_word = "Line";
  for (std::size_t i = 0; i < news.columns.headings.size(); ++i)
    sheet.columns.emplace_back(news.columns.headings[i], std::string(word(news.columns.fields[i])));
  RowContext context{news.columns, today, {}, {}};
  for (std::size_t i = 0; i < news.records.size(); ++i) {
    ImportedRow row;
    row.record = news.lines[i];
    const auto facts = read_row(news.records[i], context, row);
    row.subject = listing_subject(facts, row);
    sheet.rows.push_back(std::move(row));
  }
  for (const auto& [line, words] : news.aside) {
    ImportedRow row;
    row.record = line;
    row.kind = RowKind::section;
    row.note = words;
    sheet.rows.push_back(std::move(row));
  }
  std::stable_sort(sheet.rows.begin(), sheet.rows.end(),
                   [](const auto& a, const auto& b) { return a.record < b.record; });
  sheet_find_duplicates(sheet);
  return sheet;
}

/// Puts what several columns say of day and hour into the first of them: "Day | Start | End" as
/// "Mondays; 18:00 - 19:00".
void sheet_join_times(const SheetColumns& columns, std::vector<std::vector<std::string>>& records) {
  const auto first = columns.column(SheetField::day_time);
  if (!first) return;
  for (std::size_t i = columns.header + 1; i < records.size(); ++i) {
    auto& record = records[i];
    for (std::size_t column = *first + 1; column < columns.fields.size(); ++column) {
      if (columns.fields[column] != SheetField::day_time || column >= record.size() ||
          says_nothing(record[column]))
        continue;
      const auto heading = split_words(plain_words(columns.headings[column]));
      constexpr std::string_view kEnds[] = {"end",   "ends", "ending", "to",
                                            "until", "till", "finish", "finishes"};
      const bool end = !heading.empty() && std::find(std::begin(kEnds), std::end(kEnds),
                                                     heading.front()) != std::end(kEnds);
      auto& all = record[*first];
      all = says_nothing(all) ? record[column] : all + (end ? " - " : "; ") + record[column];
      record[column].clear();
    }
  }
}

/// Puts what several columns say of prices into the first of them: "Members pay | Others pay" as
/// "$5 members; $10 non-members".
void sheet_join_costs(const SheetColumns& columns, std::vector<std::vector<std::string>>& records) {
  const auto first = columns.column(SheetField::cost);
  if (!first || std::count(columns.fields.begin(), columns.fields.end(), SheetField::cost) < 2)
    return;
  for (std::size_t i = columns.header + 1; i < records.size(); ++i) {
    auto& record = records[i];
    std::vector<std::pair<std::string, std::string>> prices;  // the cell, and who pays it
    for (std::size_t column = *first; column < std::min(columns.fields.size(), record.size());
         ++column) {
      if (columns.fields[column] != SheetField::cost || says_nothing(record[column])) continue;
      prices.emplace_back(tidy_cell(record[column]), heading_payer(columns.headings[column]));
      record[column].clear();
    }
    if (prices.empty()) continue;
    const bool same = std::all_of(prices.begin(), prices.end(), [&](const auto& price) {
      return plain_words(price.first) == plain_words(prices.front().first);
    });
    auto& all = record[*first];
    if (same && prices.size() > 1) {
      all = prices.front().first;
      continue;
    }
    for (const auto& [price, payer] : prices) {
      all += (all.empty() ? "" : "; ") + price;
      if (payer.empty() || has_phrase(plain_words(price), plain_words(payer))) continue;
      const bool free = plain_words(price) == "free" || plain_words(price).starts_with("no ");
      all += (free ? " for " : " ") + payer;
    }
  }
}

}  // namespace

protocol::Result<ImportedSheet> understand_file(std::string_view file, protocol::Date today) {
  if (looks_like_json_lines(file)) return read_json_lines(file);
  if (looks_like_newsletter(file)) return understand_newsletter(file, today);
  return understand_sheet(file, today);
}

protocol::Result<ImportedSheet> understand_sheet(std::string_view file, protocol::Date today) {
  ASSIGN_OR_RETURN(auto csv, read_csv(file));
  if (std::all_of(csv.records.begin(), csv.records.end(),
                  [](const auto& record) { return sheet_filled(record).empty(); })) {
    return protocol::refuse(protocol::ErrorCode::invalid,
                            "there is nothing in it. Save the sheet as CSV once more, and look "
                            "whether it is the right file");
  }
  const auto columns = find_columns(csv.records);
  if (!columns) {
    return protocol::refuse(
        protocol::ErrorCode::invalid,
        "no row of headings with a column of names was found. Seen: " +
            sheet_headings_seen(csv.records) +
            ". Understood would be headings such as 'Group name', 'Who can join', 'City & state', "
            "'In person or online', 'Cost', 'How often', 'Day and time', 'How long', 'Web page', "
            "'How to join'. Write such headings into your sheet, 'Group name' at least, and import "
            "it again");
  }
  ImportedSheet sheet;
  for (std::size_t i = 0; i < columns->headings.size(); ++i) {
    if (!columns->headings[i].empty())
      sheet.columns.emplace_back(columns->headings[i], std::string(word(columns->fields[i])));
  }
  sheet_join_times(*columns, csv.records);
  sheet_join_costs(*columns, csv.records);
  std::size_t last_full = columns->header;
  for (std::size_t i = columns->header + 1; i < csv.records.size(); ++i) {
    if (sheet_filled(csv.records[i]).size() > 1) last_full = i;
  }
  RowContext context{*columns, today, {}, {}};
  for (std::size_t i = 0; i < csv.records.size(); ++i) {
    const auto& record = csv.records[i];
    ImportedRow row;
    row.record = static_cast<int>(i + 1);
    const auto filled = sheet_filled(record);
    if (filled.empty()) {
      row.kind = RowKind::blank;
    } else if (i < columns->header) {
      row.kind = RowKind::title;
    } else if (i == columns->header || repeats_headings(*columns, record)) {
      row.kind = RowKind::header;
    } else if (const auto line = sheet_line(record, filled, *columns, i > last_full)) {
      row.kind = *line;
      row.note = tidy_cell(record[filled.front()]);
      if (row.kind == RowKind::section) context.section = row.note;
    } else {
      const auto facts = read_row(record, context, row);
      row.subject = listing_subject(facts, row);
    }
    sheet.rows.push_back(std::move(row));
  }
  sheet_find_duplicates(sheet);
  return sheet;
}

}  // namespace node
