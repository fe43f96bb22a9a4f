#include "node/pages/words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <unicode/locid.h>
#include <unicode/unistr.h>

#include "protocol/document/computed.h"
#include "protocol/document/vocabularies.h"

namespace node {

namespace {

using protocol::Vocabulary;

constexpr std::array<std::string_view, 12> kWordsMonths = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct WordsDay {
  std::string_view code, name;
};
constexpr std::array<WordsDay, 7> kWordsDays = {{{"SU", "Sunday"},
                                                 {"MO", "Monday"},
                                                 {"TU", "Tuesday"},
                                                 {"WE", "Wednesday"},
                                                 {"TH", "Thursday"},
                                                 {"FR", "Friday"},
                                                 {"SA", "Saturday"}}};

struct WordsZone {
  std::string_view tzid, brief, full;
};
constexpr WordsZone kWordsZones[] = {
    {"America/New_York", "ET", "Eastern Time"},
    {"America/Detroit", "ET", "Eastern Time"},
    {"America/Toronto", "ET", "Eastern Time"},
    {"America/Indiana/Indianapolis", "ET", "Eastern Time"},
    {"America/Kentucky/Louisville", "ET", "Eastern Time"},
    {"US/Eastern", "ET", "Eastern Time"},
    {"America/Chicago", "CT", "Central Time"},
    {"America/Winnipeg", "CT", "Central Time"},
    {"US/Central", "CT", "Central Time"},
    {"America/Denver", "MT", "Mountain Time"},
    {"America/Boise", "MT", "Mountain Time"},
    {"America/Edmonton", "MT", "Mountain Time"},
    {"US/Mountain", "MT", "Mountain Time"},
    {"America/Phoenix", "MST", "Arizona time"},
    {"America/Los_Angeles", "PT", "Pacific Time"},
    {"America/Vancouver", "PT", "Pacific Time"},
    {"US/Pacific", "PT", "Pacific Time"},
    {"America/Anchorage", "AKT", "Alaska Time"},
    {"Pacific/Honolulu", "HST", "Hawaii Time"},
    {"America/Puerto_Rico", "AST", "Atlantic Time"},
    {"America/Halifax", "AT", "Atlantic Time"},
    {"UTC", "UTC", "UTC"},
    {"Etc/UTC", "UTC", "UTC"},
};

std::optional<std::int64_t> words_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> words_amount(std::string_view text) {
  if (text.empty() || text.size() > 16) return std::nullopt;
  if (!std::all_of(text.begin(), text.end(),
                   [](char c) { return (c >= '0' && c <= '9') || c == '.'; }))
    return std::nullopt;
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> words_split(std::string_view list, char between) {
  std::vector<std::string_view> parts;
  while (!list.empty()) {
    const auto end = std::min(list.find(between), list.size());
    parts.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}

std::string_view words_rule_part(std::string_view rrule, std::string_view name) {
  for (const auto part : words_split(rrule, ';')) {
    if (part.size() > name.size() && part.starts_with(name) && part[name.size()] == '=')
      return part.substr(name.size() + 1);
  }
  return {};
}

std::string words_ordinal(std::int64_t n) {
  if (n == -1) return "last";
  if (n < 0) return words_ordinal(-n) + " to last";
  const auto tens = n % 100;
  const std::string_view ending = tens >= 11 && tens <= 13 ? "th"
                                  : n % 10 == 1            ? "st"
                                  : n % 10 == 2            ? "nd"
                                  : n % 10 == 3            ? "rd"
                                                           : "th";
  return std::to_string(n) + std::string(ending);
}

std::string_view words_day_name(std::string_view code) {
  for (const auto& day : kWordsDays) {
    if (day.code == code) return day.name;
  }
  return {};
}

struct WordsByDay {
  std::optional<std::int64_t> position;
  std::string_view code;
};

std::vector<WordsByDay> words_by_days(std::string_view rrule) {
  std::vector<WordsByDay> days;
  for (const auto item : words_split(words_rule_part(rrule, "BYDAY"), ',')) {
    if (item.size() < 2) continue;
    auto number = item.substr(0, item.size() - 2);
    if (number.starts_with('+')) number.remove_prefix(1);
    days.push_back({words_integer(number), item.substr(item.size() - 2)});
  }
  return days;
}

/// "every other", "every 3rd"; empty for every single one.
std::int64_t words_interval(std::string_view rrule) {
  const auto interval = words_integer(words_rule_part(rrule, "INTERVAL")).value_or(1);
  return interval >= 1 && interval <= 1000 ? interval : 1;
}

std::string words_every(std::int64_t interval, std::string_view unit) {
  if (interval == 1) return "Every " + std::string(unit);
  if (interval == 2) return "Every other " + std::string(unit);
  return "Every " + std::to_string(interval) + " " + std::string(unit) + "s";
}

bool words_are_weekdays(const std::vector<std::string>& codes) {
  return codes.size() == 5 && std::none_of(codes.begin(), codes.end(), [](const std::string& day) {
           return day == "Saturday" || day == "Sunday";
         });
}

std::string words_weekly(const protocol::ScheduleRule& rule, std::int64_t interval) {
  std::vector<std::string> days;
  for (const auto& day : words_by_days(rule.rrule))
    if (const auto name = words_day_name(day.code); !name.empty()) days.emplace_back(name);
  if (days.empty() && rule.dtstart.size() >= 10) {
    // A weekly rule without a day means the weekday of its first date.
    if (const auto first = protocol::parse_date(rule.dtstart.substr(0, 10)))
      days.emplace_back(kWordsDays[std::chrono::weekday(*first).c_encoding()].name);
  }
  if (days.empty()) return words_every(interval, "week");
  const std::string named = words_are_weekdays(days) ? "weekday" : joined_words(days);
  if (interval <= 2) return words_every(interval, named);
  return "Every " + std::to_string(interval) + " weeks, " + named;
}

std::string words_monthly(const protocol::ScheduleRule& rule, std::int64_t interval) {
  std::string months;
  if (interval == 2) months = ", every other month";
  if (interval > 2) months = ", every " + std::to_string(interval) + " months";

  auto days = words_by_days(rule.rrule);
  std::vector<std::int64_t> positions;
  for (const auto item : words_split(words_rule_part(rule.rrule, "BYSETPOS"), ','))
    if (const auto n = words_integer(item)) positions.push_back(*n);
  // "BYDAY=TU;BYSETPOS=2" says what "BYDAY=2TU" says, as long as it is about one weekday.
  if (!positions.empty() && days.size() == 1 && !days[0].position) {
    const auto code = days[0].code;
    days.clear();
    for (const auto n : positions) days.push_back({n, code});
  } else if (!positions.empty()) {
    return "Once a month" + months;
  }
  if (!days.empty()) {
    const bool same_day = std::all_of(days.begin(), days.end(),
                                      [&](const auto& day) { return day.code == days[0].code; });
    const bool with_positions =
        std::all_of(days.begin(), days.end(), [](const auto& day) { return day.position; });
    std::vector<std::string> items;
    for (const auto& day : days) {
      if (same_day && with_positions) {
        items.push_back(words_ordinal(*day.position));
      } else {
        items.push_back((day.position ? words_ordinal(*day.position) : std::string("every")) + " " +
                        std::string(words_day_name(day.code)));
      }
    }
    std::string text = joined_words(items);
    if (same_day && with_positions) text += " " + std::string(words_day_name(days[0].code));
    if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
    return text + months;
  }
  std::vector<std::string> month_days;
  for (const auto item : words_split(words_rule_part(rule.rrule, "BYMONTHDAY"), ','))
    if (const auto n = words_integer(item)) month_days.push_back(words_ordinal(*n));
  if (!month_days.empty()) return "On the " + joined_words(month_days) + " of the month" + months;
  if (interval == 1) return "Once a month";
  return words_every(interval, "month");
}

std::string words_clock(std::int64_t minutes, bool with_half) {
  const auto hour = (minutes / 60) % 24;
  const auto minute = minutes % 60;
  const auto shown = hour % 12 == 0 ? 12 : hour % 12;
  std::string text = std::to_string(shown) + (minute < 10 ? ":0" : ":") + std::to_string(minute);
  if (with_half) text += hour < 12 ? "\u00a0AM" : "\u00a0PM";
  return text;
}

std::string words_time(const protocol::ScheduleRule& rule) {
  const std::string clock = rule.dtstart.size() >= 16 ? rule.dtstart.substr(11, 5) : rule.start;
  std::optional<std::int64_t> start;
  if (clock.size() == 5) {
    const auto hour = words_integer(std::string_view(clock).substr(0, 2));
    const auto minute = words_integer(std::string_view(clock).substr(3));
    if (hour && minute && *hour >= 0 && *hour < 24 && *minute >= 0 && *minute < 60)
      start = *hour * 60 + *minute;
  }
  const auto length = rule.duration.value_or(0);
  std::string text;
  if (start && length > 0 && length < 24 * 60) {
    const auto end = *start + length;
    const bool same_half = (*start / 720) == (end / 720);
    text = words_clock(*start, !same_half) + "–" + words_clock(end, true);
  } else if (start) {
    text = words_clock(*start, true);
    if (length > 0) text += ", " + counted(static_cast<std::size_t>(length / 60), "hour", "hours");
  } else if (length > 0) {
    text = counted(static_cast<std::size_t>(length), "minute", "minutes");
  }
  if (start && !rule.tzid.empty()) {
    std::string zone = rule.tzid;
    for (const auto& known : kWordsZones)
      if (known.tzid == rule.tzid) zone = known.brief;
    text += " (" + zone + ")";
  }
  return text;
}

std::string words_money(double value, std::string_view currency) {
  struct Sign {
    std::string_view code, sign;
  };
  constexpr Sign kSigns[] = {{"USD", "$"},   {"CAD", "CA$"}, {"AUD", "A$"},
                             {"NZD", "NZ$"}, {"GBP", "£"},   {"EUR", "€"}};
  const auto cents = std::llround(value * 100);
  std::string digits = std::to_string(cents / 100);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  if (const auto rest = cents % 100; rest != 0)
    digits += (rest < 10 ? ".0" : ".") + std::to_string(rest);
  for (const auto& known : kSigns)
    if (known.code == currency) return std::string(known.sign) + digits;
  return currency.empty() ? digits : digits + " " + std::string(currency);
}

std::string words_option_amount(const protocol::CostOption& option) {
  std::string text = money_words(option.amount, option.currency);
  if (!option.amount_max.empty()) text += "–" + money_words(option.amount_max, option.currency);
  return text;
}

std::string words_option(const protocol::CostOption& option) {
  std::string text;
  if (option.amount.empty()) {
    text = option.label.empty() ? std::string("amount not stated") : option.label;
  } else {
    if (!option.label.empty()) text = option.label + ": ";
    text += words_option_amount(option);
    if (option.currency.empty()) text += " (currency not stated)";
    if (!option.per.empty()) text += " " + protocol::label(Vocabulary::cost_per, option.per);
  }
  if (option.upfront.value_or(false)) text += ", due before the first meeting";
  if (!option.for_whom.empty() && option.for_whom != "all")
    text += " for " + within_sentence(protocol::label(Vocabulary::cost_for, option.for_whom));
  return text;
}

std::string words_range(const protocol::AmountRange& range) {
  const auto whole = [](std::int64_t cents) {
    return std::round(static_cast<double>(cents) / 100);
  };
  std::string text = words_money(whole(range.low_cents), range.currency);
  if (whole(range.high_cents) > whole(range.low_cents))
    text += "–" + words_money(whole(range.high_cents), range.currency);
  return text;
}

std::string words_ranges(const std::vector<protocol::AmountRange>& ranges) {
  std::vector<std::string> texts;
  for (const auto& range : ranges) texts.push_back(words_range(range));
  return joined_words(texts, "or");
}

std::string words_year(const protocol::Listing& listing) {
  const auto& options = listing.cost->options;
  if (std::all_of(options.begin(), options.end(),
                  [](const auto& option) { return option.per == "year"; }))
    return {};  // the amount has said it
  const auto picture = protocol::cost_picture(listing);
  std::string text;
  if (!picture.per_year.empty()) {
    text = "About " + words_ranges(picture.per_year) + " a year";
    if (!picture.once.empty()) text += ", besides what is paid once";
    if (!picture.non_members.empty())
      text += "; " + words_ranges(picture.non_members) + " for non-members";
  } else if (!picture.non_members.empty()) {
    text = "About " + words_ranges(picture.non_members) + " a year for non-members";
  }
  return text.empty() ? text : text + ".";
}

std::string words_place(const protocol::Place& place) {
  std::vector<std::string> parts;
  if (!place.locality.empty()) parts.push_back(place.locality);
  if (!place.region.empty()) parts.push_back(protocol::region_name(place.region));
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

}  // namespace

std::string date_words(protocol::Date date, protocol::Date today) {
  const std::chrono::year_month_day day(date);
  std::string text(kWordsMonths[static_cast<unsigned>(day.month()) - 1]);
  text += "\u00a0" + std::to_string(static_cast<unsigned>(day.day()));
  if (day.year() != std::chrono::year_month_day(today).year())
    text += ", " + std::to_string(static_cast<int>(day.year()));
  return text;
}

std::string date_words(std::string_view date, protocol::Date today) {
  const auto day = protocol::parse_date(date);
  return day ? date_words(*day, today) : std::string(date);
}

std::string date_words(protocol::Timestamp time, protocol::Date today) {
  return date_words(std::chrono::floor<std::chrono::days>(time), today);
}

std::string joined_words(const std::vector<std::string>& items, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i + 1 == items.size() ? " " + std::string(last) + " " : ", ";
    text += items[i];
  }
  return text;
}

std::string label_words(Vocabulary vocabulary, const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values) {
    const auto words = protocol::label(vocabulary, value);
    text += text.empty() ? words : ", " + within_sentence(words);
  }
  return text;
}

std::string within_sentence(std::string text) {
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && !(text[1] >= 'A' && text[1] <= 'Z'))
    text[0] = static_cast<char>(text[0] + 32);
  return text;
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return words_money(static_cast<double>(count), "") + " " + std::string(count == 1 ? one : many);
}

std::string schedule_words(const protocol::ScheduleRule& rule, protocol::Date today) {
  const auto frequency = words_rule_part(rule.rrule, "FREQ");
  const auto interval = words_interval(rule.rrule);
  std::string days;
  if (frequency == "WEEKLY") {
    days = words_weekly(rule, interval);
  } else if (frequency == "MONTHLY") {
    days = words_monthly(rule, interval);
  } else if (frequency == "DAILY") {
    days = words_by_days(rule.rrule).empty() ? words_every(interval, "day") : words_weekly(rule, 1);
  } else if (frequency == "YEARLY") {
    days = interval == 1 ? "Once a year" : words_every(interval, "year");
  } else {
    std::vector<std::string> dates;
    if (rule.dtstart.size() >= 10)
      dates.push_back(date_words(std::string_view(rule.dtstart).substr(0, 10), today));
    for (const auto& date : rule.rdates)
      dates.push_back(date_words(std::string_view(date).substr(0, 10), today));
    days = joined_words(dates);
  }
  std::string text = days;
  if (const auto time = words_time(rule); !time.empty()) text += (text.empty() ? "" : ", ") + time;
  if (const auto until = words_rule_part(rule.rrule, "UNTIL"); until.size() >= 8) {
    const auto date = std::string(until.substr(0, 4)) + "-" + std::string(until.substr(4, 2)) +
                      "-" + std::string(until.substr(6, 2));
    if (protocol::parse_date(date)) text += ", until " + date_words(date, today);
  }
  if (const auto count = words_integer(words_rule_part(rule.rrule, "COUNT")); count && *count > 0)
    text += ", " + counted(static_cast<std::size_t>(*count), "meeting", "meetings") + " in all";
  return text;
}

std::string schedule_words(const protocol::Listing& listing, protocol::Date today) {
  std::string text;
  for (const auto& rule : listing.schedule) {
    const auto words = schedule_words(rule, today);
    if (!words.empty()) text += (text.empty() ? "" : "; ") + words;
  }
  if (!listing.meets.empty()) {
    const auto words = protocol::label(Vocabulary::meets, listing.meets);
    text += text.empty() ? words : ". " + words;
  }
  return text;
}

std::string zone_words(std::string_view tzid) {
  for (const auto& known : kWordsZones)
    if (known.tzid == tzid) return std::string(known.full);
  return std::string(tzid);
}

std::string money_words(std::string_view amount, std::string_view currency) {
  const auto value = words_amount(amount);
  return value ? words_money(*value, currency) : std::string(amount);
}

std::string range_words(const std::vector<protocol::AmountRange>& ranges) {
  return words_ranges(ranges);
}

namespace {

/// "Free for members; $20 a meeting for non-members."
CostWords words_free(const protocol::Cost& cost) {
  std::vector<std::string> whom, others;
  bool paid = false;
  for (const auto& option : cost.options) {
    const bool for_some = !option.for_whom.empty() && option.for_whom != "all";
    const bool nothing = option.amount.empty() ? option.label.empty()
                                               : words_amount(option.amount).value_or(1) == 0 &&
                                                     option.amount_max.empty();
    if (nothing && for_some) {
      whom.push_back(within_sentence(protocol::label(Vocabulary::cost_for, option.for_whom)));
    } else if (!nothing) {
      others.push_back(words_option(option));
      paid = paid || !option.amount.empty();
    }
  }
  CostWords words;
  words.amount = whom.empty() ? "Free" : "Free for " + joined_words(whom);
  for (const auto& other : others) words.amount += "; " + other;
  words.amount += ".";
  if (!whom.empty() && !paid) words.amount += " What others pay is not stated.";
  if (whom.empty() && others.empty()) words.year = "$0 a year.";
  return words;
}

}  // namespace

CostWords cost_words(const protocol::Listing& listing) {
  if (!listing.cost) return {};
  const auto& cost = *listing.cost;
  std::vector<std::string> options;
  for (const auto& option : cost.options) {
    // "Included in membership" has said it.
    if (cost.model == "included_in_membership" && option.amount.empty() && option.label.empty())
      continue;
    options.push_back(words_option(option));
  }
  std::string amounts;
  for (const auto& option : options) amounts += (amounts.empty() ? "" : "; ") + option;

  const auto with = [&](std::string_view lead, std::string_view alone) {
    const bool begins = lead.empty() || lead.ends_with(". ");
    if (begins && amounts.starts_with("amount not stated")) amounts.front() = 'A';
    return amounts.empty() ? std::string(alone) : std::string(lead) + amounts + ".";
  };
  CostWords words;
  if (cost.model == "free") return words_free(cost);
  if (cost.model == "employer_paid")
    return {with("Your employer pays. ", "Your employer pays."), "$0 a year for you."};
  if (cost.model == "swap") return {with("An exchange: ", "An exchange, no money."), ""};
  if (cost.model == "included_in_membership")
    return {with("Included in membership. ", "Included in membership."), ""};
  if (cost.model == "donation") {
    words.amount = with("By donation: ", "By donation.");
  } else if (cost.model == "sliding_scale") {
    words.amount =
        amounts.empty() ? "Sliding scale. Amounts not stated." : amounts + ", you choose.";
  } else if (cost.model == "fee_per_meeting") {
    words.amount = with("", "A fee for each meeting. Amount not stated.");
  } else if (cost.model == "fee_per_term") {
    words.amount = with("", "A fee for each term. Amount not stated.");
  } else if (cost.model == "subscription") {
    words.amount = with("", "A subscription. Amount not stated.");
  } else if (cost.model.empty()) {
    words.amount = with("", "");
  } else {
    const auto model = protocol::label(Vocabulary::cost_model, cost.model);
    words.amount = amounts.empty() ? model : model + ": " + amounts + ".";
  }
  words.year = words_year(listing);
  return words;
}

std::string places_words(const protocol::Capacity& capacity, protocol::Date today) {
  std::string text;
  const auto as_of = protocol::parse_date(capacity.as_of);
  if (capacity.openings) {
    // What was open long ago says nothing about today (SPEC 4.3).
    if (!as_of) {
      text = "Unknown: it does not say since when";
    } else if (today - *as_of > std::chrono::days{60}) {
      text = "Unknown: last said over 60 days ago";
    } else if (*capacity.openings == 0) {
      text = "Full on " + date_words(*as_of, today);
    } else {
      text = std::to_string(*capacity.openings) +
             (capacity.max ? " of " + std::to_string(*capacity.max) : std::string()) + " open on " +
             date_words(*as_of, today);
    }
  } else if (capacity.max) {
    text = "Up to " + counted(static_cast<std::size_t>(std::max<std::int64_t>(*capacity.max, 0)),
                              "person", "people");
  }
  if (capacity.waitlist.value_or(false))
    text += text.empty() ? "Waiting list" : ". Waiting list when full";
  return text;
}

std::string kind_words(const protocol::Listing& listing) {
  std::vector<std::string> kinds;
  for (const auto& kind : listing.kinds) {
    const auto words = protocol::label(Vocabulary::kinds, kind);
    kinds.push_back(kinds.empty() ? words : within_sentence(words));
  }
  std::string text = joined_words(kinds);
  std::vector<std::string> formats;
  for (const auto& format : listing.formats)
    formats.push_back(within_sentence(protocol::label(Vocabulary::formats, format)));
  if (!formats.empty()) text += (text.empty() ? "" : ", ") + joined_words(formats);
  return text;
}

std::string format_note(std::string_view format) {
  if (format == "in_person")
    return "In person: one reads the room, and nothing goes over a network. Getting there and back "
           "takes time, and in a small town people know one another.";
  if (format == "video")
    return "By video: nobody has to travel, and colleagues from beyond your town can come. How "
           "private it is depends on the service, and on the room that each person sits in.";
  if (format == "phone")
    return "By telephone: no screen, and nobody has to travel. You hear who is there and cannot "
           "see it.";
  if (format == "hybrid")
    return "Some in one room and some by video: open to both. Ask how those at a distance are "
           "heard.";
  if (format == "async_text" || format == "message_group")
    return "In writing: at any hour and at your own pace. What is written stays, so leave out "
           "whatever could tell who a client is.";
  return {};
}

std::string where_words(const protocol::Listing& listing) {
  const std::string place = words_place(listing.place);
  std::vector<std::string> ways;
  bool placed = false;
  for (const auto& format : listing.formats) {
    std::string way = protocol::label(Vocabulary::formats, format);
    if (format == "video") way = "Video";
    if (format == "phone") way = "Phone";
    const bool meets_somewhere = format == "in_person" || format == "hybrid";
    if (meets_somewhere && !placed) {
      placed = true;
      way = place.empty() ? way + ", place not stated" : place + ", " + within_sentence(way);
    } else if (format == "video" && !listing.platform_name.empty()) {
      way += " on " + listing.platform_name;
    }
    ways.push_back(ways.empty() ? way : within_sentence(way));
  }
  if (ways.empty()) return place;
  std::string text;
  for (const auto& way : ways) text += (text.empty() ? "" : "; ") + way;
  return text;
}

std::string run_by_words(const protocol::Listing& listing) {
  std::vector<std::string> people;
  for (const auto& leader : listing.leaders) {
    if (!leader.consent || leader.display_name.empty()) continue;
    people.push_back(leader.display_name +
                     (leader.credentials.empty() ? "" : ", " + leader.credentials) +
                     (leader.role.empty() ? "" : " (" + within_sentence(leader.role) + ")"));
  }
  std::string text;
  for (const auto& person : people) text += (text.empty() ? "" : "; ") + person;
  if (text.empty() && !listing.facilitation.empty())
    text = protocol::label(Vocabulary::facilitation, listing.facilitation);
  if (!listing.sponsor.name.empty())
    text += text.empty() ? listing.sponsor.name : ", with " + listing.sponsor.name;
  if (!listing.accountable_via.empty()) {
    if (!text.empty()) text += ". ";
    text += listing.accountable_via + " knows who leads and answers for the group";
  }
  return text;
}

std::string license_words(const protocol::License& license) {
  std::string text = protocol::label(Vocabulary::license_family, license.family);
  if (!license.level.empty())
    text += " (" + within_sentence(protocol::label(Vocabulary::license_level, license.level)) + ")";
  return text;
}

std::string eligibility_words(const protocol::Listing& listing) {
  // Whatever else was signed: no license counts there, and every card of one says so.
  if (listing.audience == "lived_experience")
    return "People with lived experience; no license is asked for";
  std::vector<std::string> sentences;
  if (!listing.licenses.empty()) {
    std::vector<std::string> licenses;
    for (const auto& license : listing.licenses) {
      const auto words = license_words(license);
      licenses.push_back(licenses.empty() ? words : within_sentence(words));
    }
    sentences.push_back(joined_words(licenses, "or"));
    if (!listing.license_rule.empty() && listing.license_rule != "listed")
      sentences.push_back(protocol::label(Vocabulary::license_rule, listing.license_rule));
  } else if (!listing.license_rule.empty()) {
    sentences.push_back(listing.license_rule == "listed"
                            ? std::string("Only some licenses, and the listing does not say which")
                            : protocol::label(Vocabulary::license_rule, listing.license_rule));
  }
  if (!listing.license_jurisdictions.empty()) {
    std::vector<std::string> names;
    for (const auto& code : listing.license_jurisdictions)
      names.push_back(protocol::region_name(code));
    sentences.push_back("Licensed in " + joined_words(names, "or"));
  } else if (!listing.license_region_rule.empty()) {
    sentences.push_back(
        protocol::label(Vocabulary::license_region_rule, listing.license_region_rule));
  }
  std::string text;
  for (const auto& sentence : sentences) text += (text.empty() ? "" : ". ") + sentence;
  return text;
}

std::string confirmed_by_words(std::string_view role) {
  return "by " + within_sentence(protocol::label(Vocabulary::confirmed_by_role, role));
}

std::string language_words(std::string_view tag) {
  UErrorCode status = U_ZERO_ERROR;
  const auto locale = icu::Locale::forLanguageTag(
      icu::StringPiece(tag.data(), static_cast<std::int32_t>(tag.size())), status);
  if (U_FAILURE(status) != 0 || locale.isBogus() != 0 || locale.getLanguage()[0] == '\0')
    return std::string(tag);
  icu::UnicodeString name;
  locale.getDisplayName(icu::Locale::getEnglish(), name);
  std::string text;
  name.toUTF8String(text);
  return text;
}

std::string data_license_words(std::string_view spdx) {
  struct Name {
    std::string_view id, words;
  };
  constexpr Name kNames[] = {
      {"CC-BY-4.0", "Creative Commons Attribution 4.0"},
      {"CC-BY-SA-4.0", "Creative Commons Attribution-ShareAlike 4.0"},
      {"CC-BY-NC-4.0", "Creative Commons Attribution-NonCommercial 4.0"},
      {"CC0-1.0", "no rights reserved"},
      {"ODbL-1.0", "Open Database License 1.0"},
      {"PDDL-1.0", "public domain"},
  };
  for (const auto& name : kNames)
    if (name.id == spdx) return std::string(name.words) + " (" + std::string(spdx) + ")";
  return std::string(spdx);
}

std::string recognition_words(const Standing& standing, protocol::Date today) {
  const auto& path = standing.path;
  if (path.empty()) {
    return standing.own ? "This node is its own. Nobody that this node trusts recognizes it."
                        : "Nobody that this node trusts recognizes it.";
  }
  if (path.size() == 1) return "This node’s operator chose to trust it.";
  std::string text = "Recognized by " + path[path.size() - 2].name;
  for (std::size_t i = path.size() - 2; i > 0; --i)
    text += ", which " + path[i - 1].name + " recognizes";
  if (standing.recognized_until)
    text += std::string(path.size() > 2 ? "," : "") + " until " +
            date_words(*standing.recognized_until, today);
  return text + ".";
}

}  // namespace node
