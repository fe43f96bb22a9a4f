#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/source.h"

// Where a site asks programs to stay away (RFC 9309). Asked before pages that listings link to are
// looked at; a publisher's own feed is there to be read by programs and is not asked about.

namespace crawler {

/// What we answer to in such a file, in any case of letters.
inline constexpr std::string_view kRobotsName = "kith";
/// RFC 9309 2.5 asks for 500 KiB at least.
inline constexpr std::size_t kMaxRobotsBytes = 512 * 1024;

/// Whether `robots_txt` lets us read `target` ("/path?query"). The groups for our name count, or
/// where there are none those for "*"; the longest matching rule decides, Allow among equals; no
/// rule: yes. `*` and a `$` at the end mean what RFC 9309 2.2.3 says. What is no such line is
/// passed over. Time grows with the file's size times the target's.
bool robots_allow(std::string_view robots_txt, std::string_view target);

enum class RobotsAnswer { allowed, disallowed, unreachable };

/// Reads the file of each host once and keeps it as long as this object lives: one run of probes.
class RobotsFiles {
 public:
  explicit RobotsFiles(Source& source) : source_(source) {}

  /// For each URL (as parse_fetch_url allows) whether it may be read. No such file (any 4xx but
  /// 429): allowed. What cannot be read, is too large or sends elsewhere: unreachable, and not to
  /// be read either.
  std::vector<RobotsAnswer> ask(std::span<const std::string> urls);

 private:
  struct File {
    bool reachable = false;
    std::string text;
  };
  Source& source_;
  std::map<std::string, File> files_;  ///< by "https://host[:port]"
};

}  // namespace crawler
