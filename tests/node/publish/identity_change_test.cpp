#include "node/publish/identity_change.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "node/cli/commands.h"
#include "node/publish/feed_folder.h"
#include "node/publish/files.h"
#include "node/publish/publisher.h"
#include "protocol/limits.h"
#include "tests/support/federation.h"
#include "tests/support/standing.h"

namespace {

namespace fs = std::filesystem;
using protocol::ErrorCode;
using test_support::CollectedOutput;
using test_support::Federation;
using test_support::simple_listing;
using ChangeOptions = std::map<std::string, std::vector<std::string>>;

constexpr std::string_view kChangingOldPlace = "ohio.test/o/main";
constexpr std::string_view kChangingNewPlace = "columbus.test/groups";

std::string changing_file(const fs::path& file) {
  return node::read_file_if_there(file).value_or("");
}

/// The parts of a sheet from heading `from` to before heading `to`.
std::string changing_cut_sheet(const std::string& sheet, std::string_view from,
                               std::string_view to) {
  const auto begin = sheet.find("\n" + std::string(from));
  const auto end = to.empty() ? sheet.size() : sheet.find("\n" + std::string(to));
  EXPECT_NE(begin, std::string::npos);
  return sheet.substr(begin, end - begin);
}

/// A reader whose anchor recognizes a chapter; the chapter itself recognizes a collective, which
/// the reader therefore has, too. The chapter is what changes.
class ChangingIdentity : public testing::Test {
 protected:
  ChangingIdentity()
      : national(federation.add("national.test", "National Test Association", {"US"},
                                "national_association")),
        ohio(federation.add("ohio.test", "Ohio Test Chapter", {"US-OH"})),
        lantern(federation.add("lantern.test", "Lantern Test Collective", {"US-OH"}, "collective")),
        reader(federation.add_reader("reader")),
        sheet(folder() / "ohio.test.sheet.txt") {
    federation.recognize(national, ohio, {"US-OH"}, 1);
    federation.recognize(ohio, lantern, {"US-OH"});
    federation.anchor(reader, national);
    keys =
        federation.publish(ohio, {simple_listing("First group", {{"review_by", "2027-11-30"}}),
                                  simple_listing("Second group"), simple_listing("Third group")});
    federation.publish(lantern, {simple_listing("Lantern group")});
    federation.sync(reader);
    federation.clock.advance(std::chrono::hours(1));
  }
  ~ChangingIdentity() override { node::watch_files({}); }

  fs::path folder() const { return national.node->folder().parent_path(); }
  fs::path public_folder() const { return folder() / "ohio.test" / "public"; }

  fs::path newest_sheet() { return folder() / ("sheet-" + std::to_string(sheets) + ".txt"); }
  fs::path fresh_sheet() {
    ++sheets;
    return newest_sheet();
  }

  /// Runs a command at the chapter that takes the newest sheet; the one it writes is the newest
  /// then.
  node::ExitCode change(const std::string& command, ChangeOptions options = {}) {
    node::Invocation invocation{command, std::move(options), {}, {}, "/"};
    invocation.options["recovery"] = {sheet.string()};
    invocation.files["recovery"] = changing_file(sheet);
    const auto next = fresh_sheet();
    if (command != "deactivate") invocation.options["new-sheet"] = {next.string()};
    output = {};
    const auto exit = node::execute(invocation, *ohio.node, output);
    // Lines are wrapped wherever they happen to be full.
    std::replace(output.said.begin(), output.said.end(), '\n', ' ');
    if (exit == node::kExitOk && command != "deactivate") sheet = next;
    return exit;
  }
  node::ExitCode change_with(const std::string& sheet_text, const std::string& command,
                             ChangeOptions options = {}) {
    const auto before = sheet;
    sheet = fresh_sheet();
    node::create_file(sheet, sheet_text, 0600);
    const auto exit = change(command, std::move(options));
    if (exit != node::kExitOk) sheet = before;
    return exit;
  }

  /// What the reader shows, without signatures: they differ from run to run.
  std::vector<std::string> shown(Federation::Member& member) {
    std::vector<std::string> lines;
    for (const auto& key : federation.found(member)) {
      const auto group = member.node->group(*node::RecordKey::parse(key));
      if (!group) {
        ADD_FAILURE() << key << " is found and cannot be opened";
        continue;
      }
      lines.push_back(key + " " + group->listing.name + " by " + group->envelope.issuer + " from " +
                      protocol::format_timestamp(group->envelope.valid_from) + " for " +
                      std::to_string(group->standing.path.size()) +
                      (group->standing.being_updated ? " (being updated)" : ""));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }

  node::Feed feed_at(Federation::Member& member, const std::string& scid) {
    for (auto& report : member.node->feeds()) {
      if (report.feed.scid == scid) return report.feed;
    }
    ADD_FAILURE() << "no such feed";
    return {};
  }
  std::optional<ErrorCode> trouble(Federation::Member& member) {
    const auto feed = feed_at(member, ohio.scid);
    return feed.trouble ? std::optional(feed.trouble->code) : std::nullopt;
  }

  void lie_about(std::string suffix, std::optional<std::string> body) {
    federation.source.lie(
        [suffix = std::move(suffix), body = std::move(body)](
            const std::string& url,
            const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
          if (!url.ends_with(suffix)) return std::nullopt;
          if (!body) return protocol::refuse(ErrorCode::fetch_http, "404 Not Found");
          return crawler::FetchResponse{200, *body, ""};
        });
  }

  test_support::StandingToTheEnd standing;  // Z2, Z3
  Federation federation;
  Federation::Member& national;
  Federation::Member& ohio;
  Federation::Member& lantern;
  Federation::Member& reader;
  std::vector<node::RecordKey> keys;
  fs::path sheet;
  int sheets = 0;
  CollectedOutput output;
};

// Controller

TEST_F(ChangingIdentity, RotateSignsAllAgainAndFollowersShowTheSame) {
  const auto before = federation.names(reader);
  const auto old_key = changing_file(ohio.node->folder() / "keys/sign.key");
  const auto node_key = changing_file(ohio.node->folder() / "keys/node.key");
  ASSERT_EQ(change("rotate"), node::kExitOk) << output.said;
  EXPECT_NE(output.said.find("kith1:"), std::string::npos);
  EXPECT_NE(changing_file(ohio.node->folder() / "keys/sign.key"), old_key);
  EXPECT_EQ(changing_file(ohio.node->folder() / "keys/node.key"), node_key);
  for (const auto& file : fs::directory_iterator(ohio.node->folder() / "keys")) {
    EXPECT_EQ(file.path().extension(), ".key") << file.path() << " was left lying";
    struct stat found {};
    ASSERT_EQ(::stat(file.path().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777u, 0600u) << file.path();
  }
  EXPECT_EQ(federation.broken_invariant(ohio), "");
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), std::nullopt);
  EXPECT_EQ(federation.names(reader), before);
  EXPECT_EQ(before.size(), 4u);
  for (const auto& line : shown(reader)) {
    if (line.find("Lantern") == std::string::npos) {
      EXPECT_NE(line.find("2026-11-02T10:00:00Z"), std::string::npos)
          << line << " was not signed again";
    }
  }
  EXPECT_EQ(federation.broken_invariant(reader), "");
  EXPECT_EQ(feed_at(reader, ohio.scid).epoch, 1u) << "nothing was stolen";
  // And on it goes.
  federation.publish(ohio, {simple_listing("Fourth group")});
  federation.sync(reader);
  EXPECT_EQ(federation.names(reader).size(), 5u);
}

TEST_F(ChangingIdentity, RotateCanReplaceTheNodeKeyToo) {
  const auto node_key = changing_file(ohio.node->folder() / "keys/node.key");
  ASSERT_EQ(change("rotate", {{"node", {}}}), node::kExitOk) << output.said;
  EXPECT_NE(changing_file(ohio.node->folder() / "keys/node.key"), node_key);
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), std::nullopt);
  EXPECT_EQ(federation.names(reader).size(), 4u);
}

