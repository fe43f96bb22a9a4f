#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "node/clock.h"
#include "node/http/http_limits.h"
#include "node/http/message.h"
#include "node/log.h"

namespace node {

/// The operator's trouble: an address that is taken, a certificate that cannot be read.
class ServerError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One place where clients come in.
struct Listener {
  enum class Kind { tcp, tls, local };

  Kind kind = Kind::tcp;
  std::string role;  ///< handed on as Request::role
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one; see Server::port()
  /// Names that Host may have (421 wrong-host otherwise): "example.test" at any port,
  /// "localhost:8101" at that one.
  std::vector<std::string> host_names;
  std::filesystem::path certificate_file;  ///< tls: PEM, with its chain
  std::filesystem::path key_file;          ///< tls: PEM
  std::filesystem::path
      socket_path;  ///< local: made with mode 0600; one left behind there is replaced

  static Listener tcp(std::string role, std::string address, std::uint16_t port,
                      std::vector<std::string> host_names);
  static Listener tls(std::string role, std::string address, std::uint16_t port,
                      std::vector<std::string> host_names, std::filesystem::path certificate_file,
                      std::filesystem::path key_file);
  static Listener local(std::string role, std::filesystem::path socket_path);
};

struct ServerOptions {
  std::vector<Listener> listeners;
  int worker_threads = 4;  ///< for TCP and TLS; the Unix socket has its own
  EdgeLimits limits;
  /// Addresses of reverse proxies whose X-Forwarded-For is believed, one hop each; nobody else's
  /// is.
  std::vector<std::string> trusted_proxies;
  /// For the few requests that may have a larger body than limits say (a logged-in import). Sees
  /// everything but the body, on a loop thread: it must not block. May be empty.
  std::function<std::size_t(const Request& head, std::size_t usual)> body_limit;
  const Clock* clock = nullptr;  ///< for the Date header; without it none is sent
  const Log* log = nullptr;      ///< without it nothing is logged
};

/// What the server has done so far, for /metrics.
struct ServerStats {
  std::uint64_t accepted = 0;         ///< connections
  std::uint64_t surplus = 0;          ///< connections turned away for their number
  std::uint64_t accept_failures = 0;  ///< the operating system refused to hand one over
  std::uint64_t requests = 0;         ///< handed to the handler
  std::uint64_t refused = 0;          ///< answered by the edge itself
  std::uint64_t overloaded = 0;       ///< of those: 503 busy
  std::uint64_t rate_limited = 0;     ///< of those: 429
  std::uint64_t internal_errors = 0;  ///< handlers that threw
  std::size_t connections = 0;        ///< now
};

/// The HTTP edge: takes connections, refuses what SPEC 8.4 says, and hands the rest
/// to `handler` on a worker thread. The handler is called by several threads at once; what it
/// throws is answered with internal and a random id, and its text goes to the log only.
class Server {
 public:
  using ServerHandler = std::function<Response(Request)>;

  /// Listens when it returns. Throws ServerError, with nothing left open.
  Server(ServerOptions options, ServerHandler handler);
  /// stop()
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Refuses new connections, lets requests under way finish for limits.stop_grace, then closes
  /// all. Returns within limits.stop_limit; a handler that does not end by then is left behind, and
  /// the log says so. Not from a handler.
  void stop();

  /// The port that listener number `index` of the options is bound to; 0 for a local one.
  std::uint16_t port(std::size_t index) const;

  /// Reads certificate and key files again, for connections from now on. Throws ServerError and
  /// keeps the old.
  void reload_certificates();

  ServerStats stats() const;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace node
