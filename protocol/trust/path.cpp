#include "protocol/trust/path.h"

#include <algorithm>
#include <limits>

#include "protocol/document/vocabularies.h"
#include "protocol/identity/did.h"
#include "protocol/limits.h"

// Why a breadth-first search from the issuer's end is exact. Whether an edge may stand in a path
// depends only on how many edges follow it (rule 6: maxPathLength >= the intermediates after its
// subject) and on itself, never on what comes before it. So "from X, the issuer can be reached in
// exactly j edges" is a set that is made from the set for j - 1. A walk that visits somebody twice
// can be cut short, and the shorter one is valid too: fewer edges follow each edge before the cut.
// Hence walks of the smallest length visit nobody twice, and distinct SCIDs need no bookkeeping.

namespace protocol {

bool allows_area(const std::optional<std::vector<std::string>>& allowed,
                 std::span<const std::string> area) {
  if (!allowed) return true;
  if (allowed->empty()) return false;
  return std::all_of(area.begin(), area.end(), [&](const std::string& code) {
    return std::any_of(allowed->begin(), allowed->end(),
                       [&](const std::string& wide) { return region_covers(wide, code); });
  });
}

std::optional<ErrorCode> edge_fault(const Edge& edge, std::span<const std::string> subject_versions,
                                    Timestamp now) {
  const auto& recognition = edge.recognition;
  if (now < edge.valid_from || now >= edge.valid_until) return ErrorCode::edge_expired;
  if (recognition.constraint_error || !recognition.to_issue || recognition.max_path_length < 0) {
    return ErrorCode::edge_constraint;
  }
  const auto named = parse_did(recognition.subject_did);
  if (!named || named->scid != edge.to) return ErrorCode::edge_pin;
  if (recognition.at_version && std::find(subject_versions.begin(), subject_versions.end(),
                                          *recognition.at_version) == subject_versions.end()) {
    return ErrorCode::edge_pin;
  }
  return std::nullopt;
}

std::optional<ErrorCode> edge_fault_there(const Edge& edge, unsigned edges_after,
                                          std::span<const std::string> area) {
  if (edge.recognition.max_path_length < static_cast<int>(edges_after))
    return ErrorCode::edge_depth;
  if (!allows_area(edge.recognition.area, area)) return ErrorCode::edge_scope;
  return std::nullopt;
}

std::optional<ErrorCode> anchor_fault(const Anchor& anchor, std::span<const std::string> versions,
                                      unsigned edges, std::span<const std::string> area) {
  const auto named = parse_did(anchor.did);
  if ((named && named->scid != anchor.scid) ||
      (!anchor.at_version.empty() &&
       std::find(versions.begin(), versions.end(), anchor.at_version) == versions.end())) {
    return ErrorCode::edge_pin;
  }
  if (edges > 0 && anchor.max_path_length &&
      static_cast<int>(edges) - 1 > *anchor.max_path_length) {
    return ErrorCode::edge_depth;
  }
  if (!allows_area(anchor.area, area)) return ErrorCode::edge_scope;
  return std::nullopt;
}

/// The walks that lead to one issuer for one area, by the number of edges that are left.
class TrustGraph::Search {
 public:
  Search(const TrustGraph& graph, std::size_t issuer, std::span<const std::string> area)
      : graph_(graph), area_(area) {
    layers_.push_back({{issuer, graph.issuers_[issuer].deadline}});
  }

  /// Whether edge `index` is valid with `after` edges behind it.
  std::optional<ErrorCode> fault(std::size_t index, unsigned after) const {
    const auto& known = graph_.known_edges_[index];
    if (known.fault) return known.fault;
    return edge_fault_there(graph_.edges_[index], after, area_);
  }

  std::optional<ErrorCode> fault_of(const Anchor& anchor, std::size_t issuer,
                                    unsigned edges) const {
    if (issuer == kNobody) return ErrorCode::no_path;
    if (graph_.issuer_faults_[issuer]) return graph_.issuer_faults_[issuer];
    return anchor_fault(anchor, graph_.issuers_[issuer].versions, edges, area_);
  }

