#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "crawler/address_rule.h"

namespace crawler {

/// Which publishers were met for the first time at which addresses lately. One machine can have any
/// number of names, and each of its publishers can recognize the next (SPEC 8.3).
class FirstContacts {
 public:
  /// At most `most` URLs at one address `within` this time.
  FirstContacts(std::size_t most, std::chrono::milliseconds within)
      : most_(most), within_(within) {}

  /// Whether `url`, which is at these addresses, may be met now; one that was met lately may be
  /// again.
  bool may_meet(const std::string& url, std::span<const IpAddress> addresses);

 private:
  using Times = std::map<std::string, std::chrono::steady_clock::time_point>;
  std::size_t most_;
  std::chrono::milliseconds within_;
  std::map<IpAddress, Times> met_;
};

}  // namespace crawler
