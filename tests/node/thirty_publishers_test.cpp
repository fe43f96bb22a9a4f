// A federation as it is meant to be: an association, five chapters and twenty-four collectives,
// each a web server with an address of its own, and beside them five whom nobody recognizes (any
// more).

#include <iostream>
#include <set>

#include <gtest/gtest.h>

#include "crawler/fetcher.h"
#include "tests/support/federation.h"
#include "tests/support/hostile_server.h"
#include "tests/support/standing.h"
#include "tests/support/test_ca.h"

namespace {

using test_support::Federation;
using test_support::HostileServer;
using test_support::simple_listing;

class ThirtyPublishers : public testing::Test {
 protected:
  /// A publisher with one listing, served by TLS at 127.0.1.N under its own name.
  Federation::Member& start(const std::string& name, const std::string& area,
                            const std::string& kind) {
    const auto number = std::to_string(servers.size() + 1);
    const auto host = "p" + number + ".test";
    const auto address = "127.0.1." + number;
    folders.push_back(std::make_unique<std::filesystem::path>());
    test_support::TestLeaf leaf;
    leaf.names = {host};
    servers.push_back(std::make_unique<HostileServer>(
        address, ca.issue(leaf), [folder = folders.back().get()](auto& client) {
          test_support::serve_folder("o/main", *folder)(client);
        }));
    network.names.emplace(host, *crawler::IpAddress::parse(address));
    auto& member =
        federation.add(host + ":" + std::to_string(servers.back()->port()), name, {area}, kind);
    *folders.back() = member.node->folder() / "public";
    listing_of[member.scid] =
        federation.publish(member, {simple_listing("Group of " + name)})[0].text();
    return member;
  }

  test_support::StandingToTheEnd standing;  // Z2, Z3
  test_support::ScratchFolder own_folder;
  test_support::TestCa ca;
  crawler::TestNetwork network;
  Federation federation;
  std::vector<std::unique_ptr<std::filesystem::path>> folders;
  std::vector<std::unique_ptr<HostileServer>> servers;
  std::map<std::string, std::string> listing_of;
};

TEST_F(ThirtyPublishers, AFreshNodeWithOneAnchorKnowsAllAfterOneStart) {
  const std::vector<std::string> states = {"US-OH", "US-MI", "US-IN", "US-PA", "US-KY"};
  auto& national = start("National Test Association", "US", "national_association");
  std::vector<Federation::Member*> chapters, collectives, strangers;
  for (const auto& state : states) {
    chapters.push_back(&start("Chapter " + state, state, "state_chapter"));
    federation.recognize(national, *chapters.back(), {state}, 1);
  }
  for (std::size_t i = 0; i < 24; ++i) {
    const auto& state = states[i % states.size()];
    collectives.push_back(&start("Collective " + std::to_string(i + 1), state, "collective"));
    federation.recognize(*chapters[i % states.size()], *collectives.back(), {state});
  }
  for (int i = 0; i < 5; ++i) {
    strangers.push_back(
        &start("Stranger " + std::to_string(i + 1), "US-OH", "independent_initiative"));
  }
  // The first is followed by hand, the second recognized by the first alone. The third is
  // recognized below where the chapter ended the path, the fourth was and is no more. Nobody knows
  // the fifth.
  federation.recognize(*strangers[0], *strangers[1], {"US-OH"});
  federation.recognize(*collectives[0], *strangers[2], {"US-OH"});
  federation.recognize(*chapters[0], *strangers[3], {"US-OH"});
  federation.unrecognize(*chapters[0], *strangers[3]);

  crawler::FetcherOptions options;
  network.ca_pem = ca.certificate_pem();
  options.test_network = network;
  crawler::Fetcher fetcher(options);
  Federation::Member reader;
  reader.node = std::make_unique<node::Node>(own_folder.path(), federation.clock, &fetcher);
  federation.anchor(reader, national);
  federation.follow(reader, *strangers[0]);

  test_support::Beside searches([&] { return reader.node->search({}).has_value(); });
  const auto began = std::chrono::steady_clock::now();
  const auto outcomes = reader.node->sync(std::nullopt, false, {});  // what a start does
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  EXPECT_EQ(searches.stop(), "");  // Z4

  std::set<std::string> want;
  for (const auto* group : {&chapters, &collectives}) {
    for (const auto* member : *group) want.insert(listing_of[member->scid]);
  }
  want.insert(listing_of[national.scid]);
  ASSERT_EQ(want.size(), 30U);
  const auto found = federation.found(reader);
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), want);

  std::map<std::string, node::FeedReport> reports;
  for (auto& report : reader.node->feeds()) reports.emplace(report.feed.scid, report);
  for (const auto& [scid, listing] : listing_of) {
    if (!want.contains(listing)) continue;
    ASSERT_TRUE(reports.contains(scid));
    EXPECT_EQ(reports.at(scid).state, node::FeedState::ok);
    EXPECT_FALSE(reports.at(scid).feed.trouble);
    EXPECT_FALSE(reports.at(scid).hidden);
  }
  // Of the strangers two are known, and it is said why they are not shown.
  EXPECT_EQ(reports.size(), 32U);
  ASSERT_TRUE(reports.contains(strangers[0]->scid));
  EXPECT_EQ(reports.at(strangers[0]->scid).hidden->code, protocol::ErrorCode::no_path);
  ASSERT_TRUE(reports.contains(strangers[2]->scid));
  EXPECT_EQ(reports.at(strangers[2]->scid).hidden->code, protocol::ErrorCode::edge_depth);
  for (const auto& outcome : outcomes) EXPECT_FALSE(outcome.refused) << outcome.name;
  EXPECT_EQ(outcomes.size(), 32U) << "each is read once";
  for (std::size_t i = 0; i < 30; ++i) EXPECT_LE(servers[i]->most_at_once(), 2) << i;
  EXPECT_EQ(servers.back()->connections(), 0) << "whom nobody names is not asked";
  EXPECT_EQ(federation.broken_invariant(reader), "");  // Z5
  std::cout << "MEASURED thirty publishers in three levels, from one anchor to all shown: "
            << took.count() << " s\n";
}

}  // namespace
