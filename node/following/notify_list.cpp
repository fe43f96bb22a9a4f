#include "node/following/notify_list.h"

#include <algorithm>
#include <set>

#include "crawler/fetch_url.h"
#include "node/store/notify.h"
#include "protocol/document/recognition.h"
#include "protocol/encoding/json.h"
#include "protocol/identity/did.h"
#include "protocol/identity/did_log.h"
#include "protocol/limits.h"

namespace node {

namespace {

constexpr std::string_view kNotifyPath = "/witness/add-checkpoint";

/// Whom a recognition names; empty for what is none.
std::string notify_subject(const std::string& document) {
  const auto envelope = protocol::read_envelope(document);
  const auto* subject = envelope ? envelope->subject.find("id") : nullptr;
  if (!subject || !subject->if_string()) return {};
  const auto did = protocol::parse_did(*subject->if_string());
  return did ? did->scid : std::string();
}

bool notify_is_same_host(const std::string& url, const std::string& did_text) {
  const auto did = protocol::parse_did(did_text);
  if (!did) return false;
  const auto identity = crawler::parse_fetch_url(protocol::did_folder_url(*did));
  const auto node = crawler::parse_fetch_url(url);
  return identity && node && identity->host == node->host;
}

}  // namespace

protocol::Result<std::string> notify_url(std::string_view text) {
  std::string url(text);
  if (url.ends_with(kNotifyPath)) url.resize(url.size() - kNotifyPath.size());
  while (url.ends_with('/')) url.pop_back();
  const auto parsed = crawler::parse_fetch_url(url + "/");
  if (!parsed || parsed->target != "/") {
    return protocol::refuse(protocol::ErrorCode::config_invalid,
                            "'" + std::string(text) +
                                "' is not the address of a node, such as https://chapter.example");
  }
  return url;
}

std::string witness_url(const std::string& node_url) { return node_url + std::string(kNotifyPath); }

std::vector<NotifyTarget> notify_list(const StoreQueries& store) {
  Database& database = store.database();
  std::string own_scid, own_url;
  std::set<std::string> wanted;
  auto own = database.prepare("SELECT scid, did_log FROM feed WHERE own = 1");
  if (own.step()) {
    own_scid = own.text(0);
    if (const auto keys = protocol::stored_publisher_keys(own.text(1)); keys && keys->api_url) {
      if (const auto url = notify_url(*keys->api_url)) own_url = *url;
    }
    // The texts are searched before any is parsed: of a great many few name this publisher.
    auto recognitions = database.prepare(R"sql(
      SELECT feed.own, feed.scid, record.document
        FROM record JOIN feed ON feed.feed_id = record.feed_id
       WHERE record.type = 'recognition' AND record.document IS NOT NULL
         AND (feed.own = 1 OR instr(record.document, ?1) > 0)
    )sql");
    recognitions.bind(1, own_scid);
    while (recognitions.step()) {
      const auto subject = notify_subject(recognitions.text(2));
      if (recognitions.integer(0) == 1)
        wanted.insert(subject);
      else if (subject == own_scid)
        wanted.insert(recognitions.text(1));
    }
  }
  std::vector<NotifyTarget> targets;
  const auto add = [&](NotifyTarget target) {
    if (target.url == own_url) return;
    const auto same = std::find_if(targets.begin(), targets.end(),
                                   [&](const auto& other) { return other.url == target.url; });
    if (same == targets.end()) targets.push_back(std::move(target));
  };
  auto feeds = database.prepare(
      "SELECT scid, did_log, followed FROM feed WHERE own = 0 AND quarantined = 0 AND did_log <> "
      "''");
  while (feeds.step()) {
    if (feeds.integer(2) == 0 && !wanted.contains(feeds.text(0))) continue;
    const auto keys = protocol::stored_publisher_keys(feeds.text(1));
    if (!keys || !keys->api_url || !notify_is_same_host(*keys->api_url, keys->did)) continue;
    if (auto url = notify_url(*keys->api_url)) add({std::move(*url), feeds.text(0), keys->node});
  }
  for (auto& url : notify_urls(database)) add({std::move(url), {}, {}});
  return targets;
}

}  // namespace node
