#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <roaring/roaring.hh>

#include "node/places/gazetteer.h"
#include "node/record_key.h"
#include "node/search/index.h"
#include "protocol/document/vocabularies.h"
#include "protocol/trust/eligibility.h"

// One immutable part of the search index: some listings, taken apart for searching. Listings are
// numbered from 0 within their segment. Nothing here changes once it is made, so any thread may
// read it.

namespace node {

using DocId = std::uint32_t;

enum class FilterField { license, region, cost, format, kind, audience, publisher, status };
inline constexpr std::size_t kFilterFields = 8;
inline constexpr std::array<std::string_view, kFilterFields> kFilterFieldNames = {
    "license", "region", "cost", "format", "kind", "audience", "publisher", "status"};

/// What a listing states, or does not, beyond single values.
enum class SearchFlag {
  open_to_any_license,  ///< license_rule any_licensed, licensed_or_trainee, none_required
  license_unstated,
  in_person_only,
  region_unstated,
  cost_model_unstated,
  cost_month_unknown,
  format_unstated,
  only_online_unspecified,
  kind_unstated,
  audience_unstated,
  place_known,  ///< of those that meet, or may meet, in person
  left_out,     ///< by the node's policy
};
inline constexpr std::size_t kSearchFlags = 12;

/// Where a word stands. A position is field * 4096 + place, so that no phrase crosses fields.
enum class WordField {
  name,
  alternate_names,
  focus_topics,
  kinds,
  summary,
  best_for,
  publisher,
  sponsor,
  locality,
  purposes,
  settings,
  regions,
  description,
};
inline constexpr std::size_t kWordFields = 13;
inline constexpr std::uint32_t kPlacesPerField = 4096;
/// What a word counts in each field. Whole numbers, and nothing that depends on other listings: the
/// order between two listings never changes because a third one came.
inline constexpr std::array<unsigned, kWordFields> kFieldWeight = {60, 40, 30, 20, 20, 10, 8,
                                                                   12, 16, 8,  8,  6,  6};

/// A publisher could invent values without end, and every search looks at each. Beyond so many of
/// one field in one segment only those of the vocabulary are taken in; a listing's others neither
/// match nor are counted there.
inline constexpr std::size_t kMaxSegmentValues = 8192;

/// Calls `visit(DocId)` in ascending order; one that gives a bool ends the walk by false.
template <class Visit>
void for_each_doc(const Roaring& docs, Visit&& visit) {
  docs.iterate(
      [](std::uint32_t doc, void* context) {
        auto& call = *static_cast<std::remove_reference_t<Visit>*>(context);
        if constexpr (std::is_same_v<decltype(call(doc)), bool>) {
          return call(doc);
        } else {
          call(doc);
          return true;
        }
      },
      const_cast<void*>(static_cast<const void*>(std::addressof(visit))));
}

inline constexpr std::int32_t kNoLatitude = std::numeric_limits<std::int32_t>::min();
inline constexpr double kDegreeParts = 1e6;

using ValueBitmap = std::pair<std::string, Roaring>;

/// The postings of one term, borrowed from its segment. Listings ascend.
struct Postings {
  std::span<const DocId> docs;
  std::span<const std::uint8_t> scores;   ///< what the term counts in that listing
  std::span<const std::uint32_t> blocks;  ///< begin of every 16th listing's positions
  std::span<const std::uint8_t> position_bytes;
};

/// Reads the positions of one term, listing after listing.
class PositionReader {
 public:
  explicit PositionReader(const Postings& postings) : postings_(postings) {}
  /// The positions in the listing at `index` of the postings' docs, ascending, written over `out`.
  /// Quick where indexes ascend, right in any order.
  void read(std::size_t index, std::vector<std::uint32_t>& out);

 private:
  Postings postings_;
  std::size_t next_ = 0;              ///< the index whose bytes begin at at_
  const std::uint8_t* at_ = nullptr;  ///< null: nowhere yet
};

class Segment {
 public:
  std::size_t size() const { return confirmed.size(); }
  std::size_t memory_bytes() const;

  RecordKey key(DocId doc) const;
  /// Below, at or above zero, as the key of `doc` stands to another.
  int compare_key(DocId doc, const RecordKey& other) const;
  std::optional<DocId> find(const RecordKey& key) const;
  std::string_view name(DocId doc) const;
  std::string_view uuid(DocId doc) const;
  /// Where it meets in person; nothing where that is not known.
  std::optional<GeoPoint> point(DocId doc) const;

  const std::vector<ValueBitmap>& values_of(FilterField field) const {
    return values[static_cast<std::size_t>(field)];
  }
  /// Null where no listing has the value.
  const Roaring* find_value(FilterField field, std::string_view value) const;
  const Roaring& flag(SearchFlag flag) const { return flags[static_cast<std::size_t>(flag)]; }

