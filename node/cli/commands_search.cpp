#include <algorithm>
#include <set>

#include "node/api/computed_json.h"
#include "node/checks/check_words.h"
#include "node/cli/commands.h"
#include "node/pages/computed_blocks.h"
#include "node/pages/next_dates_list.h"
#include "node/pages/words.h"
#include "node/search/region_reading.h"
#include "protocol/document/card.h"

namespace node {

namespace {

/// What the options of `kith search` are called as parameters of the API.
constexpr std::pair<std::string_view, std::string_view> kSearchOptions[] = {
    {"license", "license"},
    {"region", "region"},
    {"cost", "cost"},
    {"format", "format"},
    {"near", "near"},
    {"within", "within"},
    {"kind", "kind"},
    {"audience", "audience"},
    {"publisher", "publisher"},
    {"include-unstated", "unstated"},
    {"status", "status"},
    {"my-license", "my_license"},
    {"my-state", "my_state"},
    {"my-stage", "my_stage"},
    {"my-membership", "my_membership"},
    {"can-join", "can_join"},
    {"sort", "sort"},
    {"limit", "limit"},
    {"cursor", "cursor"},
};

std::string search_labels(protocol::Vocabulary vocabulary, const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values)
    text += (text.empty() ? "" : ", ") + protocol::label(vocabulary, value);
  return text.empty() ? "Not stated" : text;
}

std::string search_path_words(const Group& group) {
  if (group.standing.path.size() < 2)
    return group.standing.own ? "this node's own" : "an anchor of this node";
  std::string text = "recognized by ";
  for (std::size_t i = group.standing.path.size() - 1; i-- > 0;) {
    text += group.standing.path[i].name;
    if (i > 0) text += ", which is recognized by ";
  }
  return text;
}

protocol::Json search_json(const Group& group, const Situation& situation, protocol::Date today) {
  protocol::Json::Array path;
  for (const auto& step : group.standing.path)
    path.push_back(protocol::Json::object({{"scid", step.scid}, {"name", step.name}}));
  auto made = protocol::Json::object(
      {{"id", group.key.text()},
       {"name", group.listing.name},
       {"publisher",
        protocol::Json::object({{"scid", group.key.scid}, {"name", group.publisher_name}})},
       {"path", std::move(path)},
       {"checks", checks_json(group.checks)},
       {"computed", computed_json(group.listing, today)},
       {"left_out_for", check_ids_json(group.standing.left_out_for)},
       {"listing", protocol::shown_subject(group.envelope.subject)}});
  if (!situation.empty())
    made.set("eligibility",
             eligibility_json(protocol::judge_eligibility(group.listing, searcher_of(situation))));
  return made;
}

void search_print_checks(const Group& group, protocol::Date today, CommandOutput& output) {
  output.print("\n" + wrapped(check_summary(group.checks)) + "\n");
  if (!group.standing.left_out_for.empty())
    output.print(wrapped(left_out_reason(group.standing.left_out_for)) + "\n");
  for (const auto& result : checks_in_reading_order(group.checks)) {
    if (result.outcome == protocol::CheckOutcome::not_applicable) continue;
    const auto& info = protocol::describe(result.check);
    output.print("  " +
                 wrapped(std::string(info.id) + " " + std::string(info.title) + " (" +
                             std::string(protocol::check_outcome_label(result.outcome)) +
                             "): " + result.text,
                         6) +
                 "\n");
    const auto rest = check_evidence_words(result, today);
    if (!rest.empty()) output.print("      " + wrapped(rest, 6) + "\n");
    if (!result.answer.empty())
      output.print("      " + wrapped(check_answer_words(result, today), 6) + "\n");
  }
}

void search_print(const Group& group, const Situation& situation, CommandOutput& output) {
  const auto& listing = group.listing;
  output.print(listing.name +
               (listing.status == "active" || listing.status.empty()
                    ? std::string()
                    : " (" + protocol::label(protocol::Vocabulary::status, listing.status) + ")") +
               "\n");
  if (!situation.empty())
    output.print(
        "  " +
        wrapped(protocol::line(protocol::judge_eligibility(listing, searcher_of(situation))), 2) +
        "\n");
  output.print("  " +
               wrapped(search_labels(protocol::Vocabulary::kinds, listing.kinds) + " - " +
                           search_labels(protocol::Vocabulary::formats, listing.formats),
                       2) +
               "\n");
  std::string serves;
  for (const auto& code : listing.regions)
    serves += (serves.empty() ? "" : ", ") + protocol::region_name(code);
  output.print("  " + wrapped("Serves: " + (serves.empty() ? "Not stated" : serves), 2) + "\n");
  std::string cost = "Not stated";
  if (listing.cost && !listing.cost->model.empty())
    cost = protocol::label(protocol::Vocabulary::cost_model, listing.cost->model);
  for (const auto& [field, words] : listing.as_stated) {
    if (field == "cost") cost += " (\"" + words + "\")";
  }
  if (const auto year = range_words(protocol::cost_picture(listing).per_year); !year.empty())
    cost += ", " + year + " a year";
  output.print("  " + wrapped("Cost: " + cost, 2) + "\n");
  std::string licenses;
  std::set<std::string> families;  // one family may stand there with several levels
  for (const auto& license : listing.licenses) {
    if (!families.insert(license.family).second) continue;
    licenses += (licenses.empty() ? "" : ", ") +
                protocol::label(protocol::Vocabulary::license_family, license.family);
  }
  output.print("  " +
               wrapped("For: " + (licenses.empty() ? protocol::label(protocol::Vocabulary::audience,
                                                                     listing.audience)
                                                   : licenses),
                       2) +
               "\n");
  output.print(
      "  " +
      wrapped("Published by " + group.publisher_name + ", " + search_path_words(group) + ".", 2) +
      "\n");
  output.print("  " + group.key.text() + "\n");
}

constexpr std::size_t kSearchDates = 3;

void search_print_dates(const Group& group, protocol::Timestamp now,
                        const std::optional<Zone>& reader, CommandOutput& output) {
  const auto today = std::chrono::floor<std::chrono::days>(now);
  if (const auto when = schedule_words(group.listing, today); !when.empty())
    output.print("  " + wrapped("When: " + when, 2) + "\n");
  const auto next = next_dates(group.listing, now, kSearchDates);
  for (const auto& date : next.dates) {
    auto line = "Next: " + meeting_words(date, today);
    if (date.zone.empty()) line += " (the group's local time)";
    const auto there = reader ? reader_words(date, *reader) : std::string();
    if (!there.empty()) line += ", " + there;
    output.print("  " + wrapped(line, 4) + "\n");
  }
  if (next.state == DatesState::start_unknown)
    output.print("  Next: which weeks it meets in is not said; ask the group.\n");
}

}  // namespace

