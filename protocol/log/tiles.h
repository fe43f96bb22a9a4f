#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "protocol/encoding/bytes.h"
#include "protocol/result.h"

// C2SP tlog-tiles (SPEC 5.3): paths, entry bundles and hash tiles.

namespace protocol {

inline constexpr std::uint64_t kTileWidth = 256;

/// "x001/x234/067" for 1234067; with `.p/W` behind it for a tile of W < 256.
std::string tile_number_path(std::uint64_t number, std::uint64_t width = kTileWidth);
/// "tile/entries/000" below the feed folder, with ".p/W" for a partial one.
std::string entries_path(std::uint64_t bundle, std::uint64_t width = kTileWidth);
/// "tile/0/000".
std::string hash_tile_path(unsigned level, std::uint64_t number, std::uint64_t width = kTileWidth);
/// "docs/000.jsonl".
std::string docs_path(std::uint64_t bundle);

/// How many entries bundle (or hashes, tile of level 0) `number` holds in a log of `size`: 0 to
/// 256.
std::uint64_t bundle_width(std::uint64_t number, std::uint64_t size);

struct HashTile {
  unsigned level = 0;
  std::uint64_t number = 0;
  std::uint64_t width = 0;  ///< 1 to 256
  bool operator==(const HashTile&) const = default;
};
/// The tiles that a log of `size` has and one of `old_size` had not (in this width): what a
/// publisher writes.
std::vector<HashTile> new_hash_tiles(std::uint64_t old_size, std::uint64_t size);
/// The 32*width bytes of `tile`, from all leaf hashes of a log that has it.
Bytes hash_tile_bytes(std::span<const Hash> leaves, const HashTile& tile);

/// Entries, each behind its length as two big-endian bytes. Each must be shorter than 65,536 bytes.
Bytes encode_bundle(std::span<const Bytes> entries);
/// Exactly `width` entries and nothing after them, views into `bundle`. Refuses with leaf_syntax.
Result<std::vector<ByteView>> decode_bundle(ByteView bundle, std::uint64_t width);
/// The first `width` of a bundle that may hold more (a full one read in place of a partial one).
/// Views into `bundle`; refuses with leaf_syntax.
Result<std::vector<ByteView>> decode_bundle_prefix(ByteView bundle, std::uint64_t width);

}  // namespace protocol
