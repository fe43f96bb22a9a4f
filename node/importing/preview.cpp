#include "node/importing/preview.h"

#include <algorithm>
#include <utility>

#include "node/importing/cell_words.h"

namespace node {

namespace {

using protocol::Vocabulary;

/// Columns that a text takes: code points, which is near enough for wrapping.
std::size_t preview_columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

class PreviewWriter {
 public:
  explicit PreviewWriter(std::size_t width) : width_(std::max<std::size_t>(width, 20)) {}

  /// One paragraph; its first line begins with `lead`, the others under the text.
  void say(std::string_view lead, std::string_view text) {
    const std::string indent(preview_columns(lead), ' ');
    std::string line(lead);
    bool empty = true;
    for (const auto& raw : split_words(text)) {
      const auto word = safe(raw);
      if (!empty && preview_columns(line) + 1 + preview_columns(word) > width_) {
        end(line);
        line = indent;
        empty = true;
      }
      line += (empty ? "" : " ") + word;
      empty = false;
    }
    end(line);
  }
  void gap() { out_ += '\n'; }
  std::string text() && { return std::move(out_); }

 private:
  void end(std::string& line) {
    while (!line.empty() && line.back() == ' ') line.pop_back();
    out_ += line + "\n";
  }
  /// A cell must not move the cursor or change colors.
  static std::string safe(std::string_view word) {
    std::string shown;
    for (std::size_t i = 0; i < word.size(); ++i) {
      const auto byte = static_cast<unsigned char>(word[i]);
      if (byte < 0x20 || byte == 0x7F) continue;
      if (byte == 0xC2 && i + 1 < word.size() && static_cast<unsigned char>(word[i + 1]) < 0xA0) {
        ++i;
        continue;
      }
      shown += word[i];
    }
    return shown;
  }

