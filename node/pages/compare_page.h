#pragma once

#include "node/http/message.h"
#include "node/node.h"
#include "node/pages/about_node.h"

namespace node {

inline constexpr std::size_t kMostCompared = 4;

/// `GET /compare?id=SCID/UUID&id=…`: two to four groups line by line (R11), with the verdict for
/// the searcher whom my_license, my_state, my_stage and my_membership describe. Further ids are
/// left out, and the page says so; ids of what is not shown here are, too. Never cached.
Response compare_page(const Request& request, const Node& node, const NodeSummary& about);

}  // namespace node
