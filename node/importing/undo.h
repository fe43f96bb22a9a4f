#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/encoding/json.h"

// What one import changed, as it is kept so that the import can be taken back.

namespace node {

struct ImportedChange {
  std::string id;                        ///< urn:uuid
  std::optional<protocol::Json> before;  ///< its subject; nothing: the import made it
  /// subject_hash() of what the import published; empty: it ended the listing.
  std::string after;
};

/// SHA-256 of the subject's canonical form, in hex.
std::string subject_hash(const protocol::Json& subject);

/// One line of JSON each, and back. Throws std::runtime_error where a line is none of these.
std::string format_undo(const std::vector<ImportedChange>& changes);
std::vector<ImportedChange> parse_undo(std::string_view lines);

}  // namespace node
