#include "protocol/document/listing.h"

#include <chrono>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/document/listing_fields.h"
#include "protocol/document/text_safety.h"
#include "protocol/document/web_address.h"
#include "tests/protocol/document/sample_subject.h"

namespace protocol {
namespace {

using document_samples::defaults;
using document_samples::subject;
using testing::HasSubstr;
using testing::IsEmpty;

Json listing_with(std::string_view name, Json value) {
  Json made = subject();
  made.set(name, std::move(value));
  return made;
}

std::string listing_problems(const Json& made) {
  std::string all;
  for (const auto& problem : problems_for_publishing(made))
    all += problem.field + ": " + problem.message + "\n";
  return all;
}

TEST(Listing, OfTheSmallestSizeIsReadAndHasNoProblems) {
  const auto listing = read_listing(subject());
  ASSERT_TRUE(listing) << listing.error().detail;
  EXPECT_EQ(listing->name, "Tuesday consultation circle");
  EXPECT_EQ(listing->review_by, "2027-04-30");
  EXPECT_EQ(listing->area, std::vector<std::string>{"US-OH"});
  EXPECT_EQ(listing->links.apply, "https://chapter.example/contact/tuesday");
  EXPECT_FALSE(listing->cost.has_value());
  EXPECT_EQ(listing_problems(subject()), "");
}

TEST(Listing, NeedsTheMembersThatAreAlwaysPresent) {
  for (const auto* name :
       {"id", "type", "name", "kinds", "audience", "area", "status", "confirmed_at",
        "confirmed_by_role", "review_by", "lang", "data_license", "links"}) {
    SCOPED_TRACE(name);
    Json made = subject();
    ASSERT_TRUE(made.erase(name));
    const auto read = read_listing(made);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::doc_profile);
    EXPECT_THAT(listing_problems(made), HasSubstr("is missing"));
  }
  Json asks = subject();
  asks.erase("links");
  asks.set("contact", Json::object({{"public", "groups@chapter.example"}}));
  EXPECT_TRUE(read_listing(asks));
}

TEST(Listing, KeepsUnknownMembersAndWords) {
  Json made = listing_with("formats", Json::array({"hologram", "video"}));
  made.set("from_the_future", Json::object({{"deep", Json::array({1, "two", true})}}));
  const auto read = read_listing(made);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_THAT(read->formats, testing::ElementsAre("hologram", "video"));
}

TEST(Listing, RefusesWrongTypesNamingThePath) {
  struct Case {
    const char* name;
    Json value;
    std::string_view path;
  };
  const Json amount =
      Json::object({{"options", Json::array({Json::object({{"amount", "25ish"}})})}});
  const Case cases[] = {
      {"name", 5, "credentialSubject.name: "},
      {"name", "", "credentialSubject.name: "},
      {"kinds", "formal_consultation", "credentialSubject.kinds: "},
      {"kinds", Json::array({}), "credentialSubject.kinds: "},
      {"kinds", Json::array({1}), "credentialSubject.kinds[0]: "},
      {"area", Json::array({"US-OH", "Ohio"}), "credentialSubject.area[1]: "},
      {"area", Json(Json::Array(9, Json("US"))), "credentialSubject.area: "},
      {"cost", "free", "credentialSubject.cost: "},
      {"cost", amount, "credentialSubject.cost.options[0].amount: '25ish'"},
      {"summary", Json(), "credentialSubject.summary: is null"},
      {"from_the_future", Json::array({Json()}), "credentialSubject.from_the_future[0]: is null"},
      {"from_the_future", Json(Json::Number{1.5, false}), "credentialSubject.from_the_future: "},
      {"capacity", Json::object({{"max", -1}}), "credentialSubject.capacity.max: "},
      {"capacity", Json::object({{"max", "8"}}), "credentialSubject.capacity.max: "},
      {"capacity", Json::object({{"waitlist", "yes"}}), "credentialSubject.capacity.waitlist: "},
      {"confirmed_at", "2026-02-30", "credentialSubject.confirmed_at: "},
      {"review_by", "2027-12-07", "credentialSubject.review_by: is more than 400 days"},
      {"schedule", Json::array({Json::object({{"dtstart", "2026-11-03T24:00:00"}})}),
       "credentialSubject.schedule[0].dtstart: "},
      {"schedule", Json::array({Json::object({{"start", "7 pm"}})}),
       "credentialSubject.schedule[0].start: "},
      {"schedule", Json(Json::Array(5, Json(Json::Object{}))), "credentialSubject.schedule: has 5"},
      {"place", Json::object({{"point", Json::object({{"lat", "90.1"}, {"lon", "0"}})}}),
       "credentialSubject.place.point.lat: "},
      {"place", Json::object({{"postal_prefix", "43215"}}),
       "credentialSubject.place.postal_prefix: "},
      {"lang", "e", "credentialSubject.lang: "},
      {"id", "urn:uuid:0F1E2D3C-4B5A-4978-8695-A4B3C2D1E0F1", "credentialSubject.id: "},
      {"type", "Event", "credentialSubject.type: "},
      {"as_stated", Json::object({{"cost", 5}}), "credentialSubject.as_stated.cost: "},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.name) + " " + canonical(c.value));
    const auto read = read_listing(listing_with(c.name, c.value));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::doc_profile);
    EXPECT_THAT(read.error().detail, testing::StartsWith(std::string(c.path)));
  }
  EXPECT_FALSE(read_listing(Json("text")));
  EXPECT_FALSE(read_listing(Json()));
  EXPECT_THAT(problems_for_publishing(Json(Json::Array{})), testing::SizeIs(1));
  EXPECT_TRUE(read_listing(listing_with("review_by", "2027-12-06")));
}

