#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace node {

/// Threads with a bounded queue. They own what they run, so one that does not end can be left
/// behind. Used from any thread.
class WorkerPool {
 public:
  /// `limit`: jobs that may wait. `keep_alive` lives until the last thread has ended.
  WorkerPool(int threads, std::size_t limit, std::shared_ptr<void> keep_alive);

  /// False when the queue is full or the pool has stopped; the job is then not taken.
  bool offer(std::function<void()> job);

  /// Ends the threads once the queue is empty; false if one is still busy at `deadline` and was
  /// left behind. Must be called before the pool goes.
  bool stop(std::chrono::steady_clock::time_point deadline);

 private:
  struct State;
  static void run(State& state);

  std::shared_ptr<State> state_;
  std::vector<std::thread> threads_;
};

}  // namespace node
