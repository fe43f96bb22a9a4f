#include "node/http/router.h"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace {

node::Handler router_says(std::string word) {
  return [word](const node::Request& request) {
    std::string body = word;
    for (const auto& [name, value] : request.params) body += " " + name + "=" + value;
    return node::ok_bytes(body, "text/plain");
  };
}

node::Router router_sample() {
  node::Router router;
  router.add("GET", "/", router_says("start"));
  router.add("GET", "/groups/{scid}/{uuid}", router_says("group"));
  router.add("GET", "/groups/{scid}/all", router_says("all"));
  router.add("GET", "/mirror/{path*}", router_says("mirror"));
  router.add("GET", "/mirror/list", router_says("list"));
  router.add("POST", "/mirror/list", router_says("post"));
  router.add("POST", "/witness/add-checkpoint", router_says("witness"));
  return router;
}

std::string router_body(const std::string& method, const std::string& target) {
  return router_sample()(node::make_request(method, target)).body;
}

TEST(Router, MatchesSegmentBySegment) {
  EXPECT_EQ(router_body("GET", "/"), "start");
  EXPECT_EQ(router_body("GET", "/?q=x"), "start");
  EXPECT_EQ(router_body("GET", "/groups/Qm1/u%202"), "group scid=Qm1 uuid=u 2");
  EXPECT_EQ(router_body("GET", "/mirror/a/b/c"), "mirror path=a/b/c");
}

TEST(Router, PrefersWrittenWordsToNames) {
  EXPECT_EQ(router_body("GET", "/groups/Qm1/all"), "all scid=Qm1");
  EXPECT_EQ(router_body("GET", "/mirror/list"), "list");
  EXPECT_EQ(router_body("POST", "/mirror/list"), "post");
}

TEST(Router, AnswersNotFoundForOtherShapes) {
  const auto router = router_sample();
  for (const char* target : {"/groups", "/groups/", "/groups//", "/groups/a", "/groups/a/",
                             "/groups/a/b/c", "/mirror", "/Groups/a/b", "/x"}) {
    SCOPED_TRACE(target);
    if (std::string(target).find("//") != std::string::npos) {
      EXPECT_THROW(node::make_request("GET", target), std::invalid_argument);
      continue;
    }
    EXPECT_EQ(router(node::make_request("GET", target)).status, 404);
  }
}

TEST(Router, SaysWhichMethodsThereAre) {
  const auto router = router_sample();
  const auto one = router(node::make_request("GET", "/witness/add-checkpoint"));
  EXPECT_EQ(one.status, 405);
  EXPECT_EQ(one.header("Allow"), "POST");
  const auto both = router(node::make_request("DELETE", "/mirror/list"));
  EXPECT_EQ(both.status, 405);
  EXPECT_EQ(both.header("Allow"), "GET, HEAD, POST");
}

TEST(Router, ServesHeadFromGet) {
  EXPECT_EQ(router_body("HEAD", "/groups/a/b"), "group scid=a uuid=b");
  EXPECT_EQ(router_sample()(node::make_request("HEAD", "/witness/add-checkpoint")).status, 405);
}

TEST(Router, NamesTheRouteAndNotTheAddress) {
  EXPECT_EQ(router_sample()(node::make_request("GET", "/groups/a/b?q=secret")).route,
            "/groups/{scid}/{uuid}");
}

TEST(Router, RefusesTwoHandlersForOneShape) {
  auto router = router_sample();
  EXPECT_THROW(router.add("GET", "/groups/{other}/{names}", router_says("x")), std::logic_error);
  EXPECT_THROW(router.add("GET", "groups", router_says("x")), std::logic_error);
  EXPECT_THROW(router.add("GET", "/a/{rest*}/b", router_says("x")), std::logic_error);
  EXPECT_NO_THROW(router.add("POST", "/groups/{scid}/{uuid}", router_says("x")));
}

}  // namespace
