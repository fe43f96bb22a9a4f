#include "node/store/large_feeds.h"

namespace node {

namespace {

std::string large_feed_key(const std::string& scid) { return "large_feed:" + scid; }

}  // namespace

bool is_large_feed(Database& database, const std::string& scid) {
  auto row = database.prepare("SELECT 1 FROM setting WHERE key = ?1");
  row.bind(1, large_feed_key(scid));
  return row.step();
}

void set_large_feed(Database& database, const std::string& scid, bool is_large) {
  database
      .prepare(is_large ? "INSERT OR REPLACE INTO setting (key, value) VALUES (?1, '1')"
                        : "DELETE FROM setting WHERE key = ?1")
      .bind(1, large_feed_key(scid))
      .run();
}

}  // namespace node