TEST_F(ChangingIdentity, EverySheetServesOnceAndNoneIsOverwritten) {
  const auto first = changing_file(sheet);
  ASSERT_EQ(change("rotate"), node::kExitOk) << output.said;
  const auto log = changing_file(public_folder() / "did.jsonl");
  EXPECT_NE(change_with(changing_cut_sheet(first, "1.", "3."), "rotate"), node::kExitOk);
  EXPECT_NE(output.said.find("newest"), std::string::npos) << output.said;
  // Its second successor would still do; whoever gives a command twice does not mean that.
  EXPECT_EQ(change_with(first, "rotate"), node::kExitConfiguration);
  EXPECT_NE(output.said.find("used already"), std::string::npos) << output.said;
  EXPECT_EQ(changing_file(public_folder() / "did.jsonl"), log);

  for (const auto& place : {sheet, ohio.node->folder() / "sheet.txt"}) {
    node::Invocation invocation{"rotate",
                                {{"recovery", {"x"}}, {"new-sheet", {place.string()}}},
                                {{"recovery", changing_file(sheet)}},
                                {},
                                "/"};
    CollectedOutput said;
    EXPECT_NE(node::execute(invocation, *ohio.node, said), node::kExitOk) << place;
    EXPECT_NE(said.said.find("--new-sheet"), std::string::npos) << said.said;
  }
  EXPECT_EQ(changing_file(public_folder() / "did.jsonl"), log);
  struct stat found {};
  ASSERT_EQ(::stat(sheet.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0600u);
  ASSERT_EQ(change("rotate"), node::kExitOk) << output.said;
}

TEST_F(ChangingIdentity, TheSecondSuccessorWorksWhenTheFirstIsLost) {
  const auto first = changing_file(sheet);
  const auto paper = changing_cut_sheet(first, "3.", "");
  ASSERT_EQ(change_with(paper, "rotate"), node::kExitOk) << output.said;
  EXPECT_NE(output.said.find("second successor was used"), std::string::npos) << output.said;
  // Whoever finds the lost one can do nothing with it.
  EXPECT_NE(change_with(changing_cut_sheet(first, "2.", "3."), "rotate"), node::kExitOk);
  EXPECT_NE(change_with(paper, "rotate"), node::kExitOk);
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), std::nullopt);
  EXPECT_EQ(federation.names(reader).size(), 4u);
  ASSERT_EQ(change("rotate"), node::kExitOk) << output.said;
}

TEST_F(ChangingIdentity, TheSecondSuccessorStaysGoodWhileItLiesElsewhere) {
  const auto paper = changing_cut_sheet(changing_file(sheet), "3.", "");
  for (int i = 0; i < 2; ++i) {
    auto kept = changing_file(sheet);
    kept = kept.substr(0, kept.find("\n3."));
    ASSERT_EQ(change_with(kept, "rotate"), node::kExitOk) << output.said;
    EXPECT_NE(output.said.find("stays good"), std::string::npos) << output.said;
    EXPECT_NE(changing_file(sheet).find("Unchanged"), std::string::npos);
  }
  EXPECT_EQ(change_with(paper, "rotate"), node::kExitOk) << output.said;
}

