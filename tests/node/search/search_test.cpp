#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/search/index.h"
#include "tests/node/search/search_samples.h"

namespace {

using node::Parameters;
using node::SearchIndex;
using search_samples::document;
using search_samples::kCursorKey;
using search_samples::page_texts;
using search_samples::query;
using search_samples::subject;
using testing::ElementsAre;
using testing::IsEmpty;

const protocol::Timestamp kSearchNow = *protocol::parse_timestamp("2026-07-01T00:00:00Z");
constexpr std::chrono::milliseconds kSearchTime{60'000};

node::SearchResult search_in(const SearchIndex& index, const Parameters& parameters) {
  auto found = index.search(query(parameters), kSearchNow, kSearchTime);
  if (!found) throw std::runtime_error(found.error().detail);
  return *found;
}

/// How one listing stands to one search: "yes", "no" or "unstated".
std::string stands(const char* members, const Parameters& parameters) {
  SearchIndex index{std::string(kCursorKey)};
  index.apply({document("s/u", subject(members))}, {});
  const auto found = search_in(index, parameters);
  std::size_t unstated = 0;
  for (const auto& one : found.unstated) unstated += one.count;
  if (found.total == 1) return unstated == 0 ? "yes" : "both";
  return unstated == 1 ? "unstated" : "no";
}

struct StandsCase {
  const char* members;
  Parameters parameters;
  const char* want;
};

TEST(SearchFilters, MeanWhatTheSpecificationSays) {
  const StandsCase cases[] = {
      // License.
      {R"({"license_rule": "any_licensed"})", {{"license", "LMFT"}}, "yes"},
      {R"({"license_rule": "licensed_or_trainee"})", {{"license", "student_trainee"}}, "yes"},
      {R"({"license_rule": "none_required"})", {{"license", "LMFT"}}, "yes"},
      {R"({"license_rule": "listed"})", {{"license", "LMFT"}}, "unstated"},
      {R"({})", {{"license", "LMFT"}}, "unstated"},
      {R"({"licenses": [{"family": "marriage_family_therapist"}]})", {{"license", "LMFT"}}, "yes"},
      {R"({"licenses": [{"family": "marriage_family_therapist", "level": "associate"}]})",
       {{"license", "LMFT"}},
       "yes"},
      {R"({"licenses": [{"family": "marriage_family_therapist", "level": "independent"}]})",
       {{"license", "marriage_family_therapist:associate"}},
       "no"},
      {R"({"licenses": [{"family": "marriage_family_therapist", "level": "independent"}]})",
       {{"license", "marriage_family_therapist"}},
       "yes"},
      {R"({"license_rule": "listed", "licenses": [{"family": "psychologist"}]})",
       {{"license", "LMFT"}},
       "no"},
      {R"({"licenses": [{"family": "psychologist"}]})",
       {{"license", "LMFT"}, {"license", "psychologist"}},
       "yes"},
      {R"({"license_rule": "any_licensed", "licenses": [{"family": "psychologist"}]})",
       {{"license", "LMFT"}},
       "yes"},
      // Region.
      {R"({"regions": ["US-OH"]})", {{"region", "US-OH"}}, "yes"},
      {R"({"regions": ["US-OH"]})", {{"region", "US"}}, "yes"},
      {R"({"regions": ["US-OH"]})", {{"region", "US-OR"}}, "no"},
      {R"({"regions": ["US"], "formats": ["video"]})", {{"region", "US-OH"}}, "yes"},
      {R"({"regions": ["US"]})", {{"region", "US-OH"}}, "yes"},
      {R"({"regions": ["US"], "formats": ["in_person"]})", {{"region", "US-OH"}}, "no"},
      {R"({"regions": ["US"], "formats": ["in_person"]})", {{"region", "US"}}, "yes"},
      {R"({"regions": ["US"], "formats": ["in_person", "video"]})", {{"region", "US-OH"}}, "yes"},
      {R"({"regions": ["US"], "formats": ["hybrid"]})", {{"region", "US-OH"}}, "yes"},
      {R"({})", {{"region", "US-OH"}}, "unstated"},
      {R"({"place": {"region": "US-OH"}, "formats": ["in_person"]})", {{"region", "US-OH"}}, "yes"},
      {R"({"place": {"region": "US-OH"}, "formats": ["in_person"]})", {{"region", "US"}}, "yes"},
      {R"({"place": {"region": "US-OH"}, "formats": ["in_person"]})", {{"region", "US-OR"}}, "no"},
      {R"({"place": {"region": "US-OH"}, "formats": ["hybrid"]})",
       {{"region", "US-OH"}},
       "unstated"},
      {R"({"place": {"region": "US-OH"}})", {{"region", "US-OH"}}, "unstated"},
      // Cost.
      {R"({"cost": {"model": "free"}})", {{"cost", "free"}}, "yes"},
      {R"({"cost": {"model": "free"}})", {{"cost", "max-per-month:0"}}, "yes"},
      {R"({"cost": {"model": "donation"}})", {{"cost", "free"}}, "no"},
      {R"({"cost": {"model": "donation"}})", {{"cost", "max-per-month:40"}}, "unstated"},
      {R"({})", {{"cost", "free"}}, "unstated"},
      {R"({})", {{"cost", "max-per-month:40"}}, "unstated"},
      {R"({"cost": {"model": "subscription", "options": [{"amount": "40", "per": "month"}]}})",
       {{"cost", "max-per-month:40"}},
       "yes"},
      {R"({"cost": {"model": "subscription", "options": [{"amount": "40.01", "per": "month"}]}})",
       {{"cost", "max-per-month:40"}},
       "no"},
      {R"({"cost": {"model": "subscription", "options": [{"amount": "50", "per": "month"}]}})",
       {{"cost", "max-per-month:40"}, {"cost", "subscription"}},
       "yes"},
      {R"({"cost": {"model": "sliding_scale"}})",
       {{"cost", "max-per-month:40"}, {"cost", "free"}},
       "unstated"},
      // Format.
      {R"({"formats": ["video"]})", {{"format", "video"}}, "yes"},
      {R"({"formats": ["video"]})", {{"format", "in_person"}}, "no"},
      {R"({"formats": ["hybrid"]})", {{"format", "video"}}, "yes"},
      {R"({"formats": ["hybrid"]})", {{"format", "in_person"}}, "yes"},
      {R"({"formats": ["hybrid"]})", {{"format", "phone"}}, "no"},
      {R"({"formats": ["in_person", "video"]})", {{"format", "hybrid"}}, "no"},
      {R"({})", {{"format", "in_person"}}, "unstated"},
      {R"({"formats": ["online_unspecified"]})", {{"format", "video"}}, "unstated"},
      {R"({"formats": ["online_unspecified"]})", {{"format", "message_group"}}, "unstated"},
      {R"({"formats": ["online_unspecified"]})", {{"format", "in_person"}}, "no"},
      {R"({"formats": ["online_unspecified", "in_person"]})", {{"format", "video"}}, "no"},
      {R"({"formats": ["smoke_signals"]})", {{"format", "smoke_signals"}}, "yes"},
      // Kind.
      {R"({"kinds": ["study_group", "mentorship_program"]})",
       {{"kind", "mentorship_program"}},
       "yes"},
      {R"({"kinds": ["study_group"]})", {{"kind", "mentorship_program"}}, "no"},
      {R"({})", {{"kind", "mentorship_program"}}, "unstated"},
      // Audience.
      {R"({"audience": "lived_experience"})", {}, "no"},
      {R"({"audience": "public"})", {}, "no"},
      {R"({"audience": "mixed"})", {}, "yes"},
      {R"({"audience": "lived_experience"})", {{"audience", "lived_experience"}}, "yes"},
      {R"({"audience": "therapists"})", {{"audience", "lived_experience"}}, "no"},
      {R"({"audience": "therapists", "kinds": ["lived_experience"]})", {}, "yes"},
      // Publisher.
      {R"({})", {{"publisher", "s"}}, "yes"},
      {R"({})", {{"publisher", "other"}}, "no"},
      // Two filters: what one turns away the other does not count.
      {R"({"cost": {"model": "donation"}})", {{"cost", "free"}, {"format", "video"}}, "no"},
      {R"({"cost": {"model": "free"}})", {{"cost", "free"}, {"format", "video"}}, "unstated"},
      // Included.
      {R"({})", {{"cost", "free"}, {"unstated", "cost"}}, "yes"},
      {R"({"cost": {"model": "donation"}})", {{"cost", "free"}, {"unstated", "cost"}}, "no"},
      {R"({})",
       {{"cost", "free"}, {"format", "video"}, {"unstated", "cost"}, {"unstated", "format"}},
       "yes"},
  };
  for (const auto& c : cases) {
    std::string name = c.members;
    for (const auto& [key, value] : c.parameters) name += " " + key + "=" + value;
    SCOPED_TRACE(name);
    EXPECT_EQ(stands(c.members, c.parameters), c.want);
  }
}

TEST(SearchWords, FindInEveryTextAndTakeNoCharacterForAnOperator) {
  const char* members =
      R"({"name": "Café Circle of C++ writers", "alternate_names": ["Kaffeeklatsch", "Straße 心理咨询"],
    "summary": "A-b; don't", "description": "NOT NEAR AND OR 100% title:x", "dimensions": {"best_for": "newcomers"},
    "focus_topics": ["secondary_trauma"], "kinds": ["buddy_pair"], "sponsor": {"name": "Foundation"},
    "place": {"locality": "Toledo", "region": "US-OH"}, "practice_settings": ["military_va"]})";
  SearchIndex index{std::string(kCursorKey)};
  index.apply({document("s/u", subject(members), "Chapter of Oregon")}, {});
  const std::pair<const char*, bool> cases[] = {
      {"cafe", true},
      {"CAFÉ", true},
      {"circ", true},
      {"c", true},
      {"ci", true},
      {"irc", false},
      {"C++", true},
      {"\"", true},
      {"a'b", true},
      {"*", true},
      {"^", true},
      {"(", true},
      {"NOT", true},
      {"AND circle", true},
      {"NEAR(", true},
      {"title:x", true},
      {"-title:x", true},
      {"{a b}:x", true},
      {"a-b", true},
      {"nothere", false},
      {"circle nothere", false},
      {"-circle", true},
      {"circle OR nothere", false},
      {"kaffeeklatsch", true},
      {"strasse", true},
      {"STRASSE", true},
      {"心理", true},
      {"理咨", true},
      {"理心", false},
      {"newcomers", true},
      {"secondary", true},
      {"buddy pairs", true},
      {"foundation", true},
      {"toledo ohio", true},
      {"veterans", true},
      {"oregon", true},
      {"\"circle of c\"", true},
      {"\"of circle\"", false},
      {"\"cafe circl\"", false},
      // No phrase from one alternate name into the next, nor from the name into the summary.
      {"\"kaffeeklatsch strasse\"", false},
      {"\"writers a b\"", false},
  };
  for (const auto& [words, want] : cases) {
    SCOPED_TRACE(words);
    EXPECT_EQ(search_in(index, {{"q", words}}).total, want ? 1U : 0U);
  }
}

