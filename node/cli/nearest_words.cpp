#include "node/cli/nearest_words.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace node {

namespace {

/// How many letters must be put in, taken away or changed to make `a` of `b`.
std::size_t nearest_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::vector<std::string_view> nearest_words(std::string_view text,
                                            const std::vector<std::string_view>& words) {
  std::vector<std::pair<std::size_t, std::string_view>> candidates;
  for (const auto word : words) {
    std::size_t distance = nearest_distance(text, word);
    // "proof" means proof-invalid and proof-key, however much is missing.
    if (text.size() >= 3 && word.find(text) != std::string_view::npos) distance = 1;
    if (distance <= std::max<std::size_t>(2, word.size() / 3))
      candidates.emplace_back(distance, word);
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string_view> nearest;
  for (const auto& [distance, word] : candidates) {
    if (nearest.size() < 3) nearest.push_back(word);
  }
  return nearest;
}

}  // namespace node