  /// Who reaches the issuer in exactly `edges` edges, and until when at best.
  const std::unordered_map<std::size_t, Timestamp>& reached_in(unsigned edges) {
    while (layers_.size() <= edges) {
      const auto after = static_cast<unsigned>(layers_.size() - 1);
      std::unordered_map<std::size_t, Timestamp> next;
      for (const auto& [to, expires] : layers_.back()) {
        for (const auto index : graph_.edges_to_[to]) {
          if (fault(index, after)) continue;
          const auto from = graph_.known_edges_[index].from;
          const auto until =
              std::min({expires, graph_.edges_[index].valid_until, graph_.issuers_[from].deadline});
          const auto [place, added] = next.emplace(from, until);
          if (!added) place->second = std::max(place->second, until);
        }
      }
      layers_.push_back(std::move(next));
    }
    return layers_[edges];
  }

  /// The walk of `edges` edges from `start` that holds until `expires`, always to the smallest SCID
  /// next.
  Path follow(std::size_t start, unsigned edges, Timestamp expires) {
    // Forward from here, so the edges out of each are looked for among those into the next layer.
    Path path{.scids = {graph_.issuers_[start].scid}, .edges = {}, .expires = expires};
    std::size_t at = start;
    for (unsigned left = edges; left > 0; --left) {
      std::size_t best = kNobody;
      for (const auto& [to, until] : reached_in(left - 1)) {
        if (until < expires) continue;
        for (const auto index : graph_.edges_to_[to]) {
          if (graph_.known_edges_[index].from != at || graph_.edges_[index].valid_until < expires ||
              fault(index, left - 1)) {
            continue;
          }
          if (best == kNobody || graph_.edges_[index].to < graph_.edges_[best].to ||
              (graph_.edges_[index].to == graph_.edges_[best].to && index < best)) {
            best = index;
          }
        }
      }
      path.edges.push_back(best);
      path.scids.push_back(graph_.edges_[best].to);
      at = graph_.known_edges_[best].to;
    }
    return path;
  }

  /// Why nothing leads here: of the walks that would if faults were overlooked, one with the fewest
  /// faults, then the fewest edges, and on that the fault nearest to the anchor.
  ErrorCode nearest_fault() const {
    struct Candidate {
      unsigned faults = 0;
      ErrorCode first = ErrorCode::no_path;
    };
    // One edge more than allowed, so that a path which is only too long is called so.
    constexpr unsigned kLongest = kMaxPathEdges + 1;
    Candidate best{.faults = std::numeric_limits<unsigned>::max()};
    std::unordered_map<std::size_t, Candidate> layer = {{layers_.front().begin()->first, {}}};
    for (unsigned edges = 0; edges <= kLongest; ++edges) {
      for (const auto& anchor : graph_.anchors_) {
        const auto issuer = graph_.issuer_index(anchor.scid);
        const auto found = layer.find(issuer);
        if (found == layer.end()) continue;
        Candidate candidate = found->second;
        if (edges > kMaxPathEdges) candidate = {candidate.faults + 1, ErrorCode::edge_depth};
        if (const auto wrong = fault_of(anchor, issuer, edges))
          candidate = {candidate.faults + 1, *wrong};
        if (candidate.faults < best.faults) best = candidate;
      }
      std::unordered_map<std::size_t, Candidate> next;
      for (const auto& [to, so_far] : layer) {
        for (const auto index : graph_.edges_to_[to]) {
          Candidate candidate = so_far;
          if (const auto wrong = fault(index, edges)) candidate = {candidate.faults + 1, *wrong};
          const auto from = graph_.known_edges_[index].from;
          const auto [place, added] = next.emplace(from, candidate);
          if (!added && (candidate.faults < place->second.faults ||
                         (candidate.faults == place->second.faults &&
                          candidate.first < place->second.first))) {
            place->second = candidate;
          }
        }
      }
      layer = std::move(next);
    }
    return best.first;
  }

