#include "node/importing/plan.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <unordered_map>

#include "node/importing/cell_words.h"
#include "node/importing/understand_cost.h"
#include "protocol/document/listing_fields.h"
#include "protocol/encoding/json_members.h"

namespace node {

namespace {

using protocol::Json;
using protocol::Problem;

// What stays where a row that says everything is silent about it.
constexpr std::string_view kPlanLasting[] = {
    "status",   "area",         "lang",      "data_license",
    "audience", "confirmed_at", "review_by", "confirmed_by_role"};
constexpr std::string_view kPlanNewId = "urn:uuid:00000000-0000-4000-8000-000000000000";

/// A value in words for the preview: "model fee_per_meeting, amount 20".
std::string plan_words(const Json* value) {
  if (!value || value->is_null()) return "not stated";
  if (const auto* text = value->if_string()) return *text;
  if (const auto* flag = value->if_bool()) return *flag ? "yes" : "no";
  if (const auto number = value->if_integer()) return std::to_string(*number);
  std::string words;
  if (const auto* items = value->if_array()) {
    for (const auto& item : *items)
      words += (words.empty() ? "" : item.if_object() ? "; " : ", ") + plan_words(&item);
    return words;
  }
  if (const auto* members = value->if_object()) {
    for (const auto& [name, member] : *members)
      words += (words.empty() ? "" : ", ") + name + " " + plan_words(&member);
  }
  return words;
}

/// Each column of a sheet with the members that it can speak about: what a sheet cannot say, it
/// cannot take back.
struct PlanSource {
  SheetField column;
  std::initializer_list<std::string_view> members;
};
const PlanSource kPlanSources[] = {
    {SheetField::name, {"name"}},
    {SheetField::run_by, {"sponsor"}},
    {SheetField::kind, {"kinds", "audience"}},
    {SheetField::who, {"licenses", "license_rule", "audience", "career_stages"}},
    {SheetField::place, {"regions", "place", "formats"}},
    {SheetField::state, {"regions", "place", "formats"}},
    {SheetField::serving, {"regions", "place", "formats"}},
    {SheetField::city, {"regions", "place"}},
    {SheetField::format, {"formats", "platform", "accessibility"}},
    {SheetField::cost, {"cost"}},
    {SheetField::how_often, {"schedule", "meets"}},
    {SheetField::day_time, {"schedule", "meets"}},
    {SheetField::length, {"schedule"}},
    {SheetField::size, {"capacity", "drop_in"}},
    {SheetField::intake, {"capacity", "drop_in"}},
    {SheetField::leader, {"facilitation"}},
    {SheetField::topics, {"focus_topics", "identity_affirming"}},
    {SheetField::language, {"languages"}},
    {SheetField::identity, {"identity_affirming"}},
    {SheetField::agreement, {"agreement"}},
    {SheetField::sponsor, {"sponsor"}},
    {SheetField::join, {"contact", "links"}},
    {SheetField::web, {"links"}},
    {SheetField::email, {"contact"}},
    {SheetField::phone, {"contact"}},
    {SheetField::notes, {"accessibility", "crisis_resource"}},
    {SheetField::summary, {"summary"}},
    {SheetField::accessibility, {"accessibility", "crisis_resource"}},
    {SheetField::career_stage, {"career_stages"}},
};

std::set<std::string_view> plan_members(const ImportedSheet& sheet) {
  std::set<std::string_view> members = {"name", "kinds", "as_stated"};
  if (sheet.says_all) {
    for (const auto& field : protocol::listing_fields()) {
      if (std::find(std::begin(kPlanLasting), std::end(kPlanLasting), field.name) ==
          std::end(kPlanLasting))
        members.insert(field.name);
    }
  }
  for (const auto& [heading, field] : sheet.columns) {
    for (const auto& source : kPlanSources) {
      if (word(source.column) == field) members.insert(source.members);
    }
  }
  return members;
}

/// Of a member that is an object, what a sheet can say of it. The rest describes the same thing and
/// stays, as long as what names the thing (`by`) is the same; without `by` it stays in any case.
struct PlanPart {
  std::string_view member;
  std::initializer_list<std::string_view> said, by;
};
const PlanPart kPlanParts[] = {
    {"place", {"locality", "region"}, {"locality", "region"}},
    {"platform", {"name"}, {"name"}},
    {"cost", {"model", "options"}, {"model"}},
    {"capacity", {"max", "waitlist"}, {}},
    {"sponsor", {"name", "relation"}, {"name"}},
    {"contact", {"public", "preferred"}, {}},
    {"links", {"home", "apply"}, {}},
};

constexpr std::string_view kPlanPrice[] = {"amount", "amount_max", "currency", "per", "for"};

bool plan_same(const Json* a, const Json* b) {
  if (!a || !b) return a == b;
  return protocol::canonical(*a) == protocol::canonical(*b);
}

void plan_keep_parts(Json& subject, const Json& before) {
  for (const auto& part : kPlanParts) {
    const Json* old = before.find(part.member);
    if (!old || !old->if_object()) continue;
    Json* now = subject.find(part.member);
    if (!now && part.by.size() > 0) continue;
    const bool same = std::all_of(part.by.begin(), part.by.end(), [&](auto name) {
      return plan_same(old->find(name), now ? now->find(name) : nullptr);
    });
    if (!same) continue;
    Json merged = now ? *now : Json();
    for (const auto& [name, value] : *old->if_object()) {
      const bool said = std::find(part.said.begin(), part.said.end(), name) != part.said.end();
      if (!said && !merged.find(name)) merged.set(name, value);
    }
    if (!merged.is_null()) subject.set(part.member, std::move(merged));
  }
}

/// Words that name no agreement ("ask us") take none back: somebody signed it. An emptied cell
/// does, and words of another one ("spoken") begin anew.
void plan_keep_agreement(Json& subject, const Json& before, const ImportedRow& row) {
  const Json* old = before.find("agreement");
  const auto cell = std::find_if(row.cells.begin(), row.cells.end(), [](const auto& one) {
    return one.first == SheetField::agreement;
  });
  if (!old || !old->if_object() || cell == row.cells.end() || says_nothing(cell->second)) return;
  const Json* now = subject.find("agreement");
  const auto state = protocol::text_member(now, "state");
  if (!state.empty() && state != protocol::text_member(old, "state")) return;
  Json merged = now ? *now : Json::object({});
  for (const auto& [name, value] : *old->if_object()) {
    Json* there = merged.find(name);
    if (!there) {
      merged.set(name, value);
    } else if (name == "clauses" && there->if_array() && value.if_array()) {
      for (const auto& clause : *value.if_array()) {
        const auto same = [&](const Json& one) { return plan_same(&one, &clause); };
        auto& clauses = *there->if_array();
        if (std::none_of(clauses.begin(), clauses.end(), same)) clauses.push_back(clause);
      }
    }
  }
  subject.set("agreement", std::move(merged));
}

/// A heading ("Run by") says less of what a sponsor does than a person who wrote it down. Only
/// that it runs the group can be taken back, where the sheet could have said so.
void plan_keep_relation(Json& subject, const Json& before, const ImportedSheet& sheet) {
  Json* now = subject.find("sponsor");
  const Json* old = before.find("sponsor");
  const auto relation = protocol::text_member(old, "relation");
  if (!now || relation.empty() ||
      protocol::text_member(now, "name") != protocol::text_member(old, "name"))
    return;
  const bool can_say_runs =
      std::any_of(sheet.columns.begin(), sheet.columns.end(),
                  [](const auto& column) { return column.second == word(SheetField::run_by); });
  if (relation != "runs" || !can_say_runs) now->set("relation", relation);
}

/// A price that is as before keeps the label and the terms that no cell has.
void plan_keep_price_terms(Json& subject, const Json& before) {
  const Json* old_cost = before.find("cost");
  const Json* old_options = old_cost ? old_cost->find("options") : nullptr;
  Json* cost = subject.find("cost");
  Json* options = cost ? cost->find("options") : nullptr;
  if (!old_options || !old_options->if_array() || !options || !options->if_array()) return;
  for (auto& option : *options->if_array()) {
    if (!option.if_object()) continue;
    for (const auto& old : *old_options->if_array()) {
      if (!old.if_object()) continue;
      const bool same = std::all_of(
          std::begin(kPlanPrice), std::end(kPlanPrice),
          [&](std::string_view name) { return plan_same(old.find(name), option.find(name)); });
      if (!same) continue;
      for (const auto& [name, value] : *old.if_object()) {
        if (!option.find(name)) option.set(name, value);
      }
      break;
    }
  }
}

/// A sheet names no first date and no exceptions: those of the one rule that there is stay while
/// rhythm, hour and zone are the same.
void plan_keep_dates_of_rule(Json& subject, const Json& before) {
  const auto only_rule = [](Json* schedule) -> Json* {
    auto* rules = schedule ? schedule->if_array() : nullptr;
    return rules && rules->size() == 1 ? &rules->front() : nullptr;
  };
  Json copy = before.find("schedule") ? *before.find("schedule") : Json();
  Json* old = only_rule(&copy);
  Json* now = only_rule(subject.find("schedule"));
  if (!old || !now || protocol::text_member(old, "rrule") != protocol::text_member(now, "rrule"))
    return;
  const auto clock = [](const Json* rule) {
    const auto first = protocol::text_member(rule, "dtstart");
    return first.size() == 19 ? first.substr(11, 5) : protocol::text_member(rule, "start");
  };
  const auto zone = protocol::text_member(now, "tzid");
  if (clock(old) != clock(now) || (!zone.empty() && zone != protocol::text_member(old, "tzid")))
    return;
  Json merged = *old;
  if (const Json* length = now->find("duration")) merged.set("duration", *length);
  *now = std::move(merged);
}

bool plan_says_door(const ImportedSheet& sheet) {
  return std::any_of(sheet.columns.begin(), sheet.columns.end(), [](const auto& column) {
    return column.second == "size" || column.second == "intake";
  });
}

/// Amounts whose "$" has no country: the publisher's own, or no amount.
void plan_settle_dollars(Json& subject, const std::string& dollars) {
  Json* cost = subject.find("cost");
  Json* options = cost ? cost->find("options") : nullptr;
  auto* items = options ? options->if_array() : nullptr;
  if (!items) return;
  // An option that said nothing from the start stays: the listing before may have it too.
  std::erase_if(*items, [&](Json& option) {
    if (!option.find("amount") || option.find("currency")) return false;
    if (!dollars.empty()) {
      option.set("currency", dollars);
      return false;
    }
    option.erase("amount");
    option.erase("amount_max");
    return option.if_object()->empty();
  });
  if (items->empty()) cost->erase("options");
  if (cost->if_object()->empty()) subject.erase("cost");
}

/// The dollars of the publisher's area, for groups in its countries: "$" in Mexico or in Canada is
/// none of Ohio's.
std::string plan_own_dollars(const Json& subject, const std::vector<std::string>& area) {
  const Json* regions = subject.find("regions");
  if (regions && regions->if_array()) {
    for (const auto& region : *regions->if_array()) {
      const auto* code = region.if_string();
      const bool near = code && std::any_of(area.begin(), area.end(), [&](const std::string& own) {
                          return own.substr(0, 2) == code->substr(0, 2);
                        });
      if (!near) return {};
    }
  }
  return dollar_of(area);
}

void plan_contact(Json& subject, const std::string& contact) {
  if (contact.empty() || subject.find("links")) return;
  if (!protocol::text_member(subject.find("contact"), "public").empty()) return;
  Json own = subject.find("contact") ? *subject.find("contact") : Json::object({});
  own.set("public", contact);
  subject.set("contact", std::move(own));
}

/// What `before` says and the sheet cannot, stays.
void plan_keep(Json& subject, const Json& before, const std::set<std::string_view>& members,
               bool says_door) {
  for (const auto& [name, value] : *before.if_object()) {
    if (subject.find(name) || members.contains(name)) continue;
    const auto* status = name == "status" ? value.if_string() : nullptr;
    // "Full" and "forming" came from the sheet; "paused" was set by hand.
    if (status && says_door && (*status == "full" || *status == "forming")) continue;
    subject.set(name, value);
  }
}

/// The members behind cells that are as they were exported, and none of whose other cells changed:
/// they are as before.
void plan_keep_unchanged_cells(Json& subject, const ExistingListing& before,
                               const ImportedRow& row) {
  if (before.exported.empty()) return;
  std::set<std::string_view> same, changed;
  std::set<std::string_view> same_words, changed_words;
  for (const auto& [column, cell] : row.cells) {
    const auto was = std::find_if(before.exported.begin(), before.exported.end(),
                                  [&, &c = column](const auto& one) { return one.first == c; });
    const auto& words = was == before.exported.end() ? std::string() : was->second;
    const bool unchanged = tidy_cell(words) == cell;
    (unchanged ? same_words : changed_words).insert(word(column));
    auto& members = unchanged ? same : changed;
    for (const auto member : sheet_members(column)) members.insert(member);
    // A heading over two columns is read as one.
    if (column == SheetField::size || column == SheetField::intake) members.insert("status");
  }
  for (const auto member : same) {
    if (changed.contains(member)) continue;
    if (const Json* old = before.subject.find(member)) {
      subject.set(member, *old);
    } else {
      subject.erase(member);
    }
  }
  // The publisher's own words go with the cell that they stand in; words that stand in none stay.
  constexpr std::size_t kAllWords = 2'000;
  std::size_t bytes = 0;
  Json stated = Json::object({});
  const Json* old_words = before.subject.find("as_stated");
  const Json* new_words = subject.find("as_stated");
  const auto take = [&](const Json* from, const auto& wanted) {
    const auto* members = from ? from->if_object() : nullptr;
    if (!members) return;
    for (const auto& [name, words] : *members) {
      const auto size = words.if_string() ? words.if_string()->size() : 0;
      if (!wanted(name) || stated.find(name) || bytes + size > kAllWords) continue;
      bytes += size;
      stated.set(name, words);
    }
  };
  take(old_words, [&](const std::string& name) { return !changed_words.contains(name); });
  take(new_words, [&](const std::string& name) { return changed_words.contains(name); });
  if (old_words || !stated.if_object()->empty()) {
    subject.set("as_stated", std::move(stated));
  } else {
    subject.erase("as_stated");
  }
}

Json plan_sorted(const Json& value) {
  const auto parsed = protocol::parse_json(protocol::canonical(value));
  return parsed ? *parsed : value;
}

std::vector<PlannedChange::Difference> plan_differences(const Json& before, const Json& after) {
  std::vector<PlannedChange::Difference> differences;
  const auto same = [](const Json& a, const Json& b) {
    return protocol::canonical(a) == protocol::canonical(b);
  };
  for (const auto& [name, value] : *after.if_object()) {
    const Json* old = before.find(name);
    if (old && same(*old, value)) continue;
    differences.push_back({name, plan_words(old), plan_words(&value)});
  }
  for (const auto& [name, value] : *before.if_object()) {
    if (!after.find(name)) differences.push_back({name, plan_words(&value), "not stated"});
  }
  return differences;
}

class Planner {
 public:
  Planner(const ImportedSheet& sheet, const std::vector<ExistingListing>& existing,
          const protocol::ListingDefaults& defaults, const std::string& contact)
      : sheet_(sheet),
        existing_(existing),
        defaults_(defaults),
        contact_(contact),
        members_(plan_members(sheet)),
        says_door_(plan_says_door(sheet)),
        used_(existing.size(), false) {
    for (std::size_t i = 0; i < existing.size(); ++i) by_id_.emplace(existing[i].id, i);
  }

