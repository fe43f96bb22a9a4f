#include "node/witness/log_proofs.h"

#include <gtest/gtest.h>

#include "protocol/log/merkle.h"
#include "tests/support/federation.h"

namespace {

using test_support::Federation;

/// A store with one followed feed of `words` 0, 1, 2 …, as a reading would leave it.
void fill_log(node::Store& store, const std::string& words, std::size_t count,
              protocol::Frontier& frontier) {
  node::Transaction transaction(store.database());
  auto insert = store.database().prepare(
      "INSERT INTO entry (feed_id, position, leaf) SELECT feed_id, ?2, ?3 FROM feed WHERE scid = "
      "?1");
  while (frontier.size() < count) {
    const std::string leaf = words + std::to_string(frontier.size());
    insert.bind(1, "QmLog").bind(2, static_cast<std::int64_t>(frontier.size()));
    insert.bind_blob(3, protocol::as_bytes(leaf)).run();
    frontier.append(protocol::leaf_hash(protocol::as_bytes(leaf)));
  }
  protocol::Bytes hashes;
  for (const auto& hash : frontier.hashes())
    hashes.insert(hashes.end(), hash.view().begin(), hash.view().end());
  store.database()
      .prepare("UPDATE feed SET epoch = 1, size = ?2, frontier = ?3 WHERE scid = ?1")
      .bind(1, "QmLog")
      .bind(2, static_cast<std::int64_t>(count))
      .bind_blob(3, hashes)
      .run();
  transaction.commit();
}

class StoredLog : public testing::Test {
 protected:
  StoredLog() : store(folder.path() / "data") { store.follow("QmLog", "did:webvh:QmLog", true); }

  void expect_true_proofs() {
    const auto feed = *store.queries().feed("QmLog");
    std::vector<protocol::Hash> leaves;
    for (const auto& leaf : store.queries().entries(feed.feed_id, 0, feed.size))
      leaves.push_back(protocol::leaf_hash(leaf));
    for (std::uint64_t at = 0; at < feed.size; at += 1 + feed.size / 17) {
      EXPECT_EQ(proofs.inclusion(store.queries(), feed, at), protocol::inclusion_proof(leaves, at));
      EXPECT_EQ(proofs.consistency(store.queries(), feed, at),
                protocol::consistency_proof(leaves, at));
      EXPECT_EQ(proofs.root_at(store.queries(), feed, at),
                protocol::naive_root(std::span(leaves).first(at)));
    }
    EXPECT_TRUE(proofs.consistency(store.queries(), feed, feed.size).empty());
  }

  test_support::ScratchFolder folder;
  node::Store store;
  node::LogProofs proofs;
};

TEST_F(StoredLog, ProofsAreThoseOfAllLeavesAsTheLogGrows) {
  protocol::Frontier frontier;
  for (const std::size_t size : {1U, 255U, 256U, 300U, 1000U}) {
    SCOPED_TRACE(size);
    fill_log(store, "entry ", size, frontier);
    expect_true_proofs();
  }
}

TEST_F(StoredLog, AHistoryThatWasForgottenAndReadAnewIsNotMixedUp) {
  protocol::Frontier frontier;
  fill_log(store, "entry ", 700, frontier);
  expect_true_proofs();
  store.forget("QmLog");
  store.follow("QmLog", "did:webvh:QmLog", true);
  protocol::Frontier other;
  fill_log(store, "other ", 700, other);
  expect_true_proofs();
}

TEST_F(StoredLog, LeavesThatDoNotLeadToTheRootGiveNoProof) {
  protocol::Frontier frontier;
  fill_log(store, "entry ", 600, frontier);
  store.database().execute("UPDATE entry SET leaf = x'00' WHERE position = 5");
  const auto feed = *store.queries().feed("QmLog");
  EXPECT_THROW(proofs.inclusion(store.queries(), feed, 100), node::DataError);
  store.database().execute("DELETE FROM entry WHERE position = 5");
  EXPECT_THROW(proofs.inclusion(store.queries(), feed, 100), node::DataError);
}

TEST_F(StoredLog, AProofOfALongLogCostsMicroseconds) {
  protocol::Frontier frontier;
  fill_log(store, "entry ", 50'000, frontier);
  const auto feed = *store.queries().feed("QmLog");
  const auto timed = [&](std::uint64_t index) {
    const auto started = std::chrono::steady_clock::now();
    proofs.inclusion(store.queries(), feed, index);
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - started)
        .count();
  };
  const double first = timed(1);
  double later = 0;
  for (std::uint64_t i = 0; i < 50; ++i) later += timed(i * 997 % feed.size);
  std::cout << "MEASURED proof from a store of 50000 leaves: first " << first / 1000 << " ms, then "
            << later / 50 << " us each\n";
  EXPECT_LT(later / 50, first / 5) << "what is kept must be of use";
}

}  // namespace
