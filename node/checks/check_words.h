#pragma once

#include <span>
#include <string>
#include <vector>

#include "protocol/encoding/json.h"
#include "protocol/trust/check_policy.h"
#include "protocol/trust/checks.h"

// Checks in words and as JSON: the same for pages, commands and the API.

namespace node {

/// "9 checks pass, 2 to ask about, 1 warning". Never a sum.
std::string check_summary(std::span<const protocol::CheckResult> results);
/// Warnings, then what is to ask about, then what passes, then what does not apply.
std::vector<protocol::CheckResult> checks_in_reading_order(
    std::span<const protocol::CheckResult> results);
/// "Identity file, read at that address. Checked by this node, Nov 2", "… Noted by Dana on Nov 2.
/// Due to be looked at again by Nov 16."
std::string check_evidence_words(const protocol::CheckResult& result, protocol::Date today);
/// "The publisher answers: “…” (Ohio Chapter, Nov 14)"; empty: no answer.
std::string check_answer_words(const protocol::CheckResult& result, protocol::Date today);
/// "3 listings were left out by this node’s rules", or "… and are shown here".
std::string left_out_words(std::size_t count, bool shown);
/// "Left out by this node’s rules, because of: Cost, Sponsor."
std::string left_out_reason(std::span<const protocol::Check> checks);

/// The member `checks` of the API: a list of all thirty.
protocol::Json checks_json(std::span<const protocol::CheckResult> results);
/// ["L3", "L11"]
protocol::Json check_ids_json(std::span<const protocol::Check> checks);

}  // namespace node
