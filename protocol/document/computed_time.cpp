#include <algorithm>
#include <charconv>

#include "protocol/document/computed.h"

namespace protocol {

namespace {

/// How often days, weeks and months come round in what is counted.
struct TimeSpanOf {
  double days, weeks, months;
};
constexpr TimeSpanOf kTimeYear = {365, 52, 12};
constexpr TimeSpanOf kTimeMonth = {365.0 / 12.0, 52.0 / 12.0, 1};

constexpr std::int64_t kTimeHuddleMinutes = 20;  // "even just 10 minutes" (R39)

std::size_t time_items(std::string_view list) {
  return list.empty() ? 0 : 1 + static_cast<std::size_t>(std::count(list.begin(), list.end(), ','));
}

/// What a part of a rule says: BYDAY of "FREQ=WEEKLY;BYDAY=TU,TH" is "TU,TH".
std::string_view time_part(std::string_view rule, std::string_view name) {
  while (!rule.empty()) {
    const auto end = std::min(rule.find(';'), rule.size());
    const auto part = rule.substr(0, end);
    if (part.size() > name.size() && part.starts_with(name) && part[name.size()] == '=')
      return part.substr(name.size() + 1);
    rule.remove_prefix(std::min(end + 1, rule.size()));
  }
  return {};
}

/// How often a rule comes round in a span in which the group meets.
std::optional<double> time_meetings(std::string_view rule, const TimeSpanOf& span) {
  double interval = 1;
  if (const auto text = time_part(rule, "INTERVAL"); !text.empty()) {
    unsigned value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size() || value == 0 || value > 1000)
      return {};
    interval = value;
  }
  const auto frequency = time_part(rule, "FREQ");
  const auto days = time_part(rule, "BYDAY");
  const auto month_days = time_part(rule, "BYMONTHDAY");
  const auto positions = time_part(rule, "BYSETPOS");
  const auto months = time_items(time_part(rule, "BYMONTH"));
  if (frequency == "YEARLY") {
    // Several days of a month, or of a year, would need the calendar.
    if (!days.empty() && time_items(days) > 1) return {};
    if (time_items(month_days) > 1 || !positions.empty()) return {};
    if (!days.empty() && months == 0) return {};
    return static_cast<double>(std::max<std::size_t>(1, months)) * span.months / 12 / interval;
  }
  // A rule that keeps to some months meets in those only.
  const double part_of_year = months > 0 && months < 12 ? static_cast<double>(months) / 12 : 1;
  if (frequency == "WEEKLY") {
    return static_cast<double>(std::max<std::size_t>(1, time_items(days))) * span.weeks / interval *
           part_of_year;
  }
  if (frequency == "MONTHLY") {
    double meetings = 1;
    if (!positions.empty()) {
      meetings = static_cast<double>(time_items(positions));
    } else if (!month_days.empty()) {
      meetings = static_cast<double>(time_items(month_days));
    } else if (!days.empty()) {
      meetings = 0;
      for (auto rest = days; !rest.empty();) {
        const auto end = std::min(rest.find(','), rest.size());
        const char first = rest.front();
        // "2TU" is one day of the month, "TU" every Tuesday in it.
        const bool numbered = (first >= '0' && first <= '9') || first == '-' || first == '+';
        meetings += numbered ? 1 : kTimeMonth.weeks;
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    return meetings * span.months / interval * part_of_year;
  }
  if (frequency == "DAILY") {
    if (days.empty()) return span.days / interval * part_of_year;
    if (interval == 1) return static_cast<double>(time_items(days)) * span.weeks * part_of_year;
  }
  return {};
}

std::optional<double> time_all_meetings(std::span<const ScheduleRule> schedule,
                                        const TimeSpanOf& span) {
  if (schedule.empty()) return {};
  double meetings = 0;
  for (const auto& rule : schedule) {
    const auto one = time_meetings(rule.rrule, span);
    if (!one) return {};
    meetings += *one;
  }
  return meetings;
}

}  // namespace

std::optional<double> meetings_per_year(std::span<const ScheduleRule> schedule) {
  return time_all_meetings(schedule, kTimeYear);
}

std::optional<double> meetings_per_month(std::span<const ScheduleRule> schedule) {
  return time_all_meetings(schedule, kTimeMonth);
}

std::optional<double> minutes_per_month(const Listing& listing) {
  if (listing.schedule.empty()) return {};
  double minutes = 0;
  for (const auto& rule : listing.schedule) {
    const auto meetings = meetings_per_month({&rule, 1});
    if (!meetings || !rule.duration || *rule.duration <= 0) return {};
    minutes += *meetings * static_cast<double>(*rule.duration);
  }
  return minutes;
}

std::string_view cadence(const Listing& listing) {
  const auto meetings = meetings_per_year(listing.schedule);
  if (!meetings) {
    if (listing.meets == "always_open") return "Always open";
    if (listing.meets == "by_arrangement") return "Ad hoc";
    return listing.schedule.empty() ? "" : "On single dates, or not said how often";
  }
  constexpr double kMany = 200;
  if (*meetings >= kMany) {
    const bool brief = std::all_of(
        listing.schedule.begin(), listing.schedule.end(),
        [](const auto& rule) { return rule.duration && *rule.duration <= kTimeHuddleMinutes; });
    return brief ? "Daily huddle" : "Daily";
  }
  if (*meetings > 60) return "Several times a week";
  if (*meetings > 36) return "Weekly";
  if (*meetings > 20) return "Every 2 weeks";
  if (*meetings > 12.5) return "Every 3 to 4 weeks";
  if (*meetings > 9) return "Monthly";
  return "Less than once a month";
}

}  // namespace protocol
