#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/encoding/bytes.h"
#include "protocol/encoding/time.h"
#include "protocol/result.h"

namespace protocol {

inline constexpr std::size_t kMaxLeafBytes = 512;  ///< SPEC 8.1

/// One entry of a feed: a commitment to a document, or its end (SPEC 5.1). The document itself lies
/// beside the log, so that it can be erased.
struct Leaf {
  enum class Op { put, del };
  Op op = Op::put;
  std::string id;  ///< "urn:uuid:…" in lower case
  // Only of a put:
  std::string type;  ///< `t`: "listing", "recognition", "publisher"; others are hashed and skipped
  std::optional<Hash> document;      ///< `h`: SHA-256 of the document's line
  std::optional<Timestamp> expires;  ///< `exp`: the document's validUntil
  // Only of a del:
  std::string why;  ///< "withdrawn", "closed", "erased" or "mistake"

  bool operator==(const Leaf&) const = default;
};

/// Refuses with leaf_syntax (not canonical JSON, over kMaxLeafBytes, unknown or missing members),
/// or unsupported_op when it is a well-formed object whose `op` is another.
Result<Leaf> parse_leaf(std::string_view bytes);
/// Canonical JSON, as it is hashed. `leaf` must be one that parse_leaf() gives, or one like it.
std::string format_leaf(const Leaf& leaf);

/// "urn:uuid:" and a version 4 UUID in lower case, from 16 random bytes.
std::string uuid_urn(std::span<const std::uint8_t, 16> random);
/// Whether `text` is "urn:uuid:" and 36 lower-case characters of a UUID.
bool is_uuid_urn(std::string_view text);

}  // namespace protocol
