#pragma once

#include <optional>
#include <string_view>

// Addresses that a page may show as a link. One rule for readers, the publisher's form and the
// importer (SPEC 4.3, url and contact).

namespace protocol {

/// Why `text` is not a plain https URL, in words for a volunteer; nothing where it is one:
/// "https://", a DNS name in ASCII (IDN as punycode) with a dot and without one at the end, perhaps
/// a port, then ASCII without spaces, quotes and backslashes; at most 500 bytes. No user name, no
/// IP address.
std::optional<std::string_view> why_no_plain_url(std::string_view text);

/// Whether `text` is one e-mail address and nothing else: no header fields, percent signs, quotes
/// or comments.
bool is_mail_address(std::string_view text);

/// Why `text` is no public contact: a plain https URL, an e-mail address with or without "mailto:",
/// or a text without a scheme (a telephone number). Nothing where it is one.
std::optional<std::string_view> why_no_contact(std::string_view text);

}  // namespace protocol
