#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace node {

/// One file of a mirrored feed, by its path below "/mirror/<hex>/" (SPEC 13.4).
struct MirrorPath {
  enum class What { checkpoint, did_log, did_witness, fork, entries, hash_tile, docs };
  What what = What::checkpoint;
  unsigned level = 0;        ///< hash_tile
  std::uint64_t number = 0;  ///< entries, hash_tile, docs
  std::uint64_t width = 0;   ///< entries, hash_tile: 1 to 256

  /// Whether a log of `size` entries has this file in this width.
  bool is_of(std::uint64_t size) const;
};

/// Nothing for any other text, nor for one of these in another spelling.
std::optional<MirrorPath> parse_mirror_path(std::string_view path);

}  // namespace node
