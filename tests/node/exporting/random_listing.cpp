#include "tests/node/exporting/random_listing.h"

#include <array>

#include "protocol/document/listing.h"
#include "protocol/document/listing_fields.h"

namespace test_support {

namespace {

using protocol::Field;
using protocol::FieldType;
using protocol::Json;

constexpr std::array<const char*, 30> kRandomTexts = {
    "=1+1",
    "+1 614 555 0100",
    "-5 to 5",
    "@everyone",
    "'=quoted already",
    "Tea; coffee, \"cake\"",
    "two\nlines",
    "BEGIN:VEVENT",
    "a\r\nEND:VCALENDAR\r\nX-EVIL:1",
    "</script><script>alert(1)</script>",
    "]]>&amp;<b>",
    "Grüße aus São Paulo, 東京 🌱",
    "back\\slash; comma, semicolon",
    "Ask",
    "n/a",
    "Total",
    "free",
    "{{7*7}}",
    "Every other Friday, usually",
    "  spaced  out ",
    "Ohio; Oregon",
    "Case consultation for people who work alone",
    "קבוצת תמיכה לעמיתים (12:00)",
    "مجموعة دعم, الثلاثاء; \"مساء\"",
    "=HYPERLINK(\"https://evil.example\",\"Join\")",
    "\t=1+1",
    "-2+3",
    "@SUM(1;2)",
    "👩‍⚕️👨🏽‍⚕️ 🏳️‍🌈",
    "one\r\n=2+2\r\n+3",
};
constexpr std::array<const char*, 9> kRandomRules = {"FREQ=WEEKLY;BYDAY=TU",
                                                     "FREQ=MONTHLY;BYDAY=2TU,4TU",
                                                     "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
                                                     "FREQ=MONTHLY;BYDAY=-1TH",
                                                     "FREQ=DAILY",
                                                     "FREQ=MONTHLY;BYMONTHDAY=15",
                                                     "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1",
                                                     "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=8",
                                                     "FREQ=WEEKLY;BYDAY=TU;UNTIL=20271231T235959Z"};

std::size_t random_below(std::mt19937_64& random, std::size_t below) { return random() % below; }

Json random_object(std::mt19937_64& random, std::span<const Field> fields, bool all);

Json random_value(std::mt19937_64& random, const Field& field) {
  const auto pick = [&](std::size_t below) { return random_below(random, below); };
  switch (field.type) {
    case FieldType::text:
      return std::string(kRandomTexts[pick(kRandomTexts.size())]);
    case FieldType::word: {
      if (pick(12) == 0) return "some_other_value";
      const auto known = protocol::terms(*field.words);
      return std::string(known[pick(known.size())].value);
    }
    case FieldType::uuid:
    case FieldType::subject_type:
    case FieldType::own_words:
      return {};
    case FieldType::date:
    case FieldType::local_day:
      return "2026-12-" + std::to_string(10 + pick(20));
    case FieldType::month:
      return "2026-0" + std::to_string(1 + pick(9));
    case FieldType::local_time:
      return "2026-09-" + std::to_string(10 + pick(20)) + "T1" + std::to_string(pick(10)) +
             ":30:00";
    case FieldType::clock_time:
      return "1" + std::to_string(pick(10)) + ":15";
    case FieldType::zone: {
      constexpr std::array kZones = {"America/New_York", "America/Phoenix", "Europe/Berlin"};
      return kZones[pick(kZones.size())];
    }
    case FieldType::rule:
      return kRandomRules[pick(kRandomRules.size())];
    case FieldType::url:
      return "https://group" + std::to_string(pick(50)) + ".example/page?a=1&b=2";
    case FieldType::contact: {
      constexpr std::array kContacts = {"office@chapter.example", "https://chapter.example/write",
                                        "+1 614 555 0100"};
      return kContacts[pick(kContacts.size())];
    }
    case FieldType::region: {
      constexpr std::array kRegions = {"US-OH", "US-OR", "US", "CA-ON", "DE", "GB"};
      return kRegions[pick(kRegions.size())];
    }
    case FieldType::language: {
      constexpr std::array kLanguages = {"en", "es", "ase", "pt-BR"};
      return kLanguages[pick(kLanguages.size())];
    }
    case FieldType::amount:
      return std::to_string(pick(200)) + (pick(2) == 0 ? ".00" : "");
    case FieldType::latitude:
      return "39.9";
    case FieldType::longitude:
      return "-82.9";
    case FieldType::currency:
      return pick(4) == 0 ? "EUR" : "USD";
    case FieldType::postal_prefix:
      return "432";
    case FieldType::hash:
      return std::string(64, 'a');
    case FieldType::integer:
      return static_cast<std::int64_t>(1 + pick(std::min<std::size_t>(field.limit, 90)));
    case FieldType::flag:
      return pick(2) == 0;
    case FieldType::object:
      return random_object(random, field.members, false);
  }
  return {};
}

Json random_object(std::mt19937_64& random, std::span<const Field> fields, bool all) {
  Json object(Json::Object{});
  for (const auto& field : fields) {
    if (field.type == FieldType::own_words || field.type == FieldType::uuid ||
        field.type == FieldType::subject_type)
      continue;
    if (!all && field.presence != protocol::Presence::always && random_below(random, 3) == 0)
      continue;
    if (field.most == 0) {
      object.set(field.name, random_value(random, field));
      continue;
    }
    Json::Array items;
    for (std::size_t i = 1 + random_below(random, std::min<std::size_t>(3, field.most)); i > 0; --i)
      items.push_back(random_value(random, field));
    object.set(field.name, Json(std::move(items)));
  }
  return object;
}

}  // namespace

std::string numbered_id(std::size_t n) {
  auto number = std::to_string(n);
  number.insert(0, 12 - number.size(), '0');
  return "urn:uuid:00000000-0000-4000-8000-" + number;
}

Json random_listing(std::mt19937_64& random, const std::string& id) {
  for (;;) {
    Json subject = random_object(random, protocol::listing_fields(), false);
    subject.set("id", id);
    subject.set("type", "PeerSupportGroup");
    subject.set("confirmed_at", "2026-11-01");
    subject.set("review_by", "2027-04-30");
    subject.set("disclosure", "public");
    if (random_below(random, 3) != 0) {
      Json words = Json::object({});
      for (const auto* name : {"cost", "schedule", "audience", "regions", "kinds", "another"})
        if (random_below(random, 2) == 0)
          words.set(name, kRandomTexts[random_below(random, kRandomTexts.size())]);
      if (!words.if_object()->empty()) subject.set("as_stated", std::move(words));
    }
    if (random_below(random, 4) == 0) subject.set("new_member_of_2031", Json::object({{"a", 1}}));
    if (random_below(random, 6) == 0) {
      subject.set("disclosure", "card_only");
      for (const auto* name : {"schedule", "place", "leaders"}) subject.erase(name);
      subject.set("contact", Json::object({{"public", "office@chapter.example"}}));
    }
    // What the form asks of a publisher is asked of these as well.
    for (const auto& problem : protocol::problems_for_publishing(subject)) {
      const auto member = problem.field.substr(0, problem.field.find_first_of(".["));
      if (member != "name" && member != "kinds") subject.erase(member);
    }
    if (protocol::problems_for_publishing(subject).empty()) return subject;
  }
}

}  // namespace test_support
