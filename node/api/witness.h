#pragma once

#include "node/http/message.h"
#include "node/node.h"

namespace node {

/// `POST /witness/add-checkpoint` of C2SP tlog-witness (SPEC 5.6). The one place where strangers
/// may write: what they send authenticates itself.
Response post_add_checkpoint(const Request& request, Node& node);

}  // namespace node
