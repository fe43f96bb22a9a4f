#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocol/document/recognition.h"
#include "protocol/encoding/time.h"
#include "protocol/result.h"

// Whose listings are shown: paths of recognition from this node's anchors (SPEC 7). No network, no clock.

namespace protocol {

/// A publisher that this node's operator chose to trust.
struct Anchor {
  std::string scid;
  std::string did;
  std::string at_version;  ///< the anchor's log must have it
  std::optional<int> max_path_length;  ///< further cap on the edges below the anchor's own: k - 1 at most this
  std::optional<std::vector<std::string>> area;
};

/// What is known of one publisher at the moment of asking.
struct Issuer {
  std::string scid;
  bool usable = false;                 ///< identity verified, feed fresh or stale, not dead, quarantined or denied
  ErrorCode why_not = ErrorCode::edge_stale;  ///< when not usable: edge_stale, equivocation, did_fork, did_deactivated, denied
  Timestamp deadline = Timestamp::max();  ///< until when its freshness counts
  std::vector<std::string> versions;   ///< version ids of its verified identity log
};

/// One live, verified recognition.
struct Edge {
  std::string from;  ///< SCID
  std::string to;    ///< SCID
  std::string record_id;
  Timestamp valid_from{};
  Timestamp valid_until{};
  Recognition recognition;
};

struct Path {
  std::vector<std::string> scids;    ///< anchor first, issuer last
  std::vector<std::size_t> edges;    ///< indexes into the edges given, one fewer than scids
  Timestamp expires = Timestamp::max();
  bool operator==(const Path&) const = default;
};

/// Answers for one state of anchors, issuers and edges. Keeps views: what it was made from must outlive it. May be asked
/// by several threads.
class TrustGraph {
 public:
  TrustGraph(std::span<const Anchor> anchors, std::span<const Issuer> issuers, std::span<const Edge> edges,
             Timestamp now);

  /// The best path (fewest edges, then latest expiry, then smallest SCIDs) for a listing by `issuer` with `area`.
  /// Every code of `area` must lie in the area of the anchor and of every edge; without any code, only an area that
  /// allows nothing stands in the way. The issuer itself must be usable: a denied one is refused whatever leads there.
  ///
  /// Refuses with no_path, or with the reason of the candidate that came nearest (fewest things wrong, then fewest
  /// edges): edge_expired, edge_scope, edge_depth, edge_constraint, edge_pin, or an issuer's why_not. Costs the edges
  /// that lead to the issuer in at most kMaxPathEdges steps.
  Result<Path> best(const std::string& issuer, std::span<const std::string> area) const;
  /// From how many distinct anchors a path leads there.
  std::size_t anchors_reaching(const std::string& issuer, std::span<const std::string> area) const;

 private:
  /// What holds of an edge wherever in a path it stands.
  struct KnownEdge {
    std::size_t from = kNobody;  ///< index into issuers_
    std::size_t to = kNobody;
    std::optional<ErrorCode> fault;
  };
  static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);
  class Search;

  std::size_t issuer_index(const std::string& scid) const;
  std::optional<ErrorCode> edge_fault(const Edge& edge, std::size_t to) const;

  std::span<const Anchor> anchors_;
  std::span<const Issuer> issuers_;
  std::span<const Edge> edges_;
  Timestamp now_;
  std::unordered_map<std::string_view, std::size_t> by_scid_;
  std::vector<KnownEdge> known_edges_;
  std::vector<std::vector<std::size_t>> edges_to_;  ///< by issuer: edges that end there
  std::vector<std::optional<ErrorCode>> issuer_faults_;
};

}  // namespace protocol
