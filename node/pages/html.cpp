#include "node/pages/html.h"

#include <algorithm>

#include "node/http/message.h"
#include "protocol/document/text_safety.h"
#include "protocol/document/web_address.h"

namespace node {

namespace {

constexpr std::string_view kHtmlBox = "\u25AF";

bool html_is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string html_percent_encoded(std::string_view text, std::string_view also_plain) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (html_is_unreserved(c) || also_plain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    }
  }
  return out;
}

std::size_t html_character_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
}

/// One of the marks that sit on the character before them; their pages of Unicode, by UTF-8 lead.
bool html_is_mark(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 2)
    return byte(0) == 0xCC || (byte(0) == 0xCD && byte(1) < 0xB0) ||
           (byte(0) == 0xD2 && byte(1) >= 0x83 && byte(1) <= 0x89);
  if (character.size() != 3) return false;
  if (byte(0) == 0xE1 && byte(1) == 0xAA) return byte(2) >= 0xB0;  // U+1AB0-1ABF
  if (byte(0) == 0xE1 && byte(1) == 0xAB) return true;             // U+1AC0-1AFF
  if (byte(0) == 0xE1 && byte(1) == 0xB7) return true;             // U+1DC0-1DFF
  if (byte(0) == 0xE2 && byte(1) == 0x83) return byte(2) >= 0x90;  // U+20D0-20FF
  return byte(0) == 0xEF && byte(1) == 0xB8 && byte(2) >= 0xA0 && byte(2) <= 0xAF;
}

/// Languages with the most marks a letter need three or four.
constexpr int kHtmlMostMarks = 4;

}  // namespace

std::string visible_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  int marks = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto length = std::min(html_character_length(text[at]), text.size() - at);
    const auto character = text.substr(at, length);
    at += length;
    // A tab is only white space on a page; a publisher's tool refuses it all the same.
    if (character == "\t") {
      out += ' ';
      continue;
    }
    marks = html_is_mark(character) ? marks + 1 : 0;
    if (marks > kHtmlMostMarks) {
      // One box for the whole pile, not one for each of thirty.
      if (marks == kHtmlMostMarks + 1) out += kHtmlBox;
    } else if (protocol::dangerous_character(character)) {
      out += kHtmlBox;
    } else {
      out += character;
    }
  }
  return out;
}

std::string visible_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return visible_text(text);
}

std::string host_of(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme)) return {};
  url.remove_prefix(kScheme.size());
  return std::string(url.substr(0, url.find_first_of(":/?#")));
}

Address Address::local(std::string_view path,
                       const std::vector<std::pair<std::string, std::string>>& query) {
  std::string text = html_percent_encoded(path, "/");
  char before = '?';
  for (const auto& [name, value] : query) {
    text += before;
    text += html_percent_encoded(name, "") + '=' + html_percent_encoded(value, ":,");
    before = '&';
  }
  // "//host" would leave this node.
  while (text.starts_with("//")) text.erase(0, 1);
  return Address(std::move(text));
}

std::optional<Address> Address::outgoing(std::string_view url) {
  if (protocol::why_no_plain_url(url)) return std::nullopt;
  return Address(std::string(url));
}

std::optional<Address> Address::mail(std::string_view contact) {
  constexpr std::string_view kScheme = "mailto:";
  if (contact.starts_with(kScheme)) contact.remove_prefix(kScheme.size());
  if (!protocol::is_mail_address(contact)) return std::nullopt;
  return Address(std::string(kScheme) + std::string(contact));
}

Html& Html::raw(Constant markup) {
  out_ += markup.text();
  return *this;
}

Html& Html::text(std::string_view words) {
  out_ += html_escaped(words);
  return *this;
}

Html& Html::theirs(std::string_view words) {
  out_ += "<bdi>" + html_escaped(visible_text(words)) + "</bdi>";
  return *this;
}

Html& Html::open(Constant tag, Attributes attributes) {
  out_ += '<';
  out_ += tag.text();
  for (const auto& [name, value] : attributes) {
    out_ += ' ';
    out_ += name.empty() ? (tag.text() == "form" ? "action" : "href") : name;
    out_ += "=\"" + html_escaped(value) + '"';
  }
  out_ += '>';
  return *this;
}

Html& Html::close(Constant tag) {
  out_ += "</";
  out_ += tag.text();
  out_ += '>';
  return *this;
}

Html& Html::element(Constant tag, std::string_view words, Attributes attributes) {
  return open(tag, attributes).text(words).close(tag);
}

Html& Html::add(const Html& piece) {
  out_ += piece.out_;
  return *this;
}

Html& Html::icon(Constant symbol) {
  out_ += "<svg aria-hidden=\"true\"><use href=\"#";
  out_ += symbol.text();
  out_ += "\"/></svg>";
  return *this;
}

Html& Html::json_data(Constant type, std::string_view json) {
  out_ += "<script type=\"";
  out_ += type.text();
  out_ += "\">";
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (c == '<') {
      out_ += "\\u003c";
    } else if (c == '>') {
      out_ += "\\u003e";
    } else if (c == '&') {
      out_ += "\\u0026";
    } else if (json.substr(at).starts_with("\u2028")) {
      out_ += "\\u2028";
      at += 2;
    } else if (json.substr(at).starts_with("\u2029")) {
      out_ += "\\u2029";
      at += 2;
    } else {
      out_ += c;
    }
  }
  out_ += "</script>\n";
  return *this;
}

Html& Html::outgoing_link(std::string_view label, std::string_view url) {
  const auto address = Address::outgoing(url);
  if (!address) return theirs(std::string(label) + " (" + std::string(url) + ")");
  open("a", {{"class", "ext"}, {"rel", "noopener noreferrer nofollow ugc"}, Attribute(*address)});
  theirs(label);
  return close("a").text(" (" + host_of(url) + ")");
}

}  // namespace node
