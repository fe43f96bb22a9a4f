#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace node {

/// A record's address everywhere: two publishers may use one UUID.
struct RecordKey {
  std::string scid;
  std::string uuid;  ///< 36 characters, without "urn:uuid:"

  auto operator<=>(const RecordKey&) const = default;
  std::string text() const { return scid + "/" + uuid; }
  std::string urn() const { return "urn:uuid:" + uuid; }
  /// Of "SCID/UUID"; nothing unless both parts have exactly that form.
  static std::optional<RecordKey> parse(std::string_view text);
};

}  // namespace node
