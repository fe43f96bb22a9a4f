#include "crawler/fetcher.h"

#include <atomic>
#include <fstream>
#include <mutex>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crawler/user_agent.h"
#include "tests/crawler/fetch_network.h"
#include "tests/support/hostile_server.h"
#include "tests/support/own_network.h"
#include "tests/support/standing.h"
#include "tests/support/test_ca.h"

namespace crawler {
namespace {

using protocol::ErrorCode;
using std::chrono::milliseconds;
using test_support::always;
using test_support::HostileConnection;
using test_support::HostileServer;
using test_support::once;
using test_support::plain_reply;

FetcherOptions fetch_options() {
  auto options = fetch_options_for({"a.test", "b.test", "c.test"}, "127.0.0.2");
  options.test_network->names.emplace("steady.test", *IpAddress::parse("127.0.0.5"));
  return options;
}

std::string fetch_address(const HostileServer& server, std::string_view path = "/x",
                          std::string_view host = "a.test") {
  return "https://" + std::string(host) + ":" + std::to_string(server.port()) + std::string(path);
}

// A fetcher that reads from an honest server all the while, whatever else it is made to do.
class Watched : public Fetcher {
 public:
  explicit Watched(const HostileServer& steady, FetcherOptions options = fetch_options())
      : Fetcher(std::move(options)),
        beside_([this, url = fetch_address(steady, "/", "steady.test")] {
          const auto answer = get({url, 10, ""});
          return answer.has_value() && answer->body == "steady";
        }) {}
  ~Watched() override { EXPECT_EQ(beside_.stop(milliseconds(1'000)), ""); }

 private:
  test_support::Beside beside_;
};

// Suite F as far as it concerns one transfer (docs/reliability.md). What a node makes of it is in
// tests/node/hostile_peers_test.cpp.
class Fetching : public testing::Test {
 protected:
  Fetching() {
    server_.emplace("127.0.0.5", fetch_good_certificate(), always(plain_reply("steady")));
    steady = &*server_;
  }
  ~Fetching() override { steady = nullptr; }

 public:
  static inline const HostileServer* steady = nullptr;

 private:
  test_support::StandingToTheEnd standing_;
  std::optional<HostileServer> server_;
};

// One fetch from a server that follows `script`.
protocol::Result<FetchResponse> fetch_from(HostileServer::Script script,
                                           std::size_t max_bytes = 1'000,
                                           const std::string& etag = "",
                                           FetchNotes* notes = nullptr) {
  const HostileServer server("127.0.0.2", fetch_good_certificate(), std::move(script));
  Watched fetcher(*Fetching::steady);
  FetchNotes unread;
  return fetcher.get({fetch_address(server), max_bytes, etag}, notes == nullptr ? unread : *notes);
}

void expect_refused(const protocol::Result<FetchResponse>& answer, ErrorCode code) {
  ASSERT_FALSE(answer.has_value()) << "status " << answer->status;
  EXPECT_EQ(answer.error().code, code) << answer.error().detail;
}

TEST_F(Fetching, ReadsAFileAndAsksForNothingElse) {
  std::string head;
  std::mutex mutex;
  const HostileServer server("127.0.0.2", fetch_good_certificate(), [&](HostileConnection& client) {
    if (!client.start_tls()) return;
    {
      const std::lock_guard lock(mutex);
      head = client.read_head();
    }
    client.send(plain_reply("hello", "ETag: \"v1\"\r\n"));
  });
  Fetcher fetcher(fetch_options());
  const auto answer = fetcher.get({fetch_address(server, "/a%20b?q=1"), 5, "\"v0\""});
  ASSERT_TRUE(answer.has_value()) << answer.error().detail;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hello");
  EXPECT_EQ(answer->etag, "\"v1\"");
  const std::lock_guard lock(mutex);
  EXPECT_EQ(head, "GET /a%20b?q=1 HTTP/1.1\r\nHost: a.test:" + std::to_string(server.port()) +
                      "\r\nUser-Agent: " + std::string(user_agent()) +
                      "\r\nAccept-Encoding: identity\r\nAccept: */*\r\nIf-None-Match: "
                      "\"v0\"\r\n\r\n");
}

TEST_F(Fetching, F24_KeepsConnectionsAndAtMostTwoPerHost) {
  const HostileServer server("127.0.0.2", fetch_good_certificate(), [](HostileConnection& client) {
    if (!client.start_tls()) return;
    while (!client.read_head().empty() && client.pause(milliseconds(2)) &&
           client.send(plain_reply("x"))) {
    }
  });
  Fetcher fetcher(fetch_options());
  // Three names on one address count as one machine.
  std::vector<FetchRequest> requests;
  for (int i = 0; i < 90; ++i) {
    const char* const names[] = {"a.test", "b.test", "c.test"};
    requests.push_back({fetch_address(server, "/" + std::to_string(i), names[i / 30]), 10, ""});
  }
  for (const auto& answer : fetcher.get_all(requests)) {
    ASSERT_TRUE(answer.has_value()) << answer.error().detail;
    EXPECT_EQ(answer->body, "x");
  }
  EXPECT_LE(server.connections(), 6);  // two for each name, used again
}

TEST_F(Fetching, F24_MeetsFewNewPublishersAtOneAddressAndHour) {
  const HostileServer server("127.0.0.2", fetch_good_certificate(), always(plain_reply("x")));
  const auto meet = [&](Fetcher& by, int number, const char* host = "a.test") {
    return by.get({fetch_address(server, "/" + std::to_string(number), host), 10, "", {}, true});
  };
  Watched fetcher(*steady);
  for (int i = 0; i < 10; ++i)
    EXPECT_TRUE(meet(fetcher, i, i % 2 == 0 ? "a.test" : "b.test").has_value());
  expect_refused(meet(fetcher, 10), ErrorCode::fetch_backoff);
  expect_refused(meet(fetcher, 11, "c.test"), ErrorCode::fetch_backoff);
  EXPECT_TRUE(meet(fetcher, 4).has_value()) << "whom it met may be asked again";
  EXPECT_TRUE(fetcher.get({fetch_address(server, "/77"), 10, ""}).has_value())
      << "whoever is followed is not limited by an address";
  auto options = fetch_options();
  options.limits.first_contacts_within = milliseconds(200);
  Watched later(*steady, options);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(meet(later, i).has_value());
  std::this_thread::sleep_for(milliseconds(250));
  EXPECT_TRUE(meet(later, 10).has_value());
}

TEST_F(Fetching, AnswersInOrderAndOneBadRequestDelaysNoOther) {
  const HostileServer server("127.0.0.2", fetch_good_certificate(), [](HostileConnection& client) {
    if (!client.start_tls()) return;
    for (std::string head; !(head = client.read_head()).empty();) {
      client.send(plain_reply(head.substr(4, head.find(" HTTP") - 4)));
    }
  });
  Fetcher fetcher(fetch_options());
  const std::vector<FetchRequest> requests = {{fetch_address(server, "/1"), 9, ""},
                                              {"http://a.test/", 9, ""},
                                              {fetch_address(server, "/too-long-for-it"), 9, ""},
                                              {"https://unknown.test/", 9, ""},
                                              {fetch_address(server, "/2"), 9, ""}};
  std::vector<FetchNotes> notes(requests.size());
  const auto answers = fetcher.get_all(requests, notes);
  ASSERT_EQ(answers.size(), 5U);
  EXPECT_EQ(answers[0]->body, "/1");
  expect_refused(answers[1], ErrorCode::fetch_blocked);
  expect_refused(answers[2], ErrorCode::fetch_too_large);
  expect_refused(answers[3], ErrorCode::fetch_dns);
  EXPECT_EQ(answers[4]->body, "/2");
  EXPECT_EQ(notes[4].status, 200);
}

TEST_F(Fetching, ServesManyThreads) {
  const HostileServer server("127.0.0.2", fetch_good_certificate(), always(plain_reply("x")));
  Fetcher fetcher(fetch_options());
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 10; ++j) good += fetcher.get({fetch_address(server), 10, ""}).has_value();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 80);
  EXPECT_LE(server.most_at_once(), 2);
}

TEST_F(Fetching, F01_F02_RefusesHostsWithOneForbiddenAddress) {
  const HostileServer server("127.0.0.1", fetch_good_certificate(), always(plain_reply("x")));
  for (const char* bad :
       {"127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:a00:1"}) {
    for (const bool alone : {true, false}) {
      SCOPED_TRACE(bad);
      std::atomic<int> lookups = 0;
      auto options = fetch_options();
      options.resolver = [&](const std::string&) -> protocol::Result<std::vector<IpAddress>> {
        ++lookups;
        std::vector<IpAddress> answers(alone ? 0 : 20, *IpAddress::parse("192.0.2.1"));
        for (auto& answer : answers) answer = *IpAddress::parse("8.8.8.8");
        answers.push_back(*IpAddress::parse(bad));
        return answers;
      };
      Fetcher fetcher(options);
      expect_refused(fetcher.get({fetch_address(server, "/", "peer.example"), 10, ""}),
                     ErrorCode::fetch_blocked);
      EXPECT_EQ(lookups, 1);
    }
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(Fetching, F03_RefusesBadHostsWithoutALookup) {
  std::atomic<int> lookups = 0;
  auto options = fetch_options();
  options.resolver = [&](const std::string&) -> protocol::Result<std::vector<IpAddress>> {
    ++lookups;
    return std::vector{*IpAddress::parse("127.0.0.1")};
  };
  Fetcher fetcher(options);
  for (const char* url :
       {"https://127.1/", "https://0x7f000001/", "https://2130706433/", "https://0177.0.0.1/",
        "https://[::1]/", "https://localhost/", "https://localhost./", "https://a.test%00.evil/"}) {
    expect_refused(fetcher.get({url, 10, ""}), ErrorCode::fetch_blocked);
  }
  EXPECT_EQ(lookups, 0);
}

TEST_F(Fetching, F05_GivesUpOnLookupsThatDoNotEnd) {
  auto options = fetch_options();
  options.resolver = [](const std::string& host) -> protocol::Result<std::vector<IpAddress>> {
    if (host == "slow.example") std::this_thread::sleep_for(milliseconds(1'000));
    return protocol::refuse(ErrorCode::fetch_dns, "none");
  };
  Fetcher fetcher(options);
  const auto began = std::chrono::steady_clock::now();
  const std::vector<FetchRequest> requests = {{"https://slow.example/", 1, ""},
                                              {"https://other.example/", 1, ""}};
  const auto answers = fetcher.get_all(requests);
  EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(900));
  expect_refused(answers[0], ErrorCode::fetch_timeout);
  expect_refused(answers[1], ErrorCode::fetch_dns);
}

TEST_F(Fetching, WaitsNoLongerThanItsCallerWould) {
  auto options = fetch_options();
  options.limits.lookup = std::chrono::seconds(20);
  options.limits.whole = std::chrono::seconds(20);
  options.resolver = [](const std::string& host) -> protocol::Result<std::vector<IpAddress>> {
    std::this_thread::sleep_for(milliseconds(1'500));
    return protocol::refuse(ErrorCode::fetch_dns, host + ": unknown");
  };
  const auto start = std::chrono::steady_clock::now();
  {
    Fetcher fetcher(std::move(options));
    const FetchRequest requests[] = {
        {"https://away.example/a", 1'000, "", milliseconds(150)},
        {"https://away.example/b", 1'000, "", milliseconds(150)},
        {"https://127.0.0.1/c", 1'000, "", milliseconds(150)},
    };
    const auto answers = fetcher.get_all(requests);
    ASSERT_EQ(answers.size(), 3U);
    expect_refused(answers[0], ErrorCode::fetch_timeout);
    expect_refused(answers[1], ErrorCode::fetch_timeout);
    expect_refused(answers[2], ErrorCode::fetch_blocked);
    EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(1'000));
  }
  // Nor does whoever ends the program wait for a lookup that goes on.
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(1'400));
}

TEST_F(Fetching, F06_FollowsNoRedirect) {
  for (const int status : {300, 301, 302, 303, 305, 307, 308}) {
    for (const char* target : {"/other", "https://b.test/", "http://a.test/", "https://127.0.0.1/",
                               "file:///etc/passwd", "https://a.test:99999999999999/", "/x", ""}) {
      const HostileServer server(
          "127.0.0.2", fetch_good_certificate(),
          always("HTTP/1.1 " + std::to_string(status) +
                 " Go\r\nContent-Length: 0\r\nLocation: " + target + "\r\n\r\n"));
      Watched fetcher(*steady);
      expect_refused(fetcher.get({fetch_address(server), 10, ""}), ErrorCode::fetch_redirect);
      EXPECT_EQ(server.connections(), 1);
    }
  }
}

TEST_F(Fetching, F08_RefusesCertificatesThatProveNothing) {
  using test_support::TestLeaf;
  const auto leaf = [](std::vector<std::string> names) {
    TestLeaf made;
    made.names = std::move(names);
    made.common_name = "a.test";
    return made;
  };
  test_support::TestCa other_ca("Another test CA"), false_ca;
  TestLeaf expired = leaf({"a.test"}), early = leaf({"a.test"}), own = leaf({"a.test"});
  TestLeaf sha1 = leaf({"a.test"}), weak = leaf({"a.test"});
  expired.valid_from = -std::chrono::hours(48);
  expired.valid_until = -std::chrono::hours(1);
  early.valid_from = std::chrono::hours(1);
  own.self_signed = true;
  sha1.digest = test_support::TestDigest::sha1;
  weak.key = test_support::TestKey::rsa_1024;
  const struct {
    const char* name;
    test_support::TestCertificate certificate;
    const char* reason;
  } cases[] = {
      {"expired", fetch_ca().issue(expired), "expired"},
      {"not yet valid", fetch_ca().issue(early), "not yet valid"},
      {"self-signed", fetch_ca().issue(own), "self"},
      {"unknown CA", other_ca.issue(leaf({"a.test"})), "local issuer"},
      {"another CA of the same name", false_ca.issue(leaf({"a.test"})), ""},
      {"right CN, other SAN", fetch_ca().issue(leaf({"other.test"})), "mismatch"},
      {"right CN, no SAN", fetch_ca().issue(leaf({})), "mismatch"},
      {"wildcard of a top-level name", fetch_ca().issue(leaf({"*.test"})), "mismatch"},
      {"partial wildcard", fetch_ca().issue(leaf({"a*.test"})), "mismatch"},
      {"NUL", fetch_ca().issue(leaf({std::string("a.test\0.evil.test", 17)})), ""},
      {"SHA-1", fetch_ca().issue(sha1), "weak"},
      {"RSA 1024", fetch_ca().issue(weak), "weak"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    std::atomic<int> requests = 0;
    const HostileServer server("127.0.0.2", c.certificate, [&](HostileConnection& client) {
      if (!client.start_tls() || client.read_head().empty()) return;
      ++requests;
      client.send(plain_reply("x"));
    });
    Watched fetcher(*steady);
    const auto answer = fetcher.get({fetch_address(server), 10, ""});
    expect_refused(answer, ErrorCode::fetch_tls);
    EXPECT_NE(answer.error().detail.find(c.reason), std::string::npos) << answer.error().detail;
    EXPECT_EQ(requests, 0);
  }
}

TEST_F(Fetching, F09_RefusesStatusLinesOfAnotherProtocol) {
  const std::string rest = "\r\nContent-Length: 1\r\n\r\nx";
  for (const std::string& line :
       {"HTTP/1.1 200 " + std::string(60'000, 'a'), "HTTP/1.1 200 " + std::string(1'000'000, 'a'),
        std::string("HTTP/1.1 99 x"), std::string("HTTP/1.1 099 x"), std::string("HTTP/1.1 1000 x"),
        std::string("HTTP/1.1 -1 x"), std::string("HTTP/1.1 600 x"), std::string("HTTP/1.1 2000"),
        std::string("HTTP/9.9 200 OK"), std::string("HTTP/2 200"), std::string("HTTP/1.1  200 OK"),
        std::string("ICY 200 OK"), std::string("RTSP/1.0 200 OK"), std::string("hello"),
        std::string("\x00\x01\x02", 3), std::string("HTTP/1.1 101 Switching")}) {
    SCOPED_TRACE(line.substr(0, 30));
    expect_refused(fetch_from(once(line + rest)), ErrorCode::fetch_malformed);
  }
}

TEST_F(Fetching, F10_TakesFourInterimResponsesAndNoMore) {
  std::string four;
  for (int i = 0; i < 4; ++i) four += "HTTP/1.1 103 Early\r\nLink: </x>\r\n\r\n";
  const auto answer = fetch_from(once(four + plain_reply("x")));
  ASSERT_TRUE(answer.has_value()) << answer.error().detail;
  EXPECT_EQ(answer->body, "x");
  expect_refused(fetch_from([](HostileConnection& client) {
                   if (!client.start_tls()) return;
                   while (client.send("HTTP/1.1 100 Continue\r\n\r\n")) {
                   }
                 }),
                 ErrorCode::fetch_malformed);
}

TEST_F(Fetching, F11_BoundsHeaders) {
  const auto with_lines = [](int lines) {
    std::string more;
    for (int i = 1; i < lines; ++i) more += "X: y\r\n";
    return once(plain_reply("x", more));  // and Content-Length
  };
  EXPECT_TRUE(fetch_from(with_lines(64)).has_value());
  expect_refused(fetch_from(with_lines(65)), ErrorCode::fetch_malformed);
  EXPECT_TRUE(fetch_from(once(plain_reply("x", "X: " + std::string(16'000, 'y') + "\r\n"))));
  for (const auto& more :
       {"X: " + std::string(16'400, 'y') + "\r\n", std::string(": y\r\n"), std::string("X\r\n"),
        std::string("X : y\r\n"), std::string("X: y\r\n folded\r\n"), std::string("X: \0y\r\n", 7),
        std::string("Content-Length: 1\r\n"), std::string("Transfer-Encoding: chunked\r\n")}) {
    SCOPED_TRACE(more.substr(0, 30));
    expect_refused(fetch_from(once(plain_reply("x", more))), ErrorCode::fetch_malformed);
  }
  // Endless lines, and one endless line. The first round makes what a process makes once.
  for (int round = 0; round < 2; ++round) {
    const test_support::Standing before;
    for (const std::string& piece : {std::string("X: y\r\n"), std::string(1'000, 'x')}) {
      expect_refused(fetch_from([&](HostileConnection& client) {
                       if (!client.start_tls() || !client.send("HTTP/1.1 200 OK\r\nA: ")) return;
                       while (client.send(piece)) {
                       }
                     }),
                     ErrorCode::fetch_malformed);
    }
    if (round == 1) {
      EXPECT_EQ(before.broken(1), "");
    }
  }
  // Trailers are headers that come late.
  std::string trailers;
  for (int i = 0; i < 70; ++i) trailers += "X: y\r\n";
  expect_refused(
      fetch_from(once("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n" +
                      trailers + "\r\n")),
      ErrorCode::fetch_malformed);
}

TEST_F(Fetching, F12_BoundsBodiesBeforeTakingThem) {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  const auto exact = fetch_from(once(plain_reply(std::string(1'000, 'x'))));
  ASSERT_TRUE(exact.has_value()) << exact.error().detail;
  EXPECT_EQ(exact->body.size(), 1'000U);
  expect_refused(fetch_from(once(plain_reply(std::string(1'001, 'x')))),
                 ErrorCode::fetch_too_large);
  for (const char* length : {"100000000000", "99999999999999999999999999", "9223372036854775807"}) {
    const auto answer = fetch_from(once(head + "Content-Length: " + length + "\r\n\r\nx"));
    ASSERT_FALSE(answer.has_value());
    EXPECT_TRUE(answer.error().code == ErrorCode::fetch_too_large) << answer.error().detail;
  }
  for (const char* start : {"\r\n", "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n"}) {
    expect_refused(fetch_from([&](HostileConnection& client) {
                     if (!client.start_tls() || client.read_head().empty()) return;
                     client.send(head + start);
                     while (client.send(std::string(4'096, 'x'))) {
                     }
                   }),
                   ErrorCode::fetch_too_large);
  }
}

TEST_F(Fetching, F12_RefusesBodiesOfAnotherLengthThanAnnounced) {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  for (const char* rest :
       {"Content-Length: 5\r\n\r\nxxxx", "Content-Length: 5\r\n\r\nxxxxxx",
        "Content-Length: 0\r\n\r\nx", "Content-Length: zzz\r\n\r\nx", "Content-Length: -1\r\n\r\nx",
        "Content-Length: +1\r\n\r\nx", "Content-Length: 1, 1\r\n\r\nx", "Content-Length:\r\n\r\nx",
        "Content-Length: 0x1\r\n\r\nx", "Transfer-Encoding: chunked\r\n\r\n5\r\nxx",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\nxx\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-2\r\nxx\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n0\r\n\r\n"}) {
    SCOPED_TRACE(rest);
    expect_refused(fetch_from(once(head + rest)), ErrorCode::fetch_malformed);
  }
  // Without any length, whole and cut off look the same.
  expect_refused(fetch_from(once(head + "\r\nwhole")), ErrorCode::fetch_malformed);
  expect_refused(fetch_from([&](HostileConnection& client) {
                   if (!client.start_tls() || client.read_head().empty()) return;
                   client.send(head + "\r\nhalf");
                   client.drop();
                 }),
                 ErrorCode::fetch_malformed);
  const auto chunks =
      fetch_from(once(head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
  ASSERT_TRUE(chunks.has_value()) << chunks.error().detail;
  EXPECT_EQ(chunks->body, "abcde");
}

TEST_F(Fetching, F13_GivesUpOnTheSlow) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n";
  const struct {
    const char* name;
    HostileServer::Script script;
    const char* reason;
  } cases[] = {
      {"stall before TLS", [](HostileConnection& client) { client.wait_for_client(); }, "TLS"},
      {"stall before the answer",
       [](HostileConnection& client) {
         if (client.start_tls()) client.wait_for_client();
       },
       "no answer"},
      {"a byte at a time in the head",
       [&](HostileConnection& client) {
         if (!client.start_tls()) return;
         for (const char c : head) {
           if (!client.send({&c, 1}) || !client.pause(milliseconds(50))) return;
         }
       },
       "slower"},
      {"stall after the head",
       [&](HostileConnection& client) {
         if (client.start_tls() && client.send(head)) client.wait_for_client();
       },
       "slower"},
      {"a byte at a time in the body",
       [&](HostileConnection& client) {
         if (!client.start_tls() || !client.send(head)) return;
         while (client.send("x") && client.pause(milliseconds(50))) {
         }
       },
       "slower"},
      {"half a record",
       [&](HostileConnection& client) {
         if (!client.start_tls() || !client.send(head)) return;
         client.send_naked(std::string_view("\x17\x03\x03\x01\x00xxxx", 9));
         client.wait_for_client();
       },
       "slower"},
      {"fast enough, and endless",
       [&](HostileConnection& client) {
         if (!client.start_tls()) return;
         client.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
         while (client.send(std::string(200, 'x')) && client.pause(milliseconds(50))) {
         }
       },
       "in time"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto began = std::chrono::steady_clock::now();
    std::atomic<bool> is_slow = true;
    const HostileServer server("127.0.0.2", fetch_good_certificate(),
                               [&](HostileConnection& client) {
                                 is_slow ? c.script(client) : always(plain_reply("x"))(client);
                               });
    Watched fetcher(*steady);
    const auto answer = fetcher.get({fetch_address(server), 1'000'000, ""});
    EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(4'000));
    expect_refused(answer, ErrorCode::fetch_timeout);
    if (!answer) {
      EXPECT_NE(answer.error().detail.find(c.reason), std::string::npos) << answer.error().detail;
    }
    is_slow = false;
    const std::vector<FetchRequest> again(3, {fetch_address(server), 10, ""});
    for (const auto& one : fetcher.get_all(again))
      EXPECT_TRUE(one.has_value()) << "its place is free";
  }
}

TEST_F(Fetching, F13_OneSlowHostLeavesTheOthersAlone) {
  const HostileServer slow("127.0.0.3", fetch_good_certificate(),
                           [](HostileConnection& client) { client.wait_for_client(); });
  const HostileServer quick("127.0.0.2", fetch_good_certificate(), always(plain_reply("x")));
  auto options = fetch_options();
  options.test_network->names.insert_or_assign("b.test", *IpAddress::parse("127.0.0.3"));
  options.limits.tls = milliseconds(2'000);
  Fetcher fetcher(options);
  std::thread stuck([&] {
    const std::vector<FetchRequest> requests(4, {fetch_address(slow, "/", "b.test"), 10, ""});
    for (const auto& answer : fetcher.get_all(requests)) EXPECT_FALSE(answer.has_value());
  });
  std::this_thread::sleep_for(milliseconds(50));
  const auto began = std::chrono::steady_clock::now();
  EXPECT_TRUE(fetcher.get({fetch_address(quick), 10, ""}).has_value());
  EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(1'000));
  stuck.join();
}

TEST_F(Fetching, F14_RefusesEveryEncoding) {
  for (const char* header :
       {"Content-Encoding: gzip", "content-encoding: br", "Content-Encoding: gzip, gzip",
        "Content-Encoding: identity", "Transfer-Encoding: gzip", "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: identity"}) {
    SCOPED_TRACE(header);
    expect_refused(
        fetch_from(once("HTTP/1.1 200 OK\r\n" + std::string(header) + "\r\n\r\n\x1f\x8b")),
        ErrorCode::fetch_encoding);
  }
}

TEST_F(Fetching, F15_TakesOnly200And304) {
  const auto answer_of = [](int status, const std::string& more, FetchNotes& notes) {
    return fetch_from(once("HTTP/1.1 " + std::to_string(status) + " X\r\n" + more +
                           "Content-Length: 3\r\n\r\nxxx"),
                      1'000, "", &notes);
  };
  for (const int status : {201, 204, 206, 400, 401, 403, 404, 410, 429, 500, 503}) {
    FetchNotes notes;
    const auto answer = answer_of(status, "", notes);
    expect_refused(answer, ErrorCode::fetch_http);
    EXPECT_TRUE(answer.error().detail.starts_with(std::to_string(status))) << answer.error().detail;
    EXPECT_EQ(notes.status, status);
    EXPECT_FALSE(notes.retry_after.has_value());
  }
  const struct {
    const char* header;
    std::optional<int> seconds;
  } cases[] = {{"3600", 3'600},
               {"10000000", 86'400},
               {"99999999999999999999999", 86'400},
               {"0", 0},
               {"-5", std::nullopt},
               {"soon", std::nullopt},
               {"Fri, 31 Dec 2100 23:59:59 GMT", 86'400},
               {"Fri, 31 Dec 1999 23:59:59 GMT", std::nullopt}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.header);
    FetchNotes notes;
    expect_refused(answer_of(503, "Retry-After: " + std::string(c.header) + "\r\n", notes),
                   ErrorCode::fetch_http);
    if (c.seconds) {
      EXPECT_EQ(notes.retry_after, std::chrono::seconds(*c.seconds));
    } else {
      EXPECT_FALSE(notes.retry_after.has_value());
    }
  }
}

TEST_F(Fetching, F15_Takes304OnlyWhenAsked) {
  const auto unchanged = once("HTTP/1.1 304 Not Modified\r\n\r\n");
  const auto answer = fetch_from(unchanged, 10, "W/\"v1\"");
  ASSERT_TRUE(answer.has_value()) << answer.error().detail;
  EXPECT_EQ(answer->status, 304);
  EXPECT_EQ(answer->etag, "W/\"v1\"");
  EXPECT_EQ(answer->body, "");
  expect_refused(fetch_from(unchanged), ErrorCode::fetch_malformed);
  // A tag that would change our request is never sent.
  expect_refused(fetch_from(unchanged, 10, "\"a\"\r\nX: y"), ErrorCode::fetch_malformed);
}

TEST_F(Fetching, KeepsNoEntityTagThatCannotBeSentBack) {
  for (const char* tag : {"v1", "\"v1", "\"v\"1\"", "\"v 1\"", "\"\xFF\"", "w/\"v1\""}) {
    const auto answer = fetch_from(once(plain_reply("x", "ETag: " + std::string(tag) + "\r\n")));
    ASSERT_TRUE(answer.has_value()) << answer.error().detail;
    EXPECT_EQ(answer->etag, "") << tag;
  }
}

TEST_F(Fetching, F16_IgnoresWhatAServerWantsRemembered) {
  std::string heads;
  std::mutex mutex;
  const HostileServer server("127.0.0.2", fetch_good_certificate(), [&](HostileConnection& client) {
    if (!client.start_tls()) return;
    for (std::string head; !(head = client.read_head()).empty();) {
      const std::lock_guard lock(mutex);
      heads += head;
      client.send(
          plain_reply("x",
                      "Set-Cookie: a=b; Path=/\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
                      "Alt-Svc: h2=\":1\"; ma=3600\r\nLocation: /y\r\nRefresh: 0; url=/y\r\n"
                      "Link: </y>; rel=preload\r\nStrict-Transport-Security: max-age=1\r\n"));
    }
  });
  // A netrc of the operator names this host.
  const auto home = fetch_ca().folder() / "home";
  std::filesystem::create_directory(home);
  std::ofstream(home / ".netrc") << "machine a.test login user password secret\n";
  const char* before = getenv("HOME");
  const std::string kept = before == nullptr ? "" : before;
  setenv("HOME", home.c_str(), 1);
  {
    Watched fetcher(*steady);
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(fetcher.get({fetch_address(server), 10, ""}).has_value());
    }
  }
  setenv("HOME", kept.c_str(), 1);
  const std::lock_guard lock(mutex);
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(heads.find("ookie"), std::string::npos) << heads;
  EXPECT_EQ(heads.find("uthorization"), std::string::npos) << heads;
  EXPECT_EQ(heads.find("GET /y"), std::string::npos) << heads;
}

TEST_F(Fetching, F19_NamesBrokenConnections) {
  std::uint16_t closed_port = 0;
  { closed_port = HostileServer("127.0.0.2", fetch_good_certificate(), always("")).port(); }
  Watched fetcher(*steady);
  expect_refused(fetcher.get({"https://a.test:" + std::to_string(closed_port) + "/", 10, ""}),
                 ErrorCode::fetch_connect);

  const std::string head = "HTTP/1.1 200 OK\r\n";
  const std::pair<const char*, HostileServer::Script> cases[] = {
      {"reset at once", [](HostileConnection& client) { client.reset(); }},
      {"reset in the handshake",
       [](HostileConnection& client) {
         client.pause(milliseconds(50));
         client.reset();
       }},
      {"end in the handshake", [](HostileConnection& client) { client.drop(); }},
      {"reset after the handshake",
       [](HostileConnection& client) {
         if (client.start_tls()) client.reset();
       }},
      {"end after the handshake",
       [](HostileConnection& client) {
         if (client.start_tls()) client.close();
       }},
      {"reset after the request",
       [](HostileConnection& client) {
         if (client.start_tls() && !client.read_head().empty()) client.reset();
       }},
      {"reset in the head",
       [&](HostileConnection& client) {
         if (!client.start_tls() || client.read_head().empty()) return;
         client.send(head);
         client.pause(milliseconds(50));
         client.reset();
       }},
      {"reset in the body",
       [&](HostileConnection& client) {
         if (!client.start_tls() || client.read_head().empty()) return;
         client.send(head + "Content-Length: 10\r\n\r\nxxx");
         client.pause(milliseconds(50));
         client.reset();
       }},
  };
  for (const auto& [name, script] : cases) {
    SCOPED_TRACE(name);
    expect_refused(fetch_from(script), ErrorCode::fetch_connect);
  }
}

TEST_F(Fetching, F25_AsksTheEnvironmentForNoProxy) {
  const HostileServer proxy("127.0.0.9", fetch_good_certificate(),
                            [](HostileConnection& client) { client.reset(); });
  const HostileServer server("127.0.0.2", fetch_good_certificate(), always(plain_reply("x")));
  const std::string address = "http://127.0.0.9:" + std::to_string(proxy.port());
  const char* const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                               "http_proxy"};
  for (const char* name : names) setenv(name, address.c_str(), 1);
  {
    Fetcher fetcher(fetch_options());
    EXPECT_TRUE(fetcher.get({fetch_address(server), 10, ""}).has_value());
  }
  for (const char* name : names) unsetenv(name);
  EXPECT_EQ(proxy.connections(), 0);
}

TEST_F(Fetching, AsksAConfiguredProxyForTheJudgedAddress) {
  std::string head;
  std::mutex mutex;
  const HostileServer proxy("127.0.0.9", fetch_good_certificate(), [&](HostileConnection& client) {
    {
      const std::lock_guard lock(mutex);
      head = client.read_head();
    }
    // The proxy plays the server behind it too.
    client.send("HTTP/1.1 200 Connected\r\n\r\n");
    if (client.start_tls() && !client.read_head().empty()) client.send(plain_reply("x"));
  });
  auto options = fetch_options();
  options.proxy = "http://127.0.0.9:" + std::to_string(proxy.port());
  setenv("no_proxy", "*", 1);
  {
    Fetcher fetcher(options);
    const auto answer = fetcher.get({"https://a.test:8443/x", 10, ""});
    EXPECT_TRUE(answer.has_value()) << answer.error().detail;
  }
  unsetenv("no_proxy");
  const std::lock_guard lock(mutex);
  EXPECT_TRUE(head.starts_with("CONNECT 127.0.0.2:8443 HTTP/1.1\r\n")) << head;
}

TEST_F(Fetching, StopsAtOnce) {
  const HostileServer server("127.0.0.2", fetch_good_certificate(),
                             [](HostileConnection& client) { client.wait_for_client(); });
  auto options = fetch_options();
  options.limits.tls = milliseconds(60'000);
  options.limits.whole = milliseconds(60'000);
  Fetcher fetcher(options);
  std::thread stopper([&] {
    std::this_thread::sleep_for(milliseconds(100));
    fetcher.stop();
  });
  const std::vector<FetchRequest> requests(5, {fetch_address(server), 10, ""});
  for (const auto& answer : fetcher.get_all(requests))
    expect_refused(answer, ErrorCode::fetch_backoff);
  stopper.join();
  expect_refused(fetcher.get(requests[0]), ErrorCode::fetch_backoff);
}

// Without the fixture: what forks should have no threads.

// What a host's name leads to, in a network of its own: `answers` are tried at a port where
// everything of this network listens. Says what went wrong; `want` is how many connections may have
// been asked for.
std::string fetch_in_own_network(const std::vector<std::string>& answers, ErrorCode code,
                                 long want) {
  const HostileServer server("0.0.0.0", fetch_good_certificate(), always(plain_reply("x")));
  auto options = fetch_options();
  options.resolver = [&](const std::string&) -> protocol::Result<std::vector<IpAddress>> {
    std::vector<IpAddress> found;
    for (const auto& answer : answers) found.push_back(*IpAddress::parse(answer));
    return found;
  };
  const long before = test_support::own_network_count("ActiveOpens");
  Fetcher fetcher(options);
  const auto answer = fetcher.get({fetch_address(server, "/", "peer.example"), 10, ""});
  const long asked = test_support::own_network_count("ActiveOpens") - before;
  std::string found;
  if (answer) found += answers.back() + " answered. ";
  if (!answer && answer.error().code != code)
    found += answers.back() + ": " + std::string(protocol::word(answer.error().code)) + ", " +
             answer.error().detail + ". ";
  if (asked != want)
    found += answers.back() + ": " + std::to_string(asked) + " connections were asked for. ";
  return found;
}

TEST(FetchingInANetworkOfItsOwn, F01_F02_NoPacketGoesToAForbiddenAddress) {
  const auto result = test_support::run_in_own_network([]() -> std::string {
    // That this network would carry it: a public address is connected to, and there the certificate
    // is no good.
    auto found = fetch_in_own_network({"8.8.8.8"}, ErrorCode::fetch_tls, 1);
    for (const char* bad :
         {"127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
          "100.64.0.1", "0.0.0.0", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:a00:1"}) {
      found += fetch_in_own_network({bad}, ErrorCode::fetch_blocked, 0);
      found += fetch_in_own_network({"8.8.8.8", bad}, ErrorCode::fetch_blocked, 0);
    }
    return found;
  });
  if (!result.may_not.empty()) GTEST_SKIP() << "no network of one's own: " << result.may_not;
  EXPECT_EQ(result.problem, "");
}

TEST(FetchingInANetworkOfItsOwn, F04_TheAddressThatWasJudgedIsTheOneConnectedTo) {
  const auto result = test_support::run_in_own_network([]() -> std::string {
    std::vector<std::string> reached;
    std::mutex mutex;
    const HostileServer server("0.0.0.0", fetch_good_certificate(), [&](HostileConnection& client) {
      const std::lock_guard lock(mutex);
      reached.push_back(client.local_address());
    });
    std::atomic<int> lookups = 0;
    auto options = fetch_options();
    options.resolver = [&](const std::string&) -> protocol::Result<std::vector<IpAddress>> {
      return std::vector{*IpAddress::parse(lookups++ == 0 ? "8.8.8.8" : "10.0.0.7")};
    };
    std::string found;
    const FetchRequest request{fetch_address(server, "/", "peer.example"), 10, ""};
    {
      Fetcher fetcher(options);
      for (int i = 0; i < 3; ++i) static_cast<void>(fetcher.get(request));
    }
    if (lookups != 1) found += std::to_string(lookups) + " lookups. ";
    {
      Fetcher later(options);  // looks up anew, and is told the other address
      const auto answer = later.get(request);
      if (answer || answer.error().code != ErrorCode::fetch_blocked) found += "not blocked. ";
    }
    if (lookups != 2) found += std::to_string(lookups) + " lookups in all. ";
    const std::lock_guard lock(mutex);
    if (reached != std::vector<std::string>(3, "8.8.8.8"))
      found += std::to_string(reached.size()) + " connections, the last to " +
               (reached.empty() ? std::string("nobody") : reached.back());
    return found;
  });
  if (!result.may_not.empty()) GTEST_SKIP() << "no network of one's own: " << result.may_not;
  EXPECT_EQ(result.problem, "");
}

TEST(FetchingInANetworkOfItsOwn, F05_OfFiveHundredAddressesEightAreTried) {
  const auto result = test_support::run_in_own_network([]() -> std::string {
    auto options = fetch_options();
    options.resolver = [](const std::string&) -> protocol::Result<std::vector<IpAddress>> {
      std::vector<IpAddress> found;
      for (int i = 0; i < 500; ++i) {
        found.push_back(*IpAddress::parse("8.1." + std::to_string(i / 250) + "." +
                                          std::to_string(1 + i % 250)));
      }
      return found;
    };
    Fetcher fetcher(options);
    const auto answer = fetcher.get({"https://peer.example:9443/", 10, ""});
    const long asked = test_support::own_network_count("ActiveOpens");
    if (answer || answer.error().code != ErrorCode::fetch_connect) return "not fetch-connect";
    return asked == 8 ? "" : std::to_string(asked) + " addresses were tried";
  });
  if (!result.may_not.empty()) GTEST_SKIP() << "no network of one's own: " << result.may_not;
  EXPECT_EQ(result.problem, "");
}

// What a fetch of `host` came to beside `others`, which hang, and how long it took.
struct BesideHanging {
  ErrorCode code{};
  milliseconds took{};
};

BesideHanging fetch_beside(Fetcher& fetcher, const std::vector<FetchRequest>& others,
                           const std::string& url) {
  std::thread stuck([&] { static_cast<void>(fetcher.get_all(others)); });
  std::this_thread::sleep_for(milliseconds(200));
  const auto began = std::chrono::steady_clock::now();
  const auto answer = fetcher.get({url, 10, ""});
  const auto took =
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
  fetcher.stop();
  stuck.join();
  return {answer ? ErrorCode::internal : answer.error().code, took};
}

// F24 turned against somebody else: whoever has a name can write any address beside his own.
TEST(FetchingInANetworkOfItsOwn, F24_NobodyKeepsAnAddressBusyByNamingIt) {
  const auto result = test_support::run_in_own_network([]() -> std::string {
    const HostileServer server("0.0.0.0", fetch_good_certificate(), [](HostileConnection& client) {
      // Without TLS to whom this node would trust here; good ones fail at once, this one stalls.
      if (client.local_address() == "8.8.8.8") return client.wait_for_client();
      client.start_tls();
    });
    const HostileServer only_there("8.8.8.8", fetch_good_certificate(),
                                   [](HostileConnection& client) { client.wait_for_client(); });
    std::string found;
    for (const bool victim_first : {false, true}) {
      auto options = fetch_options();
      options.limits.tls = milliseconds(4'000);
      options.limits.whole = milliseconds(6'000);
      options.resolver = [&](const std::string& host) -> protocol::Result<std::vector<IpAddress>> {
        const auto victim = *IpAddress::parse("8.9.9.9"), evil = *IpAddress::parse("8.8.8.8");
        if (host == "victim.example") return std::vector{victim};
        return victim_first ? std::vector{victim, evil} : std::vector{evil, victim};
      };
      Fetcher fetcher(options);
      // Where the victim comes first, nobody answers there at this port.
      const auto& evil_server = victim_first ? only_there : server;
      const std::vector<FetchRequest> stalled(
          4, {fetch_address(evil_server, "/", "evil.example"), 10, ""});
      const auto [code, took] =
          fetch_beside(fetcher, stalled, fetch_address(server, "/", "victim.example"));
      if (code != ErrorCode::fetch_tls) found += "the victim was not connected to. ";
      if (took > milliseconds(1'500)) found += std::to_string(took.count()) + " ms. ";
    }
    return found;
  });
  if (!result.may_not.empty()) GTEST_SKIP() << "no network of one's own: " << result.may_not;
  EXPECT_EQ(result.problem, "");
}

TEST(FetchingInANetworkOfItsOwn, F24_DecoysBesideAnAddressGiveNoMoreOfIt) {
  const auto result = test_support::run_in_own_network([]() -> std::string {
    const HostileServer server("8.8.8.8", fetch_good_certificate(),
                               [](HostileConnection& client) { client.pause(milliseconds(100)); });
    auto options = fetch_options();
    options.resolver = [&](const std::string& host) -> protocol::Result<std::vector<IpAddress>> {
      return std::vector{*IpAddress::parse("8.9.9." + host.substr(1, host.find('.') - 1)),
                         *IpAddress::parse("8.8.8.8")};
    };
    Fetcher fetcher(options);
    std::vector<FetchRequest> requests;
    for (int i = 10; i < 30; ++i)
      requests.push_back(
          {fetch_address(server, "/", "n" + std::to_string(i) + ".example"), 10, ""});
    for (const auto& answer : fetcher.get_all(requests)) {
      if (answer) return "answered";
    }
    if (server.connections() < 2) return "nobody got there";
    return server.most_at_once() <= 2 ? "" : std::to_string(server.most_at_once()) + " at once";
  });
  if (!result.may_not.empty()) GTEST_SKIP() << "no network of one's own: " << result.may_not;
  EXPECT_EQ(result.problem, "");
}

TEST(FetchingInANetworkOfItsOwn, F05_AHundredNamesWhoseServersHangDelayNoNameThatWasFound) {
  const auto result = test_support::run_in_own_network([]() -> std::string {
    const HostileServer server("0.0.0.0", fetch_good_certificate(), always(plain_reply("x")));
    auto options = fetch_options();
    options.limits.lookup_kept = milliseconds(1);
    std::atomic<bool> is_over = false;
    options.resolver = [&](const std::string& host) -> protocol::Result<std::vector<IpAddress>> {
      for (int i = 0; host.starts_with("hangs") && i < 200 && !is_over; ++i)
        std::this_thread::sleep_for(milliseconds(20));
      return std::vector{*IpAddress::parse("8.8.8.8")};
    };
    std::string found;
    {
      Fetcher fetcher(options);
      const auto url = fetch_address(server, "/", "found.example");
      static_cast<void>(fetcher.get({url, 10, ""}));
      std::vector<FetchRequest> hanging;
      for (int i = 0; i < 100; ++i)
        hanging.push_back({"https://hangs" + std::to_string(i) + ".example/", 10, ""});
      const auto [code, took] = fetch_beside(fetcher, hanging, url);
      if (code != ErrorCode::fetch_tls) found += std::string(protocol::word(code)) + ". ";
      if (took > milliseconds(1'500)) found += std::to_string(took.count()) + " ms. ";
    }
    is_over = true;
    std::this_thread::sleep_for(milliseconds(200));  // threads that look at it
    return found;
  });
  if (!result.may_not.empty()) GTEST_SKIP() << "no network of one's own: " << result.may_not;
  EXPECT_EQ(result.problem, "");
}

TEST_F(Fetching, F13_ManySlowHostsLeavePlacesForOneThatIsNot) {
  const HostileServer slow("0.0.0.0", fetch_good_certificate(),
                           [](HostileConnection& client) { client.wait_for_client(); });
  const HostileServer quick("127.0.0.2", fetch_good_certificate(), always(plain_reply("x")));
  auto options = fetch_options();
  options.limits.connections = 16;
  options.limits.tls = options.limits.whole = milliseconds(3'000);
  std::vector<FetchRequest> requests;
  for (int i = 0; i < 12; ++i) {
    const auto name = "n" + std::to_string(i) + ".test";
    options.test_network->names.insert_or_assign(
        name, *IpAddress::parse("127.0.1." + std::to_string(i + 1)));
    for (int j = 0; j < 4; ++j) requests.push_back({fetch_address(slow, "/", name), 10, ""});
  }
  Fetcher fetcher(options);
  const auto [code, took] = fetch_beside(fetcher, requests, fetch_address(quick));
  EXPECT_EQ(code, ErrorCode::internal) << "it was answered";
  EXPECT_LT(took, milliseconds(1'000));
}

TEST_F(Fetching, F05_AFailedLookupIsNamed) {
  auto options = fetch_options();
  options.resolver = [](const std::string& host) -> protocol::Result<std::vector<IpAddress>> {
    if (host == "throws.example") throw std::runtime_error("server failure");
    if (host == "empty.example") return std::vector<IpAddress>();
    return protocol::refuse(ErrorCode::fetch_dns, host + ": temporary failure");
  };
  Watched fetcher(*steady, options);
  for (const char* host : {"throws", "empty", "fails"}) {
    expect_refused(fetcher.get({"https://" + std::string(host) + ".example/", 10, ""}),
                   ErrorCode::fetch_dns);
  }
}

TEST_F(Fetching, F19_ABlackholeEndsWithTheTimeForConnections) {
  // A listener whose queue is full: what else arrives there is dropped.
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  socklen_t size = sizeof at;
  inet_pton(AF_INET, "127.0.0.2", &at.sin_addr);
  auto* plain = reinterpret_cast<sockaddr*>(&at);
  ASSERT_EQ(::bind(listener, plain, sizeof at), 0);
  ASSERT_EQ(::listen(listener, 0), 0);
  ASSERT_EQ(::getsockname(listener, plain, &size), 0);
  std::vector<int> filling;
  for (int i = 0; i < 4; ++i) {
    filling.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    static_cast<void>(::connect(filling.back(), plain, sizeof at));
  }
  {
    Watched fetcher(*steady);
    const auto began = std::chrono::steady_clock::now();
    const auto answer =
        fetcher.get({"https://a.test:" + std::to_string(ntohs(at.sin_port)) + "/", 10, ""});
    expect_refused(answer, ErrorCode::fetch_timeout);
    EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(2'000));
  }
  for (const int one : filling) ::close(one);
  ::close(listener);
}

TEST_F(Fetching, RefusesOptionsThatCannotWork) {
  auto bad_proxy = fetch_options();
  bad_proxy.proxy = "socks5://127.0.0.1:1";
  EXPECT_THROW(Fetcher{bad_proxy}, std::runtime_error);
  auto leak = fetch_options();
  leak.test_network->names.emplace("router.test", *IpAddress::parse("192.168.0.1"));
  EXPECT_THROW(Fetcher{leak}, std::runtime_error);
}

}  // namespace
}  // namespace crawler
