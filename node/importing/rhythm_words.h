#pragma once

#include <string>
#include <string_view>
#include <vector>

// Words for how often a group meets.

namespace node {

struct Rhythm {
  std::string_view value;  ///< weekly, every_2_weeks, monthly, …, other
  int weeks = 0;           ///< N of "every N weeks"
};

/// Each rhythm once that words in the form of spell_out_rhythm() name.
std::vector<Rhythm> rhythms_in(std::string_view words);

/// Shorthand, Spanish and French in plain English words: "2x/mo" is "2 times per month".
/// `folded`: as fold_cell() leaves it.
std::string spell_out_rhythm(std::string_view folded);

}  // namespace node
