#include <algorithm>
#include <span>

#include "node/search/version.h"

namespace node {

namespace {

constexpr std::size_t kRankStep = 8192;

/// Scores of listings past their review_by are halved, so that they come lower among equals and
/// still above what hardly matches.
std::uint16_t rank_score(std::uint16_t score, bool past_review) {
  return past_review ? static_cast<std::uint16_t>(score / 2) : score;
}

/// The order of one segment as one number: smaller comes first.
std::uint64_t rank_number(std::uint16_t score, bool past_review, std::uint64_t rank) {
  return (std::uint64_t{0xFFFFU - score} << 34) | (std::uint64_t{past_review} << 33) | rank;
}

/// Meters, then the rank among those equally far, as one number: smaller comes first.
std::uint64_t rank_distance(std::int64_t meters, std::uint64_t rank) {
  return static_cast<std::uint64_t>(meters) << 33 | rank;
}

/// The verdict, then how little is to be asked, then words, as one number: larger comes first.
std::uint16_t rank_eligibility(std::uint16_t order, std::uint16_t words) {
  const unsigned outcome = static_cast<unsigned>(protocol::outcome_of(order));
  const unsigned questions = std::min(order - outcome * 256U, 7U);
  return static_cast<std::uint16_t>(((2U - outcome) << 14U) | ((7U - questions) << 11U) |
                                    std::min<unsigned>(words, 2047U));
}

/// The column that a sort goes by; null where it goes by none.
const std::vector<std::int64_t>* rank_numbers(const Segment& segment, Sort sort) {
  switch (sort) {
    case Sort::cost:
      return &segment.cost;
    case Sort::cost_hour:
      return &segment.hour_cost;
    case Sort::time:
      return &segment.minutes;
    case Sort::next_meeting:
      return &segment.next;
    case Sort::best_match:
    case Sort::confirmed:
    case Sort::name:
    case Sort::eligibility:
    case Sort::nearest:
      break;
  }
  return nullptr;
}

const std::vector<DocId>& rank_order(const Segment& segment, Sort sort) {
  switch (sort) {
    case Sort::name:
      return segment.by_name;
    case Sort::cost:
      return segment.by_cost;
    case Sort::cost_hour:
      return segment.by_hour_cost;
    case Sort::time:
      return segment.by_minutes;
    case Sort::next_meeting:
      return segment.by_next;
    case Sort::best_match:
    case Sort::confirmed:
    case Sort::eligibility:
    case Sort::nearest:
      break;
  }
  return segment.by_confirmed;
}

std::uint64_t rank_of(const Segment& segment, Sort sort, std::int32_t day, DocId doc,
                      std::uint16_t score) {
  switch (sort) {
    case Sort::best_match: {
      const bool past = segment.review[doc] < day;
      return rank_number(rank_score(score, past), past, segment.confirmed_rank[doc]);
    }
    case Sort::confirmed:
      return segment.confirmed_rank[doc];
    case Sort::name:
      return segment.name_rank[doc];
    case Sort::cost:
      return segment.cost_rank[doc];
    case Sort::cost_hour:
      return segment.hour_cost_rank[doc];
    case Sort::time:
      return segment.minutes_rank[doc];
    case Sort::next_meeting:
      return segment.next_rank[doc];
    case Sort::eligibility:
      return rank_number(score, segment.review[doc] < day, segment.confirmed_rank[doc]);
    case Sort::nearest:
      return segment.confirmed_rank[doc];  // among those equally far
  }
  return 0;
}

int rank_compare_confirmed(const SearchPlace& a, const SearchPlace& b) {
  if (a.confirmed != b.confirmed) return a.confirmed > b.confirmed ? -1 : 1;
  if (a.key == b.key) return 0;
  return a.key < b.key ? -1 : 1;
}

SearchPlace rank_place(const Segment& segment, Sort sort, std::int32_t day, DocId doc,
                       std::uint16_t score) {
  SearchPlace place;
  place.confirmed = segment.confirmed[doc];
  place.key = segment.key(doc);
  switch (sort) {
    case Sort::best_match:
      place.past_review = segment.review[doc] < day;
      place.score = rank_score(score, place.past_review);
      break;
    case Sort::confirmed:
      break;
    case Sort::name:
      place.name = segment.name(doc);
      break;
    case Sort::cost:
    case Sort::cost_hour:
    case Sort::time:
    case Sort::next_meeting:
      place.number = (*rank_numbers(segment, sort))[doc];
      break;
    case Sort::eligibility:
      place.past_review = segment.review[doc] < day;
      place.score = score;
      break;
    case Sort::nearest:
      break;
  }
  return place;
}

/// The number from which on listings of this segment come after `after`.
std::uint64_t rank_begin(const Segment& segment, Sort sort, const SearchPlace& after) {
  const auto& order = rank_order(segment, sort);
  const auto* numbers = rank_numbers(segment, sort);
  const auto begin = std::partition_point(order.begin(), order.end(), [&](DocId doc) {
    SearchPlace place;
    place.confirmed = segment.confirmed[doc];
    place.key = segment.key(doc);
    if (sort == Sort::name) place.name = segment.name(doc);
    if (numbers != nullptr) place.number = (*numbers)[doc];
    // Score and past_review are compared by the number; only the order within them counts here.
    place.score = after.score;
    place.past_review = after.past_review;
    if (sort == Sort::nearest) place.number = after.number;
    return !comes_before(sort, after, place);
  });
  const auto rank = static_cast<std::uint64_t>(begin - order.begin());
  if (sort == Sort::nearest) return rank_distance(after.number, rank);
  return sort == Sort::best_match || sort == Sort::eligibility
             ? rank_number(after.score, after.past_review, rank)
             : rank;
}

}  // namespace

bool comes_before(Sort sort, const SearchPlace& a, const SearchPlace& b) {
  switch (sort) {
    case Sort::best_match:
    case Sort::eligibility:
      if (a.score != b.score) return a.score > b.score;
      if (a.past_review != b.past_review) return !a.past_review;
      break;
    case Sort::confirmed:
      break;
    case Sort::name:
      if (a.name != b.name) return a.name < b.name;
      break;
    case Sort::cost:
    case Sort::cost_hour:
    case Sort::time:
    case Sort::next_meeting:
    case Sort::nearest:
      if (a.number != b.number) return a.number < b.number;
      break;
  }
  return rank_compare_confirmed(a, b) < 0;
}

bool first_places(const SegmentMatch& match, Sort sort, std::int32_t day, const SearchPlace* after,
                  std::size_t count, const SearchDeadline& deadline,
                  std::vector<SearchPlace>& places) {
  const Segment& segment = *match.segment;
  const std::uint64_t begin = after != nullptr ? rank_begin(segment, sort, *after) : 0;
  struct Hit {
    std::uint64_t number;
    DocId doc;
    std::uint16_t score;
    bool operator<(const Hit& other) const { return number < other.number; }
  };
  std::vector<Hit> first;  // a heap with the last of the first `count` on top
  bool in_time = true;
  std::size_t seen = 0;
  auto offer = [&](DocId doc, std::uint16_t score) {
    if (++seen % kRankStep == 0 && deadline.over()) in_time = false;
    if (match.doubles.contains(doc)) return;
    if (sort == Sort::eligibility)
      score = rank_eligibility(match.order_of_rules[segment.rules_of[doc]], score);
    std::uint64_t number = rank_of(segment, sort, day, doc, score);
    if (sort == Sort::nearest) number = rank_distance(match.meters(doc), number);
    if (number < begin) return;
    if (first.size() == count) {
      if (number >= first.front().number) return;
      std::pop_heap(first.begin(), first.end());
      first.pop_back();
    }
    first.push_back({number, doc, score});
    std::push_heap(first.begin(), first.end());
  };
  if (match.word_docs.empty()) {
    for_each_doc(match.result, [&](DocId doc) {
      offer(doc, 0);
      return in_time;
    });
  } else {
    std::vector<DocId> docs(match.result.cardinality());
    match.result.toUint32Array(docs.data());
    std::size_t word = 0;
    for (std::size_t i = 0; i < docs.size() && in_time; ++i) {
      while (match.word_docs[word] < docs[i]) ++word;  // the result is part of word_docs
      offer(docs[i], match.word_scores[word]);
    }
  }
  if (!in_time) return false;
  for (const auto& hit : first) {
    places.push_back(rank_place(segment, sort, day, hit.doc, hit.score));
    if (sort == Sort::nearest) places.back().number = match.meters(hit.doc);
  }
  return true;
}

}  // namespace node
