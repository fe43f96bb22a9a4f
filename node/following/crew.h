#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>

namespace node {

/// Threads that are taken on when there is something to do and leave when it is done: most of the
/// time there is nothing.
class Crew {
 public:
  explicit Crew(std::size_t most) : most_(most) {}
  /// Waits for those at work.
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Has `job`, which must not throw, done by a thread of its own; false where all are busy or the
  /// system has none to give. Any thread.
  bool take_on(std::function<void()> job);

 private:
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable done_;
  std::size_t busy_ = 0;
};

}  // namespace node
