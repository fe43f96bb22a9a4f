#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace node {

/// Writes `text` beside `file` and renames it into place once it is on the disk: a reader sees the
/// old file or the new one. Throws std::system_error naming the file.
void replace_file(const std::filesystem::path& file, std::string_view text, unsigned mode = 0644);
/// As replace_file(), but leaves a file alone that holds exactly `text`. Says whether it wrote.
bool replace_file_if_changed(const std::filesystem::path& file, std::string_view text);
/// Makes a file that must not be there yet. Throws std::system_error.
void create_file(const std::filesystem::path& file, std::string_view text, unsigned mode);
/// The whole file; nothing where there is none. Throws std::system_error when it cannot be read.
std::optional<std::string> read_file_if_there(const std::filesystem::path& file);

}  // namespace node
