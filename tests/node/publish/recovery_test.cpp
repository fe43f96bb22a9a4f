#include <atomic>
#include <fstream>
#include <iterator>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "node/cli/commands.h"
#include "node/publish/backup.h"
#include "node/publish/files.h"
#include "node/publish/keys.h"
#include "node/publish/own_history.h"
#include "node/store/schema.h"
#include "protocol/encoding/text_encodings.h"
#include "tests/support/federation.h"

namespace {

using protocol::ErrorCode;
using test_support::CollectedOutput;
using test_support::Federation;
using test_support::ScratchFolder;
using test_support::simple_listing;

constexpr const char* kRecoveryPassphrase = "five odd words make one\n";

struct RecoveryDone {
  node::ExitCode exit;
  std::string said;
};

RecoveryDone recovery_run(Federation::Member& member, const std::string& command,
                          std::map<std::string, std::vector<std::string>> options = {}) {
  node::Invocation invocation{command, std::move(options), {}, {}, "/"};
  if (invocation.has("passphrase-file")) invocation.files["passphrase-file"] = kRecoveryPassphrase;
  CollectedOutput output;
  const auto exit = node::execute(invocation, *member.node, output);
  // As one line, wherever it was wrapped.
  std::string said = output.said;
  std::replace(said.begin(), said.end(), '\n', ' ');
  return {exit, said};
}

RecoveryDone recovery_restore(Federation& federation, const std::filesystem::path& file,
                              const std::filesystem::path& folder,
                              const std::string& passphrase = kRecoveryPassphrase) {
  node::Invocation invocation{"restore", {{"file", {file.string()}}}, {}, {}, "/"};
  invocation.options["passphrase-file"] = {"given"};
  invocation.files["passphrase-file"] = passphrase;
  CollectedOutput output;
  const auto exit = node::command_restore(invocation, folder, federation.clock, output);
  std::string said = output.said;
  std::replace(said.begin(), said.end(), '\n', ' ');
  return {exit, said};
}

/// Another machine that takes the place of `member`: its node runs on `folder`, and the world goes
/// on reading the folder of before unless `hosts`.
void recovery_replace(Federation& federation, Federation::Member& member,
                      const std::filesystem::path& folder, bool hosts) {
  member.node.reset();
  member.node = std::make_unique<node::Node>(folder, federation.clock, &federation.source);
  if (hosts) federation.source.serve(member.host + "/o/main", folder / "public");
}

std::uint64_t recovery_size(Federation::Member& member) {
  for (const auto& report : member.node->feeds()) {
    if (report.feed.own) return report.feed.size;
  }
  return 0;
}

RecoveryDone recovery_put(Federation& federation, Federation::Member& member,
                          const std::string& name) {
  federation.clock.advance(std::chrono::minutes(5));
  node::Invocation invocation{"put", {{"file", {"x.json"}}}, {}, {}, "/"};
  invocation.files["file"] = protocol::canonical(simple_listing(name));
  CollectedOutput output;
  const auto exit = node::execute(invocation, *member.node, output);
  std::string said = output.said;
  std::replace(said.begin(), said.end(), '\n', ' ');
  return {exit, said};
}

std::string recovery_bytes(const std::filesystem::path& file) {
  return node::read_file_if_there(file).value_or("");
}

TEST(Backup, HoldsNoKeyInAnyWriting) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  federation.publish(chapter, {simple_listing("First")});
  const auto keys = node::load_keys(chapter.node->folder());
  for (const bool sealed : {false, true}) {
    SCOPED_TRACE(sealed);
    const auto file = place.path() / (sealed ? "sealed" : "open");
    std::map<std::string, std::vector<std::string>> options{{"file", {file.string()}}};
    if (sealed)
      options = {{"file", {file.string()}}, {"with-keys", {}}, {"passphrase-file", {"p"}}};
    const auto done = recovery_run(chapter, "backup", options);
    ASSERT_EQ(done.exit, node::kExitOk) << done.said;
    const auto bytes = recovery_bytes(file);
    ASSERT_GT(bytes.size(), 10'000u);
    for (const auto* key : {&keys.sign, &keys.node}) {
      for (const auto& text :
           {std::string(protocol::as_text(key->seed())), protocol::to_hex(key->seed()),
            protocol::to_base64(key->seed()), protocol::to_base64url(key->seed()),
            protocol::to_base58(key->seed())})
        EXPECT_EQ(bytes.find(text), std::string::npos);
    }
    EXPECT_EQ(bytes.find("five odd words"), std::string::npos);
    EXPECT_EQ(bytes.find("First") == std::string::npos, sealed);
    struct stat found {};
    ASSERT_EQ(::stat(file.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777u, 0600u);
  }
  std::size_t left = 0;
  for (const auto& file : std::filesystem::directory_iterator(place.path()))
    left += file.exists() ? 1u : 0u;
  EXPECT_EQ(left, 2u) << "nothing unfinished stays";
}

TEST(Backup, RestoredElsewhereItIsTheSamePublisher) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  federation.publish(chapter, {simple_listing("First"), simple_listing("Second")});
  const auto file = place.path() / "kith.bak";
  ASSERT_EQ(recovery_run(chapter, "backup",
                         {{"file", {file.string()}}, {"with-keys", {}}, {"passphrase-file", {"p"}}})
                .exit,
            node::kExitOk);
  const auto before = federation.everything(chapter);
  const auto folder = place.path() / "new";
  const auto done = recovery_restore(federation, file, folder);
  ASSERT_EQ(done.exit, node::kExitOk) << done.said;
  for (const auto* name : {"kith.sqlite3", "keys/sign.key", "keys/node.key"}) {
    struct stat found {};
    ASSERT_EQ(::stat((folder / name).c_str(), &found), 0) << name;
    EXPECT_EQ(found.st_mode & 0777u, 0600u) << name;
  }
  recovery_replace(federation, chapter, folder, false);
  EXPECT_EQ(federation.everything(chapter), before);
  EXPECT_EQ(federation.broken_invariant(chapter), "");
  EXPECT_FALSE(std::filesystem::exists(folder / ".restoring"));
}

TEST(Backup, SealedOpensWithItsPassphraseOnly) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  const auto file = place.path() / "kith.bak";
  ASSERT_EQ(recovery_run(chapter, "backup",
                         {{"file", {file.string()}}, {"with-keys", {}}, {"passphrase-file", {"p"}}})
                .exit,
            node::kExitOk);
  const auto done =
      recovery_restore(federation, file, place.path() / "new", "Five odd words make one");
  EXPECT_EQ(done.exit, node::kExitConfiguration) << done.said;
  EXPECT_NE(done.said.find("passphrase"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(place.path() / "new/kith.sqlite3"));
  EXPECT_FALSE(std::filesystem::exists(place.path() / "new/keys"));
  EXPECT_EQ(recovery_restore(federation, file, place.path() / "new").exit, node::kExitOk)
      << "what a wrong passphrase left is no obstacle";
}

TEST(Backup, EveryChangedByteAndEveryCutIsRefused) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  for (const bool sealed : {false, true}) {
    SCOPED_TRACE(sealed);
    const auto file = place.path() / "kith.bak";
    std::map<std::string, std::vector<std::string>> options{{"file", {file.string()}}};
    if (sealed)
      options = {{"file", {file.string()}}, {"with-keys", {}}, {"passphrase-file", {"p"}}};
    ASSERT_EQ(recovery_run(chapter, "backup", options).exit, node::kExitOk);
    const auto good = recovery_bytes(file);
    const auto broken = place.path() / "broken.bak";
    const auto target = place.path() / "new";
    const auto expect_refused = [&](const std::string& bytes, const std::string& what) {
      SCOPED_TRACE(what);
      std::ofstream(broken, std::ios::binary | std::ios::trunc) << bytes;
      const auto done = recovery_restore(federation, broken, target);
      EXPECT_TRUE(done.exit == node::kExitDamaged || done.exit == node::kExitConfiguration)
          << done.exit << " " << done.said;
      EXPECT_FALSE(std::filesystem::exists(target)) << "nothing may be begun";
    };
    for (const std::size_t at :
         {std::size_t{0}, std::size_t{12}, std::size_t{20}, std::size_t{60}, std::size_t{200},
          std::size_t{600}, good.size() / 2, good.size() - 40, good.size() - 1}) {
      auto bytes = good;
      bytes[at] = static_cast<char>(bytes[at] ^ 0x21);
      expect_refused(bytes, "changed at " + std::to_string(at));
      expect_refused(good.substr(0, at), "cut at " + std::to_string(at));
    }
    expect_refused(good + "x", "something behind");
    expect_refused("", "empty");
    expect_refused("Name,Format\n", "a sheet");
  }
}

