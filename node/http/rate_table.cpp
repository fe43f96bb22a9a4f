#include "node/http/rate_table.h"

#include <algorithm>
#include <cstring>

#include <sodium.h>

namespace node {

namespace {

constexpr std::size_t kRateTableSize = 16'384;
static_assert(crypto_shorthash_KEYBYTES == 16);

}  // namespace

RateTable::RateTable(std::size_t per_second, std::size_t burst)
    : per_second_(static_cast<double>(per_second)), burst_(static_cast<double>(burst)) {
  renew(std::chrono::steady_clock::now());
}

bool RateTable::take(const std::string& address) {
  if (per_second_ <= 0) return true;
  const auto now = std::chrono::steady_clock::now();
  if (now - key_made_ > std::chrono::hours(24)) renew(now);
  std::array<unsigned char, crypto_shorthash_BYTES> hash{};
  crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(address.data()),
                   address.size(), key_.data());
  std::uint64_t name = 0;
  std::memcpy(&name, hash.data(), sizeof name);
  if (buckets_.size() >= kRateTableSize && !buckets_.contains(name)) forget_full(now);
  Bucket& bucket = buckets_.try_emplace(name, Bucket{burst_, now}).first->second;
  fill(bucket, now);
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

void RateTable::fill(Bucket& bucket, Time now) const {
  const double seconds = std::chrono::duration<double>(now - bucket.at).count();
  bucket.tokens = std::min(burst_, bucket.tokens + seconds * per_second_);
  bucket.at = now;
}

void RateTable::renew(Time now) {
  crypto_shorthash_keygen(key_.data());
  key_made_ = now;
  buckets_.clear();
}

void RateTable::forget_full(Time now) {
  for (auto at = buckets_.begin(); at != buckets_.end();) {
    fill(at->second, now);
    at = at->second.tokens >= burst_ ? buckets_.erase(at) : std::next(at);
  }
  // Only a flood from very many addresses keeps it full; memory stays bounded, and everybody
  // starts afresh.
  if (buckets_.size() >= kRateTableSize) buckets_.clear();
}

}  // namespace node
