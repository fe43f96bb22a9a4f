#pragma once

#include <string_view>
#include <vector>

namespace node {

/// Those of `words` that somebody who wrote `text` may have meant, nearest first, three at most.
/// They are views of what `words` views.
std::vector<std::string_view> nearest_words(std::string_view text,
                                            const std::vector<std::string_view>& words);

}  // namespace node
