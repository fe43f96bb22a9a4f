#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "node/store/store.h"
#include "protocol/encoding/time.h"

namespace node {

// One file that holds what a data folder needs to be made again:
//
//   "kith-backup/1\n"  a line of canonical JSON (BackupInfo)  payload  SHA-256 of all before
//
// Open: the payload is the database as one state of it; no key is in it. Sealed: keys and database,
// encrypted in pieces (XChaCha20-Poly1305, libsodium's secretstream) under a key that Argon2id
// makes from a passphrase; each piece is bound to the line of JSON. docs/decisions/0014.

/// What a backup is made for. A hand-over is sealed, and the machine that made it stops publishing.
enum class BackupPurpose { backup, hand_over };

/// What the file says about itself, before anything of it is believed or opened.
struct BackupInfo {
  BackupPurpose purpose = BackupPurpose::backup;
  protocol::Timestamp made_at{};
  int schema = 0;
  std::string publisher;   ///< the DID; empty where no publisher was made yet
  std::uint64_t size = 0;  ///< entries of its feed
  bool sealed = false;
};

/// A passphrase of fewer characters is refused when sealing: whoever finds the file may try for as
/// long as they like.
inline constexpr std::size_t kMinPassphraseBytes = 12;

/// Writes a backup of `data_folder` as it is at this moment; writing goes on meanwhile. With a
/// passphrase it holds the keys, sealed. The file appears whole or not at all, mode 0600; another
/// backup of that name is replaced, any other file is not. Throws DataError(config_invalid) for a
/// place inside the data folder or a file that is no backup, and what load_keys() throws;
/// std::system_error or StoreError when it cannot be written. Takes no lock.
BackupInfo write_backup(const std::filesystem::path& data_folder, const std::filesystem::path& file,
                        BackupPurpose purpose, const std::optional<std::string>& passphrase,
                        protocol::Timestamp now);

/// Reads what `file` says and checks it against its hash. Throws DataError: storage_damaged when it
/// is cut short or changed, config_invalid when it is no backup or cannot be read, schema_newer
/// when a newer version wrote it.
BackupInfo read_backup_info(const std::filesystem::path& file);

/// Makes `data_folder`, which must be empty or not there, from a backup; it appears whole or not at
/// all. The publisher in it may not publish before `kith catch-up`. Throws as read_backup_info(),
/// and config_invalid when the folder is not empty, the passphrase is wrong or missing, or the keys
/// are not those of the publisher.
BackupInfo restore_backup(const std::filesystem::path& file,
                          const std::filesystem::path& data_folder,
                          const std::optional<std::string>& passphrase, protocol::Timestamp now);

}  // namespace node
