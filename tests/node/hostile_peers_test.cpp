// Suite F as a whole node lives through it: one of the publishers that it follows turns hostile, by
// real TLS on loopback. What was good stays, another publisher is read in the same round, searches
// go on beside it, and when the peer is good again, so is all. Single transfers, in more variants,
// are in tests/crawler/fetcher_test.cpp.

#include <atomic>
#include <fstream>
#include <mutex>
#include <set>

#include <gtest/gtest.h>

#include "crawler/fetcher.h"
#include "tests/support/federation.h"
#include "tests/support/hostile_server.h"
#include "tests/support/standing.h"
#include "tests/support/test_ca.h"

namespace {

using std::chrono::milliseconds;
using test_support::Federation;
using test_support::HostileConnection;
using test_support::HostileServer;
using test_support::simple_listing;

struct HostileRow {
  const char* name;
  /// What it does with a connection before TLS, or else in place of an answer.
  void (*before_tls)(HostileConnection&);
  void (*answer)(HostileConnection&);
  /// What the feed is then in trouble for: at the identity log, and at the checkpoint.
  const char* at_identity;
  const char* at_checkpoint;
};

void PrintTo(const HostileRow& row, std::ostream* out) { *out << row.name; }

const std::string& hostile_ok() {
  static const std::string head = "HTTP/1.1 200 OK\r\n";
  return head;
}

const HostileRow kHostileRows[] = {
    {"F06_RedirectsInward", nullptr,
     [](HostileConnection& client) {
       client.send(
           "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/admin\r\nContent-Length: 0\r\n\r\n");
     },
     "fetch-redirect", "fetch-redirect"},
    {"F09_AReasonOfAMegabyte", nullptr,
     [](HostileConnection& client) {
       client.send("HTTP/1.1 200 " + std::string(1'000'000, 'a') + "\r\nContent-Length: 0\r\n\r\n");
     },
     "fetch-malformed", "fetch-malformed"},
    {"F10_ContinuesForEver", nullptr,
     [](HostileConnection& client) {
       while (client.send("HTTP/1.1 100 Continue\r\n\r\n")) {
       }
     },
     "fetch-malformed", "fetch-malformed"},
    {"F11_AHeaderWithoutEnd", nullptr,
     [](HostileConnection& client) {
       client.send(hostile_ok() + "A: ");
       while (client.send(std::string(1'000, 'x'))) {
       }
     },
     "fetch-malformed", "fetch-malformed"},
    {"F12_ABodyWithoutEnd", nullptr,
     [](HostileConnection& client) {
       client.send(hostile_ok() + "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n");
       while (client.send(std::string(16'384, 'x'))) {
       }
     },
     "fetch-too-large", "fetch-too-large"},
    {"F12_AnnouncesAHundredGigabytes", nullptr,
     [](HostileConnection& client) {
       client.send(hostile_ok() + "Content-Length: 100000000000\r\n\r\nx");
       client.wait_for_client();
     },
     "fetch-too-large", "fetch-too-large"},
    {"F13_DripsItsBody", nullptr,
     [](HostileConnection& client) {
       client.send(hostile_ok() + "Content-Length: 900\r\n\r\n");
       while (client.send("x") && client.pause(milliseconds(50))) {
       }
     },
     "fetch-timeout", "fetch-timeout"},
    {"F13_StallsInTls", [](HostileConnection& client) { client.wait_for_client(); }, nullptr,
     "fetch-timeout", "fetch-timeout"},
    {"F14_EncodesWhatWasNotAskedFor", nullptr,
     [](HostileConnection& client) {
       client.send(hostile_ok() + "Content-Encoding: gzip\r\nContent-Length: 300000\r\n\r\n" +
                   std::string(300'000, '\0'));
     },
     "fetch-encoding", "fetch-encoding"},
    {"F15_AnswersWithAPage", nullptr,
     [](HostileConnection& client) {
       client.send(test_support::plain_reply("<!doctype html><title>Parked</title>"));
     },
     "did-syntax", "note-syntax"},
    {"F15_IsTooBusy", nullptr,
     [](HostileConnection& client) {
       client.send("HTTP/1.1 503 Busy\r\nRetry-After: 10000000\r\nContent-Length: 0\r\n\r\n");
     },
     "fetch-http", "fetch-http"},
    {"F19_ResetsInTheBody", nullptr,
     [](HostileConnection& client) {
       client.send(hostile_ok() + "Content-Length: 900\r\n\r\nxxx");
       client.pause(milliseconds(50));
       client.reset();
     },
     "fetch-connect", "fetch-connect"},
};

class HostilePeers : public testing::TestWithParam<HostileRow> {
 protected:
  HostilePeers() {
    // The servers come first: their ports are parts of the publishers' names.
    hostile_server.emplace("127.0.0.2", certificate(), [this](HostileConnection& client) {
      if (is_target("any") && GetParam().before_tls) return GetParam().before_tls(client);
      test_support::serve_folder("o/main", hostile_folder, [this](auto& asks, const auto& head) {
        if (is_target("any")) return true;  // a connection that was kept is given up
        const auto path = head.substr(0, head.find(" HTTP"));
        const bool is_meant = GetParam().answer && path.ends_with("/" + std::string(target.load()));
        if (is_meant) GetParam().answer(asks);
        return is_meant;
      })(client);
    });
    steady_server.emplace("127.0.0.3", certificate(), [this](HostileConnection& client) {
      test_support::serve_folder("o/main", steady_folder)(client);
    });
    crawler::FetcherOptions options;
    options.limits.tls = milliseconds(700);
    options.limits.first_byte = milliseconds(700);
    options.limits.whole = milliseconds(3'000);
    options.limits.slow_after = milliseconds(700);
    options.test_network.emplace();
    options.test_network->names = {{"hostile.test", *crawler::IpAddress::parse("127.0.0.2")},
                                   {"steady.test", *crawler::IpAddress::parse("127.0.0.3")}};
    options.test_network->ca_pem = ca.certificate_pem();
    fetcher.emplace(options);

    hostile = &federation.add("hostile.test:" + std::to_string(hostile_server->port()),
                              "Hostile Test Chapter", {"US"});
    steady = &federation.add("steady.test:" + std::to_string(steady_server->port()),
                             "Steady Test Chapter", {"US"});
    hostile_folder = hostile->node->folder() / "public";
    steady_folder = steady->node->folder() / "public";
    federation.publish(*hostile, {simple_listing("Group of before")});
    federation.publish(*steady, {simple_listing("Steady group")});
    reader.node = std::make_unique<node::Node>(own_folder.path(), federation.clock, &*fetcher);
    federation.anchor(reader, *hostile);
    federation.anchor(reader, *steady);
    federation.sync(reader);
  }

  test_support::TestCertificate certificate() {
    test_support::TestLeaf leaf;
    leaf.names = {"hostile.test", "steady.test"};
    return ca.issue(leaf);
  }
  bool is_target(std::string_view where) const { return where == target.load(); }
  std::string trouble() {
    for (const auto& report : reader.node->feeds()) {
      if (report.feed.scid == hostile->scid && report.feed.trouble)
        return std::string(protocol::word(report.feed.trouble->code));
    }
    return "";
  }
  bool finds(const std::string& words, std::size_t count) {
    node::Query query;
    query.words = words;
    return federation.found(reader, query).size() == count;
  }
  /// Whether `words` stand in any file of the reader's data folder.
  bool is_on_disk(const std::string& words) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(own_folder.path())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string all{std::istreambuf_iterator<char>(file), {}};
      if (all.find(words) != all.npos) return true;
    }
    return false;
  }

  test_support::StandingToTheEnd standing;  // Z2, Z3
  test_support::ScratchFolder own_folder;
  test_support::TestCa ca;
  Federation federation;
  std::filesystem::path hostile_folder, steady_folder;
  /// Where the peer is hostile: in "did.jsonl" or "checkpoint", in "any" connection, or "none".
  std::atomic<const char*> target{"none"};
  std::optional<HostileServer> hostile_server, steady_server;
  std::optional<crawler::Fetcher> fetcher;
  Federation::Member* hostile = nullptr;
  Federation::Member* steady = nullptr;
  Federation::Member reader;
};

TEST_P(HostilePeers, LeaveTheNodeAsItWas) {
  const auto& row = GetParam();
  ASSERT_TRUE(finds("Group of before", 1));
  int round = 0;
  for (const auto* where : {"did.jsonl", "checkpoint"}) {
    SCOPED_TRACE(where);
    const auto number = std::to_string(++round);
    federation.publish(*hostile, {simple_listing("Kept back " + number)});
    federation.publish(*steady, {simple_listing("News of round " + number)});
    target = row.before_tls ? "any" : where;
    test_support::Beside searches(
        [&] { return finds("Group of before", 1) && finds("canarywordinaquery", 0); });
    const auto began = std::chrono::steady_clock::now();
    federation.sync(reader);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
    EXPECT_EQ(searches.stop(), "");  // Z4
    EXPECT_EQ(trouble(), round == 1 ? row.at_identity : row.at_checkpoint);
    EXPECT_TRUE(finds("Group of before", 1));  // Z6
    EXPECT_TRUE(finds("\"News of round " + number + "\"", 1)) << "the other one was read";
    EXPECT_TRUE(finds("\"Kept back " + number + "\"", 0));
    EXPECT_EQ(federation.broken_invariant(reader), "");  // Z5
    target = "none";
    federation.sync(reader);
    EXPECT_EQ(trouble(), "");
    EXPECT_TRUE(finds("\"Kept back " + number + "\"", 1));
  }
  EXPECT_FALSE(is_on_disk("canarywordinaquery"));  // Z8
}

INSTANTIATE_TEST_SUITE_P(Row, HostilePeers, testing::ValuesIn(kHostileRows),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
