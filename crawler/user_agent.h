#pragma once

#include <string_view>

namespace crawler {

/// What our fetches call themselves: the name and version, and nothing of the operator.
std::string_view user_agent();

}  // namespace crawler
