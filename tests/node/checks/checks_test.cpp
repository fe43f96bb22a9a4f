#include <gtest/gtest.h>

#include "crawler/probes.h"
#include "node/api/groups.h"
#include "node/checks/check_words.h"
#include "node/checks/publisher_facts.h"
#include "node/cli/commands.h"
#include "node/pages/about_node.h"
#include "node/pages/listing_page.h"
#include "node/pages/search_page.h"
#include "node/publish/files.h"
#include "node/store/check_notes.h"
#include "tests/support/federation.h"

// Checks in a node: notes, policies, what is left out and shown on demand, doubles, probes.

namespace {

using node::RecordKey;
using protocol::Check;
using protocol::CheckOutcome;
using protocol::Json;
using test_support::CollectedOutput;
using test_support::Federation;
using test_support::simple_listing;

class ChecksInANode : public testing::Test {
 protected:
  ChecksInANode()
      : national_(federation_.add("national.test", "National Association", {"US"},
                                  "national_association")),
        ohio_(federation_.add("ohio.test", "Ohio Chapter", {"US-OH"})),
        reader_(federation_.add_reader("reader")) {}

  void recognize_and_sync() {
    federation_.recognize(national_, ohio_, {"US-OH"});
    federation_.anchor(reader_, national_);
    federation_.sync(reader_);
  }

  int run(Federation::Member& member, const std::string& command,
          std::map<std::string, std::vector<std::string>> options,
          std::map<std::string, std::string> files = {}) {
    CollectedOutput output;
    const auto code = node::execute({command, std::move(options), std::move(files), {}, "/"},
                                    *member.node, output);
    said_ = output.said;
    return code;
  }
  int note(const RecordKey& key, const std::string& check, const std::string& outcome,
           const std::string& text = "It was so") {
    return run(reader_, "note",
               {{"id", {key.text()}},
                {"check", {check}},
                {"outcome", {outcome}},
                {"text", {text}},
                {"by", {"Robin"}}});
  }
  protocol::CheckResult result(Federation::Member& member, const RecordKey& key, Check check) {
    const auto group = member.node->group(key);
    if (!group) throw std::runtime_error("not shown");
    return group->checks.at(static_cast<std::size_t>(check));
  }
  node::SearchResult search(Federation::Member& member, const node::Query& query = {}) {
    auto found = member.node->search(query);
    if (!found) throw std::runtime_error(found.error().detail);
    return *found;
  }

