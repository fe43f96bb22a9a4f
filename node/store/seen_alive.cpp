#include "node/store/seen_alive.h"

namespace node {

namespace {

std::string seen_alive_key(const std::string& scid) { return "seen_alive:" + scid; }

}  // namespace

// The time comes first: SQLite reads a number from where a text begins.
void keep_seen_alive(Database& database, const std::string& scid, const std::string& anchor,
                     protocol::Timestamp at) {
  database
      .prepare(R"sql(
    INSERT INTO setting (key, value) VALUES (?1, ?2)
    ON CONFLICT (key) DO UPDATE SET value = ?2
     WHERE CAST(value AS INTEGER) < ?3
        OR substr(value, instr(value, ' ') + 1) NOT IN (SELECT scid FROM anchor)
  )sql")
      .bind(1, seen_alive_key(scid))
      .bind(2, std::to_string(protocol::to_unix(at)) + " " + anchor)
      .bind_time(3, at)
      .run();
}

void forget_seen_alive(Database& database, const std::string& scid) {
  database.prepare("DELETE FROM setting WHERE key = ?1").bind(1, seen_alive_key(scid)).run();
}

void forget_all_seen_alive(Database& database) {
  database.execute("DELETE FROM setting WHERE key GLOB 'seen_alive:*'");
}

}  // namespace node