TEST(Backup, OfANewerVersionSaysSo) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  const auto file = place.path() / "kith.bak";
  ASSERT_EQ(recovery_run(chapter, "backup", {{"file", {file.string()}}}).exit, node::kExitOk);
  auto bytes = recovery_bytes(file);
  bytes.resize(bytes.size() - 32);
  const std::string schema = "\"schema\":" + std::to_string(node::kSchemaVersion);
  bytes.replace(bytes.find(schema), schema.size(), "\"schema\":9");
  bytes += protocol::as_text(protocol::sha256(bytes).view());
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  const auto done = recovery_restore(federation, file, place.path() / "new");
  EXPECT_EQ(done.exit, node::kExitConfiguration);
  EXPECT_NE(done.said.find("schema-newer"), std::string::npos) << done.said;
  EXPECT_FALSE(std::filesystem::exists(place.path() / "new"));
}

TEST(Backup, OverwritesNothingButABackup) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  const auto sheet = place.path() / "groups.csv";
  std::ofstream(sheet) << "Name\n";
  EXPECT_EQ(recovery_run(chapter, "backup", {{"file", {sheet.string()}}}).exit,
            node::kExitConfiguration);
  EXPECT_EQ(recovery_bytes(sheet), "Name\n");
  EXPECT_EQ(recovery_run(chapter, "backup",
                         {{"file", {(chapter.node->folder() / "public/kith.bak").string()}}})
                .exit,
            node::kExitConfiguration)
      << "the world could read it there";
  const auto file = place.path() / "kith.bak";
  ASSERT_EQ(recovery_run(chapter, "backup", {{"file", {file.string()}}}).exit, node::kExitOk);
  EXPECT_EQ(recovery_run(chapter, "backup", {{"file", {file.string()}}}).exit, node::kExitOk);
  // And a data folder in use is not restored over.
  const auto before = recovery_size(chapter);
  const auto done = recovery_restore(federation, file, chapter.node->folder());
  EXPECT_EQ(done.exit, node::kExitConfiguration) << done.said;
  EXPECT_EQ(recovery_size(chapter), before);
}

