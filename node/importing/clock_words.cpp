#include "node/importing/clock_words.h"

#include <algorithm>

#include "node/importing/cell_words.h"
#include "node/importing/day_words.h"

namespace node {

namespace {

struct ClockReading {
  int hour = -1, minute = 0;
  HalfOfDay half = HalfOfDay::none;
  bool colon = false, padded = false;
  std::size_t end = 0;
};

HalfOfDay clock_half_at(std::string_view text, std::size_t& at) {
  std::size_t i = at;
  while (i < text.size() && text[i] == ' ') ++i;
  const auto rest = text.substr(i);
  struct Mark {
    std::string_view mark;
    HalfOfDay half;
  };
  constexpr Mark kMarks[] = {{"a.m.", HalfOfDay::am},    {"p.m.", HalfOfDay::pm},
                             {"a.m", HalfOfDay::am},     {"p.m", HalfOfDay::pm},
                             {"am", HalfOfDay::am},      {"pm", HalfOfDay::pm},
                             {"a", HalfOfDay::am},       {"p", HalfOfDay::pm},
                             {"noon", HalfOfDay::noon},  {"midnight", HalfOfDay::midnight},
                             {"midday", HalfOfDay::noon}};
  for (const auto& [mark, half] : kMarks) {
    if (!rest.starts_with(mark)) continue;
    const auto end = i + mark.size();
    if (end < text.size() && (is_small_letter(text[end]) || is_ascii_digit(text[end]))) continue;
    // A lone "a" after a space is an article.
    if (mark.size() == 1 && i != at) continue;
    at = end;
    return half;
  }
  return HalfOfDay::none;
}

/// A clock time at `at`: "7", "7:30", "7.30pm", "noon". hour -1 where there is none.
ClockReading clock_at(std::string_view text, std::size_t at) {
  ClockReading clock;
  for (const auto& [word, hour] :
       {std::pair{"noon", 12}, std::pair{"midnight", 0}, std::pair{"midday", 12}}) {
    if (find_phrase(text, word, at) == at) {
      clock.hour = hour;
      clock.half = hour == 12 ? HalfOfDay::noon : HalfOfDay::midnight;
      clock.end = at + std::string_view(word).size();
      return clock;
    }
  }
  std::size_t i = at;
  int hour = 0;
  while (i < text.size() && is_ascii_digit(text[i]) && i < at + 3)
    hour = hour * 10 + (text[i++] - '0');
  const std::size_t digits = i - at;
  if (digits == 0 || digits > 2 || hour > 24) return clock;
  clock.padded = digits == 2 && text[at] == '0';
  const bool separated =
      i + 2 < text.size() + 0 && (text[i] == ':' || text[i] == '.' || text[i] == 'h');
  if (separated && i + 2 < text.size() + 1 && i + 2 <= text.size() - 1 &&
      is_ascii_digit(text[i + 1]) && is_ascii_digit(text[i + 2]) &&
      (i + 3 >= text.size() || !is_ascii_digit(text[i + 3]))) {
    clock.minute = (text[i + 1] - '0') * 10 + (text[i + 2] - '0');
    // "8h30" is an hour of the day; "1h30" and "2h15" are lengths.
    constexpr int kNoLength = 6;
    clock.colon = text[i] == ':' || (hour > 12 && hour < 24) ||
                  (text[i] == 'h' && (hour >= kNoLength || clock.padded));
    if (text[i] == 'h') clock.padded = clock.padded || clock.colon;
    if (clock.minute > 59) return clock;
    i += 3;
  }
  if (i < text.size() && (is_ascii_digit(text[i]) || text[i] == '%' || text[i] == '$'))
    return clock;
  clock.half = clock_half_at(text, i);
  if (clock.half != HalfOfDay::none && (hour == 0 || hour > 12)) return clock;
  clock.hour = hour;
  clock.end = i;
  return clock;
}

int clock_minutes(const ClockReading& clock, HalfOfDay half) {
  int hour = clock.hour % 12;
  if (clock.half == HalfOfDay::noon) return 12 * 60;
  if (clock.half == HalfOfDay::midnight) return 0;
  if (half == HalfOfDay::pm) hour += 12;
  return hour * 60 + clock.minute;
}

/// What follows a number and makes it no time: "60-90 minutes", "8 weeks".
bool clock_counts_something(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '-')) ++at;
  constexpr std::string_view kUnits[] = {"min",  "hour",    "hr",      "week",   "day",    "month",
                                         "year", "session", "meeting", "people", "member", "part",
                                         "time", "x ",      "x/",      "wk",     "st",     "nd",
                                         "rd",   "th",      "%",       "people", "sept",   "per"};
  const auto rest = text.substr(at);
  return std::any_of(std::begin(kUnits), std::end(kUnits),
                     [&](std::string_view unit) { return rest.starts_with(unit); });
}

