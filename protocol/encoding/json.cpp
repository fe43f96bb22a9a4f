#include "protocol/encoding/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <system_error>

#include <boost/json/basic_parser_impl.hpp>

namespace protocol {

namespace {

constexpr double kMaxPlainInteger = 9007199254740991.0;  // 2^53-1

/// What from_chars does not tell about a token that is out of range: whether it was too large or
/// too near zero. The sign of the decimal exponent of its first digit that is not 0 decides.
bool json_token_is_huge(std::string_view token) {
  if (!token.empty() && token.front() == '-') token.remove_prefix(1);
  const std::size_t mantissa_end = std::min(token.find_first_of("eE"), token.size());
  const std::string_view mantissa = token.substr(0, mantissa_end);
  const std::size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return false;  // some spelling of zero
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const auto place = static_cast<long long>(point) - static_cast<long long>(first);
  std::string_view exponent_text = token.substr(mantissa_end);
  if (exponent_text.empty()) return place > 0;
  exponent_text.remove_prefix(1);
  const bool negative = !exponent_text.empty() && exponent_text.front() == '-';
  if (!exponent_text.empty() && (negative || exponent_text.front() == '+')) {
    exponent_text.remove_prefix(1);
  }
  long long exponent = 0;
  const auto read =
      std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  if (read.ec == std::errc::result_out_of_range) return !negative;
  return place + (negative ? -exponent : exponent) > 0;
}

bool json_is_plain_integer(std::string_view token, double value) {
  return std::abs(value) <= kMaxPlainInteger && token != "-0" &&
         token.find_first_of(".eE") == std::string_view::npos;
}

/// A key as a refusal quotes it: short, on one line, whatever it holds.
std::string json_quote(std::string_view key) {
  constexpr std::size_t kShown = 60;
  if (key.size() <= kShown) return canonical(Json(key));
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(key[end]) & 0xC0) == 0x80) --end;
  return canonical(Json(std::string(key.substr(0, end)) + "..."));
}

/// Receives the tokens from Boost's parser, which has checked grammar and UTF-8, and builds the
/// value. It never takes Boost's idea of a number: that is rounded wrongly for one double in four.
/// Strings, keys and numbers may come in parts, since the parser hands on what it need not copy.
class JsonBuilder {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  using View = boost::json::string_view;
  using Failure = boost::json::error_code;

  explicit JsonBuilder(const JsonLimits& limits) : limits_(limits) {}

  bool on_document_begin(Failure&) { return true; }
  bool on_document_end(Failure&) { return true; }

  bool on_object_begin(Failure& failure) { return open(Kind::object, failure); }
  bool on_object_end(std::size_t, Failure& failure) {
    if (!keys_differ(frames_.back().members, failure)) return false;
    Json made(std::move(frames_.back().members));
    frames_.pop_back();
    put(std::move(made));
    return true;
  }
  bool on_array_begin(Failure& failure) { return open(Kind::array, failure); }
  bool on_array_end(std::size_t, Failure&) {
    Json made(std::move(frames_.back().items));
    frames_.pop_back();
    put(std::move(made));
    return true;
  }

  bool on_key_part(View part, std::size_t, Failure&) { return gather(part); }
  bool on_key(View part, std::size_t, Failure& failure) {
    Frame& frame = frames_.back();
    if (frame.members.size() >= limits_.max_keys_per_object) {
      return stop(failure, "more than " + std::to_string(limits_.max_keys_per_object) +
                               " members in one object");
    }
    if (!count(failure)) return false;
    if (++keys_ > limits_.max_keys) {
      return stop(failure, "more than " + std::to_string(limits_.max_keys) + " members in all");
    }
    gather(part);
    // The member stands at once with a null, so that a key is held in one place only.
    frame.members.emplace_back(std::move(text_), Json());
    text_.clear();
    return true;
  }

