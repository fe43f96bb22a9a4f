#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/api/routes.h"
#include "node/pages/frame.h"
#include "node/pages/listing_card.h"
#include "tests/support/federation.h"

namespace {

using protocol::Json;
using test_support::Federation;
using test_support::simple_listing;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPagesAttack =
    "<script>alert(1)</script>\"><img src=x onerror=alert(1)></title></textarea>{{7*7}}&#x3c;";

/// The page without its block of linked data, which no browser runs and nobody sees. Nothing within
/// may end it early: a `<` there would be left over as markup.
std::string pages_without_data(std::string page) {
  const std::string begin = "<script type=\"application/ld+json\">{";
  const auto at = page.find(begin);
  if (at == std::string::npos) return page;
  const auto end = page.find('<', at + begin.size());
  if (end == std::string::npos || page.compare(end - 1, 10, "}</script>") != 0) return page;
  return page.erase(at, end + 9 - at);
}

/// What is wrong with a page's markup, as far as a browser would have to guess: tags left open,
/// unquoted or repeated attributes, ids twice, labels and fragments that lead nowhere, anything
/// that could run.
std::vector<std::string> pages_faults(const std::string& whole_page) {
  const auto page = pages_without_data(whole_page);
  static const std::set<std::string> kVoid = {"meta", "link", "input", "br", "img", "hr"};
  std::vector<std::string> faults, open;
  std::set<std::string> ids, wanted;
  for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at)) {
    const auto end = page.find('>', at);
    if (end == std::string::npos) return {"a tag without an end"};
    std::string tag = page.substr(at + 1, end - at - 1);
    at = end + 1;
    if (tag.starts_with("!doctype")) continue;
    if (tag.starts_with('/')) {
      if (open.empty() || open.back() != tag.substr(1))
        return {"</" + tag.substr(1) + "> closes " + (open.empty() ? "nothing" : open.back())};
      open.pop_back();
      continue;
    }
    const bool closed = tag.ends_with('/');
    if (closed) tag.pop_back();
    const auto name = tag.substr(0, tag.find(' '));
    if (name == "script" || name == "style" || name == "iframe" || name == "img" || name == "base")
      faults.push_back("there is a <" + name + ">");
    std::set<std::string> names;
    for (std::size_t in = name.size(); in < tag.size();) {
      if (tag[in] == ' ') {
        ++in;
        continue;
      }
      const auto stop = tag.find_first_of("= ", in);
      const auto attribute = tag.substr(in, stop - in);
      if (!names.insert(attribute).second) faults.push_back(name + " has two " + attribute);
      if (attribute.starts_with("on") || attribute == "style")
        faults.push_back(name + " has " + attribute);
      std::string value;
      in = std::min(stop, tag.size());
      if (in < tag.size() && tag[in] == '=') {
        if (tag[in + 1] != '"') return {name + ": " + attribute + " has no quotes"};
        const auto close = tag.find('"', in + 2);
        if (close == std::string::npos) return {name + ": " + attribute + " never ends"};
        value = tag.substr(in + 2, close - in - 2);
        in = close + 1;
      }
      if (attribute == "id" && !ids.insert(value).second) faults.push_back("two ids " + value);
      if (attribute == "for" || attribute == "aria-labelledby") wanted.insert(value);
      if (attribute == "href" && value.starts_with('#')) wanted.insert(value.substr(1));
      if ((attribute == "href" || attribute == "action") && !value.starts_with('/') &&
          !value.starts_with('#') && !value.starts_with("https://") &&
          !value.starts_with("mailto:") && value != "tel:988" && value != "tel:911" &&
          value != "data:,")
        faults.push_back("leads to " + value);
    }
    if (name == "a" && page.compare(at - 1, 1, ">") == 0 &&
        tag.find("href=\"https://") != std::string::npos &&
        tag.find("rel=\"noopener noreferrer nofollow ugc\"") == std::string::npos)
      faults.push_back("a link out without rel: " + tag);
    if (!closed && !kVoid.contains(name)) open.push_back(name);
  }
  for (const auto& tag : open) faults.push_back(tag + " is left open");
  for (const auto& id : wanted)
    if (!ids.contains(id)) faults.push_back("nothing has the id " + id);
  return faults;
}

