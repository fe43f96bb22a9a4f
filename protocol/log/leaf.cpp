#include "protocol/log/leaf.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <initializer_list>

#include "protocol/encoding/json.h"
#include "protocol/encoding/text_encodings.h"

namespace protocol {

namespace {

constexpr std::string_view kLeafUuidPrefix = "urn:uuid:";
constexpr std::size_t kLeafUuidLength = 36;
/// 9999-12-31T23:59:59Z: no document is valid for longer, and no later time can be written as text.
constexpr std::int64_t kLeafMaxExpires = 253402300799;

bool leaf_is_hyphen_place(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

bool leaf_is_reason(std::string_view why) {
  return why == "withdrawn" || why == "closed" || why == "erased" || why == "mistake";
}

Result<void> leaf_check_members(const Json::Object& object,
                                std::initializer_list<std::string_view> names) {
  for (const auto& member : object) {
    if (std::find(names.begin(), names.end(), member.first) == names.end()) {
      return refuse(ErrorCode::leaf_syntax, "leaf: has a member that this version does not know");
    }
  }
  // No key stands twice, so that known members in the right number are all of them.
  if (object.size() != names.size()) return refuse(ErrorCode::leaf_syntax, "leaf: lacks a member");
  return {};
}

Result<std::string> leaf_string(const Json& value, std::string_view name) {
  const Json* member = value.find(name);
  const std::string* text = member == nullptr ? nullptr : member->if_string();
  if (text == nullptr) {
    return refuse(ErrorCode::leaf_syntax, "leaf." + std::string(name) + ": expected a string");
  }
  return *text;
}

Result<std::string> leaf_id(const Json& value) {
  ASSIGN_OR_RETURN(auto id, leaf_string(value, "id"));
  if (!is_uuid_urn(id)) {
    return refuse(ErrorCode::leaf_syntax, "leaf.id: expected urn:uuid: and a UUID in lower case");
  }
  return id;
}

Result<Leaf> leaf_read_put(const Json& value, const Json::Object& object) {
  RETURN_IF_REFUSED(leaf_check_members(object, {"exp", "h", "id", "op", "t"}));
  Leaf leaf;
  leaf.op = Leaf::Op::put;
  ASSIGN_OR_RETURN(leaf.id, leaf_id(value));
  ASSIGN_OR_RETURN(leaf.type, leaf_string(value, "t"));
  if (leaf.type.empty()) return refuse(ErrorCode::leaf_syntax, "leaf.t: empty");
  ASSIGN_OR_RETURN(const std::string hash, leaf_string(value, "h"));
  if (const auto bytes = from_base64url(hash)) leaf.document = Hash::of(ByteView(*bytes));
  if (!leaf.document) {
    return refuse(ErrorCode::leaf_syntax,
                  "leaf.h: expected a SHA-256 as 43 characters of base64url");
  }
  const auto expires = value.find("exp")->if_integer();
  if (!expires || *expires < 0 || *expires > kLeafMaxExpires) {
    return refuse(ErrorCode::leaf_syntax,
                  "leaf.exp: expected seconds since 1970, before year 10000");
  }
  leaf.expires = from_unix(*expires);
  return leaf;
}

Result<Leaf> leaf_read_del(const Json& value, const Json::Object& object) {
  RETURN_IF_REFUSED(leaf_check_members(object, {"id", "op", "why"}));
  Leaf leaf;
  leaf.op = Leaf::Op::del;
  ASSIGN_OR_RETURN(leaf.id, leaf_id(value));
  ASSIGN_OR_RETURN(leaf.why, leaf_string(value, "why"));
  if (!leaf_is_reason(leaf.why)) {
    return refuse(ErrorCode::leaf_syntax,
                  "leaf.why: expected withdrawn, closed, erased or mistake");
  }
  return leaf;
}

}  // namespace

Result<Leaf> parse_leaf(std::string_view bytes) {
  if (bytes.size() > kMaxLeafBytes) return refuse(ErrorCode::leaf_syntax, "leaf: over 512 bytes");
  JsonLimits limits;
  limits.max_bytes = kMaxLeafBytes;
  const auto value = parse_json(bytes, limits);
  if (!value) return refuse(ErrorCode::leaf_syntax, "leaf: " + value.error().detail);
  const Json::Object* object = value->if_object();
  if (object == nullptr) return refuse(ErrorCode::leaf_syntax, "leaf: expected an object");
  if (canonical(*value) != bytes) {
    return refuse(ErrorCode::leaf_syntax, "leaf: not canonical JSON");
  }
  ASSIGN_OR_RETURN(const std::string op, leaf_string(*value, "op"));
  if (op == "put") return leaf_read_put(*value, *object);
  if (op == "del") return leaf_read_del(*value, *object);
  // Also "prune", which is reserved. What an unknown operation does cannot be guessed, so that the
  // feed ends here for this version.
  return refuse(ErrorCode::unsupported_op, "leaf.op: not an operation of this version");
}

std::string format_leaf(const Leaf& leaf) {
  assert(is_uuid_urn(leaf.id));
  switch (leaf.op) {
    case Leaf::Op::put:
      assert(leaf.document && leaf.expires && !leaf.type.empty());
      return canonical(Json::object({{"exp", to_unix(leaf.expires.value())},
                                     {"h", to_base64url(leaf.document.value().view())},
                                     {"id", leaf.id},
                                     {"op", "put"},
                                     {"t", leaf.type}}));
    case Leaf::Op::del:
      assert(leaf_is_reason(leaf.why));
      return canonical(Json::object({{"id", leaf.id}, {"op", "del"}, {"why", leaf.why}}));
  }
  return {};
}

std::string uuid_urn(std::span<const std::uint8_t, 16> random) {
  std::array<std::uint8_t, 16> bytes;
  std::copy(random.begin(), random.end(), bytes.begin());
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x40);  // version 4
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);  // variant of RFC 9562
  std::string text(kLeafUuidPrefix);
  const std::string digits = to_hex(bytes);
  for (const char digit : digits) {
    if (leaf_is_hyphen_place(text.size() - kLeafUuidPrefix.size())) text += '-';
    text += digit;
  }
  return text;
}

bool is_uuid_urn(std::string_view text) {
  if (!text.starts_with(kLeafUuidPrefix)) return false;
  text.remove_prefix(kLeafUuidPrefix.size());
  if (text.size() != kLeafUuidLength) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (leaf_is_hyphen_place(i) ? c != '-' : !is_digit) return false;
  }
  return true;
}

}  // namespace protocol
