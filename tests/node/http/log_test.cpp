#include "node/log.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

struct LogLines {
  std::vector<std::string> lines;
  node::Log log;
  explicit LogLines(node::LogLevel least = node::LogLevel::debug)
      : log(least, [this](std::string_view line) { lines.emplace_back(line); }) {}
};

TEST(Log, WritesOneJsonLineWithTypedFields) {
  LogLines kept;
  kept.log.info("feed read", {{"peer", "a.test"}, {"size", 7}, {"whole", true}});
  ASSERT_EQ(kept.lines.size(), 1u);
  EXPECT_NE(kept.lines[0].find(
                R"("level":"info","message":"feed read","peer":"a.test","size":7,"whole":true})"),
            std::string::npos)
      << kept.lines[0];
  EXPECT_TRUE(kept.lines[0].starts_with(R"({"time":"2)")) << kept.lines[0];
}

TEST(Log, EscapesWhatCouldForgeALine) {
  LogLines kept;
  kept.log.info("seen", {{"what", "a\n{\"level\":\"error\"}\x1b[2J\xff\xe2\x80\xae"}});
  ASSERT_EQ(kept.lines.size(), 1u);
  const std::string& line = kept.lines[0];
  for (const char c : line) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << static_cast<int>(c);
  EXPECT_NE(line.find(R"(a\u000a{\"level\":\"error\"}\u001b[2J\\xff\u202e)"), std::string::npos)
      << line;
}

TEST(Log, CutsLongTexts) {
  LogLines kept;
  kept.log.info("seen", {{"what", std::string(100'000, 'x')}});
  EXPECT_LT(kept.lines.at(0).size(), 400u);
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  LogLines kept(node::LogLevel::warn);
  kept.log.debug("one");
  kept.log.info("two");
  kept.log.warn("three");
  kept.log.error("four");
  EXPECT_EQ(kept.lines.size(), 2u);
}

TEST(Log, TakesPercentAndBracesLiterally) {
  LogLines kept;
  kept.log.info("seen", {{"what", "{} {0} %s %n"}});
  EXPECT_NE(kept.lines.at(0).find("{} {0} %s %n"), std::string::npos);
}

TEST(CoarseAddress, KeepsOnlyTheNetwork) {
  EXPECT_EQ(node::coarse_address("203.0.113.77"), "203.0.113.0/24");
  EXPECT_EQ(node::coarse_address("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
  EXPECT_EQ(node::coarse_address("::ffff:203.0.113.77"), "203.0.113.0/24");
  EXPECT_EQ(node::coarse_address("fe80::1%eth0"), "fe80::/48");
  EXPECT_EQ(node::coarse_address(""), "local");
  EXPECT_EQ(node::coarse_address("203.0.113.77, 10.0.0.1"), "unknown");
}

}  // namespace