  std::size_t width_;
  std::string out_;
};

std::string preview_labels(Vocabulary vocabulary, const std::vector<std::string>& values) {
  std::string words;
  for (const auto& value : values)
    words += (words.empty() ? "" : ", ") + protocol::label(vocabulary, value);
  return words;
}

std::string preview_cost(const protocol::Cost& cost) {
  std::string words = cost.model.empty() ? "" : protocol::label(Vocabulary::cost_model, cost.model);
  for (const auto& option : cost.options) {
    std::string one;
    if (!option.amount.empty()) {
      one = option.amount + (option.amount_max.empty() ? "" : " to " + option.amount_max) +
            (option.currency.empty() ? "" : " " + option.currency);
    }
    if (!option.per.empty())
      one += (one.empty() ? "" : " ") + protocol::label(Vocabulary::cost_per, option.per);
    if (!option.for_whom.empty())
      one += " (" + protocol::label(Vocabulary::cost_for, option.for_whom) + ")";
    if (option.upfront.value_or(false)) one += " beforehand";
    if (!one.empty()) words += (words.empty() ? "" : "; ") + tidy_cell(one);
  }
  return words;
}

std::string preview_days(const std::vector<std::string>& days) {
  constexpr std::pair<std::string_view, std::string_view> kDays[] = {
      {"MO", "Monday"}, {"TU", "Tuesday"},  {"WE", "Wednesday"}, {"TH", "Thursday"},
      {"FR", "Friday"}, {"SA", "Saturday"}, {"SU", "Sunday"}};
  constexpr std::pair<std::string_view, std::string_view> kOrdinals[] = {
      {"1", "first "},  {"2", "second "}, {"3", "third "},
      {"4", "fourth "}, {"5", "fifth "},  {"-1", "last "}};
  std::string words;
  for (const auto& day : days) {
    if (day.size() < 2) continue;
    const auto code = std::string_view(day).substr(day.size() - 2);
    const auto number = std::string_view(day).substr(0, day.size() - 2);
    words += words.empty() ? "" : ", ";
    for (const auto& [key, name] : kOrdinals) {
      if (key == number) words += name;
    }
    for (const auto& [key, name] : kDays) {
      if (key == code) words += name;
    }
  }
  return words;
}

std::string preview_regions(const std::vector<std::string>& regions) {
  std::string words;
  for (const auto& region : regions)
    words += (words.empty() ? "" : ", ") + protocol::region_name(region);
  return words;
}

std::string preview_understood(const Understood& said) {
  std::string words;
  const auto add = [&](std::string_view what, const std::string& value) {
    if (!value.empty()) words += (words.empty() ? "" : "; ") + std::string(what) + " " + value;
  };
  add("kind:", preview_labels(Vocabulary::kinds, said.kinds));
  add("for:", said.audience.empty() ? "" : protocol::label(Vocabulary::audience, said.audience));
  std::string licenses;
  for (const auto& license : said.licenses) {
    licenses += (licenses.empty() ? "" : ", ") +
                protocol::label(Vocabulary::license_family, license.family);
    if (!license.level.empty()) licenses += " (" + license.level + ")";
  }
  add("licenses:", licenses);
  add("place:", said.locality);
  add("regions:", preview_regions(said.regions));
  add("format:", preview_labels(Vocabulary::formats, said.formats));
  if (said.cost) add("cost:", preview_cost(*said.cost));
  std::string cadence = said.cadence == "other" || said.cadence == "ambiguous" ? "" : said.cadence;
  std::replace(cadence.begin(), cadence.end(), '_', ' ');
  add("how often:", cadence);
  add("days:", preview_days(said.nth_days));
  add("begins:", said.start_local +
                     (said.tzid.empty() || said.start_local.empty() ? "" : " (" + said.tzid + ")"));
  if (said.duration_min) add("length:", std::to_string(*said.duration_min) + " minutes");
  if (said.size_max) add("at most:", std::to_string(*said.size_max));
  auto intake = said.intake;
  std::replace(intake.begin(), intake.end(), '_', '-');
  add("new members:", intake);
  std::string languages;
  for (const auto& language : said.languages)
    languages += (languages.empty() ? "" : ", ") + language;
  add("languages:", languages);
  if (said.agreement_stated) add("agreement:", "there is one");
  add("run by:", said.run_by);
  add("page:", said.join_url);
  add("to join:", said.join_how);
  add("confirmed on:", said.confirmed_on);
  return words.empty() ? "nothing but the name" : words;
}

std::string preview_change(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::add:
      return "new";
    case ChangeKind::update:
      return "changed";
    case ChangeKind::unchanged:
      return "unchanged";
    case ChangeKind::not_in_sheet:
      return "not in the sheet any more";
    case ChangeKind::refused:
      return "cannot be published yet";
  }
  return {};
}

/// "same group as record 12" in the words of the file: "row 12", "line 12".
std::string preview_row_word(std::string note, const std::string& row_word) {
  constexpr std::string_view kRecord = "record ";
  const auto at = note.find(kRecord);
  if (at != std::string::npos) note.replace(at, kRecord.size(), fold_cell(row_word) + " ");
  return note;
}

/// "Cost: …", and "How often do you meet? …" where the heading ends in a mark of its own.
std::string preview_labeled(const std::string& heading, const std::string& text) {
  if (heading.empty()) return text;
  return heading + (heading.ends_with('?') || heading.ends_with(':') ? " " : ": ") + text;
}

/// The heading over the cell that a question is about, to be found again in the sheet. Empty where
/// several columns say it.
std::string preview_heading(const ImportedSheet& sheet, const std::string& field) {
  constexpr std::pair<std::string_view, std::string_view> kColumns[] = {
      {"audience_licenses", "audience"},
      {"audience", "audience"},
      {"formats", "formats"},
      {"cost", "cost"},
      {"cost.currency", "cost"},
      {"cadence", "cadence"},
      {"duration_min", "duration"},
      {"size_max", "size"},
      {"intake", "intake"},
      {"join.url", "links"},
      {"sponsor", "sponsor"},
      {"agreement_stated", "agreement"},
      {"confirmed_at", "confirmed_at"},
      {"schedule_nth", "schedule"},
      {"start_local", "schedule"},
      {"regions", "regions"}};
  std::string heading;
  for (const auto& [asked, column] : kColumns) {
    if (asked != field) continue;
    for (const auto& [words, meaning] : sheet.columns) {
      if (meaning != column && !(column == "regions" && meaning == "locality")) continue;
      if (!heading.empty()) return {};
      heading = words;
    }
  }
  // Without a column for how often, the one for when says it.
  if (heading.empty() && field == "cadence") return preview_heading(sheet, "schedule_nth");
  return heading;
}

/// Whether the amounts of a planned listing have their currency: then the "$" was the publisher's
/// own, and there is nothing to ask.
std::string preview_own_currency(const PlannedChange& change) {
  const auto* cost = change.subject.find("cost");
  const auto* options = cost ? cost->find("options") : nullptr;
  if (!options || !options->if_array()) return {};
  for (const auto& option : *options->if_array()) {
    const auto* currency = option.find("currency");
    if (option.find("amount") && currency && currency->if_string()) return *currency->if_string();
  }
  return {};
}

/// Why a record is no group; nothing for what needs no word.
std::string preview_skipped(const ImportedRow& row, const std::string& row_word) {
  switch (row.kind) {
    case RowKind::title:
      return "a title above the headings";
    case RowKind::section:
      return "a section: " + row.note;
    case RowKind::footer:
      return "a closing line: " + row.note;
    case RowKind::duplicate:
      return "'" + row.understood.name + "' is the " + preview_row_word(row.note, row_word);
    case RowKind::header:
    case RowKind::blank:
    case RowKind::listing:
      return {};
  }
  return {};
}

}  // namespace

