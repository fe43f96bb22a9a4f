#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Cells of a spreadsheet as people fill them: in any case, with stray spaces, line breaks and
// typographic marks.

namespace node {

/// Line breaks and runs of spaces become one space, the ends are trimmed. Case and marks stay.
std::string tidy_cell(std::string_view cell);

/// As tidy_cell(), in lower case (ASCII) and with typographic dashes, quotes and spaces as plain
/// ones: the form in which cells are read and compared.
std::string fold_cell(std::string_view cell);

/// Only the words of fold_cell(): everything but letters and digits is one space, apostrophes are
/// dropped. "In-person??" and "in person" are the same.
std::string plain_words(std::string_view cell);

/// Whether the cell states nothing: empty, "?", "-", "n/a", "TBD", "unknown", "see website", "ask".
bool says_nothing(std::string_view cell);

/// Where `phrase` stands in `text` as whole words, at or after `from`; npos where it does not.
std::size_t find_phrase(std::string_view text, std::string_view phrase, std::size_t from = 0);
bool has_phrase(std::string_view text, std::string_view phrase);
bool has_any_phrase(std::string_view text, std::initializer_list<std::string_view> phrases);

/// The pieces between any of `marks`, trimmed, without empty ones.
std::vector<std::string> split_cell(std::string_view text, std::string_view marks);
/// The pieces between any of several marks of more than one letter (" and "), likewise.
std::vector<std::string> split_at_marks(std::string_view text,
                                        std::initializer_list<std::string_view> marks);
/// The words between spaces.
std::vector<std::string> split_words(std::string_view text);

/// At most `bytes` of UTF-8, cut before a code point that does not fit.
std::string cut_text(std::string_view text, std::size_t bytes);

/// "6", "six", "twelve": up to 9999 in digits, up to twenty, and a few larger ones, in words.
std::optional<int> small_number(std::string_view word);

inline bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_small_letter(char c) { return c >= 'a' && c <= 'z'; }

/// The cell in quotation marks, cut to what a question can hold.
std::string quoted_cell(std::string_view cell);

/// Letters to change, add, drop or exchange with their neighbor to make `a` of `b`: short words
/// only.
std::size_t typing_slips(std::string_view a, std::string_view b);

/// Whether a text has an e-mail address; the first one, as it is written.
std::string mail_address_in(std::string_view text);

}  // namespace node
