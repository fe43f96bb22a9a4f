#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "node/store/sqlite.h"
#include "protocol/encoding/time.h"

// What imports changed, so that the last one can be taken back.

namespace node {

struct ImportBatch {
  std::int64_t batch = 0;
  protocol::Timestamp imported_at{};
  std::string source;   ///< the file's name
  std::string changes;  ///< as format_undo() of node/importing/undo.h writes them
};

/// Keeps the newest 20; older ones go.
void add_import_batch(Database& database, const ImportBatch& batch);
/// The newest that was not taken back.
std::optional<ImportBatch> last_import_batch(Database& database);
void mark_import_undone(Database& database, std::int64_t batch, protocol::Timestamp now);

}  // namespace node
