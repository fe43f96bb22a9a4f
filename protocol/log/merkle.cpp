#include "protocol/log/merkle.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

#include "protocol/crypto/crypto.h"

namespace protocol {

namespace {

constexpr std::size_t kMerkleUsualEntryBytes = 512;

/// Where RFC 6962 cuts a tree of `size` >= 2 leaves: the largest power of two below `size`.
std::size_t merkle_split(std::size_t size) { return std::bit_floor(size - 1); }

void merkle_inclusion(std::span<const Hash> leaves, std::size_t index, std::vector<Hash>& proof) {
  if (leaves.size() == 1) return;
  const std::size_t left = merkle_split(leaves.size());
  if (index < left) {
    merkle_inclusion(leaves.first(left), index, proof);
    proof.push_back(naive_root(leaves.subspan(left)));
  } else {
    merkle_inclusion(leaves.subspan(left), index - left, proof);
    proof.push_back(naive_root(leaves.first(left)));
  }
}

/// SUBPROOF of RFC 6962 2.1.2. The verifier has the root of the old log, so a subtree that is
/// exactly that log is left out of the proof.
void merkle_consistency(std::span<const Hash> leaves, std::size_t old_size, bool is_old_root,
                        std::vector<Hash>& proof) {
  if (leaves.size() == old_size) {
    if (!is_old_root) proof.push_back(naive_root(leaves));
    return;
  }
  const std::size_t left = merkle_split(leaves.size());
  if (old_size <= left) {
    merkle_consistency(leaves.first(left), old_size, is_old_root, proof);
    proof.push_back(naive_root(leaves.subspan(left)));
  } else {
    merkle_consistency(leaves.subspan(left), old_size - left, false, proof);
    proof.push_back(naive_root(leaves.first(left)));
  }
}

}  // namespace

Hash leaf_hash(ByteView entry) {
  // 0x00 | entry. In one piece where it fits, which every leaf of a feed does: half the time of a
  // hash in two.
  std::array<std::uint8_t, 1 + kMerkleUsualEntryBytes> bytes;
  bytes[0] = 0x00;
  if (entry.size() > kMerkleUsualEntryBytes) {
    return Sha256().add(ByteView(bytes).first(1)).add(entry).finish();
  }
  std::copy(entry.begin(), entry.end(), bytes.begin() + 1);
  return sha256(ByteView(bytes).first(1 + entry.size()));
}

Hash node_hash(const Hash& left, const Hash& right) {
  // 0x01 | left (32) | right (32), in one piece: a log of a million entries takes as many of these.
  std::array<std::uint8_t, 1 + 2 * Hash::kSize> bytes;
  bytes[0] = 0x01;
  const auto middle = std::copy(left.view().begin(), left.view().end(), bytes.begin() + 1);
  std::copy(right.view().begin(), right.view().end(), middle);
  return sha256(ByteView(bytes));
}

Hash empty_root() { return sha256(ByteView{}); }

std::optional<Frontier> Frontier::restore(std::uint64_t size, std::span<const Hash> hashes) {
  if (hashes.size() != static_cast<std::size_t>(std::popcount(size))) return std::nullopt;
  Frontier frontier;
  frontier.size_ = size;
  frontier.hashes_.assign(hashes.begin(), hashes.end());
  return frontier;
}

void Frontier::append(const Hash& leaf) {
  // Each set bit of the size is one complete subtree. Adding one leaf carries through the low bits
  // that are set, and every carry joins the two smallest subtrees: one join per leaf on average.
  Hash top = leaf;
  for (std::uint64_t carry = size_; carry & 1; carry >>= 1) {
    top = node_hash(hashes_.back(), top);
    hashes_.pop_back();
  }
  hashes_.push_back(top);
  ++size_;
}

Hash Frontier::root() const {
  if (hashes_.empty()) return empty_root();
  Hash root = hashes_.back();
  for (auto larger = hashes_.rbegin() + 1; larger != hashes_.rend(); ++larger) {
    root = node_hash(*larger, root);
  }
  return root;
}

Hash naive_root(std::span<const Hash> leaves) {
  if (leaves.empty()) return empty_root();
  if (leaves.size() == 1) return leaves.front();
  const std::size_t left = merkle_split(leaves.size());
  return node_hash(naive_root(leaves.first(left)), naive_root(leaves.subspan(left)));
}

std::vector<Hash> inclusion_proof(std::span<const Hash> leaves, std::uint64_t index) {
  assert(index < leaves.size());
  std::vector<Hash> proof;
  merkle_inclusion(leaves, index, proof);
  return proof;
}

Result<void> check_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf,
                             std::span<const Hash> proof, const Hash& root) {
  if (index >= size) {
    return refuse(ErrorCode::equivocation, "inclusion proof: the log has no entry of this number");
  }
  // RFC 9162 2.1.3.2. `node` is the position of `hash` in its row, `last` that of the row's last
  // hash.
  std::uint64_t node = index;
  std::uint64_t last = size - 1;
  Hash hash = leaf;
  for (const Hash& sibling : proof) {
    if (last == 0) return refuse(ErrorCode::equivocation, "inclusion proof: too many hashes");
    if ((node & 1) != 0 || node == last) {
      hash = node_hash(sibling, hash);
      // The last hash of a row of odd length rises until it has a left neighbor.
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  if (last != 0) return refuse(ErrorCode::equivocation, "inclusion proof: too few hashes");
  if (hash != root) {
    return refuse(ErrorCode::equivocation, "inclusion proof: does not lead to the root");
  }
  return {};
}

std::vector<Hash> consistency_proof(std::span<const Hash> leaves, std::uint64_t old_size) {
  assert(old_size <= leaves.size());
  std::vector<Hash> proof;
  if (old_size != 0) merkle_consistency(leaves, old_size, true, proof);
  return proof;
}

Result<void> check_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size,
                               const Hash& root, std::span<const Hash> proof) {
  if (old_size > size) {
    return refuse(ErrorCode::bad_request, "consistency proof: the old size is above the new one");
  }
  if (proof.size() > kMaxProofHashes) {
    return refuse(ErrorCode::bad_request, "consistency proof: more than 63 hashes");
  }
  if (old_size == 0 || old_size == size) {
    if (!proof.empty()) {
      return refuse(ErrorCode::equivocation, "consistency proof: there is nothing to prove");
    }
    if (old_size == 0 && old_root != empty_root()) {
      return refuse(ErrorCode::equivocation, "a log without entries has another root");
    }
    if (old_size == size && old_root != root) {
      return refuse(ErrorCode::equivocation, "two roots for one size");
    }
    return {};
  }
  if (proof.empty()) return refuse(ErrorCode::equivocation, "consistency proof: missing");

  // RFC 9162 2.1.4.2. Walks up from the last leaf of the old log: `node` and `last` are positions
  // in the row, `old_hash` and `hash` what the proof makes of the old and the new log so far.
  std::uint64_t node = old_size - 1;
  std::uint64_t last = size - 1;
  while ((node & 1) != 0) {
    node >>= 1;
    last >>= 1;
  }
  // A log whose size is a power of two is one subtree, whose hash is the old root: the proof leaves
  // it out.
  const bool starts_at_old_root = std::has_single_bit(old_size);
  Hash old_hash = starts_at_old_root ? old_root : proof.front();
  Hash hash = old_hash;
  for (const Hash& sibling : proof.subspan(starts_at_old_root ? 0 : 1)) {
    if (last == 0) return refuse(ErrorCode::equivocation, "consistency proof: too many hashes");
    if ((node & 1) != 0 || node == last) {
      old_hash = node_hash(sibling, old_hash);
      hash = node_hash(sibling, hash);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  if (last != 0) return refuse(ErrorCode::equivocation, "consistency proof: too few hashes");
  if (old_hash != old_root) {
    return refuse(ErrorCode::equivocation, "consistency proof: does not lead to the old root");
  }
  if (hash != root) {
    return refuse(ErrorCode::equivocation, "consistency proof: does not lead to the new root");
  }
  return {};
}

}  // namespace protocol
