#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/result.h"

namespace protocol {

/// A JSON value as it was written: members in the order of the text, numbers with whether the token
/// was a plain integer. For everything that is signed; the HTTP API uses Boost.JSON's own values.
class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;  ///< no key twice
  struct Number {
    double value = 0;
    bool plain_integer = false;  ///< the token was -?digits without -0, and |value| <= 2^53-1
    bool operator==(const Number&) const = default;
  };

  Json() = default;  ///< null
  Json(bool value) : value_(value) {}
  Json(Number value) : value_(value) {}
  Json(std::int64_t value) : value_(Number{static_cast<double>(value), true}) {}
  Json(int value) : Json(static_cast<std::int64_t>(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  static Json object(std::initializer_list<Member> members) { return Json(Object(members)); }
  static Json array(std::initializer_list<Json> items) { return Json(Array(items)); }

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  const bool* if_bool() const { return std::get_if<bool>(&value_); }
  const Number* if_number() const { return std::get_if<Number>(&value_); }
  /// The number as an integer, if its token was a plain one within 2^53-1.
  std::optional<std::int64_t> if_integer() const;
  const std::string* if_string() const { return std::get_if<std::string>(&value_); }
  const Array* if_array() const { return std::get_if<Array>(&value_); }
  const Object* if_object() const { return std::get_if<Object>(&value_); }
  Array* if_array() { return std::get_if<Array>(&value_); }
  Object* if_object() { return std::get_if<Object>(&value_); }

  /// The member of an object; null where there is none, or where this is no object. Borrowed.
  const Json* find(std::string_view key) const;
  Json* find(std::string_view key);
  /// Sets or replaces a member of an object (a null value becomes an object first). Throws
  /// std::logic_error on any other value.
  void set(std::string_view key, Json value);
  /// Removes a member; says whether it was there.
  bool erase(std::string_view key);

  bool operator==(const Json&) const = default;

 private:
  std::variant<std::monostate, bool, Number, std::string, Array, Object> value_;
};

/// What a text may hold at most; each is checked before memory is taken (SPEC 2.1).
struct JsonLimits {
  std::size_t max_bytes = 1 << 20;
  std::size_t max_depth = 32;
  std::size_t max_keys_per_object = 256;
  std::size_t max_values = 200'000;  ///< values and keys in all
  std::size_t max_keys = 200'000;    ///< keys in all; 1,024 for a signed document
};

/// Parses exactly one JSON text (RFC 8259). Refuses with doc_syntax: repeated keys (also "\u0061"
/// beside "a"), lone surrogates, invalid UTF-8, anything after the value, a byte order mark, and
/// whatever is over `limits`; with doc_profile: numbers that are not finite as a double, and
/// exponents beyond 31 bits. Numbers are rounded to double as ECMAScript does. Escaped control
/// characters pass, as JSON allows them.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

/// The canonical text of RFC 8785 (JCS, SPEC 2.1): no spaces, keys by UTF-16 code unit, ECMAScript
/// numbers. Throws std::invalid_argument for a NaN or Infinity, which only our own code could have
/// put there.
std::string canonical(const Json& value);

/// The same for the object `value` as if it had no `member`: what a proof covers, without a copy of
/// the document.
std::string canonical_without(const Json& value, std::string_view member);

}  // namespace protocol
