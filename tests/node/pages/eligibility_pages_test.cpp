#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/api/routes.h"
#include "protocol/document/computed.h"
#include "protocol/document/vocabularies.h"
#include "tests/support/federation.h"

// What a therapist sees of the verdict, of costs, confidentiality and freshness, and what a reader
// must never see: requirements 1.1 to 1.6 as pages.

namespace {

using protocol::Json;
using test_support::Federation;
using test_support::simple_listing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class RequirementsShown : public ::testing::Test {
 protected:
  RequirementsShown()
      : member(federation.add("ohio.test", "Ohio Chapter", {"US-OH"}, "state_chapter")) {}

  void publish(std::vector<Json> listings) {
    keys = federation.publish(member, std::move(listings));
    federation.anchor(member, member);
    node::add_public_routes(router, *member.node, std::chrono::seconds(0));
  }
  node::Response get(const std::string& target) const {
    return router(node::make_request("GET", target));
  }
  std::string body(const std::string& target) const { return get(target).body; }
  std::string page_of(std::size_t index, const std::string& query = "") const {
    return body("/groups/" + keys.at(index).text() + query);
  }

  Federation federation;
  Federation::Member& member;
  std::vector<node::RecordKey> keys;
  node::Router router;
};

Json reqs_listing(const std::string& name, const Json::Object& more) {
  auto made = simple_listing(name, more);
  return made;
}

Json::Object reqs_for_lmft() {
  return {{"license_rule", "listed"},
          {"licenses", Json::array({Json::object({{"family", "marriage_family_therapist"}})})},
          {"membership", Json::object({{"required", "none"}})}};
}

TEST_F(RequirementsShown, R1_R10_EveryKindIsShownByNameAndFoundByIt) {
  std::vector<Json> listings;
  for (const auto& kind : protocol::terms(protocol::Vocabulary::kinds)) {
    if (kind.value == "lived_experience") continue;
    listings.push_back(reqs_listing("Group of " + std::string(kind.value),
                                    {{"kinds", Json::array({std::string(kind.value)})}}));
  }
  publish(listings);
  for (const auto& kind : protocol::terms(protocol::Vocabulary::kinds)) {
    if (kind.value == "lived_experience") continue;
    const auto page = body("/?kind=" + std::string(kind.value));
    EXPECT_THAT(page, AllOf(HasSubstr("Group of " + std::string(kind.value) + "<"),
                            HasSubstr(std::string(kind.label))));
  }
}

TEST_F(RequirementsShown, R12_R24_R29_R30_WhatAGroupIsForIsSaidAndFoundByItsWords) {
  publish(
      {reqs_listing("Evening Table",
                    {{"purposes", Json::array({"emotional_debriefing", "accountability"})},
                     {"focus_topics", Json::array({"trauma"})},
                     {"practice_settings", Json::array({"private_practice"})},
                     {"career_stages", Json::array({"early_career"})},
                     {"identity_affirming", Json::array({Json::object({{"group", "lgbtqia"}})})}}),
       reqs_listing("Bare Circle", {})});
  EXPECT_THAT(page_of(0),
              AllOf(HasSubstr("Emotional debriefing"), HasSubstr("eeping one another accountable"),
                    HasSubstr("Trauma"), HasSubstr("Private practice"), HasSubstr("Early career"),
                    HasSubstr("LGBTQIA+")));
  for (const auto* words : {"debriefing", "accountable", "trauma", "private%20practice", "lgbtqia"})
    EXPECT_THAT(body(std::string("/?q=") + words),
                AllOf(HasSubstr("Evening Table"), Not(HasSubstr("Bare Circle"))))
        << words;
}

TEST_F(RequirementsShown, R13_R15_WhatItIsNotAndWhichEthicsItFollows) {
  publish({reqs_listing(
      "Evening Table",
      {{"not_for", Json::array({"not_therapy", "not_supervision", "not_legal_advice"})},
       {"ethics_frameworks", Json::array({"apa", "aca", "nasw", "nbcc"})}})});
  EXPECT_THAT(page_of(0),
              AllOf(HasSubstr("Please note"), HasSubstr("Not therapy"), HasSubstr("ot supervision"),
                    HasSubstr("ot legal advice"), HasSubstr("APA, ACA, NASW, NBCC")));
}

TEST_F(RequirementsShown, R19_ANameInQuotationMarksFindsThatNameOnly) {
  publish({reqs_listing("Peer Rx Circle", {}),
           reqs_listing("Circle of Peer Listeners", {{"summary", "Rx for tired peers"}})});
  EXPECT_THAT(body("/?q=peer%20rx%20circle"),
              AllOf(HasSubstr("Peer Rx Circle"), HasSubstr("Circle of Peer Listeners")));
  EXPECT_THAT(body("/?q=%22Peer%20Rx%20Circle%22"),
              AllOf(HasSubstr("Peer Rx Circle</"), Not(HasSubstr("Circle of Peer Listeners"))));
}

TEST_F(RequirementsShown, R43_ALargeFeeForNothingSaidIsAWarningAboveEverythingElse) {
  // As a sheet says it: "$1,900 due before the first meeting" names no kind of cost.
  publish({reqs_listing(
      "Inner Circle",
      {{"summary", "Unlock your next level."},
       {"cost", Json::object({{"options", Json::array({Json::object({{"amount", "1900"},
                                                                     {"currency", "USD"},
                                                                     {"upfront", true}})})}})}})});
  const std::string warning = "$1,900 is due up front and the listing does not say what for.";
  const auto page = page_of(0), card = body("/?left_out=show");
  for (const auto& shown : {page, card}) {
    const auto at = shown.find(warning);
    ASSERT_NE(at, std::string::npos);
    EXPECT_LT(at, shown.find("<dl class=\"facts"));
  }
  // The rules of a node leave it out, and say so.
  EXPECT_THAT(body("/"), AllOf(Not(HasSubstr("Inner Circle")), HasSubstr("left out")));
}

TEST_F(RequirementsShown, R20_R34_JoiningIsToldStepByStepInTheOrderOfDoingIt) {
  publish({reqs_listing("Long Road",
                        {{"membership",
                          Json::object({{"required", "member"}, {"body", "Guild of Listeners"}})},
                         {"links", Json::object({{"apply", "https://road.test/apply"},
                                                 {"agreement", "https://road.test/agreement"},
                                                 {"webinar", "https://road.test/webinar"}})},
                         {"contact", Json::object({{"public", "road@road.test"}})},
                         {"screening", "brief_profile"},
                         {"documents_required", Json::array({"license_copy", "signed_agreement"})},
                         {"agreement", Json::object({{"state", "signed_by_all"}})},
                         {"drop_in", "no"}}),
           reqs_listing("Open Door", {{"screening", "none"}, {"drop_in", "welcome"}}),
           reqs_listing("Silent", {})});
  const auto steps = [&](std::size_t index) {
    const auto page = page_of(index);
    const auto from = page.find("<ol class=\"steps\">");
    return from == std::string::npos ? std::string()
                                     : page.substr(from, page.find("</ol>", from) - from);
  };
  const auto road = steps(0);
  std::size_t at = 0;
  for (const auto* step : {"Be a member of Guild of Listeners.", "https://road.test/apply",
                           "road@road.test", "Send a short profile of yourself.",
                           "Bring: ", "https://road.test/agreement", "no drop-ins."}) {
    const auto next = road.find(step, at);
    ASSERT_NE(next, std::string::npos) << step << " in " << road;
    at = next;
  }
  // Signing is one step, though two members say it; the webinar is a link, and no step.
  EXPECT_EQ(road.find("sign", road.find("sign ") + 1), std::string::npos) << road;
  EXPECT_THAT(road, Not(HasSubstr("webinar")));
  EXPECT_THAT(page_of(0), HasSubstr("https://road.test/webinar"));
  EXPECT_THAT(steps(1), AllOf(HasSubstr("No interview"), HasSubstr("dropping in is welcome")));
  EXPECT_THAT(steps(2), Not(HasSubstr("interview")));
  // The verdict asks for the same steps.
  EXPECT_THAT(page_of(0, "?my_license=LMFT"), HasSubstr("class=\"verdict"));
}

TEST_F(RequirementsShown, APublishersAddressIsOneHoweverItIsWritten) {
  auto& reader = federation.add_reader("reader");
  for (const char* address :
       {"https://ohio.test/o/main", "https://ohio.test/o/main/", "HTTPS://Ohio.TEST/o/main/",
        "http://ohio.test/o/main", " https://ohio.test/o/main/did.jsonl "}) {
    const auto found = reader.node->look_up(address);
    ASSERT_TRUE(found) << address << ": " << found.error().detail;
    EXPECT_EQ(found->scid, member.scid) << address;
  }
  // The path is as its server has it.
  EXPECT_FALSE(reader.node->look_up("https://ohio.test/O/main"));
}

TEST_F(RequirementsShown, R11_FiveDimensionsStandSideBySide) {
  Json::Object full = {
      {"dimensions",
       Json::object(
           {{"setup_effort", "low"}, {"clinical_depth", "high"}, {"best_for", "Hard cases"}})},
      {"agreement",
       Json::object({{"state", "signed_by_all"}, {"clauses", Json::array({"signed_and_dated"})}})},
      {"schedule",
       Json::array({Json::object(
           {{"start", "19:00"}, {"duration", 90}, {"rrule", "FREQ=MONTHLY;BYDAY=2TU,4TU"}})})}};
  publish({reqs_listing("Tuesday Table", full), reqs_listing("Bare Circle", {})});
  const auto page = body("/compare?id=" + keys[0].text() + "&id=" + keys[1].text());
  for (const auto* wanted :
       {"Tuesday Table", "Bare Circle", "Setup effort", "Clinical depth", "Confidentiality", "Time",
        "Best for", "Hard cases", "In part, 1 of 8 points", "About 3 hours a month. Every 2 weeks",
        "Not stated"})
    EXPECT_THAT(page, HasSubstr(wanted));
  EXPECT_THAT(page_of(0),
              AllOf(HasSubstr("Things to compare"), HasSubstr("About 3 hours a month")));
}

TEST_F(RequirementsShown, R11_CompareTakesTwoToFourGroupsAndSaysWhatItLeavesOut) {
  std::vector<Json> listings;
  for (int i = 0; i < 5; ++i) listings.push_back(reqs_listing("Number " + std::to_string(i), {}));
  publish(listings);
  std::string all = "/compare?x=1";
  for (const auto& key : keys) all += "&id=" + key.text();
  const auto page = body(all);
  EXPECT_THAT(page, AllOf(HasSubstr("Number 3"), Not(HasSubstr("Number 4")),
                          HasSubstr("the others were left out")));
  for (const auto* none : {"/compare", "/compare?id=", "/compare?id=../../etc/passwd&id=%3Cb%3E"}) {
    const auto response = get(none);
    EXPECT_EQ(response.status, 200) << none;
    EXPECT_THAT(response.body, AllOf(HasSubstr("Tick two to four"), Not(HasSubstr("<table"))));
  }
  EXPECT_THAT(body("/compare?id=" + keys[0].text() + "&id=" + keys[0].text()),
              Not(HasSubstr("<table")));
  EXPECT_THAT(
      body("/compare?id=" + keys[0].text() + "&id=" + keys[1].text() + "&my_license=%3Cb%3E"),
      AllOf(HasSubstr("is no license known here"), Not(HasSubstr("<b>'")), HasSubstr("<table")));
}

TEST_F(RequirementsShown, R25_R26_R35_TheVerdictStandsOnCardPageTableAndApi) {
  publish({reqs_listing("For LMFTs", reqs_for_lmft()), reqs_listing("Says nothing", {})});
  const auto card = body("/?my_license=LMFT&my_state=US-OH");
  EXPECT_THAT(card, AllOf(HasSubstr("You can join"), HasSubstr("It takes your license (LMFT)."),
                          HasSubstr("Probably")));
  EXPECT_THAT(page_of(0, "?my_license=LCSW"),
              AllOf(HasSubstr("Not for you"),
                    HasSubstr("It takes marriage and family therapists; you said LCSW.")));
  EXPECT_THAT(body("/compare?id=" + keys[0].text() + "&id=" + keys[1].text() + "&my_license=LMFT"),
              AllOf(HasSubstr("Can I join?"), HasSubstr("You can join")));
  EXPECT_THAT(body("/api/v1/groups?my_license=LMFT"),
              HasSubstr("\"eligibility\":{\"line\":\"You can join."));
  EXPECT_THAT(body("/api/v1/groups/" + keys[0].text() + "?my_license=LCSW"),
              HasSubstr("\"verdict\":\"not_for_you\""));
  EXPECT_THAT(body("/api/v1/groups"), Not(HasSubstr("\"eligibility\"")));
  EXPECT_THAT(body("/api/v1/groups?my_license=LMFT&can_join=yes"), HasSubstr("\"total\":1,"));
  EXPECT_THAT(body("/api/v1/groups?my_license=LMFT&can_join=probably"), HasSubstr("\"total\":2,"));
  EXPECT_THAT(body("/api/v1/groups?my_license=LCSW&can_join=probably"), HasSubstr("\"total\":1,"));
  for (const auto* wrong :
       {"?can_join=yes", "?sort=eligibility", "?my_license=astrologer", "?my_stage=ancient",
        "?my_license=LMFT&can_join=maybe", "?my_state=Atlantis"})
    EXPECT_EQ(get(std::string("/api/v1/groups") + wrong).status, 400) << wrong;
}

TEST_F(RequirementsShown, TheSearchersSituationNeverLeavesTheNode) {
  publish({reqs_listing("For LMFTs", reqs_for_lmft())});
  for (const auto& target :
       {std::string("/?my_license=LMFT&my_membership=NASW"),
        "/groups/" + keys[0].text() + "?my_license=LMFT&my_membership=NASW",
        "/compare?id=" + keys[0].text() + "&my_license=LMFT&my_membership=NASW"}) {
    const auto response = get(target);
    EXPECT_EQ(response.cache.max_age.count(), 0) << target;
    // No address that leaves this node has it.
    for (std::size_t at = response.body.find("https://"); at != std::string::npos;
         at = response.body.find("https://", at + 1)) {
      const auto address = response.body.substr(at, response.body.find('"', at) - at);
      EXPECT_THAT(address, AllOf(Not(HasSubstr("LMFT")), Not(HasSubstr("NASW")))) << target;
    }
  }
  EXPECT_GT(get("/groups/" + keys[0].text()).cache.max_age.count(), 0);
}

TEST_F(RequirementsShown, R36_R37_CostIsHonestByYearHourAndWhatIsDueFirst) {
  publish({reqs_listing(
      "Costs",
      {{"cost", Json::object({{"model", "subscription"},
                              {"what_it_pays", "The room"},
                              {"auto_renew", true},
                              {"renewal_notice_days", 0},
                              {"refund", "none"},
                              {"options", Json::array({Json::object({{"amount", "20"},
                                                                     {"currency", "USD"},
                                                                     {"per", "month"},
                                                                     {"upfront", true}})})}})},
       {"schedule",
        Json::array({Json::object(
            {{"start", "19:00"}, {"duration", 60}, {"rrule", "FREQ=MONTHLY;BYDAY=2TU"}})})}})});
  const auto page = page_of(0);
  for (const auto* wanted :
       {"What it costs you", "For a year", "$240", "For an hour together", "$20",
        "Before you start", "The room", "you are not told before", "No money back."})
    EXPECT_THAT(page, HasSubstr(wanted));
  // Whoever renews without telling is left out by this node's own rules, until one asks.
  EXPECT_THAT(
      body("/api/v1/groups?left_out=show"),
      HasSubstr("\"per_year\":[{\"currency\":\"USD\",\"high\":\"240.00\",\"low\":\"240.00\"}]"));
}

TEST_F(RequirementsShown, R48_R49_R50_R54_TheRoomsRulesAreInWords) {
  publish({reqs_listing(
               "Cases",
               {{"purposes", Json::array({"case_consultation"})},
                {"agreement", Json::object({{"state", "signed_by_all"},
                                            {"clauses", Json::array({"no_recording_all_consent",
                                                                     "no_ai_transcription"})},
                                            {"resign", "yearly"},
                                            {"last_signed", "2024-01"}})}}),
           reqs_listing("Survivors", {{"audience", "lived_experience"}})});
  const auto page = page_of(0);
  for (const auto* wanted :
       {"Every member signs a confidentiality agreement.",
        "Nothing is recorded unless everybody agrees", "No software writes down",
        "1 of the 8 points", "it was due again in January 2025", "Legal privilege may not cover",
        "your own consent form"})
    EXPECT_THAT(page,
                HasSubstr(wanted == std::string("1 of the 8 points") ? "<b>1 of the 8 points</b>"
                                                                     : wanted));
  const auto survivors = page_of(1);
  EXPECT_THAT(survivors, AllOf(Not(HasSubstr("Legal privilege")), HasSubstr("988")));
}

TEST_F(RequirementsShown, R57_FormingFullAndPausedAreShownWithTheirMarkAndClosedIsNotFound) {
  std::vector<Json> listings;
  for (const auto* status : {"forming", "full", "paused", "closed", "withdrawn", "active"})
    listings.push_back(reqs_listing(std::string("Status ") + status, {{"status", status}}));
  publish(listings);
  const auto page = body("/");
  EXPECT_THAT(page, AllOf(HasSubstr("It is forming."), HasSubstr("It is full."),
                          HasSubstr("It is paused."), HasSubstr("Status active"),
                          Not(HasSubstr("Status closed")), Not(HasSubstr("Status withdrawn"))));
  EXPECT_THAT(body("/?status=closed"),
              AllOf(HasSubstr("Status closed"), Not(HasSubstr("Status active"))));
  EXPECT_THAT(page_of(3), HasSubstr("It has closed."));
}

TEST_F(RequirementsShown, R17_R18_ACardOnlyListingSaysWhomToAskAndNoMore) {
  publish({reqs_listing("Alumni circle",
                        {{"disclosure", "card_only"},
                         {"formats", Json::array({"in_person"})},
                         {"regions", Json::array({"US-OH"})},
                         {"contact", Json::object({{"coordinator", "The alumni office"},
                                                   {"public", "alumni@school.test"}})}})});
  EXPECT_THAT(body("/?region=US-OH"), HasSubstr("Alumni circle"));
  EXPECT_THAT(page_of(0),
              AllOf(HasSubstr("Ask the contact for the rest"), HasSubstr("The alumni office")));
  // What a card must not say is refused when it is published.
  auto more =
      reqs_listing("Too much", {{"disclosure", "card_only"},
                                {"contact", Json::object({{"coordinator", "The alumni office"}})},
                                {"place", Json::object({{"locality", "Hidden Hollow"}})}});
  protocol::fill_defaults(more, {.id = "urn:uuid:00000000-0000-4000-8000-000000000001",
                                 .today = *protocol::parse_date("2026-11-01"),
                                 .area = {"US-OH"}});
  const auto problems = protocol::problems_for_publishing(more);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(protocol::words_for(problems[0]), HasSubstr("only shows a card"));
  // Where another tool signed it all the same, nothing of it is read.
  EXPECT_EQ(protocol::read_listing(more)->place.locality, "");
}

TEST_F(RequirementsShown, R40_ListingsAreSortedByTimeAndByCostOfAnHour) {
  const auto meeting = [](const char* rule, std::int64_t minutes, const char* amount) {
    return Json::Object{
        {"schedule",
         Json::array({Json::object({{"start", "19:00"}, {"duration", minutes}, {"rrule", rule}})})},
        {"cost",
         Json::object(
             {{"model", "fee_per_meeting"},
              {"options", Json::array({Json::object(
                              {{"amount", amount}, {"currency", "USD"}, {"per", "meeting"}})})}})}};
  };
  publish({reqs_listing("Weekly", meeting("FREQ=WEEKLY", 60, "10")),
           reqs_listing("Monthly", meeting("FREQ=MONTHLY", 120, "30")),
           reqs_listing("Unknown", {})});
  const auto order = [&](const std::string& sort) {
    const auto answer = body("/api/v1/groups?sort=" + sort);
    std::string first;
    std::size_t at = 0;
    for (const auto* name : {"Weekly", "Monthly", "Unknown"}) {
      const auto found = answer.find("\"name\":\"" + std::string(name) + "\"");
      EXPECT_NE(found, std::string::npos);
      if (first.empty() || found < at) {
        first = name;
        at = found;
      }
    }
    return first;
  };
  EXPECT_EQ(order("time"), "Monthly");
  EXPECT_EQ(order("cost_hour"), "Weekly");
  EXPECT_EQ(order("cost"), "Monthly");
}

}  // namespace
