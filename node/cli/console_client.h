#pragma once

#include <filesystem>
#include <optional>

#include "node/cli/invocation.h"

namespace node {

/// Has the node that runs on this data folder carry the command out, through DATA/kith.sock, and
/// passes on what it says. Nothing when no node answers there: then the command takes the folder's
/// lock itself.
std::optional<ExitCode> run_in_node(const std::filesystem::path& data_folder, Invocation invocation,
                                    CommandOutput& output);

/// DATA/kith.sock
std::filesystem::path command_socket(const std::filesystem::path& data_folder);

}  // namespace node