  Federation federation_;
  Federation::Member& national_;
  Federation::Member& ohio_;
  Federation::Member& reader_;
  std::string said_;
};

TEST_F(ChecksInANode, KnowTheVouchTheAddressAndTheDay) {
  const auto key = federation_.publish(ohio_, {simple_listing("Tuesday Table")}).front();
  recognize_and_sync();
  const auto publisher = result(reader_, key, Check::publisher);
  EXPECT_EQ(publisher.outcome, CheckOutcome::pass);
  EXPECT_EQ(publisher.text,
            "Ohio Chapter is vouched for by National Association until Nov\u00a01, 2027.");
  EXPECT_EQ(result(reader_, key, Check::domain).text, "ohio.test confirms this publisher.");
  EXPECT_EQ(result(reader_, key, Check::signature).text,
            "The listing is unchanged since Ohio Chapter signed it on Nov\u00a02.");
  EXPECT_EQ(result(reader_, key, Check::vouch).outcome, CheckOutcome::pass);
  EXPECT_EQ(result(reader_, key, Check::age).text,
            "New: first listed here this week. That is no fault.");
  // The publisher's own node answers for itself.
  EXPECT_EQ(result(ohio_, key, Check::publisher).outcome, CheckOutcome::pass);
  EXPECT_EQ(search(ohio_).total, 1U);
}

TEST_F(ChecksInANode, AWarningLeavesAListingOutAndSaysSo) {
  const auto keys =
      federation_.publish(ohio_, {simple_listing("Tuesday Table"), simple_listing("Friday Table")});
  recognize_and_sync();
  ASSERT_EQ(search(reader_).total, 2U);
  EXPECT_EQ(search(reader_).left_out, 0U);
  ASSERT_EQ(note(keys[0], "L25", "warning", "Sells a course at each meeting"), node::kExitOk)
      << said_;
  EXPECT_EQ(search(reader_).total, 1U);
  EXPECT_EQ(search(reader_).left_out, 1U);
  node::Query show;
  show.show_left_out = true;
  EXPECT_EQ(search(reader_, show).total, 2U);
  EXPECT_EQ(search(reader_, show).left_out, 1U);
  // Its own page stays where it was, with the reason.
  const auto group = reader_.node->group(keys[0]);
  ASSERT_TRUE(group);
  ASSERT_EQ(group->standing.left_out_for.size(), 1U);
  EXPECT_EQ(group->standing.left_out_for[0], Check::dual_roles);
  // A restart changes nothing.
  federation_.reopen(reader_);
  EXPECT_EQ(search(reader_).left_out, 1U);
  // The group answers; the warning stands until somebody looks again.
  ASSERT_EQ(note(keys[0], "L25", "answer", "We have stopped"), node::kExitOk) << said_;
  EXPECT_EQ(result(reader_, keys[0], Check::dual_roles).answer, "We have stopped");
  EXPECT_EQ(search(reader_).left_out, 1U);
  federation_.clock.advance(std::chrono::hours(24 * 15));
  ASSERT_EQ(run(reader_, "notes", {{"overdue", {}}}), node::kExitOk);
  EXPECT_NE(said_.find("Look again: it was due on 2026-11-16"), std::string::npos) << said_;
  federation_.sync(reader_);
  EXPECT_TRUE(result(reader_, keys[0], Check::dual_roles).recheck_overdue);
  // Taken back
  ASSERT_EQ(
      run(reader_, "note",
          {{"id", {keys[0].text()}}, {"check", {"L25"}}, {"outcome", {"warning"}}, {"remove", {}}}),
      node::kExitOk);
  EXPECT_EQ(search(reader_).left_out, 0U);
  EXPECT_EQ(search(reader_).total, 2U);
}

TEST_F(ChecksInANode, PagesAndApiSayHowManyWereLeftOut) {
  const auto keys =
      federation_.publish(ohio_, {simple_listing("Tuesday Table"), simple_listing("Friday Table")});
  recognize_and_sync();
  ASSERT_EQ(note(keys[0], "L13", "warning", "They told us on the phone"), node::kExitOk) << said_;
  const node::AboutNode about(*reader_.node);
  node::Request request;
  auto page = node::search_page(request, *reader_.node, *about.now()).body;
  EXPECT_NE(page.find("1 listing was left out by this node’s rules"), std::string::npos);
  EXPECT_NE(page.find("left_out=show"), std::string::npos);
  EXPECT_EQ(page.find("Tuesday Table"), std::string::npos);
  EXPECT_NE(page.find("to ask about"), std::string::npos);
  request.query = {{"left_out", "show"}};
  page = node::search_page(request, *reader_.node, *about.now()).body;
  EXPECT_NE(page.find("Tuesday Table"), std::string::npos);
  EXPECT_NE(page.find("No confidentiality agreement."), std::string::npos);
  EXPECT_NE(page.find("leave them out"), std::string::npos);
  auto api = node::get_groups(request, *reader_.node, *about.now()).body;
  EXPECT_NE(api.find("\"left_out\":1"), std::string::npos);
  EXPECT_NE(api.find("\"left_out_for\":[\"L13\"]"), std::string::npos);

  ASSERT_EQ(run(reader_, "search", {}), node::kExitOk);
  EXPECT_NE(said_.find("1 listing was left out by this node’s rules: add --show-left-out"),
            std::string::npos)
      << said_;
  ASSERT_EQ(run(reader_, "show", {{"id", {keys[0].text()}}}), node::kExitOk);
  EXPECT_NE(said_.find("L13 Confidentiality agreement (Warning)"), std::string::npos) << said_;
  EXPECT_NE(said_.find("They told us on the phone"), std::string::npos) << said_;
  ASSERT_EQ(run(reader_, "show", {{"id", {keys[0].text()}}, {"json", {}}}), node::kExitOk);
  const auto shown = protocol::parse_json(said_);
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->find("checks")->if_array()->size(), protocol::kChecks);
}