TEST(Backup, AShortPassphraseIsRefused) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  EXPECT_THROW(node::write_backup(chapter.node->folder(), place.path() / "b",
                                  node::BackupPurpose::backup, "kith", federation.clock.now()),
               node::DataError);
  EXPECT_FALSE(std::filesystem::exists(place.path() / "b"));
}

TEST(Backup, KeysOfAnotherPublisherAreRefused) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  auto& other = federation.add("other.test", "Other", {"US-OH"});
  std::filesystem::copy(
      other.node->folder() / "keys", chapter.node->folder() / "keys",
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  const auto file = place.path() / "kith.bak";
  node::write_backup(chapter.node->folder(), file, node::BackupPurpose::backup,
                     "five odd words make one", federation.clock.now());
  const auto done = recovery_restore(federation, file, place.path() / "new");
  EXPECT_EQ(done.exit, node::kExitConfiguration) << done.said;
  EXPECT_FALSE(std::filesystem::exists(place.path() / "new/keys"));
}

TEST(Backup, UnderManyWritesIsOneMomentOfTheHistory) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  std::atomic<bool> stop{false};
  std::atomic<int> writes{0};
  const auto began = std::chrono::steady_clock::now();
  std::thread writer([&] {
    while (!stop) {
      chapter.node->change([&](node::Store& store, node::Publisher*) {
        store.set_setting("canary_" + std::to_string(writes % 50), std::to_string(writes.load()));
        ++writes;
      });
      if (writes % 20 == 0)
        federation.publish(chapter, {simple_listing("W" + std::to_string(writes))});
      std::this_thread::sleep_for(std::chrono::milliseconds(3));
    }
  });
  std::vector<std::filesystem::path> files;
  for (int i = 0; i < 4; ++i) {
    files.push_back(place.path() / ("b" + std::to_string(i)));
    node::write_backup(chapter.node->folder(), files.back(), node::BackupPurpose::backup,
                       std::nullopt, federation.clock.now());
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
  }
  stop = true;
  writer.join();
  const auto seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::cout << "MEASURED writes a second beside backups " << static_cast<int>(writes / seconds)
            << "\n";
  const auto whole = chapter.node->change_store([&](node::Store& store) {
    const auto own = node::find_own_feed(store.queries());
    return store.queries().entries(own->feed_id, 0, own->size);
  });
  for (const auto& file : files) {
    SCOPED_TRACE(file.filename());
    const auto folder = place.path() / (file.filename().string() + "-new");
    ASSERT_EQ(recovery_restore(federation, file, folder).exit, node::kExitOk);
    node::Store store(folder);
    EXPECT_EQ(store.integrity_problem(), "");
    const auto own = node::find_own_feed(store.queries());
    ASSERT_TRUE(own);
    const auto part = store.queries().entries(own->feed_id, 0, own->size);
    ASSERT_LE(part.size(), whole.size());
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin()))
        << "a beginning of the history";
    protocol::Frontier tree;
    for (const auto& leaf : part) tree.append(protocol::leaf_hash(leaf));
    EXPECT_EQ(tree.root(), own->frontier.root());
  }
}