std::string import_summary(const std::vector<PlannedChange>& changes) {
  const auto count = [&](ChangeKind kind) {
    return std::to_string(std::count_if(changes.begin(), changes.end(),
                                        [&](const auto& change) { return change.kind == kind; }));
  };
  return count(ChangeKind::add) + " new, " + count(ChangeKind::update) + " changed, " +
         count(ChangeKind::unchanged) + " unchanged, " + count(ChangeKind::not_in_sheet) +
         " not in the sheet any more: keep or withdraw (kept unless you say so), " +
         count(ChangeKind::refused) + " with problems.";
}

std::string import_preview(const ImportedSheet& sheet, const std::vector<PlannedChange>& changes,
                           std::size_t width) {
  PreviewWriter out(width);
  bool asked = false;
  bool left = false;
  std::string unknown;
  for (const auto& [heading, field] : sheet.columns) {
    if (field.empty()) unknown += (unknown.empty() ? "'" : ", '") + heading + "'";
  }
  if (!unknown.empty()) {
    out.say("",
            "These columns are not understood, and nothing in them is published: " + unknown + ".");
    out.gap();
  }
  for (const auto& row : sheet.rows) {
    if (const auto skipped = preview_skipped(row, sheet.row_word); !skipped.empty())
      out.say(sheet.row_word + " " + std::to_string(row.record) + ": ",
              "no group, " + skipped + (skipped.ends_with('.') ? "" : "."));
    if (row.kind != RowKind::listing) continue;
    const auto change = std::find_if(changes.begin(), changes.end(), [&](const PlannedChange& one) {
      return one.record == row.record;
    });
    out.say(sheet.row_word + " " + std::to_string(row.record) + ": ",
            (row.understood.name.empty() ? "(no name)" : row.understood.name) +
                (change == changes.end() ? "" : " - " + preview_change(change->kind)));
    out.say("  understood: ", preview_understood(row.understood));
    for (const auto& left_out : row.not_understood) {
      // Of whole columns it is said once, above.
      if (std::any_of(sheet.columns.begin(), sheet.columns.end(), [&](const auto& column) {
            return column.first == left_out.first && column.second.empty();
          }))
        continue;
      out.say("  not understood: ", preview_labeled(left_out.first, "'" + left_out.second + "'"));
      left = true;
    }
    for (const auto& question : row.questions) {
      const auto own = question.field == "cost.currency" && change != changes.end()
                           ? preview_own_currency(*change)
                           : std::string();
      if (!own.empty()) {
        out.say("  taken as: ", own +
                                    ", the currency of your own area. If that is not so, write "
                                    "the currency in the cell.");
        continue;
      }
      const auto heading = preview_heading(sheet, question.field);
      out.say("  please say: ", preview_labeled(heading, question.question));
      asked = true;
    }
    if (change == changes.end()) continue;
    for (const auto& difference : change->differences) {
      out.say("  change: ", difference.field + " was '" + difference.before + "' and becomes '" +
                                difference.after + "'");
    }
    for (const auto& problem : change->problems) out.say("  problem: ", words_for(problem));
  }
  // A sheet of one part of the groups leaves out most of them; nobody reads thousands of lines.
  constexpr std::size_t kNamed = 20;
  std::size_t gone = 0;
  for (const auto& change : changes) {
    if (change.kind != ChangeKind::not_in_sheet || ++gone > kNamed) continue;
    out.say("",
            "'" + change.name +
                "' is not in the sheet any more: keep or withdraw? It is kept unless you say so.");
  }
  if (gone > kNamed)
    out.say("", "And " + std::to_string(gone - kNamed) +
                    " more that are not in the sheet any more. They are kept unless you say so.");
  out.gap();
  if (asked) {
    out.say("",
            "'please say': the cell can mean two things, or not enough. Write the answer into "
            "the cell and import the sheet again; until then the listing leaves that part out.");
  }
  if (left) {
    out.say("",
            "'not understood': the words are kept beside the listing as they are, but nobody "
            "can search or filter by them.");
  }
  if (asked || left) out.gap();
  out.say("", import_summary(changes));
  return std::move(out).text();
}

}  // namespace node
