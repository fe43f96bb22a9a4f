#pragma once

#include <functional>
#include <memory>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>

// One session for three kinds of socket, so that Asio's templates are not multiplied by the
// session's code.

namespace node {

struct Listener;

using TransportDone = std::function<void(boost::system::error_code)>;
using TransportIoDone = std::function<void(boost::system::error_code, std::size_t)>;

/// The connection to one client. Used by its loop's thread only. Everything that is under way when
/// close() is called ends with an error.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual void handshake(TransportDone done) = 0;
  virtual void read_some(char* data, std::size_t size, TransportIoDone done) = 0;
  virtual void write_some(const char* data, std::size_t size, TransportIoDone done) = 0;
  /// Tells the client that nothing more comes.
  virtual void finish_sending(TransportDone done) = 0;
  /// Reads what the client still sends, below any encryption, to throw it away.
  virtual void read_raw(char* data, std::size_t size, TransportIoDone done) = 0;
  /// Bytes that the client has not acknowledged yet.
  virtual std::size_t unsent_bytes() = 0;
  /// With `drop`, what is still unsent is dropped too.
  virtual void close(bool drop) = 0;
};

/// Of a listener's certificate and key: TLS 1.2 and later. Throws ServerError.
std::shared_ptr<boost::asio::ssl::context> make_tls_context(const Listener& listener);

std::unique_ptr<Transport> make_transport(boost::asio::ip::tcp::socket socket);
std::unique_ptr<Transport> make_transport(boost::asio::local::stream_protocol::socket socket);
/// Over TLS. The context outlives it, also when the certificates were read again.
std::unique_ptr<Transport> make_transport(boost::asio::ip::tcp::socket socket,
                                          std::shared_ptr<boost::asio::ssl::context> context);

}  // namespace node
