#include "node/importing/cell_words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace node {

namespace {

bool cell_is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

bool cell_is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Spaces and marks that word processors and spreadsheets put in on their own.
constexpr std::pair<std::string_view, char> kCellMarks[] = {
    {"\xC2\xA0", ' '},     {"\xE2\x80\xAF", ' '},  {"\xE2\x80\x89", ' '},  {"\xE2\x80\x93", '-'},
    {"\xE2\x80\x94", '-'}, {"\xE2\x80\x90", '-'},  {"\xE2\x80\x91", '-'},  {"\xE2\x80\x92", '-'},
    {"\xE2\x88\x92", '-'}, {"\xE2\x80\x98", '\''}, {"\xE2\x80\x99", '\''}, {"\xE2\x80\x9C", '"'},
    {"\xE2\x80\x9D", '"'}, {"\xE2\x80\xA2", ';'},  {"\xC2\xB7", ';'},
};

constexpr std::string_view kCellNothing[] = {
    "",
    "n a",
    "na",
    "tbd",
    "tba",
    "tbc",
    "to be determined",
    "to be announced",
    "to be decided",
    "to be confirmed",
    "unknown",
    "not known",
    "unclear",
    "unspecified",
    "unstated",
    "not stated",
    "not specified",
    "not given",
    "not listed",
    "not applicable",
    "not available",
    "no information",
    "no info",
    "not sure",
    "unsure",
    "dont know",
    "do not know",
    "pending",
    "nil",
    "null",
    "blank",
    "empty",
    "missing",
    "ask",
    "ask us",
    "ask them",
    "please ask",
    "enquire",
    "inquire",
    "contact us",
    "contact for details",
    "contact for info",
    "details to follow",
    "see above",
    "see below",
    "see notes",
    "see note",
    "to come",
    "same",
    "same as above",
    "as above",
    "ditto",
    "idem",
    "x",
    "xx",
    "xxx",
};

// "see website", "check our web page", "on the site", "refer to the link".
bool cell_points_elsewhere(std::string_view words) {
  constexpr std::string_view kVerbs[] = {"please see ", "see ",     "check ", "look at ",
                                         "refer to ",   "visit ",   "on ",    "at ",
                                         "listed on ",  "shown on "};
  constexpr std::string_view kArticles[] = {"the ", "our ", "their ", "its ", "group ", "group s "};
  constexpr std::string_view kPlaces[] = {
      "website", "web site", "web page",  "webpage",  "web",   "site",    "page",    "link",
      "online",  "url",      "home page", "homepage", "flyer", "listing", "web link"};
  for (const auto verb : kVerbs) {
    if (!words.starts_with(verb)) continue;
    auto rest = words.substr(verb.size());
    for (const auto article : kArticles) {
      if (rest.starts_with(article)) rest.remove_prefix(article.size());
    }
    for (const auto ending : {" for details", " for more", " for info", " for information",
                              " for current", " for dates", " for times"}) {
      if (rest.ends_with(ending)) rest.remove_suffix(std::string_view(ending).size());
    }
    if (std::find(std::begin(kPlaces), std::end(kPlaces), rest) != std::end(kPlaces)) return true;
  }
  return false;
}

}  // namespace

std::string tidy_cell(std::string_view cell) {
  std::string tidy;
  bool gap = false;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    const bool hard_space = cell.substr(i).starts_with("\xC2\xA0");
    if (hard_space) ++i;
    if (hard_space || cell_is_space(cell[i])) {
      gap = true;
      continue;
    }
    if (gap && !tidy.empty()) tidy += ' ';
    gap = false;
    tidy += cell[i];
  }
  return tidy;
}

