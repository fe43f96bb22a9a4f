#include "node/importing/plan.h"

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "node/importing/preview.h"
#include "protocol/trust/eligibility.h"
#include "tests/support/shared_inputs.h"

namespace node {

namespace {

using protocol::Json;

protocol::ListingDefaults plan_defaults(int days_later = 0) {
  protocol::ListingDefaults defaults;
  defaults.today = *protocol::parse_date("2026-11-22") + std::chrono::days(days_later);
  defaults.area = {"US-OH"};
  return defaults;
}

ImportedSheet plan_sheet(const std::string& text) {
  auto sheet = understand_sheet(text, *protocol::parse_date("2026-11-22"));
  if (!sheet) throw std::runtime_error(sheet.error().detail);
  return *sheet;
}

/// What the publisher has after `changes` were applied to `before`.
std::vector<ExistingListing> plan_applied(const std::vector<PlannedChange>& changes) {
  std::vector<ExistingListing> listings;
  for (const auto& change : changes) {
    if (change.kind == ChangeKind::refused) continue;
    auto id = change.id;
    if (id.empty()) {
      auto number = std::to_string(listings.size() + 1);
      number.insert(0, 12 - number.size(), '0');
      id = "urn:uuid:00000000-0000-4000-8000-" + number;
    }
    Json subject = change.subject;
    subject.set("id", id);
    listings.push_back({id, std::move(subject)});
  }
  return listings;
}

std::size_t plan_count(const std::vector<PlannedChange>& changes, ChangeKind kind) {
  return static_cast<std::size_t>(std::count_if(
      changes.begin(), changes.end(), [&](const auto& change) { return change.kind == kind; }));
}

constexpr const char* kPlanSheet =
    "Group,Cost,Where,Size / open or closed,Web page,Confirmed on\n"
    "Tea Hour,free,\"Toledo, OH\",8,https://tea.example.org/,2026-11-01\n"
    "Case Night,$20 per meeting,\"Columbus, OH\",full,https://case.example.org/,2026-11-02\n"
    "Book Table,?,Ohio,,https://book.example.org/,\n";

TEST(Plan, TheSameSheetAgainIsAllUnchangedOnALaterDayToo) {
  const auto sheet = plan_sheet(kPlanSheet);
  const auto first = plan_import(sheet, {}, plan_defaults());
  ASSERT_EQ(plan_count(first, ChangeKind::add), 3U);
  const auto existing = plan_applied(first);
  for (const int later : {0, 1, 50}) {
    const auto again = plan_import(sheet, existing, plan_defaults(later));
    EXPECT_EQ(plan_count(again, ChangeKind::unchanged), 3U) << import_preview(sheet, again);
    EXPECT_EQ(again.size(), 3U);
  }
}

TEST(Plan, TheSharedSheetAgainIsAllUnchanged) {
  const auto path = test_support::shared_folder() / "data" / "groups_sheet.csv";
  KITH_NEEDS(path);
  const auto sheet = plan_sheet(test_support::read_file(path));
  const auto first = plan_import(sheet, {}, plan_defaults());
  EXPECT_EQ(plan_count(first, ChangeKind::add), 68U) << import_summary(first);
  const auto again = plan_import(sheet, plan_applied(first), plan_defaults(30));
  EXPECT_EQ(plan_count(again, ChangeKind::unchanged), 68U) << import_preview(sheet, again);
}

TEST(Plan, SaysWhatChangesInWords) {
  const auto existing = plan_applied(plan_import(plan_sheet(kPlanSheet), {}, plan_defaults()));
  const auto sheet = plan_sheet(
      "Group,Cost,Where,Size / open or closed,Web page,Confirmed on\n"
      "TEA  hour,$5 per meeting,\"Toledo, OH\",8,https://tea.example.org/,2026-11-01\n"
      "Case Night,$20 per meeting,\"Columbus, OH\",open,https://case.example.org/,2026-11-20\n");
  const auto changes = plan_import(sheet, existing, plan_defaults(5));
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].kind, ChangeKind::update);
  EXPECT_EQ(changes[0].id, existing[0].id);
  const auto difference = [](const PlannedChange& change, std::string_view field) {
    const auto found = std::find_if(change.differences.begin(), change.differences.end(),
                                    [&](const auto& one) { return one.field == field; });
    return found == change.differences.end() ? std::string("none")
                                             : found->before + " -> " + found->after;
  };
  EXPECT_EQ(difference(changes[0], "cost"),
            "model free -> model fee_per_meeting, options amount 5, currency USD, per meeting");
  EXPECT_EQ(difference(changes[0], "confirmed_at"), "none");
  // A group that is not full any more is not full, and a newer confirmation moves the review.
  EXPECT_EQ(difference(changes[1], "status"), "full -> active");
  EXPECT_EQ(difference(changes[1], "confirmed_at"), "2026-11-02 -> 2026-11-20");
  EXPECT_EQ(difference(changes[1], "review_by"), "2027-05-01 -> 2027-05-19");
  EXPECT_EQ(changes[2].kind, ChangeKind::not_in_sheet);
  EXPECT_EQ(changes[2].name, "Book Table");
  EXPECT_EQ(changes[2].record, 0);
}