/// The text of a page as a reader sees it.
std::string pages_text(const std::string& whole_page) {
  const auto page = pages_without_data(whole_page);
  std::string text;
  for (std::size_t at = 0; at < page.size();) {
    if (page[at] == '<') {
      at = std::min(page.find('>', at), page.size() - 1) + 1;
      continue;
    }
    text += page[at++];
  }
  const std::pair<std::string, std::string> kEntities[] = {{"&lt;", "<"},    {"&gt;", ">"},
                                                           {"&quot;", "\""}, {"&#39;", "'"},
                                                           {"\u00a0", " "},  {"&amp;", "&"}};
  for (const auto& [entity, character] : kEntities)
    for (auto at = text.find(entity); at != std::string::npos;
         at = text.find(entity, at + character.size()))
      text.replace(at, entity.size(), character);
  return text;
}

class Pages : public ::testing::Test {
 protected:
  Pages()
      : national(federation.add("national.test", "National Association", {"US"},
                                "national_association")),
        chapter(federation.add("ohio.test", "Ohio Chapter", {"US-OH"})),
        collective(federation.add("lantern.test", "Lantern Collective", {"US-OH"}, "collective")) {}

  /// Publishes, joins the three and serves the national node.
  void join(std::vector<Json> listings, std::vector<Json> of_collective = {}) {
    keys = federation.publish(chapter, std::move(listings));
    if (!of_collective.empty())
      collective_keys = federation.publish(collective, std::move(of_collective));
    federation.anchor(national, national);
    federation.recognize(national, chapter, {"US-OH"}, 1);
    federation.recognize(chapter, collective, {"US-OH"});
    federation.follow(national, chapter);
    federation.sync(national);
    node::add_public_routes(router, *national.node, std::chrono::seconds(0));
  }

  node::Response get(const std::string& target) const {
    auto request = node::make_request("GET", target);
    request.headers.emplace_back("Accept", "text/html,*/*;q=0.8");
    auto response = router(request);
    node::security_headers(response, false);
    if (response.header("Content-Type")->starts_with("text/html")) {
      EXPECT_THAT(pages_faults(response.body), ::testing::IsEmpty()) << target;
    }
    return response;
  }
  std::string text(const std::string& target) const { return pages_text(get(target).body); }

  Federation federation;
  Federation::Member& national;
  Federation::Member& chapter;
  Federation::Member& collective;
  std::vector<node::RecordKey> keys, collective_keys;
  node::Router router;
};

Json::Member pages_cost(const char* model) { return {"cost", Json::object({{"model", model}})}; }
Json::Member pages_formats(const char* format) { return {"formats", Json::array({format})}; }
Json::Member pages_regions(const char* region) { return {"regions", Json::array({region})}; }

TEST_F(Pages, TheSearchPageNamesPublisherAndPathOnEveryCard) {
  join({simple_listing("Tuesday Table")}, {simple_listing("Porch Circle")});
  const auto page = text("/");
  EXPECT_THAT(page, HasSubstr("2 groups"));
  EXPECT_THAT(page, HasSubstr("Published by Ohio Chapter. Recognized by National Association until "
                              "Nov 1, 2027."));
  EXPECT_THAT(page, HasSubstr("Published by Lantern Collective. Recognized by Ohio Chapter, which "
                              "National Association recognizes, until Nov 1, 2027."));
  EXPECT_THAT(page, HasSubstr("Confirmed Nov 2 by"));
  EXPECT_THAT(page, HasSubstr("call or text 988"));
  EXPECT_THAT(page, HasSubstr("This node is run by National Association"));
}

