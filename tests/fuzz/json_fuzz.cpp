// Whatever parses, its canonical text parses to the same value and is its own canonical text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/encoding/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto value = protocol::parse_json(text)) {
    const auto once = protocol::canonical(*value);
    const auto again = protocol::parse_json(once);
    if (!again || protocol::canonical(*again) != once) std::abort();
  }
  return 0;
}
