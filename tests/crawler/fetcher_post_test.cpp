#include <chrono>
#include <mutex>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "crawler/fetcher.h"
#include "crawler/user_agent.h"
#include "tests/crawler/fetch_network.h"
#include "tests/support/hostile_server.h"
#include "tests/support/test_ca.h"

namespace crawler {
namespace {

using protocol::ErrorCode;
using std::chrono::milliseconds;
using test_support::HostileConnection;
using test_support::HostileServer;

FetcherOptions post_options(const std::string& address = "127.0.0.3") {
  return fetch_options_for(numbered_names(), address);
}

std::string post_address(const HostileServer& server, const std::string& host = "n0.test") {
  return "https://" + host + ":" + std::to_string(server.port()) + "/witness/add-checkpoint";
}

protocol::Result<PostResponse> post_to(HostileServer::Script script, std::size_t max_bytes = 100,
                                       const std::string& body = "old 0\n") {
  const HostileServer server("127.0.0.3", fetch_good_certificate(), std::move(script));
  Fetcher fetcher(post_options());
  return fetcher.post({post_address(server), body, max_bytes});
}

std::string post_reply(const std::string& status, const std::string& body,
                       const std::string& more = "") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         more + "\r\n" + body;
}

TEST(FetcherPost, SendsTheBytesAndNothingElse) {
  std::string head;
  std::mutex mutex;
  // The head's reader stops at the blank line; the body follows in what is read next.
  const HostileServer server("127.0.0.3", fetch_good_certificate(), [&](HostileConnection& client) {
    if (!client.start_tls()) return;
    {
      const std::lock_guard lock(mutex);
      head = client.read_head();
    }
    client.send(post_reply("200 OK", "line\n", "Content-Type: text/plain\r\nSet-Cookie: a=b\r\n"));
    client.wait_for_client();
  });
  Fetcher fetcher(post_options());
  const auto answer = fetcher.post({post_address(server), "old 7\n\nwhat is told\n", 100});
  ASSERT_TRUE(answer.has_value()) << answer.error().detail;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "line\n");
  EXPECT_EQ(answer->content_type, "text/plain");
  const std::lock_guard lock(mutex);
  EXPECT_EQ(head.substr(0, head.find("\r\n\r\n") + 4),
            "POST /witness/add-checkpoint HTTP/1.1\r\nHost: n0.test:" +
                std::to_string(server.port()) + "\r\nUser-Agent: " + std::string(user_agent()) +
                "\r\nAccept-Encoding: identity\r\nAccept: */*\r\nContent-Type: text/plain; "
                "charset=utf-8\r\nContent-Length: 20\r\n\r\n");
}

TEST(FetcherPost, TakesEveryStatusThatIsNoRedirectForAnAnswer) {
  for (const char* status :
       {"200 OK", "400 Bad Request", "403 Forbidden", "404 Not Found", "409 Conflict",
        "422 Unprocessable", "429 Too Many Requests", "500 Oops", "503 Busy"}) {
    SCOPED_TRACE(status);
    const auto answer = post_to(
        test_support::always(post_reply(status, "12\n", "Content-Type: text/x.tlog.size\r\n")));
    ASSERT_TRUE(answer.has_value()) << answer.error().detail;
    EXPECT_EQ(answer->status, std::stoi(std::string(status).substr(0, 3)));
    EXPECT_EQ(answer->body, "12\n");
    EXPECT_EQ(answer->content_type, "text/x.tlog.size");
  }
}

TEST(FetcherPost, FollowsNoRedirectAndSendsTheBodyNowhereElse) {
  for (const char* status :
       {"301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"}) {
    SCOPED_TRACE(status);
    const auto answer =
        post_to(test_support::always(post_reply(status, "", "Location: https://n1.test/\r\n")));
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, ErrorCode::fetch_redirect) << answer.error().detail;
  }
}

