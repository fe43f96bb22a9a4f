#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/api/routes.h"
#include "tests/support/federation.h"

namespace {

using protocol::Json;
using test_support::Federation;
using test_support::simple_listing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class NearPages : public ::testing::Test {
 protected:
  NearPages() : member(federation.add("ohio.test", "Ohio Chapter", {"US-OH"}, "state_chapter")) {
    const auto in_person = Json::array({"in_person"});
    const auto place = [](const char* town) {
      return Json::object({{"locality", town}, {"region", "US-OH"}});
    };
    keys = federation.publish(
        member,
        {simple_listing("Dayton Table", {{"formats", in_person}, {"place", place("Dayton")}}),
         simple_listing("Toledo Table", {{"formats", in_person}, {"place", place("Toledo")}}),
         simple_listing("Screen Circle", {{"formats", Json::array({"video"})}})});
    federation.anchor(member, member);
    node::add_public_routes(router, *member.node, std::chrono::seconds(0));
  }
  node::Response get(const std::string& target) const {
    return router(node::make_request("GET", target));
  }

  Federation federation;
  Federation::Member& member;
  std::vector<node::RecordKey> keys;
  node::Router router;
};

TEST_F(NearPages, ACardSaysHowFarItIsAndOnlineGroupsAreOneLinkAway) {
  const auto page = get("/?near=43215&within=100mi").body;
  EXPECT_THAT(page, AllOf(HasSubstr("Dayton Table"), HasSubstr(" miles away"),
                          Not(HasSubstr("Toledo Table")), Not(HasSubstr("Screen Circle")),
                          HasSubstr("1 more group meets online, wherever you are"),
                          HasSubstr("within 100 miles of 43215 (Columbus, OH)")));
  EXPECT_THAT(get("/?near=43215&within=100mi&online=also").body,
              AllOf(HasSubstr("Dayton Table"), HasSubstr("Screen Circle")));
}

TEST_F(NearPages, ASharedNameIsAskedAboutAndKeepsTheOtherFilters) {
  const auto response = get("/?near=Portland&within=25mi&format=in_person");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(
      response.body,
      AllOf(HasSubstr("Which “<bdi>Portland</bdi>” do you mean?"), HasSubstr("Portland, OR</a>"),
            HasSubstr("Portland, ME</a>"), HasSubstr("format=in_person&amp;near=Portland"),
            HasSubstr("within=25mi"), HasSubstr("value=\"Portland\""), HasSubstr("Toledo Table")));
  EXPECT_THAT(get("/?near=CA").body, AllOf(HasSubstr("region=US-CA\">All of California"),
                                           HasSubstr("region=Canada\">All of Canada")));
  const auto unknown = get("/?near=%3Cb%3ENowhere");
  EXPECT_EQ(unknown.status, 200);
  EXPECT_THAT(unknown.body,
              AllOf(HasSubstr("We do not know a place called"), Not(HasSubstr("<b>Nowhere"))));
}

TEST_F(NearPages, ACodeOfTwoPlacesIsAskedAboutAndTheApiSaysWhichItTook) {
  const auto asked = get("/?region=CA&format=video");
  EXPECT_EQ(asked.status, 200);
  EXPECT_THAT(asked.body, AllOf(HasSubstr("Which “<bdi>CA</bdi>” do you mean?"),
                                HasSubstr("?format=video&amp;region=US-CA\">California</a>"),
                                HasSubstr("?format=video&amp;region=Canada\">Canada</a>"),
                                // Meanwhile nobody is taken for a Canadian.
                                HasSubstr("Screen Circle"), HasSubstr("<bdi>any state</bdi>"),
                                Not(HasSubstr("region=CA"))));
  for (const char* code : {"GA", "DE", "IN", "ca", "Georgia", "OPA"})
    EXPECT_THAT(get(std::string("/?region=") + code).body,
                AllOf(HasSubstr("do you mean?"), HasSubstr("Screen Circle")))
        << code;
  EXPECT_THAT(get("/?region=Georgia").body, HasSubstr("Georgia (country)</a>"));
  EXPECT_THAT(get("/?region=OPA").body, AllOf(HasSubstr("region=US-OH"), HasSubstr("region=US-OK"),
                                              HasSubstr("region=US-OR")));
  EXPECT_THAT(get("/?region=Portland").body,
              AllOf(HasSubstr("Near Portland, OR</a>"), HasSubstr("Near Portland, ME</a>")));
  EXPECT_THAT(get("/?region=%3Cb%3EAtlantis").body,
              AllOf(HasSubstr("We do not know a place called"), Not(HasSubstr("<b>Atlantis"))));

  // What was chosen stays chosen, in every form and link of the page.
  const auto chosen = get("/?region=Canada").body;
  EXPECT_THAT(chosen, AllOf(Not(HasSubstr("do you mean?")), Not(HasSubstr("region=CA")),
                            HasSubstr("<option value=\"Canada\" selected=\"\">Canada"),
                            HasSubstr("Canada</bdi></span><svg")));
  EXPECT_THAT(get("/?region=Canada&region=US-OH").body, HasSubstr("href=\"/?region=Canada\""));

  const auto answer = get("/api/v1/groups?region=CA&region=US-OH");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(
      answer.body,
      HasSubstr(R"("regions":[{"region":"CA","name":"Canada","parameter":"region",)"
                R"("written":"CA","may_also_mean":[{"region":"US-CA","name":"California"}]},)"
                R"({"region":"US-OH","name":"Ohio","parameter":"region",)"
                R"("written":"US-OH","may_also_mean":[]}])"));
  EXPECT_THAT(get("/api/v1/groups").body, Not(HasSubstr("may_also_mean")));
  EXPECT_EQ(get("/api/v1/groups?region=OPA").status, 400);
}

TEST_F(NearPages, SeveralUnclearPlacesAreAskedAboutOneBesideTheOther) {
  const auto page = get("/?region=CA&my_state=GA&near=Portland&sort=nearest&q=circle").body;
  EXPECT_THAT(page,
              AllOf(HasSubstr("Which “<bdi>CA</bdi>”"), HasSubstr("Which “<bdi>Portland</bdi>”"),
                    HasSubstr("You are licensed in “<bdi>GA</bdi>”: which do you mean?"),
                    HasSubstr("my_state=US-GA\">Georgia</a>"),
                    HasSubstr("my_state=Gabon\">Gabon</a>"), HasSubstr("Screen Circle")));
  // The answer to one keeps the others as questions.
  EXPECT_THAT(
      page,
      HasSubstr("my_state=GA&amp;near=Portland&amp;sort=nearest&amp;q=circle&amp;region=US-CA\""));
}

TEST_F(NearPages, WhereYouAreLicensedIsNeverGuessed) {
  const auto address = "/groups/" + keys.front().text();
  const auto page = get(address + "?my_state=CA");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body,
              AllOf(HasSubstr("Whether you can join was not looked at"), HasSubstr("US-CA")));
  EXPECT_EQ(page.cache.max_age.count(), 0);
}