std::string fold_cell(std::string_view cell) {
  std::string plain;
  plain.reserve(cell.size());
  for (std::size_t i = 0; i < cell.size(); ++i) {
    const char c = cell[i];
    if (static_cast<unsigned char>(c) >= 0x80) {
      const auto* mark =
          std::find_if(std::begin(kCellMarks), std::end(kCellMarks),
                       [&](const auto& entry) { return cell.substr(i).starts_with(entry.first); });
      if (mark != std::end(kCellMarks)) {
        plain += mark->second;
        i += mark->first.size() - 1;
        continue;
      }
    }
    plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return tidy_cell(plain);
}

std::string plain_words(std::string_view cell) {
  const std::string folded = fold_cell(cell);
  std::string words;
  bool gap = false;
  for (const char c : folded) {
    if (c == '\'') continue;
    if (!cell_is_word(c) && c != '&') {
      gap = true;
      continue;
    }
    if ((gap || c == '&') && !words.empty() && words.back() != ' ') words += ' ';
    gap = false;
    if (c == '&') {
      words += "and";
      gap = true;
    } else {
      words += c;
    }
  }
  return words;
}

bool says_nothing(std::string_view cell) {
  constexpr std::size_t kLongest = 60;
  if (cell.size() > kLongest && tidy_cell(cell).size() > kLongest) return false;
  const std::string words = plain_words(cell);
  return std::find(std::begin(kCellNothing), std::end(kCellNothing), words) !=
             std::end(kCellNothing) ||
         cell_points_elsewhere(words);
}

std::size_t find_phrase(std::string_view text, std::string_view phrase, std::size_t from) {
  if (phrase.empty()) return std::string_view::npos;
  for (auto at = text.find(phrase, from); at != std::string_view::npos;
       at = text.find(phrase, at + 1)) {
    const bool begins = at == 0 || !cell_is_word(text[at - 1]) || !cell_is_word(phrase.front());
    const auto end = at + phrase.size();
    const bool ends =
        end == text.size() || !cell_is_word(text[end]) || !cell_is_word(phrase.back());
    if (begins && ends) return at;
  }
  return std::string_view::npos;
}

bool has_phrase(std::string_view text, std::string_view phrase) {
  return find_phrase(text, phrase) != std::string_view::npos;
}

bool has_any_phrase(std::string_view text, std::initializer_list<std::string_view> phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [&](std::string_view phrase) { return has_phrase(text, phrase); });
}

std::vector<std::string> split_cell(std::string_view text, std::string_view marks) {
  std::vector<std::string> pieces;
  while (true) {
    const auto end = text.find_first_of(marks);
    auto piece = tidy_cell(text.substr(0, end));
    if (!piece.empty()) pieces.push_back(std::move(piece));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string> split_at_marks(std::string_view text,
                                        std::initializer_list<std::string_view> marks) {
  std::vector<std::string> pieces;
  while (true) {
    auto end = std::string_view::npos;
    std::size_t length = 0;
    for (const auto mark : marks) {
      const auto at = text.find(mark);
      if (at < end) {
        end = at;
        length = mark.size();
      }
    }
    auto piece = tidy_cell(text.substr(0, end));
    if (!piece.empty()) pieces.push_back(std::move(piece));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + length);
  }
}

std::vector<std::string> split_words(std::string_view text) { return split_cell(text, " "); }

std::string cut_text(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return std::string(text.substr(0, bytes));
}

std::optional<int> small_number(std::string_view word) {
  constexpr std::array<std::string_view, 21> kWords = {
      "zero",     "one",     "two",     "three",     "four",     "five",     "six",
      "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",   "thirteen",
      "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"};
  const auto* found = std::find(kWords.begin(), kWords.end(), word);
  if (found != kWords.end()) return static_cast<int>(found - kWords.begin());
  constexpr std::pair<std::string_view, int> kMore[] = {
      {"dozen", 12}, {"thirty", 30}, {"forty", 40}, {"fifty", 50}, {"sixty", 60}, {"ninety", 90}};
  for (const auto& [name, value] : kMore) {
    if (name == word) return value;
  }
  if (word.empty() || word.size() > 4) return std::nullopt;
  int number = 0;
  for (const char c : word) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

std::size_t typing_slips(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1,
                                             std::vector<std::size_t>(b.size() + 1, 0));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t k = 0; k <= b.size(); ++k) cost[0][k] = k;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t k = 1; k <= b.size(); ++k) {
      cost[i][k] = std::min({cost[i - 1][k] + 1, cost[i][k - 1] + 1,
                             cost[i - 1][k - 1] + (a[i - 1] == b[k - 1] ? 0U : 1U)});
      if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
        cost[i][k] = std::min(cost[i][k], cost[i - 2][k - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

std::string quoted_cell(std::string_view cell) { return "'" + cut_text(tidy_cell(cell), 80) + "'"; }

std::string mail_address_in(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0) return {};
  const auto part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == '+';
  };
  auto begin = at;
  while (begin > 0 && part(text[begin - 1])) --begin;
  auto end = at + 1;
  while (end < text.size() && part(text[end])) ++end;
  while (end > at + 1 && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
  const auto host = text.substr(at + 1, end - at - 1);
  if (begin == at || host.find('.') == std::string_view::npos) return {};
  return std::string(text.substr(begin, end - begin));
}

}  // namespace node
