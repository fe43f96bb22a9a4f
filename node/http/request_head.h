#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "node/http/http_limits.h"
#include "node/http/message.h"
#include "protocol/result.h"

// The strict gate before anything else looks at a request. Pure functions of bytes: no socket, so
// that every refusal can be tested and fuzzed. The server lets Boost.Beast read the same bytes and
// refuses what the two see differently.

namespace node {

/// The lines before the body, as sent.
struct RequestHead {
  std::string method;
  std::string target;
  int minor_version = 1;          ///< HTTP/1.0 or HTTP/1.1
  std::vector<TextPair> headers;  ///< values without the spaces around them
};

/// Finds the end of a head in bytes that arrive little by little. Looks at each byte once, and
/// refuses as early as the bytes allow, so that never more than request line plus headers have to
/// be held.
class HeadScanner {
 public:
  enum class Progress { need_more, complete };

  explicit HeadScanner(const EdgeLimits& limits)
      : max_request_line_(limits.request_line_bytes),
        max_header_bytes_(limits.header_bytes),
        max_header_lines_(limits.header_lines) {}

  /// `bytes` is everything since the head began, each time longer than before.
  /// Refuses with: bad_request, uri_too_long, headers_too_large.
  protocol::Result<Progress> scan(std::string_view bytes);
  /// Once complete: how many bytes the head has, its empty line included.
  std::size_t size() const { return position_; }

 private:
  std::size_t max_request_line_;
  std::size_t max_header_bytes_;
  std::size_t max_header_lines_;
  std::size_t position_ = 0;    // first byte not looked at
  std::size_t line_start_ = 0;  // of the line that position_ is in
  std::size_t lines_ = 0;       // complete ones, the request line among them
  std::size_t headers_start_ = 0;
};

/// Reads a complete head. Refuses with bad_request: spaces or control characters where none belong,
/// folded lines, versions other than HTTP/1.0 and HTTP/1.1.
protocol::Result<RequestHead> read_head(std::string_view head);

/// Sets path, segments and query of `request`. Only the origin form ("/path?query"); refuses with
/// bad_request whatever a file system or a proxy could read in two ways: dot segments, encoded
/// slashes, empty segments, backslashes, control characters, bytes that are not UTF-8, wrong
/// percent signs.
protocol::Result<void> read_target(std::string_view target, Request& request,
                                   const EdgeLimits& limits);

/// How long the body is, and whether the client waits for leave to send it.
struct Framing {
  std::uint64_t content_length = 0;
  bool expects_continue = false;
};
/// Refuses with: bad_request (unclear length), length_required (chunked), unsupported_type
/// (Content-Encoding).
protocol::Result<Framing> read_framing(const RequestHead& head);

/// Whether the one Host header names one of `names` ("example.test" at any port, "localhost:8101"
/// at that one). Refuses with: bad_request (none, several, malformed), wrong_host.
protocol::Result<void> check_host(const RequestHead& head, const std::vector<std::string>& names);

/// GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS; what else there is has no meaning here.
bool is_known_method(std::string_view method);

/// Whether a comma-separated header value has that word, upper or lower case alike.
bool has_token(std::string_view value, std::string_view token);

}  // namespace node
