#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test_support {

/// One answer as it came over the wire.
struct RawResponse {
  int status = 0;  ///< 0: nothing readable came
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// Empty where there is none; upper and lower case alike.
  std::string header(std::string_view name) const;
};

/// A client that sends exactly the bytes it is told to, whole or in pieces, and sees exactly what
/// comes back. For loopback and Unix sockets only. Throws std::runtime_error where it cannot even
/// connect.
class RawClient {
 public:
  static RawClient tcp(std::uint16_t port, const std::string& from = "127.0.0.1");
  static RawClient local(const std::filesystem::path& path);
  RawClient(RawClient&&) noexcept;
  ~RawClient();

  /// Speaks TLS from now on, without looking at the certificate. Versions as OpenSSL numbers, 0 for
  /// any. False when the server does not agree.
  bool start_tls(int lowest = 0, int highest = 0);

  /// False once the connection is gone.
  bool send(std::string_view bytes);
  /// Ends the sending direction.
  void finish();
  /// Ends the connection with a reset instead of a farewell.
  void reset();

  /// What comes until the server closes, or until `limit` has passed. `closed()` says which it was.
  std::string read_all(std::chrono::milliseconds limit = std::chrono::seconds(5));
  /// The next answer, by its Content-Length, chunks, or the end of the connection. `to_head`: it
  /// has no body.
  RawResponse read_response(std::chrono::milliseconds limit = std::chrono::seconds(5),
                            bool to_head = false);
  /// Whether the server has ended the connection, waiting for it up to `limit`.
  bool closes_within(std::chrono::milliseconds limit);

  bool closed() const { return closed_; }
  bool was_reset() const { return was_reset_; }
  int descriptor() const { return descriptor_; }

 private:
  explicit RawClient(int descriptor);
  /// Appends what comes to buffer_; false at the end or at the limit.
  bool read_more(std::chrono::steady_clock::time_point until);

  int descriptor_ = -1;
  bool closed_ = false;
  bool was_reset_ = false;
  std::string buffer_;
  struct Tls;
  std::unique_ptr<Tls> tls_;
};

/// A self-signed certificate for `name` and its key, as PEM files cert.pem and key.pem in `folder`.
void write_test_certificate(const std::filesystem::path& folder, const std::string& name);

/// A new folder that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace test_support
