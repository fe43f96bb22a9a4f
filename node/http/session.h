#pragma once

#include <memory>

#include "node/http/edge.h"

namespace node::edge {

/// One connection, from the TLS handshake to its end: reads requests under the limits of SPEC 8.4,
/// hands them to the workers, writes their answers. Its loop holds it while it lives. Used by that
/// loop's thread only.
class Session {
 public:
  virtual ~Session() = default;
  virtual void start() = 0;
  /// The server stops: closes it unless a request is under way.
  virtual void on_stop() = 0;
  /// With `drop`, what is still unsent is dropped too.
  virtual void close(bool drop) = 0;
};

/// Leaves the count of connections (Shared::leave) when it closes.
std::shared_ptr<Session> make_session(Shared& shared, Loop& loop, BoundListener& listener,
                                      std::unique_ptr<Transport> transport, Peer peer);

}  // namespace node::edge
