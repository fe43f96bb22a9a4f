#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "node/clock.h"
#include "node/guarded.h"
#include "node/mirror/mirror_path.h"
#include "node/store/store.h"
#include "node/witness/log_proofs.h"

namespace node {

/// The lower-case hex of SHA-256 of a log's origin: what its mirror is called.
std::string mirror_name(std::string_view origin);
/// The newest head of each log that may be copied from here, as `GET /mirror/` says it.
std::string mirror_index(const StoreQueries& store, protocol::Timestamp now);
/// The bytes of one file but the checkpoint, from what is stored; nothing where `feed` has no such
/// file, is quarantined (but for its fork) or denied. Entries, tiles and did.jsonl are what the
/// publisher serves byte for byte; lines of documents are empty where a text ended or is denied.
/// Throws DataError where what is stored does not hold.
std::optional<std::string> mirror_file(const StoreQueries& store, LogProofs& proofs,
                                       const Feed& feed, const MirrorPath& path,
                                       protocol::Timestamp now);
/// Writes what the mirror serves of `feed` as a publisher's folder (did.jsonl, feed/<epoch>/…),
/// then the checkpoint, and only then the blanking of texts that ended. `checkpoint` is what the
/// mirror serves as such. Refuses with not_found where nothing of this feed may be copied, rollback
/// where the folder has a longer log of it already. Throws std::system_error.
protocol::Result<void> write_mirror_folder(const StoreQueries& store, LogProofs& proofs,
                                           const Feed& feed, std::string_view checkpoint,
                                           const std::filesystem::path& folder,
                                           protocol::Timestamp now);

/// Serves verbatim copies of the feeds that are stored here (SPEC 13.4). May be called from any
/// thread.
class Mirror {
 public:
  struct Parts {
    std::function<void(const std::function<void(StoreQueries&)>&)> read;
    /// With this node's own cosignature. May wait for a writer.
    std::function<std::optional<std::string>(const std::string& scid)> checkpoint;
    LogProofs* proofs = nullptr;
  };
  Mirror(const Clock& clock, Parts parts) : clock_(clock), parts_(std::move(parts)) {}

  std::string index() const;
  /// The file `path` of the log whose mirror_name() is `name`.
  std::optional<std::string> file(std::string_view name, const MirrorPath& path);

 private:
  struct Signed {
    std::string accepted, shown;
    protocol::Timestamp made_at;
  };
  std::optional<Feed> feed_named(const StoreQueries& store, const std::string& name);
  std::optional<std::string> checkpoint_of(const Feed& feed);

  const Clock& clock_;
  const Parts parts_;
  Guarded<std::map<std::string, std::string>> scids_;  // by mirror_name()
  // The last one for each feed: a stranger who asks again costs neither a signature nor the
  // writer's lock.
  Guarded<std::map<std::string, Signed>> checkpoints_;
};

}  // namespace node
