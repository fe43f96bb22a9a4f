#pragma once

#include <chrono>
#include <cstddef>
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
};

struct FetchResponse {
  int status = 200;  ///< 200, or 304 when `etag` was sent and still holds
  std::string body;
  std::string etag;
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
};

}  // namespace crawler
