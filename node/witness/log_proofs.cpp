#include "node/witness/log_proofs.h"

#include <cassert>
#include <utility>

#include "protocol/limits.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/merkle.h"

namespace node {

namespace {

protocol::LeafHashes proofs_leaves(const StoreQueries& store, std::int64_t feed_id) {
  return [&store, feed_id](std::uint64_t from, std::uint64_t to) {
    std::vector<protocol::Hash> hashes;
    for (const auto& leaf : store.entries(feed_id, from, to))
      hashes.push_back(protocol::leaf_hash(leaf));
    if (hashes.size() != to - from) {
      throw DataError(protocol::ErrorCode::storage_damaged,
                      "leaves " + std::to_string(from) + " to " + std::to_string(to) +
                          " of a feed are missing from the store");
    }
    return hashes;
  };
}

}  // namespace

std::shared_ptr<LogProofs::Log> LogProofs::log_of(const std::string& origin) {
  const std::lock_guard lock(mutex_);
  // Feeds that were forgotten leave theirs behind; begin anew rather than keep them for ever.
  if (logs_.size() > 2 * protocol::kMaxFollowedFeeds) logs_.clear();
  auto& log = logs_[origin];
  if (!log) log = std::make_shared<Log>();
  return log;
}

void LogProofs::drop(const std::string& origin) {
  const std::lock_guard lock(mutex_);
  logs_.erase(origin);
}

template <class Make>
auto LogProofs::checked(const StoreQueries& store, const Feed& feed, Make&& make) {
  const auto origin = protocol::feed_origin(feed.scid, feed.epoch);
  // What is kept may be of a history that was forgotten and read anew since: then once more from
  // the leaves.
  for (const bool is_last : {false, true}) {
    const auto log = log_of(origin);
    const std::lock_guard lock(log->mutex);
    const auto leaves = proofs_leaves(store, feed.feed_id);
    log->tiles.extend(feed.size, leaves);
    const protocol::TileTree tree(log->tiles, leaves);
    auto [made, holds] = make(tree);
    if (holds) return std::move(made);
    drop(origin);
    if (is_last) break;
  }
  throw DataError(protocol::ErrorCode::storage_damaged,
                  "the stored leaves of " + origin + " do not lead to its root");
}

std::vector<protocol::Hash> LogProofs::inclusion(const StoreQueries& store, const Feed& feed,
                                                 std::uint64_t index) {
  assert(index < feed.size);
  return checked(store, feed, [&](const protocol::TileTree& tree) {
    auto proof = protocol::inclusion_proof(tree, index, feed.size);
    const bool holds =
        protocol::check_inclusion(index, feed.size, tree.at(0, index), proof, feed.frontier.root())
            .has_value();
    return std::pair(std::move(proof), holds);
  });
}

std::vector<protocol::Hash> LogProofs::consistency(const StoreQueries& store, const Feed& feed,
                                                   std::uint64_t old_size) {
  assert(old_size <= feed.size);
  return checked(store, feed, [&](const protocol::TileTree& tree) {
    auto proof = protocol::consistency_proof(tree, old_size, feed.size);
    const bool holds = protocol::check_consistency(old_size, protocol::tree_root(tree, old_size),
                                                   feed.size, feed.frontier.root(), proof)
                           .has_value();
    return std::pair(std::move(proof), holds);
  });
}

protocol::Hash LogProofs::root_at(const StoreQueries& store, const Feed& feed, std::uint64_t size) {
  assert(size <= feed.size);
  return checked(store, feed, [&](const protocol::TileTree& tree) {
    return std::pair(protocol::tree_root(tree, size),
                     protocol::tree_root(tree, feed.size) == feed.frontier.root());
  });
}

protocol::Bytes LogProofs::tile(const StoreQueries& store, const Feed& feed,
                                const protocol::HashTile& which) {
  return checked(store, feed, [&](const protocol::TileTree& tree) {
    return std::pair(protocol::hash_tile_bytes(tree, which),
                     protocol::tree_root(tree, feed.size) == feed.frontier.root());
  });
}

}  // namespace node
