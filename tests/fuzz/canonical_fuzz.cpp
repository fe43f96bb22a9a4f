// Any value that can be built is written canonically, read back as the same value, and written the
// same again.
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocol/encoding/json.h"

namespace {

/// Builds a value from bytes, so that every input is one: no time goes into texts that are no JSON.
class CanonicalFuzzValue {
 public:
  CanonicalFuzzValue(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}

  protocol::Json value(int depth) {
    switch (byte() % (depth > 0 ? 7 : 5)) {
      case 0:
        return {};
      case 1:
        return byte() % 2 == 0;
      case 2:
        return static_cast<std::int64_t>(bits() >> 11);
      case 3: {
        const double number = std::bit_cast<double>(bits());
        return std::isfinite(number) ? protocol::Json(protocol::Json::Number{number, false})
                                     : protocol::Json(0);
      }
      case 4:
        return text();
      case 5: {
        protocol::Json::Array items;
        for (int i = byte() % 8; i > 0; --i) items.push_back(value(depth - 1));
        return items;
      }
      default: {
        protocol::Json object{protocol::Json::Object()};
        for (int i = byte() % 8; i > 0; --i) object.set(text(), value(depth - 1));
        return object;
      }
    }
  }

 private:
  std::uint8_t byte() {
    if (left_ == 0) return 0;
    --left_;
    return *data_++;
  }
  std::uint64_t bits() {
    std::uint64_t made = 0;
    for (int i = 0; i < 8; ++i) made = (made << 8) | byte();
    return made;
  }
  /// Characters of one to four bytes: those around the surrogates are what the order of keys turns
  /// on.
  std::string text() {
    std::string made;
    for (int i = byte() % 6; i > 0; --i) {
      std::uint32_t point = byte();
      switch (byte() % 4) {
        case 0:
          point &= 0x7f;
          break;
        case 1:
          point += 0xd700;
          break;
        case 2:
          point += 0xff00;
          break;
        default:
          point = 0x10000 + point * 0x100f;
      }
      if (point >= 0xd800 && point < 0xe000) point += 0x800;
      if (point < 0x80) {
        made += static_cast<char>(point);
      } else if (point < 0x10000) {
        made += static_cast<char>(0xe0 | (point >> 12));
        made += static_cast<char>(0x80 | ((point >> 6) & 0x3f));
        made += static_cast<char>(0x80 | (point & 0x3f));
      } else {
        made += static_cast<char>(0xf0 | (point >> 18));
        made += static_cast<char>(0x80 | ((point >> 12) & 0x3f));
        made += static_cast<char>(0x80 | ((point >> 6) & 0x3f));
        made += static_cast<char>(0x80 | (point & 0x3f));
      }
    }
    return made;
  }

  const std::uint8_t* data_;
  std::size_t left_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const protocol::Json value = CanonicalFuzzValue(data, size).value(6);
  const std::string once = protocol::canonical(value);
  const auto read = protocol::parse_json(once, {.max_bytes = 1 << 24, .max_values = 1 << 22});
  if (!read || protocol::canonical(*read) != once) std::abort();
  if (protocol::canonical_without(*read, "a") != protocol::canonical_without(value, "a")) {
    std::abort();
  }
  return 0;
}
