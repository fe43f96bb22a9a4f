#include "node/publish/backup.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/publish/files.h"
#include "node/publish/keys.h"
#include "node/publish/own_history.h"
#include "node/store/backup_copy.h"
#include "node/store/schema.h"
#include "protocol/crypto/crypto.h"
#include "protocol/encoding/json.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/identity/did_log.h"

namespace node {

namespace {

using protocol::ErrorCode;

constexpr std::string_view kBackupMagic = "kith-backup/";
constexpr std::string_view kBackupFirstLine = "kith-backup/1\n";
constexpr std::size_t kMaxBackupInfoBytes = 4096;
constexpr std::size_t kBackupHashBytes = 32;
// How much is in memory at a time.
constexpr std::size_t kBackupPieceBytes = 1 << 20;
constexpr std::size_t kBackupSealedPieceBytes =
    kBackupPieceBytes + crypto_secretstream_xchacha20poly1305_ABYTES;
// libsodium's MODERATE: whoever finds the file may try passphrases at leisure, and a person waits
// for it once.
constexpr unsigned long long kSealOps = crypto_pwhash_OPSLIMIT_MODERATE;
constexpr std::size_t kSealMemory = crypto_pwhash_MEMLIMIT_MODERATE;
// A file may ask for no more than this, whatever it says.
constexpr std::int64_t kMostSealOps = 16;
constexpr std::int64_t kMostSealMemory = std::int64_t{1} << 30;

[[noreturn]] void backup_throw_errno(const std::filesystem::path& file, const char* doing) {
  throw std::system_error(errno, std::generic_category(), std::string(doing) + " " + file.string());
}

[[noreturn]] void backup_damaged(const std::filesystem::path& file, const std::string& how) {
  throw DataError(ErrorCode::storage_damaged,
                  file.string() + ": " + how + ". Nothing was changed. Use another backup.");
}

/// A file that is being written, with the hash of what it holds so far.
class BackupWriter {
 public:
  explicit BackupWriter(std::filesystem::path file) : file_(std::move(file)) {
    ::unlink(file_.c_str());
    descriptor_ = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor_ < 0) backup_throw_errno(file_, "make");
  }
  ~BackupWriter() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!finished_) ::unlink(file_.c_str());
  }
  BackupWriter(const BackupWriter&) = delete;
  BackupWriter& operator=(const BackupWriter&) = delete;

  void add(std::string_view bytes) {
    hash_.add(bytes);
    put(bytes);
  }
  /// With the hash at its end; afterwards the file is on the disk.
  void finish_with_hash() {
    const auto hash = hash_.finish();
    put(protocol::as_text(hash.view()));
    finish();
  }
  void finish() {
    if (::fsync(descriptor_) != 0) backup_throw_errno(file_, "sync");
    finished_ = true;
  }

 private:
  void put(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto wrote = ::write(descriptor_, bytes.data(), bytes.size());
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) backup_throw_errno(file_, "write");
      bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
  }
  std::filesystem::path file_;
  int descriptor_ = -1;
  bool finished_ = false;
  protocol::Sha256 hash_;
};

