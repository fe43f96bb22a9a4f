#include "node/api/publisher_files.h"

#include <charconv>
#include <memory>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "node/publish/files.h"
#include "protocol/crypto/crypto.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/log/tiles.h"

namespace node {

namespace {

// Files that are larger lie on the disk until their reader takes them: four megabytes of texts for
// each of many slow ones would be all memory there is.
constexpr std::size_t kServedFromDisk = 64 * 1024;

/// A number without sign and leading zeros.
std::optional<std::uint64_t> served_number(std::string_view text) {
  if (text.empty() || text.size() > 15 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> served_parts(std::string_view path) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = path.find('/');
    parts.push_back(path.substr(0, end));
    if (end == std::string_view::npos) return parts;
    path.remove_prefix(end + 1);
  }
}

/// The digits of "x001/x234/067"; whether they are spelled so is checked by writing them again.
std::optional<std::uint64_t> served_tile_number(const std::vector<std::string_view>& parts,
                                                std::size_t from, std::size_t to) {
  constexpr std::size_t kMostParts = 5;
  std::string digits;
  if (from >= to || to - from > kMostParts) return std::nullopt;
  for (std::size_t i = from; i < to; ++i) {
    auto part = parts[i];
    if (part.starts_with('x')) part.remove_prefix(1);
    digits += part;
  }
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (problem != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<PublisherFile> served_tile(const std::string& feed, std::string_view below,
                                         const std::vector<std::string_view>& parts) {
  // feed / <e> / tile / <L> / <N…> [.p / <W>]
  if (parts.size() < 5) return std::nullopt;
  std::size_t end = parts.size();
  std::uint64_t width = protocol::kTileWidth;
  std::string last(parts.back());
  auto number_parts = parts;
  if (parts.size() >= 6 && parts[parts.size() - 2].ends_with(".p")) {
    const auto partial = served_number(parts.back());
    if (!partial || *partial == 0 || *partial >= protocol::kTileWidth) return std::nullopt;
    width = *partial;
    --end;
    number_parts[end - 1].remove_suffix(2);
  }
  const auto number = served_tile_number(number_parts, 4, end);
  if (!number) return std::nullopt;
  std::string made;
  if (parts[3] == "entries") {
    made = protocol::entries_path(*number, width);
  } else {
    const auto level = served_number(parts[3]);
    if (!level || *level > 63) return std::nullopt;
    made = protocol::hash_tile_path(static_cast<unsigned>(*level), *number, width);
  }
  if (made != below) return std::nullopt;
  // A tile of a width never changes: the log is only added to.
  return PublisherFile{feed + made, "application/octet-stream", true};
}

/// Whether an If-None-Match of RFC 9110 names this tag; a weak one does, too.
bool served_matches(std::string_view header, std::string_view tag) {
  while (!header.empty()) {
    const auto end = std::min(header.find(','), header.size());
    auto one = header.substr(0, end);
    while (!one.empty() && (one.front() == ' ' || one.front() == '\t')) one.remove_prefix(1);
    while (!one.empty() && (one.back() == ' ' || one.back() == '\t')) one.remove_suffix(1);
    if (one == "*") return true;
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag) return true;
    header.remove_prefix(std::min(end + 1, header.size()));
  }
  return false;
}

/// What is sent of a file: the bytes, or where they are many the file itself.
struct ServedFile {
  std::string tag;
  std::string bytes;
  std::shared_ptr<const FileBody> file;
};

std::optional<ServedFile> served_file(const std::filesystem::path& path) {
  const int descriptor = open_file_if_there(path);
  if (descriptor < 0) return std::nullopt;
  struct stat about {};
  const auto size = ::fstat(descriptor, &about) == 0 ? static_cast<std::size_t>(about.st_size) : 0;
  auto file = std::make_shared<const FileBody>(descriptor, size);
  ServedFile served;
  // One reading for both, so that the tag is that of the bytes even where the name changes hands.
  served.bytes = file->read(0, size);
  served.tag = "\"" + protocol::to_hex(protocol::sha256(served.bytes).view()).substr(0, 32) + "\"";
  if (size > kServedFromDisk && served.bytes.size() == size) {
    served.bytes.clear();
    served.bytes.shrink_to_fit();
    served.file = std::move(file);
  }
  return served;
}

Response served_nothing() {
  auto response = problem(protocol::ErrorCode::not_found, "this publisher has no such file");
  allow_any_origin(response);
  return response;
}

}  // namespace

std::optional<PublisherFile> parse_publisher_path(std::string_view path) {
  constexpr std::size_t kMaxPath = 100;
  if (path.size() > kMaxPath) return std::nullopt;
  if (path == "did.jsonl") return PublisherFile{"did.jsonl", "text/jsonl; charset=utf-8", false};
  if (path == "did.json") return PublisherFile{"did.json", "application/did+json", false};
  const auto parts = served_parts(path);
  if (parts.size() < 3 || parts[0] != "feed") return std::nullopt;
  const auto epoch = served_number(parts[1]);
  if (!epoch) return std::nullopt;
  const std::string feed = "feed/" + std::to_string(*epoch) + "/";
  if (path.size() <= feed.size()) return std::nullopt;
  const auto below = path.substr(feed.size());
  if (below == "checkpoint")
    return PublisherFile{feed + "checkpoint", "text/plain; charset=utf-8", false};
  if (parts[2] == "tile") return served_tile(feed, below, parts);
  if (parts[2] == "docs" && parts.back().ends_with(".jsonl")) {
    auto number_parts = parts;
    number_parts.back().remove_suffix(std::string_view(".jsonl").size());
    const auto number = served_tile_number(number_parts, 3, number_parts.size());
    if (!number || protocol::docs_path(*number) != below) return std::nullopt;
    // Texts are blanked when they are withdrawn, so not even a full file stays as it is.
    return PublisherFile{feed + protocol::docs_path(*number), "text/jsonl; charset=utf-8", false};
  }
  return std::nullopt;
}

Response get_publisher_file(const Request& request, const Node& node) {
  const auto file = parse_publisher_path(request.param("path"));
  const auto files = node.publisher_files();
  if (!file || !files) return served_nothing();
  auto sent = served_file(files->folder / file->path);
  if (!sent) return served_nothing();
  const std::string& tag = sent->tag;
  const auto cache = file->immutable ? cache_forever() : cache_for(std::chrono::seconds(5));
  Response response;
  if (const auto known = request.header("If-None-Match"); known && served_matches(*known, tag)) {
    response.status = 304;
    response.cache = cache;
  } else {
    response = ok_bytes(std::move(sent->bytes), std::string(file->content_type), cache);
    response.file = std::move(sent->file);
  }
  response.set("ETag", tag);
  allow_any_origin(response);
  return response;
}

}  // namespace node
