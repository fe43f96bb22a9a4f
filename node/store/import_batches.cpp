#include "node/store/import_batches.h"

namespace node {

void add_import_batch(Database& database, const ImportBatch& batch) {
  Transaction transaction(database);
  database.prepare("INSERT INTO import_batch (imported_at, source, changes) VALUES (?1, ?2, ?3)")
      .bind_time(1, batch.imported_at)
      .bind(2, batch.source)
      .bind(3, batch.changes)
      .run();
  database
      .prepare(R"sql(
        DELETE FROM import_batch
         WHERE batch NOT IN (SELECT batch FROM import_batch ORDER BY batch DESC LIMIT 20)
      )sql")
      .run();
  transaction.commit();
}

std::optional<ImportBatch> last_import_batch(Database& database) {
  auto row = database.prepare(R"sql(
    SELECT batch, imported_at, source, changes
      FROM import_batch
     WHERE undone_at IS NULL
     ORDER BY batch DESC
     LIMIT 1
  )sql");
  if (!row.step()) return std::nullopt;
  return ImportBatch{row.integer(0), *row.time(1), row.text(2), row.text(3)};
}

void mark_import_undone(Database& database, std::int64_t batch, protocol::Timestamp now) {
  database.prepare("UPDATE import_batch SET undone_at = ?2 WHERE batch = ?1")
      .bind(1, batch)
      .bind_time(2, now)
      .run();
}

}  // namespace node
