#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/record_key.h"
#include "node/store/sqlite.h"
#include "protocol/encoding/time.h"

// What readers reported to this node's operator. Nobody else sees the words, and they are not kept.

namespace node {

struct Report {
  std::int64_t number = 0;
  RecordKey key;
  std::string words;    ///< the reader's; empty once they were deleted
  std::string contact;  ///< empty: not given
  protocol::Timestamp reported_at{};
  std::optional<protocol::Timestamp> closed_at;
  std::string outcome;  ///< of a closed one: "nothing" or "upheld"
  std::string note;     ///< of an upheld one: the operator's words, which readers see
};

/// Words and contact are deleted after so long, whether anybody looked or not.
inline constexpr std::chrono::days kReportsKept{90};
/// A crowd must neither fill the disk nor bury the other reports.
inline constexpr std::int64_t kReportsOfOneListing = 50;
inline constexpr std::int64_t kReportsInAll = 5'000;

/// Nothing where so many are open already that no more are taken.
std::optional<std::int64_t> add_report(Database& database, const RecordKey& key,
                                       std::string_view words, std::string_view contact,
                                       protocol::Timestamp now);
/// Open ones first, the oldest first.
std::vector<Report> all_reports(Database& database);
enum class ReportOutcome { nothing, upheld };
/// Closes it, or changes how it was closed. Says of which listing; nothing where there is no such
/// report.
std::optional<RecordKey> close_report(Database& database, std::int64_t number,
                                      ReportOutcome outcome, std::string_view note,
                                      protocol::Timestamp now);
/// Deletes what is older than kReportsKept. Of an upheld one the finding stays, without a word of
/// the reader. Says of which listings.
std::vector<RecordKey> forget_old_reports(Database& database, protocol::Timestamp now);

}  // namespace node
