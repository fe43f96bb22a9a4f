#include "node/log.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace {

/// Its clock stands still until it is advanced.
struct LogLines {
  std::vector<std::string> lines;
  std::chrono::steady_clock::time_point now{};
  node::Log log;
  explicit LogLines(node::LogLevel least = node::LogLevel::debug)
      : log(
            least, [this](std::string_view line) { lines.emplace_back(line); },
            [this] { return now; }) {}

  std::size_t with(std::string_view text) const {
    return static_cast<std::size_t>(std::count_if(
        lines.begin(), lines.end(),
        [&](const std::string& line) { return line.find(text) != std::string::npos; }));
  }
};

/// The numbers that all lines give for what was not written.
std::uint64_t log_left_out(const std::vector<std::string>& lines) {
  constexpr std::string_view name = "\"left_out\":";
  std::uint64_t sum = 0;
  for (const auto& line : lines) {
    const auto at = line.find(name);
    if (at != std::string::npos) sum += std::stoull(line.substr(at + name.size()));
  }
  return sum;
}

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

TEST(Log, Z7_CutsWhatAStrangerWroteToTwoHundredCharactersAsTheyAreWritten) {
  std::string kinds_mixed;
  while (kinds_mixed.size() < 10'000)
    kinds_mixed += "a\n\x1b[2J\"\\\xff\xe2\x80\xae\xf0\x9f\x8c\xb3";
  const std::string texts[] = {std::string(10'000, 'x'),
                               std::string(10'000, '\n'),
                               std::string(10'000, 0x1b),
                               std::string(10'000, '\xff'),
                               std::string(10'000, '"'),
                               std::string(10'000, '\0'),
                               kinds_mixed};
  for (const auto& text : texts) {
    SCOPED_TRACE(text.substr(0, 8));
    LogLines kept;
    kept.log.warn("seen", {{"what", text}, {"after", 1}});
    ASSERT_EQ(kept.lines.size(), 1u);
    const std::string& line = kept.lines[0];
    for (const char c : line) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << static_cast<int>(c);
    const auto begin = line.find("\"what\":\"") + 8;
    const auto end = line.rfind("...\",\"after\":1}");
    ASSERT_NE(end, std::string::npos) << line;
    EXPECT_LE(end - begin, node::kMaxLoggedText) << line;
    EXPECT_GT(end - begin, node::kMaxLoggedText - 16) << line;
    EXPECT_NO_THROW(static_cast<void>(boost::json::parse(line))) << line;
  }
  LogLines kept;
  kept.log.warn("seen", {{"what", std::string(200, 'x')}});
  EXPECT_NE(kept.lines.at(0).find('"' + std::string(200, 'x') + "\"}"), std::string::npos);
}

TEST(Log, Z7_APeerThatFailsInOneWayAThousandTimesIsOneLineInTenSeconds) {
  LogLines kept;
  std::vector<std::chrono::steady_clock::time_point> written;
  for (int i = 0; i < 1'000; ++i) {
    const auto before = kept.lines.size();
    kept.log.warn("feed not taken", {node::counted_by("feed", "QmHostile"),
                                     node::counted_by("code", "fetch-malformed"),
                                     {"detail", "attempt\n" + std::to_string(i)}});
    if (kept.lines.size() > before) written.push_back(kept.now);
    kept.now += std::chrono::milliseconds(100);
  }
  EXPECT_EQ(kept.lines.size(), 10u) << "of a hundred seconds";
  for (std::size_t i = 1; i < written.size(); ++i)
    EXPECT_GE(written[i] - written[i - 1], node::kLogPause);
  EXPECT_EQ(kept.with(R"("left_out":99})"), 9u);
  EXPECT_NE(kept.lines[0].find(R"(attempt\u000a0"})"), std::string::npos) << kept.lines[0];
  // The next one says what the last ten seconds have left out.
  kept.now += node::kLogPause;
  kept.log.warn("feed not taken", {node::counted_by("feed", "QmHostile"),
                                   node::counted_by("code", "fetch-malformed")});
  EXPECT_EQ(log_left_out(kept.lines) + kept.lines.size(), 1'001u);
}

TEST(Log, Z7_WhoFailsHidesNeitherOthersNorItsOwnOtherTrouble) {
  LogLines kept;
  for (int round = 0; round < 5; ++round) {
    for (const char* feed : {"QmOne", "QmTwo"}) {
      for (const char* code : {"sig-bad", "rollback"})
        kept.log.warn("feed not taken",
                      {node::counted_by("feed", feed), node::counted_by("code", code)});
    }
    kept.log.info("feed read", {node::counted_by("feed", "QmOne")});
    kept.log.error("the own feed could not be written", {{"reason", std::to_string(round)}});
  }
  EXPECT_EQ(kept.lines.size(), 6u);
}

TEST(Log, Z7_SaysHowManyWereLeftOutThoughNoOtherOfThemComes) {
  LogLines kept;
  for (int i = 0; i < 50; ++i)
    kept.log.warn("feed not taken", {node::counted_by("feed", "QmHostile"), {"detail", i}});
  kept.now += std::chrono::seconds(9);
  kept.log.warn("something else");
  EXPECT_EQ(kept.lines.size(), 2u) << "not yet";
  kept.now += std::chrono::seconds(1);
  kept.log.error("a third thing");
  ASSERT_EQ(kept.lines.size(), 4u);
  EXPECT_NE(
      kept.lines[3].find(R"("level":"warn","message":"the same again, not written each time",)"
                         R"("same":"feed not taken","feed":"QmHostile","left_out":49})"),
      std::string::npos)
      << kept.lines[3];
  // That was its line for the next ten seconds.
  kept.log.warn("feed not taken", {node::counted_by("feed", "QmHostile")});
  EXPECT_EQ(kept.lines.size(), 4u);
}

TEST(Log, Z7_SaysAtItsEndWhatWasLeftOut) {
  std::vector<std::string> lines;
  {
    const node::Log log(node::LogLevel::info,
                        [&](std::string_view line) { lines.emplace_back(line); });
    for (int i = 0; i < 3; ++i) log.warn("trouble", {});
  }
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(log_left_out(lines), 2u);
}

TEST(Log, Z7_AHundredThousandPeersAreToldApartUpToACap) {
  LogLines kept;
  for (int i = 0; i < 100'000; ++i)
    kept.log.warn("feed not taken", {node::counted_by("feed", "Qm" + std::to_string(i))});
  EXPECT_EQ(kept.lines.size(), node::kMaxLogCauses + 1) << "one for all the others";
  kept.log.error("the own feed could not be written");
  EXPECT_EQ(kept.with("the own feed"), 1u) << "a crowd hides nothing else";
  kept.now += node::kLogPause;
  kept.log.warn("feed not taken", {node::counted_by("feed", "Qm99999")});
  EXPECT_EQ(kept.with("Qm99999"), 1u) << "there is room again";
  EXPECT_EQ(log_left_out(kept.lines) + kept.with("Qm"), 100'001u);
}

TEST(Log, Z7_LeavesOutNoDebugLineAndNoPlainInformation) {
  LogLines kept;
  for (int i = 0; i < 3; ++i) {
    kept.log.debug("request answered", {node::counted_by("route", "/")});
    kept.log.info("stopping");
  }
  EXPECT_EQ(kept.lines.size(), 6u);
}

TEST(Log, Z7_CountsRightFromManyThreads) {
  LogLines kept;
  std::vector<std::thread> threads;
  for (int each = 0; each < 4; ++each) {
    threads.emplace_back([&kept] {
      for (int i = 0; i < 500; ++i)
        kept.log.warn("feed not taken", {node::counted_by("feed", i % 2 == 0 ? "QmA" : "QmB")});
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(kept.lines.size(), 2u);
  kept.now += node::kLogPause;
  kept.log.warn("something else");
  EXPECT_EQ(log_left_out(kept.lines), 1'998u);
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
