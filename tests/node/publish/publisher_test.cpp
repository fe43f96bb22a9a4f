#include "node/publish/publisher.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "node/publish/feed_folder.h"
#include "node/publish/files.h"
#include "protocol/identity/did_log.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"
#include "protocol/log/tiles.h"
#include "tests/support/federation.h"

namespace {

using test_support::Federation;
using test_support::simple_listing;

std::filesystem::path published_folder(const Federation::Member& member) {
  return member.node->folder() / "public";
}

protocol::Checkpoint published_checkpoint(const Federation::Member& member) {
  const auto note = protocol::parse_note(
      node::read_file_if_there(published_folder(member) / "feed/1/checkpoint").value_or(""));
  EXPECT_TRUE(note);
  const auto checkpoint = protocol::parse_checkpoint(note->text);
  EXPECT_TRUE(checkpoint);
  return *checkpoint;
}

/// Copies a folder as a careless restore would.
void copy_folder(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::filesystem::remove_all(to);
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

TEST(Publisher, IsReadableByAStrangerFromItsFirstMoment) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Buckeye Test Chapter", {"US-OH"});
  const auto found = chapter.node->look_up(chapter.line);
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_EQ(found->name, "Buckeye Test Chapter");
  EXPECT_EQ(found->scid, chapter.scid);
  EXPECT_EQ(found->area, std::vector<std::string>{"US-OH"});
  EXPECT_EQ(published_checkpoint(chapter).size, 1u) << "the card is the first entry";
  EXPECT_EQ(federation.broken_invariant(chapter), "");
}

TEST(Publisher, KeepsItsKeysToItself) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Buckeye Test Chapter", {"US-OH"});
  for (const auto* name : {"sign.key", "node.key"}) {
    struct stat found {};
    ASSERT_EQ(::stat((chapter.node->folder() / "keys" / name).c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777u, 0600u) << name;
  }
  ::chmod((chapter.node->folder() / "keys/sign.key").c_str(), 0644);
  const auto folder = chapter.node->folder();
  chapter.node.reset();
  node::Store store(folder);
  try {
    const node::Publisher publisher(store);
    FAIL() << "a key that others can read was used";
  } catch (const node::DataError& error) {
    EXPECT_EQ(error.code(), protocol::ErrorCode::key_permissions);
    EXPECT_NE(std::string(error.what()).find("sign.key"), std::string::npos);
  }
}

TEST(Publisher, WritesTheRecoverySheetOutsideTheDataFolderOnly) {
  Federation federation;
  auto& member = federation.add_reader("chapter.test");
  node::NewPublisher wanted;
  wanted.name = "Chapter";
  wanted.folder_url = "https://chapter.test/o/main";
  wanted.kind = "state_chapter";
  wanted.area = {"US-OH"};
  wanted.recovery_sheet = member.node->folder() / "sheet.txt";
  member.node->change([&](node::Store& store, node::Publisher*) {
    EXPECT_THROW(node::Publisher::create(store, wanted, federation.clock.now()), node::DataError);
    EXPECT_TRUE(store.queries().feeds().empty());
  });
}

TEST(Publisher, PublishesAllOfABatchOrNothing) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  chapter.node->change([&](node::Store& store, node::Publisher* publisher) {
    std::vector<node::Draft> drafts(2);
    auto defaults = publisher->listing_defaults(federation.clock.now());
    for (auto& draft : drafts) {
      draft.id = node::new_record_id();
      defaults.id = draft.id;
      draft.subject = simple_listing("A group");
      protocol::fill_defaults(draft.subject, defaults);
    }
    drafts[1].subject.set("name", 7);
    const auto refused = publisher->publish(drafts, federation.clock.now());
    ASSERT_EQ(refused.size(), 1u);
    EXPECT_EQ(refused[0].draft, 1u);
    EXPECT_EQ(refused[0].problems.at(0).field, "name");
    EXPECT_TRUE(store.queries().records(1, "listing").empty());
  });
  EXPECT_EQ(published_checkpoint(chapter).size, 1u);
}

TEST(Publisher, BlanksWithdrawnTextsAfterTheCheckpointSaysSo) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  const auto keys =
      federation.publish(chapter, {simple_listing("Stays"), simple_listing("Goes away")});
  const auto docs = published_folder(chapter) / "feed/1/docs/000.jsonl";
  EXPECT_NE(node::read_file_if_there(docs)->find("Goes away"), std::string::npos);
  federation.withdraw(chapter, keys[1]);
  EXPECT_EQ(published_checkpoint(chapter).size, 4u);
  EXPECT_EQ(node::read_file_if_there(docs)->find("Goes away"), std::string::npos);
  EXPECT_NE(node::read_file_if_there(docs)->find("Stays"), std::string::npos);
  EXPECT_EQ(federation.broken_invariant(chapter), "");
}

TEST(Publisher, WritesNothingWhenNothingChanged) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  federation.publish(chapter, {simple_listing("A group")});
  std::map<std::string, std::filesystem::file_time_type> before;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(published_folder(chapter))) {
    before[file.path().string()] = file.last_write_time();
  }
  chapter.node->change([&](node::Store&, node::Publisher* publisher) {
    publisher->write_files(publisher->public_folder(), federation.clock.now(),
                           std::chrono::hours(20));
  });
  for (const auto& [file, time] : before)
    EXPECT_EQ(std::filesystem::last_write_time(file), time) << file;
}

