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

// Whose listings are shown: paths of recognition from this node's anchors (SPEC 7). No network, no
// clock.

namespace protocol {

/// A publisher that this node's operator chose to trust.
struct Anchor {
  std::string scid;
  std::string did;
  std::string at_version;  ///< the anchor's log must have it
  std::optional<int>
      max_path_length;  ///< further cap on the edges below the anchor's own: k - 1 at most this
  std::optional<std::vector<std::string>> area;
  /// For how many days its feed counts without a sign of life, by the reader's own word; nothing:
  /// kStaleFor (SPEC 6.3). Whoever makes its Issuer heeds it.
  std::optional<int> max_stale_days = std::nullopt;
};

/// What is known of one publisher at the moment of asking.
struct Issuer {
  std::string scid;
  bool usable = false;  ///< identity verified, feed fresh or stale, not dead, quarantined or denied
  ErrorCode why_not = ErrorCode::edge_stale;  ///< when not usable: edge_stale, equivocation,
                                              ///< did_fork, did_deactivated, denied
  Timestamp deadline = Timestamp::max();      ///< until when its freshness counts (SPEC 7.3)
  std::vector<std::string> versions;          ///< version ids of its verified identity log
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
  std::vector<std::string> scids;  ///< anchor first, issuer last
  std::vector<std::size_t> edges;  ///< indexes into the edges given, one fewer than scids
  Timestamp expires = Timestamp::max();
  bool operator==(const Path&) const = default;
};

// The rules of SPEC 7.2 one by one, for whoever holds a path already (evidence.h).

/// Whether `area` lies within `allowed`: every code covered; absent: no limit; empty: nothing.
bool allows_area(const std::optional<std::vector<std::string>>& allowed,
                 std::span<const std::string> area);
/// What is wrong with `edge` wherever in a path it stands (rules 2, 4 and 5): edge_expired,
/// edge_constraint, edge_pin. `subject_versions` are those of the identity log of whom it
/// recognizes.
std::optional<ErrorCode> edge_fault(const Edge& edge, std::span<const std::string> subject_versions,
                                    Timestamp now);
/// What is wrong with it where `edges_after` edges follow (rules 6 and 7): edge_depth, edge_scope.
std::optional<ErrorCode> edge_fault_there(const Edge& edge, unsigned edges_after,
                                          std::span<const std::string> area);
/// Whether `anchor`, whose log has `versions`, may begin a path of `edges` edges (rules 7 and 8):
/// edge_pin, edge_depth, edge_scope.
std::optional<ErrorCode> anchor_fault(const Anchor& anchor, std::span<const std::string> versions,
                                      unsigned edges, std::span<const std::string> area);

/// Answers for one state of anchors, issuers and edges. Keeps views: what it was made from must
/// outlive it. May be asked by several threads.
class TrustGraph {
 public:
  TrustGraph(std::span<const Anchor> anchors, std::span<const Issuer> issuers,
             std::span<const Edge> edges, Timestamp now);

  /// The best path (fewest edges, then latest expiry, then smallest SCIDs) for a listing by
  /// `issuer` with `area`. Every code of `area` must lie in the area of the anchor and of every
  /// edge; without any code, only an area that allows nothing stands in the way. The issuer itself
  /// must be usable: a denied one is refused whatever leads there.
  ///
  /// Refuses with no_path, or with the reason of the candidate that came nearest (fewest things
  /// wrong, then fewest edges): edge_expired, edge_scope, edge_depth, edge_constraint, edge_pin, or
  /// an issuer's why_not. Costs the edges that lead to the issuer in at most kMaxPathEdges steps.
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

  std::span<const Anchor> anchors_;
  std::span<const Issuer> issuers_;
  std::span<const Edge> edges_;
  std::unordered_map<std::string_view, std::size_t> by_scid_;
  std::vector<KnownEdge> known_edges_;
  std::vector<std::vector<std::size_t>> edges_to_;  ///< by issuer: edges that end there
  std::vector<std::optional<ErrorCode>> issuer_faults_;
};

}  // namespace protocol
