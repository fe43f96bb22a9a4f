// A feed whose own host does not give it, read from other nodes (SPEC 13.4).

#include <fstream>

#include "node/alerts.h"
#include "node/mirror/mirror_peers.h"
#include "node/publish/keys.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"
#include "tests/node/mirror/mirrored_federation.h"

namespace {

using protocol::ErrorCode;
using test_support::Federation;
using test_support::simple_listing;

class CopiedFeed : public test_support::MirroredFederation {
 protected:
  static bool is_mirror_file(const std::string& path, std::string_view part) {
    return path.starts_with("/mirror/") && path.find(part) != std::string::npos;
  }
  /// Flips one bit in the middle of the files of every mirror at `host` whose path has `part`.
  void flip_a_bit(const std::string& host, std::string part) {
    lies[host] = [part = std::move(part)](const std::string& path,
                                          const node::Response& truth) -> std::optional<Answer> {
      if (!is_mirror_file(path, part) || truth.status != 200) return std::nullopt;
      auto body = truth.body;
      body[body.size() / 2] = static_cast<char>(body[body.size() / 2] ^ 1);
      return crawler::FetchResponse{200, body, ""};
    };
  }
  bool was_asked(const std::string& host, std::string_view part) {
    for (const auto& path : asked[host]) {
      if (path.find(part) != std::string::npos) return true;
    }
    return false;
  }
  std::size_t alerts_about(Federation::Member& member, std::string_view name,
                           std::string_view about) {
    std::size_t count = 0;
    for (const auto& alert : node::alerts(*member.node)) {
      if (alert.name == name && alert.about.find(about) != std::string::npos) ++count;
    }
    return count;
  }
};

TEST_F(CopiedFeed, OfAPublisherThatIsDownIsShownAndMarkedUntilItsHostConfirmsIt) {
  federation.source.stop_site("lake.test");
  origin_down(ohio);
  federation.sync(reader);
  ASSERT_EQ(shown_of(reader, ohio), 2u) << "first contact by the copy of the anchor's node";
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::unconfirmed_head);
  const auto said = status(reader);
  EXPECT_NE(said.find("unconfirmed-head: Its newest state was read from the copy of "
                      "https://national.test"),
            std::string::npos)
      << said;
  EXPECT_NE(said.find("fetch-connect: unconfirmed-head: its own host does not give it"),
            std::string::npos)
      << said;
  const auto path = "/groups/" + keys[0].text();
  EXPECT_NE(get(reader, path).body.find("nobody has confirmed"), std::string::npos);
  EXPECT_NE(get(reader, "/publishers/" + ohio.scid).body.find("copied from another node"),
            std::string::npos);
  EXPECT_NE(get(reader, "/api/v1/feeds").body.find("\"unconfirmed-head\""), std::string::npos);

  // The mark is not lost where nobody answers at all, nor by a restart.
  federation.source.stop_site("national.test");
  federation.sync(reader);
  federation.reopen(reader);
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::unconfirmed_head);
  EXPECT_EQ(shown_of(reader, ohio), 2u);
  serve_api(national);

  origin_up(ohio);
  federation.sync(reader);
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::ok);
  EXPECT_EQ(status(reader).find("unconfirmed"), std::string::npos) << status(reader);
  EXPECT_EQ(get(reader, path).body.find("nobody has confirmed"), std::string::npos);
  EXPECT_EQ(shown_of(reader, ohio), 2u);
  EXPECT_EQ(federation.broken_invariant(reader), "");
}

TEST_F(CopiedFeed, IsConfirmedByASecondNode) {
  federation.sync(reader);
  federation.publish(ohio, {simple_listing("Third group")});
  federation.sync(national);
  federation.sync(lake);
  origin_down(ohio);
  federation.source.stop_site("lake.test");
  federation.sync(reader);
  EXPECT_EQ(shown_of(reader, ohio), 3u) << "news came by a copy";
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::unconfirmed_head);
  federation.sync(reader);
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::unconfirmed_head)
      << "the same node does not confirm itself";
  serve_api(lake);
  federation.sync(reader);
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::ok);
  EXPECT_NE(status(reader).find("what is shown is what other nodes have of it"), std::string::npos)
      << status(reader);
  EXPECT_EQ(shown_of(reader, ohio), 3u);
}

