#include "protocol/document/web_address.h"

#include <algorithm>

namespace protocol {

namespace {

constexpr std::size_t kMaxUrlBytes = 500;

bool address_is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool address_is_digit(char c) { return c >= '0' && c <= '9'; }

/// A DNS name whose last label begins with a letter, which no spelling of an IP address does.
bool address_is_host(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  std::size_t labels = 0;
  std::string_view rest = host;
  while (true) {
    const auto label = rest.substr(0, rest.find('.'));
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
      return false;
    if (!std::all_of(label.begin(), label.end(), [](char c) {
          return address_is_letter(c) || address_is_digit(c) || c == '-';
        })) {
      return false;
    }
    ++labels;
    if (label.size() == rest.size()) return labels >= 2 && address_is_letter(label.front());
    rest.remove_prefix(label.size() + 1);
  }
}

bool address_is_port(std::string_view port) {
  if (port.empty() || port.size() > 5 || port.front() == '0') return false;
  unsigned number = 0;
  for (const char c : port) {
    if (!address_is_digit(c)) return false;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return number <= 65535;
}

}  // namespace

std::optional<std::string_view> why_no_plain_url(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  if (text.size() > kMaxUrlBytes) return "is longer than 500 bytes";
  if (!text.starts_with(kScheme)) return "does not begin with https://";
  for (const char c : text) {
    // Browsers drop tabs and line ends inside a URL and read '\' as '/', so what is shown and what
    // opens would differ.
    if (c <= ' ' || c >= 0x7F || c == '\\' || c == '"' || c == '<' || c == '>' || c == '`' ||
        c == '{' || c == '}' || c == '|' || c == '^') {
      return "has a space or a character that a web address cannot have";
    }
  }
  const auto rest = text.substr(kScheme.size());
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos) return "has a user name before the host";
  const auto colon = authority.find(':');
  if (colon != std::string_view::npos && !address_is_port(authority.substr(colon + 1)))
    return "has a port that is none";
  if (!address_is_host(authority.substr(0, colon)))
    return "has no plain host name such as www.example.org";
  return std::nullopt;
}

bool is_mail_address(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return false;
  const auto local = text.substr(0, at);
  if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos)
    return false;
  // RFC 5322 also allows % ? & and the like in the local part; in a mailto: link they begin
  // something else.
  constexpr std::string_view kMarks = "!#$'*+-/=^_`{|}~.";
  if (!std::all_of(local.begin(), local.end(), [&](char c) {
        return address_is_letter(c) || address_is_digit(c) ||
               kMarks.find(c) != std::string_view::npos;
      })) {
    return false;
  }
  return address_is_host(text.substr(at + 1));
}

std::optional<std::string_view> why_no_contact(std::string_view text) {
  if (text.starts_with("https://")) return why_no_plain_url(text);
  constexpr std::string_view kMail = "mailto:";
  if (text.starts_with(kMail)) {
    if (is_mail_address(text.substr(kMail.size()))) return std::nullopt;
    return "is not one e-mail address";
  }
  if (text.find('@') != std::string_view::npos) {
    if (is_mail_address(text)) return std::nullopt;
    return "is not one e-mail address";
  }
  if (text.size() > 200) return "is longer than 200 bytes";
  for (const char c : text) {
    if ((c >= 0 && c < ' ') || c == 0x7F) return "has a line break or a control character";
  }
  // "tel:" is a scheme too, but a telephone number needs none, and any other scheme could run
  // something.
  const auto colon = text.find(':');
  if (text.find("//") != std::string_view::npos ||
      (colon != std::string_view::npos && colon > 0 && colon + 1 < text.size() &&
       text[colon + 1] != ' ')) {
    return "is no web address that begins with https://, no e-mail address and no telephone number";
  }
  return std::nullopt;
}

}  // namespace protocol
