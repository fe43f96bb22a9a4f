// Heads compared with other nodes, and what becomes of a publisher that told two stories.

#include "protocol/encoding/json.h"
#include "protocol/log/note.h"
#include "tests/node/mirror/mirrored_federation.h"

namespace {

using protocol::ErrorCode;
using protocol::Json;
using test_support::Federation;
using test_support::simple_listing;

class Gossip : public test_support::MirroredFederation {
 protected:
  /// The two notes that `member` serves about this log.
  std::vector<std::pair<std::string, std::string>> forks(Federation::Member& member,
                                                         const Federation::Member& of,
                                                         std::uint64_t epoch = 1) {
    const auto answer = get(member, mirror_of(of, epoch) + "fork");
    std::vector<std::pair<std::string, std::string>> found;
    if (answer.status != 200) return found;
    const auto json = protocol::parse_json(answer.body);
    EXPECT_TRUE(json) << answer.body;
    EXPECT_EQ(*json->find("origin")->if_string(), protocol::feed_origin(of.scid, epoch));
    for (const auto& fork : *json->find("forks")->if_array())
      found.emplace_back(*fork.find("accepted")->if_string(), *fork.find("other")->if_string());
    return found;
  }
  /// Both are signed by the log's own key, and say different things.
  void expect_proof(Federation::Member& member, const Federation::Member& of) {
    const auto all = forks(member, of);
    ASSERT_EQ(all.size(), 1u);
    Feed feed_of_it = report(member, of.scid).feed;
    const auto keys_of = protocol::stored_publisher_keys(feed_of_it.did_log);
    ASSERT_TRUE(keys_of);
    const auto origin = protocol::feed_origin(of.scid, 1);
    for (const auto& text : {all[0].first, all[0].second}) {
      const auto note = protocol::parse_note(text);
      ASSERT_TRUE(note) << text;
      EXPECT_TRUE(
          protocol::verify_line(*note, {origin, protocol::NoteKeyKind::log, keys_of->sign}));
    }
    EXPECT_NE(protocol::parse_note(all[0].first)->text, protocol::parse_note(all[0].second)->text);
  }
  using Feed = node::Feed;
};

TEST_F(Gossip, L01_AnOlderCheckpointIsARollbackAndOursIsKept) {
  const auto old = ohio.node->folder().parent_path() / "old";
  std::filesystem::copy(ohio.node->folder() / "public", old,
                        std::filesystem::copy_options::recursive);
  federation.publish(ohio, {simple_listing("Third group")});
  federation.sync(reader);
  const auto before = federation.everything(reader);
  federation.source.serve("ohio.test/o/main", old);
  federation.sync(reader);
  EXPECT_EQ(federation.everything(reader), before);
  const auto of_ohio = report(reader, ohio.scid);
  ASSERT_TRUE(of_ohio.feed.trouble);
  EXPECT_EQ(of_ohio.feed.trouble->code, ErrorCode::rollback);
  EXPECT_FALSE(of_ohio.feed.quarantined);
  EXPECT_TRUE(forks(reader, ohio).empty());
}

TEST_F(Gossip, L02_TwoRootsOfOneSizeAreProofThatIsServedAndHideTheFeed) {
  split_ohio();
  federation.sync(reader);
  EXPECT_EQ(shown_of(reader, ohio), 0u);
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::quarantined);
  expect_proof(reader, ohio);
  // Of such a feed nothing else is passed on.
  EXPECT_EQ(get(reader, mirror_of(ohio) + "checkpoint").status, 404);
  EXPECT_EQ(get(reader, mirror_of(ohio) + "docs/000.jsonl").status, 404);
  EXPECT_EQ(get(reader, "/mirror/").body.find(ohio.scid), std::string::npos);
  federation.reopen(reader);
  expect_proof(reader, ohio);
}

TEST_F(Gossip, NothingIsHiddenBeforeTheProofIsStored) {
  split_ohio();
  // The proof cannot be written: then the feed is not hidden either.
  reader.node->change([](node::Store& store, node::Publisher*) {
    store.database().execute(
        "CREATE TEMP TRIGGER no_proof BEFORE INSERT ON main.contradiction "
        "BEGIN SELECT RAISE(ABORT, 'not stored'); END");
  });
  federation.sync(reader);
  EXPECT_EQ(shown_of(reader, ohio), 3u);
  EXPECT_FALSE(report(reader, ohio.scid).feed.quarantined);
  reader.node->change([](node::Store& store, node::Publisher*) {
    store.database().execute("DROP TRIGGER no_proof");
  });
  federation.sync(reader);
  EXPECT_EQ(shown_of(reader, ohio), 0u);
  expect_proof(reader, ohio);
}

