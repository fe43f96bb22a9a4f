#pragma once

#include <mutex>
#include <utility>

namespace node {

/// A lock and its data as one object: the data cannot be reached without the lock.
/// Nobody calls out while inside with().
template <class T>
class Guarded {
 public:
  template <class... Args>
  explicit Guarded(Args&&... args) : data_(std::forward<Args>(args)...) {}

  template <class F>
  decltype(auto) with(F&& use) {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(use)(data_);
  }
  template <class F>
  decltype(auto) with(F&& use) const {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(use)(std::as_const(data_));
  }

 private:
  mutable std::mutex mutex_;
  T data_;
};

}  // namespace node