TEST(Publisher, StampsTheCheckpointAnewAfterADay) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  const auto before = published_checkpoint(chapter);
  const auto bytes = node::read_file_if_there(published_folder(chapter) / "feed/1/checkpoint");
  federation.clock.advance(std::chrono::hours(25));
  chapter.node->change([&](node::Store&, node::Publisher* publisher) {
    publisher->write_files(publisher->public_folder(), federation.clock.now(),
                           std::chrono::hours(20));
  });
  EXPECT_EQ(published_checkpoint(chapter), before) << "same size and root: no second history";
  EXPECT_NE(node::read_file_if_there(published_folder(chapter) / "feed/1/checkpoint"), bytes);
}

TEST(Publisher, ARestoredBackupRefusesToFork) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  federation.publish(chapter, {simple_listing("First")});
  const auto data = chapter.node->folder();
  const auto backup = data.parent_path() / "backup";
  chapter.node.reset();
  copy_folder(data, backup);
  federation.reopen(chapter);
  federation.publish(chapter, {simple_listing("Second")});
  const auto published = node::read_file_if_there(published_folder(chapter) / "feed/1/checkpoint");

  // The database of before comes back, the web folder stayed as it was.
  chapter.node.reset();
  copy_folder(data / "public", backup / "public");
  copy_folder(backup, data);
  federation.reopen(chapter);
  chapter.node->change([&](node::Store& store, node::Publisher* publisher) {
    std::vector<node::Draft> drafts(1);
    drafts[0].id = node::new_record_id();
    drafts[0].subject = simple_listing("Third");
    auto defaults = publisher->listing_defaults(federation.clock.now());
    defaults.id = drafts[0].id;
    protocol::fill_defaults(drafts[0].subject, defaults);
    const auto size = store.queries().feed(publisher->scid())->size;
    try {
      publisher->publish(drafts, federation.clock.now());
      ADD_FAILURE() << "a second history was published";
    } catch (const node::DataError& error) {
      EXPECT_EQ(error.code(), protocol::ErrorCode::self_fork_refused);
    }
    EXPECT_EQ(store.queries().feed(publisher->scid())->size, size)
        << "nothing may be signed before the folder was looked at";
  });
  EXPECT_EQ(node::read_file_if_there(published_folder(chapter) / "feed/1/checkpoint"), published);
}

TEST(Publisher, NeverSignsWhatSomebodyWroteIntoTheDatabase) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  federation.publish(chapter, {simple_listing("An honest group")});
  const auto data = chapter.node->folder();
  chapter.node.reset();
  {
    node::Database database(node::database_file(data), node::Database::Mode::read_write);
    database.execute(
        "UPDATE record SET document = replace(document, 'honest', 'hidden') WHERE type = "
        "'listing'");
    ASSERT_EQ(database.changed_rows(), 1);
  }
  federation.reopen(chapter);
  chapter.node->change([&](node::Store& store, node::Publisher* publisher) {
    const auto record =
        store.queries().records(store.queries().feeds().front().feed_id, "listing").front();
    try {
      publisher->own_envelope(record);
      ADD_FAILURE() << "an altered text was taken up";
    } catch (const node::DataError& error) {
      EXPECT_EQ(error.code(), protocol::ErrorCode::storage_damaged);
    }
  });
  EXPECT_NE(federation.broken_invariant(chapter), "") << "and the doctor sees it";
}

TEST(Publisher, TheLargestListingCanBePublishedFollowedAndShown) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  chapter.node->change([&](node::Store&, node::Publisher* publisher) {
    std::vector<node::Draft> drafts(1);
    drafts[0].id = node::new_record_id();
    auto defaults = publisher->listing_defaults(federation.clock.now());
    defaults.id = drafts[0].id;
    drafts[0].subject = protocol::largest_listing_subject(defaults);
    for (const auto& refused : publisher->publish(drafts, federation.clock.now())) {
      for (const auto& problem : refused.problems)
        ADD_FAILURE() << problem.field << ": " << problem.message;
    }
  });
  auto& reader = federation.add_reader("reader");
  federation.anchor(reader, chapter);
  federation.sync(reader);
  const auto found = federation.found(reader);
  ASSERT_EQ(found.size(), 1u);
  const auto group = reader.node->group(*node::RecordKey::parse(found[0]));
  ASSERT_TRUE(group);
  EXPECT_GT(group->document.size(), 12'000u);
  EXPECT_LE(group->document.size(), 16'384u);
  std::cout << "MEASURED largest listing " << group->document.size() << " bytes\n";
}

TEST(FeedFolder, GrowsOverTheBoundaryOfATile) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Chapter", {"US-OH"});
  std::vector<protocol::Json> first, second;
  for (int i = 0; i < 250; ++i) first.push_back(simple_listing("Group " + std::to_string(i)));
  for (int i = 250; i < 520; ++i) second.push_back(simple_listing("Group " + std::to_string(i)));
  federation.publish(chapter, first);
  auto& reader = federation.add_reader("reader");
  federation.anchor(reader, chapter);
  federation.sync(reader);
  EXPECT_EQ(federation.found(reader).size(), 250u);
  federation.publish(chapter, second);
  EXPECT_FALSE(std::filesystem::exists(published_folder(chapter) / "feed/1/tile/entries/000.p"));
  federation.sync(reader);
  EXPECT_EQ(federation.found(reader).size(), 520u);
  EXPECT_EQ(federation.broken_invariant(reader), "");
}

}  // namespace