TEST_F(Gossip, FindsASplitViewOfTheSameSize) {
  // The same publisher shows `lake` another history, and each reader its own.
  split_ohio();
  federation.sync(lake);
  origin_up(ohio);
  const auto found = reader.node->compare_heads(true);
  ASSERT_EQ(found.findings.size(), 1u);
  EXPECT_EQ(found.findings[0].node, "https://lake.test");
  EXPECT_TRUE(found.findings[0].contradicts);
  EXPECT_EQ(shown_of(reader, ohio), 0u);
  const auto of_ohio = report(reader, ohio.scid);
  EXPECT_EQ(of_ohio.state, node::FeedState::quarantined);
  EXPECT_NE(of_ohio.feed.trouble->detail.find("https://lake.test"), std::string::npos);
  expect_proof(reader, ohio);
  EXPECT_TRUE(reader.node->mirror_marks().empty()) << "whoever shows proof does not lie";
}

TEST_F(Gossip, FindsASplitViewThatIsLongerThanOurs) {
  split_ohio({"Other third", "Other fourth"});
  federation.sync(lake);
  origin_up(ohio);
  federation.sync(reader);
  EXPECT_EQ(shown_of(reader, ohio), 0u) << status(reader);
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::quarantined);
  expect_proof(reader, ohio);
}

TEST_F(Gossip, ANewerHeadIsTakenFromWhoShowsItWhereTheHostHidesIt) {
  federation.sync(reader);
  const auto old = ohio.node->folder().parent_path() / "old";
  std::filesystem::copy(ohio.node->folder() / "public", old,
                        std::filesystem::copy_options::recursive);
  federation.withdraw(ohio, keys[0]);
  federation.sync(lake);
  // The host freezes the reader at what was before the withdrawal.
  federation.source.serve("ohio.test/o/main", old);
  federation.sync(reader);
  EXPECT_EQ(federation.names(reader), std::vector<std::string>{"Second group"});
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::unconfirmed_head);
  federation.sync(reader);
  EXPECT_EQ(report(reader, ohio.scid).feed.trouble->code, ErrorCode::rollback) << status(reader);
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::unconfirmed_head);
  origin_up(ohio);
  federation.sync(reader);
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::ok);
  EXPECT_EQ(federation.names(reader), std::vector<std::string>{"Second group"});
}

TEST_F(Gossip, IsAskedOfEachNodeOnceInAQuarterOfAnHour) {
  // Nobody is known at first; then each is asked.
  federation.sync(reader);
  federation.sync(reader);
  asked.clear();
  reader.node->sync(std::nullopt, false, {});
  EXPECT_TRUE(asked.empty());
  federation.clock.advance(std::chrono::minutes(15));
  reader.node->sync(std::nullopt, false, {});
  EXPECT_EQ(asked["national.test"], std::vector<std::string>{"/mirror/"});
  EXPECT_EQ(asked["lake.test"], std::vector<std::string>{"/mirror/"});
}

TEST_F(Gossip, AListOfNonsenseOrAVastOneChangesNothing) {
  federation.sync(reader);
  const auto before = federation.everything(reader);
  std::string many = "{\"feeds\":{";
  for (int i = 0; i < 5'000; ++i) {
    many += (i ? "," : "") + std::string("\"webvh/Qm") + std::to_string(i) +
            "/1\":{\"did\":\"did:webvh:x\",\"root\":\"AAAA\",\"size\":" + std::to_string(i) + "}";
  }
  many += "}}";
  const auto origin = protocol::feed_origin(ohio.scid, 1);
  const std::string bodies[] = {"",
                                "[]",
                                "{\"feeds\":[]}",
                                "{\"feeds\":{\"" + origin + "\":7}}",
                                "{\"feeds\":{\"" + origin + "\":{\"size\":-4,\"root\":\"\"}}}",
                                "{\"feeds\":{\"" + origin + "\":{\"size\":1e99,\"root\":{}}}}",
                                "{\"feeds\":{\"" + origin + "\":{\"size\":2,\"root\":\"AAAA\"}}}",
                                std::string(200, '['),
                                many};
  for (const auto& body : bodies) {
    SCOPED_TRACE(body.substr(0, 60));
    lies["lake.test"] = [&](const std::string& path,
                            const node::Response&) -> std::optional<Answer> {
      if (path != "/mirror/") return std::nullopt;
      return crawler::FetchResponse{200, body, ""};
    };
    federation.sync(reader);
    EXPECT_EQ(federation.everything(reader), before);
    EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::ok);
  }
}

