#include "node/publish/own_history.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <unistd.h>

#include "node/publish/files.h"
#include "node/store/heads.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/identity/did.h"
#include "protocol/identity/did_log.h"
#include "protocol/log/leaf.h"
#include "protocol/log/note.h"

namespace node {

namespace {

constexpr std::string_view kPublishedNote = "published_note";
constexpr std::string_view kPublishedVersion = "published_version";
constexpr std::string_view kRestoredAt = "restored_at";
constexpr std::string_view kRestoredEpoch = "restored_epoch";
constexpr std::string_view kOtherMachine = "other_machine_at";
constexpr std::string_view kMachineMark = "machine";

[[noreturn]] void history_refuse(const std::string& detail) {
  throw DataError(protocol::ErrorCode::self_fork_refused, detail);
}

protocol::Hash history_root_at(const StoreQueries& store, const Feed& own, std::uint64_t size) {
  if (size == own.size) return own.frontier.root();
  protocol::Frontier tree;
  for (std::uint64_t from = 0; from < size; from += 4096) {
    for (const auto& leaf : store.entries(own.feed_id, from, std::min(size, from + 4096)))
      tree.append(protocol::leaf_hash(leaf));
  }
  return tree.root();
}

/// Why a published checkpoint is no beginning of what is here; empty: it is one.
std::string history_contradiction(const StoreQueries& store, const Feed& own,
                                  const protocol::Checkpoint& published) {
  if (published.origin != protocol::feed_origin(own.scid, own.epoch)) return {};
  if (published.size > own.size) {
    return "What is published has " + std::to_string(published.size) +
           " entries, and this data folder only " + std::to_string(own.size) +
           ". An old backup was restored, or another machine has published since.";
  }
  if (history_root_at(store, own, published.size) != published.root) {
    return "The first " + std::to_string(published.size) +
           " entries that are published are not those of this data folder. Two machines have "
           "published as one.";
  }
  return {};
}

/// Tells machines apart without saying which they are: a data folder that was copied takes the old
/// mark along.
std::string history_machine(const std::string& scid) {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) name[0] = '\0';
  const auto id = read_file_if_there("/etc/machine-id").value_or("");
  const auto hash =
      protocol::sha256("kith machine\n" + scid + "\n" + id + "\n" + std::string(name.data()));
  return protocol::to_hex(hash.view().first(8));
}

}  // namespace

std::optional<Feed> find_own_feed(const StoreQueries& store) {
  // Not by way of all feeds: their identity logs are many megabytes on a large node, and anybody
  // may ask for evidence.
  auto row = store.database().prepare("SELECT scid FROM feed WHERE own = 1");
  return row.step() ? store.feed(row.text(0)) : std::nullopt;
}

std::optional<protocol::Timestamp> time_setting(const StoreQueries& store, std::string_view key) {
  const auto text = store.setting(key).value_or("");
  std::int64_t seconds = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data(), end, seconds);
  if (text.empty() || failed != std::errc() || stopped != end) return std::nullopt;
  return protocol::from_unix(seconds);
}

std::optional<protocol::Timestamp> restored_at(const StoreQueries& store, const Feed& own) {
  if (store.setting(kRestoredEpoch).value_or("") != std::to_string(own.epoch)) return std::nullopt;
  return time_setting(store, kRestoredAt);
}
void wait_for_catch_up(Store& store, protocol::Timestamp now) {
  const auto own = find_own_feed(store.queries());
  if (!own) return;
  store.set_setting(kRestoredAt, std::to_string(protocol::to_unix(now)));
  store.set_setting(kRestoredEpoch, std::to_string(own->epoch));
}
std::optional<protocol::Timestamp> handed_over_at(const StoreQueries& store) {
  return time_setting(store, "handed_over_at");
}
std::optional<protocol::Timestamp> other_machine_seen(const StoreQueries& store) {
  return time_setting(store, kOtherMachine);
}

void require_right_to_publish(const StoreQueries& store, const Feed& own) {
  if (const auto time = handed_over_at(store)) {
    history_refuse("This publisher was handed over on " + protocol::format_timestamp(*time) +
                   ": the next secretary's machine publishes now, and this one must not. If the "
                   "hand-over did not take place, destroy its file and run `kith hand-over "
                   "--take-back`.");
  }
  if (const auto time = restored_at(store, own)) {
    history_refuse("This data folder was restored, or taken back after a hand-over, on " +
                   protocol::format_timestamp(*time) +
                   ". Before it may publish again it must be compared with what is published: run "
                   "`kith catch-up`.");
  }
  if (const auto why = published_beyond(store, own); !why.empty())
    history_refuse(why + " Run `kith catch-up`: it continues from what is published.");
}

