#include <algorithm>
#include <filesystem>
#include <map>

#include "node/cli/commands.h"
#include "node/exporting/sheet_export.h"
#include "node/importing/plan.h"
#include "node/importing/preview.h"
#include "node/importing/sheet.h"
#include "node/importing/undo.h"
#include "node/store/import_batches.h"
#include "protocol/encoding/json_members.h"

namespace node {

namespace {

/// Says what publish() refused; nothing was published then.
ExitCode import_say_problems(const std::vector<DraftProblems>& refused,
                             const std::vector<std::string>& names, CommandOutput& output) {
  for (const auto& [index, found] : refused) {
    for (const auto& problem : found)
      output.complain(wrapped(names[index] + ": " + words_for(problem), 2) + "\n");
  }
  output.complain("Nothing was published.\n");
  return kExitNo;
}

/// Puts back what the last import changed, where nobody changed it since.
ExitCode undo_import(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto now = node.clock().now();
  return node.change([&](Store& store, Publisher* publisher) -> ExitCode {
    if (!publisher) return say_no_publisher(output);
    const auto batch = last_import_batch(store.database());
    if (!batch) {
      output.complain("There is no import to take back.\n");
      return kExitNo;
    }
    std::vector<Draft> drafts;
    std::vector<std::string> names, left;
    std::size_t withdrawn = 0;
    for (auto& change : parse_undo(batch->changes)) {
      const auto record = store.queries().record({publisher->scid(), change.id.substr(9)});
      const auto current =
          record ? std::optional(publisher->own_envelope(*record).subject) : std::nullopt;
      if ((current ? subject_hash(*current) : "") != change.after) {
        // What is as it was needs nothing; what somebody changed since is theirs.
        const bool as_before =
            change.before ? current && subject_hash(*current) == subject_hash(*change.before)
                          : !current;
        if (!as_before)
          left.push_back(protocol::text_member(current ? &*current : &*change.before, "name"));
        continue;
      }
      Draft draft;
      draft.id = change.id;
      if (change.before) {
        draft.subject = std::move(*change.before);
        names.push_back(protocol::text_member(&draft.subject, "name"));
      } else {
        draft.what = Draft::What::end;
        draft.why = "mistake";
        names.push_back(protocol::text_member(&*current, "name"));
        ++withdrawn;
      }
      drafts.push_back(std::move(draft));
    }
    if (!drafts.empty()) {
      if (const auto refused = publisher->publish(drafts, now); !refused.empty())
        return import_say_problems(refused, names, output);
    }
    mark_import_undone(store.database(), batch->batch, now);
    if (invocation.json()) {
      output.print(protocol::canonical(protocol::Json::object(
                       {{"source", batch->source},
                        {"put_back", static_cast<std::int64_t>(drafts.size() - withdrawn)},
                        {"withdrawn", static_cast<std::int64_t>(withdrawn)},
                        {"left", static_cast<std::int64_t>(left.size())}})) +
                   "\n");
      return kExitOk;
    }
    output.print(wrapped("Taken back: the import of " + batch->source + " on " +
                         protocol::format_timestamp(batch->imported_at).substr(0, 10) + ". " +
                         std::to_string(drafts.size() - withdrawn) + " put back as they were, " +
                         std::to_string(withdrawn) + " withdrawn that it had added.") +
                 "\n");
    for (const auto& name : left)
      output.print(wrapped("'" + name + "' was changed since and stays as it is.", 2) + "\n");
    return kExitOk;
  });
}

}  // namespace

ExitCode command_import(const Invocation& invocation, Node& node, CommandOutput& output) {
  if (invocation.has("undo")) return undo_import(invocation, node, output);
  if (!invocation.has("file")) {
    output.complain("Which file? `kith import FILE`, or `kith import --undo` for the last one.\n");
    return kExitUsage;
  }
  const auto now = node.clock().now();
  const auto sheet =
      understand_file(invocation.file("file"), std::chrono::floor<std::chrono::days>(now));
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
    if (!publisher) return say_no_publisher(output);
    std::vector<ExistingListing> existing;
    for (const auto& feed : store.queries().feeds()) {
      if (!feed.own) continue;
      for (const auto& record : store.queries().records(feed.feed_id, "listing")) {
        ExistingListing one{record.key.urn(), publisher->own_envelope(record).subject};
        one.exported = sheet_cells(one.subject, one.id);
        existing.push_back(std::move(one));
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
    std::map<std::string_view, const protocol::Json*> before;
    for (const auto& listing : existing) before.emplace(listing.id, &listing.subject);
    std::vector<Draft> drafts;
    std::vector<std::string> names;
    std::vector<ImportedChange> undo;
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
      if (draft.what == Draft::What::put) draft.subject.set("id", draft.id);
      const auto had = before.find(draft.id);
      undo.push_back({draft.id, had == before.end() ? std::nullopt : std::optional(*had->second),
                      draft.what == Draft::What::put ? subject_hash(draft.subject) : ""});
      drafts.push_back(std::move(draft));
      names.push_back(change.name);
    }
    if (drafts.empty()) {
      publisher->finish_files(now);
    } else {
      // Before publishing: an import that was cut off here changed nothing, and taking it back
      // finds all as it was.
      add_import_batch(store.database(),
                       {0, now, std::filesystem::path(invocation.first("file")).filename().string(),
                        format_undo(undo)});
      if (const auto refused = publisher->publish(drafts, now); !refused.empty())
        return import_say_problems(refused, names, output);
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
