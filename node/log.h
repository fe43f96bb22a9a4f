#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace node {

enum class LogLevel { debug, info, warn, error };

/// One field of a log line. Texts are escaped to ASCII and cut to kMaxLoggedText characters of that
/// when written, so bytes of a stranger can neither forge a line nor flood one. Borrowed: lives as
/// long as the call.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, bool> value;
  bool is_counted_by = false;  ///< see counted_by()

  LogField(std::string_view field, std::string_view text) : name(field), value(text) {}
  LogField(std::string_view field, const std::string& text)
      : name(field), value(std::string_view(text)) {}
  LogField(std::string_view field, const char* text) : name(field), value(std::string_view(text)) {}
  LogField(std::string_view field, bool flag) : name(field), value(flag) {}
  template <std::integral Number>
  requires(!std::same_as<Number, bool>) LogField(std::string_view field, Number number)
      : name(field), value(static_cast<std::int64_t>(number)) {}
};

/// The field that says about whom or what a line is: the peer, the code. Lines of one sentence that
/// differ in it are lines about different things, and none of them is left out because of the
/// other.
template <class Value>
LogField counted_by(std::string_view name, const Value& value) {
  LogField field(name, value);
  field.is_counted_by = true;
  return field;
}

inline constexpr std::size_t kMaxLoggedText = 200;
/// Between two lines about the same thing.
inline constexpr std::chrono::seconds kLogPause{10};
/// So many things are told apart within that time; further ones by their sentence alone.
inline constexpr std::size_t kMaxLogCauses = 1'000;

/// What happened, known when compiling, so that a log can be searched and holds nothing of a
/// request.
struct LogSentence {
  std::string_view text;
  consteval LogSentence(const char* sentence) : text(sentence) {}
};

/// Writes JSON lines: {"time":…,"level":…,"message":…, fields}. Any thread. Nobody hands it a query
/// string, a secret or a full client address: coarse_address() is what may be written of an
/// address.
///
/// What goes wrong a thousand times is one line in kLogPause: of warnings and errors, and of
/// whatever has a counted_by() field, one line is written for each sentence with those fields. The
/// next such line says in `left_out` how many were not written; where none comes, a line of its own
/// says so beside what is logged next, or at the end. Debug lines are all written.
class Log {
 public:
  using Fields = std::initializer_list<LogField>;
  using Sink = std::function<void(std::string_view line)>;
  using SteadyNow = std::function<std::chrono::steady_clock::time_point()>;

  /// To standard error, one line each.
  explicit Log(LogLevel least = LogLevel::info);
  /// To `sink`, called by one thread at a time, without the line end. `now` decides about pauses.
  Log(LogLevel least, Sink sink, SteadyNow now = std::chrono::steady_clock::now);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void debug(LogSentence sentence, Fields fields = {}) const;
  void info(LogSentence sentence, Fields fields = {}) const;
  void warn(LogSentence sentence, Fields fields = {}) const;
  void error(LogSentence sentence, Fields fields = {}) const;

 private:
  void write(LogLevel level, LogSentence sentence, Fields fields) const;

  LogLevel least_;
  SteadyNow now_;
  struct Writer;
  std::unique_ptr<Writer> writer_;
};

/// `text` as the inside of a JSON string, in ASCII only and without `<`, so that it is safe in HTML
/// too. Bytes that are not UTF-8 appear as \\xNN.
std::string json_escaped(std::string_view text);

/// "203.0.113.0/24" or "2001:db8:1::/48"; "local" for an empty text, "unknown" for what is no
/// address.
std::string coarse_address(std::string_view address);

}  // namespace node
