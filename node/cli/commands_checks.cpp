#include <algorithm>
#include <charconv>

#include "node/checks/check_words.h"
#include "node/checks/policy_setting.h"
#include "node/cli/commands.h"
#include "node/store/check_notes.h"
#include "protocol/document/text_safety.h"

namespace node {

namespace {

constexpr std::size_t kNoteBytes = 600;
constexpr std::size_t kNoteNameBytes = 120;

/// "Must pass: Signature, Publisher, …"
std::string policy_line(const protocol::CheckPolicy& policy, protocol::Requirement requirement,
                        std::string_view heading) {
  std::string names;
  for (const auto& info : protocol::check_table()) {
    if (policy.required(info.check) != requirement) continue;
    names += (names.empty() ? "" : ", ") + std::string(info.id) + " " + std::string(info.title);
  }
  return names.empty() ? std::string() : std::string(heading) + names + ".";
}

void policy_print(const protocol::CheckPolicy& policy, bool whole, CommandOutput& output) {
  output.print(wrapped(policy.name + ": " + policy.summary, 2) + "\n");
  if (!whole) return;
  for (const auto& [requirement, heading] :
       {std::pair{protocol::Requirement::pass, "Must pass: "},
        std::pair{protocol::Requirement::no_warning, "Must not warn: "},
        std::pair{protocol::Requirement::nothing, "Shown, and never a reason to leave out: "}}) {
    const auto line = policy_line(policy, requirement, heading);
    if (!line.empty()) output.print("  " + wrapped(line, 2) + "\n");
  }
  const auto& numbers = policy.numbers;
  output.print("  " +
               wrapped("A fee of more than " +
                           std::to_string(static_cast<long>(numbers.upfront_limit)) +
                           " before the start is asked about; a finding against a group is looked "
                           "at again within " +
                           std::to_string(numbers.recheck_days) +
                           " days; a look at a licensing board's site holds for " +
                           std::to_string(numbers.license_months) + " months.",
                       2) +
               "\n");
}

/// A listing, or a publisher as a whole, whose identity is here.
std::optional<RecordKey> note_subject(const std::string& text, Node& node, CommandOutput& output) {
  for (const auto& report : node.feeds()) {
    if (report.feed.scid == text) return RecordKey{text, ""};
  }
  return record_meant(text, node, output);
}

std::string note_subject_words(const RecordKey& key, Node& node) {
  const auto publisher = node.publisher_name(key.scid);
  if (key.uuid.empty()) return "All listings of " + publisher;
  const auto name = node.listing_name(key);
  return (name.empty() ? key.text() : name) + " (" + publisher + ")";
}

ExitCode note_wrong(CommandOutput& output, const std::string& message) {
  output.complain(wrapped(message) + "\n");
  return kExitUsage;
}

/// What a person writes is shown to strangers: the same care as for a listing.
std::optional<std::string> note_problem(const std::string& text) {
  if (text.empty()) return "Say in a sentence what was found: kith note ID L7 pass \"…\" --by NAME";
  if (text.size() > kNoteBytes)
    return "The text is too long: " + std::to_string(text.size()) + " bytes, at most " +
           std::to_string(kNoteBytes) + ".";
  if (const auto character = protocol::dangerous_character(text))
    return "The text has the character " + *character + ", which readers cannot see or trust.";
  if (const auto access = protocol::private_access(text))
    return "The text seems to have " + *access + ". It would be shown to everybody.";
  return std::nullopt;
}

}  // namespace

ExitCode command_policy(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto name = invocation.first("name");
  if (!name.empty() && invocation.has("from"))
    return note_wrong(output, "Give a name or --from FILE, not both.");
  std::optional<protocol::CheckPolicy> chosen;
  if (invocation.has("from")) {
    auto own = protocol::parse_policy(invocation.file("from"));
    if (!own) return note_wrong(output, own.error().detail);
    chosen = std::move(*own);
  } else if (!name.empty()) {
    const auto* known = protocol::find_policy(name);
    if (!known) {
      return note_wrong(output, "There is no policy '" + name +
                                    "'. Known are community, chapter, strict and open; your own "
                                    "comes with --from FILE.");
    }
    chosen = *known;
  }
  if (chosen) node.change([&](Store& store, Publisher*) { choose_policy(store, *chosen); });
  const auto policy = node.policy();
  if (invocation.json()) {
    protocol::Json::Array known;
    for (const auto& one : protocol::known_policies()) known.push_back(protocol::policy_json(one));
    output.print(protocol::canonical(protocol::Json::object(
                     {{"policy", protocol::policy_json(policy)}, {"known", std::move(known)}})) +
                 "\n");
    return kExitOk;
  }
  output.print("This node's policy is\n");
  policy_print(policy, true, output);
  if (chosen) return kExitOk;
  output.print("\nOthers, with kith policy NAME:\n");
  for (const auto& one : protocol::known_policies()) {
    if (one.name != policy.name) policy_print(one, false, output);
  }
  return kExitOk;
}

ExitCode command_note(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto check = protocol::check_from_id(invocation.first("check"));
  if (!check)
    return note_wrong(output, "'" + invocation.first("check") +
                                  "' is none of the checks L1 to L30. The page /about/checks says "
                                  "what each is.");
  const auto& info = protocol::describe(*check);
  protocol::CheckNote note;
  note.check = *check;
  const auto outcome = invocation.first("outcome");
  note.answer = outcome == "answer";
  const auto found = protocol::check_outcome_from_word(outcome);
  if (!note.answer && (!found || *found == protocol::CheckOutcome::not_applicable))
    return note_wrong(output, "'" + outcome + "' is none of pass, check, warning, answer.");
  if (found) note.outcome = *found;
  if (!note.answer && !info.takes_notes)
    return note_wrong(output, std::string(info.id) + " (" + std::string(info.title) +
                                  ") is worked out by the node alone; only an answer of the "
                                  "publisher can be noted beside it.");
  const auto key = note_subject(invocation.first("id"), node, output);
  if (!key) return kExitUsage;

  if (invocation.has("remove")) {
    bool removed = false;
    node.change([&](Store& store, Publisher*) {
      removed = remove_check_note(store.database(), *key, *check, note.answer);
      node.recheck(*key);
    });
    output.print(removed ? "Taken back.\n" : "There was no such note.\n");
    return removed ? kExitOk : kExitNo;
  }
  note.text = invocation.first("text");
  note.by = invocation.first("by");
  if (const auto problem = note_problem(note.text)) return note_wrong(output, *problem);
  if (note.by.empty() || note.by.size() > kNoteNameBytes || protocol::dangerous_character(note.by))
    return note_wrong(output, "Say who found it with --by NAME, at most 120 bytes.");
  note.at = node.clock().now();
  node.change([&](Store& store, Publisher*) {
    put_check_note(store.database(), *key, note);
    node.recheck(*key);
  });
  output.print(wrapped("Noted for " + note_subject_words(*key, node) + ": " +
                       std::string(info.title) + ".") +
               "\n");
  if (!note.answer && note.outcome != protocol::CheckOutcome::pass) {
    const auto days = node.policy().numbers.recheck_days;
    output.print(wrapped("Tell the group, take down its answer with `kith note " + key->text() +
                         " " + std::string(info.id) +
                         " answer \"…\" --by NAME`, and look again within " + std::to_string(days) +
                         " days.") +
                 "\n");
  }
  return kExitOk;
}

ExitCode command_probe(const Invocation& invocation, Node& node, CommandOutput& output) {
  constexpr std::size_t kMost = 50;
  constexpr std::size_t kMostOfAll = 1'000;
  std::size_t most = kMost;
  if (invocation.has("most")) {
    const auto text = invocation.first("most");
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), most);
    if (problem != std::errc() || end != text.data() + text.size() || most == 0 ||
        most > kMostOfAll)
      return note_wrong(output, "--most: '" + text + "' is not a number from 1 to 1000.");
  }
  const auto probed = node.probe(most, invocation.has("all"));
  if (invocation.json()) {
    output.print(protocol::canonical(protocol::Json::object(
                     {{"read", static_cast<std::int64_t>(probed.read)},
                      {"passed", static_cast<std::int64_t>(probed.passed)},
                      {"closed", static_cast<std::int64_t>(probed.closed)}})) +
                 "\n");
    return kExitOk;
  }
  if (probed.read + probed.closed == 0) output.print("There is nothing to look at now.\n");
  if (probed.closed > 0)
    output.print(
        wrapped(std::to_string(probed.closed) + (probed.closed == 1 ? " page was" : " pages were") +
                " left alone, since the site asks automatic readers to stay away (robots.txt).") +
        "\n");
  if (probed.read > 0) {
    output.print(wrapped(std::to_string(probed.read) +
                         (probed.read == 1 ? " page was looked at, " : " pages were looked at, ") +
                         std::to_string(probed.passed) +
                         " as hoped. What was seen stands with each listing's checks.") +
                 "\n");
  }
  return kExitOk;
}

