#include <map>
#include <set>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/api/routes.h"
#include "node/cli/commands.h"
#include "protocol/document/computed.h"
#include "protocol/document/vocabularies.h"
#include "tests/support/federation.h"
#include "tests/support/lying_publisher.h"

// Requirements as a searcher meets them, row by row, on the pages of a node: what
// docs/requirements.md promises under these names. Each asks for what a person reads, not for what
// a function returns.

namespace {

using protocol::Json;
using test_support::CollectedOutput;
using test_support::Federation;
using test_support::simple_listing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// A page as it is read: no markup, no data for programs, plain spaces.
std::string rows_text(std::string page) {
  for (auto at = page.find("<script"); at != std::string::npos; at = page.find("<script", at))
    page.erase(at, page.find("</script>", at) + 9 - at);
  std::string text;
  bool inside = false;
  for (const char c : page) {
    if (c == '<') inside = true;
    if (!inside) text += c;
    if (c == '>') inside = false;
  }
  const std::pair<std::string, std::string> entities[] = {{"&lt;", "<"},    {"&gt;", ">"},
                                                          {"&quot;", "\""}, {"&#39;", "'"},
                                                          {"\u00a0", " "},  {"&amp;", "&"}};
  for (const auto& [entity, character] : entities)
    for (auto at = text.find(entity); at != std::string::npos;
         at = text.find(entity, at + character.size()))
      text.replace(at, entity.size(), character);
  return text;
}

class RequirementRows : public ::testing::Test {
 protected:
  RequirementRows()
      : member(federation.add("ohio.test", "Ohio Chapter", {"US-OH"}, "state_chapter")) {}

  void publish(std::vector<Json> listings) {
    keys = federation.publish(member, std::move(listings));
    federation.anchor(member, member);
    node::add_public_routes(router, *member.node, std::chrono::seconds(0));
  }
  std::string body(const std::string& target) const {
    auto request = node::make_request("GET", target);
    request.headers.emplace_back("Accept", "text/html");
    return router(request).body;
  }
  std::string text(const std::string& target) const { return rows_text(body(target)); }
  std::string page_of(std::size_t index, const std::string& query = "") const {
    return text("/groups/" + keys.at(index).text() + query);
  }
  std::string said(const std::string& command,
                   std::map<std::string, std::vector<std::string>> options) {
    CollectedOutput output;
    node::execute({command, std::move(options), {}, {}, "/"}, *member.node, output);
    return output.said;
  }

