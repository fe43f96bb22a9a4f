#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "node/node.h"

// What an operator is told unasked (SPEC 9.5). Each has a page in docs/OPERATING.md.

namespace node {

struct Alert {
  std::string name;   ///< "feed-stale"
  std::string about;  ///< which feed, file or disk
  std::string what_happened;
  std::string what_to_do;
};

/// Free space below which storage-low, and then storage-full, is raised.
inline constexpr std::uint64_t kLowStorageBytes = std::uint64_t{256} << 20;
inline constexpr std::uint64_t kFullStorageBytes = std::uint64_t{64} << 20;
inline constexpr std::chrono::days kPeerDownAfter{3};
inline constexpr std::chrono::days kBackupOldAfter{7};

/// What of the machine is looked at: apart, so that tests can say what is there.
struct MachineState {
  std::optional<std::uint64_t> free_bytes;  ///< where the data folder is; nothing: cannot be told
  std::string key_trouble;                  ///< why the keys are not safe; empty: they are
};
MachineState look_at_machine(const std::filesystem::path& data_folder);

/// The alerts that hold at `now`, worked out anew each time: an alert is over when its cause is.
/// Raises peer-hostile, peer-down, feed-quarantined, feed-stale, storage-low, storage-full,
/// clock-suspect, key-permissions and backup-old.
std::vector<Alert> alerts(const std::vector<FeedReport>& feeds, const MachineState& machine,
                          bool has_publisher, std::optional<protocol::Timestamp> last_backup,
                          protocol::Timestamp now);
/// peer-hostile, for other nodes whose copies were altered. One that is merely behind is none.
std::vector<Alert> mirror_alerts(const std::map<std::string, MirrorMark>& marks);
/// The same of a node as it stands.
std::vector<Alert> alerts(Node& node);

}  // namespace node
