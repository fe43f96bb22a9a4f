#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocol/result.h"

namespace crawler {

struct FetchRequest {
  std::string url;
  std::size_t max_bytes = 0;  ///< of the body; one more refuses
  std::string etag;           ///< of what we have; empty: we have nothing
  /// The caller waits no longer than this, and is refused with fetch_timeout; zero: as long as the
  /// source's own limits allow.
  std::chrono::milliseconds patience{0};
  /// Of a publisher that nobody here asked for, and that was never read. Few of those may be at one
  /// address; the rest is refused with fetch_backoff for a while.
  bool is_first_contact = false;
};

struct FetchResponse {
  int status = 200;  ///< 200, or 304 when `etag` was sent and still holds
  std::string body;
  std::string etag;
};

/// What the scheduler wants to know beside the answer.
struct FetchNotes {
  int status = 0;                                   ///< of the final answer; 0 where none came
  std::optional<std::chrono::seconds> retry_after;  ///< asked for by a refusal; at most 24 hours
};

inline constexpr std::size_t kMaxPostBytes = 64 * 1024;

/// A text that is handed to another node (SPEC 6.5).
struct PostRequest {
  std::string url;
  std::string body;           ///< at most kMaxPostBytes
  std::size_t max_bytes = 0;  ///< of the answer's body; one more refuses
};

struct PostResponse {
  int status = 0;  ///< any but a redirect
  std::string content_type;
  std::string body;
};

/// What reads strangers' files: the Fetcher, and in tests whatever lies.
/// Refuses with the fetch_… codes; a plain 404 or 410 with fetch_http and a detail that begins with
/// that number.
class Source {
 public:
  virtual ~Source() = default;
  /// All answers in the order of the requests; one that fails delays no other.
  virtual std::vector<protocol::Result<FetchResponse>> get_all(
      std::span<const FetchRequest> requests) = 0;
  protocol::Result<FetchResponse> get(const FetchRequest& request) {
    auto all = get_all(std::span(&request, 1));
    return std::move(all.front());
  }
  /// The same with notes, as many as requests and in their order; empty ones where a source has
  /// none to give.
  virtual std::vector<protocol::Result<FetchResponse>> get_all_noted(
      std::span<const FetchRequest> requests, std::span<FetchNotes> notes) {
    for (auto& note : notes) note = {};
    return get_all(requests);
  }
  /// Refuses as get_all() does, but takes every status that is no redirect for an answer. A source
  /// that only reads refuses with fetch_blocked.
  virtual protocol::Result<PostResponse> post(const PostRequest& request) {
    return protocol::refuse(protocol::ErrorCode::fetch_blocked,
                            "nothing can be sent from here to " + request.url);
  }
  /// Whether it refuses everything with fetch_backoff because this program is about to end: then no
  /// refusal is anybody's failure.
  virtual bool is_stopped() const { return false; }
};

}  // namespace crawler
