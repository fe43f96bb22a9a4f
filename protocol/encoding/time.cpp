#include "protocol/encoding/time.h"

#include <stdexcept>

namespace protocol {

namespace {

/// `count` digits at `at`, or -1. The caller has checked the length.
int time_digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

void time_append(std::string& out, unsigned value, int width) {
  const std::string digits = std::to_string(value);
  out.append(static_cast<std::size_t>(width) - digits.size(), '0');
  out += digits;
}

constexpr Date kFirstDate{std::chrono::days{0}};
constexpr Date kLastDate{std::chrono::year{9999} / std::chrono::December / 31};

}  // namespace

std::optional<Date> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = time_digits(text, 0, 4);
  const int month = time_digits(text, 5, 2);
  const int day = time_digits(text, 8, 2);
  if (year < 1970 || month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return Date{date};
}

std::string format_date(Date date) {
  if (date < kFirstDate || date > kLastDate) {
    throw std::out_of_range("a date outside the years 1970 to 9999 has no text");
  }
  const std::chrono::year_month_day parts{date};
  std::string out;
  time_append(out, static_cast<unsigned>(static_cast<int>(parts.year())), 4);
  out += '-';
  time_append(out, static_cast<unsigned>(parts.month()), 2);
  out += '-';
  time_append(out, static_cast<unsigned>(parts.day()), 2);
  return out;
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  if (text.size() != 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      text[19] != 'Z') {
    return std::nullopt;
  }
  const auto date = parse_date(text.substr(0, 10));
  const int hour = time_digits(text, 11, 2);
  const int minute = time_digits(text, 14, 2);
  const int second = time_digits(text, 17, 2);
  if (!date || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
    return std::nullopt;
  }
  return *date + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second};
}

std::string format_timestamp(Timestamp time) {
  // Compared in seconds: floor<days> of a number that a stranger sent could overflow its year.
  if (time < Timestamp{kFirstDate} || time >= Timestamp{kLastDate + std::chrono::days{1}}) {
    throw std::out_of_range("a time outside the years 1970 to 9999 has no text");
  }
  const Date date = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::hh_mm_ss clock{time - date};
  std::string out = format_date(date);
  out += 'T';
  time_append(out, static_cast<unsigned>(clock.hours().count()), 2);
  out += ':';
  time_append(out, static_cast<unsigned>(clock.minutes().count()), 2);
  out += ':';
  time_append(out, static_cast<unsigned>(clock.seconds().count()), 2);
  out += 'Z';
  return out;
}

}  // namespace protocol
