#include "node/http/edge.h"

#include <algorithm>

namespace node::edge {

std::string address_group(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  const auto six = address.to_v6();
  if (six.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, six).to_string();
  auto bytes = six.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return asio::ip::address_v6(bytes).to_string() + "/64";
}

std::string plain_address(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  if (address.is_v6()) {  // without the zone, which is no part of who the client is
    return asio::ip::address_v6(address.to_v6().to_bytes()).to_string();
  }
  return address.to_string();
}

Shared::Shared(ServerOptions given, Server::ServerHandler handle)
    : options(std::move(given)),
      handler(std::move(handle)),
      rates(options.limits.requests_per_second_per_address,
            options.limits.request_burst_per_address) {}

bool Shared::admit(const Peer& peer) {
  const std::lock_guard lock(counts_mutex);
  if (counts.all >= options.limits.connections) return false;
  if (!peer.group.empty() && !peer.is_trusted_proxy) {
    std::size_t& mine = counts.by_address[peer.group];
    if (mine >= options.limits.connections_per_address) return false;
    ++mine;
  }
  ++counts.all;
  return true;
}
void Shared::leave(const Peer& peer) {
  const std::lock_guard lock(counts_mutex);
  --counts.all;
  if (!peer.group.empty() && !peer.is_trusted_proxy) {
    const auto at = counts.by_address.find(peer.group);
    if (--at->second == 0) counts.by_address.erase(at);
  }
  counts_changed.notify_all();
}

bool Shared::hold(const std::string& group, std::size_t bytes) {
  const std::lock_guard lock(counts_mutex);
  const auto mine = held.by_address.find(group);
  if (held.all + bytes > options.limits.held_bytes ||
      (mine == held.by_address.end() ? 0 : mine->second) + bytes >
          options.limits.held_bytes_per_address)
    return false;
  held.all += bytes;
  held.by_address[group] += bytes;
  return true;
}

void Shared::let_go(const std::string& group, std::size_t bytes) {
  const std::lock_guard lock(counts_mutex);
  held.all -= bytes;
  const auto mine = held.by_address.find(group);
  if ((mine->second -= bytes) == 0) held.by_address.erase(mine);
}

}  // namespace node::edge
