#include <filesystem>

#include "node/cli/commands.h"
#include "node/cli/output_place.h"
#include "node/publish/files.h"
#include "node/reminders/reminder.h"
#include "node/store/reminders.h"
#include "protocol/identity/did_log.h"

namespace node {

namespace {

using protocol::Json;

constexpr int kRemindDaysAhead = 45;
constexpr int kRemindMostDays = 400;

/// Where this publisher's node answers, as its identity says; empty for a folder of static files.
std::string remind_node_url(Store& store, const Publisher& publisher) {
  const auto feed = store.queries().feed(publisher.scid());
  if (!feed) return {};
  const auto log =
      protocol::resolve_did_log(feed->did_log, "", feed->did, protocol::kLatestTimestamp);
  if (!log) return {};
  const auto keys = protocol::publisher_keys(log->current());
  return keys && keys->api_url ? *keys->api_url : std::string();
}

std::optional<int> remind_days(const Invocation& invocation, CommandOutput& output) {
  if (!invocation.has("within")) return kRemindDaysAhead;
  const auto text = invocation.first("within");
  if (!text.empty() && text.size() <= 3 &&
      text.find_first_not_of("0123456789") == std::string::npos &&
      std::stoi(text) <= kRemindMostDays)
    return std::stoi(text);
  output.complain("--within: '" + text + "' is no number of days up to 400.\n");
  return std::nullopt;
}

ExitCode remind_answers(const Invocation& invocation, Node& node, CommandOutput& output) {
  return node.change([&](Store& store, Publisher* publisher) {
    Json::Array list;
    std::string text;
    for (const auto& answer : unread_answers(store.database())) {
      std::string name = answer.id;
      if (publisher) {
        if (const auto record = store.queries().record({publisher->scid(), answer.id.substr(9)})) {
          const auto envelope = publisher->own_envelope(*record);
          const auto* said = envelope.subject.find("name");
          if (said && said->if_string()) name = *said->if_string();
        }
      }
      list.push_back(Json::object(
          {{"id", answer.id},
           {"name", name},
           {"answered_at", protocol::format_timestamp(answer.used_at.value_or(answer.made_at))},
           {"words", answer.answer}}));
      text +=
          wrapped(
              name + ", " +
              protocol::format_timestamp(answer.used_at.value_or(answer.made_at)).substr(0, 10)) +
          "\n" + wrapped("  " + answer.answer, 2) + "\n\n";
      if (invocation.has("done")) forget_answer(store.database(), answer.token_hash);
    }
    if (invocation.json()) {
      output.print(protocol::canonical(Json(std::move(list))) + "\n");
    } else {
      output.print(text.empty() ? "No leader has written.\n" : text);
    }
    return kExitOk;
  });
}

/// A name of a file that any system takes, and that two groups of one name do not share.
std::string remind_file_name(const DueListing& due) {
  std::string name;
  for (const char c : due.listing.name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain) {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
    if (name.size() >= 40) break;
  }
  return name + (name.empty() || name.back() == '-' ? "" : "-") + due.key.uuid.substr(0, 8) +
         ".txt";
}

}  // namespace

ExitCode command_remind(const Invocation& invocation, Node& node, CommandOutput& output) {
  if (invocation.has("answers")) return remind_answers(invocation, node, output);
  const auto days = remind_days(invocation, output);
  if (!days) return kExitUsage;
  return node.change([&](Store& store, Publisher* publisher) -> ExitCode {
    if (!publisher) return say_no_publisher(output);
    const auto now = node.clock().now();
    const auto today = std::chrono::floor<std::chrono::days>(now);
    const auto named = invocation.all("id");
    auto due =
        due_listings(store.queries(), *publisher,
                     named.empty() ? now + std::chrono::days(*days) : protocol::kLatestTimestamp);
    if (!named.empty()) {
      const auto is_named = [&](const DueListing& one) {
        return std::any_of(named.begin(), named.end(), [&](const std::string& id) {
          return id == one.key.uuid || id == one.key.urn() || id == one.key.text();
        });
      };
      std::erase_if(due, [&](const auto& one) { return !is_named(one); });
      if (due.size() < named.size()) {
        output.complain("Not all of these are live listings of yours. Nothing was written.\n");
        return kExitUsage;
      }
    }
    if (due.empty()) {
      if (invocation.json()) {
        output.print("[]\n");
      } else {
        output.print("No listing has to be confirmed within " + std::to_string(*days) + " days.\n");
      }
      return kExitOk;
    }

    const auto base = invocation.has("list") ? std::string() : remind_node_url(store, *publisher);
    std::filesystem::path folder;
    if (invocation.has("out")) {
      const auto chosen = folder_to_write(invocation, "out", node.folder(), output);
      if (!chosen) return kExitUsage;
      folder = *chosen;
      std::filesystem::create_directories(folder);
    }
    Json::Array list;
    std::string text;
    for (const auto& one : due) {
      const auto& contact = one.listing.contact.public_contact;
      const auto ends = std::chrono::floor<std::chrono::days>(one.ends_at);
      Json row = Json::object({{"id", one.key.urn()},
                               {"name", one.listing.name},
                               {"to", contact},
                               {"review_by", one.listing.review_by},
                               {"ends", protocol::format_date(ends)}});
      if (invocation.has("list")) {
        text += wrapped(one.listing.name + ": confirm by " + one.listing.review_by + ", gone on " +
                            protocol::format_date(ends) + (contact.empty() ? "" : "; " + contact),
                        2) +
                "\n";
        list.push_back(std::move(row));
        continue;
      }
      const auto link = base.empty() ? std::string() : make_answer_link(store, base, one, now);
      const auto letter =
          reminder_text(one, publisher->name(), link, invocation.file("words"), today);
      row.set("link", link);
      row.set("text", letter);
      list.push_back(std::move(row));
      const auto to = "To: " + (contact.empty() ? "(no contact is listed)" : contact) +
                      "\nSubject: Is this still right? " + one.listing.name + "\n\n";
      if (folder.empty()) {
        text += to + letter + "\n" + std::string(72, '-') + "\n\n";
      } else {
        const auto file = folder / remind_file_name(one);
        // Whoever has the link may answer for the leader.
        replace_file(file, to + letter, 0600);
        text += file.string() + "\n";
      }
    }
    if (invocation.json()) {
      output.print(protocol::canonical(Json(std::move(list))) + "\n");
      return kExitOk;
    }
    output.print(text);
    if (!invocation.has("list") && !base.empty())
      output.print(wrapped("Each link works once, for 45 days, and replaces the one of an earlier "
                           "reminder for the same group.") +
                   "\n");
    if (!invocation.has("list") && base.empty())
      output.print(
          wrapped("This publisher is a folder of static files without a node that answers, so "
                  "the texts ask for an answer by return.") +
          "\n");
    return kExitOk;
  });
}

}  // namespace node
