#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Words around a price, in a text as cost_spelled_out() leaves it.

namespace node {

/// "meeting", "month", "year", "term" or "once" (vocabulary cost_per); empty where nothing is said.
std::string cost_period(std::string_view words);

/// "members", "non_members", "early_career" or "trainee" (vocabulary cost_for); empty likewise.
std::string cost_for_whom(std::string_view words);

/// Where "free", "no charge" and their like stand; npos where the cell does not say it.
std::size_t cost_free_at(std::string_view text);

/// "district pays", "provided by employer", "funded by our agency".
bool cost_employer_pays(std::string_view text);

/// "included w/ dues", "member benefit".
bool cost_in_membership(std::string_view text);

}  // namespace node