TEST_F(ChecksInANode, ThePageAsksWhatIsOpenAndSaysTheRest) {
  const auto key =
      federation_
          .publish(ohio_,
                   {simple_listing("Tuesday Table", {{"ethics_frameworks", Json::array({"apa"})},
                                                     {"summary", "<b>Lunch</b> & cases"}})})
          .front();
  recognize_and_sync();
  const node::AboutNode about(*reader_.node);
  node::Request request;
  request.params = {{"scid", key.scid}, {"uuid", key.uuid}};
  const auto page = node::listing_page(request, *reader_.node, *about.now()).body;
  for (const char* wanted :
       {"Codes of ethics", "privilege may not", "tells clients that you may talk about",
        "Questions to ask before you join",
        "“Is there a confidentiality agreement, and may I read it first?”", "What we checked",
        "checks pass", "checks do not apply", "Read from its own address. Checked by this node"})
    EXPECT_NE(page.find(wanted), std::string::npos) << wanted;
  const auto group = reader_.node->group(key);
  for (const auto& result : group->checks)
    EXPECT_NE(page.find(std::string(protocol::describe(result.check).title)), std::string::npos);
}

TEST_F(ChecksInANode, ThePolicyIsChosenByNameOrFromAFile) {
  const auto keys = federation_.publish(
      ohio_, {simple_listing("Tuesday Table"),
              simple_listing("Friday Table", {{"cost", Json::object({{"model", "free"}})}})});
  recognize_and_sync();
  ASSERT_EQ(run(reader_, "policy", {}), node::kExitOk);
  EXPECT_NE(said_.find("chapter: "), std::string::npos) << said_;
  ASSERT_EQ(run(reader_, "policy", {{"name", {"strict"}}}), node::kExitOk) << said_;
  EXPECT_EQ(search(reader_).left_out, 2U);
  EXPECT_EQ(run(reader_, "policy", {{"name", {"kindly"}}}), node::kExitUsage);
  EXPECT_EQ(
      run(reader_, "policy", {{"from", {"p.json"}}}, {{"from", R"({"name": "o", "may": 1})"}}),
      node::kExitUsage);
  EXPECT_NE(said_.find("may: a policy has no such member"), std::string::npos) << said_;
  ASSERT_EQ(run(reader_, "policy", {{"from", {"p.json"}}},
                {{"from", R"({"name": "priced", "must_pass": ["L10"]})"}}),
            node::kExitOk)
      << said_;
  EXPECT_EQ(search(reader_).left_out, 1U);
  EXPECT_EQ(search(reader_).page.at(0).text(), keys[1].text());
  federation_.reopen(reader_);
  EXPECT_EQ(reader_.node->policy().name, "priced");
  EXPECT_EQ(search(reader_).left_out, 1U);
}

TEST_F(ChecksInANode, TwoPoliciesShowWhatNobodyVouchesFor) {
  const auto key = federation_.publish(ohio_, {simple_listing("Tuesday Table")}).front();
  federation_.follow(reader_, ohio_);
  federation_.sync(reader_);
  EXPECT_EQ(search(reader_).total, 0U);
  ASSERT_EQ(run(reader_, "policy", {{"name", {"community"}}}), node::kExitOk);
  EXPECT_EQ(search(reader_).total, 1U);
  EXPECT_EQ(result(reader_, key, Check::publisher).text,
            "We know Ohio Chapter, but nobody vouches for it.");
  ASSERT_EQ(run(reader_, "policy", {{"name", {"chapter"}}}), node::kExitOk);
  EXPECT_EQ(search(reader_).total, 0U);
  ASSERT_EQ(run(reader_, "policy", {{"name", {"open"}}}), node::kExitOk);
  EXPECT_EQ(search(reader_).total, 1U);
  // A feed without a sign of life is shown by no policy.
  federation_.clock.advance(std::chrono::hours(24 * 40));
  reader_.node->refresh();
  EXPECT_EQ(search(reader_).total, 0U);
}

