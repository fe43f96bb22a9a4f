#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace protocol {

/// Wire time: whole seconds of UTC. Durations are chrono types; steady_clock is for timeouts.
using Timestamp = std::chrono::sys_seconds;
using Date = std::chrono::sys_days;

/// Only `YYYY-MM-DDThh:mm:ssZ`, a real day, no leap second, years 1970 to 9999 (SPEC 2.3).
std::optional<Timestamp> parse_timestamp(std::string_view text);
/// Throws std::out_of_range outside those years: check a number from a stranger before it is shown.
std::string format_timestamp(Timestamp time);

/// Only `YYYY-MM-DD`, a real day, years 1970 to 9999.
std::optional<Date> parse_date(std::string_view text);
/// Throws std::out_of_range outside those years.
std::string format_date(Date date);

/// 9999-12-31T23:59:59Z, the last moment that can be written. As `now` it judges nothing to lie in
/// the future: for what was accepted once and is only read again.
inline constexpr Timestamp kLatestTimestamp{std::chrono::seconds{253'402'300'799}};

inline Timestamp from_unix(std::int64_t seconds) {
  return Timestamp{std::chrono::seconds{seconds}};
}
inline std::int64_t to_unix(Timestamp time) { return time.time_since_epoch().count(); }

}  // namespace protocol
