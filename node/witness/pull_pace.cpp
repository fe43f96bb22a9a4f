#include "node/witness/pull_pace.h"

#include <algorithm>

namespace node {

namespace {

// So many feeds may be remembered before the quiet ones are dropped.
constexpr std::size_t kPaceFeeds = 1'000;

}  // namespace

void PullPace::started(const std::string& scid, protocol::Timestamp at) {
  if (starts_.size() >= kPaceFeeds) forget_old(at);
  auto& starts = starts_[scid];
  starts.push_back(at);
  if (starts.size() > kMostInWindow) starts.pop_front();
}

protocol::Timestamp PullPace::earliest(const std::string& scid, protocol::Timestamp now) {
  const auto found = starts_.find(scid);
  if (found == starts_.end()) return now;
  auto& starts = found->second;
  // A clock that was set back must not hold a feed for as long as it went.
  std::erase_if(starts, [&](protocol::Timestamp start) { return start > now; });
  if (starts.empty()) return now;
  auto at = std::max(now, starts.back() + kBetween);
  if (starts.size() == kMostInWindow) at = std::max(at, starts.front() + kWindow);
  return at;
}

void PullPace::forget_old(protocol::Timestamp now) {
  std::erase_if(starts_, [&](const auto& each) {
    return each.second.empty() || each.second.back() + kWindow < now;
  });
}

}  // namespace node