TEST_F(ChecksInANode, TimeAloneMakesAWarning) {
  federation_.publish(ohio_, {simple_listing("Tuesday Table", {{"confirmed_at", "2026-11-02"},
                                                               {"review_by", "2027-11-30"}})});
  federation_.recognize(national_, ohio_, {"US-OH"});
  EXPECT_EQ(search(ohio_).total, 1U);
  federation_.clock.advance(std::chrono::hours(24 * 396));
  ohio_.node->refresh();
  EXPECT_EQ(search(ohio_).total, 0U);
  EXPECT_EQ(search(ohio_).left_out, 1U);
}

TEST_F(ChecksInANode, NotesAreRefusedWithTheReason) {
  const auto key = federation_.publish(ohio_, {simple_listing("Tuesday Table")}).front();
  recognize_and_sync();
  EXPECT_EQ(note(key, "L31", "pass"), node::kExitUsage);
  EXPECT_EQ(note(key, "L1", "pass"), node::kExitUsage);
  EXPECT_NE(said_.find("worked out by the node alone"), std::string::npos) << said_;
  EXPECT_EQ(note(key, "L7", "perfect"), node::kExitUsage);
  EXPECT_EQ(note(key, "L7", "not_applicable"), node::kExitUsage);
  EXPECT_EQ(note(key, "L7", "pass", ""), node::kExitUsage);
  EXPECT_EQ(note(key, "L7", "pass", std::string(601, 'x')), node::kExitUsage);
  EXPECT_EQ(note(key, "L7", "pass", "turns \u202e round"), node::kExitUsage);
  EXPECT_EQ(note(key, "L7", "pass", "join at zoom.us/j/123456"), node::kExitUsage);
  EXPECT_EQ(
      run(reader_, "note",
          {{"id", {key.text()}}, {"check", {"L7"}}, {"outcome", {"pass"}}, {"text", {"fine"}}}),
      node::kExitUsage);
  EXPECT_EQ(note(key, "l7", "pass"), node::kExitOk) << said_;
  EXPECT_EQ(note(key, "L1", "answer", "We changed our key"), node::kExitOk) << said_;
  // For all listings of a publisher
  ASSERT_EQ(run(reader_, "note",
                {{"id", {ohio_.scid}},
                 {"check", {"L28"}},
                 {"outcome", {"warning"}},
                 {"text", {"Two people were never answered"}},
                 {"by", {"Robin"}}}),
            node::kExitOk)
      << said_;
  EXPECT_EQ(search(reader_).left_out, 1U);
  ASSERT_EQ(run(reader_, "notes", {{"json", {}}}), node::kExitOk);
  EXPECT_EQ(protocol::parse_json(said_)->find("notes")->if_array()->size(), 3U);
}

TEST_F(ChecksInANode, NameBothPublishersOfOneVirtualGroup) {
  auto& virginia = federation_.add("virginia.test", "Virginia Chapter", {"US-VA"});
  const Json::Object same = {
      {"formats", Json::array({"video"})},
      {"schedule", Json::array({Json::object({{"dtstart", "2026-11-03T19:00:00"},
                                              {"rrule", "FREQ=MONTHLY;BYDAY=1TU"},
                                              {"tzid", "America/New_York"}})})}};
  const auto a = federation_.publish(ohio_, {simple_listing("Evening Circle", same)}).front();
  const auto b = federation_.publish(virginia, {simple_listing("Evening Circle", same)}).front();
  federation_.recognize(national_, virginia, {"US-VA"});
  recognize_and_sync();
  const auto first = result(reader_, a, Check::duplicate);
  EXPECT_EQ(first.text, "There is a similar listing: Evening Circle, by Virginia Chapter.");
  EXPECT_EQ(result(reader_, b, Check::duplicate).text,
            "There is a similar listing: Evening Circle, by Ohio Chapter.");
  const node::AboutNode about(*reader_.node);
  const auto page = node::search_page({}, *reader_.node, *about.now()).body;
  EXPECT_NE(page.find("/groups/" + b.text()), std::string::npos);
  EXPECT_NE(page.find("Also published by "), std::string::npos);
}

