#include "node/reminders/reminder.h"

#include <array>
#include <atomic>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "node/api/routes.h"
#include "node/cli/commands.h"
#include "tests/support/federation.h"

namespace {

using protocol::Json;
using test_support::CollectedOutput;
using test_support::Federation;
using test_support::simple_listing;

struct RemindedChapter {
  Federation federation;
  Federation::Member& chapter = federation.add("chapter.test", "Buckeye Test Chapter", {"US-OH"});
  node::RecordKey key = federation.publish(
      chapter,
      {simple_listing("Tuesday Circle",
                      {{"contact", Json::object({{"public", "circle@groups.test"}})}})})[0];
  node::Router router;

  RemindedChapter() { node::add_public_routes(router, *chapter.node, std::chrono::seconds(0)); }

  /// A link as `kith remind` makes it, without the host.
  std::string link() {
    std::string path;
    chapter.node->change([&](node::Store& store, node::Publisher* publisher) {
      const auto due = node::due_listings(store.queries(), *publisher, protocol::kLatestTimestamp);
      ASSERT_EQ(due.size(), 1u);
      path = node::make_answer_link(store, "", due[0], federation.clock.now());
    });
    return path;
  }
  node::Response post(const std::string& path, const std::string& form) {
    auto request = node::make_request("POST", path);
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.headers.emplace_back("Accept", "text/html");
    request.body = form;
    return router(std::move(request));
  }
  node::Response get(const std::string& path) {
    auto request = node::make_request("GET", path);
    request.headers.emplace_back("Accept", "text/html");
    return router(std::move(request));
  }
  std::optional<protocol::Listing> listing() {
    std::optional<protocol::Listing> found;
    chapter.node->change([&](node::Store& store, node::Publisher* publisher) {
      const auto record = store.queries().record(key);
      if (!record) return;
      auto read = protocol::read_listing(publisher->own_envelope(*record).subject);
      ASSERT_TRUE(read);
      found = std::move(*read);
    });
    return found;
  }
  int run(std::map<std::string, std::vector<std::string>> options, std::string& said) {
    node::Invocation invocation;
    invocation.command = "remind";
    invocation.options = std::move(options);
    CollectedOutput output;
    const auto code = node::execute(invocation, *chapter.node, output);
    said = output.said;
    return code;
  }
};

TEST(Reminder, LooksAheadToWhatIsToBeConfirmed) {
  RemindedChapter one;
  std::string said;
  ASSERT_EQ(one.run({{"list", {}}}, said), node::kExitOk);
  EXPECT_NE(said.find("No listing has to be confirmed"), std::string::npos) << said;
  one.federation.clock.advance(std::chrono::days(150));
  ASSERT_EQ(one.run({{"list", {}}}, said), node::kExitOk);
  EXPECT_NE(said.find("Tuesday Circle"), std::string::npos) << said;
  EXPECT_NE(said.find("circle@groups.test"), std::string::npos) << said;
  EXPECT_EQ(one.run({{"list", {}}, {"within", {"soon"}}}, said), node::kExitUsage);
}

TEST(Reminder, OneClickConfirmsTheListingOnce) {
  RemindedChapter one;
  const auto before = one.listing();
  one.federation.clock.advance(std::chrono::days(150));
  const auto link = one.link();
  const auto page = one.get(link);
  ASSERT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("Tuesday Circle"), std::string::npos);
  EXPECT_EQ(one.listing()->confirmed_at, before->confirmed_at) << "looking changes nothing";
  EXPECT_TRUE(page.cache.max_age == std::chrono::seconds(0));

  ASSERT_EQ(one.post(link, "choice=confirm").status, 200);
  const auto after = one.listing();
  EXPECT_GT(after->confirmed_at, before->confirmed_at);
  EXPECT_GT(after->review_by, before->review_by);
  EXPECT_EQ(after->confirmed_by_role, "leader");
  EXPECT_EQ(one.post(link, "choice=ended").status, 410) << "a link works once";
  EXPECT_TRUE(one.listing());
  EXPECT_EQ(one.federation.broken_invariant(one.chapter), "");
}

TEST(Reminder, ALeaderMayEndTheListing) {
  RemindedChapter one;
  const auto link = one.link();
  ASSERT_EQ(one.post(link, "choice=ended").status, 200);
  EXPECT_FALSE(one.listing());
  EXPECT_EQ(one.get(link).status, 410);
}