TEST_F(Pages, AttackStringsStandLiterallyOnEveryPage) {
  join({simple_listing(
      kPagesAttack,
      {{"summary", kPagesAttack},
       {"description", kPagesAttack},
       {"alternate_names", Json::array({kPagesAttack})},
       {"kinds", Json::array({"formal_consultation", "x<b>kind"})},
       {"focus_topics", Json::array({"x\"><b>topic"})},
       {"sponsor", Json::object({{"name", kPagesAttack}})},
       {"x_new", Json::object({{"<i>member", kPagesAttack}})},
       {"as_stated", Json::object({{"cost", kPagesAttack}, {"<u>field", kPagesAttack}})},
       {"cost", Json::object({{"model", "free"}, {"what_it_pays", kPagesAttack}})},
       {"contact", Json::object({{"coordinator", kPagesAttack}, {"public", "555-0100 <b>"}})}})});
  const std::string group = "/groups/" + keys[0].text();
  for (const auto& target :
       {std::string("/"), group, "/publishers/" + chapter.scid, std::string("/about/checks"),
        std::string("/?q=%3Cscript%3Ealert(1)%3C/script%3E%22%3E%3Cimg%20src=x%3E"),
        std::string("/?license=%3Cb%3E"), std::string("/?%3Cb%3E=1"),
        std::string("/?format=%22%3E%3Cb%3E&kind=%3C/title%3E&publisher=%3Cb%3E"),
        std::string("/groups/%3Cb%3E/x")}) {
    SCOPED_TRACE(target);
    // get() proves that nothing of it has become markup.
    const auto response = get(target);
    EXPECT_THAT(response.body, Not(HasSubstr("<b>topic")));
    EXPECT_THAT(pages_without_data(response.body), Not(HasSubstr("<script")));
  }
  EXPECT_THAT(text("/"), HasSubstr(kPagesAttack));
  const auto page = text(group);
  EXPECT_THAT(page, HasSubstr(std::string(kPagesAttack) + ": Consultation group"));  // the title
  EXPECT_THAT(page, HasSubstr("In their words: “" + std::string(kPagesAttack)));
  EXPECT_THAT(page, HasSubstr("<i>member: " + std::string(kPagesAttack)));
  EXPECT_THAT(page, HasSubstr("other (x\"><b>topic)"));
}

TEST_F(Pages, TheListingPageSaysEverythingThatTheListingSays) {
  join({simple_listing(
      "Tuesday Table",
      {{"summary", "Two cases a night."},
       {"description", "We begin.\nWe end."},
       {"lang", "es"},
       pages_formats("video"),
       pages_regions("US"),
       {"schedule", Json::array({Json::object({{"dtstart", "2026-11-24T19:00:00"},
                                               {"duration", 90},
                                               {"rrule", "FREQ=MONTHLY;BYDAY=2TU,4TU"},
                                               {"tzid", "America/New_York"},
                                               {"exdates", Json::array({"2026-12-22"})}})})},
       {"cost", Json::object({{"model", "free"}, {"what_it_pays", "the room"}})},
       {"capacity", Json::object({{"max", 8}, {"openings", 3}, {"as_of", "2026-10-30"}})},
       {"leaders",
        Json::array({Json::object({{"role", "Host"},
                                   {"display_name", "Dana Whitlock"},
                                   {"consent", Json::object({{"given_at", "2026-01-08"}})}})})},
       {"languages", Json::array({"en", "ase"})},
       {"accessibility", Json::array({"captions_live", "x-door-wide"})},
       {"ce_credit", Json::object({{"offered", true}, {"hours", "1.5"}})},
       {"commitment", Json::object({{"minimum_meetings", 4}})},
       {"certifications", Json::array({"CGP"})},
       {"charter", Json::array({"leaving"})},
       {"agreement", Json::object({{"state", "signed_by_all"},
                                   {"clauses", Json::array({"signed_and_dated"})},
                                   {"resign", "yearly"}})},
       {"links",
        Json::object({{"home", "https://ohio.test/t"}, {"agreement", "https://docs.test/a.pdf"}})},
       {"contact", Json::object({{"public", "groups@ohio.test"}, {"hours", "weekdays"}})},
       {"as_stated", Json::object({{"schedule", "2nd + 4th Tues"}, {"colour", "rot"}})},
       {"x_tomorrow", "a new member"}})});
  const auto response = get("/groups/" + keys[0].text());
  EXPECT_EQ(response.status, 200);
  const auto page = pages_text(response.body);
  for (const auto* wanted : {"Two cases a night.",
                             "We begin.",
                             "We end.",
                             "2nd and 4th Tuesday, 7:00–8:30 PM (ET)",
                             "Set by the group in Eastern Time",
                             "Not on Dec 22",
                             "In their words: “2nd + 4th Tues”",
                             "United States",
                             "Free. $0 a year. It pays for: the room.",
                             "3 of 8 open on Oct 30",
                             "Dana Whitlock (host)",
                             "English and American Sign Language",
                             "Live captions, other (x-door-wide)",
                             "hours: 1.5; offered: yes",
                             "minimum meetings: 4",
                             "CGP",
                             "Leaving the group",
                             "Every member signs a confidentiality agreement.",
                             "Signed and dated",
                             "It is signed again every year",
                             "Read the agreement (docs.test)",
                             "Web page (ohio.test)",
                             "groups@ohio.test",
                             "weekdays",
                             "“rot”",
                             "a new member",
                             "Creative Commons Attribution 4.0 (CC-BY-4.0)",
                             "The listing is unchanged since Ohio Chapter signed it on Nov 2.",
                             "Recognized by National Association until Nov 1, 2027.",
                             "This node’s operator chose to trust it. It recognized",
                             "Legal privilege may not cover",
                             "About 3 hours a month"}) {
    EXPECT_THAT(page, HasSubstr(wanted));
  }
  EXPECT_THAT(response.body, HasSubstr("<h1 class=\"theirs\" lang=\"es\">"));
  EXPECT_THAT(response.body, HasSubstr("href=\"mailto:groups@ohio.test\""));
  EXPECT_THAT(response.body, HasSubstr("rel=\"noopener noreferrer nofollow ugc\" "
                                       "href=\"https://docs.test/a.pdf\""));
  EXPECT_THAT(response.body, HasSubstr("href=\"/api/v1/groups/" + keys[0].text() + "\""));
}

