#include <atomic>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "tests/node/search/search_samples.h"
#include "tests/support/shared_inputs.h"

namespace {

/// Every commit replaces all listings by a new generation, whose number they all say.
TEST(SearchThreads, ASearchSeesWholeCommitsOnlyWhileOthersAreMade) {
  node::SearchIndex index{std::string(search_samples::kCursorKey)};
  constexpr int kListings = 30;
  const auto commit = [&](int generation) {
    std::vector<node::SearchDocument> put;
    for (int i = 0; i < kListings; ++i) {
      const auto subject = search_samples::subject(R"({"name": "generation )" +
                                                   std::to_string(generation) + R"( peers"})");
      put.push_back(search_samples::document("scid/" + std::to_string(i), subject));
    }
    index.apply(std::move(put), {});
  };
  commit(0);
  std::atomic<int> latest = 0;
  std::atomic<bool> stop = false;
  std::atomic<int> searches = 0;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&] {
      while (!stop) {
        node::Query query;
        query.words = "generation";
        query.limit = 100;
        const auto all = index.search(query, {}, std::chrono::seconds(60));
        if (!all || all->total != kListings || all->page.size() != kListings ||
            index.size() != kListings)
          ++wrong;
        query.words = "\"generation " + std::to_string(latest + 1000) + "\"";
        const auto none = index.search(query, {}, std::chrono::seconds(60));
        if (!none || none->total != 0) ++wrong;
        // Of any one generation there are all or none.
        query.words = "\"generation " + std::to_string(latest) + "\"";
        const auto some = index.search(query, {}, std::chrono::seconds(60));
        if (!some || (some->total != 0 && some->total != kListings)) ++wrong;
        ++searches;
      }
    });
  }
  const int commits = test_support::rounds(1000);
  for (int generation = 1; generation <= commits; ++generation) {
    commit(generation);
    latest = generation;
  }
  while (searches < 20) std::this_thread::yield();
  stop = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
