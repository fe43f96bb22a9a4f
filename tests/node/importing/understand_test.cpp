#include <gtest/gtest.h>

#include "node/importing/cell_words.h"
#include "node/importing/columns.h"
#include "node/importing/understand_cost.h"
#include "node/importing/understand_format.h"
#include "node/importing/understand_people.h"
#include "node/importing/understand_place.h"
#include "node/importing/understand_schedule.h"
#include "node/importing/understand_size.h"
#include "node/importing/understand_words.h"

namespace node {

namespace {

using UnderstandList = std::vector<std::string>;

std::string understand_join(const UnderstandList& values) {
  std::string all;
  for (const auto& value : values) all += (all.empty() ? "" : " ") + value;
  return all;
}

/// "model amount-max currency per for", "." where not said.
std::string understand_cost_text(const CostReading& reading) {
  if (!reading.cost) return reading.question.empty() ? "words" : "ask";
  const auto dot = [](const std::string& text) { return text.empty() ? std::string(".") : text; };
  std::string all = dot(reading.cost->model);
  for (const auto& option : reading.cost->options) {
    all += " | " + dot(option.amount) + (option.amount_max.empty() ? "" : "-" + option.amount_max) +
           " " + dot(option.currency) + " " + dot(option.per) + " " + dot(option.for_whom);
  }
  return all;
}

TEST(Understand, WhatStatesNothing) {
  for (const auto* cell : {"",
                           " ",
                           "?",
                           "??",
                           "-",
                           "--",
                           "\xE2\x80\x94",
                           "n/a",
                           "N/A",
                           "N.A.",
                           "TBD",
                           "tba",
                           "Unknown",
                           "unknown.",
                           "see website",
                           "See web page",
                           "see our site",
                           "(see website)",
                           "check website",
                           "ask",
                           "not stated",
                           "to be announced",
                           "see the website for details"}) {
    EXPECT_TRUE(says_nothing(cell)) << cell;
  }
  for (const auto* cell : {"0", "no", "none", "free", "NA tribe", "ask the office", "website",
                           "x-ray", "online", "see you at 7", "everything"}) {
    EXPECT_FALSE(says_nothing(cell)) << cell;
  }
}

TEST(Understand, Cost) {
  const UnderstandList ohio = {"US-OH"};
  struct Case {
    const char* cell;
    const char* want;
  };
  const Case cases[] = {
      {"free", "free"},
      {"FREE!!", "free"},
      {"No charge", "free"},
      {"$0", "free"},
      {"0", "free"},
      {"free for members", "free | . . . members"},
      {"$40/yr dues, free for trainees", "subscription | 40 USD year . | 0 USD . trainee"},
      {"$20 per meeting; free for members", "fee_per_meeting | 20 USD meeting . | 0 USD . members"},
      {"not free", "words"},
      {"30 day free trial", "words"},
      {"free parking", "words"},
      {"no compensation permitted", "words"},
      {"low-cost", "words"},
      {"for members", "words"},
      {"members only - cost ?", "words"},
      {"dues (premium tier)", "words"},
      {"$20?", "ask"},
      {"$20 per meeting", "fee_per_meeting | 20 USD meeting ."},
      {"$ 25.50 a session", "fee_per_meeting | 25.50 USD meeting ."},
      {"$1,900 due before the first meeting", ". | 1900 USD . ."},
      {"$30-$60 sliding scale per session", "sliding_scale | 30-60 USD meeting ."},
      {"$30 to 60/month", "subscription | 30-60 USD month ."},
      {"sliding scale", "sliding_scale"},
      {"$59.00 monthly; 30 day free trial", "subscription | 59.00 USD month ."},
      {"$120/yr dues", "subscription | 120 USD year ."},
      {"HK$550 per year full membership", "included_in_membership | 550 HKD year ."},
      {"\xC2\xA3"
       "15 a session",
       "fee_per_meeting | 15 GBP meeting ."},
      {"25 euros per month", "subscription | 25 EUR month ."},
      {"USD 40 per term", "fee_per_term | 40 USD term ."},
      {"$45 per meeting, members $30",
       "fee_per_meeting | 45 USD meeting . | 30 USD meeting members"},
      {"Free for early career, others $30 per meeting",
       "fee_per_meeting | 30 USD meeting . | 0 USD . early_career"},
      {"included in membership", "included_in_membership | . . . members"},
      {"member benefit", "included_in_membership | . . . members"},
      {"monthly membership fee (amount not given)", "subscription | . . month ."},
      {"suggested donation $10", "donation | 10 USD . ."},
      {"free, donations welcome", "free"},
      {"employer paid", "employer_paid"},
      {"pay what you can", "sliding_scale"},
      {"$240 for 6 sessions", "fee_per_term | 240 USD term ."},
      {"$60 per hour", "words"},
      {"free; $20 for CE credits", "free"},
      {"members $0, non-members $25 per session",
       "fee_per_meeting | 25 USD meeting non_members | 0 USD . members"},
      {"20", ". | 20 . . ."},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.cell);
    EXPECT_EQ(understand_cost_text(understand_cost(c.cell, ohio)), c.want);
  }
}

TEST(Understand, DollarsAreThoseOfThePlaceOrAsked) {
  EXPECT_EQ(understand_cost("$10 a month", {"CA-ON"}).cost->options[0].currency, "CAD");
  EXPECT_EQ(understand_cost("$10 a month", {"AU"}).cost->options[0].currency, "AUD");
  for (const UnderstandList& regions :
       {UnderstandList{}, UnderstandList{"US-OH", "CA-ON"}, UnderstandList{"GB"}}) {
    const auto reading = understand_cost("$10 a month", regions);
    EXPECT_EQ(reading.cost->options[0].currency, "");
    EXPECT_FALSE(reading.currency_question.empty());
  }
  EXPECT_EQ(understand_cost("US$10 a month", {}).cost->options[0].currency, "USD");
}

TEST(Understand, Format) {
  struct Case {
    const char* cell;
    const char* want;  ///< "?": asked
  };
  const Case cases[] = {
      {"in-person", "in_person"},
      {"In Person", "in_person"},
      {"F2F", "in_person"},
      {"face to face", "in_person"},
      {"Online (Zoom)", "video"},
      {"virtual", "online_unspecified"},
      {"online or in person", "online_unspecified in_person"},
      {"zoom + in person", "video in_person"},
      {"hybrid", "hybrid"},
      {"by phone & 1:1", "phone"},
      {"1-1", ""},
      {"one on one", ""},
      {"video call", "video"},
      {"conference call", "phone"},
      {"message board/online", "async_text"},
      {"e-list", "async_text"},
      {"FB group / forum", "async_text"},
      {"WhatsApp", "message_group"},
      {"phone, not video", "phone"},
      {"in person or video (unclear)", "?"},
      {"formerly in person", "?"},
      {"in person or zoom?", "?"},
      {"resources", ""},
      {"TBD", ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.cell);
    const auto reading = understand_format(c.cell);
    EXPECT_EQ(reading.question.empty() ? understand_join(reading.formats) : "?", c.want);
  }
  EXPECT_EQ(understand_format("Online (Zoom)").platform, "Zoom");
}

TEST(Understand, ATownAloneIsTakenWhereEverybodyKnowsItAndElseAsked) {
  const auto chicago = understand_place("Chicago");
  EXPECT_EQ(chicago.locality, "Chicago");
  EXPECT_EQ(chicago.regions, std::vector<std::string>{"US-IL"});
  EXPECT_EQ(chicago.question, "");
  const auto portland = understand_place("Portland");
  EXPECT_TRUE(portland.regions.empty());
  EXPECT_EQ(portland.question, "'Portland': Portland, OR, or Portland, ME, or Portland, TX?");
  for (const auto* words :
       {"Remote", "several", "Spanish-speaking (not stated)", "Hope", "New England"}) {
    EXPECT_EQ(understand_place(words).question, "") << words;
    EXPECT_TRUE(understand_place(words).regions.empty()) << words;
  }
}

TEST(Understand, Place) {
  struct Case {
    const char* cell;
    const char* regions;
    const char* locality;
    bool asked = false;
  };
  const Case cases[] = {
      {"Columbus, OH", "US-OH", "Columbus"},
      {"Columbus, Ohio, USA", "US-OH", "Columbus"},
      {"Columbus OH", "US-OH", "Columbus"},
      {"Dallas Texas", "US-TX", "Dallas"},
      {"Portland, Ore.", "US-OR", "Portland"},
      {"Ann Arbor, Mich", "US-MI", "Ann Arbor"},
      {"New York, NY", "US-NY", "New York"},
      {"Northern Virginia, VA", "US-VA", "Northern Virginia"},
      {"Delaware, OH", "US-OH", "Delaware"},
      {"Ohio, Kentucky", "US-OH US-KY", ""},
      {"Ontario, CA", "", "", true},
      {"US; CA", "US", "", true},
      {"Charleston, W. Va.", "US-WV", "Charleston"},
      {"Washington, DC", "US-DC", "Washington"},
      {"Los Angeles, CA", "US-CA", "Los Angeles"},
      {"Atlanta, Georgia", "US-GA", "Atlanta"},
      {"Toronto, Ontario (CA)", "CA-ON", "Toronto"},
      {"Stockport, England (UK)", "GB-ENG", "Stockport"},
      {"Perth, WA, Australia", "AU-WA", "Perth"},
      {"Springdale / Green County, CO", "US-CO", "Springdale"},
      {"OH", "US-OH", ""},
      {"IN", "US-IN", ""},
      {"OR and WA", "US-OR US-WA", ""},
      {"TX; ME; CA", "US-TX US-ME US-CA", ""},
      {"several, TX; ME", "US-TX US-ME", ""},
      {"AU; NZ", "AU NZ", ""},
      {"CA", "", "", true},
      {"Georgia", "", "", true},
      {"MA; New England", "US-MA", "", true},
      {"Ohio (statewide)", "US-OH", ""},
      {"Southern California", "US-CA", ""},
      {"anywhere in the US", "US", ""},
      {"Ohio & Kentucky", "US-OH US-KY", ""},
      {"British Columbia", "CA-BC", ""},
      {"online", "", ""},
      {"anywhere", "", ""},
      {"Spanish-speaking (not stated)", "", ""},
      {"our office, 2nd floor", "", ""},
      {"New England", "", ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.cell);
    const auto reading = understand_place(c.cell);
    EXPECT_EQ(understand_join(reading.regions), c.regions);
    EXPECT_EQ(reading.locality, c.locality);
    EXPECT_EQ(!reading.question.empty(), c.asked) << reading.question;
  }
  EXPECT_EQ(understand_join(understand_place("CA", PlaceColumn::state).regions), "US-CA");
  EXPECT_TRUE(understand_place("Virtual").elsewhere);
}

TEST(Understand, WhenAGroupMeets) {
  struct Case {
    const char* cell;
    const char* want;  ///< cadence, days, start, zone; "." where not said, "?" where asked
  };
  const Case cases[] = {
      {"weekly", "weekly . . ."},
      {"every week", "weekly . . ."},
      {"every other week", "every_2_weeks . . ."},
      {"fortnightly", "every_2_weeks . . ."},
      {"every three weeks", "every_3_weeks . . ."},
      {"every 3-4 weeks", "other . . ."},
      {"once a month", "monthly . . ."},
      {"1x/mo", "monthly . . ."},
      {"2 meetings per month", "twice_a_month . . ."},
      {"every other month", "every_2_months . . ."},
      {"quarterly", "quarterly . . ."},
      {"twice weekly", "other . . ."},
      {"yearly", "other . . ."},
      {"as needed", "ad_hoc . . ."},
      {"bi-weekly", "ambiguous? . . ."},
      {"bimonthly", "ambiguous? . . ."},
      {"weekly or every 2 weeks", "ambiguous? . . ."},
      {"2nd Fri, 3:30-5:30pm", "monthly 2FR 15:30 ."},
      {"2nd and 4th Tuesday, 7:00-8:30 pm ET", "twice_a_month 2TU,4TU 19:00 America/New_York"},
      {"6pm on the last Thurs.", "monthly -1TH 18:00 ."},
      {"2nd Sun, 11am-1pm (PT)", "monthly 2SU 11:00 America/Los_Angeles"},
      {"every other Fri., 12-1:30", "every_2_weeks FR 12:00 ."},
      {"Fri. at 12 noon ET", "other FR 12:00 America/New_York"},
      {"Mondays 19:00", "weekly MO 19:00 ."},
      {"Tues. at 3p", "other TU 15:00 ."},
      {"Tuesday 7-8:30", "other TU ? ."},
      {"11-1 PT", "other . 11:00 America/Los_Angeles"},
      {"12pm ET / 9am PT", "other . 12:00 America/New_York"},
      {"June 8, 5:30pm EDT (next session)", "other . 17:30 America/New_York"},
      {"Wed. 6:30p; Sun 1p", "other WE,SU ? ."},
      {"2nd Fri. (group A); 3rd Fri. (group B)", "other ? . ."},
      {"Tuesday or Thursday at 7pm", "other ? 19:00 ."},
      {"Mon-Fri, 9am", "daily MO,TU,WE,TH,FR 09:00 ."},
      {"60-90 minutes", "other . . ."},
      {"10 sessions", "other . . ."},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.cell);
    const auto reading = understand_schedule(c.cell, true, {});
    std::string days;
    for (const auto& day : reading.days) days += (days.empty() ? "" : ",") + day;
    const auto shown = [](const std::string& text, const std::string& question) {
      return text.empty() ? std::string(question.empty() ? "." : "?") : text;
    };
    EXPECT_EQ(reading.cadence + (reading.cadence_question.empty() ? "" : "?") + " " +
                  shown(days, reading.days_question) + " " +
                  shown(reading.start, reading.start_question) + " " + shown(reading.tzid, ""),
              c.want);
  }
  EXPECT_EQ(understand_schedule("Tue 7pm MT", false, {"US-AZ"}).tzid, "America/Phoenix");
}

