#include "node/following/push.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "node/api/routes.h"
#include "node/cli/commands.h"
#include "node/following/notify_list.h"
#include "node/http/router.h"
#include "node/store/due_feeds.h"
#include "node/store/heads.h"
#include "tests/support/federation.h"
#include "tests/support/standing.h"

namespace {

using test_support::Federation;
using test_support::simple_listing;

/// Members whose nodes take posts, each with a Push of its own.
class Pushing : public testing::Test {
 protected:
  Pushing() : log(node::LogLevel::error, [](std::string_view) {}) {}

  Federation::Member& add(const std::string& host, const std::string& name) {
    auto& member = federation.add(host, name, {"US-OH"}, "state_chapter", true);
    listen(member);
    return member;
  }
  void listen(Federation::Member& member) {
    routers.push_back(std::make_unique<node::Router>());
    auto* router = routers.back().get();
    node::add_public_routes(*router, *member.node);
    federation.source.take_posts(member.host, [router](const crawler::PostRequest& post) {
      auto request =
          node::make_request("POST", std::string_view(post.url).substr(post.url.find('/', 8)));
      request.body = post.body;
      const auto response = (*router)(request);
      return protocol::Result<crawler::PostResponse>(crawler::PostResponse{
          response.status, std::string(response.header("Content-Type").value_or("")),
          response.body});
    });
  }
  node::Push& push(Federation::Member& member) {
    node::PushOptions options;
    options.retry_after = std::chrono::milliseconds(1);
    pushes.push_back(std::make_unique<node::Push>(*member.node, federation.source, log, options));
    return *pushes.back();
  }
  /// Until nobody has anything to tell.
  void settle() {
    for (std::size_t before = federation.source.posts() + 1; before != federation.source.posts();) {
      before = federation.source.posts();
      for (auto& each : pushes) each->wait_until_quiet();
    }
  }
  /// What is due by news is read: polling plays no part, its turn is far away.
  void read_due(Federation::Member& member) {
    federation.clock.advance(std::chrono::seconds(3));
    member.node->sync(std::nullopt, false, {});
  }
  std::uint64_t head(Federation::Member& at, const std::string& scid) {
    return at.node->change([&](node::Store& store, node::Publisher*) {
      return node::newest_head(store.database(), *store.queries().feed(scid)).size;
    });
  }
  std::vector<std::string> told(Federation::Member& member) {
    std::vector<std::string> urls;
    for (const auto& target :
         member.node->read([](node::StoreQueries& store) { return node::notify_list(store); }))
      urls.push_back(target.url);
    return urls;
  }
  bool finds(Federation::Member& at, const node::RecordKey& key) {
    const auto found = federation.found(at);
    return std::find(found.begin(), found.end(), key.text()) != found.end();
  }

