#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "protocol/document/text_safety.h"
#include "protocol/trust/check_rules.h"

namespace protocol {

namespace {

constexpr std::array<std::string_view, 12> kCheckMonths = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::size_t kQuotedBytes = 120;

}  // namespace

std::string check_date(Date date, Date today) {
  const std::chrono::year_month_day day(date);
  std::string text(kCheckMonths[static_cast<unsigned>(day.month()) - 1]);
  text += "\u00a0" + std::to_string(static_cast<unsigned>(day.day()));
  if (day.year() != std::chrono::year_month_day(today).year())
    text += ", " + std::to_string(static_cast<int>(day.year()));
  return text;
}

std::string check_date(Timestamp time, Date today) {
  return check_date(std::chrono::floor<std::chrono::days>(time), today);
}

std::string check_date(std::string_view date, Date today) {
  if (const auto day = parse_date(date)) return check_date(*day, today);
  if (const auto day = parse_date(std::string(date) + "-01")) {
    const std::chrono::year_month_day month(*day);
    return std::string(kCheckMonths[static_cast<unsigned>(month.month()) - 1]) + "\u00a0" +
           std::to_string(static_cast<int>(month.year()));
  }
  return std::string(date);
}

std::string check_count(long count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string check_joined(const std::vector<std::string>& items, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i + 1 == items.size() ? " " + std::string(last) + " " : ", ";
    text += items[i];
  }
  return text;
}

std::string check_lower(std::string text) {
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && !(text[1] >= 'A' && text[1] <= 'Z'))
    text[0] = static_cast<char>(text[0] + 32);
  return text;
}

std::string check_host(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  return std::string(url.substr(0, url.find(':')));
}

std::string check_money(double amount, std::string_view currency) {
  std::array<char, 400> digits{};  // any finite number fits
  const bool whole = std::abs(amount - std::round(amount)) < 0.005;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), amount,
                                 std::chars_format::fixed, whole ? 0 : 2);
  std::string number(digits.data(), end.ptr);
  const auto point = std::min(number.find('.'), number.size());
  for (std::size_t at = point; at > 3 && number[at - 4] != '-';) number.insert(at -= 3, ",");
  if (currency.empty() || currency == "USD") return "$" + number;
  return number + " " + std::string(currency);
}

std::string check_quoted(std::string_view text) {
  std::string made;
  for (const char c : text) made += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  if (dangerous_character(made)) {
    // A name that turns the direction of the line would turn our sentence with it.
    std::erase_if(made, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  }
  if (made.size() <= kQuotedBytes) return made;
  std::size_t end = kQuotedBytes;
  while (end > 0 && (static_cast<unsigned char>(made[end]) & 0xC0U) == 0x80U) --end;
  return made.substr(0, end) + "…";
}

bool check_has(const std::vector<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

CheckResult check_passes(std::string text, std::string evidence) {
  CheckResult result;
  result.outcome = CheckOutcome::pass;
  result.text = std::move(text);
  result.evidence = std::move(evidence);
  return result;
}

CheckResult check_asks(std::string text, std::string question, std::string evidence) {
  auto result = check_passes(std::move(text), std::move(evidence));
  result.outcome = CheckOutcome::check;
  result.question = std::move(question);
  return result;
}

CheckResult check_warns(std::string text, std::string question, std::string evidence) {
  auto result = check_asks(std::move(text), std::move(question), std::move(evidence));
  result.outcome = CheckOutcome::warning;
  return result;
}

CheckResult check_skips(std::string text) {
  CheckResult result;
  result.text = std::move(text);
  return result;
}

CheckResult check_finds(const CheckNote& finding, std::string pass, std::string ask,
                        std::string warning, std::string question) {
  switch (finding.outcome) {
    case CheckOutcome::pass:
      return check_passes(std::move(pass));
    case CheckOutcome::check:
      return check_asks(std::move(ask), std::move(question));
    case CheckOutcome::warning:
      return check_warns(std::move(warning), std::move(question));
    case CheckOutcome::not_applicable:
      return check_skips("It does not apply to this group.");
  }
  return {};
}

}  // namespace protocol
