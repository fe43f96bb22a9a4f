#include "node/publish/feed_folder.h"

#include <algorithm>
#include <string>
#include <vector>

#include "node/publish/docs_file.h"
#include "node/publish/files.h"
#include "protocol/identity/did_log.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"
#include "protocol/log/tiles.h"

namespace node {

void check_identity_folder(const Feed& feed, const std::filesystem::path& folder) {
  const auto shown = read_file_if_there(folder / "did.jsonl");
  if (!shown || feed.did_log.starts_with(*shown)) return;
  throw DataError(protocol::ErrorCode::self_fork_refused,
                  "The folder's did.jsonl is not the beginning of this node's own identity log. "
                  "This happens after an old backup was restored, or when two machines publish as "
                  "one. Nothing was written: followers would take it for a fraud.");
}

std::uint64_t check_feed_folder(const StoreQueries& store, const Feed& feed,
                                const std::filesystem::path& folder) {
  check_identity_folder(feed, folder);
  const auto file = folder / "feed" / std::to_string(feed.epoch) / "checkpoint";
  const auto note_text = read_file_if_there(file);
  if (!note_text) return 0;
  const auto note = protocol::parse_note(*note_text);
  const auto shown =
      note ? protocol::parse_checkpoint(note->text, protocol::feed_origin(feed.scid, feed.epoch))
           : protocol::Result<protocol::Checkpoint>(tl::unexpected(note.error()));
  if (!shown) {
    throw DataError(protocol::ErrorCode::self_fork_refused,
                    file.string() + " is not a checkpoint of this publisher (" +
                        shown.error().detail +
                        "). Nothing was written. Choose another folder, or move that file away.");
  }
  bool extends = shown->size <= feed.size;
  if (extends) {
    protocol::Frontier tree;
    for (std::uint64_t from = 0; from < shown->size; from += 4096) {
      for (const auto& leaf :
           store.entries(feed.feed_id, from, std::min(shown->size, from + 4096))) {
        tree.append(protocol::leaf_hash(leaf));
      }
    }
    extends = tree.root() == shown->root;
  }
  if (!extends) {
    throw DataError(
        protocol::ErrorCode::self_fork_refused,
        "The folder already shows " + std::to_string(shown->size) +
            " entries, and this node's own history of " + std::to_string(feed.size) +
            " does not continue them. This happens after an old backup was restored, or when two "
            "machines publish as "
            "one. Nothing was written: two histories under one name could never be taken back.");
  }
  return shown->size;
}

void write_feed_folder(const StoreQueries& store, const Feed& feed,
                       const std::filesystem::path& folder,
                       const std::function<void(std::size_t, std::size_t)>& progress) {
  const auto feed_folder = folder / "feed" / std::to_string(feed.epoch);
  const std::uint64_t published = check_feed_folder(store, feed, folder);

  const auto log =
      protocol::resolve_did_log(feed.did_log, "", feed.did, protocol::kLatestTimestamp);
  if (!log)
    throw DataError(protocol::ErrorCode::storage_damaged,
                    "the own identity log does not verify: " + log.error().detail);
  replace_file_if_changed(folder / "did.jsonl", feed.did_log);
  replace_file_if_changed(folder / "did.json",
                          protocol::canonical(protocol::parallel_did_web(*log)) + "\n");

  // New texts join the old ones first: a reader of the old checkpoint still finds what that one
  // commits to.
  const std::uint64_t bundles = (feed.size + protocol::kTileWidth - 1) / protocol::kTileWidth;
  for (std::uint64_t bundle = published / protocol::kTileWidth; bundle < bundles; ++bundle) {
    const std::uint64_t begin = bundle * protocol::kTileWidth;
    const auto width = protocol::bundle_width(bundle, feed.size);
    const auto docs = feed_folder / protocol::docs_path(bundle);
    replace_file_if_changed(
        docs, docs_file(joined_docs(store.document_lines(feed.feed_id, begin, begin + width),
                                    read_file_if_there(docs).value_or(""))));
    const auto entries = store.entries(feed.feed_id, begin, begin + width);
    const auto bytes = protocol::encode_bundle(entries);
    replace_file_if_changed(feed_folder / protocol::entries_path(bundle, width),
                            protocol::as_text(bytes));
    if (progress) progress(static_cast<std::size_t>(bundle), static_cast<std::size_t>(bundles));
  }
  if (published < feed.size) {
    std::vector<protocol::Hash> leaves;
    for (const auto& leaf : store.entries(feed.feed_id, 0, feed.size))
      leaves.push_back(protocol::leaf_hash(leaf));
    for (const auto& tile : protocol::new_hash_tiles(published, feed.size)) {
      const auto bytes = protocol::hash_tile_bytes(leaves, tile);
      replace_file_if_changed(
          feed_folder / protocol::hash_tile_path(tile.level, tile.number, tile.width),
          protocol::as_text(bytes));
    }
  }

  replace_file_if_changed(feed_folder / "checkpoint", feed.checkpoint);

  for (std::uint64_t bundle = 0; bundle < bundles; ++bundle) {
    const std::uint64_t begin = bundle * protocol::kTileWidth;
    const auto width = protocol::bundle_width(bundle, feed.size);
    const auto docs = feed_folder / protocol::docs_path(bundle);
    replace_file_if_changed(docs,
                            docs_file(store.document_lines(feed.feed_id, begin, begin + width)));
    // What a killed writer left may hold a text that was erased since.
    std::filesystem::remove(docs.string() + ".new");
    if (width == protocol::kTileWidth) {
      // Partial tiles of earlier sizes have done their work once the full one stands.
      remove_files(feed_folder / (protocol::entries_path(bundle) + ".p"));
      remove_files(feed_folder / (protocol::hash_tile_path(0, bundle) + ".p"));
    }
  }
  // An epoch that was left keeps its log, which proves what was signed, and none of its texts.
  for (std::uint64_t epoch = 1; epoch < feed.epoch; ++epoch)
    remove_files(folder / "feed" / std::to_string(epoch) / "docs");
  if (progress) progress(static_cast<std::size_t>(bundles), static_cast<std::size_t>(bundles));
}

}  // namespace node
