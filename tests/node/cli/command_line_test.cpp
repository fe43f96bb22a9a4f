#include "node/cli/command_line.h"

#include <gtest/gtest.h>

namespace {

/// Every option of every command is set up anew for each line that is parsed: two of one name, in
/// whatever command, would end every run.
TEST(CommandLine, IsReadForEveryCommand) {
  for (const char* command : {"id", "status", "doctor", "sync", "denied", "notes"}) {
    SCOPED_TRACE(command);
    const char* words[] = {"kith", "--data", "/nowhere", command};
    const auto line = node::parse_command_line(4, const_cast<char**>(words));
    EXPECT_EQ(line.invocation.command, command);
  }
}

TEST(CommandLine, NamesACommandThatDoesNotExistAndTheNearest) {
  const auto said = [](std::vector<const char*> words) {
    words.insert(words.begin(), "kith");
    ::testing::internal::CaptureStderr();
    const auto line =
        node::parse_command_line(static_cast<int>(words.size()), const_cast<char**>(words.data()));
    EXPECT_EQ(line.exit, 64);
    return ::testing::internal::GetCapturedStderr();
  };
  EXPECT_NE(said({"serach", "grief"}).find("`kith search`"), std::string::npos);
  EXPECT_NE(said({"--json", "rotat"}).find("`kith rotate`"), std::string::npos);
  EXPECT_NE(said({"anchro", "add"}).find("`kith anchor`"), std::string::npos);
  EXPECT_NE(said({"anchor", "ad"}).find("`kith anchor add`"), std::string::npos);
  EXPECT_EQ(said({"anchor"}).find("no command"), std::string::npos);
  EXPECT_NE(said({"frobnicate"}).find("no command 'frobnicate'"), std::string::npos);
  EXPECT_EQ(said({"frobnicate"}).find("Did you mean"), std::string::npos);
  EXPECT_EQ(said({}).find("no command"), std::string::npos);
  EXPECT_EQ(said({"explain", "a", "b"}).find("no command"), std::string::npos);
}

TEST(CommandLine, KnowsWhichCommandsCanBeAnsweredBeforehand) {
  EXPECT_TRUE(node::takes_option("erase", "--yes"));
  EXPECT_TRUE(node::takes_option("anchor add", "--yes"));
  EXPECT_FALSE(node::takes_option("deactivate", "--yes"));
  EXPECT_FALSE(node::takes_option("nothing", "--yes"));
}

}  // namespace