TEST(Understand, RulesOnlyWhereRhythmAndDaysAreCertain) {
  struct Case {
    const char* often;
    const char* when;
    const char* want;
  };
  const Case cases[] = {
      {"monthly", "2nd Tuesday", "FREQ=MONTHLY;BYDAY=2TU"},
      {"twice a month", "1st and 3rd Thursday", "FREQ=MONTHLY;BYDAY=1TH,3TH"},
      {"every 2 weeks", "Saturdays", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA"},
      {"every 6 weeks", "Fridays", "FREQ=WEEKLY;INTERVAL=6;BYDAY=FR"},
      {"quarterly", "1st Saturday", "FREQ=MONTHLY;INTERVAL=3;BYDAY=1SA"},
      {"weekly", "", "FREQ=WEEKLY"},
      {"monthly", "Thursdays", "FREQ=MONTHLY"},
      {"", "every Monday", "FREQ=WEEKLY;BYDAY=MO"},
      {"", "last Friday", "FREQ=MONTHLY;BYDAY=-1FR"},
      {"daily", "Monday to Friday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"},
      {"weekly", "2nd Tuesday", ""},
      {"every 2 weeks", "1st and 3rd Sunday", ""},
      {"bi-weekly", "Tuesdays", ""},
      {"", "Tuesday", ""},
      {"as needed", "Mondays", ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.often) + " / " + c.when);
    EXPECT_EQ(schedule_rule(understand_schedule(c.often, true, {}),
                            understand_schedule(c.when, false, {})),
              c.want);
  }
}