TEST_F(ChangingIdentity, ASheetTypedFromPaperIsRead) {
  auto typed = changing_cut_sheet(changing_file(sheet), "2.", "3.");
  std::transform(typed.begin(), typed.end(), typed.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  ASSERT_EQ(change_with(typed, "rotate"), node::kExitOk) << output.said;
}

// Whoever gives the command again would be told that the sheet was used.
TEST_F(ChangingIdentity, WhatIsDoneButForFilesSaysSoAndHowToGoOn) {
  const auto log = changing_file(public_folder() / "did.jsonl");
  // A folder where a file has to be written, since tests may run as root.
  fs::create_directories(public_folder() / "did.jsonl.new/x");
  EXPECT_EQ(change("rotate"), node::kExitIo) << output.said;
  EXPECT_NE(output.said.find("kith publish"), std::string::npos) << output.said;
  EXPECT_NE(output.said.find("The new recovery sheet is at"), std::string::npos) << output.said;
  sheet = newest_sheet();
  EXPECT_EQ(changing_file(public_folder() / "did.jsonl"), log);
  fs::remove_all(public_folder() / "did.jsonl.new");
  CollectedOutput publish;
  EXPECT_EQ(node::execute({"publish", {}, {}, {}, "/"}, *ohio.node, publish), node::kExitOk)
      << publish.said;
  EXPECT_NE(changing_file(public_folder() / "did.jsonl"), log);
  EXPECT_EQ(federation.broken_invariant(ohio), "");
  ASSERT_EQ(change("rotate"), node::kExitOk) << "by the new sheet: " << output.said;
}

TEST_F(ChangingIdentity, AKeyFileThatCannotBeLaidReadyLeavesNoVoidSheet) {
  const auto log = changing_file(public_folder() / "did.jsonl");
  fs::create_directories(ohio.node->folder() / "keys/sign.key.next.new/x");
  fs::create_directories(ohio.node->folder() / "keys/sign.key.next/x");
  EXPECT_EQ(change("rotate"), node::kExitIo) << output.said;
  EXPECT_FALSE(fs::exists(newest_sheet()));
  EXPECT_EQ(changing_file(public_folder() / "did.jsonl"), log);
  fs::remove_all(ohio.node->folder() / "keys/sign.key.next.new");
  fs::remove_all(ohio.node->folder() / "keys/sign.key.next");
  ASSERT_EQ(change("rotate"), node::kExitOk) << output.said;
}

TEST_F(ChangingIdentity, AMistypedSheetIsToldWhereToLook) {
  const auto log = changing_file(public_folder() / "did.jsonl");
  const auto good = changing_file(sheet);
  // The digits of part 2, whose groups stand in four lines.
  const auto part = good.find("\n2.");
  const auto first = good.find("\n    ", part) + 5;
  auto one_off = good;
  auto& digit = one_off[first + 5];  // of group 2
  digit = digit == '0' ? '1' : '0';
  EXPECT_EQ(change_with(one_off, "rotate"), node::kExitConfiguration);
  EXPECT_NE(output.said.find("group 2 of"), std::string::npos) << output.said;
  EXPECT_EQ(output.said.find("used already"), std::string::npos) << output.said;
  // And where it is all that was typed.
  EXPECT_EQ(change_with(changing_cut_sheet(one_off, "2.", "3."), "rotate"),
            node::kExitConfiguration);
  EXPECT_NE(output.said.find("group 2 of"), std::string::npos) << output.said;

  auto swapped = good;
  std::size_t at = first;
  while (swapped[at] == swapped[at + 1] || swapped[at + 1] == ' ' || swapped[at] == ' ') ++at;
  std::swap(swapped[at], swapped[at + 1]);
  EXPECT_EQ(change_with(swapped, "rotate"), node::kExitConfiguration);
  EXPECT_NE(output.said.find("mistyped"), std::string::npos) << output.said;

  auto wrong = good;
  for (const std::size_t i : {0U, 1U, 2U}) wrong[first + i] = wrong[first + i] == '0' ? '1' : '0';
  EXPECT_EQ(change_with(wrong, "rotate"), node::kExitConfiguration);
  EXPECT_NE(output.said.find("Part 2"), std::string::npos) << output.said;
  EXPECT_EQ(output.said.find("used already"), std::string::npos) << output.said;
  EXPECT_EQ(changing_file(public_folder() / "did.jsonl"), log);
  ASSERT_EQ(change_with(good, "rotate"), node::kExitOk) << output.said;
}

TEST_F(ChangingIdentity, ASheetThatIsNoneOrForeignOrMistypedChangesNothing) {
  const auto log = changing_file(public_folder() / "did.jsonl");
  const auto good = changing_file(sheet);
  auto short_by_one = changing_cut_sheet(good, "2.", "3.");
  short_by_one.erase(short_by_one.find_last_of("0123456789abcdef"), 1);
  auto one_digit_off = changing_cut_sheet(good, "2.", "3.");
  auto& digit = one_digit_off[one_digit_off.find_last_of("0123456789abcdef")];
  digit = digit == '0' ? '1' : '0';
  for (const auto& text : {std::string(), std::string("nothing"), short_by_one, one_digit_off,
                           changing_file(folder() / "national.test.sheet.txt")}) {
    EXPECT_EQ(change_with(text, "rotate"), node::kExitConfiguration) << text;
    EXPECT_FALSE(output.said.empty());
  }
  EXPECT_EQ(changing_file(public_folder() / "did.jsonl"), log);
  EXPECT_EQ(federation.broken_invariant(ohio), "");
}

TEST_F(ChangingIdentity, KeyFilesThatAreLostComeBackWithTheSheet) {
  fs::remove(ohio.node->folder() / "keys/sign.key");
  fs::remove(ohio.node->folder() / "keys/node.key");
  federation.reopen(ohio);
  CollectedOutput publish;
  EXPECT_NE(node::execute({"publish", {}, {}, {}, "/"}, *ohio.node, publish), node::kExitOk);
  EXPECT_NE(change("rotate"), node::kExitOk) << "the #node key is to stay, and is not there";
  EXPECT_NE(output.said.find("--node"), std::string::npos) << output.said;
  ASSERT_EQ(change("rotate", {{"node", {}}}), node::kExitOk) << output.said;
  federation.publish(ohio, {simple_listing("Fourth group")});
  federation.sync(reader);
  EXPECT_EQ(federation.names(reader).size(), 5u);
  EXPECT_EQ(federation.broken_invariant(ohio), "");
}

TEST_F(ChangingIdentity, BrokenOrOpenKeyFilesAreNamedAndLeftAlone) {
  const auto file = ohio.node->folder() / "keys/sign.key";
  const auto good = changing_file(file);
  const auto try_publish = [&] {
    federation.reopen(ohio);
    output = {};
    return node::execute({"publish", {}, {}, {}, "/"}, *ohio.node, output);
  };
  const struct {
    const char* name;
    std::string text;
  } cases[] = {{"truncated", good.substr(0, 40)},
               {"empty", ""},
               {"of another publisher", changing_file(national.node->folder() / "keys/sign.key")}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    node::replace_file(file, c.text, 0600);
    EXPECT_EQ(try_publish(), node::kExitConfiguration) << output.said;
    EXPECT_EQ(changing_file(file), c.text) << "it was overwritten";
  }
  node::replace_file(file, good, 0600);
  ASSERT_EQ(try_publish(), node::kExitOk) << output.said;

  ::chmod(file.parent_path().c_str(), 0777);
  EXPECT_EQ(try_publish(), node::kExitPermission) << output.said;
  EXPECT_NE(output.said.find("keys"), std::string::npos);
  ::chmod(file.parent_path().c_str(), 0700);
  fs::rename(file, file.string() + ".elsewhere");
  fs::create_symlink(file.string() + ".elsewhere", file);
  EXPECT_EQ(try_publish(), node::kExitPermission) << output.said;
}

TEST_F(ChangingIdentity, AnOlderCopyOfTheDataCannotTakeBackTheIdentity) {
  const auto data = ohio.node->folder();
  ohio.node.reset();
  fs::copy(data / "kith.sqlite3", folder() / "old.sqlite3");
  fs::copy(data / "keys", folder() / "old-keys", fs::copy_options::recursive);
  federation.reopen(ohio);
  ASSERT_EQ(change("rotate"), node::kExitOk) << output.said;
  const auto log = changing_file(public_folder() / "did.jsonl");
  ohio.node.reset();
  for (const auto* file : {"kith.sqlite3-wal", "kith.sqlite3-shm"}) fs::remove(data / file);
  fs::copy(folder() / "old.sqlite3", data / "kith.sqlite3", fs::copy_options::overwrite_existing);
  fs::remove_all(data / "keys");
  fs::rename(folder() / "old-keys", data / "keys");
  federation.reopen(ohio);
  output = {};
  EXPECT_NE(node::execute({"publish", {}, {}, {}, "/"}, *ohio.node, output), node::kExitOk);
  EXPECT_NE(output.said.find("self-fork-refused"), std::string::npos) << output.said;
  EXPECT_EQ(changing_file(public_folder() / "did.jsonl"), log);
}

TEST_F(ChangingIdentity, AMoveIsFollowedToTheNewPlace) {
  const auto before = federation.names(reader);
  const auto old_line = ohio.line;
  // The old place is another host: it has what was there, and gets the new did.jsonl only.
  const auto old_host = folder() / "old-host";
  fs::copy(public_folder(), old_host, fs::copy_options::recursive);
  federation.source.serve(std::string(kChangingOldPlace), old_host);
  ASSERT_EQ(change("move", {{"url", {"https://" + std::string(kChangingNewPlace) + "/"}}}),
            node::kExitOk)
      << output.said;
  EXPECT_NE(output.said.find("https://ohio.test/o/main/did.jsonl"), std::string::npos);
  EXPECT_NE(output.said.find("https://columbus.test/groups/did.jsonl"), std::string::npos);
  EXPECT_EQ(federation.broken_invariant(ohio), "");

  federation.sync(reader);
  EXPECT_EQ(federation.names(reader), before) << "nobody told it yet";
  federation.source.serve(std::string(kChangingNewPlace), public_folder());
  fs::copy(public_folder() / "did.jsonl", old_host / "did.jsonl",
           fs::copy_options::overwrite_existing);
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), std::nullopt);
  const auto did = "did:webvh:" + ohio.scid + ":columbus.test:groups";
  EXPECT_EQ(feed_at(reader, ohio.scid).did, did);
  EXPECT_EQ(federation.names(reader), before);
  EXPECT_EQ(reader.node->group(keys[0])->envelope.issuer, did);
  EXPECT_EQ(reader.node->group(keys[0])->standing.path.size(), 2u)
      << "the recognition names the identity, not the place";
  EXPECT_EQ(federation.broken_invariant(reader), "");

  // From here on it is read at the new place alone; that costs two requests when nothing is new.
  federation.source.stop_serving(std::string(kChangingOldPlace));
  federation.sync(reader);
  const auto requests = federation.source.requests();
  reader.node->sync(ohio.scid, true, {});
  EXPECT_EQ(federation.source.requests() - requests, 2u);

  // Who comes to the old place later, with an old line, is led to what has happened since.
  ASSERT_EQ(change("rotate"), node::kExitOk) << output.said;
  federation.publish(ohio, {simple_listing("Fourth group")});
  federation.source.serve(std::string(kChangingOldPlace), old_host);
  auto& late = federation.add_reader("late");
  federation.anchor(late, national);
  federation.sync(late);
  EXPECT_EQ(federation.names(late).size(), 5u);
  const auto found = late.node->look_up(old_line);
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_EQ(found->did, did);
}