  bool on_string_part(View part, std::size_t, Failure&) { return gather(part); }
  bool on_string(View part, std::size_t, Failure& failure) {
    if (!count(failure)) return false;
    gather(part);
    put(Json(std::move(text_)));
    text_.clear();
    return true;
  }

  bool on_number_part(View part, Failure&) { return gather(part); }
  bool on_int64(std::int64_t, View part, Failure& failure) { return number(part, failure); }
  bool on_uint64(std::uint64_t, View part, Failure& failure) { return number(part, failure); }
  bool on_double(double, View part, Failure& failure) { return number(part, failure); }
  bool on_bool(bool value, Failure& failure) {
    if (!count(failure)) return false;
    put(Json(value));
    return true;
  }
  bool on_null(Failure& failure) {
    if (!count(failure)) return false;
    put(Json());
    return true;
  }

  // Comments are switched off; the parser asks for these nevertheless.
  bool on_comment_part(View, Failure& failure) { return stop(failure, "a comment"); }
  bool on_comment(View, Failure& failure) { return stop(failure, "a comment"); }

  Json take() { return std::move(root_); }
  const std::optional<Error>& refusal() const { return refusal_; }

 private:
  enum class Kind { array, object };
  struct Frame {
    Kind kind;
    Json::Array items;
    Json::Object members;
  };

  bool stop(Failure& failure, std::string detail, ErrorCode code = ErrorCode::doc_syntax) {
    refusal_ = Error{code, std::move(detail)};
    failure = boost::system::errc::make_error_code(boost::system::errc::operation_canceled);
    return false;
  }

  bool count(Failure& failure) {
    if (++values_ <= limits_.max_values) return true;
    return stop(failure, "more than " + std::to_string(limits_.max_values) + " values");
  }

  bool open(Kind kind, Failure& failure) {
    if (frames_.size() >= limits_.max_depth) {
      return stop(failure, "nested deeper than " + std::to_string(limits_.max_depth));
    }
    if (!count(failure)) return false;
    frames_.push_back({kind, {}, {}});
    return true;
  }

  bool gather(View part) {
    text_.append(part.data(), part.size());
    return true;
  }

  void put(Json value) {
    if (frames_.empty()) {
      root_ = std::move(value);
      return;
    }
    Frame& frame = frames_.back();
    switch (frame.kind) {
      case Kind::array:
        frame.items.push_back(std::move(value));
        break;
      case Kind::object:
        frame.members.back().second = std::move(value);
        break;
    }
  }

  bool number(View part, Failure& failure) {
    if (!count(failure)) return false;
    gather(part);
    double value = 0;
    const char* const end = text_.data() + text_.size();
    const auto read = std::from_chars(text_.data(), end, value);
    if (read.ptr != end) return stop(failure, "a malformed number");
    if (read.ec == std::errc::result_out_of_range) {
      // ECMAScript reads what is nearer to 0 than any double as 0.
      value = json_token_is_huge(text_) ? HUGE_VAL : (text_.front() == '-' ? -0.0 : 0.0);
    }
    if (!std::isfinite(value)) {
      return stop(failure, "a number too large for a double", ErrorCode::doc_profile);
    }
    put(Json(Json::Number{value, json_is_plain_integer(text_, value)}));
    text_.clear();
    return true;
  }

  /// Keys are compared as what they mean, so "\u0061" repeats "a". Sorting at the end of the object
  /// costs n log n whatever the keys are; there is no hash table that chosen keys could flood.
  bool keys_differ(const Json::Object& members, Failure& failure) {
    bool ascending = true;
    for (std::size_t i = 1; i < members.size() && ascending; ++i) {
      ascending = members[i - 1].first < members[i].first;
    }
    if (ascending) return true;  // as canonical texts nearly always are
    sorted_.clear();
    for (const auto& member : members) sorted_.push_back(member.first);
    std::sort(sorted_.begin(), sorted_.end());
    const auto twice = std::adjacent_find(sorted_.begin(), sorted_.end());
    if (twice == sorted_.end()) return true;
    return stop(failure, "the member " + json_quote(*twice) + " twice in one object");
  }