TEST_F(Gossip, TheOperatorAloneClearsAQuarantine) {
  auto& twin = split_ohio();
  federation.sync(lake);
  origin_up(ohio);
  federation.sync(reader);
  ASSERT_EQ(report(reader, ohio.scid).state, node::FeedState::quarantined);
  federation.clock.advance(std::chrono::days(2));
  federation.sync(reader);
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::quarantined) << "not by itself";

  const node::Invocation clear{
      "follow", {{"publisher", {ohio.scid}}, {"clear-quarantine", {}}}, {}, {}, "/"};
  EXPECT_NE(run(reader, clear, node::kExitOk).find("Telephone the publisher first"),
            std::string::npos);
  EXPECT_EQ(shown_of(reader, ohio), 3u);
  expect_proof(reader, ohio);
  // The other node still shows the other history; that was decided about.
  federation.sync(reader);
  EXPECT_EQ(shown_of(reader, ohio), 3u);
  run(reader, clear, node::kExitNo);

  // Its own host showing it again is another matter.
  show_instead(ohio, twin);
  federation.sync(reader);
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::quarantined);
  EXPECT_EQ(shown_of(reader, ohio), 0u);
  expect_proof(reader, ohio);

  // Whoever takes up the other history keeps the proof on disk.
  const auto said =
      run(reader, {"unfollow", {{"publisher", {ohio.scid}}}, {}, {}, "/"}, node::kExitOk);
  EXPECT_NE(said.find("fork-" + ohio.scid), std::string::npos) << said;
  const auto kept =
      node::read_file_if_there(reader.node->folder() / ("fork-" + ohio.scid + ".json"));
  ASSERT_TRUE(kept);
  EXPECT_NE(kept->find("\"accepted\""), std::string::npos);
}

TEST_F(Gossip, ANewEpochClearsAQuarantineAndTheProofStays) {
  split_ohio({"A thief's group"});
  federation.sync(reader);
  ASSERT_EQ(report(reader, ohio.scid).state, node::FeedState::quarantined);
  rotate_stolen();
  origin_up(ohio);
  federation.sync(reader);
  EXPECT_EQ(report(reader, ohio.scid).state, node::FeedState::ok) << status(reader);
  EXPECT_EQ(shown_of(reader, ohio), 3u);
  EXPECT_EQ(forks(reader, ohio, 1).size(), 1u) << "what was signed stays signed";
  EXPECT_TRUE(forks(reader, ohio, 2).empty());
}

TEST_F(Gossip, MonitorSeesOnesOwnFeedAsOtherNodesHaveIt) {
  // The lake chapter looks after its own name; the association's node has a copy.
  federation.anchor(lake, national);
  federation.sync(lake);
  federation.sync(national);
  const node::Invocation monitor{"monitor", {}, {}, {}, "/"};
  auto said = unwrapped(run(lake, monitor, node::kExitOk));
  EXPECT_NE(said.find("https://national.test has your feed as it is here"), std::string::npos)
      << said;

  federation.publish(lake, {simple_listing("New at the lake")});
  said = unwrapped(run(lake, monitor, node::kExitOk));
  EXPECT_NE(said.find("it reads the rest with its next cycle"), std::string::npos) << said;

  // Somebody signs with its key: the association was shown another history.
  auto& twin = twin_of(lake, "twin");
  serve_api(lake);
  federation.publish(twin, {simple_listing("Never said at the lake")});
  federation.publish(lake, {simple_listing("Second at the lake")});
  show_instead(lake, twin);
  federation.sync(national);
  origin_up(lake);
  said = unwrapped(run(lake, monitor, node::kExitNo));
  EXPECT_NE(said.find("another history of your feed"), std::string::npos) << said;
  expect_proof(lake, lake);
  EXPECT_EQ(shown_of(lake, lake), 2u) << "one's own feed is not hidden";

  // Ahead of what is known here: as after a restored backup.
  federation.publish(twin, {simple_listing("Third never said"), simple_listing("Fourth")});
  show_instead(lake, twin);
  federation.sync(national);
  origin_up(lake);
  said = unwrapped(run(lake, monitor, node::kExitNo));
  EXPECT_NE(said.find("signed with your key, and this node knows"), std::string::npos) << said;

  node::Invocation as_json = monitor;
  as_json.options["json"] = {};
  const auto json = protocol::parse_json(run(lake, as_json, node::kExitNo));
  ASSERT_TRUE(json);
  ASSERT_EQ(json->find("peers")->if_array()->size(), 1u);
  EXPECT_EQ(*json->find("peers")->if_array()->at(0).find("look"), Json(true));
}

TEST_F(Gossip, MonitorTellsOfForksOfOthersAndOfNodesThatCannotBeAsked) {
  auto& twin = twin_of(ohio, "twin");
  federation.publish(twin, {simple_listing("Other third")});
  federation.publish(ohio, {simple_listing("Third group")});
  federation.anchor(lake, national);
  federation.sync(lake);
  show_instead(ohio, twin);
  federation.sync(national);
  origin_up(ohio);
  const node::Invocation monitor{"monitor", {}, {}, {}, "/"};
  auto said = unwrapped(run(lake, monitor, node::kExitNo));
  EXPECT_NE(said.find("shows another history of Ohio Test Chapter"), std::string::npos) << said;
  federation.source.stop_site("national.test");
  said = unwrapped(run(lake, monitor, node::kExitNo));
  EXPECT_NE(said.find("https://national.test cannot be asked: fetch-connect"), std::string::npos)
      << said;
}

}  // namespace
