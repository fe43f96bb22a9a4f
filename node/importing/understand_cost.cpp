#include "node/importing/understand_cost.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "node/importing/cell_words.h"

namespace node {

namespace {

bool cost_is_digit(char c) { return c >= '0' && c <= '9'; }

struct CostMark {
  std::string_view mark;
  std::string_view currency;  ///< "$", "rs" or "kr" where it depends on the country
};

// Longer marks first. Codes are looked for as words.
constexpr CostMark kCostMarks[] = {
    {"cdn$", "CAD"},         {"can$", "CAD"},     {"nt$", "TWD"},          {"us$", "USD"},
    {"hk$", "HKD"},          {"au$", "AUD"},      {"ca$", "CAD"},          {"nz$", "NZD"},
    {"sg$", "SGD"},          {"a$", "AUD"},       {"c$", "CAD"},           {"s$", "SGD"},
    {"r$", "BRL"},           {"rs.", "rs"},       {"\xE2\x82\xAA", "ILS"}, {"\xE2\x82\xB1", "PHP"},
    {"\xE2\x82\xA6", "NGN"}, {"$", "$"},          {"\xC2\xA3", "GBP"},     {"\xE2\x82\xAC", "EUR"},
    {"\xE2\x82\xB9", "INR"}, {"\xC2\xA5", "JPY"},
};
constexpr CostMark kCostWords[] = {
    {"usd", "USD"},        {"cad", "CAD"},   {"aud", "AUD"},     {"nzd", "NZD"},
    {"gbp", "GBP"},        {"eur", "EUR"},   {"euro", "EUR"},    {"euros", "EUR"},
    {"pounds", "GBP"},     {"pound", "GBP"}, {"dollars", "$"},   {"dollar", "$"},
    {"bucks", "$"},        {"inr", "INR"},   {"hkd", "HKD"},     {"cdn", "CAD"},
    {"rupees", "INR"},     {"sgd", "SGD"},   {"zar", "ZAR"},     {"chf", "CHF"},
    {"us dollars", "USD"}, {"mxn", "MXN"},   {"brl", "BRL"},     {"jpy", "JPY"},
    {"sek", "SEK"},        {"nok", "NOK"},   {"dkk", "DKK"},     {"ils", "ILS"},
    {"php", "PHP"},        {"twd", "TWD"},   {"cop", "COP"},     {"clp", "CLP"},
    {"ars", "ARS"},        {"kes", "KES"},   {"ngn", "NGN"},     {"pln", "PLN"},
    {"krw", "KRW"},        {"nis", "ILS"},   {"shekels", "ILS"}, {"rand", "ZAR"},
    {"rs", "rs"},          {"ksh", "KES"},   {"kr", "kr"},       {"rmb", "CNY"},
    {"yen", "JPY"},        {"quid", "GBP"},
};

struct CostAmount {
  std::size_t begin = 0, end = 0;  ///< in the folded text
  std::string amount, amount_max;
  std::string currency;  ///< "$" where the country decides
};

/// Digits with thousands marks and at most two decimals, from `at`; moves `at` behind it. Empty
/// where there is none.
std::string cost_number(std::string_view text, std::size_t& at) {
  std::string number;
  std::size_t i = at;
  while (i < text.size() && (cost_is_digit(text[i]) ||
                             (text[i] == ',' && i + 3 < text.size() && cost_is_digit(text[i + 1]) &&
                              cost_is_digit(text[i + 2]) && cost_is_digit(text[i + 3])))) {
    if (text[i] != ',') number += text[i];
    ++i;
  }
  if (number.empty() || number.size() > 7) return {};
  if (i + 1 < text.size() && (text[i] == '.' || text[i] == ',') && cost_is_digit(text[i + 1])) {
    const bool two = i + 2 < text.size() && cost_is_digit(text[i + 2]);
    const std::size_t end = i + (two ? 3 : 2);
    if (end == text.size() || !cost_is_digit(text[end])) {
      number += '.';
      number += text.substr(i + 1, two ? 2 : 1);
      if (!two) number += '0';
      i = end;
    }
  }
  const auto first = number.find_first_not_of('0');
  number.erase(0, std::min(first == std::string::npos ? number.size() - 1 : first,
                           number.find('.') == std::string::npos ? number.size() - 1
                                                                 : number.find('.') - 1));
  at = i;
  return number;
}

std::string_view cost_mark_at(std::string_view text, std::size_t at, std::size_t& length) {
  for (const auto& [mark, currency] : kCostMarks) {
    if (!text.substr(at).starts_with(mark)) continue;
    // "us$" must not begin inside a word.
    const bool letter = mark.front() >= 'a' && mark.front() <= 'z';
    if (letter && at > 0 && ((text[at - 1] >= 'a' && text[at - 1] <= 'z'))) continue;
    length = mark.size();
    return currency;
  }
  for (const auto& [name, currency] : kCostWords) {
    if (find_phrase(text, name, at) == at) {
      length = name.size();
      return currency;
    }
  }
  // "R350": directly before the number only.
  if (at + 1 < text.size() && text[at] == 'r' && cost_is_digit(text[at + 1]) &&
      (at == 0 || text[at - 1] == ' ' || text[at - 1] == '(' || text[at - 1] == '-')) {
    length = 1;
    return "ZAR";
  }
  length = 0;
  return {};
}

std::size_t cost_skip_spaces(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  return at;
}

/// A range's second number after "-" or "to", with or without its own currency mark.
void cost_range(std::string_view text, std::size_t& at, CostAmount& found) {
  std::size_t next = cost_skip_spaces(text, at);
  if (text.substr(next).starts_with("-")) {
    ++next;
  } else if (text.substr(next).starts_with("to ")) {
    next += 3;
  } else {
    return;
  }
  next = cost_skip_spaces(text, next);
  std::size_t length = 0;
  cost_mark_at(text, next, length);
  next = cost_skip_spaces(text, next + length);
  const auto upper = cost_number(text, next);
  if (upper.empty()) return;
  found.amount_max = upper;
  at = next;
}

std::vector<CostAmount> cost_amounts(std::string_view text) {
  std::vector<CostAmount> all;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 0;
    const auto currency = cost_mark_at(text, at, length);
    CostAmount found;
    if (!currency.empty()) {
      std::size_t next = cost_skip_spaces(text, at + length);
      found.begin = at;
      found.amount = cost_number(text, next);
      if (!found.amount.empty()) {
        found.currency = currency;
        cost_range(text, next, found);
        // "$40 CAD": the country stands behind.
        if (currency == "$") {
          const std::size_t behind = cost_skip_spaces(text, next);
          const auto after = cost_mark_at(text, behind, length);
          const bool of_next =
              behind + length < text.size() && cost_is_digit(text[behind + length]);
          if (after.size() == 3 && !of_next && text[behind] >= 'a') {
            found.currency = after;
            next = behind + length;
          } else if (find_phrase(text, "us", behind) == behind) {
            found.currency = "USD";
            next = behind + 2;
          }
        }
        found.end = at = next;
        all.push_back(std::move(found));
        continue;
      }
      at += length;
      continue;
    }
    if (cost_is_digit(text[at])) {
      // "25 USD", "25-40 euros", "25€".
      std::size_t next = at;
      found.begin = at;
      found.amount = cost_number(text, next);
      if (found.amount.empty()) {
        while (at < text.size() && cost_is_digit(text[at])) ++at;
        continue;
      }
      cost_range(text, next, found);
      const std::size_t behind = cost_skip_spaces(text, next);
      const auto after = cost_mark_at(text, behind, length);
      // "£10 $20": a mark directly before a number belongs to that one.
      const std::size_t past = cost_skip_spaces(text, behind + length);
      if (!after.empty() && !(past < text.size() && cost_is_digit(text[past]))) {
        found.currency = after;
        found.end = behind + length;
        all.push_back(std::move(found));
        at = behind + length;
        continue;
      }
      at = next;
      continue;
    }
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
  }
  return all;
}

/// Shorthand written out: "w/ membership", "incl. in dues", "ten dollars".
std::string cost_spelled_out(std::string text) {
  constexpr std::pair<std::string_view, std::string_view> kShort[] = {{"(yr)", "/yr"},
                                                                      {"(year)", "/yr"},
                                                                      {"(yearly)", "/yr"},
                                                                      {"(mo)", "/mo"},
                                                                      {"(month)", "/mo"},
                                                                      {"(monthly)", "/mo"},
                                                                      {"(annual)", "/yr"},
                                                                      {"w/ ", "with "},
                                                                      {"incl. ", "included "},
                                                                      {"incl ", "included "},
                                                                      {"ea. ", "each "},
                                                                      {"ea ", "each "},
                                                                      {"approx. ", "approx "},
                                                                      {"free-of-", "free of "},
                                                                      {"of-charge", "of charge"},
                                                                      {"mbrs", "members"},
                                                                      {"mbr ", "member "},
                                                                      {"mems ", "members "},
                                                                      {"non-mem ", "non-members "}};
  for (const auto& [from, to] : kShort) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
      if (at > 0 && from.front() != '(' && text[at - 1] != ' ' && text[at - 1] != '(' &&
          from.front() != 'o' && !(from.front() == 'm' && text[at - 1] == '-'))
        continue;
      text.replace(at, from.size(), to);
    }
  }
  for (const auto unit : {" dollars", " bucks", " pounds", " euros"}) {
    const auto at = text.find(unit);
    if (at == std::string::npos || at == 0) continue;
    const auto begin =
        text.rfind(' ', at - 1) == std::string::npos ? 0 : text.rfind(' ', at - 1) + 1;
    const auto number = small_number(std::string_view(text).substr(begin, at - begin));
    if (number) text.replace(begin, at - begin, std::to_string(*number));
  }
  return text;
}

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

