#include "node/publish/files.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace node {

namespace {

FileWatcher& file_watcher() {
  static FileWatcher watcher;
  return watcher;
}

void file_announce(const std::filesystem::path& file) {
  if (file_watcher()) file_watcher()(file);
}

[[noreturn]] void file_throw(const std::filesystem::path& file, const char* doing) {
  throw std::system_error(errno, std::generic_category(), std::string(doing) + " " + file.string());
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

void file_write_all(const Descriptor& out, std::string_view text,
                    const std::filesystem::path& file) {
  while (!text.empty()) {
    const auto wrote = ::write(out.get(), text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) file_throw(file, "write");
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

void file_sync_folder(const std::filesystem::path& folder) {
  const Descriptor handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.is_open() || ::fsync(handle.get()) != 0) file_throw(folder, "sync");
}

}  // namespace

void replace_file(const std::filesystem::path& file, std::string_view text, unsigned mode) {
  std::filesystem::create_directories(file.parent_path());
  // One writer at a time holds the folder's lock, so one name for the unfinished file is enough:
  // what a killed writer left behind is overwritten.
  const std::filesystem::path unfinished = file.string() + ".new";
  file_announce(unfinished);
  {
    const Descriptor out(
        ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!out.is_open()) file_throw(unfinished, "open");
    file_write_all(out, text, unfinished);
    if (::fsync(out.get()) != 0) file_throw(unfinished, "sync");
  }
  rename_file(unfinished, file);
}

void rename_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  file_announce(to);
  if (::rename(from.c_str(), to.c_str()) != 0) file_throw(to, "rename");
  file_sync_folder(to.parent_path());
}

bool remove_files(const std::filesystem::path& path) {
  if (!std::filesystem::exists(std::filesystem::symlink_status(path))) return false;
  file_announce(path);
  std::filesystem::remove_all(path);
  file_sync_folder(path.parent_path());
  return true;
}

bool replace_file_if_changed(const std::filesystem::path& file, std::string_view text) {
  if (const auto there = read_file_if_there(file); there && *there == text) return false;
  replace_file(file, text);
  return true;
}

void create_file(const std::filesystem::path& file, std::string_view text, unsigned mode) {
  file_announce(file);
  const Descriptor out(
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!out.is_open()) file_throw(file, "make");
  file_write_all(out, text, file);
  if (::fsync(out.get()) != 0) file_throw(file, "sync");
  file_sync_folder(file.has_parent_path() ? file.parent_path() : ".");
}

std::optional<std::string> read_file_if_there(const std::filesystem::path& file) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in.is_open()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    file_throw(file, "open");
  }
  std::string text;
  char piece[65536];
  while (true) {
    const auto got = ::read(in.get(), piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) file_throw(file, "read");
    if (got == 0) return text;
    text.append(piece, static_cast<std::size_t>(got));
  }
}

int open_file_if_there(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && errno != ENOENT && errno != ENOTDIR) file_throw(file, "open");
  return descriptor;
}

void watch_files(FileWatcher watcher) { file_watcher() = std::move(watcher); }

}  // namespace node
