#pragma once

#include <optional>
#include <span>
#include <string>
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

/// Answers for one state of anchors, issuers and edges. Keeps views: what it was made from must outlive it.
class TrustGraph {
 public:
  TrustGraph(std::span<const Anchor> anchors, std::span<const Issuer> issuers, std::span<const Edge> edges,
             Timestamp now);

  /// The best path (fewest edges, then latest expiry, then smallest SCIDs) for a listing by `issuer` with `area`.
  /// Refuses with no_path, or with the reason of the candidate that came nearest (edge_expired, edge_scope,
  /// edge_depth, edge_constraint, edge_pin, edge_stale, denied).
  Result<Path> best(const std::string& issuer, std::span<const std::string> area) const;
  /// From how many distinct anchors a path leads there.
  std::size_t anchors_reaching(const std::string& issuer, std::span<const std::string> area) const;

 private:
  std::span<const Anchor> anchors_;
  std::span<const Issuer> issuers_;
  std::span<const Edge> edges_;
  Timestamp now_;
};

}  // namespace protocol