TEST(Understand, Length) {
  struct Case {
    const char* cell;
    std::int64_t want;  ///< 0: none, -1: asked
  };
  const Case cases[] = {
      {"90 min", 90},        {"90 mins.", 90},     {"1.5 hours", 90},
      {"1 hr", 60},          {"1h30", 90},         {"2 hours", 120},
      {"1 hour 30 min", 90}, {"an hour", 60},      {"two hours", 120},
      {"half an hour", 30},  {"90", 90},           {"hour and a half", 90},
      {"60-90 min", -1},     {"1 to 2 hours", -1}, {"2", -1},
      {"8 weeks", 0},        {"TBD", 0},           {"10 sessions", 0},
      {"900 hours", 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.cell);
    const auto reading = understand_length(c.cell);
    EXPECT_EQ(reading.minutes ? *reading.minutes : reading.question.empty() ? 0 : -1, c.want);
  }
  EXPECT_EQ(understand_length("2", "hours").minutes, 120);
  EXPECT_EQ(understand_length("10", "minutes").minutes, 10);
  EXPECT_FALSE(understand_length("about 15 minutes").question.empty());
}

TEST(Understand, SizeAndWhetherItTakesMembers) {
  struct Case {
    const char* cell;
    std::int64_t max;    ///< 0: none, -1: asked
    const char* intake;  ///< "?": asked
  };
  const Case cases[] = {
      {"8", 8, ""},
      {"6-8", 8, ""},
      {"max 4 - closed cohort", 4, "closed"},
      {"6 maximum; closed cohort", 6, "closed"},
      {"up to eight", 8, ""},
      {"no more than 10 people", 10, ""},
      {"over 50", 0, ""},
      {"at least 4; group membership", 0, ""},
      {"about 60 on the mailing list", 0, ""},
      {"about 200 members", 0, ""},
      {"6-8 members", 8, ""},
      {"5 per mentor", 0, ""},
      {"9 and 7 - full / waiting for new leaders", -1, "full"},
      {"limited; about 15 minutes per presenter - open", 0, "open"},
      {"open, rolling", 0, "open"},
      {"drop-in", 0, "drop_in"},
      {"closed; removal after missing more than 2 sessions", 0, "closed"},
      {"registration closes on the day", 0, ""},
      {"annual applications; 2023 closed", 0, "?"},
      {"open or closed", 0, "?"},
      {"waitlist", 0, "full"},
      {"forming", 0, ""},
      {"full membership", 0, ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.cell);
    const auto reading = understand_size(c.cell);
    EXPECT_EQ(reading.max ? *reading.max : reading.question.empty() ? 0 : -1, c.max);
    EXPECT_EQ(reading.intake_question.empty() ? reading.intake : "?", c.intake);
  }
  EXPECT_EQ(understand_size("about 6").max, 6);
  EXPECT_FALSE(understand_size("about 6").question.empty());
}

