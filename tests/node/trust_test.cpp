// Suite T of paths of recognition, through whole nodes: what is published, followed and shown. The
// rule by itself is in tests/protocol/trust/path_test.cpp.

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "node/alerts.h"
#include "node/api/routes.h"
#include "node/cli/commands.h"
#include "node/node.h"
#include "node/publish/feed_folder.h"
#include "node/publish/keys.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/identity/did_log.h"
#include "protocol/limits.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"
#include "tests/node/three_levels.h"
#include "tests/support/federation.h"
#include "tests/support/standing.h"

namespace {

using protocol::ErrorCode;
using test_support::Federation;
using test_support::simple_listing;

class TrustOfNodes : public test_support::ThreeLevels {
 protected:
  std::string why(const node::RecordKey& key) {
    const auto standing = reader.node->standing(key);
    if (!standing) return "nothing";
    return standing->shown ? "shown" : std::string(protocol::word(standing->why_not->code));
  }
  bool is_found(const node::RecordKey& key) {
    const auto all = federation.found(reader);
    return std::find(all.begin(), all.end(), key.text()) != all.end();
  }
  /// What a page, the API, a search and an evidence bundle say must be one.
  void expect_hidden(const node::RecordKey& key, const std::string& code) {
    EXPECT_EQ(why(key), code);
    EXPECT_FALSE(reader.node->group(key));
    EXPECT_FALSE(reader.node->evidence(key));
    EXPECT_FALSE(is_found(key));
  }
  void expect_shown(const node::RecordKey& key) {
    EXPECT_EQ(why(key), "shown");
    EXPECT_TRUE(reader.node->group(key));
    EXPECT_TRUE(reader.node->evidence(key));
    EXPECT_TRUE(is_found(key));
  }
};

TEST_F(TrustOfNodes, T03_PathsEndOnTheirSecondWithoutASync) {
  const auto end = *protocol::parse_timestamp("2027-11-01T00:00:00Z");
  // Until then with a last sign of life, so that only the recognition can end.
  federation.clock.advance(end - federation.clock.now() - std::chrono::seconds(1));
  test_support::CollectedOutput output;
  for (auto* member : {&national, &ohio, &lake})
    node::execute({"publish", {}, {}, {}, "/"}, *member->node, output);
  const auto key = federation.publish(ohio, {simple_listing("Late group")})[0];
  federation.sync(reader);
  expect_shown(key);
  EXPECT_EQ(reader.node->standing(key)->recognized_until, end);
  node::Router router;
  node::add_public_routes(router, *reader.node);
  const auto status = [&](const std::string& path) {
    return router(node::make_request("GET", path + key.text())).status;
  };
  EXPECT_EQ(status("/groups/"), 200);
  federation.clock.advance(std::chrono::seconds(1));
  EXPECT_FALSE(reader.node->group(key)) << "no page shows it from that second on";
  EXPECT_FALSE(reader.node->evidence(key));
  for (const auto* path : {"/groups/", "/api/v1/groups/", "/api/v1/evidence/"})
    EXPECT_EQ(status(path), 404) << path;
  reader.node->refresh();  // what the schedule does every minute
  expect_hidden(key, "edge-expired");
}

TEST_F(TrustOfNodes, T04_AWithdrawnRecognitionTakesItsSubtreeAtTheNextSync) {
  expect_shown(of_lake);
  federation.unrecognize(national, ohio);
  expect_shown(of_lake);
  federation.sync(reader);
  expect_hidden(of_ohio, "no-path");
  expect_hidden(of_lake, "no-path");
  federation.recognize(national, lake, {"US-OH"});
  federation.sync(reader);
  expect_hidden(of_ohio, "no-path");
  expect_shown(of_lake);
  EXPECT_EQ(reader.node->standing(of_lake)->path.size(), 2U);
}

TEST_F(TrustOfNodes, T07_AMiddlePublisherThatDoesNotCountVoidsWhatIsBelow) {
  expect_shown(of_lake);
  reader.node->change([&](node::Store& store, node::Publisher*) {
    store.note_failure(*store.queries().feed(ohio.scid), {ErrorCode::equivocation, "two histories"},
                       {"", "the other note"}, true, federation.clock.now(),
                       federation.clock.now());
  });
  expect_hidden(of_lake, "equivocation");
}

TEST_F(TrustOfNodes, T07_AMiddlePublisherWithoutASignOfLifeVoidsWhatIsBelow) {
  federation.source.stop_serving("ohio.test/o/main");
  const auto read_on = [&](std::chrono::seconds by) {
    federation.clock.advance(by);
    test_support::CollectedOutput output;
    for (auto* member : {&national, &lake})
      node::execute({"publish", {}, {}, {}, "/"}, *member->node, output);
    federation.sync(reader);
  };
  read_on(std::chrono::days(35) - std::chrono::seconds(1));
  EXPECT_EQ(why(of_lake), "shown");
  read_on(std::chrono::seconds(1));
  expect_hidden(of_lake, "edge-stale");
}

TEST_F(TrustOfNodes, T08_ARecognitionByAKeyThatMayNotSignIsNone) {
  const auto stranger = federation.add("stranger.test", "Stranger Test Group", {"US-OH"}).scid;
  national.node->change([&](node::Store& store, node::Publisher* publisher) {
    const auto keys = node::load_keys(national.node->folder());
    const auto feed = *store.queries().feed(national.scid);
    protocol::Recognition recognition;
    recognition.subject_did = "did:webvh:" + stranger + ":stranger.test:o:main";
    recognition.name = "Stranger";
    recognition.to_issue = true;
    protocol::Envelope envelope{node::new_record_id(),
                                protocol::DocumentType::recognition,
                                publisher->did(),
                                federation.clock.now(),
                                federation.clock.now() + std::chrono::days(100),
                                protocol::recognition_subject(recognition, publisher->did())};
    // In the log, and signed by a key of this identity: only not by one that may sign documents.
    const auto line = *protocol::sign_document(envelope, publisher->did() + "#node", keys.node,
                                               federation.clock.now());
    protocol::Leaf leaf;
    leaf.id = envelope.id;
    leaf.type = "recognition";
    leaf.document = protocol::sha256(line);
    leaf.expires = envelope.valid_until;
    auto frontier = feed.frontier;
    frontier.append(protocol::leaf_hash(protocol::as_bytes(protocol::format_leaf(leaf))));
    const auto origin = protocol::feed_origin(national.scid, 1);
    protocol::Note note{protocol::format_checkpoint({origin, frontier.size(), frontier.root()}),
                        {}};
    note.signatures.push_back(protocol::sign_note(note.text, origin, keys.sign));
    note.signatures.push_back(protocol::cosign_note(
        note.text, protocol::node_key_name(national.scid), keys.node, federation.clock.now()));
    store.append_own(feed.feed_id, feed.size, {{leaf, line}}, frontier, protocol::format_note(note),
                     federation.clock.now());
    node::write_feed_folder(store.queries(), *store.queries().feed(national.scid),
                            national.node->folder() / "public");
  });
  federation.sync(reader);
  bool told = false;
  for (const auto& report : reader.node->feeds()) {
    EXPECT_NE(report.feed.scid, stranger) << "nobody whose word counts named it";
    for (const auto& record : report.troubled)
      told = told || (record.trouble && record.trouble->code == ErrorCode::proof_key);
  }
  EXPECT_TRUE(told);
  expect_shown(of_lake);
}

TEST_F(TrustOfNodes, T10_ADenialBeatsEveryPathAndSurvivesARestart) {
  const auto deny = [&](const std::string& scid, const std::string& id,
                        std::optional<protocol::Timestamp> until = std::nullopt) {
    reader.node->change(
        [&](node::Store& store, node::Publisher*) { store.deny(scid, id, "asked to", until); });
  };
  const auto allow = [&](const std::string& scid, const std::string& id) {
    reader.node->change([&](node::Store& store, node::Publisher*) { store.allow(scid, id); });
  };
  deny(of_lake.scid, of_lake.urn());
  expect_hidden(of_lake, "denied");
  federation.reopen(reader);
  expect_hidden(of_lake, "denied");
  allow(of_lake.scid, of_lake.urn());
  expect_shown(of_lake);
  deny(lake.scid, "");
  expect_hidden(of_lake, "denied");
  expect_shown(of_ohio);
  federation.sync(reader);
  expect_hidden(of_lake, "denied");
  allow(lake.scid, "");
  deny(ohio.scid, "");  // the one in the middle
  expect_hidden(of_ohio, "denied");
  expect_hidden(of_lake, "denied");
  allow(ohio.scid, "");
  // For a while only: over on its last second.
  deny(ohio.scid, "", federation.clock.now() + std::chrono::hours(1));
  federation.clock.advance(std::chrono::hours(1) - std::chrono::seconds(1));
  reader.node->refresh();
  expect_hidden(of_lake, "denied");
  federation.clock.advance(std::chrono::seconds(1));
  reader.node->refresh();
  expect_shown(of_lake);
}

TEST_F(TrustOfNodes, T11_ANewIdentityAtTheOldAddressInheritsNothing) {
  // Somebody buys the chapter's lapsed name and begins anew there, same name and all.
  auto& squatter = federation.add("squatter.test", "Ohio Test Chapter", {"US-OH"});
  const auto listing = federation.publish(squatter, {simple_listing("Squatted group")})[0];
  federation.source.serve("ohio.test/o/main", squatter.node->folder() / "public");
  federation.sync(reader);
  EXPECT_EQ(why(listing), "nothing");
  expect_shown(of_ohio);  // the last good state, which the squatter cannot change
  // Not did-invalid: a stranger at the place says nothing about the log that this identity has.
  for (const auto& report : reader.node->feeds()) {
    if (report.feed.scid != ohio.scid) continue;
    ASSERT_TRUE(report.feed.trouble);
    EXPECT_EQ(report.feed.trouble->code, ErrorCode::did_unreachable) << report.feed.trouble->detail;
  }
  const auto alerts = node::alerts(*reader.node);
  EXPECT_TRUE(std::any_of(alerts.begin(), alerts.end(), [](const auto& alert) {
    return alert.name == "peer-hostile" && alert.about.find("Ohio") != std::string::npos;
  }));
}

TEST_F(TrustOfNodes, T11_AnAnchorWhoseDidNamesAnotherIdentityBeginsNoPath) {
  reader.node->change([&](node::Store& store, node::Publisher*) {
    const auto line = ohio.line;
    store.add_anchor({national.scid, line.substr(6, line.find('#') - 6), "", {}, {}});
  });
  expect_hidden(of_lake, "edge-pin");
}

TEST_F(TrustOfNodes, T12_ARecognitionOfAVersionThatTheLogLacksIsVoid) {
  federation.unrecognize(national, ohio);
  protocol::Recognition recognition;
  const auto line = ohio.line;
  recognition.subject_did = line.substr(6, line.find('#') - 6);
  recognition.at_version = "2-" + line.substr(line.find('#') + 3);
  recognition.name = "Ohio Test Chapter";
  recognition.to_issue = true;
  recognition.max_path_length = 1;
  federation.recognize_as(national, recognition);
  federation.sync(reader);
  expect_hidden(of_ohio, "edge-pin");
  expect_hidden(of_lake, "edge-pin");
  const auto disputed = [&] {
    for (const auto& report : reader.node->feeds()) {
      if (report.feed.scid == ohio.scid && report.disputed) return report.disputed->code;
    }
    return ErrorCode::internal;
  };
  EXPECT_EQ(disputed(), ErrorCode::did_fork);
  const auto is_told = [&] {
    const auto alerts = node::alerts(*reader.node);
    return std::any_of(alerts.begin(), alerts.end(),
                       [](const auto& alert) { return alert.name == "peer-hostile"; });
  };
  EXPECT_TRUE(is_told());
  // A recognizer's word against it takes nothing from it that somebody else gave.
  federation.anchor(reader, ohio);
  expect_shown(of_ohio);
  EXPECT_EQ(disputed(), ErrorCode::did_fork);
  federation.unrecognize(national, ohio);
  federation.sync(reader);
  EXPECT_EQ(disputed(), ErrorCode::internal);
  EXPECT_FALSE(is_told());
}

TEST_F(TrustOfNodes, T09_AWorthlessRecognitionKeepsNobodyFromBeingFound) {
  auto& late = federation.add("late.test", "Late Test Collective", {"US-OH"}, "collective");
  const auto of_late = federation.publish(late, {simple_listing("Late circle")})[0];
  // Both are held here, and no path leads to either: one is read before the association, one after.
  auto& newcomer = federation.add_reader("newcomer");
  auto& first = federation.add("first.test", "First Test Stranger", {"US"});
  auto& last = federation.add("last.test", "Last Test Stranger", {"US"});
  for (auto* stranger : {&first, &last}) federation.recognize(*stranger, late, {"US-OH"});
  federation.recognize(ohio, late, {"US-OH"});
  federation.follow(newcomer, first);
  federation.anchor(newcomer, national);
  federation.follow(newcomer, last);
  federation.sync(newcomer);
  ASSERT_TRUE(newcomer.node->standing(of_late)) << "it was never read";
  EXPECT_TRUE(newcomer.node->standing(of_late)->shown);
}

TEST_F(TrustOfNodes, T09_ARecognizerThatNamesAWrongPlaceKeepsNobodyFromBeingFound) {
  auto& late = federation.add("late.test", "Late Test Collective", {"US-OH"}, "collective");
  const auto of_late = federation.publish(late, {simple_listing("Late circle")})[0];
  federation.recognize(ohio, late, {"US-OH"});
  // Two whose word counts say that it is somewhere else: one is read before the chapter, one after.
  auto& newcomer = federation.add_reader("newcomer");
  auto& first = federation.add("first.test", "First Test Chapter", {"US"});
  auto& last = federation.add("last.test", "Last Test Chapter", {"US"});
  for (auto* rogue : {&first, &last}) {
    protocol::Recognition recognition;
    recognition.subject_did = "did:webvh:" + late.scid + ":" + rogue->host + ":o:main";
    recognition.name = "Late Test Collective";
    recognition.to_issue = true;
    federation.recognize_as(*rogue, recognition);
  }
  federation.anchor(newcomer, first);
  federation.anchor(newcomer, national);
  federation.anchor(newcomer, last);
  for (int minute = 0; minute < 90; minute += 5) {
    newcomer.node->sync(std::nullopt, false, {});
    federation.clock.advance(std::chrono::minutes(5));
  }
  ASSERT_TRUE(newcomer.node->standing(of_late)) << "it was never read";
  EXPECT_TRUE(newcomer.node->standing(of_late)->shown);
}

TEST_F(TrustOfNodes, T14_AnAnchorThatGoesTakesAllAtOnceWhileSearchesGoOn) {
  std::vector<protocol::Json> many;
  for (int i = 0; i < 400; ++i) many.push_back(simple_listing("Group " + std::to_string(i)));
  federation.publish(ohio, std::move(many));
  federation.sync(reader);
  std::mutex mutex;
  std::set<std::size_t> totals;
  test_support::Beside searches([&] {
    const auto result = reader.node->search({});
    if (!result) return false;
    const std::lock_guard lock(mutex);
    totals.insert(result->total);
    return true;
  });
  std::atomic<bool> stopping = false;
  std::thread often([&] {
    while (!stopping) {
      if (const auto result = reader.node->search({})) {
        const std::lock_guard lock(mutex);
        totals.insert(result->total);
      }
    }
  });
  for (int round = 0; round < 3; ++round) {
    reader.node->change(
        [&](node::Store& store, node::Publisher*) { store.remove_anchor(national.scid); });
    EXPECT_TRUE(federation.found(reader).empty());
    federation.anchor(reader, national);
    EXPECT_EQ(federation.found(reader).size(), 402U);
  }
  stopping = true;
  often.join();
  EXPECT_EQ(searches.stop(), "");
  EXPECT_EQ(totals, (std::set<std::size_t>{0, 402})) << "no half of it was ever seen";
}

/// Passes everything on and remembers which requests were first contacts.
class FirstContacts final : public crawler::Source {
 public:
  explicit FirstContacts(crawler::Source& source) : source_(source) {}
  std::vector<protocol::Result<crawler::FetchResponse>> get_all(
      std::span<const crawler::FetchRequest> requests) override {
    const std::lock_guard lock(mutex_);
    for (const auto& request : requests) {
      if (request.is_first_contact) urls.insert(request.url);
    }
    return source_.get_all(requests);
  }
  std::set<std::string> urls;

