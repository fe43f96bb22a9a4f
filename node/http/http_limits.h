#pragma once

#include <chrono>
#include <cstddef>

namespace node {

/// What the edge takes from a client, and for how long (SPEC 8.4). Every count is checked
/// before memory is taken for it. The defaults are what a node runs with; tests shorten the times.
struct EdgeLimits {
  std::size_t request_line_bytes = 4 * 1024;        ///< over it: uri-too-long
  std::size_t header_bytes = 16 * 1024;             ///< over it: headers-too-large
  std::size_t header_lines = 64;                    ///< over it: headers-too-large
  std::size_t body_bytes = 64 * 1024;               ///< over it: too-large, unread
  std::size_t local_body_bytes = 64 * 1024 * 1024;  ///< over the Unix socket, where imports come in
  std::size_t query_parameters = 64;                ///< over it: bad-request
  std::size_t path_segments = 32;                   ///< over it: bad-request

  std::chrono::milliseconds tls_handshake{5'000};
  std::chrono::milliseconds head_time{
      10'000};  ///< first byte of a request to the end of its headers
  std::chrono::milliseconds request_time{
      20'000};                                  ///< first byte of a request to the last of its body
  std::chrono::milliseconds idle_time{60'000};  ///< between requests
  std::chrono::milliseconds write_stall{20'000};  ///< a response of which nothing more is taken
  std::chrono::milliseconds slow_window{
      30'000};  ///< a response must flow at slow_bytes_per_second over this
  std::size_t slow_bytes_per_second = 1024;
  std::chrono::milliseconds linger_time{
      2'000};  ///< reading on, unheard, so that a refusal is not lost by a reset
  std::size_t linger_bytes = 1024 * 1024;

  /// Of answers over 64 KiB that are held in memory until slow clients have taken them: in all, and
  /// for one address (IPv6: /64). Over it: busy.
  std::size_t held_bytes = 128 * 1024 * 1024;
  std::size_t held_bytes_per_address = 16 * 1024 * 1024;

  std::size_t requests_per_connection = 100;
  std::size_t connections = 8192;
  std::size_t connections_per_address =
      64;                             ///< IPv6: per /64; not for the Unix socket or trusted proxies
  std::size_t queued_requests = 256;  ///< waiting for a worker; over it: busy
  std::size_t requests_per_second_per_address = 100;  ///< over it: rate-limited; 0 for no limit
  std::size_t request_burst_per_address = 200;

  std::chrono::milliseconds stop_grace{
      5'000};  ///< what requests under way get when the server stops
  std::chrono::milliseconds stop_limit{9'500};  ///< stop() returns by then, whatever a handler does
};

inline constexpr int kRetryAfterSeconds = 5;
inline constexpr int kLoopThreads = 2;
/// Commands of the operator have workers of their own: a flood of strangers must not keep `kith
/// status` waiting.
inline constexpr int kLocalWorkerThreads = 4;
inline constexpr int kListenBacklog = 1024;

}  // namespace node
