#include "node/http/request_head.h"

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using node::EdgeLimits;
using protocol::ErrorCode;

/// What the scanner says of `bytes` that arrive `piece` at a time; nothing while it waits for more.
std::optional<ErrorCode> head_scan_code(const std::string& bytes, std::size_t piece,
                                        bool& complete) {
  node::HeadScanner scanner{EdgeLimits{}};
  complete = false;
  for (std::size_t n = std::min(piece, bytes.size()); n <= bytes.size();) {
    const auto progress = scanner.scan(std::string_view(bytes).substr(0, n));
    if (!progress) return progress.error().code;
    if (*progress == node::HeadScanner::Progress::complete) {
      complete = true;
      return std::nullopt;
    }
    if (n == bytes.size()) break;
    n = std::min(n + piece, bytes.size());
  }
  return std::nullopt;
}

TEST(HeadScanner, FindsTheEndInPiecesOfAnySize) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t piece = 1; piece <= head.size(); ++piece) {
    node::HeadScanner scanner{EdgeLimits{}};
    bool done = false;
    for (std::size_t n = 0; !done; n += piece) {
      const auto progress = scanner.scan(std::string_view(head + "REST").substr(0, n));
      ASSERT_TRUE(progress);
      done = *progress == node::HeadScanner::Progress::complete;
    }
    EXPECT_EQ(scanner.size(), head.size());
  }
}

