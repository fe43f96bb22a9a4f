// A note that parses is written back byte for byte; its checkpoint, too.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto note = protocol::parse_note(text)) {
    if (protocol::format_note(*note) != text) std::abort();
    if (const auto checkpoint = protocol::parse_checkpoint(note->text)) {
      if (protocol::format_checkpoint(*checkpoint) != note->text) std::abort();
    }
  }
  return 0;
}
