#include "crawler/fetch_url.h"

#include <algorithm>

namespace crawler {
namespace {

constexpr std::size_t kMaxUrlLength = 2048;

bool url_is_digit(char c) { return c >= '0' && c <= '9'; }
bool url_is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool url_is_upper(char c) { return c >= 'A' && c <= 'Z'; }

int url_hex_value(char c) {
  if (url_is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

tl::unexpected<protocol::Error> refuse_url(std::string detail) {
  return protocol::refuse(protocol::ErrorCode::fetch_blocked, "address: " + std::move(detail));
}

// Decodes one path segment or a query once, only to look at what it means.
protocol::Result<std::string> decode_url_part(std::string_view part) {
  constexpr std::string_view kAllowed = "-._~!$&'()*+,;=:@/?";
  std::string decoded;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const char c = part[i];
    if (c == '%') {
      const int high = i + 2 < part.size() ? url_hex_value(part[i + 1]) : -1;
      const int low = i + 2 < part.size() ? url_hex_value(part[i + 2]) : -1;
      if (high < 0 || low < 0) return refuse_url("'%' without two hexadecimal digits");
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else if (url_is_digit(c) || url_is_lower(c) || url_is_upper(c) ||
               kAllowed.find(c) != kAllowed.npos) {
      decoded += c;
    } else {
      return refuse_url("a character that must be written as %XX");
    }
  }
  return decoded;
}

protocol::Result<void> judge_url_path(std::string_view path) {
  std::size_t begin = 1;  // after the first '/'
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    ASSIGN_OR_RETURN(const auto segment, decode_url_part(path.substr(begin, end - begin)));
    if (segment == "." || segment == "..") return refuse_url("dot segments");
    if (segment.find_first_of(std::string_view("/\\\0", 3)) != segment.npos) {
      return refuse_url("an encoded slash, backslash or NUL");
    }
    begin = end + 1;
  }
  return {};
}

protocol::Result<std::uint16_t> parse_url_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || text[0] == '0' ||
      !std::all_of(text.begin(), text.end(), url_is_digit)) {
    return refuse_url("the port is no number from 1 to 65535");
  }
  unsigned port = 0;
  for (const char c : text) port = port * 10 + static_cast<unsigned>(c - '0');
  // The low ports belong to other services (mail, SSH): a request must not be able to speak to
  // those.
  if (port > 65535 || (port != 443 && port < 1024)) {
    return refuse_url("port " + std::string(text) + " (only 443 and 1024 to 65535)");
  }
  return static_cast<std::uint16_t>(port);
}

}  // namespace

bool is_public_host_name(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  std::size_t labels = 0;
  std::string_view last;
  for (std::size_t begin = 0; begin <= host.size();) {
    const std::size_t end = std::min(host.find('.', begin), host.size());
    last = host.substr(begin, end - begin);
    if (last.empty() || last.size() > 63 || last.front() == '-' || last.back() == '-') return false;
    if (!std::all_of(last.begin(), last.end(),
                     [](char c) { return url_is_lower(c) || url_is_digit(c) || c == '-'; })) {
      return false;
    }
    ++labels;
    begin = end + 1;
  }
  // A last label that begins with a letter keeps out 127.1, 2130706433, 0x7f.1 and every other
  // spelling of a number.
  return labels >= 2 && url_is_lower(last.front()) && last != "localhost";
}

protocol::Result<FetchUrl> parse_fetch_url(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  if (url.size() > kMaxUrlLength) return refuse_url("longer than 2048 characters");
  if (!url.starts_with(kScheme)) return refuse_url("it must begin with https://");
  const std::string_view rest = url.substr(kScheme.size());
  if (rest.find('#') != rest.npos) return refuse_url("a fragment");
  const std::size_t authority_end = std::min(rest.find_first_of("/?\\"), rest.size());
  const std::string_view authority = rest.substr(0, authority_end);
  const std::string_view target = rest.substr(authority_end);
  if (authority.find('@') != authority.npos) return refuse_url("a user name or password");

  FetchUrl parsed;
  const std::size_t colon = authority.find(':');
  if (!is_public_host_name(authority.substr(0, colon))) {
    return refuse_url("the host is not a public name such as groups.example.org");
  }
  parsed.host = authority.substr(0, colon);
  if (colon != authority.npos) {
    ASSIGN_OR_RETURN(parsed.port, parse_url_port(authority.substr(colon + 1)));
  }
  if (!target.empty() && target.front() != '/') return refuse_url("no '/' after the host");
  const std::size_t query = std::min(target.find('?'), target.size());
  RETURN_IF_REFUSED(judge_url_path(target.substr(0, query)));
  if (query < target.size()) RETURN_IF_REFUSED(decode_url_part(target.substr(query + 1)));
  parsed.target = target.empty() ? "/" : std::string(target);
  return parsed;
}

}  // namespace crawler
