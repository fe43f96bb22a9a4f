#include <cstring>
#include <type_traits>

#include <sodium.h>

#include "node/search/version.h"
#include "protocol/crypto/crypto.h"
#include "protocol/encoding/text_encodings.h"

// A cursor is, in base64url: 32 bytes of MAC (HMAC-SHA-512-256), then what is told of the last
// listing of a page. The MAC also covers the query without its cursor, so that a cursor serves
// nothing but the next page of the search that it came from.

namespace node {

namespace {

constexpr std::size_t kCursorBytes = 2'000;

template <class T>
void cursor_put(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    out += static_cast<char>(static_cast<std::make_unsigned_t<T>>(value) >> (8 * i) & 0xFF);
}
void cursor_put_text(std::string& out, std::string_view text) {
  cursor_put(out, static_cast<std::uint32_t>(text.size()));
  out += text;
}

class CursorReader {
 public:
  explicit CursorReader(std::string_view bytes) : rest_(bytes) {}
  template <class T>
  T number() {
    if (rest_.size() < sizeof(T)) {
      good_ = false;
      return 0;
    }
    std::make_unsigned_t<T> value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
      value = static_cast<std::make_unsigned_t<T>>(
          value | static_cast<std::make_unsigned_t<T>>(static_cast<unsigned char>(rest_[i]))
                      << (8 * i));
    rest_.remove_prefix(sizeof(T));
    return static_cast<T>(value);
  }
  std::string text() {
    const auto size = number<std::uint32_t>();
    if (size > rest_.size()) {
      good_ = false;
      return {};
    }
    std::string made(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return made;
  }
  bool finished() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::string cursor_mac(const std::string& key, const Query& query, std::string_view body) {
  std::string message;
  for (const auto& [name, value] : to_parameters(query)) {
    cursor_put_text(message, name);
    cursor_put_text(message, value);
  }
  cursor_put_text(message, body);
  // Any length of key will do; the hash has the one that crypto_auth wants.
  const auto fixed = protocol::sha256(key);
  std::string mac(crypto_auth_BYTES, '\0');
  crypto_auth(reinterpret_cast<unsigned char*>(mac.data()),
              reinterpret_cast<const unsigned char*>(message.data()), message.size(), fixed.data());
  return mac;
}

tl::unexpected<protocol::Error> cursor_refusal() {
  return protocol::refuse(
      protocol::ErrorCode::bad_request,
      "cursor: not of this search, or of an earlier start of this node; begin again without it");
}

}  // namespace

std::string format_cursor(const SearchCursor& cursor, const std::string& key, const Query& query) {
  std::string body;
  cursor_put(body, cursor.day);
  cursor_put(body, cursor.last.score);
  cursor_put(body, static_cast<std::uint8_t>(cursor.last.past_review));
  cursor_put(body, cursor.last.confirmed);
  cursor_put(body, cursor.last.number);
  cursor_put_text(body, cursor.last.name);
  cursor_put_text(body, cursor.last.key.scid);
  cursor_put_text(body, cursor.last.key.uuid);
  return protocol::to_base64url(protocol::as_bytes(cursor_mac(key, query, body) + body));
}

protocol::Result<SearchCursor> parse_cursor(const std::string& key, const Query& query) {
  if (query.cursor.size() > kCursorBytes) return cursor_refusal();
  const auto bytes = protocol::from_base64url(query.cursor);
  if (!bytes || bytes->size() < crypto_auth_BYTES) return cursor_refusal();
  const auto all = protocol::as_text(*bytes);
  const auto body = all.substr(crypto_auth_BYTES);
  const std::string mac = cursor_mac(key, query, body);
  if (sodium_memcmp(mac.data(), all.data(), crypto_auth_BYTES) != 0) return cursor_refusal();
  CursorReader in(body);
  SearchCursor cursor;
  cursor.day = in.number<std::int32_t>();
  cursor.last.score = in.number<std::uint16_t>();
  cursor.last.past_review = in.number<std::uint8_t>() != 0;
  cursor.last.confirmed = in.number<std::int32_t>();
  cursor.last.number = in.number<std::int64_t>();
  cursor.last.name = in.text();
  cursor.last.key.scid = in.text();
  cursor.last.key.uuid = in.text();
  if (!in.finished()) return cursor_refusal();
  return cursor;
}

}  // namespace node
