#include "node/importing/newsletter.h"

#include <algorithm>

#include "node/importing/cell_words.h"
#include "node/importing/csv.h"
#include "protocol/encoding/text_encodings.h"

namespace node {

namespace {

struct NewsLabel {
  SheetField field = SheetField::none;
  std::string words;  ///< as written
  std::string value;
};

/// "For" alone is no heading of a sheet; in a newsletter it is whom a group is for.
SheetField news_field(std::string_view label) {
  const auto words = plain_words(label);
  if (words == "for" || words == "this is for" || words == "open for") return SheetField::who;
  return read_heading(label).field;
}

std::string news_tidy(std::string_view line) {
  auto text = tidy_cell(line);
  // The marks of a list: "* ", "- ", "• ", "3. ", "3) ".
  for (const std::string_view mark : {"* ", "- ", "+ ", "\u2022 ", "\u2013 ", "\u2014 ", "> "}) {
    if (text.starts_with(mark)) text = tidy_cell(text.substr(mark.size()));
  }
  const auto digits = text.find_first_not_of("0123456789");
  if (digits != std::string::npos && digits > 0 && digits <= 2 && digits + 1 < text.size() &&
      (text[digits] == '.' || text[digits] == ')') && text[digits + 1] == ' ')
    text = tidy_cell(text.substr(digits + 2));
  // "**Tuesday circle**", "__When:__ noon"
  for (const std::string_view mark : {"**", "__"}) {
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark))
      text.erase(at, mark.size());
  }
  while (text.starts_with('#')) text = tidy_cell(text.substr(1));
  return text;
}

bool news_is_rule(std::string_view text) {
  return text.size() >= 3 && text.find_first_not_of("-=*_~#. \t\r") == std::string_view::npos;
}

/// "When - monthly": only where the word before the dash is a heading and nothing else, and no
/// name, since names have dashes.
std::optional<NewsLabel> news_dashed_label(std::string_view text) {
  for (const std::string_view dash : {" - ", " \u2013 ", " \u2014 "}) {
    const auto at = text.find(dash);
    if (at == std::string_view::npos) continue;
    const auto words = text.substr(0, at);
    constexpr int kExact = 1000;
    const auto field = news_field(words);
    const bool exact = plain_words(words) == "for" || read_heading(words).score >= kExact;
    if (!exact || field == SheetField::none || field == SheetField::name) continue;
    return NewsLabel{field, tidy_cell(words), tidy_cell(text.substr(at + dash.size()))};
  }
  return std::nullopt;
}

std::optional<NewsLabel> news_label(std::string_view line) {
  constexpr std::size_t kMostLabelBytes = 40;
  const auto text = news_tidy(line);
  if (auto dashed = news_dashed_label(text)) return dashed;
  const auto colon = text.find(':');
  if (colon == std::string::npos || colon == 0 || colon > kMostLabelBytes) return std::nullopt;
  // "https://…" and "12:30" are no labels.
  if (colon + 1 < text.size() && text[colon + 1] == '/') return std::nullopt;
  NewsLabel label;
  label.words = tidy_cell(text.substr(0, colon));
  label.field = news_field(label.words);
  if (label.field == SheetField::none) return std::nullopt;
  label.value = tidy_cell(text.substr(colon + 1));
  return label;
}

std::vector<std::string> news_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

class NewsReader {
 public:
  explicit NewsReader(const std::vector<std::string>& lines) : lines_(lines) {}