/// The part of `text` that speaks about the amount: up to the next mark that ends a thought or the
/// next amount, and back to the one before.
std::string_view cost_around(std::string_view text, const std::vector<CostAmount>& all,
                             std::size_t i) {
  std::size_t begin = i == 0 ? 0 : all[i - 1].end;
  std::size_t end = i + 1 < all.size() ? all[i + 1].begin : text.size();
  const auto stop = text.find(';', all[i].end);
  end = std::min(end, stop);
  const auto start = text.rfind(';', all[i].begin);
  if (start != std::string_view::npos) begin = std::max(begin, start + 1);
  // Between two amounts the comma parts what belongs to which: "$45 per meeting, members $30".
  if (i > 0) {
    const auto comma = text.find(',', begin);
    if (comma != std::string_view::npos && comma < all[i].begin) begin = comma + 1;
    // So does "or": "$99/month or $999/yr".
    const auto between = text.substr(begin, all[i].begin - begin);
    for (const std::string_view mark : {" or ", " and ", " / "}) {
      const auto at = between.rfind(mark);
      if (at != std::string_view::npos)
        begin = std::max(begin, all[i].begin - between.size() + at + mark.size());
    }
  }
  if (i + 1 < all.size()) {
    const auto comma = text.find_last_of(",(", end);
    if (comma != std::string_view::npos && comma >= all[i].end) end = comma;
  }
  return text.substr(begin, end - begin);
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

/// "free", "no charge" and their like at `where`; npos where the cell does not say it.
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

/// "district pays", "provided by employer", "funded by our agency".
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
      cost_leads_to(text, {"with", "w/"}, {"dues"}))
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