std::string published_beyond(const StoreQueries& store, const Feed& own) {
  if (const auto text = store.setting(kPublishedNote).value_or(""); !text.empty()) {
    const auto note = protocol::parse_note(text);
    const auto published =
        note ? protocol::parse_checkpoint(note->text)
             : protocol::Result<protocol::Checkpoint>(tl::unexpected(note.error()));
    if (published) {
      if (auto why = history_contradiction(store, own, *published); !why.empty()) return why;
    }
  }
  if (const auto version = store.setting(kPublishedVersion).value_or(""); !version.empty()) {
    const auto log =
        protocol::resolve_did_log(own.did_log, "", own.did, protocol::kLatestTimestamp);
    if (log && !log->has_version(version)) {
      return "The published identity has the version " + version +
             ", which this data folder does not know: its keys or its address were changed "
             "elsewhere.";
    }
  }
  return {};
}

std::string shown_beyond(const StoreQueries& store, const Feed& own) {
  const auto head = newest_head(store.database(), own);
  if (head.size <= own.size) return {};
  return "Somebody showed this node a checkpoint of " + std::to_string(head.size) +
         " entries, signed by this publisher's own key, and its own history ends at " +
         std::to_string(own.size) +
         ". Nothing can be published from here as it is. If another machine publishes as you, stop "
         "it and run `kith catch-up`. If none does, the key was stolen: `kith rotate --stolen`.";
}

PublishedLook read_published_head(crawler::Source& source, const Feed& own, protocol::Timestamp now,
                                  std::chrono::milliseconds patience) {
  const auto did = protocol::parse_did(own.did);
  const auto here = protocol::resolve_did_log(own.did_log, "", own.did, protocol::kLatestTimestamp);
  if (!did || !here) return {};
  auto keys = protocol::publisher_keys(here->current());
  if (!keys) return {};

  const std::array<crawler::FetchRequest, 2> requests{{
      {protocol::did_folder_url(*did) + "did.jsonl", protocol::kMaxDidLogBytes, "", patience},
      {keys->feed_url + "/checkpoint", protocol::kMaxNoteBytes, "", patience},
  }};
  const auto answers = source.get_all(requests);
  PublishedLook look;
  if (!answers[0] && !answers[1] && answers[1].error().code != protocol::ErrorCode::fetch_http)
    look.unreachable = answers[1].error();
  PublishedHead head;
  if (answers[0]) {
    const auto published = protocol::resolve_did_log(answers[0]->body, "", own.did, now);
    if (published && published->scid == own.scid &&
        !here->has_version(published->current().version_id)) {
      head.newer_version = published->current().version_id;
      if (auto newer = protocol::publisher_keys(published->current());
          newer && newer->epoch == own.epoch)
        keys = std::move(newer);
    }
  }
  if (answers[1]) {
    const auto origin = protocol::feed_origin(own.scid, own.epoch);
    const auto note = protocol::parse_note(answers[1]->body);
    const auto checkpoint =
        note ? protocol::parse_checkpoint(note->text, origin)
             : protocol::Result<protocol::Checkpoint>(tl::unexpected(note.error()));
    if (checkpoint &&
        protocol::verify_line(*note, {origin, protocol::NoteKeyKind::log, keys->sign})) {
      head.note = answers[1]->body;
      head.checkpoint = *checkpoint;
      if (keys->node) {
        const auto time = protocol::verify_line(
            *note,
            {protocol::node_key_name(own.scid), protocol::NoteKeyKind::cosignature, *keys->node});
        if (time) head.stamped = *time;
      }
    }
  }
  if (!head.note.empty() || !head.newer_version.empty()) look.head = std::move(head);
  return look;
}

void note_published_head(Store& store, const std::optional<PublishedHead>& head,
                         protocol::Timestamp now) {
  const auto own = find_own_feed(store.queries());
  if (!own) return;
  const auto other_machine = [&](protocol::Timestamp at) {
    const auto known = other_machine_seen(store.queries());
    if (!known || *known < at)
      store.set_setting(kOtherMachine, std::to_string(protocol::to_unix(std::min(at, now))));
  };
  if (head) {
    if (head->checkpoint &&
        !history_contradiction(store.queries(), *own, *head->checkpoint).empty())
      store.set_setting(kPublishedNote, head->note);
    if (!head->newer_version.empty()) store.set_setting(kPublishedVersion, head->newer_version);
    // Each stamp that is made here is committed before anybody can read it, so a later one was made
    // elsewhere.
    if (head->stamped && own->heartbeat && *head->stamped > *own->heartbeat)
      other_machine(*head->stamped);
  }
  const auto machine = history_machine(own->scid);
  const auto before = store.queries().setting(kMachineMark).value_or("");
  if (before != machine) {
    if (!before.empty() && own->heartbeat) other_machine(*own->heartbeat);
    store.set_setting(kMachineMark, machine);
  }
}

}  // namespace node
