#pragma once

#include "node/http/message.h"
#include "node/node.h"

namespace node {

/// `GET /mirror/`: the heads of the logs that are copied here (SPEC 13.4).
Response get_mirror_index(const Request& request, Node& node);
/// `GET /mirror/{name}/{path*}`: a file of one of them; 304 to a matching If-None-Match.
Response get_mirror_file(const Request& request, Node& node);
/// `GET /.well-known/api-catalog` (RFC 9727): what this node offers, as a linkset of RFC 9264.
Response get_api_catalog(Node& node);

}  // namespace node