  NewsletterRows read() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const auto tidy = news_tidy(lines_[i]);
      if (tidy.empty() || news_is_rule(tidy)) {
        gap_ = true;
        continue;
      }
      if (auto label = news_label(lines_[i])) {
        take_label(i, std::move(*label));
      } else if (begins_group(i)) {
        end_group();
        title_line_ = i;
        title_ = tidy;
      } else if (title_line_ && labels_.empty()) {
        // Between the name and the first label: what the group is.
        add(SheetField::summary, "", tidy);
      } else if (!labels_.empty() && !gap_) {
        labels_.back().value += (labels_.back().value.empty() ? "" : " ") + tidy;
      } else {
        rows_.aside.emplace_back(static_cast<int>(i + 1), tidy);
      }
      gap_ = false;
    }
    end_group();
    fill();
    return std::move(rows_);
  }

 private:
  /// Whether line `i`, which has no label, is the name of a group: labels follow it, with at most
  /// more lines without one between, and it begins a paragraph or the group before it is complete.
  bool begins_group(std::size_t i) const {
    std::size_t next = i + 1;
    while (next < lines_.size()) {
      const auto tidy = news_tidy(lines_[next]);
      if (tidy.empty() || news_is_rule(tidy)) {
        // A blank line may stand between the name and its labels, not between two paragraphs.
        if (next != i + 1) return false;
        ++next;
        continue;
      }
      const auto label = news_label(lines_[next]);
      if (!label) {
        if (next > i + 1 && news_tidy(lines_[next - 1]).empty()) return false;
        ++next;
        continue;
      }
      const bool starts = gap_ || i == 0 || (!title_line_ && labels_.empty());
      const bool repeats = std::any_of(labels_.begin(), labels_.end(), [&](const auto& one) {
        return one.field == label->field && one.words == label->words;
      });
      return starts || (repeats && next == i + 1);
    }
    return false;
  }

  void take_label(std::size_t i, NewsLabel label) {
    const bool named = label.field == SheetField::name;
    const bool again = std::any_of(labels_.begin(), labels_.end(), [&](const auto& one) {
      return one.field == label.field && one.words == label.words;
    });
    if (again || (named && (title_line_ || !labels_.empty()) && gap_)) end_group();
    if (!title_line_ && labels_.empty()) title_line_ = i;
    labels_.push_back(std::move(label));
  }

  void add(SheetField field, std::string words, std::string value) {
    for (auto& label : summary_) {
      if (label.field == field) {
        label.value += " " + value;
        return;
      }
    }
    summary_.push_back({field, std::move(words), std::move(value)});
  }

  void end_group() {
    if (labels_.empty()) {
      if (title_line_) rows_.aside.emplace_back(static_cast<int>(*title_line_ + 1), title_);
    } else {
      groups_.push_back({title_, summary_, labels_});
      rows_.lines.push_back(static_cast<int>(*title_line_ + 1));
    }
    title_line_.reset();
    title_.clear();
    labels_.clear();
    summary_.clear();
  }

  std::size_t column(SheetField field, const std::string& heading) {
    auto& fields = rows_.columns.fields;
    const auto found = std::find(fields.begin(), fields.end(), field);
    if (found != fields.end()) return static_cast<std::size_t>(found - fields.begin());
    fields.push_back(field);
    rows_.columns.headings.push_back(heading);
    return fields.size() - 1;
  }

  void fill() {
    column(SheetField::name, "Name");
    for (const auto& group : groups_) {
      std::vector<std::string> cells(rows_.columns.fields.size());
      const auto put = [&](const NewsLabel& label, const std::string& heading) {
        const auto at = column(label.field, heading);
        if (cells.size() <= at) cells.resize(at + 1);
        // "For: trauma therapists" and "Open to: LPCs" are two halves of who may join.
        cells[at] += (cells[at].empty() ? "" : "; ") + label.value;
      };
      cells[0] = group.title;
      for (const auto& label : group.labels) {
        if (label.field == SheetField::name && !cells[0].empty()) {
          // "Group: open" below a title says no name.
          rows_.aside.emplace_back(rows_.lines[rows_.records.size()],
                                   label.words + ": " + label.value);
          continue;
        }
        put(label, label.words);
      }
      for (const auto& label : group.summary) put(label, "Summary");
      rows_.records.push_back(std::move(cells));
    }
    for (auto& record : rows_.records) record.resize(rows_.columns.fields.size());
  }

  struct Group {
    std::string title;
    std::vector<NewsLabel> summary, labels;
  };

  const std::vector<std::string>& lines_;
  NewsletterRows rows_;
  std::vector<Group> groups_;
  std::optional<std::size_t> title_line_;
  std::string title_;
  std::vector<NewsLabel> labels_, summary_;
  bool gap_ = true;
};

}  // namespace

bool looks_like_newsletter(std::string_view text) {
  constexpr std::size_t kLooked = 400;
  std::size_t full = 0, labelled = 0, separated = 0;
  std::vector<SheetField> seen;
  for (const auto& line : news_lines(text.substr(0, 64 * 1024))) {
    if (full > kLooked) break;
    if (tidy_cell(line).empty()) continue;
    ++full;
    if (std::count(line.begin(), line.end(), '\t') > 1 ||
        std::count(line.begin(), line.end(), ';') > 3 || line.find(",\"") != std::string::npos)
      ++separated;
    if (const auto label = news_label(line)) {
      ++labelled;
      if (std::find(seen.begin(), seen.end(), label->field) == seen.end())
        seen.push_back(label->field);
    }
  }
  return seen.size() >= 2 && labelled * 5 >= full * 2 && separated * 4 < full;
}

protocol::Result<NewsletterRows> read_newsletter(std::string_view text) {
  if (text.size() > kMaxSheetBytes)
    return protocol::refuse(protocol::ErrorCode::too_large,
                            "the text is larger than 8 MiB; import it in parts");
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto lines = news_lines(text);
  auto rows = NewsReader(lines).read();
  if (rows.records.size() > kMaxSheetRows)
    return protocol::refuse(protocol::ErrorCode::invalid,
                            "more than 50,000 groups; import the text in parts");
  if (rows.records.empty())
    return protocol::refuse(protocol::ErrorCode::invalid,
                            "no group was found: each needs a line with its name and below it "
                            "lines such as 'When: 2nd Tuesdays, 7 pm' and 'Open to: LPCs'");
  return rows;
}

}  // namespace node