/// P16 and attack 28, whole: an old backup on a new machine, while the world reads the newer feed.
TEST(CatchUp, ARestoredBackupContinuesWhatIsPublishedAndNobodySeesAFork) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  auto& reader = federation.add_reader("reader");
  federation.anchor(reader, chapter);
  const auto first = federation.publish(
      chapter, {simple_listing("First"), simple_listing("Changes"), simple_listing("Erasecanary")});
  const auto file = place.path() / "kith.bak";
  ASSERT_EQ(recovery_run(chapter, "backup",
                         {{"file", {file.string()}}, {"with-keys", {}}, {"passphrase-file", {"p"}}})
                .exit,
            node::kExitOk);
  auto changed = simple_listing(
      "Changed since", {{"as_stated", protocol::Json::object({{"cost", "ask Anna, $20"}})}});
  changed.set("id", first[1].urn());
  federation.publish(chapter, {changed, simple_listing("Second")});
  ASSERT_EQ(recovery_run(chapter, "erase", {{"id", {first[2].text()}}, {"yes", {}}}).exit,
            node::kExitOk);
  federation.sync(reader);
  const auto published = federation.everything(chapter);
  const auto size = recovery_size(chapter);

  const auto folder = place.path() / "new";
  ASSERT_EQ(recovery_restore(federation, file, folder).exit, node::kExitOk);
  recovery_replace(federation, chapter, folder, false);
  ASSERT_LT(recovery_size(chapter), size);
  const auto refused = recovery_put(federation, chapter, "A second history");
  EXPECT_EQ(refused.exit, node::kExitConfiguration);
  EXPECT_NE(refused.said.find("self-fork-refused"), std::string::npos) << refused.said;
  EXPECT_NE(refused.said.find("catch-up"), std::string::npos) << refused.said;
  EXPECT_EQ(recovery_run(chapter, "publish", {{"to", {(place.path() / "up").string()}}}).exit,
            node::kExitConfiguration)
      << "into an empty folder neither";
  EXPECT_FALSE(std::filesystem::exists(place.path() / "up"));
  EXPECT_EQ(recovery_run(chapter, "doctor").exit, node::kExitOk);

  const auto done = recovery_run(chapter, "catch-up");
  ASSERT_EQ(done.exit, node::kExitOk) << done.said;
  EXPECT_EQ(recovery_size(chapter), size);
  EXPECT_EQ(federation.everything(chapter), published)
      << "ids, revisions and as_stated, byte for byte";
  EXPECT_NE(published.find("ask Anna, $20"), std::string::npos);
  EXPECT_EQ(published.find("Erasecanary"), std::string::npos);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      EXPECT_EQ(recovery_bytes(entry.path()).find("Erasecanary"), std::string::npos)
          << "a restore revives nothing that was erased: " << entry.path();
    }
  }
  federation.source.serve("chapter.test/o/main", folder / "public");
  const auto put = recovery_put(federation, chapter, "After the restore");
  EXPECT_EQ(put.exit, node::kExitOk) << put.said;
  for (const auto& outcome : federation.sync(reader))
    EXPECT_FALSE(outcome.refused) << outcome.refused->detail;
  EXPECT_EQ(federation.everything(reader), federation.everything(chapter));
  auto& stranger = federation.add_reader("stranger");
  federation.anchor(stranger, chapter);
  federation.sync(stranger);
  EXPECT_EQ(federation.everything(stranger), federation.everything(chapter));
  EXPECT_EQ(federation.broken_invariant(chapter), "");
  EXPECT_EQ(federation.broken_invariant(reader), "");
}

