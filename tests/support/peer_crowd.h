#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "crawler/fetcher.h"
#include "node/following/schedule.h"
#include "node/guarded.h"
#include "node/http/server.h"
#include "node/log.h"
#include "node/node.h"
#include "tests/support/federation.h"
#include "tests/support/hostile_server.h"
#include "tests/support/test_ca.h"

namespace test_support {

/// Many publishers on loopback, each at an address of its own: one association that recognizes all
/// of them, some that answer, some where nobody listens, some whose packets vanish, and some that
/// give a byte at a time.
class PeerCrowd {
 public:
  struct Sizes {
    std::size_t living = 70, refusing = 10, vanishing = 10, dripping = 10;
    /// So many of the living have nodes, which show the same list of heads as the reader itself.
    std::size_t nodes = 0;
  };
  explicit PeerCrowd(Sizes sizes);
  ~PeerCrowd();
  PeerCrowd(const PeerCrowd&) = delete;
  PeerCrowd& operator=(const PeerCrowd&) = delete;

  /// What one reading of all of them by a node that knows the association alone came to.
  struct Cycle {
    std::optional<std::chrono::milliseconds> all_tried;    ///< nothing: not within the limit
    std::optional<std::chrono::milliseconds> living_read;  ///< the last of them
    std::size_t living = 0;                                ///< that were read
    std::size_t shown = 0;                                 ///< listings
    /// From the moment on which all were known to the first question to the last of the living.
    std::optional<std::chrono::milliseconds> longest_wait;
    /// The longest time in which a living one waited and none was begun: the dead had all places.
    std::optional<std::chrono::milliseconds> longest_standstill;
    std::size_t most_connections = 0;  ///< at one time, as the kernel counts them
    double grown_mib = 0;              ///< at most, servers and publishers of this process included
    std::size_t dead_with_backoff = 0;
    /// Of one comparison of heads with all nodes at the end, everybody's work together.
    std::size_t compared_nodes = 0, compared_heads = 0, list_bytes = 0;
    std::chrono::milliseconds comparison{0}, comparison_cpu{0};
  };
  Cycle run(const crawler::FetchLimits& limits, std::size_t at_once, std::chrono::seconds limit);

 private:
  struct Blackhole;
  void make_living(std::size_t from, std::size_t step);
  std::string host(std::string_view kind, std::size_t number) const;
  std::size_t connections_now() const;  // that this node opened

  const Sizes sizes_;
  node::SystemClock clock_;
  node::Log log_;
  ScratchFolder folder_;
  TestCa ca_;
  crawler::TestNetwork network_;
  std::uint16_t port_ = 0, nobody_ = 0;
  std::string association_line_;
  std::vector<std::string> living_, dead_;                   // SCIDs
  std::map<std::string, std::filesystem::path> folders_;     // by host
  node::Guarded<std::shared_ptr<const std::string>> heads_;  // what the nodes show, if anything
  std::unique_ptr<node::Server> server_;
  std::unique_ptr<HostileServer> drips_;
  std::unique_ptr<Blackhole> blackhole_;
};

}  // namespace test_support
