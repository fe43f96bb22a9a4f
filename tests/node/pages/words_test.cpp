#include "node/pages/words.h"

#include <string>

#include <gtest/gtest.h>

#include "protocol/document/vocabularies.h"

namespace {

using protocol::CostOption;
using protocol::Listing;
using protocol::ScheduleRule;

protocol::Date words_today() { return *protocol::parse_date("2026-11-22"); }

/// Spaces that do not break look like others in a test's failure.
std::string words_plain(std::string text) {
  for (auto at = text.find("\u00a0"); at != std::string::npos; at = text.find("\u00a0"))
    text.replace(at, 2, " ");
  return text;
}

TEST(Words, DatesNameTheYearOnlyWhenItIsAnother) {
  const auto date = [](std::string_view text) {
    return words_plain(node::date_words(text, words_today()));
  };
  EXPECT_EQ(date("2026-11-24"), "Nov 24");
  EXPECT_EQ(date("2027-01-02"), "Jan 2, 2027");
  EXPECT_EQ(date("2025-12-31"), "Dec 31, 2025");
  EXPECT_EQ(date("soon"), "soon");
  EXPECT_EQ(node::date_words("2026-11-24", words_today()), "Nov\u00a024");
}

TEST(Words, ListsAndCountsReadLikeSentences) {
  EXPECT_EQ(node::joined_words({}), "");
  EXPECT_EQ(node::joined_words({"a"}), "a");
  EXPECT_EQ(node::joined_words({"a", "b"}), "a and b");
  EXPECT_EQ(node::joined_words({"a", "b", "c"}, "or"), "a, b or c");
  EXPECT_EQ(node::counted(1, "group", "groups"), "1 group");
  EXPECT_EQ(node::counted(0, "group", "groups"), "0 groups");
  EXPECT_EQ(node::counted(1234567, "group", "groups"), "1,234,567 groups");
}

TEST(Words, SaysASchedule) {
  struct Case {
    const char* rrule;
    const char* dtstart;
    const char* start;
    int duration;
    const char* tzid;
    const char* want;
  };
  const Case cases[] = {
      {"FREQ=MONTHLY;BYDAY=2TU,4TU", "2026-11-24T19:00:00", "", 90, "America/New_York",
       "2nd and 4th Tuesday, 7:00–8:30 PM (ET)"},
      {"FREQ=WEEKLY;BYDAY=WE", "", "18:00", 60, "America/Los_Angeles",
       "Every Wednesday, 6:00–7:00 PM (PT)"},
      {"FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "", "12:00", 75, "", "Every other Friday, 12:00–1:15 PM"},
      {"FREQ=WEEKLY;INTERVAL=3;BYDAY=FR", "", "", 0, "", "Every 3 weeks, Friday"},
      {"FREQ=WEEKLY;INTERVAL=2", "", "", 0, "", "Every other week"},
      {"FREQ=WEEKLY", "2026-11-24T09:30:00", "", 0, "", "Every Tuesday, 9:30 AM"},
      {"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "", "17:10", 10, "", "Every weekday, 5:10–5:20 PM"},
      {"FREQ=WEEKLY;BYDAY=TU,TH", "", "11:30", 90, "America/Phoenix",
       "Every Tuesday and Thursday, 11:30 AM–1:00 PM (MST)"},
      {"FREQ=MONTHLY;BYDAY=1FR", "", "", 0, "", "1st Friday"},
      {"FREQ=MONTHLY;BYDAY=-1MO", "", "18:00", 90, "", "Last Monday, 6:00–7:30 PM"},
      {"FREQ=MONTHLY;BYDAY=-2MO", "", "", 0, "", "2nd to last Monday"},
      {"FREQ=MONTHLY;BYDAY=1MO,3TH", "", "", 0, "", "1st Monday and 3rd Thursday"},
      {"FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", "", "", 0, "", "2nd Tuesday"},
      {"FREQ=MONTHLY;INTERVAL=2;BYDAY=3WE", "", "", 0, "", "3rd Wednesday, every other month"},
      {"FREQ=MONTHLY;BYMONTHDAY=1,15", "", "", 0, "", "On the 1st and 15th of the month"},
      {"FREQ=MONTHLY", "", "", 0, "", "Once a month"},
      {"FREQ=MONTHLY;INTERVAL=3", "", "", 0, "", "Every 3 months"},
      {"FREQ=DAILY", "", "07:30", 15, "", "Every day, 7:30–7:45 AM"},
      {"FREQ=DAILY;INTERVAL=2", "", "", 0, "", "Every other day"},
      {"FREQ=YEARLY", "", "", 0, "", "Once a year"},
      {"FREQ=WEEKLY;BYDAY=SA;UNTIL=20261219T000000", "", "22:00", 180, "Europe/Berlin",
       "Every Saturday, 10:00 PM–1:00 AM (Europe/Berlin), until Dec 19"},
      {"FREQ=WEEKLY;BYDAY=SA;COUNT=8", "", "", 0, "", "Every Saturday, 8 meetings in all"},
      {"", "2026-12-05T09:00:00", "", 120, "", "Dec 5, 9:00–11:00 AM"},
      {"", "", "", 90, "", "90 minutes"},
      {"", "", "00:00", 0, "UTC", "12:00 AM (UTC)"},
      {"", "", "", 0, "", ""},
      // What a peer may send, if its sender is broken or means harm.
      {"FREQ=WEEKLY;INTERVAL=99999999999999999999", "", "", 0, "", "Every week"},
      {"FREQ=WEEKLY;INTERVAL=0;BYDAY=ZZ", "", "25:99", -5, "", "Every week"},
      {"FREQ=MONTHLY;BYDAY=99999999999999999999TU", "", "", 0, "", "Every Tuesday"},
      {"FREQ=SECONDLY", "", "", 0, "", ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.rrule) + " " + c.dtstart + c.start);
    ScheduleRule rule;
    rule.rrule = c.rrule;
    rule.dtstart = c.dtstart;
    rule.start = c.start;
    if (c.duration != 0) rule.duration = c.duration;
    rule.tzid = c.tzid;
    EXPECT_EQ(words_plain(node::schedule_words(rule, words_today())), c.want);
  }
}

TEST(Words, SaysSeveralRulesAndNone) {
  Listing listing;
  EXPECT_EQ(node::schedule_words(listing, words_today()), "");
  listing.meets = "by_arrangement";
  EXPECT_EQ(node::schedule_words(listing, words_today()), "By arrangement");
  listing.meets.clear();
  listing.schedule.resize(2);
  listing.schedule[0].rrule = "FREQ=WEEKLY;BYDAY=MO";
  listing.schedule[1].rrule = "FREQ=MONTHLY;BYDAY=1SA";
  EXPECT_EQ(node::schedule_words(listing, words_today()), "Every Monday; 1st Saturday");
  EXPECT_EQ(protocol::meetings_per_year(listing.schedule), 64);
}

CostOption words_option(std::string amount, std::string max, std::string per,
                        std::string for_whom = "", std::string currency = "USD") {
  CostOption option;
  option.amount = std::move(amount);
  option.amount_max = std::move(max);
  option.per = std::move(per);
  option.for_whom = std::move(for_whom);
  option.currency = std::move(currency);
  return option;
}

TEST(Words, SaysTheAmountFirstThenTheYear) {
  struct Case {
    const char* name;
    const char* model;
    std::vector<CostOption> options;
    const char* rrule;
    const char* amount;
    const char* year;
  };
  auto upfront = words_option("480", "", "once");
  upfront.upfront = true;
  const Case cases[] = {
      {"free", "free", {}, "", "Free.", "$0 a year."},
      {"sliding scale",
       "sliding_scale",
       {words_option("15.00", "45.00", "meeting")},
       "FREQ=MONTHLY;BYDAY=1FR",
       "$15–$45 a meeting, you choose.",
       "About $180–$540 a year."},
      {"sliding scale without amounts",
       "sliding_scale",
       {},
       "",
       "Sliding scale. Amounts not stated.",
       ""},
      {"per meeting, rhythm unknown",
       "fee_per_meeting",
       {words_option("25", "", "meeting")},
       "",
       "$25 a meeting.",
       ""},
      {"per meeting, weekly",
       "fee_per_meeting",
       {words_option("22", "", "meeting")},
       "FREQ=WEEKLY;BYDAY=WE",
       "$22 a meeting.",
       "About $1,144 a year."},
      {"monthly",
       "subscription",
       {words_option("12.50", "", "month")},
       "",
       "$12.50 a month.",
       "About $150 a year."},
      {"yearly says it all",
       "subscription",
       {words_option("60", "", "year")},
       "",
       "$60 a year.",
       ""},
      {"members and others",
       "fee_per_meeting",
       {words_option("10", "", "meeting", "members"),
        words_option("25", "", "meeting", "non_members")},
       "FREQ=MONTHLY",
       "$10 a meeting for members; $25 a meeting for non-members.",
       "About $120 a year; $300 for non-members."},
      {"up front",
       "subscription",
       {upfront, words_option("80", "", "month")},
       "",
       "$480 once, due before the first meeting; $80 a month.",
       "About $960 a year, besides what is paid once."},
      {"two currencies are not added",
       "subscription",
       {words_option("10", "", "month"), words_option("10", "", "month", "", "CHF")},
       "",
       "$10 a month; 10 CHF a month.",
       "About $120 or 120 CHF a year."},
      {"membership", "included_in_membership", {}, "", "Included in membership.", ""},
      {"membership, of members",
       "included_in_membership",
       {words_option("", "", "", "members")},
       "",
       "Included in membership.",
       ""},
      {"an amount that nobody states",
       "subscription",
       {words_option("", "", "", "members")},
       "",
       "Amount not stated for members.",
       ""},
      {"employer", "employer_paid", {}, "", "Your employer pays.", "$0 a year for you."},
      {"donation", "donation", {}, "", "By donation.", ""},
      {"swap", "swap", {}, "", "An exchange, no money.", ""},
      {"no amount", "fee_per_term", {}, "", "A fee for each term. Amount not stated.", ""},
      {"a model of tomorrow", "barter", {}, "", "other (barter)", ""},
      {"no currency",
       "subscription",
       {words_option("5", "", "month", "", "")},
       "",
       "5 (currency not stated) a month.",
       "About 60 a year."},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Listing listing;
    listing.cost.emplace();
    listing.cost->model = c.model;
    listing.cost->options = c.options;
    if (*c.rrule != '\0') {
      listing.schedule.resize(1);
      listing.schedule[0].rrule = c.rrule;
    }
    const auto words = node::cost_words(listing);
    EXPECT_EQ(words.amount, c.amount);
    EXPECT_EQ(words.year, c.year);
  }
  EXPECT_EQ(node::cost_words(Listing{}).amount, "");
}

TEST(Words, WritesMoneyAsPeopleDo) {
  EXPECT_EQ(node::money_words("25.00", "USD"), "$25");
  EXPECT_EQ(node::money_words("1900.5", "USD"), "$1,900.50");
  EXPECT_EQ(node::money_words("7.05", "EUR"), "€7.05");
  EXPECT_EQ(node::money_words("30", "CHF"), "30 CHF");
  EXPECT_EQ(node::money_words("25ish", "USD"), "25ish");
  EXPECT_EQ(node::money_words("99999999999999999999", "USD"), "99999999999999999999");
}

TEST(Words, SaysPlacesOnlyWhileTheyAreTrue) {
  protocol::Capacity capacity;
  const auto places = [&] { return words_plain(node::places_words(capacity, words_today())); };
  EXPECT_EQ(places(), "");
  capacity.max = 8;
  EXPECT_EQ(places(), "Up to 8 people");
  capacity.openings = 3;
  EXPECT_EQ(places(), "Unknown: it does not say since when");
  capacity.as_of = "2026-11-12";
  EXPECT_EQ(places(), "3 of 8 open on Nov 12");
  capacity.waitlist = true;
  EXPECT_EQ(places(), "3 of 8 open on Nov 12. Waiting list when full");
  capacity.openings = 0;
  EXPECT_EQ(places(), "Full on Nov 12. Waiting list when full");
  capacity.waitlist.reset();
  capacity.openings = 2;
  capacity.as_of = "2026-09-23";  // 60 days ago
  EXPECT_EQ(places(), "2 of 8 open on Sep 23");
  capacity.as_of = "2026-09-22";
  EXPECT_EQ(places(), "Unknown: last said over 60 days ago");
}

TEST(Words, NamesOnlyPeopleWhoAgreed) {
  Listing listing;
  listing.leaders = {{"Host", "Dana Whitlock", "LPCC-S", "", true},
                     {"Host", "Secret Person", "LISW", "", false}};
  listing.sponsor.name = "the Ohio Chapter";
  EXPECT_EQ(node::run_by_words(listing), "Dana Whitlock, LPCC-S (host), with the Ohio Chapter");
  listing.leaders = {{"Host", "Secret Person", "LISW", "", false}};
  listing.facilitation = "rotating_peers";
  EXPECT_EQ(node::run_by_words(listing), "Members take turns, with the Ohio Chapter");
}

TEST(Words, SaysWhereAndWhatKind) {
  Listing listing;
  EXPECT_EQ(node::where_words(listing), "");
  EXPECT_EQ(node::kind_words(listing), "");
  listing.kinds = {"informal_circle"};
  listing.formats = {"video"};
  EXPECT_EQ(node::kind_words(listing), "Informal peer circle, by video");
  listing.platform_name = "HearthRoom";
  EXPECT_EQ(node::where_words(listing), "Video on HearthRoom");
  listing.formats = {"in_person", "video"};
  listing.platform_name.clear();
  EXPECT_EQ(node::where_words(listing), "In person, place not stated; video");
  listing.place.locality = "Columbus";
  listing.place.region = "US-OH";
  EXPECT_EQ(node::where_words(listing), "Columbus, Ohio, in person; video");
  listing.formats.clear();
  EXPECT_EQ(node::where_words(listing), "Columbus, Ohio");
  listing.kinds = {"x-brave-circle"};
  EXPECT_EQ(node::kind_words(listing), "other (x-brave-circle)");
}

TEST(Words, SaysWhomItTakes) {
  Listing listing;
  EXPECT_EQ(node::eligibility_words(listing), "");
  listing.license_rule = "any_licensed";
  EXPECT_EQ(node::eligibility_words(listing), "Any mental health license");
  listing.license_rule = "listed";
  EXPECT_EQ(node::eligibility_words(listing),
            "Only some licenses, and the listing does not say which");
  listing.licenses = {{"clinical_social_worker", "independent"}, {"professional_counselor", ""}};
  listing.license_jurisdictions = {"US-OH", "US-KY"};
  EXPECT_EQ(node::eligibility_words(listing),
            "Clinical social worker (independent license) or professional counselor. Licensed in "
            "Ohio or Kentucky");
}

TEST(Words, NamesLanguagesAndLicensesOfData) {
  EXPECT_EQ(node::language_words("es"), "Spanish");
  EXPECT_EQ(node::language_words("ase"), "American Sign Language");
  EXPECT_EQ(node::language_words("pt-BR"), "Portuguese (Brazil)");
  EXPECT_EQ(node::language_words("???"), "???");
  EXPECT_EQ(node::data_license_words("CC-BY-4.0"), "Creative Commons Attribution 4.0 (CC-BY-4.0)");
  EXPECT_EQ(node::data_license_words("own"), "own");
}

TEST(Words, NamesTheWholePathOfRecognition) {
  node::Standing standing;
  const auto words = [&] { return words_plain(node::recognition_words(standing, words_today())); };
  EXPECT_EQ(words(), "Nobody that this node trusts recognizes it.");
  standing.path = {{"A", "the Association"}};
  EXPECT_EQ(words(), "This node’s operator chose to trust it.");
  standing.path = {{"A", "the Association"}, {"P", "the Chapter"}};
  standing.recognized_until = *protocol::parse_timestamp("2027-10-01T00:00:00Z");
  EXPECT_EQ(words(), "Recognized by the Association until Oct 1, 2027.");
  standing.path.push_back({"Q", "the Collective"});
  EXPECT_EQ(words(),
            "Recognized by the Chapter, which the Association recognizes, until Oct 1, 2027.");
}

TEST(Words, EveryVocabularyValueHasWords) {
  for (const auto& vocabulary : protocol::vocabularies()) {
    for (const auto& term : vocabulary.terms) {
      EXPECT_FALSE(term.label.empty()) << vocabulary.name << " " << term.value;
    }
  }
  EXPECT_EQ(node::label_words(protocol::Vocabulary::focus_topics, {"trauma", "emdr", "grief"}),
            "Trauma, EMDR, grief");
}

}  // namespace
