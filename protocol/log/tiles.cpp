#include "protocol/log/tiles.h"

#include <algorithm>
#include <cassert>
#include <stdexcept>

#include "protocol/log/merkle.h"

namespace protocol {

namespace {

constexpr unsigned kTileBits = 8;  // 2^8 = kTileWidth
constexpr std::uint64_t kMaxEntryBytes = 0xFFFF;

std::string tiles_three_digits(std::uint64_t group) {
  const std::string digits = std::to_string(group);
  return std::string(3 - digits.size(), '0') + digits;
}

/// Reads `width` entries off the front of `rest`.
Result<std::vector<ByteView>> tiles_take_entries(ByteView& rest, std::uint64_t width) {
  std::vector<ByteView> entries;
  entries.reserve(std::min(width, kTileWidth));
  // length (2, big-endian) | entry | length | entry | …
  for (std::uint64_t i = 0; i < width; ++i) {
    if (rest.size() < 2) {
      return refuse(ErrorCode::leaf_syntax, "entry bundle: ends after " + std::to_string(i) +
                                                " of " + std::to_string(width) + " entries");
    }
    const std::size_t length = static_cast<std::size_t>(rest[0] << 8 | rest[1]);
    rest = rest.subspan(2);
    if (rest.size() < length) {
      return refuse(ErrorCode::leaf_syntax,
                    "entry bundle: entry " + std::to_string(i) + " is longer than the bundle");
    }
    entries.push_back(rest.first(length));
    rest = rest.subspan(length);
  }
  return entries;
}

}  // namespace

std::string tile_number_path(std::uint64_t number, std::uint64_t width) {
  assert(width >= 1 && width <= kTileWidth);
  std::string path = tiles_three_digits(number % 1000);
  for (number /= 1000; number != 0; number /= 1000) {
    path = "x" + tiles_three_digits(number % 1000) + "/" + path;
  }
  if (width != kTileWidth) path += ".p/" + std::to_string(width);
  return path;
}

std::string entries_path(std::uint64_t bundle, std::uint64_t width) {
  return "tile/entries/" + tile_number_path(bundle, width);
}

std::string hash_tile_path(unsigned level, std::uint64_t number, std::uint64_t width) {
  return "tile/" + std::to_string(level) + "/" + tile_number_path(number, width);
}

std::string docs_path(std::uint64_t bundle) {
  return "docs/" + tile_number_path(bundle) + ".jsonl";
}

std::uint64_t bundle_width(std::uint64_t number, std::uint64_t size) {
  const std::uint64_t full = size / kTileWidth;
  if (number < full) return kTileWidth;
  return number == full ? size % kTileWidth : 0;
}

std::vector<HashTile> new_hash_tiles(std::uint64_t old_size, std::uint64_t size) {
  std::vector<HashTile> tiles;
  for (unsigned level = 0; level * kTileBits < 64; ++level) {
    // How many hashes of complete subtrees this level has.
    const std::uint64_t hashes = size >> (level * kTileBits);
    const std::uint64_t old_hashes = old_size >> (level * kTileBits);
    if (hashes == 0) break;
    if (hashes <= old_hashes) continue;
    for (std::uint64_t number = old_hashes / kTileWidth; number < hashes / kTileWidth; ++number) {
      tiles.push_back({level, number, kTileWidth});
    }
    if (const std::uint64_t width = hashes % kTileWidth; width != 0) {
      tiles.push_back({level, hashes / kTileWidth, width});
    }
  }
  return tiles;
}

Bytes hash_tile_bytes(std::span<const Hash> leaves, const HashTile& tile) {
  const std::uint64_t leaves_per_hash = std::uint64_t{1} << (tile.level * kTileBits);
  const std::uint64_t first = tile.number * kTileWidth;
  assert(tile.width >= 1 && tile.width <= kTileWidth);
  assert(first + tile.width <= leaves.size() / leaves_per_hash);
  Bytes bytes;
  bytes.reserve(tile.width * Hash::kSize);
  for (std::uint64_t i = first; i < first + tile.width; ++i) {
    const Hash hash = naive_root(leaves.subspan(i * leaves_per_hash, leaves_per_hash));
    bytes.insert(bytes.end(), hash.view().begin(), hash.view().end());
  }
  return bytes;
}

Bytes encode_bundle(std::span<const Bytes> entries) {
  Bytes bundle;
  for (const Bytes& entry : entries) {
    // A length that does not fit would be cut silently, and the log could never be read again.
    if (entry.size() > kMaxEntryBytes) throw std::length_error("entry bundle: entry too long");
    bundle.push_back(static_cast<std::uint8_t>(entry.size() >> 8));
    bundle.push_back(static_cast<std::uint8_t>(entry.size() & 0xFF));
    bundle.insert(bundle.end(), entry.begin(), entry.end());
  }
  return bundle;
}

Result<std::vector<ByteView>> decode_bundle(ByteView bundle, std::uint64_t width) {
  ByteView rest = bundle;
  ASSIGN_OR_RETURN(auto entries, tiles_take_entries(rest, width));
  if (!rest.empty()) {
    return refuse(ErrorCode::leaf_syntax,
                  "entry bundle: " + std::to_string(rest.size()) + " bytes after the last entry");
  }
  return entries;
}

Result<std::vector<ByteView>> decode_bundle_prefix(ByteView bundle, std::uint64_t width) {
  ByteView rest = bundle;
  return tiles_take_entries(rest, width);
}

}  // namespace protocol
