#include "node/exporting/sheet_export.h"

#include <algorithm>
#include <map>
#include <set>

#include "node/importing/cell_words.h"
#include "node/importing/csv.h"
#include "node/pages/words.h"
#include "protocol/document/recurrence.h"

namespace node {

namespace {

using protocol::Json;
using protocol::Vocabulary;

struct SheetHeading {
  SheetField column;
  std::string_view heading;
};
constexpr SheetHeading kSheetHeadings[] = {
    {SheetField::name, "Group name"},
    {SheetField::run_by, "Run by"},
    {SheetField::kind, "Kind of group"},
    {SheetField::who, "Who can join"},
    {SheetField::place, "City and state"},
    {SheetField::serving, "Serving"},
    {SheetField::format, "In person or online"},
    {SheetField::cost, "Cost"},
    {SheetField::how_often, "How often"},
    {SheetField::day_time, "Day and time"},
    {SheetField::length, "How long"},
    {SheetField::size, "Max size"},
    {SheetField::intake, "Open or closed"},
    {SheetField::leader, "Facilitator"},
    {SheetField::topics, "Focus"},
    {SheetField::language, "Language"},
    {SheetField::identity, "Identity group"},
    {SheetField::career_stage, "Career stage"},
    {SheetField::agreement, "Confidentiality"},
    {SheetField::sponsor, "Sponsor"},
    {SheetField::accessibility, "Accessibility"},
    {SheetField::summary, "Summary"},
    {SheetField::join, "How to join"},
    {SheetField::web, "Web page"},
    {SheetField::email, "Email"},
    {SheetField::phone, "Phone"},
    {SheetField::confirmed, "Confirmed on"},
    {SheetField::id, "Listing id"},
};

/// Words must be the same whenever they are written: dates with their year, openings not at all.
constexpr protocol::Date kSheetDay{};

std::string sheet_labels(Vocabulary vocabulary, const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values) {
    const auto words =
        protocol::is_known(vocabulary, value) ? protocol::label(vocabulary, value) : value;
    text += (text.empty() ? "" : "; ") + words;
  }
  return text;
}

std::string sheet_joined(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : "; ") + item;
  return text;
}

std::string sheet_how_often(const protocol::Listing& listing) {
  if (!listing.meets.empty()) return protocol::label(Vocabulary::meets, listing.meets);
  if (listing.schedule.size() != 1) return {};
  const auto rule = protocol::parse_recurrence(listing.schedule[0].rrule);
  if (!rule) return {};
  const auto every = [&](std::string_view one, std::string_view unit) {
    return rule->interval == 1
               ? std::string(one)
               : "every " + std::to_string(rule->interval) + " " + std::string(unit);
  };
  switch (rule->frequency) {
    case protocol::Recurrence::Frequency::daily:
      return every("daily", "days");
    case protocol::Recurrence::Frequency::weekly:
      return rule->by_day.size() > 1 ? std::string() : every("weekly", "weeks");
    case protocol::Recurrence::Frequency::monthly:
      return rule->by_day.size() > 1 ? std::string() : every("monthly", "months");
    case protocol::Recurrence::Frequency::yearly:
      return every("yearly", "years");
  }
  return {};
}

/// What the importer reads as dates of a rhythm: without "until" and counts, with plain marks.
std::string sheet_day_time(const protocol::Listing& listing) {
  std::string text;
  for (const auto& rule : listing.schedule) {
    auto words = schedule_words(rule, kSheetDay);
    for (const auto& [fine, plain] :
         {std::pair<std::string_view, std::string_view>{"\u2013", "-"}, {"\u00a0", " "}}) {
      for (auto at = words.find(fine); at != std::string::npos; at = words.find(fine, at))
        words.replace(at, fine.size(), plain);
    }
    if (!words.empty()) text += (text.empty() ? "" : "; ") + words;
  }
  return text;
}

std::string sheet_who(const protocol::Listing& listing) {
  std::vector<std::string> licenses;
  for (const auto& license : listing.licenses) {
    // The title that people write, where there is one of this level.
    std::string words = protocol::label(Vocabulary::license_family, license.family);
    for (const auto& title : protocol::license_titles()) {
      if (title.family == license.family && title.level == license.level && title.regions.empty()) {
        words = std::string(title.title);
        break;
      }
    }
    licenses.push_back(std::move(words));
  }
  if (!licenses.empty()) return sheet_joined(licenses);
  if (listing.license_rule == "any_licensed") return "Any licensed therapist";
  if (listing.license_rule == "none_required") return "No license needed";
  return protocol::label(Vocabulary::audience, listing.audience);
}