bool clock_is_zone(std::string_view word) {
  constexpr std::string_view kZones[] = {
      "et",  "ct",  "mt",  "pt",  "est", "edt", "cst",     "cdt",     "mst",      "mdt",    "pst",
      "pdt", "gmt", "bst", "cet", "utc", "ist", "eastern", "central", "mountain", "pacific"};
  return std::find(std::begin(kZones), std::end(kZones), word) != std::end(kZones);
}

/// Whether the word behind a bare range is none that follows an hour.
bool clock_names_things(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  if (at >= text.size() || !is_small_letter(text[at])) return false;
  const auto words = split_words(plain_words(text.substr(at)));
  constexpr std::string_view kBehindHours[] = {
      "on",       "via",   "in",   "every",   "each",     "and",     "or",       "at",
      "except",   "with",  "then", "weekly",  "monthly",  "zoom",    "online",   "hybrid",
      "sharp",    "local", "time", "evening", "evenings", "morning", "mornings", "afternoon",
      "midday",   "aest",  "aedt", "nzst",    "nzdt",     "by",      "the",      "of",
      "followed", "plus",  "uk",   "atlantic"};
  return !words.empty() && day_code(words.front()).empty() && !is_month_name(words.front()) &&
         ordinal_number(words.front()).empty() && !clock_is_zone(words.front()) &&
         std::find(std::begin(kBehindHours), std::end(kBehindHours), words.front()) ==
             std::end(kBehindHours);
}

/// Behind the spaces, and the zone if there is one, at `at`: "1pm ET - 2pm ET".
std::size_t clock_past_zone(std::string_view text, std::size_t at) {
  const auto spaces = [&](std::size_t from) {
    while (from < text.size() && text[from] == ' ') ++from;
    return from;
  };
  at = spaces(at);
  for (int words = 0; words < 2; ++words) {
    auto end = at;
    while (end < text.size() && is_small_letter(text[end])) ++end;
    const auto word = text.substr(at, end - at);
    if (!clock_is_zone(word) && word != "time" && word != "uk") break;
    at = spaces(end);
  }
  return at;
}

bool clock_is_hour(int hour, int minute) { return hour < 24 && minute < 60; }

}  // namespace