/// Every size of the table, one byte or value at and over the limit.
TEST(Listing, RefusesOneByteOverEachLimit) {
  struct Case {
    const char* name;
    std::size_t limit;
    Json (*made)(std::string);
  };
  const auto plain = [](std::string text) { return Json(std::move(text)); };
  const auto listed = [](std::string text) { return Json::array({Json(std::move(text))}); };
  const Case cases[] = {
      {"name", 120, plain},
      {"alternate_names", 120, listed},
      {"summary", 280, plain},
      {"description", 3'000, plain},
      {"dimensions", 120,
       [](std::string text) {
         return Json::object({{"best_for", Json(std::move(text))}});
       }},
      {"other_criteria", 160,
       [](std::string text) {
         return Json::array({Json::object({{"text", Json(std::move(text))}})});
       }},
      {"cost", 200,
       [](std::string text) {
         return Json::object({{"what_it_pays", Json(std::move(text))}});
       }},
      {"crisis_resource", 200, plain},
      {"links", 500,
       [](std::string text) {
         return Json::object({{"home", Json("https://a.example/" + text.substr(18))}});
       }},
      {"as_stated", 200,
       [](std::string text) {
         return Json::object({{"cost", Json(std::move(text))}});
       }},
      {"focus_topics", 200, listed},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_TRUE(read_listing(listing_with(c.name, c.made(std::string(c.limit, 'x')))));
    const auto over = read_listing(listing_with(c.name, c.made(std::string(c.limit + 1, 'x'))));
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().code, ErrorCode::doc_profile);
  }
  const std::pair<const char*, std::size_t> lists[] = {{"alternate_names", 3},
                                                       {"focus_topics", 16},
                                                       {"formats", 24},
                                                       {"languages", 24},
                                                       {"area", 8}};
  for (const auto& [name, most] : lists) {
    SCOPED_TRACE(name);
    EXPECT_TRUE(read_listing(listing_with(name, Json(Json::Array(most, Json("US"))))));
    EXPECT_FALSE(read_listing(listing_with(name, Json(Json::Array(most + 1, Json("US"))))));
  }
  Json stated;
  for (int i = 0; i < 11; ++i) stated.set("field_" + std::to_string(i), std::string(200, 'x'));
  EXPECT_FALSE(read_listing(listing_with("as_stated", stated)));
  stated.erase("field_10");
  EXPECT_TRUE(read_listing(listing_with("as_stated", stated)));
}