  std::size_t term_count() const { return terms.size(); }
  std::string_view term(std::size_t index) const;
  Postings postings(std::size_t index) const;
  /// The first term that is not below `text`; term_count() where all are.
  std::size_t lower_bound(std::string_view text) const;
  std::optional<Postings> find_term(std::string_view text) const;

  // Columns, one entry a listing.
  std::vector<std::uint32_t> publisher;  ///< index in values_of(publisher), which is sorted
  std::vector<std::int32_t> confirmed;   ///< day; the lowest number where not stated
  std::vector<std::int32_t> review;      ///< day of review_by; the highest where not stated
  std::vector<std::int64_t> cost;        ///< cents a month; the highest where not known
  std::vector<std::int64_t> hour_cost;   ///< cents an hour of meeting; the highest where not known
  std::vector<std::int64_t> minutes;     ///< of meetings a month; the highest where not known
  std::vector<std::int64_t> next;        ///< start of the next meeting; the highest where not known
  std::vector<std::int64_t> visible_until;
  /// Millionths of a degree; kNoLatitude where the flag place_known is not set.
  std::vector<std::int32_t> latitude, longitude;
  std::vector<std::uint32_t> rules_of;  ///< index in `rules`
  // The same listings in each order, and where each listing stands in it.
  std::vector<DocId> by_confirmed, by_name, by_cost, by_hour_cost, by_minutes, by_next, by_key,
      by_visible;
  std::vector<DocId> by_latitude;  ///< only those whose place is known
  std::vector<std::uint32_t> confirmed_rank, name_rank, cost_rank, hour_cost_rank, minutes_rank,
      next_rank;

  /// Who can join, each different set once: many groups share one.
  std::vector<std::shared_ptr<const protocol::JoinRules>> rules;

  std::array<std::vector<ValueBitmap>, kFilterFields>
      values;  ///< sorted; format by what it matches
  std::vector<std::pair<protocol::License, Roaring>> licenses;
  std::array<Roaring, kSearchFlags> flags;
  std::vector<ValueBitmap> same_groups;  ///< sorted; only of listings that have a double

 private:
  friend class SegmentWriter;
  struct Term {
    std::uint32_t text_end = 0;
    std::uint32_t postings_end = 0;
    std::uint32_t blocks_end = 0;
    std::uint64_t positions_end = 0;
  };
  std::vector<Term> terms;
  std::string term_text;
  std::vector<DocId> posting_docs;
  std::vector<std::uint8_t> posting_scores;
  std::vector<std::uint32_t> posting_blocks;
  std::vector<std::uint8_t> posting_positions;
  std::vector<std::uint32_t> uuid_ends, name_ends;
  std::string uuid_text, name_text;
};

/// Makes a segment from listings, or from the living ones of other segments.
class SegmentWriter {
 public:
  void add(const SearchDocument& document);
  void add(const Segment& segment, const Roaring& live);
  std::shared_ptr<const Segment> finish();

 private:
  struct Columns {
    std::string scid, uuid, name;
    std::int32_t confirmed = 0, review = 0;
    std::int64_t cost = 0, hour_cost = 0, minutes = 0, next = 0, visible_until = 0;
    std::int32_t latitude = kNoLatitude, longitude = 0;
    std::uint32_t rules = 0;
  };
  struct TermPostings {
    std::vector<DocId> docs;
    std::vector<std::uint8_t> scores;
    std::vector<std::uint32_t> blocks;
    std::vector<std::uint8_t> positions;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  /// Where the listings with a value are collected; null for one value too many.
  std::vector<DocId>* docs_of(FilterField field, std::string_view value);
  std::vector<DocId>* docs_of(const protocol::License& license);
  void add_value(FilterField field, std::string_view value, DocId doc);
  void set(SearchFlag flag, DocId doc) { flags_[static_cast<std::size_t>(flag)].push_back(doc); }
  void add_filters(const protocol::Listing& listing, DocId doc);
  void add_words(const SearchDocument& document, DocId doc);
  std::uint32_t rules_id(const std::shared_ptr<const protocol::JoinRules>& rules);
  std::uint32_t term_id(std::string_view text);
  void add_posting(std::uint32_t term, DocId doc, std::uint8_t score,
                   std::span<const std::uint32_t> positions);
  void finish_columns(Segment& made);
  void finish_terms(Segment& made);

  std::vector<Columns> columns_;
  std::vector<std::shared_ptr<const protocol::JoinRules>> rules_;
  std::unordered_map<std::string, std::uint32_t> rules_ids_;  ///< by protocol::key_of()
  std::array<std::map<std::string, std::vector<DocId>, std::less<>>, kFilterFields> values_;
  std::map<std::pair<std::string, std::string>, std::vector<DocId>> licenses_;
  std::array<std::vector<DocId>, kSearchFlags> flags_;
  std::map<std::string, std::vector<DocId>> same_groups_;
  std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> term_ids_;
  std::vector<TermPostings> terms_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> scratch_;  ///< term and position
};

}  // namespace node
