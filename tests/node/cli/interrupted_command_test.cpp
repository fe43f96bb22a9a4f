#include <csignal>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "node/cli/commands.h"
#include "node/publish/files.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"
#include "tests/support/federation.h"

namespace {

using test_support::Federation;
using test_support::simple_listing;

/// The folder as it was before, while the store already has what came after: what a kill between
/// the commit and the first file leaves.
class CutOffBeforeTheFiles {
 public:
  explicit CutOffBeforeTheFiles(const Federation::Member& member)
      : public_(member.node->folder() / "public"), kept_(member.node->folder() / "kept") {
    std::filesystem::copy(public_, kept_, std::filesystem::copy_options::recursive);
  }
  void cut_off() {
    std::filesystem::remove_all(public_);
    std::filesystem::rename(kept_, public_);
  }

 private:
  std::filesystem::path public_, kept_;
};

std::uint64_t interrupted_size_shown(const Federation::Member& member) {
  const auto note = protocol::parse_note(
      node::read_file_if_there(member.node->folder() / "public/feed/1/checkpoint").value_or(""));
  const auto checkpoint =
      note ? protocol::parse_checkpoint(note->text)
           : protocol::Result<protocol::Checkpoint>(tl::unexpected(note.error()));
  EXPECT_TRUE(checkpoint);
  return checkpoint ? checkpoint->size : 0;
}

std::uint64_t interrupted_size_stored(const Federation::Member& member) {
  for (const auto& report : member.node->feeds()) {
    if (report.feed.own) return report.feed.size;
  }
  return 0;
}

TEST(InterruptedCommand, ImportingAgainWritesTheFilesThatWereMissed) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Buckeye Test Chapter", {"US-OH"});
  node::Invocation import;
  import.command = "import";
  import.options["file"] = {"groups.csv"};
  import.options["apply"] = {};
  import.files["file"] =
      "Name,Format,Website,Last confirmed\n"
      "Tuesday Circle,video,https://chapter.test/tuesday," +
      protocol::format_date(std::chrono::floor<std::chrono::days>(federation.clock.now())) + "\n";

  CutOffBeforeTheFiles folder(chapter);
  test_support::CollectedOutput first, again;
  ASSERT_EQ(node::execute(import, *chapter.node, first), node::kExitOk) << first.said;
  folder.cut_off();
  ASSERT_LT(interrupted_size_shown(chapter), interrupted_size_stored(chapter));

  const auto stored = interrupted_size_stored(chapter);
  ASSERT_EQ(node::execute(import, *chapter.node, again), node::kExitOk) << again.said;
  EXPECT_EQ(interrupted_size_stored(chapter), stored) << "the sheet was already published";
  EXPECT_EQ(interrupted_size_shown(chapter), stored) << "strangers still read the old folder";
  EXPECT_EQ(federation.broken_invariant(chapter), "");
}

TEST(InterruptedCommand, WithdrawingAgainWritesTheFilesThatWereMissed) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Buckeye Test Chapter", {"US-OH"});
  const auto keys = federation.publish(chapter, {simple_listing("Tuesday Circle")});
  node::Invocation withdraw;
  withdraw.command = "withdraw";
  withdraw.options["id"] = {keys[0].text()};

  CutOffBeforeTheFiles folder(chapter);
  test_support::CollectedOutput first, again;
  ASSERT_EQ(node::execute(withdraw, *chapter.node, first), node::kExitOk) << first.said;
  folder.cut_off();
  EXPECT_EQ(node::execute(withdraw, *chapter.node, again), node::kExitUsage)
      << "there is no such listing any more, and whoever mistyped an id must hear it";
  EXPECT_EQ(interrupted_size_shown(chapter), interrupted_size_stored(chapter));
  EXPECT_EQ(federation.broken_invariant(chapter), "");
}

TEST(InterruptedCommand, UnrecognizingAgainWritesTheFilesThatWereMissed) {
  Federation federation;
  auto& national = federation.add("national.test", "National Test Association", {"US"});
  auto& chapter = federation.add("chapter.test", "Buckeye Test Chapter", {"US-OH"});
  federation.recognize(national, chapter, {"US-OH"});
  node::Invocation unrecognize;
  unrecognize.command = "unrecognize";
  unrecognize.options["publisher"] = {chapter.scid};

  CutOffBeforeTheFiles folder(national);
  test_support::CollectedOutput first, again;
  ASSERT_EQ(node::execute(unrecognize, *national.node, first), node::kExitOk) << first.said;
  folder.cut_off();
  EXPECT_EQ(node::execute(unrecognize, *national.node, again), node::kExitNo);
  EXPECT_EQ(interrupted_size_shown(national), interrupted_size_stored(national));
}

TEST(InterruptedCommand, RenewingWritesTheFilesThatWereMissed) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Buckeye Test Chapter", {"US-OH"});
  CutOffBeforeTheFiles folder(chapter);
  federation.publish(chapter, {simple_listing("Tuesday Circle")});
  folder.cut_off();
  node::Invocation renew;
  renew.command = "renew";
  test_support::CollectedOutput output;
  EXPECT_EQ(node::execute(renew, *chapter.node, output), node::kExitOk) << output.said;
  EXPECT_EQ(interrupted_size_shown(chapter), interrupted_size_stored(chapter));
}

/// While it lives no file of this process can grow: to SQLite that is a disk that takes no more.
class NoMoreRoom {
 public:
  NoMoreRoom() {
    signal_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    auto tight = before_;
    tight.rlim_cur = 1;
    ::setrlimit(RLIMIT_FSIZE, &tight);
  }
  ~NoMoreRoom() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }
  NoMoreRoom(const NoMoreRoom&) = delete;
  NoMoreRoom& operator=(const NoMoreRoom&) = delete;

 private:
  rlimit before_{};
  void (*signal_)(int) = nullptr;
};

TEST(InterruptedCommand, AFullDiskIsNotTheFaultOfTheFeedThatWasRead) {
  Federation federation;
  auto& chapter = federation.add("chapter.test", "Buckeye Test Chapter", {"US-OH"});
  auto& reader = federation.add_reader("reader");
  federation.anchor(reader, chapter);
  federation.sync(reader);
  const auto before = federation.everything(reader);
  federation.publish(chapter, {simple_listing("Tuesday Circle")});

  node::Invocation sync;
  sync.command = "sync";
  test_support::CollectedOutput output;
  {
    const NoMoreRoom full;
    EXPECT_EQ(node::execute(sync, *reader.node, output), node::kExitIo) << output.said;
  }
  EXPECT_NE(output.said.find("storage-full"), std::string::npos) << output.said;
  EXPECT_EQ(federation.everything(reader), before);
  EXPECT_EQ(federation.broken_invariant(reader), "");

  test_support::CollectedOutput with_room;
  EXPECT_EQ(node::execute(sync, *reader.node, with_room), node::kExitOk) << with_room.said;
  EXPECT_EQ(federation.found(reader).size(), 1u);
}

}  // namespace
