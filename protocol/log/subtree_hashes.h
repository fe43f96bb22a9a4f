#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "protocol/encoding/bytes.h"
#include "protocol/log/tiles.h"

// Roots and proofs of long logs without hashing all of their leaves anew (SPEC 5.2). The plain
// functions of merkle.h give the same answers from all leaves at once; tests compare the two.

namespace protocol {

/// Knows the hash of every complete subtree of a log.
class SubtreeHashes {
 public:
  virtual ~SubtreeHashes() = default;
  /// Of leaves [index << level, (index + 1) << level), all of which the log has.
  virtual Hash at(unsigned level, std::uint64_t index) const = 0;
};

/// The root that the log had with `size` leaves.
Hash tree_root(const SubtreeHashes& tree, std::uint64_t size);
/// Proves that leaf `index` is in the log of its first `size` > `index` leaves.
std::vector<Hash> inclusion_proof(const SubtreeHashes& tree, std::uint64_t index,
                                  std::uint64_t size);
/// Proves that the log of the first `size` leaves extends that of the first `old_size` <= `size`.
std::vector<Hash> consistency_proof(const SubtreeHashes& tree, std::uint64_t old_size,
                                    std::uint64_t size);
/// The 32*width bytes of `tile`.
Bytes hash_tile_bytes(const SubtreeHashes& tree, const HashTile& tile);

/// Leaf hashes [from, to) of a log, of which it has that many.
using LeafHashes = std::function<std::vector<Hash>(std::uint64_t from, std::uint64_t to)>;

/// One hash for each full tile of a growing log, 32 bytes for 256 leaves: with it a proof needs the
/// leaves of two tiles at most. Grows only; a log of another history needs another object.
class TileHashes {
 public:
  /// Takes in the leaves up to `size`; those of its full tiles are kept already. Below what it has:
  /// nothing to do.
  void extend(std::uint64_t size, const LeafHashes& leaves);
  /// How many leaves its full tiles hold.
  std::uint64_t covered() const;

 private:
  friend class TileTree;
  std::vector<std::vector<Hash>> levels_;  // levels_[k]: complete subtrees of 256^(k+1) leaves
};

/// Answers from kept tile hashes, and from leaves where those are too coarse. Borrows both: `tiles`
/// must have been extended to the size that is asked about.
class TileTree final : public SubtreeHashes {
 public:
  TileTree(const TileHashes& tiles, LeafHashes leaves)
      : tiles_(tiles), leaves_(std::move(leaves)) {}
  Hash at(unsigned level, std::uint64_t index) const override;

 private:
  const TileHashes& tiles_;
  LeafHashes leaves_;
};

}  // namespace protocol