TEST(Understand, WhoCanJoin) {
  struct Case {
    const char* cell;
    const char* region;
    const char* licenses;
    const char* audience;
    const char* rule = "";
  };
  const Case cases[] = {
      {"therapists", "", "", "therapists"},
      {"licensed mental health professionals", "", "", "therapists"},
      {"LPC, LCSW", "", "professional_counselor:independent clinical_social_worker:independent",
       "therapists"},
      {"LPCC", "US-CO", "professional_counselor:associate", "therapists", "listed"},
      {"marriage and family therapists & psychologists", "",
       "marriage_family_therapist: psychologist:", "therapists", "listed"},
      {"MFT trainee/student", "", "marriage_family_therapist:trainee", "trainees", "listed"},
      {"counsellors / psychotherapists / trainees", "", "counselor_other: student_trainee:trainee",
       "mixed"},
      {"social work students", "", "student_trainee:trainee", "trainees", "listed"},
      {"faculty, staff and trainees", "", "", "workplace_staff"},
      {"physicians / residents / fellows", "", "", "health_professionals"},
      {"survivors of suicide loss; no license needed", "", "", "lived_experience", "none_required"},
      {"any licensed therapist", "", "", "therapists", "any_licensed"},
      {"no students", "", "", ""},
      {"therapists / coaches", "", "", "mixed"},
      {"?", "", "", ""},
      {"everyone", "", "", "public"},
  };
  LicenseWords words;
  for (const auto& c : cases) {
    SCOPED_TRACE(c.cell);
    const auto reading = understand_people(c.cell, c.region, words);
    std::string licenses;
    for (const auto& license : reading.licenses)
      licenses += (licenses.empty() ? "" : " ") + license.family + ":" + license.level;
    EXPECT_EQ(licenses, c.licenses);
    EXPECT_EQ(reading.audience, c.audience);
    EXPECT_EQ(reading.license_rule, c.rule);
    EXPECT_TRUE(reading.licenses_question.empty()) << reading.licenses_question;
  }
  EXPECT_FALSE(understand_people("LP", "", words).licenses_question.empty());
  EXPECT_FALSE(understand_people("LMFT, RN, MD", "", words).licenses_question.empty());
}

