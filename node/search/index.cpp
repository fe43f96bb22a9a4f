#include "node/search/index.h"

#include <algorithm>
#include <set>
#include <utility>

#include "node/guarded.h"
#include "node/search/version.h"

namespace node {

namespace {

/// Segments of about one size are joined when there are this many: a listing is then copied at
/// most once for each power of it.
constexpr std::size_t kMergeWidth = 8;

std::size_t index_tier(std::size_t size) {
  std::size_t tier = 0;
  while (size >= kMergeWidth) {
    size /= kMergeWidth;
    ++tier;
  }
  return tier;
}

LiveSegment index_live(std::shared_ptr<const Segment> segment) {
  auto live = std::make_shared<Roaring>();
  live->addRange(0, segment->size());
  live->runOptimize();
  const std::size_t count = segment->size();
  return {std::move(segment), std::move(live), count};
}

LiveSegment index_joined(const std::vector<LiveSegment>& parts) {
  SegmentWriter writer;
  for (const auto& part : parts) writer.add(*part.segment, *part.live);
  return index_live(writer.finish());
}

void index_merge(std::vector<LiveSegment>& segments) {
  std::erase_if(segments, [](const LiveSegment& one) { return one.live_count == 0; });
  // A segment that is mostly dead gives its memory back.
  for (auto& one : segments) {
    if (one.segment->size() >= 64 && one.live_count * 2 < one.segment->size())
      one = index_joined({one});
  }
  for (bool again = true; again;) {
    again = false;
    std::map<std::size_t, std::vector<std::size_t>> tiers;
    for (std::size_t i = 0; i < segments.size(); ++i)
      tiers[index_tier(segments[i].live_count)].push_back(i);
    for (const auto& [tier, members] : tiers) {
      if (members.size() < kMergeWidth) continue;
      std::vector<LiveSegment> parts;
      for (const auto i : members) parts.push_back(segments[i]);
      for (auto i = members.rbegin(); i != members.rend(); ++i)
        segments.erase(segments.begin() + static_cast<std::ptrdiff_t>(*i));
      segments.push_back(index_joined(parts));
      again = true;
      break;
    }
  }
}

std::int32_t index_day(protocol::Timestamp now) {
  return static_cast<std::int32_t>(
      std::chrono::floor<std::chrono::days>(now).time_since_epoch().count());
}

}  // namespace

struct SearchIndex::State {
  std::string cursor_key;
  /// The lock is held for one copy of a pointer, never while a version is made or read.
  Guarded<std::shared_ptr<const IndexVersion>> current{std::make_shared<const IndexVersion>()};

  std::shared_ptr<const IndexVersion> version() const {
    return current.with([](const auto& pointer) { return pointer; });
  }
};

SearchIndex::SearchIndex(std::string cursor_key) : state_(std::make_unique<State>()) {
  state_->cursor_key = std::move(cursor_key);
}
SearchIndex::~SearchIndex() = default;

std::size_t SearchIndex::size() const { return state_->version()->size; }

void SearchIndex::apply(std::vector<SearchDocument> put, std::span<const RecordKey> removed) {
  const auto before = state_->version();
  auto next = std::make_shared<IndexVersion>(*before);

  std::set<RecordKey> gone(removed.begin(), removed.end());
  // Of two with one key the later stands, also over a removal.
  std::map<RecordKey, std::size_t> last;
  for (std::size_t i = 0; i < put.size(); ++i) last[put[i].key] = i;
  for (const auto& [key, index] : last) gone.insert(key);
  for (auto& part : next->segments) {
    std::shared_ptr<Roaring> live;
    for (const auto& key : gone) {
      const auto doc = part.segment->find(key);
      if (!doc || !part.live->contains(*doc)) continue;
      if (!live) live = std::make_shared<Roaring>(*part.live);
      live->remove(*doc);
    }
    if (!live) continue;
    part.live_count = static_cast<std::size_t>(live->cardinality());
    part.live = std::move(live);
  }
  if (!last.empty()) {
    SegmentWriter writer;
    for (std::size_t i = 0; i < put.size(); ++i) {
      if (last[put[i].key] == i) writer.add(put[i]);
    }
    next->segments.push_back(index_live(writer.finish()));
  }
  index_merge(next->segments);
  next->size = 0;
  for (const auto& part : next->segments) next->size += part.live_count;
  std::shared_ptr<const IndexVersion> published = std::move(next);
  // What nobody reads any more is freed here, by `published` and `before`, not under the lock.
  state_->current.with([&](auto& pointer) { pointer.swap(published); });
}

protocol::Result<SearchResult> SearchIndex::search(const Query& query, protocol::Timestamp now,
                                                   std::chrono::milliseconds time) const {
  const SearchDeadline deadline(time);
  if (query.words.size() > kMaxQueryWordsBytes)
    return protocol::refuse(protocol::ErrorCode::bad_request, "q: too long, at most 256 bytes");
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, kMaxQueryLimit);
  SearchCursor cursor{.day = index_day(now), .last = {}};
  const bool first_page = query.cursor.empty();
  if (!first_page) {
    ASSIGN_OR_RETURN(cursor, parse_cursor(state_->cursor_key, query));
  }

  SearchResult result;
  WordTerms words = parse_words(query.words);
  result.ignored_terms = std::move(words.ignored);
  const auto version = state_->version();
  std::vector<SegmentMatch> matches;
  std::vector<SearchPlace> places;
  for (const auto& segment : version->segments) {
    auto match = match_segment(segment, query, words, now, deadline);
    if (!match) {
      result.truncated = true;
      break;
    }
    result.left_out += match->left_out;
    matches.push_back(std::move(*match));
  }
  fold_same_groups(matches);
  for (const auto& match : matches) {
    result.total +=
        static_cast<std::size_t>(match.result.cardinality() - match.doubles.cardinality());
    if (!first_places(match, query.sort, cursor.day, first_page ? nullptr : &cursor.last, limit + 1,
                      deadline, places)) {
      result.truncated = true;
      break;
    }
  }
  // Without all segments nobody knows what the next page would skip.
  const bool complete = !result.truncated;
  std::sort(places.begin(), places.end(), [&](const SearchPlace& a, const SearchPlace& b) {
    return comes_before(query.sort, a, b);
  });
  const bool more = places.size() > limit;
  if (more) places.resize(limit);
  for (const auto& place : places) result.page.push_back(place.key);
  if (more && complete) {
    cursor.last = places.back();
    result.next_cursor = format_cursor(cursor, state_->cursor_key, query);
  }
  if (!count_facets(matches, query, deadline, result)) result.truncated = true;
  const auto& lets_in = query.include_unstated;
  if (query.near && std::find(lets_in.begin(), lets_in.end(), "near") == lets_in.end()) {
    Unstated unstated{"near", 0};
    for (const auto& match : matches) unstated.count += match.near_unstated;
    result.unstated.push_back(std::move(unstated));
  }
  return result;
}

}  // namespace node