class BackupReader {
 public:
  explicit BackupReader(std::filesystem::path file) : file_(std::move(file)) {
    descriptor_ = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0) {
      throw DataError(ErrorCode::config_invalid, "Cannot read " + file_.string() + ": " +
                                                     std::generic_category().message(errno));
    }
    struct stat found {};
    if (::fstat(descriptor_, &found) != 0 || !S_ISREG(found.st_mode))
      throw DataError(ErrorCode::config_invalid, file_.string() + " is not a file");
    left_ = static_cast<std::uint64_t>(found.st_size);
  }
  ~BackupReader() { ::close(descriptor_); }
  BackupReader(const BackupReader&) = delete;
  BackupReader& operator=(const BackupReader&) = delete;

  /// At most `most` bytes; fewer only at the end.
  std::string read(std::size_t most) {
    std::string bytes(std::min<std::uint64_t>(most, left_), '\0');
    std::size_t got = 0;
    while (got < bytes.size()) {
      const auto some = ::read(descriptor_, bytes.data() + got, bytes.size() - got);
      if (some < 0 && errno == EINTR) continue;
      if (some < 0) backup_throw_errno(file_, "read");
      if (some == 0) backup_damaged(file_, "it became shorter while it was read");
      got += static_cast<std::size_t>(some);
    }
    left_ -= got;
    return bytes;
  }
  std::string read_line(std::size_t most) {
    std::string line;
    while (line.size() < most && !line.ends_with('\n')) {
      const auto next = read(1);
      if (next.empty()) break;
      line += next;
    }
    return line;
  }
  std::uint64_t left() const { return left_; }
  const std::filesystem::path& file() const { return file_; }

 private:
  std::filesystem::path file_;
  int descriptor_ = -1;
  std::uint64_t left_ = 0;
};

/// What sealing needs, wiped when it goes.
struct BackupSealKey {
  BackupSealKey() = default;
  ~BackupSealKey() { sodium_memzero(bytes.data(), bytes.size()); }
  BackupSealKey(const BackupSealKey&) = delete;
  BackupSealKey& operator=(const BackupSealKey&) = delete;
  std::array<unsigned char, crypto_secretstream_xchacha20poly1305_KEYBYTES> bytes{};
};

struct BackupSealTerms {
  unsigned long long ops = kSealOps;
  std::size_t memory = kSealMemory;
  protocol::Bytes salt;           ///< crypto_pwhash_SALTBYTES
  protocol::Bytes stream_header;  ///< crypto_secretstream_xchacha20poly1305_HEADERBYTES
};

