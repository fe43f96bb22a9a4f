// What is read as a document is within its limits; its subject may be anything.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/document/credential.h"
#include "protocol/document/listing.h"
#include "protocol/document/recognition.h"
#include "protocol/limits.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto envelope = protocol::read_envelope(text)) {
    if (size > protocol::kMaxDocumentBytes) std::abort();
    (void)protocol::read_listing(envelope->subject);
    (void)protocol::problems_for_publishing(envelope->subject);
    (void)protocol::read_recognition(*envelope);
    (void)protocol::read_publisher_card(*envelope);
  }
  if (const auto subject = protocol::parse_json(text)) {
    (void)protocol::read_listing(*subject);
    (void)protocol::problems_for_publishing(*subject);
  }
  return 0;
}
