#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "node/record_key.h"
#include "protocol/trust/checks.h"

namespace node {

/// Which of the shown listings are probably the same group. Made whole and then only read.
class SimilarListings {
 public:
  using Traits = std::shared_ptr<const protocol::SimilarityTraits>;

  void add(const RecordKey& key, Traits traits);
  /// At most four others that are similar to it, by key.
  std::vector<RecordKey> similar_to(const RecordKey& key,
                                    const protocol::SimilarityTraits& traits) const;

 private:
  struct One {
    RecordKey key;
    Traits traits;
  };
  /// By name, and by page and schedule. A publisher could name ten thousand groups alike, so that
  /// only the first of a bucket are compared.
  std::unordered_map<std::string, std::vector<One>> buckets_;
};

}  // namespace node