TEST(SearchWords, UseTheFirstEightTermsAndSayWhichWereLeftOut) {
  SearchIndex index{std::string(kCursorKey)};
  index.apply({document("s/u", subject(R"({"name": "a b c d e f g h"})"))}, {});
  const auto found = search_in(index, {{"q", "a b c d e f g h nine \"ten eleven\""}});
  EXPECT_EQ(found.total, 1U);
  EXPECT_THAT(found.ignored_terms, ElementsAre("nine", "ten eleven"));
  EXPECT_THAT(search_in(index, {{"q", "?!"}}).ignored_terms, ElementsAre("?!"));
}

TEST(SearchOrder, PutsNamesBeforeDescriptionsAndTheLatelyConfirmedFirst) {
  SearchIndex index{std::string(kCursorKey)};
  index.apply(
      {document("s/described",
                subject(R"({"name": "Circle", "description": "grief grief grief grief"})")),
       document("s/named", subject(R"({"name": "Grief"})")),
       document("s/named-later", subject(R"({"name": "Grief", "confirmed_at": "2026-06-09"})")),
       document("s/named-stale", subject(R"({"name": "Grief", "confirmed_at": "2025-06-09"})")),
       document("s/longer", subject(R"({"name": "Griefs"})"))},
      {});
  EXPECT_THAT(page_texts(search_in(index, {{"q", "grief"}})),
              ElementsAre("s/named-later", "s/named", "s/longer", "s/named-stale", "s/described"));
  EXPECT_THAT(page_texts(search_in(index, {})),
              ElementsAre("s/named-later", "s/described", "s/longer", "s/named", "s/named-stale"));
}

