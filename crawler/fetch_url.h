#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/result.h"

namespace crawler {

/// An address that may be fetched, taken apart.
struct FetchUrl {
  std::string host;
  std::uint16_t port = 443;
  std::string target;  ///< path and query, beginning with '/'
};

/// Whether `host` is a DNS name as publishers may have one: lower-case ASCII labels, at least one
/// dot, the last label beginning with a letter, at most 253 characters. No IP address in any
/// spelling, no localhost, no dot at the end.
bool is_public_host_name(std::string_view host);

/// Takes apart an absolute `https:` URL. Refuses with fetch_blocked: other schemes, userinfo,
/// fragments, hosts that are not is_public_host_name, ports other than 443 and 1024..65535, dot
/// segments, encoded slashes and NULs, characters that RFC 3986 does not allow, and more than 2048
/// characters.
protocol::Result<FetchUrl> parse_fetch_url(std::string_view url);

}  // namespace crawler
