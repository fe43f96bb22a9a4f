#include "node/mirror/mirror.h"

#include <algorithm>

#include "node/publish/docs_file.h"
#include "node/publish/files.h"
#include "node/store/contradictions.h"
#include "node/store/witness_proofs.h"
#include "protocol/crypto/crypto.h"
#include "protocol/encoding/json.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/limits.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"
#include "protocol/log/tiles.h"

namespace node {

namespace {

// For so long the same checkpoint is shown with the same line of ours.
constexpr std::chrono::seconds kMirrorLineAge{60};
// Of a publisher that goes on contradicting itself the first ones are proof enough.
constexpr std::size_t kMostForks = 16;
constexpr std::size_t kMostForksRead = 10'000;

/// What the operator will not have copied from here: the whole publisher, or records by id.
struct MirrorDenied {
  bool everything = false;
  std::vector<std::string> ids;
};

MirrorDenied mirror_denied(const StoreQueries& store, const std::string& scid,
                           protocol::Timestamp now) {
  MirrorDenied denied;
  for (const auto& denial : store.denials()) {
    if (denial.scid != scid || (denial.until && now >= *denial.until)) continue;
    if (denial.id.empty()) {
      denied.everything = true;
    } else {
      denied.ids.push_back(denial.id);
    }
  }
  return denied;
}

/// Empties the lines of the texts that nobody may copy from here.
void blank_denied(const StoreQueries& store, const Feed& feed, std::uint64_t bundle,
                  const MirrorDenied& denied, std::vector<std::string>& lines) {
  const auto begin = bundle * protocol::kTileWidth;
  for (const auto& id : denied.ids) {
    const std::string uuid = id.starts_with("urn:uuid:") ? id.substr(9) : id;
    const auto record = store.record({feed.scid, uuid});
    if (!record || record->document_position < begin ||
        record->document_position - begin >= lines.size())
      continue;
    lines[record->document_position - begin].clear();
  }
}

std::vector<std::string> mirror_docs(const StoreQueries& store, const Feed& feed,
                                     std::uint64_t bundle) {
  const auto begin = bundle * protocol::kTileWidth;
  return store.document_lines(feed.feed_id, begin,
                              begin + protocol::bundle_width(bundle, feed.size));
}

/// Also of an epoch that its publisher has left: what was signed stays signed.
std::optional<std::string> mirror_fork(const StoreQueries& store, std::string_view name,
                                       protocol::Timestamp now) {
  std::string origin;
  protocol::Json::Array forks;
  for (auto& kept : kept_contradictions(store.database(), kMostForksRead)) {
    if (mirror_name(kept.origin()) != name || forks.size() == kMostForks) continue;
    if (forks.empty() && mirror_denied(store, kept.scid, now).everything) return std::nullopt;
    origin = kept.origin();
    forks.push_back(protocol::Json::object({{"accepted", std::move(kept.accepted)},
                                            {"found", protocol::to_unix(kept.found_at)},
                                            {"other", std::move(kept.other)}}));
  }
  if (forks.empty()) return std::nullopt;
  return protocol::canonical(
             protocol::Json::object({{"forks", std::move(forks)}, {"origin", origin}})) +
         "\n";
}

}  // namespace

std::string mirror_name(std::string_view origin) {
  return protocol::to_hex(protocol::sha256(origin).view());
}

std::string mirror_index(const StoreQueries& store, protocol::Timestamp now) {
  protocol::Json::Object feeds;
  std::vector<std::string> denied;
  for (const auto& denial : store.denials()) {
    if (denial.id.empty() && (!denial.until || now < *denial.until)) denied.push_back(denial.scid);
  }
  for (const auto& feed : store.feeds()) {
    if (feed.checkpoint.empty() || feed.quarantined ||
        std::find(denied.begin(), denied.end(), feed.scid) != denied.end())
      continue;
    auto row = protocol::Json::object({{"did", feed.did},
                                       {"root", protocol::to_base64(feed.frontier.root().view())},
                                       {"size", static_cast<std::int64_t>(feed.size)}});
    const auto checked = feed.own ? std::optional(now) : feed.last_success;
    if (checked) row.set("checked", protocol::to_unix(*checked));
    feeds.emplace_back(protocol::feed_origin(feed.scid, feed.epoch), std::move(row));
  }
  return protocol::canonical(protocol::Json::object({{"feeds", std::move(feeds)}})) + "\n";
}

std::optional<std::string> mirror_file(const StoreQueries& store, LogProofs& proofs,
                                       const Feed& feed, const MirrorPath& path,
                                       protocol::Timestamp now) {
  using What = MirrorPath::What;
  if (feed.checkpoint.empty() || !path.is_of(feed.size)) return std::nullopt;
  const auto denied = mirror_denied(store, feed.scid, now);
  if (denied.everything) return std::nullopt;
  if (path.what == What::fork)
    return mirror_fork(store, mirror_name(protocol::feed_origin(feed.scid, feed.epoch)), now);
  if (feed.quarantined) return std::nullopt;
  switch (path.what) {
    case What::fork:
    case What::checkpoint:
      return std::nullopt;
    case What::did_log:
      return feed.did_log;
    case What::did_witness: {
      auto proofs_of_witnesses = stored_witness_proofs(store.database(), feed.feed_id);
      if (proofs_of_witnesses.empty()) return std::nullopt;
      return proofs_of_witnesses;
    }
    case What::docs: {
      auto lines = mirror_docs(store, feed, path.number);
      blank_denied(store, feed, path.number, denied, lines);
      return docs_file(lines);
    }
    case What::entries: {
      const auto begin = path.number * protocol::kTileWidth;
      const auto entries = store.entries(feed.feed_id, begin, begin + path.width);
      // Between the feed's row and its entries another epoch may have begun.
      if (entries.size() != path.width) return std::nullopt;
      return std::string(protocol::as_text(protocol::encode_bundle(entries)));
    }
    case What::hash_tile: {
      const auto bytes = proofs.tile(store, feed, {path.level, path.number, path.width});
      return std::string(protocol::as_text(bytes));
    }
  }
  return std::nullopt;
}

protocol::Result<void> write_mirror_folder(const StoreQueries& store, LogProofs& proofs,
                                           const Feed& feed, std::string_view checkpoint,
                                           const std::filesystem::path& folder,
                                           protocol::Timestamp now) {
  using protocol::ErrorCode;
  using protocol::refuse;
  const auto log = mirror_file(store, proofs, feed, {MirrorPath::What::did_log, 0, 0, 0}, now);
  if (!log)
    return refuse(
        ErrorCode::not_found,
        "of " + feed.scid + " nothing may be copied: not read yet, denied or quarantined");
  const auto feed_folder = folder / "feed" / std::to_string(feed.epoch);
  if (const auto shown = read_file_if_there(feed_folder / "checkpoint")) {
    const auto note = protocol::parse_note(*shown);
    const auto head =
        note ? protocol::parse_checkpoint(note->text, protocol::feed_origin(feed.scid, feed.epoch))
             : tl::unexpected(note.error());
    if (head && head->size > feed.size)
      return refuse(ErrorCode::rollback, feed_folder.string() + " shows " +
                                             std::to_string(head->size) +
                                             " entries, and here are " + std::to_string(feed.size));
  }
  // Before the log that it proves, as its publisher writes them.
  if (const auto witnesses =
          mirror_file(store, proofs, feed, {MirrorPath::What::did_witness, 0, 0, 0}, now))
    replace_file_if_changed(folder / "did-witness.json", *witnesses);
  replace_file_if_changed(folder / "did.jsonl", *log);
  const auto denied = mirror_denied(store, feed.scid, now);
  const auto write = [&](const MirrorPath& path, const std::string& name) {
    if (const auto bytes = mirror_file(store, proofs, feed, path, now))
      replace_file_if_changed(feed_folder / name, *bytes);
  };
  for (std::uint64_t bundle = 0; bundle * protocol::kTileWidth < feed.size; ++bundle) {
    const auto width = protocol::bundle_width(bundle, feed.size);
    write({MirrorPath::What::entries, 0, bundle, width}, protocol::entries_path(bundle, width));
    // New texts join the old ones first, as their publisher writes them. Where the operator denies
    // some, none that stands there is kept: which of them it is an older text of is not known.
    const auto docs = feed_folder / protocol::docs_path(bundle);
    auto lines = mirror_docs(store, feed, bundle);
    if (denied.ids.empty())
      lines = joined_docs(std::move(lines), read_file_if_there(docs).value_or(""));
    blank_denied(store, feed, bundle, denied, lines);
    replace_file_if_changed(docs, docs_file(lines));
  }
  for (const auto& tile : protocol::new_hash_tiles(0, feed.size)) {
    write({MirrorPath::What::hash_tile, tile.level, tile.number, tile.width},
          protocol::hash_tile_path(tile.level, tile.number, tile.width));
  }
  replace_file_if_changed(feed_folder / "checkpoint", checkpoint);
  for (std::uint64_t bundle = 0; bundle * protocol::kTileWidth < feed.size; ++bundle) {
    write({MirrorPath::What::docs, 0, bundle, 0}, protocol::docs_path(bundle));
    // What a writer that was cut off left may hold a text that ended since.
    remove_files((feed_folder / protocol::docs_path(bundle)).string() + ".new");
  }
  // An epoch that was left keeps its log in such a folder, and none of its texts.
  for (std::uint64_t epoch = 1; epoch < feed.epoch; ++epoch)
    remove_files(folder / "feed" / std::to_string(epoch) / "docs");
  return {};
}

std::optional<Feed> Mirror::feed_named(const StoreQueries& store, const std::string& name) {
  const auto known = scids_.with([&](const auto& scids) -> std::optional<std::string> {
    const auto found = scids.find(name);
    return found == scids.end() ? std::nullopt : std::optional(found->second);
  });
  if (known) {
    auto feed = store.feed(*known);
    if (feed && mirror_name(protocol::feed_origin(feed->scid, feed->epoch)) == name) return feed;
  }
  auto rows = store.database().prepare("SELECT scid, epoch FROM feed WHERE checkpoint <> ''");
  std::map<std::string, std::string> scids;
  while (rows.step()) {
    scids.emplace(mirror_name(protocol::feed_origin(rows.text(0),
                                                    static_cast<std::uint64_t>(rows.integer(1)))),
                  rows.text(0));
  }
  const auto found = scids.find(name);
  std::optional<Feed> feed;
  if (found != scids.end()) feed = store.feed(found->second);
  scids_.with([&](auto& kept) { kept = std::move(scids); });
  return feed;
}

std::optional<std::string> Mirror::checkpoint_of(const Feed& feed) {
  const auto now = clock_.now();
  const auto kept = checkpoints_.with([&](const auto& all) -> std::optional<std::string> {
    const auto found = all.find(feed.scid);
    if (found == all.end() || found->second.accepted != feed.checkpoint) return std::nullopt;
    const auto age = now - found->second.made_at;
    if (age < std::chrono::seconds(0) || age >= kMirrorLineAge) return std::nullopt;
    return found->second.shown;
  });
  if (kept) return kept;
  auto shown = parts_.checkpoint(feed.scid);
  if (!shown) return std::nullopt;
  checkpoints_.with([&](auto& all) {
    if (all.size() > 2 * protocol::kMaxFollowedFeeds) all.clear();
    all.insert_or_assign(feed.scid, Signed{feed.checkpoint, *shown, now});
  });
  return shown;
}

std::string Mirror::index() const {
  std::string text;
  parts_.read([&](StoreQueries& store) { text = mirror_index(store, clock_.now()); });
  return text;
}

std::optional<std::string> Mirror::file(std::string_view name, const MirrorPath& path) {
  const auto now = clock_.now();
  std::optional<std::string> bytes;
  std::optional<Feed> feed;
  parts_.read([&](StoreQueries& store) {
    if (path.what == MirrorPath::What::fork) {
      bytes = mirror_fork(store, name, now);
      return;
    }
    feed = feed_named(store, std::string(name));
    if (!feed) return;
    if (path.what != MirrorPath::What::checkpoint) {
      bytes = mirror_file(store, *parts_.proofs, *feed, path, now);
    } else if (feed->quarantined || feed->checkpoint.empty() ||
               mirror_denied(store, feed->scid, now).everything) {
      feed.reset();
    }
  });
  if (!feed || bytes || path.what != MirrorPath::What::checkpoint) return bytes;
  return checkpoint_of(*feed);
}

}  // namespace node