TEST(SearchOrder, FollowsTheSortThatIsAskedFor) {
  SearchIndex index{std::string(kCursorKey)};
  index.apply(
      {document(
           "s/1",
           subject(
               R"({"name": "Éclair", "confirmed_at": "2026-05-01", "cost": {"options": [{"amount": "9", "per": "month"}]}})")),
       document(
           "s/2",
           subject(
               R"({"name": "zebra", "confirmed_at": "2026-05-03", "cost": {"model": "free"}})")),
       document("s/3", subject(R"({"name": "Apple", "confirmed_at": "2026-05-02"})")),
       document("r/4", subject(R"({"name": "apple", "confirmed_at": "2026-05-02"})"))},
      {});
  EXPECT_THAT(page_texts(search_in(index, {{"sort", "confirmed"}})),
              ElementsAre("s/2", "r/4", "s/3", "s/1"));
  EXPECT_THAT(page_texts(search_in(index, {{"sort", "name"}})),
              ElementsAre("r/4", "s/3", "s/1", "s/2"));
  EXPECT_THAT(page_texts(search_in(index, {{"sort", "cost"}})),
              ElementsAre("s/2", "s/1", "r/4", "s/3"));
}

TEST(SearchIndex, ReplacesRemovesAndForgetsOnTime) {
  SearchIndex index{std::string(kCursorKey)};
  EXPECT_EQ(search_in(index, {{"q", "x"}, {"region", "US"}}).total, 0U);
  index.apply({}, {});
  EXPECT_EQ(index.size(), 0U);
  auto ending = document("s/ending", subject(R"({"name": "ending"})"));
  ending.visible_until = kSearchNow;
  auto staying = document("s/staying", subject(R"({"name": "staying"})"));
  staying.visible_until = kSearchNow + std::chrono::seconds(1);
  const node::RecordKey absent{"s", "absent"};
  index.apply({ending, staying}, std::span(&absent, 1));
  EXPECT_THAT(page_texts(search_in(index, {})), ElementsAre("s/staying"));
  EXPECT_EQ(search_in(index, {}).facets.back().values.front().count, 1U);
  // A put of the same key replaces; of two in one commit the later stands, also over a removal.
  const node::RecordKey staying_key = staying.key;
  index.apply({document("s/staying", subject(R"({"name": "older"})")),
               document("s/staying", subject(R"({"name": "newer"})"))},
              std::span(&staying_key, 1));
  EXPECT_EQ(index.size(), 2U);
  EXPECT_EQ(search_in(index, {{"q", "staying"}}).total, 0U);
  EXPECT_EQ(search_in(index, {{"q", "older"}}).total, 0U);
  EXPECT_EQ(search_in(index, {{"q", "newer"}}).total, 1U);
  index.apply({}, std::span(&staying_key, 1));
  EXPECT_EQ(search_in(index, {}).total, 0U);
  // One uuid of two publishers is two listings.
  index.apply({document("a/u", subject(R"({"name": "one"})")),
               document("b/u", subject(R"({"name": "two"})"))},
              {});
  const node::RecordKey first{"a", "u"};
  index.apply({}, std::span(&first, 1));
  EXPECT_THAT(page_texts(search_in(index, {})), ElementsAre("b/u"));
}