std::string sheet_cost(const protocol::Listing& listing) {
  if (!listing.cost) return {};
  auto words = cost_words(listing).amount;
  for (auto at = words.find("\u2013"); at != std::string::npos; at = words.find("\u2013"))
    words.replace(at, 3, "-");
  for (auto at = words.find("\u00a0"); at != std::string::npos; at = words.find("\u00a0"))
    words.replace(at, 2, " ");
  return words;
}

std::string sheet_place(const protocol::Place& place) {
  auto text = place.locality;
  if (!place.region.empty())
    text += (text.empty() ? "" : ", ") + protocol::region_name(place.region);
  return text;
}

std::string sheet_intake(const protocol::Listing& listing) {
  if (listing.status == "full")
    return listing.capacity.waitlist.value_or(false) ? "full, waitlist" : "full";
  if (listing.status == "forming") return "forming";
  if (listing.capacity.waitlist.value_or(false)) return "waitlist";
  if (listing.drop_in == "welcome") return "drop in";
  return {};
}

/// Words for the values alone.
std::map<SheetField, std::string> sheet_value_words(const protocol::Listing& listing) {
  std::map<SheetField, std::string> cells;
  cells[SheetField::name] = listing.name;
  const bool runs = listing.sponsor.relation.empty() || listing.sponsor.relation == "runs";
  cells[runs && !listing.sponsor.relation.empty() ? SheetField::run_by : SheetField::sponsor] =
      listing.sponsor.name;
  cells[SheetField::kind] = sheet_labels(Vocabulary::kinds, listing.kinds);
  cells[SheetField::who] = sheet_who(listing);
  cells[SheetField::place] = sheet_place(listing.place);
  std::vector<std::string> served;
  for (const auto& code : listing.regions) served.push_back(protocol::region_name(code));
  // Where a group meets is whom it serves, unless a column says otherwise.
  const bool here = !listing.place.locality.empty() && listing.regions.size() == 1 &&
                    listing.regions.front() == listing.place.region;
  if (!here) cells[SheetField::serving] = sheet_joined(served);
  cells[SheetField::format] = sheet_labels(Vocabulary::formats, listing.formats);
  cells[SheetField::cost] = sheet_cost(listing);
  cells[SheetField::how_often] = sheet_how_often(listing);
  cells[SheetField::day_time] = sheet_day_time(listing);
  if (!listing.schedule.empty() && listing.schedule[0].duration)
    cells[SheetField::length] = std::to_string(*listing.schedule[0].duration) + " minutes";
  if (listing.capacity.max) cells[SheetField::size] = std::to_string(*listing.capacity.max);
  cells[SheetField::intake] = sheet_intake(listing);
  if (!listing.facilitation.empty())
    cells[SheetField::leader] = sheet_labels(Vocabulary::facilitation, {listing.facilitation});
  cells[SheetField::topics] = sheet_labels(Vocabulary::focus_topics, listing.focus_topics);
  std::vector<std::string> languages;
  for (const auto& tag : listing.languages) languages.push_back(language_words(tag));
  cells[SheetField::language] = sheet_joined(languages);
  std::vector<std::string> groups;
  for (const auto& one : listing.identity_affirming) groups.push_back(one.group);
  cells[SheetField::identity] = sheet_labels(Vocabulary::identity_group, groups);
  cells[SheetField::career_stage] = sheet_labels(Vocabulary::career_stages, listing.career_stages);
  if (!listing.agreement_state.empty())
    cells[SheetField::agreement] =
        sheet_labels(Vocabulary::agreement_state, {listing.agreement_state});
  cells[SheetField::accessibility] = sheet_labels(Vocabulary::accessibility, listing.accessibility);
  cells[SheetField::summary] = listing.summary;
  cells[SheetField::join] = listing.contact.preferred;
  cells[SheetField::web] = listing.links.home;
  const auto& shown = listing.contact.public_contact;
  const bool number =
      std::count_if(shown.begin(), shown.end(), [](char c) { return c >= '0' && c <= '9'; }) >= 7;
  if (!mail_address_in(shown).empty()) {
    cells[SheetField::email] = shown;
  } else if (number && !shown.starts_with("https://")) {
    cells[SheetField::phone] = shown;
  } else if (!shown.empty() && cells[SheetField::join].empty()) {
    cells[SheetField::join] = shown;
  }
  cells[SheetField::confirmed] = listing.confirmed_at;
  return cells;
}

