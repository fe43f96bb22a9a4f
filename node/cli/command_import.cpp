#include <algorithm>

#include "node/cli/commands.h"
#include "node/importing/plan.h"
#include "node/importing/preview.h"
#include "node/importing/sheet.h"

namespace node {

ExitCode command_import(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto now = node.clock().now();
  const auto sheet =
      understand_sheet(invocation.file("file"), std::chrono::floor<std::chrono::days>(now));
  if (!sheet) {
    output.complain(wrapped(invocation.first("file") + ": " + sheet.error().detail) +
                    "\nNothing was changed.\n");
    return kExitUsage;
  }
  if (invocation.json() && !invocation.has("apply")) {
    output.print(protocol::canonical(to_json(*sheet)) + "\n");
    return kExitOk;
  }
  return node.change([&](Store& store, Publisher* publisher) {
    if (!publisher) {
      return say_refusal({protocol::ErrorCode::config_invalid,
                          "There is no publisher in this data folder yet. Run `kith init` first."},
                         output);
    }
    std::vector<ExistingListing> existing;
    for (const auto& feed : store.queries().feeds()) {
      if (!feed.own) continue;
      for (const auto& record : store.queries().records(feed.feed_id, "listing")) {
        existing.push_back({record.key.urn(), publisher->own_envelope(record).subject});
      }
    }
    const auto changes =
        plan_import(*sheet, existing, publisher->listing_defaults(now), publisher->contact());
    if (!invocation.json()) output.print(import_preview(*sheet, changes));

    const auto problems = std::count_if(changes.begin(), changes.end(), [](const auto& change) {
      return change.kind == ChangeKind::refused;
    });
    if (!invocation.has("apply")) {
      output.print(
          "\nNothing is published yet. To publish this, run the command again with --apply.\n");
      return problems > 0 ? kExitNo : kExitOk;
    }
    if (problems > 0 && !invocation.has("skip-problems")) {
      output.complain("\n" +
                      wrapped("Nothing was published: " + std::to_string(problems) +
                              (problems == 1 ? " row has" : " rows have") +
                              " problems, named above. Mend the sheet, or publish the others with "
                              "--skip-problems.") +
                      "\n");
      return kExitNo;
    }
    std::vector<Draft> drafts;
    std::vector<std::string> names;
    std::size_t added = 0, updated = 0, withdrawn = 0;
    for (const auto& change : changes) {
      Draft draft;
      switch (change.kind) {
        case ChangeKind::add:
          ++added;
          draft.subject = change.subject;
          if (const auto* id = draft.subject.find("id"); id && id->if_string())
            draft.id = *id->if_string();
          break;
        case ChangeKind::update:
          ++updated;
          draft.id = change.id;
          draft.subject = change.subject;
          break;
        case ChangeKind::not_in_sheet:
          if (!invocation.has("withdraw-missing")) continue;
          ++withdrawn;
          draft.what = Draft::What::end;
          draft.id = change.id;
          break;
        case ChangeKind::unchanged:
        case ChangeKind::refused:
          continue;
      }
      if (draft.id.empty()) draft.id = new_record_id();
      drafts.push_back(std::move(draft));
      names.push_back(change.name);
    }
    if (drafts.empty()) {
      publisher->finish_files(now);
    } else {
      if (const auto refused = publisher->publish(drafts, now); !refused.empty()) {
        for (const auto& [index, found] : refused) {
          for (const auto& problem : found)
            output.complain(
                wrapped(names[index] + ", " + problem.field + ": " + problem.message, 2) + "\n");
        }
        output.complain("Nothing was published.\n");
        return kExitNo;
      }
    }
    if (invocation.json()) {
      output.print(protocol::canonical(protocol::Json::object(
                       {{"added", static_cast<std::int64_t>(added)},
                        {"updated", static_cast<std::int64_t>(updated)},
                        {"withdrawn", static_cast<std::int64_t>(withdrawn)},
                        {"problems", static_cast<std::int64_t>(problems)}})) +
                   "\n");
    } else {
      output.print("\n" +
                   wrapped("Published: " + std::to_string(added) + " new, " +
                           std::to_string(updated) + " changed, " + std::to_string(withdrawn) +
                           " withdrawn. Importing the same sheet again changes nothing.") +
                   "\n");
    }
    return kExitOk;
  });
}

}  // namespace node
