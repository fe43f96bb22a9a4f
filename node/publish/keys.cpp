#include "node/publish/keys.h"

#include <algorithm>
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

/// Whoever can write into the folder can put another key in its place.
void check_key_folder(const std::filesystem::path& folder) {
  struct stat found {};
  if (::lstat(folder.c_str(), &found) != 0) return;  // then no key can be read either, and says so
  if (!S_ISDIR(found.st_mode) || (found.st_mode & 022) != 0 || found.st_uid != ::geteuid()) {
    throw DataError(protocol::ErrorCode::key_permissions,
                    folder.string() +
                        " is a link, belongs to someone else, or others may write into it. Run "
                        "`chmod 700` on it if you are sure that nobody changed what is in there.");
  }
}

std::filesystem::path next_key_file(const std::filesystem::path& data_folder,
                                    std::string_view name) {
  return key_file(data_folder, name).string() + ".next";
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
  check_key_folder(data_folder / "keys");
  return {load_key(key_file(data_folder, "sign")), load_key(key_file(data_folder, "node"))};
}

std::optional<protocol::SigningKey> find_key_for(const std::filesystem::path& data_folder,
                                                 std::string_view name,
                                                 const protocol::PublicKey& wanted) {
  check_key_folder(data_folder / "keys");
  const auto file = key_file(data_folder, name);
  const auto next = next_key_file(data_folder, name);
  const auto is_there = [](const std::filesystem::path& path) {
    return std::filesystem::exists(std::filesystem::symlink_status(path));
  };
  if (is_there(file)) {
    auto key = load_key(file);
    if (key.public_key() == wanted) {
      // What lies ready belongs to a change that was never committed.
      remove_files(next);
      return key;
    }
  }
  if (is_there(next)) {
    auto key = load_key(next);
    if (key.public_key() == wanted) {
      rename_file(next, file);
      return key;
    }
  }
  return std::nullopt;
}

NodeKeys load_keys_for(const std::filesystem::path& data_folder, const protocol::PublicKey& sign,
                       const std::optional<protocol::PublicKey>& node) {
  auto sign_key = find_key_for(data_folder, "sign", sign);
  auto node_key = node ? find_key_for(data_folder, "node", *node)
                       : std::optional(load_key(key_file(data_folder, "node")));
  if (!sign_key || !node_key) {
    // Says so where one is missing or broken, which is another trouble than a foreign key.
    load_keys(data_folder);
    throw DataError(protocol::ErrorCode::config_invalid,
                    "The keys in " + (data_folder / "keys").string() +
                        " are not those of this publisher. Nothing was changed; put its own key "
                        "files back. If they are lost, `kith rotate` makes new ones with the "
                        "recovery sheet.");
  }
  return {std::move(*sign_key), std::move(*node_key)};
}

void save_next_keys(const std::filesystem::path& data_folder, const NodeKeys& keys) {
  check_key_folder(data_folder / "keys");
  replace_file(next_key_file(data_folder, "sign"), protocol::to_hex(keys.sign.seed()) + "\n", 0600);
  replace_file(next_key_file(data_folder, "node"), protocol::to_hex(keys.node.seed()) + "\n", 0600);
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
  const std::string paper =
      sheet.paper_seed.empty()
          ? "   Unchanged: the one that was cut off an earlier sheet stays good.\n"
          : "   cut here, and give it to your parent body or a second officer. It can do\n"
            "   what 2 can, if 2 is lost.\n" +
                grouped(sheet.paper_seed);
  return std::string(kSheetBeginning) + sheet.publisher + "\n" + std::string(72, '=') +
         "\n\nMade " + protocol::format_timestamp(sheet.made_at) + "\nIdentity " + sheet.did +
         "\n\n"
         "Print this, put it in a drawer, and delete the file. Whoever holds it can move\n"
         "this publisher to other keys or another address. Without it nobody can: if the\n"
         "node's keys are stolen or lost, you would have to begin as somebody new.\n"
         "Destroy the sheets made before this one.\n\n"
         "1. Update key (signed what is published now)\n" +
         grouped(sheet.update_seed) + "\n2. Its successor: signs the next change\n" +
         grouped(sheet.next_seed) + "\n3. Second successor\n" + paper + "\n";
}

ReadSheet read_recovery_sheet(std::string_view text) {
  ReadSheet sheet;
  std::string digits;
  std::string part = "the sheet";
  const auto finish = [&] {
    if (digits.empty()) return;
    const auto seed = protocol::from_hex(digits);
    auto key = seed ? protocol::SigningKey::from_seed(*seed) : std::nullopt;
    const auto count = digits.size();
    sodium_memzero(digits.data(), digits.size());
    digits.clear();
    if (!key) {
      throw DataError(protocol::ErrorCode::config_invalid,
                      "The recovery sheet cannot be read: " + part + " has " +
                          std::to_string(count) +
                          " of 64 digits. Compare it with the paper: 16 groups of four, each made "
                          "of 0 to 9 and a to f.");
    }
    sheet.keys.push_back(std::move(*key));
  };
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::string packed;
    for (const char c : line) {
      if (c == ' ' || c == '\t' || c == '\r') continue;
      packed += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (packed.empty()) continue;
    if (packed.find_first_not_of("0123456789abcdef") == std::string::npos) {
      digits += packed;
      // One key a part, and parts that lost their headings still come apart.
      if (digits.size() == 64) finish();
      continue;
    }
    finish();
    if (packed.size() > 2 && packed[0] >= '1' && packed[0] <= '3' && packed[1] == '.') {
      part = std::string("part ") + packed[0];
    }
    if (const auto at = line.find("did:webvh:");
        at != std::string_view::npos && sheet.did.empty()) {
      sheet.did = line.substr(at, line.find_first_of(" \t\r", at) - at);
    }
  }
  finish();
  if (sheet.keys.empty()) {
    throw DataError(protocol::ErrorCode::config_invalid,
                    "That file is not a recovery sheet: there is no key in it.");
  }
  return sheet;
}

bool is_recovery_sheet(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string beginning(kSheetBeginning.size(), '\0');
  in.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  return in && beginning == kSheetBeginning;
}

}  // namespace node
