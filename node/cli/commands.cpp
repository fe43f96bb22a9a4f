#include "node/cli/commands.h"

#include <map>
#include <set>
#include <system_error>

#include "node/publish/own_history.h"
#include "node/store/sqlite.h"

namespace node {

namespace {

using CommandFunction = ExitCode (*)(const Invocation&, Node&, CommandOutput&);

const std::map<std::string, CommandFunction>& command_table() {
  static const std::map<std::string, CommandFunction> table = {
      {"init", command_init},
      {"import", command_import},
      {"export", command_export},
      {"put", command_put},
      {"withdraw", command_withdraw},
      {"erase", command_erase},
      {"confirm", command_confirm},
      {"renew", command_renew},
      {"publish", command_publish},
      {"notify add", command_notify_add},
      {"notify list", command_notify_list},
      {"notify remove", command_notify_remove},
      {"remind", command_remind},
      {"id", command_id},
      {"rotate", command_rotate},
      {"move", command_move},
      {"deactivate", command_deactivate},
      {"anchor add", command_anchor_add},
      {"anchor list", command_anchor_list},
      {"anchor remove", command_anchor_remove},
      {"recognize", command_recognize},
      {"unrecognize", command_unrecognize},
      {"chapters", command_chapters},
      {"suspend", command_suspend},
      {"reinstate", command_reinstate},
      {"follow", command_follow},
      {"unfollow", command_unfollow},
      {"mirror", command_mirror},
      {"sync", command_sync},
      {"status", command_status},
      {"search", command_search},
      {"show", command_show},
      {"policy", command_policy},
      {"note", command_note},
      {"notes", command_notes},
      {"probe", command_probe},
      {"deny", command_deny},
      {"allow", command_allow},
      {"denied", command_denied},
      {"reports", command_reports},
      {"doctor", command_doctor},
      {"backup", command_backup},
      {"catch-up", command_catch_up},
      {"hand-over", command_hand_over},
      {"evidence", command_evidence},
      {"monitor", command_monitor},
  };
  return table;
}

/// Commands that sign something new. Before them the own public address is looked at: what is
/// published there must be a beginning of what is here.
bool command_publishes(const Invocation& invocation) {
  static const std::set<std::string> names = {"put",    "withdraw", "erase",     "confirm",
                                              "renew",  "publish",  "recognize", "unrecognize",
                                              "rotate", "move",     "deactivate"};
  return names.contains(invocation.command) ||
         (invocation.command == "import" && (invocation.has("apply") || invocation.has("undo")));
}

/// Commands that add to the own identity. They commit before they publish, so a folder that must
/// not publish is stopped first; only a new epoch is the way out of it.
bool command_continues_identity(const Invocation& invocation) {
  return (invocation.command == "rotate" && !invocation.has("stolen")) ||
         invocation.command == "move" || invocation.command == "deactivate";
}

constexpr std::chrono::seconds kLookAgainAfter{60};
// Somebody without network waits this long, once a minute at most; whoever answers does so sooner.
constexpr std::chrono::seconds kPatienceWithOwnAddress{4};

/// Going on is right: what is published from here was compared with the folder, and with the public
/// address when it last answered. That nobody could look now must be said all the same.
void command_says_unreachable(const protocol::Error& why, CommandOutput& output) {
  output.complain(
      wrapped("Your public address could not be read just now, so what is published there was not "
              "compared with what is here (" +
              why.detail +
              "). Without a network that is as it should be, and the command goes on. If somebody "
              "else may have published as you meanwhile, wait, and run `kith monitor` first.") +
      "\n");
}

}  // namespace

ExitCode execute(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto found = command_table().find(invocation.command);
  if (found == command_table().end()) {
    output.complain("There is no command '" + invocation.command + "'. Run `kith --help`.\n");
    return kExitUsage;
  }
  try {
    if (command_publishes(invocation)) {
      if (const auto unreachable =
              check_published_history(node, kLookAgainAfter, kPatienceWithOwnAddress))
        command_says_unreachable(*unreachable, output);
    }
    if (command_continues_identity(invocation)) {
      node.change_store([](Store& store) {
        if (const auto own = find_own_feed(store.queries()))
          require_right_to_publish(store.queries(), *own);
      });
    }
    return found->second(invocation, node, output);
  } catch (const DataError& error) {
    return say_refusal({error.code(), error.what()}, output);
  } catch (const StoreError& error) {
    if (error.is_disk_full())
      return say_refusal({protocol::ErrorCode::storage_full, error.what()}, output);
    if (error.is_damage())
      return say_refusal({protocol::ErrorCode::storage_damaged, error.what()}, output);
    output.complain(wrapped("The database could not do it: " + std::string(error.what())) + "\n");
    return kExitIo;
  } catch (const std::system_error& error) {
    output.complain(
        wrapped("A file could not be written: " + std::string(error.what()) +
                ". What was committed is kept; run the command again once that is mended.") +
        "\n");
    return kExitIo;
  }
}

ExitCode say_refusal(const protocol::Error& error, CommandOutput& output) {
  const auto& info = protocol::describe(error.code);
  std::string text(info.meaning);
  if (!error.detail.empty()) text += "\n" + error.detail;
  output.complain(wrapped(text) + "\n" + wrapped("What to do: " + std::string(info.what_to_do)) +
                  "\n(" + std::string(info.word) + ")\n");
  return exit_code_for(error.code);
}

ExitCode say_no_publisher(CommandOutput& output) {
  return say_refusal({protocol::ErrorCode::config_invalid,
                      "There is no publisher in this data folder yet. Run `kith init` first."},
                     output);
}

std::optional<RecordKey> record_meant(const std::string& text, Node& node, CommandOutput& output) {
  if (auto key = RecordKey::parse(text)) return key;
  std::string uuid = text.starts_with("urn:uuid:") ? text.substr(9) : text;
  auto keys = node.keys_with_uuid(uuid);
  if (keys.size() == 1) return keys.front();
  if (keys.empty()) {
    output.complain("No record here has the id " + text +
                    ". Ids are shown by `kith search` and `kith show`.\n");
  } else {
    output.complain("Several publishers use that id; say which one:\n");
    for (const auto& key : keys)
      output.complain("  " + key.text() + "  " + node.publisher_name(key.scid) + "\n");
  }
  return std::nullopt;
}

}  // namespace node
