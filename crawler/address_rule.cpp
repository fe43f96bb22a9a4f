#include "crawler/address_rule.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <vector>

#include <arpa/inet.h>

namespace crawler {
namespace {

// https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry, with
// what lies outside unicast added. Rows that the registries call globally reachable stand here too,
// so that the table can be compared with them line by line; the two anycast /32 of 192.0.0.0/24 do
// not, since they lead to the nearest box of our own network and never to a publisher.
constexpr AddressBlock kBlocks[] = {
    {"0.0.0.0/0", "global unicast", true},
    {"0.0.0.0/8", "this network", false},
    {"10.0.0.0/8", "private use", false},
    {"100.64.0.0/10", "shared address space of a carrier", false},
    {"127.0.0.0/8", "loopback", false},
    {"169.254.0.0/16", "link local", false},
    {"172.16.0.0/12", "private use", false},
    {"192.0.0.0/24", "IETF protocol assignments", false},
    {"192.0.2.0/24", "documentation", false},
    {"192.31.196.0/24", "AS112", true},
    {"192.52.193.0/24", "AMT", true},
    {"192.88.99.0/24", "6to4 relay anycast", false},
    {"192.168.0.0/16", "private use", false},
    {"192.175.48.0/24", "AS112 direct delegation", true},
    {"198.18.0.0/15", "benchmarking", false},
    {"198.51.100.0/24", "documentation", false},
    {"203.0.113.0/24", "documentation", false},
    {"224.0.0.0/4", "multicast", false},
    {"240.0.0.0/4", "reserved", false},
    {"255.255.255.255/32", "broadcast", false},

    // For IPv6 the rule is positive: only 2000::/3 is global unicast. The rows outside it only give
    // a better name.
    {"::/0", "not global unicast", false},
    {"2000::/3", "global unicast", true},
    {"::/96", "IPv4-compatible", false},
    {"::/128", "unspecified", false},
    {"::1/128", "loopback", false},
    {"64:ff9b:1::/48", "local-use translation", false},
    {"100::/64", "discard only", false},
    {"100:0:0:1::/64", "dummy prefix", false},
    {"2001::/23", "IETF protocol assignments", false},
    {"2001::/32", "Teredo", false},
    {"2001:2::/48", "benchmarking", false},
    {"2001:3::/32", "AMT", true},
    {"2001:4:112::/48", "AS112", true},
    {"2001:10::/28", "ORCHID", false},
    {"2001:20::/28", "ORCHIDv2", false},
    {"2001:30::/28", "drone remote identification", false},
    {"2001:db8::/32", "documentation", false},
    {"2002::/16", "6to4", false},
    {"2620:4f:8000::/48", "AS112 direct delegation", true},
    {"3fff::/20", "documentation", false},
    {"5f00::/16", "segment routing", false},
    {"fc00::/7", "unique local", false},
    {"fe80::/10", "link local", false},
    {"fec0::/10", "site local", false},
    {"ff00::/8", "multicast", false},
};

constexpr AddressBlock kIsatap = {"*:0:5efe:*", "ISATAP", false};

struct AddressRow {
  IpAddress base;
  unsigned bits;
  const AddressBlock* block;
};

std::vector<AddressRow> read_address_rows() {
  std::vector<AddressRow> rows;
  for (const AddressBlock& block : kBlocks) {
    const auto slash = block.prefix.find('/');
    const auto base = IpAddress::parse(block.prefix.substr(0, slash));
    const auto length = block.prefix.substr(slash + 1);
    unsigned bits = 0;
    const auto end = std::from_chars(length.data(), length.data() + length.size(), bits).ptr;
    if (!base || end != length.data() + length.size() || bits > base->bytes().size() * 8) {
      throw std::logic_error("address rule: bad row " + std::string(block.prefix));
    }
    rows.push_back({*base, bits, &block});
  }
  // The first row that matches is then the one with the longest prefix.
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.bits > b.bits; });
  return rows;
}

bool address_row_holds(const AddressRow& row, const IpAddress& address) {
  if (row.base.is_v4() != address.is_v4()) return false;
  const auto a = row.base.bytes();
  const auto b = address.bytes();
  for (unsigned bit = 0; bit < row.bits; bit += 8) {
    const unsigned left = std::min(8U, row.bits - bit);
    const unsigned mask = (0xFFU << (8 - left)) & 0xFFU;
    if ((a[bit / 8] & mask) != (b[bit / 8] & mask)) return false;
  }
  return true;
}

