#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "protocol/encoding/bytes.h"
#include "protocol/result.h"

// The Merkle tree of RFC 6962 (SPEC 5.2): roots, and proofs of inclusion and consistency.

namespace protocol {

/// Proofs over logs of up to 2^64 entries never need more; a longer list is somebody trying
/// something.
inline constexpr std::size_t kMaxProofHashes = 63;

/// RFC 6962: SHA-256(0x00 || entry) and SHA-256(0x01 || left || right) (SPEC 5.2).
Hash leaf_hash(ByteView entry);
Hash node_hash(const Hash& left, const Hash& right);
/// SHA-256 of nothing: the root of a log without entries.
Hash empty_root();

/// The right edge of a Merkle tree: at most 64 hashes, enough to append and to know the root. What
/// a follower keeps.
class Frontier {
 public:
  Frontier() = default;
  /// From hashes of complete subtrees, largest first, for a log of `size` entries; nothing unless
  /// their number is the number of set bits of `size`.
  static std::optional<Frontier> restore(std::uint64_t size, std::span<const Hash> hashes);

  void append(const Hash& leaf);
  std::uint64_t size() const { return size_; }
  Hash root() const;
  /// Largest subtree first; what restore() takes.
  const std::vector<Hash>& hashes() const { return hashes_; }

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> hashes_;
};

/// The root of all `leaves` at once. Slow and plain; the frontier is checked against it.
Hash naive_root(std::span<const Hash> leaves);

/// Proves that entry `index`, from 0 and below their number, is in the log of all `leaves`. They
/// are leaf hashes, all hashed anew: subtree_hashes.h has what a long log needs.
std::vector<Hash> inclusion_proof(std::span<const Hash> leaves, std::uint64_t index);
/// RFC 9162 2.1.3.2. Refuses with equivocation when the proof does not lead from `leaf` to `root`;
/// whether somebody is to blame for that, callers know (tlog_proof.h says corrupt_mirror).
Result<void> check_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf,
                             std::span<const Hash> proof, const Hash& root);

/// Proves that the log of `leaves` extends its first `old_size` entries, at most as many as there
/// are.
std::vector<Hash> consistency_proof(std::span<const Hash> leaves, std::uint64_t old_size);
/// RFC 9162 2.1.4.2. Refuses with bad_request what no proof can answer (old_size > size, more than
/// 63 hashes), else with equivocation. For old_size 0 and old_size == size the proof must be empty.
Result<void> check_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size,
                               const Hash& root, std::span<const Hash> proof);

}  // namespace protocol
