#include "protocol/log/checkpoint.h"

#include <algorithm>
#include <array>
#include <optional>

#include "protocol/encoding/text_encodings.h"

namespace protocol {

namespace {

/// Sizes stay below what a browser's numbers hold exactly.
constexpr std::uint64_t kCheckpointSizeEnd = std::uint64_t{1} << 53;
constexpr std::size_t kCheckpointSizeDigits = 16;  // of 2^53 - 1: no sum below can overflow
constexpr std::size_t kCheckpointRootLength = 44;

}  // namespace

std::optional<std::uint64_t> parse_log_size(std::string_view text) {
  if (text.empty() || text.size() > kCheckpointSizeDigits) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  std::uint64_t size = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    size = size * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  if (size >= kCheckpointSizeEnd) return std::nullopt;
  return size;
}

Result<Checkpoint> parse_checkpoint(std::string_view text, std::string_view origin) {
  std::array<std::string_view, 3> lines;
  std::string_view rest = text;
  for (std::string_view& line : lines) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) {
      return refuse(ErrorCode::note_syntax, "checkpoint: fewer than three lines");
    }
    line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
  }
  // Extension lines too: implementations disagree whether a cosigner signs them.
  if (!rest.empty()) return refuse(ErrorCode::note_syntax, "checkpoint: more than three lines");
  if (lines[0].empty()) return refuse(ErrorCode::note_syntax, "checkpoint: the origin is empty");
  const auto size = parse_log_size(lines[1]);
  if (!size) {
    return refuse(ErrorCode::note_syntax,
                  "checkpoint: the size is not a plain decimal number below 2^53");
  }
  std::optional<Hash> root;
  if (lines[2].size() == kCheckpointRootLength) {
    if (const auto bytes = from_base64(lines[2])) root = Hash::of(ByteView(*bytes));
  }
  if (!root) {
    return refuse(ErrorCode::note_syntax, "checkpoint: the root is not 44 characters of base64");
  }
  if (!origin.empty() && lines[0] != origin) {
    return refuse(ErrorCode::origin_mismatch, "checkpoint: not of the log " + std::string(origin));
  }
  return Checkpoint{std::string(lines[0]), *size, *root};
}

std::string format_checkpoint(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
         to_base64(checkpoint.root.view()) + "\n";
}

std::string feed_origin(std::string_view scid, std::uint64_t epoch) {
  return "webvh/" + std::string(scid) + "/" + std::to_string(epoch);
}

std::string node_key_name(std::string_view scid) { return "webvh/" + std::string(scid) + "/node"; }

}  // namespace protocol
