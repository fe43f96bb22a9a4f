#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <string>

#include "protocol/encoding/time.h"

namespace node {

/// When a feed may be read because of news of it: at once, but no sooner than 2 s after the last
/// start and at most ten times in a minute, so that a flood of news is a trickle of reading.
/// One thread at a time.
class PullPace {
 public:
  static constexpr std::chrono::seconds kBetween{2};
  static constexpr std::chrono::seconds kWindow{60};
  static constexpr std::size_t kMostInWindow = 10;

  /// A cycle of this feed began, for whatever reason.
  void started(const std::string& scid, protocol::Timestamp at);
  /// The first moment from `now` on at which the next one may begin.
  protocol::Timestamp earliest(const std::string& scid, protocol::Timestamp now);

 private:
  void forget_old(protocol::Timestamp now);
  std::map<std::string, std::deque<protocol::Timestamp>> starts_;  // at most kMostInWindow each
};

}  // namespace node
