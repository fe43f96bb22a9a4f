#include "node/mirror/feed_place.h"

#include <algorithm>

namespace node {

namespace {

constexpr std::string_view kUnconfirmed = "unconfirmed-head: ";

std::string feed_place_key(const std::string& scid) { return "feed_place:" + scid; }

}  // namespace

std::optional<std::string> feed_place(const StoreQueries& store, const std::string& scid) {
  return store.setting(feed_place_key(scid));
}

void set_feed_place(Database& database, const std::string& scid, const std::string& folder) {
  database.prepare("DELETE FROM setting WHERE key = ?1").bind(1, feed_place_key(scid)).run();
  if (folder.empty()) return;
  database.prepare("INSERT INTO setting (key, value) VALUES (?1, ?2)")
      .bind(1, feed_place_key(scid))
      .bind(2, folder)
      .run();
}

void make_due(Database& database, const std::string& scid, protocol::Timestamp at) {
  database
      .prepare("UPDATE feed SET next_attempt = min(next_attempt, ?2) WHERE scid = ?1 AND own = 0")
      .bind(1, scid)
      .bind_time(2, at)
      .run();
}

void note_nothing_new(Database& database, const std::string& scid, protocol::Timestamp now,
                      protocol::Timestamp next) {
  database
      .prepare(R"sql(
    UPDATE feed SET last_attempt = ?2, next_attempt = ?3, failures = 0, trouble_code = '', trouble_detail = ''
     WHERE scid = ?1 AND own = 0
  )sql")
      .bind(1, scid)
      .bind_time(2, now)
      .bind_time(3, next)
      .run();
}

void note_where_it_is(Database& database, const Feed& feed, const protocol::Error& words) {
  database.prepare("UPDATE feed SET trouble_code = ?2, trouble_detail = ?3 WHERE feed_id = ?1")
      .bind(1, feed.feed_id)
      .bind(2, protocol::word(words.code))
      .bind(3, words.detail)
      .run();
}

bool may_be_had_elsewhere(protocol::ErrorCode code) {
  using protocol::ErrorCode;
  return code == ErrorCode::fetch_dns || code == ErrorCode::fetch_connect ||
         code == ErrorCode::fetch_timeout || code == ErrorCode::fetch_tls ||
         code == ErrorCode::fetch_http || code == ErrorCode::fetch_redirect ||
         code == ErrorCode::fetch_encoding || code == ErrorCode::fetch_malformed ||
         code == ErrorCode::fetch_blocked || code == ErrorCode::did_unreachable ||
         code == ErrorCode::corrupt_mirror;
}

bool is_worth_taking(const Feed& feed, const crawler::FeedUpdate& update) {
  const bool has_texts =
      std::any_of(update.records.begin(), update.records.end(),
                  [](const auto& record) { return !record.problem.has_value(); });
  return update.new_epoch || update.frontier.size() > feed.size || has_texts ||
         update.did_log != feed.did_log ||
         (update.heartbeat && (!feed.heartbeat || *update.heartbeat > *feed.heartbeat));
}

bool is_unconfirmed(const Feed& feed, const MirrorReading& copy,
                    const std::optional<CopiedHead>& before) {
  if (!copy.reading.update || copy.agreeing >= 2) return false;
  const auto& update = *copy.reading.update;
  if (update.new_epoch || update.frontier.size() > feed.size || feed.checkpoint.empty())
    return true;
  // The node that it was read from does not confirm itself.
  return before && before->node == copy.node;
}

protocol::Error copied_words(const Feed& feed, const MirrorReading& copy,
                             const std::optional<CopiedHead>& before,
                             const protocol::Error& refused) {
  if (!copy.reading.update) return copy.reading.update.error();
  const bool unconfirmed = is_unconfirmed(feed, copy, before);
  std::string detail = unconfirmed ? std::string(kUnconfirmed) : std::string();
  detail += "its own host does not give it (" + refused.detail + "); ";
  detail += unconfirmed ? "what is shown was read from " + copy.node +
                              " and is not confirmed by its host or a second node yet"
                        : "what is shown is what other nodes have of it, such as " + copy.node;
  return {refused.code, std::move(detail)};
}

}  // namespace node
