#include "node/log.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <utility>

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

}  // namespace

std::string json_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto [point, length] = log_code_point(text);
    if (length == 0) {
      std::array<char, 6> hex{};
      std::snprintf(hex.data(), hex.size(), "\\\\x%02x", static_cast<unsigned char>(text[0]));
      out += hex.data();
      text.remove_prefix(1);
      continue;
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
};

Log::Log(LogLevel least) : least_(least) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  writer_.reset(new Writer{spdlog::logger("kith", std::move(sink))});
  writer_->logger.set_level(log_spdlog_level(least));
  writer_->logger.set_pattern("%v");
  writer_->logger.flush_on(spdlog::level::debug);
}

Log::Log(LogLevel least, Sink sink) : least_(least) {
  writer_.reset(
      new Writer{spdlog::logger("kith", std::make_shared<LogCallbackSink>(std::move(sink)))});
  writer_->logger.set_level(log_spdlog_level(least));
  writer_->logger.set_pattern("%v");
}

Log::~Log() = default;

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
  // The wall clock itself: a line says when it was written, also where tests set the node's clock
  // by hand.
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::chrono::sys_days day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(now - day);
  std::array<char, 40> stamp{};
  std::snprintf(stamp.data(), stamp.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  std::string line = R"({"time":")" + std::string(stamp.data()) + R"(","level":")";
  line += log_word(level);
  line += R"(","message":")" + json_escaped(sentence.text) + '"';
  for (const LogField& field : fields) {
    line += ",\"" + json_escaped(field.name) + "\":";
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
      const bool cut = text->size() > kMaxLoggedText;
      line += '"' + json_escaped(text->substr(0, kMaxLoggedText)) + (cut ? "...\"" : "\"");
    } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      line += std::to_string(*number);
    } else {
      line += std::get<bool>(field.value) ? "true" : "false";
    }
  }
  line += '}';
  writer_->logger.log(log_spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace node
