// A request that parses is written back byte for byte, and no request that nobody signed is taken.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/log/add_checkpoint.h"
#include "protocol/log/merkle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto request = protocol::parse_add_checkpoint(text);
  if (!request) return 0;
  if (protocol::format_add_checkpoint(request->old_size, request->proof, request->note_bytes) !=
      text) {
    std::abort();
  }
  // The key is nobody's here, so everything must stop at it; the proof is tried by itself.
  static const auto key =
      protocol::SigningKey::from_seed(protocol::ByteView(std::array<std::uint8_t, 32>{7}));
  const auto judged = protocol::judge_add_checkpoint(
      *request, {{request->checkpoint.origin, protocol::NoteKeyKind::log, key->public_key()}, {}},
      {request->old_size, protocol::empty_root()}, protocol::Timestamp{});
  if (judged.outcome != protocol::AddCheckpointOutcome::untrusted) std::abort();
  if (request->old_size > 0 && request->old_size < request->checkpoint.size &&
      protocol::check_consistency(request->old_size, protocol::empty_root(),
                                  request->checkpoint.size, request->checkpoint.root,
                                  request->proof)) {
    std::abort();
  }
  return 0;
}
