#include "node/store/due_feeds.h"

namespace node {

namespace {

// `failures > 0` as the index feed_by_attempt has it, which is not found for a value that is bound.
const char* due_query(Last last) {
  switch (last) {
    case Last::well:
      return R"sql(
        SELECT scid, next_attempt FROM feed
         WHERE own = 0 AND (failures > 0) = 0 AND next_attempt <= ?1 AND last_success IS NOT NULL
         ORDER BY next_attempt, scid LIMIT ?2
      )sql";
    case Last::never:
      return R"sql(
        SELECT scid, next_attempt FROM feed
         WHERE own = 0 AND (failures > 0) = 0 AND next_attempt <= ?1 AND last_success IS NULL
         ORDER BY next_attempt, scid LIMIT ?2
      )sql";
    case Last::failed:
      return R"sql(
        SELECT scid, next_attempt FROM feed
         WHERE own = 0 AND (failures > 0) = 1 AND next_attempt <= ?1
         ORDER BY next_attempt, scid LIMIT ?2
      )sql";
  }
  return "";
}

}  // namespace

std::vector<DueFeed> due_feeds(Database& database, Last last, protocol::Timestamp now,
                               std::size_t limit) {
  auto rows = database.prepare(due_query(last));
  rows.bind_time(1, now).bind(2, static_cast<std::int64_t>(limit));
  std::vector<DueFeed> feeds;
  while (rows.step()) feeds.push_back({rows.text(0), protocol::from_unix(rows.integer(1))});
  return feeds;
}

std::optional<protocol::Timestamp> next_due(Database& database, protocol::Timestamp now) {
  std::optional<protocol::Timestamp> next;
  for (const char* query : {R"sql(
    SELECT min(next_attempt) FROM feed WHERE own = 0 AND (failures > 0) = 0 AND next_attempt > ?1
  )sql",
                            R"sql(
    SELECT min(next_attempt) FROM feed WHERE own = 0 AND (failures > 0) = 1 AND next_attempt > ?1
  )sql"}) {
    auto rows = database.prepare(query);
    rows.bind_time(1, now);
    const auto first = rows.step() ? rows.time(0) : std::nullopt;
    if (first && (!next || *first < *next)) next = first;
  }
  return next;
}

bool nobody_answered_since(Database& database, const std::string& scid, protocol::Timestamp since) {
  auto newest = database.prepare("SELECT max(last_success) FROM feed WHERE own = 0 AND scid <> ?1");
  newest.bind(1, scid);
  if (!newest.step()) return false;
  const auto answered = newest.time(0);
  return answered && *answered <= since;
}

std::size_t spread_overdue_feeds(Database& database, protocol::Timestamp now,
                                 const std::function<std::chrono::seconds(std::size_t)>& wait) {
  Transaction transaction(database);
  std::vector<std::string> overdue;
  {
    auto rows = database.prepare(R"sql(
      SELECT scid FROM feed
       WHERE own = 0 AND next_attempt <= ?1 AND last_attempt IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM head WHERE head.size > feed.size
                            AND head.origin = 'webvh/' || feed.scid || '/' || feed.epoch)
    )sql");
    rows.bind_time(1, now);
    while (rows.step()) overdue.push_back(rows.text(0));
  }
  auto later = database.prepare("UPDATE feed SET next_attempt = ?2 WHERE scid = ?1");
  for (const auto& scid : overdue) {
    later.bind(1, scid).bind_time(2, now + wait(overdue.size())).run();
  }
  transaction.commit();
  return overdue.size();
}

}  // namespace node