TEST(Understand, KindsLanguagesAgreementsDates) {
  EXPECT_EQ(understand_join(understand_kind("peer supervision group").kinds), "supervision_group");
  EXPECT_EQ(understand_join(understand_kind("ethics consultation line").kinds), "support_line");
  EXPECT_EQ(understand_join(understand_kind("Consultation group / mentoring").kinds),
            "formal_consultation mentorship_program");
  EXPECT_EQ(understand_join(understand_kind("directory").kinds), "");
  EXPECT_EQ(understand_kind("public peer support").audience, "public");
  EXPECT_EQ(understand_join(understand_languages("Spanish, English")), "es en");
  EXPECT_EQ(understand_join(understand_languages("ASL & English")), "ase en");
  EXPECT_EQ(understand_join(understand_languages("Klingon")), "");

  EXPECT_TRUE(understand_agreement("members agree to confidentiality").stated);
  EXPECT_EQ(understand_agreement("signed agreement, renewed every year").state, "signed_by_all");
  EXPECT_EQ(understand_agreement("signed agreement, renewed every year").resign, "yearly");
  EXPECT_FALSE(understand_agreement("confidential, non-clinical").stated);
  EXPECT_FALSE(understand_agreement("no agreement").stated);
  EXPECT_EQ(understand_agreement("no agreement").state, "none");

  const auto day = protocol::parse_date("2026-11-03");
  for (const auto* cell :
       {"2026-11-03", "Nov 3, 2026", "3 November 2026", "November 3rd, 2026", "3 Nov 26"})
    EXPECT_EQ(understand_date(cell).date, day) << cell;
  EXPECT_FALSE(understand_date("11/3/2026").date);
  EXPECT_FALSE(understand_date("11/3/2026").question.empty());
  EXPECT_EQ(understand_date("11/23/2026").date, protocol::parse_date("2026-11-23"));
  EXPECT_FALSE(understand_date("last spring").question.empty());
  EXPECT_EQ(dated_remark("last seen 2014"), 2014);
  EXPECT_EQ(dated_remark("info from 2017-18"), 2017);
  EXPECT_EQ(dated_remark("call in 2020 votes"), std::nullopt);
}

