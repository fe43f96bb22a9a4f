#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/follower.h"
#include "crawler/source.h"
#include "node/guarded.h"
#include "node/store/mirror_marks.h"
#include "node/store/store.h"
#include "protocol/identity/did_log.h"

// Other nodes as sources: of copies when a publisher's own host does not answer, and of what they
// have seen of a log (SPEC 13.4). Nothing they say is trusted; all of it is verified alike.

namespace node {

/// Which other nodes showed what cannot be, and when each was asked for its heads. May be called
/// from any thread.
class MirrorPeers {
 public:
  static constexpr int kLiesBeforeRest = 3;
  static constexpr std::chrono::hours kRest{24};
  static constexpr std::chrono::minutes kBetweenGossip{15};
  static constexpr std::chrono::minutes kBetweenLooks{1};
  /// For so long a list of heads serves for finding out who has a feed.
  static constexpr std::chrono::minutes kListHolds{1};
  /// The newest epoch of each publisher in a node's list, by SCID.
  using Epochs = std::map<std::string, std::uint64_t, std::less<>>;

  /// Takes up what was kept of an earlier run.
  void restore(std::map<std::string, MirrorMark> marks);
  /// Those among `nodes` that do not rest.
  std::vector<std::string> awake(const std::vector<std::string>& nodes,
                                 protocol::Timestamp now) const;
  /// It showed something that cannot be, or that is of no use: after the third time it is left
  /// alone for a day.
  void lied(const std::string& node, protocol::Error why, protocol::Timestamp now);
  /// Whether it is to be asked for its heads, which it then counts as.
  bool take_turn(const std::string& node, protocol::Timestamp now, bool at_once);
  /// Whether it is worth finding out whose turn it is: once a minute.
  bool take_look(protocol::Timestamp now, bool at_once);
  /// What keep_list() kept of this node, while it holds; an empty list where it could not be had.
  std::shared_ptr<const Epochs> list(const std::string& node, protocol::Timestamp now) const;
  void keep_list(const std::string& node, std::shared_ptr<const Epochs> epochs,
                 protocol::Timestamp now);
  /// Marks that changed since the last call: to be kept.
  std::map<std::string, MirrorMark> take_changes();

 private:
  struct Peer {
    std::optional<MirrorMark> mark;
    bool changed = false;
    std::optional<protocol::Timestamp> asked;
    std::shared_ptr<const Epochs> epochs;
    protocol::Timestamp listed_at{};
  };
  Guarded<std::map<std::string, Peer>> peers_;
  Guarded<std::optional<protocol::Timestamp>> looked_;
};

/// What other nodes gave where the publisher's own host did not.
struct MirrorReading {
  crawler::FeedReading reading;
  std::string node;          ///< which one it was read from
  std::size_t agreeing = 0;  ///< how many showed the same head
};

/// Reads `feed` from `nodes` in turn, until two show the same head. At first contact `known` has
/// the DID alone, and the nodes' own lists say which epoch they have. Nothing where none of them
/// has what `known` may be continued with. A contradiction that the publisher signed comes back as
/// such.
std::optional<MirrorReading> read_from_mirrors(crawler::Source& network, MirrorPeers& peers,
                                               const std::vector<std::string>& nodes,
                                               const Feed& feed, crawler::KnownFeed known,
                                               protocol::Timestamp now);

/// A log as it is known here, to compare with what others have seen of it.
struct GossipLog {
  std::string scid, origin;
  std::uint64_t size = 0;
  protocol::Hash root;
  /// The root that it had with up to `size` entries; nothing where the log went on meanwhile and
  /// cannot be compared just now.
  std::function<std::optional<protocol::Hash>(std::uint64_t size)> root_at;
  std::optional<protocol::PublisherKeys> keys;
};
/// A checkpoint that the log's own key signed and another node showed.
struct GossipFinding {
  std::string node, scid, origin;
  std::uint64_t size = 0;
  std::string note;
  bool contradicts = false;  ///< of this size there is another root here; else it is newer
};
/// What one of them said when it was asked.
struct GossipAnswer {
  std::string node;
  std::optional<protocol::Error> refused;      ///< it has no list that can be read
  std::map<std::string, std::uint64_t> sizes;  ///< of the logs that are known here, by origin
};
struct GossipRound {
  std::vector<GossipFinding> findings;
  std::vector<GossipAnswer> answers;
};
/// Asks each of `nodes` once for its heads, and for the checkpoints that are larger than ours or of
/// another root; verifies those by the log's key.
GossipRound compare_heads(crawler::Source& network, MirrorPeers& peers,
                          const std::vector<std::string>& nodes,
                          const std::map<std::string, GossipLog>& logs, protocol::Timestamp now);

}  // namespace node
