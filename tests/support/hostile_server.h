#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/types.h>

#include "tests/support/test_ca.h"

namespace test_support {

/// One client's connection, as a script sees it. Everything gives up (false, or empty) once the
/// client or the server has gone.
class HostileConnection {
 public:
  HostileConnection(int socket, SSL_CTX* tls, const std::atomic<bool>& stopping);
  ~HostileConnection();
  HostileConnection(const HostileConnection&) = delete;
  HostileConnection& operator=(const HostileConnection&) = delete;

  /// The handshake. Before it, bytes go and come in the clear.
  bool start_tls();
  /// Which address of this machine the client connected to.
  std::string local_address() const;
  /// One request head with its blank line; empty at the end.
  std::string read_head();
  bool send(std::string_view bytes);
  /// Past TLS: bytes on the naked socket.
  bool send_naked(std::string_view bytes);
  /// Waits, at most this long; false once the server is stopping.
  bool pause(std::chrono::milliseconds how_long);
  /// Waits until the client goes away or the server stops.
  void wait_for_client();
  /// TLS's goodbye, then the end of the connection.
  void close();
  /// The end without a goodbye: FIN alone.
  void drop();
  /// The end as an error: RST.
  void reset();

 private:
  bool ready(short events);

  int socket_;
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
  const std::atomic<bool>& stopping_;
};

/// A server on loopback that does to its clients whatever a script says: one thread per connection.
class HostileServer {
 public:
  using Script = std::function<void(HostileConnection&)>;

  /// Listens on `address` (127.x.y.z) and a port of the system's choice. `script` runs once per
  /// connection, in the connection's own thread, before any handshake; the connection is closed
  /// after it. Throws std::runtime_error when it cannot listen.
  HostileServer(const std::string& address, const TestCertificate& certificate, Script script);
  ~HostileServer();
  HostileServer(const HostileServer&) = delete;
  HostileServer& operator=(const HostileServer&) = delete;

  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }
  /// How many connections were open at one time at most.
  int most_at_once() const { return most_at_once_; }

 private:
  struct Threads;
  void accept_all();

  int listener_ = -1;
  std::uint16_t port_ = 0;
  SSL_CTX* context_ = nullptr;
  Script script_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connections_{0};
  std::atomic<int> open_{0};
  std::atomic<int> most_at_once_{0};
  std::unique_ptr<Threads> threads_;
};

/// TLS, then `reply` to every request of the connection, then the goodbye.
HostileServer::Script always(std::string reply);
/// TLS, then after one request `reply` and the goodbye.
HostileServer::Script once(std::string reply);
/// TLS, then files as an honest web server gives them, with entity tags: `/PREFIX/a/b` is the file
/// a/b of `folder`. `first` sees the head of each request before; true: it has answered, and the
/// connection ends.
using FirstLook = std::function<bool(HostileConnection&, const std::string& head)>;
HostileServer::Script serve_folder(std::string prefix, std::filesystem::path folder,
                                   FirstLook first = {});
/// "HTTP/1.1 200 OK" with Content-Length and `body`.
std::string plain_reply(std::string_view body, std::string_view more_headers = "");

}  // namespace test_support
