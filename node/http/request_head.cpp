#include "node/http/request_head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace node {

namespace {

using protocol::ErrorCode;
using protocol::refuse;
using protocol::Result;

bool head_is_digit(char c) { return c >= '0' && c <= '9'; }
bool head_is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool head_is_token_char(char c) {
  return head_is_digit(c) || head_is_alpha(c) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool head_is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), head_is_token_char);
}

std::string_view head_trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

int head_hex(char c) {
  if (head_is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> head_percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%') {
      if (text.size() - at < 3) return std::nullopt;
      const int high = head_hex(text[at + 1]);
      const int low = head_hex(text[at + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      at += 2;
    } else {
      out += plus_is_space && text[at] == '+' ? ' ' : text[at];
    }
  }
  return out;
}

bool head_is_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    const unsigned char first = byte(at);
    std::size_t more = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    if (first < 0x80) {
      ++at;
      continue;
    }
    if (first >= 0xc2 && first <= 0xdf) {
      more = 1;
    } else if (first >= 0xe0 && first <= 0xef) {
      more = 2;
      if (first == 0xe0) low = 0xa0;
      if (first == 0xed) high = 0x9f;
    } else if (first >= 0xf0 && first <= 0xf4) {
      more = 3;
      if (first == 0xf0) low = 0x90;
      if (first == 0xf4) high = 0x8f;
    } else {
      return false;
    }
    if (text.size() - at <= more) return false;
    if (byte(at + 1) < low || byte(at + 1) > high) return false;
    for (std::size_t next = 2; next <= more; ++next) {
      if ((byte(at + next) & 0xc0) != 0x80) return false;
    }
    at += more + 1;
  }
  return true;
}

/// The host of a Host header, lower case and without its port; nothing for what is none.
struct HeadHost {
  std::string name;
  std::string port;
};

std::optional<HeadHost> head_parse_host(std::string_view value) {
  if (value.empty() || value.size() > 255 + 6) return std::nullopt;
  HeadHost host;
  std::string_view rest;
  if (value.front() == '[') {
    const std::size_t end = value.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host.name = value.substr(0, end + 1);
    const bool literal =
        std::all_of(value.begin() + 1, value.begin() + static_cast<long>(end),
                    [](char c) { return head_hex(c) >= 0 || c == ':' || c == '.'; });
    if (!literal || end < 3) return std::nullopt;
    rest = value.substr(end + 1);
  } else {
    const std::size_t end = std::min(value.find(':'), value.size());
    host.name = value.substr(0, end);
    const bool plain = std::all_of(host.name.begin(), host.name.end(), [](char c) {
      return head_is_digit(c) || head_is_alpha(c) || c == '-' || c == '.' || c == '_';
    });
    if (!plain || host.name.empty() || host.name.size() > 255) return std::nullopt;
    rest = value.substr(end);
  }
  if (!rest.empty()) {
    if (rest.front() != ':' || rest.size() < 2 || rest.size() > 6) return std::nullopt;
    host.port = rest.substr(1);
    if (!std::all_of(host.port.begin(), host.port.end(), head_is_digit)) return std::nullopt;
  }
  for (char& c : host.name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return host;
}

std::vector<std::string_view> head_values(const RequestHead& head, std::string_view name) {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : head.headers) {
    if (same_header_name(key, name)) values.emplace_back(value);
  }
  return values;
}

}  // namespace

Result<HeadScanner::Progress> HeadScanner::scan(std::string_view bytes) {
  while (position_ < bytes.size()) {
    const char c = bytes[position_];
    const auto unsigned_c = static_cast<unsigned char>(c);
    const std::size_t line_length = position_ - line_start_;
    const bool in_request_line = lines_ == 0;
    if (in_request_line && line_length >= max_request_line_ && c != '\r' && c != '\n') {
      return refuse(ErrorCode::uri_too_long, "the request line is too long");
    }
    if (!in_request_line && position_ - headers_start_ >= max_header_bytes_) {
      return refuse(ErrorCode::headers_too_large, "the headers are too long");
    }
    if (c == '\r') {
      if (position_ + 1 == bytes.size()) return Progress::need_more;
      if (bytes[position_ + 1] != '\n') {
        return refuse(ErrorCode::bad_request, "a carriage return inside a line");
      }
      position_ += 2;
      line_start_ = position_;
      if (line_length == 0) {
        if (in_request_line) return refuse(ErrorCode::bad_request, "an empty line first");
        return Progress::complete;
      }
      ++lines_;
      if (in_request_line) headers_start_ = position_;
      if (lines_ - 1 > max_header_lines_) {
        return refuse(ErrorCode::headers_too_large, "too many header lines");
      }
      continue;
    }
    // Bare line feeds, NUL and the like: some reader behind or before us would end the line
    // elsewhere.
    if ((unsigned_c < 0x20 && c != '\t') || unsigned_c == 0x7f) {
      return refuse(ErrorCode::bad_request, "a control character in the request");
    }
    if (!in_request_line && line_length == 0 && (c == ' ' || c == '\t')) {
      return refuse(ErrorCode::bad_request, "a folded header line");
    }
    ++position_;
  }
  return Progress::need_more;
}

