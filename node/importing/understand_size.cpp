#include "node/importing/understand_size.h"

#include <algorithm>
#include <vector>

#include "node/importing/cell_words.h"

namespace node {

namespace {

struct SizeNumber {
  std::int64_t value = 0;
  bool upper = false;  ///< the upper end of a range
  bool limit = false;  ///< "max 8", "up to 8"
  bool about = false;
  bool dropped = false;  ///< no size: a minimum, a count, a time, a year
};

bool size_any(const std::string& word, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// Words with numbers apart: "6-8" is "6", "-", "8".
std::vector<std::string> size_tokens(std::string_view text) {
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    std::size_t end = i + 1;
    if (is_ascii_digit(c)) {
      std::string number;
      // "23,000" is one number.
      while (end < text.size() &&
             (is_ascii_digit(text[end]) ||
              (text[end] == ',' && end + 3 < text.size() && is_ascii_digit(text[end + 1]) &&
               is_ascii_digit(text[end + 2]) && is_ascii_digit(text[end + 3]))))
        ++end;
      for (const char digit : text.substr(i, end - i)) {
        if (digit != ',') number += digit;
      }
      tokens.push_back(std::move(number));
    } else if (c >= 'a' && c <= 'z') {
      while (end < text.size() && text[end] >= 'a' && text[end] <= 'z') ++end;
      tokens.emplace_back(text.substr(i, end - i));
    } else if (c != ' ') {
      tokens.emplace_back(1, c);
    }
    i = end;
  }
  return tokens;
}

std::vector<SizeNumber> size_numbers(const std::vector<std::string>& tokens) {
  std::vector<SizeNumber> numbers;
  const auto at = [&](std::size_t i) -> const std::string& {
    static const std::string kNone;
    return i < tokens.size() ? tokens[i] : kNone;
  };
  const auto months = {"january", "february", "march",     "april",   "may",      "june",
                       "july",    "august",   "september", "october", "november", "december",
                       "jan",     "feb",      "mar",       "apr",     "jun",      "jul",
                       "aug",     "sep",      "sept",      "oct",     "nov",      "dec"};
  const auto is_month = [&](const std::string& word) {
    return std::find(months.begin(), months.end(), word) != months.end();
  };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto number = small_number(tokens[i]);
    if (!number || (*number == 1 && tokens[i] == "one")) continue;
    SizeNumber found;
    found.value = *number;
    const auto& before = i > 0 ? at(i - 1) : at(tokens.size());
    const auto& second = i > 1 ? at(i - 2) : at(tokens.size());
    std::size_t next = i + 1;
    const bool ranged = (at(next) == "-" || at(next) == "to") && small_number(at(next + 1)) &&
                        *small_number(at(next + 1)) > *number;
    if (ranged) {
      found.value = *small_number(at(next + 1));
      found.upper = true;
      next += 2;
    }
    const auto& after = at(next);
    found.limit =
        size_any(before, {"max", "maximum", "limit", "cap", "capped", "limited"}) ||
        (size_any(before, {"to", "at", "of", "is", ":", "."}) &&
         size_any(second, {"up", "limited", "capped", "cap", "max", "maximum", "limit"})) ||
        size_any(after, {"max", "maximum", "tops", "limit"}) ||
        (before == "than" && size_any(second, {"more", "fewer", "less"}) && i > 2 &&
         (size_any(at(i - 3), {"no", "not"}) || second != "more")) ||
        (size_any(after, {"people", "members", "participants", "persons", "seats"}) &&
         size_any(at(next + 1), {"max", "maximum", "limit"}));
    found.about = size_any(before, {"usually", "normally", "typically", "about", "around",
                                    "approximately", "approx", "roughly", "circa", "ca", "~"}) ||
                  (before == "." && size_any(second, {"approx", "ca"})) ||
                  (before == "a" && size_any(second, {"about", "around", "roughly"})) ||
                  after == "ish" || (after == "-" && at(next + 1) == "ish") ||
                  (after == "or" && at(next + 1) == "so");
    const bool minimum = size_any(before, {"min", "minimum", "over", "least", "above", "from"}) ||
                         (before == "than" && second == "more" && !found.limit) || after == "+" ||
                         size_any(after, {"min", "minimum", "plus"}) ||
                         (before == "of" && second == "minimum");
    const bool time =
        size_any(after, {"minutes", "minute",  "mins",     "hour",    "hours",    "hr",    "hrs",
                         "week",    "weeks",   "month",    "months",  "day",      "days",  "year",
                         "years",   "session", "sessions", "meeting", "meetings", "times", "am",
                         "pm",      "%",       "st",       "nd",      "rd",       "th"}) ||
        (after == "min" && !found.limit);
    const bool money = size_any(before, {"$"}) || after == "$";
    const bool year = found.value >= 1900 && found.value <= 2100;
    const bool date = is_month(before) || is_month(after);
    bool count =
        size_any(after, {"providers", "listed",     "subscribers", "on",         "groups",
                         "chapters",  "followers",  "registered",  "enrolled",   "openings",
                         "spots",     "mentors",    "pairs",       "cohorts",    "screening",
                         "questions", "question",   "steps",       "references", "mentees",
                         "mentee",    "interviews", "interview",   "visits",     "k"});
    // "2.3k members"
    if (after == "." && small_number(at(next + 1)) && !found.limit) count = true;
    if (before == "." && i > 1 && small_number(second) && !found.limit) count = true;
    if (after == "spot" || after == "opening") count = true;
    if (after == "spots" || after == "openings") {
      count =
          size_any(at(next + 1), {"left", "open", "available", "remaining"}) || after == "openings";
    }
    // "about 200 members" counts; "6-8 members" and "max 12 members" are sizes.
    if (size_any(after, {"members", "mbrs", "therapists", "clinicians"}) && !found.limit &&
        !found.upper)
      count = true;
    const bool per_person =
        after == "per" &&
        !size_any(at(next + 1), {"group", "meeting", "session", "cohort", "table", "circle", "pod",
                                 "team", "room", "mtg", "call", "event", "gathering"});
    const bool of_other =
        size_any(before, {"group", "cohort", "session", "section", "level", "tier", "phase", "wk",
                          "week", "month", "meeting", "mtg", "age", "ages", "room", "suite"}) &&
        !ranged && tokens.size() > 2;
    found.dropped = minimum || time || money || year || date || count || per_person || of_other;
    numbers.push_back(found);
    i = next - 1;
  }
  return numbers;
}

}  // namespace

