#pragma once

#include "protocol/encoding/time.h"

namespace node {

/// Where the time comes from. Only main.cpp names the real one; tests set theirs by hand.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual protocol::Timestamp now() const = 0;
};

class SystemClock final : public Clock {
 public:
  protocol::Timestamp now() const override;
};

}  // namespace node
