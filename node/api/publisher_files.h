#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "node/http/message.h"
#include "node/node.h"

namespace node {

/// A file that a publisher's folder may have (SPEC 6.1), by its path below the folder.
struct PublisherFile {
  std::filesystem::path path;  ///< made from what was understood, never from what was sent
  std::string_view content_type;
  bool immutable = false;  ///< never written twice with other bytes
};

/// did.jsonl, did.json, feed/<e>/checkpoint, feed/<e>/tile/<L>/<N>[.p/<W>],
/// feed/<e>/tile/entries/<N>[.p/<W>], feed/<e>/docs/<N>.jsonl; nothing for any other text, nor for
/// one of these in another spelling.
std::optional<PublisherFile> parse_publisher_path(std::string_view path);

/// `GET` below the own publisher's prefix: parameter `path`. Answers 304 to a matching
/// If-None-Match, not_found for what is not there.
Response get_publisher_file(const Request& request, const Node& node);

}  // namespace node
