#include "node/store/copied_heads.h"

namespace node {

std::map<std::int64_t, CopiedHead> copied_heads(Database& database) {
  auto rows = database.prepare("SELECT feed_id, size, node, since FROM copied_head");
  std::map<std::int64_t, CopiedHead> found;
  while (rows.step()) {
    found[rows.integer(0)] = {static_cast<std::uint64_t>(rows.integer(1)), rows.text(2),
                              protocol::from_unix(rows.integer(3))};
  }
  return found;
}

std::optional<CopiedHead> copied_head(Database& database, const Feed& feed) {
  auto row = database.prepare(
      "SELECT size, node, since FROM copied_head WHERE feed_id = ?1 AND size = ?2");
  row.bind(1, feed.feed_id).bind(2, static_cast<std::int64_t>(feed.size));
  if (!row.step()) return std::nullopt;
  return CopiedHead{static_cast<std::uint64_t>(row.integer(0)), row.text(1),
                    protocol::from_unix(row.integer(2))};
}

void keep_copied_head(Database& database, const Feed& feed, const CopiedHead& head) {
  database
      .prepare(R"sql(
    INSERT INTO copied_head (feed_id, size, node, since) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (feed_id) DO UPDATE SET size = ?2, node = ?3, since = ?4
  )sql")
      .bind(1, feed.feed_id)
      .bind(2, static_cast<std::int64_t>(head.size))
      .bind(3, head.node)
      .bind_time(4, head.since)
      .run();
}

void confirm_head(Database& database, const Feed& feed) {
  database.prepare("DELETE FROM copied_head WHERE feed_id = ?1").bind(1, feed.feed_id).run();
}

}  // namespace node