TEST(Listing, FillsEveryMemberOfTheStructFromTheLargestSubject) {
  const auto read = read_listing(largest_listing_subject(defaults()));
  ASSERT_TRUE(read) << read.error().detail;
  const Listing& l = *read;
  for (const auto* text : {&l.id,
                           &l.name,
                           &l.summary,
                           &l.description,
                           &l.audience,
                           &l.setup_effort,
                           &l.clinical_depth,
                           &l.best_for,
                           &l.license_rule,
                           &l.license_region_rule,
                           &l.membership_required,
                           &l.membership_body,
                           &l.screening,
                           &l.scope,
                           &l.place.locality,
                           &l.place.region,
                           &l.place.postal_prefix,
                           &l.place.lat,
                           &l.place.lon,
                           &l.place.precision,
                           &l.platform_name,
                           &l.platform_kind,
                           &l.meets,
                           &l.drop_in,
                           &l.cost->model,
                           &l.cost->what_it_pays,
                           &l.cost->refund,
                           &l.capacity.as_of,
                           &l.facilitation,
                           &l.accountable_via,
                           &l.sponsor.name,
                           &l.sponsor.kind,
                           &l.sponsor.identifier,
                           &l.sponsor.page,
                           &l.sponsor.relation,
                           &l.contact.public_contact,
                           &l.contact.coordinator,
                           &l.contact.hours,
                           &l.contact.preferred,
                           &l.links.home,
                           &l.links.apply,
                           &l.links.webinar,
                           &l.links.agreement,
                           &l.links.charter,
                           &l.links.survey,
                           &l.links.report_problem,
                           &l.crisis_resource,
                           &l.agreement_state,
                           &l.status,
                           &l.disclosure,
                           &l.confirmed_at,
                           &l.confirmed_by_role,
                           &l.review_by,
                           &l.lang,
                           &l.data_license}) {
    EXPECT_FALSE(text->empty());
  }
  for (const auto* list :
       {&l.alternate_names, &l.kinds, &l.purposes, &l.not_for, &l.focus_topics,
        &l.practice_settings, &l.career_stages, &l.license_jurisdictions, &l.license_levels,
        &l.other_criteria, &l.documents_required, &l.exclusions, &l.formats, &l.area, &l.regions,
        &l.languages, &l.accessibility, &l.agreement_clauses}) {
    ASSERT_FALSE(list->empty());
    for (const auto& item : *list) EXPECT_FALSE(item.empty());
  }
  ASSERT_EQ(l.licenses.size(), 12U);
  EXPECT_FALSE(l.licenses[0].family.empty() || l.licenses[0].level.empty());
  ASSERT_EQ(l.identity_affirming.size(), 8U);
  EXPECT_FALSE(l.identity_affirming[0].group.empty() || l.identity_affirming[0].name.empty() ||
               l.identity_affirming[0].mode.empty());
  ASSERT_FALSE(l.cost->options.empty());
  const auto& option = l.cost->options[0];
  EXPECT_FALSE(option.label.empty() || option.amount.empty() || option.amount_max.empty() ||
               option.currency.empty() || option.per.empty() || option.for_whom.empty() ||
               !option.upfront);
  EXPECT_TRUE(l.cost->auto_renew && l.cost->renewal_notice_days);
  ASSERT_EQ(l.schedule.size(), 4U);
  const auto& rule = l.schedule[0];
  EXPECT_FALSE(rule.dtstart.empty() || rule.start.empty() || !rule.duration || rule.rrule.empty() ||
               rule.tzid.empty());
  EXPECT_EQ(rule.exdates.size(), 6U);
  EXPECT_EQ(rule.rdates.size(), 6U);
  EXPECT_TRUE(l.capacity.max && l.capacity.openings && l.capacity.waitlist);
  ASSERT_EQ(l.leaders.size(), 3U);
  const auto& leader = l.leaders[0];
  EXPECT_FALSE(leader.role.empty() || leader.display_name.empty() || leader.credentials.empty() ||
               leader.public_profile.empty() || !leader.consent);
  EXPECT_EQ(l.as_stated.size(), 10U);
}

TEST(Listing, TakesItsDefaultsOnlyWhereNothingStands) {
  Json made = listing_with("status", "paused");
  made.set("confirmed_at", "2026-10-01");
  made.erase("review_by");
  fill_defaults(made, defaults());
  EXPECT_EQ(*made.find("status")->if_string(), "paused");
  EXPECT_EQ(*made.find("review_by")->if_string(),
            "2027-03-30");  // 180 days after the day that was given
}

TEST(Listing, IsValidNinetyDaysPastItsReviewButAtMostFourHundredDays) {
  Listing listing;
  listing.review_by = "2027-04-30";
  const auto from = *parse_timestamp("2026-11-01T00:00:00Z");
  EXPECT_EQ(format_timestamp(listing_valid_until(listing, from)), "2027-07-29T00:00:00Z");
  listing.review_by = "2027-12-06";
  EXPECT_EQ(listing_valid_until(listing, from), from + std::chrono::days{400});
}

