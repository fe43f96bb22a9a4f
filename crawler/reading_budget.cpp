#include "crawler/reading_budget.h"

#include <algorithm>

namespace crawler {

BudgetedSource::BudgetedSource(Source& behind, const ReadingLimits& limits)
    : behind_(behind), limits_(limits), began_(limits.now()) {}

bool BudgetedSource::is_over() const {
  const auto earned =
      std::chrono::seconds(bytes_ / std::max<std::size_t>(1, limits_.bytes_per_second));
  return limits_.now() - began_ > std::min(limits_.free_time + earned, limits_.most_time);
}

std::vector<protocol::Result<FetchResponse>> BudgetedSource::get_all(
    std::span<const FetchRequest> requests) {
  if (is_over()) {
    const protocol::Error late{protocol::ErrorCode::fetch_timeout,
                               "reading all of it took too long"};
    std::vector<protocol::Result<FetchResponse>> refused;
    refused.reserve(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i)
      refused.emplace_back(tl::unexpected<protocol::Error>(late));
    return refused;
  }
  auto answers = behind_.get_all(requests);
  for (const auto& answer : answers) {
    if (answer) bytes_ += answer->body.size();
  }
  return answers;
}

}  // namespace crawler
