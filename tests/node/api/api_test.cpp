#include <set>
#include <string>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/api/routes.h"
#include "protocol/document/credential.h"
#include "protocol/encoding/json.h"
#include "tests/support/federation.h"

namespace {

using protocol::Json;
using test_support::Federation;
using test_support::simple_listing;
using ::testing::HasSubstr;
using ::testing::Not;

class Api : public ::testing::Test {
 protected:
  Api()
      : national(federation.add("national.test", "National Association", {"US"})),
        chapter(federation.add("ohio.test", "Ohio Chapter", {"US-OH"})) {}

  void join(std::vector<Json> listings) {
    keys = federation.publish(chapter, std::move(listings));
    federation.anchor(national, national);
    federation.recognize(national, chapter, {"US-OH"});
    federation.follow(national, chapter);
    federation.sync(national);
    node::add_public_routes(router, *national.node, std::chrono::seconds(0));
  }
  node::Response get(const std::string& target) const {
    auto response = router(node::make_request("GET", target));
    EXPECT_EQ(response.header("Access-Control-Allow-Origin"), "*") << target;
    return response;
  }
  boost::json::object read(const std::string& target) const {
    const auto response = get(target);
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.header("Content-Type"), "application/json");
    // Our own strict reader finds no member twice, either.
    EXPECT_TRUE(protocol::parse_json(response.body));
    return boost::json::parse(response.body).as_object();
  }

  Federation federation;
  Federation::Member& national;
  Federation::Member& chapter;
  std::vector<node::RecordKey> keys;
  node::Router router;
};

TEST_F(Api, SearchAnswersWithWholeListingsPathAndFacets) {
  join({simple_listing("Tuesday Table",
                       {{"cost", Json::object({{"model", "free"}})}, {"x_new", "kept"}}),
        simple_listing("Silent")});
  const auto answer = read("/api/v1/groups?cost=free");
  EXPECT_EQ(answer.at("total"), 1);
  const auto& group = answer.at("groups").at(0);
  EXPECT_EQ(group.at("id"), boost::json::value(keys[0].text()));
  EXPECT_EQ(group.at("scid"), boost::json::value(keys[0].scid));
  EXPECT_EQ(group.at("uuid"), boost::json::value(keys[0].uuid));
  EXPECT_EQ(group.at("url"), boost::json::value("/groups/" + keys[0].text()));
  EXPECT_EQ(group.at("name"), "Tuesday Table");
  EXPECT_EQ(group.at("publisher").at("name"), "Ohio Chapter");
  EXPECT_EQ(group.at("path").as_array().size(), 2u);
  EXPECT_EQ(group.at("path").at(0).at("name"), "National Association");
  EXPECT_EQ(group.at("path").at(1).at("scid"), boost::json::value(chapter.scid));
  EXPECT_EQ(group.at("recognized_until"), "2027-11-01T00:00:00Z");
  EXPECT_EQ(group.at("listing").at("x_new"), "kept");
  EXPECT_EQ(group.at("listing").at("name"), "Tuesday Table");
  EXPECT_EQ(answer.at("unstated").at("cost"), 1);
  EXPECT_TRUE(answer.at("next").is_null());
  EXPECT_EQ(answer.at("truncated"), false);
  EXPECT_TRUE(answer.at("degraded").as_array().empty());
  bool has_cost = false;
  for (const auto& facet : answer.at("facets").as_array()) {
    if (facet.at("field") != "cost") continue;
    has_cost = true;
    EXPECT_EQ(facet.at("values").at(0).at("value"), "free");
    EXPECT_EQ(facet.at("values").at(0).at("count"), 1);
    EXPECT_EQ(facet.at("unstated"), 1);
  }
  EXPECT_TRUE(has_cost);
  EXPECT_EQ(get("/api/v1/groups").cache.max_age.count(), 0);  // no-store
}

TEST_F(Api, CursorsLeadThroughAllOfTheResult) {
  std::vector<Json> many;
  for (int i = 0; i < 25; ++i) many.push_back(simple_listing("Group " + std::to_string(i)));
  join(many);
  std::set<std::string> seen;
  std::string target = "/api/v1/groups?limit=10";
  for (int page = 0; page < 3; ++page) {
    const auto answer = read(target);
    EXPECT_EQ(answer.at("total"), 25);
    for (const auto& group : answer.at("groups").as_array())
      EXPECT_TRUE(seen.insert(std::string(group.at("id").as_string())).second);
    if (page == 2) {
      EXPECT_TRUE(answer.at("next").is_null());
    } else {
      target = "/api/v1/groups?limit=10&cursor=" + std::string(answer.at("next").as_string());
    }
  }
  EXPECT_EQ(seen.size(), 25u);
}