/// Whether all that `said` has is in `whole`.
bool sheet_within(const Json* said, const Json* whole) {
  if (!said) return true;
  if (!whole) return false;
  if (const auto* members = said->if_object()) {
    return whole->if_object() &&
           std::all_of(members->begin(), members->end(), [&](const auto& one) {
             return sheet_within(&one.second, whole->find(one.first));
           });
  }
  if (const auto* items = said->if_array()) {
    const auto* all = whole->if_array();
    if (!all || all->size() != items->size()) return false;
    for (std::size_t i = 0; i < items->size(); ++i)
      if (!sheet_within(&(*items)[i], &(*all)[i])) return false;
    return true;
  }
  return protocol::canonical(*said) == protocol::canonical(*whole);
}

std::string sheet_record(const std::map<SheetField, std::string>& cells) {
  std::vector<std::string> record;
  for (const auto& one : kSheetHeadings) {
    const auto found = cells.find(one.column);
    record.push_back(found == cells.end() ? std::string() : tidy_cell(found->second));
  }
  return write_csv_record(record);
}

std::string sheet_head() {
  std::vector<std::string> headings;
  for (const auto& one : kSheetHeadings) headings.emplace_back(one.heading);
  return write_csv_record(headings);
}

/// What an import would read from these cells alone.
Json sheet_read_back(const std::map<SheetField, std::string>& cells, protocol::Date day) {
  const auto sheet = understand_sheet(sheet_head() + sheet_record(cells), day);
  if (sheet) {
    for (const auto& row : sheet->rows)
      if (row.kind == RowKind::listing) return row.subject;
  }
  return Json::object({});
}

protocol::Date sheet_day(const Json& subject) {
  const Json* confirmed = subject.find("confirmed_at");
  const auto* text = confirmed ? confirmed->if_string() : nullptr;
  return text ? protocol::parse_date(*text).value_or(kSheetDay) : kSheetDay;
}

}  // namespace

std::vector<std::pair<SheetField, std::string>> sheet_cells(const Json& subject,
                                                            const std::string& id) {
  const auto listing = protocol::read_listing(subject);
  if (!listing) return {{SheetField::id, id}};
  const auto words = sheet_value_words(*listing);
  auto cells = words;
  cells[SheetField::id] = id;

  std::map<std::string, std::string, std::less<>> own;
  for (const auto& [name, text] : listing->as_stated) own.emplace(name, text);
  std::set<SheetField> stated;
  for (const auto& one : kSheetHeadings) {
    // Two columns go by "regions"; the words of a place may be of either.
    if (one.column == SheetField::place) continue;
    if (one.column == SheetField::serving && !words.contains(one.column)) continue;
    const auto found = own.find(word(one.column));
    // Cut where they were too long to be kept: then they do not say all.
    if (found == own.end() || found->second.size() >= 190) continue;
    cells[one.column] = found->second;
    stated.insert(one.column);
  }
  const auto wrong_members = [&] {
    const auto read = sheet_read_back(cells, sheet_day(subject));
    std::set<std::string_view> wrong;
    for (const auto& one : kSheetHeadings) {
      for (const auto member : sheet_members(one.column)) {
        const Json* said = read.find(member);
        const Json* there = subject.find(member);
        if (!sheet_within(said, there) || (there && !said)) wrong.insert(member);
      }
    }
    return wrong;
  };
  // Words that do not mean the values (any more) give way to the values.
  const auto wrong = wrong_members();
  for (const auto column : stated) {
    const auto members = sheet_members(column);
    const bool off = std::any_of(members.begin(), members.end(),
                                 [&](auto member) { return wrong.contains(member); });
    const auto found = words.find(column);
    if (off && found != words.end() && !found->second.empty()) cells[column] = found->second;
  }
  std::vector<std::pair<SheetField, std::string>> written;
  for (const auto& one : kSheetHeadings) {
    const auto found = cells.find(one.column);
    written.emplace_back(one.column, found == cells.end() ? "" : tidy_cell(found->second));
  }
  return written;
}

ExportedSheet export_sheet(std::span<const ExistingListing> listings) {
  ExportedSheet sheet;
  sheet.csv = sheet_head();
  std::map<std::string, std::size_t> lost;
  for (const auto& listing : listings) {
    const auto written = sheet_cells(listing.subject, listing.id);
    const std::map<SheetField, std::string> cells(written.begin(), written.end());
    sheet.csv += sheet_record(cells);
    const auto read = sheet_read_back(cells, sheet_day(listing.subject));
    static const std::set<std::string_view> kBeside = {"id", "type", "as_stated"};
    if (const auto* members = listing.subject.if_object()) {
      for (const auto& [name, value] : *members) {
        if (kBeside.contains(name)) continue;
        const Json* said = read.find(name);
        if (!said || protocol::canonical(*said) != protocol::canonical(value)) ++lost[name];
      }
    }
  }
  sheet.not_held.assign(lost.begin(), lost.end());
  return sheet;
}

}  // namespace node