TEST(Plan, NeverTakesBackWhatNoColumnCanSay) {
  const std::string head = "Group,Cost,Where,Size,Web page,Email,Format,Run by,Who can join,When\n";
  const auto row = [&](const std::string& cost, const std::string& size, const std::string& web,
                       const std::string& who) {
    return head + "Tea Hour," + cost + ",\"Toledo, OH\"," + size + "," + web +
           ",office@tea.example.org,Zoom,Lake Society," + who + ",2nd Tuesday 7pm ET\n";
  };
  auto existing = plan_applied(
      plan_import(plan_sheet(row("$5 per meeting", "8", "https://tea.example.org/", "LCSW")), {},
                  plan_defaults()));
  ASSERT_EQ(existing.size(), 1U);
  Json& subject = existing[0].subject;
  // Set by hand: in objects that the sheet knows a part of, and members that it does not know.
  const std::vector<std::pair<std::string, std::pair<std::string, Json>>> by_hand = {
      {"links", {"agreement", Json("https://tea.example.org/agreement")}},
      {"contact", {"coordinator", Json("the chair")}},
      {"place", {"postal_prefix", Json("436")}},
      {"cost", {"auto_renew", Json(true)}},
      {"cost", {"refund", Json("none")}},
      {"cost", {"what_it_pays", Json("tea")}},
      {"capacity", {"openings", Json(2)}},
      {"platform", {"baa", Json("yes")}},
      {"sponsor", {"relation", Json("hosts")}},
  };
  for (const auto& [object, member] : by_hand) {
    Json whole = subject.find(object) ? *subject.find(object) : Json::object({});
    whole.set(member.first, member.second);
    subject.set(object, std::move(whole));
  }
  subject.find("cost")->find("options")->if_array()->front().set("label", Json("At the door"));
  for (const auto* name : {"ce_credit", "documents_required", "screening", "x_unknown"})
    subject.set(name, Json("by hand"));
  for (const auto* cost : {"$5 per meeting", "$7 per meeting"}) {
    for (const auto* size : {"8", "max 12", ""}) {
      for (const auto* web : {"https://tea.example.org/", "https://tea.example.org/new", ""}) {
        for (const auto* who : {"LCSW", "LCSW and LMFT", ""}) {
          SCOPED_TRACE(std::string(cost) + "|" + size + "|" + web + "|" + who);
          const auto changes =
              plan_import(plan_sheet(row(cost, size, web, who)), existing, plan_defaults());
          ASSERT_EQ(changes.size(), 1U);
          const Json& after = changes[0].subject;
          for (const auto& [object, member] : by_hand) {
            const Json* whole = after.find(object);
            ASSERT_NE(whole, nullptr) << object;
            ASSERT_NE(whole->find(member.first), nullptr) << object << "." << member.first;
            EXPECT_EQ(protocol::canonical(*whole->find(member.first)),
                      protocol::canonical(member.second));
          }
          for (const auto* name : {"ce_credit", "documents_required", "screening", "x_unknown"})
            EXPECT_NE(after.find(name), nullptr) << name;
          const Json& price = after.find("cost")->find("options")->if_array()->front();
          EXPECT_EQ(price.find("label") != nullptr, std::string(cost) == "$5 per meeting");
        }
      }
    }
  }
}

