#pragma once

#include "node/http/message.h"
#include "node/node.h"

namespace node {

/// `GET /api/v1/feeds`: every publisher that this node reads, and how its feed stands.
Response get_feeds(const Node& node);
/// `GET /api/v1/vocabularies`: the words of listings with their labels, and the license titles.
Response get_vocabularies();
/// `GET /healthz`: the process answers. `GET /readyz`: it can answer a search; 503 starting until
/// then. Neither says why in public.
Response get_health();
Response get_ready(const Node& node);

}  // namespace node