TEST(CatchUp, ADataFolderPutBackByHandIsStoppedByThePublicPlaceAlone) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  federation.publish(chapter, {simple_listing("First")});
  const auto data = chapter.node->folder();
  chapter.node.reset();
  std::filesystem::copy(data, place.path() / "copy", std::filesystem::copy_options::recursive);
  federation.reopen(chapter);
  federation.publish(chapter, {simple_listing("Second")});
  // No mark of a restore, and its own public folder is as old as it is.
  recovery_replace(federation, chapter, place.path() / "copy", false);
  const auto size = recovery_size(chapter);
  const auto refused = recovery_put(federation, chapter, "Third");
  EXPECT_EQ(refused.exit, node::kExitConfiguration) << refused.said;
  EXPECT_NE(refused.said.find("self-fork-refused"), std::string::npos) << refused.said;
  EXPECT_EQ(recovery_size(chapter), size);
  // Also without the network: what was seen is remembered.
  federation.source.stop_serving("chapter.test/o/main");
  EXPECT_EQ(recovery_put(federation, chapter, "Third").exit, node::kExitConfiguration);
  federation.source.serve("chapter.test/o/main", data / "public");
  ASSERT_EQ(recovery_run(chapter, "catch-up").exit, node::kExitOk);
  EXPECT_EQ(recovery_size(chapter), size + 1);
  EXPECT_EQ(recovery_put(federation, chapter, "Third").exit, node::kExitOk);
}