Result<RequestHead> read_head(std::string_view text) {
  RequestHead head;
  bool first = true;
  while (true) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) {
      return refuse(ErrorCode::bad_request, "the headers do not end");
    }
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    if (line.empty()) break;
    if (first) {
      first = false;
      const std::size_t method_end = line.find(' ');
      const std::size_t target_end = line.rfind(' ');
      if (method_end == std::string_view::npos || method_end == target_end) {
        return refuse(ErrorCode::bad_request, "the request line is not METHOD TARGET HTTP/1.1");
      }
      head.method = line.substr(0, method_end);
      head.target = line.substr(method_end + 1, target_end - method_end - 1);
      const std::string_view version = line.substr(target_end + 1);
      if (!head_is_token(head.method) || head.target.empty() ||
          head.target.find_first_of(" \t") != std::string::npos) {
        return refuse(ErrorCode::bad_request, "the request line is not METHOD TARGET HTTP/1.1");
      }
      if (version == "HTTP/1.0") {
        head.minor_version = 0;
      } else if (version != "HTTP/1.1") {
        return refuse(ErrorCode::bad_request, "only HTTP/1.1 and HTTP/1.0 are spoken here");
      }
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !head_is_token(line.substr(0, colon))) {
      return refuse(ErrorCode::bad_request, "a header line is not NAME: VALUE");
    }
    head.headers.emplace_back(line.substr(0, colon), head_trim(line.substr(colon + 1)));
  }
  if (first || !text.empty()) return refuse(ErrorCode::bad_request, "no request line");
  return head;
}

Result<void> read_target(std::string_view target, Request& request, const EdgeLimits& limits) {
  if (!target.starts_with('/')) {
    return refuse(ErrorCode::bad_request, "the address must begin with /");
  }
  for (const char c : target) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f || c == '#') {
      return refuse(ErrorCode::bad_request, "the address has a character that must be encoded");
    }
  }
  const std::size_t mark = target.find('?');
  const std::string_view path = target.substr(0, mark);
  request.path = path;
  request.segments.clear();
  request.query.clear();

  std::string_view rest = path.substr(1);
  while (path.size() > 1) {
    if (request.segments.size() == limits.path_segments) {
      return refuse(ErrorCode::bad_request, "the address has too many parts");
    }
    const std::size_t slash = rest.find('/');
    const bool last = slash == std::string_view::npos;
    const std::string_view raw = rest.substr(0, slash);
    if (raw.empty() && !last) {
      return refuse(ErrorCode::bad_request, "the address has an empty part");
    }
    auto segment = head_percent_decode(raw, false);
    if (!segment || !head_is_utf8(*segment)) {
      return refuse(ErrorCode::bad_request, "the address is wrongly encoded");
    }
    const bool two_readings =
        *segment == "." || *segment == ".." || segment->starts_with("..;") ||
        std::any_of(segment->begin(), segment->end(), [](char c) {
          return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '/' || c == '\\';
        });
    if (two_readings) {
      return refuse(ErrorCode::bad_request, "the address has a part that is not allowed");
    }
    request.segments.push_back(*std::move(segment));
    if (last) break;
    rest.remove_prefix(slash + 1);
  }

  if (mark == std::string_view::npos) return {};
  rest = target.substr(mark + 1);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.empty()) continue;
    if (request.query.size() == limits.query_parameters) {
      return refuse(ErrorCode::bad_request, "the address has too many parameters");
    }
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = head_percent_decode(pair.substr(0, equals), true);
    auto value = head_percent_decode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value || !head_is_utf8(*name) || !head_is_utf8(*value)) {
      return refuse(ErrorCode::bad_request, "a parameter of the address is wrongly encoded");
    }
    request.query.emplace_back(*std::move(name), *std::move(value));
  }
  return {};
}

Result<Framing> read_framing(const RequestHead& head) {
  Framing framing;
  const auto lengths = head_values(head, "Content-Length");
  const auto codings = head_values(head, "Transfer-Encoding");
  if (!codings.empty()) {
    if (!lengths.empty()) {
      return refuse(ErrorCode::bad_request, "Content-Length and Transfer-Encoding together");
    }
    if (codings.size() == 1 && same_header_name(codings[0], "chunked")) {
      return refuse(ErrorCode::length_required, "send the body with a Content-Length");
    }
    return refuse(ErrorCode::bad_request, "an unknown Transfer-Encoding");
  }
  if (lengths.size() > 1) return refuse(ErrorCode::bad_request, "Content-Length twice");
  if (!lengths.empty()) {
    // Exactly one way to write a number: what reads "+5", "0x5" or "5,5" elsewhere frames the body
    // differently.
    const std::string_view text = lengths[0];
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), framing.content_length);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() ||
        (text.size() > 1 && text[0] == '0')) {
      return refuse(ErrorCode::bad_request, "Content-Length is not a number");
    }
  }
  if (!head_values(head, "Content-Encoding").empty()) {
    return refuse(ErrorCode::unsupported_type, "send the body without Content-Encoding");
  }
  const auto expectations = head_values(head, "Expect");
  if (!expectations.empty()) {
    if (expectations.size() > 1 || !same_header_name(expectations[0], "100-continue")) {
      return refuse(ErrorCode::bad_request, "an unknown Expect");
    }
    framing.expects_continue = head.minor_version >= 1;
  }
  return framing;
}

Result<void> check_host(const RequestHead& head, const std::vector<std::string>& names) {
  const auto values = head_values(head, "Host");
  if (values.size() != 1) return refuse(ErrorCode::bad_request, "exactly one Host is needed");
  const auto host = head_parse_host(values[0]);
  if (!host) return refuse(ErrorCode::bad_request, "Host is not a host name");
  for (const std::string& name : names) {
    const auto known = head_parse_host(name);
    if (known && known->name == host->name && (known->port.empty() || known->port == host->port)) {
      return {};
    }
  }
  return refuse(ErrorCode::wrong_host, "this node does not answer under that name");
}

bool is_known_method(std::string_view method) {
  static constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                               "PATCH", "DELETE", "OPTIONS"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

bool has_token(std::string_view value, std::string_view token) {
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    if (same_header_name(head_trim(value.substr(0, comma)), token)) return true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return false;
}

}  // namespace node
