#pragma once

#include <string>
#include <string_view>
#include <vector>

// How text becomes words, the same for listings and for queries (SPEC 10).

namespace node {

struct Token {
  std::string text;
  /// Follows the token before it without a gap, as the characters of Chinese and Japanese do: each
  /// is a token of its own, and a run of them in a query is a phrase.
  bool joined = false;
};

/// The words of `text`: compatibility forms and case folded, diacritics dropped, ß as ss, dotless ı
/// as i. A word is a run of letters and digits, cut at 64 bytes; a Chinese or Japanese character
/// and a pictorial symbol (an emoji) is one by itself; all else separates. Any bytes are allowed.
std::vector<Token> tokenize(std::string_view text);

/// One thing that a listing must have: a word, the beginning of a word, or words in a row.
struct WordTerm {
  std::vector<std::string> tokens;  ///< at least one
  bool prefix = false;              ///< the one token may also be the beginning of a word

  bool operator==(const WordTerm&) const = default;
};

struct WordTerms {
  std::vector<WordTerm> terms;       ///< at most kMaxQueryTerms
  std::vector<std::string> ignored;  ///< what was left out, as words
};

/// The terms of what somebody typed. Where it holds no word at all, it is ignored as a whole.
WordTerms parse_words(std::string_view words);

}  // namespace node
