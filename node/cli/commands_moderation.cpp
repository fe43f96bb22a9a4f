#include <algorithm>

#include "node/cli/commands.h"
#include "node/pages/html.h"
#include "node/store/reports.h"
#include "protocol/document/text_safety.h"
#include "protocol/encoding/json.h"

namespace node {

namespace {

constexpr std::size_t kModerationNoteBytes = 300;

/// A record or, without a UUID, a publisher; complains and returns nothing otherwise.
std::optional<RecordKey> moderation_target(const std::string& text, Node& node,
                                           CommandOutput& output) {
  const bool is_uuid =
      text.starts_with("urn:uuid:") || (text.size() == 36 && text[8] == '-' && text[13] == '-');
  if (is_uuid || RecordKey::parse(text)) return record_meant(text, node, output);
  const auto scid = publisher_meant(text, node, output);
  if (!scid) return std::nullopt;
  return RecordKey{*scid, ""};
}

std::string moderation_name(const RecordKey& key, Node& node) {
  const auto publisher = name_for_operator(key.scid, node);
  if (key.uuid.empty()) return publisher;
  const auto listing = node.listing_name(key);
  return (listing.empty() ? "a record" : listing) + " of " + publisher;
}

std::string moderation_id(const RecordKey& key) { return key.uuid.empty() ? "" : key.urn(); }

RecordKey moderation_key(const StoreQueries::Denial& denial) {
  return {denial.scid, denial.id.empty() ? "" : denial.id.substr(9)};
}

ExitCode moderation_wrong(CommandOutput& output, const std::string& message) {
  output.complain(wrapped(message) + "\n");
  return kExitUsage;
}

void moderation_count(std::size_t before, std::size_t after, CommandOutput& output) {
  output.print(std::to_string(after) + " listings are shown on this node now; it was " +
               std::to_string(before) + ".\n");
}

void print_report(const Report& report, Node& node, CommandOutput& output) {
  output.print(std::to_string(report.number) + "  " +
               visible_text(moderation_name(report.key, node)) + "\n  " + report.key.text() +
               "\n  reported on " + protocol::format_timestamp(report.reported_at));
  if (!report.closed_at)
    output.print(", open; deleted on " +
                 protocol::format_date(
                     std::chrono::floor<std::chrono::days>(report.reported_at + kReportsKept)));
  output.print("\n");
  if (report.closed_at) {
    output.print("  " +
                 wrapped("closed on " + protocol::format_timestamp(*report.closed_at) + ": " +
                             report.outcome + (report.note.empty() ? "" : ", " + report.note),
                         2) +
                 "\n");
  }
  std::string_view words = report.words;
  while (!words.empty()) {
    const auto end = std::min(words.find('\n'), words.size());
    // A mark before each line: nothing that a stranger wrote can look like a line of ours.
    output.print("  | " + wrapped(visible_text(words.substr(0, end)), 4) + "\n");
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  if (!report.contact.empty()) output.print("  answer to: " + visible_text(report.contact) + "\n");
  output.print("\n");
}

ExitCode close_one(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto text = invocation.first("close");
  if (text.empty() || text.size() > 15 ||
      !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return moderation_wrong(output, "--close: write the number that `kith reports` shows.");
  const auto word = invocation.first("outcome");
  if (word != "nothing" && word != "upheld")
    return moderation_wrong(output,
                            "--outcome: write nothing (the listing is in order, or it was put "
                            "right) or upheld (readers are warned).");
  const auto note = invocation.first("note");
  if (word == "upheld" && note.empty())
    return moderation_wrong(output,
                            "--note: say in a few words what was found. Every reader of the "
                            "listing sees it; hear the publisher first.");
  if (note.size() > kModerationNoteBytes)
    return moderation_wrong(output, "--note: at most 300 bytes.");
  if (const auto character = protocol::dangerous_character(note))
    return moderation_wrong(output, "--note: it has the character " + *character +
                                        ", which readers cannot see or trust.");
  const auto outcome = word == "upheld" ? ReportOutcome::upheld : ReportOutcome::nothing;
  const auto key = node.change_store([&](Store& store) {
    const auto of =
        close_report(store.database(), std::stoll(text), outcome, note, node.clock().now());
    if (of) node.recheck(*of);
    return of;
  });
  if (!key) {
    output.complain("There is no report " + text + ". `kith reports` lists them.\n");
    return kExitNo;
  }
  output.print(word == "upheld"
                   ? wrapped("Closed as upheld. Its check L28 is a warning now, and the policy of "
                             "this node may leave it out. To take that back: close it again as "
                             "nothing.") +
                         "\n"
                   : "Closed. Readers are told of nothing.\n");
  return kExitOk;
}

}  // namespace

ExitCode command_deny(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto now = node.clock().now();
  const auto reason = invocation.first("reason");
  if (reason.empty() || reason.size() > 1'000)
    return moderation_wrong(output, "--reason: say in a sentence why (at most 1,000 bytes).");
  std::optional<protocol::Timestamp> until;
  if (invocation.has("until")) {
    const auto day = protocol::parse_date(invocation.first("until"));
    if (!day || protocol::Timestamp(*day) <= now)
      return moderation_wrong(output,
                              "--until: write a day to come, such as " +
                                  protocol::format_date(std::chrono::floor<std::chrono::days>(now) +
                                                        std::chrono::days(30)) +
                                  ". It is shown again when that day begins (UTC).");
    until = protocol::Timestamp(*day);
  }
  const auto key = moderation_target(invocation.first("what"), node, output);
  if (!key) return kExitUsage;
  for (const auto& report : node.feeds()) {
    if (report.feed.own && report.feed.scid == key->scid)
      return moderation_wrong(output,
                              "That is this node's own publisher. `kith withdraw` ends a listing "
                              "everywhere, `kith erase` also removes its text.");
  }
  const auto name = moderation_name(*key, node);
  const auto anchors = node.anchors();
  const bool is_anchor = key->uuid.empty() &&
                         std::any_of(anchors.begin(), anchors.end(),
                                     [&](const auto& anchor) { return anchor.scid == key->scid; });
  if (is_anchor && !invocation.has("yes") &&
      !output.ask(name + " is an anchor of this node. Nothing that only it vouches for is shown "
                         "while it is denied. Deny it?")) {
    output.print("Nothing was changed.\n");
    return kExitNo;
  }
  const auto before = node.listings_shown();
  node.change_store(
      [&](Store& store) { store.deny(key->scid, moderation_id(*key), reason, until, now); });
  output.print(wrapped("Denied: " + visible_text(name) +
                       (until ? ", until " + protocol::format_date(
                                                 std::chrono::floor<std::chrono::days>(*until))
                              : std::string()) +
                       ". It is in nothing that others can read here. Other nodes are not told; "
                       "write to its publisher about what is wrong.") +
               "\n");
  moderation_count(before, node.listings_shown(), output);
  return kExitOk;
}

ExitCode command_allow(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto key = moderation_target(invocation.first("what"), node, output);
  if (!key) return kExitUsage;
  const auto before = node.listings_shown();
  const bool was =
      node.change_store([&](Store& store) { return store.allow(key->scid, moderation_id(*key)); });
  if (!was) {
    output.print("It was not denied; `kith denied` lists what is.\n");
    return kExitNo;
  }
  output.print("Allowed again: " + visible_text(moderation_name(*key, node)) + "\n");
  moderation_count(before, node.listings_shown(), output);
  return kExitOk;
}

ExitCode command_denied(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto now = node.clock().now();
  const auto denials = node.change_store([](Store& store) { return store.queries().denials(); });
  protocol::Json::Array list;
  for (const auto& denial : denials) {
    const auto key = moderation_key(denial);
    const bool over = denial.until && *denial.until <= now;
    const auto id = key.uuid.empty() ? key.scid : key.text();
    if (invocation.json()) {
      auto row = protocol::Json::object({{"what", id},
                                         {"scid", denial.scid},
                                         {"id", denial.id},
                                         {"name", moderation_name(key, node)},
                                         {"reason", denial.reason},
                                         {"in_force", !over}});
      if (denial.until) row.set("until", protocol::format_timestamp(*denial.until));
      if (denial.denied_at != protocol::Timestamp{})
        row.set("denied_at", protocol::format_timestamp(denial.denied_at));
      list.push_back(std::move(row));
      continue;
    }
    output.print(visible_text(moderation_name(key, node)) + "\n  " + id + "\n");
    std::string line = "denied";
    if (denial.denied_at != protocol::Timestamp{})
      line +=
          " on " + protocol::format_date(std::chrono::floor<std::chrono::days>(denial.denied_at));
    if (denial.until)
      line += (over ? ", over since " : ", until ") + protocol::format_timestamp(*denial.until);
    output.print("  " + wrapped(line + ": " + visible_text(denial.reason), 2) + "\n");
  }
  if (invocation.json()) {
    output.print(protocol::canonical(protocol::Json::object({{"denials", std::move(list)}})) +
                 "\n");
  } else if (denials.empty()) {
    output.print("Nothing is denied on this node.\n");
  }
  return kExitOk;
}

ExitCode command_reports(const Invocation& invocation, Node& node, CommandOutput& output) {
  if (invocation.has("close")) return close_one(invocation, node, output);
  if (invocation.has("outcome") || invocation.has("note"))
    return moderation_wrong(output, "--outcome and --note go with --close NUMBER.");
  const auto reports = node.change_store([&](Store& store) {
    for (const auto& key : forget_old_reports(store.database(), node.clock().now()))
      node.recheck(key);
    return all_reports(store.database());
  });
  if (invocation.json()) {
    protocol::Json::Array list;
    for (const auto& report : reports) {
      auto row =
          protocol::Json::object({{"number", report.number},
                                  {"id", report.key.text()},
                                  {"name", node.listing_name(report.key)},
                                  {"words", report.words},
                                  {"contact", report.contact},
                                  {"reported_at", protocol::format_timestamp(report.reported_at)},
                                  {"open", !report.closed_at}});
      if (report.closed_at) {
        row.set("closed_at", protocol::format_timestamp(*report.closed_at));
        row.set("outcome", report.outcome);
        row.set("note", report.note);
      }
      list.push_back(std::move(row));
    }
    output.print(protocol::canonical(protocol::Json::object({{"reports", std::move(list)}})) +
                 "\n");
    return kExitOk;
  }
  if (reports.empty()) output.print("No reader has reported anything.\n");
  for (const auto& report : reports) print_report(report, node, output);
  return kExitOk;
}

}  // namespace node