TEST_F(CopiedFeed, IsNoSignOfLifeOfItsHost) {
  federation.sync(reader);
  const auto before = *report(reader, ohio.scid).feed.last_success;
  origin_down(ohio);
  federation.clock.advance(std::chrono::days(6));
  federation.sync(reader);
  EXPECT_EQ(*report(reader, ohio.scid).feed.last_success, before);
  federation.clock.advance(std::chrono::days(2));
  federation.sync(reader);
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::stale);
}

TEST_F(CopiedFeed, OfAHostThatOnlyThisNodeCannotReachIsAliveByTheWordOfAnAnchorsNode) {
  federation.sync(reader);
  // A day less than dead, and the publisher stamps nothing: what counts is who reads it there.
  const auto weeks = [&](bool national_reads, bool lake_reads) {
    federation.clock.advance(std::chrono::days(8));
    origin_up(ohio);
    if (national_reads) federation.sync(national);
    if (lake_reads) federation.sync(lake);
    origin_down(ohio);
    federation.sync(reader);
    return report(reader, ohio.scid);
  };
  const auto success = *report(reader, ohio.scid).feed.last_success;
  auto now = weeks(true, false);
  EXPECT_EQ(now.state, node::FeedState::ok) << status(reader);
  EXPECT_EQ(now.feed.seen_alive, federation.clock.now());
  EXPECT_EQ(now.feed.last_success, success) << "this node did not read it";
  EXPECT_NE(unwrapped(status(reader))
                .find("The node of one of your anchors read it well at its own "
                      "host on 2026-11-10T09:00:00Z"),
            std::string::npos)
      << status(reader);
  for (int i = 0; i < 4; ++i) now = weeks(true, false);
  EXPECT_EQ(now.state, node::FeedState::ok) << "forty days";
  EXPECT_EQ(shown_of(reader, ohio), 2u);

  now = weeks(false, true);
  EXPECT_EQ(now.state, node::FeedState::stale) << "the chapter's node is no anchor's";
  federation.reopen(reader);
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::stale);
  reader.node->change(
      [&](node::Store& store, node::Publisher*) { store.remove_anchor(national.scid); });
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::dead)
      << "the word of whoever is no anchor any more counts no more";
  federation.anchor(reader, national);
  federation.sync(reader);
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::stale);
}

TEST_F(CopiedFeed, AnAnchorsNodeSaysNothingOfAHostThatItNeverRead) {
  // It has a copy from another node only.
  auto& far =
      federation.add("far.test", "Far Test Association", {"US"}, "national_association", true);
  serve_api(far);
  federation.anchor(far, national);
  federation.recognize(far, ohio, {"US-OH"});
  federation.sync(national);
  origin_down(ohio);
  federation.sync(far);
  federation.sync(far);
  ASSERT_FALSE(report(far, ohio.scid).feed.last_success);
  ASSERT_EQ(shown_of(far, ohio), 2u) << status(far);
  const auto served = get(far, mirror_of(ohio) + "checkpoint");
  ASSERT_EQ(served.status, 200);
  EXPECT_EQ(served.body.find(protocol::node_key_name(far.scid)), std::string::npos) << served.body;
}

TEST_F(CopiedFeed, AForgedOrFutureWordOfAnAnchorsNodeKeepsNothingAlive) {
  federation.sync(reader);
  const auto keys_of = node::load_keys(national.node->folder());
  const auto stranger = node::new_key();
  federation.clock.advance(std::chrono::days(8));
  origin_down(ohio);
  struct Case {
    const char* name;
    const protocol::SigningKey& key;
    std::chrono::seconds ahead;
  };
  const Case cases[] = {{"another key", stranger, {}},
                        {"of the future", keys_of.node, std::chrono::minutes(6)}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    lies["national.test"] = [&](const std::string& path,
                                const node::Response& truth) -> std::optional<Answer> {
      if (path != mirror_of(ohio) + "checkpoint") return std::nullopt;
      auto note = *protocol::parse_note(truth.body);
      std::erase_if(note.signatures, [&](const auto& line) {
        return line.name == protocol::node_key_name(national.scid);
      });
      note.signatures.push_back(protocol::cosign_note(note.text,
                                                      protocol::node_key_name(national.scid), c.key,
                                                      federation.clock.now() + c.ahead));
      return crawler::FetchResponse{200, protocol::format_note(note), ""};
    };
    federation.sync(reader);
    EXPECT_FALSE(report(reader, ohio.scid).feed.seen_alive);
    EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::stale);
  }
}

