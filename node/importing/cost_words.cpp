#include "node/importing/cost_words.h"

#include <algorithm>

#include "node/importing/cell_words.h"

namespace node {

namespace {

/// "per 2-hr session", "/10 sessions", "for a 6-week series": a price of so much of something.
std::string cost_counted_period(std::string_view words) {
  std::string spaced;
  for (const char c : words) spaced += c == '/' ? std::string(" per ") : std::string(1, c);
  const auto tokens = split_words(plain_words(spaced));
  const auto is_in = [](const std::string& word, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), word) != list.end();
  };
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (!is_in(tokens[i], {"per", "for", "each", "every"})) continue;
    bool counted = false;
    for (std::size_t k = i + 1; k < std::min(tokens.size(), i + 6); ++k) {
      const auto& word = tokens[k];
      const auto number = small_number(word);
      if (is_in(word, {"sessions", "meetings", "classes", "weeks", "wks"}) && counted)
        return "term";
      if (is_in(word, {"series", "course", "cohort", "program", "term", "semester", "block"}))
        return "term";
      if (is_in(word, {"session", "meeting", "group", "class", "presentation", "presenter"}) &&
          tokens[i] != "for")
        return "meeting";
      if (word == "year" && tokens[i] == "for") return "year";
      if (number) counted = *number > 1;
      if (!number && !is_in(word, {"hr", "hrs", "hour", "hours", "min", "mins", "minute", "minutes",
                                   "week", "wk", "person", "participant", "a", "the", "all", "half",
                                   "session", "day", "of"}))
        break;
    }
  }
  return {};
}

/// Whether one of `firsts` stands before one of `thens`, with at most three words and no mark
/// between them: "included w/ IMHCA dues".
bool cost_leads_to(std::string_view text, std::initializer_list<std::string_view> firsts,
                   std::initializer_list<std::string_view> thens) {
  constexpr std::size_t kBetween = 3;
  for (const auto first : firsts) {
    for (auto at = find_phrase(text, first); at != std::string_view::npos;
         at = find_phrase(text, first, at + 1)) {
      auto rest = text.substr(at + first.size());
      rest = rest.substr(0, rest.find_first_of(";,.()$"));
      const auto words = split_words(rest);
      for (std::size_t i = 0; i < words.size() && i <= kBetween + 1; ++i) {
        if (std::find(thens.begin(), thens.end(), words[i]) != thens.end()) return true;
      }
    }
  }
  return false;
}

}  // namespace

std::string cost_period(std::string_view words) {
  if (has_any_phrase(words, {"per meeting",
                             "per session",
                             "a session",
                             "a meeting",
                             "each session",
                             "each meeting",
                             "every meeting",
                             "every session",
                             "a time",
                             "per night",
                             "/evening",
                             "/ evening",
                             "/night",
                             "/rencontre",
                             "/ rencontre",
                             "per class",
                             "per visit",
                             "per group",
                             "per call",
                             "each time",
                             "per time",
                             "at the door",
                             "on the door",
                             "session fee",
                             "per person per session",
                             "a class",
                             "per gathering",
                             "/session",
                             "/meeting",
                             "/group",
                             "/class",
                             "/visit",
                             "/mtg",
                             "per mtg",
                             "a mtg",
                             "per evening",
                             "par rencontre",
                             "par s\xC3\xA9"
                             "ance",
                             "por sesi\xC3\xB3n",
                             "por sesion",
                             "/ session",
                             "/ meeting",
                             "sessions are",
                             "drop in",
                             "drop-in"})) {
    return "meeting";
  }
  if (has_any_phrase(words, {"per month", "a month", "monthly", "each month", "every month",
                             "/month", "/mo", "/ month", "/ mo", "/mth", "per mth", "per mo", "p/m",
                             "pcm", "mo.", "par mois", "al mes", "por mes"}))
    return "month";
  if (has_any_phrase(words, {"per year", "a year", "yearly", "annual", "annually", "each year",
                             "every year", "per annum", "/year", "/yr", "/ year", "/ yr", "/annum",
                             "per yr", "a yr", "yr", "p.a", "p/a", "/y"})) {
    return "year";
  }
  if (has_any_phrase(words, {"per term",        "per semester",   "per series",
                             "per cohort",      "per course",     "a term",
                             "a semester",      "per cycle",      "for the series",
                             "for the course",  "for the term",   "per program",
                             "/term",           "/semester",      "/series",
                             "/cohort",         "a series",       "a cohort",
                             "a course",        "for the cohort", "for all sessions",
                             "for the program", "whole series",   "full series"})) {
    return "term";
  }
  if (auto counted = cost_counted_period(words); !counted.empty()) return counted;
  for (const auto unit : {"sessions", "meetings", "weeks", "classes"}) {
    // "$25 x 8 sessions" is the price of each.
    if (has_any_phrase(words, {"x"}) && has_phrase(words, unit)) return "meeting";
    // "$240 for 6 sessions"
    const auto at = find_phrase(words, unit);
    if (at == std::string_view::npos) continue;
    const auto before = split_words(words.substr(0, at));
    if (before.size() > 1 && small_number(before.back()) && before[before.size() - 2] == "for")
      return "term";
  }
  if (has_any_phrase(words,
                     {"one time", "one-time", "once", "one off", "one-off", "single payment"}))
    return "once";
  return {};
}

