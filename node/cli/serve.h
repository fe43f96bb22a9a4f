#pragma once

#include <functional>

#include "node/cli/invocation.h"
#include "node/node.h"

namespace node {

/// Runs the node until SIGINT or SIGTERM: listeners, the socket for commands, and the schedule that
/// reads feeds, judges anew each minute what is shown, and stamps the own feed once a day. Both
/// signals must be blocked in every thread, and no other thread may wait for them. Prints the
/// addresses when it is ready.
/// SIGHUP reads the certificate and key files again; when they are no good, the ones in use stay.
/// `end_fetches` is called first when stopping, so that a slow peer keeps nobody waiting.
ExitCode serve(const Invocation& invocation, Node& node, const std::function<void()>& end_fetches);

}  // namespace node
