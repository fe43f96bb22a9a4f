#include "protocol/identity/did.h"

#include <string>

#include <gtest/gtest.h>

namespace protocol {
namespace {

const std::string kDidTestScid = "QmTHrWAGo3TSe4NrWGszzHQNN72dnqCbzzUBUY9rQWBSWg";
const std::string kDidTestStart = "did:webvh:" + kDidTestScid + ":";

TEST(Did, LeadsToTheFolderOfItsLog) {
  const struct {
    const char* rest;
    const char* url;
  } cases[] = {
      {"example.com", "https://example.com/.well-known/"},
      {"issuer.example.com", "https://issuer.example.com/.well-known/"},
      {"example.com:dids:issuer", "https://example.com/dids/issuer/"},
      {"example.com%3A3000:dids:issuer", "https://example.com:3000/dids/issuer/"},
      {"example.com%3A1", "https://example.com:1/.well-known/"},
      {"example.com%3A65535", "https://example.com:65535/.well-known/"},
      {"node-a.test%3A8443:o:main", "https://node-a.test:8443/o/main/"},
      {"xn--jp-cd2fp15c.xn--fsq.jp:%E7%94%A8%E6%88%B7",
       "https://xn--jp-cd2fp15c.xn--fsq.jp/%E7%94%A8%E6%88%B7/"},
      {"example.com:a%7Eb", "https://example.com/a~b/"},
      {"example.com:a%3Ab", "https://example.com/a%3Ab/"},
      {"example.com:100%25", "https://example.com/100%25/"},
      {"example.com:...", "https://example.com/.../"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.rest);
    const std::string text = kDidTestStart + c.rest;
    const auto did = parse_did(text);
    ASSERT_TRUE(did) << did.error().detail;
    EXPECT_EQ(did->scid, kDidTestScid);
    EXPECT_EQ(format_did(*did), text);
    EXPECT_EQ(did_folder_url(*did), c.url);
    const auto back = did_from_folder_url(c.url, kDidTestScid);
    ASSERT_TRUE(back) << back.error().detail;
    EXPECT_EQ(*back, *did);
  }
}

// did:webvh 1.0 lets both spellings of the colon in, and writes the first. The suite's
// 127.0.0.1%3a8080 is refused for its host.
TEST(Did, TakesThePortMarkInEitherCaseAndWritesUpperCase) {
  const auto lower = parse_did(kDidTestStart + "example.com%3a8443:o");
  ASSERT_TRUE(lower);
  EXPECT_EQ(lower->port, 8443);
  EXPECT_EQ(format_did(*lower), kDidTestStart + "example.com%3A8443:o");
}

TEST(Did, DecodesTheHostExactlyOnce) {
  const auto did = parse_did(kDidTestStart + "ex%61mple%2Ecom");
  ASSERT_TRUE(did);
  EXPECT_EQ(did->host, "example.com");
}

TEST(Did, RefusesWhateverIsNotAPublicHostAndAPlainPath) {
  const std::string label63(63, 'a');
  const std::string host253 =
      label63 + "." + label63 + "." + label63 + "." + std::string(57, 'a') + ".com";
  ASSERT_EQ(host253.size(), 253U);
  EXPECT_TRUE(parse_did(kDidTestStart + host253));
  EXPECT_TRUE(parse_did(kDidTestStart + label63 + ".com"));

  const std::string rests[] = {
      // IP addresses in any spelling
      "127.0.0.1",
      "127.0.0.1%3A8080",
      "127.0.0.1%3a8080",
      "127%2E0%2E0%2E1",
      "127%2e0%2e0%2e1",
      "169%2E254%2E169%2E254",
      "1%32%37.0.0.1",
      "0x7f.1",
      "1.0x7f",
      "0x7f000001",
      "2130706433",
      "0177.0.0.1",
      "127.1",
      "example.1",
      "example.0xa",
      "1.2.3.4.5",
      "[::1]",
      "%5B::1%5D",
      "%5B%3A%3A1%5D",
      "::1",
      "fe80%3A%3A1",
      // This machine
      "localhost",
      "localhost%3A8080",
      "LOCALHOST",
      "a.localhost",
      "localhost.",
      // Labels
      "",
      ".",
      "example",
      "example.com.",
      ".example.com",
      "example..com",
      "-a.example",
      "a-.example",
      "ex_ample.com",
      "example.com%20",
      "%20example.com",
      "exa%00mple.com",
      "example.com%0A",
      "example%2F.com",
      "a@example.com",
      "a%40example.com",
      "Example.com",
      "example.COM",
      "ex%41mple.com",
      "ex\xc3\xa4mple.com",
      "ex%C3%A4mple.com",
      "xn--a\xc3\xa4.com",
      label63 + "a.com",
      "a" + host253,
      "example.com%",
      "example.com%2",
      "example.com%zz",
      "example%252Ecom",
      "127%252E0%252E0%252E1",
      "example.com%253A80",
      // Ports
      "example.com%3A",
      "example.com%3A0",
      "example.com%3A00",
      "example.com%3A01",
      "example.com%3A65536",
      "example.com%3A99999",
      "example.com%3A100000",
      "example.com%3A080",
      "example.com%3A-1",
      "example.com%3A+1",
      "example.com%3A8080a",
      "example.com%3A80%3A80",
      "example.com%3A%38%30",
      "%3A80",
      "a%3Ab.example",
      "example.com%3A 80",
      "example.com%3A0x50",
      // Paths
      "example.com:",
      "example.com::a",
      "example.com:a:",
      "example.com:.",
      "example.com:..",
      "example.com:..:..:admin",
      "example.com:%2E%2E:admin",
      "example.com:%2e%2e:admin",
      "example.com:.%2E",
      "example.com:%2E",
      "example.com:a%2Fb",
      "example.com:a%2fb",
      "example.com:%2F",
      "example.com:a%5Cb",
      "example.com:a\\b",
      "example.com:a%00b",
      "example.com:%20a",
      "example.com:a%20",
      "example.com:%09a",
      "example.com:a%0D%0A",
      "example.com:a%1Fb",
      "example.com:%C2%A0a",
      "example.com:a%E3%80%80",
      "example.com:%252E%252E",
      "example.com:a%252Fb",
      "example.com:%FF",
      "example.com:%C0%AE%C0%AE",
      "example.com:%ED%A0%80",
      "example.com:a%",
      "example.com:a%2",
      "example.com:a%2x",
      "example.com:a b",
      "example.com:a~b",
      "example.com:a+b",
      "example.com:\xe7\x94\xa8",
      // DID URLs
      "example.com#",
      "example.com#sign",
      "127.0.0.1#x",
      "example.com?versionId=1",
      "example.com/whois",
      "example.com/",
      "example.com:a#b",
      "example.com:a?b",
      "example.com:a/b",
      "example.com\n",
      " example.com",
      "example.com ",
      std::string("example.com\0", 12),
      // Length
      "example.com:" + std::string(3000, 'a'),
      "example.com:" + std::string(1'000'000, ':'),
  };
  for (const auto& rest : rests) {
    SCOPED_TRACE(rest.substr(0, 100));
    const auto did = parse_did(kDidTestStart + rest);
    ASSERT_FALSE(did) << did->host;
    EXPECT_EQ(did.error().code, ErrorCode::did_syntax);
  }
}

TEST(Did, RefusesOtherMethodsAndOtherIdentifiers) {
  const std::string texts[] = {
      "",
      "did",
      "did:",
      "did:webvh",
      "did:webvh:",
      "did:webvh:" + kDidTestScid,
      kDidTestStart,
      "did:web:example.com",
      "DID:webvh:" + kDidTestScid + ":example.com",
      "did:WebVH:" + kDidTestScid + ":example.com",
      " " + kDidTestStart + "example.com",
      "did:webvh:{SCID}:example.com",
      "did:webvh:Qm0000000000000000000000000000000000000000000000:example.com",
      "did:webvh:" + kDidTestScid.substr(1) + ":example.com",
      "did:webvh:" + kDidTestScid + "a:example.com",
      "did:webvh::example.com",
      "did:webvh:z" + kDidTestScid.substr(1) + ":example.com",
      // 46 characters of base58 that do not begin with 0x12 0x20
      "did:webvh:" + std::string(46, 'Z') + ":example.com",
  };
  for (const auto& text : texts) {
    SCOPED_TRACE(text);
    const auto did = parse_did(text);
    ASSERT_FALSE(did);
    EXPECT_EQ(did.error().code, ErrorCode::did_syntax);
  }
}

TEST(Did, IsMadeFromTheFolderItsLogLiesIn) {
  const struct {
    const char* url;
    const char* rest;
  } good[] = {
      {"https://chapter.example/o/main", "chapter.example:o:main"},
      {"https://chapter.example/o/main/", "chapter.example:o:main"},
      {"https://chapter.example", "chapter.example"},
      {"https://chapter.example/", "chapter.example"},
      {"https://chapter.example/.well-known/", "chapter.example"},
      {"https://chapter.example:8443/o", "chapter.example%3A8443:o"},
      {"https://chapter.example/~ann/a%20b", "chapter.example:%7Eann:a%20b"},
      {"https://chapter.example/a:b", "chapter.example:a%3Ab"},
  };
  for (const auto& c : good) {
    SCOPED_TRACE(c.url);
    const auto did = did_from_folder_url(c.url, "{SCID}");
    ASSERT_TRUE(did) << did.error().detail;
    EXPECT_EQ(format_did(*did), std::string("did:webvh:{SCID}:") + c.rest);
  }
  for (const char* url : {"",
                          "chapter.example",
                          "http://chapter.example/o",
                          "https:/chapter.example",
                          "https://",
                          "https:///o",
                          "https://localhost/o",
                          "https://127.0.0.1/o",
                          "https://[::1]/o",
                          "https://a@chapter.example/",
                          "https://a:b@chapter.example/",
                          "https://chapter.example:0/",
                          "https://chapter.example:65536/",
                          "https://chapter.example:/",
                          "https://chapter.example//",
                          "https://chapter.example/a//b",
                          "https://chapter.example/../b",
                          "https://chapter.example/%2e%2e",
                          "https://chapter.example/a%2Fb",
                          "https://chapter.example/a?b",
                          "https://chapter.example/a#b",
                          "https://chapter.example/a\\b",
                          "https://chapter.example/a b",
                          "https://chapter.example/%",
                          "https://Chapter.example/o",
                          "https://chapter/o",
                          "https://chapter.example./o"}) {
    SCOPED_TRACE(url);
    const auto did = did_from_folder_url(url, kDidTestScid);
    ASSERT_FALSE(did);
    EXPECT_EQ(did.error().code, ErrorCode::did_syntax);
  }
  EXPECT_FALSE(did_from_folder_url("https://chapter.example/o", "SCID"));
}

TEST(Did, KnowsAScidFromOtherTexts) {
  EXPECT_TRUE(is_scid(kDidTestScid));
  EXPECT_FALSE(is_scid(""));
  EXPECT_FALSE(is_scid("{SCID}"));
  EXPECT_FALSE(is_scid(kDidTestScid + " "));
  EXPECT_FALSE(is_scid(std::string(46, 'Z')));
  EXPECT_FALSE(is_scid(std::string(1'000'000, 'Q')));
}

TEST(Did, IsSpokenInGroupsOfFour) {
  EXPECT_EQ(spoken_scid(kDidTestScid), "QmTH rWAG o3TS e4Nr WGsz zHQN N72d nqCb zzUB UY9r QWBS Wg");
  EXPECT_EQ(spoken_scid(""), "");
}

}  // namespace
}  // namespace protocol