TEST(Plan, WordsThatNameNoAgreementLeaveTheOneThatIsSigned) {
  const auto sheet = [](const std::string& words) {
    return plan_sheet(
        "Group,Where,Web page,Confidentiality\nTea Hour,Ohio,https://tea.example.org/,\"" + words +
        "\"\n");
  };
  auto existing = plan_applied(plan_import(sheet("signed by all"), {}, plan_defaults()));
  Json agreement = *existing[0].subject.find("agreement");
  agreement.set("clauses", Json::array({"no_recording_all_consent"}));
  agreement.set("last_signed", "2026-05");
  existing[0].subject.set("agreement", agreement);
  struct Case {
    const char* words;
    const char* want;
  };
  const Case cases[] = {
      {"signed by all",
       R"({"clauses":["no_recording_all_consent"],"last_signed":"2026-05","state":"signed_by_all"})"},
      {"what is said stays in the room",
       R"({"clauses":["no_recording_all_consent"],"last_signed":"2026-05","state":"signed_by_all"})"},
      {"agreement, no identifying details, renewed every year",
       R"({"clauses":["de_identified_cases","no_recording_all_consent"],"last_signed":"2026-05",)"
       R"("resign":"yearly","state":"signed_by_all"})"},
      // Another agreement has terms of its own, and no words at all take it back.
      {"spoken agreement", R"({"state":"verbal"})"},
      {"no agreement", R"({"state":"none"})"},
      {"", "nothing"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.words);
    const auto changes = plan_import(sheet(c.words), existing, plan_defaults());
    ASSERT_EQ(changes.size(), 1U);
    const Json* after = changes[0].subject.find("agreement");
    EXPECT_EQ(after ? protocol::canonical(*after) : "nothing", c.want);
  }
}

TEST(Plan, DayAndHoursInColumnsOfTheirOwnAreReadTogether) {
  const auto sheet = plan_sheet(
      "Group,Meets,Start time,End time,Price\n"
      "Tea Hour,2nd Tuesdays except July,9,11 am,free\n"
      "Case Night,every weekday,6:45 AM,,free\n"
      "Book Table,,19:00,?,free\n");
  ASSERT_EQ(sheet.rows.size(), 4U);
  const auto& tea = sheet.rows[1].understood;
  EXPECT_EQ(tea.nth_days, std::vector<std::string>{"2TU"});
  EXPECT_EQ(tea.start_local, "09:00");
  EXPECT_EQ(tea.duration_min, 120);
  EXPECT_EQ(sheet.rows[2].understood.cadence, "daily");
  EXPECT_EQ(sheet.rows[2].understood.start_local, "06:45");
  EXPECT_EQ(sheet.rows[3].understood.start_local, "19:00");
}

