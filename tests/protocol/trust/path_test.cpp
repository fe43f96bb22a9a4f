#include "protocol/trust/path.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "protocol/crypto/crypto.h"
#include "protocol/document/vocabularies.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/identity/did.h"
#include "protocol/limits.h"
#include "tests/support/shared_inputs.h"

namespace protocol {
namespace {

using Area = std::vector<std::string>;
const Timestamp kPathNow = *parse_timestamp("2026-11-01T00:00:00Z");
const Area kPathOhio = {"US-OH"};

std::string path_scid(char name) {
  static std::map<char, std::string> known;  // ten thousand graphs ask for few names
  auto& scid = known[name];
  if (scid.empty()) scid = to_multihash(sha256(std::string(1, name)));
  return scid;
}
std::string path_did(char name) {
  return "did:webvh:" + path_scid(name) + ":" + std::string(1, name) + ".example";
}

/// A world of publishers A, B, C, … which a test changes before it asks.
struct PathWorld {
  explicit PathWorld(int publishers = 7) {
    for (int i = 0; i < publishers; ++i) {
      issuers.push_back(
          {.scid = path_scid(static_cast<char>('a' + i)), .usable = true, .versions = {"1-Qm"}});
    }
  }
  Issuer& issuer(char name) { return issuers[static_cast<std::size_t>(name - 'a')]; }
  Anchor& anchor(char name) {
    anchors.push_back({.scid = path_scid(name),
                       .did = path_did(name),
                       .at_version = "1-Qm",
                       .max_path_length = {},
                       .area = {}});
    return anchors.back();
  }
  Edge& edge(char from, char to, int max_path_length = 0) {
    edges.push_back({.from = path_scid(from),
                     .to = path_scid(to),
                     .record_id = "urn:uuid:" + std::to_string(edges.size()),
                     .valid_from = kPathNow - std::chrono::days{1},
                     .valid_until = kPathNow + std::chrono::days{100},
                     .recognition = {.subject_did = path_did(to),
                                     .name = "",
                                     .role = "",
                                     .at_version = std::nullopt,
                                     .to_issue = true,
                                     .max_path_length = max_path_length,
                                     .area = std::nullopt,
                                     .constraint_error = std::nullopt}});
    return edges.back();
  }
  Result<Path> best(char to, const Area& area = kPathOhio) const {
    return TrustGraph(anchors, issuers, edges, now).best(path_scid(to), area);
  }
  /// The names of the best path, or the wire word of the refusal.
  std::string says(char to, const Area& area = kPathOhio) const {
    const auto path = best(to, area);
    if (!path) return std::string(word(path.error().code));
    std::string names;
    for (const auto& scid : path->scids) {
      for (char name = 'a'; name < 'a' + static_cast<int>(issuers.size()); ++name) {
        if (path_scid(name) == scid) names += name;
      }
    }
    return names;
  }
  std::size_t anchors_reaching(char to, const Area& area = kPathOhio) const {
    return TrustGraph(anchors, issuers, edges, now).anchors_reaching(path_scid(to), area);
  }

