#include "node/importing/understand_schedule.h"

#include <algorithm>
#include <array>
#include <set>

#include "node/importing/cell_words.h"
#include "protocol/document/vocabularies.h"

namespace node {

namespace {

bool when_is_digit(char c) { return c >= '0' && c <= '9'; }
bool when_is_letter(char c) { return c >= 'a' && c <= 'z'; }

std::string when_quote(std::string_view cell) { return "'" + cut_text(tidy_cell(cell), 80) + "'"; }

/// "every N weeks" or "every N months" beginning at `from`; 0 where there is none. A range ("every
/// 3-4 weeks") is -1.
int when_every(std::string_view words, std::string_view unit) {
  for (auto at = find_phrase(words, "every"); at != std::string_view::npos;
       at = find_phrase(words, "every", at + 1)) {
    const auto next = split_words(words.substr(at + 5, 60));
    if (next.empty()) continue;
    const bool singular = next[0] == unit || next[0] == std::string(unit) + "s";
    if (singular) return 1;
    if (next.size() < 2) continue;
    const auto is_unit = [&](const std::string& word) {
      return word == unit || word == std::string(unit) + "s" ||
             (unit == "week" && (word == "wk" || word == "wks"));
    };
    if ((next[0] == "other" || next[0] == "second" || next[0] == "2nd") && is_unit(next[1]))
      return 2;
    if ((next[0] == "third" || next[0] == "3rd") && is_unit(next[1])) return 3;
    if ((next[0] == "fourth" || next[0] == "4th") && is_unit(next[1])) return 4;
    if (next[0].find("to") != std::string::npos && when_is_digit(next[0].front()) &&
        is_unit(next[1]))
      return -1;
    const auto number = small_number(next[0]);
    if (!number) continue;
    if (is_unit(next[1])) return *number;
    // "every 3 4 weeks" (the dash is gone), "every 4 to 6 weeks".
    for (std::size_t i = 1; i < std::min<std::size_t>(next.size(), 4); ++i) {
      if (is_unit(next[i]) && small_number(next[i - 1])) return -1;
    }
  }
  return 0;
}

bool when_times_per(std::string_view words, std::string_view unit,
                    std::initializer_list<std::string_view> times) {
  for (const auto time : times) {
    for (const auto per : {" a ", " per ", " each ", " every "}) {
      for (const auto what :
           {"", " meetings", " sessions", " times", " x", " meetups", " gatherings", " calls"}) {
        if (has_phrase(words, std::string(time) + what + per + std::string(unit))) return true;
      }
    }
  }
  return false;
}

/// How many meetings a year are said, in any way.
bool when_yearly(std::string_view words) {
  if (has_any_phrase(words,
                     {"yearly", "annual", "annually", "once a year", "twice a year", "every year",
                      "biannual", "biannually", "semiannual", "semi annual", "twice yearly"})) {
    return true;
  }
  const auto at = std::min(find_phrase(words, "a year"), find_phrase(words, "per year"));
  if (at == std::string_view::npos) return false;
  return has_any_phrase(words.substr(0, at),
                        {"meetings", "times", "sessions", "gatherings", "events", "x"});
}

struct Rhythm {
  std::string_view value;
  int weeks = 0;
};

std::vector<Rhythm> when_rhythms(std::string_view words) {
  std::vector<Rhythm> found;
  const auto add = [&](std::string_view value, int weeks = 0) {
    for (const auto& rhythm : found) {
      if (rhythm.value == value && rhythm.weeks == weeks) return;
    }
    found.push_back({value, weeks});
  };
  const bool twice_weekly =
      has_any_phrase(
          words, {"2 weekly meetings", "two weekly meetings", "2 weekly sessions",
                  "two weekly sessions", "2 weekly groups", "two weekly groups", "twice weekly",
                  "semi weekly", "semiweekly", "2 times weekly", "3 times weekly", "4 times weekly",
                  "twice a week", "twice per week", "two times weekly"}) ||
      when_times_per(words, "week", {"2", "two", "3", "three", "4", "four", "5", "five"});
  if (twice_weekly) add("other");
  const bool every_day = has_any_phrase(words, {"7 days", "seven days"});
  if (every_day || has_any_phrase(words, {"daily", "nightly", "every day", "each day",
                                          "every night", "every workday", "every weekday"}))
    add("daily");
  if (!twice_weekly && !every_day &&
      (has_any_phrase(words, {"weekly", "each week", "once a week", "per week", "wkly", "1x week",
                              "one a week", "1x weekly", "each wk", "every wk"}) ||
       when_every(words, "week") == 1)) {
    add("weekly", 1);
  }
  const int weeks = when_every(words, "week");
  if (has_any_phrase(words, {"fortnightly", "every fortnight", "fortnight", "fort nightly",
                             "alternate weeks", "alternating weeks", "every other wk"}) ||
      weeks == 2) {
    add("every_2_weeks", 2);
  } else if (weeks == 3) {
    add("every_3_weeks", 3);
  } else if (weeks == 4) {
    add("every_4_weeks", 4);
  } else if (weeks > 4) {
    add("other", weeks);
  } else if (weeks < 0) {
    add("other");
  }
  const bool twice_monthly =
      has_any_phrase(words, {"twice monthly", "twice a month", "twice per month", "semi monthly",
                             "semimonthly", "two times monthly", "2 times monthly", "2x month",
                             "2x mo", "2x monthly", "twice each month"}) ||
      when_times_per(words, "month", {"2", "two", "2x"});
  const int months = when_every(words, "month");
  const bool times_monthly =
      when_times_per(words, "month", {"3", "three", "4", "four", "5", "five"}) ||
      has_any_phrase(words, {"3 times monthly", "three times monthly", "4 times monthly"});
  const bool hours_monthly = has_any_phrase(
      words,
      {"hours a month", "hours per month", "hour a month", "hours monthly", "hours each month"});
  if (twice_monthly) {
    add("twice_a_month");
  } else if (times_monthly || hours_monthly) {
    add("other");
  } else if (months == 1 ||
             has_any_phrase(words,
                            {"monthly", "once a month", "each month", "once per month", "1x month",
                             "one a month", "once monthly", "one meeting a month", "1x monthly",
                             "1x mo", "per mo", "one meeting per month", "of the month",
                             "of each month", "of every month"}) ||
             when_times_per(words, "month", {"1", "one"})) {
    const bool bi = has_any_phrase(words, {"bi monthly", "tri monthly"});
    if (!bi) add("monthly");
  }
  if (months == 2 || has_any_phrase(words, {"alternate months", "alternating months", "odd months",
                                            "even months", "other month"}))
    add("every_2_months");
  if (months == 3 ||
      has_any_phrase(words, {"quarterly", "every quarter", "each quarter", "once a quarter",
                             "4x a year", "four times a year", "4 times a year",
                             "four times per year", "4 times per year", "once per quarter"})) {
    add("quarterly");
  } else if (months > 3) {
    add("other");
  } else if (when_yearly(words)) {
    // "Monthly, 10 times a year" leaves out the summer; it is one rhythm.
    const bool of_months =
        std::any_of(found.begin(), found.end(),
                    [](const Rhythm& rhythm) { return rhythm.value == "monthly"; }) &&
        has_any_phrase(words,
                       {"9 times", "10 times", "11 times", "12 times", "nine times", "ten times",
                        "eleven times", "twelve times", "9 meetings", "10 meetings", "11 meetings",
                        "12 meetings", "10 sessions", "12 sessions", "10 per year", "12 per year"});
    if (!of_months) add("other");
  }
  return found;
}

bool when_is_meeting(std::string_view word) {
  constexpr std::string_view kMeetings[] = {"meeting", "meetings", "session", "sessions",
                                            "group",   "groups",   "call",    "calls"};
  return std::find(std::begin(kMeetings), std::end(kMeetings), word) != std::end(kMeetings);
}

/// Shorthand and Spanish in the words that when_rhythms() reads: "2x/mo" is "2 times per month".
std::string when_spelled_out(std::string_view folded) {
  std::string marked;
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const char c = folded[i];
    const bool between = i > 0 && i + 1 < folded.size() && when_is_digit(folded[i - 1]) &&
                         when_is_digit(folded[i + 1]);
    if (c == '/' && i > 0 && folded[i - 1] != ' ' && i + 1 < folded.size() &&
        (folded.substr(i + 1).starts_with("w") || folded.substr(i + 1).starts_with("mo") ||
         folded.substr(i + 1).starts_with("mth") || folded.substr(i + 1).starts_with("y") ||
         folded.substr(i + 1).starts_with("q")) &&
        !folded.substr(i + 1).starts_with("weekly") &&
        !folded.substr(i + 1).starts_with("monthly")) {
      marked += " per ";
    } else if (c == '-' && between) {
      marked += "to";
    } else {
      marked += c;
    }
  }
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"wk", "week"},
      {"wks", "weeks"},
      {"mo", "month"},
      {"mos", "months"},
      {"mth", "month"},
      {"mths", "months"},
      {"mnth", "month"},
      {"yr", "year"},
      {"yrs", "years"},
      {"qtr", "quarter"},
      {"qtrly", "quarterly"},
      {"mthly", "monthly"},
      {"mnthly", "monthly"},
      {"monthlyish", "monthly"},
      {"weeklyish", "weekly"},
      {"semanal", "weekly"},
      {"mensual", "monthly"},
      {"quincenal", "every 2 weeks"},
      {"cada", "every"},
      {"semana", "week"},
      {"semanas", "weeks"},
      {"mes", "month"},
      {"meses", "months"},
      {"dos", "2"},
      {"tres", "3"},
      {"una", "once"},
      {"al", "a"},
      {"por", "per"},
      {"trimestral", "quarterly"},
      {"diario", "daily"},
      {"mensuel", "monthly"},
      {"mensuelle", "monthly"},
      {"hebdomadaire", "weekly"},
      {"trimestriel", "quarterly"},
      {"chaque", "every"},
      {"semaine", "week"},
      {"mois", "month"}};
  std::vector<std::string> out;
  const auto words = split_words(plain_words(marked));
  const auto is_unit = [](const std::string& word) {
    return word == "week" || word == "month" || word == "year" || word == "quarter";
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto word = words[i];
    // "q2wks", "q 2 weeks": every, as clinicians write it.
    if (word == "q" && i + 1 < words.size() && small_number(words[i + 1])) word = "every";
    if (word.size() > 1 && word[0] == 'q' && when_is_digit(word[1])) {
      out.emplace_back("every");
      word.erase(0, 1);
      const auto letter = std::find_if(word.begin(), word.end(), when_is_letter);
      if (letter != word.end()) {
        out.emplace_back(word.begin(), letter);
        word.erase(word.begin(), letter);
      }
    }
    // "2x", "2 x"
    const bool times = word.size() > 1 && word.back() == 'x' && when_is_digit(word.front());
    if (times) word.pop_back();
    const auto* known = std::find_if(std::begin(kWords), std::end(kWords),
                                     [&](const auto& entry) { return entry.first == word; });
    if (known != std::end(kWords)) word = std::string(known->second);
    if (word == "once" && i + 1 < words.size() && words[i + 1] == "vez") ++i;
    const bool after_number = !out.empty() && when_is_digit(out.back().front());
    if (word == "x" && after_number) word = "times";
    // "two (2) weeks"
    if (after_number == false && !out.empty() && when_is_digit(word.front()) &&
        small_number(out.back()) && small_number(out.back()) == small_number(word))
      continue;
    if (is_unit(word) && !out.empty() && out.back() == "times") out.emplace_back("per");
    // "6-weekly", "six weekly"; "group 2 weekly" and "2 weekly meetings" say something else.
    const auto counted = out.empty() ? std::nullopt : small_number(out.back());
    constexpr std::string_view kNumbered[] = {"group", "groups", "cohort", "section", "level"};
    const bool numbered = out.size() > 1 && std::find(std::begin(kNumbered), std::end(kNumbered),
                                                      out[out.size() - 2]) != std::end(kNumbered);
    if ((word == "weekly" || word == "monthly") && counted && *counted > 1 && !numbered &&
        (i + 1 == words.size() || !when_is_meeting(words[i + 1]))) {
      out.insert(out.end() - 1, "every");
      word = word == "weekly" ? "weeks" : "months";
    }
    out.push_back(word);
    if (times) {
      out.emplace_back("times");
    }
  }
  std::string all;
  for (const auto& word : out) all += (all.empty() ? "" : " ") + word;
  return all;
}

