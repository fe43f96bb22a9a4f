#include "node/http/message.h"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace {

using protocol::ErrorCode;

TEST(Message, ReadsRepeatedParametersInTheirOrder) {
  const auto request =
      node::make_request("GET", "/api/v1/groups?format=video&q=a+b%26c&format=phone");
  EXPECT_EQ(request.query_value("q"), "a b&c");
  const auto formats = request.query_values("format");
  ASSERT_EQ(formats.size(), 2u);
  EXPECT_EQ(formats[0], "video");
  EXPECT_EQ(formats[1], "phone");
  EXPECT_FALSE(request.query_value("license"));
  EXPECT_EQ(request.path, "/api/v1/groups");
}

TEST(Message, MakeRequestThrowsForWhatNoClientCouldSend) {
  EXPECT_THROW(node::make_request("GET", "groups"), std::invalid_argument);
}

TEST(Message, ProblemHasTheCodesStatusAndWord) {
  for (const auto& info : protocol::error_catalog()) {
    SCOPED_TRACE(info.word);
    const auto response = node::problem(info.code, "why");
    EXPECT_EQ(response.status, info.http_status);
    EXPECT_EQ(response.header("Content-Type"), "application/problem+json");
    EXPECT_NE(response.body.find(":" + std::string(info.word) + "\""), std::string::npos);
    EXPECT_NE(response.body.find("\"detail\":\"why\""), std::string::npos);
    EXPECT_EQ(response.header("Retry-After").has_value(),
              info.http_status == 429 || info.http_status == 503);
    EXPECT_EQ(response.cache.max_age.count(), 0);
  }
}

TEST(Message, ProblemCannotBeBrokenOutOf) {
  const auto response = node::problem(ErrorCode::bad_request, "\"},<script>\r\n\xff");
  EXPECT_EQ(response.body.find('<'), std::string::npos);
  EXPECT_NE(response.body.find(R"("detail":"\"},\u003cscript>\u000d\u000a\\xff")"),
            std::string::npos)
      << response.body;
}

TEST(Message, RefusalIsAPageForBrowsersAndJsonForTheApi) {
  auto request = node::make_request("GET", "/groups/x");
  request.headers.emplace_back("accept", "text/html,*/*");
  const auto page = node::refusal(request, ErrorCode::not_found, "<b>");
  EXPECT_EQ(page.status, 404);
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.body.find("<b>"), std::string::npos);
  auto api = node::make_request("GET", "/api/v1/groups");
  api.headers = request.headers;
  EXPECT_EQ(node::refusal(api, ErrorCode::not_found).header("Content-Type"),
            "application/problem+json");
}

TEST(Message, PagesCarryEveryPolicy) {
  auto page = node::ok_html("<p>hello</p>");
  node::security_headers(page, true);
  EXPECT_EQ(page.header("Content-Security-Policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  EXPECT_EQ(page.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(page.header("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(page.header("Cross-Origin-Opener-Policy"), "same-origin");
  EXPECT_EQ(page.header("Cross-Origin-Resource-Policy"), "same-origin");
  EXPECT_EQ(page.header("Permissions-Policy"),
            "geolocation=(), camera=(), microphone=(), browsing-topics=()");
  EXPECT_TRUE(page.header("Strict-Transport-Security"));
}

TEST(Message, PlainHttpPromisesNoTlsAndDataNoPagePolicy) {
  auto data = node::ok_json("{}");
  node::allow_any_origin(data);
  node::security_headers(data, false);
  EXPECT_FALSE(data.header("Strict-Transport-Security"));
  EXPECT_FALSE(data.header("Content-Security-Policy"));
  EXPECT_EQ(data.header("Access-Control-Allow-Origin"), "*");
  EXPECT_FALSE(data.header("Access-Control-Allow-Credentials"));
  EXPECT_EQ(data.header("Cross-Origin-Resource-Policy"), "cross-origin");
  EXPECT_EQ(data.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(data.header("Referrer-Policy"), "no-referrer");
}

TEST(Message, SetReplacesUnderAnyCase) {
  node::Response response;
  response.set("X-A", "1").set("x-a", "2");
  EXPECT_EQ(response.headers.size(), 1u);
  EXPECT_EQ(response.header("X-a"), "2");
}

}  // namespace
