#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crawler/follower.h"
#include "crawler/source.h"
#include "node/guarded.h"
#include "node/store/store.h"
#include "protocol/identity/did_log.h"

// Other nodes as sources: of copies when a publisher's own host does not answer, and of what they
// have seen of a log (SPEC 6.5, 6.6). Nothing they say is trusted; all of it is verified alike.

namespace node {

/// Addresses of other nodes, and which of them lied. In memory only: after a start everybody begins
/// anew. May be called from any thread.
class MirrorPeers {
 public:
  static constexpr int kLiesBeforeRest = 3;
  static constexpr std::chrono::hours kRest{24};
  static constexpr std::chrono::minutes kBetweenGossip{15};

  /// Those among `nodes` that do not rest.
  std::vector<std::string> awake(const std::vector<std::string>& nodes,
                                 protocol::Timestamp now) const;
  /// It showed something that cannot be: after the third time it is left alone for a day.
  void lied(const std::string& node, protocol::Timestamp now);
  /// Whether it is to be asked for its heads, which it then counts as.
  bool take_turn(const std::string& node, protocol::Timestamp now, bool at_once);

 private:
  struct Peer {
    int lies = 0;
    std::optional<protocol::Timestamp> rests_until, asked;
  };
  Guarded<std::map<std::string, Peer>> peers_;
};

/// What other nodes gave where the publisher's own host did not.
struct MirrorReading {
  crawler::FeedReading reading;
  std::string node;          ///< which one it was read from
  std::size_t agreeing = 0;  ///< how many showed the same head
};

/// Reads `feed`, which was read before, from `nodes` in turn, until two show the same head. Nothing
/// where none of them has what `known` may be continued with. A contradiction that the publisher
/// signed comes back as such.
std::optional<MirrorReading> read_from_mirrors(crawler::Source& network, MirrorPeers& peers,
                                               const std::vector<std::string>& nodes,
                                               const Feed& feed, crawler::KnownFeed known,
                                               protocol::Timestamp now);

/// A log as it is known here, to compare with what others have seen of it.
struct GossipLog {
  std::string scid, origin;
  std::uint64_t size = 0;
  protocol::Hash root;
  /// The root that it had with up to `size` entries.
  std::function<protocol::Hash(std::uint64_t size)> root_at;
  std::optional<protocol::PublisherKeys> keys;
};
/// A checkpoint that the log's own key signed and another node showed.
struct GossipFinding {
  std::string node, scid;
  std::uint64_t size = 0;
  std::string note;
  bool contradicts = false;  ///< of this size there is another root here; else it is newer
};
/// Asks each of `nodes` once for its heads, and for the checkpoints that are larger than ours or of
/// another root; verifies those by the log's key.
std::vector<GossipFinding> compare_heads(crawler::Source& network, MirrorPeers& peers,
                                         const std::vector<std::string>& nodes,
                                         const std::map<std::string, GossipLog>& logs,
                                         protocol::Timestamp now);

}  // namespace node
