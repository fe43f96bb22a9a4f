#include "node/store/erasure.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace node {

namespace {

/// The lines that do not name the record.
std::string erasure_lines_without(std::string_view lines, std::string_view uuid) {
  std::string kept;
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size() - 1) + 1;
    const auto line = lines.substr(0, end);
    if (line.find(uuid) == std::string_view::npos) kept += line;
    lines.remove_prefix(end);
  }
  return kept;
}

}  // namespace

void forget_about(Database& database, std::string_view scid, std::string_view id) {
  for (const auto* table : {"check_note", "observation", "report"}) {
    database.prepare(std::string("DELETE FROM ") + table + " WHERE scid = ?1 AND id = ?2")
        .bind(1, scid)
        .bind(2, id)
        .run();
  }
  database.prepare("DELETE FROM reminder WHERE id = ?1").bind(1, id).run();
  // What an import could take back is no reason to keep what somebody had erased.
  const std::string uuid(id.substr(id.rfind(':') + 1));
  std::vector<std::pair<std::int64_t, std::string>> batches;
  auto rows =
      database.prepare("SELECT batch, changes FROM import_batch WHERE instr(changes, ?1) > 0");
  rows.bind(1, uuid);
  while (rows.step()) batches.emplace_back(rows.integer(0), rows.text(1));
  rows.reset();
  for (const auto& [batch, changes] : batches) {
    database.prepare("UPDATE import_batch SET changes = ?2 WHERE batch = ?1")
        .bind(1, batch)
        .bind(2, erasure_lines_without(changes, uuid))
        .run();
  }
}

std::optional<protocol::Leaf> newest_leaf(Database& database, std::int64_t feed_id,
                                          std::string_view id) {
  auto rows = database.prepare(
      "SELECT leaf FROM entry WHERE feed_id = ?1 AND instr(leaf, ?2) > 0 ORDER BY position DESC");
  rows.bind(1, feed_id).bind_blob(2, protocol::as_bytes(id));
  while (rows.step()) {
    const auto bytes = rows.blob(0);
    auto leaf = protocol::parse_leaf(protocol::as_text(bytes));
    if (leaf && leaf->id == id) return std::move(*leaf);
  }
  return std::nullopt;
}

}  // namespace node
