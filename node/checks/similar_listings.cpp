#include "node/checks/similar_listings.h"

#include <algorithm>

namespace node {

namespace {

constexpr std::size_t kSimilarCompared = 64;
constexpr std::size_t kSimilarShown = 4;

std::vector<std::string> similar_buckets(const protocol::SimilarityTraits& traits) {
  std::vector<std::string> names;
  if (!traits.name.empty()) names.push_back("n " + traits.name);
  if (!traits.home.empty() && !traits.schedule.empty())
    names.push_back("h " + traits.home + " " + traits.schedule);
  return names;
}

}  // namespace

void SimilarListings::add(const RecordKey& key, Traits traits) {
  for (auto& name : similar_buckets(*traits)) {
    auto& bucket = buckets_[std::move(name)];
    if (bucket.size() < kSimilarCompared) bucket.push_back({key, traits});
  }
}

std::vector<RecordKey> SimilarListings::similar_to(const RecordKey& key,
                                                   const protocol::SimilarityTraits& traits) const {
  std::vector<RecordKey> found;
  for (const auto& name : similar_buckets(traits)) {
    const auto bucket = buckets_.find(name);
    if (bucket == buckets_.end()) continue;
    for (const auto& one : bucket->second) {
      if (one.key == key || !protocol::are_similar(traits, *one.traits, one.key.scid == key.scid) ||
          std::find(found.begin(), found.end(), one.key) != found.end())
        continue;
      found.push_back(one.key);
      if (found.size() == kSimilarShown) return found;
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace node