std::string spell_out_hours(std::string text) {
  // "1730h", "1730-1900 hrs"
  for (std::size_t at = 0; at + 4 <= text.size(); ++at) {
    if (at > 0 && (is_ascii_digit(text[at - 1]) || text[at - 1] == '$')) continue;
    std::size_t end = at;
    while (end < text.size() && is_ascii_digit(text[end])) ++end;
    if (end - at != 4) continue;
    const auto unit_at = [&](std::size_t from) -> std::size_t {
      while (from < text.size() && text[from] == ' ') ++from;
      for (const auto unit : {"hours", "hrs", "hr", "h"}) {
        const auto size = std::string_view(unit).size();
        if (text.compare(from, size, unit) == 0 &&
            (from + size == text.size() || !is_small_letter(text[from + size])))
          return from + size;
      }
      return 0;
    };
    const auto digits = [&](std::size_t from) { return std::stoi(text.substr(from, 2)); };
    const bool hour = clock_is_hour(digits(at), digits(at + 2));
    const auto own = unit_at(end);
    std::size_t second = end;
    while (second < text.size() && (text[second] == ' ' || text[second] == '-')) ++second;
    const bool ranged =
        second > end && second + 4 <= text.size() &&
        std::all_of(text.begin() + static_cast<std::ptrdiff_t>(second),
                    text.begin() + static_cast<std::ptrdiff_t>(second) + 4, is_ascii_digit) &&
        unit_at(second + 4) > 0;
    // "0730": no amount and no year begins so.
    const bool padded =
        own == 0 && text[at] == '0' && (at == 0 || text[at - 1] == ' ' || text[at - 1] == '-');
    if (!hour || (own == 0 && !ranged && !padded)) {
      at = end;
      continue;
    }
    if (own > 0) text.erase(end, own - end);
    text.insert(at + 2, ":");
    at = end;
  }
  // "18 h 30"
  for (auto at = text.find(" h "); at != std::string::npos; at = text.find(" h ", at + 1)) {
    const bool minutes = at > 0 && is_ascii_digit(text[at - 1]) && at + 5 <= text.size() &&
                         is_ascii_digit(text[at + 3]) && is_ascii_digit(text[at + 4]);
    if (minutes) text.replace(at, 3, "h");
  }
  // "19 h", "7 Uhr": two hours are "2 h", and no meeting takes thirteen.
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_ascii_digit(text[at])) continue;
    std::size_t end = at;
    while (end < text.size() && is_ascii_digit(text[end])) ++end;
    const bool plain = end - at <= 2 && (at == 0 || text[at - 1] == ' ' || text[at - 1] == '-');
    const int hour = plain ? std::stoi(text.substr(at, end - at)) : 0;
    auto unit = end;
    while (unit < text.size() && text[unit] == ' ') ++unit;
    for (const std::string_view name : {"uhr", "h"}) {
      const bool named =
          plain && hour < 24 && (hour > 12 || name == "uhr") &&
          text.compare(unit, name.size(), name) == 0 &&
          (unit + name.size() == text.size() || (!is_small_letter(text[unit + name.size()]) &&
                                                 !is_ascii_digit(text[unit + name.size()])));
      if (!named) continue;
      text.replace(end, unit + name.size() - end, ":00");
      break;
    }
    at = end;
  }
  // "half past six", "quarter to 7"
  auto words = split_words(text);
  for (std::size_t i = 0; i + 2 < words.size(); ++i) {
    const bool half = words[i] == "half" && words[i + 1] == "past";
    const bool quarter = words[i] == "quarter" && words[i + 1] == "past";
    const bool before = words[i] == "quarter" && (words[i + 1] == "to" || words[i + 1] == "of");
    const auto number = small_number(words[i + 2]);
    if (!(half || quarter || before) || !number || *number < 1 || *number > 12) continue;
    const int hour = before ? (*number == 1 ? 12 : *number - 1) : *number;
    words[i] = std::to_string(hour) + (half ? ":30" : quarter ? ":15" : ":45");
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                words.begin() + static_cast<std::ptrdiff_t>(i) + 3);
  }
  // "7 o'clock", "Tuesdays at 6"
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string number = words[i];
    const bool glued = number.starts_with("@") && number.size() > 1;
    if (glued) number.erase(0, 1);
    const bool comma = number.ends_with(",") || number.ends_with(";");
    if (comma) number.pop_back();
    const auto hour = small_number(number);
    if (!hour || *hour < 1 || *hour > 12) continue;
    const bool clock = i + 1 < words.size() && words[i + 1].starts_with("o'clock");
    const bool at = glued || (i > 0 && (words[i - 1] == "at" || words[i - 1] == "@"));
    // "2nd Tues 11 PT", "@ 1 Eastern"
    const bool zone = i + 1 < words.size() && clock_is_zone(plain_words(words[i + 1])) && i > 0 &&
                      !is_month_name(plain_words(words[i - 1]));
    const bool ends = comma || i + 1 == words.size() || words[i + 1] == "in" ||
                      words[i + 1] == "on" || words[i + 1] == "sharp" || words[i + 1] == "via";
    if (!clock && !zone && !(at && ends)) continue;
    words[i] = std::to_string(*hour) + ":00";
    if (clock) words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

HalfOfDay half_of_day_in(std::string_view plain) {
  const bool late = has_any_phrase(plain, {"evening", "evenings", "eve", "eves", "afternoon",
                                           "afternoons", "night", "nights", "tarde", "noche"});
  const bool early = has_any_phrase(plain, {"morning", "mornings", "breakfast"});
  return late == early ? HalfOfDay::none : late ? HalfOfDay::pm : HalfOfDay::am;
}

