#pragma once

#include "node/node.h"
#include "node/pages/frame.h"

namespace node {

/// GET /answer/{token}: what the listing says, and three choices for its leader. Looking changes
/// nothing: mail programs open links by themselves.
Response answer_page(const Request& request, const Node& node, const NodeSummary& about);
/// POST /answer/{token} with choice=confirm|edit|ended and words=….
Response post_answer(const Request& request, Node& node, const NodeSummary& about);

}  // namespace node
