#pragma once

#include <chrono>

#include "node/http/router.h"
#include "node/node.h"

namespace node {

/// Everything that a node serves to the public, in one table: pages, API, the publisher's files
/// (SPEC 9). `node` must outlive the router. The publisher's files get the place that its identity
/// had when this was called; a publisher that is made later is served after the next start.
/// `keep_summary`: for how long what pages say of the node itself may be reused.
void add_public_routes(Router& router, Node& node,
                       std::chrono::steady_clock::duration keep_summary = std::chrono::seconds(10));

}  // namespace node