TEST_F(Pages, TheLargestListingIsShownWhole) {
  protocol::ListingDefaults defaults;
  defaults.id = "urn:uuid:3f2504e0-4f89-41d3-9a0c-0305e82c3301";
  defaults.today = std::chrono::floor<std::chrono::days>(federation.clock.now());
  defaults.area = {"US-OH"};
  auto subject = protocol::largest_listing_subject(defaults);
  // Convened where its publisher may speak for; the rest stays as large as it can be.
  subject.set("area", Json::array({"US-OH"}));
  const auto name = *subject.find("name")->if_string();
  join({subject});
  const auto page = get("/groups/" + keys[0].text());
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(pages_text(page.body), HasSubstr(name));
  // Every text that was signed can be read on the page, but for names without consent and codes.
  for (const auto* member : {"description", "summary"})
    EXPECT_THAT(pages_text(page.body), HasSubstr(*subject.find(member)->if_string()));
  for (const auto& [field, words] : *subject.find("as_stated")->if_object())
    EXPECT_THAT(pages_text(page.body), HasSubstr(*words.if_string())) << field;
  EXPECT_EQ(get("/").status, 200);
}

TEST_F(Pages, WhatIsNotStatedIsSaidSo) {
  join({simple_listing("Bare")});
  const auto page = text("/groups/" + keys[0].text());
  for (const auto* row : {"When", "Where", "Serves", "For whom", "Cost", "Places", "Run by"})
    EXPECT_THAT(page, HasSubstr(std::string(row) + "Not stated"));
}

TEST_F(Pages, FiltersCountWhatDoesNotSayAndLetItIn) {
  join({simple_listing("Free one", {pages_cost("free")}), simple_listing("Silent one"),
        simple_listing("Silent two"), simple_listing("Dear", {pages_cost("subscription")})});
  const auto page = get("/?cost=free");
  EXPECT_THAT(pages_text(page.body), HasSubstr("1 group"));
  EXPECT_THAT(pages_text(page.body), HasSubstr("2 more do not state their cost: include them"));
  EXPECT_THAT(page.body, HasSubstr("href=\"/?cost=free&amp;unstated=cost\""));
  const auto with = text("/?cost=free&unstated=cost");
  EXPECT_THAT(with, HasSubstr("3 groups"));
  EXPECT_THAT(with, HasSubstr("that do not state their cost"));
  EXPECT_THAT(with, Not(HasSubstr("include them")));
}