TEST(Plan, AHeadingDoesNotSayAnewWhatASponsorDoes) {
  const auto first = plan_sheet(
      "Group,Where,Web page,Run by\nTea Hour,Ohio,https://tea.example.org/,Lake Society\n");
  const auto sponsor = plan_sheet(
      "Group,Where,Web page,Sponsor\nTea Hour,Ohio,https://tea.example.org/,Lake Society\n");
  const auto moved = plan_sheet(
      "Group,Where,Web page,Run by,Sponsor\nTea Hour,Ohio,https://tea.example.org/,,Lake "
      "Society\n");
  const auto other = plan_sheet(
      "Group,Where,Web page,Run by\nTea Hour,Ohio,https://tea.example.org/,River Society\n");
  auto existing = plan_applied(plan_import(first, {}, plan_defaults()));
  const auto relation = [&](const ImportedSheet& sheet) {
    const auto changes = plan_import(sheet, existing, plan_defaults());
    const Json* body = changes.at(0).subject.find("sponsor");
    const Json* said = body ? body->find("relation") : nullptr;
    return said ? *said->if_string() : std::string("not stated");
  };
  EXPECT_EQ(relation(first), "runs");
  EXPECT_EQ(relation(sponsor), "runs");
  // Only where it could have said that it runs the group, and does not any more.
  EXPECT_EQ(relation(moved), "not stated");
  Json body = *existing[0].subject.find("sponsor");
  body.set("relation", "hosts");
  existing[0].subject.set("sponsor", body);
  EXPECT_EQ(relation(first), "hosts");
  EXPECT_EQ(relation(sponsor), "hosts");
  EXPECT_EQ(relation(moved), "hosts");
  EXPECT_EQ(relation(other), "runs");
}

TEST(Plan, AListOfLicensesAloneDecidesWhoCanJoin) {
  struct Case {
    const char* who;
    const char* title;
    protocol::Outcome want;
  };
  using enum protocol::Outcome;
  const Case cases[] = {
      {"LCSW and LMFT", "LCSW", can_join},
      {"LCSW and LMFT", "LMHC", not_for_you},
      {"LCSWs only", "LMFT", not_for_you},
      {"LMFTs, others welcome", "LCSW", probably},
      {"e.g. LMFT, LCSW", "LMHC", probably},
      {"all therapists incl. LCSW", "LMFT", probably},
      {"LCSW, LMFT, etc.", "LMHC", probably},
      {"LCSW, LMFT, MDs", "LMHC", probably},
      {"Any licensed clinician", "LMFT", can_join},
      {"psychologists, other qualified mental health professionals", "LMFT", probably},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.who) + " / " + c.title);
    const auto sheet = plan_sheet("Group,Who can join\nTea Hour,\"" + std::string(c.who) + "\"\n");
    const auto& row = sheet.rows.at(1);
    protocol::JoinRules rules;
    rules.audience = row.understood.audience;
    // All else is settled, so that the license alone decides.
    rules.status = "active";
    rules.license_region_rule = "any_country";
    rules.membership_required = "none";
    rules.screening = "none";
    rules.licenses = row.understood.licenses;
    if (const Json* rule = row.subject.find("license_rule"))
      rules.license_rule = *rule->if_string();
    protocol::Searcher searcher;
    const auto held = protocol::held_license(c.title, {});
    ASSERT_TRUE(held);
    searcher.licenses = {*held};
    const auto verdict = protocol::judge_eligibility(rules, searcher);
    const auto& why = verdict.reasons.empty() ? std::string() : verdict.reasons.front();
    EXPECT_EQ(verdict.outcome, c.want) << why;
  }
}

TEST(Plan, LeavesAloneWhatTheSheetHasNoColumnFor) {
  auto existing = plan_applied(plan_import(plan_sheet(kPlanSheet), {}, plan_defaults()));
  existing[0].subject.set("description", "Written by hand.");
  existing[0].subject.set("status", "paused");
  existing[1].subject.set("confirmed_at", "2026-11-21");
  const auto changes = plan_import(plan_sheet(kPlanSheet), existing, plan_defaults());
  EXPECT_EQ(plan_count(changes, ChangeKind::unchanged), 3U);
  EXPECT_EQ(*changes[0].subject.find("description")->if_string(), "Written by hand.");
  EXPECT_EQ(*changes[0].subject.find("status")->if_string(), "paused");
}