std::string cost_model_of(std::string_view text, std::string_view around,
                          const std::string& period) {
  if (has_any_phrase(
          text, {"sliding scale", "sliding-scale", "sliding fee", "sliding", "pay what you can",
                 "pay-what-you-can", "pay as you can", "you choose"}))
    return "sliding_scale";
  if (has_any_phrase(around, {"donation", "donations", "donate", "contribution", "suggested"}))
    return "donation";
  if (cost_in_membership(text)) return "included_in_membership";
  if (period == "meeting") return "fee_per_meeting";
  if (period == "month") return "subscription";
  if (period == "year")
    return has_phrase(around, "membership") ? "included_in_membership" : "subscription";
  if (period == "term") return "fee_per_term";
  if (has_phrase(around, "membership")) return "included_in_membership";
  return {};
}

}  // namespace

namespace {

struct CostCountry {
  std::string_view mark, country, currency;
};
constexpr CostCountry kCostCountries[] = {
    {"$", "US", "USD"},  {"$", "CA", "CAD"},  {"$", "AU", "AUD"},  {"$", "NZ", "NZD"},
    {"$", "HK", "HKD"},  {"$", "SG", "SGD"},  {"$", "JM", "JMD"},  {"$", "TT", "TTD"},
    {"$", "BB", "BBD"},  {"$", "TW", "TWD"},  {"rs", "IN", "INR"}, {"rs", "PK", "PKR"},
    {"rs", "LK", "LKR"}, {"rs", "NP", "NPR"}, {"rs", "MU", "MUR"}, {"kr", "SE", "SEK"},
    {"kr", "NO", "NOK"}, {"kr", "DK", "DKK"}, {"kr", "IS", "ISK"}};

/// The currency of a mark that several countries use, if all `regions` mean one of them.
std::string cost_currency_of(std::string_view mark, const std::vector<std::string>& regions) {
  std::string currency;
  for (const auto& region : regions) {
    const auto* found = std::find_if(
        std::begin(kCostCountries), std::end(kCostCountries), [&](const CostCountry& entry) {
          return entry.mark == mark && protocol::region_covers(entry.country, region);
        });
    if (found == std::end(kCostCountries)) return {};
    if (!currency.empty() && currency != found->currency) return {};
    currency = found->currency;
  }
  return currency;
}

std::string_view cost_coins(std::string_view mark) {
  return mark == "rs" ? "rupees" : mark == "kr" ? "crowns" : "dollars";
}

}  // namespace