  std::vector<PlannedChange> plan() {
    // Rows with ids choose first, so that no namesake takes their listing.
    for (const auto& row : sheet_.rows) {
      if (row.kind == RowKind::listing && by_id_.contains(row.understood.id))
        used_[by_id_[row.understood.id]] = true;
    }
    match_names();
    std::vector<PlannedChange> changes;
    for (std::size_t i = 0; i < sheet_.rows.size(); ++i) {
      if (sheet_.rows[i].kind == RowKind::listing) changes.push_back(change(i));
    }
    for (std::size_t i = 0; i < existing_.size(); ++i) {
      if (used_[i]) continue;
      PlannedChange gone;
      gone.kind = ChangeKind::not_in_sheet;
      gone.id = existing_[i].id;
      gone.name = protocol::text_member(&existing_[i].subject, "name");
      gone.subject = existing_[i].subject;
      changes.push_back(std::move(gone));
    }
    return changes;
  }

 private:
  /// Rows without an id, by name: first those whose body and town are the same too, so that of
  /// several groups with one name each keeps its own listing however the rows are sorted, then by
  /// ever less. One look at each row and listing for each of the four.
  void match_names() {
    named_.assign(sheet_.rows.size(), std::nullopt);
    for (const auto& [by_body, by_town] : {std::pair{true, true}, std::pair{true, false},
                                           std::pair{false, true}, std::pair{false, false}}) {
      const auto key = [body = by_body, town = by_town](const Json& subject) {
        auto text = fold_cell(protocol::text_member(&subject, "name"));
        if (body) text += "\nb" + fold_cell(protocol::text_member(subject.find("sponsor"), "name"));
        if (town)
          text += "\nt" + fold_cell(protocol::text_member(subject.find("place"), "locality"));
        return text;
      };
      std::unordered_map<std::string, std::deque<std::size_t>> free;
      for (std::size_t i = 0; i < existing_.size(); ++i) {
        if (!used_[i]) free[key(existing_[i].subject)].push_back(i);
      }
      for (std::size_t i = 0; i < sheet_.rows.size(); ++i) {
        const auto& row = sheet_.rows[i];
        if (row.kind != RowKind::listing || !row.understood.id.empty() || named_[i]) continue;
        const auto found = free.find(key(row.subject));
        if (found == free.end() || found->second.empty()) continue;
        named_[i] = found->second.front();
        used_[*named_[i]] = true;
        found->second.pop_front();
      }
    }
  }

