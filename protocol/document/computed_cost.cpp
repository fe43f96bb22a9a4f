#include <algorithm>
#include <cmath>

#include "protocol/document/computed.h"

namespace protocol {

namespace {

struct CostAmount {
  double low = 0, high = 0;  ///< in whole units
};

std::optional<CostAmount> cost_amount(const CostOption& option) {
  const auto low = cents_of(option.amount);
  if (!low) return {};
  if (option.amount_max.empty())
    return CostAmount{static_cast<double>(*low) / 100, static_cast<double>(*low) / 100};
  const auto high = cents_of(option.amount_max);
  if (!high) return {};
  return CostAmount{static_cast<double>(std::min(*low, *high)) / 100,
                    static_cast<double>(std::max(*low, *high)) / 100};
}

/// How many times a year it is paid; nothing where nobody said: a term has any length, and a single
/// payment no year.
std::optional<double> cost_times_a_year(const Listing& listing, const CostOption& option) {
  if (option.per == "month") return 12;
  if (option.per == "year") return 1;
  if (option.per == "meeting") return meetings_per_year(listing.schedule);
  return {};
}

std::int64_t cost_cents(double amount) {
  constexpr double kMost = 1e15;
  return static_cast<std::int64_t>(std::llround(std::clamp(amount * 100, 0.0, kMost)));
}

void cost_widen(std::vector<AmountRange>& ranges, const std::string& currency, double low,
                double high) {
  const auto found = std::find_if(ranges.begin(), ranges.end(),
                                  [&](const auto& one) { return one.currency == currency; });
  if (found == ranges.end()) {
    ranges.push_back({currency, cost_cents(low), cost_cents(high)});
  } else {
    found->low_cents = std::min(found->low_cents, cost_cents(low));
    found->high_cents = std::max(found->high_cents, cost_cents(high));
  }
}

/// Hours of meeting a year; nothing where it is not known.
std::optional<double> cost_hours_a_year(const Listing& listing) {
  const auto minutes = minutes_per_month(listing);
  if (!minutes || *minutes <= 0) return {};
  return *minutes * 12 / 60;
}

/// The length of a meeting in hours, where all are of one length.
std::optional<double> cost_hours_a_meeting(const Listing& listing) {
  std::optional<std::int64_t> minutes;
  for (const auto& rule : listing.schedule) {
    if (!rule.duration || *rule.duration <= 0 || (minutes && *minutes != *rule.duration)) return {};
    minutes = rule.duration;
  }
  if (!minutes) return {};
  return static_cast<double>(*minutes) / 60;
}

/// What divides or multiplies an option into one hour of meeting.
std::optional<double> cost_times_an_hour(const Listing& listing, const CostOption& option) {
  if (option.per == "meeting") {
    if (const auto hours = cost_hours_a_meeting(listing)) return 1 / *hours;
  }
  const auto times = cost_times_a_year(listing, option);
  const auto hours = cost_hours_a_year(listing);
  if (!times || !hours) return {};
  return *times / *hours;
}

/// Whom an option is for; "" where it does not say is everybody.
std::string_view cost_whom(const CostOption& option) {
  return option.for_whom.empty() ? std::string_view("all") : std::string_view(option.for_whom);
}

/// What one person has to pay before the first meeting: of one kind (a joining fee, a year) the
/// options are alternatives, different kinds add up, and an own price stands instead of that for
/// all.
void cost_upfront(const Cost& cost, CostPicture& picture) {
  std::vector<std::string_view> whose, kinds;
  std::vector<std::string> currencies;
  const auto note = [](auto& values, const auto& value) {
    if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
  };
  for (const auto& option : cost.options) {
    if (!option.upfront.value_or(false) || !cost_amount(option)) continue;
    note(whose, cost_whom(option));
    note(kinds, std::string_view(option.per));
    note(currencies, option.currency);
  }
  for (const auto& currency : currencies) {
    for (const auto whom : whose) {
      double low = 0;
      double high = 0;
      bool any = false;
      for (const auto kind : kinds) {
        std::vector<AmountRange> own, all;
        for (const auto& option : cost.options) {
          if (!option.upfront.value_or(false) || option.per != kind || option.currency != currency)
            continue;
          const auto amount = cost_amount(option);
          if (!amount) continue;
          if (cost_whom(option) == whom) cost_widen(own, currency, amount->low, amount->high);
          if (cost_whom(option) == "all") cost_widen(all, currency, amount->low, amount->high);
        }
        const auto& counted = own.empty() ? all : own;
        if (counted.empty()) continue;
        any = true;
        low += static_cast<double>(counted[0].low_cents) / 100;
        high += static_cast<double>(counted[0].high_cents) / 100;
      }
      if (any) cost_widen(picture.upfront, currency, low, high);
    }
  }
}

/// The cheapest option that is open to all, upper end, times what `times` says; nothing where two
/// currencies would have to be compared.
template <class Times>
std::optional<double> cost_cheapest(const Listing& listing, const Times& times) {
  if (!listing.cost) return {};
  if (listing.cost->model == "free") return 0;
  std::optional<double> cheapest;
  const std::string* currency = nullptr;
  for (const auto& option : listing.cost->options) {
    if (cost_whom(option) != "all") continue;
    const auto amount = cents_of(option.amount_max.empty() ? option.amount : option.amount_max);
    const auto factor = times(option);
    if (!amount || !factor) continue;
    if (currency != nullptr && *currency != option.currency) return {};
    currency = &option.currency;
    const double sum = static_cast<double>(*amount) / 100 * *factor;
    if (!cheapest || sum < *cheapest) cheapest = sum;
  }
  // To the cent, so that 12 payments of 10 a year are 10, whatever the order of the arithmetic.
  if (cheapest) cheapest = std::round(*cheapest * 100) / 100;
  return cheapest;
}

}  // namespace

std::optional<std::int64_t> cents_of(std::string_view amount) {
  const auto dot = amount.find('.');
  const auto whole = amount.substr(0, dot);
  auto part = dot == std::string_view::npos ? std::string_view() : amount.substr(dot + 1);
  const auto digits = [](std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  constexpr std::size_t kWholeDigits = 12;
  if (whole.empty() || whole.size() > kWholeDigits || !digits(whole) || !digits(part) ||
      (dot != std::string_view::npos && (part.empty() || part.size() > 2)))
    return {};
  std::int64_t cents = 0;
  for (const char c : whole) cents = cents * 10 + (c - '0');
  cents = cents * 10 + (part.empty() ? 0 : part[0] - '0');
  return cents * 10 + (part.size() > 1 ? part[1] - '0' : 0);
}

std::string decimal_of(std::int64_t cents) {
  const auto part = cents % 100;
  return std::to_string(cents / 100) + (part < 10 ? ".0" : ".") + std::to_string(part);
}

CostPicture cost_picture(const Listing& listing) {
  CostPicture picture;
  if (const auto fee = cents_of(listing.membership_non_members_fee)) {
    const auto& options = listing.cost ? listing.cost->options : std::vector<CostOption>();
    picture.non_members_fee =
        AmountRange{options.empty() ? std::string() : options[0].currency, *fee, *fee};
  }
  if (!listing.cost) return picture;
  const auto& cost = *listing.cost;
  picture.in_membership = cost.model == "included_in_membership";
  picture.costs_nothing =
      cost.options.empty() &&
      (cost.model == "free" || cost.model == "employer_paid" || cost.model == "swap");
  bool known_year = true;
  bool known_hour = true;
  bool known_others = true;
  for (const auto& option : cost.options) {
    const auto amount = cost_amount(option);
    if (option.per == "once") {
      if (amount) cost_widen(picture.once, option.currency, amount->low, amount->high);
      continue;
    }
    const auto times = cost_times_a_year(listing, option);
    if (cost_whom(option) == "non_members") {
      if (amount && times) {
        cost_widen(picture.non_members, option.currency, amount->low * *times,
                   amount->high * *times);
      } else {
        known_others = false;
      }
      continue;
    }
    if (amount && times) {
      cost_widen(picture.per_year, option.currency, amount->low * *times, amount->high * *times);
    } else {
      known_year = false;
    }
    const auto by_hour = cost_times_an_hour(listing, option);
    if (amount && by_hour) {
      cost_widen(picture.per_hour, option.currency, amount->low * *by_hour,
                 amount->high * *by_hour);
    } else {
      known_hour = false;
    }
  }
  if (!known_year) picture.per_year.clear();
  if (!known_hour) picture.per_hour.clear();
  if (!known_others) picture.non_members.clear();
  cost_upfront(cost, picture);
  return picture;
}

std::optional<double> cost_per_month(const Listing& listing) {
  return cost_cheapest(listing, [&](const CostOption& option) -> std::optional<double> {
    if (option.per == "month") return 1;
    if (option.per == "year") return 1.0 / 12;
    if (option.per == "meeting") return meetings_per_month(listing.schedule);
    return {};
  });
}

std::optional<double> cost_per_hour(const Listing& listing) {
  return cost_cheapest(
      listing, [&](const CostOption& option) { return cost_times_an_hour(listing, option); });
}

std::vector<std::string> renewal_words(const Listing& listing) {
  if (!listing.cost) return {};
  const auto& cost = *listing.cost;
  std::vector<std::string> sentences;
  const bool matters =
      cost.model == "subscription" ||
      std::any_of(cost.options.begin(), cost.options.end(),
                  [](const auto& option) { return option.upfront.value_or(false); });
  if (cost.auto_renew && !*cost.auto_renew) {
    sentences.emplace_back("It does not renew by itself.");
  } else if (cost.auto_renew) {
    if (!cost.renewal_notice_days) {
      sentences.emplace_back("It renews by itself; whether you are told before is not stated.");
    } else if (*cost.renewal_notice_days <= 0) {
      sentences.emplace_back("It renews by itself, and you are not told before.");
    } else {
      sentences.push_back("It renews by itself; you are told " +
                          std::to_string(*cost.renewal_notice_days) +
                          (*cost.renewal_notice_days == 1 ? " day" : " days") + " before.");
    }
  } else if (matters) {
    sentences.emplace_back("Whether it renews by itself is not stated: ask.");
  }
  if (cost.refund == "none") {
    sentences.emplace_back("No money back.");
  } else if (cost.refund == "pro_rata") {
    sentences.emplace_back("You get the rest of your money back when you leave.");
  } else if (cost.refund == "full_until") {
    sentences.emplace_back("You get all your money back until a date: ask which.");
  } else if (!cost.refund.empty()) {
    sentences.push_back("Money back: “" + cost.refund + "”.");
  } else if (matters) {
    sentences.emplace_back("Whether you get money back is not stated: ask.");
  }
  return sentences;
}

}  // namespace protocol
