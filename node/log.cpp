#include "node/log.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "protocol/encoding/time.h"

namespace node {

namespace {

class LogCallbackSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit LogCallbackSink(Log::Sink target) : target_(std::move(target)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    target_(std::string_view(message.payload.data(), message.payload.size()));
  }
  void flush_() override {}

 private:
  Log::Sink target_;
};

spdlog::level::level_enum log_spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string_view log_word(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

/// The code point at the start of `text` and its length; length 0 where no UTF-8 begins there.
std::pair<char32_t, std::size_t> log_code_point(std::string_view text) {
  const auto byte = [&](std::size_t at) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[at]));
  };
  const char32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  std::size_t length = 0;
  char32_t least = 0;
  char32_t point = 0;
  if (first >= 0xc2 && first <= 0xdf) {
    length = 2, least = 0x80, point = first & 0x1f;
  } else if (first >= 0xe0 && first <= 0xef) {
    length = 3, least = 0x800, point = first & 0x0f;
  } else if (first >= 0xf0 && first <= 0xf4) {
    length = 4, least = 0x10000, point = first & 0x07;
  } else {
    return {0, 0};
  }
  if (text.size() < length) return {0, 0};
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xc0) != 0x80) return {0, 0};
    point = (point << 6) | (byte(at) & 0x3f);
  }
  if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return {0, 0};
  return {point, length};
}

void log_append_unit(std::string& out, unsigned unit) {
  std::array<char, 7> text{};
  std::snprintf(text.data(), text.size(), "\\u%04x", unit & 0xffffu);
  out += text.data();
}

/// One character of `text`, as it stands inside a JSON string, goes from `text` to the end of
/// `out`; or a byte, where no UTF-8 begins.
void log_append_escaped(std::string& out, std::string_view& text) {
  const auto [point, length] = log_code_point(text);
  if (length == 0) {
    std::array<char, 6> hex{};
    std::snprintf(hex.data(), hex.size(), "\\\\x%02x", static_cast<unsigned char>(text[0]));
    out += hex.data();
    text.remove_prefix(1);
    return;
  }
  if (point == '"' || point == '\\') {
    out += '\\';
    out += static_cast<char>(point);
  } else if (point < 0x20 || point == '<' || (point >= 0x7f && point < 0x10000)) {
    log_append_unit(out, point);
  } else if (point >= 0x10000) {
    log_append_unit(out, 0xd800 + ((point - 0x10000) >> 10));
    log_append_unit(out, 0xdc00 + ((point - 0x10000) & 0x3ff));
  } else {
    out += static_cast<char>(point);
  }
  text.remove_prefix(length);
}

/// At most kMaxLoggedText characters, counted as they are written: a byte that is none of UTF-8 is
/// five of them. Never cut inside of one.
std::string log_escaped_and_cut(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto before = out.size();
    log_append_escaped(out, text);
    if (out.size() > kMaxLoggedText) {
      out.resize(before);
      return out + "...";
    }
  }
  return out;
}

/// `,"name":value`
std::string log_field(const LogField& field) {
  std::string out = ",\"" + json_escaped(field.name) + "\":";
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    out += '"' + log_escaped_and_cut(*text) + '"';
  } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
    out += std::to_string(*number);
  } else {
    out += std::get<bool>(field.value) ? "true" : "false";
  }
  return out;
}

/// The wall clock itself: a line says when it was written, also where tests set the node's clock by
/// hand.
std::string log_time() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::chrono::sys_days day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(now - day);
  std::array<char, 40> stamp{};
  std::snprintf(stamp.data(), stamp.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return stamp.data();
}

}  // namespace

/// What lines are about, and when one of them was written.
class LogCauses {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Silenced {
    LogLevel level;
    std::string_view sentence;
    std::string fields;  // as log_field() writes them
    std::uint64_t left_out;
  };

  /// Nothing where a line about this was written a short while ago. Else how many were left out
  /// since then.
  std::optional<std::uint64_t> pass(LogLevel level, std::string_view sentence,
                                    const std::string& fields, Time now) {
    std::string key(sentence);
    key += fields;
    forget(now);
    auto found = causes_.find(key);
    if (found == causes_.end() && causes_.size() >= kMaxLogCauses) {
      // Sentences are constants of this program: there are few of them.
      key = sentence;
      found = causes_.find(key);
    }
    if (found == causes_.end()) {
      const bool is_apart = key.size() > sentence.size();
      found =
          causes_.try_emplace(key, Cause{level, sentence, is_apart ? fields : "", now, 0}).first;
      written_.emplace_back(now, std::move(key));
      return 0;
    }
    if (now < found->second.written + kLogPause) {
      ++found->second.left_out;
      return std::nullopt;
    }
    found->second.written = now;
    written_.emplace_back(now, std::move(key));
    return std::exchange(found->second.left_out, 0);
  }

  /// Of which lines were left out and, for `all` or after a pause, none has said so.
  std::vector<Silenced> silenced(Time now, bool all) {
    std::vector<Silenced> found;
    for (auto& [key, cause] : causes_) {
      if (cause.left_out == 0 || (!all && now < cause.written + kLogPause)) continue;
      found.push_back(
          {cause.level, cause.sentence, cause.fields, std::exchange(cause.left_out, 0)});
      cause.written = now;
      written_.emplace_back(now, key);
    }
    return found;
  }

