#include "protocol/log/subtree_hashes.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <span>

#include "protocol/log/merkle.h"

namespace protocol {

namespace {

constexpr unsigned kSubtreeTileBits = 8;  // 2^8 = kTileWidth

/// The root over leaves [begin, end), where RFC 6962 cuts a tree there: `begin` is a multiple of
/// every power of two up to end - begin.
Hash subtree_range(const SubtreeHashes& tree, std::uint64_t begin, std::uint64_t end) {
  std::vector<Hash> complete;  // largest first
  while (begin < end) {
    const auto level = static_cast<unsigned>(std::bit_width(end - begin) - 1);
    assert((begin >> level) << level == begin);
    complete.push_back(tree.at(level, begin >> level));
    begin += std::uint64_t{1} << level;
  }
  Hash root = complete.back();
  for (auto larger = complete.rbegin() + 1; larger != complete.rend(); ++larger) {
    root = node_hash(*larger, root);
  }
  return root;
}

/// Where RFC 6962 cuts [begin, end), two leaves or more.
std::uint64_t subtree_split(std::uint64_t begin, std::uint64_t end) {
  return begin + std::bit_floor(end - begin - 1);
}

void subtree_inclusion(const SubtreeHashes& tree, std::uint64_t index, std::uint64_t begin,
                       std::uint64_t end, std::vector<Hash>& proof) {
  if (end - begin == 1) return;
  const std::uint64_t split = subtree_split(begin, end);
  if (index < split) {
    subtree_inclusion(tree, index, begin, split, proof);
    proof.push_back(subtree_range(tree, split, end));
  } else {
    subtree_inclusion(tree, index, split, end, proof);
    proof.push_back(subtree_range(tree, begin, split));
  }
}

/// SUBPROOF of RFC 6962 2.1.2 over [begin, end), of which the old log ends at `old_end`.
void subtree_consistency(const SubtreeHashes& tree, std::uint64_t old_end, std::uint64_t begin,
                         std::uint64_t end, std::vector<Hash>& proof) {
  if (end == old_end) {
    // The verifier has the root of the old log, so a subtree that is exactly that log is left out.
    if (begin != 0) proof.push_back(subtree_range(tree, begin, end));
    return;
  }
  const std::uint64_t split = subtree_split(begin, end);
  if (old_end <= split) {
    subtree_consistency(tree, old_end, begin, split, proof);
    proof.push_back(subtree_range(tree, split, end));
  } else {
    subtree_consistency(tree, old_end, split, end, proof);
    proof.push_back(subtree_range(tree, begin, split));
  }
}

/// The root over a power of two of hashes.
Hash subtree_fold(std::span<const Hash> hashes) {
  assert(std::has_single_bit(hashes.size()));
  std::vector<Hash> row(hashes.begin(), hashes.end());
  while (row.size() > 1) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i + 1 < row.size(); i += 2) row[kept++] = node_hash(row[i], row[i + 1]);
    row.erase(row.begin() + static_cast<std::ptrdiff_t>(kept), row.end());
  }
  return row.front();
}

}  // namespace

Hash tree_root(const SubtreeHashes& tree, std::uint64_t size) {
  return size == 0 ? empty_root() : subtree_range(tree, 0, size);
}

std::vector<Hash> inclusion_proof(const SubtreeHashes& tree, std::uint64_t index,
                                  std::uint64_t size) {
  assert(index < size);
  std::vector<Hash> proof;
  subtree_inclusion(tree, index, 0, size, proof);
  return proof;
}

std::vector<Hash> consistency_proof(const SubtreeHashes& tree, std::uint64_t old_size,
                                    std::uint64_t size) {
  assert(old_size <= size);
  std::vector<Hash> proof;
  if (old_size != 0 && old_size != size) subtree_consistency(tree, old_size, 0, size, proof);
  return proof;
}

Bytes hash_tile_bytes(const SubtreeHashes& tree, const HashTile& tile) {
  assert(tile.width >= 1 && tile.width <= kTileWidth);
  Bytes bytes;
  bytes.reserve(tile.width * Hash::kSize);
  const std::uint64_t first = tile.number * kTileWidth;
  for (std::uint64_t i = first; i < first + tile.width; ++i) {
    const Hash hash = tree.at(tile.level * kSubtreeTileBits, i);
    bytes.insert(bytes.end(), hash.view().begin(), hash.view().end());
  }
  return bytes;
}

std::uint64_t TileHashes::covered() const {
  return levels_.empty() ? 0 : levels_.front().size() * kTileWidth;
}

void TileHashes::extend(std::uint64_t size, const LeafHashes& leaves) {
  // A tile at a time, so that a long log is never in memory whole.
  for (std::uint64_t from = covered(); size >= kTileWidth && from <= size - kTileWidth;
       from += kTileWidth) {
    const auto tile = leaves(from, from + kTileWidth);
    assert(tile.size() == kTileWidth);
    Hash root = subtree_fold(tile);
    for (std::size_t level = 0;; ++level) {
      if (levels_.size() == level) levels_.emplace_back();
      auto& row = levels_[level];
      row.push_back(root);
      if (row.size() % kTileWidth != 0) break;
      root = subtree_fold(std::span<const Hash>(row).last(kTileWidth));
    }
  }
}

Hash TileTree::at(unsigned level, std::uint64_t index) const {
  const unsigned tile_level = level / kSubtreeTileBits;
  const std::uint64_t count = std::uint64_t{1} << (level % kSubtreeTileBits);
  const std::uint64_t first = index * count;
  if (tile_level == 0) return subtree_fold(leaves_(first, first + count));
  const auto& row = tiles_.levels_.at(tile_level - 1);
  return subtree_fold(std::span<const Hash>(row).subspan(static_cast<std::size_t>(first),
                                                         static_cast<std::size_t>(count)));
}

}  // namespace protocol
