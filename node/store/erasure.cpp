#include "node/store/erasure.h"

#include <string>
#include <utility>
#include <vector>

#include "protocol/encoding/json.h"
#include "protocol/encoding/text_encodings.h"

namespace node {

namespace {

constexpr std::size_t kMaxBatchBytes = 256 << 20;

/// Takes out every member named `id`, and every object that says it is `id`, at whatever depth:
/// what an import was before is kept as a map from ids or as a list of subjects.
bool erasure_cut(protocol::Json& value, std::string_view id) {
  bool changed = value.if_object() && value.erase(id);
  if (auto* object = value.if_object()) {
    for (auto& [name, member] : *object) changed = erasure_cut(member, id) || changed;
  } else if (auto* array = value.if_array()) {
    changed = std::erase_if(*array, [&](const protocol::Json& item) {
                const auto* own = item.find("id");
                return own && own->if_string() && *own->if_string() == id;
              }) > 0;
    for (auto& item : *array) changed = erasure_cut(item, id) || changed;
  }
  return changed;
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
  const std::string uuid(id.substr(id.rfind(':') + 1));
  std::vector<std::pair<std::int64_t, std::string>> batches;
  auto rows =
      database.prepare("SELECT batch, before FROM import_batch WHERE instr(before, ?1) > 0");
  rows.bind(1, uuid);
  while (rows.step()) batches.emplace_back(rows.integer(0), rows.text(1));
  rows.reset();
  for (const auto& [batch, text] : batches) {
    protocol::JsonLimits limits;
    limits.max_bytes = kMaxBatchBytes;
    limits.max_keys_per_object = limits.max_values = limits.max_keys = kMaxBatchBytes;
    auto before = protocol::parse_json(text, limits);
    const bool cut = before && [&] {
      const bool by_urn = erasure_cut(*before, id);
      return erasure_cut(*before, uuid) || by_urn;
    }();
    // What cannot be read cannot be taken back either; the person's right comes first.
    database.prepare("UPDATE import_batch SET before = ?2 WHERE batch = ?1")
        .bind(1, batch)
        .bind(2, cut ? protocol::canonical(*before) : std::string("{}"))
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
