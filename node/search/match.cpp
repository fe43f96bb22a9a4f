#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "node/search/version.h"
#include "protocol/encoding/time.h"

namespace node {

namespace {

constexpr std::size_t kMatchStep = 8192;  ///< listings between two looks at the clock
/// More words than this with one beginning are not all looked at, and the answer says so.
constexpr std::size_t kMaxExpansions = 20'000;

/// The listings that have one term, with what it counts there.
struct TermHits {
  std::vector<DocId> docs;
  std::vector<std::uint8_t> scores;
};

/// A term's postings where they can be used as they lie, else made for the query.
struct TermMatch {
  TermHits made;
  Postings stored;
  bool is_stored = false;

  std::span<const DocId> docs() const {
    return is_stored ? stored.docs : std::span<const DocId>(made.docs);
  }
  std::span<const std::uint8_t> scores() const {
    return is_stored ? stored.scores : std::span<const std::uint8_t>(made.scores);
  }
};

/// Every word that begins with the prefix; the word itself counts in full, longer ones half.
bool match_prefix(const Segment& segment, const std::string& prefix, const SearchDeadline& deadline,
                  TermMatch& out) {
  std::size_t first = segment.lower_bound(prefix);
  std::size_t last = first;
  std::size_t postings = 0;
  while (last < segment.term_count() && segment.term(last).starts_with(prefix)) {
    postings += segment.postings(last).docs.size();
    if (++last - first > kMaxExpansions) return false;
  }
  if (last == first) return true;
  const bool exact = segment.term(first) == prefix;
  if (exact && last == first + 1) {
    out.stored = segment.postings(first);
    out.is_stored = true;
    return true;
  }
  std::vector<std::uint8_t> best(segment.size(), 0);
  std::size_t since_look = 0;
  for (std::size_t term = first; term < last; ++term) {
    const Postings one = segment.postings(term);
    const bool whole = exact && term == first;
    for (std::size_t i = 0; i < one.docs.size(); ++i) {
      const auto score = whole ? one.scores[i] : static_cast<std::uint8_t>((one.scores[i] + 1) / 2);
      best[one.docs[i]] = std::max(best[one.docs[i]], score);
    }
    since_look += one.docs.size();
    if (since_look > kMatchStep) {
      if (deadline.over()) return false;
      since_look = 0;
    }
  }
  out.made.docs.reserve(std::min(postings, segment.size()));
  for (std::size_t doc = 0; doc < best.size(); ++doc) {
    if (best[doc] == 0) continue;
    out.made.docs.push_back(static_cast<DocId>(doc));
    out.made.scores.push_back(best[doc]);
  }
  return true;
}

/// What a phrase counts in one listing: the weights of the fields in which it stands, twice; 0
/// where it stands nowhere. `positions` holds those of each token.
unsigned match_phrase_score(const std::vector<std::vector<std::uint32_t>>& positions) {
  unsigned score = 0;
  std::uint32_t last_field = kWordFields;
  for (const std::uint32_t begin : positions[0]) {
    const std::uint32_t field = begin / kPlacesPerField;
    if (field == last_field) continue;
    bool stands = true;
    for (std::size_t token = 1; token < positions.size() && stands; ++token) {
      const auto wanted = begin + static_cast<std::uint32_t>(token);
      stands = wanted / kPlacesPerField == field &&
               std::binary_search(positions[token].begin(), positions[token].end(), wanted);
    }
    if (stands) {
      score += 2 * kFieldWeight[field];
      last_field = field;
    }
  }
  return score;
}

bool match_phrase(const Segment& segment, const std::vector<std::string>& tokens,
                  const SearchDeadline& deadline, TermMatch& out) {
  std::vector<Postings> lists;
  std::vector<PositionReader> readers;
  for (const auto& token : tokens) {
    const auto found = segment.find_term(token);
    if (!found) return true;
    lists.push_back(*found);
    readers.emplace_back(*found);
  }
  std::size_t rarest = 0;
  for (std::size_t i = 1; i < lists.size(); ++i) {
    if (lists[i].docs.size() < lists[rarest].docs.size()) rarest = i;
  }
  std::size_t work = 0;  // one listing may hold a word a thousand times
  std::vector<std::size_t> at(lists.size(), 0);
  std::vector<std::vector<std::uint32_t>> positions(lists.size());
  for (std::size_t i = 0; i < lists[rarest].docs.size(); ++i) {
    if (work > kMatchStep * 8) {
      if (deadline.over()) return false;
      work = 0;
    }
    ++work;
    const DocId doc = lists[rarest].docs[i];
    bool all = true;
    for (std::size_t list = 0; list < lists.size() && all; ++list) {
      const auto docs = lists[list].docs;
      // Gallop: the next listing is seldom far in a list that is about as long.
      std::size_t step = 1;
      std::size_t low = at[list];
      while (low + step < docs.size() && docs[low + step] < doc) {
        low += step;
        step *= 2;
      }
      const auto end =
          docs.begin() + static_cast<std::ptrdiff_t>(std::min(low + step + 1, docs.size()));
      const auto found =
          std::lower_bound(docs.begin() + static_cast<std::ptrdiff_t>(low), end, doc);
      at[list] = static_cast<std::size_t>(found - docs.begin());
      all = at[list] < docs.size() && docs[at[list]] == doc;
    }
    if (!all) continue;
    for (std::size_t list = 0; list < lists.size(); ++list)
      readers[list].read(at[list], positions[list]);
    work += (positions[0].size() + 1) * positions.size();
    if (const unsigned score = match_phrase_score(positions); score > 0) {
      out.made.docs.push_back(doc);
      out.made.scores.push_back(static_cast<std::uint8_t>(std::min(score, 255U)));
    }
  }
  return true;
}

/// Keeps of docs and scores what `term` has too, and adds what it counts there.
bool match_join(const TermMatch& term, const SearchDeadline& deadline, std::vector<DocId>& docs,
                std::vector<std::uint16_t>& scores) {
  const auto other = term.docs();
  const auto other_scores = term.scores();
  std::size_t kept = 0;
  std::size_t low = 0;
  for (std::size_t i = 0; i < docs.size() && low < other.size(); ++i) {
    if (i % kMatchStep == kMatchStep - 1 && deadline.over()) return false;
    std::size_t step = 1;
    while (low + step < other.size() && other[low + step] < docs[i]) {
      low += step;
      step *= 2;
    }
    const auto end =
        other.begin() + static_cast<std::ptrdiff_t>(std::min(low + step + 1, other.size()));
    low = static_cast<std::size_t>(
        std::lower_bound(other.begin() + static_cast<std::ptrdiff_t>(low), end, docs[i]) -
        other.begin());
    if (low == other.size() || other[low] != docs[i]) continue;
    docs[kept] = docs[i];
    scores[kept] = static_cast<std::uint16_t>(scores[i] + other_scores[low]);
    ++kept;
  }
  docs.resize(kept);
  scores.resize(kept);
  return true;
}

bool match_words(const Segment& segment, const WordTerms& words, const SearchDeadline& deadline,
                 SegmentMatch& out) {
  std::vector<TermMatch> terms(words.terms.size());
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const WordTerm& term = words.terms[i];
    if (deadline.over()) return false;
    if (term.tokens.size() > 1) {
      if (!match_phrase(segment, term.tokens, deadline, terms[i])) return false;
    } else if (term.prefix) {
      if (!match_prefix(segment, term.tokens[0], deadline, terms[i])) return false;
    } else if (const auto found = segment.find_term(term.tokens[0])) {
      terms[i].stored = *found;
      terms[i].is_stored = true;
    }
    if (terms[i].docs().empty()) return true;  // every term must occur
  }
  std::sort(terms.begin(), terms.end(), [](const TermMatch& a, const TermMatch& b) {
    return a.docs().size() < b.docs().size();
  });
  const auto docs = terms[0].docs();
  const auto scores = terms[0].scores();
  out.word_docs.assign(docs.begin(), docs.end());
  out.word_scores.assign(scores.begin(), scores.end());
  for (std::size_t i = 1; i < terms.size(); ++i) {
    if (!match_join(terms[i], deadline, out.word_docs, out.word_scores)) return false;
  }
  return true;
}

bool match_lets_in(const Query& query, FilterField field) {
  const auto name = kFilterFieldNames[static_cast<std::size_t>(field)];
  return std::find(query.include_unstated.begin(), query.include_unstated.end(), name) !=
         query.include_unstated.end();
}

/// Puts together what a filter matches and what states nothing.
void match_set(const Query& query, FilterField field, Roaring match, Roaring unstated,
               SegmentMatch& out) {
  FieldMatch& made = out.fields[static_cast<std::size_t>(field)];
  made.active = true;
  made.match = std::move(match);
  made.unstated = std::move(unstated);
  made.unstated -= made.match;
  if (match_lets_in(query, field)) {
    made.match |= made.unstated;
    made.unstated = Roaring();
  }
}

void match_licenses(const Segment& segment, const Query& query, SegmentMatch& out) {
  if (query.licenses.empty()) return;
  Roaring match = segment.flag(SearchFlag::open_to_any_license);
  for (const auto& [asked, docs] : segment.licenses) {
    if (std::any_of(query.licenses.begin(), query.licenses.end(),
                    [&, &a = asked](const protocol::License& held) {
                      return protocol::satisfies(held, a);
                    }))
      match |= docs;
  }
  match_set(query, FilterField::license, std::move(match),
            segment.flag(SearchFlag::license_unstated), out);
}

void match_regions(const Segment& segment, const Query& query, SegmentMatch& out) {
  if (query.regions.empty()) return;
  Roaring match;
  for (const auto& [code, docs] : segment.values_of(FilterField::region)) {
    bool whole = false;
    bool wider = false;
    for (const auto& asked : query.regions) {
      whole = whole || protocol::region_covers(asked, code);
      wider = wider || protocol::region_covers(code, asked);
    }
    if (whole) {
      match |= docs;
    } else if (wider) {
      match |= docs - segment.flag(SearchFlag::in_person_only);
    }
  }
  match_set(query, FilterField::region, std::move(match), segment.flag(SearchFlag::region_unstated),
            out);
}

void match_costs(const Segment& segment, const Query& query, SegmentMatch& out) {
  if (query.costs.empty()) return;
  Roaring match;
  Roaring unstated;
  for (const auto& asked : query.costs) {
    if (asked.max_per_month) {
      // Costs are kept to the cent; decimals of the limit that no double has must not lose one.
      const double cents = *asked.max_per_month * 100 + 1e-6;
      const auto end =
          std::partition_point(segment.by_cost.begin(), segment.by_cost.end(), [&](DocId doc) {
            return segment.cost[doc] != std::numeric_limits<std::int64_t>::max() &&
                   static_cast<double>(segment.cost[doc]) < cents;
          });
      std::vector<DocId> docs;
      const auto count = static_cast<std::size_t>(end - segment.by_cost.begin());
      if (count > segment.size() / 64) {
        // Many: looking at every cost in turn is quicker than sorting.
        docs.reserve(count);
        const std::int64_t most = segment.cost[*(end - 1)];
        for (std::size_t doc = 0; doc < segment.size(); ++doc) {
          if (segment.cost[doc] <= most) docs.push_back(static_cast<DocId>(doc));
        }
      } else {
        docs.assign(segment.by_cost.begin(), end);
        std::sort(docs.begin(), docs.end());
      }
      match |= Roaring(docs.size(), docs.data());
      unstated |= segment.flag(SearchFlag::cost_month_unknown);
    } else {
      if (const Roaring* docs = segment.find_value(FilterField::cost, asked.model)) match |= *docs;
      unstated |= segment.flag(SearchFlag::cost_model_unstated);
    }
  }
  match_set(query, FilterField::cost, std::move(match), std::move(unstated), out);
}

void match_values(const Segment& segment, const Query& query, FilterField field,
                  const std::vector<std::string>& asked, Roaring unstated, SegmentMatch& out) {
  if (asked.empty()) return;
  Roaring match;
  for (const auto& value : asked) {
    if (const Roaring* docs = segment.find_value(field, value)) match |= *docs;
  }
  match_set(query, field, std::move(match), std::move(unstated), out);
}

void match_formats(const Segment& segment, const Query& query, SegmentMatch& out) {
  Roaring unstated = segment.flag(SearchFlag::format_unstated);
  for (const auto& asked : query.formats) {
    if (asked == "video" || asked == "phone" || asked == "async_text" || asked == "message_group")
      unstated |= segment.flag(SearchFlag::only_online_unspecified);
  }
  match_values(segment, query, FilterField::format, query.formats, std::move(unstated), out);
}

/// A filter that, where it is not set, leaves out two of its values.
void match_unless_named(const Segment& segment, const Query& query, FilterField field,
                        const std::vector<std::string>& asked,
                        std::initializer_list<std::string_view> otherwise_out, Roaring unstated,
                        SegmentMatch& out) {
  if (!asked.empty()) {
    match_values(segment, query, field, asked, std::move(unstated), out);
    return;
  }
  Roaring match;
  match.addRange(0, segment.size());
  bool left_out = false;
  for (const std::string_view value : otherwise_out) {
    if (const Roaring* docs = segment.find_value(field, value)) {
      match -= *docs;
      left_out = true;
    }
  }
  if (left_out) match_set(query, field, std::move(match), Roaring(), out);
}

/// Judges each set of rules once, and keeps of `out.base` what `can_join` lets in. False when the
/// deadline came first.
bool match_eligibility(const Segment& segment, const Query& query, const SearchDeadline& deadline,
                       SegmentMatch& out) {
  if (query.can_join == CanJoin::any && query.sort != Sort::eligibility) return true;
  const auto searcher = searcher_of(query.situation);
  constexpr std::size_t kRulesStep = 256;
  for (const auto& rules : segment.rules) {
    if (out.order_of_rules.size() % kRulesStep == kRulesStep - 1 && deadline.over()) return false;
    out.order_of_rules.push_back(protocol::eligibility_order(*rules, searcher));
  }
  if (query.can_join == CanJoin::any) return true;
  std::vector<DocId> docs;
  for_each_doc(out.base, [&](DocId doc) {
    const auto outcome = protocol::outcome_of(out.order_of_rules[segment.rules_of[doc]]);
    if (outcome == protocol::Outcome::can_join ||
        (outcome == protocol::Outcome::probably && query.can_join == CanJoin::probably))
      docs.push_back(doc);
  });
  out.base = Roaring(docs.size(), docs.data());
  return true;
}

}  // namespace

