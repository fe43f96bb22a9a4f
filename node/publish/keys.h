#pragma once

#include <filesystem>
#include <string>

#include "protocol/crypto/crypto.h"
#include "protocol/encoding/time.h"

namespace node {

/// The keys that stay at the node: whoever can read these files can speak as this publisher, until
/// its update keys name others.
struct NodeKeys {
  protocol::SigningKey sign;  ///< "#sign": documents and checkpoints
  protocol::SigningKey node;  ///< "#node": time stamps and cosignatures
};

/// A new key from the system's randomness.
protocol::SigningKey new_key();
/// A new "urn:uuid:…" (version 4).
std::string new_record_id();

/// Reads DATA/keys/sign.key and node.key. Throws DataError: key_permissions when a file is open to
/// others, is a link or belongs to someone else; config_invalid when it is not a key.
NodeKeys load_keys(const std::filesystem::path& data_folder);
/// Writes both, mode 0600. Throws when one is there already: keys are never overwritten.
void save_keys(const std::filesystem::path& data_folder, const NodeKeys& keys);

/// What to print and put in a drawer: the update key and its two successors. It is the only way to
/// move the publisher to other keys or another host, and is kept apart from the data.
struct RecoverySheet {
  std::string publisher;
  std::string did;
  protocol::Timestamp made_at{};
  protocol::ByteView update_seed;
  protocol::ByteView next_seed;
  protocol::ByteView paper_seed;  ///< the second successor, for the parent body
};
std::string recovery_sheet_text(const RecoverySheet& sheet);
/// Whether `file` is such a sheet, or another that begins like one. A file that cannot be read is
/// none.
bool is_recovery_sheet(const std::filesystem::path& file);

}  // namespace node
