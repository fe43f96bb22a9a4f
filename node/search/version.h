#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/search/index.h"
#include "node/search/segment.h"
#include "node/search/tokenize.h"

// How one search is answered over one version of the index. The parts: match.cpp tells what each
// segment finds, facets.cpp counts, ranking.cpp orders, cursor.cpp writes where a page ended.

namespace node {

struct LiveSegment {
  std::shared_ptr<const Segment> segment;
  std::shared_ptr<const Roaring> live;
  std::size_t live_count = 0;
};

/// One state of the index. Never changed once it is published.
class IndexVersion {
 public:
  std::vector<LiveSegment> segments;
  std::size_t size = 0;
};

/// When a search has to stop. Looked at inside every long loop.
class SearchDeadline {
 public:
  explicit SearchDeadline(std::chrono::milliseconds from_now)
      : at_(std::chrono::steady_clock::now() + from_now) {}
  bool over() const { return std::chrono::steady_clock::now() >= at_; }

 private:
  std::chrono::steady_clock::time_point at_;
};

/// What one filter lets in of one segment.
struct FieldMatch {
  bool active = false;
  Roaring match;     ///< with those that state nothing, where the query includes them
  Roaring unstated;  ///< those that state nothing, where the query leaves them out
};

/// Farther than any place on Earth.
inline constexpr std::int64_t kFarMeters = std::int64_t{1} << 29;

/// What a query finds in one segment.
struct SegmentMatch {
  const Segment* segment = nullptr;
  Roaring base;                            ///< alive, visible, and with all the words
  std::vector<DocId> word_docs;            ///< ascending; only where the query has words
  std::vector<std::uint16_t> word_scores;  ///< beside word_docs
  std::array<FieldMatch, kFilterFields> fields;
  Roaring result;
  /// protocol::eligibility_order() beside segment->rules; empty where nobody asked for it.
  std::vector<std::uint16_t> order_of_rules;
  /// Of the result: listings of groups that another listing of it stands for.
  Roaring doubles;
  std::optional<GeoPoint> near;   ///< where the query measures from
  std::size_t near_unstated = 0;  ///< of what fits otherwise; 0 where the query lets them in
  std::size_t left_out = 0;       ///< of what fits, whether the query shows them or not

  /// The result with the filter of `field` taken away.
  Roaring without(FilterField field) const;
  /// Meters to where the listing meets; kFarMeters where that is not known.
  std::int64_t meters(DocId doc) const;
};

/// Keeps what is near enough of base and result, which all other filters have made, and counts what
/// does not say where it meets. False when the deadline came first.
bool match_nearness(const Query& query, const SearchDeadline& deadline, SegmentMatch& out);

/// Nothing when the deadline came first.
std::optional<SegmentMatch> match_segment(const LiveSegment& segment, const Query& query,
                                          const WordTerms& words, protocol::Timestamp now,
                                          const SearchDeadline& deadline);

/// Fills `doubles`. Of a group that several publishers list the one stands for all that was
/// confirmed last, then the one with the lowest key.
void fold_same_groups(std::vector<SegmentMatch>& matches);

/// Where a listing stands in the order of a query.
struct SearchPlace {
  std::uint16_t score = 0;  ///< by words, lower past review_by; or by the verdict first
  bool past_review = false;
  std::int32_t confirmed = 0;
  std::int64_t number = 0;  ///< what is sorted by: cents, minutes, a moment or meters
  std::string name;
  RecordKey key;
};
bool comes_before(Sort sort, const SearchPlace& a, const SearchPlace& b);

/// The first `count` listings of one segment's result after `after`, in order. `day`: the day whose
/// "past review_by" counts. False when the deadline came first.
bool first_places(const SegmentMatch& match, Sort sort, std::int32_t day, const SearchPlace* after,
                  std::size_t count, const SearchDeadline& deadline,
                  std::vector<SearchPlace>& places);

struct SearchCursor {
  /// The day of the first page, so that no listing changes its place between two pages because
  /// midnight passed.
  std::int32_t day = 0;
  SearchPlace last;
};
std::string format_cursor(const SearchCursor& cursor, const std::string& key, const Query& query);
/// Refuses with bad_request whatever format_cursor() did not make under that key for that query.
protocol::Result<SearchCursor> parse_cursor(const std::string& key, const Query& query);

/// Fills facets and unstated counts; false when the deadline came first.
bool count_facets(const std::vector<SegmentMatch>& matches, const Query& query,
                  const SearchDeadline& deadline, SearchResult& result);

}  // namespace node
