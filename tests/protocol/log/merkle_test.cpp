#include "protocol/log/merkle.h"

#include <array>
#include <bit>

#include <gtest/gtest.h>

#include "protocol/crypto/crypto.h"
#include "tests/protocol/log/log_vectors.h"

namespace protocol {
namespace {

const std::vector<Hash>& merkle_leaves() {
  static const auto leaves = log_vectors::generated_leaves(70'000);
  return leaves;
}

std::span<const Hash> merkle_first(std::size_t count) {
  return std::span<const Hash>(merkle_leaves()).first(count);
}

Hash merkle_flip(const Hash& hash, std::size_t bit) {
  Bytes bytes(hash.view().begin(), hash.view().end());
  bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1U << (bit % 8)));
  return Hash::of(ByteView(bytes)).value();
}

constexpr std::array<std::array<std::uint64_t, 2>, 7> kMerklePairs{
    {{1, 2}, {3, 7}, {4, 8}, {6, 7}, {255, 256}, {256, 257}, {65535, 65537}}};

TEST(Merkle, RootOfNothingIsTheHashOfNothing) {
  EXPECT_EQ(to_hex(empty_root().view()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Frontier().root(), empty_root());
  EXPECT_EQ(naive_root({}), empty_root());
}

TEST(Merkle, PrefixesKeepALeafFromPosingAsANode) {
  const Hash left = merkle_leaves()[0];
  const Hash right = merkle_leaves()[1];
  Bytes joined(left.view().begin(), left.view().end());
  joined.insert(joined.end(), right.view().begin(), right.view().end());
  EXPECT_NE(leaf_hash(joined), node_hash(left, right));
  Bytes prefixed{0x00};
  prefixed.insert(prefixed.end(), joined.begin(), joined.end());
  EXPECT_EQ(leaf_hash(joined), sha256(ByteView(prefixed)));
  prefixed[0] = 0x01;
  EXPECT_EQ(node_hash(left, right), sha256(ByteView(prefixed)));
}

TEST(Merkle, LeavesOfEveryLengthAreHashedBehindAZero) {
  for (const std::size_t length : {0U, 1U, 511U, 512U, 513U, 65'535U}) {
    const Bytes entry(length, 'x');
    Bytes prefixed{0x00};
    prefixed.insert(prefixed.end(), entry.begin(), entry.end());
    EXPECT_EQ(leaf_hash(entry), sha256(ByteView(prefixed))) << length;
  }
}

TEST(Merkle, FrontierHasTheRootsOfTheVectors) {
  KITH_NEEDS(log_vectors::generated_path());
  const Json vectors = log_vectors::generated();
  const Json& roots = log_vectors::member(vectors, "roots");
  ASSERT_FALSE(roots.if_object()->empty());
  const auto leaves = log_vectors::leaves_of(vectors, log_vectors::largest_size(vectors));
  const std::span<const Hash> all(leaves);
  std::size_t compared = 0;
  Frontier frontier;
  for (std::size_t size = 0;; ++size) {
    if (const Json* root = roots.find(std::to_string(size))) {
      ++compared;
      EXPECT_EQ(frontier.root(), log_vectors::hash_of_base64(*root->if_string())) << size;
      EXPECT_EQ(naive_root(all.first(size)), frontier.root()) << size;
    }
    if (size == leaves.size()) break;
    frontier.append(leaves[size]);
  }
  EXPECT_EQ(compared, roots.if_object()->size());
}

TEST(Merkle, FrontierRootIsTheNaiveRootForEverySmallSize) {
  Frontier frontier;
  for (std::size_t size = 0; size <= 1100; ++size) {
    ASSERT_EQ(frontier.size(), size);
    ASSERT_EQ(frontier.root(), naive_root(merkle_first(size))) << size;
    ASSERT_EQ(frontier.hashes().size(), static_cast<std::size_t>(std::popcount(size)));
    frontier.append(merkle_leaves()[size]);
  }
}

TEST(Merkle, FrontierRootIsTheNaiveRootAroundTheThirdLevel) {
  Frontier frontier;
  for (std::size_t size = 0; size <= 65'542; ++size) {
    if (size >= 65'530) {
      ASSERT_EQ(frontier.root(), naive_root(merkle_first(size))) << size;
    }
    frontier.append(merkle_leaves()[size]);
  }
}

TEST(Merkle, FrontierGoesOnWhereItWasKept) {
  Frontier whole;
  for (std::size_t size = 0; size < 600; ++size) {
    auto restored = Frontier::restore(whole.size(), whole.hashes());
    ASSERT_TRUE(restored.has_value()) << size;
    EXPECT_EQ(restored->root(), whole.root());
    whole.append(merkle_leaves()[size]);
    restored->append(merkle_leaves()[size]);
    EXPECT_EQ(restored->root(), whole.root()) << size;
    EXPECT_EQ(restored->hashes(), whole.hashes()) << size;
  }
}

TEST(Merkle, FrontierRefusesAnotherNumberOfHashes) {
  EXPECT_TRUE(Frontier::restore(0, {}).has_value());
  EXPECT_FALSE(Frontier::restore(0, merkle_first(1)).has_value());
  EXPECT_FALSE(Frontier::restore(7, merkle_first(2)).has_value());
  EXPECT_TRUE(Frontier::restore(7, merkle_first(3)).has_value());
  EXPECT_FALSE(Frontier::restore(8, merkle_first(3)).has_value());
}

TEST(Inclusion, ProofsAreThoseOfTheVectors) {
  KITH_NEEDS(log_vectors::generated_path());
  const Json vectors = log_vectors::generated();
  const auto& cases = *log_vectors::member(vectors, "inclusion").if_array();
  ASSERT_FALSE(cases.empty());
  const auto leaves = log_vectors::leaves_of(vectors, log_vectors::largest_size(vectors));
  const std::span<const Hash> all(leaves);
  for (const Json& c : cases) {
    const auto index =
        static_cast<std::uint64_t>(log_vectors::member(c, "Index").if_integer().value());
    const auto size =
        static_cast<std::uint64_t>(log_vectors::member(c, "Size").if_integer().value());
    SCOPED_TRACE(std::to_string(index) + " in " + std::to_string(size));
    const Hash leaf = leaf_hash(as_bytes(*log_vectors::member(c, "Leaf").if_string()));
    EXPECT_EQ(leaf, log_vectors::hash_of_base64(*log_vectors::member(c, "LeafHash").if_string()));
    const auto proof = log_vectors::hashes(log_vectors::member(c, "Proof"));
    const Hash root = naive_root(all.first(size));
    EXPECT_EQ(inclusion_proof(all.first(size), index), proof);
    EXPECT_TRUE(check_inclusion(index, size, leaf, proof, root).has_value());
  }
}

TEST(Inclusion, ProofHoldsForItsEntryAndNoOther) {
  for (std::size_t size = 1; size <= 40; ++size) {
    const Hash root = naive_root(merkle_first(size));
    for (std::size_t index = 0; index < size; ++index) {
      SCOPED_TRACE(std::to_string(index) + " in " + std::to_string(size));
      const Hash& leaf = merkle_leaves()[index];
      auto proof = inclusion_proof(merkle_first(size), index);
      ASSERT_TRUE(check_inclusion(index, size, leaf, proof, root).has_value());
      for (std::size_t other = 0; other < size + 2; ++other) {
        if (other == index) continue;
        EXPECT_FALSE(check_inclusion(other, size, leaf, proof, root).has_value()) << other;
      }
      EXPECT_FALSE(check_inclusion(index, size, merkle_flip(leaf, 7), proof, root).has_value());
      EXPECT_FALSE(check_inclusion(index, size, leaf, proof, merkle_flip(root, 255)).has_value());
      for (std::size_t i = 0; i < proof.size(); ++i) {
        const Hash kept = proof[i];
        proof[i] = merkle_flip(kept, (index + i) % 256);
        EXPECT_FALSE(check_inclusion(index, size, leaf, proof, root).has_value()) << i;
        proof[i] = kept;
      }
      proof.push_back(root);
      EXPECT_FALSE(check_inclusion(index, size, leaf, proof, root).has_value()) << "one more";
      proof.pop_back();
      if (!proof.empty()) {
        proof.pop_back();
        EXPECT_FALSE(check_inclusion(index, size, leaf, proof, root).has_value()) << "one less";
      }
    }
  }
}

TEST(Inclusion, RefusesAProofThatIsLongerThanTheLogIsHigh) {
  // The path of the last of eight entries joins from the left only, as more hashes above a log of
  // one would.
  const auto proof = inclusion_proof(merkle_first(8), 7);
  const Hash root = naive_root(merkle_first(8));
  ASSERT_TRUE(check_inclusion(7, 8, merkle_leaves()[7], proof, root).has_value());
  EXPECT_FALSE(check_inclusion(0, 1, merkle_leaves()[7], proof, root).has_value());
  EXPECT_FALSE(check_inclusion(1, 2, merkle_leaves()[7], proof, root).has_value());
  EXPECT_FALSE(check_inclusion(3, 4, merkle_leaves()[7], proof, root).has_value());
}

TEST(Inclusion, RefusesAnEntryOfAnEmptyLog) {
  const auto result = check_inclusion(0, 0, merkle_leaves()[0], {}, empty_root());
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::equivocation);
}

TEST(Inclusion, EndsOnNumbersAtTheEdge) {
  const std::vector<Hash> many(200, merkle_leaves()[0]);
  constexpr std::uint64_t kMost = ~std::uint64_t{0};
  for (const std::uint64_t index : {std::uint64_t{0}, kMost / 2, kMost - 1}) {
    EXPECT_FALSE(check_inclusion(index, kMost, many[0], many, many[0]).has_value()) << index;
  }
}

TEST(Consistency, ProofsAreThoseOfTheVectors) {
  KITH_NEEDS(log_vectors::generated_path());
  const Json vectors = log_vectors::generated();
  const auto& cases = *log_vectors::member(vectors, "consistency").if_array();
  ASSERT_FALSE(cases.empty());
  const auto leaves = log_vectors::leaves_of(vectors, log_vectors::largest_size(vectors));
  const std::span<const Hash> all(leaves);
  for (const Json& c : cases) {
    const auto old_size =
        static_cast<std::uint64_t>(log_vectors::member(c, "Old").if_integer().value());
    const auto size =
        static_cast<std::uint64_t>(log_vectors::member(c, "New").if_integer().value());
    SCOPED_TRACE(std::to_string(old_size) + " to " + std::to_string(size));
    const auto proof = log_vectors::hashes(log_vectors::member(c, "Proof"));
    EXPECT_EQ(consistency_proof(all.first(size), old_size), proof);
    EXPECT_TRUE(check_consistency(old_size, naive_root(all.first(old_size)), size,
                                  naive_root(all.first(size)), proof)
                    .has_value());
  }
}

TEST(Consistency, RefusesAnyFlippedByteOfTheCriticalPairs) {
  for (const auto& pair : kMerklePairs) {
    const std::uint64_t old_size = pair[0];
    const std::uint64_t size = pair[1];
    SCOPED_TRACE(std::to_string(old_size) + " to " + std::to_string(size));
    const Hash old_root = naive_root(merkle_first(old_size));
    const Hash root = naive_root(merkle_first(size));
    auto proof = consistency_proof(merkle_first(size), old_size);
    ASSERT_FALSE(proof.empty());
    ASSERT_TRUE(check_consistency(old_size, old_root, size, root, proof).has_value());
    const auto refused = [&](const Hash& the_old, const Hash& the_new) {
      const auto result = check_consistency(old_size, the_old, size, the_new, proof);
      return !result.has_value() && result.error().code == ErrorCode::equivocation;
    };
    for (std::size_t i = 0; i < proof.size(); ++i) {
      const Hash kept = proof[i];
      for (std::size_t byte = 0; byte < Hash::kSize; ++byte) {
        proof[i] = merkle_flip(kept, byte * 8 + (i + byte) % 8);
        EXPECT_TRUE(refused(old_root, root)) << "hash " << i << " byte " << byte;
      }
      proof[i] = kept;
    }
    EXPECT_TRUE(refused(merkle_flip(old_root, 0), root));
    EXPECT_TRUE(refused(old_root, merkle_flip(root, 0)));
    EXPECT_TRUE(refused(root, old_root));
    proof.push_back(root);
    EXPECT_TRUE(refused(old_root, root)) << "one hash more";
    proof.pop_back();
    proof.pop_back();
    EXPECT_TRUE(refused(old_root, root)) << "one hash less";
  }
}

TEST(Consistency, HoldsForEveryPairOfSmallSizesAndNoOther) {
  constexpr std::size_t kMost = 33;
  for (std::size_t size = 0; size <= kMost; ++size) {
    const Hash root = naive_root(merkle_first(size));
    for (std::size_t old_size = 0; old_size <= size; ++old_size) {
      SCOPED_TRACE(std::to_string(old_size) + " to " + std::to_string(size));
      const Hash old_root = naive_root(merkle_first(old_size));
      const auto proof = consistency_proof(merkle_first(size), old_size);
      EXPECT_TRUE(check_consistency(old_size, old_root, size, root, proof).has_value());
      for (std::size_t other = 0; other <= kMost; ++other) {
        if (other != old_size) {
          EXPECT_FALSE(check_consistency(other, old_root, size, root, proof).has_value()) << other;
        }
      }
    }
  }
}

TEST(Consistency, RefusesAForkOfTheOldEntries) {
  std::vector<Hash> forked(merkle_leaves().begin(), merkle_leaves().begin() + 300);
  forked[17] = merkle_flip(forked[17], 3);
  const auto result = check_consistency(255, naive_root(merkle_first(255)), 300, naive_root(forked),
                                        consistency_proof(forked, 255));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::equivocation);
}

TEST(Consistency, KnowsTheSpecialCases) {
  const Hash root7 = naive_root(merkle_first(7));
  const Hash root8 = naive_root(merkle_first(8));
  const std::vector<Hash> one(1, root7);
  const std::vector<Hash> most(63, root7);
  const std::vector<Hash> too_many(64, root7);
  struct Case {
    const char* name;
    std::uint64_t old_size;
    Hash old_root;
    std::uint64_t size;
    Hash root;
    std::span<const Hash> proof;
    std::optional<ErrorCode> want;
  };
  const Case cases[] = {
      {"from nothing", 0, empty_root(), 7, root7, {}, {}},
      {"from nothing, with a proof", 0, empty_root(), 7, root7, one, ErrorCode::equivocation},
      {"from nothing with a root", 0, root7, 7, root7, {}, ErrorCode::equivocation},
      {"nothing to nothing", 0, empty_root(), 0, empty_root(), {}, {}},
      {"nothing with a root", 0, empty_root(), 0, root7, {}, ErrorCode::equivocation},
      {"the same", 7, root7, 7, root7, {}, {}},
      {"the same size, other root", 7, root7, 7, root8, {}, ErrorCode::equivocation},
      {"the same, with a proof", 7, root7, 7, root7, one, ErrorCode::equivocation},
      {"backwards", 8, root8, 7, root7, {}, ErrorCode::bad_request},
      {"no proof", 7, root7, 8, root8, {}, ErrorCode::equivocation},
      {"63 hashes", 7, root7, 8, root8, most, ErrorCode::equivocation},
      {"64 hashes", 7, root7, 8, root8, too_many, ErrorCode::bad_request},
      {"64 hashes from nothing", 0, empty_root(), 8, root8, too_many, ErrorCode::bad_request},
      {"huge sizes", ~0ULL - 1, root7, ~0ULL, root8, most, ErrorCode::equivocation},
      {"1 to huge", 1, root7, ~0ULL, root8, most, ErrorCode::equivocation},
      {"half of huge", 1ULL << 63, root7, ~0ULL, root8, most, ErrorCode::equivocation},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = check_consistency(c.old_size, c.old_root, c.size, c.root, c.proof);
    ASSERT_EQ(result.has_value(), !c.want.has_value());
    if (c.want) {
      EXPECT_EQ(result.error().code, *c.want) << result.error().detail;
    }
  }
}

}  // namespace
}  // namespace protocol
