#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "node/clock.h"
#include "node/guarded.h"
#include "node/publish/publisher.h"
#include "node/store/heads.h"
#include "node/store/store.h"
#include "protocol/identity/did_log.h"
#include "protocol/log/add_checkpoint.h"

namespace node {

/// What `POST /witness/add-checkpoint` is answered (SPEC 5.6).
struct WitnessAnswer {
  protocol::AddCheckpointOutcome outcome = protocol::AddCheckpointOutcome::malformed;
  /// cosigned: this node's signature lines; none from a node that has no key of its own, and none
  /// for more of its own log than it has published.
  std::string lines;
  std::uint64_t known_size = 0;  ///< conflict
  /// For people; why it was refused. The code is that of the refusal, for problem().
  protocol::Error reason{protocol::ErrorCode::bad_request, {}};
  bool is_busy = false;  ///< the store is held by a long write; nothing was judged
};

/// Judges checkpoints that others send, remembers the newest of each log and cosigns it, in that
/// order: a signature never leaves this node before what it says is on the disk. Every feed known
/// here has its log witnessed, one's own too. May be called from any thread.
class Witness {
 public:
  /// How it gets at the parts of a node.
  struct Parts {
    /// Calls with a connection for reading only.
    std::function<void(const std::function<void(StoreQueries&)>&)> read;
    /// Calls as the one writer; the publisher is null where there is none. False, without calling,
    /// when another keeps the store for too long.
    std::function<bool(const std::function<void(Store&, const Publisher*)>&)> write;
    /// When a feed of which there is news may be read. Called as the one writer.
    std::function<protocol::Timestamp(const std::string& scid)> pull_at;
    /// `body` brought a newer head of another's log; there is something to read from `at` on.
    std::function<void(const std::string& origin, std::string_view body, protocol::Timestamp at)>
        news;
    /// Its key signed two histories, and that was stored: what is shown has to be judged anew.
    /// Called as the one writer.
    std::function<void()> quarantined;
  };

  Witness(const Clock& clock, Parts parts) : clock_(clock), parts_(std::move(parts)) {}

  /// Throws StoreError where this node's own disk is in trouble; nothing was signed then.
  WitnessAnswer add_checkpoint(std::string_view body);

 private:
  struct Line {
    protocol::LogHead head;
    std::string text;
    protocol::Timestamp made_at;
  };
  std::string sign(const Publisher* publisher, const protocol::AddCheckpoint& request);
  std::optional<std::string> recent_line(const std::string& origin, const protocol::LogHead& head);

  const Clock& clock_;
  const Parts parts_;
  // The last line for each origin: whoever repeats a request costs neither a signature nor the
  // store. At most one for each feed.
  Guarded<std::map<std::string, Line>> lines_;
};

/// The checkpoint of `feed` with this node's own cosignature, if it is the newest state that is
/// known of its log and the node has a key; else as it is. For copies of what was accepted: `feed`
/// was read from `store` by the one writer, which persisted it before.
std::string cosigned_checkpoint(Store& store, const Publisher& publisher, const Feed& feed,
                                protocol::Timestamp now);

}  // namespace node
