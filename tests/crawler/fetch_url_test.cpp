#include "crawler/fetch_url.h"

#include <string>

#include <gtest/gtest.h>

namespace crawler {
namespace {

TEST(FetchUrl, TakesApartWhatIsAllowed) {
  const struct {
    const char* url;
    const char* host;
    int port;
    const char* target;
  } cases[] = {
      {"https://a.test", "a.test", 443, "/"},
      {"https://a.test/", "a.test", 443, "/"},
      {"https://a.test:443/x", "a.test", 443, "/x"},
      {"https://a.test:1024/x/y.z", "a.test", 1024, "/x/y.z"},
      {"https://a.test:65535/x001/234.p/5", "a.test", 65535, "/x001/234.p/5"},
      {"https://xn--bcher-kva.example/%C3%BC", "xn--bcher-kva.example", 443, "/%C3%BC"},
      {"https://1and1.example/a//b/", "1and1.example", 443, "/a//b/"},
      {"https://a.test/s?q=a/../b&c=%2F", "a.test", 443, "/s?q=a/../b&c=%2F"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.url);
    const auto url = parse_fetch_url(c.url);
    ASSERT_TRUE(url.has_value()) << url.error().detail;
    EXPECT_EQ(url->host, c.host);
    EXPECT_EQ(url->port, c.port);
    EXPECT_EQ(url->target, c.target);
  }
}

TEST(FetchUrl, F03_F07_RefusesWhatCouldMeanSomethingElse) {
  const std::string cases[] = {
      "",
      "https://",
      "https:///x",
      "https:a.test",
      "https:/a.test/",
      "//a.test/",
      "http://a.test/",
      "HTTPS://a.test/",
      "gopher://a.test/",
      "file:///etc/passwd",
      " https://a.test/",
      "https://a.test/ ",
      "https://127.1/",
      "https://0x7f000001/",
      "https://2130706433/",
      "https://0177.0.0.1/",
      "https://127.0.0.1/",
      "https://1.0x7f/",
      "https://[::1]/",
      "https://[::1]:8443/",
      "https://localhost/",
      "https://localhost./",
      "https://a.localhost/",
      "https://a.test./",
      "https://.a.test/",
      "https://a..test/",
      "https://a.test%00.evil/",
      "https://a%2etest/",
      "https://A.test/",
      "https://b\xC3\xBC.test/",
      "https://a_b.test/",
      "https://-a.test/",
      "https://a-.test/",
      "https://a.1test/",
      "https://a.test,b.test/",
      "https://user@a.test/",
      "https://user:pass@a.test/",
      "https://a.test:443@b.test/",
      "https://a.test/#x",
      "https://a.test#x",
      "https://a.test:22/",
      "https://a.test:25/",
      "https://a.test:80/",
      "https://a.test:1023/",
      "https://a.test:0/",
      "https://a.test:/",
      "https://a.test:0443/",
      "https://a.test:65536/",
      "https://a.test:99999999999999/",
      "https://a.test:+443/",
      "https://a.test:443x/",
      "https://a.test?x",
      "https://a.test\\b/",
      "https://a.test/../x",
      "https://a.test/a/..",
      "https://a.test/./x",
      "https://a.test/%2e%2e/x",
      "https://a.test/%2E/x",
      "https://a.test/a%2Fb",
      "https://a.test/a%5cb",
      "https://a.test/%00",
      "https://a.test/%",
      "https://a.test/%4",
      "https://a.test/%zz",
      "https://a.test/a b",
      "https://a.test/a\r\nHost: b",
      "https://a.test/\x7F",
      "https://a.test/\xC3\xBC",
      "https://a.test/<x>",
      std::string("https://a.test/\0", 16),
      "https://a.test/?q=\r\nX: y",
      "https://" + std::string(64, 'a') + ".test/",
      "https://a.test/" + std::string(2048, 'a'),
  };
  for (const auto& url : cases) {
    const auto parsed = parse_fetch_url(url);
    ASSERT_FALSE(parsed.has_value()) << url;
    EXPECT_EQ(parsed.error().code, protocol::ErrorCode::fetch_blocked) << url;
  }
}

TEST(FetchUrl, HoldsHostNamesTo253Characters) {
  std::string name;
  for (int i = 0; i < 4; ++i) name += std::string(61, 'a') + ".";  // 248
  EXPECT_TRUE(is_public_host_name(name + "tests"));
  EXPECT_FALSE(is_public_host_name(name + "testss"));
}

}  // namespace
}  // namespace crawler
