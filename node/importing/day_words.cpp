#include "node/importing/day_words.h"

#include <algorithm>
#include <array>

#include "node/importing/cell_words.h"

namespace node {

namespace {

struct DayName {
  std::string_view name, code;
};
constexpr DayName kDayNames[] = {
    {"monday", "MO"},
    {"mondays", "MO"},
    {"mon", "MO"},
    {"mons", "MO"},
    {"tuesday", "TU"},
    {"tuesdays", "TU"},
    {"tues", "TU"},
    {"tue", "TU"},
    {"wednesday", "WE"},
    {"wednesdays", "WE"},
    {"weds", "WE"},
    {"wed", "WE"},
    {"thursday", "TH"},
    {"thursdays", "TH"},
    {"thurs", "TH"},
    {"thur", "TH"},
    {"thu", "TH"},
    {"friday", "FR"},
    {"fridays", "FR"},
    {"fri", "FR"},
    {"saturday", "SA"},
    {"saturdays", "SA"},
    {"sat", "SA"},
    {"sats", "SA"},
    {"sunday", "SU"},
    {"sundays", "SU"},
    {"sun", "SU"},
    {"suns", "SU"},
    {"fris", "FR"},
    {"thr", "TH"},
    {"wedn", "WE"},
    {"lundi", "MO"},
    {"lundis", "MO"},
    {"mardi", "TU"},
    {"mardis", "TU"},
    {"mercredi", "WE"},
    {"mercredis", "WE"},
    {"jeudi", "TH"},
    {"jeudis", "TH"},
    {"vendredi", "FR"},
    {"vendredis", "FR"},
    {"samedi", "SA"},
    {"samedis", "SA"},
    {"dimanche", "SU"},
    {"dimanches", "SU"},
    {"lunes", "MO"},
    {"martes", "TU"},
    {"miercoles", "WE"},
    {"jueves", "TH"},
    {"viernes", "FR"},
    {"sabado", "SA"},
    {"sabados", "SA"},
    {"domingo", "SU"},
    {"domingos", "SU"},
    {"mi\xC3\xA9rcoles", "WE"},
    {"s\xC3\xA1"
     "bado",
     "SA"},
    {"s\xC3\xA1"
     "bados",
     "SA"},
};

struct DayOrdinal {
  std::string_view name, number;
};
constexpr DayOrdinal kDayOrdinals[] = {
    {"1st", "1"},
    {"first", "1"},
    {"2nd", "2"},
    {"second", "2"},
    {"3rd", "3"},
    {"third", "3"},
    {"4th", "4"},
    {"fourth", "4"},
    {"5th", "5"},
    {"fifth", "5"},
    {"last", "-1"},
    {"final", "-1"},
    // Spanish and French, as chapters near these borders write.
    {"1ro", "1"},
    {"2do", "2"},
    {"3er", "3"},
    {"3ro", "3"},
    {"4to", "4"},
    {"primer", "1"},
    {"primero", "1"},
    {"segundo", "2"},
    {"tercer", "3"},
    {"tercero", "3"},
    {"cuarto", "4"},
    {"ultimo", "-1"},
    {"1er", "1"},
    {"premier", "1"},
    {"2e", "2"},
    {"3e", "3"},
    {"4e", "4"},
    {"dernier", "-1"},
    {"\xC3\xBAltimo", "-1"},
    {"deuxi\xC3\xA8me", "2"},
    {"troisi\xC3\xA8me", "3"},
};

/// "Thurday", "Wensday": the one day that was meant, if only one is that near.
std::string_view day_mistyped(std::string_view word) {
  constexpr std::pair<std::string_view, std::string_view> kWhole[] = {
      {"monday", "MO"}, {"tuesday", "TU"},  {"wednesday", "WE"}, {"thursday", "TH"},
      {"friday", "FR"}, {"saturday", "SA"}, {"sunday", "SU"}};
  if (word.ends_with('s')) word.remove_suffix(1);
  if (word.size() < 5 || word.size() > 10 || !word.ends_with('y') ||
      !std::all_of(word.begin(), word.end(), is_small_letter) || word == "midday")
    return {};
  std::string_view nearest;
  for (const auto& [name, code] : kWhole) {
    const std::size_t allowed = name.size() > 8 ? 2 : 1;
    if (word.front() != name.front() && word.substr(0, 2) != name.substr(0, 2)) continue;
    if (typing_slips(word, name) > allowed) continue;
    if (!nearest.empty()) return {};
    nearest = code;
  }
  return nearest;
}

/// Whether a mark stands between a month and the word behind it: "Oct - 2nd Fri", "May: 1st Mon".
bool day_apart_from_month(const std::string& folded, const std::string& month,
                          const std::string& next) {
  for (auto at = find_phrase(folded, month); at != std::string::npos;
       at = find_phrase(folded, month, at + 1)) {
    const auto begin = at + month.size();
    const auto end = find_phrase(folded, next, begin);
    if (end == std::string::npos || end - begin > 4) continue;
    if (folded.substr(begin, end - begin).find_first_of("-:;,(") != std::string::npos) return true;
  }
  return false;
}

}  // namespace

std::string_view day_code(std::string_view word) {
  for (const auto& day : kDayNames) {
    if (day.name == word) return day.code;
  }
  return day_mistyped(word);
}

std::string_view ordinal_number(std::string_view word) {
  for (const auto& ordinal : kDayOrdinals) {
    if (ordinal.name == word) return ordinal.number;
  }
  return {};
}

bool is_month_name(std::string_view word) {
  constexpr std::string_view kMonths[] = {
      "january",   "february", "march",    "april",    "may",  "june", "july", "august",
      "september", "october",  "november", "december", "jan",  "feb",  "mar",  "apr",
      "jun",       "jul",      "aug",      "sep",      "sept", "oct",  "nov",  "dec"};
  return std::find(std::begin(kMonths), std::end(kMonths), word) != std::end(kMonths);
}

void read_days(std::string_view cell, const std::string& folded,
               const std::vector<std::string>& words, ScheduleReading& reading) {
  constexpr std::array<std::string_view, 7> kWeek = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
  const auto add = [&](std::string day) {
    if (std::find(reading.days.begin(), reading.days.end(), day) == reading.days.end())
      reading.days.push_back(std::move(day));
  };
  // The days from one before another, also over the end of the week: "Sun-Thurs".
  const auto add_until = [&](std::string_view from, std::string_view until) {
    auto day =
        static_cast<std::size_t>(std::find(kWeek.begin(), kWeek.end(), from) - kWeek.begin());
    for (; kWeek.at(day % kWeek.size()) != until; ++day)
      add(std::string(kWeek[day % kWeek.size()]));
  };
  std::vector<std::string_view> ordinals;
  std::string_view last_day;
  bool range = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    if (const auto number = ordinal_number(word); !number.empty()) {
      // "May 2nd" is a date; "every second Tuesday" may be every other one.
      const bool of_day = i + 1 < words.size() && !day_code(words[i + 1]).empty();
      if (i > 0 && is_month_name(words[i - 1]) &&
          !(of_day && day_apart_from_month(folded, words[i - 1], word)))
        continue;
      if (i > 0 && words[i - 1] == "every" && number == "2" && of_day &&
          !has_phrase(folded, "month")) {
        reading.days_question =
            quoted_cell(cell) + ": every other week, or on the second of each month?";
      }
      ordinals.push_back(number);
      continue;
    }
    // "Th" is a day, but not in "4 th".
    const bool after_number = i > 0 && is_ascii_digit(words[i - 1].front());
    const auto short_day = word == "th" && !after_number ? "TH" : word == "tu" ? "TU" : "";
    if (const auto day = day_code(word).empty() ? std::string_view(short_day) : day_code(word);
        !day.empty()) {
      if (range && !last_day.empty() && ordinals.empty()) {
        add_until(last_day, day);
      }
      range = false;
      if (ordinals.empty()) {
        add(std::string(day));
      } else {
        for (const auto number : ordinals) add(std::string(number) + std::string(day));
      }
      // "Mondays" is each week, but "2nd Mondays" is not.
      if (ordinals.empty() && (word.ends_with("days") ||
                               (i > 0 && (words[i - 1] == "every" || words[i - 1] == "each"))))
        reading.plural_days = true;
      last_day = day;
      ordinals.clear();
      continue;
    }
    if (word == "to" || word == "through" || word == "thru" || word == "until" || word == "-") {
      range = !last_day.empty();
      continue;
    }
    if (word != "and" && word != "or" && word != "the" && word != "st" && word != "nd") {
      if (word != "of") ordinals.clear();
      range = false;
    }
  }
  // "M-F"
  if (find_phrase(folded, "m-f") != std::string::npos ||
      find_phrase(folded, "m - f") != std::string::npos) {
    add_until("MO", "FR");
    add("FR");
    reading.plural_days = true;
  }
  // "Mon-Fri": plain words lose the dash.
  for (const auto& from : kDayNames) {
    const auto at = folded.find(std::string(from.name) + "-");
    if (at == std::string::npos || (at > 0 && is_small_letter(folded[at - 1]))) continue;
    auto end = at + from.name.size() + 1;
    std::string to;
    while (end < folded.size() && is_small_letter(folded[end])) to += folded[end++];
    const auto until = day_code(to);
    if (until.empty()) continue;
    add_until(from.code, until);
    reading.plural_days = true;
  }
  if (std::all_of(reading.days.begin(), reading.days.end(),
                  [](const std::string& day) { return day.size() == 2; }) &&
      reading.days.size() > 2) {
    const auto place = [&](const std::string& day) {
      return std::find(kWeek.begin(), kWeek.end(), day) - kWeek.begin();
    };
    std::sort(reading.days.begin(), reading.days.end(),
              [&](const auto& a, const auto& b) { return place(a) < place(b); });
  }
  if (reading.days.size() > 1) {
    const bool groups =
        has_any_phrase(folded, {"group a", "group b", "group 1", "group 2", "group one", "cohort a",
                                "cohort 1", "section a", "section 1", "(a)", "(b)", "group i"});
    bool either = false;
    for (std::size_t i = 1; i + 1 < words.size(); ++i) {
      if (words[i] != "or") continue;
      const bool before = !day_code(words[i - 1]).empty() || !ordinal_number(words[i - 1]).empty();
      const bool after = !day_code(words[i + 1]).empty() || !ordinal_number(words[i + 1]).empty();
      if (before && after) either = true;
    }
    if (groups || either)
      reading.days_question =
          quoted_cell(cell) + (groups ? ": which day is for whom?" : ": on which of these days?");
  }
  if (!reading.days_question.empty()) {
    reading.days.clear();
    reading.plural_days = false;
  }
}

}  // namespace node
