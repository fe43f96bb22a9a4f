#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "crawler/source.h"

namespace crawler {

/// What one reading of one feed may take (SPEC 8.2, 8.3): each answer may keep every limit of its
/// own, and all of them together still go on for days.
struct ReadingLimits {
  std::uint64_t entries = 2'000'000;  ///< of the whole log
  std::uint64_t entries_of_large = 20'000'000;
  std::size_t text_bytes = 128 * 1'024 * 1'024;  ///< of documents; the rest comes the next time
  std::chrono::seconds free_time{600};           ///< and for each
  std::size_t bytes_per_second = 32 * 1'024;     ///< that came a second more,
  std::chrono::seconds most_time{3'600};         ///< but never more than this
  std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
};

/// Asks `behind` as long as the reading that it was made for has time left; then it refuses
/// everything with fetch_timeout.
class BudgetedSource final : public Source {
 public:
  /// Both must outlive it. The time begins now.
  BudgetedSource(Source& behind, const ReadingLimits& limits);

  std::vector<protocol::Result<FetchResponse>> get_all(
      std::span<const FetchRequest> requests) override;
  bool is_stopped() const override { return behind_.is_stopped(); }

 private:
  bool is_over() const;

  Source& behind_;
  const ReadingLimits& limits_;
  const std::chrono::steady_clock::time_point began_;
  std::uint64_t bytes_ = 0;
};

}  // namespace crawler