TEST(FetcherPost, HoldsTheAnswerToTheSameLimits) {
  const struct {
    const char* name;
    HostileServer::Script script;
    ErrorCode want;
  } cases[] = {
      {"one byte over", test_support::always(post_reply("200 OK", std::string(101, 'x'))),
       ErrorCode::fetch_too_large},
      {"announced too large",
       test_support::always("HTTP/1.1 409 Conflict\r\nContent-Length: 100000000000\r\n\r\n"),
       ErrorCode::fetch_too_large},
      {"encoded", test_support::always(post_reply("200 OK", "x", "Content-Encoding: gzip\r\n")),
       ErrorCode::fetch_encoding},
      {"no protocol", test_support::always("HTTP/9.9 200 OK\r\n\r\n"), ErrorCode::fetch_malformed},
      {"headers without end",
       [](HostileConnection& client) {
         if (!client.start_tls()) return;
         client.read_head();
         client.send("HTTP/1.1 200 OK\r\n");
         while (client.send("X-More: " + std::string(1'000, 'x') + "\r\n")) {
         }
       },
       ErrorCode::fetch_malformed},
      {"no answer",
       [](HostileConnection& client) {
         if (!client.start_tls()) return;
         client.read_head();
         client.wait_for_client();
       },
       ErrorCode::fetch_timeout},
      {"a drip",
       [](HostileConnection& client) {
         if (!client.start_tls()) return;
         client.read_head();
         client.send("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n");
         while (client.send("x") && client.pause(milliseconds(100))) {
         }
       },
       ErrorCode::fetch_timeout},
      {"304 to a POST", test_support::always("HTTP/1.1 304 Not Modified\r\n\r\n"),
       ErrorCode::fetch_redirect},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto answer = post_to(c.script);
    ASSERT_FALSE(answer.has_value()) << answer->status;
    EXPECT_EQ(answer.error().code, c.want) << answer.error().detail;
  }
  EXPECT_TRUE(
      post_to(test_support::always(post_reply("200 OK", std::string(100, 'x')))).has_value());
}

TEST(FetcherPost, SendsAtMost64KiB) {
  const HostileServer server("127.0.0.3", fetch_good_certificate(), [](HostileConnection& client) {
    if (!client.start_tls()) return;
    client.read_head();
    client.send(post_reply("200 OK", ""));
    client.wait_for_client();
  });
  Fetcher fetcher(post_options());
  EXPECT_TRUE(
      fetcher.post({post_address(server), std::string(kMaxPostBytes, 'x'), 10}).has_value());
  const auto connections = server.connections();
  const auto answer = fetcher.post({post_address(server), std::string(kMaxPostBytes + 1, 'x'), 10});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::fetch_too_large);
  EXPECT_EQ(server.connections(), connections) << "nothing of it was sent";
}

TEST(FetcherPost, GoesToNoForbiddenAddressAndNoOtherScheme) {
  FetcherOptions options = post_options();
  options.test_network.reset();
  options.resolver = [](const std::string&) -> protocol::Result<std::vector<IpAddress>> {
    return std::vector<IpAddress>{*IpAddress::parse("127.0.0.3")};
  };
  Fetcher fetcher(options);
  const auto blocked = fetcher.post({"https://inside.example/witness/add-checkpoint", "x", 10});
  ASSERT_FALSE(blocked.has_value());
  EXPECT_EQ(blocked.error().code, ErrorCode::fetch_blocked) << blocked.error().detail;
  for (const char* url : {"http://n0.test/", "https://127.0.0.3/", "https://user@n0.test/",
                          "https://localhost/", "ftp://n0.test/"}) {
    EXPECT_FALSE(fetcher.post({url, "x", 10}).has_value()) << url;
  }
}

TEST(FetcherPost, StopsAtOnce) {
  const HostileServer server("127.0.0.3", fetch_good_certificate(), [](HostileConnection& client) {
    if (client.start_tls()) client.wait_for_client();
  });
  FetcherOptions options = post_options();
  options.limits.first_byte = options.limits.whole = milliseconds(60'000);
  Fetcher fetcher(options);
  std::thread stopper([&] {
    std::this_thread::sleep_for(milliseconds(200));
    fetcher.stop();
  });
  const auto begun = std::chrono::steady_clock::now();
  const auto answer = fetcher.post({post_address(server), "x", 10});
  stopper.join();
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::fetch_backoff);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
}

}  // namespace
}  // namespace crawler
