#include "node/importing/rhythm_words.h"

#include <algorithm>

#include "node/importing/cell_words.h"

namespace node {

namespace {

/// "every N weeks" or "every N months" beginning at `from`; 0 where there is none. A range ("every
/// 3-4 weeks") is -1.
int rhythm_every(std::string_view words, std::string_view unit) {
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
    if (next[0].find("to") != std::string::npos && is_ascii_digit(next[0].front()) &&
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

bool rhythm_times_per(std::string_view words, std::string_view unit,
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
bool rhythm_yearly(std::string_view words) {
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

bool rhythm_is_meeting(std::string_view word) {
  constexpr std::string_view kMeetings[] = {"meeting", "meetings", "session", "sessions",
                                            "group",   "groups",   "call",    "calls"};
  return std::find(std::begin(kMeetings), std::end(kMeetings), word) != std::end(kMeetings);
}

}  // namespace

std::vector<Rhythm> rhythms_in(std::string_view words) {
  std::vector<Rhythm> found;
  const auto add = [&](std::string_view value, int weeks = 0) {
    for (const auto& rhythm : found) {
      if (rhythm.value == value && rhythm.weeks == weeks) return;
    }
    found.push_back({value, weeks});
  };
  // "mo.": in a column of rhythms, each one.
  if (words == "month") add("monthly");
  if (words == "week") add("weekly", 1);
  const bool twice_weekly =
      has_any_phrase(
          words, {"2 weekly meetings", "two weekly meetings", "2 weekly sessions",
                  "two weekly sessions", "2 weekly groups", "two weekly groups", "twice weekly",
                  "semi weekly", "semiweekly", "2 times weekly", "3 times weekly", "4 times weekly",
                  "twice a week", "twice per week", "two times weekly"}) ||
      rhythm_times_per(words, "week", {"2", "two", "3", "three", "4", "four", "5", "five"});
  if (twice_weekly) add("other");
  const bool every_day = has_any_phrase(words, {"7 days", "seven days"});
  if (every_day || has_any_phrase(words, {"daily", "nightly", "every day", "each day",
                                          "every night", "every workday", "every weekday"}))
    add("daily");
  if (!twice_weekly && !every_day &&
      (has_any_phrase(words, {"weekly", "each week", "once a week", "per week", "wkly", "1x week",
                              "one a week", "1x weekly", "each wk", "every wk"}) ||
       rhythm_every(words, "week") == 1)) {
    add("weekly", 1);
  }
  const int weeks = rhythm_every(words, "week");
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
      rhythm_times_per(words, "month", {"2", "two", "2x"});
  const int months = rhythm_every(words, "month");
  const bool times_monthly =
      rhythm_times_per(words, "month", {"3", "three", "4", "four", "5", "five"}) ||
      has_any_phrase(words, {"3 times monthly", "three times monthly", "4 times monthly"});
  const bool hours_monthly = has_any_phrase(
      words,
      {"hours a month", "hours per month", "hour a month", "hours monthly", "hours each month"});
  if (twice_monthly) {
    add("twice_a_month");
  } else if (times_monthly || hours_monthly) {
    add("other");
  } else if (months == 1 ||
             has_any_phrase(words, {"monthly", "once a month", "once in a month",
                                    "once every month", "each month", "once per month", "1x month",
                                    "one a month", "once monthly", "one meeting a month",
                                    "1x monthly", "1x mo", "per mo", "one meeting per month",
                                    "of the month", "of each month", "of every month"}) ||
             rhythm_times_per(words, "month", {"1", "one"})) {
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
  } else if (rhythm_yearly(words)) {
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

std::string spell_out_rhythm(std::string_view folded) {
  std::string marked;
  const auto begins_unit = [](std::string_view rest) {
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    return rest.starts_with("mo") || rest.starts_with("week") || rest.starts_with("wk") ||
           rest.starts_with("year") || rest.starts_with("yr");
  };
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const char c = folded[i];
    const bool between = i > 0 && i + 1 < folded.size() && is_ascii_digit(folded[i - 1]) &&
                         is_ascii_digit(folded[i + 1]);
    if (c == '/' && i > 0 && folded[i - 1] != ' ' && i + 1 < folded.size() &&
        (folded.substr(i + 1).starts_with("w") || folded.substr(i + 1).starts_with("mo") ||
         folded.substr(i + 1).starts_with("mth") || folded.substr(i + 1).starts_with("y") ||
         folded.substr(i + 1).starts_with("q")) &&
        !folded.substr(i + 1).starts_with("weekly") &&
        !folded.substr(i + 1).starts_with("monthly")) {
      marked += " per ";
    } else if (c == '/' && i > 0 && folded[i - 1] == ' ' && folded.substr(i + 1).starts_with(' ') &&
               begins_unit(folded.substr(i + 1)) && !folded.substr(0, i).ends_with("ly ")) {
      marked += "per";
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
      {"wkly", "weekly"},
      {"biwkly", "biweekly"},
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
      {"mois", "month"},
      {"fois", "times"},
      {"ea", "each"},
      {"evry", "every"},
      {"par", "per"}};
  std::vector<std::string> out;
  const auto words = split_words(plain_words(marked));
  const auto is_unit = [](const std::string& word) {
    return word == "week" || word == "month" || word == "year" || word == "quarter";
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto word = words[i];
    // "q2wks", "q 2 weeks": every, as clinicians write it.
    if (word == "q" && i + 1 < words.size() && small_number(words[i + 1])) word = "every";
    if (word.size() > 1 && word[0] == 'q' && is_ascii_digit(word[1])) {
      out.emplace_back("every");
      word.erase(0, 1);
      const auto letter = std::find_if(word.begin(), word.end(), is_small_letter);
      if (letter != word.end()) {
        out.emplace_back(word.begin(), letter);
        word.erase(word.begin(), letter);
      }
    }
    // "2x", "2 x"
    const bool times = word.size() > 1 && word.back() == 'x' && is_ascii_digit(word.front());
    if (times) word.pop_back();
    const auto* known = std::find_if(std::begin(kWords), std::end(kWords),
                                     [&](const auto& entry) { return entry.first == word; });
    if (known != std::end(kWords)) word = std::string(known->second);
    if (word == "once" && i + 1 < words.size() && words[i + 1] == "vez") ++i;
    const bool after_number = !out.empty() && is_ascii_digit(out.back().front());
    if (word == "x" && after_number) word = "times";
    // "two (2) weeks"
    if (after_number == false && !out.empty() && is_ascii_digit(word.front()) &&
        small_number(out.back()) && small_number(out.back()) == small_number(word))
      continue;
    if (is_unit(word) && !out.empty() && out.back() == "times") out.emplace_back("per");
    // "6-weekly", "six weekly"; "group 2 weekly" and "2 weekly meetings" say something else.
    const auto counted = out.empty() ? std::nullopt : small_number(out.back());
    constexpr std::string_view kNumbered[] = {"group", "groups", "cohort", "section", "level"};
    const bool numbered = out.size() > 1 && std::find(std::begin(kNumbered), std::end(kNumbered),
                                                      out[out.size() - 2]) != std::end(kNumbered);
    if ((word == "weekly" || word == "monthly") && counted && *counted > 1 && !numbered &&
        (i + 1 == words.size() || !rhythm_is_meeting(words[i + 1]))) {
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

}  // namespace node
