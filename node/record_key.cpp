#include "node/record_key.h"

#include "protocol/identity/did.h"
#include "protocol/log/leaf.h"

namespace node {

std::optional<RecordKey> RecordKey::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  RecordKey key{std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
  if (!protocol::is_scid(key.scid) || !protocol::is_uuid_urn(key.urn())) return std::nullopt;
  return key;
}

}  // namespace node
