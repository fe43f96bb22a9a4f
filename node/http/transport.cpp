#include "node/http/transport.h"

#include <boost/asio/ssl.hpp>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "node/http/server.h"

namespace node {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using TlsContext = asio::ssl::context;

template <class Socket>
std::size_t socket_unsent_bytes(Socket& socket) {
  int bytes = 0;
  if (!socket.is_open() || ioctl(socket.native_handle(), SIOCOUTQ, &bytes) != 0) return 0;
  return bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

template <class Socket>
void socket_close(Socket& socket, bool drop) {
  error_code ignored;
  if (drop) socket.set_option(asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

template <class Socket>
class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(Socket socket) : socket_(std::move(socket)) {}

  void handshake(TransportDone done) override { done({}); }
  void read_some(char* data, std::size_t size, TransportIoDone done) override {
    socket_.async_read_some(asio::buffer(data, size), std::move(done));
  }
  void write_some(const char* data, std::size_t size, TransportIoDone done) override {
    socket_.async_write_some(asio::buffer(data, size), std::move(done));
  }
  void finish_sending(TransportDone done) override {
    error_code error;
    socket_.shutdown(Socket::shutdown_send, error);
    done(error);
  }
  void read_raw(char* data, std::size_t size, TransportIoDone done) override {
    read_some(data, size, std::move(done));
  }
  std::size_t unsent_bytes() override { return socket_unsent_bytes(socket_); }
  void close(bool drop) override { socket_close(socket_, drop); }

 private:
  Socket socket_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(asio::ip::tcp::socket socket, std::shared_ptr<TlsContext> context)
      : context_(std::move(context)), stream_(std::move(socket), *context_) {}

  void handshake(TransportDone done) override {
    stream_.async_handshake(asio::ssl::stream_base::server, std::move(done));
  }
  void read_some(char* data, std::size_t size, TransportIoDone done) override {
    stream_.async_read_some(asio::buffer(data, size), std::move(done));
  }
  void write_some(const char* data, std::size_t size, TransportIoDone done) override {
    stream_.async_write_some(asio::buffer(data, size), std::move(done));
  }
  void finish_sending(TransportDone done) override {
    stream_.async_shutdown([this, done = std::move(done)](error_code) {
      error_code error;
      stream_.next_layer().shutdown(asio::ip::tcp::socket::shutdown_send, error);
      done(error);
    });
  }
  void read_raw(char* data, std::size_t size, TransportIoDone done) override {
    stream_.next_layer().async_read_some(asio::buffer(data, size), std::move(done));
  }
  std::size_t unsent_bytes() override { return socket_unsent_bytes(stream_.next_layer()); }
  void close(bool drop) override { socket_close(stream_.next_layer(), drop); }

 private:
  std::shared_ptr<TlsContext>
      context_;  // outlives its streams, also when the certificates were reloaded
  asio::ssl::stream<asio::ip::tcp::socket> stream_;
};

}  // namespace

std::shared_ptr<asio::ssl::context> make_tls_context(const Listener& listener) {
  try {
    auto context = std::make_shared<TlsContext>(TlsContext::tls_server);
    context->set_options(TlsContext::default_workarounds | TlsContext::no_sslv2 |
                         TlsContext::no_sslv3 | TlsContext::no_tlsv1 | TlsContext::no_tlsv1_1 |
                         TlsContext::single_dh_use);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
    context->use_certificate_chain_file(listener.certificate_file.string());
    context->use_private_key_file(listener.key_file.string(), TlsContext::pem);
    if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
      throw std::runtime_error("the key does not belong to the certificate");
    }
    return context;
  } catch (const std::exception& error) {
    throw ServerError("TLS with " + listener.certificate_file.string() + " and " +
                      listener.key_file.string() + ": " + error.what());
  }
}

std::unique_ptr<Transport> make_transport(asio::ip::tcp::socket socket) {
  return std::make_unique<PlainTransport<asio::ip::tcp::socket>>(std::move(socket));
}
std::unique_ptr<Transport> make_transport(asio::local::stream_protocol::socket socket) {
  return std::make_unique<PlainTransport<asio::local::stream_protocol::socket>>(std::move(socket));
}
std::unique_ptr<Transport> make_transport(asio::ip::tcp::socket socket,
                                          std::shared_ptr<TlsContext> context) {
  return std::make_unique<TlsTransport>(std::move(socket), std::move(context));
}

}  // namespace node