TEST(CatchUp, TwoHistoriesAreExplainedAndNothingIsPublished) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  federation.publish(chapter, {simple_listing("First")});
  const auto data = chapter.node->folder();
  chapter.node.reset();
  std::filesystem::copy(data, place.path() / "copy", std::filesystem::copy_options::recursive);
  federation.reopen(chapter);
  federation.publish(chapter, {simple_listing("Second")});
  federation.source.stop_serving("chapter.test/o/main");
  // Offline, the copy cannot know, and goes another way.
  recovery_replace(federation, chapter, place.path() / "copy", false);
  ASSERT_EQ(recovery_put(federation, chapter, "Another second").exit, node::kExitOk);
  ASSERT_EQ(recovery_put(federation, chapter, "Another third").exit, node::kExitOk);
  federation.source.serve("chapter.test/o/main", data / "public");
  const auto everything = federation.everything(chapter);
  const auto done = recovery_run(chapter, "catch-up");
  EXPECT_EQ(done.exit, node::kExitNo);
  EXPECT_NE(done.said.find("equivocation"), std::string::npos) << done.said;
  EXPECT_NE(done.said.find("new epoch"), std::string::npos) << done.said;
  EXPECT_EQ(federation.everything(chapter), everything);
  EXPECT_EQ(recovery_put(federation, chapter, "Another fourth").exit, node::kExitConfiguration);
}

TEST(CatchUp, WithNobodyAnsweringNeedsTheOperatorsWord) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  federation.publish(chapter, {simple_listing("First")});
  const auto file = place.path() / "kith.bak";
  ASSERT_EQ(recovery_run(chapter, "backup",
                         {{"file", {file.string()}}, {"with-keys", {}}, {"passphrase-file", {"p"}}})
                .exit,
            node::kExitOk);
  federation.publish(chapter, {simple_listing("Second")});
  const auto size = recovery_size(chapter);
  const auto upload = place.path() / "upload";
  ASSERT_EQ(recovery_run(chapter, "publish", {{"to", {upload.string()}}}).exit, node::kExitOk);
  const auto folder = place.path() / "new";
  ASSERT_EQ(recovery_restore(federation, file, folder).exit, node::kExitOk);
  recovery_replace(federation, chapter, folder, false);
  federation.source.stop_serving("chapter.test/o/main");
  const auto done = recovery_run(chapter, "catch-up");
  EXPECT_EQ(done.exit, node::kExitUnreachable) << done.said;
  EXPECT_NE(done.said.find("--nothing-newer"), std::string::npos) << done.said;
  EXPECT_EQ(recovery_put(federation, chapter, "Third").exit, node::kExitConfiguration);
  // A copy adds what it has, and is no proof that nothing newer exists.
  EXPECT_EQ(recovery_run(chapter, "catch-up", {{"from", {upload.string()}}}).exit,
            node::kExitUnreachable);
  EXPECT_EQ(recovery_size(chapter), size);
  EXPECT_EQ(recovery_put(federation, chapter, "Third").exit, node::kExitConfiguration);
  const auto said = recovery_run(chapter, "catch-up", {{"nothing-newer", {}}});
  EXPECT_EQ(said.exit, node::kExitOk) << said.said;
  EXPECT_EQ(recovery_put(federation, chapter, "Third").exit, node::kExitOk);
}

TEST(CatchUp, TheWordNothingNewerDoesNotOutweighWhatIsRead) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  const auto file = place.path() / "kith.bak";
  ASSERT_EQ(recovery_run(chapter, "backup",
                         {{"file", {file.string()}}, {"with-keys", {}}, {"passphrase-file", {"p"}}})
                .exit,
            node::kExitOk);
  federation.publish(chapter, {simple_listing("Second")});
  const auto size = recovery_size(chapter);
  const auto folder = place.path() / "new";
  ASSERT_EQ(recovery_restore(federation, file, folder).exit, node::kExitOk);
  recovery_replace(federation, chapter, folder, false);
  // Half of it answers: the checkpoint, but not the entries.
  federation.source.lie(
      [](const std::string& url,
         const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        if (url.find("/entries/") == std::string::npos) return std::nullopt;
        return protocol::refuse(ErrorCode::fetch_timeout, "too slow");
      });
  ASSERT_EQ(recovery_run(chapter, "catch-up", {{"nothing-newer", {}}}).exit,
            node::kExitUnreachable);
  EXPECT_EQ(recovery_put(federation, chapter, "Third").exit, node::kExitConfiguration);
  // A text that cannot be had is not blanked for the world by going on.
  federation.source.lie(
      [](const std::string& url,
         const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        if (url.find("/docs/") == std::string::npos) return std::nullopt;
        return protocol::refuse(ErrorCode::fetch_timeout, "too slow");
      });
  const auto done = recovery_run(chapter, "catch-up");
  EXPECT_EQ(done.exit, node::kExitNo) << done.said;
  EXPECT_NE(done.said.find("doc-missing"), std::string::npos) << done.said;
  federation.source.lie({});
  ASSERT_EQ(recovery_run(chapter, "catch-up").exit, node::kExitOk);
  EXPECT_EQ(recovery_size(chapter), size);
}