  Federation federation;
  Federation::Member& member;
  std::vector<node::RecordKey> keys;
  node::Router router;
};

Json::Object rows_schedule(const char* rule, std::int64_t minutes) {
  return {{"schedule", Json::array({Json::object({{"dtstart", "2026-11-03T12:00:00"},
                                                  {"rrule", rule},
                                                  {"duration", minutes},
                                                  {"tzid", "America/New_York"}})})}};
}

Json rows_listing(const std::string& name, Json::Object more, const Json::Object& schedule) {
  for (const auto& one : schedule) more.push_back(one);
  return simple_listing(name, more);
}

TEST_F(RequirementRows, R04_AGroupOfTwoKindsIsNamedAndFoundByEach) {
  publish({simple_listing("Blend",
                          {{"kinds", Json::array({"formal_consultation", "online_community"})}}),
           simple_listing("Plain", {{"kinds", Json::array({"study_group"})}})});
  EXPECT_THAT(page_of(0), HasSubstr("Consultation group and online community"));
  for (const auto* kind : {"formal_consultation", "online_community"})
    EXPECT_THAT(text(std::string("/?kind=") + kind),
                AllOf(HasSubstr("Blend"), HasSubstr("Consultation group and online community"),
                      Not(HasSubstr("Plain"))));
}

TEST_F(RequirementRows, R06_R38_R39_ShortFormsAtWorkAreSaidAsPeopleSayThem) {
  publish({rows_listing(
               "Ward huddle",
               {{"kinds", Json::array({"workplace_program"})}, {"audience", "workplace_staff"}},
               rows_schedule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", 10)),
           rows_listing("Across departments",
                        {{"kinds", Json::array({"workplace_program", "mentorship_program"})},
                         {"audience", "workplace_staff"}},
                        rows_schedule("FREQ=MONTHLY;BYDAY=1WE", 45)),
           rows_listing("Debrief call", {{"kinds", Json::array({"buddy_pair"})}},
                        rows_schedule("FREQ=WEEKLY;BYDAY=TU", 15)),
           rows_listing("Coffee", {{"kinds", Json::array({"informal_circle"})}},
                        rows_schedule("FREQ=MONTHLY;BYDAY=2TU", 60)),
           rows_listing("Young table", {{"status", "forming"}},
                        rows_schedule("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", 90))});
  EXPECT_THAT(page_of(0),
              AllOf(HasSubstr("Workplace peer support"), HasSubstr("Daily huddle"),
                    HasSubstr("12:00–12:10 PM"), HasSubstr("Independence from managers"),
                    HasSubstr("It does not say who sees attendance.")));
  EXPECT_THAT(page_of(1), HasSubstr("Workplace peer support and mentorship program"));
  EXPECT_THAT(page_of(2), AllOf(HasSubstr("Weekly"), HasSubstr("12:00–12:15 PM"),
                                HasSubstr("About 1 hour a month")));
  EXPECT_THAT(page_of(3), AllOf(HasSubstr("Monthly"), HasSubstr("About 1 hour a month")));
  EXPECT_THAT(page_of(4), AllOf(HasSubstr("Every 2 weeks"), HasSubstr("It is forming.")));
  EXPECT_THAT(
      text("/?kind=workplace_program"),
      AllOf(HasSubstr("Ward huddle"), HasSubstr("Across departments"), Not(HasSubstr("Coffee"))));
}

/// Survivors' groups, by video and telephone, for one and for many: found by whoever asks for them,
/// by nobody else, by no way; and never judged by a license.
TEST_F(RequirementRows, R07_R35_SurvivorsAreShownToWhoAsksAndNeverJudgedByALicense) {
  const Json::Object same = {{"summary", "Around the table after a loss."},
                             {"sponsor", Json::object({{"name", "Lantern House"}})},
                             {"formats", Json::array({"video", "phone"})},
                             {"regions", Json::array({"US-OH"})},
                             {"cost", Json::object({{"model", "free"}})},
                             {"links", Json::object({{"home", "https://groups.test/porch"}})},
                             {"contact", Json::object({{"public", "porch@groups.test"}})}};
  auto many = same, one = same;
  for (auto* group : {&many, &one}) {
    group->emplace_back("audience", "lived_experience");
    group->emplace_back("license_rule", "any_licensed");
    group->emplace_back("license_region_rule", "listed");
    group->emplace_back("license_jurisdictions", Json::array({"US-NY"}));
  }
  many.emplace_back("kinds", Json::array({"lived_experience", "peer_support_group"}));
  one.emplace_back("kinds", Json::array({"lived_experience", "buddy_pair"}));
  publish({simple_listing("Morning Porch", many), simple_listing("One to One Porch", one),
           // The same page and contact under the same name, for therapists.
           simple_listing("Morning Porch", same)});

  // Asked for: shown, with a crisis line, whatever the searcher's license.
  const auto asked = text("/?audience=lived_experience");
  EXPECT_THAT(asked, AllOf(HasSubstr("Morning Porch"), HasSubstr("One to One Porch"),
                           HasSubstr("Lived-experience group"),
                           Not(HasSubstr("Therapists with lived experience"))));
  for (const auto* who : {"?my_license=LMFT&my_state=US-OH", "?my_license=none", ""}) {
    for (const std::size_t i : {0U, 1U}) {
      const auto page = page_of(i, who);
      EXPECT_THAT(page,
                  AllOf(HasSubstr("For people with lived experience."), HasSubstr("988"),
                        HasSubstr("Video; phone"), Not(HasSubstr("Any mental health license")),
                        HasSubstr("People with lived experience; no license is asked for"),
                        HasSubstr("No license is asked for here, of anybody."),
                        Not(HasSubstr("Not for you")), Not(HasSubstr("You can join"))))
          << who;
      if (*who != '\0') {
        EXPECT_THAT(page, HasSubstr("no license counts")) << who;
      }
    }
  }
  EXPECT_THAT(page_of(1), HasSubstr("buddy pairs"));

  // Not asked for: on no way.
  const auto survivors = [&](const std::string& shown) {
    return shown.find(keys[0].uuid) != std::string::npos ||
           shown.find(keys[1].uuid) != std::string::npos ||
           shown.find("One to One Porch") != std::string::npos;
  };
  const std::string all_ways[] = {"",
                                  "q=porch",
                                  "q=%22Morning%20Porch%22",
                                  "q=lantern%20house",
                                  "kind=lived_experience",
                                  "kind=peer_support_group",
                                  "region=US-OH",
                                  "cost=free",
                                  "format=phone",
                                  "license=LMFT",
                                  "publisher=" + member.scid,
                                  "my_license=LMFT&can_join=probably",
                                  "status=active",
                                  "audience=therapists",
                                  "audience=mixed",
                                  "left_out=show",
                                  "sort=newest",
                                  "sort=name",
                                  "near=Columbus,%20OH&online=also",
                                  "unstated=region"};
  for (const auto& ways : all_ways) {
    EXPECT_FALSE(survivors(body("/?" + ways))) << ways;
    EXPECT_FALSE(survivors(body("/api/v1/groups?" + ways))) << ways;
  }
  for (const std::string& target :
       {"/publishers/" + member.scid, std::string("/api/v1/feeds"), std::string("/about/checks"),
        "/groups/" + keys[2].text(), "/groups/" + keys[2].text() + ".jsonld",
        "/groups/" + keys[2].text() + ".hsds.json", "/api/v1/groups/" + keys[2].text(),
        "/compare?id=" + keys[2].text(), std::string("/.well-known/api-catalog"),
        std::string("/sitemap.xml"), std::string("/feed.xml")})
    EXPECT_FALSE(survivors(body(target))) << target;
  EXPECT_FALSE(survivors(said("search", {{"json", {}}})));
  EXPECT_FALSE(survivors(said("search", {{"words", {"porch"}}, {"json", {}}})));
  EXPECT_FALSE(survivors(said("export", {{"jsonld", {}}, {"id", {keys[2].text()}}})));
  // A line says that there are some, and no more than that; also where nothing else is found.
  for (const auto* ways : {"/?q=porch", "/?kind=lived_experience"})
    EXPECT_THAT(text(ways),
                HasSubstr("2 groups are led by and for people with lived experience. Show them"));
}

TEST_F(RequirementRows, R12_EveryPurposeIsSaidAndFoundByItsWords) {
  std::vector<Json> listings;
  const auto purposes = protocol::terms(protocol::Vocabulary::purposes);
  for (std::size_t i = 0; i < purposes.size(); ++i)
    listings.push_back(
        simple_listing("Number " + std::to_string(i) + " of these",
                       {{"purposes", Json::array({std::string(purposes[i].value)})}}));
  publish(std::move(listings));
  for (const auto* one : {"case_consultation", "emotional_debriefing", "collegiality",
                          "clinical_brainstorming", "accountability"})
    EXPECT_TRUE(protocol::is_known(protocol::Vocabulary::purposes, one)) << one;
  for (std::size_t i = 0; i < purposes.size(); ++i) {
    const std::string label(purposes[i].label);
    EXPECT_THAT(page_of(i), HasSubstr(label));
    std::string words;
    for (const char c : label) words += c == ' ' ? std::string("%20") : std::string(1, c);
    EXPECT_THAT(text("/?q=%22" + words + "%22"),
                HasSubstr("Number " + std::to_string(i) + " of these"))
        << label;
  }
}

TEST_F(RequirementRows, R13_EveryPageSaysWhatAGroupIsNot) {
  publish({simple_listing("Silent", {}),
           simple_listing("Says it", {{"not_for", Json::array({"not_therapy", "not_supervision",
                                                               "not_legal_advice"})}}),
           simple_listing("Swap", {{"kinds", Json::array({"supervision_swap"})}})});
  for (const std::size_t i : {0U, 2U})
    EXPECT_THAT(page_of(i),
                HasSubstr("Not stated. A group of peers is not therapy, not supervision and not "
                          "legal advice, unless it says otherwise."));
  EXPECT_THAT(page_of(1),
              AllOf(HasSubstr("Not therapy"), HasSubstr("ot supervision"),
                    HasSubstr("ot legal advice"), Not(HasSubstr("unless it says otherwise"))));
}

TEST(RequirementsOfPublishers, R14_R21_EveryKindOfPublisherIsNamedAsWhatItIs) {
  Federation federation;
  std::size_t number = 0;
  for (const auto& kind : protocol::terms(protocol::Vocabulary::publisher_kinds)) {
    SCOPED_TRACE(kind.value);
    auto& publisher = federation.add("p" + std::to_string(++number) + ".test", "Some Publisher",
                                     {"US"}, std::string(kind.value));
    federation.publish(publisher, {simple_listing("Its group", {})});
    node::Router routes;
    node::add_public_routes(routes, *publisher.node, std::chrono::seconds(0));
    auto request = node::make_request("GET", "/publishers/" + publisher.scid);
    request.headers.emplace_back("Accept", "text/html");
    EXPECT_THAT(rows_text(routes(request).body),
                AllOf(HasSubstr(std::string(kind.label)), HasSubstr("Some Publisher"),
                      HasSubstr("United States")));
  }
  EXPECT_EQ(number, 10U);
}

TEST_F(RequirementRows, R15_TheFourNationalBodiesAreKnownByNameAndByLetters) {
  const std::pair<const char*, const char*> bodies[] = {
      {"APA", "American Psychological Association"},
      {"ACA", "American Counseling Association"},
      {"NASW", "National Association of Social Workers"},
      {"NBCC", "National Board for Certified Counselors"}};
  std::vector<Json> listings;
  for (const auto& [letters, name] : bodies)
    listings.push_back(
        simple_listing(std::string("Members of ") + letters,
                       {{"license_rule", "any_licensed"},
                        {"membership", Json::object({{"required", "member"}, {"body", name}})}}));
  publish(std::move(listings));
  for (std::size_t i = 0; i < std::size(bodies); ++i) {
    std::string name(bodies[i].second);
    for (auto at = name.find(' '); at != std::string::npos; at = name.find(' '))
      name.replace(at, 1, "%20");
    for (const auto& mine : {std::string(bodies[i].first), name})
      EXPECT_THAT(page_of(i, "?my_license=LCSW&my_membership=" + mine),
                  AllOf(HasSubstr("You can join."),
                        HasSubstr(std::string("It is for members of ") + bodies[i].second + ".")));
    EXPECT_THAT(page_of(i, "?my_license=LCSW&my_membership=Guild"), HasSubstr("Probably."));
  }
}

/// What a card hides is in no answer that reads the listing for somebody, even where another
/// program signed it; and so is the name of somebody who has not agreed to be named.
TEST_F(RequirementRows, R17_R18_R42_WhatACardHidesIsInNoAnswer) {
  const Json::Object card = {
      {"disclosure", "card_only"},
      {"formats", Json::array({"in_person"})},
      {"contact",
       Json::object({{"coordinator", "The alumni office"}, {"public", "alumni@school.test"}})},
      {"place", Json::object({{"locality", "Hidden Hollow"}, {"region", "US-OH"}})},
      {"schedule", Json::array({Json::object({{"start", "19:00"}, {"rrule", "FREQ=WEEKLY"}})})},
      {"leaders", Json::array({Json::object({{"display_name", "Sam Whitlock"}})})},
      {"as_stated", Json::object({{"schedule", "Tuesdays at seven"},
                                  {"locality", "Hidden Hollow"},
                                  {"run_by", "Whitlock"},
                                  {"cost", "free of charge"}})}};
  const Json::Object named = {
      {"leaders",
       Json::array({Json::object({{"role", "Leader"},
                                  {"display_name", "Sam Whitlock"},
                                  {"public_profile", "https://people.test/whitlock"}})})}};
  // Our own tool refuses both.
  const auto problems = [](const Json::Object& more) {
    auto subject = simple_listing("Group", more);
    protocol::fill_defaults(subject, {.id = "urn:uuid:00000000-0000-4000-8000-000000000001",
                                      .today = *protocol::parse_date("2026-11-01"),
                                      .area = {"US-OH"}});
    return protocol::problems_for_publishing(subject);
  };
  std::set<std::string> fields;
  for (const auto& problem : problems(card)) fields.insert(problem.field);
  for (const auto* field : {"place", "schedule", "leaders", "as_stated.schedule",
                            "as_stated.locality", "as_stated.run_by"})
    EXPECT_TRUE(fields.contains(field)) << field;
  EXPECT_FALSE(fields.contains("as_stated.cost"));
  EXPECT_EQ(problems(named).size(), 1U);

  // Another one signs them, and this node reads what it signed.
  auto& reader = federation.add_reader("reader");
  federation.anchor(reader, member);
  test_support::LyingPublisher other(federation, member);
  keys = {other.put("Alumni circle", card), other.put("Named", named)};
  other.publish();
  federation.sync(reader);
  node::add_public_routes(router, *reader.node, std::chrono::seconds(0));
  ASSERT_TRUE(reader.node->group(keys[0]));
  ASSERT_THAT(reader.node->group(keys[0])->document, HasSubstr("Hidden Hollow"));
  ASSERT_THAT(reader.node->group(keys[1])->document, HasSubstr("Sam Whitlock"));
  for (const std::string& target :
       {std::string("/?left_out=show"), std::string("/?q=hollow&left_out=show"),
        std::string("/?q=whitlock&left_out=show"), std::string("/?near=Columbus,%20OH"),
        "/groups/" + keys[0].text(), "/groups/" + keys[1].text(),
        std::string("/api/v1/groups?left_out=show"), "/groups/" + keys[1].text() + ".jsonld",
        "/groups/" + keys[1].text() + ".hsds.json",
        "/compare?id=" + keys[0].text() + "&id=" + keys[1].text()}) {
    // Small letters where the page repeats what was asked.
    const auto answer = body(target);
    EXPECT_THAT(answer, AllOf(Not(HasSubstr("Hollow")), Not(HasSubstr("Whitlock")),
                              Not(HasSubstr("Tuesdays at seven"))))
        << target;
  }
  EXPECT_THAT(body("/api/v1/groups"), HasSubstr("Alumni circle"));
  EXPECT_THAT(page_of(0), HasSubstr("free of charge"));
  for (const auto* extension : {".ics", ".jsonld", ".hsds.json"})
    EXPECT_THAT(body("/groups/" + keys[0].text() + extension), Not(HasSubstr("Alumni circle")));
  CollectedOutput output;
  node::execute({"search", {{"show-left-out", {}}, {"json", {}}}, {}, {}, "/"}, *reader.node,
                output);
  EXPECT_THAT(output.said, AllOf(HasSubstr("Alumni circle"), Not(HasSubstr("Whitlock")),
                                 Not(HasSubstr("Hollow"))));
  for (const auto& key : keys) {
    CollectedOutput sheet;
    node::execute({"export", {{"csv", {}}, {"id", {key.text()}}}, {}, {}, "/"}, *reader.node,
                  sheet);
    EXPECT_THAT(sheet.said, AllOf(Not(HasSubstr("Whitlock")), Not(HasSubstr("Hollow"))));
  }
}

TEST_F(RequirementRows, R24_R25_InterestPlaceSettingAndComfortNarrowTogether) {
  const auto group = [](const char* name, const char* topic, const char* setting,
                        const char* region, const char* access) {
    return simple_listing(name, {{"focus_topics", Json::array({topic})},
                                 {"practice_settings", Json::array({setting})},
                                 {"regions", Json::array({region})},
                                 {"accessibility", Json::array({access})}});
  };
  publish({group("All of it", "trauma", "private_practice", "US-OH", "camera_optional"),
           group("Other topic", "couples", "private_practice", "US-OH", "camera_optional"),
           group("Other setting", "trauma", "hospital", "US-OH", "camera_optional"),
           group("Other place", "trauma", "private_practice", "US-TX", "camera_optional"),
           group("Other comfort", "trauma", "private_practice", "US-OH", "parking")});
  const auto page =
      text("/?q=trauma%20%22private%20practice%22%20%22camera%20optional%22&region=US-OH");
  EXPECT_THAT(page, AllOf(HasSubstr("All of it"), Not(HasSubstr("Other topic")),
                          Not(HasSubstr("Other setting")), Not(HasSubstr("Other place")),
                          Not(HasSubstr("Other comfort"))));
}

TEST_F(RequirementRows, R26_OneStateOfLicenseNarrowsVirtualGroupsToo) {
  const auto group = [](const char* name, const char* rule, const char* where) {
    Json::Object more = {{"formats", Json::array({"video"})},
                         {"license_rule", "any_licensed"},
                         {"membership", Json::object({{"required", "none"}})}};
    if (*rule != '\0') more.emplace_back("license_region_rule", rule);
    more.emplace_back(std::string(rule) == "listed" ? "license_jurisdictions" : "regions",
                      Json::array({where}));
    return simple_listing(name, more);
  };
  publish({group("Ohio licenses", "listed", "US-OH"), group("Texas licenses", "listed", "US-TX"),
           group("Where it serves", "same_as_region", "US-OH"),
           group("Any of the country", "any_us", "US"), group("Says nothing", "", "US-TX")});
  const std::string me = "/?my_license=LMFT&my_state=US-OH";
  EXPECT_THAT(text(me + "&can_join=yes"),
              AllOf(HasSubstr("Ohio licenses"), HasSubstr("Where it serves"),
                    HasSubstr("Any of the country"), Not(HasSubstr("Texas licenses")),
                    Not(HasSubstr("Says nothing"))));
  EXPECT_THAT(text(me + "&can_join=probably"),
              AllOf(HasSubstr("Says nothing"), HasSubstr("It serves Texas: ask"),
                    Not(HasSubstr("Texas licenses"))));
  EXPECT_THAT(text(me), HasSubstr("It asks for a license of Texas; yours is of Ohio."));
}

TEST_F(RequirementRows, R27_EachWayToMeetIsNamedFoundAndWeighed) {
  const std::tuple<const char*, const char*, const char*> ways[] = {
      {"in_person", "In person", "Getting there and back takes time"},
      {"video", "Video", "How private it is depends on the service"},
      {"phone", "Phone", "You hear who is there and cannot see it."},
      {"hybrid", "in person", "Ask how those at a distance are heard."},
      {"async_text", "riting", "What is written stays"},
      {"message_group", "essage", "What is written stays"}};
  std::vector<Json> listings;
  for (const auto& [format, words, note] : ways)
    listings.push_back(
        simple_listing(std::string("Way ") + format, {{"formats", Json::array({format})}}));
  publish(std::move(listings));
  for (std::size_t i = 0; i < std::size(ways); ++i) {
    const auto& [format, words, note] = ways[i];
    EXPECT_THAT(page_of(i), AllOf(HasSubstr(words), HasSubstr(note))) << format;
    const auto found = text(std::string("/?format=") + format);
    EXPECT_THAT(found, HasSubstr(std::string("Way ") + format));
    if (std::string(format) != "in_person" && std::string(format) != "video") {
      EXPECT_THAT(found, Not(HasSubstr("Way in_person")));
    }
  }
  // Open to both means found by either.
  EXPECT_THAT(text("/?format=in_person"), HasSubstr("Way hybrid"));
  EXPECT_THAT(text("/?format=video"), HasSubstr("Way hybrid"));
}

TEST_F(RequirementRows, R33_MembersTrialsAndGuestsAreToldApart) {
  const auto group = [](const char* name, Json membership) {
    Json::Object more = {{"license_rule", "any_licensed"}, {"membership", std::move(membership)}};
    if (std::string(name) == "Guests") {
      more.emplace_back(
          "cost",
          Json::object(
              {{"model", "fee_per_meeting"},
               {"options", Json::array({Json::object(
                               {{"amount", "5"}, {"currency", "USD"}, {"for", "members"}})})}}));
    }
    return simple_listing(name, more);
  };
  publish(
      {group("Members", Json::object({{"required", "member"}, {"body", "Guild"}})),
       group("Trial", Json::object({{"required", "member"}, {"body", "Guild"}, {"trial", true}})),
       group(
           "Foreign guests",
           Json::object({{"required", "member"}, {"body", "Guild"}, {"non_members_fee", "7.50"}})),
       group(
           "Guests",
           Json::object({{"required", "member"}, {"body", "Guild"}, {"non_members_fee", "20.00"}})),
       group("Anybody", Json::object({{"required", "none"}}))});
  const std::string me = "?my_license=LCSW&my_membership=none";
  EXPECT_THAT(page_of(0, me), AllOf(HasSubstr("Be a member of Guild."),
                                    HasSubstr("It is for members of Guild: you would have to join "
                                              "that first.")));
  EXPECT_THAT(page_of(1, me), HasSubstr("You may try it first."));
  EXPECT_THAT(page_of(2, me), HasSubstr("others pay 7.50 (currency not stated)."));
  EXPECT_THAT(page_of(3, me), AllOf(HasSubstr("You can join."), HasSubstr("Others pay $20."),
                                    HasSubstr("You need not be a member; others pay $20.")));
  EXPECT_THAT(page_of(4, me),
              AllOf(HasSubstr("You can join."), HasSubstr("No membership is needed.")));
}

TEST_F(RequirementRows, R36_EveryModelOfCostIsSaidAndFound) {
  std::vector<Json> listings;
  const auto models = protocol::terms(protocol::Vocabulary::cost_model);
  for (const auto& model : models)
    listings.push_back(
        simple_listing("Cost " + std::string(model.value),
                       {{"cost", Json::object({{"model", std::string(model.value)}})}}));
  const auto option = [](const char* amount, const char* whom) {
    return Json::object({{"amount", amount}, {"currency", "USD"}, {"per", "year"}, {"for", whom}});
  };
  listings.push_back(simple_listing(
      "Early free", {{"cost", Json::object({{"model", "subscription"},
                                            {"options", Json::array({option("0", "early_career"),
                                                                     option("75", "all")})}})}}));
  listings.push_back(simple_listing(
      "Free for some",
      {{"cost", Json::object({{"model", "free"},
                              {"options", Json::array({Json::object({{"for", "members"}})})}})}}));
  listings.push_back(simple_listing(
      "Guests pay",
      {{"cost", Json::object({{"model", "free"},
                              {"options", Json::array({option("0", "members"),
                                                       option("20", "non_members")})}})}}));
  publish(std::move(listings));
  const std::map<std::string, std::string> words = {
      {"free", "Free."},
      {"donation", "By donation."},
      {"included_in_membership", "Included in membership."},
      {"fee_per_meeting", "A fee for each meeting. Amount not stated."},
      {"fee_per_term", "A fee for each term. Amount not stated."},
      {"subscription", "A subscription. Amount not stated."},
      {"sliding_scale", "Sliding scale. Amounts not stated."},
      {"employer_paid", "Your employer pays."},
      {"swap", "An exchange, no money."}};
  ASSERT_EQ(words.size(), models.size());
  for (std::size_t i = 0; i < models.size(); ++i) {
    const std::string model(models[i].value);
    EXPECT_THAT(page_of(i), HasSubstr(words.at(model))) << model;
    EXPECT_THAT(text("/?cost=" + model), HasSubstr("Cost " + model)) << model;
  }
  EXPECT_THAT(page_of(models.size()),
              AllOf(HasSubstr("$0 a year for early career"), HasSubstr("$75 a year")));
  EXPECT_THAT(page_of(models.size() + 1),
              AllOf(HasSubstr("Free for members. What others pay is not stated."),
                    HasSubstr("Free for members. Not stated what it costs others.")));
  EXPECT_THAT(page_of(models.size() + 2),
              HasSubstr("Free for members; $20 a year for non-members."));
}

/// What a searcher reads of a group that says everything, and of one that says nothing.
TEST_F(RequirementRows, R41_R42_R44_R46_R51_R52_TheSignsOfAGoodGroupAreToldOneByOne) {
  publish(
      {rows_listing(
           "Whole Table",
           {{"summary", "Consultation over lunch for clinicians in private practice."},
            {"description",
             "We start with a short check-in. Then two people present, with every identifying "
             "detail changed. The rest ask before anyone offers a thought. We end by asking what "
             "each takes home."},
            {"formats", Json::array({"video"})},
            {"platform", Json::object({{"name", "Meetwell"},
                                       {"kind", "video"},
                                       {"baa", "yes"},
                                       {"waiting_room", true}})},
            {"sponsor", Json::object({{"name", "Test University"},
                                      {"kind", "university_department"},
                                      {"page", "https://uni.test/groups"}})},
            {"leaders",
             Json::array({Json::object(
                 {{"display_name", "Dana Whitlock"},
                  {"credentials", "LPCC-S"},
                  {"consent", Json::object({{"given_at", "2026-01-08"}, {"how", "e-mail"}})}})})},
            {"agreement",
             Json::object({{"state", "signed_by_all"},
                           {"clauses", Json::array({"confidential_after_leaving",
                                                    "de_identified_cases", "signed_and_dated"})},
                           {"last_signed", "2026-03"}})},
            {"charter", Json::array({"membership_criteria", "confidentiality", "conflict_procedure",
                                     "mandatory_reporting_procedure"})},
            {"links", Json::object({{"home", "https://groups.test/whole"},
                                    {"agreement", "https://groups.test/agreement"}})}},
           rows_schedule("FREQ=MONTHLY;BYDAY=2TU", 75)),
       simple_listing("Says nothing", {}),
       simple_listing("Held by its sponsor", {{"accountable_via", "Test University"}})});
  const auto whole = page_of(0);
  for (const auto* wanted :
       {"It says Test University sponsors it. We have not yet read their page.",
        "Led by Dana Whitlock, LPCC-S.", "Everyone named here agreed to be named.",
        "It says what happens, for whom and how often.",
        "All members sign a confidentiality agreement; you can read it.",
        "It covers 3 of 8. Missing: ", "Signed again in Mar 2026.",
        "It says that membership, confidentiality and conflicts are written down. No person here "
        "has read it.",
        "It says that this is written down. No person here has read it.",
        "Meetwell with a business associate agreement and a waiting room."})
    EXPECT_THAT(whole, HasSubstr(wanted));
  const auto bare = page_of(1);
  for (const auto* wanted :
       {"Not stated whether an organization sponsors it. Many groups have no sponsor.",
        "Not stated who leads it.", "There is no description: ask what a meeting looks like.",
        "Not stated whether there is a confidentiality agreement.",
        "Not stated whether it has a charter.",
        "It does not say what happens when someone may be in danger; ask before you present a "
        "case.",
        // and what to ask, ready to be sent
        "“Is there a confidentiality agreement, and may I read it first?”",
        "“What do you do if someone may be in danger? Who reports, and how do you decide?”",
        "“Who leads the group, and who answers for it?”"})
    EXPECT_THAT(bare, HasSubstr(wanted));
  // Nothing says in one breath that it was not checked and who checked it.
  EXPECT_THAT(bare, AllOf(HasSubstr("Not checked.Every state board has a free public search."),
                          HasSubstr("Not stated who leads it.Read in the listing by this node."),
                          Not(HasSubstr("Not checked.Every state board has a free public search. "
                                        "Checked")),
                          Not(HasSubstr("tried the contact yet.Checked"))));
  EXPECT_THAT(page_of(2), HasSubstr("The leader is known to Test University, which answers for "
                                    "the group."));
  // The card counts, and gives no mark of its own.
  EXPECT_THAT(text("/?q=whole"), AllOf(HasSubstr("checks pass"), HasSubstr(" to ask about")));
}

TEST_F(RequirementRows, R45_APublicNetworkIsWarnedOfOnTheCardAndAboveThePage) {
  publish(
      {simple_listing("Blue wall", {{"formats", Json::array({"message_group"})},
                                    {"platform", Json::object({{"name", "Facebook Groups"},
                                                               {"public_social", true}})}}),
       simple_listing("Closed wall", {{"formats", Json::array({"message_group"})},
                                      {"platform", Json::object({{"name", "Facebook Groups"}})}})});
  const std::string warning = "It meets on a public social network. Do not discuss clients there.";
  const auto page = body("/groups/" + keys[0].text());
  EXPECT_LT(page.find(warning), page.find("<dl class=\"facts"));
  // This node's rules leave it out, say so, and show it on demand with the warning.
  EXPECT_THAT(text("/"), AllOf(Not(HasSubstr("Blue wall")),
                               HasSubstr("1 listing was left out by this node’s rules: show it")));
  EXPECT_THAT(text("/?left_out=show"), AllOf(HasSubstr("Blue wall"), HasSubstr(warning)));
  EXPECT_THAT(page_of(0), HasSubstr("This node’s rules leave it out of the results, because of: "
                                    "privacy of the platform."));
  // Nobody said that this one is public: it stays, and one is told what to think of.
  EXPECT_THAT(text("/"), HasSubstr("Closed wall"));
  EXPECT_THAT(page_of(1), HasSubstr("It meets on Facebook Groups, a social network, which may use "
                                    "what is written there. Do not discuss clients there."));
}

/// What a sheet without a column for kinds becomes.
TEST_F(RequirementRows, AGroupWithoutAKindIsCalledNothingOdd) {
  publish({simple_listing("Plain", {{"kinds", Json::array({"group"})}})});
  EXPECT_THAT(page_of(0), AllOf(HasSubstr("Group (kind not stated). For therapists."),
                                Not(HasSubstr("other (group)"))));
  EXPECT_THAT(text("/"), Not(HasSubstr("other (group)")));
}

TEST_F(RequirementRows, R66_EveryPageOfSurvivorsNamesACrisisLine) {
  publish({simple_listing("By whom", {{"audience", "lived_experience"}}),
           simple_listing("By kind",
                          {{"kinds", Json::array({"lived_experience"})}, {"audience", "mixed"}}),
           simple_listing("Elsewhere", {{"audience", "lived_experience"},
                                        {"crisis_resource", "Call 116 123"}})});
  for (const std::size_t i : {0U, 1U, 2U}) EXPECT_THAT(page_of(i), HasSubstr("988"));
  EXPECT_THAT(page_of(0), AllOf(HasSubstr("In crisis? 988 Suicide & Crisis Lifeline"),
                                Not(HasSubstr("In the US, call or text"))));
  EXPECT_THAT(page_of(1), HasSubstr("In crisis? In the US, call or text 988 at any hour."));
  EXPECT_THAT(page_of(2), HasSubstr("In crisis? Call 116 123. In the US, call or text 988"));
  EXPECT_THAT(text("/?audience=lived_experience"), HasSubstr("988"));
}

/// A trap: whoever mends a typo has confirmed nothing.
TEST_F(RequirementRows, SavingMovesNoConfirmedDateUnlessSomebodyConfirms) {
  publish({simple_listing("Same", {{"confirmed_at", "2026-10-01"},
                                   {"confirmed_by_role", "leader"},
                                   {"review_by", "2027-03-30"}})});
  const auto put = [&](const Json::Object& more) {
    federation.clock.advance(std::chrono::days(3));
    auto listing = simple_listing("Same", more);
    listing.set("id", keys[0].urn());
    CollectedOutput output;
    EXPECT_EQ(
        node::execute(
            {"put", {{"file", {"same.json"}}}, {{"file", protocol::canonical(listing)}}, {}, "/"},
            *member.node, output),
        node::kExitOk)
        << output.said;
    const auto group = member.node->group(keys[0]);
    return group->listing.confirmed_at + " " + group->listing.confirmed_by_role + " " +
           group->listing.review_by;
  };
  const std::string before = "2026-10-01 leader 2027-03-30";
  EXPECT_EQ(put({}), before) << "saved without a change";
  EXPECT_EQ(put({{"summary", "A typo less"}}), before) << "changed";
  EXPECT_THAT(page_of(0), AllOf(HasSubstr("A typo less"), HasSubstr("Confirmed Oct 1")));
  EXPECT_EQ(put({{"confirmed_at", "2026-11-08"}}), "2026-11-08 chapter_admin 2027-05-07")
      << "said in the file";
  CollectedOutput output;
  federation.clock.advance(std::chrono::days(3));
  ASSERT_EQ(
      node::execute({"confirm", {{"id", {keys[0].text()}}}, {}, {}, "/"}, *member.node, output),
      node::kExitOk);
  EXPECT_GT(member.node->group(keys[0])->listing.confirmed_at, "2026-11-08");
}

/// A trap: a group that meets online needs no address, and stands nowhere on a map even where
/// somebody signed a place.
TEST_F(RequirementRows, AnOnlineGroupIsImportedWithoutAnAddressAndStandsNowhere) {
  CollectedOutput output;
  ASSERT_EQ(node::execute(
                {"import",
                 {{"file", {"groups.csv"}}, {"apply", {}}, {"yes", {}}},
                 {{"file",
                   "Group name,Format,Contact,Who\r\nEvening screen,Video,a@b.example,Therapists"
                   "\r\n"}},
                 {},
                 "/"},
                *member.node, output),
            node::kExitOk)
      << output.said;
  federation.publish(
      member, {simple_listing(
                  "Placed screen",
                  {{"formats", Json::array({"video"})},
                   {"place", Json::object({{"locality", "Columbus"},
                                           {"region", "US-OH"},
                                           {"point", Json::object({{"lat", "39.96"},
                                                                   {"lon", "-83.00"},
                                                                   {"precision", "city"}})}})}})});
  publish({});
  EXPECT_THAT(text("/"), AllOf(HasSubstr("Evening screen"), HasSubstr("Placed screen")));
  EXPECT_THAT(body("/?near=Columbus,%20OH"),
              AllOf(Not(HasSubstr("Evening screen")), Not(HasSubstr("Placed screen"))));
  const auto online = body("/api/v1/groups?near=Columbus,%20OH&online=also");
  EXPECT_THAT(online, AllOf(HasSubstr("Evening screen"), HasSubstr("Placed screen"),
                            HasSubstr("\"distance_km\":null")));
  EXPECT_THAT(online, Not(testing::ContainsRegex("\"distance_km\":[0-9]")));
  for (const auto& key : federation.found(*&member)) {
    EXPECT_THAT(body("/groups/" + key + ".jsonld"),
                AllOf(HasSubstr("OnlineEventAttendanceMode"), Not(HasSubstr("\"geo\"")),
                      Not(HasSubstr("\"Place\""))));
    EXPECT_THAT(body("/groups/" + key + ".hsds.json"),
                AllOf(HasSubstr("\"name\""), Not(HasSubstr("service_at_locations")),
                      Not(HasSubstr("\"latitude\""))));
  }
}

}  // namespace
