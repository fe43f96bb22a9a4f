#include "node/store/schema.h"

#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "node/store/store.h"
#include "tests/support/federation.h"

namespace {

using node::Database;

std::string schema_version_1() {
  std::ifstream file(KITH_SOURCE "/tests/node/store/schema_1.sql");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Every column of every table and index, by what it is rather than by how it was written.
std::map<std::string, std::string> schema_columns(Database& database) {
  std::map<std::string, std::string> columns;
  auto rows = database.prepare(R"sql(
    SELECT m.type || ' ' || m.name || '.' || c.cid,
           c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || coalesce(c.dflt_value, '') || ' ' || c.pk
      FROM sqlite_master AS m, pragma_table_info(m.name) AS c
     WHERE m.type = 'table'
    UNION ALL
    SELECT m.type || ' ' || m.name || '.' || c.seqno, c.name
      FROM sqlite_master AS m, pragma_index_info(m.name) AS c
     WHERE m.type = 'index'
  )sql");
  while (rows.step()) columns[rows.text(0)] = rows.text(1);
  return columns;
}

TEST(Schema, OlderOnesMigrateToTheNewOneAndKeepWhatTheyHeld) {
  test_support::ScratchFolder folder;
  Database fresh(folder.path() / "fresh.sqlite3", Database::Mode::read_write);
  node::prepare_schema(fresh);
  Database old(folder.path() / "old.sqlite3", Database::Mode::read_write);
  old.execute(schema_version_1());
  old.execute("PRAGMA user_version = 1");
  old.execute("INSERT INTO denial (scid, id, reason) VALUES ('Qm1', '', 'asked for it')");
  old.execute("INSERT INTO setting (key, value) VALUES ('publisher_name', 'Chapter')");

  node::prepare_schema(old);

  const auto wanted = schema_columns(fresh);
  EXPECT_GT(wanted.size(), 60u);
  EXPECT_EQ(schema_columns(old), wanted);
  auto version = old.prepare("PRAGMA user_version");
  ASSERT_TRUE(version.step());
  EXPECT_EQ(version.integer(0), node::kSchemaVersion);
  auto kept = old.prepare("SELECT reason, denied_at, until IS NULL FROM denial");
  ASSERT_TRUE(kept.step());
  EXPECT_EQ(kept.text(0), "asked for it");
  EXPECT_EQ(kept.integer(1), 0);
  EXPECT_EQ(kept.integer(2), 1);
}

TEST(Schema, ANewerOneIsRefusedAndLeftAsItIs) {
  test_support::ScratchFolder folder;
  Database newer(folder.path() / "newer.sqlite3", Database::Mode::read_write);
  node::prepare_schema(newer);
  newer.execute("PRAGMA user_version = " + std::to_string(node::kSchemaVersion + 1));
  try {
    node::prepare_schema(newer);
    FAIL() << "a newer schema was accepted";
  } catch (const node::DataError& error) {
    EXPECT_EQ(error.code(), protocol::ErrorCode::schema_newer);
  }
}

}  // namespace
