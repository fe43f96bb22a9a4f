#include "protocol/document/recurrence.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace protocol {

namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::months;
using std::chrono::year_month;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> kRecurrenceDays = {"SU", "MO", "TU", "WE",
                                                             "TH", "FR", "SA"};

std::optional<int> recurrence_number(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> recurrence_split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0;;) {
    const auto end = text.find(mark, at);
    parts.push_back(text.substr(at, end - at));
    if (end == std::string_view::npos) return parts;
    at = end + 1;
  }
}

Error recurrence_error(std::string_view part, std::string_view why) {
  return {ErrorCode::invalid, "has '" + std::string(part.substr(0, 60)) + "', " + std::string(why)};
}

/// A list of numbers from 1 to `most`, from the end too where `negative`; none twice.
Result<std::vector<int>> recurrence_numbers(std::string_view part, std::string_view values,
                                            int most, bool negative) {
  std::vector<int> numbers;
  for (const auto value : recurrence_split(values, ',')) {
    const auto number = recurrence_number(value);
    if (!number) return tl::unexpected(recurrence_error(part, "which is not a list of numbers"));
    const int size = *number < 0 ? -*number : *number;
    if (*number == 0 || size > most || (*number < 0 && !negative)) {
      return tl::unexpected(recurrence_error(part, "which goes beyond " + std::to_string(most)));
    }
    numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

std::optional<unsigned> recurrence_weekday(std::string_view name) {
  const auto found = std::find(kRecurrenceDays.begin(), kRecurrenceDays.end(), name);
  if (found == kRecurrenceDays.end()) return std::nullopt;
  return static_cast<unsigned>(found - kRecurrenceDays.begin());
}

Result<std::vector<Recurrence::Day>> recurrence_days(std::string_view values) {
  std::vector<Recurrence::Day> found;
  for (const auto value : recurrence_split(values, ',')) {
    const auto why = [&] {
      return tl::unexpected(
          Error{ErrorCode::invalid,
                "has the day '" + std::string(value.substr(0, 20)) + "'; write MO, 2TU or -1FR"});
    };
    if (value.size() < 2 || value.size() > 5) return why();
    const auto weekday = recurrence_weekday(value.substr(value.size() - 2));
    if (!weekday) return why();
    Recurrence::Day day{0, *weekday};
    if (value.size() > 2) {
      const auto nth = recurrence_number(value.substr(0, value.size() - 2));
      if (!nth || *nth == 0 || *nth > 53 || *nth < -53) return why();
      day.nth = *nth;
    }
    if (std::find(found.begin(), found.end(), day) == found.end()) found.push_back(day);
  }
  return found;
}

/// "20261231", "20261231T235959", "20261231T235959Z". A day without an hour counts to its end.
bool recurrence_until(std::string_view text, Recurrence& rule) {
  const bool utc = text.ends_with('Z');
  if (utc) text.remove_suffix(1);
  const bool day_only = text.size() == 8;
  if (day_only ? utc : text.size() != 15 || text[8] != 'T') return false;
  std::string spelled = std::string(text.substr(0, 4)) + "-" + std::string(text.substr(4, 2)) +
                        "-" + std::string(text.substr(6, 2)) + "T";
  spelled += day_only ? "23:59:59"
                      : std::string(text.substr(9, 2)) + ":" + std::string(text.substr(11, 2)) +
                            ":" + std::string(text.substr(13, 2));
  rule.until = parse_local_time(spelled);
  rule.until_is_utc = utc;
  return rule.until.has_value();
}

/// What RFC 5545 forbids to stand together.
std::optional<std::string> recurrence_conflict(const Recurrence& rule) {
  using Frequency = Recurrence::Frequency;
  const bool counted_days = std::any_of(rule.by_day.begin(), rule.by_day.end(),
                                        [](const auto& day) { return day.nth != 0; });
  if (rule.count && rule.until) return "has both UNTIL and COUNT; keep one";
  if (counted_days && rule.frequency != Frequency::monthly && rule.frequency != Frequency::yearly)
    return "counts days of the month (such as 2TU), which needs FREQ=MONTHLY";
  if (counted_days && (rule.frequency == Frequency::monthly || !rule.by_month.empty())) {
    for (const auto& day : rule.by_day) {
      if (day.nth > 5 || day.nth < -5) return "counts over five weeks in a month";
    }
  }
  if (!rule.by_month_day.empty() && rule.frequency == Frequency::weekly)
    return "has BYMONTHDAY, which needs FREQ=MONTHLY";
  if (!rule.by_set_pos.empty() && rule.by_day.empty() && rule.by_month_day.empty() &&
      rule.by_month.empty())
    return "has BYSETPOS, which needs BYDAY or BYMONTHDAY beside it";
  return std::nullopt;
}

bool recurrence_has_month(const Recurrence& rule, year_month_day day) {
  return rule.by_month.empty() ||
         std::find(rule.by_month.begin(), rule.by_month.end(),
                   static_cast<int>(static_cast<unsigned>(day.month()))) != rule.by_month.end();
}

/// The days of one rule. Whatever is asked of it is asked of one period (a day, a week, a month, a
/// year) after the other.
class RecurrenceDays {
 public:
  RecurrenceDays(const Recurrence& rule, local_days start) : rule_(rule), start_(start) {
    first_ = year_month_day(start);
    const auto weekday = std::chrono::weekday(start).c_encoding();
    week_ = start - days{(weekday + 7 - rule.week_start) % 7};
  }

  /// The period that holds `day`, counted in intervals from the one of the start; the one before
  /// where `day` falls between two. Not before the first.
  std::int64_t period_of(local_days day) const {
    if (day <= start_) return 0;
    const year_month_day date(day);
    std::int64_t apart = 0;
    switch (rule_.frequency) {
      case Recurrence::Frequency::daily:
        apart = (day - start_).count();
        break;
      case Recurrence::Frequency::weekly:
        apart = (day - week_).count() / 7;
        break;
      case Recurrence::Frequency::monthly:
        apart = (static_cast<int>(date.year()) - static_cast<int>(first_.year())) * 12 +
                static_cast<int>(static_cast<unsigned>(date.month())) -
                static_cast<int>(static_cast<unsigned>(first_.month()));
        break;
      case Recurrence::Frequency::yearly:
        apart = static_cast<int>(date.year()) - static_cast<int>(first_.year());
        break;
    }
    return apart / static_cast<std::int64_t>(rule_.interval);
  }

  /// The days of that period, ascending; days before the start among them. `begins`: its first day.
  std::vector<local_days> of(std::int64_t period, local_days& begins) const {
    const auto steps = period * static_cast<std::int64_t>(rule_.interval);
    std::vector<local_days> found;
    switch (rule_.frequency) {
      case Recurrence::Frequency::daily: {
        begins = start_ + days{steps};
        const year_month_day date(begins);
        if (has_weekday(begins) && has_month_day(date) && recurrence_has_month(rule_, date))
          found.push_back(begins);
        break;
      }
      case Recurrence::Frequency::weekly:
        begins = week_ + days{7 * steps};
        for (int i = 0; i < 7; ++i) {
          const auto day = begins + days{i};
          const bool in = rule_.by_day.empty()
                              ? std::chrono::weekday(day) == std::chrono::weekday(start_)
                              : has_weekday(day);
          if (in && recurrence_has_month(rule_, year_month_day(day))) found.push_back(day);
        }
        break;
      case Recurrence::Frequency::monthly: {
        const auto month = year_month(first_.year(), first_.month()) + months{steps};
        begins = local_days(month / 1);
        if (recurrence_has_month(rule_, month / 1)) add_month(month, found);
        break;
      }
      case Recurrence::Frequency::yearly: {
        const auto year = first_.year() + std::chrono::years{steps};
        begins = local_days(year / 1 / 1);
        add_year(year, found);
        break;
      }
    }
    return positions(std::move(found));
  }

 private:
  bool has_weekday(local_days day) const {
    const auto weekday = std::chrono::weekday(day).c_encoding();
    return rule_.by_day.empty() ||
           std::any_of(rule_.by_day.begin(), rule_.by_day.end(),
                       [&](const auto& in) { return in.weekday == weekday; });
  }

  bool has_month_day(year_month_day date) const {
    if (rule_.by_month_day.empty()) return true;
    const auto last = static_cast<int>(static_cast<unsigned>(
        std::chrono::year_month_day_last(date.year(), std::chrono::month_day_last(date.month()))
            .day()));
    const auto day = static_cast<int>(static_cast<unsigned>(date.day()));
    return std::any_of(rule_.by_month_day.begin(), rule_.by_month_day.end(),
                       [&](int in) { return in == day || in + last + 1 == day; });
  }

  /// Whether `day` is among BYDAY, counted within [first, last].
  bool is_nth_day(local_days day, local_days first, local_days last) const {
    const auto weekday = std::chrono::weekday(day).c_encoding();
    const auto from_start = (day - first).count() / 7 + 1;
    const auto from_end = (last - day).count() / 7 + 1;
    return std::any_of(rule_.by_day.begin(), rule_.by_day.end(), [&](const auto& in) {
      return in.weekday == weekday && (in.nth == 0 || in.nth == from_start || -in.nth == from_end);
    });
  }

  void add_month(year_month month, std::vector<local_days>& found) const {
    const local_days first(month / 1);
    const local_days last(month / std::chrono::last);
    for (auto day = first; day <= last; day += days{1}) {
      const year_month_day date(day);
      bool in = has_month_day(date);
      if (!rule_.by_day.empty()) {
        in = in && is_nth_day(day, first, last);
      } else if (rule_.by_month_day.empty()) {
        in = date.day() == first_.day();
      }
      if (in) found.push_back(day);
    }
  }

  void add_year(std::chrono::year year, std::vector<local_days>& found) const {
    if (!rule_.by_month.empty()) {
      for (const int month : rule_.by_month) add_month(year / month, found);
      return;
    }
    const local_days first(year / 1 / 1);
    const local_days last(year / 12 / 31);
    for (auto day = first; day <= last; day += days{1}) {
      const year_month_day date(day);
      bool in = has_month_day(date);
      if (!rule_.by_day.empty()) {
        in = in && is_nth_day(day, first, last);
      } else if (rule_.by_month_day.empty()) {
        in = date.month() == first_.month() && date.day() == first_.day();
      }
      if (in) found.push_back(day);
    }
  }

  std::vector<local_days> positions(std::vector<local_days> found) const {
    if (rule_.by_set_pos.empty()) return found;
    std::vector<local_days> chosen;
    const auto size = static_cast<int>(found.size());
    for (int i = 0; i < size; ++i) {
      const bool in = std::any_of(rule_.by_set_pos.begin(), rule_.by_set_pos.end(),
                                  [&](int at) { return at == i + 1 || at + size == i; });
      if (in) chosen.push_back(found[static_cast<std::size_t>(i)]);
    }
    return chosen;
  }

  const Recurrence& rule_;
  local_days start_;
  year_month_day first_;
  local_days week_;
};

/// A date or a moment among exceptions and additions.
struct RecurrenceException {
  LocalTime time;
  bool whole_day = false;
};
std::vector<RecurrenceException> recurrence_exceptions(const std::vector<std::string>& texts) {
  std::vector<RecurrenceException> found;
  for (const auto& text : texts) {
    if (const auto time = parse_local_time(text)) found.push_back({*time, text.size() == 10});
  }
  return found;
}

std::optional<std::chrono::seconds> recurrence_clock(std::string_view start) {
  const auto time = parse_local_time("1970-01-01T" + std::string(start) + ":00");
  if (!time) return std::nullopt;
  return time->time_since_epoch();
}

}  // namespace

std::optional<LocalTime> parse_local_time(std::string_view text) {
  const auto time = parse_timestamp(std::string(text) + (text.size() == 10 ? "T00:00:00Z" : "Z"));
  if (!time || (text.size() != 10 && text.size() != 19)) return std::nullopt;
  return LocalTime(time->time_since_epoch());
}

std::string format_local_time(LocalTime time) {
  auto text = format_timestamp(Timestamp(time.time_since_epoch()));
  text.pop_back();
  return text;
}

Result<Recurrence> parse_recurrence(std::string_view text) {
  Recurrence rule;
  std::set<std::string_view> seen;
  for (const auto part : recurrence_split(text, ';')) {
    const auto equals = part.find('=');
    const auto name = part.substr(0, equals);
    const auto value =
        equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    if (value.empty()) return tl::unexpected(recurrence_error(part, "which says nothing"));
    if (!seen.insert(name).second)
      return refuse(ErrorCode::invalid, "says " + std::string(name) + " twice");
    if (name == "FREQ") {
      if (value == "DAILY") {
        rule.frequency = Recurrence::Frequency::daily;
      } else if (value == "WEEKLY") {
        rule.frequency = Recurrence::Frequency::weekly;
      } else if (value == "MONTHLY") {
        rule.frequency = Recurrence::Frequency::monthly;
      } else if (value == "YEARLY") {
        rule.frequency = Recurrence::Frequency::yearly;
      } else {
        return refuse(ErrorCode::invalid, "repeats '" + std::string(value.substr(0, 40)) +
                                              "'; it can be DAILY, WEEKLY, MONTHLY or YEARLY");
      }
    } else if (name == "INTERVAL" || name == "COUNT") {
      const auto number = recurrence_number(value);
      if (!number || *number < 1 || *number > 9999 || value.front() == '0' || value.front() == '+')
        return tl::unexpected(recurrence_error(part, "which is not a number from 1 to 9999"));
      if (name == "COUNT") {
        rule.count = static_cast<unsigned>(*number);
      } else {
        rule.interval = static_cast<unsigned>(*number);
      }
    } else if (name == "BYDAY") {
      ASSIGN_OR_RETURN(rule.by_day, recurrence_days(value));
    } else if (name == "BYMONTHDAY") {
      ASSIGN_OR_RETURN(rule.by_month_day, recurrence_numbers(part, value, 31, true));
    } else if (name == "BYSETPOS") {
      ASSIGN_OR_RETURN(rule.by_set_pos, recurrence_numbers(part, value, 366, true));
    } else if (name == "BYMONTH") {
      ASSIGN_OR_RETURN(rule.by_month, recurrence_numbers(part, value, 12, false));
    } else if (name == "UNTIL") {
      if (!recurrence_until(value, rule))
        return tl::unexpected(recurrence_error(part, "which is not a day"));
    } else if (name == "WKST") {
      const auto weekday = recurrence_weekday(value);
      if (!weekday) return tl::unexpected(recurrence_error(part, "which is not a day"));
      rule.week_start = *weekday;
    } else {
      return refuse(ErrorCode::invalid,
                    "has '" + std::string(name.substr(0, 40)) + "', which Kith does not know");
    }
  }
  if (!seen.contains("FREQ"))
    return refuse(ErrorCode::invalid, "does not say how often; it begins with FREQ=");
  if (const auto conflict = recurrence_conflict(rule)) return refuse(ErrorCode::invalid, *conflict);
  return rule;
}

bool needs_no_start(const Recurrence& rule) {
  if (rule.interval != 1 || rule.count) return false;
  switch (rule.frequency) {
    case Recurrence::Frequency::daily:
      return true;
    case Recurrence::Frequency::weekly:
      return !rule.by_day.empty();
    case Recurrence::Frequency::monthly:
      return !rule.by_day.empty() || !rule.by_month_day.empty();
    case Recurrence::Frequency::yearly:
      return !rule.by_day.empty() || !rule.by_month_day.empty();
  }
  return false;
}

std::vector<LocalTime> expand(const Recurrence& rule, LocalTime start, LocalTime from, LocalTime to,
                              std::size_t most) {
  const auto first_day = std::chrono::floor<days>(start);
  const auto clock = start - first_day;
  const RecurrenceDays rule_days(rule, first_day);
  std::vector<LocalTime> found;
  // A count must be counted from the start; everything else can begin near `from`.
  std::int64_t period = rule.count ? 0 : rule_days.period_of(std::chrono::floor<days>(from));
  unsigned counted = 0;
  while (found.size() < most) {
    local_days begins;
    const auto of_period = rule_days.of(period++, begins);
    if (begins >= to || begins - first_day > days{366 * 8'000}) break;
    for (const auto day : of_period) {
      const LocalTime time = day + clock;
      if (time < start) continue;
      if (time >= to || (rule.until && time > *rule.until)) return found;
      if (rule.count && counted++ >= *rule.count) return found;
      if (time >= from && found.size() < most) found.push_back(time);
    }
  }
  return found;
}

RuleDates meetings(const ScheduleRule& rule, LocalTime from, LocalTime to, std::size_t most,
                   std::optional<LocalTime> until) {
  RuleDates result;
  const auto start = parse_local_time(rule.dtstart);
  const auto clock =
      start ? std::optional<std::chrono::seconds>(*start - std::chrono::floor<days>(*start))
            : recurrence_clock(rule.start);
  const auto skipped = recurrence_exceptions(rule.exdates);
  const auto added = recurrence_exceptions(rule.rdates);

  std::optional<Recurrence> repeats;
  if (!rule.rrule.empty()) {
    auto parsed = parse_recurrence(rule.rrule);
    if (!parsed) {
      result.known = DatesKnown::not_understood;
    } else {
      repeats = std::move(*parsed);
      if (until && repeats->until_is_utc) repeats->until = until;
      if (!clock) {
        result.known = DatesKnown::time_unknown;
      } else if (!start && !needs_no_start(*repeats)) {
        result.known = repeats->interval > 1 || repeats->count ? DatesKnown::start_unknown
                                                               : DatesKnown::days_unknown;
      }
    }
  } else if (!start && added.empty()) {
    result.known = clock ? DatesKnown::days_unknown : DatesKnown::time_unknown;
  }

  std::vector<LocalTime> dates;
  if (repeats && result.known == DatesKnown::known) {
    // Without a first date any day will do for a rule that names its days.
    const auto begin = start ? *start : std::chrono::floor<days>(from) + *clock;
    // The exceptions may take away as many as there are of them.
    dates = expand(*repeats, begin, from, to, most + skipped.size());
  } else if (rule.rrule.empty() && start && *start >= from && *start < to) {
    dates.push_back(*start);
  }
  std::erase_if(dates, [&](LocalTime date) {
    return std::any_of(skipped.begin(), skipped.end(), [&](const auto& skip) {
      return skip.whole_day ? std::chrono::floor<days>(date) == std::chrono::floor<days>(skip.time)
                            : date == skip.time;
    });
  });
  for (const auto& extra : added) {
    if (extra.whole_day && !clock) continue;
    const auto date = extra.whole_day ? extra.time + *clock : extra.time;
    if (date >= from && date < to) dates.push_back(date);
  }
  std::sort(dates.begin(), dates.end());
  dates.erase(std::unique(dates.begin(), dates.end()), dates.end());
  if (dates.size() > most) dates.resize(most);
  result.dates = std::move(dates);
  return result;
}

}  // namespace protocol
