#include <algorithm>

#include "node/importing/cell_words.h"
#include "node/importing/understand_schedule.h"

namespace node {

LengthReading understand_length(std::string_view cell, std::string_view unit) {
  LengthReading reading;
  if (says_nothing(cell)) return reading;
  std::string text = fold_cell(cell);
  // "1/2 hr"
  if (text.starts_with("1/2 ") || text.starts_with("1/2-")) text.replace(0, 3, "0.5");
  // "1 1/2", "1-1/2"
  for (const auto half : {" 1/2", "-1/2"}) {
    const auto at = text.find(half);
    if (at != std::string::npos && at > 0 && is_ascii_digit(text[at - 1]))
      text.replace(at, 4, ".5");
  }
  // Spelled lengths first.
  const std::string plain = plain_words(text);
  if (plain == "hour" || plain == "una hora") {
    reading.minutes = 60;
    return reading;
  }
  // "1:30"
  if (text.size() == 4 && text[1] == ':' && text[0] >= '0' && text[0] <= '4' && text[2] <= '5' &&
      is_ascii_digit(text[2]) && is_ascii_digit(text[3]) && text != "0:00") {
    reading.minutes = (text[0] - '0') * 60 + (text[2] - '0') * 10 + (text[3] - '0');
    return reading;
  }
  if (has_any_phrase(plain, {"hour and a half", "one and a half hours", "1 1 2 hours"})) {
    reading.minutes = 90;
    return reading;
  }
  if (has_any_phrase(plain, {"half an hour", "half hour", "a half hour"})) {
    reading.minutes = 30;
    if (has_any_phrase(plain, {"about", "around", "approx", "roughly"}))
      reading.question = quoted_cell(cell) + ": is 30 minutes right?";
    return reading;
  }
  struct Piece {
    double value;
    char unit;  ///< m, h, or 0
    bool range;
  };
  std::vector<Piece> pieces;
  bool ranged = false;
  for (std::size_t at = 0; at < text.size();) {
    // "1h30"
    const bool minutes_of_hour = at > 0 && text[at - 1] == 'h' && !pieces.empty() &&
                                 pieces.back().unit == 'h' && is_ascii_digit(text[at]);
    const bool begins = at == 0 || minutes_of_hour ||
                        (!is_ascii_digit(text[at - 1]) && !is_small_letter(text[at - 1]));
    double value = -1;
    std::size_t end = at;
    if (begins && is_ascii_digit(text[at])) {
      value = 0;
      std::size_t digits = 0;
      while (end < text.size() && is_ascii_digit(text[end]) && digits < 6) {
        value = value * 10 + (text[end++] - '0');
        ++digits;
      }
      if (end + 1 < text.size() && (text[end] == '.' || text[end] == ',') &&
          is_ascii_digit(text[end + 1])) {
        double scale = 0.1;
        ++end;
        while (end < text.size() && is_ascii_digit(text[end])) {
          value += (text[end++] - '0') * scale;
          scale /= 10;
        }
      }
      if (text.substr(end, 2) == "\xC2\xBD") {
        value += 0.5;
        end += 2;
      }
    } else if (begins && is_small_letter(text[at])) {
      while (end < text.size() && is_small_letter(text[end])) ++end;
      const auto word = text.substr(at, end - at);
      if (const auto number = small_number(word)) value = *number;
      if (word == "an" && text.substr(end).starts_with(" hour")) value = 1;
    }
    // "1730-1900 hrs" are hours of the day.
    if (value < 0 || value >= 1'000) {
      at = std::max(end, at + 1);
      continue;
    }
    std::size_t after = end;
    while (after < text.size() && (text[after] == ' ' || text[after] == '-')) ++after;
    const auto rest = std::string_view(text).substr(after);
    char found = 0;
    if (rest.starts_with("min") ||
        (rest.starts_with("m") && (rest.size() == 1 || !is_small_letter(rest[1]))) ||
        rest.starts_with("'")) {
      found = 'm';
    } else if (rest.starts_with("hour") || rest.starts_with("hora") || rest.starts_with("hr") ||
               (rest.starts_with("h") && (rest.size() == 1 || !is_small_letter(rest[1])))) {
      found = 'h';
    }
    // "60-90 minutes", "1 to 2 hours".
    std::string_view between = std::string_view(text).substr(end);
    while (between.starts_with(" ")) between.remove_prefix(1);
    const bool range = (between.starts_with("-") && between.size() > 1 &&
                        (is_ascii_digit(between[1]) || between[1] == ' ')) ||
                       between.starts_with("to ") || between.starts_with("or ");
    if (range && found == 0) ranged = true;
    pieces.push_back({value, found, range});
    at = std::max(end, at + 1);
  }
  if (pieces.empty()) return reading;
  if (ranged) {
    reading.question = quoted_cell(cell) + ": how long is a meeting, as a rule?";
    return reading;
  }
  double minutes = 0;
  std::size_t used = 0;
  char last = 0;
  for (const auto& piece : pieces) {
    if (piece.unit == 0) {
      // "1h30"
      // and "1 hr 30"
      if (last == 'h' && used == 1 && piece.value < 60 &&
          (text.find(' ') == std::string::npos || (&piece == &pieces.back() && piece.value >= 10 &&
                                                   static_cast<int>(piece.value) % 5 == 0))) {
        minutes += piece.value;
        ++used;
      }
      continue;
    }
    if (used > 0 && !(last == 'h' && piece.unit == 'm')) {
      // Two lengths in one cell.
      reading.question = quoted_cell(cell) + ": which of these lengths?";
      return reading;
    }
    minutes += piece.unit == 'h' ? piece.value * 60 : piece.value;
    last = piece.unit;
    ++used;
  }
  if (used == 0 && pieces.size() == 1) {
    const bool bare = text.find_first_not_of("0123456789.") == std::string::npos;
    if (!bare) return reading;
    if (unit == "minutes") {
      minutes = pieces.front().value;
    } else if (unit == "hours") {
      minutes = pieces.front().value * 60;
    } else if (pieces.front().value <= 4 && text.find('.') != std::string::npos) {
      minutes = pieces.front().value * 60;  // "1.5": nobody writes minutes so
    } else if (pieces.front().value >= 15) {
      minutes = pieces.front().value;  // nobody meets for 15 hours
    } else {
      reading.question = quoted_cell(cell) + ": hours, or minutes?";
      return reading;
    }
    used = 1;
  }
  constexpr double kLongest = 24 * 60;
  if (used == 0 || minutes < 1 || minutes > kLongest) return reading;
  reading.minutes = static_cast<std::int64_t>(minutes + 0.5);
  if (has_any_phrase(text, {"about", "around", "approx", "approximately", "roughly", "ca"}) ||
      text.find('~') != std::string::npos) {
    reading.question =
        quoted_cell(cell) + ": is " + std::to_string(*reading.minutes) + " minutes right?";
  }
  return reading;
}

}  // namespace node
