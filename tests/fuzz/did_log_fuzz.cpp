// No bytes make the resolver crash, whatever it thinks of them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/identity/did_log.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto log = protocol::resolve_did_log(text, "", "", protocol::kLatestTimestamp);
  if (log && log->versions.empty()) std::abort();
  return 0;
}
