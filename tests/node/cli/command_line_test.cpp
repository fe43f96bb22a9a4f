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

}  // namespace