TEST_F(Pages, ChipsTakeThemselvesAwayAndFacetsAddOne) {
  join({simple_listing("A", {pages_cost("free"), pages_formats("video"), pages_regions("US-OH")}),
        simple_listing("B", {pages_cost("donation"), pages_formats("video")})});
  const auto page = get("/?q=a&license=LMFT&region=US-OH&cost=free&format=video&unstated=license");
  EXPECT_THAT(page.body,
              HasSubstr("<a class=\"chip\" href=\"/?license=marriage_family_therapist:"
                        "independent&amp;region=US-OH&amp;cost=free&amp;format=video&amp;"
                        "unstated=license\">"));
  EXPECT_THAT(page.body,
              HasSubstr("<a class=\"chip\" href=\"/?q=a&amp;license=marriage_family_therapist:"
                        "independent&amp;region=US-OH&amp;format=video&amp;unstated=license\">"));
  // Chosen values in the pickers; what they do not hold travels along.
  EXPECT_THAT(page.body, HasSubstr("<option value=\"US-OH\" selected=\"\">"));
  EXPECT_THAT(page.body, HasSubstr("<option value=\"free\" selected=\"\">"));
  EXPECT_THAT(page.body, HasSubstr("<input type=\"hidden\" name=\"unstated\" value=\"license\">"));
  const auto facets = get("/?cost=free");
  EXPECT_THAT(facets.body, HasSubstr("href=\"/?cost=free&amp;cost=donation\""));
  EXPECT_THAT(facets.body, HasSubstr("href=\"/?cost=free&amp;format=video\""));
}

TEST_F(Pages, AnEmptyResultSaysWhatToLetGo) {
  join({simple_listing("Grief table", {pages_cost("free"), pages_formats("video")}),
        simple_listing("Trauma table", {pages_cost("free"), pages_formats("in_person")}),
        simple_listing("Trauma circle", {pages_cost("donation"), pages_formats("in_person")})});
  const auto page = get("/?q=trauma&cost=free&format=video");
  const auto words = pages_text(page.body);
  EXPECT_THAT(words, HasSubstr("No group fits all of this."));
  EXPECT_THAT(words, HasSubstr("Any topic instead of “trauma” 1 group"));
  EXPECT_THAT(words, HasSubstr("Any format instead of by video 1 group"));
  EXPECT_THAT(words, Not(HasSubstr("Any cost instead")));  // would not help
  EXPECT_THAT(page.body, HasSubstr("href=\"/?q=trauma&amp;cost=free\""));
}

TEST_F(Pages, WhereLettingGoOfOneThingIsNotEnoughEachIsOfferedByItself) {
  join({simple_listing("In Ohio by video", {pages_formats("video"), pages_regions("US-OH")}),
        simple_listing("In Utah by phone", {pages_formats("phone"), pages_regions("US-UT")})});
  const auto page = text("/?q=xyzzy&region=US-UT&format=in_person");
  EXPECT_THAT(page, HasSubstr("No group fits all of this."));
  EXPECT_THAT(page, HasSubstr("Keep one thing"));
  EXPECT_THAT(page, HasSubstr("Only Utah"));
  EXPECT_THAT(page, Not(HasSubstr("Only “xyzzy”")));
  EXPECT_THAT(page, Not(HasSubstr("Only in person")));
  // Nothing to put in order, and nothing to narrow.
  EXPECT_THAT(page, Not(HasSubstr("Sort by")));
  EXPECT_THAT(page, Not(HasSubstr("Narrow or sort")));
  EXPECT_THAT(get("/?q=xyzzy&region=US-UT&format=in_person").body,
              HasSubstr("href=\"/?region=US-UT\""));
  // One wish alone is what found nothing.
  EXPECT_THAT(text("/?q=xyzzy"), HasSubstr("Let go of one thing"));
}