ExitCode command_search(const Invocation& invocation, Node& node, CommandOutput& output) {
  Parameters parameters;
  std::string words;
  for (const auto& word : invocation.all("words")) words += (words.empty() ? "" : " ") + word;
  if (!words.empty()) parameters.emplace_back("q", words);
  for (const auto& [option, parameter] : kSearchOptions) {
    for (const auto& value : invocation.all(option)) parameters.emplace_back(parameter, value);
  }
  if (invocation.has("online-too")) parameters.emplace_back("online", "also");
  if (invocation.has("show-left-out")) parameters.emplace_back("left_out", "show");
  if (const auto clear = require_clear_regions(parameters); !clear) {
    output.complain(wrapped(clear.error().detail) + "\n");
    return kExitUsage;
  }
  const auto query = parse_query(parameters);
  if (!query) {
    output.complain(wrapped(query.error().detail) + "\n");
    return kExitUsage;
  }
  const auto found = node.search(*query);
  if (!found) {
    output.complain(wrapped(found.error().detail) + "\n");
    return kExitUsage;
  }
  const auto today = std::chrono::floor<std::chrono::days>(node.clock().now());
  protocol::Json::Array groups;
  for (const auto& key : found->page) {
    const auto group = node.group(key);
    if (!group) continue;  // it ended between the search and now
    if (invocation.json()) {
      auto json = search_json(*group, query->situation, today);
      if (query->near) {
        const auto far = kilometers_away(*query->near, group->listing);
        json.set("distance_km", far ? protocol::Json(*far) : protocol::Json());
      }
      groups.push_back(std::move(json));
    } else {
      search_print(*group, query->situation, output);
      if (query->near) {
        const auto far = distance_words(*query->near, group->listing);
        if (!far.empty()) output.print("  Where: " + far + "\n");
      }
      output.print("\n");
    }
  }
  if (invocation.json()) {
    protocol::Json unstated = protocol::Json::Object();
    for (const auto& field : found->unstated)
      unstated.set(field.field, static_cast<std::int64_t>(field.count));
    protocol::Json answer =
        protocol::Json::object({{"total", static_cast<std::int64_t>(found->total)},
                                {"groups", std::move(groups)},
                                {"unstated", std::move(unstated)},
                                {"left_out", static_cast<std::int64_t>(found->left_out)}});
    if (!found->next_cursor.empty()) answer.set("next", found->next_cursor);
    output.print(protocol::canonical(answer) + "\n");
    return kExitOk;
  }
  output.print(found->total == 1 ? "1 group.\n" : std::to_string(found->total) + " groups.\n");
  for (const auto& field : found->unstated) {
    if (field.count == 0) continue;
    output.print(wrapped(std::to_string(field.count) +
                         (field.count == 1 ? " more does" : " more do") + " not state " +
                         (field.field == "near" ? "where they meet" : "their " + field.field) +
                         ": add --include-unstated " + field.field) +
                 "\n");
  }
  if (found->left_out > 0) {
    output.print(wrapped(left_out_words(found->left_out, query->show_left_out) +
                         (query->show_left_out ? "" : ": add --show-left-out")) +
                 "\n");
  }
  if (!found->next_cursor.empty()) output.print("More: --cursor " + found->next_cursor + "\n");
  if (node.anchors().empty())
    output.print("(This node has no anchors yet, so it shows its own listings only.)\n");
  return kExitOk;
}

