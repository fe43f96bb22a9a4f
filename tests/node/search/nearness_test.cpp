#include "node/search/nearness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/node/search/search_samples.h"

namespace {

using search_samples::document;
using search_samples::kCursorKey;
using search_samples::page_texts;
using search_samples::query;
using search_samples::subject;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const protocol::Timestamp kNearNow = *protocol::parse_timestamp("2026-10-01T12:00:00Z");

std::string near_problem(const node::Parameters& parameters) {
  const auto made = node::parse_query(parameters);
  return made ? "understood" : made.error().detail;
}

TEST(Nearness, ReadsDistancesInMilesAndKilometers) {
  const auto kilometers = [](const std::string& within) {
    return query({{"near", "43215"}, {"within", within}}).near->kilometers();
  };
  EXPECT_NEAR(kilometers(""), 80.4672, 1e-9);
  EXPECT_NEAR(kilometers("50"), 80.4672, 1e-9);
  EXPECT_NEAR(kilometers("2.5 mi"), 4.02336, 1e-9);
  EXPECT_EQ(kilometers("80km"), 80);
  EXPECT_EQ(kilometers("1610km"), 1610);
  for (const auto* wrong :
       {"0", "-5", "1001", "1611km", "far", "mi", "5ly", "1e3", "nan", "99999999999"})
    EXPECT_THAT(near_problem({{"near", "43215"}, {"within", wrong}}), HasSubstr("within: "))
        << wrong;
}

TEST(Nearness, NamesTheCandidatesOfASharedName) {
  EXPECT_THAT(near_problem({{"near", "Portland"}}),
              ::testing::AllOf(HasSubstr("Portland, OR"), HasSubstr("Portland, ME")));
  EXPECT_EQ(query({{"near", "Portland"}, {"region", "US-ME"}}).near->place.region, "US-ME");
  EXPECT_THAT(near_problem({{"near", "Ohio"}}), HasSubstr("region=US-OH"));
  EXPECT_THAT(near_problem({{"near", "CA"}}),
              ::testing::AllOf(HasSubstr("region=US-CA"), HasSubstr("region=Canada)")));
  EXPECT_THAT(near_problem({{"near", "Atlantis Beach Nowhere"}}), HasSubstr("no place known here"));
  EXPECT_THAT(near_problem({{"near", "00000"}}), HasSubstr("no place known here"));
}

TEST(Nearness, ReadsBackAsTheSamePlaceWhateverRegionsAreChosen) {
  for (const auto& asked : {node::Parameters{{"near", "Portland"}, {"region", "US-ME"}},
                            node::Parameters{{"near", "43215"}},
                            node::Parameters{{"near", " 39.96 , -83 "}, {"within", "7.5km"}},
                            node::Parameters{{"near", "Lyon, France"}, {"online", "also"}},
                            node::Parameters{{"near", "boston"}, {"sort", "nearest"}}}) {
    const auto made = query(asked);
    auto written = node::to_parameters(made);
    EXPECT_EQ(query(written), made);
    std::erase_if(written, [](const auto& one) { return one.first == "region"; });
    EXPECT_EQ(query(written).near, made.near) << made.near->text;
  }
}

TEST(Nearness, WithoutAPlaceThereIsNoDistance) {
  for (const node::Parameters& asked :
       {node::Parameters{{"within", "50mi"}}, node::Parameters{{"online", "also"}},
        node::Parameters{{"sort", "nearest"}}})
    EXPECT_THAT(near_problem(asked), HasSubstr("need a place: near"));
  EXPECT_THAT(near_problem({{"near", "43215"}, {"online", "yes"}}), HasSubstr("is not also"));
  EXPECT_THAT(near_problem({{"near", "43215"}, {"near", "43201"}}), HasSubstr("given twice"));
}

TEST(Nearness, SaysDistancesInTheUnitOfThePlace) {
  const auto toledo =
      document(
          "s/u",
          subject(R"({"formats":["in_person"],"place":{"locality":"Toledo","region":"US-OH"}})"))
          .listing;
  const auto words = [&](const std::string& near) {
    return distance_words(*query({{"near", near}}).near, toledo);
  };
  EXPECT_THAT(words("43215"), ::testing::MatchesRegex("about 1[12][0-9] miles away"));
  EXPECT_EQ(words("Toledo, OH"), "less than a mile away");
  EXPECT_THAT(words("Windsor, Ontario"), ::testing::MatchesRegex("about [0-9]+ km away"));
}

/// Three groups about Columbus, and those for which a distance is not all.
class SearchNear : public testing::Test {
 protected:
  SearchNear() : index_(std::string(kCursorKey)) {
    const std::pair<const char*, const char*> listings[] = {
        {"s/columbus",
         R"("formats":["in_person"],"place":{"locality":"Columbus","region":"US-OH"})"},
        {"s/dayton", R"("formats":["hybrid"],"place":{"locality":"Dayton","region":"US-OH"})"},
        {"s/toledo", R"("formats":["in_person"],"place":{"locality":"Toledo","region":"US-OH"})"},
        {"s/video", R"("formats":["video"],"place":{"locality":"Columbus","region":"US-OH"})"},
        {"s/nowhere", R"("formats":["in_person"])"},
        {"s/unsaid", R"("place":{"locality":"Columbus","region":"US-OH"})"},
        {"s/card", R"("formats":["in_person"],"disclosure":"card_only")"}};
    std::vector<node::SearchDocument> put;
    for (const auto& [key, members] : listings)
      put.push_back(document(key, subject("{" + std::string(members) + "}")));
    index_.apply(std::move(put), {});
  }
  node::SearchResult found(node::Parameters parameters) {
    parameters.emplace_back("near", "43215");
    return index_.search(query(parameters), kNearNow, std::chrono::seconds(60)).value();
  }
  node::SearchIndex index_;
};

TEST_F(SearchNear, FindsWhatMeetsInPersonWithinTheDistance) {
  EXPECT_THAT(page_texts(found({})), ElementsAre("s/columbus"));
  EXPECT_THAT(page_texts(found({{"within", "100mi"}})),
              UnorderedElementsAre("s/columbus", "s/dayton"));
}

TEST_F(SearchNear, OnlineGroupsStayOutUnlessTheyAreAskedFor) {
  EXPECT_THAT(page_texts(found({{"online", "also"}})),
              UnorderedElementsAre("s/columbus", "s/dayton", "s/video"))
      << "a hybrid group is an online one, wherever it is";
}

TEST_F(SearchNear, SortsNearestFirstAndTheUnknownLast) {
  EXPECT_THAT(page_texts(found({{"within", "300mi"}, {"online", "also"}, {"sort", "nearest"}})),
              ElementsAre("s/columbus", "s/dayton", "s/toledo", "s/video"));
}

TEST_F(SearchNear, CountsWhatDoesNotSayWhereItMeetsAndLetsItIn) {
  const auto without = found({});
  ASSERT_EQ(without.unstated.size(), 1U);
  EXPECT_EQ(without.unstated[0].field, "near");
  EXPECT_EQ(without.unstated[0].count, 3U);
  const auto with = found({{"unstated", "near"}});
  EXPECT_TRUE(with.unstated.empty());
  EXPECT_THAT(page_texts(with),
              UnorderedElementsAre("s/columbus", "s/nowhere", "s/unsaid", "s/card"));
}

TEST_F(SearchNear, ACardHasNoPlaceEvenIfOneIsSigned) {
  protocol::Listing card;
  card.disclosure = "card_only";
  card.formats = {"in_person"};
  card.place.locality = "Columbus";
  card.place.region = "US-OH";
  EXPECT_FALSE(node::meeting_point(card));
  card.disclosure = "public";
  EXPECT_TRUE(node::meeting_point(card));
}

}  // namespace
