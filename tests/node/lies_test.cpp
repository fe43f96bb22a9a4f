// Suite L: a publisher, or whoever has its keys or its host, lies about its log. After each row
// what was good before is still shown, and nothing of the lie is.

#include <gtest/gtest.h>

#include "crawler/follower.h"
#include "node/alerts.h"
#include "node/api/routes.h"
#include "node/cli/commands.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/leaf.h"
#include "protocol/log/tiles.h"
#include "tests/support/lying_publisher.h"
#include "tests/support/standing.h"

namespace {

using protocol::ErrorCode;
using test_support::Federation;
using test_support::LyingPublisher;
using test_support::simple_listing;

/// A chapter that an association recognizes turns into a liar; a reader has the association as its
/// anchor.
class Lies : public testing::Test {
 protected:
  Lies()
      : national(federation.add("national.test", "National Test Association", {"US"},
                                "national_association")),
        ohio(federation.add("ohio.test", "Ohio Test Chapter", {"US-OH"})),
        reader(federation.add_reader("reader")) {
    federation.recognize(national, ohio, {"US-OH"}, 1);
    federation.anchor(reader, national);
    federation.publish(ohio, {simple_listing("First group"), simple_listing("Second group")});
    federation.sync(reader);
    before = federation.everything(reader);
  }

  void TearDown() override { EXPECT_EQ(federation.broken_invariant(reader), ""); }  // Z5

  node::FeedReport report() {
    for (auto& one : reader.node->feeds()) {
      if (one.feed.scid == ohio.scid) return one;
    }
    ADD_FAILURE() << "no such feed";
    return {};
  }
  /// What the feed is in trouble for after a reading; empty: nothing.
  std::string trouble() {
    test_support::Beside searches([&] { return reader.node->search({}).has_value(); });
    federation.sync(reader);
    EXPECT_EQ(searches.stop(), "");  // Z4
    const auto now = report();
    return now.feed.trouble ? std::string(protocol::word(now.feed.trouble->code)) : "";
  }
  /// The lie is refused as `code`, and what was there is there (Z6), also after a restart.
  void expect_refused(const std::string& code) {
    EXPECT_EQ(trouble(), code);
    EXPECT_EQ(federation.everything(reader), before);
    EXPECT_NE(report().state, node::FeedState::quarantined);
  }
  bool is_alerted(const std::string& name) {
    const auto all = node::alerts(*reader.node);
    return std::any_of(all.begin(), all.end(),
                       [&](const auto& alert) { return alert.name == name; });
  }

