// Every decoder takes exactly one text for given bytes. The first byte says which decoder.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocol/crypto/crypto.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/encoding/time.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto same = [&](const std::string& again) {
    if (again != text) std::abort();
  };
  switch (data[0] % 9) {
    case 0:
      if (const auto bytes = protocol::from_hex(text)) same(protocol::to_hex(*bytes));
      break;
    case 1:
      if (const auto bytes = protocol::from_base64(text)) same(protocol::to_base64(*bytes));
      break;
    case 2:
      if (const auto bytes = protocol::from_base64url(text)) same(protocol::to_base64url(*bytes));
      break;
    case 3:
      if (const auto bytes = protocol::from_base58(text)) same(protocol::to_base58(*bytes));
      break;
    case 4:
      if (const auto key = protocol::from_multikey(text)) {
        same(protocol::to_multikey(*key));
        (void)protocol::is_valid_key(*key);
      }
      break;
    case 5:
      if (const auto hash = protocol::from_multihash(text)) same(protocol::to_multihash(*hash));
      break;
    case 6:
      if (const auto value = protocol::from_proof_value(text)) {
        same(protocol::to_proof_value(*value));
      }
      break;
    case 7:
      if (const auto time = protocol::parse_timestamp(text))
        same(protocol::format_timestamp(*time));
      break;
    default:
      if (const auto date = protocol::parse_date(text)) same(protocol::format_date(*date));
  }
  return 0;
}
