#include "node/following/schedule.h"

#include <algorithm>
#include <vector>

#include <sodium.h>

namespace node {

namespace {

constexpr std::chrono::hours kScheduleHeartbeatAge{20};
// After its own disk failed nothing is read for so long.
constexpr std::chrono::seconds kScheduleDiskRest{15};
constexpr std::size_t kScheduleKeptForTheWell = 8;  // one place of so many
constexpr std::size_t kScheduleOtherJobs = 3;       // the turn, the probes and the heads of others

}  // namespace

Schedule::Schedule(Node& node, const Log& log, ScheduleOptions options)
    : node_(node),
      log_(log),
      options_(options),
      next_turn_(Clock::now()),
      next_probes_(Clock::now() + options.first_probes),
      next_comparison_(Clock::now()),
      crew_(options.at_once + kScheduleOtherJobs) {
  node_.set_poll_interval(options_.interval);
  try {
    // A thousand nodes that start in one second, as after a power cut, must not all read one
    // publisher in the next. Nodes of one federation know about the same feeds, so that the number
    // of these here is about how many nodes read each of them; and whoever has few waits for none.
    const auto interval = static_cast<std::size_t>(options_.interval.count());
    node_.change([&](Store& store, Publisher*) {
      spread_overdue_feeds(store.database(), node_.clock().now(), [&](std::size_t overdue) {
        return std::chrono::seconds(
            randombytes_uniform(static_cast<std::uint32_t>(std::min(interval, overdue)) + 1));
      });
    });
  } catch (const std::exception& error) {
    log_.error("the schedule could not be spread", {{"reason", error.what()}});
  }
  node_.on_news([this](protocol::Timestamp) {
    const std::lock_guard lock(mutex_);
    has_news_ = true;
    wake_.notify_all();
  });
  thread_ = std::thread([this] { run(); });
}

Schedule::~Schedule() {
  node_.on_news({});
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Schedule::run() {
  std::unique_lock lock(mutex_);
  while (!is_stopping_) {
    const auto now = Clock::now();
    if (now >= next_turn_ && !is_turning_) {
      is_turning_ = crew_.take_on([this] { turn(); });
      next_turn_ = now + options_.every;
    }
    if (now >= next_comparison_ && !is_comparing_) {
      is_comparing_ = crew_.take_on([this] { compare_heads(); });
      next_comparison_ = now + options_.every;
    }
    if (options_.probes_a_day > 0 && now >= next_probes_ && !is_probing_) {
      is_probing_ = crew_.take_on([this] { probe(); });
      next_probes_ = now + std::chrono::hours(24);
    }
    has_news_ = false;
    lock.unlock();
    const auto due = start_due();
    lock.lock();
    // A command may have changed what is due; the turn looks again.
    const auto until = std::min(due, std::max(next_turn_, now + std::chrono::milliseconds(100)));
    wake_.wait_until(lock, until, [&] { return is_stopping_ || has_news_; });
  }
}

Schedule::Clock::time_point Schedule::start_due() {
  if (!node_.source()) return Clock::time_point::max();
  const auto steady = Clock::now();
  auto next = Clock::time_point::max();
  {
    const std::lock_guard lock(mutex_);
    if (steady < disk_trouble_until_) return disk_trouble_until_;
    std::erase_if(resting_, [&](const auto& each) { return each.second <= steady; });
    for (const auto& [scid, until] : resting_) next = std::min(next, until);
  }
  // Those of whom most is to be expected first.
  for (const auto last : {Last::well, Last::never, Last::failed})
    next = std::min(next, start_due(last));
  const auto now = node_.clock().now();
  try {
    const auto due =
        node_.read([&](StoreQueries& store) { return next_due(store.database(), now); });
    if (due) next = std::min(next, steady + (*due - now));
  } catch (const std::exception& error) {
    log_.error("what is due could not be read", {{"reason", error.what()}});
    next = std::min(next, steady + kScheduleDiskRest);
  }
  return next;
}

bool Schedule::has_place_for(Last last) const {
  const auto most = options_.at_once;
  if (being_read_.size() >= most) return false;
  if (last == Last::well) return true;
  // Each of these may take its half minute, and they must not be all that is waited for.
  if (retried_ + unknown_ >= most - most / kScheduleKeptForTheWell) return false;
  return last == Last::never || retried_ < std::max<std::size_t>(1, most / 2);
}

Schedule::Clock::time_point Schedule::start_due(Last last) {
  const auto steady = Clock::now();
  const auto now = node_.clock().now();
  std::size_t limit = 0;
  std::set<std::string> busy;
  {
    const std::lock_guard lock(mutex_);
    // Whoever is done wakes this thread.
    if (!has_place_for(last)) return Clock::time_point::max();
    // Whoever is done while the rows are read would be found in them as it was before.
    busy = being_read_;
    limit = options_.at_once + being_read_.size() + resting_.size();
  }
  std::vector<DueFeed> feeds;
  try {
    feeds = node_.read(
        [&](StoreQueries& store) { return due_feeds(store.database(), last, now, limit); });
  } catch (const std::exception& error) {
    log_.error("what is due could not be read", {{"reason", error.what()}});
    return steady + kScheduleDiskRest;
  }
  for (const auto& feed : feeds) {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) break;
    if (busy.contains(feed.scid) || resting_.contains(feed.scid)) continue;
    if (!has_place_for(last)) break;
    if (!crew_.take_on([this, last, scid = feed.scid] { read(scid, last); }))
      return steady + std::chrono::milliseconds(100);
    being_read_.insert(feed.scid);
    if (last == Last::failed) ++retried_;
    if (last == Last::never) ++unknown_;
  }
  return Clock::time_point::max();
}

void Schedule::read(const std::string& scid, Last last) {
  bool is_unwritten = false, is_own_trouble = false;
  try {
    const auto outcome = node_.read_one(scid);
    if (outcome.refused) {
      log_.warn("feed not taken", {counted_by("feed", outcome.scid),
                                   counted_by("code", protocol::word(outcome.refused->code)),
                                   {"detail", outcome.refused->detail}});
      // Nothing of this was written down, so it would be due again at once.
      is_unwritten = outcome.refused->code == protocol::ErrorCode::internal ||
                     outcome.refused->code == protocol::ErrorCode::fetch_backoff;
    } else if (outcome.changed) {
      log_.info("feed read", {counted_by("feed", outcome.scid), {"entries", outcome.entries}});
    }
    // The recognition graph is the discovery graph: whom a trusted publisher recognizes is read
    // next.
    node_.follow_discovered();
  } catch (const std::exception& error) {
    log_.error("the schedule was interrupted and goes on", {{"reason", error.what()}});
    is_own_trouble = true;
  }
  const std::lock_guard lock(mutex_);
  being_read_.erase(scid);
  if (last == Last::failed) --retried_;
  if (last == Last::never) --unknown_;
  if (is_unwritten) resting_[scid] = Clock::now() + kScheduleDiskRest;
  if (is_own_trouble) disk_trouble_until_ = Clock::now() + kScheduleDiskRest;
  has_news_ = true;
  wake_.notify_all();
}

void Schedule::turn() {
  try {
    if (options_.look_at_own) options_.look_at_own();
  } catch (const std::exception& error) {
    log_.error("the own published feed was not compared", {{"reason", error.what()}});
  }
  try {
    node_.change([&](Store&, Publisher* publisher) {
      if (publisher)
        publisher->write_files(publisher->public_folder(), node_.clock().now(),
                               kScheduleHeartbeatAge);
    });
    own_trouble_.clear();
  } catch (const std::exception& error) {
    // A folder that was restored or handed over says so once, not with every turn.
    if (own_trouble_ != error.what())
      log_.error("the own feed could not be written", {{"reason", error.what()}});
    own_trouble_ = error.what();
  }
  try {
    node_.refresh();
    node_.follow_discovered();
  } catch (const std::exception& error) {
    log_.error("what is shown could not be judged", {{"reason", error.what()}});
  }
  const std::lock_guard lock(mutex_);
  is_turning_ = false;
  has_news_ = true;
  wake_.notify_all();
}

/// Apart from the turn: other nodes may let one wait. The node knows which of them to ask again
/// when.
void Schedule::compare_heads() {
  try {
    node_.compare_heads(false);
  } catch (const std::exception& error) {
    log_.error("heads were not compared with other nodes", {{"reason", error.what()}});
  }
  const std::lock_guard lock(mutex_);
  is_comparing_ = false;
  wake_.notify_all();
}

/// Once a day, and not while a node that was just started has other things to do.
void Schedule::probe() {
  try {
    const auto probed = node_.probe(options_.probes_a_day, false);
    log_.info("pages looked at", {{"read", static_cast<std::int64_t>(probed.read)},
                                  {"passed", static_cast<std::int64_t>(probed.passed)}});
  } catch (const std::exception& error) {
    log_.error("probes were interrupted", {{"reason", error.what()}});
  }
  const std::lock_guard lock(mutex_);
  is_probing_ = false;
  wake_.notify_all();
}

}  // namespace node
