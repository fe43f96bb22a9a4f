#pragma once

#include <memory>

#include "node/http/edge.h"

namespace node::edge {

/// Listens, for clients to come once it is opened; sets listener.port. Throws ServerError.
std::unique_ptr<Door> open_tcp_door(Shared& shared, BoundListener& listener);
/// The same on a Unix socket that only its owner can open.
std::unique_ptr<Door> open_local_door(Shared& shared, BoundListener& listener);

}  // namespace node::edge
