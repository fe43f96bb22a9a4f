// A leaf that parses is written back byte for byte.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/log/leaf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto leaf = protocol::parse_leaf(text)) {
    if (protocol::format_leaf(*leaf) != text) std::abort();
  }
  return 0;
}