IpAddress address_last_four(const IpAddress& address) {
  std::array<std::uint8_t, 4> inner{};
  std::copy_n(address.bytes().begin() + 12, 4, inner.begin());
  return IpAddress::v4(inner);
}

bool address_starts_with(const IpAddress& address, std::span<const std::uint8_t> prefix) {
  return !address.is_v4() && std::equal(prefix.begin(), prefix.end(), address.bytes().begin());
}

constexpr std::uint8_t kMappedPrefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr std::uint8_t kNat64Prefix[12] = {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0};

}  // namespace

IpAddress IpAddress::v4(const std::array<std::uint8_t, 4>& bytes) {
  IpAddress made;
  made.is_v4_ = true;
  std::copy(bytes.begin(), bytes.end(), made.bytes_.begin());
  return made;
}

IpAddress IpAddress::v6(const std::array<std::uint8_t, 16>& bytes) {
  IpAddress made;
  made.is_v4_ = false;
  made.bytes_ = bytes;
  return made;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  // inet_pton reads a C string: a NUL inside would hide what follows it.
  if (text.size() > 45 || text.find('\0') != text.npos) return std::nullopt;
  const std::string terminated(text);
  std::array<std::uint8_t, 4> four{};
  if (inet_pton(AF_INET, terminated.c_str(), four.data()) == 1) {
    // glibc takes leading zeros in decimals; to others they mean octal. One spelling only.
    const IpAddress address = v4(four);
    if (address.text() != text) return std::nullopt;
    return address;
  }
  std::array<std::uint8_t, 16> sixteen{};
  if (inet_pton(AF_INET6, terminated.c_str(), sixteen.data()) == 1) return v6(sixteen);
  return std::nullopt;
}

std::optional<IpAddress> IpAddress::of(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof in);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &in.sin_addr, bytes.size());
    return v4(bytes);
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, address, sizeof in);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
    return v6(bytes);
  }
  return std::nullopt;
}

std::span<const std::uint8_t> IpAddress::bytes() const {
  return std::span(bytes_).first(is_v4_ ? 4 : 16);
}

IpAddress IpAddress::unmapped() const {
  return address_starts_with(*this, kMappedPrefix) ? address_last_four(*this) : *this;
}

std::string IpAddress::text() const {
  char out[INET6_ADDRSTRLEN] = {};
  inet_ntop(is_v4_ ? AF_INET : AF_INET6, bytes_.data(), out, sizeof out);
  return out;
}

std::span<const AddressBlock> address_blocks() { return kBlocks; }

const AddressBlock* forbidding_block(const IpAddress& address) {
  static const std::vector<AddressRow> rows = read_address_rows();
  if (address_starts_with(address, kMappedPrefix) || address_starts_with(address, kNat64Prefix)) {
    return forbidding_block(address_last_four(address));
  }
  if (!address.is_v4()) {
    // An interface identifier of RFC 5214 sends the packet to the IPv4 address behind it, whatever
    // the prefix is.
    const auto id = address.bytes().subspan(8, 4);
    if ((id[0] & 0xFDU) == 0 && id[1] == 0 && id[2] == 0x5E && id[3] == 0xFE) return &kIsatap;
  }
  for (const AddressRow& row : rows) {
    if (address_row_holds(row, address)) return row.block->reachable ? nullptr : row.block;
  }
  return &kBlocks[0];  // cannot happen: both families end in a row of length 0
}

bool is_globally_reachable(const IpAddress& address) {
  return forbidding_block(address) == nullptr;
}

protocol::Result<void> judge_answers(std::string_view host, std::span<const IpAddress> answers) {
  if (answers.empty()) {
    return protocol::refuse(protocol::ErrorCode::fetch_dns, std::string(host) + ": no address");
  }
  for (const IpAddress& address : answers) {
    if (const AddressBlock* block = forbidding_block(address)) {
      return protocol::refuse(protocol::ErrorCode::fetch_blocked,
                              std::string(host) + ": " + address.text() +
                                  " is not a public address (" + std::string(block->name) + ")");
    }
  }
  return {};
}

}  // namespace crawler
