#pragma once

#include "node/http/router.h"
#include "node/node.h"

namespace node {

/// `POST /command` for the Unix socket: carries out what the `kith` command hands over and answers
/// in JSON lines, each with one member: print, complain, progress, ask, and last exit. Whoever may
/// open the socket is the operator.
void add_command_route(Router& router, Node& node);

}  // namespace node