void backup_derive(BackupSealKey& key, const std::string& passphrase,
                   const BackupSealTerms& terms) {
  if (::crypto_pwhash(key.bytes.data(), key.bytes.size(), passphrase.data(), passphrase.size(),
                      terms.salt.data(), terms.ops, terms.memory,
                      crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw DataError(ErrorCode::config_invalid,
                    "There is not enough memory to use the passphrase; it takes " +
                        std::to_string(terms.memory >> 20) + " MiB for a moment.");
  }
}

std::string backup_length(std::size_t size) {
  return {static_cast<char>(size >> 24), static_cast<char>(size >> 16),
          static_cast<char>(size >> 8), static_cast<char>(size)};
}

struct BackupOpened {
  BackupInfo info;
  std::optional<BackupSealTerms> seal;
  std::string head;  ///< both lines, as they stand
};

std::string backup_head(const BackupInfo& info, const std::optional<BackupSealTerms>& seal) {
  auto json = protocol::Json::object(
      {{"purpose", info.purpose == BackupPurpose::backup ? "backup" : "hand-over"},
       {"made_at", protocol::format_timestamp(info.made_at)},
       {"schema", info.schema},
       {"publisher", info.publisher},
       {"size", static_cast<std::int64_t>(info.size)}});
  if (seal) {
    json.set("sealed", protocol::Json::object({{"kdf", "argon2id13"},
                                               {"ops", static_cast<std::int64_t>(seal->ops)},
                                               {"memory", static_cast<std::int64_t>(seal->memory)},
                                               {"salt", protocol::to_hex(seal->salt)},
                                               {"stream", protocol::to_hex(seal->stream_header)}}));
  }
  return std::string(kBackupFirstLine) + protocol::canonical(json) + "\n";
}

/// Reads both lines; the rest is still to be read.
BackupOpened backup_open(BackupReader& reader) {
  const auto first = reader.read_line(kBackupFirstLine.size());
  if (!first.starts_with(kBackupMagic))
    throw DataError(ErrorCode::config_invalid,
                    reader.file().string() + " is no backup that `kith backup` wrote.");
  if (first != kBackupFirstLine) {
    throw DataError(ErrorCode::schema_newer,
                    reader.file().string() +
                        " was written by a newer version of kith. Nothing was changed. Install "
                        "that version.");
  }
  const auto line = reader.read_line(kMaxBackupInfoBytes);
  const auto json = protocol::parse_json(line);
  const auto text = [&](const protocol::Json* in, const char* name) {
    const auto* value = in ? in->find(name) : nullptr;
    return value && value->if_string() ? *value->if_string() : std::string();
  };
  const auto number = [&](const protocol::Json* in, const char* name) {
    const auto* value = in ? in->find(name) : nullptr;
    const auto found = value ? value->if_integer() : std::nullopt;
    return found && *found >= 0 ? *found : std::int64_t{-1};
  };
  const auto* all = json ? &*json : nullptr;
  const auto made_at = protocol::parse_timestamp(text(all, "made_at"));
  const auto purpose = text(all, "purpose");
  if (!made_at || number(all, "schema") < 1 || number(all, "schema") > 1'000'000 ||
      number(all, "size") < 0 || (purpose != "backup" && purpose != "hand-over"))
    backup_damaged(reader.file(), "its first lines are not what a backup begins with");
  BackupOpened opened;
  opened.head = first + line;
  opened.info = {purpose == "backup" ? BackupPurpose::backup : BackupPurpose::hand_over,
                 *made_at,
                 static_cast<int>(number(all, "schema")),
                 text(all, "publisher"),
                 static_cast<std::uint64_t>(number(all, "size")),
                 false};
  if (const auto* sealed = all->find("sealed")) {
    BackupSealTerms seal;
    const auto salt = protocol::from_hex(text(sealed, "salt"));
    const auto stream = protocol::from_hex(text(sealed, "stream"));
    const auto ops = number(sealed, "ops"), memory = number(sealed, "memory");
    if (text(sealed, "kdf") != "argon2id13" || !salt || salt->size() != crypto_pwhash_SALTBYTES ||
        !stream || stream->size() != crypto_secretstream_xchacha20poly1305_HEADERBYTES ||
        ops < static_cast<std::int64_t>(crypto_pwhash_OPSLIMIT_MIN) || ops > kMostSealOps ||
        memory < static_cast<std::int64_t>(crypto_pwhash_MEMLIMIT_MIN) || memory > kMostSealMemory)
      backup_damaged(reader.file(), "it does not say how it was sealed");
    seal = {static_cast<unsigned long long>(ops), static_cast<std::size_t>(memory), *salt, *stream};
    opened.seal = std::move(seal);
    opened.info.sealed = true;
  }
  return opened;
}

/// The hash at the end tells a file that was cut short or changed from a wrong passphrase.
void backup_check_hash(const std::filesystem::path& file) {
  BackupReader reader(file);
  if (reader.left() < kBackupHashBytes) backup_damaged(file, "it is cut short");
  protocol::Sha256 hash;
  while (reader.left() > kBackupHashBytes) {
    hash.add(reader.read(static_cast<std::size_t>(
        std::min<std::uint64_t>(kBackupPieceBytes, reader.left() - kBackupHashBytes))));
  }
  if (reader.read(kBackupHashBytes) != protocol::as_text(hash.finish().view()))
    backup_damaged(file, "it is cut short or was changed: its hash does not hold");
}

bool backup_is_below(const std::filesystem::path& file, const std::filesystem::path& folder) {
  const auto absolute = std::filesystem::weakly_canonical(file);
  const auto root = std::filesystem::weakly_canonical(folder);
  return std::mismatch(root.begin(), root.end(), absolute.begin(), absolute.end()).first ==
         root.end();
}

void backup_sync_folder(const std::filesystem::path& folder) {
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool done = handle >= 0 && ::fsync(handle) == 0;
  if (handle >= 0) ::close(handle);
  if (!done) backup_throw_errno(folder, "sync");
}

std::string backup_keys_text(const NodeKeys& keys) {
  return protocol::to_hex(keys.sign.seed()) + "\n" + protocol::to_hex(keys.node.seed()) + "\n";
}

std::optional<NodeKeys> backup_keys_from(std::string_view text) {
  if (text.size() != 130 || text[64] != '\n' || text[129] != '\n') return std::nullopt;
  const auto sign = protocol::from_hex(text.substr(0, 64));
  const auto node = protocol::from_hex(text.substr(65, 64));
  auto first = sign ? protocol::SigningKey::from_seed(*sign) : std::nullopt;
  auto second = node ? protocol::SigningKey::from_seed(*node) : std::nullopt;
  if (!first || !second) return std::nullopt;
  return NodeKeys{std::move(*first), std::move(*second)};
}

/// Removes a file or folder that is needed only while something is made.
class BackupScratch {
 public:
  explicit BackupScratch(std::filesystem::path folder) : folder_(std::move(folder)) {}
  ~BackupScratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  BackupScratch(const BackupScratch&) = delete;
  BackupScratch& operator=(const BackupScratch&) = delete;

 private:
  std::filesystem::path folder_;
};

/// Hands the payload to `take`, piece by piece; a sealed one begins with the keys.
void backup_unpack(BackupReader& reader, const BackupOpened& opened,
                   const std::optional<std::string>& passphrase,
                   const std::function<void(std::string_view keys)>& take_keys,
                   const std::function<void(std::string_view piece)>& take) {
  if (!opened.seal) {
    while (reader.left() > kBackupHashBytes) {
      take(reader.read(static_cast<std::size_t>(
          std::min<std::uint64_t>(kBackupPieceBytes, reader.left() - kBackupHashBytes))));
    }
    return;
  }
  BackupSealKey key;
  backup_derive(key, *passphrase, *opened.seal);
  crypto_secretstream_xchacha20poly1305_state state;
  crypto_secretstream_xchacha20poly1305_init_pull(&state, opened.seal->stream_header.data(),
                                                  key.bytes.data());
  const auto* bound = reinterpret_cast<const unsigned char*>(opened.head.data());
  bool first = true, last = false;
  while (!last) {
    const auto length = reader.read(4);
    std::size_t size = 0;
    for (const char c : length) size = size << 8 | static_cast<unsigned char>(c);
    if (length.size() != 4 || size < crypto_secretstream_xchacha20poly1305_ABYTES ||
        size > kBackupSealedPieceBytes || reader.left() < size + kBackupHashBytes)
      backup_damaged(reader.file(), "a piece of it is missing");
    const auto sealed = reader.read(size);
    std::string piece(size - crypto_secretstream_xchacha20poly1305_ABYTES, '\0');
    unsigned char tag = 0;
    if (crypto_secretstream_xchacha20poly1305_pull(
            &state, reinterpret_cast<unsigned char*>(piece.data()), nullptr, &tag,
            reinterpret_cast<const unsigned char*>(sealed.data()), sealed.size(), bound,
            opened.head.size()) != 0) {
      if (!first) backup_damaged(reader.file(), "a piece of it is not what was sealed");
      throw DataError(ErrorCode::config_invalid,
                      "The passphrase does not open " + reader.file().string() +
                          ". Nothing was changed. Capital letters and spaces count.");
    }
    last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    first ? take_keys(piece) : take(piece);
    if (first) sodium_memzero(piece.data(), piece.size());
    first = false;
  }
  if (reader.left() != kBackupHashBytes) backup_damaged(reader.file(), "something follows its end");
}

}  // namespace

