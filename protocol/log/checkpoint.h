#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/encoding/bytes.h"
#include "protocol/result.h"

namespace protocol {

/// The three lines that say how long a log is and what it holds (SPEC 5.5): origin, size, root.
struct Checkpoint {
  std::string origin;  ///< "webvh/<SCID>/<epoch>", also the name of the key that signs it
  std::uint64_t size = 0;
  Hash root;

  bool operator==(const Checkpoint&) const = default;
};

/// Of the text of a note. Refuses with note_syntax (exactly three lines, decimal without leading
/// zeros below 2^53, 44 characters of base64) or origin_mismatch when `origin` is not empty and
/// differs.
Result<Checkpoint> parse_checkpoint(std::string_view text, std::string_view origin = {});
/// The three lines, each with its LF.
std::string format_checkpoint(const Checkpoint& checkpoint);

/// A size as it stands in a checkpoint: decimal without leading zeros, below 2^53.
std::optional<std::uint64_t> parse_log_size(std::string_view text);

/// "webvh/<SCID>/<epoch>"
std::string feed_origin(std::string_view scid, std::uint64_t epoch);
/// "webvh/<SCID>/node": under which name a node cosigns.
std::string node_key_name(std::string_view scid);

}  // namespace protocol