TEST_F(CopiedFeed, OfManyBundlesComesWholeAndGoesOnFromWhereItWas) {
  std::vector<protocol::Json> many;
  for (int i = 0; i < 520; ++i) many.push_back(simple_listing("Group " + std::to_string(i)));
  federation.publish(ohio, std::move(many));
  federation.sync(national);
  federation.sync(lake);
  origin_down(ohio);
  federation.sync(reader);
  EXPECT_EQ(shown_of(reader, ohio), 522u);
  origin_up(ohio);
  federation.publish(ohio, {simple_listing("One more")});
  federation.sync(national);
  federation.sync(lake);
  origin_down(ohio);
  asked.clear();
  federation.sync(reader);
  EXPECT_EQ(shown_of(reader, ohio), 523u);
  EXPECT_FALSE(was_asked("national.test", "/tile/entries/000")) << "only what is new is read";
  // What this node read by a copy it passes on as it came.
  for (const char* file : {"tile/0/000", "tile/1/000.p/2", "tile/entries/001", "did.jsonl",
                           "docs/000.jsonl", "docs/002.jsonl"}) {
    const auto here = get(reader, mirror_of(ohio) + file),
               there = get(lake, mirror_of(ohio) + file);
    EXPECT_EQ(here.status, 200) << file;
    EXPECT_EQ(here.body, there.body) << file;
  }
  EXPECT_EQ(get(reader, mirror_of(ohio) + "tile/1/001").status, 404);
  EXPECT_EQ(get(reader, mirror_of(ohio) + "tile/0/003.p/1").status, 404);
}

TEST_F(CopiedFeed, L04_OneFlippedBitInACopyIsNoticedAndAnotherCopyIsRead) {
  for (const char* part : {"/tile/entries/", "/docs/", "/did.jsonl", "/checkpoint"}) {
    SCOPED_TRACE(part);
    auto& fresh = federation.add_reader("fresh" + std::string(part).substr(1, 4));
    federation.anchor(fresh, national);
    flip_a_bit("national.test", part);
    origin_down(ohio);
    // With the second round the other node that has a copy is known, too.
    federation.sync(fresh);
    federation.sync(fresh);
    EXPECT_EQ(shown_of(fresh, ohio), 2u) << status(fresh);
    const auto marks = fresh.node->mirror_marks();
    ASSERT_EQ(marks.size(), 1u);
    EXPECT_EQ(marks.begin()->first, "https://national.test");
    EXPECT_EQ(alerts_about(fresh, "peer-hostile", "https://national.test"), 1u);
    EXPECT_EQ(federation.broken_invariant(fresh), "");
    origin_up(ohio);
  }
}

TEST_F(CopiedFeed, L04_WhereEveryCopyIsAlteredNothingIsApplied) {
  federation.sync(reader);
  const auto before = federation.everything(reader);
  const auto size = report(reader, ohio.scid).feed.size;
  federation.publish(ohio, {simple_listing("Third group")});
  federation.sync(national);
  federation.sync(lake);
  origin_down(ohio);
  flip_a_bit("national.test", "/tile/entries/");
  flip_a_bit("lake.test", "/tile/entries/");
  federation.sync(reader);
  EXPECT_EQ(federation.everything(reader), before);
  EXPECT_EQ(report(reader, ohio.scid).feed.size, size);
  EXPECT_EQ(reader.node->mirror_marks().size(), 2u);
  // In time the truth is taken from one of them.
  lies.clear();
  federation.sync(reader);
  EXPECT_EQ(shown_of(reader, ohio), 3u);
}