Roaring SegmentMatch::without(FilterField field) const {
  if (!fields[static_cast<std::size_t>(field)].active) return result;
  Roaring made = base;
  for (std::size_t other = 0; other < kFilterFields; ++other) {
    if (other != static_cast<std::size_t>(field) && fields[other].active)
      made &= fields[other].match;
  }
  return made;
}

std::optional<SegmentMatch> match_segment(const LiveSegment& live, const Query& query,
                                          const WordTerms& words, protocol::Timestamp now,
                                          const SearchDeadline& deadline) {
  if (deadline.over()) return {};
  const Segment& segment = *live.segment;
  std::optional<SegmentMatch> out(std::in_place);
  out->segment = &segment;
  if (words.terms.empty()) {
    out->base = *live.live;
  } else {
    if (!match_words(segment, words, deadline, *out)) return {};
    out->base = Roaring(out->word_docs.size(), out->word_docs.data());
    out->base &= *live.live;
  }
  const auto second = protocol::to_unix(now);
  for (const DocId doc : segment.by_visible) {
    if (segment.visible_until[doc] > second) break;
    out->base.remove(doc);
  }
  if (!match_eligibility(segment, query, deadline, *out)) return {};
  match_licenses(segment, query, *out);
  match_regions(segment, query, *out);
  match_costs(segment, query, *out);
  match_formats(segment, query, *out);
  match_values(segment, query, FilterField::kind, query.kinds,
               segment.flag(SearchFlag::kind_unstated), *out);
  match_unless_named(segment, query, FilterField::audience, query.audiences,
                     {"lived_experience", "public"}, segment.flag(SearchFlag::audience_unstated),
                     *out);
  match_unless_named(segment, query, FilterField::status, query.statuses, {"closed", "withdrawn"},
                     Roaring(), *out);
  match_values(segment, query, FilterField::publisher, query.publishers, Roaring(), *out);
  out->result = out->base;
  for (const auto& field : out->fields) {
    if (field.active) out->result &= field.match;
  }
  if (query.near && !match_nearness(query, deadline, *out)) return {};
  const Roaring& left_out = segment.flag(SearchFlag::left_out);
  out->left_out = static_cast<std::size_t>(out->result.and_cardinality(left_out));
  if (!query.show_left_out) {
    // Facets and what is unstated are counted over the base.
    out->base -= left_out;
    out->result -= left_out;
  }
  return out;
}

void fold_same_groups(std::vector<SegmentMatch>& matches) {
  struct One {
    SegmentMatch* match;
    DocId doc;
  };
  std::map<std::string_view, One> first;
  const auto better = [](const One& a, const One& b) {
    const auto& one = *a.match->segment;
    const auto& other = *b.match->segment;
    if (one.confirmed[a.doc] != other.confirmed[b.doc])
      return one.confirmed[a.doc] > other.confirmed[b.doc];
    return one.compare_key(a.doc, other.key(b.doc)) < 0;
  };
  for (auto& match : matches) {
    for (const auto& same : match.segment->same_groups) {
      for_each_doc(same.second, [&](DocId doc) {
        if (!match.result.contains(doc)) return;
        One lost{&match, doc};
        const auto [found, added] = first.emplace(same.first, lost);
        if (added) return;
        if (better(lost, found->second)) std::swap(lost, found->second);
        lost.match->doubles.add(lost.doc);
      });
    }
  }
}

}  // namespace node
