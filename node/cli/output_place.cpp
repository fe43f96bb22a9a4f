#include "node/cli/output_place.h"

#include <string>

#include "node/cli/commands.h"
#include "node/publish/keys.h"
#include "node/publish/publisher.h"

namespace node {

namespace {

/// The place; nothing, and the reason on `output`, where there is one against it.
std::optional<std::filesystem::path> output_place_unless(const char* why, std::string_view option,
                                                         const std::filesystem::path& place,
                                                         CommandOutput& output) {
  if (!why) return place;
  output.complain(wrapped("--" + std::string(option) + ": " + place.string() + " " + why +
                          " Nothing was written.") +
                  "\n");
  return std::nullopt;
}

}  // namespace

std::optional<std::filesystem::path> file_to_write(const Invocation& invocation,
                                                   std::string_view option,
                                                   const std::filesystem::path& data_folder,
                                                   CommandOutput& output) {
  const std::filesystem::path file(invocation.output_path(invocation.first(option)));
  const char* why = nullptr;
  if (is_inside(file, data_folder)) {
    why = "is in the data folder, where the keys and the database lie. Choose another place.";
  } else if (std::filesystem::is_directory(file)) {
    why = "is a folder. Name a file in it.";
  } else if (is_recovery_sheet(file)) {
    why = "is a recovery sheet, and those are never overwritten. Choose another name.";
  }
  return output_place_unless(why, option, file, output);
}

std::optional<std::filesystem::path> folder_to_write(const Invocation& invocation,
                                                     std::string_view option,
                                                     const std::filesystem::path& data_folder,
                                                     CommandOutput& output) {
  const std::filesystem::path folder(invocation.output_path(invocation.first(option)));
  const char* why = nullptr;
  if (is_inside(folder, data_folder) && !is_inside(folder, data_folder / "public")) {
    // What is written here is copied to a web host, with whatever lies beside it.
    why =
        "is in the data folder, where the keys and the database lie, and these files are for "
        "everybody. Choose another place.";
  } else if (std::filesystem::exists(folder) && !std::filesystem::is_directory(folder)) {
    why = "is a file. Name a folder.";
  }
  return output_place_unless(why, option, folder, output);
}

}  // namespace node
