#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace node {

struct SizeReading {
  std::optional<std::int64_t> max;
  std::string question;  ///< about the size
  std::string intake;    ///< open, drop_in, closed, full; empty: not said
  std::string intake_question;
  bool forming = false, waitlist = false;
};

/// The largest size of the group, and whether it takes new members. Counts of members, minimums and
/// lengths of time are no sizes.
SizeReading understand_size(std::string_view cell);

/// "open" or "closed" where a cell answers whether new members are taken: "yes pls", "2 seats",
/// "no"; empty for another text.
std::string intake_of_answer(std::string_view cell);

}  // namespace node
