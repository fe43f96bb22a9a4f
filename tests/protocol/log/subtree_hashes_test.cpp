#include "protocol/log/subtree_hashes.h"

#include <array>
#include <chrono>
#include <iostream>
#include <random>

#include <gtest/gtest.h>

#include "protocol/log/merkle.h"
#include "tests/support/shared_inputs.h"

namespace protocol {
namespace {

const std::vector<Hash>& subtree_leaves() {
  static const auto leaves = [] {
    std::vector<Hash> made;
    for (std::size_t i = 0; i < 66'000; ++i)
      made.push_back(leaf_hash(as_bytes("entry " + std::to_string(i))));
    return made;
  }();
  return leaves;
}

LeafHashes subtree_reading(const std::vector<Hash>& leaves, std::size_t* read = nullptr) {
  return [&leaves, read](std::uint64_t from, std::uint64_t to) {
    if (read) *read += static_cast<std::size_t>(to - from);
    return std::vector<Hash>(leaves.begin() + static_cast<std::ptrdiff_t>(from),
                             leaves.begin() + static_cast<std::ptrdiff_t>(to));
  };
}

std::span<const Hash> subtree_first(std::uint64_t count) {
  return std::span<const Hash>(subtree_leaves()).first(static_cast<std::size_t>(count));
}

constexpr std::array<std::array<std::uint64_t, 2>, 7> kSubtreePairs{
    {{1, 2}, {3, 7}, {4, 8}, {6, 7}, {255, 256}, {256, 257}, {65535, 65537}}};

TEST(SubtreeHashes, RootIsTheNaiveOneForEverySmallSizeAndAroundTheThirdLevel) {
  TileHashes tiles;
  const auto reading = subtree_reading(subtree_leaves());
  for (std::uint64_t size = 0; size <= 65'542; size += size == 1100 ? 64'430 : 1) {
    tiles.extend(size, reading);
    ASSERT_EQ(tiles.covered(), size / 256 * 256);
    ASSERT_EQ(tree_root(TileTree(tiles, reading), size), naive_root(subtree_first(size))) << size;
  }
}

TEST(SubtreeHashes, ProofsAreThoseOfAllLeavesForEverySmallPairOfSizes) {
  TileHashes tiles;
  const auto reading = subtree_reading(subtree_leaves());
  tiles.extend(600, reading);
  const TileTree tree(tiles, reading);
  for (std::uint64_t size = 1; size <= 70; ++size) {
    for (std::uint64_t other = 0; other < size; ++other) {
      ASSERT_EQ(inclusion_proof(tree, other, size), inclusion_proof(subtree_first(size), other));
      ASSERT_EQ(consistency_proof(tree, other, size),
                consistency_proof(subtree_first(size), other));
    }
    ASSERT_TRUE(consistency_proof(tree, size, size).empty());
  }
}

/// Every byte of `proof` with one bit flipped, which may be anything but true.
template <class Check>
void expect_every_byte_counts(std::vector<Hash> proof, std::mt19937_64& chance, Check holds) {
  ASSERT_TRUE(holds(proof));
  for (auto& hash : proof) {
    const Hash kept = hash;
    for (std::size_t byte = 0; byte < Hash::kSize; ++byte) {
      Bytes bytes(kept.view().begin(), kept.view().end());
      bytes[byte] = static_cast<std::uint8_t>(bytes[byte] ^ (1U << (chance() % 8)));
      hash = *Hash::of(ByteView(bytes));
      EXPECT_FALSE(holds(proof)) << "byte " << byte;
    }
    hash = kept;
  }
  if (!proof.empty()) {
    auto shorter = proof;
    shorter.pop_back();
    EXPECT_FALSE(holds(shorter));
  }
  proof.push_back(empty_root());
  EXPECT_FALSE(holds(proof));
}

TEST(SubtreeHashes, ProofsOfRandomPairsHoldAndNoByteOfThemMayDiffer) {
  const auto seed = test_support::run_seed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 chance(seed);
  TileHashes tiles;
  const auto reading = subtree_reading(subtree_leaves());
  tiles.extend(subtree_leaves().size(), reading);
  const TileTree tree(tiles, reading);
  std::vector<std::array<std::uint64_t, 2>> pairs(kSubtreePairs.begin(), kSubtreePairs.end());
  for (int i = 0; i < test_support::rounds(300); ++i) {
    // Small and large sizes alike.
    const std::uint64_t most = i % 2 == 0 ? 2'000 : subtree_leaves().size();
    const std::uint64_t size = 2 + chance() % (most - 1);
    pairs.push_back({1 + chance() % (size - 1), size});
  }
  for (const auto& pair : pairs) {
    const auto old_size = pair[0];
    const auto size = pair[1];
    SCOPED_TRACE(std::to_string(old_size) + " and " + std::to_string(size));
    const Hash root = naive_root(subtree_first(size));
    const Hash old_root = naive_root(subtree_first(old_size));
    const Hash& leaf = subtree_leaves()[old_size];
    const auto inclusion = inclusion_proof(tree, old_size, size + 1);
    const Hash next_root = naive_root(subtree_first(size + 1));
    EXPECT_EQ(inclusion, inclusion_proof(subtree_first(size + 1), old_size));
    expect_every_byte_counts(inclusion, chance, [&](std::span<const Hash> proof) {
      return check_inclusion(old_size, size + 1, leaf, proof, next_root).has_value();
    });
    const auto consistency = consistency_proof(tree, old_size, size);
    EXPECT_EQ(consistency, consistency_proof(subtree_first(size), old_size));
    expect_every_byte_counts(consistency, chance, [&](std::span<const Hash> proof) {
      return check_consistency(old_size, old_root, size, root, proof).has_value();
    });
  }
}

TEST(SubtreeHashes, TilesOfEveryLevelAreThoseOfAllLeaves) {
  TileHashes tiles;
  const auto reading = subtree_reading(subtree_leaves());
  for (const std::uint64_t size : {1U, 255U, 256U, 257U, 1000U, 65'535U, 65'536U, 65'793U}) {
    tiles.extend(size, reading);
    std::size_t levels = 0;
    for (const auto& tile : new_hash_tiles(0, size)) {
      EXPECT_EQ(hash_tile_bytes(TileTree(tiles, reading), tile),
                hash_tile_bytes(subtree_first(size), tile))
          << size << ": " << tile.level << "/" << tile.number;
      levels = std::max<std::size_t>(levels, tile.level + 1);
    }
    EXPECT_EQ(levels, size < 256 ? 1U : size < 65'536 ? 2U : 3U);
  }
}

TEST(SubtreeHashes, AProofOfALongLogReadsTheLeavesOfTwoTilesAtMost) {
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < 200'000; ++i)
    leaves.push_back(leaf_hash(as_bytes("entry " + std::to_string(i))));
  TileHashes tiles;
  std::size_t read = 0;
  const auto reading = subtree_reading(leaves, &read);
  tiles.extend(leaves.size(), reading);
  EXPECT_EQ(read, 199'936u) << "each full tile once";
  tiles.extend(leaves.size(), reading);
  EXPECT_EQ(read, 199'936u);
  Frontier frontier;
  for (const auto& leaf : leaves) frontier.append(leaf);

  const TileTree tree(tiles, reading);
  std::mt19937_64 chance(7);
  std::size_t most = 0;
  const auto started = std::chrono::steady_clock::now();
  constexpr int kProofs = 200;
  for (int i = 0; i < kProofs; ++i) {
    const auto index = chance() % leaves.size();
    read = 0;
    const auto proof = inclusion_proof(tree, index, leaves.size());
    most = std::max(most, read);
    EXPECT_TRUE(check_inclusion(index, leaves.size(), leaves[index], proof, frontier.root()));
  }
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - started;
  EXPECT_LT(most, 512u);
  std::cout << "MEASURED inclusion proof at 200000 leaves: " << took.count() / kProofs
            << " us made and checked, at most " << most << " leaf hashes read\n";
}

}  // namespace
}  // namespace protocol
