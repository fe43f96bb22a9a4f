#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "node/cli/invocation.h"

// Where a command may write because somebody named the place: a slip there must not cost what
// nobody can make again.

namespace node {

/// The file that `option` names. Nothing, and said to `output`, where it lies in the data folder,
/// is a recovery sheet, or is a folder.
std::optional<std::filesystem::path> file_to_write(const Invocation& invocation,
                                                   std::string_view option,
                                                   const std::filesystem::path& data_folder,
                                                   CommandOutput& output);

/// The folder that `option` names. Nothing, and said to `output`, where it is the data folder or
/// lies in it, outside of its public part, or is a file.
std::optional<std::filesystem::path> folder_to_write(const Invocation& invocation,
                                                     std::string_view option,
                                                     const std::filesystem::path& data_folder,
                                                     CommandOutput& output);

}  // namespace node
