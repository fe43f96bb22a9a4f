#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
/// others, is a link or belongs to someone else, or when others can write into their folder;
/// config_invalid when it is not a key.
NodeKeys load_keys(const std::filesystem::path& data_folder);
/// The same for a publisher whose identity log names `sign` and `node`. Where a change of keys was
/// cut off it takes up what save_next_keys() laid ready, or throws that away, so that the files fit
/// what was committed. Throws DataError(config_invalid) when neither fits; nothing was changed
/// then.
NodeKeys load_keys_for(const std::filesystem::path& data_folder, const protocol::PublicKey& sign,
                       const std::optional<protocol::PublicKey>& node);
/// One of them ("sign" or "node"), settled likewise; nothing where neither file is that key.
std::optional<protocol::SigningKey> find_key_for(const std::filesystem::path& data_folder,
                                                 std::string_view name,
                                                 const protocol::PublicKey& wanted);
/// Writes the key files that a change of keys will need beside those in use, as NAME.key.next, mode
/// 0600. They count from when the identity log names them: load_keys_for() then renames them.
void save_next_keys(const std::filesystem::path& data_folder, const NodeKeys& keys);
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
  protocol::ByteView paper_seed;  ///< the second successor, for the parent body; empty where it was
                                  ///< cut off before and stays as it is
};
std::string recovery_sheet_text(const RecoverySheet& sheet);
/// Whether `file` is such a sheet, or another that begins like one. A file that cannot be read is
/// none.
bool is_recovery_sheet(const std::filesystem::path& file);

/// The keys of a recovery sheet as a person hands it in: the whole text, or the half that was cut
/// off; capital letters, spaces and line breaks may have been lost in typing.
struct ReadSheet {
  std::string did;                         ///< empty where the line was cut off
  std::vector<protocol::SigningKey> keys;  ///< in the order of the sheet; at least one
};
/// Throws DataError(config_invalid), naming the part that cannot be read.
ReadSheet read_recovery_sheet(std::string_view text);

}  // namespace node
