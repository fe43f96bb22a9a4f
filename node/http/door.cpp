#include "node/http/door.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "node/http/session.h"

namespace node::edge {

namespace {

// Bounds what the kernel takes over for a client that does not read; enough for 10 Mbit/s at 100
// ms.
constexpr int kSendBuffer = 128 * 1024;
constexpr auto kAcceptPause = std::chrono::milliseconds(50);

template <class Protocol>
class SocketDoor final : public Door {
 public:
  using Socket = typename Protocol::socket;
  static constexpr bool kIsTcp = std::is_same_v<Protocol, asio::ip::tcp>;

  SocketDoor(Shared& shared, BoundListener& listener, typename Protocol::acceptor acceptor)
      : shared_(shared),
        listener_(listener),
        acceptor_(std::move(acceptor)),
        pause_(shared.loops[0].context) {}
  ~SocketDoor() override { remove_path(); }

  void open() override { accept_next(); }
  void close() override {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    remove_path();
  }

 private:
  void remove_path() {
    if (!kIsTcp && !std::exchange(removed_, true)) unlink(listener_.options.socket_path.c_str());
  }

  void accept_next() {
    Loop& loop = shared_.loops[next_loop_++ % shared_.loops.size()];
    auto socket = std::make_shared<Socket>(loop.context);
    acceptor_.async_accept(*socket, [this, &loop, socket](error_code error) {
      if (!acceptor_.is_open()) return;
      if (error) return on_failure(error);
      try {
        take(loop, std::move(*socket));
      } catch (const std::exception& failure) {  // out of memory for this one; the next may fit
        log("a connection could not be taken", failure.what());
      }
      accept_next();
    });
  }

  /// Whatever accept() says (out of descriptors or memory, or the client left), the listener stays:
  /// pausing keeps it from spinning, and the backlog keeps the clients.
  void on_failure(error_code error) {
    ++shared_.stats.accept_failures;
    log("connections cannot be accepted for the moment", error.message());
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](error_code) {
      if (acceptor_.is_open()) accept_next();
    });
  }

  void take(Loop& loop, Socket socket) {
    ++shared_.stats.accepted;
    error_code ignored;
    Peer peer;
    if constexpr (kIsTcp) {
      error_code error;
      const auto endpoint = socket.remote_endpoint(error);
      if (error) return;  // reset before we looked
      peer.address = plain_address(endpoint.address());
      peer.group = address_group(endpoint.address());
      const auto& trusted = shared_.options.trusted_proxies;
      peer.is_trusted_proxy =
          std::find(trusted.begin(), trusted.end(), peer.address) != trusted.end();
      socket.set_option(asio::ip::tcp::no_delay(true), ignored);
      socket.set_option(asio::socket_base::send_buffer_size(kSendBuffer), ignored);
    }
    if (!shared_.admit(peer)) {
      ++shared_.stats.surplus;
      log("connections are turned away, there are too many", "overload");
      return turn_away(socket);
    }
    std::unique_ptr<Transport> transport;
    std::shared_ptr<Session> session;
    try {
      if constexpr (kIsTcp) {
        if (listener_.options.kind == Listener::Kind::tls) {
          auto context = listener_.tls.with([](auto& current) { return current; });
          transport = make_transport(std::move(socket), std::move(context));
        }
      }
      if (!transport) transport = make_transport(std::move(socket));
      session = make_session(shared_, loop, listener_, std::move(transport), peer);
      asio::post(loop.context, [session] { session->start(); });
    } catch (...) {
      shared_.leave(peer);
      throw;
    }
  }

  /// As much of an answer as fits without waiting; with TLS not even that.
  void turn_away(Socket& socket) {
    error_code ignored;
    if (listener_.options.kind != Listener::Kind::tls) {
      static constexpr std::string_view kBusy =
          "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nCache-Control: no-store\r\n"
          "Content-Length: 0\r\nConnection: close\r\n\r\n";
      socket.non_blocking(true, ignored);
      socket.write_some(asio::buffer(kBusy.data(), kBusy.size()), ignored);
      socket.shutdown(Socket::shutdown_send, ignored);
    }
    socket.close(ignored);
  }

  void log(LogSentence sentence, std::string_view why) {
    if (const Log* log = shared_.options.log)
      log->warn(sentence, {{"alert", "overload"}, {"why", why}});
  }

  Shared& shared_;
  BoundListener& listener_;
  typename Protocol::acceptor acceptor_;
  asio::steady_timer pause_;
  std::size_t next_loop_ = 0;
  bool removed_ = false;
};

}  // namespace

std::unique_ptr<Door> open_tcp_door(Shared& shared, BoundListener& listener) {
  const Listener& wanted = listener.options;
  const std::string shown = wanted.address + ":" + std::to_string(wanted.port);
  try {
    const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(wanted.address), wanted.port);
    asio::ip::tcp::acceptor acceptor(shared.loops[0].context);
    acceptor.open(endpoint.protocol());
    acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.bind(endpoint);
    acceptor.listen(kListenBacklog);
    listener.port = acceptor.local_endpoint().port();
    return std::make_unique<SocketDoor<asio::ip::tcp>>(shared, listener, std::move(acceptor));
  } catch (const boost::system::system_error& error) {
    throw ServerError("cannot listen on " + shown + ": " + error.code().message());
  }
}

std::unique_ptr<Door> open_local_door(Shared& shared, BoundListener& listener) {
  using Local = asio::local::stream_protocol;
  const std::string path = listener.options.socket_path.string();
  struct stat found {};
  if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path)) {
    throw ServerError("the path of the socket is empty or longer than " +
                      std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " bytes: " + path);
  }
  if (lstat(path.c_str(), &found) == 0) {
    if (!S_ISSOCK(found.st_mode)) throw ServerError("not a socket, so left alone: " + path);
    // The data directory's lock says that no other node lives here: it was left by one that was
    // killed.
    unlink(path.c_str());
  }
  try {
    Local::acceptor acceptor(shared.loops[0].context);
    acceptor.open();
    acceptor.bind(Local::endpoint(path));
    // Before listen(): until then nobody can connect, so there is no moment with wider rights.
    if (chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) {
      const std::string why = std::strerror(errno);
      unlink(path.c_str());
      throw ServerError("cannot make " + path + " private: " + why);
    }
    acceptor.listen(kListenBacklog);
    return std::make_unique<SocketDoor<Local>>(shared, listener, std::move(acceptor));
  } catch (const boost::system::system_error& error) {
    throw ServerError("cannot listen on " + path + ": " + error.code().message());
  }
}

}  // namespace node::edge
