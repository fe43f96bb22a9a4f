// A true proof holds, no other one of the same question does, and no bytes make the checks crash.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "protocol/log/merkle.h"

// kind, two sizes of eight bytes, then hashes of 32.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 17) return 0;
  const auto number = [&](std::size_t at) {
    std::uint64_t made = 0;
    for (std::size_t i = 0; i < 8; ++i) made = (made << 8) | data[at + i];
    return made;
  };
  std::vector<protocol::Hash> hashes;
  for (std::size_t at = 17; at + 32 <= size && hashes.size() < 80; at += 32) {
    hashes.push_back(*protocol::Hash::of(protocol::ByteView(data + at, 32)));
  }
  const std::uint64_t a = number(1);
  const std::uint64_t b = number(9);
  const protocol::Hash first = hashes.empty() ? protocol::empty_root() : hashes.front();
  const protocol::Hash last = hashes.empty() ? protocol::empty_root() : hashes.back();
  (void)protocol::check_inclusion(a, b, first, hashes, last);
  (void)protocol::check_consistency(a, first, b, last, hashes);

  // A small true tree, and the bytes as an attempt against its proof.
  std::vector<protocol::Hash> leaves;
  for (std::uint64_t i = 0; i <= b % 40; ++i) {
    leaves.push_back(protocol::leaf_hash(protocol::ByteView(data, std::min<std::size_t>(i, size))));
  }
  const auto root = protocol::naive_root(leaves);
  const std::uint64_t index = a % leaves.size();
  auto proof = data[0] % 2 == 0 ? protocol::inclusion_proof(leaves, index)
                                : protocol::consistency_proof(leaves, index + 1);
  const auto old_root = protocol::naive_root(std::span(leaves).first(index + 1));
  const auto holds = [&](const std::vector<protocol::Hash>& tried) {
    return data[0] % 2 == 0
               ? protocol::check_inclusion(index, leaves.size(), leaves[index], tried, root)
                     .has_value()
               : protocol::check_consistency(index + 1, old_root, leaves.size(), root, tried)
                     .has_value();
  };
  if (!holds(proof)) std::abort();
  if (hashes != proof && holds(hashes)) std::abort();
  auto longer = proof;
  longer.push_back(first);
  if (holds(longer)) std::abort();
  if (!proof.empty()) {
    auto other = proof;
    other[a % other.size()] = first;
    if (other != proof && holds(other)) std::abort();
    proof.pop_back();
    if (holds(proof)) std::abort();
  }
  return 0;
}