TEST_F(ChecksInANode, TwoChaptersWithOneVirtualGroupAreOneResultThatNamesBoth) {
  auto& virginia = federation_.add("virginia.test", "Virginia Chapter", {"US-VA"});
  const auto listing = [](const std::string& name, const std::string& page,
                          const std::string& confirmed) {
    return simple_listing(name, {{"formats", Json::array({"video"})},
                                 {"confirmed_at", confirmed},
                                 {"links", Json::object({{"home", page}})}});
  };
  const std::string page = "https://circle.test/evening";
  const auto a =
      federation_.publish(ohio_, {listing("Evening Circle", page, "2026-08-02")}).front();
  const auto b =
      federation_
          .publish(virginia, {listing("Evening circle", page + "/", "2026-08-03"),
                              listing("Evening Circle", "https://elsewhere.test/x", "2026-08-03")})
          .front();
  federation_.recognize(national_, virginia, {"US-VA"});
  recognize_and_sync();
  const auto found = search(reader_);
  EXPECT_EQ(found.total, 2U) << "a third of that name has another page";
  EXPECT_EQ(std::count(found.page.begin(), found.page.end(), b), 1) << "the one confirmed last";
  EXPECT_EQ(std::count(found.page.begin(), found.page.end(), a), 0);
  const auto group = reader_.node->group(b);
  ASSERT_EQ(group->also_published.size(), 1U);
  EXPECT_EQ(group->also_published[0], std::pair(a, std::string("Ohio Chapter")));
  EXPECT_EQ(reader_.node->group(a)->also_published[0].first, b) << "both keep their own pages";
  const node::AboutNode about(*reader_.node);
  const auto shown = node::search_page({}, *reader_.node, *about.now()).body;
  EXPECT_NE(shown.find("Also published by <a href=\"/groups/" + a.text()), std::string::npos);

  // Somebody looked and found that they are two.
  ASSERT_EQ(note(b, "L26", "pass", "Two groups, two leaders"), node::kExitOk) << said_;
  EXPECT_EQ(search(reader_).total, 3U);
  EXPECT_TRUE(reader_.node->group(b)->also_published.empty());
}

TEST_F(ChecksInANode, AChapterWithTwoGroupsOfOneNameKeepsBoth) {
  auto& virginia = federation_.add("virginia.test", "Virginia Chapter", {"US-VA"});
  const auto listing = [] {
    return simple_listing("Peer Group",
                          {{"links", Json::object({{"home", "https://circle.test/groups"}})}});
  };
  federation_.publish(ohio_, {listing(), listing()});
  federation_.publish(virginia, {listing()});
  federation_.recognize(national_, virginia, {"US-VA"});
  recognize_and_sync();
  EXPECT_EQ(search(reader_).total, 3U);
}

TEST_F(ChecksInANode, ProbesReadPagesOnceAndNeverThoseOfSurvivors) {
  test_support::ScratchFolder site;
  federation_.source.serve("sponsor.test", site.path());
  std::size_t asked = 0;
  std::set<std::string> urls;
  federation_.source.lie([&](const std::string& url, const std::string&)
                             -> std::optional<protocol::Result<crawler::FetchResponse>> {
    if (!url.starts_with("https://sponsor.test/")) return std::nullopt;
    if (url.ends_with("/robots.txt"))
      return protocol::refuse(protocol::ErrorCode::fetch_http, "404");
    ++asked;
    urls.insert(url);
    if (url.ends_with("/gone")) return protocol::refuse(protocol::ErrorCode::fetch_http, "404");
    return crawler::FetchResponse{200, "<h1>Our groups</h1><p>The <b>Tuesday</b>&nbsp;Table", ""};
  });
  const auto sponsored = [](const std::string& name, const std::string& page,
                            const std::string& audience) {
    return simple_listing(
        name, {{"audience", audience},
               {"links", Json::object({{"home", "https://elsewhere.test/x"}})},
               {"sponsor", Json::object({{"name", "State University"}, {"page", page}})}});
  };
  const auto keys = federation_.publish(
      ohio_, {sponsored("Tuesday Table", "https://sponsor.test/groups", "therapists"),
              sponsored("Survivors Together", "https://sponsor.test/gone", "lived_experience")});
  recognize_and_sync();
  ASSERT_EQ(run(reader_, "probe", {}), node::kExitOk) << said_;
  EXPECT_EQ(asked, 1U);
  EXPECT_TRUE(urls.contains("https://sponsor.test/groups"));
  EXPECT_EQ(result(reader_, keys[0], Check::sponsor).outcome, CheckOutcome::pass);
  EXPECT_EQ(result(reader_, keys[0], Check::contact).outcome, CheckOutcome::check);
  ASSERT_EQ(run(reader_, "probe", {}), node::kExitOk);
  EXPECT_EQ(asked, 1U);
  federation_.clock.advance(std::chrono::hours(24 * 8));
  ASSERT_EQ(run(reader_, "probe", {{"most", {"1"}}}), node::kExitOk);
  EXPECT_LE(asked, 2U);
  EXPECT_EQ(run(reader_, "probe", {{"most", {"0"}}}), node::kExitUsage);
  EXPECT_EQ(run(reader_, "probe", {{"most", {"many"}}}), node::kExitUsage);
}