std::string dollar_of(const std::vector<std::string>& regions) {
  return cost_currency_of("$", regions);
}

namespace {

/// Whether prices are near enough to one another to be of the same time.
bool cost_alike(const std::vector<protocol::CostOption>& options) {
  constexpr double kFactor = 4;
  double least = 0;
  double most = 0;
  for (const auto& option : options) {
    if (option.amount.empty()) return false;
    const double amount = std::stod(option.amount);
    if (amount <= 0) continue;
    least = least == 0 ? amount : std::min(least, amount);
    most = std::max(most, amount);
  }
  return least > 0 && most <= least * kFactor;
}

/// Whether several amounts in a row, with nothing but marks between them, are for the payer to
/// choose from.
bool cost_is_choice(std::string_view text, const std::vector<CostAmount>& amounts) {
  if (!has_any_phrase(text, {"you choose", "your choice", "choose", "sliding", "sliding scale",
                             "pay what you can", "tiers", "tiered"}))
    return false;
  for (std::size_t i = 1; i < amounts.size(); ++i) {
    const auto between =
        plain_words(text.substr(amounts[i - 1].end, amounts[i].begin - amounts[i - 1].end));
    const bool rising = amounts[i].currency == amounts[0].currency &&
                        amounts[i].amount_max.empty() && amounts[i - 1].amount_max.empty() &&
                        std::stod(amounts[i].amount) > std::stod(amounts[i - 1].amount);
    if (!rising || !(between.empty() || between == "or" || between == "and")) return false;
  }
  return true;
}

/// The number of "25ish" and "$25-ish"; empty where there is none.
std::string cost_about_number(std::string_view text) {
  for (const auto end : {"-ish", "ish"}) {
    for (auto at = text.find(end); at != std::string_view::npos; at = text.find(end, at + 1)) {
      auto begin = at;
      while (begin > 0 && cost_is_digit(text[begin - 1])) --begin;
      if (begin < at) return std::string(text.substr(begin, at - begin));
    }
  }
  return {};
}

}  // namespace

