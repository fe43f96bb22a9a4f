#pragma once

#include <set>
#include <string>
#include <utility>

#include "node/record_key.h"
#include "node/store/store.h"

// What this node's operator does not show: publishers and single records (SPEC 7.4).

namespace node {

/// The denials in force at one time. A value; reading it needs no lock.
class Denials {
 public:
  Denials() = default;
  /// Those of the store that are not over at `now`.
  Denials(const StoreQueries& store, protocol::Timestamp now);

  bool covers_publisher(const std::string& scid) const { return denied_.contains({scid, ""}); }
  /// The record by itself.
  bool covers_record(const RecordKey& key) const { return denied_.contains({key.scid, key.urn()}); }
  /// The record, or its publisher; without a UUID: the publisher.
  bool covers(const RecordKey& key) const;

 private:
  std::set<std::pair<std::string, std::string>> denied_;  // SCID, urn:uuid or nothing
};

/// For one question; who has many makes Denials once.
bool is_denied(const StoreQueries& store, const RecordKey& key, protocol::Timestamp now);

}  // namespace node