TEST_F(ChecksInANode, ProbesStayAwayWhereTheSiteAsksProgramsTo) {
  test_support::ScratchFolder site;
  federation_.source.serve("sponsor.test", site.path());
  std::vector<std::string> urls;
  std::string rules = "User-agent: *\nDisallow: /groups\n";
  federation_.source.lie(
      [&](const std::string& url,
          const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        if (!url.starts_with("https://sponsor.test/")) return std::nullopt;
        urls.push_back(url);
        if (!url.ends_with("/robots.txt"))
          return crawler::FetchResponse{200, "The Tuesday Table", ""};
        if (rules.empty()) return protocol::refuse(protocol::ErrorCode::fetch_http, "503");
        return crawler::FetchResponse{200, rules, ""};
      });
  const auto key =
      federation_
          .publish(ohio_,
                   {simple_listing(
                       "Tuesday Table",
                       {{"links", Json::object({{"home", "https://sponsor.test/groups/open"}})},
                        {"sponsor", Json::object({{"name", "Ohio Chapter"},
                                                  {"page", "https://sponsor.test/groups"}})}})})
          .front();
  recognize_and_sync();
  ASSERT_EQ(run(reader_, "probe", {}), node::kExitOk) << said_;
  EXPECT_NE(said_.find("2 pages were left alone"), std::string::npos) << said_;
  EXPECT_EQ(urls, std::vector<std::string>{"https://sponsor.test/robots.txt"});
  for (const auto check : {Check::sponsor, Check::contact}) {
    const auto result = this->result(reader_, key, check);
    EXPECT_EQ(result.outcome, CheckOutcome::check);
    EXPECT_NE(result.text.find("asks automatic readers"), std::string::npos) << result.text;
  }

  // Its rules cannot be read: closed for now, and no word about the page.
  rules.clear();
  ASSERT_EQ(run(reader_, "probe", {{"all", {}}}), node::kExitOk) << said_;
  EXPECT_EQ(urls.size(), 2U);
  EXPECT_EQ(result(reader_, key, Check::sponsor).outcome, CheckOutcome::check);

  rules = "User-agent: *\nDisallow: /groups\n\nUser-agent: kith\nDisallow: /groups/open\n";
  ASSERT_EQ(run(reader_, "probe", {{"all", {}}}), node::kExitOk) << said_;
  EXPECT_EQ(urls.size(), 4U);
  EXPECT_EQ(result(reader_, key, Check::sponsor).outcome, CheckOutcome::pass);
}