ExitCode command_notes(const Invocation& invocation, Node& node, CommandOutput& output) {
  std::optional<RecordKey> only;
  if (invocation.has("id")) {
    only = note_subject(invocation.first("id"), node, output);
    if (!only) return kExitUsage;
  }
  const auto now = node.clock().now();
  const auto today = std::chrono::floor<std::chrono::days>(now);
  const auto days = node.policy().numbers.recheck_days;
  std::vector<StoredNote> notes;
  node.change([&](Store& store, Publisher*) { notes = all_check_notes(store.database()); });
  std::erase_if(notes, [&](const StoredNote& one) {
    const bool against = !one.note.answer && one.note.outcome != protocol::CheckOutcome::pass;
    const auto due = std::chrono::floor<std::chrono::days>(one.note.at) + std::chrono::days{days};
    if (only && (one.key.scid != only->scid || one.key.uuid != only->uuid)) return true;
    return invocation.has("overdue") && !(against && today > due);
  });
  protocol::Json::Array list;
  for (const auto& [key, note] : notes) {
    const auto& info = protocol::describe(note.check);
    const auto due = std::chrono::floor<std::chrono::days>(note.at) + std::chrono::days{days};
    const bool overdue =
        !note.answer && note.outcome != protocol::CheckOutcome::pass && today > due;
    if (invocation.json()) {
      auto one = protocol::Json::object({{"scid", key.scid},
                                         {"check", info.id},
                                         {"text", note.text},
                                         {"by", note.by},
                                         {"at", protocol::format_timestamp(note.at)},
                                         {"overdue", overdue}});
      if (!key.uuid.empty()) one.set("id", key.text());
      one.set("outcome",
              note.answer ? std::string("answer") : std::string(protocol::word(note.outcome)));
      list.push_back(std::move(one));
      continue;
    }
    output.print(note_subject_words(key, node) + "\n");
    output.print(
        "  " +
        wrapped(
            std::string(info.id) + " " + std::string(info.title) + ", " +
                (note.answer ? std::string("the publisher's answer")
                             : std::string(protocol::check_outcome_label(note.outcome))) +
                ": “" + note.text + "” " + note.by + ", " +
                protocol::format_date(std::chrono::floor<std::chrono::days>(note.at)) +
                (overdue ? ". Look again: it was due on " + protocol::format_date(due) + "." : "."),
            2) +
        "\n");
  }
  if (invocation.json()) {
    output.print(protocol::canonical(protocol::Json::object({{"notes", std::move(list)}})) + "\n");
  } else if (notes.empty()) {
    output.print(invocation.has("overdue") ? "Nothing is overdue.\n" : "Nothing was noted yet.\n");
  }
  return kExitOk;
}

}  // namespace node
