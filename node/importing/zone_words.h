#pragma once

#include <string>
#include <string_view>
#include <vector>

// Words for time zones.

namespace node {

/// IANA zones that the cell names, in its order. Abbreviations count only in capitals, since "at"
/// and "pt" are words. `regions` decide what "MT" and "IST" mean there.
std::vector<std::string> zones_in(std::string_view cell, const std::vector<std::string>& regions);

/// The cell without "UTC+5:30", whose minutes look like an hour.
std::string without_offset(std::string folded);

}  // namespace node