TEST(Plan, MatchesByIdBeforeName) {
  const auto existing = plan_applied(plan_import(plan_sheet(kPlanSheet), {}, plan_defaults()));
  const auto sheet =
      plan_sheet("Group,ID,Web page\nCase Night,,https://a.example.org/\nTea Time," +
                 existing[1].id + ",https://case.example.org/\nOther," + existing[1].id +
                 ",https://b.example.org/\nStranger,urn:uuid:11111111-1111-4111-8111-111111111111,"
                 "https://c.example.org/\n");
  const auto changes = plan_import(sheet, existing, plan_defaults());
  ASSERT_GE(changes.size(), 4U);
  EXPECT_EQ(changes[0].kind, ChangeKind::add);
  EXPECT_EQ(changes[1].kind, ChangeKind::update);
  EXPECT_EQ(changes[1].id, existing[1].id);
  // One id in two rows is one row twice: the second is no group of its own.
  EXPECT_EQ(changes.back().kind, ChangeKind::not_in_sheet);
  const auto stranger = std::find_if(changes.begin(), changes.end(),
                                     [](const auto& change) { return change.name == "Stranger"; });
  ASSERT_NE(stranger, changes.end());
  EXPECT_EQ(stranger->kind, ChangeKind::refused);
  EXPECT_EQ(stranger->problems.at(0).field, "id");
}

TEST(Plan, RefusesOneRowWithoutStoppingTheOthers) {
  const auto sheet = plan_sheet(
      "Group,How to join,Web page,Summary,Confirmed on\n"
      "No Way In,website,,,\n"
      "Leaky,,https://leaky.example.org/,Join at zoom.us/j/123456789,\n"
      "Long Ago,,https://ago.example.org/,,2025-01-05\n"
      "Fine,e-mail fine@example.org,,,\n"
      ",form,https://nameless.example.org/,Has no name,2026-11-01\n");
  const auto changes = plan_import(sheet, {}, plan_defaults());
  ASSERT_EQ(changes.size(), 5U);
  EXPECT_EQ(changes[0].kind, ChangeKind::refused);
  EXPECT_EQ(changes[0].problems.at(0).field, "contact");
  EXPECT_EQ(changes[1].kind, ChangeKind::refused);
  EXPECT_EQ(changes[2].kind, ChangeKind::refused);
  EXPECT_EQ(changes[2].problems.at(0).field, "confirmed_at");
  EXPECT_EQ(changes[3].kind, ChangeKind::add);
  EXPECT_EQ(*changes[3].subject.find("contact")->find("public")->if_string(), "fine@example.org");
  EXPECT_EQ(changes[4].kind, ChangeKind::refused);
  EXPECT_EQ(changes[4].problems.at(0).field, "name");
  // The publisher's own contact answers for a row that names none.
  const auto helped = plan_import(sheet, {}, plan_defaults(), "office@example.org");
  EXPECT_EQ(helped[0].kind, ChangeKind::add);
  EXPECT_EQ(*helped[0].subject.find("contact")->find("public")->if_string(), "office@example.org");
  EXPECT_EQ(*helped[3].subject.find("contact")->find("public")->if_string(), "fine@example.org");
}

TEST(Plan, DollarsWithoutACountryAreThePublishersOrStayWords) {
  const auto sheet =
      plan_sheet("Group,Cost,Web page\nTea Hour,$15 per month,https://tea.example.org/\n");
  auto defaults = plan_defaults();
  const auto ours = plan_import(sheet, {}, defaults);
  EXPECT_EQ(*ours[0]
                 .subject.find("cost")
                 ->find("options")
                 ->if_array()
                 ->front()
                 .find("currency")
                 ->if_string(),
            "USD");
  defaults.area = {"US", "CA"};
  const auto unclear = plan_import(sheet, {}, defaults);
  EXPECT_EQ(unclear[0].kind, ChangeKind::add);
  EXPECT_EQ(protocol::canonical(*unclear[0].subject.find("cost")),
            R"({"model":"subscription","options":[{"per":"month"}]})");
  EXPECT_EQ(*unclear[0].subject.find("as_stated")->find("cost")->if_string(), "$15 per month");
}

