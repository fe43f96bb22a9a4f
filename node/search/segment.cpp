#include "node/search/segment.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "node/search/nearness.h"
#include "node/search/tokenize.h"
#include "protocol/document/computed.h"
#include "protocol/encoding/time.h"

namespace node {

namespace {

constexpr std::size_t kPostingBlock = 16;

void segment_put_number(std::vector<std::uint8_t>& out, std::uint32_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<std::uint8_t>(value));
}

std::uint32_t segment_take_number(const std::uint8_t*& at) {
  std::uint32_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const std::uint32_t byte = *at++;
    value |= (byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
}

Roaring segment_bitmap(const std::vector<DocId>& docs) {
  Roaring made(docs.size(), docs.data());
  made.runOptimize();
  made.shrinkToFit();
  return made;
}

std::int32_t segment_day(std::string_view text, std::int32_t otherwise) {
  const auto date = protocol::parse_date(text);
  return date ? static_cast<std::int32_t>(date->time_since_epoch().count()) : otherwise;
}

bool segment_opens_to_any_license(std::string_view rule) {
  return rule == "any_licensed" || rule == "licensed_or_trainee" || rule == "none_required";
}

bool segment_is_known(FilterField field, std::string_view value) {
  switch (field) {
    case FilterField::license:
      return protocol::is_known(protocol::Vocabulary::license_family, value);
    case FilterField::region:
      return protocol::region_name(value) != value;
    case FilterField::cost:
      return protocol::is_known(protocol::Vocabulary::cost_model, value);
    case FilterField::format:
      return protocol::is_known(protocol::Vocabulary::formats, value);
    case FilterField::kind:
      return protocol::is_known(protocol::Vocabulary::kinds, value);
    case FilterField::audience:
      return protocol::is_known(protocol::Vocabulary::audience, value);
    case FilterField::status:
      return protocol::is_known(protocol::Vocabulary::status, value);
    case FilterField::publisher:
      return true;  // each is one that the node follows
  }
  return false;
}

/// The words for a vocabulary value: its label where there is one, and the value itself, whose
/// underscores separate.
std::string segment_words_for(protocol::Vocabulary vocabulary, const std::string& value) {
  return protocol::is_known(vocabulary, value) ? value + ' ' + protocol::label(vocabulary, value)
                                               : value;
}

std::size_t segment_value_bytes(const Roaring& docs) { return docs.getSizeInBytes() + 64; }

template <class T>
std::size_t segment_bytes(const std::vector<T>& values) {
  return values.capacity() * sizeof(T);
}

std::string_view segment_slice(const std::string& text, const std::vector<std::uint32_t>& ends,
                               DocId doc) {
  const std::uint32_t begin = doc == 0 ? 0 : ends[doc - 1];
  return std::string_view(text).substr(begin, ends[doc] - begin);
}

}  // namespace

void PositionReader::read(std::size_t index, std::vector<std::uint32_t>& out) {
  const std::size_t block = index / kPostingBlock;
  if (at_ == nullptr || index < next_ || next_ / kPostingBlock != block) {
    at_ = postings_.position_bytes.data() + postings_.blocks[block];
    next_ = block * kPostingBlock;
  }
  for (; next_ < index; ++next_) {
    for (std::uint32_t count = segment_take_number(at_); count > 0; --count) {
      while (*at_++ >= 0x80) {
      }
    }
  }
  out.clear();
  std::uint32_t position = 0;
  for (std::uint32_t count = segment_take_number(at_); count > 0; --count) {
    position += segment_take_number(at_);
    out.push_back(position);
  }
  ++next_;
}

std::size_t Segment::memory_bytes() const {
  std::size_t bytes =
      segment_bytes(publisher) + segment_bytes(confirmed) + segment_bytes(review) +
      segment_bytes(cost) + segment_bytes(hour_cost) + segment_bytes(minutes) +
      segment_bytes(latitude) + segment_bytes(longitude) + segment_bytes(by_latitude) +
      segment_bytes(rules_of) + segment_bytes(by_hour_cost) + segment_bytes(by_minutes) +
      segment_bytes(hour_cost_rank) + segment_bytes(minutes_rank) + segment_bytes(visible_until) +
      segment_bytes(next) + segment_bytes(by_next) + segment_bytes(next_rank) +
      segment_bytes(by_confirmed) + segment_bytes(by_name) + segment_bytes(by_cost) +
      segment_bytes(by_key) + segment_bytes(by_visible) + segment_bytes(confirmed_rank) +
      segment_bytes(name_rank) + segment_bytes(cost_rank) + segment_bytes(terms) +
      term_text.capacity() + segment_bytes(posting_docs) + segment_bytes(posting_scores) +
      segment_bytes(posting_blocks) + segment_bytes(posting_positions) + segment_bytes(uuid_ends) +
      segment_bytes(name_ends) + uuid_text.capacity() + name_text.capacity();
  for (const auto& one : rules) bytes += sizeof(*one) + protocol::key_of(*one).size();
  for (const auto& field : values) {
    for (const auto& [value, docs] : field) bytes += segment_value_bytes(docs);
  }
  for (const auto& [license, docs] : licenses) bytes += segment_value_bytes(docs);
  for (const auto& docs : flags) bytes += segment_value_bytes(docs);
  for (const auto& [name, docs] : same_groups) bytes += segment_value_bytes(docs) + name.size();
  return bytes;
}

std::string_view Segment::uuid(DocId doc) const { return segment_slice(uuid_text, uuid_ends, doc); }
std::string_view Segment::name(DocId doc) const { return segment_slice(name_text, name_ends, doc); }

std::optional<GeoPoint> Segment::point(DocId doc) const {
  if (latitude[doc] == kNoLatitude) return std::nullopt;
  return GeoPoint{latitude[doc] / kDegreeParts, longitude[doc] / kDegreeParts};
}

RecordKey Segment::key(DocId doc) const {
  return {values_of(FilterField::publisher)[publisher[doc]].first, std::string(uuid(doc))};
}

int Segment::compare_key(DocId doc, const RecordKey& other) const {
  const int scid = values_of(FilterField::publisher)[publisher[doc]].first.compare(other.scid);
  return scid != 0 ? scid : uuid(doc).compare(other.uuid);
}

std::optional<DocId> Segment::find(const RecordKey& key) const {
  const auto found = std::partition_point(by_key.begin(), by_key.end(),
                                          [&](DocId doc) { return compare_key(doc, key) < 0; });
  if (found == by_key.end() || compare_key(*found, key) != 0) return {};
  return *found;
}

const Roaring* Segment::find_value(FilterField field, std::string_view value) const {
  const auto& all = values_of(field);
  const auto found = std::lower_bound(
      all.begin(), all.end(), value,
      [](const ValueBitmap& one, std::string_view text) { return one.first < text; });
  return found != all.end() && found->first == value ? &found->second : nullptr;
}

std::string_view Segment::term(std::size_t index) const {
  const std::uint32_t begin = index == 0 ? 0 : terms[index - 1].text_end;
  return std::string_view(term_text).substr(begin, terms[index].text_end - begin);
}

Postings Segment::postings(std::size_t index) const {
  const Term before = index == 0 ? Term{} : terms[index - 1];
  const Term& term = terms[index];
  const auto count = term.postings_end - before.postings_end;
  return {std::span(posting_docs).subspan(before.postings_end, count),
          std::span(posting_scores).subspan(before.postings_end, count),
          std::span(posting_blocks).subspan(before.blocks_end, term.blocks_end - before.blocks_end),
          std::span(posting_positions)
              .subspan(before.positions_end, term.positions_end - before.positions_end)};
}

std::size_t Segment::lower_bound(std::string_view text) const {
  std::size_t begin = 0;
  std::size_t end = terms.size();
  while (begin < end) {
    const std::size_t middle = begin + (end - begin) / 2;
    if (term(middle) < text) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

std::optional<Postings> Segment::find_term(std::string_view text) const {
  const std::size_t index = lower_bound(text);
  if (index == terms.size() || term(index) != text) return {};
  return postings(index);
}

std::vector<DocId>* SegmentWriter::docs_of(FilterField field, std::string_view value) {
  auto& values = values_[static_cast<std::size_t>(field)];
  if (const auto found = values.find(value); found != values.end()) return &found->second;
  if (values.size() >= kMaxSegmentValues && !segment_is_known(field, value)) return nullptr;
  return &values[std::string(value)];
}

std::vector<DocId>* SegmentWriter::docs_of(const protocol::License& license) {
  const std::pair key(license.family, license.level);
  if (const auto found = licenses_.find(key); found != licenses_.end()) return &found->second;
  const bool known = segment_is_known(FilterField::license, license.family) &&
                     (license.level.empty() ||
                      protocol::is_known(protocol::Vocabulary::license_level, license.level));
  if (licenses_.size() >= kMaxSegmentValues && !known) return nullptr;
  return &licenses_[key];
}

void SegmentWriter::add_value(FilterField field, std::string_view value, DocId doc) {
  auto* docs = docs_of(field, value);
  // A listing may name one value twice.
  if (docs != nullptr && (docs->empty() || docs->back() != doc)) docs->push_back(doc);
}

void SegmentWriter::add_filters(const protocol::Listing& listing, DocId doc) {
  const bool open = segment_opens_to_any_license(listing.license_rule);
  if (open) set(SearchFlag::open_to_any_license, doc);
  if (!open && listing.licenses.empty()) set(SearchFlag::license_unstated, doc);
  for (const auto& license : listing.licenses) {
    add_value(FilterField::license, license.family, doc);
    auto* docs = docs_of(license);
    if (docs != nullptr && (docs->empty() || docs->back() != doc)) docs->push_back(doc);
  }

  const auto& formats = listing.formats;
  const auto all_are = [&](std::string_view value) {
    return !formats.empty() && std::all_of(formats.begin(), formats.end(),
                                           [&](const std::string& one) { return one == value; });
  };
  const bool in_person_only = all_are("in_person");
  if (in_person_only) set(SearchFlag::in_person_only, doc);
  if (formats.empty()) set(SearchFlag::format_unstated, doc);
  if (all_are("online_unspecified")) set(SearchFlag::only_online_unspecified, doc);
  for (const auto& format : formats) {
    add_value(FilterField::format, format, doc);
    if (format == "hybrid") {
      add_value(FilterField::format, "in_person", doc);
      add_value(FilterField::format, "video", doc);
    }
  }

  for (const auto& region : listing.regions) add_value(FilterField::region, region, doc);
  if (listing.regions.empty()) {
    if (in_person_only && !listing.place.region.empty()) {
      add_value(FilterField::region, listing.place.region, doc);
    } else {
      set(SearchFlag::region_unstated, doc);
    }
  }

  if (listing.cost && !listing.cost->model.empty()) {
    add_value(FilterField::cost, listing.cost->model, doc);
  } else {
    set(SearchFlag::cost_model_unstated, doc);
  }

  if (!listing.status.empty()) add_value(FilterField::status, listing.status, doc);
  for (const auto& kind : listing.kinds) add_value(FilterField::kind, kind, doc);
  if (listing.kinds.empty()) set(SearchFlag::kind_unstated, doc);
  if (listing.audience.empty()) {
    set(SearchFlag::audience_unstated, doc);
  } else {
    add_value(FilterField::audience, listing.audience, doc);
  }
}

std::uint32_t SegmentWriter::rules_id(const std::shared_ptr<const protocol::JoinRules>& rules) {
  const auto [found, added] =
      rules_ids_.emplace(protocol::key_of(*rules), static_cast<std::uint32_t>(rules_.size()));
  if (added) rules_.push_back(rules);
  return found->second;
}

std::uint32_t SegmentWriter::term_id(std::string_view text) {
  if (const auto found = term_ids_.find(text); found != term_ids_.end()) return found->second;
  const auto id = static_cast<std::uint32_t>(terms_.size());
  term_ids_.emplace(std::string(text), id);
  terms_.emplace_back();
  return id;
}

void SegmentWriter::add_posting(std::uint32_t term, DocId doc, std::uint8_t score,
                                std::span<const std::uint32_t> positions) {
  auto& postings = terms_[term];
  if (postings.docs.size() % kPostingBlock == 0)
    postings.blocks.push_back(static_cast<std::uint32_t>(postings.positions.size()));
  postings.docs.push_back(doc);
  postings.scores.push_back(score);
  segment_put_number(postings.positions, static_cast<std::uint32_t>(positions.size()));
  std::uint32_t before = 0;
  for (const auto position : positions) {
    segment_put_number(postings.positions, position - before);
    before = position;
  }
}

void SegmentWriter::add_words(const SearchDocument& document, DocId doc) {
  const protocol::Listing& listing = document.listing;
  scratch_.clear();
  std::array<std::uint32_t, kWordFields> places{};
  const auto add_text = [&](WordField field, std::string_view text) {
    auto& place = places[static_cast<std::size_t>(field)];
    for (const auto& token : tokenize(text)) {
      // Past what SPEC 4.3 allows a text to hold: no longer found by words.
      if (place >= kPlacesPerField) return;
      scratch_.emplace_back(term_id(token.text),
                            static_cast<std::uint32_t>(field) * kPlacesPerField + place);
      ++place;
    }
    ++place;  // No phrase goes from one value of a list into the next.
  };
  const auto add_terms = [&](WordField field, protocol::Vocabulary vocabulary,
                             const std::vector<std::string>& values) {
    for (const auto& value : values) add_text(field, segment_words_for(vocabulary, value));
  };
  add_text(WordField::name, listing.name);
  for (const auto& name : listing.alternate_names) add_text(WordField::alternate_names, name);
  add_text(WordField::summary, listing.summary);
  add_text(WordField::description, listing.description);
  add_text(WordField::best_for, listing.best_for);
  add_text(WordField::publisher, document.publisher_name);
  add_text(WordField::sponsor, listing.sponsor.name);
  add_text(WordField::locality, listing.place.locality);
  add_terms(WordField::focus_topics, protocol::Vocabulary::focus_topics, listing.focus_topics);
  add_terms(WordField::kinds, protocol::Vocabulary::kinds, listing.kinds);
  add_terms(WordField::purposes, protocol::Vocabulary::purposes, listing.purposes);
  add_terms(WordField::settings, protocol::Vocabulary::practice_settings,
            listing.practice_settings);
  add_terms(WordField::settings, protocol::Vocabulary::accessibility, listing.accessibility);
  for (const auto& whom : listing.identity_affirming) {
    add_terms(WordField::settings, protocol::Vocabulary::identity_group, {whom.group});
    add_text(WordField::settings, whom.name);
  }
  for (const auto& region : listing.regions)
    add_text(WordField::regions, protocol::region_name(region));
  if (!listing.place.region.empty())
    add_text(WordField::regions, protocol::region_name(listing.place.region));

  std::sort(scratch_.begin(), scratch_.end());
  std::vector<std::uint32_t> positions;
  for (std::size_t i = 0; i < scratch_.size();) {
    const std::uint32_t term = scratch_[i].first;
    positions.clear();
    unsigned score = 0;
    std::uint32_t last_field = kWordFields;
    unsigned repeats = 0;
    for (; i < scratch_.size() && scratch_[i].first == term; ++i) {
      positions.push_back(scratch_[i].second);
      const std::uint32_t field = scratch_[i].second / kPlacesPerField;
      if (field != last_field) {
        score += kFieldWeight[field];
      } else if (repeats < 3) {
        score += 2;  // said again, a little more
        ++repeats;
      }
      last_field = field;
    }
    add_posting(term, doc, static_cast<std::uint8_t>(std::min(score, 255U)), positions);
  }
}

void SegmentWriter::add(const SearchDocument& document) {
  if (columns_.size() >= std::numeric_limits<DocId>::max() / 2)
    throw std::length_error("search segment is full");
  const auto doc = static_cast<DocId>(columns_.size());
  Columns columns;
  columns.scid = document.key.scid;
  columns.uuid = document.key.uuid;
  constexpr std::size_t kNameBytes = 256;
  for (const auto& token : tokenize(document.listing.name)) {
    if (columns.name.size() + token.text.size() > kNameBytes) break;
    if (!columns.name.empty()) columns.name += ' ';
    columns.name += token.text;
  }
  columns.confirmed =
      segment_day(document.listing.confirmed_at, std::numeric_limits<std::int32_t>::min());
  columns.review =
      segment_day(document.listing.review_by, std::numeric_limits<std::int32_t>::max());
  columns.cost = std::numeric_limits<std::int64_t>::max();
  if (const auto cost = protocol::cost_per_month(document.listing); cost && *cost < 1e12) {
    columns.cost = std::llround(*cost * 100);
  } else {
    set(SearchFlag::cost_month_unknown, doc);
  }
  columns.hour_cost = std::numeric_limits<std::int64_t>::max();
  if (const auto cost = protocol::cost_per_hour(document.listing); cost && *cost < 1e12)
    columns.hour_cost = std::llround(*cost * 100);
  columns.minutes = std::numeric_limits<std::int64_t>::max();
  if (const auto minutes = protocol::minutes_per_month(document.listing); minutes)
    columns.minutes = std::llround(*minutes);
  columns.next = document.next_meeting ? protocol::to_unix(*document.next_meeting)
                                       : std::numeric_limits<std::int64_t>::max();
  if (!document.same_group.empty()) same_groups_[document.same_group].push_back(doc);
  columns.rules =
      rules_id(std::make_shared<const protocol::JoinRules>(protocol::join_rules(document.listing)));
  if (const auto point = meeting_point(document.listing)) {
    columns.latitude = static_cast<std::int32_t>(std::lround(point->latitude * kDegreeParts));
    columns.longitude = static_cast<std::int32_t>(std::lround(point->longitude * kDegreeParts));
    set(SearchFlag::place_known, doc);
  }
  if (document.left_out) set(SearchFlag::left_out, doc);
  columns.visible_until = protocol::to_unix(document.visible_until);
  columns_.push_back(std::move(columns));
  add_value(FilterField::publisher, document.key.scid, doc);
  add_filters(document.listing, doc);
  add_words(document, doc);
}

void SegmentWriter::add(const Segment& segment, const Roaring& live) {
  constexpr DocId kGone = std::numeric_limits<DocId>::max();
  std::vector<DocId> renumbered(segment.size(), kGone);
  for_each_doc(live, [&](DocId doc) {
    renumbered[doc] = static_cast<DocId>(columns_.size());
    columns_.push_back(
        {.scid = segment.values_of(FilterField::publisher)[segment.publisher[doc]].first,
         .uuid = std::string(segment.uuid(doc)),
         .name = std::string(segment.name(doc)),
         .confirmed = segment.confirmed[doc],
         .review = segment.review[doc],
         .cost = segment.cost[doc],
         .hour_cost = segment.hour_cost[doc],
         .minutes = segment.minutes[doc],
         .next = segment.next[doc],
         .visible_until = segment.visible_until[doc],
         .latitude = segment.latitude[doc],
         .longitude = segment.longitude[doc],
         .rules = rules_id(segment.rules[segment.rules_of[doc]])});
  });
  const auto append = [&](const Roaring& from, std::vector<DocId>& to) {
    for_each_doc(from, [&](DocId doc) {
      if (renumbered[doc] != kGone) to.push_back(renumbered[doc]);
    });
  };
  for (std::size_t field = 0; field < kFilterFields; ++field) {
    for (const auto& [value, docs] : segment.values[field]) {
      if (auto* to = docs_of(static_cast<FilterField>(field), value)) append(docs, *to);
    }
  }
  for (const auto& [license, docs] : segment.licenses) {
    if (auto* to = docs_of(license)) append(docs, *to);
  }
  for (std::size_t flag = 0; flag < kSearchFlags; ++flag) append(segment.flags[flag], flags_[flag]);
  for (const auto& [name, docs] : segment.same_groups) append(docs, same_groups_[name]);

  std::vector<std::uint32_t> positions;
  for (std::size_t term = 0; term < segment.term_count(); ++term) {
    const Postings postings = segment.postings(term);
    PositionReader reader(postings);
    std::optional<std::uint32_t> id;
    for (std::size_t i = 0; i < postings.docs.size(); ++i) {
      if (renumbered[postings.docs[i]] == kGone) continue;
      if (!id) id = term_id(segment.term(term));
      reader.read(i, positions);
      add_posting(*id, renumbered[postings.docs[i]], postings.scores[i], positions);
    }
  }
}

void SegmentWriter::finish_columns(Segment& made) {
  for (auto& columns : columns_) {
    made.confirmed.push_back(columns.confirmed);
    made.review.push_back(columns.review);
    made.cost.push_back(columns.cost);
    made.hour_cost.push_back(columns.hour_cost);
    made.minutes.push_back(columns.minutes);
    made.next.push_back(columns.next);
    made.rules_of.push_back(columns.rules);
    made.visible_until.push_back(columns.visible_until);
    made.latitude.push_back(columns.latitude);
    made.longitude.push_back(columns.longitude);
    made.uuid_text += columns.uuid;
    made.uuid_ends.push_back(static_cast<std::uint32_t>(made.uuid_text.size()));
    made.name_text += columns.name;
    made.name_ends.push_back(static_cast<std::uint32_t>(made.name_text.size()));
    const auto& scids = made.values_of(FilterField::publisher);
    const auto scid = std::lower_bound(
        scids.begin(), scids.end(), columns.scid,
        [](const ValueBitmap& one, const std::string& text) { return one.first < text; });
    made.publisher.push_back(static_cast<std::uint32_t>(scid - scids.begin()));
  }
  std::vector<DocId> all(made.size());
  std::iota(all.begin(), all.end(), DocId{0});
  std::vector<std::uint32_t> key_rank(made.size());
  const auto ranks = [](const std::vector<DocId>& order) {
    std::vector<std::uint32_t> rank(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) rank[order[i]] = static_cast<std::uint32_t>(i);
    return rank;
  };
  made.by_key = all;
  std::sort(made.by_key.begin(), made.by_key.end(), [&](DocId a, DocId b) {
    return made.publisher[a] != made.publisher[b] ? made.publisher[a] < made.publisher[b]
                                                  : made.uuid(a) < made.uuid(b);
  });
  key_rank = ranks(made.by_key);
  made.by_confirmed = all;
  std::sort(made.by_confirmed.begin(), made.by_confirmed.end(), [&](DocId a, DocId b) {
    return made.confirmed[a] != made.confirmed[b] ? made.confirmed[a] > made.confirmed[b]
                                                  : key_rank[a] < key_rank[b];
  });
  made.confirmed_rank = ranks(made.by_confirmed);
  made.by_name = all;
  std::sort(made.by_name.begin(), made.by_name.end(), [&](DocId a, DocId b) {
    const int names = made.name(a).compare(made.name(b));
    return names != 0 ? names < 0 : made.confirmed_rank[a] < made.confirmed_rank[b];
  });
  made.name_rank = ranks(made.by_name);
  made.rules = rules_;
  const auto by_number = [&](const std::vector<std::int64_t>& numbers, std::vector<DocId>& order,
                             std::vector<std::uint32_t>& rank) {
    order = all;
    std::sort(order.begin(), order.end(), [&](DocId a, DocId b) {
      return numbers[a] != numbers[b] ? numbers[a] < numbers[b]
                                      : made.confirmed_rank[a] < made.confirmed_rank[b];
    });
    rank = ranks(order);
  };
  by_number(made.cost, made.by_cost, made.cost_rank);
  by_number(made.hour_cost, made.by_hour_cost, made.hour_cost_rank);
  by_number(made.minutes, made.by_minutes, made.minutes_rank);
  by_number(made.next, made.by_next, made.next_rank);
  std::copy_if(all.begin(), all.end(), std::back_inserter(made.by_latitude),
               [&](DocId doc) { return made.latitude[doc] != kNoLatitude; });
  made.by_latitude.shrink_to_fit();
  std::sort(made.by_latitude.begin(), made.by_latitude.end(), [&](DocId a, DocId b) {
    return made.latitude[a] != made.latitude[b] ? made.latitude[a] < made.latitude[b] : a < b;
  });
  made.by_visible = std::move(all);
  std::sort(made.by_visible.begin(), made.by_visible.end(), [&](DocId a, DocId b) {
    return made.visible_until[a] != made.visible_until[b]
               ? made.visible_until[a] < made.visible_until[b]
               : a < b;
  });
}

void SegmentWriter::finish_terms(Segment& made) {
  std::vector<std::pair<std::string_view, std::uint32_t>> sorted(term_ids_.begin(),
                                                                 term_ids_.end());
  std::sort(sorted.begin(), sorted.end());
  std::size_t postings = 0;
  std::size_t positions = 0;
  for (const auto& term : terms_) {
    postings += term.docs.size();
    positions += term.positions.size();
  }
  if (postings > std::numeric_limits<std::uint32_t>::max())
    throw std::length_error("search segment is full");
  made.posting_docs.reserve(postings);
  made.posting_scores.reserve(postings);
  made.posting_positions.reserve(positions);
  for (const auto& [text, id] : sorted) {
    // Taken out and let go one after another, so that no text is held twice for long.
    const TermPostings term = std::move(terms_[id]);
    made.term_text += text;
    made.posting_docs.insert(made.posting_docs.end(), term.docs.begin(), term.docs.end());
    made.posting_scores.insert(made.posting_scores.end(), term.scores.begin(), term.scores.end());
    made.posting_blocks.insert(made.posting_blocks.end(), term.blocks.begin(), term.blocks.end());
    made.posting_positions.insert(made.posting_positions.end(), term.positions.begin(),
                                  term.positions.end());
    made.terms.push_back({.text_end = static_cast<std::uint32_t>(made.term_text.size()),
                          .postings_end = static_cast<std::uint32_t>(made.posting_docs.size()),
                          .blocks_end = static_cast<std::uint32_t>(made.posting_blocks.size()),
                          .positions_end = made.posting_positions.size()});
  }
  made.posting_blocks.shrink_to_fit();
  made.terms.shrink_to_fit();
}

std::shared_ptr<const Segment> SegmentWriter::finish() {
  auto made = std::make_shared<Segment>();
  for (std::size_t field = 0; field < kFilterFields; ++field) {
    for (const auto& [value, docs] : values_[field]) {
      if (!docs.empty()) made->values[field].emplace_back(value, segment_bitmap(docs));
    }
  }
  for (const auto& [license, docs] : licenses_) {
    if (!docs.empty())
      made->licenses.emplace_back(protocol::License{license.first, license.second},
                                  segment_bitmap(docs));
  }
  for (std::size_t flag = 0; flag < kSearchFlags; ++flag)
    made->flags[flag] = segment_bitmap(flags_[flag]);
  for (const auto& [name, docs] : same_groups_) {
    if (!docs.empty()) made->same_groups.emplace_back(name, segment_bitmap(docs));
  }
  finish_columns(*made);
  finish_terms(*made);
  return made;
}

}  // namespace node