 private:
  crawler::Source& source_;
  std::mutex mutex_;
};

TEST_F(TrustOfNodes, F24_FirstContactsAreWithWhomNobodyHereNamed) {
  FirstContacts source(federation.source);
  test_support::ScratchFolder folder;
  Federation::Member newcomer;
  newcomer.node = std::make_unique<node::Node>(folder.path(), federation.clock, &source);
  federation.anchor(newcomer, national);
  federation.sync(newcomer);
  EXPECT_EQ(newcomer.node->listings_shown(), 2U);
  EXPECT_EQ(source.urls, (std::set<std::string>{"https://ohio.test/o/main/did.jsonl",
                                                "https://lake.test/o/main/did.jsonl"}));
  source.urls.clear();
  federation.publish(ohio, {simple_listing("Newer group")});
  federation.sync(newcomer);
  EXPECT_EQ(newcomer.node->listings_shown(), 3U);
  EXPECT_TRUE(source.urls.empty()) << "whoever was read is limited by no address";
}

TEST_F(TrustOfNodes, F23_DiscoveryEndsAtTheCapAndKeepsWhoWasThere) {
  to_the_end.may_hold(64);  // of 5,000 feeds
  const auto count = [&] { return reader.node->feeds().size(); };
  const auto known = count();
  // Others that were found before, none of them due; one fewer than fill this node.
  reader.node->change([&](node::Store& store, node::Publisher*) {
    node::Transaction transaction(store.database());
    for (auto i = known; i + 1 < protocol::kMaxFollowedFeeds; ++i) {
      const auto scid = protocol::to_multihash(protocol::sha256(std::to_string(i)));
      store.database()
          .prepare("INSERT INTO feed (scid, did, next_attempt) VALUES (?1, ?2, 1e12)")
          .bind(1, scid)
          .bind(2, "did:webvh:" + scid + ":p" + std::to_string(i) + ".test")
          .run();
    }
    transaction.commit();
  });
  const auto told = [&] {
    for (const auto& alert : node::alerts(*reader.node)) {
      if (alert.name == "peer-hostile" && alert.about.find("Ohio") != std::string::npos)
        return alert.what_happened;
    }
    return std::string();
  };
  std::vector<Federation::Member*> fresh;
  for (const std::string name : {"one", "two", "three"}) {
    fresh.push_back(&federation.add(name + ".test", name + " Test", {"US-OH"}, "collective"));
    federation.publish(*fresh.back(), {simple_listing("Circle of " + name)});
  }
  federation.recognize(ohio, *fresh[0], {"US-OH"});
  federation.clock.advance(std::chrono::minutes(30));
  reader.node->sync(std::nullopt, false, {});
  EXPECT_EQ(count(), protocol::kMaxFollowedFeeds) << "the first of them just has room";
  EXPECT_EQ(told(), "");
  for (auto* one : {fresh[1], fresh[2]}) federation.recognize(ohio, *one, {"US-OH"});
  reader.node->sync(ohio.scid, true, {});
  federation.clock.advance(std::chrono::minutes(30));
  const auto requests = federation.source.requests();
  for (int i = 0; i < 3; ++i) reader.node->sync(std::nullopt, false, {});
  EXPECT_EQ(count(), protocol::kMaxFollowedFeeds);
  EXPECT_LE(federation.source.requests() - requests, 2U * 5U) << "nobody beyond the cap is asked";
  EXPECT_NE(told().find("the 5000 publishers"), std::string::npos) << told();
  expect_shown(of_ohio);
  expect_shown(of_lake);
  reader.node->change([&](node::Store& store, node::Publisher*) {
    for (auto* one : {fresh[1], fresh[2]}) store.deny(one->scid, "", "x", {});
  });
  EXPECT_EQ(told(), "") << "whoever is denied is not waited for";
}

TEST_F(TrustOfNodes, T13_WithoutAnchorsNothingOfOthersIsShown) {
  reader.node->change(
      [&](node::Store& store, node::Publisher*) { store.remove_anchor(national.scid); });
  expect_hidden(of_ohio, "no-path");
  EXPECT_TRUE(federation.found(reader).empty());
  EXPECT_EQ(ohio.node->listings_shown(), 1U) << "its own";
  test_support::CollectedOutput output;
  EXPECT_EQ(node::execute({"anchor list", {}, {}, {}, "/"}, *reader.node, output), node::kExitOk);
  EXPECT_NE(output.said.find("its own listings only"), std::string::npos) << output.said;
}

}  // namespace