TEST_F(NearPages, AnEmptyFieldForThePlaceIsNoMistake) {
  const auto response = get("/?near=&within=50mi&online=also&sort=nearest");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("Screen Circle"));
  EXPECT_EQ(get("/?near=43215&within=far").status, 400);
}

TEST_F(NearPages, NothingNearOffersFartherAndOnline) {
  EXPECT_THAT(get("/?near=45801&within=10mi").body,
              AllOf(HasSubstr("Within 100 miles"), HasSubstr("Also groups that meet online"),
                    HasSubstr("Anywhere")));
}

TEST_F(NearPages, TheApiTellsDistancesAndNamesCandidates) {
  const auto found = get("/api/v1/groups?near=43215&within=100&online=also&sort=nearest");
  EXPECT_EQ(found.status, 200);
  const auto answer = protocol::parse_json(found.body);
  ASSERT_TRUE(answer) << found.body;
  const auto& groups = *answer->find("groups")->if_array();
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(*groups[0].find("name")->if_string(), "Dayton Table");
  EXPECT_NEAR(static_cast<double>(*groups[0].find("distance_km")->if_integer()), 107, 5);
  EXPECT_THAT(found.body, HasSubstr("\"distance_km\":null"));
  const auto unclear = get("/api/v1/groups?near=Portland");
  EXPECT_EQ(unclear.status, 400);
  EXPECT_THAT(unclear.body, HasSubstr("Portland, ME"));
  EXPECT_THAT(get("/api/v1/groups").body, Not(HasSubstr("distance_km")));
}

TEST_F(NearPages, ATitleStandsOnceInTheListOfLicenses) {
  const auto page = get("/").body;
  EXPECT_THAT(page, AllOf(HasSubstr("Professional counselor (LPC, LPCC or "),
                          Not(HasSubstr("LPC, LPC or"))));
}

TEST_F(NearPages, TheSourcesOfPlaceNamesAreNamed) {
  EXPECT_THAT(get("/about/checks").body,
              AllOf(HasSubstr("Where place names come from"), HasSubstr("GeoNames"),
                    HasSubstr("CC BY 4.0"), HasSubstr("Census")));
}

}  // namespace
