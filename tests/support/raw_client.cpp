#include "tests/support/raw_client.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace test_support {

namespace {

using RawClock = std::chrono::steady_clock;

bool raw_same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) ==
                  std::tolower(static_cast<unsigned char>(y));
         });
}

[[noreturn]] void raw_fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

sockaddr_in raw_loopback(const std::string& address, std::uint16_t port) {
  sockaddr_in endpoint{};
  endpoint.sin_family = AF_INET;
  endpoint.sin_port = htons(port);
  if (inet_pton(AF_INET, address.c_str(), &endpoint.sin_addr) != 1) raw_fail(address);
  return endpoint;
}

}  // namespace

struct RawClient::Tls {
  SSL_CTX* context = nullptr;
  SSL* session = nullptr;
  ~Tls() {
    SSL_free(session);
    SSL_CTX_free(context);
  }
};

std::string RawResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (raw_same_name(key, name)) return value;
  }
  return {};
}

RawClient::RawClient(int descriptor) : descriptor_(descriptor) {}

RawClient::RawClient(RawClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      closed_(other.closed_),
      was_reset_(other.was_reset_),
      buffer_(std::move(other.buffer_)),
      tls_(std::move(other.tls_)) {}

RawClient::~RawClient() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

RawClient RawClient::tcp(std::uint16_t port, const std::string& from) {
  RawClient client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (client.descriptor_ < 0) raw_fail("socket");
  const int on = 1;
  setsockopt(client.descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (from != "127.0.0.1") {
    const sockaddr_in own = raw_loopback(from, 0);
    if (::bind(client.descriptor_, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) {
      raw_fail("bind " + from);
    }
  }
  const sockaddr_in server = raw_loopback("127.0.0.1", port);
  if (::connect(client.descriptor_, reinterpret_cast<const sockaddr*>(&server), sizeof server)) {
    raw_fail("connect");
  }
  return client;
}

RawClient RawClient::local(const std::filesystem::path& path) {
  RawClient client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un server{};
  server.sun_family = AF_UNIX;
  std::strncpy(server.sun_path, path.c_str(), sizeof server.sun_path - 1);
  if (::connect(client.descriptor_, reinterpret_cast<const sockaddr*>(&server), sizeof server)) {
    raw_fail("connect " + path.string());
  }
  return client;
}

bool RawClient::start_tls(int lowest, int highest) {
  tls_ = std::make_unique<Tls>();
  tls_->context = SSL_CTX_new(TLS_client_method());
  // Level 0, so that a refusal of old versions is the server's and not this client's own.
  if (highest != 0) SSL_CTX_set_security_level(tls_->context, 0);
  SSL_CTX_set_min_proto_version(tls_->context, lowest);
  SSL_CTX_set_max_proto_version(tls_->context, highest);
  tls_->session = SSL_new(tls_->context);
  SSL_set_fd(tls_->session, descriptor_);
  return SSL_connect(tls_->session) == 1;
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    long sent = 0;
    if (tls_) {
      sent = SSL_write(tls_->session, bytes.data(), static_cast<int>(bytes.size()));
    } else {
      sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::finish() {
  if (tls_) SSL_shutdown(tls_->session);
  ::shutdown(descriptor_, SHUT_WR);
}

void RawClient::reset() {
  const linger now{1, 0};
  setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(std::exchange(descriptor_, -1));
  closed_ = true;
}

bool RawClient::read_more(RawClock::time_point until) {
  if (closed_) return false;
  if (!tls_ || SSL_pending(tls_->session) == 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - RawClock::now());
    pollfd waiting{descriptor_, POLLIN, 0};
    if (left.count() <= 0 || poll(&waiting, 1, static_cast<int>(left.count())) <= 0) return false;
  }
  char piece[65536];
  const long got = tls_ ? SSL_read(tls_->session, piece, sizeof piece)
                        : ::recv(descriptor_, piece, sizeof piece, 0);
  if (got <= 0) {
    closed_ = true;
    was_reset_ = got < 0 && errno == ECONNRESET;
    return false;
  }
  buffer_.append(piece, static_cast<std::size_t>(got));
  return true;
}

std::string RawClient::read_all(std::chrono::milliseconds limit) {
  const auto until = RawClock::now() + limit;
  while (read_more(until)) {
  }
  return std::exchange(buffer_, {});
}

bool RawClient::closes_within(std::chrono::milliseconds limit) {
  const auto until = RawClock::now() + limit;
  while (read_more(until)) {
  }
  return closed_;
}

RawResponse RawClient::read_response(std::chrono::milliseconds limit, bool to_head) {
  const auto until = RawClock::now() + limit;
  std::size_t end = std::string::npos;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more(until)) return {};
  }
  RawResponse response;
  std::string head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  if (!head.starts_with("HTTP/1.1 ")) return {};
  response.status = std::atoi(head.c_str() + 9);
  std::size_t at = head.find("\r\n") + 2;
  while (at < head.size()) {
    const std::size_t line_end = head.find("\r\n", at);
    const std::size_t colon = head.find(": ", at);
    response.headers.emplace_back(head.substr(at, colon - at),
                                  head.substr(colon + 2, line_end - colon - 2));
    at = line_end + 2;
  }
  if (to_head || response.status == 100 || response.status == 204 || response.status == 304) {
    return response;
  }
  if (const std::string length = response.header("Content-Length"); !length.empty()) {
    const std::size_t wanted = std::strtoul(length.c_str(), nullptr, 10);
    while (buffer_.size() < wanted && read_more(until)) {
    }
    response.body = buffer_.substr(0, wanted);
    buffer_.erase(0, std::min(wanted, buffer_.size()));
    if (response.body.size() < wanted) response.status = 0;
  } else if (response.header("Transfer-Encoding") == "chunked") {
    while (true) {
      std::size_t line = std::string::npos;
      while ((line = buffer_.find("\r\n")) == std::string::npos) {
        if (!read_more(until)) return {};
      }
      const std::size_t size = std::strtoul(buffer_.c_str(), nullptr, 16);
      while (buffer_.size() < line + 2 + size + 2) {
        if (!read_more(until)) return {};
      }
      response.body += buffer_.substr(line + 2, size);
      buffer_.erase(0, line + 2 + size + 2);
      if (size == 0) break;
    }
  } else {
    response.body = read_all(std::chrono::ceil<std::chrono::milliseconds>(until - RawClock::now()));
  }
  return response;
}

void write_test_certificate(const std::filesystem::path& folder, const std::string& name) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
  X509_set_pubkey(certificate, key);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, subject);
  const std::string names = "DNS:" + name;
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(certificate, key, EVP_sha256());
  std::FILE* file = std::fopen((folder / "cert.pem").c_str(), "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  file = std::fopen((folder / "key.pem").c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "kith-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) raw_fail("mkdtemp");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace test_support