TEST_F(ChangingIdentity, WhoMissedAMoveCanNameTheNewPlace) {
  ASSERT_EQ(change("move", {{"url", {"https://" + std::string(kChangingNewPlace)}}}), node::kExitOk)
      << output.said;
  federation.source.stop_serving(std::string(kChangingOldPlace));
  federation.source.serve(std::string(kChangingNewPlace), public_folder());
  federation.sync(reader);
  EXPECT_NE(trouble(reader), std::nullopt);
  EXPECT_EQ(federation.names(reader).size(), 4u);
  ohio.node->change(
      [&](node::Store&, node::Publisher* publisher) { ohio.line = publisher->line(); });
  federation.follow(reader, ohio);
  federation.publish(ohio, {simple_listing("Fourth group")});
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), std::nullopt);
  EXPECT_EQ(federation.names(reader).size(), 5u);
}

TEST_F(ChangingIdentity, ANewEpochLeavesBehindWhatAThiefSigned) {
  // Whoever has the key files publishes in the chapter's name.
  federation.publish(ohio, {simple_listing("Forged group")});
  federation.sync(reader);
  ASSERT_EQ(federation.names(reader).size(), 5u);
  auto forged = federation.found(ohio);
  for (const auto& key : forged) {
    const auto parsed = *node::RecordKey::parse(key);
    if (ohio.node->group(parsed)->listing.name == "Forged group") federation.withdraw(ohio, parsed);
  }
  const auto node_key = changing_file(ohio.node->folder() / "keys/node.key");
  ASSERT_EQ(change("rotate", {{"stolen", {}}}), node::kExitOk) << output.said;
  EXPECT_NE(changing_file(ohio.node->folder() / "keys/node.key"), node_key)
      << "who had the one had the other";
  EXPECT_TRUE(fs::exists(public_folder() / "feed/2/checkpoint"));
  EXPECT_FALSE(fs::exists(public_folder() / "feed/1/docs")) << "texts of the old epoch stay about";
  EXPECT_EQ(federation.broken_invariant(ohio), "");
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), std::nullopt);
  EXPECT_EQ(feed_at(reader, ohio.scid).epoch, 2u);
  EXPECT_EQ(federation.names(reader).size(), 4u);
  EXPECT_EQ(federation.broken_invariant(reader), "");
  federation.publish(ohio, {simple_listing("Fourth group")});
  federation.sync(reader);
  EXPECT_EQ(federation.names(reader).size(), 5u);
}

TEST_F(ChangingIdentity, AnExpiredListingComesAlongIntoTheNewEpoch) {
  federation.publish(ohio, {simple_listing("Short group", {{"review_by", "2026-11-20"}})});
  federation.clock.advance(std::chrono::days(130));
  ASSERT_EQ(change("rotate", {{"stolen", {}}}), node::kExitOk) << output.said;
  EXPECT_EQ(federation.broken_invariant(ohio), "");
  bool there = false;
  ohio.node->change([&](node::Store& store, node::Publisher* publisher) {
    for (const auto& record : store.queries().records(feed_at(ohio, ohio.scid).feed_id))
      there |= record.document.find("Short group") != std::string::npos;
    EXPECT_EQ(publisher->scid(), ohio.scid);
  });
  EXPECT_TRUE(there) << "it can still be confirmed";
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), std::nullopt);
}

