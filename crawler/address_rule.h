#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/result.h"

struct sockaddr;

namespace crawler {

/// An IPv4 or IPv6 address, in network byte order.
class IpAddress {
 public:
  static IpAddress v4(const std::array<std::uint8_t, 4>& bytes);
  static IpAddress v6(const std::array<std::uint8_t, 16>& bytes);

  /// Exactly one spelling of IPv4 (four decimals, no leading zeros) and those of RFC 4291 for IPv6,
  /// without brackets and without a zone. Nothing for anything else.
  static std::optional<IpAddress> parse(std::string_view text);
  /// Of a socket's address; nothing for other families.
  static std::optional<IpAddress> of(const sockaddr* address);

  bool is_v4() const { return is_v4_; }
  /// 4 or 16 bytes, borrowed.
  std::span<const std::uint8_t> bytes() const;
  /// The IPv4 address for ::ffff:a.b.c.d, else the address itself.
  IpAddress unmapped() const;
  std::string text() const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  bool is_v4_ = true;
  std::array<std::uint8_t, 16> bytes_{};  // IPv4 uses the first four
};

/// One row of the IANA special-purpose address registries as this node uses them.
struct AddressBlock {
  std::string_view prefix;  ///< "10.0.0.0/8"
  std::string_view name;    ///< "private use"
  bool reachable;           ///< whether a publisher may live there
};

/// The rows, IPv4 and IPv6; the longest prefix that holds an address decides.
std::span<const AddressBlock> address_blocks();

/// The row that forbids `address`, or null where it is globally reachable unicast. Static.
const AddressBlock* forbidding_block(const IpAddress& address);

/// Whether strangers' servers may be looked for at `address`: globally reachable unicast in the
/// sense of the IANA special-purpose registries. IPv4 inside IPv6 is judged as IPv4 where the
/// address is one (mapped, NAT64), and refused where a relay would choose the way (6to4, Teredo,
/// ISATAP, IPv4-compatible).
bool is_globally_reachable(const IpAddress& address);

/// Whether a host with these answers may be contacted: one forbidden address among them refuses the
/// host. Refuses with fetch_blocked, naming address and block, and fetch_dns for no answer at all.
protocol::Result<void> judge_answers(std::string_view host, std::span<const IpAddress> answers);

}  // namespace crawler
