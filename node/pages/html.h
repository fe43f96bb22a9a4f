#pragma once

#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// How pages are built: everything is escaped unless it is a constant of ours (SPEC 11).

namespace node {

/// Markup that was written down in our own source: the compiler refuses anything else.
class Constant {
 public:
  consteval Constant(const char* text) : text_(text) {}
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// The name of an attribute with any text as its value. Addresses have their own type below, so
/// that no text of a stranger becomes the target of a link unseen.
class AttributeName {
 public:
  consteval AttributeName(const char* name) : name_(name) {
    for (const std::string_view address : {"href", "src", "action", "formaction", "style"}) {
      if (name_ == address) throw std::logic_error("use Address");
    }
  }
  std::string_view text() const { return name_; }

 private:
  std::string_view name_;
};

/// Where a link or form leads.
class Address {
 public:
  /// A path of this node with parameters, percent-encoded: local("/groups/" + key.text()).
  static Address local(std::string_view path,
                       const std::vector<std::pair<std::string, std::string>>& query = {});
  /// Nothing unless `url` is plain https (protocol/document/web_address.h).
  static std::optional<Address> outgoing(std::string_view url);
  /// Nothing unless `contact` is one e-mail address, with or without "mailto:".
  static std::optional<Address> mail(std::string_view contact);
  /// A constant of ours: "#main", "tel:988".
  static Address constant(Constant address) { return Address(std::string(address.text())); }
  /// The part of that page which has the id.
  Address part(Constant id) const { return Address(text_ + "#" + std::string(id.text())); }

  const std::string& text() const { return text_; }

 private:
  explicit Address(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

struct Attribute {
  Attribute(AttributeName attribute_name, std::string_view text)
      : name(attribute_name.text()), value(text) {}
  /// Of the element's own kind: `action` of a form, `href` of all others.
  explicit Attribute(const Address& address) : value(address.text()) {}
  std::string_view name;
  std::string value;
};
using Attributes = std::initializer_list<Attribute>;

/// A piece of a page.
class Html {
 public:
  /// Markup as it stands.
  Html& raw(Constant markup);
  /// Words of this node, escaped.
  Html& text(std::string_view words);
  /// Words of somebody else: escaped, within <bdi>, with visible_text().
  Html& theirs(std::string_view words);
  Html& open(Constant tag, Attributes attributes = {});
  Html& close(Constant tag);
  /// open, text, close.
  Html& element(Constant tag, std::string_view words, Attributes attributes = {});
  Html& add(const Html& piece);
  /// A symbol of the page's sprite, beside a word.
  Html& icon(Constant symbol);
  /// A block of JSON that programs read and no browser runs. Nothing in it can end the block.
  Html& json_data(Constant type, std::string_view json);
  /// A link that leaves this node: says where it leads, hands on nothing. What is
  /// not plain https is shown as text.
  Html& outgoing_link(std::string_view label, std::string_view url);

  bool empty() const { return out_.empty(); }
  const std::string& str() const { return out_; }

 private:
  std::string out_;
};

/// `text` with every character that is invisible, turns the direction, or is piled on others,
/// shown as a box (U+25AF).
std::string visible_text(std::string_view text);
/// The same in one line: a stranger's words, which may neither upset a terminal nor look like lines
/// of ours.
std::string visible_line(std::string text);

/// "chapter.test" of "https://chapter.test:8443/a"; empty where it has none.
std::string host_of(std::string_view url);

}  // namespace node
