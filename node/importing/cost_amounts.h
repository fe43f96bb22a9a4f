#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Amounts of money in a cell, and whose money it is.

namespace node {

/// An amount with its currency mark.
struct CostAmount {
  std::size_t begin = 0, end = 0;  ///< in the folded text
  std::string amount, amount_max;  ///< "25", "12.50"; the second of a range only
  std::string currency;            ///< ISO 4217, or "$", "rs", "kr" where the country decides
};

/// All amounts in a text as cost_spelled_out() leaves it, in its order.
std::vector<CostAmount> cost_amounts(std::string_view text);

/// Digits with thousands marks and at most two decimals, from `at`; moves `at` behind it. Empty
/// where there is none.
std::string cost_number(std::string_view text, std::size_t& at);

/// The first place from `at` that is no space.
std::size_t cost_skip_spaces(std::string_view text, std::size_t at);

/// Shorthand written out: "w/ membership", "incl. in dues", "ten dollars". `text`: folded.
std::string cost_spelled_out(std::string text);

/// ISO 4217 code of a mark that several countries use, if all `regions` mean one of them.
std::string cost_currency_of(std::string_view mark, const std::vector<std::string>& regions);

/// "dollars", "rupees", "crowns": what such a mark stands for.
std::string_view cost_coins(std::string_view mark);

}  // namespace node
