#pragma once

#include "node/http/message.h"
#include "node/pages/about_node.h"

namespace node {

/// `GET /`: the box, the pickers, chips, facets, cards and what to do when nothing fits. Reads
/// nothing but this node, writes nothing, keeps nothing of the query.
Response search_page(const Request& request, const Node& node, const NodeSummary& about);

}  // namespace node
