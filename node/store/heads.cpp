#include "node/store/heads.h"

#include "protocol/log/merkle.h"

namespace node {

std::optional<Head> stored_head(Database& database, const std::string& origin) {
  auto row = database.prepare("SELECT size, root, note FROM head WHERE origin = ?1");
  row.bind(1, origin);
  if (!row.step()) return std::nullopt;
  const auto root = protocol::Hash::of(protocol::ByteView(row.blob(1)));
  if (!root) {
    throw DataError(protocol::ErrorCode::storage_damaged,
                    "the remembered head of " + origin + " has no root of 32 bytes");
  }
  return Head{origin, static_cast<std::uint64_t>(row.integer(0)), *root, row.text(2)};
}

Head newest_head(Database& database, const Feed& feed) {
  const auto origin = protocol::feed_origin(feed.scid, feed.epoch);
  auto stored = stored_head(database, origin);
  if (stored && stored->size >= feed.size) return std::move(*stored);
  return Head{origin, feed.size, feed.frontier.root(), feed.checkpoint};
}

void keep_head(Database& database, const Head& head, protocol::Timestamp now) {
  database
      .prepare(R"sql(
    INSERT INTO head (origin, size, root, note, seen_at) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (origin) DO UPDATE SET size = ?2, root = ?3, note = ?4, seen_at = ?5 WHERE size < ?2
  )sql")
      .bind(1, head.origin)
      .bind(2, static_cast<std::int64_t>(head.size))
      .bind_blob(3, head.root.view())
      .bind(4, head.note)
      .bind_time(5, now)
      .run();
}

void forget_heads(Database& database, std::string_view scid, std::string_view kept_origin) {
  // '0' follows '/' in ASCII, so these are exactly the origins below "webvh/<SCID>/".
  const std::string below = "webvh/" + std::string(scid);
  database.prepare("DELETE FROM head WHERE origin >= ?1 AND origin < ?2 AND origin <> ?3")
      .bind(1, below + "/")
      .bind(2, below + "0")
      .bind(3, kept_origin)
      .run();
}

std::optional<Head> advance_head(Store& store, const std::string& scid,
                                 const protocol::LogHead& base, const Head& next,
                                 protocol::Timestamp now, protocol::Timestamp pull_at) {
  Database& database = store.database();
  Transaction transaction(database);
  const auto feed = store.queries().feed(scid);
  if (!feed || protocol::feed_origin(feed->scid, feed->epoch) != next.origin) {
    return Head{next.origin, 0, protocol::empty_root(), {}};
  }
  auto known = newest_head(database, *feed);
  if (known.state() != base) return known;
  keep_head(database, next, now);
  database.prepare("UPDATE feed SET next_attempt = ?2, failures = 0 WHERE scid = ?1 AND own = 0")
      .bind(1, scid)
      .bind_time(2, pull_at)
      .run();
  transaction.commit();
  return std::nullopt;
}

}  // namespace node
