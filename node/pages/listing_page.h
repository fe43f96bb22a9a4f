#pragma once

#include "node/http/message.h"
#include "node/pages/about_node.h"

namespace node {

/// `GET /groups/{scid}/{uuid}`: everything the listing says, who vouches for it, and whether it is
/// unchanged since it was signed. 404 where it is not shown.
Response listing_page(const Request& request, const Node& node, const NodeSummary& about);

}  // namespace node