TEST_F(Api, RefusesWhatItCannotRead) {
  join({simple_listing("A")});
  for (const auto* query : {"limit=0", "limit=-1", "limit=abc", "offset=1", "colour=red", "q=a&q=b",
                            "sort=best", "cursor=forged", "cost=max-per-month:x", "license=wizard",
                            "region=Nowhere", "unstated=name"}) {
    SCOPED_TRACE(query);
    const auto response = get(std::string("/api/v1/groups?") + query);
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(response.header("Content-Type"), "application/problem+json");
    EXPECT_THAT(response.body, HasSubstr("bad-request"));
  }
  EXPECT_EQ(get("/api/v1/groups?limit=1000000000").status, 200);
  EXPECT_EQ(get("/api/v1/groups?q=" + std::string(257, 'a')).status, 400);
  std::string many = "/api/v1/groups?kind=k";
  for (int i = 0; i < 15; ++i) many += "&format=f" + std::to_string(i);
  EXPECT_EQ(get(many).status, 200);
  EXPECT_EQ(get(many + "&region=US").status, 400);
}

TEST_F(Api, OneGroupCarriesItsSignedDocumentByteForByte) {
  join({simple_listing("<script>\"\\u2028 & é", {{"summary", "1 < 2"}})});
  const auto answer = read("/api/v1/groups/" + keys[0].text());
  const auto group = national.node->group(keys[0]);
  ASSERT_TRUE(group);
  EXPECT_EQ(std::string(answer.at("document").as_string()), group->document);
  const auto envelope = protocol::read_envelope(std::string(answer.at("document").as_string()));
  ASSERT_TRUE(envelope);
  const auto text = get("/api/v1/groups/" + keys[0].text()).body;
  EXPECT_THAT(text, HasSubstr("\"listing\":" + protocol::canonical(envelope->subject)));
  EXPECT_EQ(answer.at("publisher").at("name"), "Ohio Chapter");
  EXPECT_EQ(answer.at("feed_state"), "ok");
  EXPECT_EQ(answer.at("being_updated"), false);
  EXPECT_EQ(answer.at("last_sign_of_life"), "2026-11-02T09:00:00Z");
}

TEST_F(Api, WhatIsNotShownIsNotFound) {
  join({simple_listing("A")});
  federation.unrecognize(national, chapter);
  for (const auto& target : {"/api/v1/groups/" + keys[0].text(), std::string("/api/v1/groups/a/b"),
                             "/api/v1/groups/" + keys[0].scid + "/..."}) {
    const auto response = get(target);
    EXPECT_EQ(response.status, 404) << target;
    EXPECT_THAT(response.body, Not(HasSubstr(keys[0].uuid)));
  }
}

TEST_F(Api, AFeedInTroubleIsNamedWithTheResult) {
  join({simple_listing("A")});
  federation.clock.advance(std::chrono::hours(1));
  federation.source.stop_serving("ohio.test/o/main");
  federation.sync(national);
  const auto answer = read("/api/v1/groups");
  EXPECT_EQ(answer.at("total"), 1);
  ASSERT_EQ(answer.at("degraded").as_array().size(), 1u);
  EXPECT_EQ(answer.at("degraded").at(0).at("scid"), boost::json::value(chapter.scid));
  EXPECT_EQ(answer.at("degraded").at(0).at("code"), "fetch-connect");
  const auto feeds = read("/api/v1/feeds");
  for (const auto& feed : feeds.at("feeds").as_array()) {
    const bool in_trouble = feed.at("scid") == boost::json::value(chapter.scid);
    EXPECT_EQ(feed.at("trouble").is_null(), !in_trouble);
    EXPECT_EQ(feed.at("listings"), in_trouble ? 1 : 0);
    EXPECT_EQ(feed.at("own"), !in_trouble);
  }
}

TEST_F(Api, VocabulariesNameEveryWordAndTitle) {
  join({});
  const auto answer = read("/api/v1/vocabularies");
  EXPECT_EQ(answer.at("vocabularies").at("cost_model").at(0).at("value"), "free");
  EXPECT_GT(answer.at("license_titles").as_array().size(), 10u);
}

TEST_F(Api, HealthAndReadinessSayNoMoreThanThat) {
  join({});
  EXPECT_EQ(router(node::make_request("GET", "/healthz")).body, "{\"status\":\"ok\"}\n");
  EXPECT_EQ(router(node::make_request("GET", "/readyz")).body, "{\"status\":\"ready\"}\n");
}

}  // namespace