TEST(Reminder, WhatALeaderWritesIsKeptForTheSecretaryAndChangesNothing) {
  RemindedChapter one;
  const auto link = one.link();
  EXPECT_EQ(one.post(link, "choice=edit&words=+").status, 422);
  ASSERT_EQ(one.post(link, "choice=edit&words=Now+on+Thursdays+%3Cb%3E").status, 200);
  std::string said;
  ASSERT_EQ(one.run({{"answers", {}}}, said), node::kExitOk);
  EXPECT_NE(said.find("Now on Thursdays <b>"), std::string::npos) << said;
  EXPECT_NE(said.find("Tuesday Circle"), std::string::npos) << said;
  ASSERT_EQ(one.run({{"answers", {}}, {"done", {}}}, said), node::kExitOk);
  ASSERT_EQ(one.run({{"answers", {}}}, said), node::kExitOk);
  EXPECT_NE(said.find("No leader has written"), std::string::npos) << said;
}

TEST(Reminder, AnAnswerSaysThatSomebodyIsThere) {
  RemindedChapter one;
  const auto contact = [&] {
    const auto group = one.chapter.node->group(one.key);
    return group ? group->checks.at(static_cast<std::size_t>(protocol::Check::contact)).outcome
                 : protocol::CheckOutcome::not_applicable;
  };
  EXPECT_EQ(contact(), protocol::CheckOutcome::check);
  const auto link = one.link();
  EXPECT_EQ(contact(), protocol::CheckOutcome::check) << "asking is no answer";
  ASSERT_EQ(one.post(link, "choice=edit&words=Now+on+Thursdays").status, 200);
  EXPECT_EQ(contact(), protocol::CheckOutcome::pass);
  std::string said;
  ASSERT_EQ(one.run({{"answers", {}}, {"done", {}}}, said), node::kExitOk);
  EXPECT_EQ(contact(), protocol::CheckOutcome::pass) << "it counts after it was read, too";
  EXPECT_EQ(one.get(link).status, 410);

  // Two months on the link is over and another is made: the answer is still one.
  one.federation.clock.advance(node::kReminderValidity + std::chrono::days(15));
  const auto second = one.link();
  EXPECT_EQ(contact(), protocol::CheckOutcome::pass);
  ASSERT_EQ(one.post(second, "choice=confirm").status, 200);
  const auto group = one.chapter.node->group(one.key);
  ASSERT_TRUE(group);
  const auto& result = group->checks.at(static_cast<std::size_t>(protocol::Check::contact));
  EXPECT_EQ(result.outcome, protocol::CheckOutcome::pass);
  EXPECT_EQ(result.date, std::chrono::floor<std::chrono::days>(one.federation.clock.now()));
}