TEST_F(ChangingIdentity, DeactivateAsksAndThenEndsEverything) {
  class SaysNo final : public node::CommandOutput {
   public:
    void print(std::string_view) override {}
    void complain(std::string_view) override {}
    void progress(std::string_view) override {}
    bool ask(const std::string& question) override {
      asked = question;
      return false;
    }
    std::string asked;
  } no;
  node::Invocation invocation{
      "deactivate", {{"recovery", {"x"}}}, {{"recovery", changing_file(sheet)}}, {}, "/"};
  EXPECT_EQ(node::execute(invocation, *ohio.node, no), node::kExitNo);
  EXPECT_NE(no.asked.find("Ohio Test Chapter"), std::string::npos);
  federation.sync(reader);
  ASSERT_EQ(federation.names(reader).size(), 4u);

  ASSERT_EQ(change("deactivate"), node::kExitOk) << output.said;
  EXPECT_EQ(federation.broken_invariant(ohio), "");
  EXPECT_TRUE(federation.found(ohio).empty());
  EXPECT_EQ(changing_file(public_folder() / "feed/1/docs/000.jsonl").find("First group"),
            std::string::npos);
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), ErrorCode::did_deactivated);
  EXPECT_TRUE(federation.names(reader).empty()) << "whom it recognized has no path any more either";
  reader.node->change([&](node::Store& store, node::Publisher*) {
    EXPECT_TRUE(store.queries().records(store.queries().feed(ohio.scid)->feed_id).empty())
        << "listings are removed, not only hidden";
  });
  EXPECT_EQ(federation.broken_invariant(reader), "");

  // For ever: neither here nor by an old log at the old place.
  EXPECT_NE(change("rotate"), node::kExitOk);
  no.asked.clear();
  EXPECT_EQ(node::execute(invocation, *ohio.node, no), node::kExitNo);
  EXPECT_EQ(no.asked, "") << "nobody is asked about what is done already";
  for (const auto& report : ohio.node->feeds()) {
    EXPECT_EQ(report.in_words.find("kith deactivate") != std::string::npos, report.feed.own)
        << report.in_words;
  }
  std::vector<node::Draft> drafts(1);
  drafts[0].subject = simple_listing("After the end");
  ohio.node->change([&](node::Store&, node::Publisher* publisher) {
    EXPECT_THROW(publisher->publish(drafts, federation.clock.now()), node::DataError);
    publisher->write_files(publisher->public_folder(), federation.clock.now(),
                           std::chrono::seconds(0));
  });
  auto log = changing_file(public_folder() / "did.jsonl");
  log.resize(log.find('\n') + 1);
  lie_about("ohio.test/o/main/did.jsonl", log);
  federation.sync(reader);
  EXPECT_TRUE(federation.names(reader).empty());
  EXPECT_EQ(trouble(reader), ErrorCode::did_deactivated);
}

// Follower

TEST_F(ChangingIdentity, ANewIdentityWaitsForItsCheckpointADayAtMost) {
  const auto old_log = changing_file(public_folder() / "did.jsonl");
  const auto old_checkpoint = changing_file(public_folder() / "feed/1/checkpoint");
  const auto before = shown(reader);
  ASSERT_EQ(change("rotate"), node::kExitOk) << output.said;
  lie_about("ohio.test/o/main/feed/1/checkpoint", old_checkpoint);
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), ErrorCode::sig_unknown);
  EXPECT_EQ(shown(reader), before) << "judged by the keys it was accepted with";
  federation.clock.advance(std::chrono::hours(23));
  federation.sync(reader);
  EXPECT_EQ(shown(reader), before);

  // The host takes the new version back, to go on with the old key: it was seen, and is remembered.
  federation.source.lie(
      [&](const std::string& url,
          const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        if (url.ends_with("ohio.test/o/main/did.jsonl"))
          return crawler::FetchResponse{200, old_log, ""};
        if (url.ends_with("ohio.test/o/main/feed/1/checkpoint"))
          return crawler::FetchResponse{200, old_checkpoint, ""};
        return std::nullopt;
      });
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), ErrorCode::did_rollback);
  EXPECT_EQ(shown(reader), before);
  federation.clock.advance(std::chrono::hours(1));
  reader.node->refresh();
  EXPECT_TRUE(federation.names(reader).empty()) << "the old keys have had their day";
  federation.reopen(reader);
  EXPECT_TRUE(federation.names(reader).empty());

  federation.source.lie(nullptr);
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), std::nullopt);
  EXPECT_EQ(federation.names(reader).size(), 4u);
}

