#pragma once

#include <string>
#include <string_view>
#include <vector>

// Area codes in one column or setting. Codes have no spaces in them, so one stands between.

namespace node {

std::string joined_codes(const std::vector<std::string>& codes);
/// What joined_codes() wrote; nothing of "".
std::vector<std::string> split_codes(std::string_view text);

}  // namespace node