ExitCode command_show(const Invocation& invocation, Node& node, CommandOutput& output) {
  std::optional<Zone> reader;
  if (const auto zone = invocation.first("zone"); !zone.empty()) {
    reader = Zone::find(zone);
    if (!reader) {
      output.complain(
          wrapped("No time zone is called '" + zone + "'. Write it like America/Phoenix.") + "\n");
      return kExitUsage;
    }
  }
  const auto key = record_meant(invocation.first("id"), node, output);
  if (!key) return kExitUsage;
  const auto group = node.group(*key);
  if (!group) {
    const auto standing = node.standing(*key);
    if (standing && standing->why_not) {
      output.complain("It is stored here and not shown.\n");
      say_refusal(*standing->why_not, output);
      return kExitNo;
    }
    output.complain("No listing here has the id " + key->text() + ".\n");
    return kExitNo;
  }
  Parameters mine;
  for (const auto& [option, parameter] : kSearchOptions) {
    if (!parameter.starts_with("my_")) continue;
    for (const auto& value : invocation.all(option)) mine.emplace_back(parameter, value);
  }
  const auto situation = parse_clear_situation(mine);
  if (!situation) {
    output.complain(wrapped(situation.error().detail) + "\n");
    return kExitUsage;
  }
  const auto today = std::chrono::floor<std::chrono::days>(node.clock().now());
  if (invocation.json()) {
    auto json = search_json(*group, *situation, today);
    json.set("document", group->document);
    const auto next = next_dates(group->listing, node.clock().now(), kSearchDates);
    json.set("next_dates", to_json(next, reader));
    json.set("next_dates_state", word(next.state));
    output.print(protocol::canonical(json) + "\n");
    return kExitOk;
  }
  search_print(*group, *situation, output);
  search_print_dates(*group, node.clock().now(), reader, output);
  if (!group->listing.summary.empty()) output.print("\n" + wrapped(group->listing.summary) + "\n");
  if (!group->listing.description.empty())
    output.print("\n" + wrapped(group->listing.description) + "\n");
  output.print("\n" +
               wrapped("Signed on " + protocol::format_timestamp(group->envelope.valid_from) +
                       ", valid until " + protocol::format_timestamp(group->envelope.valid_until) +
                       ".") +
               "\n");
  const auto row = [&](std::string_view name, const std::string& words) {
    output.print(wrapped(std::string(name) + ": " + (words.empty() ? "Not stated" : words), 2) +
                 "\n");
  };
  output.print("\n");
  for (const auto& one : dimension_rows(group->listing, today)) row(one.name, one.words);
  for (const auto& one : cost_rows(group->listing)) row(one.name, one.words);
  const auto profile = protocol::confidentiality_profile(group->listing, today);
  row("Agreement", profile.agreement);
  if (!profile.resign.empty()) row("Signed again", profile.resign);
  row("Recording", profile.recording);
  row("Transcription", profile.ai);
  row("Platform", profile.platform);
  if (protocol::is_for_professionals(group->listing)) {
    output.print("\n" + wrapped(std::string(protocol::kPrivilegeWarning)) + "\n");
    if (protocol::talks_about_cases(group->listing))
      output.print(wrapped(std::string(protocol::kInformedConsentNote)) + "\n");
  }
  output.print("\n" + wrapped(freshness_words(group->listing, group->envelope.valid_from, today)) +
               "\n");
  search_print_checks(*group, std::chrono::floor<std::chrono::days>(node.clock().now()), output);
  if (group->standing.being_updated)
    output.print(wrapped("A newer text of it could not be read yet; this is the one before.") +
                 "\n");
  return kExitOk;
}

}  // namespace node
