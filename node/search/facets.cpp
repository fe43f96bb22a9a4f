#include <algorithm>
#include <map>
#include <utility>

#include "node/search/version.h"

namespace node {

namespace {

using FacetCounts = std::map<std::string_view, std::size_t>;

/// An answer has to stay readable, and a publisher could invent values without end.
constexpr std::size_t kMaxFacetValues = 256;

std::size_t facet_both(const Roaring& a, const Roaring& b) {
  return static_cast<std::size_t>(a.and_cardinality(b));
}

/// A family counts whom `license=FAMILY` would find: those that name it and those open to all.
void facet_licenses(const Segment& segment, const Roaring& docs, FacetCounts& counts) {
  const Roaring& open = segment.flag(SearchFlag::open_to_any_license);
  const std::size_t open_count = facet_both(docs, open);
  if (open_count > 0) {
    for (const auto& family : protocol::terms(protocol::Vocabulary::license_family))
      counts[family.value] += open_count;
  }
  const Roaring listed = docs - open;
  for (const auto& [family, named] : segment.values_of(FilterField::license)) {
    if (protocol::is_known(protocol::Vocabulary::license_family, family))
      counts[family] += facet_both(listed, named);
  }
}

/// There may be thousands of publishers: one walk over the listings instead of one over each.
void facet_publishers(const Segment& segment, const Roaring& docs, FacetCounts& counts) {
  const auto& scids = segment.values_of(FilterField::publisher);
  std::vector<std::size_t> found(scids.size(), 0);
  for_each_doc(docs, [&](DocId doc) { ++found[segment.publisher[doc]]; });
  for (std::size_t i = 0; i < scids.size(); ++i) {
    if (found[i] > 0) counts[scids[i].first] += found[i];
  }
}

std::size_t facet_unstated(const Segment& segment, FilterField field, const Roaring& docs) {
  switch (field) {
    case FilterField::license:
      return facet_both(docs, segment.flag(SearchFlag::license_unstated));
    case FilterField::region:
      return facet_both(docs, segment.flag(SearchFlag::region_unstated));
    case FilterField::cost:
      return facet_both(docs, segment.flag(SearchFlag::cost_model_unstated));
    case FilterField::format:
      return facet_both(docs, segment.flag(SearchFlag::format_unstated));
    case FilterField::kind:
      return facet_both(docs, segment.flag(SearchFlag::kind_unstated));
    case FilterField::audience:
      return facet_both(docs, segment.flag(SearchFlag::audience_unstated));
    case FilterField::publisher:
    case FilterField::status:
      return 0;
  }
  return 0;
}

void facet_count(const Segment& segment, FilterField field, const Roaring& docs,
                 FacetCounts& counts) {
  if (field == FilterField::license) return facet_licenses(segment, docs, counts);
  const auto& values = segment.values_of(field);
  constexpr std::size_t kManyPublishers = 32;
  if (field == FilterField::publisher && values.size() > kManyPublishers)
    return facet_publishers(segment, docs, counts);
  for (const auto& [value, having] : values) {
    if (const std::size_t count = facet_both(docs, having); count > 0) counts[value] += count;
  }
}

bool facet_is_set(const Query& query, FilterField field) {
  switch (field) {
    case FilterField::license:
      return !query.licenses.empty();
    case FilterField::region:
      return !query.regions.empty();
    case FilterField::cost:
      return !query.costs.empty();
    case FilterField::format:
      return !query.formats.empty();
    case FilterField::kind:
      return !query.kinds.empty();
    case FilterField::audience:
    case FilterField::publisher:
    case FilterField::status:
      return false;  // every listing has a publisher and a status, and what no audience is named
                     // for is let in
  }
  return false;
}

}  // namespace

bool count_facets(const std::vector<SegmentMatch>& matches, const Query& query,
                  const SearchDeadline& deadline, SearchResult& result) {
  for (std::size_t index = 0; index < kFilterFields; ++index) {
    const auto field = static_cast<FilterField>(index);
    Facet facet;
    facet.field = kFilterFieldNames[index];
    FacetCounts counts;
    std::size_t left_out = 0;
    for (const auto& match : matches) {
      if (deadline.over()) return false;
      const bool active = match.fields[index].active;
      const Roaring other = active ? match.without(field) : Roaring();
      const Roaring& docs = active ? other : match.result;
      if (docs.isEmpty()) continue;
      facet_count(*match.segment, field, docs, counts);
      facet.unstated += facet_unstated(*match.segment, field, docs);
      left_out += facet_both(docs, match.fields[index].unstated);
    }
    for (const auto& [value, count] : counts) {
      if (count > 0) facet.values.push_back({std::string(value), count});
    }
    std::sort(facet.values.begin(), facet.values.end(),
              [](const FacetValue& a, const FacetValue& b) {
                return a.count != b.count ? a.count > b.count : a.value < b.value;
              });
    if (facet.values.size() > kMaxFacetValues) facet.values.resize(kMaxFacetValues);
    result.facets.push_back(std::move(facet));
    const auto& lets_in = query.include_unstated;
    if (facet_is_set(query, field) &&
        std::find(lets_in.begin(), lets_in.end(), kFilterFieldNames[index]) == lets_in.end())
      result.unstated.push_back({std::string(kFilterFieldNames[index]), left_out});
  }
  return true;
}

}  // namespace node
