#include <gtest/gtest.h>

#include "node/cli/commands.h"
#include "node/importing/undo.h"
#include "tests/support/federation.h"

namespace {

using test_support::CollectedOutput;
using test_support::Federation;

int undo_run(Federation::Member& member, std::map<std::string, std::vector<std::string>> options,
             const std::string& file, std::string& said) {
  node::Invocation invocation;
  invocation.command = "import";
  invocation.options = std::move(options);
  if (!file.empty()) {
    invocation.options["file"] = {"groups.csv"};
    invocation.files["file"] = file;
  }
  CollectedOutput output;
  const auto code = node::execute(invocation, *member.node, output);
  said = output.said;
  return code;
}

std::string undo_subjects(Federation::Member& member) {
  std::string all;
  member.node->change([&](node::Store& store, node::Publisher* publisher) {
    for (const auto& feed : store.queries().feeds()) {
      if (!feed.own) continue;
      for (const auto& record : store.queries().records(feed.feed_id, "listing"))
        all += protocol::canonical(publisher->own_envelope(record).subject) + "\n";
    }
  });
  return all;
}

constexpr auto kSheet =
    "Group name,How often,Cost,Web page\n"
    "Circle,weekly,free,https://circle.example/\n"
    "Walk,monthly,$5 per meeting,https://walk.example/\n";

TEST(ImportUndo, TakesTheLastImportBackAndThenTheOneBefore) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Buckeye Test Chapter", {"US-OH"});
  std::string said;
  ASSERT_EQ(undo_run(chapter, {{"apply", {}}}, kSheet, said), node::kExitOk) << said;
  const auto first = undo_subjects(chapter);
  ASSERT_EQ(undo_run(chapter, {{"apply", {}}, {"withdraw-missing", {}}},
                     "Group name,How often,Cost,Web page\n"
                     "Circle,monthly,free,https://circle.example/\n"
                     "Lunch,monthly,free,https://lunch.example/\n",
                     said),
            node::kExitOk)
      << said;
  EXPECT_NE(undo_subjects(chapter), first);

  ASSERT_EQ(undo_run(chapter, {{"undo", {}}}, "", said), node::kExitOk) << said;
  EXPECT_NE(said.find("2 put back"), std::string::npos) << said;
  EXPECT_NE(said.find("withdrawn that it had added"), std::string::npos) << said;
  // The same listings under the same ids, in whatever order they were signed again.
  auto lines = [](const std::string& text) {
    std::vector<std::string> all;
    std::size_t at = 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
      all.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    std::sort(all.begin(), all.end());
    return all;
  };
  EXPECT_EQ(lines(undo_subjects(chapter)), lines(first));

  ASSERT_EQ(undo_run(chapter, {{"undo", {}}}, "", said), node::kExitOk) << said;
  EXPECT_EQ(undo_subjects(chapter), "");
  EXPECT_EQ(undo_run(chapter, {{"undo", {}}}, "", said), node::kExitNo);
  EXPECT_EQ(federation.broken_invariant(chapter), "");
}

TEST(ImportUndo, LeavesWhatWasChangedSince) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Buckeye Test Chapter", {"US-OH"});
  std::string said;
  ASSERT_EQ(undo_run(chapter, {{"apply", {}}}, kSheet, said), node::kExitOk) << said;
  chapter.node->change([&](node::Store& store, node::Publisher* publisher) {
    const auto record = store.queries().records(store.queries().feeds()[0].feed_id, "listing")[0];
    std::vector<node::Draft> drafts(1);
    drafts[0].id = record.key.urn();
    drafts[0].subject = publisher->own_envelope(record).subject;
    drafts[0].subject.set("summary", "Written by hand afterwards.");
    ASSERT_TRUE(publisher->publish(drafts, federation.clock.now()).empty());
  });
  ASSERT_EQ(undo_run(chapter, {{"undo", {}}}, "", said), node::kExitOk) << said;
  EXPECT_NE(said.find("changed since"), std::string::npos) << said;
  const auto left = undo_subjects(chapter);
  EXPECT_NE(left.find("Written by hand afterwards."), std::string::npos);
  EXPECT_EQ(std::count(left.begin(), left.end(), '\n'), 1);
}

TEST(ImportUndo, IsWrittenAndReadBack) {
  using node::ImportedChange;
  const std::vector<ImportedChange> changes = {
      {"urn:uuid:1", std::nullopt, "aa"},
      {"urn:uuid:2", protocol::Json::object({{"name", "a \n b"}}), ""}};
  const auto back = node::parse_undo(node::format_undo(changes));
  ASSERT_EQ(back.size(), 2u);
  EXPECT_FALSE(back[0].before);
  EXPECT_EQ(back[0].after, "aa");
  EXPECT_EQ(protocol::canonical(*back[1].before), "{\"name\":\"a \\n b\"}");
  EXPECT_THROW(node::parse_undo("{\"id\":1}"), std::runtime_error);
}

}  // namespace
