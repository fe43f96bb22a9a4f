#include "node/clock.h"

#include <chrono>

namespace node {

protocol::Timestamp SystemClock::now() const {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace node