TEST(Plan, DollarsOfAnotherCountryAreNotThePublishers) {
  const auto changes =
      plan_import(plan_sheet("Group,City & State,Cost,Web page\n"
                             "A,\"Oaxaca, Mexico\",$200 per meeting,https://a.example/\n"
                             "B,Online,$20 per meeting,https://b.example/\n"
                             "C,\"Lima, OH\",$99/month or $999/yr,https://c.example/\n"),
                  {}, plan_defaults());
  ASSERT_EQ(changes.size(), 3U);
  const auto options = [&](std::size_t i) {
    const Json* cost = changes[i].subject.find("cost");
    const Json* all = cost ? cost->find("options") : nullptr;
    return all ? protocol::canonical(*all) : std::string();
  };
  EXPECT_EQ(options(0).find("amount"), std::string::npos) << options(0);
  EXPECT_EQ(options(0).find("USD"), std::string::npos) << options(0);
  EXPECT_NE(options(1).find("USD"), std::string::npos) << options(1);
  EXPECT_NE(options(2).find(R"("amount":"99","currency":"USD","per":"month")"), std::string::npos)
      << options(2);
  EXPECT_NE(options(2).find(R"("amount":"999","currency":"USD","per":"year")"), std::string::npos)
      << options(2);
}

TEST(Plan, AnExceptionMakesNoRuleThatWouldMeetOnIt) {
  const auto sheet = plan_sheet(
      "Group,How often,Day / Time,Web page\n"
      "A,1st Mon of the month except Aug,First Monday 12-1:30pm ET,https://a.example/\n"
      "B,monthly,First Monday 12-1:30pm ET,https://b.example/\n");
  const auto changes = plan_import(sheet, {}, plan_defaults());
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(protocol::canonical(changes[0].subject).find("rrule"), std::string::npos);
  EXPECT_NE(protocol::canonical(changes[1].subject).find("rrule"), std::string::npos);
  EXPECT_NE(import_preview(sheet, changes).find("except Aug"), std::string::npos);
}

TEST(Plan, NamesakesKeepTheirListingsHoweverTheRowsAreSorted) {
  const std::string heading = "Group,Run by,City & State,Web page\n";
  const std::vector<std::string> rows = {"Peer Group,Body A,\"Lima, OH\",https://a.example/1\n",
                                         "Peer Group,Body B,\"Lima, OH\",https://b.example/2\n",
                                         "Peer Group,Body B,\"Kent, OH\",https://b.example/3\n"};
  const auto existing = plan_applied(
      plan_import(plan_sheet(heading + rows[0] + rows[1] + rows[2]), {}, plan_defaults()));
  ASSERT_EQ(existing.size(), 3U);
  for (const auto& sorted : {rows[2] + rows[1] + rows[0], rows[1] + rows[2] + rows[0]}) {
    for (const auto& one : plan_import(plan_sheet(heading + sorted), existing, plan_defaults()))
      EXPECT_EQ(one.kind, ChangeKind::unchanged) << one.record;
  }
  // One of them moved: it is still the group of its body, and the others are as they were.
  const auto moved =
      plan_import(plan_sheet(heading + "Peer Group,Body A,\"Akron, OH\",https://a.example/1\n" +
                             rows[2] + rows[1]),
                  existing, plan_defaults());
  ASSERT_EQ(moved.size(), 3U);
  EXPECT_EQ(moved[0].kind, ChangeKind::update);
  EXPECT_EQ(moved[0].id, existing[0].id);
  EXPECT_EQ(moved[1].kind, ChangeKind::unchanged);
  EXPECT_EQ(moved[2].kind, ChangeKind::unchanged);
}

