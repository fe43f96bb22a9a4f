#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>

#include "node/guarded.h"
#include "node/http/rate_table.h"
#include "node/http/server.h"
#include "node/http/transport.h"
#include "node/http/worker_pool.h"

// What the parts of the HTTP edge share: server.cpp owns it, a door (door.h) takes connections, a
// session (session.h) serves one. Not for use outside this room.

namespace node::edge {

namespace asio = boost::asio;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;
using TlsContext = asio::ssl::context;

/// The text under which an address is counted: itself, or the /64 of an IPv6 one. An IPv4 address
/// in IPv6 clothes is IPv4.
std::string address_group(const asio::ip::address& address);
/// As it is compared and handed on: IPv4 where it is that in IPv6 clothes, without a zone.
std::string plain_address(const asio::ip::address& address);

class Session;

struct ConnectionCounts {
  std::size_t all = 0;
  std::unordered_map<std::string, std::size_t> by_address;
};

/// Where connections come in. Used by the first loop's thread once it is open.
class Door {
 public:
  virtual ~Door() = default;
  virtual void open() = 0;
  virtual void close() = 0;
};

/// One thread with its connections. Each connection stays with the loop that it was given to, so a
/// session needs no lock.
struct Loop {
  asio::io_context context{1};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work{
      asio::make_work_guard(context)};
  std::unordered_map<Session*, std::shared_ptr<Session>> sessions;  // of this loop's thread
  std::thread thread;
};

/// Who is at the other end of a connection.
struct Peer {
  std::string address;  // empty over the Unix socket
  std::string group;    // what limits are counted by; empty where nothing is counted
  bool is_trusted_proxy = false;
};

struct BoundListener {
  Listener options;
  std::uint16_t port = 0;
  Guarded<std::shared_ptr<TlsContext>> tls;
};

struct AtomicStats {
  std::atomic<std::uint64_t> accepted{0}, surplus{0}, accept_failures{0}, requests{0}, refused{0},
      overloaded{0}, rate_limited{0}, internal_errors{0};
};

/// What the sessions need of the server.
struct Shared {
  ServerOptions options;
  Server::ServerHandler handler;
  std::vector<std::unique_ptr<BoundListener>> listeners;
  std::array<Loop, kLoopThreads> loops;
  std::vector<std::unique_ptr<Door>> doors;
  std::unique_ptr<WorkerPool> workers;
  std::unique_ptr<WorkerPool> local_workers;
  AtomicStats stats;
  std::atomic<bool> stopping{false};
  Guarded<RateTable> rates;

  std::mutex counts_mutex;
  std::condition_variable counts_changed;
  ConnectionCounts counts;  // under counts_mutex
  ConnectionCounts held;    // bytes of large answers; under counts_mutex

  Shared(ServerOptions given, Server::ServerHandler handle);

  /// Counts a connection; false, and not counted, when it is one too many.
  bool admit(const Peer& peer);
  void leave(const Peer& peer);
  /// Counts `bytes` of an answer that is kept for a client of `group`; false, and not counted, when
  /// they are too many.
  bool hold(const std::string& group, std::size_t bytes);
  void let_go(const std::string& group, std::size_t bytes);
};

}  // namespace node::edge
