#include <algorithm>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "node/cli/commands.h"
#include "node/publish/feed_folder.h"
#include "node/publish/files.h"
#include "node/store/erasure.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"
#include "tests/support/federation.h"

namespace {

using test_support::CollectedOutput;
using test_support::Federation;
using test_support::simple_listing;

/// Every file below `folder` that holds `canary`, and how often.
std::string erase_hits(const std::filesystem::path& folder, const std::string& canary) {
  std::string hits;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    std::size_t count = 0;
    for (auto at = bytes.find(canary); at != std::string::npos; at = bytes.find(canary, at + 1))
      ++count;
    if (count > 0) hits += file.path().filename().string() + " x" + std::to_string(count) + "; ";
  }
  return hits;
}

node::ExitCode erase_run(Federation::Member& member, const std::vector<node::RecordKey>& keys,
                         std::string& said) {
  node::Invocation invocation{"erase", {{"yes", {}}}, {}, {}, "/"};
  for (const auto& key : keys) invocation.options["id"].push_back(key.text());
  CollectedOutput output;
  const auto exit = node::execute(invocation, *member.node, output);
  said = output.said;
  return exit;
}

/// Many listings of many sizes, so that texts spill over pages and pages split and merge.
std::vector<protocol::Json> erase_crowd(int from, int to) {
  std::vector<protocol::Json> subjects;
  for (int i = from; i < to; ++i) {
    subjects.push_back(simple_listing(
        "Crowd " + std::to_string(i),
        {{"description", std::string(static_cast<std::size_t>(40 + (i * 613) % 1800), 'x')}}));
  }
  return subjects;
}

protocol::Json erase_canary(const std::string& word) {
  return simple_listing("Group of " + word,
                        {{"description", std::string(700, 'y') + " led by " + word + " at home"}});
}

TEST(Erase, LeavesNoByteAtThePublisherNorAtAFollower) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  auto& reader = federation.add_reader("reader");
  federation.anchor(reader, chapter);
  std::vector<std::string> canaries;
  std::vector<node::RecordKey> keys;
  for (int i = 0; i < 3; ++i) {
    federation.publish(chapter, erase_crowd(100 * i, 100 * i + 60));
    canaries.push_back("Zanzibarcanary" + std::to_string(i) + "Quux");
    keys.push_back(federation.publish(chapter, {erase_canary(canaries.back())}).front());
    federation.sync(reader);
  }
  // Said anew, grown and shrunk: what was stored earlier must go, too.
  auto again = erase_canary(canaries[1]);
  again.set("id", keys[1].urn());
  again.set("description", std::string(2500, 'z') + canaries[1]);
  federation.publish(chapter, {again});
  federation.sync(reader);
  for (const auto& canary : canaries) {
    ASSERT_NE(erase_hits(chapter.node->folder(), canary), "");
    ASSERT_NE(erase_hits(reader.node->folder(), canary), "");
  }
  std::string said;
  ASSERT_EQ(erase_run(chapter, keys, said), node::kExitOk) << said;
  for (const auto& canary : canaries) EXPECT_EQ(erase_hits(chapter.node->folder(), canary), "");
  federation.sync(reader);
  for (const auto& canary : canaries) EXPECT_EQ(erase_hits(reader.node->folder(), canary), "");
  EXPECT_EQ(federation.found(reader).size(), 180u);
  EXPECT_EQ(federation.broken_invariant(chapter), "") << "the tree stays verifiable";
  EXPECT_EQ(federation.broken_invariant(reader), "");
}

TEST(Erase, AWithdrawnTextGoesAsWholly) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  auto& reader = federation.add_reader("reader");
  federation.anchor(reader, chapter);
  federation.publish(chapter, erase_crowd(0, 80));
  const std::string canary = "Withdrawncanary";
  const auto keys = federation.publish(chapter, {erase_canary(canary)});
  federation.publish(chapter, erase_crowd(80, 120));
  federation.sync(reader);
  federation.withdraw(chapter, keys[0]);
  EXPECT_EQ(erase_hits(chapter.node->folder(), canary), "");
  federation.sync(reader);
  EXPECT_EQ(erase_hits(reader.node->folder(), canary), "");
}

/// Rebalancing leaves copies of cells in the unused parts of pages; secure_delete must reach them.
TEST(Erase, LeavesNothingInPagesThatWereRebuilt) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  std::vector<node::RecordKey> keys;
  std::vector<std::string> canaries;
  for (int round = 0; round < 5; ++round) {
    auto batch = erase_crowd(1000 + 40 * round, 1000 + 40 * round + 40);
    for (int i = 0; i < 6; ++i) {
      canaries.push_back("Rebuiltcanary" + std::to_string(round) + "x" + std::to_string(i) + "q");
      batch.push_back(erase_canary(canaries.back()));
    }
    const auto made = federation.publish(chapter, batch);
    keys.insert(keys.end(), made.end() - 6, made.end());
    // Others come and go between.
    for (std::size_t i = 0; i < 10; ++i) federation.withdraw(chapter, made[i * 3]);
  }
  std::string said;
  ASSERT_EQ(erase_run(chapter, keys, said), node::kExitOk) << said;
  for (const auto& canary : canaries)
    EXPECT_EQ(erase_hits(chapter.node->folder(), canary), "") << canary;
  EXPECT_EQ(federation.broken_invariant(chapter), "");
}

