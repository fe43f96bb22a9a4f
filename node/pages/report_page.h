#pragma once

#include "node/node.h"
#include "node/pages/frame.h"
#include "node/pages/report_limiter.h"

// What a reader tells this node's operator about a listing. No account, no cookie, no script;
// nothing of it is logged.

namespace node {

inline constexpr std::size_t kReportWordsBytes = 2'000;
inline constexpr std::size_t kReportContactBytes = 200;

/// GET /groups/{scid}/{uuid}/report: the form.
Response report_page(const Request& request, const Node& node, const NodeSummary& about);
/// POST to the same with words=… and, where the reader wants an answer, contact=….
Response post_report(const Request& request, Node& node, const NodeSummary& about,
                     ReportLimiter& limiter);

/// "Report this listing", for its page.
Html report_link(const RecordKey& key);

}  // namespace node
