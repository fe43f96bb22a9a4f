#include "node/store/schema.h"

#include <iterator>

#include "node/store/migration_0002_sql.h"
#include "node/store/migration_0003_sql.h"
#include "node/store/migration_0004_sql.h"
#include "node/store/schema_sql.h"
#include "node/store/store.h"

namespace node {

namespace {

// Element i brings a database from version i + 1 to i + 2. Only ever appended to.
constexpr const char* kMigrations[] = {kMigration0002Sql, kMigration0003Sql, kMigration0004Sql};
static_assert(std::size(kMigrations) + 1 == kSchemaVersion);

}  // namespace

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
  // All steps or none: a kill in between leaves the older version.
  Transaction transaction(database);
  if (version == 0) {
    database.execute(kSchemaSql);
  } else {
    for (auto step = version; step < kSchemaVersion; ++step)
      database.execute(kMigrations[static_cast<std::size_t>(step - 1)]);
  }
  database.execute("PRAGMA user_version = " + std::to_string(kSchemaVersion));
  transaction.commit();
}

}  // namespace node
