#pragma once

#include <optional>
#include <string>
#include <string_view>

// What must not stand in a text that is published for ever (SPEC 4.3, what a publisher does beside
// that).

namespace protocol {

/// The first character in `text` that is invisible, changes the direction of what follows, has no
/// agreed shape, or is one of a pile of accents: "U+202E (turns the direction of the text)".
/// Nothing in ordinary text, in any script.
std::optional<std::string> dangerous_character(std::string_view text);

/// What lets a stranger into a meeting: "the meeting link 'zoom.us/j/'", "a passcode". Nothing
/// where there is none. Saying that a code exists and is sent to members is fine.
std::optional<std::string> private_access(std::string_view text);

}  // namespace protocol