TEST_F(CopiedFeed, L18_AMirrorThatLiesThreeTimesIsNotAskedForADay) {
  flip_a_bit("national.test", "/tile/entries/");
  origin_down(ohio);
  for (int i = 0; i < node::MirrorPeers::kLiesBeforeRest; ++i) {
    auto& fresh = federation.add_reader("once" + std::to_string(i));
    federation.anchor(fresh, national);
    // With nobody else to ask each reading fails.
    federation.source.stop_site("lake.test");
    for (int round = 0; round < i + 1; ++round) federation.sync(fresh);
    EXPECT_EQ(shown_of(fresh, ohio), 0u);
    asked.clear();
    federation.sync(fresh);
    EXPECT_EQ(was_asked("national.test", "/tile/entries/"), i + 1 < 3);
    if (i + 1 < 3) continue;
    // Kept over a restart, told to the operator, and over after a day.
    federation.reopen(fresh);
    asked.clear();
    federation.sync(fresh);
    EXPECT_TRUE(asked["national.test"].empty());
    EXPECT_EQ(alerts_about(fresh, "peer-hostile", "https://national.test"), 1u);
    EXPECT_NE(status(fresh).find("it is not asked until 2026-11-03T09:00:00Z"), std::string::npos)
        << status(fresh);
    lies.clear();
    federation.clock.advance(node::MirrorPeers::kRest);
    federation.sync(fresh);
    EXPECT_TRUE(was_asked("national.test", "/tile/entries/"));
    EXPECT_EQ(shown_of(fresh, ohio), 2u);
    EXPECT_EQ(alerts_about(fresh, "peer-hostile", "https://national.test"), 0u);
  }
}

TEST_F(CopiedFeed, L18_AMirrorThatLiesWhileItsOriginIsFineChangesNothing) {
  federation.sync(reader);
  const auto before = federation.everything(reader);
  // It claims more than there is, omits, shows old files and altered ones.
  for (const char* part : {"/mirror/", "/checkpoint", "/docs/", "/tile/"}) {
    SCOPED_TRACE(part);
    flip_a_bit("national.test", part);
    federation.sync(reader);
    EXPECT_EQ(federation.everything(reader), before);
    EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::ok);
    EXPECT_FALSE(report(reader, ohio.scid).feed.trouble);
  }
  // A head that its publisher did not sign is a lie, whatever the list says.
  lies["national.test"] = [&](const std::string& path,
                              const node::Response& truth) -> std::optional<Answer> {
    auto body = truth.body;
    if (path == "/mirror/") {
      const auto at = body.find(protocol::feed_origin(ohio.scid, 1));
      const auto size = body.find("\"size\":", at) + 7;
      body.insert(size, "9");
      return crawler::FetchResponse{200, body, ""};
    }
    if (path == mirror_of(ohio) + "checkpoint") {
      const auto size = body.find('\n') + 1;
      body.insert(size, "9");
      return crawler::FetchResponse{200, body, ""};
    }
    return std::nullopt;
  };
  federation.sync(reader);
  EXPECT_EQ(federation.everything(reader), before);
  ASSERT_EQ(reader.node->mirror_marks().size(), 1u);
  EXPECT_EQ(reader.node->mirror_marks().begin()->second.why.code, ErrorCode::sig_bad);
}

TEST_F(CopiedFeed, L18_ACopyThatIsBehindIsOfNoUseAndNoAlert) {
  federation.publish(ohio, {simple_listing("Third group")});
  federation.sync(reader);
  origin_down(ohio);
  for (int i = 0; i < 5; ++i) federation.sync(reader);
  EXPECT_EQ(shown_of(reader, ohio), 3u);
  EXPECT_EQ(alerts_about(reader, "peer-hostile", ""), 0u);
  for (const auto& [node, mark] : reader.node->mirror_marks()) {
    EXPECT_EQ(mark.why.code, ErrorCode::rollback) << node;
    EXPECT_TRUE(mark.rests_until) << node;
  }
}

