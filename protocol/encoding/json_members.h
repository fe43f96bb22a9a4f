#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/encoding/json.h"

// Reading members of a JSON object (SPEC 2.1) where none, or one of another type, simply says
// nothing: of what was checked before, or of what may say anything. `object` may be null.

namespace protocol {

/// Empty where there is no such text.
std::string text_member(const Json* object, std::string_view name);
/// The texts of a list, without items of another type.
std::vector<std::string> text_members(const Json* object, std::string_view name);
std::optional<bool> flag_member(const Json* object, std::string_view name);
std::optional<std::int64_t> integer_member(const Json* object, std::string_view name);

}  // namespace protocol
