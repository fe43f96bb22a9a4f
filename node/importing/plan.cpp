#include "node/importing/plan.h"

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>

#include "node/importing/cell_words.h"
#include "node/importing/understand_cost.h"
#include "protocol/document/listing_fields.h"

namespace node {

namespace {

using protocol::Json;
using protocol::Problem;

// What stays where a row that says everything is silent about it.
constexpr std::string_view kPlanLasting[] = {
    "status",   "area",         "lang",      "data_license",
    "audience", "confirmed_at", "review_by", "confirmed_by_role"};
constexpr std::string_view kPlanNewId = "urn:uuid:00000000-0000-4000-8000-000000000000";

std::string plan_text(const Json* object, std::string_view name) {
  const Json* value = object ? object->find(name) : nullptr;
  return value && value->if_string() ? *value->if_string() : std::string();
}

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

/// The members that a row with these columns can speak about: what a sheet cannot say, it cannot
/// take back.
std::set<std::string_view> plan_members(const ImportedSheet& sheet) {
  struct Source {
    std::string_view column;
    std::initializer_list<std::string_view> members;
  };
  static const Source kSources[] = {
      {"name", {"name"}},
      {"run_by", {"sponsor"}},
      {"kinds", {"kinds", "audience"}},
      {"audience", {"licenses", "license_rule", "audience", "career_stages"}},
      {"regions", {"regions", "place", "formats"}},
      {"locality", {"regions", "place"}},
      {"formats", {"formats", "platform", "accessibility"}},
      {"cost", {"cost"}},
      {"cadence", {"schedule", "meets"}},
      {"schedule", {"schedule", "meets"}},
      {"duration", {"schedule"}},
      {"size", {"capacity", "drop_in"}},
      {"intake", {"capacity", "drop_in"}},
      {"leader", {"facilitation"}},
      {"focus_topics", {"focus_topics", "identity_affirming"}},
      {"languages", {"languages"}},
      {"identity_affirming", {"identity_affirming"}},
      {"agreement", {"agreement"}},
      {"sponsor", {"sponsor"}},
      {"join", {"contact", "links"}},
      {"links", {"links"}},
      {"email", {"contact"}},
      {"phone", {"contact"}},
      {"notes", {"accessibility", "crisis_resource"}},
      {"summary", {"summary", "description"}},
      {"accessibility", {"accessibility", "crisis_resource"}},
      {"career_stages", {"career_stages"}},
  };
  std::set<std::string_view> members = {"name", "kinds", "as_stated"};
  if (sheet.says_all) {
    for (const auto& field : protocol::listing_fields()) {
      if (std::find(std::begin(kPlanLasting), std::end(kPlanLasting), field.name) ==
          std::end(kPlanLasting))
        members.insert(field.name);
    }
  }
  for (const auto& [heading, field] : sheet.columns) {
    for (const auto& source : kSources) {
      if (source.column == field) members.insert(source.members);
    }
  }
  return members;
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
  for (auto& option : *items) {
    if (!option.find("amount") || option.find("currency")) continue;
    if (!dollars.empty()) {
      option.set("currency", dollars);
    } else {
      option.erase("amount");
      option.erase("amount_max");
    }
  }
  std::erase_if(
      *items, [](const Json& option) { return option.if_object() && option.if_object()->empty(); });
  if (items->empty()) cost->erase("options");
  if (cost->if_object()->empty()) subject.erase("cost");
}

void plan_contact(Json& subject, const std::string& contact) {
  if (contact.empty() || subject.find("links")) return;
  if (!plan_text(subject.find("contact"), "public").empty()) return;
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
    for (std::size_t i = 0; i < existing.size(); ++i) {
      by_id_.emplace(existing[i].id, i);
      by_name_[fold_cell(plan_text(&existing[i].subject, "name"))].push_back(i);
    }
  }

  std::vector<PlannedChange> plan() {
    // Rows with ids choose first, so that no namesake takes their listing.
    for (const auto& row : sheet_.rows) {
      if (row.kind == RowKind::listing && by_id_.contains(row.understood.id))
        used_[by_id_[row.understood.id]] = true;
    }
    std::vector<PlannedChange> changes;
    for (const auto& row : sheet_.rows) {
      if (row.kind == RowKind::listing) changes.push_back(change(row));
    }
    for (std::size_t i = 0; i < existing_.size(); ++i) {
      if (used_[i]) continue;
      PlannedChange gone;
      gone.kind = ChangeKind::not_in_sheet;
      gone.id = existing_[i].id;
      gone.name = plan_text(&existing_[i].subject, "name");
      gone.subject = existing_[i].subject;
      changes.push_back(std::move(gone));
    }
    return changes;
  }

 private:
  std::optional<std::size_t> match(const ImportedRow& row, std::vector<Problem>& problems) {
    const auto& id = row.understood.id;
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
    const auto named = by_name_.find(fold_cell(plan_text(&row.subject, "name")));
    if (named == by_name_.end()) return std::nullopt;
    // Of several with one name, the one in the same place.
    std::optional<std::size_t> chosen;
    const auto town = plan_text(row.subject.find("place"), "locality");
    for (const auto i : named->second) {
      if (used_[i]) continue;
      const bool same_town = plan_text(existing_[i].subject.find("place"), "locality") == town;
      if (!chosen || (same_town && named->second.size() > 1)) chosen = i;
      if (same_town) break;
    }
    if (chosen) used_[*chosen] = true;
    return chosen;
  }

  PlannedChange change(const ImportedRow& row) {
    PlannedChange planned;
    planned.record = row.record;
    planned.name = row.understood.name;
    const auto before = match(row, planned.problems);
    Json subject = row.subject;
    protocol::ListingDefaults defaults = defaults_;
    defaults.id = std::string(kPlanNewId);
    if (before) {
      const auto& old = existing_[*before];
      planned.id = old.id;
      defaults.id = old.id;
      keep_dates(subject, old.subject);
      plan_keep(subject, old.subject, members_, says_door_);
    }
    plan_settle_dollars(subject, dollar_of(defaults_.area));
    plan_contact(subject, contact_);
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
    const auto said = plan_text(&subject, "confirmed_at");
    const auto had = plan_text(&before, "confirmed_at");
    if (said.empty() || said <= had) {
      subject.erase("confirmed_at");
      return;
    }
    // A newer day: fill_defaults() counts the review from it.
    subject.set("review_by",
                protocol::format_date(*protocol::parse_date(said) + std::chrono::days{180}));
  }

  void check(const Json& subject, std::vector<Problem>& problems) const {
    if (plan_text(&subject, "name").empty()) {
      problems.push_back({"name", "the row has no name of a group"});
      return;
    }
    for (auto& problem : protocol::problems_for_publishing(subject))
      problems.push_back(std::move(problem));
    const auto review = protocol::parse_date(plan_text(&subject, "review_by"));
    if (review && *review + std::chrono::days{90} <= defaults_.today) {
      problems.push_back(
          {"confirmed_at",
           "confirmed so long ago (" + plan_text(&subject, "confirmed_at") +
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
  std::unordered_map<std::string, std::vector<std::size_t>> by_name_;
  std::set<std::string> ids_seen_;
};

}  // namespace

std::vector<PlannedChange> plan_import(const ImportedSheet& sheet,
                                       const std::vector<ExistingListing>& existing,
                                       const protocol::ListingDefaults& defaults,
                                       const std::string& contact) {
  return Planner(sheet, existing, defaults, contact).plan();
}

}  // namespace node
