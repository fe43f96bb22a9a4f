#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "node/store/store.h"
#include "protocol/log/subtree_hashes.h"

namespace node {

/// Proofs from the logs that are stored here, one's own and followed ones. Keeps one hash for each
/// 256 leaves of every log that was asked about (32 bytes; 3 MB for a log of 25 million), so that a
/// proof reads and hashes the leaves of two tiles. Every proof is checked against the feed's own
/// root before it is given. May be called from any thread.
class LogProofs {
 public:
  /// That leaf `index` is in the log of `feed`, as read from `store`. Throws
  /// DataError(storage_damaged) where the stored leaves do not lead to the feed's root.
  std::vector<protocol::Hash> inclusion(const StoreQueries& store, const Feed& feed,
                                        std::uint64_t index);
  /// That the log of `feed` extends its first `old_size` <= feed.size leaves. Throws as above.
  std::vector<protocol::Hash> consistency(const StoreQueries& store, const Feed& feed,
                                          std::uint64_t old_size);
  /// Ours at a size up to feed.size.
  protocol::Hash root_at(const StoreQueries& store, const Feed& feed, std::uint64_t size);
  /// The bytes of a hash tile that the log of `feed` has in this width.
  protocol::Bytes tile(const StoreQueries& store, const Feed& feed,
                       const protocol::HashTile& which);

 private:
  struct Log {
    std::mutex mutex;
    protocol::TileHashes tiles;
  };
  std::shared_ptr<Log> log_of(const std::string& origin);
  void drop(const std::string& origin);
  template <class Make>
  auto checked(const StoreQueries& store, const Feed& feed, Make&& make);

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Log>> logs_;
};

}  // namespace node
