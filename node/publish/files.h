#pragma once

#include <filesystem>
#include <functional>
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
/// Gives `from` the name `to`, in place of what had it. Throws std::system_error.
void rename_file(const std::filesystem::path& from, const std::filesystem::path& to);
/// Removes a file, or a folder with all in it; says whether there was one. Throws
/// std::system_error.
bool remove_files(const std::filesystem::path& path);
/// The whole file; nothing where there is none. Throws std::system_error when it cannot be read.
std::optional<std::string> read_file_if_there(const std::filesystem::path& file);

/// The same, opened to be read later; -1 where there is none. Throws std::system_error when it
/// cannot be opened.
int open_file_if_there(const std::filesystem::path& file);

/// Called before each operation of this header that changes a file or a name. What it throws ends
/// the work there, as a kill would: nothing catches it to clean up.
using FileWatcher = std::function<void(const std::filesystem::path& about_to_change)>;
/// For tests, in a process with one thread that writes; empty: nobody watches.
void watch_files(FileWatcher watcher);

}  // namespace node
