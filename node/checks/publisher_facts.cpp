#include "node/checks/publisher_facts.h"

#include <algorithm>

#include "protocol/encoding/json.h"
#include "protocol/encoding/json_members.h"
#include "protocol/identity/did_log.h"

namespace node {

namespace {

std::string facts_signing_key(const protocol::Json& entry) {
  const auto* state = entry.find("state");
  const auto* methods = state ? state->find("verificationMethod") : nullptr;
  if (const auto* items = methods ? methods->if_array() : nullptr) {
    for (const auto& item : *items) {
      if (protocol::text_member(&item, "id").ends_with("#sign"))
        return protocol::text_member(&item, "publicKeyMultibase");
    }
  }
  return {};
}

}  // namespace

std::optional<protocol::Timestamp> signing_key_changed(std::string_view did_log) {
  std::optional<protocol::Timestamp> changed;
  std::string key;
  while (!did_log.empty()) {
    const auto end = std::min(did_log.find('\n'), did_log.size());
    if (const auto entry = protocol::parse_json(did_log.substr(0, end))) {
      auto next = facts_signing_key(*entry);
      if (!key.empty() && !next.empty() && next != key)
        changed = protocol::parse_version_time(protocol::text_member(&*entry, "versionTime"));
      if (!next.empty()) key = std::move(next);
    }
    did_log.remove_prefix(std::min(end + 1, did_log.size()));
  }
  return changed;
}

}  // namespace node