std::string cost_for_whom(std::string_view words) {
  if (has_any_phrase(words, {"non-members", "non-member", "nonmembers", "nonmember", "non members",
                             "non member", "not members", "guests", "guest"})) {
    return "non_members";
  }
  if (has_any_phrase(words, {"early career", "early-career", "new professionals"}))
    return "early_career";
  if (has_any_phrase(words, {"trainees", "trainee", "students", "student", "interns",
                             "pre-licensed", "prelicensed", "pre licensed"})) {
    return "trainee";
  }
  if (has_any_phrase(words, {"members", "member"})) return "members";
  return {};
}

std::size_t cost_free_at(std::string_view text) {
  for (const auto phrase :
       {"no charge",      "no cost",       "no fee",       "no fees",        "without charge",
        "free of charge", "complimentary", "sin costo",    "sin cargo",      "no hay costo",
        "gratis",         "cost-free",     "at no charge", "nothing to pay", "costs nothing",
        "no charges",     "no dues",       "gratuito",     "kostenlos",      "kostenfrei",
        "gratuit",        "nil",           "n/c",          "no-charge"}) {
    const auto at = find_phrase(text, phrase);
    if (at != std::string_view::npos) return at;
  }
  for (auto at = find_phrase(text, "free"); at != std::string_view::npos;
       at = find_phrase(text, "free", at + 1)) {
    const auto before = text.substr(0, at);
    const auto after = text.substr(at + 4);
    const bool denied = before.ends_with("not ") || before.ends_with("no longer ") ||
                        before.ends_with("isn't ") || before.ends_with("toll ") ||
                        before.ends_with("toll-") || before.ends_with("risk ") ||
                        before.ends_with("risk-") || before.ends_with("day ") ||
                        before.ends_with("formerly ") || before.ends_with("was ");
    constexpr std::string_view kOther[] = {
        " trial",    "-trial",     " parking", " first",   " consult",      " intro", " month",
        " coffee",   " snacks",    " lunch",   " session", " initial",      " ce",    " will",
        " standing", " materials", " call",    " book",    " will offering"};
    // "Free call" is what a helpline costs.
    const bool other = after != " call" && after != " calls" &&
                       std::any_of(std::begin(kOther), std::end(kOther),
                                   [&](std::string_view word) { return after.starts_with(word); });
    if (!denied && !other) return at;
  }
  return std::string_view::npos;
}

bool cost_employer_pays(std::string_view text) {
  const std::initializer_list<std::string_view> employers = {
      "employer", "employers",    "district",     "agency",     "hospital", "clinic",  "company",
      "school",   "organization", "organisation", "university", "trust",    "service", "department",
      "college",  "practice",     "workplace",    "ministry",   "nhs",      "county"};
  return cost_leads_to(text,
                       {"paid by", "paid for by", "provided by", "funded by", "covered by",
                        "sponsored by", "paid through", "provided through"},
                       employers) ||
         std::any_of(employers.begin(), employers.end(), [&](std::string_view employer) {
           return cost_leads_to(text, {employer},
                                {"pays", "covers", "funds", "funded", "paid", "provides"});
         });
}

bool cost_in_membership(std::string_view text) {
  if (cost_leads_to(text,
                    {"included w/", "included with", "included in", "comes with", "covered by",
                     "part of", "free with", "included for"},
                    {"dues", "membership", "memberships", "members", "subscription"}) ||
      cost_leads_to(text, {"with", "w/"}, {"dues"}) ||
      has_any_phrase(text, {"members: included", "members included", "included: members"}))
    return true;
  return has_any_phrase(text, {"included in membership",
                               "included with membership",
                               "included in dues",
                               "included with dues",
                               "included in your membership",
                               "included in your dues",
                               "included in the membership",
                               "included in annual membership",
                               "included in annual dues",
                               "member benefit",
                               "members benefit",
                               "benefit of membership",
                               "membership benefit",
                               "free with membership",
                               "part of membership",
                               "covered by membership",
                               "covered by dues",
                               "covered by your dues",
                               "comes with membership",
                               "included in member dues",
                               "included in membership dues",
                               "included for members",
                               "dues cover it",
                               "covered by dues",
                               "covered by membership",
                               "paid by dues",
                               "part of membership",
                               "part of dues",
                               "included in chapter dues",
                               "with membership",
                               "included with your membership",
                               "included in membership fee",
                               "included in chapter membership"});
}

}  // namespace node
