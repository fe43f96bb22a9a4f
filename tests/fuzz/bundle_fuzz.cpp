// A bundle has exactly the entries that were asked for, and nothing after them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "protocol/log/tiles.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (size == 0) return 0;
  const std::uint64_t width = std::uint64_t{data[0]} + 1;
  const auto bytes = protocol::as_bytes(text.substr(1));
  if (const auto entries = protocol::decode_bundle(bytes, width)) {
    std::vector<protocol::Bytes> copies;
    for (const auto& entry : *entries) copies.emplace_back(entry.begin(), entry.end());
    if (copies.size() != width ||
        protocol::as_text(protocol::encode_bundle(copies)) != text.substr(1))
      std::abort();
  }
  (void)protocol::decode_bundle_prefix(bytes, width);
  return 0;
}
