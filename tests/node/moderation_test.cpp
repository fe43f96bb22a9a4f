// What an operator does not show (T10), what readers report (W13, L28), and what is told unasked
// (O20).

#include <algorithm>

#include <gtest/gtest.h>

#include "node/alerts.h"
#include "node/api/routes.h"
#include "node/cli/commands.h"
#include "node/denials.h"
#include "node/mirror/mirror.h"
#include "node/pages/report_limiter.h"
#include "node/store/reports.h"
#include "protocol/error_effect.h"
#include "tests/node/three_levels.h"
#include "tests/support/federation.h"
#include "tests/support/shared_inputs.h"

namespace {

using test_support::Federation;
using test_support::simple_listing;

class Moderation : public test_support::ThreeLevels {
 protected:
  Moderation() { build_routes(); }

  void build_routes() {
    router = node::Router();
    node::add_public_routes(router, *reader.node, std::chrono::seconds(0));
  }
  node::Response get(const std::string& target) {
    return router(node::make_request("GET", target));
  }
  node::Response post(const node::RecordKey& key, const std::string& body,
                      const std::string& address = "192.0.2.7") {
    auto request = node::make_request("POST", "/groups/" + key.text() + "/report");
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = body;
    request.remote_address = address;
    return router(request);
  }
  std::string run(const std::string& command,
                  std::map<std::string, std::vector<std::string>> options,
                  int wanted = node::kExitOk) {
    test_support::CollectedOutput output;
    EXPECT_EQ(node::execute({command, std::move(options), {}, {}, "/"}, *reader.node, output),
              wanted)
        << output.said;
    return output.said;
  }
  bool is_alerted(const std::string& name) {
    const auto all = node::alerts(*reader.node);
    return std::any_of(all.begin(), all.end(),
                       [&](const auto& alert) { return alert.name == name; });
  }

  /// Everything that a stranger can read here, joined: nothing of `key` may be in it.
  std::string all_that_is_public(const node::RecordKey& key) {
    std::string text;
    for (const auto* target : {"/", "/?q=Harbor", "/api/v1/groups", "/api/v1/groups?q=Harbor",
                               "/api/v1/feeds", "/about/checks", "/?publisher=Elsewhere"})
      text += get(target).body;
    for (const auto& target :
         {"/groups/" + key.text(), "/groups/" + key.text() + ".ics",
          "/groups/" + key.text() + ".jsonld", "/groups/" + key.text() + ".hsds.json",
          "/groups/" + key.text() + "/report", "/api/v1/groups/" + key.text(),
          "/api/v1/evidence/" + key.text()}) {
      const auto response = get(target);
      text += response.body;
      if (response.status == 200) text += " answered: " + target;
    }
    text += get("/compare?id=" + key.text() + "&id=" + of_ohio.text()).body;
    test_support::CollectedOutput output;
    node::execute({"export", {{"id", {key.text()}}, {"jsonld", {}}}, {}, {}, "/"}, *reader.node,
                  output);
    return text + output.said;
  }

  /// What other nodes can copy of the publisher of `key` from here.
  std::string all_that_is_copied(const node::RecordKey& key) {
    const auto copy = "/mirror/" + node::mirror_name(protocol::feed_origin(key.scid, 1)) + "/";
    std::string text = get("/mirror/").body + get("/.well-known/api-catalog").body;
    for (const auto* file : {"docs/000.jsonl", "did.jsonl", "checkpoint"})
      text += get(copy + file).body;
    return text;
  }

