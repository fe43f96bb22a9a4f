#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libical/ical.h>

#include "node/api/listing_files.h"
#include "node/exporting/calendar_export.h"
#include "node/exporting/directory_export.h"
#include "node/exporting/linked_data.h"
#include "node/schedule/next_dates.h"
#include "tests/node/exporting/random_listing.h"
#include "tests/support/shared_inputs.h"

namespace node {
namespace {

using protocol::Json;
using testing::HasSubstr;
using testing::Not;

protocol::Timestamp formats_now() {
  return protocol::parse_timestamp("2026-11-22T12:00:00Z").value();
}

ExportSource formats_source() {
  return {.path = "/groups/QmTest/1",
          .url = {},
          .publisher_scid = "QmTest",
          .publisher_name = "Ohio Chapter",
          .signed_at = formats_now()};
}

protocol::Listing formats_listing(const char* rrule, const char* dtstart, const char* tzid) {
  protocol::Listing listing;
  listing.id = test_support::numbered_id(1);
  listing.name = "Tuesday, table; \"one\"\r\nEND:VCALENDAR\r\nBEGIN:VEVENT";
  listing.summary = std::string(200, 'x') + " Grüße 東京 " + std::string(60, 'y');
  listing.status = "active";
  listing.data_license = "CC-BY-4.0";
  protocol::ScheduleRule rule;
  rule.rrule = rrule;
  rule.dtstart = dtstart;
  rule.tzid = tzid;
  rule.duration = 75;
  rule.exdates = {"2026-12-22"};
  listing.schedule = {rule};
  return listing;
}

std::string formats_calendar(const protocol::Listing& listing) {
  CalendarWriter calendar(formats_now());
  EXPECT_TRUE(calendar.add(listing, formats_source()));
  return calendar.text();
}

struct FormatsEvent {
  std::vector<std::string> starts;  ///< UTC, from `now` on
  std::string summary;
  int events = 0, errors = 0;
};

/// What libical reads, with the zones of the file itself.
FormatsEvent formats_by_libical(const std::string& text, std::size_t most) {
  FormatsEvent read;
  const std::unique_ptr<icalcomponent, decltype(&icalcomponent_free)> calendar(
      icalparser_parse_string(text.c_str()), &icalcomponent_free);
  if (!calendar) return read;
  read.errors = icalcomponent_count_errors(calendar.get());
  for (auto* event = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
       event != nullptr;
       event = icalcomponent_get_next_component(calendar.get(), ICAL_VEVENT_COMPONENT)) {
    ++read.events;
    read.summary = icalcomponent_get_summary(event);
    const auto from = icaltime_from_string("20261122T120000Z");
    const auto to = icaltime_from_string("20271201T000000Z");
    icalcomponent_foreach_recurrence(
        event, from, to,
        [](icalcomponent*, struct icaltime_span* span, void* data) {
          static_cast<FormatsEvent*>(data)->starts.push_back(
              protocol::format_timestamp(protocol::from_unix(span->start)));
        },
        &read);
  }
  if (read.starts.size() > most) read.starts.resize(most);
  return read;
}

TEST(CalendarExport, GivesTheSameMomentsToLibical) {
  struct Case {
    const char *rrule, *dtstart, *tzid;
  };
  const Case cases[] = {
      {"FREQ=MONTHLY;BYDAY=2TU,4TU", "2026-09-08T12:00:00", "America/New_York"},
      {"FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "2026-11-06T18:30:00", "Europe/Berlin"},
      {"FREQ=WEEKLY;BYDAY=MO", "2026-01-05T08:00:00", "America/Phoenix"},
      {"FREQ=WEEKLY;BYDAY=TU;UNTIL=20270315T120000", "2026-09-01T12:00:00", "Australia/Sydney"},
      {"FREQ=WEEKLY;BYDAY=WE;COUNT=30", "2026-09-02T12:00:00", "US/Eastern"},
      {"FREQ=MONTHLY;BYDAY=-1TH", "2026-01-01T19:00:00", "America/St_Johns"},
      {"FREQ=WEEKLY;BYDAY=TU", "2026-09-01T23:30:00", "Africa/Casablanca"},
      {"FREQ=WEEKLY;BYDAY=SU", "2026-09-06T03:15:00", "Australia/Lord_Howe"},
      {"FREQ=MONTHLY;BYDAY=1MO", "2026-09-07T12:00:00", "Pacific/Chatham"},
      {"FREQ=WEEKLY;BYDAY=FR", "2026-09-04T10:00:00", "Africa/Cairo"},
      {"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "2026-12-01T12:00:00", "Asia/Kathmandu"},
      {"FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH;WKST=MO", "2026-12-17T12:00:00", "America/New_York"},
      {"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-10-30T08:00:00", "America/Santiago"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.rrule) + " " + c.tzid);
    const auto listing = formats_listing(c.rrule, c.dtstart, c.tzid);
    const auto read = formats_by_libical(formats_calendar(listing), 20);
    EXPECT_EQ(read.errors, 0);
    EXPECT_EQ(read.events, 1);
    std::vector<std::string> ours;
    for (const auto& date : next_dates(listing, formats_now(), 20).dates) {
      const auto text = protocol::format_timestamp(*date.utc);
      if (text < "2027-12-01") ours.push_back(text);
    }
    EXPECT_EQ(read.starts, ours);
  }
}

TEST(CalendarExport, LetsNoTextBecomeAProperty) {
  const auto listing =
      formats_listing("FREQ=WEEKLY;BYDAY=TU", "2026-11-03T19:00:00", "America/New_York");
  const auto text = formats_calendar(listing);
  const auto read = formats_by_libical(text, 1);
  EXPECT_EQ(read.events, 1);
  EXPECT_EQ(read.summary, "Tuesday, table; \"one\"\nEND:VCALENDAR\nBEGIN:VEVENT");
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - at, 75U);
    // No line begins within a character.
    EXPECT_NE(static_cast<unsigned char>(text[at]) & 0xc0, 0x80);
    at = end + 2;
  }
}

TEST(CalendarExport, GivesNoHourWithoutAZoneAndNoDateWithoutAPhase) {
  auto listing = formats_listing("FREQ=WEEKLY;BYDAY=TU", "2026-11-03T19:00:00", "");
  const auto text = formats_calendar(listing);
  EXPECT_THAT(text, HasSubstr("DTSTART;VALUE=DATE:20261103\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("T190000")));
  const auto adds = [](const protocol::Listing& one) {
    CalendarWriter calendar(formats_now());
    const bool added = calendar.add(one, formats_source());
    EXPECT_EQ(has_calendar(one, formats_source()), added);
    return added;
  };
  listing.disclosure = "card_only";
  EXPECT_FALSE(adds(listing));
  listing.disclosure = "public";
  listing.status = "paused";
  EXPECT_FALSE(adds(listing));
  listing.status = "active";
  listing.schedule[0].dtstart.clear();
  listing.schedule[0].start = "19:00";
  EXPECT_TRUE(adds(listing));
  listing.schedule[0].rrule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU";
  EXPECT_FALSE(adds(listing));
}

TEST(ListingFiles, AreNamedWithoutInjection) {
  EXPECT_EQ(attachment_header("Tea \"Hour\"\r\nX-Evil: 1", ".ics"),
            "attachment; filename=\"Tea-Hour-X-Evil-1.ics\"; "
            "filename*=UTF-8''Tea%20%22Hour%22%0D%0AX%2DEvil%3A%201.ics");
  EXPECT_EQ(attachment_header("東京", ".ics"),
            "attachment; filename=\"group.ics\"; filename*=UTF-8''%E6%9D%B1%E4%BA%AC.ics");
}

TEST(LinkedData, HasNothingOfACardAndNamesNobody) {
  std::mt19937_64 random(test_support::run_seed());
  int shown = 0;
  for (int i = 0; i < test_support::rounds(3'000); ++i) {
    const auto subject = test_support::random_listing(random, test_support::numbered_id(1));
    auto listing = protocol::read_listing(subject).value();
    for (auto& leader : listing.leaders) leader.display_name = "Dana Whitlock";
    const auto data = linked_data(listing, formats_source(), formats_now());
    EXPECT_EQ(data.has_value(), listing.disclosure != "card_only");
    if (!data) continue;
    ++shown;
    EXPECT_THAT(protocol::canonical(*data), Not(HasSubstr("Whitlock")));
  }
  EXPECT_GT(shown, 0);
}

TEST(LinkedData, CallsFreeOnlyWhatIsFreeToEverybody) {
  const auto says = [](const char* cost) -> std::string {
    auto subject = protocol::parse_json(
        R"({"id": "urn:uuid:00000000-0000-4000-8000-000000000001", "type": "PeerSupportGroup",
            "name": "Table", "kinds": ["study_group"], "audience": "therapists", "area": ["US-OH"],
            "links": {"home": "https://table.example/"}, "status": "active",
            "confirmed_at": "2026-11-12", "confirmed_by_role": "leader", "review_by": "2027-05-11",
            "lang": "en", "data_license": "CC-BY-4.0"})");
    subject->set("cost", *protocol::parse_json(cost));
    const auto listing = protocol::read_listing(*subject);
    EXPECT_TRUE(listing) << listing.error().detail;
    const auto data = linked_data(*listing, formats_source(), formats_now());
    const Json* free = data->find("isAccessibleForFree");
    return free ? protocol::canonical(*free) : "not said";
  };
  EXPECT_EQ(says(R"({"model": "free"})"), "true");
  EXPECT_EQ(says(R"({"model": "free", "options": [{"amount": "0.00", "currency": "USD"}]})"),
            "true");
  EXPECT_EQ(says(R"({"model": "free", "options": [{"for": "members"}]})"), "not said");
  EXPECT_EQ(says(R"({"model": "free", "options": [{"for": "members"},
                     {"amount": "20", "currency": "USD", "for": "non_members"}]})"),
            "false");
  EXPECT_EQ(says(R"({"model": "subscription", "options": [{"amount": "5", "currency": "USD"}]})"),
            "false");
  EXPECT_EQ(says(R"({"model": "sliding_scale"})"), "not said");
  EXPECT_EQ(says(R"({"model": "included_in_membership"})"), "not said");
}

TEST(DirectoryExport, HoldsEveryMemberSomewhere) {
  std::mt19937_64 random(test_support::run_seed());
  for (int i = 0; i < test_support::rounds(2'000); ++i) {
    const auto subject = test_support::random_listing(random, test_support::numbered_id(1));
    const auto listing = protocol::read_listing(subject).value();
    const auto service = directory_service(subject, listing, formats_source(), formats_now());
    std::set<std::string> told = {"id",          "name",    "type",   "alternate_names",
                                  "description", "summary", "status", "confirmed_at",
                                  "languages",   "regions", "leaders"};
    if (const Json* attributes = service.find("attributes")) {
      for (const auto& one : *attributes->if_array()) {
        const auto& name = *one.find("taxonomy_term")->find("code")->if_string();
        told.insert(name);
        if (name == "leaders") continue;
        EXPECT_EQ(*one.find("value")->if_string(), protocol::canonical(*subject.find(name)));
      }
    }
    for (const auto& [name, value] : *subject.if_object()) EXPECT_TRUE(told.contains(name)) << name;
    if (!listing.summary.empty()) {
      EXPECT_THAT(*service.find("description")->if_string(), HasSubstr(listing.summary));
    }
  }
}

/// Files for other people's programs to judge, where tests/interop/exports asks for them.
TEST(ExportFormats, WriteSamplesForOtherPrograms) {
  const char* folder = std::getenv("KITH_EXPORT_SAMPLES");
  std::mt19937_64 random(20261122);
  CalendarWriter calendar(formats_now());
  Json::Array services, events;
  Json moments = Json::object({});
  const auto add = [&](const Json& subject, const protocol::Listing& listing) {
    if (const auto data = linked_data(listing, formats_source(), formats_now()))
      events.push_back(*data);
    if (listing.disclosure != "card_only")
      services.push_back(directory_service(subject, listing, formats_source(), formats_now()));
  };
  for (std::size_t i = 0; i < 60; ++i) {
    const auto subject = test_support::random_listing(random, test_support::numbered_id(i + 1));
    const auto listing = protocol::read_listing(subject).value();
    calendar.add(listing, formats_source());
    add(subject, listing);
    // Of listings with one rule at a known hour: the moments that a program must find.
    if (listing.schedule.size() != 1 || !Zone::find(listing.schedule[0].tzid)) continue;
    CalendarWriter alone(formats_now());
    const bool added = alone.add(listing, formats_source());
    EXPECT_EQ(has_calendar(listing, formats_source()), added);
    if (!added) continue;
    Json::Array dates;
    for (const auto& date : next_dates(listing, formats_now(), 10).dates)
      dates.push_back(protocol::format_timestamp(*date.utc));
    if (listing.status != "forming")
      moments.set(listing.id.substr(9) + "-1.QmTest", Json(std::move(dates)));
  }
  EXPECT_FALSE(calendar.empty());
  EXPECT_GT(services.size(), 30U);
  EXPECT_GT(moments.if_object()->size(), 3U);
  if (folder == nullptr) return;
  const auto write = [&](const char* name, const std::string& text) {
    std::ofstream(std::filesystem::path(folder) / name, std::ios::binary) << text;
  };
  write("groups.ics", calendar.text());
  write("moments.json", protocol::canonical(moments));
  write("services.json", protocol::canonical(directory_page(std::move(services))));
  write("events.json", protocol::canonical(Json(std::move(events))));
}

}  // namespace
}  // namespace node
