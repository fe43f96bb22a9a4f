#include "node/places/gazetteer.h"

#include <gtest/gtest.h>

#include "node/places/places_data.h"
#include "node/search/tokenize.h"

namespace {

using node::Gazetteer;
using node::GeoPoint;

std::vector<std::string> place_names(const node::PlaceAnswer& answer) {
  std::vector<std::string> names;
  for (const auto& place : answer.places) names.push_back(place.name);
  return names;
}

TEST(Gazetteer, FindsAPlaceInEveryWayItIsWritten) {
  const auto& places = Gazetteer::shared();
  const struct {
    const char* text;
    const char* name;
    GeoPoint about;
  } cases[] = {
      {"43215", "43215 (Columbus, OH)", {39.97, -83.00}},
      {"43215-1234", "43215 (Columbus, OH)", {39.97, -83.00}},
      {"00901", "00901 (Puerto Rico)", {18.47, -66.11}},
      {"Columbus, OH", "Columbus, OH", {39.96, -83.00}},
      {"columbus ohio", "Columbus, OH", {39.96, -83.00}},
      {"Columbus, Ohio", "Columbus, OH", {39.96, -83.00}},
      {" Portland ,  Ore. ", "Portland, OR", {45.52, -122.68}},
      {"St. Louis", "St. Louis, MO", {38.63, -90.20}},
      {"Saint Louis, MO", "St. Louis, MO", {38.63, -90.20}},
      {"Fort Worth", "Fort Worth, TX", {32.73, -97.32}},
      {"Salt Lake City Utah", "Salt Lake City, UT", {40.76, -111.89}},
      {"Montreal", "Montréal, QC", {45.51, -73.59}},
      {"Montréal, Québec", "Montréal, QC", {45.51, -73.59}},
      {"Toronto, Canada", "Toronto, ON", {43.70, -79.42}},
      {"BOSTON", "Boston, MA", {42.36, -71.06}},
      {"39.96, -83.00", "39.96, -83.00", {39.96, -83.00}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto answer = places.find(c.text);
    ASSERT_TRUE(answer.is_clear()) << testing::PrintToString(place_names(answer)) << " "
                                   << testing::PrintToString(answer.regions);
    EXPECT_EQ(answer.places[0].name, c.name);
    EXPECT_LT(kilometers_between(answer.places[0].point, c.about), 12);
  }
}

TEST(Gazetteer, GivesCandidatesWhereANameMeansSeveral) {
  const auto& places = Gazetteer::shared();
  const auto portland = places.find("Portland");
  ASSERT_GE(portland.places.size(), 4u);
  EXPECT_EQ(portland.places[0].name, "Portland, OR");
  EXPECT_EQ(portland.places[1].name, "Portland, ME");
  EXPECT_LE(portland.places.size(), 8u);

  EXPECT_EQ(places.find("CA").regions, (std::vector<std::string>{"US-CA", "CA"}));
  const auto association = places.find("OPA");
  EXPECT_TRUE(association.places.empty());
  EXPECT_EQ(association.regions, (std::vector<std::string>{"US-OH", "US-OK", "US-OR"}));
  EXPECT_EQ(places.find("NYPA").regions, std::vector<std::string>{"US-NY"});

  const auto london = places.find("London");
  ASSERT_GE(london.places.size(), 2u);
  EXPECT_EQ(london.places[0].name, "London, England");
}

TEST(Gazetteer, ARegionThatWasChosenAnywaySettlesWhichTown) {
  const auto& places = Gazetteer::shared();
  const auto maine = places.find("Portland", {"US-ME"});
  ASSERT_TRUE(maine.is_clear());
  EXPECT_EQ(maine.places[0].name, "Portland, ME");
  EXPECT_EQ(places.find("Portland", {"US-AK"}).places.size(), 8u) << "none there: all again";
}

TEST(Gazetteer, AWholeStateIsARegionAndNoPoint) {
  const auto& places = Gazetteer::shared();
  EXPECT_EQ(places.find("Ohio").regions, std::vector<std::string>{"US-OH"});
  EXPECT_TRUE(places.find("Ohio").places.empty());
  const auto new_york = places.find("New York");
  EXPECT_EQ(new_york.regions, std::vector<std::string>{"US-NY"});
  ASSERT_EQ(new_york.places.size(), 1u);
  EXPECT_EQ(new_york.places[0].name, "New York City, NY");
}

TEST(Gazetteer, SaysNothingOfWhatItDoesNotKnow) {
  const auto& places = Gazetteer::shared();
  for (const auto* text :
       {"", " ", ",", "99999", "00000", "123", "Nowhereville", "91.0, 0.0", "1,2,3",
        "Columbus, Nowhere", "\t\n", "\xff\xfe", "43215-", "43215-12345"}) {
    SCOPED_TRACE(text);
    const auto answer = places.find(text);
    EXPECT_TRUE(answer.places.empty()) << testing::PrintToString(place_names(answer));
    EXPECT_TRUE(answer.regions.empty());
  }
  EXPECT_TRUE(places.find(std::string(100'000, 'a')).places.empty());
}

TEST(Gazetteer, LocatesAListingByPointTownOrPostalPrefix) {
  const auto& places = Gazetteer::shared();
  protocol::Place place;
  EXPECT_FALSE(places.locate(place, {"US-OH"}));
  place.locality = "Columbus";
  ASSERT_TRUE(places.locate(place, {"US-OH"}));
  EXPECT_LT(kilometers_between(*places.locate(place, {"US-OH"}), {39.96, -83.0}), 3);
  place.region = "US-GA";
  EXPECT_LT(kilometers_between(*places.locate(place, {"US"}), {32.46, -84.99}), 3);
  place.region.clear();
  EXPECT_FALSE(places.locate(place, {})) << "which Columbus is not said";
  EXPECT_FALSE(places.locate(place, {"US-AK"}));
  place = {};
  place.postal_prefix = "432";
  EXPECT_LT(kilometers_between(*places.locate(place, {"US-OH"}), {39.97, -83.0}), 30);
  EXPECT_FALSE(places.locate(place, {"FR"}));
  place.lat = "40.00";
  place.lon = "-82.00";
  EXPECT_EQ(*places.locate(place, {"US-OH"}), (GeoPoint{40, -82}));
  place.precision = "none";
  EXPECT_NE(*places.locate(place, {"US-OH"}), (GeoPoint{40, -82}))
      << "a point that must not be told is not used";
}

TEST(Gazetteer, EveryLineOfTheDataIsInOrderAndFoundByItsName) {
  const auto& places = Gazetteer::shared();
  std::string_view towns = node::towns_data();
  std::string_view before;
  std::size_t lines = 0;
  while (!towns.empty()) {
    const auto line = towns.substr(0, towns.find('\n'));
    ASSERT_LT(before, line);
    before = line;
    if (++lines % 97 == 0) {
      const auto name = line.substr(line.find('\t') + 1);
      protocol::Place place;
      place.locality = name.substr(0, name.find('\t'));
      const auto rest = name.substr(name.find('\t') + 1);
      place.region = rest.substr(0, rest.find('\t'));
      ASSERT_TRUE(places.locate(place, {})) << line;
    }
    towns.remove_prefix(line.size() + 1);
  }
  EXPECT_GT(lines, 75'000u);
  std::string_view zips = node::zips_data();
  EXPECT_EQ(std::count(zips.begin(), zips.end(), '\n'), 41126);
}

}  // namespace
