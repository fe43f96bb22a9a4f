#include "node/store/witness_proofs.h"

namespace node {

std::string stored_witness_proofs(Database& database, std::int64_t feed_id) {
  auto row = database.prepare("SELECT proofs FROM witness_proofs WHERE feed_id = ?1");
  return row.bind(1, feed_id).step() ? row.text(0) : std::string();
}

void keep_witness_proofs(Database& database, std::int64_t feed_id, std::string_view proofs) {
  if (proofs.empty()) {
    database.prepare("DELETE FROM witness_proofs WHERE feed_id = ?1").bind(1, feed_id).run();
    return;
  }
  database
      .prepare(R"sql(
    INSERT INTO witness_proofs (feed_id, proofs) VALUES (?1, ?2)
    ON CONFLICT (feed_id) DO UPDATE SET proofs = ?2
  )sql")
      .bind(1, feed_id)
      .bind(2, proofs)
      .run();
}

}  // namespace node
