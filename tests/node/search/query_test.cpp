#include "node/search/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/search/region_reading.h"
#include "protocol/document/region_names.h"

namespace {

using node::Parameters;
using node::parse_query;

std::string refusal_of(const Parameters& parameters) {
  const auto query = parse_query(parameters);
  if (query) return "";
  EXPECT_EQ(query.error().code, protocol::ErrorCode::bad_request);
  return query.error().detail;
}

TEST(ParseQuery, ReadsEveryParameter) {
  const auto query = parse_query({{"q", "  trauma   group "},
                                  {"license", "LMFT"},
                                  {"license", "psychologist:associate"},
                                  {"region", "US-OH"},
                                  {"region", "Oregon"},
                                  {"cost", "free"},
                                  {"cost", "max-per-month:40"},
                                  {"format", "video"},
                                  {"kind", "formal_consultation"},
                                  {"audience", "public"},
                                  {"publisher", "scid"},
                                  {"unstated", "cost"},
                                  {"sort", "name"},
                                  {"limit", "5"},
                                  {"cursor", "x"}});
  ASSERT_TRUE(query.has_value()) << query.error().detail;
  EXPECT_EQ(query->words, "trauma group");
  EXPECT_EQ(query->licenses,
            (std::vector<protocol::License>{{"marriage_family_therapist", "independent"},
                                            {"psychologist", "associate"}}));
  EXPECT_EQ(query->regions, (std::vector<std::string>{"US-OH", "US-OR"}));
  EXPECT_EQ(query->costs, (std::vector<node::CostFilter>{{"free", {}}, {"", 40}}));
  EXPECT_EQ(query->formats, std::vector<std::string>{"video"});
  EXPECT_EQ(query->kinds, std::vector<std::string>{"formal_consultation"});
  EXPECT_EQ(query->audiences, std::vector<std::string>{"public"});
  EXPECT_EQ(query->publishers, std::vector<std::string>{"scid"});
  EXPECT_EQ(query->include_unstated, std::vector<std::string>{"cost"});
  EXPECT_EQ(query->sort, node::Sort::name);
  EXPECT_EQ(query->limit, 5U);
  EXPECT_EQ(query->cursor, "x");
}

TEST(ParseQuery, GivesBackWhatToParametersWrites) {
  const Parameters cases[] = {
      {},
      {{"q", "\"Peer Circle\" a+b & c"}, {"sort", "cost"}, {"limit", "100"}},
      {{"license", "psychologist"},
       {"license", "student_trainee"},
       {"license", "moon_doctor:"},
       {"license", "moon_doctor:full"}},
      {{"license", "LCSW"}, {"license", "social workers"}, {"license", "retired psychologists"}},
      {{"region", "CA"},
       {"region", "GA"},
       {"region", "US-GA"},
       {"region", "Canada"},
       {"region", "DE-BY"},
       {"region", "OH"}},
      {{"cost", "max-per-month:0"},
       {"cost", "max-per-month:12.5"},
       {"cost", "max-per-month:0.1"},
       {"cost", "swap"}},
      {{"format", "%"},
       {"kind", "*"},
       {"audience", "a b"},
       {"publisher", "x"},
       {"unstated", "license"},
       {"unstated", "kind"},
       {"unstated", "kind"}},
  };
  for (const auto& parameters : cases) {
    const auto first = parse_query(parameters);
    ASSERT_TRUE(first.has_value()) << first.error().detail;
    const auto again = parse_query(to_parameters(*first));
    ASSERT_TRUE(again.has_value()) << again.error().detail;
    EXPECT_EQ(*again, *first);
  }
}

TEST(ParseQuery, TakesAnExactCodeAtItsWordAndWritesWhatIsNoOtherPlace) {
  for (const auto& [written, code] : {std::pair{"CA", "CA"},
                                      {"US-CA", "US-CA"},
                                      {"GA", "GA"},
                                      {"DE", "DE"},
                                      {"IN", "IN"},
                                      {"OH", "US-OH"},
                                      {"oh", "US-OH"},
                                      {"NL", "NL"},
                                      {"PR", "US-PR"},
                                      {"California", "US-CA"}}) {
    const auto query = parse_query({{"region", written}});
    ASSERT_TRUE(query.has_value()) << query.error().detail;
    EXPECT_EQ(query->regions, std::vector<std::string>{code}) << written;
  }
  for (const auto& table : protocol::region_tables()) {
    for (const auto& row : table) {
      const std::string code(row.code);
      const auto text = node::region_text(code);
      const auto readings = node::region_readings({{"region", text}, {"my_state", text}});
      ASSERT_EQ(readings.size(), 2U) << text;
      for (const auto& reading : readings) {
        EXPECT_TRUE(reading.is_clear()) << code << " is written " << text;
        // Puerto Rico is a territory under one code, whichever was asked for.
        if (protocol::regions_of(code) != std::vector{"US-" + code}) {
          EXPECT_EQ(reading.taken, code) << text;
        }
      }
    }
  }
}

TEST(RegionReadings, TellWhatWasTakenAndWhatElseItMayMean) {
  const auto readings = node::region_readings(
      {{"q", "CA"}, {"region", " CA "}, {"region", ""}, {"region", "US-CA"}, {"my_state", "OPA"}});
  ASSERT_EQ(readings.size(), 3U);
  EXPECT_EQ(readings[0].taken, "CA");
  EXPECT_EQ(readings[0].others, std::vector<std::string>{"US-CA"});
  EXPECT_FALSE(readings[0].is_clear());
  EXPECT_TRUE(readings[1].is_clear());
  EXPECT_EQ(readings[2].parameter, "my_state");
  EXPECT_EQ(readings[2].taken, "");
  EXPECT_EQ(readings[2].others, (std::vector<std::string>{"US-OH", "US-OK", "US-OR"}));
  const auto asked = node::require_clear_regions({{"region", "CA"}});
  ASSERT_FALSE(asked.has_value());
  EXPECT_EQ(asked.error().detail,
            "region: 'CA' may mean California (write US-CA) or Canada. Write which");
  EXPECT_TRUE(node::require_clear_regions({{"region", "Canada"}, {"my_state", "US-CA"}}));
  EXPECT_FALSE(node::parse_clear_situation({{"my_state", "GA"}}));
}

TEST(ParseQuery, TreatsEmptyValuesAsNotGiven) {
  const auto query = parse_query(
      {{"q", ""}, {"q", "  "}, {"q", "x"}, {"license", ""}, {"limit", ""}, {"sort", ""}});
  ASSERT_TRUE(query.has_value());
  EXPECT_EQ(query->words, "x");
  EXPECT_EQ(query->limit, 20U);
  EXPECT_TRUE(query->licenses.empty());
  EXPECT_TRUE(parse_query({{"q", std::string(5000, ' ')}}).has_value());
}

TEST(ParseQuery, RefusesAndNamesWhatIsWrong) {
  using testing::HasSubstr;
  EXPECT_THAT(refusal_of({{"offset", "5"}}), HasSubstr("offset"));
  EXPECT_THAT(refusal_of({{"q", "a"}, {"q", "b"}}), HasSubstr("q: given twice"));
  EXPECT_THAT(refusal_of({{"sort", "name"}, {"sort", "name"}}), HasSubstr("sort: given twice"));
  EXPECT_THAT(refusal_of({{"q", std::string(257, 'a')}}), HasSubstr("too long"));
  EXPECT_EQ(refusal_of({{"q", std::string(256, 'a')}}), "");
  EXPECT_THAT(refusal_of({{"format", std::string(201, 'a')}}), HasSubstr("format"));
  EXPECT_THAT(refusal_of({{"sort", "best"}}), HasSubstr("sort"));
  EXPECT_THAT(refusal_of({{"unstated", "audience"}}), HasSubstr("unstated"));
  for (const char* limit : {"0", "-1", "1e9", "abc", "+5", "0x10", "5 5", "000"})
    EXPECT_THAT(refusal_of({{"limit", limit}}), HasSubstr("limit"));
  for (const char* limit : {"101", "99999999999999999999999"})
    EXPECT_EQ(parse_query({{"limit", limit}}).value().limit, 100U);
  for (const char* cost : {"max-per-month:", "max-per-month:x", "max-per-month:-5",
                           "max-per-month:1e3", "max-per-month:1.2.3", "max-per-month:nan"})
    EXPECT_THAT(refusal_of({{"cost", cost}}), HasSubstr("cost"));
  EXPECT_THAT(refusal_of({{"region", "Atlantis"}}), HasSubstr("region"));
  EXPECT_THAT(refusal_of({{"region", "Georgia"}}),
              testing::AllOf(HasSubstr("US-GA"), HasSubstr("GE")));
  EXPECT_THAT(refusal_of({{"region", "OPA"}}),
              testing::AllOf(HasSubstr("US-OH"), HasSubstr("US-OK"), HasSubstr("US-OR")));
  // One state only has an association of these letters, and it is a guess all the same.
  EXPECT_THAT(refusal_of({{"region", "FLPA"}}), HasSubstr("US-FL"));
  EXPECT_THAT(refusal_of({{"region", "Portland"}}), HasSubstr("is a town"));
  EXPECT_THAT(refusal_of({{"region", "ca"}}),
              testing::AllOf(HasSubstr("US-CA"), HasSubstr("(CA)")));
  EXPECT_THAT(refusal_of({{"license", "astronaut"}}), HasSubstr("license"));
  EXPECT_THAT(refusal_of({{"license", ":trainee"}}), HasSubstr("license"));
  Parameters many;
  for (int i = 0; i < 16; ++i) many.emplace_back(i % 2 == 0 ? "kind" : "format", std::to_string(i));
  EXPECT_EQ(refusal_of(many), "");
  many.emplace_back("audience", "x");
  EXPECT_THAT(refusal_of(many), HasSubstr("at most 16"));
}

TEST(ParseQuery, AsksBackWhereATitleMeansTwoProfessionsAndTheRegionDoesNotSettleIt) {
  EXPECT_THAT(refusal_of({{"license", "LP"}}), testing::AllOf(testing::HasSubstr("psychologist"),
                                                              testing::HasSubstr("psychoanalyst")));
  const auto query = parse_query({{"license", "LP"}, {"region", "US-NY"}});
  ASSERT_TRUE(query.has_value()) << query.error().detail;
  EXPECT_EQ(query->licenses, (std::vector<protocol::License>{{"psychoanalyst", "independent"}}));
}

}  // namespace