TEST_F(CopiedFeed, L03_EntriesOfAnotherHistoryUnderATrueCheckpointAreReadElsewhere) {
  federation.sync(reader);
  // The host serves the true checkpoint, and below it entries and tiles of another history.
  auto& twin = twin_of(ohio, "twin");
  federation.publish(twin, {simple_listing("Never said")});
  federation.publish(ohio, {simple_listing("Third group")});
  federation.sync(national);
  federation.sync(lake);
  const auto other = twin.node->folder() / "public";
  federation.source.lie([&](const std::string& url, const std::string&) -> std::optional<Answer> {
    const std::string base = "https://ohio.test/o/main/";
    if (!url.starts_with(base) || url.ends_with("/checkpoint") || url.ends_with("did.jsonl"))
      return std::nullopt;
    return crawler::FetchResponse{
        200, node::read_file_if_there(other / url.substr(base.size())).value_or(""), ""};
  });
  federation.sync(reader);
  EXPECT_EQ(federation.names(reader),
            (std::vector<std::string>{"First group", "Second group", "Third group"}));
  const auto of_ohio = report(reader, ohio.scid);
  ASSERT_TRUE(of_ohio.feed.trouble);
  EXPECT_EQ(of_ohio.feed.trouble->code, ErrorCode::corrupt_mirror);
  EXPECT_FALSE(of_ohio.feed.quarantined);
  EXPECT_EQ(alerts_about(reader, "peer-hostile", ohio.scid), 1u);

  // With no good source at all what was read stays, and nothing of the other history shows.
  federation.publish(ohio, {simple_listing("Fourth group")});
  federation.source.stop_site("national.test");
  federation.source.stop_site("lake.test");
  federation.sync(reader);
  EXPECT_EQ(shown_of(reader, ohio), 3u);
  EXPECT_EQ(federation.broken_invariant(reader), "");
}

TEST_F(CopiedFeed, L12_TextsThatTheHostLacksOrAlteredAreReadElsewhere) {
  federation.sync(reader);
  for (const bool altered : {true, false}) {
    SCOPED_TRACE(altered ? "altered" : "lacking");
    federation.publish(ohio, {simple_listing(altered ? "Third group" : "Fourth group")});
    federation.sync(national);
    federation.sync(lake);
    federation.source.lie(
        [&](const std::string& url, const std::string& body) -> std::optional<Answer> {
          if (url.find("ohio.test/o/main/feed/1/docs/") == std::string::npos) return std::nullopt;
          if (!altered) return Answer(protocol::refuse(ErrorCode::fetch_http, "404 Not Found"));
          auto text = body;
          const auto name = text.find("Third group");
          if (name != std::string::npos) text[name] = 'B';
          return crawler::FetchResponse{200, text, ""};
        });
    federation.sync(reader);
    EXPECT_EQ(shown_of(reader, ohio), altered ? 3u : 4u) << status(reader);
    EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::ok) << "its head is its host's own";
    EXPECT_EQ(alerts_about(reader, "peer-hostile", ohio.scid), altered ? 1u : 0u);
    federation.source.lie(nullptr);
  }
  EXPECT_EQ(federation.names(reader), (std::vector<std::string>{"First group", "Fourth group",
                                                                "Second group", "Third group"}));
  EXPECT_EQ(federation.broken_invariant(reader), "");
}

TEST_F(CopiedFeed, P14_WhatWasWithdrawnIsNotFedAgainByAnOldMirror) {
  federation.sync(reader);
  // The mirrors never hear of the withdrawal; the host goes away.
  federation.withdraw(ohio, keys[0]);
  federation.sync(reader);
  ASSERT_EQ(federation.names(reader), std::vector<std::string>{"Second group"});
  origin_down(ohio);
  for (int i = 0; i < 3; ++i) {
    federation.sync(reader);
    EXPECT_EQ(federation.names(reader), std::vector<std::string>{"Second group"});
  }
  federation.reopen(reader);
  EXPECT_EQ(federation.names(reader), std::vector<std::string>{"Second group"});
  EXPECT_EQ(federation.broken_invariant(reader), "");
}

TEST_F(CopiedFeed, L13_ANewEpochIsTakenFromACopyAsAWhole) {
  federation.sync(reader);
  rotate_stolen();
  federation.publish(ohio, {simple_listing("After the theft")});
  federation.sync(national);
  federation.sync(lake);
  origin_down(ohio);
  federation.sync(reader);
  EXPECT_EQ(report(reader, ohio.scid).feed.epoch, 2u) << status(reader);
  EXPECT_EQ(federation.names(reader),
            (std::vector<std::string>{"After the theft", "First group", "Second group"}));
  EXPECT_EQ(get(national, mirror_of(ohio, 1) + "checkpoint").status, 404);
  EXPECT_EQ(get(national, mirror_of(ohio, 2) + "checkpoint").status, 200);
}