  test_support::StandingToTheEnd standing;  // Z2, Z3
  Federation federation;
  Federation::Member& national;
  Federation::Member& ohio;
  Federation::Member& reader;
  std::string before;
};

TEST_F(Lies, L05_AFrozenFeedIsNotedThenHiddenAndNothingIsDeleted) {
  const auto page = [&] {
    node::Router router;
    node::add_public_routes(router, *reader.node);
    const auto keys = federation.found(reader);
    return keys.empty() ? std::string()
                        : router(node::make_request("GET", "/groups/" + keys[0])).body;
  };
  // A relay in between shows the same for ever, so that the publisher's own host is never reached.
  federation.source.stop_serving("ohio.test/o/main");
  EXPECT_EQ(page().find("This copy may be old"), std::string::npos);
  federation.clock.advance(std::chrono::days(8));
  federation.sync(reader);
  EXPECT_EQ(report().state, node::FeedState::stale);
  EXPECT_EQ(federation.everything(reader), before);
  EXPECT_NE(page().find("This copy may be old"), std::string::npos);
  EXPECT_TRUE(is_alerted("feed-stale"));
  federation.clock.advance(std::chrono::days(28));
  federation.sync(reader);
  EXPECT_EQ(report().state, node::FeedState::dead);
  EXPECT_TRUE(federation.found(reader).empty());
  EXPECT_EQ(report().listings, 2U) << "held, not shown";
  federation.source.serve("ohio.test/o/main", ohio.node->folder() / "public");
  federation.sync(reader);
  EXPECT_EQ(federation.everything(reader), before);
  EXPECT_FALSE(is_alerted("feed-stale"));
}

TEST_F(Lies, L06_StampsOfTheFutureAndStampsThatAreNoneRefuseTheNote) {
  LyingPublisher liar(federation, ohio);
  liar.put("Early group");
  const auto now = static_cast<std::uint64_t>(protocol::to_unix(federation.clock.now()));
  for (const auto time : {now + 301, now + 360, std::uint64_t{0}, std::uint64_t{1} << 63,
                          (std::uint64_t{1} << 63) - 1, ~std::uint64_t{0}}) {
    SCOPED_TRACE(time);
    liar.publish(liar.note(time));
    expect_refused("sig-bad");
  }
  liar.publish(liar.note(now + 300));
  EXPECT_EQ(trouble(), "") << "five minutes are no lie";
  EXPECT_EQ(federation.found(reader).size(), 3U);
}

TEST_F(Lies, L07_SizesThatAreNoneAreNoNotes) {
  LyingPublisher liar(federation, ohio);
  const auto root =
      protocol::format_checkpoint({liar.origin(), 1, liar.root()}).substr(liar.origin().size() + 3);
  for (const std::string size : {"9007199254740992", "9223372036854775808", "01042", "+5", "", "-1",
                                 "5 ", "0x5", "99999999999999999999999"}) {
    SCOPED_TRACE(size);
    liar.publish(liar.note_of(liar.origin() + "\n" + size + "\n" + root));
    expect_refused("note-syntax");
  }
  std::string long_note = liar.note();
  const auto line = protocol::format_signature_line(liar.own_line("somebody else's text\n"));
  while (long_note.size() < 10'000'000) long_note += line;
  liar.publish(long_note);
  expect_refused("note-syntax");
}

TEST_F(Lies, L08_NotesOfOthersAndNotesWithOneFalseLine) {
  auto& iowa = federation.add("iowa.test", "Iowa Test Chapter", {"US-IA"});
  const auto iowas = node::load_keys(iowa.node->folder());
  LyingPublisher liar(federation, ohio);
  const auto text = protocol::format_checkpoint({liar.origin(), liar.size(), liar.root()});
  const auto other_origin = protocol::feed_origin(iowa.scid, 1);
  liar.publish(liar.note_of(protocol::format_checkpoint({other_origin, liar.size(), liar.root()})));
  expect_refused("origin-mismatch");
  liar.publish(
      protocol::format_note({text, {protocol::sign_note(text, liar.origin(), iowas.sign)}}));
  expect_refused("sig-unknown");
  // Fourteen good lines of others, its own stamp, and its own line over another text.
  protocol::Note note{text, {liar.stamp(text, 1'793'610'000)}};
  for (int i = 0; i < 14; ++i) {
    const auto key = node::new_key();
    note.signatures.push_back(protocol::cosign_note(
        text, "witness" + std::to_string(i) + ".test/node", key, federation.clock.now()));
  }
  note.signatures.insert(note.signatures.begin() + 7, liar.own_line(text + "more\n"));
  liar.publish(protocol::format_note(note));
  expect_refused("sig-bad");
}

TEST_F(Lies, L09_BundlesThatAreNotExactlyTheirEntries) {
  LyingPublisher liar(federation, ohio);
  liar.append_unknown(300);
  const auto told = [&](const std::string& path,
                        const std::function<std::string(std::string)>& change) {
    liar.publish();
    auto& file = liar.files.at(path);
    file = change(file);
    expect_refused("leaf-syntax");
  };
  const auto first_entry = [](const std::string& bundle) {
    return std::size_t{2} + static_cast<unsigned char>(bundle[0]) * std::size_t{256} +
           static_cast<unsigned char>(bundle[1]);
  };
  const std::string path = "tile/entries/000";
  {
    SCOPED_TRACE("255 entries");
    told(path, [&](const std::string& all) { return all.substr(first_entry(all)); });
  }
  {
    SCOPED_TRACE("257 entries");
    told(path, [&](const std::string& all) { return all + all.substr(0, first_entry(all)); });
  }
  {
    SCOPED_TRACE("trailing bytes");
    told(path, [](const std::string& all) { return all + std::string("\0\0\0", 3); });
  }
  {
    SCOPED_TRACE("a length that runs over the end");
    told(path, [&](std::string all) {
      all[0] = all[1] = '\xff';
      return all;
    });
  }
  {
    SCOPED_TRACE("nothing");
    told(path, [](const std::string&) { return std::string(); });
  }
  {
    SCOPED_TRACE("the partial one");
    told("tile/entries/001.p/" + std::to_string(liar.size() - 256),
         [](const std::string& all) { return all.substr(0, all.size() - 1); });
  }
  liar.publish();
  EXPECT_EQ(trouble(), "");
}

TEST_F(Lies, L10_MoreChangesInADayThanAllowedAreTakenTheNextDay) {
  LyingPublisher liar(federation, ohio);
  const auto early = liar.put("Early group");
  liar.append_unknown(5'100);
  const auto late = liar.put("Late group");
  liar.publish();
  EXPECT_EQ(trouble(), "quota");
  EXPECT_TRUE(reader.node->group(early)) << "what came before it is shown";
  EXPECT_FALSE(reader.node->group(late));
  EXPECT_EQ(federation.found(reader).size(), 3U);
  EXPECT_EQ(report().feed.size, liar.size()) << "the root of all of it was verified";
  EXPECT_LT(report().feed.applied, liar.size());
  EXPECT_EQ(trouble(), "quota") << "the same day";
  federation.clock.advance(std::chrono::hours(24));
  liar.publish();
  EXPECT_EQ(trouble(), "");
  EXPECT_TRUE(reader.node->group(late));

  auto& newcomer = federation.add_reader("newcomer");
  federation.anchor(newcomer, national);
  federation.sync(newcomer);
  EXPECT_EQ(federation.found(newcomer).size(), 4U) << "a first reading is never held";
}

TEST_F(Lies, L11_NothingAfterAnUnknownOperationIsApplied) {
  LyingPublisher liar(federation, ohio);
  const auto earlier = liar.put("Earlier group");
  liar.append(R"({"id":"urn:uuid:01234567-89ab-4cde-8f01-23456789abcd","op":"prune","to":3})");
  const auto later = liar.put("Later group");
  liar.publish();
  EXPECT_EQ(trouble(), "unsupported-op");
  EXPECT_TRUE(reader.node->group(earlier));
  EXPECT_FALSE(reader.node->group(later));
  EXPECT_EQ(federation.found(reader).size(), 3U);
  federation.reopen(reader);
  EXPECT_EQ(trouble(), "unsupported-op") << "and it stays so";
  EXPECT_FALSE(reader.node->group(later));
}

// Whoever has the key can sign any size; a reader must not make room for entries that never come.
TEST_F(Lies, L13_ASizeBeyondAllReadingIsRefusedBeforeAnythingIsTaken) {
  LyingPublisher liar(federation, ohio);
  liar.put("Group of before the theft");
  for (const std::uint64_t size :
       {std::uint64_t{2'000'001}, std::uint64_t{1} << 40, (std::uint64_t{1} << 53) - 1}) {
    SCOPED_TRACE(size);
    liar.publish(
        liar.note_of(protocol::format_checkpoint({liar.origin(), size, protocol::sha256("any")})));
    const auto requests = federation.source.requests();
    expect_refused("fetch-too-large");
    EXPECT_LE(federation.source.requests() - requests, 4U) << "identity and checkpoint of both";
    EXPECT_TRUE(is_alerted("peer-hostile"));
  }
  // At the limit it is read as far as there is something to be read.
  liar.publish(liar.note_of(
      protocol::format_checkpoint({liar.origin(), 2'000'000, protocol::sha256("any")})));
  const auto requests = federation.source.requests();
  expect_refused("fetch-http");
  EXPECT_LE(federation.source.requests() - requests, 24U) << "one batch of bundles, no more";
  liar.publish();
  EXPECT_EQ(trouble(), "");
  EXPECT_EQ(federation.found(reader).size(), 3U);
  EXPECT_FALSE(is_alerted("peer-hostile"));
  before = federation.everything(reader);
  // Of whom its operator knows that he is large, more is read.
  test_support::CollectedOutput output;
  const auto large = [&](const std::string& publisher) {
    return node::execute({"follow", {{"publisher", {publisher}}, {"large", {}}}, {}, {}, "/"},
                         *reader.node, output);
  };
  EXPECT_EQ(large(ohio.scid), node::kExitOk) << output.said;
  liar.publish(liar.note_of(
      protocol::format_checkpoint({liar.origin(), 20'000'000, protocol::sha256("any")})));
  expect_refused("fetch-http");
  liar.publish(liar.note_of(
      protocol::format_checkpoint({liar.origin(), 20'000'001, protocol::sha256("any")})));
  expect_refused("fetch-too-large");
}

/// As if somebody read this feed for the first time.
crawler::FeedReading lies_read_anew(Federation& federation, const node::Feed& feed,
                                    crawler::Source& source, const crawler::ReadingLimits& limits) {
  crawler::KnownFeed nothing;
  nothing.did = feed.did;
  nothing.root_at = [](std::uint64_t) { return protocol::empty_root(); };
  nothing.is_live = [](const std::string&) { return false; };
  nothing.leaves = [](std::uint64_t, std::uint64_t) { return std::vector<protocol::Bytes>(); };
  return crawler::read_feed(source, nothing, federation.clock.now(), {}, limits);
}

TEST_F(Lies, F13_APeerThatIsJustWithinEveryLimitForHoursIsGivenUp) {
  /// Each file takes its time, two side by side.
  struct Slow final : crawler::Source {
    Slow(crawler::Source& all, std::chrono::milliseconds each) : behind(all), takes(each) {}
    std::vector<protocol::Result<crawler::FetchResponse>> get_all(
        std::span<const crawler::FetchRequest> requests) override {
      time += takes * static_cast<int>((requests.size() + 1) / 2);
      return behind.get_all(requests);
    }
    crawler::Source& behind;
    std::chrono::milliseconds takes;
    std::chrono::steady_clock::time_point time{};
  };
  LyingPublisher liar(federation, ohio);
  liar.append_unknown(64 * 256);
  liar.publish();
  const auto read = [&](std::chrono::milliseconds takes) {
    Slow slow(federation.source, takes);
    crawler::ReadingLimits limits;
    limits.now = [&] { return slow.time; };
    auto reading = lies_read_anew(federation, report().feed, slow, limits);
    return std::pair(
        reading.update ? "" : std::string(protocol::word(reading.update.error().code)),
        std::chrono::duration_cast<std::chrono::minutes>(slow.time.time_since_epoch()));
  };
  const auto [verdict, took] = read(std::chrono::seconds(29));
  EXPECT_EQ(verdict, "fetch-timeout") << "of 64 files, each within its half minute";
  EXPECT_LE(took, std::chrono::minutes(16));
  EXPECT_EQ(read(std::chrono::seconds(15)).first, "") << "a slow line is no offence";
}

TEST_F(Lies, F12_MoreTextThanFitsIsTakenWithLaterReadings) {
  LyingPublisher liar(federation, ohio);
  for (int i = 0; i < 2'000; ++i) liar.put("Group " + std::to_string(i));
  liar.publish();
  crawler::ReadingLimits limits;
  limits.text_bytes = std::size_t{900} * liar.lines.back().size();
  const auto requests = federation.source.requests();
  const auto reading = lies_read_anew(federation, report().feed, federation.source, limits);
  ASSERT_TRUE(reading.update.has_value()) << reading.update.error().detail;
  std::size_t taken = 0, left = 0;
  for (const auto& record : reading.update->records) {
    if (record.document) ++taken;
    if (record.problem) {
      EXPECT_EQ(record.problem->code, ErrorCode::quota);
      ++left;
    }
  }
  EXPECT_GE(taken, 900U);
  EXPECT_LE(taken, 1'100U);
  EXPECT_GE(left, 700U) << "what comes later";
  EXPECT_EQ(taken + left, reading.update->records.size());
  EXPECT_LE(federation.source.requests() - requests, 2U + 8U + 4U) << "what is left is not fetched";
}

TEST_F(Lies, L19_AClockADayBehindWorksAndOneAnHourAheadIsNamed) {
  LyingPublisher liar(federation, ohio);
  const auto now = static_cast<std::uint64_t>(protocol::to_unix(federation.clock.now()));
  liar.put("Group of a slow clock");
  liar.publish(liar.note(now - 86'400));
  EXPECT_EQ(trouble(), "");
  EXPECT_EQ(federation.found(reader).size(), 3U);
  before = federation.everything(reader);
  liar.put("Group of a fast clock");
  liar.publish(liar.note(now + 3'600));
  expect_refused("sig-bad");
  EXPECT_NE(report().in_words.find("one of the two clocks is wrong"), std::string::npos)
      << report().in_words;
  EXPECT_NE(report().in_words.find("2026-11-02T10:00:00Z"), std::string::npos)
      << "which time it says";
}

TEST_F(Lies, F18_OneMissingOneCorruptAndOneLargeTextHoldUpNoOther) {
  LyingPublisher liar(federation, ohio);
  const auto first = liar.size();
  std::vector<node::RecordKey> keys;
  while (keys.size() < 256) keys.push_back(liar.put("Group " + std::to_string(keys.size())));
  liar.lines[first + 10].clear();
  liar.lines[first + 100][200] ^= 1;
  auto& large = liar.lines[first + 200];
  large = std::string(17 * 1'024, 'x');
  auto leaf = *protocol::parse_leaf(liar.entries[first + 200]);
  leaf.document = protocol::sha256(large);
  liar.entries[first + 200] = protocol::format_leaf(leaf);
  liar.publish();
  federation.sync(reader);
  EXPECT_EQ(federation.found(reader).size(), 2U + 253U);
  std::map<std::string, std::string> troubled;
  for (const auto& record : report().troubled)
    troubled[record.key.text()] = std::string(protocol::word(record.trouble->code));
  const std::map<std::string, std::string> want{{keys[10].text(), "doc-missing"},
                                                {keys[100].text(), "doc-hash"},
                                                {keys[200].text(), "doc-profile"}};
  EXPECT_EQ(troubled, want);
}

}  // namespace
