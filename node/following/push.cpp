#include "node/following/push.h"

#include <algorithm>
#include <vector>

#include "crawler/fetch_url.h"

namespace node {

namespace {

constexpr std::chrono::hours kPushLongestRest{1};
constexpr std::chrono::hours kPushLogAgain{1};
// So much is remembered of what others know before it is begun anew: it only saves requests.
constexpr std::size_t kPushRemembered = 100'000;
constexpr std::size_t kPushHosts = 10'000;
// A longer request is made anew for each host instead of being kept once for each of them.
constexpr std::size_t kPushKeptRequest = 4 * 1024;

std::string push_host(const std::string& url) {
  const auto parsed = crawler::parse_fetch_url(url + "/");
  return parsed ? parsed->host : url;
}

}  // namespace

Push::Push(Node& node, crawler::Source& source, const Log& log, PushOptions options)
    : node_(node),
      source_(source),
      log_(log),
      options_(options),
      crew_(options.at_once),
      thread_([this] { run(); }) {
  node_.on_head([this](HeadNews news) { tell(std::move(news)); });
}

Push::~Push() {
  node_.on_head({});
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  // crew_ goes next, and waits for its threads, before what they use.
}

void Push::tell(HeadNews news) {
  if (news.request.size() > kPushKeptRequest) news.request.clear();
  {
    const std::lock_guard lock(mutex_);
    const auto waiting = inbox_.find(news.origin);
    if (waiting != inbox_.end()) {
      // What was read from the log itself proves as much; what came with a request is kept.
      if (!news.request.empty()) waiting->second = std::move(news);
    } else if (inbox_.size() < options_.queue) {
      inbox_.emplace(news.origin, std::move(news));
    }
  }
  wake_.notify_all();
}

bool Push::is_quiet() const {
  return inbox_.empty() && !is_addressing_ && under_way_ == 0 &&
         std::all_of(hosts_.begin(), hosts_.end(),
                     [](const auto& each) { return each.second.waiting.empty(); });
}

void Push::wait_until_quiet() {
  std::unique_lock lock(mutex_);
  quiet_.wait(lock, [&] { return is_quiet() || is_stopping_; });
}

void Push::run() {
  std::unique_lock lock(mutex_);
  while (!is_stopping_) {
    if (!inbox_.empty()) address(lock);
    const auto next = send_some();
    if (is_quiet()) quiet_.notify_all();
    if (is_stopping_ || !inbox_.empty()) continue;
    if (next == Clock::time_point::max()) {
      wake_.wait(lock);
    } else {
      wake_.wait_until(lock, next);
    }
  }
  quiet_.notify_all();
}

void Push::address(std::unique_lock<std::mutex>& lock) {
  auto all = std::exchange(inbox_, {});
  is_addressing_ = true;
  lock.unlock();
  std::vector<std::pair<std::string, NotifyTarget>> targets;
  try {
    for (auto& target : node_.read([](StoreQueries& store) { return notify_list(store); })) {
      auto host = push_host(target.url);
      targets.emplace_back(std::move(host), std::move(target));
    }
  } catch (const std::exception& error) {
    log_.error("whom to tell of news could not be read", {{"reason", error.what()}});
  }
  lock.lock();
  is_addressing_ = false;
  const auto now = Clock::now();
  for (const auto& [origin, news] : all) {
    // "webvh/<SCID>/<epoch>": nobody is told of their own log.
    for (const auto& [name, target] : targets) {
      if (!target.scid.empty() && origin.find("/" + target.scid + "/") != std::string::npos)
        continue;
      if (hosts_.size() >= kPushHosts && !hosts_.contains(name)) continue;
      auto& host = hosts_[name];
      // It reads by itself, later.
      if (now < host.rests_until) continue;
      const std::pair key{target.url, origin};
      if (host.waiting.size() >= options_.queue && !host.waiting.contains(key)) continue;
      host.waiting.insert_or_assign(key, Letter{target, news, false});
    }
  }
}

Push::Clock::time_point Push::send_some() {
  const auto now = Clock::now();
  auto next = Clock::time_point::max();
  for (auto& [name, host] : hosts_) {
    if (host.waiting.empty() || host.is_busy) continue;
    if (now < host.not_before) {
      next = std::min(next, host.not_before);
      continue;
    }
    // Where all are busy, the next that is done wakes this thread.
    if (under_way_ >= options_.at_once) continue;
    auto letter = std::move(host.waiting.begin()->second);
    const auto taken = crew_.take_on([this, name = name, letter] { send(name, letter); });
    if (!taken) {
      host.waiting.begin()->second = std::move(letter);
      next = std::min(next, now + std::chrono::milliseconds(20));
      continue;
    }
    host.waiting.erase(host.waiting.begin());
    host.is_busy = true;
    ++under_way_;
  }
  return next;
}

void Push::send(const std::string& host, Letter letter) {
  SendOutcome outcome;
  try {
    std::optional<std::uint64_t> known;
    {
      const std::lock_guard lock(mutex_);
      const auto found = known_.find({letter.target.url, letter.news.origin});
      if (found != known_.end()) known = found->second;
    }
    outcome = send_checkpoint(node_, source_, letter.target, letter.news.origin,
                              letter.news.request, known);
  } catch (const std::exception& error) {
    // This node's own trouble; the other has done nothing.
    log_.error("a checkpoint could not be sent", {{"reason", error.what()}});
    outcome.kind = SendOutcome::Kind::refused;
  }
  take(host, std::move(letter), outcome);
}

void Push::take(const std::string& name, Letter letter, const SendOutcome& outcome) {
  bool is_worth_a_line = false;
  {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    --under_way_;
    auto& host = hosts_[name];
    host.is_busy = false;
    if (outcome.known_size) {
      if (known_.size() >= kPushRemembered) known_.clear();
      known_[{letter.target.url, letter.news.origin}] = *outcome.known_size;
    }
    if (outcome.kind != SendOutcome::Kind::unreachable) {
      host.failures = 0;
    } else if (!letter.is_second && !is_stopping_) {
      letter.is_second = true;
      host.not_before = now + options_.retry_after;
      // What came meanwhile is newer, and takes this one's second attempt.
      auto& again = host.waiting[{letter.target.url, letter.news.origin}];
      if (again.target.url.empty()) again = std::move(letter);
      again.is_second = true;
    } else {
      const auto rest = options_.first_rest * (1 << std::min(host.failures++, 6));
      host.rests_until = now + std::min<std::chrono::seconds>(rest, kPushLongestRest);
      host.waiting.clear();
      is_worth_a_line =
          host.logged_at == Clock::time_point{} || now >= host.logged_at + kPushLogAgain;
      if (is_worth_a_line) host.logged_at = now;
    }
    if (is_worth_a_line && is_stopping_) is_worth_a_line = false;
  }
  if (is_worth_a_line)
    log_.warn("a node could not be told of news",
              {counted_by("host", name), {"reason", outcome.detail}});
  // Under the lock: the destructor waits for this thread only in the crew.
  const std::lock_guard lock(mutex_);
  wake_.notify_all();
}

}  // namespace node
