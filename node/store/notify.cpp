#include "node/store/notify.h"

namespace node {

std::vector<std::string> notify_urls(Database& database) {
  auto rows = database.prepare("SELECT url FROM notify ORDER BY url");
  std::vector<std::string> urls;
  while (rows.step()) urls.push_back(rows.text(0));
  return urls;
}

bool add_notify_url(Database& database, const std::string& url, protocol::Timestamp now) {
  database.prepare("INSERT OR IGNORE INTO notify (url, added_at) VALUES (?1, ?2)")
      .bind(1, url)
      .bind_time(2, now)
      .run();
  return database.changed_rows() > 0;
}

bool remove_notify_url(Database& database, const std::string& url) {
  database.prepare("DELETE FROM notify WHERE url = ?1").bind(1, url).run();
  return database.changed_rows() > 0;
}

}  // namespace node
