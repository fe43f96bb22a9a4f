#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crawler/address_rule.h"
#include "crawler/source.h"
#include "crawler/test_network.h"
#include "protocol/result.h"

namespace crawler {

/// How long and how much (SPEC 8.3). Tests shorten the times.
struct FetchLimits {
  std::chrono::milliseconds lookup{5'000};
  std::chrono::milliseconds connect{5'000};
  std::chrono::milliseconds tls{5'000};
  std::chrono::milliseconds first_byte{10'000};  ///< from the request being sent
  std::chrono::milliseconds whole{30'000};       ///< lookup and connection included
  std::chrono::milliseconds slow_after{
      10'000};  ///< from the first byte; then the average must be this:
  std::size_t min_bytes_per_second = 1'024;
  std::size_t header_bytes = 16 * 1'024;  ///< of all heads and trailers of one exchange
  std::size_t header_lines = 64;
  int interim_responses = 4;
  std::size_t connections_per_host = 2;  ///< and per address; one while many hosts are read
  std::size_t connections = 64;
  std::chrono::milliseconds lookup_kept{60'000};
  std::size_t addresses_tried = 8;
  std::size_t first_contacts = 10;  ///< with publishers at one address, within this time:
  std::chrono::milliseconds first_contacts_within{3'600'000};
};

/// Every address of a host, in the order in which they should be tried. Called from any thread, may
/// block.
using Resolver = std::function<protocol::Result<std::vector<IpAddress>>(const std::string& host)>;

/// The system's own resolver: getaddrinfo. Refuses with fetch_dns.
protocol::Result<std::vector<IpAddress>> system_resolve(const std::string& host);

struct FetcherOptions {
  std::optional<TestNetwork>
      test_network;   ///< the only way to reach loopback, and only for its names
  std::string proxy;  ///< "http://host:port"; empty: none. The environment is never asked
  FetchLimits limits;
  Resolver resolver = system_resolve;
};

/// Reads files of strangers over HTTPS, and hands them what is short. One thread of its own drives
/// all transfers, so the limits of connections hold over all callers, and connections are kept and
/// used again.
///
/// Refuses with the fetch_ codes: blocked (address or URL), dns, connect, timeout, tls (with the
/// reason), redirect (never followed), http (any status but 200 and 304; the detail begins with
/// it), encoding, too_large, malformed; backoff after stop().
class Fetcher : public Source {
 public:
  /// Throws std::runtime_error when libcurl or the options are unusable.
  explicit Fetcher(FetcherOptions options = {});
  ~Fetcher() override;
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  /// Blocks until all are answered, each within limits.whole once it is its host's turn, and within
  /// its own patience whatever its turn. URLs as
  /// parse_fetch_url allows; FetchResponse::etag is empty where the server gave none that can be
  /// sent back. Any thread.
  std::vector<protocol::Result<FetchResponse>> get_all(
      std::span<const FetchRequest> requests) override;
  /// The same with notes, as many as requests, in their order.
  std::vector<protocol::Result<FetchResponse>> get_all(std::span<const FetchRequest> requests,
                                                       std::span<FetchNotes> notes);
  std::vector<protocol::Result<FetchResponse>> get_all_noted(std::span<const FetchRequest> requests,
                                                             std::span<FetchNotes> notes) override {
    return get_all(requests, notes);
  }
  /// By the same limits and the same rule of addresses. Blocks until answered. Any thread.
  protocol::Result<PostResponse> post(const PostRequest& request) override;
  using Source::get;
  protocol::Result<FetchResponse> get(const FetchRequest& request, FetchNotes& notes);

  /// Ends everything under way, and every later call, with fetch_backoff. Any thread.
  void stop();
  bool is_stopped() const override { return is_stopped_; }

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
  std::atomic<bool> is_stopped_{false};
};

}  // namespace crawler
