#include "node/mirror/mirror_path.h"

#include <charconv>
#include <string>

#include "protocol/log/tiles.h"

namespace node {

namespace {

constexpr std::size_t kMaxMirrorPath = 80;

std::optional<std::uint64_t> mirror_number(std::string_view digits) {
  std::uint64_t value = 0;
  if (digits.empty() || digits.size() > 15) return std::nullopt;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (problem != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

/// The digits of "x001/x234/067". Whether it is spelled so is seen by writing it again.
std::optional<std::uint64_t> mirror_tile_number(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c == 'x' || c == '/') continue;
    digits += c;
  }
  return mirror_number(digits);
}

}  // namespace

bool MirrorPath::is_of(std::uint64_t size) const {
  switch (what) {
    case What::checkpoint:
    case What::did_log:
    case What::did_witness:
    case What::fork:
      return true;
    case What::docs:
      return protocol::bundle_width(number, size) > 0;
    case What::entries:
      return protocol::bundle_width(number, size) == width;
    case What::hash_tile: {
      // A tile of level L holds the hashes of whole subtrees of 256^L leaves.
      const auto shift = 8 * level;
      return shift < 64 && protocol::bundle_width(number, size >> shift) == width;
    }
  }
  return false;
}

std::optional<MirrorPath> parse_mirror_path(std::string_view path) {
  using What = MirrorPath::What;
  if (path.size() > kMaxMirrorPath) return std::nullopt;
  MirrorPath found;
  if (path == "checkpoint") return found;
  if (path == "did.jsonl") {
    found.what = What::did_log;
    return found;
  }
  if (path == "did-witness.json") {
    found.what = What::did_witness;
    return found;
  }
  if (path == "fork") {
    found.what = What::fork;
    return found;
  }
  std::string made;
  if (path.starts_with("docs/") && path.ends_with(".jsonl")) {
    const auto number = mirror_tile_number(path.substr(5, path.size() - 11));
    if (!number) return std::nullopt;
    found.what = What::docs;
    found.number = *number;
    made = protocol::docs_path(*number);
  } else if (path.starts_with("tile/")) {
    auto rest = path.substr(5);
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto level = rest.substr(0, slash);
    rest.remove_prefix(slash + 1);
    found.width = protocol::kTileWidth;
    if (const auto partial = rest.find(".p/"); partial != std::string_view::npos) {
      const auto width = mirror_number(rest.substr(partial + 3));
      if (!width || *width == 0 || *width >= protocol::kTileWidth) return std::nullopt;
      found.width = *width;
      rest = rest.substr(0, partial);
    }
    const auto number = mirror_tile_number(rest);
    if (!number) return std::nullopt;
    found.number = *number;
    if (level == "entries") {
      found.what = What::entries;
      made = protocol::entries_path(found.number, found.width);
    } else {
      const auto value = mirror_number(level);
      if (!value || *value > 7) return std::nullopt;
      found.what = What::hash_tile;
      found.level = static_cast<unsigned>(*value);
      made = protocol::hash_tile_path(found.level, found.number, found.width);
    }
  }
  if (made.empty() || made != path) return std::nullopt;
  return found;
}

}  // namespace node
