#include "node/following/crew.h"

#include <system_error>
#include <thread>
#include <utility>

namespace node {

Crew::~Crew() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return busy_ == 0; });
}

bool Crew::take_on(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (busy_ >= most_) return false;
    ++busy_;
  }
  try {
    std::thread([this, work = std::move(job)]() mutable {
      work();
      work = nullptr;  // what it holds goes before whoever waits goes on
      // Told under the lock: the one who waits may take the crew away as soon as it is given back.
      const std::lock_guard lock(mutex_);
      --busy_;
      done_.notify_all();
    }).detach();
  } catch (const std::system_error&) {
    const std::lock_guard lock(mutex_);
    --busy_;
    return false;
  }
  return true;
}

}  // namespace node
