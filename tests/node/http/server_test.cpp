#include "node/http/server.h"

#include <atomic>
#include <chrono>
#include <fstream>
#include <future>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "node/http/router.h"
#include "tests/support/raw_client.h"
#include "tests/support/standing.h"

namespace {

using namespace std::chrono_literals;
using test_support::RawClient;
using test_support::RawResponse;
using test_support::TemporaryFolder;
using ServerTestClock = std::chrono::steady_clock;

class ServerFixedClock final : public node::Clock {
 public:
  protocol::Timestamp now() const override { return protocol::from_unix(784111777); }
};

/// A server on loopback with a handful of routes; every test sets the limits that it is about.
class HttpServer : public testing::Test {
 protected:
  HttpServer() {
    router_.add("GET", "/", [](const node::Request&) { return node::ok_html("<p>hello</p>"); });
    router_.add("GET", "/echo/{word}", [](const node::Request& request) {
      return node::ok_bytes(std::string(request.param("word")) + "|" + request.body, "text/plain",
                            node::cache_for(60s));
    });
    router_.add("GET", "/unlogged", [](const node::Request&) {
      auto response = node::ok_html("<p>not a word</p>");
      response.unlogged = true;
      return response;
    });
    router_.add("POST", "/size", [](const node::Request& request) {
      return node::ok_bytes(std::to_string(request.body.size()), "text/plain");
    });
    router_.add("GET", "/who", [](const node::Request& request) {
      return node::ok_bytes(request.remote_address + "|" + request.role + "|" +
                                (request.is_local ? "local" : "remote") + "|" +
                                std::string(request.header("X-Value").value_or("")),
                            "text/plain");
    });
    router_.add("GET", "/big", [](const node::Request&) {
      return node::ok_bytes(std::string(5 * 1024 * 1024, 'b'), "text/plain");
    });
    router_.add("GET", "/file", [this](const node::Request&) {
      auto response = node::ok_bytes("", "text/plain", node::cache_for(60s));
      response.file = std::make_shared<node::FileBody>(::open(file_.c_str(), O_RDONLY | O_CLOEXEC),
                                                       file_bytes_.size());
      return response;
    });
    router_.add("GET", "/bad-alloc",
                [](const node::Request&) -> node::Response { throw std::bad_alloc(); });
    router_.add("GET", "/throws", [](const node::Request&) -> node::Response {
      throw std::runtime_error("cannot open /secret/path");
    });
    router_.add("GET", "/throws-seven", [](const node::Request&) -> node::Response { throw 7; });
    router_.add("GET", "/splits", [](const node::Request&) {
      return node::ok_json("{}").set("X-A", "1\r\nSet-Cookie: x=1");
    });
    router_.add("GET", "/slow", [this](const node::Request&) {
      ++slow_began_;
      std::this_thread::sleep_for(slow_);
      return node::ok_bytes("slow", "text/plain");
    });
    router_.add("POST", "/stream", [this](const node::Request&) {
      node::Response response = node::ok_bytes("first ", "text/plain");
      response.stream = [this](const node::ChunkWriter& write) {
        for (int i = 0; i < 3; ++i) write(std::to_string(i) + " ");
        write("");
        write(std::string(300'000, 's'));
        ++streams_ended_;
      };
      return response;
    });
    router_.add("POST", "/stream-forever", [this](const node::Request&) {
      node::Response response;
      response.stream = [this](const node::ChunkWriter& write) {
        while (write("more\n")) std::this_thread::sleep_for(1ms);
        ++streams_ended_;
      };
      return response;
    });
    router_.add("POST", "/stream-throws", [](const node::Request&) {
      node::Response response;
      response.stream = [](const node::ChunkWriter& write) {
        write("half");
        throw std::runtime_error("the import failed");
      };
      return response;
    });
    while (file_bytes_.size() < 4'000'000) file_bytes_ += std::to_string(file_bytes_.size()) + " ";
    std::ofstream(file_) << file_bytes_;
    options_.clock = &clock_;
    options_.log = &log_;
    options_.worker_threads = 2;
    // Rates have a test of their own; elsewhere they would be in the way.
    options_.limits.requests_per_second_per_address = 0;
    options_.listeners.push_back(node::Listener::tcp("public", "127.0.0.1", 0, {"kith.test"}));
  }

  void serve() {
    server_ = std::make_unique<node::Server>(options_, [this](node::Request request) {
      ++handled_;
      return router_(std::move(request));
    });
  }

  RawClient client(const std::string& from = "127.0.0.1") {
    return RawClient::tcp(server_->port(0), from);
  }
  RawResponse ask(const std::string& request) {
    auto one = client();
    one.send(request);
    return one.read_response();
  }
  /// What has come first, and no more: whoever reads on slowly.
  static std::string first_bytes(RawClient& from) {
    std::string bytes(500, '\0');
    const auto got = ::recv(from.descriptor(), bytes.data(), bytes.size(), 0);
    bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return bytes;
  }
  static std::string get(const std::string& target, const std::string& more = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: kith.test\r\n" + more + "\r\n";
  }
  static std::string post(const std::string& target, const std::string& more,
                          const std::string& body = "") {
    return "POST " + target + " HTTP/1.1\r\nHost: kith.test\r\n" + more + "\r\n" + body;
  }
  /// Sends `request`, and expects this answer and then the end of the connection, with no reset.
  void expect_refused(const std::string& request, int status, const std::string& word) {
    SCOPED_TRACE(request.substr(0, 120));
    auto one = client();
    one.send(request);
    const auto response = one.read_response();
    EXPECT_EQ(response.status, status);
    EXPECT_THAT(response.body, testing::HasSubstr(":problem:" + word + "\""));
    EXPECT_EQ(response.header("Content-Type"), "application/problem+json");
    EXPECT_EQ(response.header("Connection"), "close");
    EXPECT_EQ(one.read_all(), "");
    EXPECT_TRUE(one.closed());
    EXPECT_FALSE(one.was_reset());
  }
  void expect_alive() { EXPECT_EQ(ask(get("/")).status, 200); }
  void expect_no_connections() {
    for (int i = 0; i < 500 && server_->stats().connections > 0; ++i) {
      std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(server_->stats().connections, 0u);
  }
  std::string logged() {
    const std::lock_guard lock(lines_mutex_);
    std::string all;
    for (const auto& line : lines_) all += line + "\n";
    return all;
  }

  std::mutex lines_mutex_;
  std::vector<std::string> lines_;
  node::Log log_{node::LogLevel::debug, [this](std::string_view line) {
                   const std::lock_guard lock(lines_mutex_);
                   lines_.emplace_back(line);
                 }};
  ServerFixedClock clock_;
  std::atomic<int> handled_{0};
  std::atomic<int> slow_began_{0};
  std::atomic<int> streams_ended_{0};
  std::chrono::milliseconds slow_{200};
  node::Router router_;
  node::ServerOptions options_;
  TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "served.txt";
  std::string file_bytes_;
  std::unique_ptr<node::Server> server_;
};

TEST_F(HttpServer, AnswersWithEverythingAResponseMustSay) {
  serve();
  const auto page = ask(get("/"));
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, "<p>hello</p>");
  EXPECT_EQ(page.header("Date"), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(page.header("Cache-Control"), "no-store");
  EXPECT_EQ(page.header("Referrer-Policy"), "no-referrer");
  EXPECT_NE(page.header("Content-Security-Policy"), "");
  EXPECT_EQ(page.header("Strict-Transport-Security"), "");
  EXPECT_EQ(page.header("Set-Cookie"), "");
  const auto word = ask(get("/echo/a%20b"));
  EXPECT_EQ(word.body, "a b|");
  EXPECT_EQ(word.header("Cache-Control"), "public, max-age=60");
  EXPECT_EQ(ask(get("/nowhere")).status, 404);
}

TEST_F(HttpServer, AnswersHeadWithoutBodyAndKeepsTheConnection) {
  serve();
  auto one = client();
  one.send("HEAD /echo/abc HTTP/1.1\r\nHost: kith.test\r\n\r\n");
  const auto head = one.read_response(5s, true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), "4");
  one.send(get("/echo/next"));
  EXPECT_EQ(one.read_response().body, "next|");
}

TEST_F(HttpServer, ClosesAfterAnsweringHttp10AndConnectionClose) {
  serve();
  auto old = client();
  old.send("GET /echo/a HTTP/1.0\r\nHost: kith.test\r\n\r\n");
  EXPECT_EQ(old.read_response().body, "a|");
  EXPECT_TRUE(old.closes_within(2s));
  auto one = client();
  one.send(get("/echo/a", "Connection: foo, CLOSE\r\n"));
  EXPECT_EQ(one.read_response().header("Connection"), "close");
  EXPECT_TRUE(one.closes_within(2s));
}

// H01 to H05
TEST_F(HttpServer, RefusesEveryUnclearFraming) {
  serve();
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  const std::string five = "Content-Length: 5\r\n";
  const std::string body = "0\r\n\r\nGET / HTTP/1.1\r\nHost: kith.test\r\n\r\n";
  expect_refused(post("/size", chunked, body), 411, "length-required");
  expect_refused(post("/nowhere", chunked, body), 411, "length-required");
  expect_refused(post("/size", chunked + five, body), 400, "bad-request");
  expect_refused(post("/size", five + chunked, body), 400, "bad-request");
  expect_refused(post("/size", five + five, body), 400, "bad-request");
  expect_refused(post("/size", five + "Content-Length: 6\r\n", body), 400, "bad-request");
  for (const char* coding : {"xchunked", "gzip, chunked", "chunked, identity", "Chunked\x0b"}) {
    expect_refused(post("/size", "Transfer-Encoding: " + std::string(coding) + "\r\n", body), 400,
                   "bad-request");
  }
  for (const char* length :
       {"Content-Length: -1", "Content-Length: +5", "Content-Length: 5,5", "Content-Length: 0x5",
        "Content-Length: 18446744073709551616", "Content-Length:", "Content-Length : 5"}) {
    expect_refused(post("/size", std::string(length) + "\r\n", body), 400, "bad-request");
  }
  EXPECT_EQ(handled_, 0);
  expect_alive();
}

// H07
TEST_F(HttpServer, TakesTheBodyOfAGetForABody) {
  serve();
  const std::string inner = get("/echo/smuggled");
  auto one = client();
  one.send(get("/echo/a", "Content-Length: " + std::to_string(inner.size()) + "\r\n"));
  std::this_thread::sleep_for(100ms);
  one.send(inner);
  EXPECT_EQ(one.read_response().body, "a|" + inner);
  EXPECT_EQ(one.read_all(200ms), "");
  EXPECT_EQ(handled_, 1);
}

// H08
TEST_F(HttpServer, AnswersPipelinedRequestsInOrder) {
  serve();
  auto one = client();
  const auto began = ServerTestClock::now();
  one.send(get("/echo/1") + post("/size", "Content-Length: 3\r\n", "abc") + get("/echo/3"));
  EXPECT_EQ(one.read_response().body, "1|");
  EXPECT_EQ(one.read_response().body, "3");
  EXPECT_EQ(one.read_response().body, "3|");
  EXPECT_LT(ServerTestClock::now() - began, 1s);
}

// H09, H10
TEST_F(HttpServer, RefusesLongLinesAndManyHeaders) {
  serve();
  expect_refused("GET /" + std::string(4096, 'a') + " HTTP/1.1\r\n\r\n", 414, "uri-too-long");
  expect_refused(std::string(1024 * 1024, 'a'), 414, "uri-too-long");
  expect_refused(get("/", "A: " + std::string(1024 * 1024, 'a')), 431, "headers-too-large");
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += "A: b\r\n";
  expect_refused(get("/", many), 431, "headers-too-large");
  expect_alive();
}

TEST_F(HttpServer, SurvivesAHeaderLineOf64MiB) {
  serve();
  auto one = client();
  one.send("GET / HTTP/1.1\r\nA: ");
  const std::string piece(1024 * 1024, 'a');
  int sent = 0;
  while (sent < 64 && one.send(piece)) ++sent;
  EXPECT_LT(sent, 64);  // cut off, not read to the end
  expect_alive();
  expect_no_connections();
}

// H11
TEST_F(HttpServer, RefusesUnlawfulLines) {
  serve();
  for (const std::string& lines :
       {std::string("A: b\n"), std::string("A: b\r\n c\r\n"), std::string("A: b\0c\r\n", 8),
        std::string("A : b\r\n"), std::string("Ab\r\n")}) {
    expect_refused(get("/", lines), 400, "bad-request");
  }
  expect_refused("GET / HTTP/1.1\nHost: kith.test\n\n", 400, "bad-request");
}

// H12, H13
TEST_F(HttpServer, DecodesNoHeaderAndBelievesNoForwarding) {
  serve();
  const auto response = ask(get("/who",
                                "X-Value: a%0d%0aSet-Cookie: x=1\r\nREMOTE_ADDR: 203.0.113.9\r\n"
                                "X-Forwarded-For: 203.0.113.9\r\nForwarded: for=203.0.113.9\r\n"
                                "X-Real-IP: 203.0.113.9\r\n"));
  EXPECT_EQ(response.body, "127.0.0.1|public|remote|a%0d%0aSet-Cookie: x=1");
}

TEST_F(HttpServer, BelievesTheConfiguredProxyOneHop) {
  options_.trusted_proxies = {"127.0.0.1"};
  serve();
  const auto address = [&](const std::string& forwarded) {
    const auto body = ask(get("/who", forwarded)).body;
    return body.substr(0, body.find('|'));
  };
  EXPECT_EQ(address(""), "127.0.0.1");
  EXPECT_EQ(address("X-Forwarded-For: 10.9.9.9, 203.0.113.9\r\n"), "203.0.113.9");
  EXPECT_EQ(address("X-Forwarded-For: 10.9.9.9\r\nX-Forwarded-For: 2001:db8::1,127.0.0.1\r\n"),
            "2001:db8::1");
  EXPECT_EQ(address("X-Forwarded-For: 10.9.9.9, nonsense\r\n"), "127.0.0.1");
  EXPECT_EQ(address("X-Forwarded-For: 10.9.9.9,\r\n"), "127.0.0.1");
  EXPECT_EQ(address("X-Forwarded-For: ,,,,\r\n"), "127.0.0.1");
}

TEST_F(HttpServer, H13_LimitsTheClientsBehindItsProxyAndNeitherTheProxyNorWhoPretends) {
  options_.trusted_proxies = {"127.0.0.1", "::1"};
  options_.limits.requests_per_second_per_address = 1;
  options_.limits.request_burst_per_address = 5;
  options_.limits.connections_per_address = 3;
  serve();
  const auto limited = [&](const std::string& from, const std::string& forwarded) {
    int found = 0;
    for (int i = 0; i < 20; ++i) {
      auto one = client(from);
      one.send(get("/echo/a", "X-Forwarded-For: " + forwarded + "\r\n"));
      found += one.read_response().status == 429 ? 1 : 0;
    }
    return found;
  };
  EXPECT_GE(limited("127.0.0.1", "203.0.113.9"), 10);
  EXPECT_EQ(ask(get("/echo/a", "X-Forwarded-For: 203.0.113.10\r\n")).status, 200)
      << "another client of the same proxy";
  EXPECT_EQ(ask(get("/echo/a")).status, 200) << "and the proxy itself";
  EXPECT_EQ(ask(get("/echo/a", "X-Forwarded-For: 8.8.8.8, 203.0.113.9\r\n")).status, 429)
      << "what it wrote itself does not help it";
  EXPECT_GE(limited("127.0.0.1", "2001:db8::1"), 10);
  EXPECT_EQ(ask(get("/echo/a", "X-Forwarded-For: 2001:db8::ffff\r\n")).status, 429)
      << "all of a /64 are one";
  int other = 0;
  for (int i = 0; i < 20; ++i) {
    auto one = client("127.0.0.2");
    one.send(get("/echo/a", "X-Forwarded-For: 203.0.113." + std::to_string(100 + i) + "\r\n"));
    other += one.read_response().status == 429 ? 1 : 0;
  }
  EXPECT_GE(other, 10) << "whoever is no proxy is believed nothing";
  std::vector<RawClient> through_it;
  for (int i = 0; i < 6; ++i) {
    through_it.push_back(client());
    through_it.back().send(
        get("/echo/a", "X-Forwarded-For: 198.51.100." + std::to_string(i) + "\r\n"));
    EXPECT_EQ(through_it.back().read_response().status, 200) << "connections of a proxy are many";
  }
  server_->stop();
  for (const char* address : {"203.0.113.9", "203.0.113.10", "2001:db8::1", "198.51.100.1\""})
    EXPECT_THAT(logged(), testing::Not(testing::HasSubstr(address)));
  EXPECT_THAT(logged(), testing::HasSubstr("203.0.113.0/24"));
}

TEST_F(HttpServer, H13_AProxyIsNamedByItsAddress) {
  for (const char* wrong : {"proxy.test", "127.0.0.1/8", "127.0.0.1:80", ""}) {
    options_.trusted_proxies = {wrong};
    EXPECT_THROW(serve(), node::ServerError) << wrong;
  }
}

TEST_F(HttpServer, SlowReadersOfAFileHoldOnePieceOfIt) {
  serve();
  EXPECT_EQ(ask(get("/file")).body, file_bytes_);
  EXPECT_EQ(ask("HEAD /file HTTP/1.1\r\nHost: kith.test\r\nConnection: close\r\n\r\n")
                .header("Content-Length"),
            std::to_string(file_bytes_.size()));
  const test_support::Standing before;
  std::vector<RawClient> slow;
  for (int i = 0; i < 60; ++i) {
    slow.push_back(client());
    slow.back().send(get("/file", "Connection: close\r\n"));
    EXPECT_EQ(first_bytes(slow.back()).substr(9, 3), "200");
  }
  EXPECT_LT(before.grown_mib(), 24) << "sixty times four megabytes";
  // What is in its place now is not what they began to read.
  std::ofstream(file_.string() + ".new") << "shorter";
  std::filesystem::rename(file_.string() + ".new", file_);
  EXPECT_TRUE(slow[7].read_all().ends_with(file_bytes_.substr(1'000)));
  // And one that becomes shorter itself ends the connection: nobody takes half for the whole.
  auto cut = client();
  std::ofstream(file_) << file_bytes_;
  cut.send(get("/file"));
  EXPECT_EQ(first_bytes(cut).substr(9, 3), "200");
  std::filesystem::resize_file(file_, 1'000);
  EXPECT_LT(cut.read_all().size(), file_bytes_.size());
  EXPECT_TRUE(cut.closed());
}

TEST_F(HttpServer, LargeAnswersForSlowReadersAreBoundedForEachAddressAndInAll) {
  options_.limits.held_bytes_per_address = 11 * 1024 * 1024;  // two of them
  options_.limits.held_bytes = 16 * 1024 * 1024;              // three
  serve();
  std::vector<RawClient> slow;
  const auto status = [&](const std::string& from) {
    slow.push_back(client(from));
    slow.back().send(get("/big"));
    return first_bytes(slow.back()).substr(9, 3);
  };
  EXPECT_EQ(status("127.0.0.1"), "200");
  EXPECT_EQ(status("127.0.0.1"), "200");
  EXPECT_EQ(status("127.0.0.1"), "503") << "one address";
  EXPECT_EQ(ask(get("/echo/small")).status, 200) << "what is small is no matter";
  EXPECT_EQ(status("127.0.0.2"), "200");
  EXPECT_EQ(status("127.0.0.3"), "503") << "all of them";
  EXPECT_EQ(server_->stats().overloaded, 2u);
  slow.clear();
  for (int i = 0; i < 100 && server_->stats().connections > 0; ++i)
    std::this_thread::sleep_for(20ms);
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(ask(get("/big")).body.size(), 5u * 1024 * 1024) << "whoever reads leaves nothing";
}

// H14
TEST_F(HttpServer, AnswersRangesWithTheWhole) {
  serve();
  std::string range = "Range: bytes=0-";
  for (int i = 0; i < 2000; ++i) range += ",0-";
  const auto response = ask(get("/big", range + "\r\n"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body.size(), 5u * 1024 * 1024);
  EXPECT_EQ(ask(get("/echo/a", "Range: bytes=0-" + std::string(8000, '1') + "\r\n")).status, 200);
}

// H15, H16
TEST_F(HttpServer, RefusesCodedBodiesAndPromisesOfLargeOnes) {
  serve();
  expect_refused(post("/size", "Content-Encoding: gzip\r\nContent-Length: 5\r\n", "12345"), 415,
                 "unsupported-type");
  expect_refused(post("/size", "Expect: 100-continue\r\nContent-Length: 9437184\r\n"), 413,
                 "too-large");
}

TEST_F(HttpServer, GivesLeaveToSendABodyThatFits) {
  serve();
  auto one = client();
  one.send(post("/size", "Expect: 100-continue\r\nContent-Length: 5\r\n"));
  EXPECT_EQ(one.read_response().status, 100);
  one.send("12345");
  EXPECT_EQ(one.read_response().body, "5");
}

// H17
TEST_F(HttpServer, TakesBodiesUpToTheLimitAndNotOneByteMore) {
  serve();
  const std::string most(64 * 1024, 'x');
  EXPECT_EQ(ask(post("/size", "Content-Length: 65536\r\n", most)).body, "65536");
  expect_refused(post("/size", "Content-Length: 65537\r\n", most + "x"), 413, "too-large");
  expect_refused(post("/size", "Content-Length: 1048577\r\n"), 413, "too-large");
  expect_alive();
}

TEST_F(HttpServer, AsksTheHookForALargerBody) {
  options_.body_limit = [](const node::Request& head, std::size_t usual) {
    return head.path == "/size" && head.header("X-Import") ? 100'000 : usual;
  };
  serve();
  const std::string body(80'000, 'x');
  EXPECT_EQ(ask(post("/size", "X-Import: 1\r\nContent-Length: 80000\r\n", body)).body, "80000");
  expect_refused(post("/size", "Content-Length: 80000\r\n", body), 413, "too-large");
}

TEST_F(HttpServer, StopsWaitingForAnAnnouncedBody) {
  options_.limits.request_time = 300ms;
  serve();
  const auto began = ServerTestClock::now();
  expect_refused(post("/size", "Content-Length: 10\r\n", "123"), 408, "timeout");
  EXPECT_LT(ServerTestClock::now() - began, 4s);
}

// H18, H19
TEST_F(HttpServer, EndsDrippersWhileOthersAreServed) {
  options_.limits.head_time = 400ms;
  options_.limits.request_time = 600ms;
  options_.limits.linger_time = 200ms;
  serve();
  std::vector<RawClient> drippers;
  for (int i = 0; i < 20; ++i) {
    drippers.push_back(client());
    drippers.back().send(i % 2 == 0 ? "G" : post("/size", "Content-Length: 60000\r\n"));
  }
  const auto began = ServerTestClock::now();
  std::size_t left = drippers.size();
  while (ServerTestClock::now() - began < 5s && left > 0) {
    left = 0;
    for (auto& one : drippers) {
      if (one.closed()) continue;
      one.send("E");
      if (!one.closes_within(1ms)) ++left;
    }
    EXPECT_EQ(ask(get("/echo/a")).body, "a|");
  }
  EXPECT_EQ(left, 0u);
  EXPECT_LT(ServerTestClock::now() - began, 3s);
  expect_no_connections();
}

TEST_F(HttpServer, EndsSlowReaders) {
  options_.limits.write_stall = 300ms;
  options_.limits.slow_window = 500ms;
  serve();
  auto stalled = client();
  stalled.send(get("/big"));
  expect_alive();
  std::this_thread::sleep_for(100ms);
  expect_no_connections();  // closed without a byte read by this client
}

TEST_F(HttpServer, EndsReadersBelowTheLeastRate) {
  options_.limits.slow_window = 500ms;
  options_.limits.slow_bytes_per_second = 100 * 1024 * 1024;
  serve();
  auto one = client();
  one.send(get("/big"));
  const auto began = ServerTestClock::now();
  char piece[4096];
  while (ServerTestClock::now() - began < 5s) {  // steady, and far too slow
    if (recv(one.descriptor(), piece, sizeof piece, 0) <= 0) break;
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_LT(ServerTestClock::now() - began, 4s);
  expect_no_connections();
}

TEST_F(HttpServer, EndsReadersWhoStopAfterTheLastByteWentToTheKernel) {
  options_.limits.write_stall = 300ms;
  options_.limits.idle_time = 60s;
  router_.add("GET", "/fits", [](const node::Request&) {
    return node::ok_bytes(std::string(150'000, 'f'), "text/plain");
  });
  serve();
  RawClient one = client();
  const int small = 2048;
  setsockopt(one.descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  one.send(get("/fits"));
  expect_no_connections();
}

TEST_F(HttpServer, EndsIdleConnectionsQuietly) {
  options_.limits.idle_time = 200ms;
  serve();
  auto unused = client();
  auto used = client();
  used.send(get("/echo/a"));
  EXPECT_EQ(used.read_response().status, 200);
  EXPECT_EQ(used.read_all(3s), "");
  EXPECT_TRUE(used.closed());
  EXPECT_EQ(unused.read_all(3s), "");
  EXPECT_TRUE(unused.closed());
}

// H21, in small
TEST_F(HttpServer, TurnsSurplusConnectionsAwayAndRecovers) {
  options_.limits.connections_per_address = 5;
  serve();
  std::vector<RawClient> held;
  for (int i = 0; i < 5; ++i) held.push_back(client());
  for (auto& one : held) {
    one.send(get("/echo/a"));
    EXPECT_EQ(one.read_response().status, 200);
  }
  auto surplus = client();
  EXPECT_EQ(surplus.read_response().status, 503);
  EXPECT_TRUE(surplus.closes_within(1s));
  auto other = client("127.0.0.2");
  other.send(get("/who"));
  EXPECT_EQ(other.read_response().body, "127.0.0.2|public|remote|");
  held.clear();
  for (int i = 0; i < 100 && server_->stats().connections > 1; ++i)
    std::this_thread::sleep_for(10ms);
  expect_alive();
  EXPECT_EQ(server_->stats().surplus, 1u);
}

TEST_F(HttpServer, BoundsConnectionsInAll) {
  options_.limits.connections = 3;
  serve();
  std::vector<RawClient> held;
  for (int i = 0; i < 3; ++i) {
    held.push_back(client("127.0.0." + std::to_string(10 + i)));
    held.back().send(get("/"));
    EXPECT_EQ(held.back().read_response().status, 200);
  }
  auto surplus = client("127.0.0.20");
  EXPECT_EQ(surplus.read_response().header("Retry-After"), "5");
}

// H22: descriptors run out, as accept() sees it
TEST_F(HttpServer, ListensOnWhenDescriptorsRunOut) {
  serve();
  expect_alive();
  expect_no_connections();
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  {
    RawClient waiting = client();  // taken while it could be
    waiting.send(get("/echo/a"));
    ASSERT_EQ(waiting.read_response().status, 200);
    const int lowest_free = dup(0);
    close(lowest_free);
    const int mine = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    rlimit none = before;
    none.rlim_cur = static_cast<rlim_t>(lowest_free) + 1;  // just for `mine`
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(server_->port(0));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int connected = connect(mine, reinterpret_cast<const sockaddr*>(&server), sizeof server);
    for (int i = 0; i < 200 && server_->stats().accept_failures < 3; ++i) {
      std::this_thread::sleep_for(10ms);
    }
    const auto failures = server_->stats().accept_failures;
    std::this_thread::sleep_for(200ms);
    const auto later = server_->stats().accept_failures;
    setrlimit(RLIMIT_NOFILE, &before);
    close(mine);
    EXPECT_EQ(connected, 0);
    EXPECT_GE(failures, 3u);
    EXPECT_LE(later - failures, 20u);  // it pauses instead of spinning
    waiting.send(get("/echo/b"));
    EXPECT_EQ(waiting.read_response().body, "b|");
  }
  expect_alive();
  const std::string log = logged();
  const auto first = log.find("cannot be accepted");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(log.find("cannot be accepted", first + 1), std::string::npos);  // one line, not fifty
}

// H23
TEST_F(HttpServer, TakesResetsAtAnyMoment) {
  slow_ = 50ms;
  serve();
  const std::string moments[] = {"", "GET / HT", post("/size", "Content-Length: 9\r\n", "12"),
                                 get("/big"), get("/slow")};
  for (int round = 0; round < 5; ++round) {
    for (const auto& sent : moments) {
      auto one = client();
      one.send(sent);
      if (round % 2 == 1) std::this_thread::sleep_for(5ms);
      one.reset();
    }
  }
  expect_alive();
  expect_no_connections();
  EXPECT_THAT(logged(), testing::Not(testing::HasSubstr("\"level\":\"warn\"")));
  EXPECT_THAT(logged(), testing::Not(testing::HasSubstr("\"level\":\"error\"")));
}

// H24
TEST_F(HttpServer, KeepsWhatHandlersThrowToTheLog) {
  serve();
  for (const char* target : {"/bad-alloc", "/throws", "/throws-seven", "/splits"}) {
    SCOPED_TRACE(target);
    const auto response = ask(get(target));
    EXPECT_EQ(response.status, 500);
    EXPECT_THAT(response.body, testing::HasSubstr(":problem:internal\""));
    EXPECT_THAT(response.body, testing::Not(testing::HasSubstr("secret")));
    EXPECT_THAT(response.body, testing::Not(testing::HasSubstr("bad_alloc")));
    EXPECT_EQ(response.header("Set-Cookie"), "");
    for (const auto& [name, value] : response.headers) {
      EXPECT_THAT(value, testing::Not(testing::HasSubstr("secret"))) << name;
    }
  }
  const auto response = ask(get("/throws"));
  EXPECT_THAT(logged(), testing::HasSubstr("/secret/path"));
  const auto at = response.body.find("this number: ");
  ASSERT_NE(at, std::string::npos);
  EXPECT_THAT(logged(), testing::HasSubstr(response.body.substr(at + 13, 16)));
}

// H25
TEST_F(HttpServer, IsNoProxyAndKnowsNoOtherProtocols) {
  serve();
  for (const char* method : {"TRACE", "CONNECT", "PROPFIND", "get"}) {
    const auto response = ask(std::string(method) + " / HTTP/1.1\r\nHost: kith.test\r\n\r\n");
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(response.header("Allow"), "GET, HEAD, POST");
  }
  EXPECT_EQ(ask("CONNECT kith.test:443 HTTP/1.1\r\nHost: kith.test\r\n\r\n").status, 405);
  EXPECT_EQ(ask("DELETE / HTTP/1.1\r\nHost: kith.test\r\n\r\n").header("Allow"), "GET, HEAD");
  expect_refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "bad-request");
  expect_refused("GET /\r\n\r\n", 400, "bad-request");
  expect_refused("GET / HTTP/1.2\r\nHost: kith.test\r\n\r\n", 400, "bad-request");
  expect_refused("GET http://kith.test/ HTTP/1.1\r\nHost: kith.test\r\n\r\n", 400, "bad-request");
  expect_refused("OPTIONS * HTTP/1.1\r\nHost: kith.test\r\n\r\n", 400, "bad-request");
}

// H26
TEST_F(HttpServer, AnswersUnderItsOwnNamesOnly) {
  serve();
  const auto with_host = [](const std::string& lines) {
    return "GET / HTTP/1.1\r\n" + lines + "\r\n";
  };
  EXPECT_EQ(ask(with_host("Host: KITH.test:8443\r\n")).status, 200);
  expect_refused(with_host("Host: evil.test\r\n"), 421, "wrong-host");
  expect_refused(with_host("Host: 127.0.0.1\r\n"), 421, "wrong-host");
  for (const std::string& lines :
       {std::string(), std::string("Host:\r\n"),
        std::string("Host: kith.test\r\nHost: kith.test\r\n"), std::string("Host: a@kith.test\r\n"),
        "Host: " + std::string(300, 'a') + "\r\n"}) {
    expect_refused(with_host(lines), 400, "bad-request");
  }
  EXPECT_EQ(handled_, 1);
}

// H27
TEST_F(HttpServer, RefusesAddressesThatCouldLeaveTheirFolder) {
  serve();
  for (const char* path : {"/%00", "/%2e%2e%2f", "/..;/", "/%c0%ae", "/%u002e", "//", "/\\"}) {
    expect_refused(get(path), 400, "bad-request");
  }
}

// H28
TEST_F(HttpServer, LimitsTheRateOfOneAddressAndNotOfAnother) {
  options_.limits.requests_per_second_per_address = 10;
  options_.limits.request_burst_per_address = 20;
  serve();
  int limited = 0;
  for (int i = 0; i < 60; ++i) {
    const auto response = ask(get("/echo/a"));
    if (response.status != 429) continue;
    ++limited;
    EXPECT_EQ(response.header("Retry-After"), "5");
  }
  EXPECT_GT(limited, 10);
  EXPECT_LE(limited, 40);
  for (int i = 0; i < 10; ++i) {
    auto other = client("127.0.0.2");
    other.send(get("/echo/a"));
    EXPECT_EQ(other.read_response().status, 200);
  }
}

// H29
TEST_F(HttpServer, SaysBusyAtOnceWhenTheQueueIsFull) {
  options_.limits.queued_requests = 3;
  slow_ = 1500ms;
  serve();
  std::vector<RawClient> waiting;
  for (int i = 0; i < 2; ++i) {
    waiting.push_back(client());
    waiting.back().send(get("/slow"));
  }
  for (int i = 0; i < 200 && slow_began_ < 2; ++i) std::this_thread::sleep_for(5ms);
  for (int i = 0; i < 3; ++i) {
    waiting.push_back(client());
    waiting.back().send(get("/echo/queued"));
  }
  for (int i = 0; i < 200 && server_->stats().requests < 5; ++i) std::this_thread::sleep_for(5ms);
  auto one = client();
  const auto began = ServerTestClock::now();
  for (int i = 0; i < 20; ++i) {
    one.send(get("/echo/a"));
    const auto response = one.read_response();
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.header("Retry-After"), "5");
  }
  EXPECT_LT(ServerTestClock::now() - began, 1s);
  for (auto& client : waiting) EXPECT_EQ(client.read_response().status, 200);
}

// H30
TEST_F(HttpServer, EndsAConnectionCleanlyAfterItsHundredthRequest) {
  serve();
  auto one = client();
  std::string all;
  for (int i = 0; i < 101; ++i) all += get("/echo/" + std::to_string(i));
  one.send(all);
  for (int i = 0; i < 100; ++i) {
    const auto response = one.read_response();
    ASSERT_EQ(response.body, std::to_string(i) + "|");
    EXPECT_EQ(response.header("Connection"), i == 99 ? "close" : "keep-alive");
  }
  EXPECT_EQ(one.read_all(), "");
  EXPECT_TRUE(one.closed());
  EXPECT_FALSE(one.was_reset());
}

TEST_F(HttpServer, WritesNeitherQueriesNorAddressesToTheLog) {
  serve();
  EXPECT_EQ(ask(get("/echo/canary-path?q=canary-query", "Referer: canary-referer\r\n")).status,
            200);
  EXPECT_EQ(ask(get("/nowhere?q=canary-query")).status, 404);
  expect_refused(get("/%zz?q=canary-query"), 400, "bad-request");
  server_->stop();
  EXPECT_THAT(logged(), testing::HasSubstr(R"("route":"/echo/{word}")"));
  EXPECT_THAT(logged(), testing::HasSubstr("127.0.0.0/24"));
  EXPECT_THAT(logged(), testing::Not(testing::HasSubstr("canary")));
  EXPECT_THAT(logged(), testing::Not(testing::HasSubstr("127.0.0.1")));
}

TEST_F(HttpServer, LogsNoLineOfAnAnswerThatAsksForNone) {
  serve();
  EXPECT_EQ(ask(get("/echo/word")).status, 200);
  EXPECT_EQ(ask(get("/unlogged")).status, 200);
  server_->stop();
  const auto log = logged();
  const auto first = log.find("request answered");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(log.find("request answered", first + 1), std::string::npos) << log;
  EXPECT_THAT(log, testing::Not(testing::HasSubstr("unlogged")));
}

TEST_F(HttpServer, StopsWithinItsGraceAndFinishesWhatIsUnderWay) {
  slow_ = 500ms;
  options_.limits.stop_grace = 1500ms;
  serve();
  const auto port = server_->port(0);
  auto idle = client();
  auto half = client();
  half.send("GET / HT");
  auto busy = client();
  busy.send(get("/slow"));
  for (int i = 0; i < 200 && slow_began_ < 1; ++i) std::this_thread::sleep_for(5ms);
  auto stopping = std::async(std::launch::async, [&] { server_->stop(); });
  const auto response = busy.read_response();
  EXPECT_EQ(response.body, "slow");
  EXPECT_EQ(response.header("Connection"), "close");
  EXPECT_TRUE(idle.closes_within(2s));
  EXPECT_THROW(RawClient::tcp(port), std::runtime_error);
  ASSERT_EQ(stopping.wait_for(4s), std::future_status::ready);
  EXPECT_TRUE(half.closes_within(1s));
}

TEST_F(HttpServer, LeavesAHandlerBehindThatDoesNotEnd) {
  options_.limits.stop_grace = 200ms;
  options_.limits.stop_limit = 500ms;
  // Outlives the server: what a handler uses must, when the handler does not end.
  const auto release = std::make_shared<std::promise<void>>();
  const auto ended = std::make_shared<std::promise<void>>();
  server_ = std::make_unique<node::Server>(options_, [release, ended](node::Request) {
    release->get_future().wait();
    ended->set_value();
    return node::ok_json("{}");
  });
  auto one = client();
  one.send(get("/"));
  for (int i = 0; i < 200 && server_->stats().requests < 1; ++i) std::this_thread::sleep_for(5ms);
  const auto began = ServerTestClock::now();
  server_->stop();
  EXPECT_LT(ServerTestClock::now() - began, 3s);
  EXPECT_THAT(logged(), testing::HasSubstr("left behind"));
  release->set_value();
  EXPECT_EQ(ended->get_future().wait_for(5s), std::future_status::ready);
  std::this_thread::sleep_for(100ms);  // its worker's last steps, before the log goes
}

TEST_F(HttpServer, RefusesAnAddressThatIsTaken) {
  serve();
  auto second = options_;
  second.listeners[0].port = server_->port(0);
  EXPECT_THROW(node::Server(second, [](node::Request) { return node::Response(); }),
               node::ServerError);
  second.listeners[0].address = "no address";
  EXPECT_THROW(node::Server(second, [](node::Request) { return node::Response(); }),
               node::ServerError);
  expect_alive();
}

// --- TLS

class TlsServer : public HttpServer {
 protected:
  TlsServer() {
    test_support::write_test_certificate(folder_.path(), "kith.test");
    options_.listeners = {node::Listener::tls("public", "127.0.0.1", 0, {"kith.test"},
                                              folder_.path() / "cert.pem",
                                              folder_.path() / "key.pem")};
  }
};

TEST_F(TlsServer, ServesOverTlsAndPromisesToStayThere) {
  serve();
  auto one = client();
  ASSERT_TRUE(one.start_tls());
  one.send(get("/echo/1") + get("/echo/2"));  // one record
  const auto response = one.read_response();
  EXPECT_EQ(response.body, "1|");
  EXPECT_NE(response.header("Strict-Transport-Security"), "");
  EXPECT_EQ(one.read_response().body, "2|");
  one.send(get("/big"));
  EXPECT_EQ(one.read_response(20s).body.size(), 5u * 1024 * 1024);
}

TEST_F(TlsServer, RefusesOldVersionsAndPlainText) {
  serve();
  auto old = client();
  EXPECT_FALSE(old.start_tls(0x0301, 0x0302));
  auto twelve = client();
  EXPECT_TRUE(twelve.start_tls(0x0303, 0x0303));
  auto plain = client();
  plain.send(get("/"));
  EXPECT_TRUE(plain.closes_within(3s));
  auto one = client();
  ASSERT_TRUE(one.start_tls());
  one.send(get("/echo/1"));
  EXPECT_EQ(one.read_response().status, 200);
}

TEST_F(TlsServer, EndsUnfinishedHandshakes) {
  options_.limits.tls_handshake = 300ms;
  serve();
  auto silent = client();
  auto half = client();
  half.send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  EXPECT_TRUE(silent.closes_within(3s));
  EXPECT_TRUE(half.closes_within(3s));
  auto reset = client();
  reset.send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  reset.reset();
  expect_no_connections();
}

TEST_F(TlsServer, RefusesAndClosesCleanlyInsideTls) {
  options_.limits.linger_time = 500ms;
  serve();
  auto one = client();
  ASSERT_TRUE(one.start_tls());
  one.send(get("/", "A: " + std::string(100'000, 'a')));
  EXPECT_EQ(one.read_response().status, 431);
  EXPECT_TRUE(one.closes_within(4s));
  expect_no_connections();
}

TEST_F(TlsServer, ReadsRenewedCertificatesAndKeepsTheOldOnFailure) {
  serve();
  std::ofstream(folder_.path() / "cert.pem") << "broken";
  EXPECT_THROW(server_->reload_certificates(), node::ServerError);
  auto before = client();
  EXPECT_TRUE(before.start_tls());
  test_support::write_test_certificate(folder_.path(), "new.test");
  server_->reload_certificates();
  auto after = client();
  EXPECT_TRUE(after.start_tls());
  before.send(get("/echo/1"));
  EXPECT_EQ(before.read_response().status, 200);
}

TEST_F(TlsServer, RefusesToStartWithoutItsCertificate) {
  options_.listeners[0].certificate_file = folder_.path() / "none.pem";
  EXPECT_THROW(serve(), node::ServerError);
}

// --- The operator's socket

class LocalServer : public HttpServer {
 protected:
  LocalServer() {
    path_ = folder_.path() / "kith.sock";
    options_.listeners.push_back(node::Listener::local("local", path_));
  }
  httplib::Client operator_client() const {
    httplib::Client one(path_.string());
    one.set_address_family(AF_UNIX);
    one.set_read_timeout(20);
    return one;
  }
  std::filesystem::path path_;
};

TEST_F(LocalServer, ServesItsOwnerWithoutAHostCheck) {
  serve();
  struct stat found {};
  ASSERT_EQ(stat(path_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600u);
  auto one = operator_client();
  const auto answer = one.Get("/who");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "|local|local|");
  EXPECT_EQ(ask(get("/who")).body, "127.0.0.1|public|remote|");
  server_->stop();
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(LocalServer, TakesImportsThatThePublicMayNotSend) {
  serve();
  auto one = operator_client();
  const auto answer = one.Post("/size", std::string(20 * 1024 * 1024, 'x'), "text/csv");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, std::to_string(20 * 1024 * 1024));
  auto raw = RawClient::local(path_);
  raw.send("POST /size HTTP/1.1\r\nContent-Length: 67108865\r\n\r\n");
  EXPECT_EQ(raw.read_response().status, 413);
}

TEST_F(LocalServer, StreamsToItsOwner) {
  serve();
  auto one = operator_client();
  std::string got;
  httplib::Request request;
  request.method = "POST";
  request.path = "/stream";
  request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
    got.append(data, size);
    return true;
  };
  const auto answer = one.send(request);
  ASSERT_TRUE(answer);
  EXPECT_EQ(got, "first 0 1 2 " + std::string(300'000, 's'));
  auto raw = RawClient::local(path_);
  raw.send("POST /stream HTTP/1.1\r\n\r\nGET /echo/next HTTP/1.1\r\n\r\n");
  EXPECT_EQ(raw.read_response().body.size(), 300'012u);
  EXPECT_EQ(raw.read_response().body, "next|");
  auto old = RawClient::local(path_);
  old.send("POST /stream HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.read_response().body.size(), 300'012u);
}

TEST_F(LocalServer, StreamsToNobodyElse) {
  serve();
  EXPECT_EQ(ask(post("/stream", "")).status, 500);
  EXPECT_EQ(streams_ended_, 0);
}

TEST_F(LocalServer, CutsAStreamShortThatFails) {
  serve();
  auto raw = RawClient::local(path_);
  raw.send("POST /stream-throws HTTP/1.1\r\n\r\n");
  const std::string all = raw.read_all();
  EXPECT_THAT(all, testing::HasSubstr("half"));
  EXPECT_THAT(all, testing::Not(testing::HasSubstr("\r\n0\r\n")));
  EXPECT_TRUE(raw.closed());
}

TEST_F(LocalServer, TellsAStreamThatItsClientIsGone) {
  serve();
  {
    auto raw = RawClient::local(path_);
    raw.send("POST /stream-forever HTTP/1.1\r\n\r\n");
    raw.read_all(100ms);
  }
  for (int i = 0; i < 500 && streams_ended_ == 0; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(streams_ended_, 1);
}

TEST_F(LocalServer, StopsWhileAStreamRuns) {
  options_.limits.stop_grace = 300ms;
  serve();
  auto raw = RawClient::local(path_);
  raw.send("POST /stream-forever HTTP/1.1\r\n\r\n");
  raw.read_all(100ms);
  auto reader = std::async(std::launch::async, [&] { raw.read_all(10s); });
  const auto began = ServerTestClock::now();
  server_->stop();
  EXPECT_LT(ServerTestClock::now() - began, 5s);
  EXPECT_EQ(streams_ended_, 1);
}

TEST_F(LocalServer, ServesItsOwnerWhileThePublicQueueIsFull) {
  options_.limits.queued_requests = 1;
  slow_ = 1s;
  serve();
  std::vector<RawClient> flood;
  for (int i = 0; i < 4; ++i) {
    flood.push_back(client());
    flood.back().send(get("/slow"));
  }
  for (int i = 0; i < 200 && slow_began_ < 2; ++i) std::this_thread::sleep_for(5ms);
  auto one = operator_client();
  const auto began = ServerTestClock::now();
  const auto answer = one.Get("/who");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_LT(ServerTestClock::now() - began, 700ms);
}

TEST_F(LocalServer, ReplacesASocketLeftBehindAndNothingElse) {
  serve();
  server_->stop();
  {
    sockaddr_un left{};
    left.sun_family = AF_UNIX;
    std::snprintf(left.sun_path, sizeof left.sun_path, "%s", path_.c_str());
    const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    ASSERT_EQ(bind(descriptor, reinterpret_cast<const sockaddr*>(&left), sizeof left), 0);
    close(descriptor);
  }
  serve();
  ASSERT_TRUE(operator_client().Get("/who"));
  server_.reset();
  std::ofstream(path_) << "somebody's notes";
  EXPECT_THROW(serve(), node::ServerError);
  EXPECT_TRUE(std::filesystem::exists(path_));
  options_.listeners[1].socket_path = folder_.path() / std::string(200, 'x');
  EXPECT_THROW(serve(), node::ServerError);
}

}  // namespace