TEST_F(ChecksInANode, AnAddressThatNamesAnotherPublisherIsAWarning) {
  const auto key = federation_.publish(ohio_, {simple_listing("Tuesday Table")}).front();
  auto& other = federation_.add("other.test", "Somebody Else", {"US-OH"});
  recognize_and_sync();
  const auto domain = [&] { return result(reader_, key, Check::domain); };
  EXPECT_EQ(domain().outcome, CheckOutcome::pass);
  ASSERT_EQ(run(reader_, "probe", {}), node::kExitOk);
  EXPECT_EQ(domain().outcome, CheckOutcome::pass);

  // Somebody else has the name now: what was read before stays, and the address is asked.
  std::string there;
  federation_.source.lie(
      [&](const std::string& url,
          const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        if (!url.starts_with("https://ohio.test/")) return std::nullopt;
        if (!url.ends_with("did.jsonl") || there.empty())
          return protocol::refuse(protocol::ErrorCode::fetch_connect, "nobody there");
        return crawler::FetchResponse{200, there, ""};
      });
  federation_.clock.advance(std::chrono::hours(26));
  ASSERT_EQ(run(reader_, "probe", {}), node::kExitOk) << said_;
  EXPECT_EQ(domain().outcome, CheckOutcome::check);
  EXPECT_NE(domain().text.find("could not be reached"), std::string::npos) << domain().text;

  const auto log_of = [&](const test_support::Federation::Member& member) {
    return node::read_file_if_there(member.node->folder() / "public/did.jsonl").value_or("");
  };
  there = log_of(other);
  ASSERT_FALSE(there.empty());
  ASSERT_EQ(run(reader_, "probe", {}), node::kExitOk);
  EXPECT_EQ(domain().outcome, CheckOutcome::check) << "at most once a day";
  federation_.clock.advance(std::chrono::hours(25));
  ASSERT_EQ(run(reader_, "probe", {}), node::kExitOk);
  EXPECT_EQ(domain().outcome, CheckOutcome::warning);
  EXPECT_NE(domain().text.find("names a different publisher"), std::string::npos);
  EXPECT_EQ(search(reader_).total, 0U) << "the policy leaves out what L4 warns of";

  for (const char* nonsense :
       {"<html>Parked</html>", "", "{\"state\":{\"id\":\"did:web:x.test\"}}"}) {
    there = nonsense;
    if (there.empty()) there = log_of(ohio_).substr(0, 40);
    federation_.clock.advance(std::chrono::hours(25));
    ASSERT_EQ(run(reader_, "probe", {}), node::kExitOk);
    EXPECT_EQ(domain().outcome, CheckOutcome::check) << nonsense;
  }
  there = log_of(ohio_);
  federation_.clock.advance(std::chrono::hours(25));
  ASSERT_EQ(run(reader_, "probe", {}), node::kExitOk);
  EXPECT_EQ(domain().outcome, CheckOutcome::pass);
  EXPECT_EQ(search(reader_).total, 1U);
}

TEST(Probes, FindANameInAPageWhateverItsMarkup) {
  EXPECT_TRUE(crawler::page_names("<p>THE&nbsp;Tuesday\n <i>Table</i>", "The Tuesday Table"));
  EXPECT_TRUE(crawler::page_names("women’s circle", "Women's Circle"));
  EXPECT_FALSE(crawler::page_names("<!-- Tuesday Table -->", "Tuesday Table"));
  EXPECT_FALSE(crawler::page_names("<script>Tuesday Table</script>", "Tuesday Table"));
  EXPECT_FALSE(crawler::page_names("Tuesday Tables", "Tuesday Table"));
  EXPECT_FALSE(crawler::page_names("a b c", "a b"));
  EXPECT_FALSE(crawler::page_names("<", "Tuesday Table"));
  EXPECT_FALSE(crawler::page_names("<script", "Tuesday Table"));
  EXPECT_FALSE(crawler::page_names("", ""));
}

TEST(PublisherFactsOfALog, KnowWhenTheSigningKeyChanged) {
  const auto entry = [](std::string time, std::string key) {
    return R"({"versionTime":")" + time +
           R"(","state":{"verificationMethod":[{"id":"did:x#sign","publicKeyMultibase":")" + key +
           R"("}]}})" + "\n";
  };
  EXPECT_FALSE(node::signing_key_changed(""));
  EXPECT_FALSE(node::signing_key_changed(entry("2026-01-01T00:00:00Z", "z1")));
  EXPECT_FALSE(node::signing_key_changed(entry("2026-01-01T00:00:00Z", "z1") +
                                         entry("2026-02-01T00:00:00Z", "z1")));
  EXPECT_EQ(node::signing_key_changed(entry("2026-01-01T00:00:00Z", "z1") +
                                      entry("2026-02-01T00:00:00Z", "z2") +
                                      entry("2026-03-01T00:00:00Z", "z2")),
            protocol::parse_timestamp("2026-02-01T00:00:00Z"));
}

}  // namespace