  JsonLimits limits_;
  std::size_t values_ = 0;
  std::size_t keys_ = 0;
  std::string text_;
  std::vector<Frame> frames_;
  std::vector<std::string_view> sorted_;
  Json root_;
  std::optional<Error> refusal_;
};

/// Whether `a` stands before `b` when both are compared by UTF-16 code unit. Byte order of UTF-8
/// agrees but for one case: characters beyond U+FFFF (first byte F0 and up) are written with
/// surrogates (D800 to DFFF) and so stand before U+E000 to U+FFFF (first byte EE or EF).
bool json_utf16_less(std::string_view a, std::string_view b) {
  const auto [left, right] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (left == a.end() || right == b.end()) return left == a.end() && right != b.end();
  const auto x = static_cast<unsigned char>(*left);
  const auto y = static_cast<unsigned char>(*right);
  if (x >= 0xF0 && (y == 0xEE || y == 0xEF)) return true;
  if (y >= 0xF0 && (x == 0xEE || x == 0xEF)) return false;
  return x < y;
}

/// Number::toString of ECMAScript: the shortest digits that read back, laid out by size.
void json_write_number(double value, std::string& out) {
  if (!std::isfinite(value)) {
    throw std::invalid_argument("canonical JSON has no NaN and no Infinity");
  }
  if (value == 0) {  // -0 as well
    out += '0';
    return;
  }
  char buffer[32];
  const auto written =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  std::string_view text(buffer, static_cast<std::size_t>(written.ptr - buffer));
  if (text.front() == '-') {
    out += '-';
    text.remove_prefix(1);
  }
  const std::size_t e = text.find('e');
  std::string digits(text.substr(0, 1));
  if (e > 2) digits += text.substr(2, e - 2);
  std::string_view exponent_text = text.substr(e + 1);
  if (exponent_text.front() == '+') exponent_text.remove_prefix(1);
  int exponent = 0;
  std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);

  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // the decimal point stands after so many digits
  if (point > 21 || point <= -6) {
    out += digits[0];
    if (count > 1) {
      out += '.';
      out.append(digits, 1);
    }
    out += exponent < 0 ? "e-" : "e+";
    out += std::to_string(std::abs(exponent));
  } else if (point <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-point), '0');
    out += digits;
  } else if (point >= count) {
    out += digits;
    out.append(static_cast<std::size_t>(point - count), '0');
  } else {
    out.append(digits, 0, static_cast<std::size_t>(point));
    out += '.';
    out.append(digits, static_cast<std::size_t>(point));
  }
}

void json_write_string(std::string_view text, std::string& out) {
  out += '"';
  // Nearly all of a text stands for itself, so it is taken over in runs.
  std::size_t run = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, run, i - run);
    run = i + 1;
    out += '\\';
    switch (c) {
      case '"':
      case '\\':
        out += static_cast<char>(c);
        break;
      case '\b':
        out += 'b';
        break;
      case '\f':
        out += 'f';
        break;
      case '\n':
        out += 'n';
        break;
      case '\r':
        out += 'r';
        break;
      case '\t':
        out += 't';
        break;
      default: {
        constexpr char kDigits[] = "0123456789abcdef";
        out += "u00";
        out += kDigits[c >> 4];
        out += kDigits[c & 15];
      }
    }
  }
  out.append(text, run);
  out += '"';
}

void json_write(const Json& value, std::string& out);

void json_write_object(const Json::Object& members, std::optional<std::string_view> without,
                       std::string& out) {
  const auto before = [](const Json::Member& a, const Json::Member& b) {
    return json_utf16_less(a.first, b.first);
  };
  out += '{';
  bool first = true;
  const auto write = [&](const Json::Member& member) {
    if (without && member.first == *without) return;
    if (!first) out += ',';
    first = false;
    json_write_string(member.first, out);
    out += ':';
    json_write(member.second, out);
  };
  if (std::is_sorted(members.begin(), members.end(), before)) {
    // What was read from a canonical text is in order.
    for (const auto& member : members) write(member);
  } else {
    std::vector<const Json::Member*> order;
    order.reserve(members.size());
    for (const auto& member : members) order.push_back(&member);
    std::sort(order.begin(), order.end(),
              [&](const Json::Member* a, const Json::Member* b) { return before(*a, *b); });
    for (const auto* member : order) write(*member);
  }
  out += '}';
}

