#include "node/pages/html.h"

#include <string>

#include <gtest/gtest.h>

namespace {

using node::Address;
using node::Html;
using node::visible_text;

TEST(Html, ShowsAttackStringsLiterally) {
  const char* attacks[] = {"<script>alert(1)</script>",
                           "\"><img src=x onerror=alert(1)>",
                           "</title><b>",
                           "</textarea>",
                           "'onmouseover='alert(1)",
                           "&#x3c;b&#x3e;",
                           "<!-- ",
                           "]]>"};
  for (const auto* attack : attacks) {
    SCOPED_TRACE(attack);
    Html html;
    html.text(attack).theirs(attack);
    html.open("p", {{"title", attack}});
    // Only our own two tags may be left.
    std::string rest = html.str();
    for (const std::string ours : {"<bdi>", "</bdi>", "<p title=\"", "\">"})
      rest.erase(rest.find(ours), ours.size());
    EXPECT_EQ(rest.find_first_of("<>\"'"), std::string::npos) << rest;
    EXPECT_NE(html.str().find("&"), std::string::npos);
  }
}

TEST(Html, EscapesWhatIsEscapedAlready) {
  Html html;
  html.theirs("&#x3c;b>");
  EXPECT_EQ(html.str(), "<bdi>&amp;#x3c;b&gt;</bdi>");
}

TEST(Html, ShowsHiddenCharactersAsABox) {
  struct Case {
    const char* name;
    std::string text, want;
  };
  const Case cases[] = {
      {"right-to-left override", "a\u202Eb", "a\u25AFb"},
      {"isolate", "\u2066x\u2069", "\u25AFx\u25AF"},
      {"zero-width space", "pay\u200Bpal", "pay\u25AFpal"},
      {"byte order mark", "\uFEFFx", "\u25AFx"},
      {"tag characters", "x\U000E0041\U000E0042", "x\u25AF\u25AF"},
      {"private use", "x\uE000", "x\u25AF"},
      {"line separator", "a\u2028b", "a\u25AFb"},
      {"escape character", "a\x1b[2Jb", "a\u25AF[2Jb"},
      {"a tab is only white space", "a\tb", "a b"},
      {"accents of ordinary words", "Zoë Nguyễn, e\u0301", "Zoë Nguyễn, e\u0301"},
      {"other scripts", "שלום 日本語 العربية", "שלום 日本語 العربية"},
      {"emoji", "🙂", "🙂"},
      {"a byte that is no UTF-8", "a\xff", "a\u25AF"},
      {"a character cut short", "a\xe2\x82", "a\u25AF"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(visible_text(c.text), c.want);
  }
}

TEST(Html, CutsAPileOfMarks) {
  std::string pile = "Z";
  for (int i = 0; i < 30; ++i) pile += "\u0334";
  EXPECT_EQ(visible_text(pile + "!"), "Z\u0334\u0334\u0334\u0334\u25AF!");
}

TEST(Html, MakesNoLinkOfAnythingButPlainHttps) {
  for (const auto* url :
       {"javascript:alert(1)", "data:text/html,x", "//evil.test/", "http://a.test/",
        "https://user@a.test/", "https:a.test", "https://a.test/\"onclick=x", "https://a.test/\n",
        " https://a.test/", "https://127.0.0.1/", "HTTPS://a.test/", "https://a.test./", ""}) {
    SCOPED_TRACE(url);
    EXPECT_FALSE(Address::outgoing(url));
    Html html;
    html.outgoing_link("home", url);
    EXPECT_EQ(html.str().find("<a"), std::string::npos) << html.str();
  }
}

TEST(Html, OutgoingLinksSayWhereTheyLeadAndHandOnNothing) {
  Html html;
  html.outgoing_link("Web <page>", "https://ohio.test:8443/a?b=1&c=2");
  EXPECT_EQ(html.str(),
            "<a class=\"ext\" rel=\"noopener noreferrer nofollow ugc\" "
            "href=\"https://ohio.test:8443/a?b=1&amp;c=2\"><bdi>Web &lt;page&gt;</bdi></a> "
            "(ohio.test)");
}

TEST(Html, MailLinksAreOneAddressAndNothingElse) {
  EXPECT_EQ(Address::mail("groups@ohio.test")->text(), "mailto:groups@ohio.test");
  EXPECT_EQ(Address::mail("mailto:groups@ohio.test")->text(), "mailto:groups@ohio.test");
  for (const auto* contact : {"a@b.test?bcc=x@y.test", "a@b.test,c@d.test", "a@b.test\r\nBcc: x",
                              "javascript:a@b.test", "555-0100", ""}) {
    SCOPED_TRACE(contact);
    EXPECT_FALSE(Address::mail(contact));
  }
}

TEST(Html, LocalAddressesStayOnThisNode) {
  EXPECT_EQ(Address::local("//evil.test/x").text(), "/evil.test/x");
  EXPECT_EQ(Address::local("/groups/a b\"><").text(), "/groups/a%20b%22%3E%3C");
  EXPECT_EQ(Address::local("/", {{"q", "a&b=c#d é\""}, {"cost", "max-per-month:40"}}).text(),
            "/?q=a%26b%3Dc%23d%20%C3%A9%22&cost=max-per-month:40");
}

TEST(Html, ReadsTheHostOfAnAddress) {
  EXPECT_EQ(node::host_of("https://a.test/b"), "a.test");
  EXPECT_EQ(node::host_of("https://a.test:8443"), "a.test");
  EXPECT_EQ(node::host_of("http://a.test"), "");
}

}  // namespace