TEST_F(Pages, ACardLeadsToJoiningTheCalendarAndReporting) {
  join({simple_listing("Tuesday Table",
                       {{"schedule", Json::array({Json::object({{"dtstart", "2026-11-24T19:00:00"},
                                                                {"duration", 90},
                                                                {"rrule", "FREQ=WEEKLY;BYDAY=TU"},
                                                                {"tzid", "America/New_York"}})})}}),
        simple_listing("Full House", {{"status", "full"}})});
  const auto page = get("/").body;
  const auto at = "href=\"/groups/" + keys[0].text();
  EXPECT_THAT(page, HasSubstr("class=\"act main\" " + at + "#join\""));
  EXPECT_THAT(page, HasSubstr(at + ".ics\""));
  EXPECT_THAT(page, HasSubstr(at + "/report\""));
  // Whoever cannot be joined today has no filled button, and without dates there is no calendar.
  const auto full = "href=\"/groups/" + keys[1].text();
  EXPECT_THAT(page, HasSubstr("class=\"act\" " + full + "#join\""));
  EXPECT_THAT(page, Not(HasSubstr(full + ".ics")));
}

TEST_F(Pages, TheirWordsAreQuotedOnlyWhereTheyDifferFromWhatIsShown) {
  join({simple_listing("Tuesday Table",
                       {{"languages", Json::array({"en"})},
                        {"cost", Json::object({{"model", "free"}})},
                        {"regions", Json::array({"US-OH"})},
                        {"accessibility", Json::array({"captions_live"})},
                        {"kinds", Json::array({"formal_consultation"})},
                        {"as_stated", Json::object({{"languages", "ENGLISH."},
                                                    {"cost", "free"},
                                                    {"regions", "OH"},
                                                    {"accessibility", "Live – captions"},
                                                    {"kinds", "consultation group"},
                                                    {"audience", "any therapist"}})}})});
  const auto page = text("/groups/" + keys[0].text());
  EXPECT_THAT(page, HasSubstr("In their words: “OH”"));
  EXPECT_THAT(page, HasSubstr("In their words: “any therapist”"));
  for (const auto* same : {"ENGLISH.", "“free”", "Live – captions", "“consultation group”"})
    EXPECT_THAT(page, Not(HasSubstr(same)));
}

TEST_F(Pages, GroupsOfSurvivorsAreKeptApart) {
  join({simple_listing("Case table"),
        simple_listing("Morning Porch",
                       {{"audience", "lived_experience"}, {"crisis_resource", "Call or text 988"}}),
        simple_listing("Open house", {{"audience", "public"}})});
  const auto page = get("/");
  const auto words = pages_text(page.body);
  EXPECT_THAT(words, HasSubstr("Case table"));
  EXPECT_THAT(words, Not(HasSubstr("Morning Porch")));
  EXPECT_THAT(words, HasSubstr("1 group is led by and for people with lived experience. Show it"));
  EXPECT_THAT(words, HasSubstr("1 group is open to everybody. Show it"));
  EXPECT_THAT(page.body, HasSubstr("href=\"/?audience=lived_experience\""));
  EXPECT_THAT(text("/?audience=lived_experience"), HasSubstr("Morning Porch"));
}

TEST_F(Pages, PagingShowsEachGroupOnce) {
  std::vector<Json> many;
  for (int i = 0; i < 45; ++i) many.push_back(simple_listing("Group " + std::to_string(100 + i)));
  join(many);
  std::map<std::string, int> seen;
  std::string target = "/?sort=name";
  for (int page = 0; page < 3; ++page) {
    const auto response = get(target);
    for (int i = 0; i < 45; ++i) {
      const auto name = "<bdi>Group " + std::to_string(100 + i) + "</bdi></a></h3>";
      if (response.body.find(name) != std::string::npos) ++seen[name];
    }
    const auto next = response.body.find("<a class=\"btn main\" href=\"");
    ASSERT_EQ(next == std::string::npos, page == 2);
    if (page == 2) break;
    const auto from = next + 26;
    target = response.body.substr(from, response.body.find('"', from) - from);
    for (auto at = target.find("&amp;"); at != std::string::npos; at = target.find("&amp;"))
      target.replace(at, 5, "&");
    // A search that is bookmarked from the second page still finds its way to the first.
    EXPECT_THAT(target, HasSubstr("cursor="));
  }
  EXPECT_EQ(seen.size(), 45u);
  for (const auto& [name, times] : seen) EXPECT_EQ(times, 1) << name;
}