CostReading understand_cost(std::string_view cell, const std::vector<std::string>& regions) {
  CostReading reading;
  const bool nil = plain_words(cell) == "nil";
  if (!nil && says_nothing(cell)) return reading;
  const std::string text = cost_spelled_out(fold_cell(cell));
  if (nil || plain_words(text) == "none") {
    reading.cost.emplace().model = "free";
    return reading;
  }
  if (const auto ish = cost_about_number(text); !ish.empty()) {
    reading.question =
        "'" + tidy_cell(cell) + "' is not an amount; write " + ish + " or leave it empty";
    return reading;
  }
  auto amounts = cost_amounts(text);
  // "250/yr members; 325/yr others"
  if (amounts.empty() && text.find(';') != std::string::npos) {
    for (std::size_t begin = 0; begin < text.size();) {
      std::size_t at = cost_skip_spaces(text, begin);
      const auto piece_end = std::min(text.find(';', begin), text.size());
      const auto piece_begin = at;
      auto number = at < piece_end ? cost_number(text, at) : std::string();
      if (number.empty() || at >= piece_end ||
          cost_period(std::string_view(text).substr(at, piece_end - at)).empty()) {
        amounts.clear();
        break;
      }
      amounts.push_back({piece_begin, at, std::move(number), {}, {}});
      begin = piece_end + 1;
    }
    if (!amounts.empty())
      reading.currency_question =
          "'" + tidy_cell(cell) + "': which currency? Write it like $" + amounts.front().amount;
  }
  // A cell in a column of prices that is nothing but a number.
  if (amounts.empty()) {
    std::size_t at = 0;
    const auto number = cost_number(text, at);
    // "50 per month" as well, but not "50 people".
    const bool period =
        !number.empty() && !cost_period(text).empty() &&
        std::none_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), cost_is_digit) &&
        (text[at] == '/' || text.substr(at).starts_with(" per ") ||
         text.substr(at).starts_with(" a ") || text.substr(at).starts_with(" each ") ||
         text.substr(at).starts_with(" monthly") || text.substr(at).starts_with(" annual") ||
         text.substr(at).starts_with(" yearly"));
    if (period) {
      reading.currency_question =
          "'" + tidy_cell(cell) + "': which currency? Write it like $" + number;
    }
    if (period || (!number.empty() && at == text.size()))
      amounts.push_back({0, at, number, {}, {}});
  }
  const bool unsure =
      has_any_phrase(text, {"unclear", "not sure", "unsure", "maybe", "probably"}) ||
      text.find('?') != std::string::npos;
  const auto free_at = cost_free_at(text);

  protocol::Cost cost;
  if (!amounts.empty()) {
    // "$0" says free.
    const bool nothing = std::all_of(amounts.begin(), amounts.end(), [](const CostAmount& amount) {
      return amount.amount.find_first_not_of("0.") == std::string::npos &&
             amount.amount_max.empty();
    });
    if (nothing) {
      cost.model = "free";
      reading.cost = std::move(cost);
      return reading;
    }
    if (unsure) {
      reading.question = "'" + tidy_cell(cell) + "': what does it cost, for certain?";
      return reading;
    }
    // "£3 / £6 / £10, you choose": between the least and the most.
    if (amounts.size() > 1 && cost_is_choice(text, amounts)) {
      amounts.front().amount_max = amounts.back().amount;
      amounts.front().end = amounts.back().end;
      amounts.resize(1);
    }
    // A price by the hour or the week has no value of its own here, and another period would be
    // wrong.
    const bool by_hour = has_any_phrase(text, {"per hour", "an hour", "hourly", "/hr", "/hour",
                                               "per week", "a week", "weekly", "/week", "/wk"});
    if (by_hour) return reading;
    for (std::size_t i = 0; i < amounts.size(); ++i) {
      auto around = cost_around(text, amounts, i);
      // "Free for early career, others $30": the first half is not about the amount.
      if (i == 0 && free_at < amounts[0].begin) {
        const auto comma = text.find_first_of(",;/", free_at);
        const auto skipped = static_cast<std::size_t>(around.data() - text.data());
        if (comma < amounts[0].begin && comma >= skipped) around.remove_prefix(comma + 1 - skipped);
      }
      // "$40 a year, free for trainees": nor is the second half.
      if (const auto start = static_cast<std::size_t>(around.data() - text.data());
          free_at != std::string::npos && free_at > amounts[i].begin &&
          free_at < start + around.size()) {
        const auto mark = text.find_last_of(",;(", free_at);
        const bool between = mark != std::string::npos && mark > amounts[i].begin;
        around = around.substr(0, (between ? mark : free_at) - start);
      }
      // "Free to members ($95 dues)": the dues are not the group's.
      if (free_at < amounts[i].begin &&
          has_any_phrase(around, {"dues", "membership", "to join the association"}) &&
          has_any_phrase(std::string_view(text).substr(free_at, amounts[i].begin - free_at),
                         {"members", "member"}))
        continue;
      // Credits, a deposit, a late fee or a fine are no price of the group.
      if ((i > 0 || free_at != std::string::npos) &&
          has_any_phrase(around, {"deposit", "late fee", "fine", "cancellation", "no-show", "ce",
                                  "ceu", "ceus", "ces", "certificate", "credits"})) {
        continue;
      }
      protocol::CostOption option;
      option.amount = amounts[i].amount;
      option.amount_max = amounts[i].amount_max == amounts[i].amount ? "" : amounts[i].amount_max;
      // "$75 1st session, then $50": what it costs to come once.
      const bool once =
          amounts.size() > 1 &&
          has_any_phrase(around, {"1st session", "first session", "1st meeting", "first meeting",
                                  "1st visit", "first visit", "first time", "initial session"});
      option.per = once ? "once" : cost_period(around);
      if (option.per.empty() && !cost.options.empty() && cost.options.front().per != "once")
        option.per = cost.options.front().per;
      if (option.per.empty() && amounts.size() == 1) option.per = cost_period(text);
      const bool shared = amounts[i].currency.size() < 3 && !amounts[i].currency.empty();
      option.currency =
          shared ? cost_currency_of(amounts[i].currency, regions) : amounts[i].currency;
      if (has_any_phrase(around, {"upfront", "up front", "in advance", "due before",
                                  "before the first", "prepaid", "pre-paid", "deposit"})) {
        option.upfront = true;
      }
      option.for_whom =
          i > 0 ||
                  has_any_phrase(around,
                                 {"for members", "members only", "to members", "for non-members",
                                  "for students", "for trainees", "for early career", "non-members",
                                  "nonmembers", "non members", "non-member"}) ||
                  amounts.size() > 1
              ? cost_for_whom(around)
              : "";
      // "Free for members; $10 others"
      if (option.for_whom.empty() && amounts.size() == 1 && free_at != std::string::npos &&
          has_any_phrase(text, {"members", "member"}) &&
          has_any_phrase(around, {"others", "everyone else", "everybody else", "all others",
                                  "visitors", "guests", "guest", "the public", "public"}))
        option.for_whom = "non_members";
      if (shared && option.currency.empty() && reading.currency_question.empty()) {
        reading.currency_question = "'" + tidy_cell(cell) + "': which country's " +
                                    std::string(cost_coins(amounts[i].currency)) + "?";
      }
      cost.options.push_back(std::move(option));
    }
    // "$85 members, $50 students / yr": what stands at the end holds for all.
    if (cost.options.size() > 1 && text.find(" or ") == std::string::npos &&
        !cost.options.back().per.empty() && cost_alike(cost.options)) {
      for (auto& option : cost.options) {
        if (option.per.empty() && option.amount.find_first_not_of("0.") != std::string::npos)
          option.per = cost.options.back().per;
      }
    }
    // "$0 (credits $12)": what is left is nothing.
    const bool all_nothing =
        std::all_of(cost.options.begin(), cost.options.end(), [](const auto& option) {
          return option.amount.find_first_not_of("0.") == std::string::npos &&
                 option.amount_max.empty();
        });
    if (all_nothing) {
      cost.options.clear();
      const auto tail = std::string_view(text).substr(std::min(free_at, text.size()));
      if (auto who = cost_for_whom(tail); !who.empty() && has_any_phrase(tail, {"for", "to"})) {
        protocol::CostOption option;
        option.for_whom = std::move(who);
        cost.options.push_back(std::move(option));
      }
      cost.model = "free";
      reading.currency_question.clear();
      reading.cost = std::move(cost);
      return reading;
    }
    // The main price is one that somebody pays, and not only the first time.
    std::stable_partition(cost.options.begin(), cost.options.end(), [](const auto& option) {
      return option.amount.find_first_not_of("0.") != std::string::npos;
    });
    std::stable_partition(cost.options.begin(), cost.options.end(),
                          [](const auto& option) { return option.per != "once"; });
    // What members pay with their dues says nothing of what others do.
    const auto about = cost.options.front().for_whom == "non_members"
                           ? cost_around(text, amounts, 0)
                           : std::string_view(text);
    cost.model = cost_model_of(about, cost_around(text, amounts, 0), cost.options.front().per);
    if (cost.model == "included_in_membership" && cost_in_membership(text) &&
        cost.options.front().for_whom.empty()) {
      cost.options.front().for_whom = "members";
    }
    if (free_at != std::string::npos) {
      const auto stop = text.find_first_of(";,/", free_at);
      auto who = cost_for_whom(std::string_view(text).substr(free_at, stop - free_at));
      if (who.empty() && std::string_view(text).substr(0, free_at).ends_with("members "))
        who = "members";
      if (!who.empty()) {
        protocol::CostOption option;
        option.amount = "0";
        option.for_whom = who;
        option.currency = cost.options.front().currency;
        cost.options.push_back(std::move(option));
      }
    }
    if (has_any_phrase(text, {"about", "approx", "approximately", "around", "roughly", "circa"}) ||
        text.find('~') != std::string::npos) {
      reading.question = "'" + tidy_cell(cell) + "': is " + cost.options.front().amount +
                         " the price? Write the amount alone";
    }
    if (has_any_phrase(text, {"renews by itself", "renews automatically", "auto-renew",
                              "auto renew", "auto-renews", "recurring", "automatic renewal"})) {
      cost.auto_renew = true;
    }
    if (has_any_phrase(text, {"no refunds", "no refund", "nonrefundable", "non-refundable"}))
      cost.refund = "none";
    reading.cost = std::move(cost);
    return reading;
  }

  if (unsure) return reading;
  protocol::CostOption option;
  if (cost_in_membership(text)) {
    cost.model = "included_in_membership";
    option.for_whom = "members";
  } else if (free_at != std::string::npos) {
    cost.model = "free";
    const auto stop = text.find_first_of(";,", free_at);
    const auto tail = std::string_view(text).substr(free_at, stop - free_at);
    if (has_any_phrase(tail, {"for", "to"})) option.for_whom = cost_for_whom(tail);
    if (has_any_phrase(text, {"members only", "member only"})) option.for_whom = "members";
  } else if (has_any_phrase(text, {"sliding scale", "sliding-scale", "sliding fee",
                                   "pay what you can", "pay-what-you-can", "pay as you can"})) {
    cost.model = "sliding_scale";
  } else if (has_any_phrase(text, {"donation", "donations", "by donation", "koha", "love offering",
                                   "pay what you want", "voluntary contribution", "pass the hat",
                                   "free will offering"})) {
    cost.model = "donation";
  } else if (has_any_phrase(
                 text, {"employer paid", "employer-paid", "employer funded", "employer-funded"}) ||
             cost_employer_pays(text)) {
    cost.model = "employer_paid";
  } else if (has_any_phrase(text, {"swap", "barter", "exchange of hours", "hour for an hour"})) {
    cost.model = "swap";
  } else {
    // A rhythm of payment without its amount: "monthly membership fee", "fee per session".
    const bool fee =
        has_any_phrase(text, {"fee", "fees", "dues", "subscription", "charge", "payment"});
    const auto period = fee ? cost_period(text) : std::string();
    if (period == "month" || period == "year") {
      cost.model = "subscription";
    } else if (period == "meeting") {
      cost.model = "fee_per_meeting";
    } else if (period == "term") {
      cost.model = "fee_per_term";
    } else if (text == "subscription") {
      cost.model = "subscription";
    }
    option.per = cost.model.empty() ? "" : period;
  }
  if (cost.model.empty()) return reading;
  if (!option.per.empty() || !option.for_whom.empty()) cost.options.push_back(std::move(option));
  reading.cost = std::move(cost);
  return reading;
}

}  // namespace node
