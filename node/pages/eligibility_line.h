#pragma once

#include "node/pages/html.h"
#include "node/search/query.h"
#include "protocol/trust/eligibility.h"

// Whether the searcher can join, on a card, a page or a table. What they said about themselves
// stands in the addresses of this node's own pages and nowhere else.

namespace node {

/// The verdict with its door: bold answer, reasons, first steps.
Html eligibility_line(const protocol::Verdict& verdict);
/// The same without a frame, for a cell of a table.
Html eligibility_cell(const protocol::Verdict& verdict);

/// The page of a listing, for this searcher.
/// `zone`: theirs, or empty.
Address group_address(std::string_view key_text, const Situation& situation,
                      std::string_view zone = {});

}  // namespace node
