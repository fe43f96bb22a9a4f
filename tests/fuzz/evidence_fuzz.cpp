// A bundle that parses is written so that it parses and is written the same again; judging it ends,
// whatever it holds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/evidence.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto evidence = protocol::parse_evidence(text);
  if (!evidence) return 0;
  // As texts: members of a document may come in another order than the canonical one.
  const auto written = protocol::format_evidence(*evidence);
  const auto again = protocol::parse_evidence(written);
  if (!again || protocol::format_evidence(*again) != written) std::abort();
  const auto now = protocol::from_unix(1'793'600'000);
  if (const auto findings = protocol::verify_evidence(*evidence, {evidence->anchor, ""}, now))
    if (protocol::explain_evidence(*findings).proven.empty()) std::abort();
  return 0;
}
