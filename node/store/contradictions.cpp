#include "node/store/contradictions.h"

namespace node {

namespace {

/// What was signed, without the lines of signatures: cosigners add theirs at any time.
std::string_view contradiction_text(std::string_view note) {
  const auto end = note.find("\n\n");
  return end == std::string_view::npos ? note : note.substr(0, end + 1);
}

}  // namespace

std::string KeptContradiction::origin() const { return other.substr(0, other.find('\n')); }

void keep_contradiction(Database& database, std::int64_t feed_id, std::string_view accepted,
                        std::string_view other, protocol::Timestamp now) {
  if (is_known_contradiction(database, feed_id, other)) return;
  database
      .prepare(R"sql(
    INSERT INTO contradiction (feed_id, found_at, accepted, other) VALUES (?1, ?2, ?3, ?4)
  )sql")
      .bind(1, feed_id)
      .bind_time(2, now)
      .bind(3, accepted)
      .bind(4, other)
      .run();
}

std::vector<KeptContradiction> kept_contradictions(Database& database, std::size_t most) {
  auto rows = database.prepare(R"sql(
    SELECT feed.scid, contradiction.found_at, contradiction.accepted, contradiction.other
      FROM contradiction JOIN feed USING (feed_id)
     ORDER BY contradiction.found_at, contradiction.rowid
     LIMIT ?1
  )sql");
  rows.bind(1, static_cast<std::int64_t>(most));
  std::vector<KeptContradiction> found;
  while (rows.step()) {
    found.push_back(
        {rows.text(0), protocol::from_unix(rows.integer(1)), rows.text(2), rows.text(3)});
  }
  return found;
}

bool is_known_contradiction(Database& database, std::int64_t feed_id, std::string_view note) {
  auto rows = database.prepare("SELECT other FROM contradiction WHERE feed_id = ?1");
  rows.bind(1, feed_id);
  while (rows.step()) {
    const auto kept = rows.text(0);
    if (contradiction_text(kept) == contradiction_text(note)) return true;
  }
  return false;
}

bool clear_quarantine(Database& database, std::string_view scid, protocol::Timestamp now) {
  auto rows = database.prepare("SELECT 1 FROM feed WHERE scid = ?1 AND quarantined <> 0");
  rows.bind(1, scid);
  if (!rows.step()) return false;
  rows.reset();
  database
      .prepare(R"sql(
    UPDATE feed SET quarantined = 0, failures = 0, trouble_code = '', trouble_detail = '', next_attempt = ?2
     WHERE scid = ?1
  )sql")
      .bind(1, scid)
      .bind_time(2, now)
      .run();
  return true;
}

}  // namespace node