 private:
  const TrustGraph& graph_;
  std::span<const std::string> area_;
  std::vector<std::unordered_map<std::size_t, Timestamp>> layers_;
};

TrustGraph::TrustGraph(std::span<const Anchor> anchors, std::span<const Issuer> issuers,
                       std::span<const Edge> edges, Timestamp now)
    : anchors_(anchors), issuers_(issuers), edges_(edges), edges_to_(issuers.size()) {
  for (std::size_t i = 0; i < issuers.size(); ++i) {
    by_scid_.emplace(issuers[i].scid, i);
    if (!issuers[i].usable) {
      issuer_faults_.emplace_back(issuers[i].why_not);
    } else if (issuers[i].deadline <= now) {
      issuer_faults_.emplace_back(ErrorCode::edge_stale);
    } else {
      issuer_faults_.emplace_back(std::nullopt);
    }
  }
  for (const auto& edge : edges) {
    KnownEdge known{
        .from = issuer_index(edge.from), .to = issuer_index(edge.to), .fault = std::nullopt};
    if (known.from != kNobody && known.to != kNobody) {
      // A publisher in the middle is one whose identity counts, like any that recognizes.
      known.fault = issuer_faults_[known.from] ? issuer_faults_[known.from]
                    : issuer_faults_[known.to] ? issuer_faults_[known.to]
                                               : edge_fault(edge, issuers[known.to].versions, now);
      edges_to_[known.to].push_back(known_edges_.size());
    }
    known_edges_.push_back(known);
  }
}

std::size_t TrustGraph::issuer_index(const std::string& scid) const {
  const auto found = by_scid_.find(scid);
  return found == by_scid_.end() ? kNobody : found->second;
}

Result<Path> TrustGraph::best(const std::string& issuer, std::span<const std::string> area) const {
  const auto target = issuer_index(issuer);
  if (target == kNobody) return refuse(ErrorCode::no_path, "nothing is known of " + issuer);
  if (issuer_faults_[target])
    return refuse(*issuer_faults_[target], issuer + " itself does not count now");
  Search search(*this, target, area);
  for (unsigned edges = 0; edges <= kMaxPathEdges; ++edges) {
    const auto& reached = search.reached_in(edges);
    Timestamp latest = Timestamp::min();
    std::size_t start = kNobody;
    for (const auto& anchor : anchors_) {
      const auto index = issuer_index(anchor.scid);
      const auto found = reached.find(index);
      if (found == reached.end() || search.fault_of(anchor, index, edges)) continue;
      if (start == kNobody || found->second > latest ||
          (found->second == latest && issuers_[index].scid < issuers_[start].scid)) {
        latest = found->second;
        start = index;
      }
    }
    if (start != kNobody) return search.follow(start, edges, latest);
  }
  const auto reason = search.nearest_fault();
  return refuse(reason, "no anchor's path of recognition leads to " + issuer);
}

std::size_t TrustGraph::anchors_reaching(const std::string& issuer,
                                         std::span<const std::string> area) const {
  const auto target = issuer_index(issuer);
  if (target == kNobody || issuer_faults_[target]) return 0;
  Search search(*this, target, area);
  std::vector<std::size_t> reaching;
  for (unsigned edges = 0; edges <= kMaxPathEdges; ++edges) {
    const auto& reached = search.reached_in(edges);
    for (const auto& anchor : anchors_) {
      const auto index = issuer_index(anchor.scid);
      if (reached.contains(index) && !search.fault_of(anchor, index, edges))
        reaching.push_back(index);
    }
  }
  std::sort(reaching.begin(), reaching.end());
  return static_cast<std::size_t>(std::unique(reaching.begin(), reaching.end()) - reaching.begin());
}

}  // namespace protocol
