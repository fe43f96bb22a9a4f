#include <algorithm>
#include <filesystem>

#include <sodium.h>

#include "node/cli/commands.h"
#include "node/cli/passphrase.h"
#include "node/publish/backup.h"
#include "node/publish/catch_up.h"
#include "node/publish/own_history.h"
#include "node/store/erasure.h"
#include "protocol/identity/did.h"
#include "protocol/identity/did_log.h"

namespace node {

namespace {

constexpr std::size_t kBackupsRemembered = 100;

std::string recovery_name(const Record& record) {
  const auto envelope = protocol::read_envelope(record.document);
  const auto* name = envelope ? envelope->subject.find("name") : nullptr;
  return name && name->if_string() ? *name->if_string() : std::string();
}

/// The backups that were made here and are still where they were written: file and time.
std::vector<std::pair<std::string, protocol::Timestamp>> recovery_backups(
    const StoreQueries& store) {
  std::vector<std::pair<std::string, protocol::Timestamp>> backups;
  const auto json = protocol::parse_json(store.setting("backups").value_or("[]"));
  const auto* all = json ? json->if_array() : nullptr;
  if (!all) return backups;
  for (const auto& each : *all) {
    const auto* file = each.find("file");
    const auto* made = each.find("made_at");
    const auto time = made && made->if_integer() ? made->if_integer() : std::nullopt;
    if (file && file->if_string() && time)
      backups.emplace_back(*file->if_string(), protocol::from_unix(*time));
  }
  return backups;
}

void recovery_remember_backup(Store& store, const std::string& file, protocol::Timestamp now) {
  auto backups = recovery_backups(store.queries());
  std::erase_if(backups, [&](const auto& each) {
    std::error_code absent;
    return each.first == file || !std::filesystem::exists(each.first, absent);
  });
  backups.emplace_back(file, now);
  if (backups.size() > kBackupsRemembered) backups.erase(backups.begin());
  protocol::Json::Array all;
  for (const auto& [name, made] : backups)
    all.push_back(protocol::Json::object({{"file", name}, {"made_at", protocol::to_unix(made)}}));
  store.set_setting("backups", protocol::canonical(all));
  store.set_setting("last_backup", std::to_string(protocol::to_unix(now)));
}

/// One of the own records that is to be erased.
struct ToErase {
  RecordKey key;
  std::string name;   ///< empty: its text is gone already
  bool done = false;  ///< its newest entry says so
};

}  // namespace

std::optional<protocol::Error> check_published_history(Node& node, std::chrono::seconds not_within,
                                                       std::chrono::milliseconds patience) {
  if (!node.source()) return std::nullopt;
  const auto now = node.clock().now();
  const auto own = node.change_store([&](Store& store) -> std::optional<Feed> {
    const auto looked = time_setting(store.queries(), "published_looked_at");
    if (looked && *looked <= now && now < *looked + not_within) return std::nullopt;
    return find_own_feed(store.queries());
  });
  if (!own) return std::nullopt;
  const auto look = read_published_head(*node.source(), *own, now, patience);
  node.change_store([&](Store& store) {
    note_published_head(store, look.head, now);
    store.set_setting("published_looked_at", std::to_string(protocol::to_unix(now)));
  });
  return look.unreachable;
}

ExitCode command_erase(const Invocation& invocation, Node& node, CommandOutput& output) {
  std::vector<ToErase> wanted;
  const auto refused = node.change([&](Store& store,
                                       Publisher* publisher) -> std::optional<ExitCode> {
    if (!publisher) return say_no_publisher(output);
    const auto own = find_own_feed(store.queries());
    for (const auto& text : invocation.all("id")) {
      auto key = RecordKey::parse(text);
      if (!key)
        key = RecordKey{publisher->scid(), text.starts_with("urn:uuid:") ? text.substr(9) : text};
      if (key->scid != publisher->scid()) {
        output.complain(wrapped("Not yours: " + text + " is published by " + key->scid +
                                ". Ask its publisher to erase it; `kith deny` hides it here.") +
                        "\n");
        return kExitUsage;
      }
      const auto leaf = protocol::is_uuid_urn(key->urn())
                            ? newest_leaf(store.database(), own->feed_id, key->urn())
                            : std::nullopt;
      if (!leaf) {
        output.complain("You have never published a record " + text +
                        ". Nothing was changed. `kith search --json` shows ids.\n");
        return kExitUsage;
      }
      if (leaf->op == protocol::Leaf::Op::put && leaf->type == "publisher") {
        output.complain(
            "That is your own card: it says who publishes, and is needed as long as you do.\n");
        return kExitUsage;
      }
      if (std::any_of(wanted.begin(), wanted.end(),
                      [&](const ToErase& each) { return each.key == *key; }))
        continue;
      ToErase one{*key, "", leaf->why == "erased"};
      if (const auto record = store.queries().record(*key)) one.name = recovery_name(*record);
      wanted.push_back(std::move(one));
    }
    return std::nullopt;
  });
  if (refused) return *refused;

  const auto open =
      std::count_if(wanted.begin(), wanted.end(), [](const ToErase& each) { return !each.done; });
  if (open > 0 && !invocation.has("yes")) {
    std::string names;
    for (const auto& each : wanted) {
      if (each.done) continue;
      names += (names.empty() ? "" : ", ") +
               (each.name.empty() ? each.key.uuid : "\"" + each.name + "\"");
    }
    if (!output.ask("Erase " + names +
                    " for good? The text goes from this machine and from every node that follows "
                    "you and keeps the rules; it cannot be brought back.")) {
      output.print("Nothing was changed.\n");
      return kExitNo;
    }
  }
  bool all_gone = false;
  std::vector<std::string> older_backups;
  const auto exit = node.change([&](Store& store, Publisher* publisher) {
    if (!publisher) return say_no_publisher(output);
    const auto now = node.clock().now();
    std::vector<Draft> drafts;
    for (const auto& each : wanted) {
      if (each.done) continue;
      Draft draft;
      draft.what = Draft::What::end;
      draft.id = each.key.urn();
      draft.why = "erased";
      drafts.push_back(std::move(draft));
    }
    // Also where nothing is left to say: an earlier run may have been cut off before the files.
    if (drafts.empty()) {
      publisher->finish_files(now);
    } else if (const auto problems = publisher->publish(drafts, now); !problems.empty()) {
      output.complain(problems[0].problems[0].message + "\nNothing was changed.\n");
      return kExitNo;
    }
    all_gone = store.checkpoint();
    for (const auto& [file, made] : recovery_backups(store.queries())) {
      std::error_code absent;
      if (std::filesystem::exists(file, absent)) older_backups.push_back(file);
    }
    return kExitOk;
  });
  if (exit != kExitOk) return exit;
  if (invocation.json()) {
    protocol::Json::Array erased, backups;
    for (const auto& each : wanted) erased.emplace_back(each.key.text());
    for (const auto& file : older_backups) backups.emplace_back(file);
    output.print(protocol::canonical(protocol::Json::object({{"erased", std::move(erased)},
                                                             {"log_emptied", all_gone},
                                                             {"backups", std::move(backups)}})) +
                 "\n");
    return kExitOk;
  }
  output.print(std::to_string(wanted.size()) + " erased" + (open == 0 ? " (before already)" : "") +
               ". Nodes that follow you do the same at their next reading.\n");
  if (!all_gone) {
    output.print(wrapped("A reading is still going on here: the last bytes leave the database's "
                         "log within a minute while the node runs, else with the next command.") +
                 "\n");
  }
  output.print(
      wrapped("What this cannot reach: the row in your own sheet (take it out, or the next "
              "import publishes it anew), and a folder at a web host (run `kith publish "
              "--to` and copy it now).") +
      "\n");
  for (const auto& file : older_backups)
    output.print(
        wrapped("This backup still holds it: " + file + " - make a new one, then delete this.", 2) +
        "\n");
  return kExitOk;
}

ExitCode command_backup(const Invocation& invocation, Node& node, CommandOutput& output) {
  std::optional<std::string> passphrase;
  if (invocation.has("with-keys")) {
    passphrase = passphrase_given(invocation, PassphraseIs::fresh, output);
    if (!passphrase) return kExitUsage;
  }
  const auto now = node.clock().now();
  const auto file = invocation.output_path(invocation.first("file"));
  output.progress("Copying");
  const auto info = write_backup(node.folder(), file, BackupPurpose::backup, passphrase, now);
  if (passphrase) sodium_memzero(passphrase->data(), passphrase->size());
  node.change_store([&](Store& store) { recovery_remember_backup(store, file, now); });
  std::error_code unknown;
  const auto bytes = std::filesystem::file_size(file, unknown);
  if (invocation.json()) {
    output.print(protocol::canonical(
                     protocol::Json::object({{"file", file},
                                             {"made_at", protocol::format_timestamp(info.made_at)},
                                             {"bytes", static_cast<std::int64_t>(bytes)},
                                             {"size", static_cast<std::int64_t>(info.size)},
                                             {"with_keys", info.sealed}})) +
                 "\n");
    return kExitOk;
  }
  output.print("The backup is " + file + " (" + std::to_string((bytes + 1023) / 1024) + " KiB).\n");
  output.print(
      wrapped(info.sealed
                  ? "It holds the keys, sealed with the passphrase. Without the passphrase nobody "
                    "can open it, you neither: keep it elsewhere."
                  : "It holds no keys: they are in " + (node.folder() / "keys").string() +
                        ". Keep a copy of them somewhere else, or use --with-keys.") +
      "\n");
  return kExitOk;
}

ExitCode command_restore(const Invocation& invocation, const std::filesystem::path& data_folder,
                         const Clock& clock, CommandOutput& output) {
  try {
    const std::filesystem::path file = invocation.output_path(invocation.first("file"));
    const auto info = read_backup_info(file);
    std::optional<std::string> passphrase;
    if (info.sealed) {
      passphrase = passphrase_given(invocation, PassphraseIs::known, output);
      if (!passphrase) return kExitUsage;
    }
    restore_backup(file, data_folder, passphrase, clock.now());
    if (passphrase) sodium_memzero(passphrase->data(), passphrase->size());
    const auto folder = std::filesystem::absolute(data_folder).string();
    if (invocation.json()) {
      output.print(protocol::canonical(protocol::Json::object(
                       {{"data", folder},
                        {"made_at", protocol::format_timestamp(info.made_at)},
                        {"publisher", info.publisher},
                        {"size", static_cast<std::int64_t>(info.size)},
                        {"with_keys", info.sealed}})) +
                   "\n");
      return kExitOk;
    }
    output.print(wrapped("Restored into " + folder + ", as it was at " +
                         protocol::format_timestamp(info.made_at) + ".") +
                 "\n");
    if (!info.publisher.empty()) {
      if (!info.sealed) {
        output.print(
            wrapped("This backup has no keys. Put sign.key and node.key, mode 0600, into " +
                    (std::filesystem::path(folder) / "keys").string() + " first.") +
            "\n");
      }
      output.print(wrapped("Nothing is published from here before it was compared with what is "
                           "published: run `kith catch-up` now. And make sure that the other "
                           "machine, if there is one, has stopped.") +
                   "\n");
      if (info.purpose == BackupPurpose::hand_over)
        output.print(wrapped("This was a hand-over. When catch-up is done, delete the file; the "
                             "recovery sheet comes to you on paper.") +
                     "\n");
    }
    output.print(wrapped("What others publish is hidden until it was read again (`kith sync`). "
                         "Anchors and denials are those of that day: look at `kith anchor list`.") +
                 "\n");
    return kExitOk;
  } catch (const DataError& error) {
    return say_refusal({error.code(), error.what()}, output);
  } catch (const StoreError& error) {
    return say_refusal({error.is_damage() ? protocol::ErrorCode::storage_damaged
                                          : protocol::ErrorCode::storage_full,
                        error.what()},
                       output);
  } catch (const std::system_error& error) {
    output.complain(wrapped("It could not be written: " + std::string(error.what()) +
                            ". Nothing was restored.") +
                    "\n");
    return kExitIo;
  }
}

ExitCode command_hand_over(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto now = node.clock().now();
  if (invocation.has("take-back")) {
    return node.change_store([&](Store& store) {
      if (!handed_over_at(store.queries())) {
        output.print("Nothing was handed over from here.\n");
        return kExitOk;
      }
      // The other machine may have published meanwhile.
      wait_for_catch_up(store, now);
      store.set_setting("handed_over_at", "");
      output.print(wrapped("Taken back. Destroy the hand-over file, and run `kith catch-up`: it "
                           "looks whether the other machine has published.") +
                   "\n");
      return kExitOk;
    });
  }
  if (!invocation.has("file")) {
    output.complain("Name the file to write, or --take-back.\n");
    return kExitUsage;
  }
  auto passphrase = passphrase_given(invocation, PassphraseIs::fresh, output);
  if (!passphrase) return kExitUsage;
  const auto file = invocation.output_path(invocation.first("file"));
  const auto name = node.change([&](Store& store, Publisher* publisher) {
    if (publisher) require_right_to_publish(store.queries(), *find_own_feed(store.queries()));
    return publisher ? std::optional(publisher->name()) : std::nullopt;
  });
  if (!name) return say_no_publisher(output);
  if (!invocation.has("yes") &&
      !output.ask("Hand " + *name +
                  " over? The file holds its keys, and this machine stops publishing.")) {
    output.print("Nothing was changed.\n");
    return kExitNo;
  }
  node.change_store([&](Store& store) {
    // First this: what is in the file must stay the last that this machine said.
    store.set_setting("handed_over_at", std::to_string(protocol::to_unix(now)));
    try {
      write_backup(node.folder(), file, BackupPurpose::hand_over, passphrase, now);
    } catch (...) {
      store.set_setting("handed_over_at", "");
      throw;
    }
  });
  sodium_memzero(passphrase->data(), passphrase->size());
  if (invocation.json()) {
    output.print(
        protocol::canonical(protocol::Json::object({{"file", file}, {"publisher", *name}})) + "\n");
    return kExitOk;
  }
  output.print("The file is " + file + ".\n");
  const std::string steps[] = {
      "1. Give it to the next secretary; tell the passphrase by telephone, not beside the file.",
      "2. There: `kith restore` into an empty folder, then `kith catch-up`.",
      "3. Here: stop `kith serve`. This data folder publishes nothing any more; when the other "
      "machine has published once, delete its keys: " +
          (node.folder() / "keys").string(),
      "4. The recovery sheet goes over on paper.",
  };
  for (const auto& step : steps) output.print(wrapped(step, 3) + "\n");
  output.print("If nothing comes of it: `kith hand-over --take-back`.\n");
  return kExitOk;
}

namespace {

/// Reads the own feed from `source`, with what is stored here behind it.
OwnReading recovery_read(Node& node, crawler::Source& source, const Feed& own,
                         CommandOutput& output) {
  auto known = node.change_store([&](Store& store) { return store.known(own); });
  // These run while the network is waited for; each takes the writer's lock for itself.
  known.root_at = [&node, ask = std::move(known.root_at)](std::uint64_t size) {
    return node.change_store([&](Store&) { return ask(size); });
  };
  known.leaves = [&node, ask = std::move(known.leaves)](std::uint64_t from, std::uint64_t to) {
    return node.change_store([&](Store&) { return ask(from, to); });
  };
  known.is_live = [&node, ask = std::move(known.is_live)](const std::string& id) {
    return node.change_store([&](Store&) { return ask(id); });
  };
  return read_own_feed(source, std::move(known), node.clock().now(),
                       [&](std::size_t done, std::size_t total, std::string_view what) {
                         output.progress("Reading " + std::to_string(done) + " of " +
                                         std::to_string(total) + " " + std::string(what));
                       });
}

std::optional<ExitCode> recovery_take_up(const Invocation& invocation, Node& node, const Feed& own,
                                         const NodeKeys& keys, const OwnReading& reading,
                                         CommandOutput& output) {
  const auto& update = *reading.update;
  if (update.keys.sign != keys.sign.public_key() || update.keys.node != keys.node.public_key()) {
    return say_refusal(
        {protocol::ErrorCode::config_invalid,
         "The published identity names other keys than those in " +
             (node.folder() / "keys").string() +
             ": they were changed after this backup was made. Put the newer key files there, then "
             "run this again; or give it new ones with the recovery sheet."},
        output);
  }
  if (!reading.without_text.empty() && !invocation.has("even-without-texts")) {
    output.complain("These records are published, and their text could not be read:\n");
    for (const auto& line : reading.without_text) output.complain(wrapped("  " + line, 4) + "\n");
    output.complain(
        wrapped("Nothing was changed. Run it again later; or with --even-without-texts, if the "
                "texts are gone for good: then publish those listings anew, or withdraw them.") +
        "\n");
    return kExitNo;
  }
  node.change_store([&](Store& store) { take_up(store, own, update, node.clock().now()); });
  return std::nullopt;
}

}  // namespace

ExitCode command_catch_up(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto find = [&] {
    return node.change_store([](Store& store) { return find_own_feed(store.queries()); });
  };
  auto own = find();
  if (!own) return say_no_publisher(output);
  if (!node.source()) return say_refusal({protocol::ErrorCode::did_unreachable, ""}, output);
  const auto keys = [&] {
    try {
      return load_keys(node.folder());
    } catch (const DataError& error) {
      throw DataError(error.code(),
                      std::string(error.what()) +
                          "\nCatching up needs this publisher's own keys; a backup made without "
                          "--with-keys does not hold them.");
    }
  }();
  const auto size_before = own->size;
  const auto head = read_published_head(*node.source(), *own, node.clock().now()).head;
  node.change_store([&](Store& store) { note_published_head(store, head, node.clock().now()); });

  const auto explain_contradiction = [&](const OwnReading& reading) {
    return say_refusal(
        {protocol::ErrorCode::equivocation,
         reading.error.detail +
             ". What is published and what is here do not continue each other, and both were "
             "signed. Nothing was changed here, and nothing can be published in this epoch: "
             "whichever of the two went on, every node that saw the other would hide it. Only a "
             "new epoch helps; the recovery sheet signs it. docs/OPERATING.md says how."},
        output);
  };
  // A copy may be older than what the world saw, so it can add and never be the proof that nothing
  // newer is out there.
  if (invocation.has("from")) {
    auto place = invocation.first("from");
    if (!place.starts_with("https://")) place = invocation.output_path(place);
    const auto copy = published_copy(*own, place, *node.source());
    const auto reading = recovery_read(node, *copy, *own, output);
    switch (reading.found) {
      case OwnReading::Found::contradiction:
        return explain_contradiction(reading);
      case OwnReading::Found::unreadable:
        output.complain(wrapped("Nothing could be taken from " + place + ": " +
                                reading.error.detail + " (" +
                                std::string(protocol::word(reading.error.code)) + ")") +
                        "\n");
        return exit_code_for(reading.error.code);
      case OwnReading::Found::ahead:
        if (const auto refused = recovery_take_up(invocation, node, *own, keys, reading, output))
          return *refused;
        break;
      case OwnReading::Found::same:
      case OwnReading::Found::behind:
        break;
    }
    own = find();
  }
  const auto reading = recovery_read(node, *node.source(), *own, output);
  switch (reading.found) {
    case OwnReading::Found::contradiction:
      return explain_contradiction(reading);
    case OwnReading::Found::unreadable: {
      const bool nobody_answers = exit_code_for(reading.error.code) == kExitUnreachable;
      // What was seen outweighs what is believed, also when only its first lines could be read.
      const auto seen =
          node.change_store([&](Store& store) { return published_beyond(store.queries(), *own); });
      if (!seen.empty()) output.complain(wrapped(seen) + "\n");
      if (!nobody_answers || !seen.empty() || !invocation.has("nothing-newer")) {
        output.complain(
            wrapped("What is published could not be read: " + reading.error.detail + " (" +
                    std::string(protocol::word(reading.error.code)) + ")") +
            "\n" +
            wrapped("If the host will answer again, run this later. If it is gone and somebody has "
                    "a copy - the folder you uploaded, or a node's mirror - name that: `kith "
                    "catch-up FOLDER-or-URL`. Only if nobody can have read anything newer than "
                    "what is here, add --nothing-newer; if they may have and no copy is left, "
                    "this feed cannot be continued and needs a new epoch.") +
            "\n");
        if (own->size != size_before)
          output.print(std::to_string(own->size - size_before) + " entries were taken up.\n");
        return nobody_answers ? kExitUnreachable : exit_code_for(reading.error.code);
      }
      break;
    }
    case OwnReading::Found::ahead:
    case OwnReading::Found::same:
      if (const auto refused = recovery_take_up(invocation, node, *own, keys, reading, output))
        return *refused;
      break;
    case OwnReading::Found::behind:
      break;
  }
  node.change_store([](Store& store) { allow_publishing(store); });
  own = find();
  std::optional<protocol::Timestamp> gone;
  node.change([&](Store& store, Publisher* publisher) {
    gone = handed_over_at(store.queries());
    if (!gone) publisher->finish_files(node.clock().now());
  });
  const auto listings = node.change_store(
      [&](Store& store) { return store.queries().records(own->feed_id, "listing").size(); });
  const auto news = own->size > size_before ? own->size - size_before : 0;
  if (invocation.json()) {
    output.print(protocol::canonical(
                     protocol::Json::object({{"entries", static_cast<std::int64_t>(news)},
                                             {"size", static_cast<std::int64_t>(own->size)},
                                             {"epoch", static_cast<std::int64_t>(own->epoch)},
                                             {"listings", static_cast<std::int64_t>(listings)},
                                             {"may_publish", !gone}})) +
                 "\n");
    return kExitOk;
  }
  output.print(news == 0 ? "Nothing newer is published than what is here.\n"
                         : std::to_string(news) +
                               " entries were taken up from what is published; "
                               "it has " +
                               std::to_string(own->size) + " now, and " + std::to_string(listings) +
                               " listings.\n");
  output.print(gone ? "This data folder was handed over and publishes nothing.\n"
                    : "You can publish again.\n");
  return kExitOk;
}

void recovery_advice(Store& store, const std::filesystem::path& data_folder,
                     protocol::Timestamp now, std::vector<std::string>& advice) {
  const auto& queries = store.queries();
  const auto own = find_own_feed(queries);
  std::vector<std::filesystem::path> sheets;
  if (const auto sheet = queries.setting("recovery_sheet").value_or(""); !sheet.empty())
    sheets.emplace_back(sheet);
  // Wherever it was moved or copied to, as long as that is beside the data or inside it.
  std::error_code unreadable;
  for (const auto& folder :
       {data_folder.parent_path(), data_folder, data_folder / "keys", data_folder / "public"}) {
    for (std::filesystem::directory_iterator entry(folder, unreadable), end;
         !unreadable && entry != end; entry.increment(unreadable)) {
      std::error_code odd;
      if (entry->is_regular_file(odd) && entry->file_size(odd) < (std::uintmax_t{64} << 10))
        sheets.push_back(entry->path());
    }
  }
  std::sort(sheets.begin(), sheets.end());
  sheets.erase(std::unique(sheets.begin(), sheets.end()), sheets.end());
  for (const auto& sheet : sheets) {
    if (is_recovery_sheet(sheet)) {
      advice.push_back("The recovery sheet is still at " + sheet.string() +
                       ". Print it, put it away, and delete the file: whoever takes this machine "
                       "must not get both.");
    }
  }
  const auto last = time_setting(queries, "last_backup");
  if (!last && own) {
    advice.push_back(
        "backup-old: no backup was ever made. Run `kith backup FILE`, outside this "
        "machine if you can.");
  } else if (last && now - *last > std::chrono::days(7)) {
    advice.push_back("backup-old: the newest backup is of " + protocol::format_timestamp(*last) +
                     ". Run `kith backup FILE`.");
  }
  for (const auto& [file, made] : recovery_backups(queries)) {
    std::error_code absent;
    if (now - made > std::chrono::days(35) && std::filesystem::exists(file, absent)) {
      advice.push_back("The backup " + file +
                       " is older than 35 days: it may hold what was erased or withdrawn since. "
                       "Delete it.");
    }
  }
  if (!own) return;
  if (handed_over_at(queries)) {
    advice.push_back(
        "This publisher was handed over: nothing is published from here. When the "
        "other machine has published, delete the keys folder.");
  } else if (restored_at(queries, *own)) {
    advice.push_back(
        "This data folder was restored: run `kith catch-up` before anything is "
        "published.");
  }
  if (auto longer = shown_beyond(queries, *own); !longer.empty()) advice.push_back(longer);
  const auto other = other_machine_seen(queries);
  if (other && now - *other < std::chrono::days(7)) {
    advice.push_back(
        "Two machines have published as this publisher within a week: another one at " +
        protocol::format_timestamp(*other) +
        ". Make sure that it has stopped; two at once end in two histories, and then "
        "every node hides you.");
  }
}

}  // namespace node
