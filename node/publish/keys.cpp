#include "node/publish/keys.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/publish/files.h"
#include "node/store/store.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/log/leaf.h"

namespace node {

namespace {

constexpr std::string_view kSheetBeginning = "RECOVERY SHEET of ";

std::filesystem::path key_file(const std::filesystem::path& data_folder, std::string_view name) {
  return data_folder / "keys" / (std::string(name) + ".key");
}

protocol::SigningKey load_key(const std::filesystem::path& file) {
  struct stat found {};
  if (::lstat(file.c_str(), &found) != 0) {
    throw DataError(protocol::ErrorCode::config_invalid,
                    "cannot read the key " + file.string() + ": " + std::strerror(errno));
  }
  if (!S_ISREG(found.st_mode) || (found.st_mode & 077) != 0 || found.st_uid != ::geteuid()) {
    throw DataError(
        protocol::ErrorCode::key_permissions,
        file.string() +
            " may be read by others than its owner, or is not a plain file of yours. Whoever read "
            "it can "
            "speak as this publisher. Run `chmod 600` on it if you are sure that nobody did.");
  }
  auto text = read_file_if_there(file).value_or("");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const auto seed = protocol::from_hex(text);
  auto key = seed ? protocol::SigningKey::from_seed(*seed) : std::nullopt;
  sodium_memzero(text.data(), text.size());
  if (!key)
    throw DataError(protocol::ErrorCode::config_invalid,
                    file.string() + " is not a key: it needs 64 hexadecimal digits");
  return std::move(*key);
}

void save_key(const std::filesystem::path& file, const protocol::SigningKey& key) {
  if (std::filesystem::exists(std::filesystem::symlink_status(file))) {
    throw DataError(protocol::ErrorCode::config_invalid,
                    file.string() + " is there already; keys are never overwritten");
  }
  // Whole or not there: half a key, left by a start that was cut off, could not be taken up again.
  replace_file(file, protocol::to_hex(key.seed()) + "\n", 0600);
}

}  // namespace

protocol::SigningKey new_key() {
  std::array<std::uint8_t, 32> seed{};
  randombytes_buf(seed.data(), seed.size());
  auto key = protocol::SigningKey::from_seed(seed);
  sodium_memzero(seed.data(), seed.size());
  return std::move(*key);
}

std::string new_record_id() {
  std::array<std::uint8_t, 16> random{};
  randombytes_buf(random.data(), random.size());
  return protocol::uuid_urn(random);
}

NodeKeys load_keys(const std::filesystem::path& data_folder) {
  struct stat folder {};
  if (::stat((data_folder / "keys").c_str(), &folder) == 0 && (folder.st_mode & 022) != 0) {
    throw DataError(protocol::ErrorCode::key_permissions,
                    "Others may write into " + (data_folder / "keys").string() +
                        " and put their own keys there. Run `chmod 700` on it, and make sure that "
                        "the keys in it are still yours.");
  }
  return {load_key(key_file(data_folder, "sign")), load_key(key_file(data_folder, "node"))};
}

void save_keys(const std::filesystem::path& data_folder, const NodeKeys& keys) {
  const auto folder = data_folder / "keys";
  std::filesystem::create_directories(folder);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
  save_key(key_file(data_folder, "sign"), keys.sign);
  save_key(key_file(data_folder, "node"), keys.node);
}

std::string recovery_sheet_text(const RecoverySheet& sheet) {
  auto grouped = [](protocol::ByteView seed) {
    const std::string hex = protocol::to_hex(seed);
    std::string lines;
    for (std::size_t i = 0; i < hex.size(); i += 4) {
      lines += (i % 32 == 0 ? "    " : " ") + hex.substr(i, 4);
      if (i % 32 == 28) lines += "\n";
    }
    return lines;
  };
  return std::string(kSheetBeginning) + sheet.publisher + "\n" + std::string(72, '=') + "\n\nMade " +
         protocol::format_timestamp(sheet.made_at) + "\nIdentity " + sheet.did +
         "\n\n"
         "Print this, put it in a drawer, and delete the file. Whoever holds it can move\n"
         "this publisher to other keys or another address. Without it nobody can: if the\n"
         "node's keys are stolen or lost, you would have to begin as somebody new.\n\n"
         "1. Update key (signed the beginning)\n" +
         grouped(sheet.update_seed) + "\n2. Its successor: signs the next change\n" +
         grouped(sheet.next_seed) +
         "\n3. Second successor: cut here, and give it to your parent body or a second\n   "
         "officer. It can do what 2 can, if 2 is lost.\n" +
         grouped(sheet.paper_seed) + "\n";
}

bool is_recovery_sheet(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string beginning(kSheetBeginning.size(), '\0');
  in.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  return in && beginning == kSheetBeginning;
}

}  // namespace node
