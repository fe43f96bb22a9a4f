#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "node/record_key.h"
#include "node/search/query.h"
#include "protocol/document/listing.h"
#include "protocol/encoding/time.h"
#include "protocol/result.h"

// The search engine (SPEC 10, docs/decisions): in memory, made of immutable parts. It knows
// listings and nothing of feeds, trust or storage: what is handed to it is visible, what is removed
// is gone.

namespace node {

/// A listing as the index takes it.
struct SearchDocument {
  RecordKey key;
  protocol::Listing listing;
  /// From this second on it is not found any more: the earliest of validUntil, path expiry,
  /// freshness deadline.
  protocol::Timestamp visible_until = protocol::Timestamp::max();
  std::string publisher_name;  ///< found by words, too
  /// When it meets next, as far ahead as sorting looks; nothing where that is not known.
  std::optional<protocol::Timestamp> next_meeting = std::nullopt;
  /// The same for every listing of one and the same group; empty where it has no double. A search
  /// gives only one of them.
  std::string same_group = {};
  bool left_out = false;  ///< by this node's policy: found only where a search asks for such
};

struct FacetValue {
  std::string value;
  std::size_t count = 0;
};
/// Counts of one field over the result with that field's own filter taken away, largest first.
struct Facet {
  std::string field;  ///< "license", "region", "cost", "format", "kind", "audience", "publisher"
  std::vector<FacetValue> values;
  std::size_t unstated = 0;
};

struct Unstated {
  std::string field;
  std::size_t count = 0;  ///< listings that all other filters let in and that state nothing here
};

struct SearchResult {
  std::vector<RecordKey> page;
  std::size_t total = 0;
  std::vector<Facet> facets;
  std::vector<Unstated> unstated;  ///< one for each filter that is set and does not include them
  /// Listings that fit the query and that this node's policy leaves out, whether shown or not.
  std::size_t left_out = 0;
  std::string next_cursor;                 ///< empty: this is the last page
  std::vector<std::string> ignored_terms;  ///< words beyond the eighth
  bool truncated = false;  ///< the deadline came first: total and facets are not complete
};

class IndexVersion;  // one immutable state; implementation detail

/// Threads: apply() from one thread at a time; search() from any, without waiting for apply(). A
/// search keeps the version that it began with.
class SearchIndex {
 public:
  /// `cursor_key`: 32 random bytes; cursors made under another are refused.
  explicit SearchIndex(std::string cursor_key);
  ~SearchIndex();
  SearchIndex(const SearchIndex&) = delete;
  SearchIndex& operator=(const SearchIndex&) = delete;

  /// Publishes a new version: `removed` go, `put` come or replace, all at once.
  void apply(std::vector<SearchDocument> put, std::span<const RecordKey> removed);
  std::size_t size() const;

  /// Refuses with bad_request: a cursor that is forged, of another query or made under another
  /// key. Stops at `deadline` (steady clock) and says so in `truncated`.
  protocol::Result<SearchResult> search(
      const Query& query, protocol::Timestamp now,
      std::chrono::milliseconds deadline = std::chrono::milliseconds(250)) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace node