  std::vector<Anchor> anchors;
  std::vector<Issuer> issuers;
  std::vector<Edge> edges;
  Timestamp now = kPathNow;
};

TEST(TrustPath, BeginsAtTheAnchorItself) {
  PathWorld world;
  EXPECT_EQ(world.says('a'), "no-path");  // no anchors: nothing is shown
  world.anchor('a');
  EXPECT_EQ(world.says('a'), "a");
  EXPECT_TRUE(world.best('a')->edges.empty());
  EXPECT_EQ(world.anchors_reaching('a'), 1U);
  world.anchors[0].area = Area{"US-MI"};
  EXPECT_EQ(world.says('a'), "edge-scope");
  EXPECT_EQ(world.best(static_cast<char>('z')).error().code, ErrorCode::no_path);
}

TEST(TrustPath, T01_EndsInLoops) {
  PathWorld world;
  world.anchor('a');
  world.edge('b', 'c', 9);
  world.edge('c', 'd', 9);
  world.edge('d', 'b', 9);
  world.edge('b', 'b', 9);
  world.edge('a', 'a', 9);
  EXPECT_EQ(world.says('b'), "no-path");
  EXPECT_EQ(world.says('d'), "no-path");
  world.edge('a', 'b', 9);
  world.edge('d', 'a', 9);
  EXPECT_EQ(world.says('d'), "abcd");
  EXPECT_EQ(world.says('a'), "a");
}

TEST(TrustPath, T02_HasAtMostFourEdges) {
  PathWorld world;
  world.anchor('a');
  for (char name = 'a'; name < 'f'; ++name) world.edge(name, static_cast<char>(name + 1), 9);
  EXPECT_EQ(world.says('e'), "abcde");
  EXPECT_EQ(world.says('f'), "edge-depth");
  EXPECT_EQ(world.says('g'), "no-path");
}

TEST(TrustPath, T02_KeepsToTheDepthOfEveryEdge) {
  PathWorld world;
  world.anchor('a');
  world.edge('a', 'b', 0);
  world.edge('b', 'c', 9);
  EXPECT_EQ(world.says('b'), "ab");
  EXPECT_EQ(world.says('c'), "edge-depth");
  world.edges[0].recognition.max_path_length = 1;
  EXPECT_EQ(world.says('c'), "abc");
  world.anchors[0].max_path_length = 0;
  EXPECT_EQ(world.says('b'), "ab");
  EXPECT_EQ(world.says('c'), "edge-depth");
  world.anchors[0].max_path_length = 1;
  EXPECT_EQ(world.says('c'), "abc");
  world.edges[0].recognition.max_path_length = -1;
  EXPECT_EQ(world.says('b'), "edge-constraint");
}

TEST(TrustPath, T03_EndsWithTheSecondOfItsFirstDeadline) {
  PathWorld world;
  world.anchor('a');
  world.edge('a', 'b').valid_until = kPathNow;
  EXPECT_EQ(world.says('b'), "edge-expired");
  world.edges[0].valid_until = kPathNow + std::chrono::seconds{1};
  EXPECT_EQ(world.says('b'), "ab");
  EXPECT_EQ(world.best('b')->expires, kPathNow + std::chrono::seconds{1});
  world.edges[0].valid_from = kPathNow + std::chrono::seconds{1};
  EXPECT_EQ(world.says('b'), "edge-expired");
  world.edges[0].valid_from = kPathNow;
  world.edges[0].valid_until = kPathNow + std::chrono::days{9};
  EXPECT_EQ(world.best('b')->expires, kPathNow + std::chrono::days{9});
  world.issuer('a').deadline = kPathNow + std::chrono::days{7};
  EXPECT_EQ(world.best('b')->expires, kPathNow + std::chrono::days{7});
  EXPECT_EQ(world.best('a')->expires, kPathNow + std::chrono::days{7});
  world.issuer('a').deadline = kPathNow;
  EXPECT_EQ(world.says('b'), "edge-stale");
}

TEST(TrustPath, T04_LosesTheSubtreeOfAWithdrawnRecognitionButNotOtherPaths) {
  PathWorld world;
  world.anchor('a');
  world.edge('a', 'b', 1);
  world.edge('b', 'c');
  world.edge('a', 'd', 1);
  world.edge('d', 'e');
  world.edge('d', 'c');
  world.edges.erase(world.edges.begin());
  EXPECT_EQ(world.says('b'), "no-path");
  EXPECT_EQ(world.says('c'), "adc");
  world.edges.pop_back();
  EXPECT_EQ(world.says('c'), "no-path");
  EXPECT_EQ(world.says('e'), "ade");
}

TEST(TrustPath, T05_T06_OnlyNarrowsItsScope) {
  PathWorld world;
  world.anchor('a');
  world.edge('a', 'b', 1).recognition.area = Area{"US-OH"};
  world.edge('b', 'c', 0).recognition.area = Area{"US"};
  EXPECT_EQ(world.says('c'), "abc");
  EXPECT_EQ(world.says('c', {"US-MI"}), "edge-scope");
  EXPECT_EQ(world.says('c', {"US-OH", "US-MI"}), "edge-scope");
  EXPECT_EQ(world.says('c', {"US"}), "edge-scope");
  world.edges[0].recognition.area = Area{"US"};
  EXPECT_EQ(world.says('c', {"US-OH", "US-MI"}), "abc");
  EXPECT_EQ(world.says('c', {"CA-ON"}), "edge-scope");
  world.edges[1].recognition.area = Area{};
  EXPECT_EQ(world.says('c'), "edge-scope");
  EXPECT_EQ(world.says('c', {}), "edge-scope");
  EXPECT_EQ(world.says('b', {}), "ab");
}

TEST(TrustPath, T02_T05_IsVoidWithWhatCannotBeHonored) {
  PathWorld world;
  world.anchor('a');
  world.edge('a', 'b').recognition.constraint_error = "constraints.unknown";
  EXPECT_EQ(world.says('b'), "edge-constraint");
  world.edges[0].recognition.constraint_error.reset();
  world.edges[0].recognition.to_issue = false;
  EXPECT_EQ(world.says('b'), "edge-constraint");
}

TEST(TrustPath, T07_T10_IsVoidThroughAPublisherThatDoesNotCount) {
  for (const auto why : {ErrorCode::edge_stale, ErrorCode::equivocation, ErrorCode::did_fork,
                         ErrorCode::did_deactivated, ErrorCode::denied}) {
    SCOPED_TRACE(word(why));
    PathWorld world;
    world.anchor('a');
    world.edge('a', 'b', 1);
    world.edge('b', 'c');
    world.issuer('b').usable = false;
    world.issuer('b').why_not = why;
    EXPECT_EQ(world.says('c'), word(why));
    EXPECT_EQ(world.says('b'), word(why));
    EXPECT_EQ(world.anchors_reaching('c'), 0U);
    world.edge('a', 'c');
    EXPECT_EQ(world.says('c'), "ac");
    world.issuer('c').usable = false;  // denied beats any path
    world.issuer('c').why_not = ErrorCode::denied;
    EXPECT_EQ(world.says('c'), "denied");
  }
}

TEST(TrustPath, T09_ShowsTheGoodOneOfTwo) {
  PathWorld world;
  world.anchor('a');
  world.edge('a', 'b', 1);
  world.edge('b', 'd').recognition.constraint_error = "poisoned";
  world.edge('a', 'c', 1);
  world.edge('c', 'd');
  EXPECT_EQ(world.says('d'), "acd");
}

TEST(TrustPath, T12_HoldsEverybodyToTheirPins) {
  PathWorld world;
  world.anchor('a');
  world.edge('a', 'b').recognition.at_version = "2-Qm";
  EXPECT_EQ(world.says('b'), "edge-pin");
  world.issuer('b').versions.push_back("2-Qm");
  EXPECT_EQ(world.says('b'), "ab");
  world.edges[0].recognition.subject_did = path_did('c');
  EXPECT_EQ(world.says('b'), "edge-pin");
  world.edges[0].recognition.subject_did = "did:webvh:" + path_scid('b') + ":moved.example";
  EXPECT_EQ(world.says('b'), "ab");
  world.anchors[0].at_version = "9-Qm";
  EXPECT_EQ(world.says('b'), "edge-pin");
  EXPECT_EQ(world.says('a'), "edge-pin");
}

TEST(TrustPath, T11_InheritsNothingFromTheSameDomain) {
  PathWorld world;
  world.anchor('a').did = path_did('b');  // the operator's note names another identity
  EXPECT_EQ(world.says('a'), "edge-pin");
  world.anchors[0] = {.scid = path_scid('x'),
                      .did = "did:webvh:" + path_scid('x') + ":a.example",
                      .at_version = "1-Qm",
                      .max_path_length = {},
                      .area = {}};
  EXPECT_EQ(world.says('a'), "no-path");
}

TEST(TrustPath, PrefersFewEdgesThenLongLifeThenSmallNames) {
  PathWorld world;
  world.anchor('a');
  world.edge('a', 'b', 2);
  world.edge('a', 'c', 2);
  world.edge('b', 'd');
  world.edge('c', 'd');
  world.edges[2].valid_until -= std::chrono::days{1};
  EXPECT_EQ(world.says('d'), "acd");
  world.edges[2].valid_until += std::chrono::days{1};
  EXPECT_EQ(world.says('d'), path_scid('b') < path_scid('c') ? "abd" : "acd");
  world.edge('a', 'd').valid_until = kPathNow + std::chrono::seconds{1};
  EXPECT_EQ(world.says('d'), "ad");
}

TEST(TrustPath, CountsDistinctAnchors) {
  PathWorld world;
  world.anchor('a');
  world.anchor('b').max_path_length = 0;
  world.anchor('b');
  world.anchor('c');
  world.edge('a', 'd');
  world.edge('b', 'e', 1);
  world.edge('e', 'd');
  EXPECT_EQ(world.anchors_reaching('d'), 2U);
  EXPECT_EQ(world.anchors_reaching('d', {}), 2U);
}

/// The rule of SPEC 7 as it reads, over every simple path.
struct PathBrute {
  const PathWorld& world;
  std::string target;
  Area area;
  std::optional<Path> best;
  std::set<std::string> reaching;