TEST(SearchIndex, TakesTheLargestListingThereIs) {
  SearchIndex index{std::string(kCursorKey)};
  const auto largest =
      protocol::largest_listing_subject({.id = "urn:uuid:00000000-0000-4000-8000-000000000000",
                                         .today = *protocol::parse_date("2026-06-01"),
                                         .area = {"US"}});
  index.apply({document("s/u", largest)}, {});
  EXPECT_EQ(search_in(index, {{"publisher", "s"}}).total +
                search_in(index, {{"audience", "public"}}).total,
            1U);
  // And what no publisher's tool would let through.
  auto monster = document("s/m", subject(R"({"name": "monster"})"));
  for (int i = 0; i < 20'000; ++i)
    monster.listing.description += "word" + std::to_string(i % 7000) + " ";
  monster.listing.name = std::string(100'000, 'x');
  index.apply({monster}, {});
  EXPECT_EQ(search_in(index, {{"q", "word1"}, {"sort", "name"}}).total, 1U);
}

TEST(SearchIndex, IsNotFilledByValuesThatAPublisherInvents) {
  SearchIndex index{std::string(kCursorKey)};
  std::vector<node::SearchDocument> put;
  for (int i = 0; i < 500; ++i) {
    auto one = document("s/" + std::to_string(i), subject(R"({"name": "x"})"));
    for (int kind = 0; kind < 24; ++kind) {
      one.listing.kinds.push_back("invented" + std::to_string(i * 24 + kind));
      one.listing.regions.push_back("invented" + std::to_string(i * 24 + kind));
      one.listing.licenses.push_back({"psychologist", "invented" + std::to_string(i * 24 + kind)});
    }
    put.push_back(std::move(one));
  }
  auto last =
      document("s/last", subject(R"({"name": "x", "kinds": ["study_group"], "regions": ["US-OH"],
      "licenses": [{"family": "psychiatrist"}]})"));
  put.push_back(last);
  index.apply(std::move(put), {});
  const auto found =
      search_in(index, {{"kind", "study_group"}, {"region", "US-OH"}, {"license", "psychiatrist"}});
  EXPECT_THAT(page_texts(found), ElementsAre("s/last"));
  const auto all = search_in(index, {});
  EXPECT_EQ(all.total, 501U);
  for (const auto& facet : all.facets) EXPECT_LE(facet.values.size(), 256U) << facet.field;
}

TEST(SearchDeadline, IsKeptByAPhraseThatFitsManyTimes) {
  SearchIndex index{std::string(kCursorKey)};
  std::vector<node::SearchDocument> put;
  auto one = document("s/0", subject(R"({"name": "x"})"));
  for (int i = 0; i < 1400; ++i) one.listing.description += "a ";
  one.listing.description += "c b";
  for (int i = 0; i < 300; ++i) {
    one.key.uuid = std::to_string(i);
    put.push_back(one);
  }
  index.apply(std::move(put), {});
  std::string words = "\"";
  for (int i = 0; i < 120; ++i) words += "a ";
  words += "b\"";
  const auto begin = std::chrono::steady_clock::now();
  const auto found = index.search(query({{"q", words}}), kSearchNow, std::chrono::milliseconds(5));
  // Generous: a machine may be busy, and without the check this takes a minute here.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(found->truncated);
}

TEST(SearchCursor, RefusesWhatIsForgedOrOfAnotherQueryOrStart) {
  SearchIndex index{std::string(kCursorKey)};
  SearchIndex other{std::string(32, 'k')};
  for (SearchIndex* one : {&index, &other}) {
    std::vector<node::SearchDocument> put;
    for (int i = 0; i < 5; ++i)
      put.push_back(document("s/" + std::to_string(i), subject(R"({"name": "x"})")));
    one->apply(std::move(put), {});
  }
  auto asked = query({{"limit", "2"}});
  const auto first = index.search(asked, kSearchNow, kSearchTime).value();
  ASSERT_FALSE(first.next_cursor.empty());
  asked.cursor = first.next_cursor;
  const auto second = index.search(asked, kSearchNow, kSearchTime);
  ASSERT_TRUE(second.has_value());
  EXPECT_THAT(page_texts(*second), ElementsAre("s/2", "s/3"));
  const auto refused = [&](const SearchIndex& where, const node::Query& what) {
    const auto found = where.search(what, kSearchNow, kSearchTime);
    return !found && found.error().code == protocol::ErrorCode::bad_request;
  };
  EXPECT_TRUE(refused(other, asked));
  auto different = asked;
  different.words = "x";
  EXPECT_TRUE(refused(index, different));
  different = asked;
  different.sort = node::Sort::name;
  EXPECT_TRUE(refused(index, different));
  for (std::size_t i = 0; i < asked.cursor.size(); ++i) {
    auto forged = asked;
    forged.cursor[i] = forged.cursor[i] == 'A' ? 'B' : 'A';
    EXPECT_TRUE(refused(index, forged)) << i;
    forged.cursor = asked.cursor.substr(0, i);
    if (i > 0) {
      EXPECT_TRUE(refused(index, forged)) << i;
    }
  }
  for (const std::string& cursor :
       {std::string("!"), std::string(100'000, 'A'), std::string("AAAA"), asked.cursor + "AAAA"}) {
    auto forged = asked;
    forged.cursor = cursor;
    EXPECT_TRUE(refused(index, forged));
  }
}

TEST(SearchCursor, KeepsTheDayOfTheFirstPage) {
  SearchIndex index{std::string(kCursorKey)};
  // Both fall past their review_by at the midnight between the two pages.
  index.apply(
      {document(
           "s/a",
           subject(R"({"name": "x", "confirmed_at": "2026-05-09", "review_by": "2026-07-01"})")),
       document(
           "s/b",
           subject(R"({"name": "x", "confirmed_at": "2026-05-01", "review_by": "2026-07-01"})")),
       document(
           "s/c",
           subject(R"({"name": "x", "confirmed_at": "2026-04-01", "review_by": "2026-12-01"})"))},
      {});
  auto asked = query({{"limit", "1"}});
  std::vector<std::string> seen;
  for (protocol::Timestamp now = kSearchNow;; now += std::chrono::days(1)) {
    const auto page = index.search(asked, now, kSearchTime).value();
    for (const auto& text : page_texts(page)) seen.push_back(text);
    if (page.next_cursor.empty()) break;
    asked.cursor = page.next_cursor;
  }
  EXPECT_THAT(seen, ElementsAre("s/a", "s/b", "s/c"));
}

TEST(SearchDeadline, SaysThatTheAnswerIsNotComplete) {
  SearchIndex index{std::string(kCursorKey)};
  std::vector<node::SearchDocument> put;
  for (int i = 0; i < 50; ++i)
    put.push_back(document("s/" + std::to_string(i), subject(R"({"name": "x"})")));
  index.apply(std::move(put), {});
  const auto found =
      index.search(query({{"q", "x"}, {"limit", "5"}}), kSearchNow, std::chrono::milliseconds(0));
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(found->truncated);
  EXPECT_TRUE(found->next_cursor.empty());
  EXPECT_FALSE(search_in(index, {{"q", "x"}}).truncated);
}

TEST(SearchFacets, CountWhatOneWouldFindWithoutTheFieldsOwnFilter) {
  SearchIndex index{std::string(kCursorKey)};
  index.apply(
      {document(
           "p/1",
           subject(
               R"({"regions": ["US"], "formats": ["hybrid"], "cost": {"model": "free"}, "licenses": [{"family": "psychologist"}]})")),
       document(
           "p/2",
           subject(
               R"({"regions": ["US-OH"], "formats": ["video"], "cost": {"model": "donation"}, "license_rule": "any_licensed"})")),
       document("q/3", subject(R"({"audience": "public", "formats": ["phone"]})"))},
      {});
  const auto found = search_in(index, {{"cost", "free"}, {"region", "US-OH"}});
  EXPECT_EQ(found.total, 1U);
  const auto values = [&](std::size_t facet) {
    std::vector<std::string> texts;
    for (const auto& value : found.facets[facet].values)
      texts.push_back(value.value + " " + std::to_string(value.count));
    return texts;
  };
  EXPECT_EQ(found.facets[0].field, "license");
  EXPECT_THAT(values(0), ElementsAre("psychologist 1"));
  EXPECT_THAT(values(1), ElementsAre("US 1"));  // a wide group counts under its own code only
  EXPECT_THAT(values(2), ElementsAre("donation 1", "free 1"));
  EXPECT_THAT(values(3), ElementsAre("hybrid 1", "in_person 1", "video 1"));
  EXPECT_THAT(values(5), ElementsAre("therapists 1"));
  EXPECT_THAT(values(6), ElementsAre("p 1"));
  const auto all = search_in(index, {});
  ASSERT_EQ(all.facets[5].field, "audience");
  EXPECT_EQ(all.facets[5].values.size(),
            2U);  // what is left out unless named can be seen to be there
  // 19 families can come to a group that is open to all, one of them to the other as well.
  EXPECT_EQ(all.facets[0].values.size(),
            protocol::terms(protocol::Vocabulary::license_family).size());
  EXPECT_EQ(all.facets[0].values[0].value, "psychologist");
  EXPECT_EQ(all.facets[0].values[0].count, 2U);
}

TEST(SearchDoubles, OneOfAGroupStandsForAllThatTheSearchFinds) {
  SearchIndex index{std::string(kCursorKey)};
  const auto put = [&](const char* key, const char* members, const char* group) {
    auto one = document(key, subject(members));
    one.same_group = group;
    index.apply({std::move(one)}, {});
  };
  put("a/1", R"({"name": "Circle A", "confirmed_at": "2026-03-01", "regions": ["US-OH"]})", "c");
  put("b/1", R"({"name": "Circle B", "confirmed_at": "2026-05-01", "regions": ["US-OR"]})", "c");
  put("c/1", R"({"name": "Circle C", "confirmed_at": "2026-04-01", "regions": ["US-OR"]})", "c");
  put("d/1", R"({"name": "Other", "confirmed_at": "2026-01-01", "regions": ["US-OR"]})", "");
  const auto all = search_in(index, {});
  EXPECT_THAT(page_texts(all), ElementsAre("b/1", "d/1")) << "the one confirmed last stands";
  EXPECT_EQ(all.total, 2U);
  for (const auto& facet : all.facets) {
    if (facet.field == "publisher") {
      EXPECT_EQ(facet.values.size(), 4U) << "facets count listings";
    }
  }
  EXPECT_THAT(page_texts(search_in(index, {{"region", "US-OH"}})), ElementsAre("a/1"))
      << "one that a filter keeps out stands for nobody";
  EXPECT_THAT(page_texts(search_in(index, {{"publisher", "c"}})), ElementsAre("c/1"));
  const auto first = search_in(index, {{"limit", "1"}});
  EXPECT_THAT(page_texts(first), ElementsAre("b/1"));
  const auto second = search_in(index, {{"limit", "1"}, {"cursor", first.next_cursor}});
  EXPECT_THAT(page_texts(second), ElementsAre("d/1"));
  EXPECT_EQ(second.next_cursor, "");
  index.apply({}, std::vector<node::RecordKey>{{"b", "1"}});
  EXPECT_THAT(page_texts(search_in(index, {})), ElementsAre("c/1", "d/1"));
}

}  // namespace