struct WhenDay {
  std::string_view name, code;
};
constexpr WhenDay kWhenDays[] = {
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

struct WhenOrdinal {
  std::string_view name, number;
};
constexpr WhenOrdinal kWhenOrdinals[] = {
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
std::string_view when_mistyped_day(std::string_view word) {
  constexpr std::pair<std::string_view, std::string_view> kWhole[] = {
      {"monday", "MO"}, {"tuesday", "TU"},  {"wednesday", "WE"}, {"thursday", "TH"},
      {"friday", "FR"}, {"saturday", "SA"}, {"sunday", "SU"}};
  if (word.ends_with('s')) word.remove_suffix(1);
  if (word.size() < 5 || word.size() > 10 || !word.ends_with('y') ||
      !std::all_of(word.begin(), word.end(), when_is_letter) || word == "midday")
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

std::string_view when_day(std::string_view word) {
  for (const auto& day : kWhenDays) {
    if (day.name == word) return day.code;
  }
  return when_mistyped_day(word);
}

std::string_view when_ordinal(std::string_view word) {
  for (const auto& ordinal : kWhenOrdinals) {
    if (ordinal.name == word) return ordinal.number;
  }
  return {};
}

bool when_is_month(std::string_view word) {
  constexpr std::string_view kMonths[] = {
      "january",   "february", "march",    "april",    "may",  "june", "july", "august",
      "september", "october",  "november", "december", "jan",  "feb",  "mar",  "apr",
      "jun",       "jul",      "aug",      "sep",      "sept", "oct",  "nov",  "dec"};
  return std::find(std::begin(kMonths), std::end(kMonths), word) != std::end(kMonths);
}

/// Whether a mark stands between a month and the word behind it: "Oct - 2nd Fri", "May: 1st Mon".
bool when_apart(const std::string& folded, const std::string& month, const std::string& next) {
  for (auto at = find_phrase(folded, month); at != std::string::npos;
       at = find_phrase(folded, month, at + 1)) {
    const auto begin = at + month.size();
    const auto end = find_phrase(folded, next, begin);
    if (end == std::string::npos || end - begin > 4) continue;
    if (folded.substr(begin, end - begin).find_first_of("-:;,(") != std::string::npos) return true;
  }
  return false;
}

void when_read_days(std::string_view cell, const std::string& folded,
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
    if (const auto number = when_ordinal(word); !number.empty()) {
      // "May 2nd" is a date; "every second Tuesday" may be every other one.
      const bool of_day = i + 1 < words.size() && !when_day(words[i + 1]).empty();
      if (i > 0 && when_is_month(words[i - 1]) &&
          !(of_day && when_apart(folded, words[i - 1], word)))
        continue;
      if (i > 0 && words[i - 1] == "every" && number == "2" && of_day &&
          !has_phrase(folded, "month")) {
        reading.days_question =
            when_quote(cell) + ": every other week, or on the second of each month?";
      }
      ordinals.push_back(number);
      continue;
    }
    // "Th" is a day, but not in "4 th".
    const bool after_number = i > 0 && when_is_digit(words[i - 1].front());
    const auto short_day = word == "th" && !after_number ? "TH" : word == "tu" ? "TU" : "";
    if (const auto day = when_day(word).empty() ? std::string_view(short_day) : when_day(word);
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
  for (const auto& from : kWhenDays) {
    const auto at = folded.find(std::string(from.name) + "-");
    if (at == std::string::npos || (at > 0 && when_is_letter(folded[at - 1]))) continue;
    auto end = at + from.name.size() + 1;
    std::string to;
    while (end < folded.size() && when_is_letter(folded[end])) to += folded[end++];
    const auto until = when_day(to);
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
      const bool before = !when_day(words[i - 1]).empty() || !when_ordinal(words[i - 1]).empty();
      const bool after = !when_day(words[i + 1]).empty() || !when_ordinal(words[i + 1]).empty();
      if (before && after) either = true;
    }
    if (groups || either)
      reading.days_question =
          when_quote(cell) + (groups ? ": which day is for whom?" : ": on which of these days?");
  }
  if (!reading.days_question.empty()) {
    reading.days.clear();
    reading.plural_days = false;
  }
}

enum class Half { none, am, pm, noon, midnight };

struct WhenClock {
  int hour = -1, minute = 0;
  Half half = Half::none;
  bool colon = false, padded = false;
  std::size_t end = 0;
};

Half when_half(std::string_view text, std::size_t& at) {
  std::size_t i = at;
  while (i < text.size() && text[i] == ' ') ++i;
  const auto rest = text.substr(i);
  struct Mark {
    std::string_view mark;
    Half half;
  };
  constexpr Mark kMarks[] = {{"a.m.", Half::am},    {"p.m.", Half::pm},
                             {"a.m", Half::am},     {"p.m", Half::pm},
                             {"am", Half::am},      {"pm", Half::pm},
                             {"a", Half::am},       {"p", Half::pm},
                             {"noon", Half::noon},  {"midnight", Half::midnight},
                             {"midday", Half::noon}};
  for (const auto& [mark, half] : kMarks) {
    if (!rest.starts_with(mark)) continue;
    const auto end = i + mark.size();
    if (end < text.size() && (when_is_letter(text[end]) || when_is_digit(text[end]))) continue;
    // A lone "a" after a space is an article.
    if (mark.size() == 1 && i != at) continue;
    at = end;
    return half;
  }
  return Half::none;
}

/// A clock time at `at`: "7", "7:30", "7.30pm", "noon". hour -1 where there is none.
WhenClock when_clock(std::string_view text, std::size_t at) {
  WhenClock clock;
  for (const auto& [word, hour] :
       {std::pair{"noon", 12}, std::pair{"midnight", 0}, std::pair{"midday", 12}}) {
    if (find_phrase(text, word, at) == at) {
      clock.hour = hour;
      clock.half = hour == 12 ? Half::noon : Half::midnight;
      clock.end = at + std::string_view(word).size();
      return clock;
    }
  }
  std::size_t i = at;
  int hour = 0;
  while (i < text.size() && when_is_digit(text[i]) && i < at + 3)
    hour = hour * 10 + (text[i++] - '0');
  const std::size_t digits = i - at;
  if (digits == 0 || digits > 2 || hour > 24) return clock;
  clock.padded = digits == 2 && text[at] == '0';
  const bool separated =
      i + 2 < text.size() + 0 && (text[i] == ':' || text[i] == '.' || text[i] == 'h');
  if (separated && i + 2 < text.size() + 1 && i + 2 <= text.size() - 1 &&
      when_is_digit(text[i + 1]) && when_is_digit(text[i + 2]) &&
      (i + 3 >= text.size() || !when_is_digit(text[i + 3]))) {
    clock.minute = (text[i + 1] - '0') * 10 + (text[i + 2] - '0');
    // "8h30" is an hour of the day; "1h30" and "2h15" are lengths.
    constexpr int kNoLength = 6;
    clock.colon = text[i] == ':' || (hour > 12 && hour < 24) ||
                  (text[i] == 'h' && (hour >= kNoLength || clock.padded));
    if (text[i] == 'h') clock.padded = clock.padded || clock.colon;
    if (clock.minute > 59) return clock;
    i += 3;
  }
  if (i < text.size() && (when_is_digit(text[i]) || text[i] == '%' || text[i] == '$')) return clock;
  clock.half = when_half(text, i);
  if (clock.half != Half::none && (hour == 0 || hour > 12)) return clock;
  clock.hour = hour;
  clock.end = i;
  return clock;
}

int when_minutes(const WhenClock& clock, Half half) {
  int hour = clock.hour % 12;
  if (clock.half == Half::noon) return 12 * 60;
  if (clock.half == Half::midnight) return 0;
  if (half == Half::pm) hour += 12;
  return hour * 60 + clock.minute;
}

struct WhenTime {
  int start = -1;
  std::optional<int> end;
  bool unsure = false;  ///< no a.m. or p.m.
  int minutes = 0;      ///< of a range that is unsure
  std::size_t at = 0, behind = 0;
};

/// What follows a number and makes it no time: "60-90 minutes", "8 weeks".
bool when_counts_something(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '-')) ++at;
  constexpr std::string_view kUnits[] = {"min",  "hour",    "hr",      "week",   "day",    "month",
                                         "year", "session", "meeting", "people", "member", "part",
                                         "time", "x ",      "x/",      "wk",     "st",     "nd",
                                         "rd",   "th",      "%",       "people", "sept",   "per"};
  const auto rest = text.substr(at);
  return std::any_of(std::begin(kUnits), std::end(kUnits),
                     [&](std::string_view unit) { return rest.starts_with(unit); });
}

/// Whether the word behind a bare range is none that follows an hour.
bool when_names_things(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  if (at >= text.size() || !when_is_letter(text[at])) return false;
  const auto words = split_words(plain_words(text.substr(at)));
  constexpr std::string_view kBehindHours[] = {
      "on",      "via",     "in",      "every",    "each",     "and",      "or",       "at",
      "except",  "with",    "then",    "weekly",   "monthly",  "zoom",     "online",   "hybrid",
      "sharp",   "local",   "time",    "evening",  "evenings", "morning",  "mornings", "afternoon",
      "midday",  "eastern", "central", "mountain", "pacific",  "et",       "ct",       "mt",
      "pt",      "est",     "cst",     "mst",      "pst",      "edt",      "cdt",      "mdt",
      "pdt",     "gmt",     "utc",     "bst",      "cet",      "aest",     "aedt",     "nzst",
      "nzdt",    "ist",     "by",      "the",      "of",       "followed", "plus",     "uk",
      "atlantic"};
  return !words.empty() && when_day(words.front()).empty() && !when_is_month(words.front()) &&
         when_ordinal(words.front()).empty() &&
         std::find(std::begin(kBehindHours), std::end(kBehindHours), words.front()) ==
             std::end(kBehindHours);
}

bool when_is_zone(std::string_view word) {
  constexpr std::string_view kZones[] = {
      "et",  "ct",  "mt",  "pt",  "est", "edt", "cst",     "cdt",     "mst",      "mdt",    "pst",
      "pdt", "gmt", "bst", "cet", "utc", "ist", "eastern", "central", "mountain", "pacific"};
  return std::find(std::begin(kZones), std::end(kZones), word) != std::end(kZones);
}

bool when_is_clock(int hour, int minute) { return hour < 24 && minute < 60; }

/// Hours in words and in the ways of hospitals and armies, as "17:30".
std::string when_spelled_hours(std::string text) {
  // "1730h", "1730-1900 hrs"
  for (std::size_t at = 0; at + 4 <= text.size(); ++at) {
    if (at > 0 && (when_is_digit(text[at - 1]) || text[at - 1] == '$')) continue;
    std::size_t end = at;
    while (end < text.size() && when_is_digit(text[end])) ++end;
    if (end - at != 4) continue;
    const auto unit_at = [&](std::size_t from) -> std::size_t {
      while (from < text.size() && text[from] == ' ') ++from;
      for (const auto unit : {"hours", "hrs", "hr", "h"}) {
        const auto size = std::string_view(unit).size();
        if (text.compare(from, size, unit) == 0 &&
            (from + size == text.size() || !when_is_letter(text[from + size])))
          return from + size;
      }
      return 0;
    };
    const auto digits = [&](std::size_t from) { return std::stoi(text.substr(from, 2)); };
    const bool hour = when_is_clock(digits(at), digits(at + 2));
    const auto own = unit_at(end);
    std::size_t second = end;
    while (second < text.size() && (text[second] == ' ' || text[second] == '-')) ++second;
    const bool ranged =
        second > end && second + 4 <= text.size() &&
        std::all_of(text.begin() + static_cast<std::ptrdiff_t>(second),
                    text.begin() + static_cast<std::ptrdiff_t>(second) + 4, when_is_digit) &&
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
    const bool minutes = at > 0 && when_is_digit(text[at - 1]) && at + 5 <= text.size() &&
                         when_is_digit(text[at + 3]) && when_is_digit(text[at + 4]);
    if (minutes) text.replace(at, 3, "h");
  }
  // "19 h", "7 Uhr": two hours are "2 h", and no meeting takes thirteen.
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!when_is_digit(text[at])) continue;
    std::size_t end = at;
    while (end < text.size() && when_is_digit(text[end])) ++end;
    const bool plain = end - at <= 2 && (at == 0 || text[at - 1] == ' ' || text[at - 1] == '-');
    const int hour = plain ? std::stoi(text.substr(at, end - at)) : 0;
    auto unit = end;
    while (unit < text.size() && text[unit] == ' ') ++unit;
    for (const std::string_view name : {"uhr", "h"}) {
      const bool named =
          plain && hour < 24 && (hour > 12 || name == "uhr") &&
          text.compare(unit, name.size(), name) == 0 &&
          (unit + name.size() == text.size() ||
           (!when_is_letter(text[unit + name.size()]) && !when_is_digit(text[unit + name.size()])));
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
    const bool zone = i + 1 < words.size() && when_is_zone(plain_words(words[i + 1])) && i > 0 &&
                      !when_is_month(plain_words(words[i - 1]));
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

/// Which half of the day the words say: "evenings, 7-8:30". None where they say both or neither.
Half when_half_in_words(std::string_view plain) {
  const bool late = has_any_phrase(plain, {"evening", "evenings", "eve", "eves", "afternoon",
                                           "afternoons", "night", "nights", "tarde", "noche"});
  const bool early = has_any_phrase(plain, {"morning", "mornings", "breakfast"});
  return late == early ? Half::none : late ? Half::pm : Half::am;
}

/// `hint`: the half of the day of hours that do not say theirs.
std::vector<WhenTime> when_times(std::string_view text, Half hint) {
  std::vector<WhenTime> all;
  for (std::size_t at = 0; at < text.size();) {
    const bool begins =
        at == 0 ||
        (!when_is_digit(text[at - 1]) && !when_is_letter(text[at - 1]) && text[at - 1] != ':' &&
         text[at - 1] != '$' && (text[at - 1] != '/' || (at > 1 && when_is_letter(text[at - 2]))));
    const bool may = begins && (when_is_digit(text[at]) || text[at] == 'n' || text[at] == 'm');
    if (!may) {
      ++at;
      continue;
    }
    auto start = when_clock(text, at);
    if (start.hour < 0) {
      ++at;
      while (at < text.size() && when_is_digit(text[at])) ++at;
      continue;
    }
    // "12 noon": the number belongs to the word.
    std::size_t dash = start.end;
    while (dash < text.size() && text[dash] == ' ') ++dash;
    std::optional<WhenClock> end;
    std::size_t next = 0;
    if (text.substr(dash).starts_with("-")) next = dash + 1;
    for (const auto word : {"to ", "until ", "till "}) {
      if (text.substr(dash).starts_with(word)) next = dash + std::string_view(word).size();
    }
    if (next > 0) {
      while (next < text.size() && text[next] == ' ') ++next;
      if (next < text.size()) {
        const auto second = when_clock(text, next);
        if (second.hour >= 0) end = second;
      }
    }
    WhenTime time;
    time.at = at;
    time.behind = end ? end->end : start.end;
    const bool counted = when_counts_something(text, time.behind);
    // A date before it ("June 8"), or a bare number, is no time.
    const auto before = split_words(text.substr(0, at));
    const bool date = !before.empty() && when_is_month(plain_words(before.back())) &&
                      !before.back().ends_with(";");
    const bool marked =
        start.half != Half::none || start.colon || (end && (end->half != Half::none || end->colon));
    // "2-3 events a year"
    const bool of_things = !marked && end && when_names_things(text, time.behind);
    if (counted || of_things || (date && !marked) || (!marked && !end) ||
        (date && start.half == Half::none && !start.colon)) {
      at = std::max(start.end, at + 1);
      continue;
    }
    if (start.half != Half::none) {
      time.start = when_minutes(start, start.half);
    } else if (start.hour > 12 || start.padded || start.hour == 0) {
      time.start = (start.hour % 24) * 60 + start.minute;
    } else if (end && (end->half == Half::am || end->half == Half::pm || end->half == Half::noon)) {
      // "3:30-5:30pm" and "11-1pm": the start is the last one before the end.
      const int until = when_minutes(*end, end->half);
      const int late = when_minutes(start, Half::pm);
      time.start = late < until ? late : when_minutes(start, Half::am);
    } else if (start.hour == 12) {
      time.start = 12 * 60 + start.minute;  // nobody meets at midnight without saying so
    } else if (end && end->hour > 12) {
      time.start = start.hour * 60 + start.minute;
    } else if (end && (end->hour < start.hour || end->hour == 12) && start.hour >= 8) {
      time.start = start.hour * 60 + start.minute;  // across noon
    } else if (hint != Half::none) {
      time.start = when_minutes(start, hint);
    } else if (start.hour == 10 || start.hour == 11) {
      time.start = start.hour * 60 + start.minute;  // who meets so late at night says so
    } else if (start.hour >= 1 && start.hour <= 4) {
      time.start = when_minutes(start, Half::pm);  // or before dawn
    } else {
      time.unsure = true;
    }
    if (end && time.unsure && end->hour <= 12) {
      constexpr int kHalfDay = 12 * 60;
      const int from = when_minutes(start, Half::am);
      const int until = when_minutes(*end, Half::am);
      time.minutes = (until - from + kHalfDay) % kHalfDay;
    }
    if (end && time.start >= 0) {
      Half half = end->half;
      int until = end->hour > 12 || end->padded ? (end->hour % 24) * 60 + end->minute
                                                : when_minutes(*end, half);
      if (half == Half::none && end->hour <= 12 && !end->padded) {
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

struct WhenZone {
  std::string_view mark, zone;
};
constexpr WhenZone kWhenZones[] = {
    {"ET", "America/New_York"},    {"EST", "America/New_York"},     {"EDT", "America/New_York"},
    {"CT", "America/Chicago"},     {"CST", "America/Chicago"},      {"CDT", "America/Chicago"},
    {"MT", "America/Denver"},      {"MST", "America/Denver"},       {"MDT", "America/Denver"},
    {"PT", "America/Los_Angeles"}, {"PST", "America/Los_Angeles"},  {"PDT", "America/Los_Angeles"},
    {"AKST", "America/Anchorage"}, {"AKDT", "America/Anchorage"},   {"AKT", "America/Anchorage"},
    {"HST", "Pacific/Honolulu"},   {"AT", "America/Halifax"},       {"ADT", "America/Halifax"},
    {"NST", "America/St_Johns"},   {"NDT", "America/St_Johns"},     {"BST", "Europe/London"},
    {"GMT", "Europe/London"},      {"AEDT", "Australia/Sydney"},    {"AEST", "Australia/Sydney"},
    {"AWST", "Australia/Perth"},   {"ACST", "Australia/Adelaide"},  {"ACDT", "Australia/Adelaide"},
    {"NZST", "Pacific/Auckland"},  {"NZDT", "Pacific/Auckland"},    {"NZT", "Pacific/Auckland"},
    {"EAT", "Africa/Nairobi"},     {"WAT", "Africa/Lagos"},         {"JST", "Asia/Tokyo"},
    {"KST", "Asia/Seoul"},         {"PKT", "Asia/Karachi"},         {"AET", "Australia/Sydney"},
    {"CET", "Europe/Berlin"},      {"CEST", "Europe/Berlin"},       {"HKT", "Asia/Hong_Kong"},
    {"SGT", "Asia/Singapore"},     {"SAST", "Africa/Johannesburg"}, {"UTC", "Etc/UTC"},
};
constexpr WhenZone kWhenZoneWords[] = {
    {"eastern", "America/New_York"},
    {"central time", "America/Chicago"},
    {"central", "America/Chicago"},
    {"mountain", "America/Denver"},
    {"pacific", "America/Los_Angeles"},
    {"alaska time", "America/Anchorage"},
    {"hawaii time", "Pacific/Honolulu"},
    {"uk time", "Europe/London"},
    {"london time", "Europe/London"},
    {"central european", "Europe/Berlin"},
    {"sydney time", "Australia/Sydney"},
    {"atlantic time", "America/Halifax"},
    {"arizona time", "America/Phoenix"},
    {"az time", "America/Phoenix"},
    {"atlantic", "America/Halifax"},
    {"israel time", "Asia/Jerusalem"},
    {"toronto time", "America/Toronto"},
    {"new york time", "America/New_York"},
    {"ny time", "America/New_York"},
    {"chicago time", "America/Chicago"},
    {"denver time", "America/Denver"},
    {"irish time", "Europe/Dublin"},
    {"ireland time", "Europe/Dublin"},
    {"dublin time", "Europe/Dublin"},
    {"india time", "Asia/Kolkata"},
    {"indian time", "Asia/Kolkata"},
    {"nz time", "Pacific/Auckland"},
    {"new zealand time", "Pacific/Auckland"},
    {"perth time", "Australia/Perth"},
    {"melbourne time", "Australia/Melbourne"},
    {"brisbane time", "Australia/Brisbane"},
    {"singapore time", "Asia/Singapore"},
    {"hong kong time", "Asia/Hong_Kong"},
    {"sa time", "Africa/Johannesburg"},
    {"south african time", "Africa/Johannesburg"},
    {"german time", "Europe/Berlin"},
    {"berlin time", "Europe/Berlin"},
    {"paris time", "Europe/Paris"},
    {"vancouver time", "America/Vancouver"},
    {"pakistan time", "Asia/Karachi"},
};

/// What the clocks of a region show where its zone's name has them go otherwise.
struct WhenRegionZone {
  std::string_view region, zone, there;
};
constexpr WhenRegionZone kWhenRegionZones[] = {
    {"US-AZ", "America/Denver", "America/Phoenix"},
    {"CA-SK", "America/Chicago", "America/Regina"},
    {"AU-QLD", "Australia/Sydney", "Australia/Brisbane"},
    {"IE", "Europe/London", "Europe/Dublin"},
};
/// "IST" is three zones.
constexpr std::pair<std::string_view, std::string_view> kWhenIst[] = {
    {"IN", "Asia/Kolkata"}, {"IE", "Europe/Dublin"}, {"IL", "Asia/Jerusalem"}};

bool when_all_within(std::string_view wide, const std::vector<std::string>& regions) {
  return !regions.empty() && std::all_of(regions.begin(), regions.end(), [&](const auto& region) {
    return protocol::region_covers(wide, region);
  });
}

/// The cell without "UTC+5:30", whose minutes look like an hour.
std::string when_without_offset(std::string folded) {
  for (const std::string_view mark : {"gmt", "utc"}) {
    for (auto at = find_phrase(folded, mark); at != std::string::npos;
         at = find_phrase(folded, mark, at + 1)) {
      auto end = at + mark.size();
      while (end < folded.size() && folded[end] == ' ') ++end;
      if (end >= folded.size() || (folded[end] != '+' && folded[end] != '-')) continue;
      ++end;
      while (end < folded.size() && (when_is_digit(folded[end]) || folded[end] == ':')) ++end;
      folded.erase(at, end - at);
      if (at >= folded.size()) break;
    }
  }
  return folded;
}

/// "GMT+8" and "UTC -5" as the zone without summer time that they are; empty where there is none.
std::string when_offset_zone(std::string_view cell) {
  for (const std::string_view mark : {"GMT", "UTC"}) {
    for (auto at = cell.find(mark); at != std::string_view::npos; at = cell.find(mark, at + 1)) {
      auto rest = cell.substr(at + mark.size());
      while (rest.starts_with(' ')) rest.remove_prefix(1);
      if (rest.size() < 2 || (rest[0] != '+' && rest[0] != '-') || !when_is_digit(rest[1]))
        continue;
      int hours = rest[1] - '0';
      std::size_t end = 2;
      if (end < rest.size() && when_is_digit(rest[end])) hours = hours * 10 + (rest[end++] - '0');
      // Half hours have no such name.
      const bool whole = end == rest.size() || (rest[end] != ':' && rest[end] != '.');
      constexpr int kFarthest = 12;
      if (!whole || hours == 0 || hours > kFarthest) return "?";
      return std::string("Etc/GMT") + (rest[0] == '+' ? '-' : '+') + std::to_string(hours);
    }
  }
  return {};
}

/// Zones named in the cell, in its order. Abbreviations count only in capitals, since "at" and "pt"
/// are words.
std::vector<std::string> when_zones(std::string_view cell,
                                    const std::vector<std::string>& regions) {
  std::vector<std::pair<std::size_t, std::string>> found;
  const auto add = [&](std::size_t at, std::string_view zone) {
    for (const auto& [region, usual, there] : kWhenRegionZones) {
      if (usual == zone && when_all_within(region, regions)) zone = there;
    }
    found.emplace_back(at, zone);
  };
  if (auto offset = when_offset_zone(cell); !offset.empty()) {
    if (offset == "?") return {};
    return {std::move(offset)};
  }
  if (const auto at = find_phrase(cell, "IST"); at != std::string_view::npos) {
    for (const auto& [country, zone] : kWhenIst) {
      if (when_all_within(country, regions)) add(at, zone);
    }
  }
  for (const auto& [mark, zone] : kWhenZones) {
    if (const auto at = find_phrase(cell, mark); at != std::string_view::npos) add(at, zone);
  }
  const auto folded = fold_cell(cell);
  // "7pm est" in small letters, only right behind an hour.
  for (const auto& [mark, zone] : kWhenZones) {
    if (mark.size() < 3) continue;
    std::string small(mark);
    for (char& c : small) c = static_cast<char>(c - 'A' + 'a');
    const auto at = find_phrase(folded, small);
    if (at == std::string::npos || at < 3 || folded[at - 1] != ' ') continue;
    const auto before = std::string_view(folded).substr(0, at - 1);
    if (before.ends_with("am") || before.ends_with("pm") || before.ends_with(".m.") ||
        before.ends_with("noon") ||
        (before.size() > 2 && when_is_digit(before.back()) &&
         before.find(':') != std::string_view::npos))
      add(at, zone);
  }
  for (const auto& [mark, zone] : kWhenZoneWords) {
    if (const auto at = find_phrase(folded, mark); at != std::string_view::npos) add(at, zone);
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> zones;
  for (auto& [at, zone] : found) {
    if (std::find(zones.begin(), zones.end(), zone) == zones.end())
      zones.push_back(std::move(zone));
  }
  return zones;
}

std::string when_text(int minutes) {
  const int hour = minutes / 60 % 24;
  const int minute = minutes % 60;
  std::string text = "00:00";
  text[0] = static_cast<char>('0' + hour / 10);
  text[1] = static_cast<char>('0' + hour % 10);
  text[3] = static_cast<char>('0' + minute / 10);
  text[4] = static_cast<char>('0' + minute % 10);
  return text;
}

}  // namespace

ScheduleReading understand_schedule(std::string_view cell, bool column_of_rhythm,
                                    const std::vector<std::string>& regions) {
  constexpr std::size_t kRead = 600;
  ScheduleReading reading;
  if (says_nothing(cell)) return reading;
  const std::string read = cut_text(tidy_cell(cell), kRead);
  const std::string folded = fold_cell(read);
  const std::string plain = plain_words(read);
  const auto words = split_words(plain);

  reading.by_arrangement =
      has_any_phrase(plain, {"by arrangement", "by appointment", "as arranged", "to be arranged",
                             "arranged individually", "mutually agreed", "by agreement"});
  reading.always_open = has_any_phrase(plain, {"always open", "24 7", "any time", "anytime",
                                               "around the clock", "open all the time"});
  const auto spelled = when_spelled_out(folded);
  auto rhythms = when_rhythms(spelled);
  // "every other Friday": the day stands for the week.
  for (std::size_t i = 0; i + 2 < words.size(); ++i) {
    if ((words[i] == "every" || words[i] == "each") && words[i + 1] == "other" &&
        !when_day(words[i + 2]).empty())
      rhythms.push_back({"every_2_weeks", 2});
  }
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const bool alternate =
        words[i] == "alternate" || words[i] == "alternating" || words[i] == "alt";
    // "Alternating Mon/Thu" are two days in turn, which no rhythm of weeks says.
    const bool in_turn = i + 2 < words.size() && !when_day(words[i + 2]).empty();
    if (alternate && !when_day(words[i + 1]).empty() && !in_turn)
      rhythms.push_back({"every_2_weeks", 2});
  }
  bool weekly_by_day = false;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if ((words[i] == "every" || words[i] == "each") && !when_day(words[i + 1]).empty())
      weekly_by_day = true;
  }
  if (weekly_by_day && rhythms.empty()) rhythms.push_back({"weekly", 1});
  // "One Sunday a month", "two Tuesdays per month"
  for (std::size_t i = 0; i + 3 < words.size(); ++i) {
    const bool a_month = (words[i + 2] == "a" || words[i + 2] == "per" || words[i + 2] == "each" ||
                          words[i + 2] == "every") &&
                         (words[i + 3] == "month" || words[i + 3] == "mo");
    const auto number = small_number(words[i]);
    if (!a_month || !number || when_day(words[i + 1]).empty()) continue;
    rhythms.push_back({*number == 1 ? "monthly" : *number == 2 ? "twice_a_month" : "other"});
  }
  std::set<std::string_view> values;
  for (const auto& rhythm : rhythms) values.insert(rhythm.value);

  const bool two_meanings =
      has_any_phrase(plain, {"bi monthly", "bimonthly", "bi weekly", "biweekly", "bi annual"});
  const bool on_demand =
      has_any_phrase(plain, {"as needed", "on demand", "when needed", "ad hoc", "as required",
                             "on request", "upon request", "by request", "as requested", "prn",
                             "whenever needed", "as necessary", "when requested", "if needed"}) ||
      (reading.by_arrangement && rhythms.empty());
  // "Biweekly (every other week)" says which of the two it means.
  std::string clearer;
  if (two_meanings) {
    auto rest = spelled;
    for (const auto phrase : {"bi monthly", "bimonthly", "bi weekly", "biweekly"}) {
      for (auto at = find_phrase(rest, phrase); at != std::string::npos;
           at = find_phrase(rest, phrase))
        rest.erase(at, std::string_view(phrase).size());
    }
    const auto others = when_rhythms(rest);
    if (others.size() == 1 &&
        (others.front().value == "every_2_weeks" || others.front().value == "every_2_months" ||
         others.front().value == "twice_a_month")) {
      clearer = others.front().value;
      reading.every_weeks = others.front().weeks;
    }
  }
  if (!clearer.empty()) {
    reading.cadence = clearer;
  } else if (two_meanings) {
    reading.cadence = "ambiguous";
    reading.cadence_question = has_any_phrase(plain, {"bi monthly", "bimonthly"})
                                   ? when_quote(cell) + ": twice a month, or every two months?"
                                   : when_quote(cell) + ": twice a week, or every two weeks?";
  } else if (values.size() > 1) {
    reading.cadence = "ambiguous";
    reading.cadence_question = when_quote(cell) + ": which of these rhythms?";
  } else if (!rhythms.empty()) {
    reading.cadence = std::string(rhythms.front().value);
    reading.every_weeks = rhythms.front().weeks;
  } else if (on_demand) {
    reading.cadence = "ad_hoc";
  }
  const bool about = has_any_phrase(plain, {"ish", "roughly", "about", "approx", "approximately",
                                            "more or less", "monthlyish", "weeklyish"});
  if (about && !reading.cadence.empty() && reading.cadence_question.empty() && !rhythms.empty()) {
    reading.cadence_question = when_quote(cell) + ": is that how often, as a rule?";
  }
  when_read_days(cell, folded, words, reading);
  if (column_of_rhythm && reading.cadence.empty()) {
    const bool plain_days = std::any_of(reading.days.begin(), reading.days.end(),
                                        [](const std::string& day) { return day.size() > 2; });
    reading.cadence = plain_days                                     ? "monthly"
                      : reading.plural_days && !reading.days.empty() ? "weekly"
                                                                     : "other";
    if (plain_days && reading.days.size() == 2) reading.cadence = "twice_a_month";
    if (plain_days && reading.days.size() > 2) reading.cadence = "other";
    // "Mon-Fri"
    constexpr std::size_t kWorkingWeek = 5;
    if (reading.cadence == "weekly" && reading.days.size() >= kWorkingWeek)
      reading.cadence = "daily";
  }

  reading.excepted = has_any_phrase(
      plain,
      {"except",        "excepting",      "excluding", "skip",       "skipping",    "skips",
       "no meeting in", "no meetings in", "not in",    "not during", "but not",     "odd months",
       "even months",   "no july",        "no august", "no summer",  "summers off", "off in",
       "closed in",     "not summer",     "excepto",   "sauf"});
  const auto times =
      when_times(when_spelled_hours(when_without_offset(folded)), when_half_in_words(plain));
  const auto zones = when_zones(read, regions);
  std::set<int> starts;
  bool unsure = false;
  for (const auto& time : times) {
    if (time.unsure) unsure = true;
    if (time.start >= 0) starts.insert(time.start);
  }
  if (unsure) {
    reading.start_question = when_quote(cell) + ": in the morning, or in the evening?";
    if (times.size() == 1 && times.front().minutes > 0)
      reading.range_minutes = times.front().minutes;
  } else if (starts.size() == 1 || (starts.size() > 1 && zones.size() == times.size())) {
    // "12pm ET / 9am PT": the same moment twice; the first is taken with its zone.
    reading.start = when_text(times.front().start);
    if (times.front().end) reading.range_minutes = *times.front().end - times.front().start;
  } else if (starts.size() > 1) {
    reading.start_question = when_quote(cell) + ": which hour is for which day?";
  }
  const bool same_moment = zones.size() == times.size() && starts.size() > 1;
  if (!times.empty() && (zones.size() == 1 || (zones.size() > 1 && same_moment)))
    reading.tzid = zones.front();
  return reading;
}

LengthReading understand_length(std::string_view cell, std::string_view unit) {
  LengthReading reading;
  if (says_nothing(cell)) return reading;
  std::string text = fold_cell(cell);
  // "1/2 hr"
  if (text.starts_with("1/2 ") || text.starts_with("1/2-")) text.replace(0, 3, "0.5");
  // "1 1/2", "1-1/2"
  for (const auto half : {" 1/2", "-1/2"}) {
    const auto at = text.find(half);
    if (at != std::string::npos && at > 0 && when_is_digit(text[at - 1])) text.replace(at, 4, ".5");
  }
  // Spelled lengths first.
  const std::string plain = plain_words(text);
  if (plain == "hour" || plain == "una hora") {
    reading.minutes = 60;
    return reading;
  }
  // "1:30"
  if (text.size() == 4 && text[1] == ':' && text[0] >= '0' && text[0] <= '4' && text[2] <= '5' &&
      when_is_digit(text[2]) && when_is_digit(text[3]) && text != "0:00") {
    reading.minutes = (text[0] - '0') * 60 + (text[2] - '0') * 10 + (text[3] - '0');
    return reading;
  }
  if (has_any_phrase(plain, {"hour and a half", "one and a half hours", "1 1 2 hours"})) {
    reading.minutes = 90;
    return reading;
  }
  if (has_any_phrase(plain, {"half an hour", "half hour", "a half hour"})) {
    reading.minutes = 30;
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
                                 pieces.back().unit == 'h' && when_is_digit(text[at]);
    const bool begins = at == 0 || minutes_of_hour ||
                        (!when_is_digit(text[at - 1]) && !when_is_letter(text[at - 1]));
    double value = -1;
    std::size_t end = at;
    if (begins && when_is_digit(text[at])) {
      value = 0;
      std::size_t digits = 0;
      while (end < text.size() && when_is_digit(text[end]) && digits < 6) {
        value = value * 10 + (text[end++] - '0');
        ++digits;
      }
      if (end + 1 < text.size() && (text[end] == '.' || text[end] == ',') &&
          when_is_digit(text[end + 1])) {
        double scale = 0.1;
        ++end;
        while (end < text.size() && when_is_digit(text[end])) {
          value += (text[end++] - '0') * scale;
          scale /= 10;
        }
      }
      if (text.substr(end, 2) == "\xC2\xBD") {
        value += 0.5;
        end += 2;
      }
    } else if (begins && when_is_letter(text[at])) {
      while (end < text.size() && when_is_letter(text[end])) ++end;
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
        (rest.starts_with("m") && (rest.size() == 1 || !when_is_letter(rest[1]))) ||
        rest.starts_with("'")) {
      found = 'm';
    } else if (rest.starts_with("hour") || rest.starts_with("hora") || rest.starts_with("hr") ||
               (rest.starts_with("h") && (rest.size() == 1 || !when_is_letter(rest[1])))) {
      found = 'h';
    }
    // "60-90 minutes", "1 to 2 hours".
    std::string_view between = std::string_view(text).substr(end);
    while (between.starts_with(" ")) between.remove_prefix(1);
    const bool range = (between.starts_with("-") && between.size() > 1 &&
                        (when_is_digit(between[1]) || between[1] == ' ')) ||
                       between.starts_with("to ") || between.starts_with("or ");
    if (range && found == 0) ranged = true;
    pieces.push_back({value, found, range});
    at = std::max(end, at + 1);
  }
  if (pieces.empty()) return reading;
  if (ranged) {
    reading.question = when_quote(cell) + ": how long is a meeting, as a rule?";
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
          (text.find(' ') == std::string::npos ||
           (&piece == &pieces.back() && text.ends_with("0") && piece.value >= 10))) {
        minutes += piece.value;
        ++used;
      }
      continue;
    }
    if (used > 0 && !(last == 'h' && piece.unit == 'm')) {
      // Two lengths in one cell.
      reading.question = when_quote(cell) + ": which of these lengths?";
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
      reading.question = when_quote(cell) + ": hours, or minutes?";
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
        when_quote(cell) + ": is " + std::to_string(*reading.minutes) + " minutes right?";
  }
  return reading;
}

std::string schedule_rule(const ScheduleReading& rhythm, const ScheduleReading& days) {
  const auto& cadence = rhythm.cadence.empty() ? days.cadence : rhythm.cadence;
  const int weeks = rhythm.cadence.empty() ? days.every_weeks : rhythm.every_weeks;
  // Two cells that say different rhythms make no rule.
  if (!rhythm.cadence.empty() && !days.cadence.empty() && rhythm.cadence != days.cadence &&
      rhythm.cadence != "other" && days.cadence != "other") {
    return {};
  }
  const auto& listed = days.days.empty() ? rhythm.days : days.days;
  const bool asked = !days.days_question.empty() || !rhythm.days_question.empty();
  std::string by_day;
  std::size_t ordinals = 0;
  for (const auto& day : listed) {
    by_day += (by_day.empty() ? "" : ",") + day;
    if (day.size() > 2) ++ordinals;
  }
  if (asked) return {};
  // A rule without the exception would give dates on which nobody comes.
  if (rhythm.excepted || days.excepted) return {};
  if (cadence == "ambiguous" || cadence == "ad_hoc") return {};
  const auto with_days = [&](std::string rule) {
    return by_day.empty() ? rule : rule + ";BYDAY=" + by_day;
  };
  const bool all_ordinals = !listed.empty() && ordinals == listed.size();
  const bool all_plain = ordinals == 0;
  if (cadence == "daily")
    return all_plain && !listed.empty() ? "FREQ=WEEKLY;BYDAY=" + by_day
           : listed.empty()             ? "FREQ=DAILY"
                                        : "";
  if (cadence == "weekly") return all_plain ? with_days("FREQ=WEEKLY") : "";
  if (weeks >= 2)
    return all_plain ? with_days("FREQ=WEEKLY;INTERVAL=" + std::to_string(weeks)) : "";
  if (cadence == "twice_a_month")
    return all_ordinals && listed.size() == 2 ? with_days("FREQ=MONTHLY") : "";
  if (cadence == "monthly" && (all_ordinals ? listed.size() == 1 : true))
    return all_ordinals ? with_days("FREQ=MONTHLY") : "FREQ=MONTHLY";
  const std::string every = cadence == "every_2_months" ? "2" : cadence == "quarterly" ? "3" : "";
  if (!every.empty())
    return all_ordinals ? with_days("FREQ=MONTHLY;INTERVAL=" + every)
                        : "FREQ=MONTHLY;INTERVAL=" + every;
  if (!cadence.empty()) return {};
  if (all_ordinals) return with_days("FREQ=MONTHLY");
  if (!listed.empty() && all_plain && days.plural_days) return with_days("FREQ=WEEKLY");
  return {};
}

}  // namespace node
