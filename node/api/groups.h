#pragma once

#include "node/http/message.h"
#include "node/node.h"
#include "node/pages/about_node.h"

namespace node {

/// `GET /api/v1/groups`: the search, as JSON. Each group carries its whole listing. Refuses with
/// bad_request as parse_query() does. Never cached. `computed` is what this node works out from the
/// listing; `eligibility` is there where the query describes a searcher.
Response get_groups(const Request& request, const Node& node, const NodeSummary& about);

/// `GET /api/v1/groups/{scid}/{uuid}`: one group with its signed document, byte for byte, as the
/// text `document`. `zone=` (IANA) adds that reader's clock to the next dates; my_license and the
/// like add `eligibility`. Refuses with not_found where it is not shown, bad_request for a zone
/// that is none.
Response get_group(const Request& request, const Node& node);

}  // namespace node
