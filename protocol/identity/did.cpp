#include "protocol/identity/did.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "protocol/encoding/bytes.h"
#include "protocol/encoding/text_encodings.h"

namespace protocol {
namespace {

constexpr std::string_view kDidPrefix = "did:webvh:";
constexpr std::string_view kScidPlaceholder = "{SCID}";
constexpr std::string_view kWellKnown = ".well-known";
// SPEC 8.1: a name has to fit on paper and in a URL that any server accepts.
constexpr std::size_t kMaxDidLength = 2048;

bool did_is_digit(char c) { return c >= '0' && c <= '9'; }
bool did_is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool did_is_alnum(char c) { return did_is_digit(c) || did_is_lower(c) || (c >= 'A' && c <= 'Z'); }

int did_hex(char c) {
  if (did_is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool did_has_escape(std::string_view text) {
  for (std::size_t at = 0; at + 2 < text.size(); ++at) {
    if (text[at] == '%' && did_hex(text[at + 1]) >= 0 && did_hex(text[at + 2]) >= 0) return true;
  }
  return false;
}

// Decodes exactly once; nothing for a broken escape, or a byte that `plain` does not allow to stand
// unescaped.
template <class Plain>
std::optional<std::string> did_percent_decode(std::string_view text, Plain plain) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      if (!plain(text[at])) return std::nullopt;
      decoded.push_back(text[at]);
      continue;
    }
    if (at + 2 >= text.size()) return std::nullopt;
    const int high = did_hex(text[at + 1]);
    const int low = did_hex(text[at + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded.push_back(static_cast<char>(high * 16 + low));
    at += 2;
  }
  return decoded;
}

template <class Plain>
std::string did_percent_encode(std::string_view text, Plain plain) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (plain(c)) {
      encoded.push_back(c);
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(c);
    encoded.push_back('%');
    encoded.push_back(digits[byte >> 4U]);
    encoded.push_back(digits[byte & 15U]);
  }
  return encoded;
}

bool did_plain_in_name(char c) { return did_is_alnum(c) || c == '.' || c == '-' || c == '_'; }
bool did_plain_in_url(char c) { return did_plain_in_name(c) || c == '~'; }
// What RFC 3986 lets stand in a path segment.
bool did_segment_char(char c) {
  return did_plain_in_url(c) || std::string_view("!$&'()*+,;=:@").find(c) != std::string_view::npos;
}

// The code point that starts at `at`, moving `at` behind it; nothing for what is not UTF-8.
std::optional<std::uint32_t> did_next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<std::uint8_t>(text[i]));
  };
  const std::uint32_t first = byte(at);
  std::size_t more = 0;
  std::uint32_t point = first;
  std::uint32_t least = 0;
  if (first < 0x80) {
  } else if (first >= 0xC2 && first < 0xE0) {
    more = 1, point = first & 0x1FU, least = 0x80;
  } else if (first >= 0xE0 && first < 0xF0) {
    more = 2, point = first & 0x0FU, least = 0x800;
  } else if (first >= 0xF0 && first < 0xF5) {
    more = 3, point = first & 0x07U, least = 0x10000;
  } else {
    return std::nullopt;
  }
  if (at + more >= text.size()) return std::nullopt;
  for (std::size_t i = 1; i <= more; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80U) return std::nullopt;
    point = (point << 6U) | (byte(at + i) & 0x3FU);
  }
  if (point < least || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return std::nullopt;
  at += more + 1;
  return point;
}

bool did_is_space(std::uint32_t point) {
  return point == ' ' || point == 0x85 || point == 0xA0 || point == 0x1680 ||
         (point >= 0x2000 && point <= 0x200A) || point == 0x2028 || point == 0x2029 ||
         point == 0x202F || point == 0x205F || point == 0x3000 || point == 0xFEFF;
}

// `segment` is decoded. The reason of a refusal, or empty.
std::string_view did_segment_fault(std::string_view segment) {
  if (segment.empty()) return "an empty path segment";
  if (segment == "." || segment == "..") return "a dot segment in the path";
  // Servers and proxies that decode once more would see another path than the one judged here.
  if (did_has_escape(segment)) return "a path segment that is encoded twice";
  bool space_at_end = false;
  for (std::size_t at = 0; at < segment.size();) {
    const bool first = at == 0;
    const auto point = did_next_code_point(segment, at);
    if (!point) return "a path segment that is not UTF-8";
    if (*point == '/' || *point == '\\') return "a slash inside a path segment";
    if (*point < 0x20 || *point == 0x7F) return "a control character in the path";
    space_at_end = did_is_space(*point);
    if (first && space_at_end) return "white space around a path segment";
  }
  return space_at_end ? "white space around a path segment" : "";
}

// A name that can only be looked up in the DNS: no spelling of an IP address gets past "the last
// label starts with a letter", neither 127.0.0.1 nor 0x7f.1 nor 1.0x7f. International names come
// already as xn--.
std::string_view did_host_fault(std::string_view host) {
  if (host.size() > 253) return "a host name over 253 characters";
  std::size_t labels = 0;
  std::string_view last;
  for (std::string_view rest = host;;) {
    const std::size_t dot = rest.find('.');
    const std::string_view label = rest.substr(0, dot);
    if (label.empty() || label.size() > 63) return "a host name with an empty or overlong label";
    for (const char c : label) {
      if (!did_is_lower(c) && !did_is_digit(c) && c != '-') {
        return "a host name that is not lower-case ASCII";
      }
    }
    if (label.front() == '-' || label.back() == '-') return "a hyphen at the edge of a label";
    ++labels;
    last = label;
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  if (labels < 2) return "a host name without a dot";
  if (!did_is_lower(last.front())) return "an IP address, or a name that ends in a number";
  if (last == "localhost") return "a name of this very machine";
  return "";
}

std::optional<std::uint16_t> did_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || text.front() == '0') return std::nullopt;
  std::uint32_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(port);
}