TEST(Erase, AsksFirstAndNamesTheGroup) {
  class Declining final : public node::CommandOutput {
   public:
    void print(std::string_view) override {}
    void complain(std::string_view) override {}
    void progress(std::string_view) override {}
    bool ask(const std::string& asked) override {
      question = asked;
      return false;
    }
    std::string question;
  };
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  const auto keys = federation.publish(chapter, {simple_listing("Tuesday Circle")});
  Declining output;
  EXPECT_EQ(
      node::execute({"erase", {{"id", {keys[0].text()}}}, {}, {}, "/"}, *chapter.node, output),
      node::kExitNo);
  EXPECT_NE(output.question.find("Tuesday Circle"), std::string::npos) << output.question;
  EXPECT_EQ(federation.found(chapter).size(), 1u);
}

TEST(Erase, OfWhatWasWithdrawnAlreadySaysSoInTheLogOnce) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  const auto keys = federation.publish(chapter, {simple_listing("Tuesday Circle")});
  federation.withdraw(chapter, keys[0]);
  const auto size = [&] {
    return chapter.node->change([&](node::Store& store, node::Publisher* publisher) {
      return store.queries().feed(publisher->scid())->size;
    });
  };
  const auto before = size();
  std::string said;
  EXPECT_EQ(erase_run(chapter, keys, said), node::kExitOk) << said;
  EXPECT_EQ(size(), before + 1);
  EXPECT_EQ(erase_run(chapter, keys, said), node::kExitOk) << said;
  EXPECT_EQ(size(), before + 1) << "again finds nothing left to say";
  EXPECT_EQ(erase_run(chapter, {{chapter.scid, "00000000-0000-4000-8000-000000000001"}}, said),
            node::kExitUsage);
  EXPECT_EQ(size(), before + 1);
  EXPECT_EQ(federation.broken_invariant(chapter), "");
}

TEST(Erase, ForgetsWhatTheNodeNotedItself) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  auto& reader = federation.add_reader("reader");
  federation.anchor(reader, chapter);
  const auto keys =
      federation.publish(chapter, {simple_listing("Tuesday Circle"), simple_listing("Stays")});
  federation.sync(reader);
  const std::string id = keys[0].urn();
  const std::string stays =
      R"({"after":"00","before":{"name":"Stays"},"id":")" + keys[1].urn() + "\"}\n";
  const auto note = [&](Federation::Member& member) {
    member.node->change_store([&](node::Store& store) {
      auto& database = store.database();
      for (const auto& key : keys) {
        database
            .prepare(
                "INSERT INTO check_note VALUES (?1, ?2, 'L7', 0, 'check', 'Notecanary', 'me', 1)")
            .bind(1, key.scid)
            .bind(2, key.urn())
            .run();
        database
            .prepare(
                "INSERT INTO report (scid, id, words, reported_at) VALUES (?1, ?2, 'Notecanary', "
                "1)")
            .bind(1, key.scid)
            .bind(2, key.urn())
            .run();
      }
      database.prepare("INSERT INTO import_batch VALUES (1, 1, 'groups.csv', ?1, NULL)")
          .bind(1, R"({"after":"00","before":{"name":"Batchcanary"},"id":")" + id + "\"}\n" + stays)
          .run();
    });
  };
  note(chapter);
  note(reader);
  std::string said;
  ASSERT_EQ(erase_run(chapter, {keys[0]}, said), node::kExitOk) << said;
  federation.sync(reader);
  for (auto* member : {&chapter, &reader}) {
    EXPECT_EQ(erase_hits(member->node->folder(), "Batchcanary"), "");
    member->node->change_store([&](node::Store& store) {
      for (const auto* table : {"check_note", "report"}) {
        auto left = store.database().prepare(std::string("SELECT count(*), max(id) FROM ") + table);
        left.step();
        EXPECT_EQ(left.integer(0), 1) << table;
        EXPECT_EQ(left.text(1), keys[1].urn()) << "what is noted of others stays";
      }
      auto batch = store.database().prepare("SELECT changes FROM import_batch");
      batch.step();
      EXPECT_EQ(batch.text(0), stays);
    });
  }
}

TEST(Erase, AFileThatAKilledWriterLeftGoes) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  const auto keys = federation.publish(chapter, {erase_canary("Leftcanary")});
  const auto docs = chapter.node->folder() / "public/feed/1/docs/000.jsonl";
  std::filesystem::copy_file(docs, docs.string() + ".new");
  std::string said;
  ASSERT_EQ(erase_run(chapter, keys, said), node::kExitOk) << said;
  EXPECT_EQ(erase_hits(chapter.node->folder(), "Leftcanary"), "");
}

}  // namespace