TEST_F(ChangingIdentity, ATextThatWasNotSignedAgainHasOneDay) {
  // What a hurried tool would do: other keys, and only some of the texts signed by them.
  const auto first = reader.node->group(keys[0]);
  const auto update = node::read_recovery_sheet(changing_file(sheet));
  const auto fresh = node::new_key();
  ohio.node->change_store([&](node::Store& store) {
    const auto own = node::own_feed_of(store.queries());
    const auto node_keys = node::load_keys(store.folder());
    protocol::DidLogChange entry;
    entry.update_keys = {update.keys[1].public_key()};
    entry.next_update_keys = {fresh.public_key()};
    entry.document =
        *protocol::next_did_document(own.log, {.folder_url = "https://ohio.test/o/main",
                                               .sign = fresh.public_key(),
                                               .node = node_keys.node.public_key(),
                                               .feed_url = own.keys.feed_url,
                                               .api_url = "",
                                               .next_update_keys = {}});
    const auto next = node::new_key();
    entry.next_update_keys = {next.public_key()};
    const auto line =
        protocol::append_did_log(own.log, entry, update.keys[1], federation.clock.now());
    ASSERT_TRUE(line) << line.error().detail;
    // The recognition and the card are signed again; the second listing ends.
    std::vector<node::OwnChange> changes;
    auto frontier = own.feed.frontier;
    const auto add = [&](protocol::Leaf leaf, std::string text) {
      frontier.append(protocol::leaf_hash(protocol::as_bytes(protocol::format_leaf(leaf))));
      changes.push_back({std::move(leaf), std::move(text)});
    };
    for (const auto& record : store.queries().records(own.feed.feed_id)) {
      if (record.type == "listing") continue;
      auto envelope = node::own_envelope_of(store.queries(), record);
      envelope.valid_from = federation.clock.now();
      const auto text =
          *protocol::sign_document(envelope, own.feed.did + "#sign", fresh, federation.clock.now());
      add({.op = protocol::Leaf::Op::put,
           .id = record.key.urn(),
           .type = record.type,
           .document = protocol::sha256(text),
           .expires = envelope.valid_until,
           .why = {}},
          text);
    }
    protocol::Leaf end;
    end.op = protocol::Leaf::Op::del;
    end.id = keys[1].urn();
    end.why = "withdrawn";
    add(end, "");
    const node::NodeKeys new_keys{*protocol::SigningKey::from_seed(fresh.seed()),
                                  *protocol::SigningKey::from_seed(node_keys.node.seed())};
    node::save_next_keys(store.folder(), new_keys);
    store.change_own_identity(
        own.feed.feed_id, own.feed.size, {own.feed.did, own.feed.did_log + *line + "\n", 1, {}},
        changes, frontier,
        node::sign_own_checkpoint(ohio.scid, 1, frontier, new_keys, federation.clock.now()),
        federation.clock.now());
    node::Publisher(store).finish_files(federation.clock.now());
  });
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), std::nullopt) << "the feed is in order";
  EXPECT_EQ(federation.names(reader).size(), 3u) << "the end of a listing acts at once";
  ASSERT_TRUE(reader.node->group(keys[0]));
  EXPECT_TRUE(reader.node->group(keys[0])->standing.being_updated);
  EXPECT_FALSE(reader.node->group(keys[1]));
  int refused = 0;
  for (const auto& report : reader.node->feeds()) {
    for (const auto& record : report.troubled) {
      EXPECT_EQ(record.trouble->code, ErrorCode::proof_key);
      ++refused;
    }
  }
  EXPECT_EQ(refused, 2);
  federation.clock.advance(std::chrono::hours(23));
  federation.sync(reader);
  EXPECT_TRUE(reader.node->group(keys[0]));
  federation.clock.advance(std::chrono::hours(1));
  federation.sync(reader);
  EXPECT_FALSE(reader.node->group(keys[0])) << "a key that counts no more has no say after a day";
  EXPECT_EQ(federation.names(reader), std::vector<std::string>{"Lantern group"});

  // Signed again, it is back.
  auto subject = first->envelope.subject;
  federation.publish(ohio, {subject});
  federation.sync(reader);
  EXPECT_TRUE(reader.node->group(keys[0]));
  EXPECT_FALSE(reader.node->group(keys[0])->standing.being_updated);
}

TEST_F(ChangingIdentity, AnOldEpochStaysUntilTheNewOneIsComplete) {
  const auto before = shown(reader);
  ASSERT_EQ(change("rotate", {{"stolen", {}}}), node::kExitOk) << output.said;
  for (const auto* file :
       {"feed/2/checkpoint", "feed/2/tile/entries/000.p/5", "feed/2/docs/000.jsonl"}) {
    SCOPED_TRACE(file);
    ASSERT_TRUE(fs::exists(public_folder() / file));
    lie_about(file, std::nullopt);
    federation.sync(reader);
    EXPECT_NE(trouble(reader), std::nullopt);
    EXPECT_EQ(shown(reader), before);
    EXPECT_EQ(feed_at(reader, ohio.scid).epoch, 1u);
  }
  // A day later the stolen keys count no more, and what there is of the new epoch is taken.
  federation.clock.advance(std::chrono::hours(24));
  federation.sync(reader);
  EXPECT_EQ(feed_at(reader, ohio.scid).epoch, 2u);
  EXPECT_TRUE(federation.names(reader).empty());
  federation.source.lie(nullptr);
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), std::nullopt);
  EXPECT_EQ(federation.names(reader).size(), 4u);
}

TEST_F(ChangingIdentity, ATextReplacedWhileItWasReadIsReadAgain) {
  auto subject = simple_listing("First group, renamed");
  subject.set("id", keys[0].urn());
  federation.publish(ohio, {subject});
  bool done = false;
  federation.source.lie(
      [&](const std::string& url,
          const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        if (done || !url.ends_with("ohio.test/o/main/feed/1/docs/000.jsonl")) return std::nullopt;
        // Between its reading of the checkpoint and of the text, the publisher goes on.
        done = true;
        auto again = simple_listing("First group, renamed twice");
        again.set("id", keys[0].urn());
        federation.publish(ohio, {again});
        return crawler::FetchResponse{200, changing_file(public_folder() / "feed/1/docs/000.jsonl"),
                                      ""};
      });
  federation.sync(reader);
  EXPECT_TRUE(done);
  ASSERT_TRUE(reader.node->group(keys[0]));
  EXPECT_EQ(reader.node->group(keys[0])->listing.name, "First group, renamed twice");
  EXPECT_FALSE(reader.node->group(keys[0])->standing.being_updated);
}

TEST_F(ChangingIdentity, ALogThatDoesNotHoldHidesUntilItDoes) {
  const auto good = changing_file(public_folder() / "did.jsonl");
  auto broken = good;
  const auto at = broken.find("\"proofValue\":\"z") + 20;
  broken[at] = broken[at] == 'a' ? 'b' : 'a';
  const auto before = shown(reader);
  lie_about("ohio.test/o/main/did.jsonl", broken);
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), ErrorCode::did_invalid);
  EXPECT_TRUE(federation.names(reader).empty());
  federation.source.stop_serving(std::string(kChangingOldPlace));
  federation.sync(reader);
  EXPECT_TRUE(federation.names(reader).empty()) << "silence does not clear it";
  federation.source.serve(std::string(kChangingOldPlace), public_folder());
  federation.source.lie(nullptr);
  federation.sync(reader);
  EXPECT_EQ(shown(reader), before);
}

