#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "node/search/index.h"

namespace node {

namespace {

constexpr double kWeeksAMonth = 52.0 / 12.0;
constexpr double kDaysAMonth = 365.0 / 12.0;

std::optional<double> cost_decimal(std::string_view text) {
  if (text.empty() || text.size() > 16 || text.front() == '.' || text.back() == '.') return {};
  if (!std::all_of(text.begin(), text.end(),
                   [](char c) { return (c >= '0' && c <= '9') || c == '.'; }))
    return {};
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return {};  // two points
  return value;
}

std::size_t cost_items(std::string_view list) {
  return list.empty() ? 0 : 1 + static_cast<std::size_t>(std::count(list.begin(), list.end(), ','));
}

/// What a part of a rule says: BYDAY of "FREQ=WEEKLY;BYDAY=TU,TH" is "TU,TH".
std::string_view cost_part(std::string_view rule, std::string_view name) {
  while (!rule.empty()) {
    const auto end = std::min(rule.find(';'), rule.size());
    const auto part = rule.substr(0, end);
    if (part.size() > name.size() && part.starts_with(name) && part[name.size()] == '=')
      return part.substr(name.size() + 1);
    rule.remove_prefix(std::min(end + 1, rule.size()));
  }
  return {};
}

/// How often a rule comes round in a month in which the group meets. Ends, exceptions and single
/// dates are left aside: they make it meet less often, not more.
std::optional<double> cost_meetings(std::string_view rule) {
  double interval = 1;
  if (const auto text = cost_part(rule, "INTERVAL"); !text.empty()) {
    unsigned value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size() || value == 0 || value > 1000)
      return {};
    interval = value;
  }
  const auto frequency = cost_part(rule, "FREQ");
  const auto days = cost_part(rule, "BYDAY");
  const auto month_days = cost_part(rule, "BYMONTHDAY");
  const auto positions = cost_part(rule, "BYSETPOS");
  if (frequency == "WEEKLY") {
    return static_cast<double>(std::max<std::size_t>(1, cost_items(days))) * kWeeksAMonth /
           interval;
  }
  if (frequency == "MONTHLY") {
    if (!positions.empty()) return static_cast<double>(cost_items(positions)) / interval;
    if (!month_days.empty()) return static_cast<double>(cost_items(month_days)) / interval;
    double meetings = 0;
    for (auto rest = days; !rest.empty();) {
      const auto end = std::min(rest.find(','), rest.size());
      const char first = rest.front();
      // "2TU" is one day of the month, "TU" every Tuesday in it.
      meetings += (first >= '0' && first <= '9') || first == '-' || first == '+' ? 1 : kWeeksAMonth;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return (days.empty() ? 1 : meetings) / interval;
  }
  if (frequency == "DAILY") {
    if (days.empty()) return kDaysAMonth / interval;
    if (interval == 1) return static_cast<double>(cost_items(days)) * kWeeksAMonth;
  }
  return {};
}

std::optional<double> cost_meetings_a_month(const protocol::Listing& listing) {
  if (listing.schedule.empty()) return {};
  double meetings = 0;
  for (const auto& rule : listing.schedule) {
    const auto one = cost_meetings(rule.rrule);
    if (!one) return {};
    meetings += *one;
  }
  return meetings;
}

}  // namespace

std::optional<double> cost_per_month(const protocol::Listing& listing) {
  if (!listing.cost) return {};
  if (listing.cost->model == "free") return 0;
  std::optional<double> cheapest;
  const std::string* currency = nullptr;
  for (const auto& option : listing.cost->options) {
    if (!option.for_whom.empty() && option.for_whom != "all") continue;
    auto amount = cost_decimal(option.amount_max.empty() ? option.amount : option.amount_max);
    if (!amount) continue;
    if (option.per == "meeting") {
      const auto meetings = cost_meetings_a_month(listing);
      if (!meetings) continue;
      *amount *= *meetings;
    } else if (option.per == "year") {
      *amount /= 12;
    } else if (option.per != "month") {
      continue;  // how long a term is, or how long one stays after paying once, nobody said
    }
    // Two currencies cannot be compared without a rate.
    if (currency != nullptr && *currency != option.currency) return {};
    currency = &option.currency;
    if (!cheapest || *amount < *cheapest) cheapest = *amount;
  }
  // To the cent, so that 12 payments of 10 a year are 10, whatever the order of the arithmetic.
  if (cheapest) cheapest = std::round(*cheapest * 100) / 100;
  return cheapest;
}

}  // namespace node
