#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "node/following/crew.h"
#include "node/following/notify_list.h"
#include "node/following/send_checkpoint.h"
#include "node/log.h"
#include "node/node.h"

namespace node {

struct PushOptions {
  std::chrono::milliseconds retry_after{3'000};
  std::chrono::seconds first_rest{60};  ///< of a node that failed twice; doubled, an hour at most
  std::size_t at_once = 16;
  std::size_t queue = 1'000;  ///< logs whose news wait, and for each host as many again
};

/// Tells others of each newer head (SPEC 6.5): what this node publishes, and once what it accepted
/// from others. One request at a time to a host, one attempt and one more after a failure; a host
/// that failed twice is left alone for a while. Of a log only the newest head is sent, so that a
/// flood of publications is a trickle of requests. Nothing here waits for anybody else.
class Push {
 public:
  /// All three must outlive it. Takes the node's hook for heads, and gives it back at its end.
  Push(Node& node, crawler::Source& source, const Log& log, PushOptions options = {});
  /// Waits for requests under way; stop the source first.
  ~Push();
  Push(const Push&) = delete;
  Push& operator=(const Push&) = delete;

  /// Puts it in the queue; drops it where that is full. Any thread; never blocks for long.
  void tell(HeadNews news);
  /// Until nothing waits and nothing is under way. For tests.
  void wait_until_quiet();

 private:
  using Clock = std::chrono::steady_clock;
  struct Letter {
    NotifyTarget target;
    HeadNews news;
    bool is_second = false;
  };
  struct Host {
    std::map<std::pair<std::string, std::string>, Letter> waiting;  // by url and origin
    bool is_busy = false;
    Clock::time_point not_before{};
    Clock::time_point rests_until{};
    int failures = 0;
    Clock::time_point logged_at{};
  };

  void run();
  void address(std::unique_lock<std::mutex>& lock);
  /// Starts what may start; the next moment at which more may.
  Clock::time_point send_some();
  void send(const std::string& host, Letter letter);
  void take(const std::string& host, Letter letter, const SendOutcome& outcome);
  bool is_quiet() const;

  Node& node_;
  crawler::Source& source_;
  const Log& log_;
  const PushOptions options_;
  std::mutex mutex_;
  std::condition_variable wake_, quiet_;
  // All below under mutex_.
  std::map<std::string, HeadNews> inbox_;  // by origin
  std::map<std::string, Host> hosts_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> known_;  // by url and origin
  std::size_t under_way_ = 0;
  bool is_addressing_ = false;
  bool is_stopping_ = false;
  Crew crew_;
  std::thread thread_;
};

}  // namespace node