  std::optional<std::size_t> match(std::size_t at, std::vector<Problem>& problems) {
    const auto& id = sheet_.rows[at].understood.id;
    if (!id.empty()) {
      if (!ids_seen_.insert(id).second) {
        problems.push_back({"id", "'" + id + "' stands in two rows; one listing is one row"});
        return std::nullopt;
      }
      const auto found = by_id_.find(id);
      if (found == by_id_.end()) {
        problems.push_back(
            {"id",
             "'" + id + "' is not one of your listings; leave the cell empty for a new group"});
        return std::nullopt;
      }
      return found->second;
    }
    return named_[at];
  }

  PlannedChange change(std::size_t at) {
    const auto& row = sheet_.rows[at];
    PlannedChange planned;
    planned.record = row.record;
    planned.name = row.understood.name;
    const auto before = match(at, planned.problems);
    Json subject = row.subject;
    protocol::ListingDefaults defaults = defaults_;
    defaults.id = std::string(kPlanNewId);
    if (before) {
      const auto& old = existing_[*before];
      planned.id = old.id;
      defaults.id = old.id;
      keep_dates(subject, old.subject);
      plan_keep(subject, old.subject, members_, says_door_);
      plan_keep_parts(subject, old.subject);
      plan_keep_agreement(subject, old.subject, row);
      plan_keep_relation(subject, old.subject, sheet_);
      plan_keep_dates_of_rule(subject, old.subject);
      plan_keep_unchanged_cells(subject, old, row);
    }
    plan_settle_dollars(subject, plan_own_dollars(subject, defaults_.area));
    if (before) plan_keep_price_terms(subject, existing_[*before].subject);
    // Whoever published a listing without an address of its own is not given one by its sheet.
    const auto kept = [&](std::string_view name) {
      return before && plan_same(subject.find(name), existing_[*before].subject.find(name));
    };
    if (!kept("contact") || !kept("links")) plan_contact(subject, contact_);
    protocol::fill_defaults(subject, defaults);
    check(subject, planned.problems);
    if (!before) subject.erase("id");
    planned.subject = plan_sorted(subject);
    if (!planned.problems.empty()) {
      planned.kind = ChangeKind::refused;
    } else if (before) {
      planned.differences = plan_differences(existing_[*before].subject, planned.subject);
      planned.kind = planned.differences.empty() ? ChangeKind::unchanged : ChangeKind::update;
    }
    return planned;
  }

