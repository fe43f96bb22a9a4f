#include "node/pages/report_limiter.h"

#include <algorithm>

#include <arpa/inet.h>
#include <sodium.h>

namespace node {

namespace {

constexpr std::size_t kReportsAnHour = 5;
constexpr std::chrono::hours kReportHour{1};
/// Reports of a flood from everywhere are refused before the memory for it grows.
constexpr std::size_t kReportAddresses = 10'000;

/// What of an address one household or one attacker has: all of IPv4, a /64 of IPv6.
std::string report_address_part(std::string_view address) {
  in6_addr bytes{};
  if (inet_pton(AF_INET6, std::string(address.substr(0, address.find('%'))).c_str(), &bytes) != 1)
    return std::string(address);
  return std::string(reinterpret_cast<const char*>(&bytes), 8);
}

}  // namespace

ReportLimiter::ReportLimiter() { randombytes_buf(key_.data(), key_.size()); }

bool ReportLimiter::take(std::string_view address, protocol::Timestamp now) {
  const auto part = report_address_part(address);
  Hash hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(part.data()),
                     part.size(), key_.data(), key_.size());
  return seen_.with([&](auto& seen) {
    const auto is_over = [&](protocol::Timestamp at) {
      return at > now || now - at >= kReportHour;
    };
    if (seen.size() >= kReportAddresses && !seen.contains(hash)) {
      std::erase_if(seen, [&](const auto& entry) { return is_over(entry.second.back()); });
      if (seen.size() >= kReportAddresses) return false;
    }
    auto& times = seen[hash];
    std::erase_if(times, is_over);
    if (times.size() >= kReportsAnHour) return false;
    times.push_back(now);
    return true;
  });
}

}  // namespace node
