#include "node/http/worker_pool.h"

#include <condition_variable>
#include <deque>
#include <mutex>

namespace node {

struct WorkerPool::State {
  std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable ended;
  std::deque<std::function<void()>> jobs;
  std::size_t limit = 0;
  int running = 0;
  bool stopping = false;
};

WorkerPool::WorkerPool(int threads, std::size_t limit, std::shared_ptr<void> keep_alive)
    : state_(std::make_shared<State>()) {
  state_->limit = limit;
  for (int i = 0; i < threads; ++i) {
    {
      const std::lock_guard lock(state_->mutex);
      ++state_->running;
    }
    threads_.emplace_back([state = state_, keep_alive] { run(*state); });
  }
}

bool WorkerPool::offer(std::function<void()> job) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping || state_->jobs.size() >= state_->limit) return false;
    state_->jobs.push_back(std::move(job));
  }
  state_->wake.notify_one();
  return true;
}

bool WorkerPool::stop(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  state_->wake.notify_all();
  const bool ended =
      state_->ended.wait_until(lock, deadline, [this] { return state_->running == 0; });
  lock.unlock();
  for (std::thread& thread : threads_) {
    if (ended) {
      thread.join();
    } else {
      thread.detach();
    }
  }
  threads_.clear();
  return ended;
}

void WorkerPool::run(State& state) {
  std::unique_lock lock(state.mutex);
  while (true) {
    state.wake.wait(lock, [&] { return state.stopping || !state.jobs.empty(); });
    if (state.jobs.empty()) break;
    auto job = std::move(state.jobs.front());
    state.jobs.pop_front();
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
  }
  --state.running;
  state.ended.notify_all();
}

}  // namespace node