 private:
  struct Cause {
    LogLevel level;
    std::string_view sentence;
    std::string fields;
    Time written;
    std::uint64_t left_out;
  };

  /// Those whose pause is over and that owe no number.
  void forget(Time now) {
    while (!written_.empty() && now >= written_.front().first + kLogPause) {
      const auto found = causes_.find(written_.front().second);
      if (found != causes_.end() && found->second.written == written_.front().first &&
          found->second.left_out == 0)
        causes_.erase(found);
      written_.pop_front();
    }
  }

  std::unordered_map<std::string, Cause> causes_;
  std::deque<std::pair<Time, std::string>> written_;  // of each line, oldest first
};

std::string json_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) log_append_escaped(out, text);
  return out;
}

std::string coarse_address(std::string_view address) {
  if (address.empty()) return "local";
  const std::string text(address.substr(0, address.find('%')));
  std::array<char, INET6_ADDRSTRLEN> shown{};
  in_addr four{};
  in6_addr six{};
  const bool is_six = inet_pton(AF_INET6, text.c_str(), &six) == 1;
  // An IPv4 client of a dual-stack socket is an IPv4 client: its /48 would be everybody's.
  if (is_six && IN6_IS_ADDR_V4MAPPED(&six)) {
    std::copy(six.s6_addr + 12, six.s6_addr + 16, reinterpret_cast<std::uint8_t*>(&four));
  } else if (is_six) {
    std::fill(six.s6_addr + 6, six.s6_addr + 16, std::uint8_t{0});
    inet_ntop(AF_INET6, &six, shown.data(), shown.size());
    return std::string(shown.data()) + "/48";
  } else if (inet_pton(AF_INET, text.c_str(), &four) != 1) {
    return "unknown";
  }
  four.s_addr &= htonl(0xffffff00u);
  inet_ntop(AF_INET, &four, shown.data(), shown.size());
  return std::string(shown.data()) + "/24";
}

struct Log::Writer {
  spdlog::logger logger;
  std::mutex mutex;
  LogCauses causes;  // under mutex

  void write(LogLevel level, std::string_view sentence, const std::string& fields) {
    const std::string line = R"({"time":")" + log_time() + R"(","level":")" +
                             std::string(log_word(level)) + R"(","message":")" +
                             json_escaped(sentence) + '"' + fields + '}';
    logger.log(log_spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
  }

  void write_what_was_left_out(LogCauses::Time now, bool all) {
    std::vector<LogCauses::Silenced> silenced;
    {
      const std::lock_guard lock(mutex);
      silenced = causes.silenced(now, all);
    }
    for (const auto& each : silenced) {
      write(each.level, "the same again, not written each time",
            log_field({"same", each.sentence}) + each.fields +
                log_field({"left_out", each.left_out}));
    }
  }
};

Log::Log(LogLevel least) : least_(least), now_(std::chrono::steady_clock::now) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  writer_.reset(new Writer{spdlog::logger("kith", std::move(sink)), {}, {}});
  writer_->logger.set_level(log_spdlog_level(least));
  writer_->logger.set_pattern("%v");
  writer_->logger.flush_on(spdlog::level::debug);
}

Log::Log(LogLevel least, Sink sink, SteadyNow now) : least_(least), now_(std::move(now)) {
  writer_.reset(new Writer{
      spdlog::logger("kith", std::make_shared<LogCallbackSink>(std::move(sink))), {}, {}});
  writer_->logger.set_level(log_spdlog_level(least));
  writer_->logger.set_pattern("%v");
}

Log::~Log() { writer_->write_what_was_left_out(now_(), true); }

void Log::debug(LogSentence sentence, Fields fields) const {
  write(LogLevel::debug, sentence, fields);
}
void Log::info(LogSentence sentence, Fields fields) const {
  write(LogLevel::info, sentence, fields);
}
void Log::warn(LogSentence sentence, Fields fields) const {
  write(LogLevel::warn, sentence, fields);
}
void Log::error(LogSentence sentence, Fields fields) const {
  write(LogLevel::error, sentence, fields);
}

void Log::write(LogLevel level, LogSentence sentence, Fields fields) const {
  if (level < least_) return;
  std::string all, counted;
  for (const LogField& field : fields) {
    const auto text = log_field(field);
    all += text;
    if (field.is_counted_by) counted += text;
  }
  // Debugging is for who looks for a fault and wants to see each line; and what has no end that a
  // stranger could pull at, such as a start, is rare by itself.
  const bool is_counted = level >= LogLevel::warn || (level == LogLevel::info && !counted.empty());
  if (!is_counted) {
    writer_->write(level, sentence.text, all);
    return;
  }
  const auto now = now_();
  std::optional<std::uint64_t> left_out;
  {
    const std::lock_guard lock(writer_->mutex);
    left_out = writer_->causes.pass(level, sentence.text, counted, now);
  }
  if (!left_out) return;
  if (*left_out > 0) all += log_field({"left_out", *left_out});
  writer_->write(level, sentence.text, all);
  writer_->write_what_was_left_out(now, false);
}

}  // namespace node
