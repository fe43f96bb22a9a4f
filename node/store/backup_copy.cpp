#include "node/store/backup_copy.h"

#include <string>

#include "node/store/seen_alive.h"

namespace node {

void copy_database(const std::filesystem::path& data_folder, const std::filesystem::path& target) {
  Database source(database_file(data_folder), Database::Mode::read_only);
  // The file stays open for reading only; SQLite would otherwise not make the copy either.
  source.execute("PRAGMA query_only = OFF");
  source.prepare("VACUUM INTO ?1").bind(1, target.string()).run();
}

void forget_rights(Store& store) {
  auto& database = store.database();
  Transaction transaction(database);
  // Without a sign of life a feed is not shown (SPEC 6.3). What is remembered of its log stays: it
  // is what tells an old or a forked copy.
  database.execute(
      "UPDATE feed SET heartbeat = NULL, last_success = NULL, next_attempt = 0, failures = 0,"
      "       did_log_etag = '', checkpoint_etag = '' WHERE own = 0");
  forget_all_seen_alive(database);
  // A link that is open in the backup may have been used since. What leaders answered stays.
  database.execute("DELETE FROM reminder WHERE used_at IS NULL");
  // Whoever was signed in or invited then may have been shut out since.
  for (const auto* table : {"session", "login_session", "setup_link"}) {
    auto there = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1");
    if (there.bind(1, table).step()) {
      there.reset();
      database.execute(std::string("DELETE FROM ") + table);
    }
  }
  database.execute("DELETE FROM setting WHERE key IN ('cursor_key', 'handed_over_at')");
  transaction.commit();
}

}  // namespace node