TEST_F(ChangingIdentity, ACutLogKeepsAndAForkedOneHides) {
  const auto first = changing_file(public_folder() / "did.jsonl");
  const auto first_sheet = sheet;
  // Two second entries: a machine that was copied, or a thief of the sheet.
  const auto data = ohio.node->folder();
  ohio.node.reset();
  fs::copy(data, folder() / "copy", fs::copy_options::recursive);
  federation.reopen(ohio);
  ASSERT_EQ(change("rotate"), node::kExitOk) << output.said;
  federation.sync(reader);
  const auto before = shown(reader);
  ASSERT_EQ(before.size(), 4u);

  lie_about("ohio.test/o/main/did.jsonl", first);
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), ErrorCode::did_rollback);
  EXPECT_EQ(shown(reader), before);

  auto& twin = federation.add_reader("copy");
  federation.clock.advance(std::chrono::seconds(5));
  twin.node->change_store([&](node::Store& store) {
    node::IdentityChange wanted;
    wanted.sheet = node::read_recovery_sheet(changing_file(first_sheet));
    wanted.new_sheet = fresh_sheet();
    node::change_identity(store, wanted, federation.clock.now());
  });
  lie_about("ohio.test/o/main/did.jsonl", changing_file(twin.node->folder() / "public/did.jsonl"));
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), ErrorCode::did_fork);
  EXPECT_TRUE(federation.names(reader).empty());
  federation.source.lie(nullptr);
  federation.sync(reader);
  EXPECT_TRUE(federation.names(reader).empty()) << "only the operator, or a new epoch, clears it";
  ASSERT_EQ(change("rotate", {{"stolen", {}}}), node::kExitOk) << output.said;
  federation.sync(reader);
  EXPECT_EQ(federation.names(reader).size(), 4u);
}

TEST_F(ChangingIdentity, WhoeverHasTheDomainNowCannotHideTheOldOwner) {
  auto& other = federation.add("other.test", "Somebody Else", {"US-OH"});
  const auto before = shown(reader);
  lie_about("ohio.test/o/main/did.jsonl", changing_file(other.node->folder() / "public/did.jsonl"));
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), ErrorCode::did_unreachable);
  EXPECT_EQ(shown(reader), before);
}

// Cut off at every step

/// What a kill leaves behind: nothing of the program cleans up after this.
struct ChangeStopped {};

class InterruptedChange : public ChangingIdentity {
 protected:
  void keep_state() {
    ohio.node.reset();
    reader.node.reset();
    fs::copy(folder() / "ohio.test", folder() / "kept-ohio", fs::copy_options::recursive);
    fs::copy(folder() / "reader", folder() / "kept-reader", fs::copy_options::recursive);
    kept_sheet = sheet;
    federation.reopen(ohio);
    federation.reopen(reader);
  }
  void back_to_kept_state() {
    ohio.node.reset();
    reader.node.reset();
    for (const auto* name : {"ohio.test", "reader"}) {
      fs::remove_all(folder() / name);
      fs::copy(folder() / (std::string("kept-") + (name[0] == 'o' ? "ohio" : "reader")),
               folder() / name, fs::copy_options::recursive);
    }
    sheet = kept_sheet;
    federation.reopen(ohio);
    federation.reopen(reader);
  }
  std::pair<std::uint64_t, std::string> committed() {
    const auto feed = feed_at(ohio, ohio.scid);
    return {feed.size, feed.did_log};
  }

  /// Whether strangers may find nothing for a moment: between an identity and its checkpoint, who
  /// has no older state has none to keep.
  enum class Strangers { always_see, may_wait };

  void stranger_sees(Strangers strangers, const std::vector<std::string>& before,
                     const std::vector<std::string>& after) {
    auto& stranger = federation.add_reader("stranger-" + std::to_string(++strangers_made));
    federation.anchor(stranger, national);
    federation.sync(stranger);
    const auto seen = shown(stranger);
    const bool waits =
        strangers == Strangers::may_wait && seen.empty() && trouble(stranger).has_value();
    EXPECT_TRUE(waits || seen == before || seen == after) << testing::PrintToString(seen);
    stranger.node.reset();
  }

  void stops_anywhere(Strangers strangers, const std::function<node::ExitCode()>& run) {
    federation.source.serve(std::string(kChangingNewPlace), public_folder());
    const auto before = shown(reader);
    ASSERT_EQ(before.size(), 4u);
    keep_state();
    const auto not_committed = committed();

    // Once through, with a follower that reads before each change of a file.
    std::size_t steps = 0;
    std::vector<std::vector<std::string>> seen;
    node::watch_files([&](const fs::path&) {
      ++steps;
      federation.sync(reader);
      seen.push_back(shown(reader));
    });
    ASSERT_EQ(run(), node::kExitOk) << output.said;
    node::watch_files({});
    federation.sync(reader);
    const auto after = shown(reader);
    ASSERT_NE(after, before);
    ASSERT_EQ(trouble(reader), std::nullopt);
    bool changed = false;
    for (const auto& state : seen) {
      EXPECT_TRUE(state == before || state == after) << testing::PrintToString(state);
      EXPECT_FALSE(changed && state == before) << "it went back";
      changed |= state == after;
    }
    ASSERT_GT(steps, 6u);

    // Again and again, stopped before each of them.
    for (std::size_t stop = 1; stop <= steps; ++stop) {
      back_to_kept_state();
      fs::path where;
      std::size_t step = 0;
      node::watch_files([&](const fs::path& file) {
        if (++step != stop) return;
        where = file;
        throw ChangeStopped{};
      });
      EXPECT_THROW(run(), ChangeStopped);
      node::watch_files({});
      SCOPED_TRACE("stopped before step " + std::to_string(stop) + ", " + where.string());
      federation.sync(reader);
      const auto in_between = shown(reader);
      EXPECT_TRUE(in_between == before || in_between == after)
          << testing::PrintToString(in_between);
      stranger_sees(strangers, before, after);

      federation.reopen(ohio);
      const bool was_committed = committed() != not_committed;
      if (stop % 2 == 0) {
        EXPECT_EQ(federation.broken_invariant(ohio), "");
      } else {
        output = {};
        EXPECT_EQ(node::execute({"publish", {}, {}, {}, "/"}, *ohio.node, output), node::kExitOk)
            << output.said;
      }
      federation.sync(reader);
      EXPECT_EQ(shown(reader), was_committed ? after : before);
      if (!was_committed) {
        ASSERT_EQ(run(), node::kExitOk) << output.said;
        federation.sync(reader);
        EXPECT_EQ(shown(reader), after);
      }
      EXPECT_EQ(trouble(reader), std::nullopt);
      EXPECT_EQ(federation.broken_invariant(ohio), "");
      EXPECT_EQ(federation.broken_invariant(reader), "");
      EXPECT_FALSE(fs::exists(ohio.node->folder() / "keys/sign.key.next"));
      EXPECT_FALSE(fs::exists(ohio.node->folder() / "keys/node.key.next"));
    }
    std::cout << "stopped at each of " << steps << " changes of a file\n";
  }
  fs::path kept_sheet;
  int strangers_made = 0;
};