  node::Router router;
};

TEST_F(Moderation, T10_WhatIsDeniedIsInNothingThatStrangersRead) {
  const auto before = all_that_is_public(of_lake);
  EXPECT_NE(before.find("Harbor circle"), std::string::npos);
  EXPECT_NE(before.find("answered: /api/v1/evidence"), std::string::npos);
  EXPECT_NE(all_that_is_copied(of_lake).find("Harbor circle"), std::string::npos);
  struct Case {
    const char* name;
    std::string what;
    std::string gone;  ///< of the publisher too
  };
  const Case cases[] = {
      {"the record", of_lake.text(), "Harbor circle"},
      {"its publisher", lake.scid, "Lake Test Collective"},
      {"its publisher by name", "Lake Test Collective", "Lake Test Collective"},
      {"the recognizer between", ohio.scid, "Ohio Test Chapter"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto said = run("deny", {{"what", {c.what}}, {"reason", {"Somebody asked"}}});
    EXPECT_NE(said.find("Denied"), std::string::npos);
    for (int restarted = 0; restarted < 2; ++restarted) {
      const auto text = all_that_is_public(of_lake);
      EXPECT_EQ(text.find("Harbor circle"), std::string::npos);
      EXPECT_EQ(text.find(c.gone), std::string::npos) << text.substr(text.find(c.gone), 300);
      // A recognizer's denial hides those below it, and denies them to nobody who knows better.
      const auto copied = all_that_is_copied(of_lake);
      EXPECT_EQ(copied.find("Harbor circle") == std::string::npos, c.what != ohio.scid);
      if (c.gone == "Lake Test Collective") {
        EXPECT_EQ(copied.find(lake.scid), std::string::npos);
      }
      // The address of the page that was asked for is the asker's own words.
      EXPECT_EQ(text.find("answered: "), std::string::npos);
      EXPECT_EQ(text.find("denied"), std::string::npos);
      EXPECT_EQ(text.find("Somebody asked"), std::string::npos);
      EXPECT_NE(run("denied", {}).find("Somebody asked"), std::string::npos);
      EXPECT_NE(run("status", {}).find("enied by you"), std::string::npos);
      federation.sync(reader);
      router = node::Router();
      federation.reopen(reader);
      build_routes();
    }
    EXPECT_NE(run("denied", {{"json", {}}}).find("\"in_force\":true"), std::string::npos);
    run("allow", {{"what", {c.what}}});
    EXPECT_NE(all_that_is_public(of_lake).find("Harbor circle"), std::string::npos);
  }
  EXPECT_NE(run("denied", {}).find("Nothing is denied"), std::string::npos);
  EXPECT_EQ(federation.broken_invariant(reader), "");
}

TEST_F(Moderation, ADeniedPublisherHasNoPageAndNoName) {
  EXPECT_EQ(get("/publishers/" + lake.scid).status, 200);
  run("deny", {{"what", {lake.scid}}, {"reason", {"x"}}});
  // Who denied it has to know whom.
  EXPECT_NE(run("denied", {}).find("Lake Test Collective\n  " + lake.scid), std::string::npos);
  EXPECT_NE(run("status", {}).find("Lake Test Collective\n  " + lake.scid), std::string::npos);
  for (const auto& target : {"/publishers/" + lake.scid, "/?publisher=" + lake.scid}) {
    SCOPED_TRACE(target);
    EXPECT_EQ(get(target).body.find("Lake Test"), std::string::npos);
  }
  EXPECT_EQ(get("/publishers/" + lake.scid).status, 404);
  EXPECT_EQ(get("/api/v1/feeds").body.find(lake.scid), std::string::npos);
}

TEST_F(Moderation, ADenialWithADayEndsWithoutASync) {
  run("deny", {{"what", {of_lake.text()}}, {"reason", {"x"}}, {"until", {"2000-01-01"}}},
      node::kExitUsage);
  run("deny", {{"what", {of_lake.text()}}, {"reason", {"x"}}, {"until", {"soon"}}},
      node::kExitUsage);
  const auto day =
      std::chrono::floor<std::chrono::days>(federation.clock.now()) + std::chrono::days(3);
  run("deny",
      {{"what", {of_lake.text()}}, {"reason", {"x"}}, {"until", {protocol::format_date(day)}}});
  EXPECT_TRUE(reader.node->is_denied(of_lake));
  federation.clock.advance(protocol::Timestamp(day) - federation.clock.now() -
                           std::chrono::seconds(1));
  reader.node->refresh();
  EXPECT_FALSE(reader.node->group(of_lake));
  federation.clock.advance(std::chrono::seconds(1));
  reader.node->refresh();
  EXPECT_TRUE(reader.node->group(of_lake));
  EXPECT_FALSE(reader.node->is_denied(of_lake));
  reader.node->change([&](node::Store& store, node::Publisher*) {
    const auto now = federation.clock.now();
    EXPECT_FALSE(node::is_denied(store.queries(), of_lake, now));
    EXPECT_TRUE(node::is_denied(store.queries(), of_lake, now - std::chrono::seconds(1)));
    EXPECT_FALSE(node::is_denied(store.queries(), {of_lake.scid, ""}, now));
  });
}

class Refusing final : public node::CommandOutput {
 public:
  void print(std::string_view text) override { said += text; }
  void complain(std::string_view text) override { said += text; }
  void progress(std::string_view) override {}
  bool ask(const std::string& question) override {
    said += question;
    return false;
  }
  std::string said;
};

TEST_F(Moderation, AnAnchorIsDeniedOnlyAfterAsking) {
  Refusing output;
  const auto deny = [&](const std::string& what) {
    return node::execute({"deny", {{"what", {what}}, {"reason", {"x"}}}, {}, {}, "/"}, *reader.node,
                         output);
  };
  EXPECT_EQ(deny(national.scid), node::kExitNo);
  EXPECT_NE(output.said.find("is an anchor"), std::string::npos);
  EXPECT_TRUE(reader.node->group(of_lake));
  EXPECT_EQ(deny(lake.scid), node::kExitOk) << "no question: " << output.said;
  test_support::CollectedOutput own;
  EXPECT_EQ(node::execute({"deny", {{"what", {ohio.scid}}, {"reason", {"x"}}}, {}, {}, "/"},
                          *ohio.node, own),
            node::kExitUsage)
      << "one's own is withdrawn, not denied";
}

// W13
TEST_F(Moderation, AReportIsKeptAsTextForTheOperatorOnly) {
  const auto page = get("/groups/" + of_lake.text());
  EXPECT_NE(page.body.find("/report\""), std::string::npos);
  const auto form = get("/groups/" + of_lake.text() + "/report");
  EXPECT_EQ(form.status, 200);
  EXPECT_EQ(form.body.find("<script"), std::string::npos);
  EXPECT_TRUE(form.unlogged);
  const auto answer = post(
      of_lake, "words=%3Cb%3ECanary%3C%2Fb%3E+https%3A%2F%2Fx.test%0D%0Asecond%1b%5B31m&contact=");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(answer.unlogged);
  EXPECT_FALSE(answer.header("Set-Cookie"));
  const auto said = run("reports", {});
  EXPECT_NE(said.find("| <b>Canary</b> https://x.test\n"), std::string::npos) << said;
  EXPECT_NE(said.find("| second [31m"), std::string::npos) << said;
  EXPECT_EQ(said.find('\x1b'), std::string::npos);
  EXPECT_EQ(said.find("192.0.2.7"), std::string::npos);
  EXPECT_EQ(all_that_is_public(of_lake).find("Canary"), std::string::npos);
  const struct {
    const char* name;
    std::string body;
  } wrong[] = {
      {"empty", ""},
      {"only spaces", "words=+%0A+"},
      {"too long", "words=" + std::string(2'001, 'a')},
      {"contact too long", "words=a&contact=" + std::string(201, 'a')},
      {"no UTF-8", "words=%ff%fe"},
  };
  for (const auto& c : wrong) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(post(of_lake, c.body).status, 422);
  }
  EXPECT_EQ(post(of_lake, "words=" + std::string(2'000, 'a')).status, 200);
  EXPECT_EQ(post({of_lake.scid, of_ohio.uuid}, "words=a").status, 404);
}

TEST_F(Moderation, FiveReportsAnHourOfOneAddress) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(post(of_lake, "words=a").status, 200) << i;
  const auto refused = post(of_lake, "words=a");
  EXPECT_EQ(refused.status, 429);
  EXPECT_TRUE(refused.header("Retry-After"));
  EXPECT_TRUE(refused.unlogged);
  EXPECT_EQ(post(of_ohio, "words=a").status, 429) << "of the address, not of the listing";
  EXPECT_EQ(post(of_lake, "words=a", "192.0.2.8").status, 200);
  federation.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(post(of_lake, "words=a").status, 200);
}

TEST(ReportLimiter, CountsANetworkOfIPv6AsOneAndStaysSmall) {
  node::ReportLimiter limiter;
  const auto now = *protocol::parse_timestamp("2026-11-01T00:00:00Z");
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(limiter.take("2001:db8:1:2::" + std::to_string(i + 1), now));
  EXPECT_FALSE(limiter.take("2001:db8:1:2:ffff::1", now));
  EXPECT_TRUE(limiter.take("2001:db8:1:3::1", now));
  std::size_t taken = 0;
  for (int i = 0; i < 12'000; ++i)
    taken += limiter.take("10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256), now);
  EXPECT_EQ(taken, 9'998U);
  EXPECT_TRUE(limiter.take("10.0.200.200", now + std::chrono::hours(1)));
  EXPECT_TRUE(limiter.take("2001:db8:1:2::1", now - std::chrono::hours(2)))
      << "a clock set back locks nobody out";
}

// L28
TEST_F(Moderation, ReportsAreACheckOfTheListing) {
  const auto check = [&] {
    const auto group = reader.node->group(of_lake);
    for (const auto& result : group->checks) {
      if (result.check == protocol::Check::complaints) return result;
    }
    return protocol::CheckResult{};
  };
  EXPECT_EQ(check().outcome, protocol::CheckOutcome::pass);
  post(of_lake, "words=a");
  EXPECT_EQ(check().outcome, protocol::CheckOutcome::check);
  EXPECT_NE(check().text.find("A report is being looked at since "), std::string::npos);
  post(of_lake, "words=b");
  run("reports", {{"close", {"1"}}, {"outcome", {"maybe"}}}, node::kExitUsage);
  run("reports", {{"close", {"1"}}, {"outcome", {"upheld"}}}, node::kExitUsage);
  run("reports", {{"close", {"77"}}, {"outcome", {"nothing"}}}, node::kExitNo);
  run("reports", {{"close", {"1"}}, {"outcome", {"nothing"}}});
  EXPECT_EQ(check().outcome, protocol::CheckOutcome::check) << "the second is open";
  run("reports", {{"close", {"2"}}, {"outcome", {"upheld"}}, {"note", {"It asks for cash first"}}});
  EXPECT_EQ(check().outcome, protocol::CheckOutcome::warning);
  EXPECT_NE(check().text.find("1 report was upheld on "), std::string::npos) << check().text;
  EXPECT_NE(check().text.find("It asks for cash first"), std::string::npos) << check().text;
  // After 90 days the reader's words are gone; what was found stays until it is taken back.
  federation.clock.advance(std::chrono::days(90) - std::chrono::seconds(1));
  reader.node->refresh();
  const auto words = [&] {
    std::string all;
    reader.node->change([&](node::Store& store, node::Publisher*) {
      for (const auto& report : node::all_reports(store.database())) all += report.words + ";";
    });
    return all;
  };
  EXPECT_EQ(words(), "a;b;");
  federation.clock.advance(std::chrono::seconds(1));
  reader.node->refresh();
  EXPECT_EQ(words(), ";");
  run("reports", {{"close", {"2"}}, {"outcome", {"nothing"}}});
  reader.node->refresh();
  EXPECT_EQ(words(), "");
}

TEST_F(Moderation, AListingTakesOnlySoManyOpenReports) {
  reader.node->change([&](node::Store& store, node::Publisher*) {
    for (int i = 0; i < node::kReportsOfOneListing; ++i) {
      EXPECT_TRUE(node::add_report(store.database(), of_lake, "a", "", federation.clock.now()));
    }
  });
  EXPECT_EQ(post(of_lake, "words=a").status, 503);
  EXPECT_EQ(post(of_ohio, "words=a").status, 200);
}

// O20
TEST_F(Moderation, AlertsOfFeedsComeAndGo) {
  for (const auto* name : {"feed-stale", "feed-quarantined", "peer-down", "peer-hostile"})
    EXPECT_FALSE(is_alerted(name)) << name;
  federation.source.stop_serving("ohio.test/o/main");
  federation.clock.advance(std::chrono::days(3) - std::chrono::seconds(1));
  federation.sync(reader);
  EXPECT_FALSE(is_alerted("peer-down"));
  federation.clock.advance(std::chrono::seconds(1));
  federation.sync(reader);
  EXPECT_TRUE(is_alerted("peer-down"));
  federation.clock.advance(std::chrono::days(5));
  EXPECT_TRUE(is_alerted("feed-stale"));
  EXPECT_NE(run("status", {}).find("Alerts"), std::string::npos);
  EXPECT_NE(run("status", {{"json", {}}}).find("\"name\":\"feed-stale\""), std::string::npos);
  run("deny", {{"what", {ohio.scid}}, {"reason", {"x"}}});
  const auto said = run("status", {});
  EXPECT_EQ(said.find("feed-stale, Ohio"), std::string::npos) << said;
  run("allow", {{"what", {ohio.scid}}});
  federation.source.serve("ohio.test/o/main", ohio.node->folder() / "public");
  federation.sync(reader);
  for (const auto* name : {"feed-stale", "peer-down"}) EXPECT_FALSE(is_alerted(name)) << name;
  reader.node->change([&](node::Store& store, node::Publisher*) {
    store.note_failure(
        *store.queries().feed(ohio.scid), {protocol::ErrorCode::equivocation, "two histories"},
        {"one", "the other note"}, true, federation.clock.now(), federation.clock.now());
  });
  EXPECT_TRUE(is_alerted("feed-quarantined"));
  run("unfollow", {{"publisher", {ohio.scid}}});
  federation.sync(reader);
  EXPECT_FALSE(is_alerted("feed-quarantined"));
}

TEST_F(Moderation, AlertsOfTheMachineComeAndGo) {
  const auto now = federation.clock.now();
  const auto has = [&](const std::vector<node::FeedReport>& feeds,
                       const node::MachineState& machine, bool publisher,
                       std::optional<protocol::Timestamp> backup, const std::string& name) {
    const auto all = node::alerts(feeds, machine, publisher, backup, now);
    return std::any_of(all.begin(), all.end(), [&](const auto& alert) {
      return alert.name == name && !alert.what_to_do.empty() && !alert.what_happened.empty();
    });
  };
  const auto mib = [](std::uint64_t count) { return node::MachineState{count << 20, ""}; };
  EXPECT_FALSE(has({}, mib(256), false, {}, "storage-low"));
  EXPECT_TRUE(
      has({}, node::MachineState{(std::uint64_t{256} << 20) - 1, ""}, false, {}, "storage-low"));
  EXPECT_TRUE(has({}, mib(63), false, {}, "storage-full"));
  EXPECT_FALSE(has({}, {std::nullopt, ""}, false, {}, "storage-low"));
  EXPECT_TRUE(has({}, mib(999), true, {}, "backup-old"));
  EXPECT_FALSE(has({}, mib(999), false, {}, "backup-old")) << "nothing of its own to lose";
  EXPECT_FALSE(has({}, mib(999), true, now - std::chrono::days(7), "backup-old"));
  EXPECT_TRUE(has({}, mib(999), true, now - std::chrono::days(8), "backup-old"));
  std::vector<node::FeedReport> feeds(3);
  for (auto& report : feeds) {
    report.feed.trouble = {protocol::ErrorCode::sig_bad,
                           "its own time stamp lies in the future: 2027"};
  }
  EXPECT_TRUE(has(feeds, mib(999), false, {}, "clock-suspect"));
  feeds[0].feed.trouble.reset();
  EXPECT_FALSE(has(feeds, mib(999), false, {}, "clock-suspect"));
  EXPECT_TRUE(node::look_at_machine(reader.node->folder()).free_bytes);
}

TEST_F(Moderation, KeysThatOthersCanReadAreAnAlert) {
  const auto told = [&] { return !node::look_at_machine(ohio.node->folder()).key_trouble.empty(); };
  EXPECT_FALSE(told());
  const auto key = ohio.node->folder() / "keys" / "sign.key";
  ASSERT_TRUE(std::filesystem::exists(key));
  std::filesystem::permissions(key, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  EXPECT_TRUE(told());
  std::filesystem::permissions(key, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::remove);
  EXPECT_FALSE(told());
}

TEST(Operating, HasAPageForEachAlert) {
  const auto text = test_support::read_file(std::string(KITH_SOURCE) + "/docs/OPERATING.md");
  for (const auto& alert : protocol::alert_catalog()) {
    if (alert.word == "login-attack") continue;  // there are no accounts to log in to
    EXPECT_NE(text.find("\n### " + std::string(alert.word) + "\n*Means*"), std::string::npos)
        << alert.word;
  }
  for (const auto* word : {"storage-full", "storage-damaged", "key-permissions", "schema-newer",
                           "self-fork-refused", "config-invalid"})
    EXPECT_NE(text.find("\n### " + std::string(word) + "\n*Means*"), std::string::npos) << word;
}

TEST_F(Moderation, TheApiSaysOfEachFeedWhatToDo) {
  EXPECT_NE(get("/api/v1/feeds").body.find("\"what_to_do\":null"), std::string::npos);
  federation.source.stop_serving("ohio.test/o/main");
  federation.sync(reader);
  const auto body = get("/api/v1/feeds").body;
  EXPECT_NE(body.find("\"what_to_do\":\""), std::string::npos) << body;
  EXPECT_NE(body.find("\"last_success\":\""), std::string::npos);
}

}  // namespace
