#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Bytes and how they are borrowed. A view is good as long as what it was made from.

namespace protocol {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// The bytes of a text, borrowed from it.
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Bytes as the text that they are, borrowed.
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// N bytes that cannot be mixed up with N bytes of another kind. Made only by of(), which checks
/// the length.
template <class Tag, std::size_t N>
class FixedBytes {
 public:
  static constexpr std::size_t kSize = N;

  /// Nothing unless `bytes` are exactly N.
  static std::optional<FixedBytes> of(ByteView bytes) {
    if (bytes.size() != N) return std::nullopt;
    FixedBytes made;
    std::copy(bytes.begin(), bytes.end(), made.bytes_.begin());
    return made;
  }
  static FixedBytes of(const std::array<std::uint8_t, N>& bytes) {
    FixedBytes made;
    made.bytes_ = bytes;
    return made;
  }

  ByteView view() const { return bytes_; }
  const std::uint8_t* data() const { return bytes_.data(); }

  auto operator<=>(const FixedBytes&) const = default;

 private:
  FixedBytes() = default;
  std::array<std::uint8_t, N> bytes_{};
};

/// SHA-256 of something.
using Hash = FixedBytes<struct HashTag, 32>;
/// An Ed25519 public key as it stands; verify() refuses small-order ones, is_valid_key() tells
/// beforehand.
using PublicKey = FixedBytes<struct PublicKeyTag, 32>;
using Signature = FixedBytes<struct SignatureTag, 64>;

}  // namespace protocol

template <class Tag, std::size_t N>
struct std::hash<protocol::FixedBytes<Tag, N>> {
  std::size_t operator()(const protocol::FixedBytes<Tag, N>& value) const noexcept {
    return std::hash<std::string_view>{}(protocol::as_text(value.view()));
  }
};
