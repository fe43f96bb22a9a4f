#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "crawler/fetcher.h"
#include "node/following/push.h"
#include "node/following/schedule.h"
#include "node/http/router.h"
#include "node/http/server.h"
#include "node/log.h"
#include "node/node.h"
#include "tests/support/federation.h"
#include "tests/support/test_ca.h"

namespace test_support {

/// A port that nobody listens at on any address of loopback at this moment.
std::uint16_t free_port();

/// Nodes in one process as `kith serve` runs them, each with a publisher: they serve themselves
/// over HTTPS at an address of loopback of their own, and read and tell each other over sockets.
/// The clock is the real one.
class LiveFederation {
 public:
  /// `hosts`: "ohio.test", …; `interval`: between readings of a feed of which there is no news.
  LiveFederation(std::vector<std::string> hosts, std::chrono::seconds interval);
  ~LiveFederation();
  LiveFederation(const LiveFederation&) = delete;
  LiveFederation& operator=(const LiveFederation&) = delete;

  struct Member {
    std::string host, url, line, scid;
    std::filesystem::path folder;
    std::unique_ptr<crawler::Fetcher> fetcher;
    std::unique_ptr<node::Node> node;
    std::unique_ptr<node::Router> router;
    std::unique_ptr<node::Server> server;
    std::unique_ptr<node::Push> push;
    std::unique_ptr<node::Schedule> schedule;
  };
  Member& operator[](std::size_t number) { return *members_.at(number); }

  /// Schedule and push; until then a member only answers.
  void start(Member& member);
  void stop(Member& member);
  /// One listing; its key.
  node::RecordKey publish(Member& member, const std::string& name);
  void anchor(Member& member, const Member& other);
  /// `member` tells `other` of what is new.
  void notify(Member& member, const Member& other);
  /// Until `at` shows the record; how long that took, or nothing after `limit`.
  std::optional<std::chrono::milliseconds> wait_for(Member& at, const node::RecordKey& key,
                                                    std::chrono::steady_clock::time_point since,
                                                    std::chrono::seconds limit);

 private:
  void open(Member& member);

  const std::chrono::seconds interval_;
  node::SystemClock clock_;
  node::Log log_;
  ScratchFolder folder_;
  TestCa ca_;
  crawler::TestNetwork network_;
  std::vector<std::unique_ptr<Member>> members_;
};

}  // namespace test_support