TEST_F(InterruptedChange, OfKeys) {
  stops_anywhere(Strangers::may_wait, [&] { return change("rotate"); });
}
TEST_F(InterruptedChange, OfBothKeys) {
  stops_anywhere(Strangers::may_wait, [&] { return change("rotate", {{"node", {}}}); });
}
TEST_F(InterruptedChange, ToANewEpoch) {
  stops_anywhere(Strangers::may_wait, [&] { return change("rotate", {{"stolen", {}}}); });
}
TEST_F(InterruptedChange, OfPlace) {
  stops_anywhere(Strangers::may_wait, [&] {
    return change("move", {{"url", {"https://" + std::string(kChangingNewPlace)}}});
  });
}
TEST_F(InterruptedChange, OfListings) {
  stops_anywhere(Strangers::always_see, [&] {
    auto subject = simple_listing("First group, renamed");
    subject.set("id", keys[0].urn());
    federation.publish(
        ohio, {subject, simple_listing("Fourth group",
                                       {{"id", "urn:uuid:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f1"}})});
    return node::kExitOk;
  });
}
TEST_F(InterruptedChange, OfAListingThatIsRenewed) {
  federation.clock.advance(std::chrono::days(350));
  for (auto* member : {&national, &ohio, &lantern}) {
    output = {};
    ASSERT_EQ(node::execute({"publish", {}, {}, {}, "/"}, *member->node, output), node::kExitOk);
  }
  federation.publish(ohio, {simple_listing("Second group of later"), simple_listing("Third one")});
  federation.publish(lantern, {simple_listing("Lantern group of later")});
  federation.sync(reader);
  stops_anywhere(Strangers::always_see, [&] {
    output = {};
    return node::execute({"renew", {}, {}, {}, "/"}, *ohio.node, output);
  });
}

// A host to which files are copied one by one

class HalfUploaded : public ChangingIdentity {
 protected:
  void SetUp() override {
    fs::copy(public_folder(), host(), fs::copy_options::recursive);
    federation.source.serve(std::string(kChangingOldPlace), host());
    before = shown(reader);
  }
  fs::path host() const { return folder() / "web-host"; }

  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::recursive_directory_iterator(public_folder())) {
      if (entry.is_regular_file()) all.push_back(fs::relative(entry.path(), public_folder()));
    }
    std::sort(all.begin(), all.end());
    return all;
  }
  void upload(const fs::path& file, const fs::path& to) const {
    fs::create_directories((to / file).parent_path());
    fs::copy_file(public_folder() / file, to / file, fs::copy_options::overwrite_existing);
  }
  /// Identity first, checkpoints last.
  static void order_as_told(std::vector<fs::path>& all) {
    std::stable_sort(all.begin(), all.end(), [](const fs::path& a, const fs::path& b) {
      const auto rank = [](const fs::path& file) {
        return file.filename() == "did.jsonl" ? 0 : file.filename() == "checkpoint" ? 2 : 1;
      };
      return rank(a) < rank(b);
    });
  }
  std::vector<std::string> before;
};

TEST_F(HalfUploaded, InTheOrderThatWeTellNoMomentIsMixed) {
  for (const bool stolen : {false, true}) {
    SCOPED_TRACE(stolen ? "new epoch" : "rotate");
    const auto was = shown(reader);
    federation.clock.advance(std::chrono::hours(1));
    ASSERT_EQ(change("rotate", stolen ? ChangeOptions{{"stolen", {}}} : ChangeOptions{}),
              node::kExitOk)
        << output.said;
    auto all = files();
    order_as_told(all);
    std::vector<std::vector<std::string>> seen;
    for (const auto& file : all) {
      upload(file, host());
      federation.sync(reader);
      seen.push_back(shown(reader));
    }
    EXPECT_EQ(trouble(reader), std::nullopt);
    const auto after = shown(reader);
    EXPECT_NE(after, was);
    for (const auto& state : seen) EXPECT_TRUE(state == was || state == after);
  }
}

TEST_F(HalfUploaded, InAnyOrderNoListingIsEverMissing) {
  for (const bool backwards : {false, true}) {
    SCOPED_TRACE(backwards ? "backwards" : "by name");
    federation.clock.advance(std::chrono::hours(1));
    ASSERT_EQ(change("rotate"), node::kExitOk) << output.said;
    auto all = files();
    if (backwards) std::reverse(all.begin(), all.end());
    for (const auto& file : all) {
      upload(file, host());
      federation.sync(reader);
      EXPECT_EQ(federation.names(reader).size(), 4u) << "after " << file;
      EXPECT_EQ(federation.broken_invariant(reader), "") << "after " << file;
    }
    EXPECT_EQ(trouble(reader), std::nullopt);
    for (const auto& line : shown(reader))
      EXPECT_EQ(line.find("being updated"), std::string::npos) << line;
  }
}

TEST_F(HalfUploaded, AMoveIsSeenWhenTheNewPlaceIsComplete) {
  const auto new_host = folder() / "new-host";
  fs::create_directories(new_host);
  federation.source.serve(std::string(kChangingNewPlace), new_host);
  ASSERT_EQ(change("move", {{"url", {"https://" + std::string(kChangingNewPlace)}}}), node::kExitOk)
      << output.said;
  auto all = files();
  order_as_told(all);
  for (const auto& file : all) {
    upload(file, new_host);
    federation.sync(reader);
    EXPECT_EQ(shown(reader), before) << "after " << file;
  }
  upload("did.jsonl", host());
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), std::nullopt);
  EXPECT_NE(shown(reader), before);
  EXPECT_EQ(federation.names(reader).size(), 4u);
}

TEST_F(HalfUploaded, AMoveAnnouncedTooEarlyKeepsWhatWasThere) {
  const auto new_host = folder() / "new-host";
  fs::create_directories(new_host);
  federation.source.serve(std::string(kChangingNewPlace), new_host);
  ASSERT_EQ(change("move", {{"url", {"https://" + std::string(kChangingNewPlace)}}}), node::kExitOk)
      << output.said;
  upload("did.jsonl", host());
  auto all = files();
  order_as_told(all);
  for (const auto& file : all) {
    federation.sync(reader);
    EXPECT_EQ(shown(reader), before) << "before " << file;
    upload(file, new_host);
  }
  federation.sync(reader);
  EXPECT_EQ(trouble(reader), std::nullopt);
  EXPECT_EQ(federation.names(reader).size(), 4u);
}

}  // namespace
