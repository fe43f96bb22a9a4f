#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "node/importing/understand_schedule.h"

// Words for the days on which a group meets, in English, Spanish and French.

namespace node {

/// "TU" of "tuesdays", "tues" and "Teusday" in small letters; empty where it is no day.
std::string_view day_code(std::string_view word);

/// "2" of "2nd" and "second", "-1" of "last"; empty where it is none.
std::string_view ordinal_number(std::string_view word);

bool is_month_name(std::string_view word);

/// Sets the days of `reading`, or its question. `folded` and `words` are those of `cell`.
void read_days(std::string_view cell, const std::string& folded,
               const std::vector<std::string>& words, ScheduleReading& reading);

}  // namespace node
