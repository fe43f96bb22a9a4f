// A bundle that parses is written so that it parses to the same; judging it ends, whatever it
// holds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/evidence.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto evidence = protocol::parse_evidence(text);
  if (!evidence) return 0;
  const auto again = protocol::parse_evidence(protocol::format_evidence(*evidence));
  if (!again || *again != *evidence) std::abort();
  const auto now = protocol::from_unix(1'793'600'000);
  if (const auto findings = protocol::verify_evidence(*evidence, {evidence->anchor, ""}, now))
    if (protocol::explain_evidence(*findings).proven.empty()) std::abort();
  return 0;
}