TEST(HeadScanner, RefusesTheSameInAnyPieces) {
  const std::string get = "GET / HTTP/1.1\r\n";
  std::string lines64, lines65;
  for (int i = 0; i < 64; ++i) lines64 += "A: b\r\n";
  lines65 = lines64 + "A: b\r\n";
  struct Case {
    const char* name;
    std::string bytes;
    std::optional<ErrorCode> want;
    bool complete;
  };
  const Case cases[] = {
      {"longest request line",
       "GET /" + std::string(4096 - 14, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n",
       {},
       true},
      {"one more", "GET /" + std::string(4096 - 13, 'a') + " HTTP/1.1\r\n", ErrorCode::uri_too_long,
       false},
      {"no end of line", std::string(5000, 'a'), ErrorCode::uri_too_long, false},
      {"64 headers", get + lines64 + "\r\n", {}, true},
      {"65 headers", get + lines65, ErrorCode::headers_too_large, false},
      {"longest headers", get + "A: " + std::string(16384 - 7, 'b') + "\r\n\r\n", {}, true},
      {"longer headers", get + "A: " + std::string(16384 - 2, 'b'), ErrorCode::headers_too_large,
       false},
      {"bare LF", "GET / HTTP/1.1\nHost: a\n\n", ErrorCode::bad_request, false},
      {"bare LF later", get + "Host: a\n\r\n", ErrorCode::bad_request, false},
      {"bare CR", get + "Host: a\rb\r\n", ErrorCode::bad_request, false},
      {"NUL", get + "Host: a" + std::string(1, '\0') + "\r\n", ErrorCode::bad_request, false},
      {"vertical tab", get + "Transfer-Encoding: chunked\x0b\r\n", ErrorCode::bad_request, false},
      {"folded", get + "Host: a\r\n b\r\n", ErrorCode::bad_request, false},
      {"folded by tab", get + "Host: a\r\n\tb\r\n", ErrorCode::bad_request, false},
      {"empty line first", "\r\nGET / HTTP/1.1\r\n\r\n", ErrorCode::bad_request, false},
      {"TLS to a plain port", "\x16\x03\x01\x02", ErrorCode::bad_request, false},
      {"nothing yet", "", {}, false},
      {"half", "GET / HT", {}, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
      bool complete = false;
      EXPECT_EQ(head_scan_code(c.bytes, piece, complete), c.want);
      EXPECT_EQ(complete, c.complete);
    }
  }
}

TEST(ReadHead, RefusesWhatIsNoRequest) {
  for (const char* line : {"GET /", "GET  / HTTP/1.1", "GET / HTTP/1.2", "GET / HTTP/2.0",
                           "GET / http/1.1", "GET / a HTTP/1.1", "PRI * HTTP/2.0", "G{T / HTTP/1.1",
                           " / HTTP/1.1", "GET /\t HTTP/1.1", "GET / HTTP/1.1 "}) {
    SCOPED_TRACE(line);
    const auto head = node::read_head(std::string(line) + "\r\nHost: a\r\n\r\n");
    ASSERT_FALSE(head);
    EXPECT_EQ(head.error().code, ErrorCode::bad_request);
  }
  for (const char* line : {"Host : a", "Host", ": a", "H\xc3\xb6st: a", "Ho st: a"}) {
    SCOPED_TRACE(line);
    EXPECT_FALSE(node::read_head("GET / HTTP/1.1\r\n" + std::string(line) + "\r\n\r\n"));
  }
  EXPECT_FALSE(node::read_head(""));
  EXPECT_FALSE(node::read_head("\r\n"));
}

TEST(ReadHead, TrimsValuesAndDecodesNothing) {
  const auto head = node::read_head("GET / HTTP/1.0\r\nX:\t a%0d%0aSet-Cookie: x=1 \r\nY:\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->minor_version, 0);
  ASSERT_EQ(head->headers.size(), 2u);
  EXPECT_EQ(head->headers[0].second, "a%0d%0aSet-Cookie: x=1");
  EXPECT_EQ(head->headers[1].second, "");
}

TEST(ReadTarget, RefusesWhatCanBeReadInTwoWays) {
  std::string deep;
  for (int i = 0; i < 2000; ++i) deep += "/a";
  const std::string cases[] = {"*",
                               "http://a.test/",
                               "a.test:443",
                               "",
                               "//",
                               "//a",
                               "/a//b",
                               "/%00",
                               "/a%0a",
                               "/.",
                               "/..",
                               "/a/../b",
                               "/%2e%2e%2fetc",
                               "/%2e%2e/x",
                               "/..;/x",
                               "/%2E/",
                               "/%c0%ae",
                               "/%u002e",
                               "/a\\b",
                               "/a%5cb",
                               "/a%2fb",
                               "/%",
                               "/%2",
                               "/%zz",
                               "/\xc3\xb6",
                               "/a#b",
                               "/a b",
                               "/?q=%",
                               "/?q=%ff",
                               "/?%c0%80=1",
                               "/%ed%a0%80",
                               deep};
  for (const auto& target : cases) {
    SCOPED_TRACE(target.substr(0, 40));
    node::Request request;
    const auto read = node::read_target(target, request, EdgeLimits{});
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::bad_request);
  }
}

TEST(ReadTarget, DecodesPathAndQueryEachItsOwnWay) {
  node::Request request;
  ASSERT_TRUE(node::read_target("/a+b/%C3%B6/?q=a+b%2Bc&&x&=y&n=%00", request, EdgeLimits{}));
  EXPECT_EQ(request.segments, (std::vector<std::string>{"a+b", "\xc3\xb6", ""}));
  EXPECT_EQ(request.path, "/a+b/%C3%B6/");
  const std::vector<node::TextPair> want = {
      {"q", "a b+c"}, {"x", ""}, {"", "y"}, {"n", std::string(1, '\0')}};
  EXPECT_EQ(request.query, want);
}

TEST(ReadTarget, BoundsParameters) {
  std::string target = "/?a=1";
  for (int i = 0; i < 63; ++i) target += "&a=1";
  node::Request request;
  EXPECT_TRUE(node::read_target(target, request, EdgeLimits{}));
  EXPECT_FALSE(node::read_target(target + "&a=1", request, EdgeLimits{}));
}

node::RequestHead head_with(std::vector<node::TextPair> headers) {
  node::RequestHead head;
  head.method = "POST";
  head.target = "/";
  head.headers = std::move(headers);
  return head;
}

TEST(ReadFraming, TakesOneLengthWrittenOneWay) {
  EXPECT_EQ(node::read_framing(head_with({}))->content_length, 0u);
  EXPECT_EQ(node::read_framing(head_with({{"content-length", "0"}}))->content_length, 0u);
  EXPECT_EQ(node::read_framing(head_with({{"Content-Length", "65536"}}))->content_length, 65536u);
  for (const char* value :
       {"-1", "+5", "5,5", "5, 5", "0x5", "18446744073709551616", "", "5 5", "05", "5a", "1e3"}) {
    SCOPED_TRACE(value);
    const auto framing = node::read_framing(head_with({{"Content-Length", value}}));
    ASSERT_FALSE(framing);
    EXPECT_EQ(framing.error().code, ErrorCode::bad_request);
  }
  for (const char* second : {"5", "6"}) {
    EXPECT_FALSE(
        node::read_framing(head_with({{"Content-Length", "5"}, {"content-length", second}})));
  }
}

TEST(ReadFraming, RefusesEveryTransferEncoding) {
  const auto code = [](std::vector<node::TextPair> headers) {
    const auto framing = node::read_framing(head_with(std::move(headers)));
    return framing ? std::optional<ErrorCode>() : framing.error().code;
  };
  EXPECT_EQ(code({{"Transfer-Encoding", "chunked"}}), ErrorCode::length_required);
  EXPECT_EQ(code({{"transfer-encoding", "CHUNKED"}}), ErrorCode::length_required);
  for (const char* value :
       {"xchunked", "gzip, chunked", "chunked, identity", "identity", "", "chunked,"}) {
    EXPECT_EQ(code({{"Transfer-Encoding", value}}), ErrorCode::bad_request) << value;
  }
  EXPECT_EQ(code({{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}),
            ErrorCode::bad_request);
  EXPECT_EQ(code({{"Transfer-Encoding", "chunked"}, {"Content-Length", "5"}}),
            ErrorCode::bad_request);
  EXPECT_EQ(code({{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}}),
            ErrorCode::bad_request);
  EXPECT_EQ(code({{"Content-Encoding", "gzip"}}), ErrorCode::unsupported_type);
  EXPECT_EQ(code({{"Expect", "tea"}}), ErrorCode::bad_request);
  EXPECT_EQ(code({{"Expect", "100-Continue"}}), std::nullopt);
}

TEST(CheckHost, KnowsItsNamesAndNoOthers) {
  const std::vector<std::string> names = {"kith.test", "localhost:8101", "[::1]"};
  const auto code = [&](std::vector<node::TextPair> headers) {
    const auto checked = node::check_host(head_with(std::move(headers)), names);
    return checked ? std::optional<ErrorCode>() : checked.error().code;
  };
  for (const char* good : {"kith.test", "KITH.test:8443", "localhost:8101", "[::1]:80", "[::1]"}) {
    EXPECT_EQ(code({{"Host", good}}), std::nullopt) << good;
  }
  for (const char* wrong : {"evil.test", "localhost", "localhost:8102", "127.0.0.1",
                            "kith.test.evil.test", "kith.test."}) {
    EXPECT_EQ(code({{"Host", wrong}}), ErrorCode::wrong_host) << wrong;
  }
  const std::string longest(300, 'a');
  for (const std::string& bad :
       {std::string(), std::string("user@kith.test"), longest, std::string("kith.test:"),
        std::string("kith.test:x"), std::string("kith.test:123456"), std::string("kith.test/"),
        std::string("[::1"), std::string("a,kith.test"), std::string("[]")}) {
    EXPECT_EQ(code({{"Host", bad}}), ErrorCode::bad_request) << bad;
  }
  EXPECT_EQ(code({}), ErrorCode::bad_request);
  EXPECT_EQ(code({{"Host", "kith.test"}, {"host", "kith.test"}}), ErrorCode::bad_request);
}

}  // namespace