  /// A day of confirmation that is no news moves nothing: somebody may have confirmed since,
  /// elsewhere.
  static void keep_dates(Json& subject, const Json& before) {
    const auto said = protocol::text_member(&subject, "confirmed_at");
    const auto had = protocol::text_member(&before, "confirmed_at");
    if (said.empty() || said <= had) {
      subject.erase("confirmed_at");
      return;
    }
    // A newer day: fill_defaults() counts the review from it.
    subject.set("review_by",
                protocol::format_date(*protocol::parse_date(said) + std::chrono::days{180}));
  }

  void check(const Json& subject, std::vector<Problem>& problems) const {
    if (protocol::text_member(&subject, "name").empty()) {
      problems.push_back({"name", "the row has no name of a group"});
      return;
    }
    for (auto& problem : protocol::problems_for_publishing(subject))
      problems.push_back(std::move(problem));
    const auto review = protocol::parse_date(protocol::text_member(&subject, "review_by"));
    if (review && *review + std::chrono::days{90} <= defaults_.today) {
      problems.push_back(
          {"confirmed_at",
           "confirmed so long ago (" + protocol::text_member(&subject, "confirmed_at") +
               ") that the listing would not be shown; ask the group and write the new day"});
    }
  }

  const ImportedSheet& sheet_;
  const std::vector<ExistingListing>& existing_;
  const protocol::ListingDefaults& defaults_;
  const std::string& contact_;
  std::set<std::string_view> members_;
  bool says_door_;
  std::vector<bool> used_;
  std::unordered_map<std::string, std::size_t> by_id_;
  std::vector<std::optional<std::size_t>> named_;  ///< by row: the listing of its name
  std::set<std::string> ids_seen_;
};

}  // namespace

std::vector<std::string_view> sheet_members(SheetField column) {
  for (const auto& source : kPlanSources)
    if (source.column == column) return source.members;
  return {};
}

std::vector<PlannedChange> plan_import(const ImportedSheet& sheet,
                                       const std::vector<ExistingListing>& existing,
                                       const protocol::ListingDefaults& defaults,
                                       const std::string& contact) {
  return Planner(sheet, existing, defaults, contact).plan();
}

}  // namespace node