BackupInfo write_backup(const std::filesystem::path& data_folder, const std::filesystem::path& file,
                        BackupPurpose purpose, const std::optional<std::string>& passphrase,
                        protocol::Timestamp now) {
  if (backup_is_below(file, data_folder)) {
    throw DataError(ErrorCode::config_invalid,
                    "A backup inside the data folder would be lost with it, and its public part is "
                    "read by everybody. Choose a place outside " +
                        data_folder.string() + ".");
  }
  if (passphrase && passphrase->size() < kMinPassphraseBytes) {
    throw DataError(ErrorCode::config_invalid,
                    "The passphrase is too short: whoever finds the file may try as long as they "
                    "like. Take five words that do not belong together.");
  }
  if (std::filesystem::exists(std::filesystem::symlink_status(file))) {
    const bool is_backup =
        std::filesystem::is_regular_file(std::filesystem::symlink_status(file)) &&
        BackupReader(file).read(kBackupMagic.size()) == kBackupMagic;
    if (!is_backup)
      throw DataError(ErrorCode::config_invalid,
                      file.string() + " is there already and is no backup; it was left alone.");
  }
  std::optional<NodeKeys> keys;
  if (passphrase) keys = load_keys(data_folder);

  const auto copied = std::filesystem::path(file.string() + ".new-database");
  const auto unfinished = std::filesystem::path(file.string() + ".new");
  const BackupScratch no_copy_stays(copied);
  BackupWriter(copied).finish();  // empty, and nobody else's to read
  copy_database(data_folder, copied);

  BackupInfo info;
  info.purpose = purpose;
  info.made_at = now;
  info.schema = kSchemaVersion;
  info.sealed = passphrase.has_value();
  {
    Database database(copied, Database::Mode::read_only);
    if (const auto own = find_own_feed(StoreQueries(database))) {
      info.publisher = own->did;
      info.size = own->size;
    }
  }

  BackupWriter out(unfinished);
  BackupReader database(copied);
  if (!passphrase) {
    out.add(backup_head(info, std::nullopt));
    while (database.left() > 0) out.add(database.read(kBackupPieceBytes));
  } else {
    BackupSealTerms seal;
    seal.salt.resize(crypto_pwhash_SALTBYTES);
    randombytes_buf(seal.salt.data(), seal.salt.size());
    BackupSealKey key;
    backup_derive(key, *passphrase, seal);
    seal.stream_header.resize(crypto_secretstream_xchacha20poly1305_HEADERBYTES);
    crypto_secretstream_xchacha20poly1305_state state;
    crypto_secretstream_xchacha20poly1305_init_push(&state, seal.stream_header.data(),
                                                    key.bytes.data());
    const auto head = backup_head(info, seal);
    out.add(head);
    std::string sealed;
    const auto add_piece = [&](std::string_view piece, unsigned char tag) {
      sealed.resize(piece.size() + crypto_secretstream_xchacha20poly1305_ABYTES);
      crypto_secretstream_xchacha20poly1305_push(
          &state, reinterpret_cast<unsigned char*>(sealed.data()), nullptr,
          reinterpret_cast<const unsigned char*>(piece.data()), piece.size(),
          reinterpret_cast<const unsigned char*>(head.data()), head.size(), tag);
      out.add(backup_length(sealed.size()));
      out.add(sealed);
    };
    auto text = backup_keys_text(*keys);
    add_piece(text, crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
    sodium_memzero(text.data(), text.size());
    do {
      const auto piece = database.read(kBackupPieceBytes);
      add_piece(piece, database.left() == 0 ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                                            : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
    } while (database.left() > 0);
    sodium_memzero(&state, sizeof state);
  }
  out.finish_with_hash();
  if (::rename(unfinished.c_str(), file.c_str()) != 0) backup_throw_errno(file, "rename");
  backup_sync_folder(file.has_parent_path() ? file.parent_path() : ".");
  return info;
}

BackupInfo read_backup_info(const std::filesystem::path& file) {
  BackupReader reader(file);
  const auto opened = backup_open(reader);
  backup_check_hash(file);
  if (opened.info.schema > kSchemaVersion) {
    throw DataError(ErrorCode::schema_newer,
                    file.string() + " was written by a newer version of kith (schema " +
                        std::to_string(opened.info.schema) + ", this one knows " +
                        std::to_string(kSchemaVersion) + "). Nothing was changed.");
  }
  return opened.info;
}

BackupInfo restore_backup(const std::filesystem::path& file,
                          const std::filesystem::path& data_folder,
                          const std::optional<std::string>& passphrase, protocol::Timestamp now) {
  const auto target = std::filesystem::absolute(data_folder);
  const auto making = target / ".restoring";
  std::error_code absent;
  const bool cut_off = std::filesystem::exists(making, absent);
  if (std::filesystem::exists(std::filesystem::symlink_status(target, absent))) {
    bool is_free = std::filesystem::is_directory(target, absent);
    if (is_free) {
      for (const auto& entry : std::filesystem::directory_iterator(target)) {
        // What an earlier run left that was cut off: the database comes last, so it was not done.
        const auto name = entry.path().filename();
        is_free = is_free && cut_off && (name == ".restoring" || name == "keys");
      }
    }
    if (!is_free) {
      throw DataError(ErrorCode::config_invalid,
                      target.string() +
                          " is not empty. A backup is restored into an empty folder only, so that "
                          "nothing is overwritten: choose another with --data, or move this one "
                          "away.");
    }
  }
  const auto info = read_backup_info(file);
  if (info.sealed && !passphrase)
    throw DataError(ErrorCode::config_invalid, "This backup is sealed: it needs its passphrase.");

  std::filesystem::create_directories(target);
  std::filesystem::permissions(target, std::filesystem::perms::owner_all);
  std::filesystem::remove_all(making);
  if (cut_off) std::filesystem::remove_all(target / "keys");
  std::filesystem::create_directory(making);
  std::filesystem::permissions(making, std::filesystem::perms::owner_all);
  const BackupScratch nothing_half_made_stays(making);
  std::optional<NodeKeys> keys;
  {
    BackupReader reader(file);
    const auto opened = backup_open(reader);
    BackupWriter database(database_file(making));
    backup_unpack(
        reader, opened, passphrase,
        [&](std::string_view text) {
          keys = backup_keys_from(text);
          if (!keys) backup_damaged(file, "the keys in it are no keys");
        },
        [&](std::string_view piece) { database.add(piece); });
    database.finish();
  }
  try {
    Store store(making);
    if (const auto problem = store.integrity_problem(); !problem.empty())
      backup_damaged(file, "the database in it is damaged: " + problem);
    if (keys) {
      const auto own = find_own_feed(store.queries());
      const auto log =
          own ? protocol::resolve_did_log(own->did_log, "", own->did, protocol::kLatestTimestamp)
              : protocol::Result<protocol::DidLog>(
                    protocol::refuse(ErrorCode::did_invalid, "no publisher"));
      const auto wanted =
          log ? protocol::publisher_keys(log->current())
              : protocol::Result<protocol::PublisherKeys>(tl::unexpected(log.error()));
      if (!wanted || wanted->sign != keys->sign.public_key() ||
          wanted->node != keys->node.public_key())
        throw DataError(ErrorCode::config_invalid,
                        "The keys in " + file.string() +
                            " are not those of the publisher in it. Nothing was changed.");
      save_keys(making, *keys);
    }
    forget_rights(store);
    wait_for_catch_up(store, now);
    store.checkpoint();
  } catch (const StoreError& error) {
    if (error.is_damage()) backup_damaged(file, std::string("its database: ") + error.what());
    throw;
  }
  // The database comes last: where it stands, all of it stands.
  backup_sync_folder(making);
  if (keys) std::filesystem::rename(making / "keys", target / "keys");
  backup_sync_folder(target);
  std::filesystem::rename(database_file(making), database_file(target));
  backup_sync_folder(target);
  return info;
}

}  // namespace node
