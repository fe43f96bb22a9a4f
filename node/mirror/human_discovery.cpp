#include "node/mirror/human_discovery.h"

#include <algorithm>
#include <vector>

#include "protocol/encoding/json.h"
#include "protocol/identity/did_log.h"

namespace node {

namespace {

constexpr std::size_t kMaxCatalogBytes = 64 * 1024;
constexpr std::string_view kDiscoveryLog = "/did.jsonl";

}  // namespace

bool is_host_name(std::string_view text) {
  if (text.size() > 253 || text.find('.') == std::string_view::npos || text.front() == '.' ||
      text.back() == '.')
    return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

protocol::Result<std::string> publisher_of_domain(crawler::Source& source, std::string_view host) {
  using protocol::ErrorCode;
  const std::string base = "https://" + std::string(host);
  if (source.get({base + "/.well-known/did.jsonl", protocol::kMaxDidLogBytes, ""}))
    return base + "/.well-known";
  const auto answer = source.get({base + "/.well-known/api-catalog", kMaxCatalogBytes, ""});
  if (!answer)
    return protocol::refuse(ErrorCode::did_unreachable,
                            std::string(host) + " names no publisher: " + answer.error().detail);
  const auto catalog = protocol::parse_json(answer->body, {.max_bytes = kMaxCatalogBytes});
  const auto* linkset = catalog ? catalog->find("linkset") : nullptr;
  std::vector<std::string> found;
  if (const auto* contexts = linkset ? linkset->if_array() : nullptr) {
    for (const auto& context : *contexts) {
      const auto* items = context.find("item");
      if (!items || !items->if_array()) continue;
      for (const auto& item : *items->if_array()) {
        const auto* href = item.find("href");
        if (!href || !href->if_string() || !href->if_string()->ends_with(kDiscoveryLog)) continue;
        std::string url = *href->if_string();
        url.resize(url.size() - kDiscoveryLog.size());
        if (url.starts_with('/')) url = base + url;
        if (url.starts_with("https://") &&
            std::find(found.begin(), found.end(), url) == found.end())
          found.push_back(std::move(url));
      }
    }
  }
  if (found.size() == 1) return found.front();
  std::string detail =
      std::string(host) + (found.empty() ? " names no publisher in its api-catalog"
                                         : " names several publishers; give the address of one:");
  for (const auto& url : found) detail += " " + url;
  return protocol::refuse(ErrorCode::did_unreachable, detail);
}

}  // namespace node