TEST(Preview, SaysInWhichColumnAndCountsWhatItDoesNotList) {
  const auto sheet = plan_sheet(
      "Group,City & State,Cost,Web page\nTea Hour,Portland,$20 per meeting,https://tea.example/\n");
  std::vector<ExistingListing> existing;
  for (int i = 0; i < 30; ++i) {
    const auto name = "Old Circle " + std::to_string(i);
    existing.push_back({"urn:uuid:" + name, Json::object({{"name", name}})});
  }
  const auto changes = plan_import(sheet, existing, plan_defaults());
  auto text = import_preview(sheet, changes, 2'000);
  EXPECT_NE(text.find("please say: City & State: 'Portland': Portland, OR"), std::string::npos)
      << text;
  // The publisher's own dollars are no question.
  EXPECT_EQ(text.find("which country's dollars"), std::string::npos) << text;
  EXPECT_NE(text.find("taken as: USD"), std::string::npos) << text;
  EXPECT_NE(text.find("'Old Circle 19'"), std::string::npos) << text;
  EXPECT_EQ(text.find("'Old Circle 20'"), std::string::npos) << text;
  EXPECT_NE(text.find("And 10 more that are not in the sheet any more"), std::string::npos) << text;
}

TEST(Preview, NamesTheColumnOfEachQuestion) {
  const auto sheet = plan_sheet(
      "Group,Sponsor,Confidentiality,Who can join\n"
      "Tea Hour,OPA,ground rules,licensed health professionals and graduate students\n");
  const auto text = import_preview(sheet, plan_import(sheet, {}, plan_defaults()), 2'000);
  for (const auto* part :
       {"please say: Sponsor: 'OPA'", "please say: Confidentiality: 'ground rules'",
        "please say: Who can join: 'licensed health professionals"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(Preview, QuotesTheQuestionOfAFormWithoutAColonBehindIt) {
  const auto sheet = plan_sheet("Name of your group,How often do you meet?\nTea Hour,bi-monthly\n");
  const auto text = import_preview(sheet, plan_import(sheet, {}, plan_defaults()), 2'000);
  EXPECT_NE(text.find("please say: How often do you meet? 'bi-monthly': twice a month"),
            std::string::npos)
      << text;
}

TEST(Preview, IsPlainSentencesWithinTheWidth) {
  const auto sheet = plan_sheet(
      "Our groups,,,,\n"
      "Group,When,Cost,Favorite color,Web page\n"
      "Tea Hour,\"bi-weekly, Tuesday\",\"about the price of a very large cake or perhaps a little "
      "more than that\",red,"
      "https://tea.example.org/"
      "a-very-long-address-that-cannot-be-broken-anywhere-because-it-has-no-spaces\n"
      "\x1b[31mRed\x1b[0m,,,,https://red.example.org/\n");
  const auto changes = plan_import(
      sheet,
      {{"urn:uuid:00000000-0000-4000-8000-000000000009", Json::object({{"name", "Old Circle"}})}},
      plan_defaults());
  const auto text = import_preview(sheet, changes);
  for (const auto* part :
       {"Favorite color", "Tea Hour - new", "not understood: Cost: 'about the price",
        "please say: When: 'bi-weekly, Tuesday': twice a week, or every two weeks?",
        "'Old Circle' is not in the sheet any more",
        "1 new, 0 changed, 0 unchanged, 1 not in the sheet any more: keep or withdraw"}) {
    std::string joined;
    for (const char c : text) {
      if (c == '\n') {
        joined += ' ';
      } else if (c != ' ' || joined.empty() || joined.back() != ' ') {
        joined += c;
      }
    }
    while (joined.find("  ") != std::string::npos) joined.erase(joined.find("  "), 1);
    EXPECT_NE(joined.find(part), std::string::npos) << part << "\n" << text;
  }
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  std::string line;
  for (const char c : text) {
    if (c != '\n') {
      line += c;
      continue;
    }
    EXPECT_TRUE(line.size() <= 80 || line.find("https://") != std::string::npos) << line;
    line.clear();
  }
}

}  // namespace

}  // namespace node
