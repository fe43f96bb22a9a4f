#pragma once

#include "node/http/message.h"
#include "node/node.h"

namespace node {

/// `GET /api/v1/evidence/{scid}/{uuid}`: the evidence bundle (SPEC 7.6) of a listing that is shown.
/// Refuses with not_found where it is not, or as make_evidence() does.
Response get_evidence(const Request& request, Node& node);

}  // namespace node