TEST_F(Pages, AForgedCursorIsAPlainPage) {
  join({simple_listing("A")});
  const auto response = get("/?cursor=forged");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("Start a new search"));
  const auto unknown = get("/?license=wizard");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_THAT(pages_text(unknown.body), HasSubstr("license: 'wizard' is no license known here"));
}

TEST_F(Pages, WhatIsNotShownIsNotFound) {
  join({simple_listing("A"), simple_listing("B")});
  const auto target = "/groups/" + keys[0].text();
  EXPECT_EQ(get(target).status, 200);
  federation.withdraw(chapter, keys[0]);
  federation.clock.advance(std::chrono::minutes(20));
  federation.sync(national);
  const auto gone = get(target);
  EXPECT_EQ(gone.status, 404);
  EXPECT_THAT(gone.body, HasSubstr("This group is not listed here"));
  EXPECT_THAT(gone.body, Not(HasSubstr("Ohio Chapter")));
  for (const auto& other : {"/groups/x/y", "/groups/x/...", "/publishers/nobody"})
    EXPECT_EQ(get(other).status, 404) << other;
  federation.unrecognize(national, chapter);
  EXPECT_EQ(get("/groups/" + keys[1].text()).status, 404);
}

TEST_F(Pages, AnOldFeedAndAnOldConfirmationAreSaid) {
  join({simple_listing("A", {{"confirmed_at", "2026-06-01"}, {"review_by", "2026-11-01"}})});
  const auto target = "/groups/" + keys[0].text();
  EXPECT_THAT(text(target),
              HasSubstr("Not confirmed lately. Nobody has confirmed this since Jun 1."));
  EXPECT_THAT(text(target), Not(HasSubstr("This copy may be old")));
  federation.clock.advance(std::chrono::days(8));
  federation.source.stop_serving("ohio.test/o/main");
  federation.sync(national);
  EXPECT_THAT(text(target), HasSubstr("This copy may be old. We last heard from Ohio Chapter on "
                                      "Nov 2."));
  EXPECT_THAT(text("/"), HasSubstr("May be behind"));
  EXPECT_THAT(text("/publishers/" + chapter.scid),
              HasSubstr("We have not heard from it since Nov 2"));
}

TEST_F(Pages, HiddenCharactersAreShownAndSaid) {
  // Our own tools refuse to sign them; another implementation may not.
  node::Group group;
  group.key = {chapter.scid, "00000000-0000-4000-8000-000000000000"};
  group.listing.name = "Friendly\u202Epuorg";
  group.listing.status = "active";
  group.listing.lang = "en";
  const auto card = node::listing_card(group, 1, federation.clock.now()).str();
  EXPECT_THAT(card, HasSubstr("<bdi>Friendly\u25AFpuorg</bdi>"));
  EXPECT_THAT(card, HasSubstr("It holds hidden characters."));
  EXPECT_THAT(card, Not(HasSubstr("\u202E")));
}

TEST_F(Pages, ThePublisherPageSaysWhoByWhomAndHow) {
  join({simple_listing("A")}, {simple_listing("B")});
  const auto page = text("/publishers/" + collective.scid);
  for (const auto* wanted :
       {"Lantern Collective", "Collective",
        "Recognized by Ohio Chapter, which National Association recognizes", "Answers forOhio",
        "Read well. We last heard from it on Nov 2.", "did:webvh:"})
    EXPECT_THAT(page, HasSubstr(wanted));
  EXPECT_THAT(get("/publishers/" + collective.scid).body,
              HasSubstr("href=\"/?publisher=" + collective.scid + "\""));
}

TEST_F(Pages, APublisherThatNobodyRecognizesIsShownWithoutItsGroups) {
  federation.publish(collective, {simple_listing("Hidden table")});
  federation.follow(national, collective);
  federation.sync(national);
  node::add_public_routes(router, *national.node, std::chrono::seconds(0));
  EXPECT_THAT(text("/"), Not(HasSubstr("Hidden table")));
  const auto page = text("/publishers/" + collective.scid);
  EXPECT_THAT(page, HasSubstr("Its groups are not shown here"));
  EXPECT_THAT(page, HasSubstr("None is shown"));
  EXPECT_THAT(text("/about/checks"), Not(HasSubstr("Lantern Collective")));
  // Its trouble is none of the searcher's, either.
  federation.clock.advance(std::chrono::hours(1));
  federation.source.stop_serving("lantern.test/o/main");
  federation.sync(national);
  EXPECT_THAT(text("/"), Not(HasSubstr("Lantern Collective")));
}

