#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/error_code.h"

namespace node {

using TextPair = std::pair<std::string, std::string>;

/// One request as a handler sees it. Plain data: tests make them by hand, with no socket.
struct Request {
  std::string method = "GET";
  std::string path = "/";  ///< as sent, without the query
  std::vector<std::string>
      segments;  ///< decoded; "/a/b%20c" is {"a", "b c"}, "/a/" is {"a", ""}, "/" is {}
  std::vector<TextPair> query;    ///< decoded, in the order sent, names may repeat; valid UTF-8
  std::vector<TextPair> headers;  ///< in the order sent
  std::string body;
  std::vector<TextPair> params;  ///< what the route's {names} matched
  /// Of the client; never to be logged (coarse_address is). Empty over the Unix socket.
  std::string remote_address;
  bool is_local = false;  ///< came over the Unix socket: whoever may open it is the operator
  bool is_tls = false;
  std::string
      role;  ///< of the listener it came through, as main named it: "public", "console", "local"

  /// The first header of that name, upper or lower case alike. Borrowed.
  std::optional<std::string_view> header(std::string_view name) const;
  /// The first query parameter of that name. Borrowed.
  std::optional<std::string_view> query_value(std::string_view name) const;
  std::vector<std::string_view> query_values(std::string_view name) const;
  /// What {name} of the route matched; empty where the route has none. Borrowed.
  std::string_view param(std::string_view name) const;
  /// The fields of a form that came in the body as application/x-www-form-urlencoded; none where it
  /// is anything else.
  std::vector<TextPair> form_fields() const;
};

/// A request for `method target` as a test or a local caller writes it:
/// "/api/v1/groups?license=LMFT". Throws std::invalid_argument for a target that a client could not
/// have sent.
Request make_request(std::string_view method, std::string_view target);

/// How long an answer may be cached; zero seconds means that nobody may keep it.
struct CacheFor {
  std::chrono::seconds max_age{0};
  bool immutable = false;
};
inline constexpr CacheFor no_store() { return {}; }
inline constexpr CacheFor cache_for(std::chrono::seconds age) { return {age, false}; }
/// For what is named by its hash, or is never rewritten.
inline constexpr CacheFor cache_forever() { return {std::chrono::hours(24 * 365), true}; }

/// Sends one piece; false once the client is gone, after which the caller should end.
using ChunkWriter = std::function<bool(std::string_view chunk)>;

/// A file that is open to be sent: whatever takes its name meanwhile, these are the bytes.
class FileBody {
 public:
  /// Takes the descriptor over.
  FileBody(int descriptor, std::size_t size) : descriptor_(descriptor), size_(size) {}
  ~FileBody();
  FileBody(const FileBody&) = delete;
  FileBody& operator=(const FileBody&) = delete;
  std::size_t size() const { return size_; }
  /// The bytes from `offset` on, at most `most`; fewer than there should be where the file is not
  /// what it was.
  std::string read(std::size_t offset, std::size_t most) const;

 private:
  int descriptor_;
  std::size_t size_;
};

struct Response {
  int status = 200;
  std::vector<TextPair>
      headers;  ///< without Content-Length, Connection, Cache-Control and Date: the server's
  std::string body;
  /// Sent after `body`, a piece at a time as the client takes it, so that a slow one costs no
  /// memory; may be null.
  std::shared_ptr<const FileBody> file;
  CacheFor cache;     ///< no_store() unless set
  std::string route;  ///< the pattern that matched, for log and metrics; set by the router
  /// Sent piece by piece after `body`, by a worker thread, to a client at the Unix socket only;
  /// elsewhere it is answered with internal. What it throws ends the connection before the last
  /// chunk, so that the client sees a cut answer.
  std::function<void(const ChunkWriter&)> stream;
  /// No line of the log says that it was asked for, or from where.
  bool unlogged = false;

  /// Sets or replaces a header. Returns *this.
  Response& set(std::string_view name, std::string value);
  std::optional<std::string_view> header(std::string_view name) const;
};

Response ok_json(std::string json, CacheFor cache = no_store());
Response ok_html(std::string html, CacheFor cache = no_store());
Response ok_bytes(std::string bytes, std::string content_type, CacheFor cache = no_store());

/// The answer of RFC 9457 for `code`, with its status and words from the table of errors:
/// application/problem+json whose `type` ends in the code's wire word. 429 and 503 get Retry-After.
Response problem(protocol::ErrorCode code, std::string_view detail = {});
/// The same as a plain page where the request prefers HTML and is not for /api/, else problem().
Response refusal(const Request& request, protocol::ErrorCode code, std::string_view detail = {});

/// For mirror, API and publisher files: any page may read them, without credentials.
void allow_any_origin(Response& response);

/// Adds what every response carries, and for HTML the content security policy; `is_tls` adds
/// HSTS. A header that is there already stays. The server calls it for every response.
void security_headers(Response& response, bool is_tls);

/// `text` with & < > " ' replaced, for HTML text and attributes.
std::string html_escaped(std::string_view text);

/// Header names compare by ASCII letters without case.
bool same_header_name(std::string_view a, std::string_view b);

}  // namespace node
