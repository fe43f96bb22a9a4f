#include "crawler/first_contacts.h"

namespace crawler {

namespace {

constexpr std::size_t kMaxAddressesMet = 10'000;

}  // namespace

bool FirstContacts::may_meet(const std::string& url, std::span<const IpAddress> addresses) {
  const auto long_ago = std::chrono::steady_clock::now() - within_;
  const auto forget = [&](Times& met) {
    std::erase_if(met, [&](const auto& one) { return one.second <= long_ago; });
  };
  if (met_.size() >= kMaxAddressesMet) {
    for (auto& [address, met] : met_) forget(met);
    std::erase_if(met_, [](const auto& one) { return one.second.empty(); });
    if (met_.size() >= kMaxAddressesMet) return false;
  }
  for (const IpAddress& address : addresses) {
    auto& met = met_[address];
    forget(met);
    if (!met.contains(url) && met.size() >= most_) return false;
  }
  const auto now = std::chrono::steady_clock::now();
  for (const IpAddress& address : addresses) met_[address].try_emplace(url, now);
  return true;
}

}  // namespace crawler