TEST_F(Pages, ChecksExplainsWhatRecognizedDoesNotMean) {
  join({simple_listing("A")});
  const auto page = text("/about/checks");
  EXPECT_THAT(page, HasSubstr("What it does not mean"));
  EXPECT_THAT(page, HasSubstr("Creative Commons Attribution 4.0"));
  EXPECT_THAT(page, HasSubstr("Ohio Chapter"));
}

TEST_F(Pages, ANodeThatIsNewAndEmptyIsKind) {
  node::add_public_routes(router, *national.node, std::chrono::seconds(0));
  EXPECT_THAT(text("/"), HasSubstr("This node lists no groups yet."));
  Federation other;
  auto& reader = other.add_reader("reader");
  node::Router routes;
  node::add_public_routes(routes, *reader.node, std::chrono::seconds(0));
  const auto response = routes(node::make_request("GET", "/"));
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(pages_faults(response.body), ::testing::IsEmpty());
}

TEST_F(Pages, HeadersKeepSearchesPrivateAndPagesStrict) {
  join({simple_listing("A")});
  const auto search = get("/?q=canary");
  EXPECT_EQ(search.cache.max_age.count(), 0);  // no-store
  EXPECT_FALSE(search.header("Set-Cookie"));
  EXPECT_FALSE(search.header("ETag"));
  EXPECT_EQ(search.header("Referrer-Policy"), "no-referrer");
  EXPECT_THAT(std::string(*search.header("Content-Security-Policy")),
              HasSubstr("default-src 'none'; script-src 'self'; style-src 'self'"));
  // Nothing of the query is in what the server logs: the route's pattern.
  EXPECT_EQ(search.route, "/");
  EXPECT_EQ(get("/groups/" + keys[0].text()).route, "/groups/{scid}/{uuid}");
}

TEST_F(Pages, TheStylesheetIsNamedByItsHashAndSmall) {
  join({simple_listing("A")});
  EXPECT_THAT(get("/").body, HasSubstr("href=\"" + node::style_path() + "\""));
  const auto style = get(node::style_path());
  EXPECT_EQ(style.status, 200);
  EXPECT_TRUE(style.cache.immutable);
  EXPECT_EQ(style.header("Content-Type"), "text/css; charset=utf-8");
  EXPECT_LT(style.body.size(), 24u * 1024);
  EXPECT_THAT(style.body, Not(HasSubstr("url(")));
  EXPECT_THAT(style.body, Not(HasSubstr("@import")));
  EXPECT_FALSE(get("/style.css").cache.immutable);
  EXPECT_EQ(router(node::make_request("GET", "/style-000000000000.css")).status, 404);
}

TEST_F(Pages, EveryLocalLinkOfThePagesLeadsSomewhere) {
  join({simple_listing("A", {pages_cost("free")}), simple_listing("B")},
       {simple_listing("C", {{"audience", "lived_experience"}})});
  std::set<std::string> seen = {"/"};
  std::vector<std::string> open = {"/"};
  while (!open.empty() && seen.size() < 400) {
    const auto target = open.back();
    open.pop_back();
    const auto response = get(target);
    EXPECT_EQ(response.status, 200) << target;
    if (!response.header("Content-Type")->starts_with("text/html")) continue;
    for (auto at = response.body.find("href=\"/"); at != std::string::npos;
         at = response.body.find("href=\"/", at + 1)) {
      auto link = response.body.substr(at + 6, response.body.find('"', at + 6) - at - 6);
      for (auto in = link.find("&amp;"); in != std::string::npos; in = link.find("&amp;"))
        link.replace(in, 5, "&");
      link = link.substr(0, link.find('#'));
      // Facets can be combined without end; one filter at a time is enough here.
      if (std::count(link.begin(), link.end(), '=') > 1) continue;
      if (seen.insert(link).second) open.push_back(link);
    }
  }
  EXPECT_GT(seen.size(), 20u);
}

}  // namespace