TEST(HandOver, TheNextMachinePublishesAndTheOldOneDoesNot) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  auto& reader = federation.add_reader("reader");
  federation.anchor(reader, chapter);
  federation.publish(chapter, {simple_listing("First")});
  const auto file = place.path() / "chapter.handover";
  const auto done =
      recovery_run(chapter, "hand-over", {{"file", {file.string()}}, {"passphrase-file", {"p"}}});
  ASSERT_EQ(done.exit, node::kExitOk) << done.said;
  EXPECT_NE(done.said.find("stop `kith serve`"), std::string::npos) << done.said;
  const auto stopped = recovery_put(federation, chapter, "Too late");
  EXPECT_EQ(stopped.exit, node::kExitConfiguration);
  EXPECT_NE(stopped.said.find("handed over"), std::string::npos) << stopped.said;
  EXPECT_EQ(recovery_run(chapter, "hand-over",
                         {{"file", {(place.path() / "2").string()}}, {"passphrase-file", {"p"}}})
                .exit,
            node::kExitConfiguration)
      << "only once";
  EXPECT_EQ(recovery_run(chapter, "doctor").exit, node::kExitOk);

  const auto old_folder = chapter.node->folder();
  const auto folder = place.path() / "new";
  ASSERT_EQ(recovery_restore(federation, file, folder).exit, node::kExitOk);
  recovery_replace(federation, chapter, folder, false);
  EXPECT_EQ(recovery_put(federation, chapter, "Too early").exit, node::kExitConfiguration);
  ASSERT_EQ(recovery_run(chapter, "catch-up").exit, node::kExitOk);
  federation.source.serve("chapter.test/o/main", folder / "public");
  EXPECT_EQ(recovery_put(federation, chapter, "Of the next secretary").exit, node::kExitOk);
  for (const auto& outcome : federation.sync(reader)) EXPECT_FALSE(outcome.refused);
  EXPECT_EQ(federation.found(reader).size(), 2u);

  // The old machine takes it back, against all advice: it must look first.
  recovery_replace(federation, chapter, old_folder, false);
  EXPECT_EQ(recovery_run(chapter, "hand-over", {{"take-back", {}}}).exit, node::kExitOk);
  EXPECT_EQ(recovery_put(federation, chapter, "Two at once").exit, node::kExitConfiguration);
}

TEST(HandOver, DoctorWarnsOfTwoMachinesInAWeek) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  federation.publish(chapter, {simple_listing("First")});
  const auto data = chapter.node->folder();
  EXPECT_EQ(recovery_run(chapter, "doctor").said.find("Two machines"), std::string::npos);
  chapter.node.reset();
  std::filesystem::copy(data, place.path() / "copy", std::filesystem::copy_options::recursive);
  // The second machine only stamps the time anew; the first sees a stamp that it did not make.
  recovery_replace(federation, chapter, place.path() / "copy", true);
  federation.clock.advance(std::chrono::hours(30));
  ASSERT_EQ(recovery_run(chapter, "publish").exit, node::kExitOk);
  recovery_replace(federation, chapter, data, false);
  ASSERT_EQ(recovery_put(federation, chapter, "Second").exit, node::kExitOk);
  const auto warned = recovery_run(chapter, "doctor");
  EXPECT_NE(warned.said.find("Two machines"), std::string::npos) << warned.said;
  federation.clock.advance(std::chrono::days(8));
  EXPECT_EQ(recovery_run(chapter, "doctor").said.find("Two machines"), std::string::npos);
}