std::vector<ClockTime> clock_times(std::string_view text, HalfOfDay hint) {
  std::vector<ClockTime> all;
  for (std::size_t at = 0; at < text.size();) {
    const bool begins =
        at == 0 ||
        (!is_ascii_digit(text[at - 1]) && !is_small_letter(text[at - 1]) && text[at - 1] != ':' &&
         text[at - 1] != '$' && (text[at - 1] != '/' || (at > 1 && is_small_letter(text[at - 2]))));
    const bool may = begins && (is_ascii_digit(text[at]) || text[at] == 'n' || text[at] == 'm');
    if (!may) {
      ++at;
      continue;
    }
    auto start = clock_at(text, at);
    if (start.hour < 0) {
      ++at;
      while (at < text.size() && is_ascii_digit(text[at])) ++at;
      continue;
    }
    // "12 noon": the number belongs to the word.
    const std::size_t dash = clock_past_zone(text, start.end);
    std::optional<ClockReading> end;
    std::size_t next = 0;
    if (text.substr(dash).starts_with("-")) next = dash + 1;
    for (const auto word : {"to ", "until ", "till "}) {
      if (text.substr(dash).starts_with(word)) next = dash + std::string_view(word).size();
    }
    if (next > 0) {
      while (next < text.size() && text[next] == ' ') ++next;
      if (next < text.size()) {
        const auto second = clock_at(text, next);
        if (second.hour >= 0) end = second;
      }
    }
    ClockTime time;
    time.at = at;
    time.behind = end ? end->end : start.end;
    const bool counted = clock_counts_something(text, time.behind);
    // A date before it ("June 8"), or a bare number, is no time.
    const auto before = split_words(text.substr(0, at));
    const bool date = !before.empty() && is_month_name(plain_words(before.back())) &&
                      !before.back().ends_with(";");
    const bool marked = start.half != HalfOfDay::none || start.colon ||
                        (end && (end->half != HalfOfDay::none || end->colon));
    // "2-3 events a year"
    const bool of_things = !marked && end && clock_names_things(text, time.behind);
    if (counted || of_things || (date && !marked) || (!marked && !end) ||
        (date && start.half == HalfOfDay::none && !start.colon)) {
      at = std::max(start.end, at + 1);
      continue;
    }
    if (start.half != HalfOfDay::none) {
      time.start = clock_minutes(start, start.half);
    } else if (start.hour > 12 || start.padded || start.hour == 0) {
      time.start = (start.hour % 24) * 60 + start.minute;
    } else if (end && (end->half == HalfOfDay::am || end->half == HalfOfDay::pm ||
                       end->half == HalfOfDay::noon)) {
      // "3:30-5:30pm" and "11-1pm": the start is the last one before the end.
      const int until = clock_minutes(*end, end->half);
      const int late = clock_minutes(start, HalfOfDay::pm);
      time.start = late < until ? late : clock_minutes(start, HalfOfDay::am);
    } else if (start.hour == 12) {
      time.start = 12 * 60 + start.minute;  // nobody meets at midnight without saying so
    } else if (end && end->hour > 12) {
      time.start = start.hour * 60 + start.minute;
    } else if (end && (end->hour < start.hour || end->hour == 12) && start.hour >= 8) {
      time.start = start.hour * 60 + start.minute;  // across noon
    } else if (hint != HalfOfDay::none) {
      time.start = clock_minutes(start, hint);
    } else if (start.hour == 10 || start.hour == 11) {
      time.start = start.hour * 60 + start.minute;  // who meets so late at night says so
    } else if (start.hour >= 1 && start.hour <= 4) {
      time.start = clock_minutes(start, HalfOfDay::pm);  // or before dawn
    } else {
      time.unsure = true;
    }
    if (end && time.unsure && end->hour <= 12) {
      constexpr int kHalfDay = 12 * 60;
      const int from = clock_minutes(start, HalfOfDay::am);
      const int until = clock_minutes(*end, HalfOfDay::am);
      time.minutes = (until - from + kHalfDay) % kHalfDay;
    }
    if (end && time.start >= 0) {
      HalfOfDay half = end->half;
      int until = end->hour > 12 || end->padded ? (end->hour % 24) * 60 + end->minute
                                                : clock_minutes(*end, half);
      if (half == HalfOfDay::none && end->hour <= 12 && !end->padded) {
        while (until <= time.start) until += 12 * 60;
      }
      if (until <= time.start) until += 24 * 60;
      time.end = until;
    }
    all.push_back(time);
    at = std::max(time.behind, at + 1);
  }
  return all;
}

std::string clock_text(int minutes) {
  const int hour = minutes / 60 % 24;
  const int minute = minutes % 60;
  std::string text = "00:00";
  text[0] = static_cast<char>('0' + hour / 10);
  text[1] = static_cast<char>('0' + hour % 10);
  text[3] = static_cast<char>('0' + minute / 10);
  text[4] = static_cast<char>('0' + minute % 10);
  return text;
}

}  // namespace node
