// A tlog-proof that parses is written back byte for byte; judging it ends.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/log/merkle.h"
#include "protocol/log/tlog_proof.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto proof = protocol::parse_tlog_proof(text);
  if (!proof) return 0;
  if (protocol::format_tlog_proof(*proof) != text) std::abort();
  const auto key = protocol::SigningKey::from_seed(protocol::Bytes(32, 7))->public_key();
  // Nobody has this key's signature.
  if (protocol::verify_tlog_proof(*proof, protocol::empty_root(),
                                  {"log.example", protocol::NoteKeyKind::log, key}))
    std::abort();
  return 0;
}