TEST(Publishing, SpeaksOfSlipsInWords) {
  EXPECT_THAT(listing_problems(listing_with("formats", Json::array({"in-person"}))),
              HasSubstr("did you mean 'in_person'"));
  EXPECT_THAT(listing_problems(listing_with("status", "activ")),
              HasSubstr("did you mean 'active'"));
  EXPECT_THAT(listing_problems(listing_with("screening", "not_stated")),
              HasSubstr("leave the field out"));
  EXPECT_EQ(listing_problems(listing_with("focus_topics", Json::array({"climate_anxiety"}))), "");
}

TEST(Publishing, FindsMoreThanReadersRefuse) {
  const auto rule = [](const char* text) {
    return Json::array({Json::object(
        {{"dtstart", "2026-11-03T19:00:00"}, {"tzid", "America/New_York"}, {"rrule", text}})});
  };
  EXPECT_EQ(listing_problems(listing_with("schedule", rule("FREQ=MONTHLY;BYDAY=2TU,4TU"))), "");
  EXPECT_THAT(listing_problems(listing_with("schedule", rule("FREQ=MONTHLY;BYDAY=2XX"))),
              HasSubstr("'2XX'"));
  EXPECT_THAT(listing_problems(listing_with("schedule", rule("FREQ=HOURLY"))),
              HasSubstr("'HOURLY'"));
  EXPECT_THAT(listing_problems(listing_with("schedule", rule("FREQ=WEEKLY;INTERVAL=0"))),
              HasSubstr("INTERVAL=0"));
  EXPECT_THAT(listing_problems(listing_with("schedule", rule("FREQ=WEEKLY;EASTER=1"))),
              HasSubstr("EASTER"));
  EXPECT_THAT(listing_problems(listing_with(
                  "schedule", Json::array({Json::object({{"dtstart", "2026-11-03T19:00:00"}})}))),
              HasSubstr("schedule[0].tzid"));
  EXPECT_THAT(listing_problems(listing_with(
                  "leaders", Json::array({Json::object({{"display_name", "A. B."}})}))),
              HasSubstr("leaders[0].consent"));
  EXPECT_EQ(
      listing_problems(listing_with(
          "leaders",
          Json::array({Json::object({{"display_name", "A. B."},
                                     {"consent", Json::object({{"given_at", "2026-10-01"}})}})}))),
      "");
  Json card = listing_with("disclosure", "card_only");
  card.set("place", Json::object({{"locality", "Toledo"}}));
  EXPECT_THAT(listing_problems(card),
              testing::AllOf(HasSubstr("place: "), HasSubstr("whom to ask")));
  EXPECT_THAT(
      listing_problems(listing_with(
          "cost", Json::object({{"options", Json::array({Json::object({{"amount", "25"}})})}}))),
      HasSubstr("currency"));
  EXPECT_THAT(listing_problems(listing_with("extra", std::string(16'000, 'x'))),
              HasSubstr("extra: is the longest field"));
  EXPECT_THAT(listing_problems(listing_with("summary", "")), HasSubstr("leave the field out"));
}

TEST(Publishing, RefusesDangerousCharactersByName) {
  const std::pair<std::string, std::string> bad[] = {
      {"Peer\xE2\x80\xAEgroup", "U+202E"},
      {"Peer\xE2\x81\xA6group", "U+2066"},
      {"Peer\xE2\x80\x8Bgroup", "U+200B"},
      {"Peer\xE2\x80\x8Dgroup", "U+200D"},
      {"\xEF\xBB\xBFPeer", "U+FEFF"},
      {"Peer\xF3\xA0\x81\x81", "U+E0041"},
      {"Peer\xEE\x80\x80", "U+E000"},
      {"Peer\xF3\xB0\x80\x80", "U+F0000"},
      {"Peer\tgroup", "U+0009"},
      {std::string("Peer\0group", 10), "U+0000"},
      {"Peer\x7F", "U+007F"},
  };
  for (const auto& [text, name] : bad) {
    SCOPED_TRACE(name);
    EXPECT_THAT(listing_problems(listing_with("name", text)), HasSubstr(name));
    EXPECT_THAT(listing_problems(listing_with("unknown", Json::array({Json(text)}))),
                HasSubstr(name));
    EXPECT_TRUE(read_listing(listing_with("name", text))) << "from a peer it is stored as received";
  }
  std::string pile = "a";
  for (int i = 0; i < 30; ++i) pile += "\xCC\x81";
  EXPECT_THAT(listing_problems(listing_with("name", pile)), HasSubstr("U+0301"));
  for (const auto* good : {"Caf\xC3\xA9 & Gespr\xC3\xA4"
                           "ch",
                           "\xE5\xBF\x83\xE7\x90\x86", "\xD8\xB9\xD8\xB1\xD8\xA8\xD9\x8A",
                           "e\xCC\x81\xCC\xA3", "two\nlines", "\xF0\x9F\x8C\xB1"}) {
    EXPECT_EQ(dangerous_character(good), std::nullopt) << good;
  }
}

TEST(Publishing, RefusesWhatOpensAMeeting) {
  for (const auto* bad :
       {"https://us02web.zoom.us/j/81234567890", "Join at ZOOM.US/J/812",
        "https://meet.google.com/abc-defg-hij", "https://teams.microsoft.com/l/meetup-join/19",
        "https://chapter.webex.com/meet/a", "Passcode: 1234", "passcode 9911",
        "Use passcode sunflower", "Password is sunflower", "Meeting ID: 812 3456 7890",
        "meeting id 8123", "Access code = owl", "pass code: 77", "+16465588656,,81234567890#",
        "https://chat.whatsapp.com/Abc", "https://chapter.example/room?pwd=abc",
        "https://discord.gg/abc", "The password: owl", "https://t.me/+abc"}) {
    EXPECT_TRUE(private_access(bad).has_value()) << bad;
    EXPECT_THAT(listing_problems(listing_with("description", bad)), HasSubstr("public for ever"))
        << bad;
  }
  for (const auto* good :
       {"We meet on Zoom.", "No password needed.", "The passcode is sent to members.",
        "Members get the meeting ID by mail.", "The room is password protected.",
        "We mail the link and the passcode.", "https://zoom.us/webinar/register/abc",
        "https://chapter.example/groups", "Our access code policy", "",
        "Call +1 614 555 0100, ask for groups"}) {
    EXPECT_EQ(private_access(good), std::nullopt) << good;
  }
  EXPECT_THAT(
      listing_problems(listing_with("links", Json::object({{"home", "https://zoom.us/j/812"}}))),
      HasSubstr("links.home"));
}

TEST(Urls, ArePlainHttpsOnly) {
  for (const auto* good :
       {"https://a.example", "https://a.example/", "https://a.example:8443/x?y=z#w",
        "https://xn--bcher-kva.example/", "https://A.Example/%20"}) {
    EXPECT_EQ(why_no_plain_url(good), std::nullopt) << good;
  }
  for (const auto* bad : {"",
                          "http://a.example",
                          "javascript:alert(1)",
                          "data:text/html,x",
                          "//a.example",
                          "https:a.example",
                          "https:/a.example",
                          "https://",
                          "https:///x",
                          "https://user@a.example",
                          "https://user:pw@a.example/",
                          "https://a.example\t/x",
                          "https://a.exa\nmple",
                          "https://a.example/ x",
                          "https://a.example./",
                          "https://a.example:0/",
                          "https://a.example:/",
                          "https://a.example:65536/",
                          "https://a.example:080/",
                          "https://localhost/",
                          "https://127.0.0.1/",
                          "https://0x7f.1/",
                          "https://[::1]/",
                          "https://a..example/",
                          "https://-a.example/",
                          "https://a.example\\@b.example/",
                          "https://b\xC3\xBC"
                          "cher.example/",
                          "HTTPS://a.example/",
                          " https://a.example/",
                          "https://a.example/\x7F",
                          "https://a%2eexample/"}) {
    EXPECT_NE(why_no_plain_url(bad), std::nullopt) << bad;
    const auto read = read_listing(listing_with("links", Json::object({{"home", bad}})));
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().code, ErrorCode::doc_profile);
  }
  EXPECT_NE(why_no_plain_url("https://a.example/" + std::string(3'000, 'a')), std::nullopt);
}

TEST(Contacts, AreAnAddressOrATelephoneNumber) {
  for (const auto* good : {"groups@chapter.example", "mailto:groups@chapter.example",
                           "first.last+groups@chapter.example", "https://chapter.example/ask",
                           "+1 614 555 0100 ext. 4", "(614) 555-0100"}) {
    EXPECT_EQ(why_no_contact(good), std::nullopt) << good;
  }
  for (const auto* bad :
       {"mailto:a@b.example?bcc=c@d.example", "a@b.example?bcc=c@d.example",
        "mailto:a@b.example\r\nBcc: c@d.example", "mailto:a%0abcc@b.example",
        "a@b.example,c@d.example", "a@b", "@b.example", "a b@c.example", "\"a\"@b.example",
        "mailto:", "javascript:alert(1)", "http://chapter.example", "//chapter.example",
        "a@b.example\n", "tel:+1614"}) {
    EXPECT_NE(why_no_contact(bad), std::nullopt) << bad;
    EXPECT_FALSE(read_listing(listing_with("contact", Json::object({{"public", bad}})))) << bad;
  }
}

/// Every member of the table that the struct is to have, read back from a subject that has all.
TEST(Listing, ReadsEveryMemberOfTheFullestListing) {
  auto full = largest_listing_subject(defaults());
  full.set("disclosure", "public");
  const auto read = read_listing(full);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_TRUE(read->ce_credit.offered.has_value());
  EXPECT_FALSE(read->ce_credit.hours.empty());
  EXPECT_FALSE(read->mechanisms.empty());
  EXPECT_TRUE(read->membership_trial.has_value());
  EXPECT_EQ(read->membership_non_members_fee, "999999999.99");
  ASSERT_EQ(read->criterion_kinds.size(), read->other_criteria.size());
  EXPECT_EQ(read->criterion_kinds.at(0), "training");
  EXPECT_FALSE(read->certifications.empty());
  EXPECT_EQ(read->platform_baa, "yes");
  EXPECT_EQ(read->platform_e2ee, "yes");
  EXPECT_TRUE(read->platform_waiting_room.has_value());
  EXPECT_TRUE(read->platform_public_social.has_value());
  EXPECT_EQ(read->response_time, "24h");
  EXPECT_TRUE(read->commitment.minimum_meetings.has_value());
  EXPECT_EQ(read->commitment.term, "open");
  EXPECT_FALSE(read->commitment.cohort_start.empty());
  EXPECT_TRUE(read->leaders.at(0).consent);
  EXPECT_FALSE(read->leaders.at(0).license_jurisdiction.empty());
  EXPECT_FALSE(read->leaders.at(0).consent_given_at.empty());
  EXPECT_EQ(read->agreement_resign, "yearly");
  EXPECT_EQ(read->agreement_last_signed.size(), 7U);
  EXPECT_EQ(read->agreement_hash.size(), 64U);
  EXPECT_FALSE(read->charter.empty());
  EXPECT_FALSE(read->ethics_frameworks.empty());
  ASSERT_EQ(read->evidence.size(), 8U);
  EXPECT_FALSE(read->evidence[0].at.empty());
  EXPECT_FALSE(read->same_as.empty());
}

TEST(Listing, ThatIsOnlyACardShowsNoMoreEvenIfMoreWasSigned) {
  auto full = largest_listing_subject(defaults());
  full.set("disclosure", "card_only");
  const auto read = read_listing(full);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_TRUE(read->schedule.empty());
  EXPECT_TRUE(read->place.lat.empty() && read->place.locality.empty());
  EXPECT_TRUE(read->leaders.empty());
}

TEST(Requirements, R66_ASurvivorsGroupAlwaysNamesACrisisLine) {
  auto made = subject();
  made.set("audience", "lived_experience");
  EXPECT_THAT(listing_problems(made), HasSubstr("crisis_resource: is missing"));
  fill_defaults(made, defaults());
  EXPECT_EQ(read_listing(made)->crisis_resource,
            "988 Suicide & Crisis Lifeline: call or text 988, at any hour");
  EXPECT_EQ(listing_problems(made), "");

  auto own = subject();
  own.set("audience", "lived_experience");
  own.set("crisis_resource", "Call our line, 555-0100");
  fill_defaults(own, defaults());
  EXPECT_EQ(read_listing(own)->crisis_resource, "Call our line, 555-0100");

  auto elsewhere = subject();
  elsewhere.set("audience", "lived_experience");
  elsewhere.set("area", Json::array({"ZA"}));
  elsewhere.set("regions", Json::array({"ZA"}));
  fill_defaults(elsewhere, defaults());
  EXPECT_THAT(listing_problems(elsewhere), HasSubstr("crisis_resource: is missing"));

  auto therapists = subject();
  fill_defaults(therapists, defaults());
  EXPECT_EQ(read_listing(therapists)->crisis_resource, "");
}

}  // namespace
}  // namespace protocol