TEST(Restore, HidesWhatOthersMayHaveTakenBack) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  auto& reader = federation.add_reader("reader");
  federation.anchor(reader, chapter);
  const auto keys =
      federation.publish(chapter, {simple_listing("Stays"), simple_listing("Goes away")});
  federation.sync(reader);
  reader.node->change_store([](node::Store& store) {
    store.database().execute(
        "INSERT INTO reminder (token_hash, id, made_at, expires) VALUES (x'01', 'urn:uuid:1', 1, "
        "2);"
        "INSERT INTO reminder VALUES (x'02', 'urn:uuid:2', 1, 2, 1, 'we moved')");
  });
  const auto file = place.path() / "kith.bak";
  ASSERT_EQ(recovery_run(reader, "backup", {{"file", {file.string()}}}).exit, node::kExitOk);
  federation.withdraw(chapter, keys[1]);
  const auto folder = place.path() / "new";
  ASSERT_EQ(recovery_restore(federation, file, folder).exit, node::kExitOk);
  recovery_replace(federation, reader, folder, false);
  EXPECT_TRUE(federation.found(reader).empty()) << "it may have been withdrawn since";
  for (const auto& outcome : federation.sync(reader)) EXPECT_FALSE(outcome.refused);
  EXPECT_EQ(federation.found(reader).size(), 1u);
  EXPECT_EQ(federation.everything(reader).find("Goes away"), std::string::npos);
  reader.node->change_store([](node::Store& store) {
    auto links = store.database().prepare("SELECT count(*), max(answer) FROM reminder");
    links.step();
    EXPECT_EQ(links.integer(0), 1) << "a link that was used since would work again";
    EXPECT_EQ(links.text(1), "we moved");
  });
}

TEST(Doctor, SaysWhatRecoveryWants) {
  Federation federation;
  ScratchFolder place;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  auto said = recovery_run(chapter, "doctor").said;
  EXPECT_NE(said.find("recovery sheet is still at"), std::string::npos) << said;
  EXPECT_NE(said.find("backup-old"), std::string::npos) << said;
  const auto sheet = chapter.node->folder().parent_path() / "chapter.test.sheet.txt";
  std::filesystem::rename(sheet, chapter.node->folder() / "moved.txt");
  EXPECT_NE(recovery_run(chapter, "doctor").said.find("moved.txt"), std::string::npos)
      << "moved beside the data it is as bad";
  std::filesystem::remove(chapter.node->folder() / "moved.txt");
  ASSERT_EQ(recovery_run(chapter, "backup", {{"file", {(place.path() / "b").string()}}}).exit,
            node::kExitOk);
  said = recovery_run(chapter, "doctor").said;
  EXPECT_EQ(said.find("recovery sheet"), std::string::npos) << said;
  EXPECT_EQ(said.find("backup-old"), std::string::npos) << said;
  federation.clock.advance(std::chrono::days(8));
  EXPECT_NE(recovery_run(chapter, "doctor").said.find("backup-old"), std::string::npos);
  federation.clock.advance(std::chrono::days(30));
  EXPECT_NE(recovery_run(chapter, "doctor").said.find("older than 35 days"), std::string::npos);
  std::filesystem::permissions(chapter.node->folder() / "keys", std::filesystem::perms::all);
  federation.reopen(chapter);
  EXPECT_EQ(recovery_run(chapter, "doctor").exit, node::kExitPermission);
}

}  // namespace
