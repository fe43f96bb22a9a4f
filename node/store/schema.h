#pragma once

#include "node/store/sqlite.h"

namespace node {

inline constexpr int kSchemaVersion = 4;

/// Makes a new database, brings an older one up to date, refuses a newer one with
/// DataError(schema_newer).
void prepare_schema(Database& database);

}  // namespace node