void json_write(const Json& value, std::string& out) {
  if (const auto* flag = value.if_bool()) {
    out += *flag ? "true" : "false";
  } else if (const auto* number = value.if_number()) {
    json_write_number(number->value, out);
  } else if (const auto* text = value.if_string()) {
    json_write_string(*text, out);
  } else if (const auto* items = value.if_array()) {
    out += '[';
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (i > 0) out += ',';
      json_write((*items)[i], out);
    }
    out += ']';
  } else if (const auto* members = value.if_object()) {
    json_write_object(*members, std::nullopt, out);
  } else {
    out += "null";
  }
}

}  // namespace

std::optional<std::int64_t> Json::if_integer() const {
  const Number* number = if_number();
  if (number == nullptr || !number->plain_integer) return std::nullopt;
  // A number made by our own code may claim to be plain and be too large to be exact.
  if (!(std::abs(number->value) <= kMaxPlainInteger)) return std::nullopt;
  return static_cast<std::int64_t>(number->value);
}

const Json* Json::find(std::string_view key) const {
  if (const Object* members = if_object()) {
    for (const auto& member : *members) {
      if (member.first == key) return &member.second;
    }
  }
  return nullptr;
}

Json* Json::find(std::string_view key) {
  return const_cast<Json*>(static_cast<const Json*>(this)->find(key));
}

void Json::set(std::string_view key, Json value) {
  if (Json* found = find(key)) {
    *found = std::move(value);
    return;
  }
  if (is_null()) value_ = Object();
  Object* members = if_object();
  if (members == nullptr) throw std::logic_error("Json::set on a value that is no object");
  members->emplace_back(std::string(key), std::move(value));
}

bool Json::erase(std::string_view key) {
  Object* members = if_object();
  if (members == nullptr) return false;
  return std::erase_if(*members, [&](const Member& member) { return member.first == key; }) > 0;
}

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return refuse(ErrorCode::doc_syntax, "JSON: " + std::to_string(text.size()) +
                                             " bytes, more than the " +
                                             std::to_string(limits.max_bytes) + " allowed");
  }
  boost::json::parse_options options;
  // Boost recurses once a level. Its own limit stands one above ours, so that ours speaks first.
  options.max_depth = std::min<std::size_t>(limits.max_depth, 1000) + 1;
  boost::json::basic_parser<JsonBuilder> parser(options, limits);
  boost::json::error_code failure;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), failure);
  if (const auto& own = parser.handler().refusal()) {
    return refuse(own->code, "JSON, before byte " + std::to_string(used) + ": " + own->detail);
  }
  if (failure == boost::json::error::exponent_overflow) {
    return refuse(ErrorCode::doc_profile,
                  "JSON, byte " + std::to_string(used) + ": an exponent out of all range");
  }
  if (failure) {
    return refuse(ErrorCode::doc_syntax,
                  "JSON, byte " + std::to_string(used) + ": " + failure.message());
  }
  if (used != text.size()) {
    return refuse(ErrorCode::doc_syntax,
                  "JSON, byte " + std::to_string(used) + ": something after the value");
  }
  return parser.handler().take();
}

std::string canonical(const Json& value) {
  std::string out;
  json_write(value, out);
  return out;
}

std::string canonical_without(const Json& value, std::string_view member) {
  const Json::Object* members = value.if_object();
  if (members == nullptr) return canonical(value);
  std::string out;
  json_write_object(*members, member, out);
  return out;
}

}  // namespace protocol
