#include "node/importing/cost_amounts.h"

#include <algorithm>
#include <utility>

#include "node/importing/cell_words.h"
#include "protocol/document/vocabularies.h"

namespace node {

namespace {

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
  if (at + 1 < text.size() && text[at] == 'r' && is_ascii_digit(text[at + 1]) &&
      (at == 0 || text[at - 1] == ' ' || text[at - 1] == '(' || text[at - 1] == '-')) {
    length = 1;
    return "ZAR";
  }
  length = 0;
  return {};
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

struct CostCountry {
  std::string_view mark, country, currency;
};
constexpr CostCountry kCostCountries[] = {
    {"$", "US", "USD"},  {"$", "CA", "CAD"},  {"$", "AU", "AUD"},  {"$", "NZ", "NZD"},
    {"$", "HK", "HKD"},  {"$", "SG", "SGD"},  {"$", "JM", "JMD"},  {"$", "TT", "TTD"},
    {"$", "BB", "BBD"},  {"$", "TW", "TWD"},  {"rs", "IN", "INR"}, {"rs", "PK", "PKR"},
    {"rs", "LK", "LKR"}, {"rs", "NP", "NPR"}, {"rs", "MU", "MUR"}, {"kr", "SE", "SEK"},
    {"kr", "NO", "NOK"}, {"kr", "DK", "DKK"}, {"kr", "IS", "ISK"}};

}  // namespace

std::string cost_number(std::string_view text, std::size_t& at) {
  std::string number;
  std::size_t i = at;
  while (i < text.size() &&
         (is_ascii_digit(text[i]) ||
          (text[i] == ',' && i + 3 < text.size() && is_ascii_digit(text[i + 1]) &&
           is_ascii_digit(text[i + 2]) && is_ascii_digit(text[i + 3])))) {
    if (text[i] != ',') number += text[i];
    ++i;
  }
  if (number.empty() || number.size() > 7) return {};
  if (i + 1 < text.size() && (text[i] == '.' || text[i] == ',') && is_ascii_digit(text[i + 1])) {
    const bool two = i + 2 < text.size() && is_ascii_digit(text[i + 2]);
    const std::size_t end = i + (two ? 3 : 2);
    if (end == text.size() || !is_ascii_digit(text[end])) {
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

std::size_t cost_skip_spaces(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  return at;
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
              behind + length < text.size() && is_ascii_digit(text[behind + length]);
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
    if (is_ascii_digit(text[at])) {
      // "25 USD", "25-40 euros", "25€".
      std::size_t next = at;
      found.begin = at;
      found.amount = cost_number(text, next);
      if (found.amount.empty()) {
        while (at < text.size() && is_ascii_digit(text[at])) ++at;
        continue;
      }
      cost_range(text, next, found);
      const std::size_t behind = cost_skip_spaces(text, next);
      const auto after = cost_mark_at(text, behind, length);
      // "£10 $20": a mark directly before a number belongs to that one.
      const std::size_t past = cost_skip_spaces(text, behind + length);
      if (!after.empty() && !(past < text.size() && is_ascii_digit(text[past]))) {
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

std::string cost_spelled_out(std::string text) {
  constexpr std::pair<std::string_view, std::string_view> kShort[] = {
      {"(yr)", "/yr"},          {"(year)", "/yr"},
      {"(yearly)", "/yr"},      {"(mo)", "/mo"},
      {"(month)", "/mo"},       {"(monthly)", "/mo"},
      {"(annual)", "/yr"},      {"sess.", "session"},
      {"w/ ", "with "},         {"incl. ", "included "},
      {"incl ", "included "},   {"ea. ", "each "},
      {"ea ", "each "},         {"approx. ", "approx "},
      {"free-of-", "free of "}, {"of-charge", "of charge"},
      {"mbrs", "members"},      {"mbr ", "member "},
      {"mems ", "members "},    {"non-mem ", "non-members "}};
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

}  // namespace node
