#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/document/vocabularies.h"
#include "protocol/encoding/json.h"

// The one place that knows the names, types and sizes of a listing's members (SPEC 4.3). Reading,
// publishing and the largest listing all walk this table.

namespace protocol {

enum class FieldType {
  text,          ///< at most `limit` bytes of UTF-8
  word,          ///< a value of `words`, or one that this node does not know; at most `limit` bytes
  uuid,          ///< "urn:uuid:…", lower case
  subject_type,  ///< "PeerSupportGroup"
  date,          ///< 2026-11-03
  month,         ///< 2026-11
  local_time,    ///< 2026-11-03T19:00:00, the group's own clock
  local_day,     ///< a date or a local_time
  clock_time,    ///< 19:00
  zone,          ///< IANA name
  rule,          ///< RRULE of RFC 5545
  url,           ///< plain https
  contact,       ///< https, e-mail address or telephone
  region,        ///< ISO 3166 code
  language,      ///< BCP 47
  amount,        ///< "25" or "25.00"
  latitude,
  longitude,
  currency,       ///< ISO 4217
  postal_prefix,  ///< three digits or letters
  hash,           ///< SHA-256 in lower-case hex
  integer,        ///< 0 to `limit`
  flag,           ///< true or false
  object,         ///< `members`
  own_words,      ///< as_stated: any names, each at most 200 bytes, 2,000 in all
};

enum class Presence { optional, always };

struct Field {
  std::string_view name;
  FieldType type = FieldType::text;
  std::size_t limit = 200;
  std::size_t most = 0;  ///< over 0: a list of at most so many
  Presence presence = Presence::optional;
  std::optional<Vocabulary> words = std::nullopt;
  std::span<const Field> members = {};
};

/// The members of a listing's credentialSubject.
std::span<const Field> listing_fields();

/// What is wrong with one member.
struct Complaint {
  std::string field;    ///< "cost.options[0].amount"; empty: the subject itself
  std::string message;  ///< "'25ish' is not an amount; write 25 or 25.00, or leave it out"
};

/// Whether `text` is "urn:uuid:" and a UUID in lower case.
bool is_record_id(std::string_view text);

/// Walks `object` by `fields` and hands each complaint to `tell` until that says to stop (false).
void check_fields(const Json& object, std::span<const Field> fields,
                  const std::function<bool(Complaint)>& tell);

/// The first null, or number that is no plain integer, anywhere in `value`: neither has a place in
/// what is signed.
std::optional<Complaint> find_unsafe_value(const Json& value);

/// The same for `subject` by listing_fields(), with the rules that join fields: hands each
/// complaint to `tell`.
void check_listing_fields(const Json& subject, const std::function<bool(Complaint)>& tell);

/// Visits every text with its path and its row of the table, which is null where the table does not
/// know it.
void visit_texts(const Json& value,
                 const std::function<void(const std::string& path, const std::string& text,
                                          const Field* field)>& visit);

}  // namespace protocol
