#include "tests/support/hostile_server.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

namespace test_support {
namespace {

constexpr int kHostileTickMs = 20;  // how soon a stopping server is noticed

}  // namespace

HostileConnection::HostileConnection(int socket, SSL_CTX* tls, const std::atomic<bool>& stopping)
    : socket_(socket), context_(tls), stopping_(stopping) {}

HostileConnection::~HostileConnection() {
  if (ssl_ != nullptr) SSL_free(ssl_);
  if (socket_ >= 0) ::close(socket_);
}

bool HostileConnection::ready(short events) {
  while (!stopping_ && socket_ >= 0) {
    pollfd watched{socket_, events, 0};
    if (::poll(&watched, 1, kHostileTickMs) > 0) return true;
  }
  return false;
}

bool HostileConnection::start_tls() {
  ssl_ = SSL_new(context_);
  SSL_set_fd(ssl_, socket_);
  for (;;) {
    const int done = SSL_accept(ssl_);
    if (done == 1) return true;
    const int why = SSL_get_error(ssl_, done);
    if (why == SSL_ERROR_WANT_READ && ready(POLLIN)) continue;
    if (why == SSL_ERROR_WANT_WRITE && ready(POLLOUT)) continue;
    return false;
  }
}

std::string HostileConnection::local_address() const {
  sockaddr_in at{};
  socklen_t size = sizeof at;
  char text[INET_ADDRSTRLEN] = {};
  ::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size);
  inet_ntop(AF_INET, &at.sin_addr, text, sizeof text);
  return text;
}

std::string HostileConnection::read_head() {
  std::string head;
  while (!head.ends_with("\r\n\r\n") && head.size() < 65536) {
    char c = 0;
    if (ssl_ != nullptr) {
      const int got = SSL_read(ssl_, &c, 1);
      if (got != 1) {
        if (SSL_get_error(ssl_, got) == SSL_ERROR_WANT_READ && ready(POLLIN)) continue;
        return {};
      }
    } else {
      if (!ready(POLLIN) || ::recv(socket_, &c, 1, 0) != 1) return {};
    }
    head += c;
  }
  return head;
}

bool HostileConnection::send(std::string_view bytes) {
  if (ssl_ == nullptr) return send_naked(bytes);
  while (!bytes.empty()) {
    const int sent = SSL_write(ssl_, bytes.data(),
                               static_cast<int>(std::min<std::size_t>(bytes.size(), 16'384)));
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (SSL_get_error(ssl_, sent) != SSL_ERROR_WANT_WRITE || !ready(POLLOUT)) return false;
  }
  return true;
}

bool HostileConnection::send_naked(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!ready(POLLOUT)) return false;
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool HostileConnection::pause(std::chrono::milliseconds how_long) {
  const auto until = std::chrono::steady_clock::now() + how_long;
  while (!stopping_ && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return !stopping_;
}

void HostileConnection::wait_for_client() {
  while (ready(POLLIN | POLLRDHUP)) {
    char drain[4096];
    const ssize_t got = ::recv(socket_, drain, sizeof drain, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN)) return;
  }
}

void HostileConnection::close() {
  if (ssl_ != nullptr) SSL_shutdown(ssl_);
  drop();
}

void HostileConnection::drop() {
  if (socket_ < 0) return;
  // What the client still sends is read away: closing over unread bytes would turn into a reset.
  ::shutdown(socket_, SHUT_WR);
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
  char drain[4096];
  while (std::chrono::steady_clock::now() < until) {
    pollfd watched{socket_, POLLIN, 0};
    if (::poll(&watched, 1, kHostileTickMs) > 0 &&
        ::recv(socket_, drain, sizeof drain, MSG_DONTWAIT) <= 0)
      break;
  }
  ::close(socket_);
  socket_ = -1;
}

void HostileConnection::reset() {
  if (socket_ < 0) return;
  const linger hard{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(socket_);
  socket_ = -1;
}

struct HostileServer::Threads {
  std::mutex mutex;
  std::vector<std::thread> clients;
  std::thread acceptor;
};

HostileServer::HostileServer(const std::string& address, const TestCertificate& certificate,
                             Script script)
    : script_(std::move(script)), threads_(std::make_unique<Threads>()) {
  // OpenSSL writes without MSG_NOSIGNAL, and clients leave early here: that is what this server is
  // for.
  ::signal(SIGPIPE, SIG_IGN);
  context_ = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_security_level(context_, 0);  // weak certificates are among the cases
  SSL_CTX_set_mode(context_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_use_certificate_file(context_, certificate.certificate_file.c_str(),
                                   SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_use_PrivateKey_file(context_, certificate.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    SSL_CTX_free(context_);
    throw std::runtime_error("hostile server: certificate");
  }
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  socklen_t size = sizeof at;
  if (inet_pton(AF_INET, address.c_str(), &at.sin_addr) != 1 ||
      ::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0 ||
      ::listen(listener_, 128) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) != 0) {
    ::close(listener_);
    SSL_CTX_free(context_);
    throw std::runtime_error("hostile server: cannot listen on " + address);
  }
  port_ = ntohs(at.sin_port);
  threads_->acceptor = std::thread([this] { accept_all(); });
}

HostileServer::~HostileServer() {
  stopping_ = true;
  threads_->acceptor.join();
  for (std::thread& client : threads_->clients) client.join();
  ::close(listener_);
  SSL_CTX_free(context_);
}

void HostileServer::accept_all() {
  while (!stopping_) {
    pollfd watched{listener_, POLLIN, 0};
    if (::poll(&watched, 1, kHostileTickMs) <= 0) continue;
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket < 0) continue;
    ++connections_;
    threads_->clients.emplace_back([this, socket] {
      const int now = ++open_;
      int most = most_at_once_;
      while (now > most && !most_at_once_.compare_exchange_weak(most, now)) {
      }
      {
        HostileConnection connection(socket, context_, stopping_);
        script_(connection);
        connection.close();
      }
      --open_;
    });
  }
}

HostileServer::Script always(std::string reply) {
  return [reply = std::move(reply)](HostileConnection& client) {
    if (!client.start_tls()) return;
    while (!client.read_head().empty() && client.send(reply)) {
    }
  };
}

HostileServer::Script once(std::string reply) {
  return [reply = std::move(reply)](HostileConnection& client) {
    if (client.start_tls() && !client.read_head().empty()) client.send(reply);
  };
}

HostileServer::Script serve_folder(std::string prefix, std::filesystem::path folder,
                                   FirstLook first) {
  return [=](HostileConnection& client) {
    if (!client.start_tls()) return;
    for (std::string head; !(head = client.read_head()).empty();) {
      if (first && first(client, head)) return;
      const auto begin = std::string("GET /" + prefix + "/").size();
      std::ifstream file;
      if (head.starts_with("GET /" + prefix + "/") && head.find("..") == head.npos) {
        file.open(folder / head.substr(begin, head.find(' ', begin) - begin), std::ios::binary);
      }
      if (!file) {
        client.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        continue;
      }
      const std::string body{std::istreambuf_iterator<char>(file), {}};
      const std::string tag = '"' + std::to_string(std::hash<std::string>()(body)) + '"';
      const bool has_it = head.find("If-None-Match: " + tag) != head.npos;
      client.send(has_it ? "HTTP/1.1 304 Not Modified\r\nETag: " + tag + "\r\n\r\n"
                         : plain_reply(body, "ETag: " + tag + "\r\n"));
    }
  };
}

std::string plain_reply(std::string_view body, std::string_view more_headers) {
  std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  reply += more_headers;
  reply += "\r\n";
  reply += body;
  return reply;
}

}  // namespace test_support