tl::unexpected<Error> did_refuse(std::string_view reason) {
  return refuse(ErrorCode::did_syntax,
                "not a did:webvh name of a public host: " + std::string(reason));
}

}  // namespace

Result<Did> parse_did(std::string_view text) {
  if (text.size() > kMaxDidLength) return did_refuse("too long");
  if (!text.starts_with(kDidPrefix)) return did_refuse("it does not start with did:webvh:");
  if (text.find_first_of("#?/") != std::string_view::npos) {
    return did_refuse("a path, query or fragment behind it");
  }
  std::vector<std::string_view> parts;
  for (std::string_view rest = text.substr(kDidPrefix.size());;) {
    const std::size_t colon = rest.find(':');
    parts.push_back(rest.substr(0, colon));
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  if (parts.size() < 2) return did_refuse("no host");
  Did did;
  if (!is_scid(parts[0])) return did_refuse("the identifier is not a SCID");
  did.scid = parts[0];

  // The port is parted off before anything is decoded, so that the colon cannot come out of a
  // decoded host. %3a is as good as %3A: did:webvh 1.0 says so, and resolvers that knew one
  // spelling took 127.0.0.1%3a80 for a name.
  std::string_view host = parts[1];
  std::size_t mark = host.find("%3A");
  mark = std::min(mark, host.find("%3a"));
  if (mark != std::string_view::npos) {
    did.port = did_port(host.substr(mark + 3));
    if (!did.port) return did_refuse("the port is not a number from 1 to 65535");
    host = host.substr(0, mark);
  }
  const auto decoded_host = did_percent_decode(host, did_plain_in_name);
  if (!decoded_host) return did_refuse("the host is not plain ASCII");
  if (const auto fault = did_host_fault(*decoded_host); !fault.empty()) return did_refuse(fault);
  did.host = *decoded_host;

  for (std::size_t i = 2; i < parts.size(); ++i) {
    auto segment = did_percent_decode(parts[i], did_plain_in_name);
    if (!segment) return did_refuse("a path segment that is not properly encoded");
    if (const auto fault = did_segment_fault(*segment); !fault.empty()) return did_refuse(fault);
    did.path.push_back(std::move(*segment));
  }
  return did;
}

std::string format_did(const Did& did) {
  std::string text = std::string(kDidPrefix) + did.scid + ":" + did.host;
  if (did.port) text += "%3A" + std::to_string(*did.port);
  for (const auto& segment : did.path) text += ":" + did_percent_encode(segment, did_plain_in_name);
  return text;
}

std::string did_folder_url(const Did& did) {
  std::string url = "https://" + did.host;
  if (did.port) url += ":" + std::to_string(*did.port);
  url += "/";
  if (did.path.empty()) url += std::string(kWellKnown) + "/";
  for (const auto& segment : did.path) url += did_percent_encode(segment, did_plain_in_url) + "/";
  return url;
}

Result<Did> did_from_folder_url(std::string_view url, std::string_view scid) {
  if (scid != kScidPlaceholder && !is_scid(scid)) return did_refuse("the identifier is not a SCID");
  constexpr std::string_view scheme = "https://";
  if (url.size() > kMaxDidLength) return did_refuse("too long");
  if (!url.starts_with(scheme)) return did_refuse("the address does not start with https://");
  std::string_view rest = url.substr(scheme.size());
  if (rest.find_first_of("#?@\\") != std::string_view::npos) {
    return did_refuse("the address has more than host and path");
  }
  Did did;
  did.scid = scid;
  std::string_view authority = rest.substr(0, rest.find('/'));
  rest.remove_prefix(authority.size());
  if (const std::size_t colon = authority.find(':'); colon != std::string_view::npos) {
    did.port = did_port(authority.substr(colon + 1));
    if (!did.port) return did_refuse("the port is not a number from 1 to 65535");
    authority = authority.substr(0, colon);
  }
  if (const auto fault = did_host_fault(authority); !fault.empty()) return did_refuse(fault);
  did.host = authority;

  if (rest.ends_with('/')) rest.remove_suffix(1);
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the slash before the segment
    const std::string_view raw = rest.substr(0, rest.find('/'));
    rest.remove_prefix(raw.size());
    auto segment = did_percent_decode(raw, did_segment_char);
    if (!segment) return did_refuse("a path segment that is not properly encoded");
    if (const auto fault = did_segment_fault(*segment); !fault.empty()) return did_refuse(fault);
    did.path.push_back(std::move(*segment));
  }
  // A name without a path is by definition the log below /.well-known.
  if (did.path.size() == 1 && did.path.front() == kWellKnown) did.path.clear();
  return did;
}

bool is_scid(std::string_view text) {
  return text.size() == 46 && from_multihash(text).has_value();
}

std::string spoken_scid(std::string_view scid) {
  std::string spoken;
  for (std::size_t at = 0; at < scid.size(); at += 4) {
    if (at > 0) spoken += ' ';
    spoken += scid.substr(at, 4);
  }
  return spoken;
}

}  // namespace protocol
