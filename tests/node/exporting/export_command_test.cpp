#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/api/routes.h"
#include "node/cli/commands.h"
#include "tests/support/federation.h"

namespace {

using protocol::Json;
using test_support::Federation;
using test_support::simple_listing;
using testing::HasSubstr;
using testing::Not;

class ExportOutput : public node::CommandOutput {
 public:
  void print(std::string_view text) override { printed += text; }
  void complain(std::string_view text) override { complained += text; }
  void progress(std::string_view) override {}
  bool ask(const std::string&) override { return true; }
  std::string printed, complained;
};

/// A group, and one that only shows a card.
class ExportCommand : public testing::Test {
 protected:
  ExportCommand() : member(federation.add("ohio.test", "Ohio Chapter", {"US-OH"})) {
    keys = federation.publish(
        member,
        {simple_listing(
             "=Tuesday </script><b> Table",
             {{"schedule", Json::array({Json::object({{"dtstart", "2026-09-08T12:00:00"},
                                                      {"rrule", "FREQ=MONTHLY;BYDAY=2TU,4TU"},
                                                      {"duration", 75},
                                                      {"tzid", "America/New_York"}})})},
              {"new_member", "kept"}}),
         simple_listing("Quiet Card", {{"disclosure", "card_only"},
                                       {"contact", Json::object({{"public", "a@b.example"}})}})});
    node::add_public_routes(router, *member.node, std::chrono::seconds(0));
  }
  node::ExitCode run(std::map<std::string, std::vector<std::string>> options) {
    output = {};
    return node::execute({"export", std::move(options), {}, {}, "/"}, *member.node, output);
  }
  node::Response get(const std::string& target) const {
    auto request = node::make_request("GET", target);
    request.headers.emplace_back("Accept", "text/html");
    return router(request);
  }

  Federation federation;
  Federation::Member& member;
  std::vector<node::RecordKey> keys;
  node::Router router;
  ExportOutput output;
};

TEST_F(ExportCommand, WritesASheetThatImportsToNothing) {
  ASSERT_EQ(run({{"csv", {}}}), node::kExitOk);
  const auto sheet = output.printed;
  EXPECT_THAT(sheet, HasSubstr("'=Tuesday </script><b> Table"));
  EXPECT_THAT(sheet, HasSubstr("Quiet Card"));
  EXPECT_THAT(output.complained, HasSubstr("new_member"));
  federation.clock.advance(std::chrono::hours(24 * 40));
  output = {};
  ASSERT_EQ(node::execute({"import",
                           {{"file", {"groups.csv"}}, {"apply", {}}, {"json", {}}},
                           {{"file", sheet}},
                           {},
                           "/"},
                          *member.node, output),
            node::kExitOk)
      << output.complained;
  EXPECT_THAT(output.printed, HasSubstr("\"added\":0"));
  EXPECT_THAT(output.printed, HasSubstr("\"updated\":0"));
  EXPECT_THAT(output.printed, HasSubstr("\"problems\":0"));
}

TEST_F(ExportCommand, KeepsCardsOutOfEverythingElse) {
  for (const char* format : {"ics", "hsds", "jsonld"}) {
    SCOPED_TRACE(format);
    ASSERT_EQ(run({{format, {}}}), node::kExitOk);
    EXPECT_THAT(output.printed, HasSubstr("Tuesday"));
    EXPECT_THAT(output.printed, Not(HasSubstr("Quiet")));
    EXPECT_THAT(output.complained, HasSubstr("Quiet Card"));
    EXPECT_EQ(run({{format, {}}, {"id", {keys[1].text()}}}), node::kExitNo);
  }
  const auto card = get("/groups/" + keys[1].text());
  EXPECT_EQ(card.status, 200);
  EXPECT_THAT(card.body, Not(HasSubstr("application/ld+json")));
  for (const char* extension : {".ics", ".jsonld", ".hsds.json"})
    EXPECT_EQ(get("/groups/" + keys[1].text() + extension).status, 404);
}

TEST_F(ExportCommand, WantsOneFormatAndAKnownListing) {
  EXPECT_EQ(run({}), node::kExitUsage);
  EXPECT_EQ(run({{"csv", {}}, {"ics", {}}}), node::kExitUsage);
  EXPECT_NE(run({{"csv", {}}, {"id", {"0f1e8a5c-7a0b-4f0e-8f6e-1c2d3e4f5a6b"}}}), node::kExitOk);
}

TEST_F(ExportCommand, IsServedForOneListingToo) {
  const auto calendar = get("/groups/" + keys[0].text() + ".ics");
  EXPECT_EQ(calendar.status, 200);
  EXPECT_EQ(*calendar.header("Content-Type"), "text/calendar; charset=utf-8");
  EXPECT_THAT(calendar.body, HasSubstr("DTSTART;TZID=America/New_York:20260908T120000\r\n"));
  EXPECT_EQ(*calendar.header("Content-Disposition"),
            "attachment; filename=\"Tuesday-script-b-Table.ics\"; "
            "filename*=UTF-8''%3DTuesday%20%3C%2Fscript%3E%3Cb%3E%20Table.ics");
  EXPECT_EQ(get("/groups/" + keys[0].text() + ".jsonld").status, 200);
  EXPECT_EQ(get("/groups/" + keys[0].text() + ".hsds.json").status, 200);
  EXPECT_EQ(get("/groups/" + keys[0].text() + ".exe").status, 404);
  EXPECT_EQ(get("/groups/%3Cb%3E/x.ics").status, 404);
  // The same on the page, where nothing of a name ends the block.
  const auto page = get("/groups/" + keys[0].text());
  EXPECT_THAT(page.body,
              HasSubstr("\"name\":\"=Tuesday \\u003c/script\\u003e\\u003cb\\u003e Table\""));
  EXPECT_THAT(page.body, HasSubstr(keys[0].text() + ".ics\">Add to your calendar"));
}

}  // namespace
