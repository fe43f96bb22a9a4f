#include "tests/node/search/search_samples.h"

#include <stdexcept>

namespace search_samples {

namespace {

using protocol::Json;

template <class T, std::size_t N>
const T& sample_one(std::mt19937_64& random, const T (&values)[N]) {
  return values[random() % N];
}
bool sample_chance(std::mt19937_64& random, unsigned percent) { return random() % 100 < percent; }

constexpr const char* kSampleWords[] = {
    "trauma",  "grief",  "group", "consultation", "peer",   "ohio",   "emdr", "couples",
    "traumas", "ethics", "the",   "evening",      "circle", "groups", "tr",   "a"};

std::string sample_text(std::mt19937_64& random, std::size_t most) {
  std::string text;
  for (std::size_t i = 1 + random() % most; i > 0; --i) {
    text += sample_one(random, kSampleWords);
    text += sample_one(random, {" ", ", ", "-", " "});
  }
  return text;
}

template <std::size_t N>
Json sample_list(std::mt19937_64& random, const char* const (&values)[N], std::size_t most) {
  Json::Array list;
  for (std::size_t i = 1 + random() % most; i > 0; --i) {
    Json value(sample_one(random, values));
    if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
  }
  return list;
}

Json sample_cost(std::mt19937_64& random) {
  Json cost = Json(Json::Object());
  if (sample_chance(random, 90))
    cost.set("model",
             sample_one(random, {"free", "donation", "fee_per_meeting", "subscription", "barter"}));
  Json::Array options;
  for (std::size_t i = random() % 3; i > 0; --i) {
    Json option = Json(Json::Object());
    if (sample_chance(random, 80))
      option.set("amount", sample_one(random, {"10", "25.00", "40", "90.00", "480"}));
    if (sample_chance(random, 20)) option.set("amount_max", sample_one(random, {"60", "12.00"}));
    option.set("currency", sample_chance(random, 95) ? "USD" : "CAD");
    if (sample_chance(random, 90))
      option.set("per", sample_one(random, {"meeting", "month", "year", "term", "once"}));
    if (sample_chance(random, 40))
      option.set("for", sample_one(random, {"all", "members", "trainee"}));
    options.push_back(option);
  }
  if (!options.empty()) cost.set("options", options);
  return cost;
}

}  // namespace

Json subject(std::string_view members) {
  auto made = protocol::parse_json(members);
  if (!made) throw std::runtime_error(made.error().detail);
  if (!made->find("name")) made->set("name", "A group");
  if (!made->find("contact"))
    made->set("contact", Json::object({{"public", "groups@chapter.example"}}));
  protocol::fill_defaults(*made, {.id = "urn:uuid:00000000-0000-4000-8000-000000000000",
                                  .today = *protocol::parse_date("2026-06-01"),
                                  .area = {"US"}});
  return *made;
}

node::SearchDocument document(const std::string& key, const Json& subject,
                              const std::string& publisher_name) {
  Json complete = subject;
  const bool kinds = subject.find("kinds") != nullptr;
  if (!kinds) complete.set("kinds", Json::array({"study_group"}));
  auto listing = protocol::read_listing(complete);
  if (!listing) throw std::runtime_error(listing.error().detail);
  if (!kinds) listing->kinds.clear();
  const auto slash = key.find('/');
  node::SearchDocument made;
  made.key = {key.substr(0, slash), key.substr(slash + 1)};
  made.listing = *listing;
  made.publisher_name = publisher_name;
  return made;
}

Json random_subject(std::mt19937_64& random) {
  Json made = Json(Json::Object());
  made.set("name", sample_text(random, 4));
  if (sample_chance(random, 30))
    made.set("alternate_names", Json::array({sample_text(random, 2), sample_text(random, 2)}));
  if (sample_chance(random, 60)) made.set("summary", sample_text(random, 8));
  if (sample_chance(random, 60)) made.set("description", sample_text(random, 30));
  if (sample_chance(random, 20))
    made.set("dimensions", Json::object({{"best_for", sample_text(random, 3)}}));
  if (sample_chance(random, 20))
    made.set("sponsor", Json::object({{"name", sample_text(random, 3)}}));
  if (sample_chance(random, 90))
    made.set(
        "kinds",
        sample_list(random,
                    {"formal_consultation", "informal_circle", "online_community", "knitting"}, 2));
  made.set("audience", sample_one(random, {"therapists", "therapists", "trainees", "mixed",
                                           "lived_experience", "public"}));
  if (sample_chance(random, 30))
    made.set("focus_topics", sample_list(random, {"trauma", "grief", "emdr", "moon work"}, 3));
  if (sample_chance(random, 30))
    made.set("purposes", sample_list(random, {"case_consultation", "ethics_questions"}, 2));
  if (sample_chance(random, 30))
    made.set("practice_settings", sample_list(random, {"school", "hospital"}, 2));
  if (sample_chance(random, 20)) {
    made.set("identity_affirming",
             Json::array({Json::object(
                 {{"group", sample_one(random, {"women", "faith"})}, {"mode", "welcoming"}})}));
  }
  if (sample_chance(random, 60))
    made.set("license_rule",
             sample_one(random, {"any_licensed", "listed", "listed", "licensed_or_trainee",
                                 "none_required", "by_moonlight"}));
  if (sample_chance(random, 50)) {
    Json::Array licenses;
    for (std::size_t i = 1 + random() % 2; i > 0; --i) {
      Json license =
          Json::object({{"family", sample_one(random, {"psychologist", "marriage_family_therapist",
                                                       "clinical_social_worker"})}});
      if (sample_chance(random, 60))
        license.set("level", sample_one(random, {"independent", "associate", "trainee"}));
      licenses.push_back(license);
    }
    made.set("licenses", licenses);
  }
  if (sample_chance(random, 80)) {
    made.set("formats", sample_list(random,
                                    {"in_person", "in_person", "video", "phone", "hybrid",
                                     "async_text", "online_unspecified", "carrier_pigeon"},
                                    sample_chance(random, 60) ? 1 : 3));
  }
  if (sample_chance(random, 70))
    made.set("regions", sample_list(random, {"US", "US-OH", "US-OR", "CA", "CA-ON", "US-O"}, 2));
  if (sample_chance(random, 50)) {
    Json place = Json::object({{"locality", sample_one(random, {"Toledo", "Salem"})}});
    if (sample_chance(random, 80)) place.set("region", sample_one(random, {"US-OH", "US-OR"}));
    if (sample_chance(random, 40)) {
      place.set("point", Json::object({{"lat", sample_one(random, {"41.65", "39.96", "44.94"})},
                                       {"lon", sample_one(random, {"-83.54", "-83.00", "179.99"})},
                                       {"precision", "city"}}));
    }
    made.set("place", place);
  }
  if (sample_chance(random, 70)) made.set("cost", sample_cost(random));
  if (sample_chance(random, 60)) {
    Json::Array rules;
    for (std::size_t i = 1 + random() % 2; i > 0; --i) {
      rules.push_back(Json::object(
          {{"dtstart", "2026-06-02T19:00:00"},
           {"rrule",
            sample_one(random,
                       {"FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
                        "FREQ=MONTHLY;BYDAY=2TU", "FREQ=MONTHLY;BYDAY=2TU,4TU;INTERVAL=3",
                        "FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1",
                        "FREQ=WEEKLY", "FREQ=MONTHLY;BYDAY=FR", "FREQ=YEARLY"})}}));
    }
    made.set("schedule", rules);
  }
  if (sample_chance(random, 40)) {
    made.set("status", sample_one(random, {"forming", "full", "paused", "closed", "withdrawn"}));
  }
  if (sample_chance(random, 40)) {
    made.set("membership", Json::object({{"required", sample_one(random, {"none", "member"})}}));
  }
  if (sample_chance(random, 20)) made.set("license_jurisdictions", Json::array({"US-OH"}));
  if (sample_chance(random, 30)) {
    made.set("license_region_rule",
             sample_one(random, {"listed", "same_as_region", "any_us", "any_country"}));
  }
  const auto day = protocol::parse_date("2026-01-01").value() +
                   std::chrono::days(static_cast<int>(random() % 8) * 30);
  made.set("confirmed_at", protocol::format_date(day));
  made.set("review_by", protocol::format_date(day + std::chrono::days(180)));
  return subject(protocol::canonical(made));
}

node::Query query(const node::Parameters& parameters) {
  auto made = node::parse_query(parameters);
  if (!made) throw std::runtime_error(made.error().detail);
  return *made;
}

std::vector<std::string> page_texts(const node::SearchResult& result) {
  std::vector<std::string> texts;
  for (const auto& key : result.page) texts.push_back(key.text());
  return texts;
}

}  // namespace search_samples
