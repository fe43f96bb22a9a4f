#include "crawler/robots.h"

#include <chrono>

#include <gtest/gtest.h>

namespace crawler {

namespace {

TEST(Robots, DecideByOurGroupElseEverybodysAndTheLongestRule) {
  struct Case {
    const char* name;
    std::string text;
    const char* target;
    bool want;
  };
  const Case cases[] = {
      {"empty", "", "/groups", true},
      {"no group for us", "User-agent: other\nDisallow: /\n", "/groups", true},
      {"everybody", "User-agent: *\nDisallow: /\n", "/groups", false},
      {"ours before everybody's", "User-agent: *\nDisallow: /\n\nUser-agent: Kith\nAllow: /\n",
       "/x", true},
      {"ours may be stricter", "User-agent: *\nAllow: /\nUser-agent: KITH/1.0\nDisallow: /a\n",
       "/a/b", false},
      {"ours without rules", "User-agent: kith\n\nUser-agent: *\nDisallow: /\n", "/a", false},
      {"ours with an empty rule", "User-agent: kith\nDisallow:\n\nUser-agent: *\nDisallow: /\n",
       "/a", true},
      {"a longer name is another", "User-agent: kithkin\nDisallow: /\n", "/a", true},
      {"groups of one name are one",
       "User-agent: *\nDisallow: /a\nUser-agent: x\nDisallow: /\n"
       "User-agent: *\nDisallow: /b\n",
       "/b", false},
      {"names share a group", "User-agent: x\nUser-agent: *\nDisallow: /a\n", "/a", false},
      {"other lines end no group",
       "User-agent: *\nSitemap: https://a.test/s\nCrawl-delay: 9\n"
       "Disallow: /a\n",
       "/a", false},
      {"longest", "User-agent: *\nDisallow: /a\nAllow: /a/open\n", "/a/open/1", true},
      {"longest whatever the order", "User-agent: *\nAllow: /a/open\nDisallow: /a\n", "/a/shut",
       false},
      {"allow among equals", "User-agent: *\nDisallow: /a\nAllow: /a\n", "/a", true},
      {"allow among equals, before", "User-agent: *\nAllow: /a\nDisallow: /a\n", "/a", true},
      {"case of paths counts", "User-agent: *\nDisallow: /A\n", "/a", true},
      {"beginning of a path", "User-agent: *\nDisallow: /gro\n", "/groups.html", false},
      {"query", "User-agent: *\nDisallow: /*?id=\n", "/groups?id=3", false},
      {"star", "User-agent: *\nDisallow: /*/private/*.html\n", "/x/y/private/z/1.html?a", false},
      {"star does not fit", "User-agent: *\nDisallow: /*/private/\n", "/private/", true},
      {"end", "User-agent: *\nDisallow: /*.pdf$\n", "/a.pdf", false},
      {"end does not fit", "User-agent: *\nDisallow: /*.pdf$\n", "/a.pdf.html", true},
      {"end without star", "User-agent: *\nDisallow: /$\n", "/a", true},
      {"only the first page", "User-agent: *\nDisallow: /$\n", "/", false},
      {"star that backs up", "User-agent: *\nDisallow: /*ab$\n", "/abab", false},
      {"escaped letters", "User-agent: *\nDisallow: /%67roups\n", "/groups", false},
      {"octets", "User-agent: *\nDisallow: /caf\xC3\xA9\n", "/caf%c3%a9", false},
      {"an escaped slash is none", "User-agent: *\nDisallow: /a%2Fb\n", "/a/b", true},
      {"comments", "User-agent: * # all\nDisallow: /a # that\n#Allow: /a\n", "/a", false},
      {"returns and tabs", "\xEF\xBB\xBFuser-AGENT\t:\t*\r\rDISALLOW :/a\r\n", "/a", false},
      {"rules before any group", "Disallow: /\nUser-agent: *\nDisallow: /b\n", "/a", true},
      {"no rules at all", "<html><body>Not found: sorry</body></html>", "/a", true},
      {"the file itself", "User-agent: *\nDisallow: /\n", "/robots.txt", true},
      {"last line without an end", "User-agent: *\nDisallow: /a", "/a", false},
      {"zeros", std::string("User-agent: *\nDis\0allow: /\n", 27), "/a", true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(robots_allow(c.text, c.target), c.want);
  }
}

TEST(Robots, AHostileFileCostsLittleTime) {
  std::string text = "User-agent: *\n";
  while (text.size() < kMaxRobotsBytes) text += "Disallow: /*a*a*a*a*a*a*a*a*a*a*b$\n";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(robots_allow(text, "/" + std::string(2'000, 'a')));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_TRUE(robots_allow("User-agent: *\nDisallow: " + std::string(100'000, '*') + "x", "/aaa"));
}

/// Answers as told, and counts.
class RobotsSource final : public Source {
 public:
  std::vector<protocol::Result<FetchResponse>> get_all(
      std::span<const FetchRequest> requests) override {
    std::vector<protocol::Result<FetchResponse>> answers;
    for (const auto& request : requests) {
      asked.push_back(request.url);
      const auto found = said.find(request.url);
      if (found == said.end()) {
        answers.push_back(protocol::refuse(protocol::ErrorCode::fetch_connect, "nobody there"));
      } else {
        answers.push_back(found->second);
      }
    }
    return answers;
  }
  std::map<std::string, protocol::Result<FetchResponse>> said;
  std::vector<std::string> asked;
};

TEST(Robots, EachHostIsAskedOnceAndWhatItCannotSayIsNo) {
  using enum RobotsAnswer;
  using protocol::ErrorCode;
  RobotsSource source;
  const auto fails = [](ErrorCode code, const char* detail) {
    return protocol::Result<FetchResponse>(protocol::refuse(code, detail));
  };
  source.said = {
      {"https://open.test/robots.txt", FetchResponse{200, "User-agent: *\nDisallow: /shut\n", ""}},
      {"https://open.test:8443/robots.txt", FetchResponse{200, "User-agent: *\nDisallow: /\n", ""}},
      {"https://none.test/robots.txt", fails(ErrorCode::fetch_http, "404 Not Found")},
      {"https://secret.test/robots.txt", fails(ErrorCode::fetch_http, "403")},
      {"https://busy.test/robots.txt", fails(ErrorCode::fetch_http, "429")},
      {"https://ill.test/robots.txt", fails(ErrorCode::fetch_http, "503")},
      {"https://moved.test/robots.txt", fails(ErrorCode::fetch_redirect, "301")},
      {"https://huge.test/robots.txt", fails(ErrorCode::fetch_too_large, "over 524288 bytes")},
  };
  const std::pair<std::string, RobotsAnswer> cases[] = {
      {"https://open.test/groups", allowed},
      {"https://open.test/shut/1", disallowed},
      {"https://open.test:8443/groups", disallowed},
      {"https://none.test/", allowed},
      {"https://secret.test/", allowed},
      {"https://busy.test/", unreachable},
      {"https://ill.test/", unreachable},
      {"https://moved.test/", unreachable},
      {"https://huge.test/", unreachable},
      {"https://silent.test/", unreachable},
      {"http://open.test/groups", unreachable}};
  std::vector<std::string> urls;
  for (const auto& one : cases) urls.push_back(one.first);
  RobotsFiles robots(source);
  const auto said = robots.ask(urls);
  ASSERT_EQ(said.size(), urls.size());
  for (std::size_t i = 0; i < urls.size(); ++i) EXPECT_EQ(said[i], cases[i].second) << urls[i];
  EXPECT_EQ(source.asked.size(), 9U);
  EXPECT_EQ(robots.ask(urls), said);
  EXPECT_EQ(source.asked.size(), 9U) << "kept for the run";
  EXPECT_TRUE(robots.ask({}).empty());
}

}  // namespace

}  // namespace crawler
