#include <algorithm>

#include "protocol/document/listing.h"
#include "protocol/document/listing_fields.h"
#include "protocol/limits.h"

namespace protocol {

namespace {

/// What the envelope may take around the subject: two contexts, dates, words and signature (about
/// 850 bytes), and twice a DID of 200 bytes.
constexpr std::size_t kRoomForEnvelope = 1'250;

/// Texts without a size of their own, and URLs, get this many bytes each.
struct FullShare {
  std::size_t bytes;
};

std::string full_text(std::size_t bytes) {
  constexpr std::string_view kPattern = "peer support for those who support others ";
  std::string text;
  while (text.size() < bytes)
    text += kPattern.substr(0, std::min(kPattern.size(), bytes - text.size()));
  if (!text.empty() && text.back() == ' ') text.back() = '.';
  return text;
}

std::string full_url(std::size_t bytes) {
  std::string url = "https://chapter.example/";
  while (url.size() < bytes) url += 'a';
  return url;
}

std::string full_word(const Field& field, std::size_t index) {
  const auto known = terms(*field.words);
  return std::string(known[index % known.size()].value);
}

/// Whether 200 or 500 bytes are this field's own size, or only the general one.
bool full_has_own_size(const Field& field) { return field.limit != 200 && field.limit != 500; }

Json full_object(std::span<const Field> fields, FullShare share, const ListingDefaults& defaults);

Json full_value(const Field& field, std::size_t index, FullShare share,
                const ListingDefaults& defaults) {
  switch (field.type) {
    case FieldType::text:
      return full_text(full_has_own_size(field) || field.name == "what_it_pays"
                           ? field.limit
                           : std::min(field.limit, share.bytes));
    case FieldType::word:
      return full_word(field, index);
    case FieldType::uuid:
      return defaults.id;
    case FieldType::subject_type:
      return "PeerSupportGroup";
    case FieldType::date:
      return format_date(field.name == "review_by" ? defaults.today + std::chrono::days{400}
                                                   : defaults.today);
    case FieldType::month:
      return format_date(defaults.today).substr(0, 7);
    case FieldType::local_day:
      return format_date(defaults.today + std::chrono::days{7 * index});
    case FieldType::local_time:
      return format_date(defaults.today + std::chrono::days{7 * index}) + "T19:00:00";
    case FieldType::clock_time:
      return "19:00";
    case FieldType::zone:
      return "America/Argentina/ComodRivadavia";
    case FieldType::rule:
      return "FREQ=MONTHLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=1,-1;UNTIL="
             "20991231T235959Z";
    case FieldType::url:
    case FieldType::contact:
      return full_url(std::min<std::size_t>(500, share.bytes));
    case FieldType::region: {
      const auto regions = us_regions();
      return std::string(regions[index % regions.size()].code);
    }
    case FieldType::language:
      return "zh-Hant-TW";
    case FieldType::amount:
      return "999999999.99";
    case FieldType::latitude:
      return "-39.96123";
    case FieldType::longitude:
      return "-139.96123";
    case FieldType::currency:
      return "USD";
    case FieldType::postal_prefix:
      return "432";
    case FieldType::hash:
      return std::string(64, 'a');
    case FieldType::integer:
      return static_cast<std::int64_t>(field.limit);
    case FieldType::flag:
      return false;
    case FieldType::object:
      return full_object(field.members, share, defaults);
    case FieldType::own_words: {
      Json stated;
      for (std::size_t i = 0; i < 10; ++i) stated.set(listing_fields()[i + 2].name, full_text(200));
      return stated;
    }
  }
  return {};
}

/// Lists with a size of their own are full; those under the general 24, which all together would
/// not fit, have what a rich listing has. The twelve dates of a rule are shared between its two
/// lists.
std::size_t full_count(const Field& field) {
  constexpr std::size_t kGeneral = 24;
  if (field.type == FieldType::local_day) return field.most / 2;
  if (field.most != kGeneral) return field.most;
  if (field.type == FieldType::word) return std::min<std::size_t>(6, terms(*field.words).size());
  return field.type == FieldType::region || field.type == FieldType::language ? 6 : 2;
}

Json full_object(std::span<const Field> fields, FullShare share, const ListingDefaults& defaults) {
  Json object(Json::Object{});
  for (const auto& field : fields) {
    if (field.most == 0) {
      object.set(field.name, full_value(field, 0, share, defaults));
      continue;
    }
    Json::Array items;
    for (std::size_t i = 0; i < full_count(field); ++i)
      items.push_back(full_value(field, i, share, defaults));
    object.set(field.name, Json(std::move(items)));
  }
  return object;
}

}  // namespace

Json largest_listing_subject(const ListingDefaults& defaults) {
  // The share that fills the document is found by halving; its subject is never larger than with
  // one byte more.
  std::size_t fits = 0;
  std::size_t too_large = 501;
  while (too_large - fits > 1) {
    const auto middle = (fits + too_large) / 2;
    const auto size = canonical(full_object(listing_fields(), {middle}, defaults)).size();
    (size + kRoomForEnvelope <= kMaxDocumentBytes ? fits : too_large) = middle;
  }
  return full_object(listing_fields(), {fits}, defaults);
}

}  // namespace protocol
