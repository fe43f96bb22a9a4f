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
  // What holds without proofs names no witnesses, and is whose it claims to be.
  const bool witnessed = protocol::names_witnesses(text);
  const auto scid = protocol::claimed_scid(text);
  if (log && (witnessed || !scid || *scid != log->scid)) std::abort();
  return 0;
}
