#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "node/cli/invocation.h"

namespace node {

/// What the program was called with.
struct CommandLine {
  Invocation invocation;
  std::filesystem::path data_folder;
  std::filesystem::path test_network;  ///< empty: the real one
  std::optional<int> exit;  ///< help was printed, or the words were wrong: end with this code
};

/// Parses the program's arguments; prints help and complaints itself. Input files are read here, by
/// whoever called.
CommandLine parse_command_line(int argc, char** argv);

/// Whether `command` ("anchor add") has the option `flag` ("--yes").
bool takes_option(std::string_view command, std::string_view flag);

/// $KITH_DATA, else the folder `kith` in the XDG data home.
std::filesystem::path default_data_folder();

}  // namespace node
