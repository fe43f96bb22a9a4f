#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/api/routes.h"
#include "node/pages/next_dates_list.h"
#include "tests/support/federation.h"

namespace {

using protocol::Json;
using test_support::Federation;
using test_support::simple_listing;
using ::testing::HasSubstr;
using ::testing::Not;

/// One node with a group that meets on the 2nd and 4th Tuesday at noon in New York.
class NextDatesShown : public ::testing::Test {
 protected:
  NextDatesShown() {
    auto& member = federation.add("ohio.test", "Ohio Chapter", {"US-OH"});
    chapter = &member;
    const auto schedule = [](Json::Object more) {
      more.emplace_back("rrule", "FREQ=MONTHLY;BYDAY=2TU,4TU");
      more.emplace_back("duration", 75);
      return Json::array({Json(std::move(more))});
    };
    keys = federation.publish(
        member,
        {simple_listing("Noon", {{"schedule", schedule({{"dtstart", "2026-09-08T12:00:00"},
                                                        {"tzid", "America/New_York"}})}}),
         simple_listing("No zone", {{"schedule", schedule({{"start", "12:00"}})}}),
         simple_listing(
             "Every other",
             {{"schedule", Json::array({Json::object({{"rrule", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"},
                                                      {"start", "12:00"},
                                                      {"tzid", "America/New_York"}})})}})});
    node::add_public_routes(router, *member.node, std::chrono::seconds(0));
  }
  std::string page(std::size_t of, const std::string& query = {}) const {
    auto request = node::make_request("GET", "/groups/" + keys[of].text() + query);
    request.headers.emplace_back("Accept", "text/html");
    const auto response = router(request);
    EXPECT_EQ(response.status, 200);
    return response.body;
  }

  Federation federation;
  Federation::Member* chapter = nullptr;
  std::vector<node::RecordKey> keys;
  node::Router router;
};

TEST_F(NextDatesShown, InTheZoneOfTheGroupAndInTheReadersOwn) {
  const auto plain = page(0);
  EXPECT_THAT(plain, HasSubstr("Tuesday, "));
  EXPECT_THAT(plain, HasSubstr("12:00–1:15\u00a0PM (ET)"));
  EXPECT_THAT(plain, Not(HasSubstr("your time</b>")));
  EXPECT_THAT(page(0, "?zone=America%2FPhoenix"), HasSubstr("AM your time</b>"));
  EXPECT_THAT(page(0, "?zone=Asia%2FTokyo"), HasSubstr("<b>Wednesday, "));
  const auto strange = page(0, "?zone=%3Cb%3EMars");
  EXPECT_THAT(strange, HasSubstr("&lt;b&gt;Mars"));
  EXPECT_THAT(strange, Not(HasSubstr("<b>Mars")));
}

TEST_F(NextDatesShown, WithoutGuessingAZoneOrAWeek) {
  const auto zoneless = page(1, "?zone=America%2FPhoenix");
  EXPECT_THAT(zoneless, HasSubstr("In the group’s local time."));
  EXPECT_THAT(zoneless, HasSubstr("Tuesday, "));
  EXPECT_THAT(zoneless, Not(HasSubstr("your time</b>")));
  EXPECT_THAT(zoneless, Not(HasSubstr("<time")));
  EXPECT_THAT(page(2), HasSubstr("Which weeks it meets in is not said."));
}

TEST_F(NextDatesShown, ToProgramsWithTheMoment) {
  const auto answer = [&](std::size_t of, const std::string& query) {
    return router(node::make_request("GET", "/api/v1/groups/" + keys[of].text() + query));
  };
  const auto noon = protocol::parse_json(answer(0, "?zone=America%2FPhoenix").body).value();
  EXPECT_EQ(*noon.find("next_dates_state")->if_string(), "known");
  const auto& dates = *noon.find("next_dates")->if_array();
  ASSERT_EQ(dates.size(), 3U);
  for (const auto& date : dates) {
    EXPECT_EQ(date.find("local")->if_string()->substr(10), "T12:00:00");
    EXPECT_EQ(*date.find("zone")->if_string(), "America/New_York");
    const auto local = protocol::parse_local_time(*date.find("local")->if_string()).value();
    const auto utc = protocol::parse_timestamp(*date.find("utc")->if_string()).value();
    EXPECT_EQ(node::Zone::find("America/New_York").value().to_local(utc), local);
    EXPECT_EQ(
        *date.find("reader_local")->if_string(),
        protocol::format_local_time(node::Zone::find("America/Phoenix").value().to_local(utc)));
  }
  const auto zoneless = protocol::parse_json(answer(1, "").body).value();
  EXPECT_TRUE(zoneless.find("next_dates")->if_array()->front().find("utc")->is_null());
  const auto other = protocol::parse_json(answer(2, "").body).value();
  EXPECT_EQ(*other.find("next_dates_state")->if_string(), "start_unknown");
  EXPECT_TRUE(other.find("next_dates")->if_array()->empty());
  EXPECT_EQ(answer(0, "?zone=Mars").status, 400);
}

TEST_F(NextDatesShown, OnCardsByTheReadersClockWhereTheAddressSaysIt) {
  const auto search = [&](const std::string& query) {
    auto request = node::make_request("GET", "/?sort=next_meeting" + query);
    request.headers.emplace_back("Accept", "text/html");
    return router(request).body;
  };
  EXPECT_THAT(search(""), Not(HasSubstr("your time")));
  const auto phoenix = search("&zone=America%2FPhoenix");
  EXPECT_THAT(phoenix, HasSubstr("AM your time</b>"));
  EXPECT_THAT(phoenix, HasSubstr("zone=America%2FPhoenix\""));
  EXPECT_THAT(phoenix, HasSubstr("<option value=\"America/Phoenix\" selected"));
  const auto mars = search("&zone=%3Cb%3EMars");
  EXPECT_THAT(mars, HasSubstr("We know no time zone “"));
  EXPECT_THAT(mars, Not(HasSubstr("<b>Mars")));
  EXPECT_EQ(router(node::make_request("GET", "/api/v1/groups?zone=Mars")).status, 400);
  EXPECT_THAT(router(node::make_request("GET", "/api/v1/groups?zone=America%2FPhoenix")).body,
              HasSubstr("\"reader_local\""));
  // Three groups, one with a moment; the other two are told apart by their names in the order.
  const auto order = [&] {
    const auto body = router(node::make_request("GET", "/api/v1/groups?sort=next_meeting")).body;
    const auto answer = protocol::parse_json(body).value();
    std::vector<std::string> names;
    for (const auto& group : *answer.find("groups")->if_array())
      names.push_back(*group.find("name")->if_string());
    return names;
  };
  const auto names = order();
  ASSERT_EQ(names.size(), 3U);
  EXPECT_EQ(names.back(), "Every other") << "what is not known comes last";
  EXPECT_EQ(names.front(), "No zone") << "noon by UTC, and noon in New York later";
  // A meeting that has begun is no next one any more.
  federation.clock.advance(std::chrono::days(30));
  chapter->node->refresh();
  EXPECT_EQ(order(), names);
}

}  // namespace
