#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace node {

/// Token buckets by address. Keys are keyed hashes that change daily, in memory only: nobody can
/// read from them who searched here. Not safe for use by several threads at once.
class RateTable {
 public:
  RateTable(std::size_t per_second, std::size_t burst);

  /// Whether one more request from there is within its budget; true always where that is 0.
  bool take(const std::string& address);

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Bucket {
    double tokens;
    Time at;
  };

  void fill(Bucket& bucket, Time now) const;
  void renew(Time now);
  void forget_full(Time now);

  double per_second_;
  double burst_;
  std::array<unsigned char, 16> key_{};  // of SipHash
  Time key_made_;
  std::unordered_map<std::uint64_t, Bucket> buckets_;
};

}  // namespace node
