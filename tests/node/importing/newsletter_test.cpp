#include "node/importing/newsletter.h"

#include <gtest/gtest.h>

#include "node/importing/json_lines.h"
#include "node/importing/plan.h"
#include "node/importing/sheet.h"

namespace node {

namespace {

protocol::Date news_today() { return *protocol::parse_date("2026-11-22"); }

constexpr std::string_view kNewsletter = R"(Buckeye Chapter News, November

PEER GROUPS THIS SEASON

Tuesday Consultation Circle
For: licensed therapists who see couples
When: 2nd and 4th Tues, 12:00-1:15 pm ET
Where: Zoom
Cost: $75/yr clinical; $40/yr pre-licensed
Facilitator: rotating peers
Open to: LPCCs and LISWs in Ohio

* Lantern Evening Group
A quiet group for clinicians who carry a lot of
trauma work.
When: first Thursday of the month, 7pm
Where: Columbus, OH (in person)
Cost: free for members, $20 per presentation
Facilitator: Dana Example, LISW-S
Open to: any licensed clinician
How to join: lantern@groups.example

-----
**Alumni Lunch**
When: bi-monthly
Where: Toledo, Ohio
Cost: free
Open to: therapists
)";

const ImportedRow* news_row(const ImportedSheet& sheet, std::string_view name) {
  for (const auto& row : sheet.rows) {
    if (row.kind == RowKind::listing && row.understood.name == name) return &row;
  }
  return nullptr;
}

bool news_asks(const ImportedRow& row, std::string_view field) {
  return std::any_of(row.questions.begin(), row.questions.end(),
                     [&](const auto& question) { return question.field == field; });
}

TEST(Newsletter, IsReadGroupByGroup) {
  ASSERT_TRUE(looks_like_newsletter(kNewsletter));
  const auto sheet = understand_file(kNewsletter, news_today());
  ASSERT_TRUE(sheet) << sheet.error().detail;
  EXPECT_EQ(sheet->row_word, "Line");

  const auto* tuesday = news_row(*sheet, "Tuesday Consultation Circle");
  ASSERT_NE(tuesday, nullptr);
  EXPECT_EQ(tuesday->record, 5);
  EXPECT_EQ(tuesday->understood.nth_days, (std::vector<std::string>{"2TU", "4TU"}));
  EXPECT_EQ(tuesday->understood.start_local, "12:00");
  EXPECT_EQ(tuesday->understood.tzid, "America/New_York");
  EXPECT_EQ(tuesday->understood.formats, std::vector<std::string>{"video"});
  ASSERT_TRUE(tuesday->understood.cost);
  ASSERT_GE(tuesday->understood.cost->options.size(), 1u);
  EXPECT_EQ(tuesday->understood.cost->options[0].amount, "75");
  EXPECT_EQ(tuesday->understood.cost->options[0].per, "year");
  EXPECT_FALSE(tuesday->understood.licenses.empty());

  const auto* lantern = news_row(*sheet, "Lantern Evening Group");
  ASSERT_NE(lantern, nullptr);
  EXPECT_EQ(lantern->understood.locality, "Columbus");
  EXPECT_EQ(lantern->understood.regions, std::vector<std::string>{"US-OH"});
  EXPECT_EQ(lantern->understood.nth_days, std::vector<std::string>{"1TH"});
  EXPECT_EQ(lantern->understood.start_local, "19:00");
  EXPECT_EQ(lantern->understood.tzid, "") << "no zone was said";
  const auto* summary = lantern->subject.find("summary");
  ASSERT_NE(summary, nullptr);
  EXPECT_EQ(*summary->if_string(), "A quiet group for clinicians who carry a lot of trauma work.");

  const auto* alumni = news_row(*sheet, "Alumni Lunch");
  ASSERT_NE(alumni, nullptr);
  EXPECT_TRUE(news_asks(*alumni, "cadence")) << "bi-monthly means two things";
  EXPECT_EQ(alumni->understood.cost->model, "free");

  std::size_t listings = 0;
  for (const auto& row : sheet->rows) listings += row.kind == RowKind::listing ? 1 : 0;
  EXPECT_EQ(listings, 3u);
}

TEST(Newsletter, ANameMayStandInALabelAndGroupsMayTouch) {
  const auto sheet = understand_file(
      "Group: Night Owls\nWhen: Mondays 9 pm\nCost: free\n"
      "Group: Early Birds\nWhen: Mondays 7 am\nCost: $5 per meeting\n"
      "Late Risers\nWhen: Fridays at noon\nCost: free\n",
      news_today());
  ASSERT_TRUE(sheet) << sheet.error().detail;
  ASSERT_EQ(sheet->rows.size(), 3u);
  EXPECT_EQ(sheet->rows[0].understood.name, "Night Owls");
  EXPECT_EQ(sheet->rows[1].understood.name, "Early Birds");
  EXPECT_EQ(sheet->rows[2].understood.name, "Late Risers");
  EXPECT_EQ(sheet->rows[2].record, 7);
  EXPECT_EQ(sheet->rows[2].understood.start_local, "12:00");
}

TEST(Newsletter, ALineWithoutALabelBelongsToTheOneBefore) {
  const auto sheet = understand_file(
      "Circle\nWhere: Columbus,\n   Ohio\nWhen: Tuesdays\nCost: free\n", news_today());
  ASSERT_TRUE(sheet) << sheet.error().detail;
  ASSERT_EQ(sheet->rows.size(), 1u);
  EXPECT_EQ(sheet->rows[0].understood.locality, "Columbus");
}

TEST(Newsletter, AChannelMayStandBesideThePlace) {
  struct Case {
    std::string where;
    std::vector<std::string> formats;
    std::string locality;
  };
  const Case cases[] = {
      {"Online via Zoom (link by e-mail)", {"video"}, ""},
      {"Zoom; Montana and Wyoming", {"video"}, ""},
      {"Chat, Montana", {"message_group"}, ""},
      {"Columbus, OH", {}, "Columbus"},
      {"Columbus, OH (in person)", {"in_person"}, "Columbus"},
      {"Zoom, or maybe Columbus, OH", {}, ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.where);
    const auto sheet = understand_file(
        "Circle\nWhere: " + c.where + "\nWhen: Tuesdays\nCost: free\n", news_today());
    ASSERT_TRUE(sheet) << sheet.error().detail;
    ASSERT_EQ(sheet->rows.size(), 1U);
    EXPECT_EQ(sheet->rows[0].understood.formats, c.formats);
    EXPECT_EQ(sheet->rows[0].understood.locality, c.locality);
  }
}

TEST(Newsletter, WhomItIsForMayNameALimit) {
  const auto sheet = understand_file(
      "Circle\nWhen: Tuesdays\nCost: free\nOpen to: licensed clinicians, max. 8\n\n"
      "Table\nWhen: Tuesdays\nCost: free\nOpen to: clinicians up to 3 years after school\n",
      news_today());
  ASSERT_TRUE(sheet) << sheet.error().detail;
  ASSERT_EQ(sheet->rows.size(), 2U);
  EXPECT_EQ(sheet->rows[0].understood.size_max, 8);
  EXPECT_FALSE(sheet->rows[1].understood.size_max);
}

TEST(Newsletter, LosesNoLine) {
  const auto sheet = understand_file(kNewsletter, news_today());
  ASSERT_TRUE(sheet);
  std::string aside;
  for (const auto& row : sheet->rows) {
    if (row.kind == RowKind::section) aside += row.note + "|";
  }
  EXPECT_EQ(aside, "Buckeye Chapter News, November|PEER GROUPS THIS SEASON|");
}

TEST(Newsletter, ASheetIsNoNewsletter) {
  EXPECT_FALSE(looks_like_newsletter("Group name,When,Cost\nCircle,Tuesdays,free\n"));
  EXPECT_FALSE(looks_like_newsletter("Group name;When: exactly?;Cost: how much?;Place\na;b;c;d\n"));
  EXPECT_FALSE(looks_like_newsletter(""));
  EXPECT_FALSE(looks_like_newsletter("Dear all,\nhere is the news: nothing happened.\n"));
}

TEST(Newsletter, StrangeTextsAreReadWithoutHarm) {
  for (const std::string& text :
       {std::string("When: x\nWhere: y\n"), std::string("When:\nWhere:\nCost:\n"),
        "A\n\nWhen: x\n\nWhere: y\n" + std::string(100'000, ':'),
        std::string("\xff\xfe: a\nWhen: \xff\nCost: \xc0\n"),
        std::string("When: a\r\nCost: b\r\n")}) {
    const auto sheet = understand_file(text, news_today());
    if (!sheet) continue;
    for (const auto& row : sheet->rows) EXPECT_GE(row.record, 1);
  }
  EXPECT_FALSE(understand_file(std::string(kMaxSheetBytes + 1, 'a'), news_today()));
}

TEST(JsonLines, SayEverythingAboutEachListing) {
  const auto first = understand_file(
      R"({"name":"Circle","kinds":["study_group"],"formats":["video"],"links":{"home":"https://circle.example/"},"x_color":"blue"})"
      "\n\n"
      R"({"credentialSubject":{"name":"Walk","kinds":["informal_circle"],"formats":["in_person"]},"issuer":"did:example:1"})"
      "\n",
      news_today());
  ASSERT_TRUE(first) << first.error().detail;
  ASSERT_EQ(first->rows.size(), 2u);
  EXPECT_EQ(first->rows[1].record, 3);
  EXPECT_EQ(first->rows[1].understood.name, "Walk");
  protocol::ListingDefaults defaults;
  defaults.today = news_today();
  defaults.area = {"US-OH"};
  auto planned = plan_import(*first, {}, defaults, "office@chapter.example");
  ASSERT_EQ(planned.size(), 2u);
  for (const auto& change : planned)
    EXPECT_EQ(change.kind, ChangeKind::add)
        << (change.problems.empty() ? "" : change.problems[0].message);
  EXPECT_NE(planned[0].subject.find("x_color"), nullptr) << "unknown members stay";

  // The next export of that program leaves a member out: it is not stated any more.
  std::vector<ExistingListing> existing;
  const std::string id = "urn:uuid:11111111-1111-4111-8111-111111111111";
  auto before = planned[0].subject;
  before.set("id", id);
  before.set("confirmed_at", "2026-10-01");
  before.set("review_by", "2027-03-30");
  existing.push_back({id, before});
  const auto second = understand_file(
      R"({"name":"Circle","kinds":["study_group"],"links":{"home":"https://circle.example/"},"x_color":"blue"})",
      news_today());
  ASSERT_TRUE(second);
  const auto update = plan_import(*second, existing, defaults, "");
  ASSERT_EQ(update.size(), 1u);
  EXPECT_EQ(update[0].kind, ChangeKind::update);
  EXPECT_EQ(update[0].subject.find("formats"), nullptr);
  ASSERT_NE(update[0].subject.find("confirmed_at"), nullptr);
  EXPECT_EQ(*update[0].subject.find("confirmed_at")->if_string(), "2026-10-01");
  ASSERT_EQ(update[0].differences.size(), 1u);
  EXPECT_EQ(update[0].differences[0].field, "formats");
}

TEST(JsonLines, NameTheLineThatIsNone) {
  for (const auto* text : {"{\"name\":\"a\"}\n{\"name\":}\n", "{\"name\":\"a\"}\n[1]\n"}) {
    const auto sheet = understand_file(text, news_today());
    ASSERT_FALSE(sheet);
    EXPECT_EQ(sheet.error().code, protocol::ErrorCode::invalid);
    EXPECT_NE(sheet.error().detail.find("line 2"), std::string::npos) << sheet.error().detail;
  }
}

TEST(Newsletter, ReadsLabelsBeforeADash) {
  const auto sheet = understand_file(
      "Peer groups\n\n"
      "Perinatal Hour\n"
      "For \u2013 perinatal therapists\n"
      "When - monthly, 2nd Wed 12 pm Central\n"
      "Where \u2014 Zoom\n"
      "Cost \u2013 free - always\n"
      "\n"
      "Salt Circle - for all of us\n"
      "When: weekly\n"
      "Where: Toledo, Ohio\n",
      news_today());
  ASSERT_TRUE(sheet) << sheet.error().detail;
  const auto* perinatal = news_row(*sheet, "Perinatal Hour");
  ASSERT_NE(perinatal, nullptr);
  EXPECT_EQ(perinatal->understood.audience, "therapists");
  EXPECT_EQ(perinatal->understood.nth_days, std::vector<std::string>{"2WE"});
  EXPECT_EQ(perinatal->understood.formats, std::vector<std::string>{"video"});
  // A name may have a dash.
  EXPECT_NE(news_row(*sheet, "Salt Circle - for all of us"), nullptr);
}

}  // namespace

}  // namespace node