TEST_F(CopiedFeed, F17_OurOwnPublisherServedByAPeerIsKnownByItsScidAndNotRead) {
  // The association recognizes the hub; the hub trusts the association.
  auto& hub = federation.add("hub.test", "Hub", {"US-IN"}, "state_chapter", true);
  federation.recognize(national, hub, {"US-IN"});
  federation.anchor(hub, national);
  const auto own = federation.publish(hub, {simple_listing("Our own group")});
  std::size_t own_requests = 0;
  federation.source.lie([&](const std::string& url, const std::string&) -> std::optional<Answer> {
    if (url.starts_with("https://hub.test/")) ++own_requests;
    return std::nullopt;
  });
  federation.sync(national);
  own_requests = 0;
  federation.sync(hub);
  EXPECT_EQ(own_requests, 0u) << "nothing of one's own is fetched";
  EXPECT_EQ(report(hub, hub.scid).feed.own, true);

  // By hand neither, wherever it is served from.
  federation.source.lie(nullptr);
  federation.source.serve("peer.test/o/main", hub.node->folder() / "public");
  for (const std::string& text : {hub.line, std::string("https://hub.test/o/main")}) {
    const auto said = run(hub, {"follow", {{"publisher", {text}}}, {}, {}, "/"}, node::kExitUsage);
    EXPECT_NE(said.find("this node's own publisher"), std::string::npos) << said;
  }
  run(hub, {"follow", {{"publisher", {"https://peer.test/o/main"}}}, {}, {}, "/"}, node::kExitNo);
  EXPECT_EQ(shown_of(hub, hub), 1u);
  EXPECT_EQ(get(hub, "/groups/" + own[0].text()).status, 200);
}

TEST_F(CopiedFeed, F17_AFeedThatSaysItIsAtOurOwnAddressIsRefusedUnread) {
  // Two identities say that their files are in one folder: this node's own, and another one that is
  // really there.
  auto& hub = federation.add("hub.test", "Hub", {"US-IN"});
  const auto listing = federation.publish(hub, {simple_listing("Our own group")});
  auto& peer = federation.add_reader("peer");
  node::NewPublisher wanted;
  wanted.name = "Loop";
  wanted.folder_url = "https://hub.test/o/main";
  wanted.kind = "collective";
  wanted.area = {"US-IN"};
  wanted.contact = "loop@peer.test";
  wanted.recovery_sheet = peer.node->folder().parent_path() / "peer.sheet.txt";
  peer.node->change([&](node::Store& store, node::Publisher*) {
    node::Publisher::create(store, wanted, federation.clock.now());
  });
  peer.node->change([&](node::Store&, node::Publisher* publisher) {
    peer.scid = publisher->scid();
    peer.line = publisher->line();
  });
  std::vector<std::string> own_requests;
  federation.source.lie([&](const std::string& url, const std::string&) -> std::optional<Answer> {
    if (url.starts_with("https://hub.test/")) own_requests.push_back(url);
    return std::nullopt;
  });
  federation.source.serve("hub.test/o/main", peer.node->folder() / "public");
  federation.follow(hub, peer);
  own_requests.clear();  // by hand anything is looked at
  federation.sync(hub);
  const auto read = report(hub, peer.scid);
  ASSERT_TRUE(read.feed.trouble);
  EXPECT_EQ(read.feed.trouble->code, ErrorCode::origin_mismatch) << status(hub);
  for (const auto& url : own_requests) EXPECT_TRUE(url.ends_with("/did.jsonl")) << url;
  EXPECT_EQ(shown_of(hub, hub), 1u);
  // Anybody else reads it there.
  federation.follow(reader, peer);
  federation.sync(reader);
  EXPECT_FALSE(report(reader, peer.scid).feed.trouble) << status(reader);
}

}  // namespace
