#include "node/cli/output_place.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "node/cli/commands.h"
#include "node/publish/files.h"
#include "tests/support/federation.h"

namespace {

namespace fs = std::filesystem;
using test_support::CollectedOutput;
using test_support::Federation;
using test_support::simple_listing;

class OutputPlace : public ::testing::Test {
 protected:
  OutputPlace() { id = federation.publish(chapter, {simple_listing("Harbor circle")}).front(); }

  int run(const std::string& command, std::map<std::string, std::vector<std::string>> options) {
    said = {};
    const int exit = node::execute({command, std::move(options), {}, {}, "/"}, *chapter.node, said);
    // Lines are wrapped wherever they happen to be full.
    std::replace(said.said.begin(), said.said.end(), '\n', ' ');
    return exit;
  }
  std::string content(const fs::path& file) {
    return node::read_file_if_there(file).value_or("(none)");
  }

  Federation federation;
  Federation::Member& chapter = federation.add("chapter.test", "Buckeye Test Chapter", {"US-OH"});
  const fs::path data = chapter.node->folder();
  const fs::path beside = data.parent_path();
  node::RecordKey id;
  CollectedOutput said;
};

TEST_F(OutputPlace, AnExportOverwritesNeitherKeysNorDatabaseNorRecoverySheet) {
  const fs::path sheet = beside / "sheet.txt";
  node::replace_file(sheet, "RECOVERY SHEET of somebody\nthe only one\n", 0600);
  for (const fs::path& precious :
       {data / "keys/sign.key", data / "kith.sqlite3", data / "public/did.jsonl", sheet}) {
    SCOPED_TRACE(precious);
    const auto before = content(precious);
    ASSERT_NE(before, "(none)");
    EXPECT_EQ(run("export", {{"csv", {}}, {"out", {precious.string()}}}), node::kExitUsage);
    EXPECT_NE(said.said.find("Nothing was written"), std::string::npos) << said.said;
    EXPECT_TRUE(content(precious) == before);
  }
  EXPECT_EQ(run("export", {{"csv", {}}, {"out", {beside.string()}}}), node::kExitUsage);
  EXPECT_NE(said.said.find("Name a file"), std::string::npos) << said.said;
  EXPECT_EQ(run("export", {{"csv", {}}, {"out", {(beside / "sheet.csv").string()}}}),
            node::kExitOk);
  EXPECT_NE(content(beside / "sheet.csv").find("Harbor circle"), std::string::npos);
}

TEST_F(OutputPlace, EvidenceIsNotWrittenOverAKey) {
  const auto key = content(data / "keys/sign.key");
  EXPECT_EQ(run("evidence", {{"id", {id.text()}}, {"out", {(data / "keys/sign.key").string()}}}),
            node::kExitUsage);
  EXPECT_TRUE(content(data / "keys/sign.key") == key);
}

TEST_F(OutputPlace, FilesForEverybodyAreNotLaidBesideTheKeys) {
  for (const fs::path& place : {data, data / "keys", data / "public/../keys"}) {
    SCOPED_TRACE(place);
    EXPECT_EQ(run("publish", {{"to", {place.string()}}}), node::kExitUsage);
    EXPECT_NE(said.said.find("for everybody"), std::string::npos) << said.said;
    EXPECT_EQ(run("mirror", {{"to", {place.string()}}}), node::kExitUsage);
    EXPECT_FALSE(fs::exists(place / "did.jsonl"));
  }
  node::replace_file(beside / "file", "x");
  EXPECT_EQ(run("publish", {{"to", {(beside / "file").string()}}}), node::kExitUsage);
  EXPECT_NE(said.said.find("Name a folder"), std::string::npos) << said.said;
  EXPECT_EQ(run("publish", {{"to", {(data / "public").string()}}}), node::kExitOk) << said.said;
  EXPECT_EQ(run("publish", {{"to", {(beside / "upload").string()}}}), node::kExitOk) << said.said;
  EXPECT_TRUE(fs::exists(beside / "upload/did.jsonl"));
}

}  // namespace
