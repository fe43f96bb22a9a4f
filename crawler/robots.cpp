#include "crawler/robots.h"

#include <algorithm>
#include <charconv>

#include "crawler/fetch_url.h"

namespace crawler {

namespace {

constexpr std::string_view kRobotsHex = "0123456789ABCDEF";

char robots_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool robots_same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return robots_lower(x) == robots_lower(y); });
}

std::string_view robots_trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

int robots_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = robots_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Both sides of a comparison are written alike: octets outside of ASCII as %XX, and an escaped
/// letter, digit or "-._~" as itself (RFC 9309 2.2.2).
std::string robots_path(std::string_view path) {
  std::string made;
  const auto escape = [&](unsigned char c) {
    made += '%';
    made += kRobotsHex[c >> 4U];
    made += kRobotsHex[c & 15U];
  };
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto c = static_cast<unsigned char>(path[i]);
    if (c == '%' && i + 2 < path.size() && robots_digit(path[i + 1]) >= 0 &&
        robots_digit(path[i + 2]) >= 0) {
      const auto octet =
          static_cast<unsigned char>(robots_digit(path[i + 1]) * 16 + robots_digit(path[i + 2]));
      const char plain = static_cast<char>(octet);
      const bool unreserved = (robots_lower(plain) >= 'a' && robots_lower(plain) <= 'z') ||
                              (plain >= '0' && plain <= '9') || plain == '-' || plain == '.' ||
                              plain == '_' || plain == '~';
      if (unreserved) {
        made += plain;
      } else {
        escape(octet);
      }
      i += 2;
    } else if (c >= 0x80) {
      escape(c);
    } else {
      made += path[i];
    }
  }
  return made;
}

/// Whether `path` begins with what `pattern` describes.
bool robots_matches(std::string_view pattern, std::string_view path) {
  const bool whole = pattern.ends_with('$');
  if (whole) pattern.remove_suffix(1);
  // The first part stands at the beginning, each other one somewhere behind the one before it; the
  // earliest place for each leaves the most to those that follow.
  bool first = true;
  while (true) {
    const auto star = pattern.find('*');
    const auto part = pattern.substr(0, star);
    const bool last = star == std::string_view::npos;
    if (last && whole) return first ? path == part : path.ends_with(part);
    const auto at = first ? (path.starts_with(part) ? 0 : std::string_view::npos) : path.find(part);
    if (at == std::string_view::npos) return false;
    path.remove_prefix(at + part.size());
    if (last) return true;
    pattern.remove_prefix(star + 1);
    first = false;
  }
}

/// What the groups of one name say of one target.
struct RobotsVerdict {
  bool any_group = false;
  std::size_t longest = 0;
  bool allowed = true;

  void rule(bool allow, std::string_view pattern, std::string_view path) {
    if (pattern.empty() || pattern.size() < longest) return;
    if (pattern.size() == longest && !allow) return;
    if (!robots_matches(pattern, path)) return;
    longest = pattern.size();
    allowed = allow;
  }
};

}  // namespace

bool robots_allow(std::string_view robots_txt, std::string_view target) {
  const auto path = robots_path(target);
  // The file itself may always be read.
  if (path == "/robots.txt") return true;
  if (robots_txt.starts_with("\xEF\xBB\xBF")) robots_txt.remove_prefix(3);
  RobotsVerdict ours, everybodys;
  bool for_us = false, for_everybody = false, in_rules = false;
  while (!robots_txt.empty()) {
    const auto end = std::min(robots_txt.find_first_of("\r\n"), robots_txt.size());
    auto line = robots_txt.substr(0, end);
    robots_txt.remove_prefix(std::min(end + 1, robots_txt.size()));
    line = line.substr(0, line.find('#'));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto key = robots_trimmed(line.substr(0, colon));
    const auto value = robots_trimmed(line.substr(colon + 1));
    if (robots_same(key, "user-agent")) {
      // A name behind rules begins a group; names one behind the other share one.
      if (in_rules) for_us = for_everybody = in_rules = false;
      const auto name = value.substr(0, value.find_first_of("/ \t"));
      for_us = for_us || robots_same(name, kRobotsName);
      for_everybody = for_everybody || name == "*";
      ours.any_group = ours.any_group || for_us;
    } else if (robots_same(key, "allow") || robots_same(key, "disallow")) {
      in_rules = true;
      if (!for_us && !for_everybody) continue;
      const bool allow = robots_same(key, "allow");
      const auto pattern = robots_path(value);
      if (for_us) ours.rule(allow, pattern, path);
      if (for_everybody) everybodys.rule(allow, pattern, path);
    }
  }
  return ours.any_group ? ours.allowed : everybodys.allowed;
}

std::vector<RobotsAnswer> RobotsFiles::ask(std::span<const std::string> urls) {
  std::vector<std::string> origins;
  std::vector<FetchRequest> requests;
  for (const auto& url : urls) {
    const auto parsed = parse_fetch_url(url);
    std::string origin;
    if (parsed) {
      origin = "https://" + parsed->host;
      if (parsed->port != 443) origin += ":" + std::to_string(parsed->port);
      if (files_.try_emplace(origin).second)
        requests.push_back({origin + "/robots.txt", kMaxRobotsBytes, {}});
    }
    origins.push_back(std::move(origin));
  }
  const auto answers =
      requests.empty() ? std::vector<protocol::Result<FetchResponse>>() : source_.get_all(requests);
  for (std::size_t i = 0; i < requests.size() && i < answers.size(); ++i) {
    auto& file = files_[requests[i].url.substr(0, requests[i].url.rfind('/'))];
    if (answers[i]) {
      file = {true, answers[i]->body};
      continue;
    }
    int status = 0;
    const auto& detail = answers[i].error().detail;
    if (answers[i].error().code == protocol::ErrorCode::fetch_http)
      std::from_chars(detail.data(), detail.data() + detail.size(), status);
    // 429 says "not now", which is no invitation.
    file.reachable = status >= 400 && status < 500 && status != 429;
  }
  std::vector<RobotsAnswer> said;
  for (std::size_t i = 0; i < urls.size(); ++i) {
    const auto file = files_.find(origins[i]);
    if (file == files_.end() || !file->second.reachable) {
      said.push_back(RobotsAnswer::unreachable);
      continue;
    }
    const auto parsed = parse_fetch_url(urls[i]);
    said.push_back(parsed && robots_allow(file->second.text, parsed->target)
                       ? RobotsAnswer::allowed
                       : RobotsAnswer::disallowed);
  }
  return said;
}

}  // namespace crawler