TEST(Understand, LinksAndNames) {
  EXPECT_EQ(understand_link("www.Example.org/Groups/").url, "https://www.example.org/Groups/");
  EXPECT_EQ(understand_link("http://example.org/a?b=c").url, "https://example.org/a?b=c");
  EXPECT_TRUE(understand_link("http://example.org/").changed);
  EXPECT_FALSE(understand_link("https://example.org/").changed);
  EXPECT_EQ(understand_link("see example.org, bottom of the page").url, "https://example.org");
  EXPECT_EQ(understand_link("our newsletter").url, "");
  EXPECT_EQ(understand_link("office@example.org").url, "");
  EXPECT_EQ(understand_link("javascript:alert(1)").url, "");
  EXPECT_FALSE(understand_link("https://10.0.0.1/x").problem.empty());
  EXPECT_EQ(understand_name("*NEW*  Tea\n Hour "), "Tea Hour");
  EXPECT_EQ(understand_name("** Tea Hour **"), "Tea Hour");
}

TEST(Understand, HeadingsInManyWords) {
  struct Case {
    const char* heading;
    SheetField want;
  };
  const Case cases[] = {
      {"Group / Network name", SheetField::name},
      {"What it is called", SheetField::name},
      {"Program", SheetField::name},
      {"Type of program", SheetField::kind},
      {"What kind?", SheetField::kind},
      {"Who can join (license etc.)", SheetField::who},
      {"Licenses accepted", SheetField::who},
      {"City & State", SheetField::place},
      {"In person or online??", SheetField::format},
      {"Where members live", SheetField::serving},
      {"COST", SheetField::cost},
      {"Fee (per session)", SheetField::cost},
      {"How often", SheetField::how_often},
      {"Day / Time", SheetField::day_time},
      {"How long", SheetField::length},
      {"Max size / open or closed", SheetField::size},
      {"Leader's credentials", SheetField::leader},
      {"Who leads it", SheetField::leader},
      {"For (identity group)", SheetField::identity},
      {"How do I join?", SheetField::join},
      {"Web page", SheetField::web},
      {"Secretary notes", SheetField::notes},
      {"Confirmed on", SheetField::confirmed},
      {"What happens there", SheetField::summary},
      {"Access notes", SheetField::accessibility},
      {"Zip", SheetField::none},
      {"Favorite color", SheetField::none},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.heading);
    EXPECT_EQ(word(read_heading(c.heading).field), word(c.want));
    EXPECT_EQ(read_heading(c.heading).field, c.want);
  }
}

}  // namespace

}  // namespace node
