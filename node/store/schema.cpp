#include "node/store/schema.h"

#include "node/store/schema_sql.h"
#include "node/store/store.h"

namespace node {

void prepare_schema(Database& database) {
  auto read = database.prepare("PRAGMA user_version");
  read.step();
  const auto version = read.integer(0);
  if (version == kSchemaVersion) return;
  if (version > kSchemaVersion) {
    throw DataError(protocol::ErrorCode::schema_newer,
                    "The data folder was written by a newer version of kith (schema " +
                        std::to_string(version) + ", this one knows " +
                        std::to_string(kSchemaVersion) +
                        "). Nothing was changed. Install the newer version.");
  }
  read.reset();
  Transaction transaction(database);
  database.execute(kSchemaSql);
  database.execute("PRAGMA user_version = " + std::to_string(kSchemaVersion));
  transaction.commit();
}

}  // namespace node
