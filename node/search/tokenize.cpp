#include "node/search/tokenize.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "node/search/query.h"

namespace node {

namespace {

constexpr std::size_t kTokenBytes = 64;

const icu::Normalizer2& token_normalizer(const icu::Normalizer2* (*get)(UErrorCode&)) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* found = get(status);
  if (U_FAILURE(status)) throw std::runtime_error("ICU has no normalization data");
  return *found;
}

/// Letters that have no decomposition and that people type without their stroke.
const char* token_plain_letter(UChar32 c) {
  switch (c) {
    case 0x0131:
      return "i";
    case 0x00E6:
      return "ae";
    case 0x00F8:
      return "o";
    case 0x0111:
      return "d";
    case 0x0142:
      return "l";
    case 0x0153:
      return "oe";
    default:
      return nullptr;
  }
}

bool token_stands_alone(UChar32 c) {
  if (c < 0x2000) return false;
  if (c == 0xFFFD) return false;  // what stands for bytes that are not UTF-8
  if (u_charType(c) == U_OTHER_SYMBOL) return true;
  if (u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC)) return true;
  const auto block = ublock_getCode(c);
  return block == UBLOCK_HIRAGANA || block == UBLOCK_KATAKANA ||
         block == UBLOCK_KATAKANA_PHONETIC_EXTENSIONS;
}

bool token_is_word(UChar32 c) {
  return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_MC_MASK)) != 0;
}

class TokenWriter {
 public:
  void add(std::string_view bytes) {
    // A word over the cap keeps its beginning; a letter is never cut in two.
    if (word_.size() + bytes.size() > kTokenBytes) full_ = true;
    if (!full_) word_ += bytes;
  }
  void alone(std::string bytes) {
    end();
    tokens_.push_back({std::move(bytes), after_alone_});
    after_alone_ = true;
  }
  void end() {
    if (!word_.empty()) {
      tokens_.push_back({std::move(word_), false});
      after_alone_ = false;
    }
    word_.clear();
    full_ = false;
  }
  void gap() {
    end();
    after_alone_ = false;
  }
  std::vector<Token> finish() {
    end();
    return std::move(tokens_);
  }

 private:
  std::vector<Token> tokens_;
  std::string word_;
  bool full_ = false;
  bool after_alone_ = false;
};

void token_add_folded(std::string_view text, TokenWriter& out) {
  // Fold, then decompose, so that marks stand apart and can be dropped.
  static const icu::Normalizer2& casefold =
      token_normalizer(&icu::Normalizer2::getNFKCCasefoldInstance);
  static const icu::Normalizer2& decompose = token_normalizer(&icu::Normalizer2::getNFDInstance);
  UErrorCode status = U_ZERO_ERROR;
  const auto source = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  const auto folded = decompose.normalize(casefold.normalize(source, status), status);
  if (U_FAILURE(status)) throw std::runtime_error("ICU cannot normalize a text");
  for (std::int32_t at = 0; at < folded.length(); at = folded.moveIndex32(at, 1)) {
    const UChar32 c = folded.char32At(at);
    if ((U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_ME_MASK)) != 0) continue;
    if (const char* plain = token_plain_letter(c)) {
      out.add(plain);
      continue;
    }
    const bool alone = token_stands_alone(c);
    if (!alone && !token_is_word(c)) {
      out.gap();
      continue;
    }
    std::string bytes;
    icu::UnicodeString(c).toUTF8String(bytes);
    if (alone) {
      out.alone(std::move(bytes));
    } else {
      out.add(bytes);
    }
  }
}

std::size_t token_letters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

/// The next piece between quotation marks, straight or typographic; quoted ones are odd.
std::vector<std::string_view> word_pieces(std::string_view words) {
  constexpr std::string_view kMarks[] = {"\"",           "\xE2\x80\x9C", "\xE2\x80\x9D",
                                         "\xE2\x80\x9E", "\xC2\xAB",     "\xC2\xBB"};
  std::vector<std::string_view> pieces;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < words.size();) {
    std::size_t mark = 0;
    for (const auto one : kMarks) {
      if (words.substr(at).starts_with(one)) mark = one.size();
    }
    if (mark == 0) {
      ++at;
      continue;
    }
    pieces.push_back(words.substr(begin, at - begin));
    at += mark;
    begin = at;
  }
  pieces.push_back(words.substr(begin));
  return pieces;
}

std::string word_text(const WordTerm& term) {
  std::string text;
  for (const auto& token : term.tokens) {
    if (!text.empty()) text += ' ';
    text += token;
  }
  return text;
}

}  // namespace

std::vector<Token> tokenize(std::string_view text) {
  TokenWriter out;
  // Most texts are ASCII, where folding is lower case.
  const bool ascii = std::all_of(text.begin(), text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!ascii) {
    token_add_folded(text, out);
    return out.finish();
  }
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      out.add({&c, 1});
    } else if (c >= 'A' && c <= 'Z') {
      const char lower = static_cast<char>(c - 'A' + 'a');
      out.add({&lower, 1});
    } else {
      out.gap();
    }
  }
  return out.finish();
}

WordTerms parse_words(std::string_view words) {
  std::vector<WordTerm> all;
  const auto pieces = word_pieces(words);
  bool last_is_open = false;
  for (std::size_t piece = 0; piece < pieces.size(); ++piece) {
    const bool quoted = piece % 2 == 1;
    bool first = true;
    for (auto& token : tokenize(pieces[piece])) {
      const bool continues = (quoted && !first) || (token.joined && !first);
      if (continues) {
        all.back().tokens.push_back(std::move(token.text));
      } else {
        all.push_back({{std::move(token.text)}, false});
      }
      first = false;
      last_is_open = !quoted;
    }
  }
  WordTerms out;
  if (all.empty()) {
    const auto begin = words.find_first_not_of(' ');
    if (begin != std::string_view::npos) {
      out.ignored.emplace_back(words.substr(begin, words.find_last_not_of(' ') - begin + 1));
    }
    return out;
  }
  if (last_is_open && all.back().tokens.size() == 1 && token_letters(all.back().tokens[0]) >= 2) {
    all.back().prefix = true;
  }
  for (std::size_t i = kMaxQueryTerms; i < all.size(); ++i)
    out.ignored.push_back(word_text(all[i]));
  if (all.size() > kMaxQueryTerms) all.resize(kMaxQueryTerms);
  out.terms = std::move(all);
  return out;
}

}  // namespace node
