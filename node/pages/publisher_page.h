#pragma once

#include "node/http/message.h"
#include "node/pages/about_node.h"

namespace node {

/// `GET /publishers/{scid}`: who it is, by itself and by whoever recognizes it, and how its feed
/// stands. 404 for one that this node does not read.
Response publisher_page(const Request& request, const Node& node, const NodeSummary& about);

/// `GET /about/checks`: what recognized means and what not, the license of the data, the sources.
Response checks_page(const Node& node, const NodeSummary& about);

}  // namespace node
