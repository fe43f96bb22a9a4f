#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "node/following/crew.h"
#include "node/log.h"
#include "node/node.h"
#include "node/store/due_feeds.h"

namespace node {

struct ScheduleOptions {
  std::chrono::seconds every{15};  ///< between looks at one's own feed and at what is shown
  std::chrono::seconds interval = std::chrono::minutes(15);  ///< between readings of a feed, ±20 %
  std::size_t at_once = 64;                                  ///< feeds that are read side by side
  std::size_t probes_a_day = 0;
  std::chrono::seconds first_probes = std::chrono::minutes(10);
  std::function<void()> look_at_own;  ///< at each turn: is what is published at home still ours?
};

/// Reads feeds when they are due (SPEC 6.2), those that have waited longest first, each by a thread
/// of its own: whoever is slow delays nobody. Those that failed the last time have half of the
/// places at most, and together with those of whom nobody knows yet whether they live, all but an
/// eighth: so many dead ones can never be that one which was well waits for them. What was overdue
/// when the node started is spread over a second for each, an interval at most. Beside that it
/// keeps the own feed's heartbeat, judges what is shown, compares heads with other nodes, and
/// probes.
class Schedule {
 public:
  /// Both must outlive it. Takes the node's hook for news, and gives it back at its end.
  Schedule(Node& node, const Log& log, ScheduleOptions options);
  /// Waits for what is under way; stop the source first.
  ~Schedule();
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;

 private:
  using Clock = std::chrono::steady_clock;

  void run();
  /// Starts what is due; the next moment at which more will be.
  Clock::time_point start_due();
  Clock::time_point start_due(Last last);
  bool has_place_for(Last last) const;
  void read(const std::string& scid, Last last);
  void turn();
  void probe();
  void compare_heads();

  Node& node_;
  const Log& log_;
  const ScheduleOptions options_;
  std::string own_trouble_;  // Owned by the turn, of which there is one at a time.
  std::mutex mutex_;
  std::condition_variable wake_;
  // Below under mutex_.
  std::set<std::string> being_read_;
  std::size_t retried_ = 0;                           // of being_read_: failed the last time
  std::size_t unknown_ = 0;                           // of being_read_: never read well
  std::map<std::string, Clock::time_point> resting_;  // of whom nothing could be written down
  Clock::time_point next_turn_, next_probes_, next_comparison_;
  Clock::time_point disk_trouble_until_{};
  bool is_turning_ = false, is_probing_ = false, is_comparing_ = false;
  bool has_news_ = true;
  bool is_stopping_ = false;
  Crew crew_;
  std::thread thread_;
};

}  // namespace node