TEST(Reminder, RefusesEveryOtherLink) {
  RemindedChapter one;
  const auto first = one.link();
  const auto second = one.link();
  EXPECT_EQ(one.get(first).status, 404) << "a newer link replaces the older one";
  EXPECT_EQ(one.get(second).status, 200);
  for (const std::string path :
       {"/answer/x", "/answer/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
    EXPECT_EQ(one.get(path).status, 404) << path;
    EXPECT_EQ(one.post(path, "choice=confirm").status, 404) << path;
  }
  EXPECT_EQ(one.post(second, "choice=win").status, 400);
  EXPECT_EQ(one.post(second, "").status, 400);
  auto json = node::make_request("POST", second);
  json.headers.emplace_back("Content-Type", "application/json");
  json.body = "choice=confirm";
  EXPECT_EQ(one.router(std::move(json)).status, 400) << "only a form, as a browser sends it";
  one.federation.clock.advance(node::kReminderValidity);
  EXPECT_EQ(one.get(second).status, 410);
}

/// What a mail scanner, a preview and a browser that reads ahead do with a link.
TEST(Reminder, LookingAtALinkChangesNothingHoweverItIsDone) {
  RemindedChapter one;
  one.federation.clock.advance(std::chrono::days(150));
  const auto link = one.link();
  const auto everything = [&] {
    return one.federation.everything(one.chapter) + " " + one.listing()->confirmed_at + " " +
           one.listing()->review_by + " " +
           std::to_string(one.chapter.node->feeds().at(0).feed.size);
  };
  const auto before = everything();
  for (const std::string& target :
       {std::string(), std::string("?choice=confirm"), std::string("?choice=ended&words=x")}) {
    for (const auto* method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
      auto request = node::make_request(method, link + target);
      request.headers.emplace_back("Accept", "text/html");
      request.headers.emplace_back("Purpose", "prefetch");
      request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
      request.body = "choice=ended";
      const auto answer = one.router(std::move(request));
      if (std::string_view(method) == "GET") {
        EXPECT_EQ(answer.status, 200) << target;
        EXPECT_EQ(answer.cache.max_age, std::chrono::seconds(0));
        EXPECT_NE(answer.body.find("method=\"post\""), std::string::npos);
      }
    }
    // What a form sends stands in the body; an address never chooses.
    auto request = node::make_request("POST", link + target);
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    EXPECT_EQ(one.router(std::move(request)).status, 400) << target;
  }
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(one.get(link).status, 200) << "it can still be answered";
  ASSERT_EQ(one.post(link, "choice=confirm").status, 200);
  EXPECT_NE(everything(), before);
}

TEST(Reminder, TwoWhoClickAtOnceAnswerOnce) {
  for (int round = 0; round < 6; ++round) {
    SCOPED_TRACE(round);
    RemindedChapter one;
    one.federation.clock.advance(std::chrono::days(150));
    const auto before = one.listing()->confirmed_at;
    const auto link = one.link();
    constexpr std::size_t kClicks = 8;
    const char* const choices[] = {"choice=confirm", "choice=ended",
                                   "choice=edit&words=Now+on+Thursdays"};
    std::array<int, kClicks> statuses{};
    std::atomic<int> ready{0};
    std::vector<std::thread> clicks;
    for (std::size_t i = 0; i < kClicks; ++i) {
      clicks.emplace_back([&, i] {
        ++ready;
        while (ready.load() < static_cast<int>(kClicks)) std::this_thread::yield();
        statuses[i] = one.post(link, choices[i % std::size(choices)]).status;
      });
    }
    for (auto& click : clicks) click.join();
    std::size_t winner = kClicks;
    for (std::size_t i = 0; i < kClicks; ++i) {
      EXPECT_TRUE(statuses[i] == 200 || statuses[i] == 410) << statuses[i];
      if (statuses[i] != 200) continue;
      EXPECT_EQ(winner, kClicks) << "only one is answered";
      winner = i;
    }
    ASSERT_LT(winner, kClicks);
    // And what that one chose is what became of it.
    const auto now = one.listing();
    std::string said;
    ASSERT_EQ(one.run({{"answers", {}}}, said), node::kExitOk);
    EXPECT_EQ(now.has_value(), winner % 3 != 1);
    if (now) {
      EXPECT_EQ(now->confirmed_at != before, winner % 3 == 0);
    }
    EXPECT_EQ(said.find("Now on Thursdays") != std::string::npos, winner % 3 == 2) << said;
    EXPECT_EQ(one.get(link).status, 410);
    EXPECT_EQ(one.federation.broken_invariant(one.chapter), "");
  }
}

TEST(Reminder, ALinkOutlivesARestartAndIsUsedUpAcrossOne) {
  RemindedChapter one;
  one.federation.clock.advance(std::chrono::days(150));
  const auto link = one.link();
  const auto restart = [&] {
    one.federation.reopen(one.chapter);
    one.router = node::Router();
    node::add_public_routes(one.router, *one.chapter.node, std::chrono::seconds(0));
  };
  restart();
  EXPECT_EQ(one.get(link).status, 200);
  ASSERT_EQ(one.post(link, "choice=confirm").status, 200);
  const auto confirmed = one.listing()->confirmed_at;
  restart();
  EXPECT_EQ(one.get(link).status, 410);
  EXPECT_EQ(one.post(link, "choice=ended").status, 410);
  EXPECT_EQ(one.post(link, "choice=confirm").status, 410);
  ASSERT_TRUE(one.listing());
  EXPECT_EQ(one.listing()->confirmed_at, confirmed);
}

TEST(Reminder, TheDatabaseHoldsNoLink) {
  RemindedChapter one;
  const auto token = one.link().substr(std::string("/answer/").size());
  one.chapter.node->change(
      [](node::Store& store, node::Publisher*) { store.database().checkpoint(); });
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(one.chapter.node->folder())) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    EXPECT_EQ(bytes.find(token), std::string::npos) << file.path();
  }
}

TEST(Reminder, TheTextIsTheSecretarysIfSheGivesOne) {
  RemindedChapter one;
  one.chapter.node->change([&](node::Store& store, node::Publisher* publisher) {
    const auto due = node::due_listings(store.queries(), *publisher, protocol::kLatestTimestamp);
    const auto today = std::chrono::floor<std::chrono::days>(one.federation.clock.now());
    EXPECT_EQ(node::reminder_text(due[0], "Chapter", "https://n.test/answer/x",
                                  "Hi {group}: {link} {unknown} {", today),
              "Hi Tuesday Circle: https://n.test/answer/x {unknown} {");
    const auto own = node::reminder_text(due[0], "Chapter", "", "", today);
    EXPECT_EQ(own.find("{"), std::string::npos) << own;
    EXPECT_EQ(own.find("/answer/"), std::string::npos) << own;
    EXPECT_NE(own.find("answer this message"), std::string::npos) << own;
    const auto linked =
        node::reminder_text(due[0], "Chapter", "https://n.test/answer/x", "", today);
    EXPECT_NE(linked.find("\nhttps://n.test/answer/x\n"), std::string::npos) << linked;
    EXPECT_EQ(linked.find("\u00A0"), std::string::npos);
    // It goes to leaders of groups of every kind.
    for (const auto& text : {own, linked}) EXPECT_EQ(text.find("therapist"), std::string::npos);
  });
}

}  // namespace
