#include "protocol/document/text_safety.h"

#include <algorithm>
#include <cstdint>

namespace protocol {

namespace {

struct SafetyRange {
  std::uint32_t first, last;
  std::string_view what;
};

constexpr SafetyRange kSafetyRanges[] = {
    {0x0000, 0x0009, "a control character"},
    {0x000B, 0x001F, "a control character"},
    {0x007F, 0x009F, "a control character"},
    {0x00AD, 0x00AD, "an invisible hyphen"},
    {0x034F, 0x034F, "invisible"},
    {0x061C, 0x061C, "turns the direction of the text"},
    {0x115F, 0x1160, "invisible"},
    {0x17B4, 0x17B5, "invisible"},
    {0x180B, 0x180F, "invisible"},
    {0x200B, 0x200D, "an invisible space or joiner"},
    {0x200E, 0x200F, "turns the direction of the text"},
    {0x2028, 0x2029, "an invisible line break"},
    {0x202A, 0x202E, "turns the direction of the text"},
    {0x2060, 0x2065, "invisible"},
    {0x2066, 0x2069, "turns the direction of the text"},
    {0x206A, 0x206F, "invisible"},
    {0x3164, 0x3164, "invisible"},
    {0xD800, 0xDFFF, "half a character"},
    {0xE000, 0xF8FF, "of private use, without an agreed shape"},
    {0xFDD0, 0xFDEF, "no character"},
    {0xFEFF, 0xFEFF, "an invisible byte order mark"},
    {0xFFA0, 0xFFA0, "invisible"},
    {0xFFF0, 0xFFFD, "a placeholder for something lost"},
    {0x1D173, 0x1D17A, "invisible"},
    {0xE0000, 0xE0FFF, "an invisible tag"},
    {0xF0000, 0x10FFFF, "of private use, without an agreed shape"},
};

constexpr SafetyRange kSafetyMarks[] = {
    {0x0300, 0x036F, ""}, {0x0483, 0x0489, ""}, {0x1AB0, 0x1AFF, ""},
    {0x1DC0, 0x1DFF, ""}, {0x20D0, 0x20FF, ""}, {0xFE20, 0xFE2F, ""},
};

/// Vietnamese and the notation of phonetics need two or three; more is a pile that covers the lines
/// around it.
constexpr int kMostMarks = 4;

/// The code point at `at`, which then points behind it; a byte that is no UTF-8 counts as a
/// surrogate.
std::uint32_t safety_next(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const std::uint32_t lead = byte(at);
  const std::size_t length = lead < 0x80    ? 1
                             : lead >= 0xF0 ? 4
                             : lead >= 0xE0 ? 3
                             : lead >= 0xC0 ? 2
                                            : 0;
  if (length == 0 || at + length > text.size()) {
    ++at;
    return 0xD800;
  }
  std::uint32_t point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) point = (point << 6U) | (byte(at + i) & 0x3FU);
  at += length;
  return point;
}

std::string safety_name(std::uint32_t point, std::string_view what) {
  std::string hex;
  for (std::uint32_t rest = point; rest != 0 || hex.size() < 4; rest >>= 4U) {
    hex.insert(hex.begin(), "0123456789ABCDEF"[rest & 0xFU]);
  }
  return "U+" + hex + " (" + std::string(what) + ")";
}

constexpr std::string_view kSafetyLinks[] = {
    "zoom.us/j",
    "zoom.us/my/",
    "zoom.us/w/",
    "zoom.us/s/",
    "zoom.us/wc/",
    "zoomgov.com/j",
    "zoommtg:",
    "meet.google.com/",
    "g.co/meet",
    "teams.microsoft.com/",
    "teams.live.com/",
    "webex.com/",
    "gotomeeting.com/join",
    "gotomeet.me/",
    "meet.goto.com/",
    "whereby.com/",
    "meet.jit.si/",
    "8x8.vc/",
    "doxy.me/",
    "bluejeans.com/",
    "join.skype.com/",
    "ringcentral.com/join",
    "chime.aws/",
    "facetime.apple.com/join",
    "discord.gg/",
    "discord.com/invite",
    "chat.whatsapp.com/",
    "signal.group/",
    "t.me/+",
    "t.me/joinchat",
    "join.slack.com/",
    "?pwd=",
    "&pwd=",
};

constexpr std::string_view kSafetySecrets[] = {
    "passcode", "pass code",  "password",  "meeting id",    "meeting code", "access code",
    "host key", "entry code", "door code", "conference id", "webinar id",
};

/// Words after "password" which show that it is spoken about, not told.
constexpr std::string_view kSafetyTalk[] = {
    "protected", "needed", "required",  "necessary", "sent",    "mailed",  "emailed", "e",
    "given",     "shared", "provided",  "available", "comes",   "goes",    "arrives", "follows",
    "after",     "before", "by",        "from",      "to",      "for",     "on",      "only",
    "will",      "with",   "and",       "or",        "when",    "once",    "upon",    "at",
    "we",        "you",    "if",        "not",       "never",   "manager", "reset",   "policy",
    "per",       "via",    "required.", "in",        "changes", "can",     "must",    "may",
};

bool safety_is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool safety_is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether what follows the word at `after` tells the secret rather than speaks about it.
bool safety_tells(std::string_view text, std::size_t after) {
  if (after < text.size() && text[after] == 's') ++after;
  bool marked = false;  // a colon or an equals sign: a value follows
  while (true) {
    while (after < text.size() && !safety_is_word(text[after])) {
      const char c = text[after++];
      // The sentence ends here: nothing was told.
      if ((c == '.' || c == ',' || c == ';' || c == '!' || c == '?' || c == ')' || c == '\n') &&
          !marked)
        return false;
      if (c == ':' || c == '=' || c == '#') marked = true;
    }
    if (after >= text.size()) return false;
    auto end = after;
    while (end < text.size() && safety_is_word(text[end])) ++end;
    const auto word = text.substr(after, end - after);
    if (std::any_of(word.begin(), word.end(), safety_is_digit)) return true;
    if (word == "is" || word == "are" || word == "be" || word == "number" || word == "the" ||
        word == "also") {
      after = end;
      continue;
    }
    if (std::find(std::begin(kSafetyTalk), std::end(kSafetyTalk), word) != std::end(kSafetyTalk))
      return false;
    return true;
  }
}

/// A telephone number with the code behind it that a calendar writes: "+16465588656,,81234567890#".
bool safety_one_tap(std::string_view text) {
  for (auto at = text.find(",,"); at != std::string_view::npos; at = text.find(",,", at + 1)) {
    auto end = at + 2;
    while (end < text.size() && safety_is_digit(text[end])) ++end;
    if (end - at > 5 && at > 0 && safety_is_digit(text[at - 1])) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> dangerous_character(std::string_view text) {
  int marks = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = safety_next(text, at);
    const auto holds = [&](const SafetyRange& range) {
      return point >= range.first && point <= range.last;
    };
    if (const auto* found = std::find_if(std::begin(kSafetyRanges), std::end(kSafetyRanges), holds);
        found != std::end(kSafetyRanges)) {
      return safety_name(point, found->what);
    }
    if ((point & 0xFFFEU) == 0xFFFEU) return safety_name(point, "no character");
    const bool mark = std::any_of(std::begin(kSafetyMarks), std::end(kSafetyMarks), holds);
    marks = mark ? marks + 1 : 0;
    if (marks > kMostMarks)
      return safety_name(point, "one of more than four accents on one letter");
  }
  return std::nullopt;
}

std::optional<std::string> private_access(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  for (const auto link : kSafetyLinks) {
    const auto at = lower.find(link);
    if (at == std::string::npos) continue;
    // "t.me/+" also ends "chat.me/+…": a host begins after something that is no part of a name.
    if (link.starts_with("t.me") && at > 0 &&
        (safety_is_word(lower[at - 1]) || lower[at - 1] == '-'))
      continue;
    return "the meeting link '" + std::string(link) + "…'";
  }
  for (const auto secret : kSafetySecrets) {
    for (auto at = lower.find(secret); at != std::string::npos; at = lower.find(secret, at + 1)) {
      if (safety_tells(lower, at + secret.size())) return "a " + std::string(secret);
    }
  }
  if (safety_one_tap(lower)) return "a dial-in number with its code";
  return std::nullopt;
}

}  // namespace protocol