SizeReading understand_size(std::string_view cell) {
  SizeReading reading;
  if (says_nothing(cell)) return reading;
  const std::string text = fold_cell(cell);
  const auto quote = quoted_cell(cell);
  auto numbers = size_numbers(size_tokens(text));
  std::erase_if(numbers, [](const auto& one) { return one.dropped; });
  const auto limits =
      std::count_if(numbers.begin(), numbers.end(), [](const auto& one) { return one.limit; });
  if (limits == 1) std::erase_if(numbers, [](const auto& one) { return !one.limit; });
  if (numbers.size() == 1) {
    const auto& one = numbers.front();
    if (one.value > 0) reading.max = one.value;
    if (one.about || text.find('?') != std::string::npos)
      reading.question = quote + ": is " + std::to_string(one.value) + " the most that fit?";
  } else if (numbers.size() > 1) {
    reading.question = quote + ": how many fit at most?";
  }

  const std::string words = plain_words(text);
  const bool dated = std::any_of(text.begin(), text.end(), is_ascii_digit) &&
                     has_any_phrase(words, {"closed", "open", "full"}) && [&] {
                       for (const auto& word : split_words(words)) {
                         const auto year = small_number(word);
                         if (year && *year >= 1990 && *year <= 2100) return true;
                       }
                       return false;
                     }();
  const bool waiting =
      has_any_phrase(words, {"waitlist", "waiting list", "wait list", "waitlisted"});
  const bool full =
      has_any_phrase(words, {"full", "complet", "completo", "currently full", "at capacity",
                             "filled", "no openings", "no space", "no spaces", "groups full"}) &&
      !has_any_phrase(words,
                      {"full membership", "full members", "full day", "not full", "full member",
                       "full time", "when full", "until full", "full license"});
  const bool drop_in =
      has_any_phrase(words, {"drop in", "drop ins", "dropin", "dropins", "walk in", "walk ins",
                             "come when you can", "come when you wish", "come when you like",
                             "just come", "come along", "just show up"}) &&
      !has_any_phrase(words,
                      {"no drop in", "no drop ins", "not drop in", "no walk ins", "not a drop in"});
  const bool closed =
      has_any_phrase(words, {"closed", "closed group", "closed cohort", "closed to new members",
                             "not open", "not accepting", "not taking", "no new members"}) &&
      !has_phrase(words, "not closed");
  const bool open = has_any_phrase(words, {"open",
                                           "abierto",
                                           "ouvert",
                                           "rolling",
                                           "accepting new members",
                                           "accepting members",
                                           "new members welcome",
                                           "new people welcome",
                                           "welcomes new",
                                           "welcomes new members",
                                           "new members accepted",
                                           "new members ok",
                                           "taking members",
                                           "new members taken",
                                           "place at present",
                                           "places at present",
                                           "newcomers welcome",
                                           "all welcome",
                                           "everyone welcome",
                                           "taking new members",
                                           "always open",
                                           "open enrollment",
                                           "accepting"}) &&
                    !has_any_phrase(words, {"not open", "not accepting", "semi open", "opens",
                                            "not taking", "spots open", "open spots"});
  reading.forming =
      has_any_phrase(words, {"forming", "now forming", "newly forming", "starting soon"});
  reading.waitlist = waiting;
  const int said = (full || waiting ? 1 : 0) + (closed ? 1 : 0) + (open || drop_in ? 1 : 0);
  if (dated) {
    reading.intake_question = quote + ": does it take new members today?";
  } else if (said > 1 && !(full && closed) && !(closed && waiting)) {
    reading.intake_question = quote + ": open, closed, or full?";
  } else if (full) {
    reading.intake = "full";
  } else if (closed && waiting) {
    reading.intake = "closed";
  } else if (waiting) {
    reading.intake = "full";  // who waits, waits for a place
  } else if (drop_in) {
    reading.intake = "drop_in";
  } else if (closed) {
    reading.intake = "closed";
  } else if (open) {
    reading.intake = "open";
  }
  return reading;
}

std::string intake_of_answer(std::string_view cell) {
  const auto answer = plain_words(cell);
  const bool seats = !answer.empty() && is_ascii_digit(answer.front()) && answer.front() != '0' &&
                     has_any_phrase(answer, {"seat", "seats", "place", "places", "spot", "spots",
                                             "opening", "openings"});
  if (seats || answer.starts_with("yes ") ||
      size_any(answer, {"y", "yes", "always", "always welcome", "any time", "anytime",
                        "new members any time"}))
    return "open";
  if (answer.starts_with("no ") || size_any(answer, {"n", "no", "currently no"})) return "closed";
  return {};
}

}  // namespace node
