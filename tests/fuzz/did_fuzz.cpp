// A DID that is taken is written back as a DID that is the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/identity/did.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto did = protocol::parse_did(text)) {
    const auto again = protocol::parse_did(protocol::format_did(*did));
    if (!again || *again != *did) std::abort();
    if (!protocol::did_folder_url(*did).starts_with("https://")) std::abort();
  }
  return 0;
}