  test_support::StandingToTheEnd standing;  // Z2, Z3
  Federation federation;
  node::Log log;
  std::vector<std::unique_ptr<node::Router>> routers;
  std::vector<std::unique_ptr<node::Push>> pushes;
};

/// ohio is known to all; each of the others tells only the next one.
class PushingInARow : public Pushing {
 protected:
  PushingInARow()
      : ohio(add("ohio.test", "Ohio Test Chapter")),
        near(add("near.test", "Near Test Chapter")),
        middle(add("middle.test", "Middle Test Chapter")),
        far(add("far.test", "Far Test Chapter")) {
    federation.publish(ohio, {simple_listing("First group")});
    for (auto* member : {&near, &middle, &far}) {
      member->node->set_poll_interval(std::chrono::hours(1));
      federation.anchor(*member, ohio);
      federation.sync(*member);
      member->node->change([&](node::Store& store, node::Publisher*) {
        // What they know of ohio shall not make them tell it: the row is what is tried.
        store.database().execute("UPDATE feed SET followed = 0 WHERE own = 0");
      });
    }
    name(ohio, "https://near.test");
    name(near, "https://middle.test");
    name(middle, "https://far.test");
    federation.clock.advance(std::chrono::seconds(30));
  }
  void name(Federation::Member& member, const std::string& url) {
    test_support::CollectedOutput output;
    EXPECT_EQ(node::execute({"notify add", {{"url", {url}}}, {}, {}, "/"}, *member.node, output),
              node::kExitOk)
        << output.said;
  }
  Federation::Member &ohio, &near, &middle, &far;
};

TEST_F(PushingInARow, AChangeArrivesThreeHopsAwayWithoutPolling) {
  for (auto* member : {&ohio, &near, &middle, &far}) push(*member);
  const auto keys = federation.publish(ohio, {simple_listing("Second group")});
  settle();
  const auto size = head(ohio, ohio.scid);
  for (auto* member : {&near, &middle, &far}) {
    SCOPED_TRACE(member->host);
    EXPECT_EQ(head(*member, ohio.scid), size);
    EXPECT_FALSE(finds(*member, keys[0])) << "not read yet";
    read_due(*member);
    EXPECT_TRUE(finds(*member, keys[0]));
  }
}

TEST_F(PushingInARow, WhatWasReadIsPassedOnWhereTheNewsDidNotCome) {
  for (auto* member : {&near, &middle, &far}) push(*member);
  const auto keys = federation.publish(ohio, {simple_listing("Second group")});
  settle();
  EXPECT_EQ(federation.source.posts(), 0u) << "ohio tells nobody";
  federation.sync(near);
  settle();
  EXPECT_EQ(head(far, ohio.scid), head(ohio, ohio.scid));
  read_due(far);
  EXPECT_TRUE(finds(far, keys[0]));
}

TEST_F(PushingInARow, ALoopEnds) {
  name(far, "https://near.test");
  name(far, "https://ohio.test");
  name(near, "https://far.test");
  for (auto* member : {&ohio, &near, &middle, &far}) push(*member);
  federation.publish(ohio, {simple_listing("Second group")});
  settle();
  for (auto* member : {&near, &middle, &far}) read_due(*member);
  settle();
  const auto posts = federation.source.posts();
  // Six ways to tell, each at most twice for a size that was guessed wrong.
  EXPECT_LE(posts, 12u);
  EXPECT_GE(posts, 3u);
  for (auto* member : {&near, &middle, &far}) federation.sync(*member);
  settle();
  EXPECT_EQ(federation.source.posts(), posts) << "nothing is new";
}

TEST_F(PushingInARow, AFloodOfNewsIsCoalesced) {
  std::mutex gate;
  std::unique_lock closed(gate);
  std::atomic<int> asked{0};
  const auto real = routers[1].get();
  federation.source.take_posts("near.test", [&, real](const crawler::PostRequest& post) {
    ++asked;
    const std::lock_guard wait(gate);
    auto request = node::make_request("POST", "/witness/add-checkpoint");
    request.body = post.body;
    const auto response = (*real)(request);
    return protocol::Result<crawler::PostResponse>(crawler::PostResponse{
        response.status, std::string(response.header("Content-Type").value_or("")), response.body});
  });
  auto& ohios = push(ohio);
  for (int i = 0; i < 20; ++i)
    federation.publish(ohio, {simple_listing("Group " + std::to_string(i))});
  closed.unlock();
  ohios.wait_until_quiet();
  EXPECT_EQ(head(near, ohio.scid), head(ohio, ohio.scid));
  EXPECT_LE(asked.load(), 6) << "for 20 publications";
}

TEST_F(PushingInARow, ADeadTargetCostsNothingToOthers) {
  std::mutex gate;
  std::unique_lock dead(gate);
  std::atomic<int> asked{0};
  federation.source.take_posts("dead.test", [&](const crawler::PostRequest&) {
    ++asked;
    const std::lock_guard wait(gate);
    return protocol::Result<crawler::PostResponse>(
        protocol::refuse(protocol::ErrorCode::fetch_timeout, "no answer in time"));
  });
  name(ohio, "https://dead.test");
  auto& ohios = push(ohio);
  federation.publish(ohio, {simple_listing("Second group")});
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (head(near, ohio.scid) != head(ohio, ohio.scid) && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_EQ(head(near, ohio.scid), head(ohio, ohio.scid)) << "while the other still hangs";
  dead.unlock();
  ohios.wait_until_quiet();
  EXPECT_EQ(asked.load(), 2) << "one attempt and one more";
  federation.publish(ohio, {simple_listing("Third group")});
  ohios.wait_until_quiet();
  EXPECT_EQ(asked.load(), 2) << "it is left alone for a while";
  EXPECT_EQ(head(near, ohio.scid), head(ohio, ohio.scid));
}

TEST_F(PushingInARow, PublishNotifySaysWhoAnsweredWhat) {
  name(ohio, "https://dead.test");
  name(ohio, "https://far.test/witness/add-checkpoint");
  const auto keys = federation.publish(ohio, {simple_listing("Second group")});
  test_support::CollectedOutput output;
  EXPECT_EQ(node::execute({"publish", {{"notify", {}}}, {}, {}, "/"}, *ohio.node, output),
            node::kExitOk);
  EXPECT_NE(output.said.find("https://near.test has heard it"), std::string::npos) << output.said;
  EXPECT_NE(output.said.find("https://far.test has heard it"), std::string::npos) << output.said;
  EXPECT_NE(output.said.find("https://dead.test could not be told"), std::string::npos)
      << output.said;
  EXPECT_EQ(head(near, ohio.scid), head(ohio, ohio.scid));
}

TEST_F(PushingInARow, AnAnswerThatMakesNoSenseEndsIt) {
  for (const char* body : {"", "abc\n", "-1\n", "007\n", "99999999999999999999\n", "3"}) {
    SCOPED_TRACE(body);
    const auto before = federation.source.posts();
    federation.source.take_posts("near.test", [&](const crawler::PostRequest&) {
      return protocol::Result<crawler::PostResponse>(
          crawler::PostResponse{409, "text/x.tlog.size", body});
    });
    const auto origin = protocol::feed_origin(ohio.scid, 1);
    const auto outcome = node::send_checkpoint(*ohio.node, federation.source,
                                               {"https://near.test", "", {}}, origin, "", {});
    EXPECT_EQ(outcome.kind, node::SendOutcome::Kind::refused);
    EXPECT_EQ(federation.source.posts(), before + 1);
  }
}

TEST_F(Pushing, TheListIsWhoRecognizesWhomOneRecognizesOrFollowsAndWhomOneNames) {
  auto& ohio = add("ohio.test", "Ohio Test Chapter");
  auto& national = add("national.test", "National Test Association");
  auto& below = add("below.test", "Below Test Chapter");
  auto& followed = add("followed.test", "Followed Test Chapter");
  auto& stranger = add("stranger.test", "Stranger Test Chapter");
  federation.recognize(national, ohio, {"US-OH"});
  federation.recognize(national, stranger, {"US-OH"});
  federation.recognize(ohio, below, {"US-OH"});
  federation.follow(ohio, followed);
  ohio.node->change([&](node::Store& store, node::Publisher*) {
    for (const auto* other : {&national, &stranger}) {
      store.follow(other->scid, "did:webvh:" + other->scid + ":" + other->host + ":o:main", false);
    }
  });
  for (const auto& outcome : federation.sync(ohio))
    EXPECT_FALSE(outcome.refused) << outcome.refused->detail;
  auto urls = told(ohio);
  std::sort(urls.begin(), urls.end());
  EXPECT_EQ(urls, (std::vector<std::string>{"https://below.test", "https://followed.test",
                                            "https://national.test"}));
}

TEST_F(Pushing, AddressesAreOfNodesAlone) {
  for (const char* good : {"https://a.test", "https://a.test/", "https://a.test:8443",
                           "https://a.test/witness/add-checkpoint"})
    EXPECT_TRUE(node::notify_url(good).has_value()) << good;
  for (const char* bad : {"", "http://a.test", "https://127.0.0.1", "https://a.test/o/main",
                          "https://user@a.test", "https://a.test?x", "ftp://a.test", "a.test"})
    EXPECT_FALSE(node::notify_url(bad).has_value()) << bad;
}

}  // namespace
