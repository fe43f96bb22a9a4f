#include "node/importing/understand_schedule.h"

#include <algorithm>
#include <set>

#include "node/importing/cell_words.h"
#include "node/importing/clock_words.h"
#include "node/importing/day_words.h"
#include "node/importing/rhythm_words.h"
#include "node/importing/zone_words.h"

namespace node {

ScheduleReading understand_schedule(std::string_view cell, bool column_of_rhythm,
                                    const std::vector<std::string>& regions) {
  constexpr std::size_t kRead = 600;
  ScheduleReading reading;
  if (says_nothing(cell)) return reading;
  const std::string read = cut_text(tidy_cell(cell), kRead);
  const std::string folded = fold_cell(read);
  const std::string plain = plain_words(read);
  const auto words = split_words(plain);

  reading.by_arrangement = has_any_phrase(
      plain, {"by arrangement", "by appointment", "by appt", "as arranged", "to be arranged",
              "arranged individually", "mutually agreed", "by agreement"});
  reading.always_open = has_any_phrase(plain, {"always open", "24 7", "any time", "anytime",
                                               "around the clock", "open all the time"});
  const auto spelled = spell_out_rhythm(folded);
  auto rhythms = rhythms_in(spelled);
  // "every other Friday": the day stands for the week.
  for (std::size_t i = 0; i + 2 < words.size(); ++i) {
    if ((words[i] == "every" || words[i] == "each") && words[i + 1] == "other" &&
        !day_code(words[i + 2]).empty())
      rhythms.push_back({"every_2_weeks", 2});
  }
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const bool alternate =
        words[i] == "alternate" || words[i] == "alternating" || words[i] == "alt";
    // "Alternating Mon/Thu" are two days in turn, which no rhythm of weeks says.
    const bool in_turn = i + 2 < words.size() && !day_code(words[i + 2]).empty();
    if (alternate && !day_code(words[i + 1]).empty() && !in_turn)
      rhythms.push_back({"every_2_weeks", 2});
  }
  bool weekly_by_day = false;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if ((words[i] == "every" || words[i] == "each") && !day_code(words[i + 1]).empty())
      weekly_by_day = true;
  }
  if (weekly_by_day && rhythms.empty()) rhythms.push_back({"weekly", 1});
  // "One Sunday a month", "two Tuesdays per month"
  for (std::size_t i = 0; i + 3 < words.size(); ++i) {
    const bool a_month = (words[i + 2] == "a" || words[i + 2] == "per" || words[i + 2] == "each" ||
                          words[i + 2] == "every") &&
                         (words[i + 3] == "month" || words[i + 3] == "mo");
    const auto number = small_number(words[i]);
    if (!a_month || !number || day_code(words[i + 1]).empty()) continue;
    rhythms.push_back({*number == 1 ? "monthly" : *number == 2 ? "twice_a_month" : "other"});
  }
  std::set<std::string_view> values;
  for (const auto& rhythm : rhythms) values.insert(rhythm.value);

  const std::initializer_list<std::string_view> two_ways = {"bi monthly", "bimonthly", "bi weekly",
                                                            "biweekly", "bi annual"};
  const bool two_meanings = has_any_phrase(plain, two_ways) || has_any_phrase(spelled, two_ways);
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
    const auto others = rhythms_in(rest);
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
    reading.cadence_question = has_any_phrase(spelled, {"bi monthly", "bimonthly"})
                                   ? quoted_cell(cell) + ": twice a month, or every two months?"
                                   : quoted_cell(cell) + ": twice a week, or every two weeks?";
  } else if (values.size() > 1) {
    reading.cadence = "ambiguous";
    reading.cadence_question = quoted_cell(cell) + ": which of these rhythms?";
  } else if (!rhythms.empty()) {
    reading.cadence = std::string(rhythms.front().value);
    reading.every_weeks = rhythms.front().weeks;
  } else if (on_demand) {
    reading.cadence = "ad_hoc";
  }
  if (has_any_phrase(spelled, {"every month or two", "every week or two", "every month or so",
                               "every week or so", "every year or two"})) {
    reading.cadence = "ambiguous";
    reading.cadence_question = quoted_cell(cell) + ": which of these rhythms?";
  }
  const bool about = has_any_phrase(plain, {"ish", "roughly", "about", "approx", "approximately",
                                            "more or less", "monthlyish", "weeklyish"});
  if (about && !reading.cadence.empty() && reading.cadence_question.empty() && !rhythms.empty()) {
    reading.cadence_question = quoted_cell(cell) + ": is that how often, as a rule?";
  }
  read_days(cell, folded, words, reading);
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
  const auto times = clock_times(spell_out_hours(without_offset(folded)), half_of_day_in(plain));
  const auto zones = zones_in(read, regions);
  std::set<int> starts;
  bool unsure = false;
  for (const auto& time : times) {
    if (time.unsure) unsure = true;
    if (time.start >= 0) starts.insert(time.start);
  }
  if (unsure) {
    reading.start_question = quoted_cell(cell) + ": in the morning, or in the evening?";
    if (times.size() == 1 && times.front().minutes > 0)
      reading.range_minutes = times.front().minutes;
  } else if (starts.size() == 1 || (starts.size() > 1 && zones.size() == times.size())) {
    // "12pm ET / 9am PT": the same moment twice; the first is taken with its zone.
    reading.start = clock_text(times.front().start);
    if (times.front().end) reading.range_minutes = *times.front().end - times.front().start;
  } else if (starts.size() > 1) {
    reading.start_question = quoted_cell(cell) + ": which hour is for which day?";
  }
  const bool same_moment = zones.size() == times.size() && starts.size() > 1;
  if (!times.empty() && (zones.size() == 1 || (zones.size() > 1 && same_moment)))
    reading.tzid = zones.front();
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
