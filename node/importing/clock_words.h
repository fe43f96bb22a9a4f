#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Hours of the day as people write them: "7-8:30pm", "half past six", "1730h", "noon".

namespace node {

enum class HalfOfDay { none, am, pm, noon, midnight };

struct ClockTime {
  int start = -1;          ///< minutes after midnight; -1: not known
  std::optional<int> end;  ///< likewise, beyond 24 hours where the night lies between
  bool unsure = false;     ///< no a.m. or p.m.
  int minutes = 0;         ///< of a range that is unsure
  std::size_t at = 0, behind = 0;
};

/// Hours in words and in the ways of hospitals and armies, as "17:30".
std::string spell_out_hours(std::string folded);

/// Which half of the day the words say: "evenings, 7-8:30". None where they say both or neither.
HalfOfDay half_of_day_in(std::string_view plain);

/// The times in a text as spell_out_hours() leaves it. `hint`: the half of the day of hours that do
/// not say theirs.
std::vector<ClockTime> clock_times(std::string_view text, HalfOfDay hint);

/// "19:00" of minutes after midnight.
std::string clock_text(int minutes);

}  // namespace node