  const Issuer* known(const std::string& scid) const {
    for (const auto& issuer : world.issuers) {
      if (issuer.scid == scid) return &issuer;
    }
    return nullptr;
  }
  bool counts(const std::string& scid) const {
    const auto* issuer = known(scid);
    return issuer && issuer->usable && world.now < issuer->deadline;
  }
  bool inside(const std::optional<Area>& allowed) const {
    if (!allowed) return true;
    if (allowed->empty()) return false;
    for (const auto& code : area) {
      bool covered = false;
      for (const auto& wide : *allowed) covered = covered || region_covers(wide, code);
      if (!covered) return false;
    }
    return true;
  }
  static bool better(const Path& a, const Path& b) {
    if (a.edges.size() != b.edges.size()) return a.edges.size() < b.edges.size();
    if (a.expires != b.expires) return a.expires > b.expires;
    if (a.scids != b.scids) return a.scids < b.scids;
    return a.edges < b.edges;
  }
  void judge(const Anchor& anchor, const Path& path) {
    const auto k = path.edges.size();
    const auto* first = known(anchor.scid);
    if (std::find(first->versions.begin(), first->versions.end(), anchor.at_version) ==
        first->versions.end())
      return;
    if (anchor.did.substr(10, 46) != anchor.scid) return;  // behind "did:webvh:"
    if (!inside(anchor.area)) return;
    if (k > 0 && anchor.max_path_length && static_cast<int>(k - 1) > *anchor.max_path_length)
      return;
    Path whole = path;
    whole.expires = Timestamp::max();
    for (const auto& scid : path.scids) {
      if (!counts(scid)) return;
      whole.expires = std::min(whole.expires, known(scid)->deadline);
    }
    for (std::size_t i = 0; i < k; ++i) {
      const auto& edge = world.edges[path.edges[i]];
      const auto& said = edge.recognition;
      if (world.now < edge.valid_from || world.now >= edge.valid_until) return;
      if (said.constraint_error || !said.to_issue || said.max_path_length < 0) return;
      if (said.subject_did.substr(10, 46) != edge.to) return;
      if (said.at_version) {
        const auto& versions = known(edge.to)->versions;
        if (std::find(versions.begin(), versions.end(), *said.at_version) == versions.end()) return;
      }
      if (said.max_path_length < static_cast<int>(k - 1 - i)) return;
      if (!inside(said.area)) return;
      whole.expires = std::min(whole.expires, edge.valid_until);
    }
    reaching.insert(anchor.scid);
    if (!best || better(whole, *best)) best = whole;
  }
  void walk(const Anchor& anchor, Path& path) {
    if (path.scids.back() == target) judge(anchor, path);
    if (path.edges.size() == 4) return;
    for (std::size_t i = 0; i < world.edges.size(); ++i) {
      const auto& edge = world.edges[i];
      if (edge.from != path.scids.back() || !known(edge.to)) continue;
      if (std::find(path.scids.begin(), path.scids.end(), edge.to) != path.scids.end()) continue;
      path.scids.push_back(edge.to);
      path.edges.push_back(i);
      walk(anchor, path);
      path.scids.pop_back();
      path.edges.pop_back();
    }
  }
  void run() {
    for (const auto& anchor : world.anchors) {
      if (!known(anchor.scid)) continue;
      Path path{.scids = {anchor.scid}, .edges = {}};
      walk(anchor, path);
    }
  }
};

TEST(TrustPath, T15_EqualsBruteForceOnRandomGraphs) {
  std::mt19937_64 random(test_support::run_seed());
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const std::vector<std::string> codes = {"US", "US-OH", "US-MI", "CA"};
  const auto some_area = [&](int chance) -> std::optional<Area> {
    if (below(chance) != 0) return std::nullopt;
    Area area;
    for (int i = below(3); i > 0; --i) area.push_back(codes[static_cast<std::size_t>(below(4))]);
    return area;
  };
  int found = 0;
  int longest = 0;
  int refused = 0;
  const int graphs = 10'000;
  for (int round = 0; round < graphs; ++round) {
    const int size = 1 + below(8);
    const auto name = [&] { return static_cast<char>('a' + below(size)); };
    PathWorld world(size);
    for (auto& issuer : world.issuers) {
      issuer.usable = below(12) != 0;
      if (below(2) == 0) issuer.why_not = ErrorCode::denied;
      if (below(3) == 0) issuer.deadline = kPathNow + std::chrono::days{below(5)};
      if (below(2) == 0) issuer.versions.push_back("2-Qm");
    }
    for (int i = 1 + below(3); i > 0; --i) {
      auto& anchor = world.anchor(name());
      if (below(4) == 0) anchor.max_path_length = below(4);
      anchor.area = some_area(5);
      if (below(8) == 0) anchor.at_version = "2-Qm";
      if (below(10) == 0) anchor.did = path_did(name());  // another identity under the old name
    }
    for (int i = below(3 * size + 1); i > 0; --i) {
      auto& edge = world.edge(name(), name(), below(6) - 1);
      if (below(2) == 0) edge.valid_until = kPathNow + std::chrono::days{below(4)};
      if (below(15) == 0) edge.valid_from = kPathNow + std::chrono::seconds{below(2)};
      edge.recognition.area = some_area(5);
      if (below(20) == 0) edge.recognition.constraint_error = "unknown";
      if (below(20) == 0) edge.recognition.to_issue = false;
      if (below(20) == 0) edge.recognition.subject_did = path_did(name());
      if (below(10) == 0) edge.recognition.at_version = "2-Qm";
    }
    const Area area = some_area(1).value();
    const TrustGraph graph(world.anchors, world.issuers, world.edges, world.now);
    for (const auto& issuer : world.issuers) {
      PathBrute brute{world, issuer.scid, area, std::nullopt, {}};
      brute.run();
      const auto best = graph.best(issuer.scid, area);
      ASSERT_EQ(best.has_value(), brute.best.has_value()) << "round " << round;
      if (best) {
        ASSERT_EQ(*best, *brute.best) << "round " << round;
        ++found;
        longest = std::max(longest, static_cast<int>(best->edges.size()));
      } else {
        ++refused;
      }
      ASSERT_EQ(graph.anchors_reaching(issuer.scid, area), brute.reaching.size())
          << "round " << round;
    }
  }
  // The graphs must be neither all open nor all shut, or the comparison shows nothing.
  EXPECT_GT(found, graphs / 2);
  EXPECT_GT(refused, graphs / 2);
  EXPECT_EQ(longest, 4);
}

/// The rules one by one, as a reader of an evidence bundle asks for them.
TEST(TrustPath, HasRulesThatCanBeAskedAlone) {
  PathWorld world;
  world.anchor('a');
  const auto& edge = world.edge('a', 'b', 1);
  const std::vector<std::string> versions = {"1-Qm"};
  EXPECT_EQ(edge_fault(edge, versions, kPathNow), std::nullopt);
  EXPECT_EQ(edge_fault(edge, versions, edge.valid_until), ErrorCode::edge_expired);
  EXPECT_EQ(edge_fault(edge, versions, edge.valid_until - std::chrono::seconds{1}), std::nullopt);
  EXPECT_EQ(edge_fault(edge, versions, edge.valid_from - std::chrono::seconds{1}),
            ErrorCode::edge_expired);
  EXPECT_EQ(edge_fault_there(edge, 1, kPathOhio), std::nullopt);
  EXPECT_EQ(edge_fault_there(edge, 2, kPathOhio), ErrorCode::edge_depth);
  EXPECT_EQ(anchor_fault(world.anchors[0], versions, 4, kPathOhio), std::nullopt);
  EXPECT_EQ(anchor_fault(world.anchors[0], {}, 0, kPathOhio), ErrorCode::edge_pin);
  EXPECT_FALSE(allows_area(Area{}, {}));
  EXPECT_TRUE(allows_area(Area{"US"}, kPathOhio));
  EXPECT_FALSE(allows_area(Area{"US-OH"}, Area{"US"}));
}

TEST(TrustPath, IsFoundInADenseGraphWithoutGrowth) {
  // Everybody recognizes everybody: 60^4 simple paths, which nobody may walk one by one.
  std::vector<Issuer> issuers;
  std::vector<Edge> edges;
  const auto scid = [](int i) { return to_multihash(sha256("dense " + std::to_string(i))); };
  PathWorld samples;
  samples.edge('a', 'b', 4);
  for (int i = 0; i < 60; ++i) issuers.push_back({.scid = scid(i), .usable = true, .versions = {}});
  for (int i = 0; i < 60; ++i) {
    for (int j = 0; j < 60; ++j) {
      Edge edge = samples.edges[0];
      edge.from = scid(i);
      edge.to = scid(j);
      edge.recognition.subject_did = "did:webvh:" + scid(j) + ":dense.example";
      edge.recognition.area = Area{"US-MI"};
      edges.push_back(std::move(edge));
    }
  }
  const Anchor anchors[] = {
      {.scid = scid(0), .did = "", .at_version = "", .max_path_length = {}, .area = {}}};
  const TrustGraph graph(anchors, issuers, edges, kPathNow);
  EXPECT_EQ(graph.best(scid(59), kPathOhio).error().code, ErrorCode::edge_scope);
  const Area michigan = {"US-MI"};
  EXPECT_EQ(graph.best(scid(59), michigan)->edges.size(), 1U);
  EXPECT_EQ(graph.anchors_reaching(scid(59), michigan), 1U);
}

}  // namespace
}  // namespace protocol
