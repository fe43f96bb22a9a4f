#include "protocol/document/vocabularies.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/document/region_names.h"

namespace protocol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Vocabularies, StandInTheOrderOfTheEnumerators) {
  std::size_t place = 0;
  std::set<std::string_view> names;
  for (const auto& info : vocabularies()) {
    EXPECT_EQ(static_cast<std::size_t>(info.vocabulary), place++) << info.name;
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
  }
  EXPECT_EQ(place, static_cast<std::size_t>(Vocabulary::evidence_kind) + 1);
}

TEST(Vocabularies, HaveEachValueOnceWithALabel) {
  for (const auto& info : vocabularies()) {
    SCOPED_TRACE(info.name);
    std::set<std::string_view> values;
    EXPECT_FALSE(info.terms.empty());
    for (const auto& term : info.terms) {
      EXPECT_TRUE(values.insert(term.value).second) << term.value;
      EXPECT_FALSE(term.label.empty()) << term.value;
      EXPECT_NE(term.value, "not_stated");
      for (const char c : term.value) {
        EXPECT_TRUE((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') << term.value;
      }
    }
  }
}

TEST(Vocabularies, ShowAnUnknownValueAsOther) {
  EXPECT_EQ(label(Vocabulary::formats, "video"), "By video");
  EXPECT_EQ(label(Vocabulary::formats, "hologram"), "other (hologram)");
  EXPECT_TRUE(is_known(Vocabulary::kinds, "support_line"));
  EXPECT_FALSE(is_known(Vocabulary::kinds, "Support_line"));
  EXPECT_FALSE(is_known(Vocabulary::kinds, ""));
}

TEST(LicenseTitles, NameKnownFamiliesLevelsAndRegions) {
  for (const auto& title : license_titles()) {
    SCOPED_TRACE(title.title);
    EXPECT_TRUE(is_known(Vocabulary::license_family, title.family));
    EXPECT_TRUE(title.level.empty() || is_known(Vocabulary::license_level, title.level));
    EXPECT_FALSE(licenses_of(title.title).empty());
    EXPECT_FALSE(licenses_of(title.words).empty()) << title.words;
    std::string_view regions = title.regions;
    while (!regions.empty()) {
      const auto end = std::min(regions.find(' '), regions.size());
      const std::string code(regions.substr(0, end));
      EXPECT_NE(region_name(code), code);
      regions.remove_prefix(std::min(end + 1, regions.size()));
    }
  }
  for (const auto& family : terms(Vocabulary::license_family)) {
    EXPECT_FALSE(nucc_codes(family.value).empty()) << family.value;
    EXPECT_FALSE(licenses_of(family.value).empty()) << family.value;
    EXPECT_FALSE(licenses_of(family.label).empty()) << family.label;
  }
}

TEST(LicensesOf, UnderstandsTitlesAndPlainWords) {
  struct Case {
    std::string_view text;
    std::string_view region;
    std::vector<License> want;
  };
  const License lcsw{"clinical_social_worker", "independent"};
  const License trainee{"student_trainee", "trainee"};
  const Case cases[] = {
      {"LCSW", "", {lcsw}},
      {"l.c.s.w.", "", {lcsw}},
      {"LCSWs", "", {lcsw}},
      {"LCSW-C", "", {lcsw}},
      {"LICSW", "US-MN", {lcsw}},
      {"LISW", "", {lcsw}},
      {"licensed clinical social workers", "", {lcsw}},
      {"LMSW", "", {{"clinical_social_worker", "associate"}}},
      {"LMSW", "US-MI", {lcsw}},
      {"Social Workers", "", {{"clinical_social_worker", ""}}},
      {"clinical_social_worker", "", {{"clinical_social_worker", ""}}},
      {"LPC", "", {{"professional_counselor", "independent"}}},
      {"LPC", "US-OH", {{"professional_counselor", "associate"}}},
      {"LPCC", "US-CA", {{"professional_counselor", "independent"}}},
      {"LPCC", "US-CO", {{"professional_counselor", "associate"}}},
      {"LCMHC", "", {{"professional_counselor", "independent"}}},
      {"LMHCA", "", {{"mental_health_counselor", "associate"}}},
      {"LMFT", "", {{"marriage_family_therapist", "independent"}}},
      {"AMFT", "", {{"marriage_family_therapist", "associate"}}},
      {"MFTs", "", {{"marriage_family_therapist", ""}}},
      {"MFT trainee", "", {{"marriage_family_therapist", "trainee"}}},
      {"Marriage & Family Therapists", "", {{"marriage_family_therapist", ""}}},
      {"family therapists", "", {{"marriage_family_therapist", ""}}},
      {"CADAC", "", {{"addiction_counselor", ""}}},
      {"LADC", "", {{"addiction_counselor", "independent"}}},
      {"PMHNP", "", {{"psychiatric_nurse", "independent"}}},
      {"psychologists", "", {{"psychologist", ""}}},
      {"CLINICAL PSYCHOLOGISTS", "", {{"psychologist", ""}}},
      {"licensed psychologists", "", {{"psychologist", "independent"}}},
      {"TRAINEE PSYCHOLOGISTS", "", {{"psychologist", "trainee"}}},
      {"retired psychologist", "", {{"psychologist", "retired"}}},
      {"PsyD students", "", {trainee}},
      {"psychology graduate students", "", {trainee}},
      {"trainees", "", {trainee}},
      {"interns", "", {trainee}},
      {"counsellors", "", {{"counselor_other", ""}}},
      {"pastoral counselors", "", {{"pastoral_counselor", ""}}},
      {"psychiatrists", "", {{"psychiatrist", ""}}},
      {"LP", "", {{"psychologist", "independent"}, {"psychoanalyst", "independent"}}},
      {"LP", "US-MN", {{"psychologist", "independent"}}},
      {"LP", "US-NY", {{"psychoanalyst", "independent"}}},
      {"LP", "US-OH", {{"psychologist", "independent"}, {"psychoanalyst", "independent"}}},
      {"therapists", "", {}},
      {"clinicians", "", {}},
      {"licensed", "", {}},
      {"licensed therapists", "", {}},
      {"student therapists", "", {}},
      {"hypnotherapists", "", {}},
      {"MD", "", {}},
      {"", "", {}},
      {"s", "", {}},
      {"...", "", {}},
      {"LCSW\xC3\xA9", "", {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.text) + " " + std::string(c.region));
    EXPECT_EQ(licenses_of(c.text, c.region), c.want);
  }
  EXPECT_THAT(licenses_of(std::string(100'000, 's')), IsEmpty());
}

TEST(Satisfies, LetsAnIndependentLicenseStandForAnAssociate) {
  const auto lcsw = [](std::string level) {
    return License{"clinical_social_worker", std::move(level)};
  };
  EXPECT_TRUE(satisfies(lcsw("independent"), lcsw("associate")));
  EXPECT_FALSE(satisfies(lcsw("associate"), lcsw("independent")));
  EXPECT_TRUE(satisfies(lcsw(""), lcsw("independent")));
  EXPECT_TRUE(satisfies(lcsw("retired"), lcsw("")));
  EXPECT_FALSE(satisfies(lcsw("retired"), lcsw("independent")));
  EXPECT_FALSE(satisfies(lcsw("independent"), lcsw("trainee")));
  EXPECT_FALSE(satisfies({"psychologist", "independent"}, lcsw("independent")));
}

TEST(RegionCode, IsOnlyAForm) {
  for (const auto* good : {"US", "US-OH", "GB-ENG", "AU-NSW", "FR-75", "ZZ-9"})
    EXPECT_TRUE(is_region_code(good)) << good;
  for (const auto* bad :
       {"", "U", "us", "US-", "US-oh", "US-OHIO", "USA", "US_OH", "US-O H", "U1", "US-OH "}) {
    EXPECT_FALSE(is_region_code(bad)) << bad;
  }
}

TEST(RegionCovers, ComparesWholeCodes) {
  EXPECT_TRUE(region_covers("US", "US-OH"));
  EXPECT_TRUE(region_covers("US-OH", "US-OH"));
  EXPECT_FALSE(region_covers("US-OH", "US"));
  EXPECT_FALSE(region_covers("US-O", "US-OH"));
  EXPECT_FALSE(region_covers("CA", "US-CA"));
  EXPECT_FALSE(region_covers("", "US"));
}

TEST(RegionsOf, UnderstandsNamesCodesAndAbbreviations) {
  struct Case {
    std::string_view text;
    std::vector<std::string> want;
  };
  const Case cases[] = {
      {"Minn.", {"US-MN"}},
      {"Mass.", {"US-MA"}},
      {"Mich", {"US-MI"}},
      {"Calif.", {"US-CA"}},
      {"Ore.", {"US-OR"}},
      {"N. Carolina", {"US-NC"}},
      {"Texas", {"US-TX"}},
      {"ohio", {"US-OH"}},
      {"OH", {"US-OH"}},
      {"US-OH", {"US-OH"}},
      {"or", {}},
      {"in", {}},
      {"Me", {}},
      {"La", {}},
      {"La.", {"US-LA"}},
      {"Pa.", {"US-PA"}},
      {"B.C.", {"CA-BC"}},
      {"BC", {"CA-BC"}},
      {"Ontario", {"CA-ON"}},
      {"Qu\xC3\xA9"
       "bec",
       {"CA-QC"}},
      {"Quebec", {"CA-QC"}},
      {"UK", {"GB"}},
      {"U.K.", {"GB"}},
      {"England", {"GB-ENG"}},
      {"Wales", {"GB-WLS"}},
      {"NSW", {"AU-NSW"}},
      {"Otago", {"NZ-OTA"}},
      {"NZ", {"NZ"}},
      {"AU", {"AU"}},
      {"Hong Kong", {"HK"}},
      {"USA", {"US"}},
      {"United States", {"US"}},
      {"Washington", {"US-WA"}},
      {"Washington, D.C.", {"US-DC"}},
      {"D.C.", {"US-DC"}},
      {"Puerto Rico", {"US-PR"}},
      {"PR", {"US-PR"}},
      {"Georgia", {"US-GA", "GE"}},
      {"CA", {"US-CA", "CA"}},
      {"WA", {"US-WA", "AU-WA"}},
      {"C\xC3\xB4te d\xE2\x80\x99Ivoire", {"CI"}},
      {"Trinidad & Tobago", {"TT"}},
      {"virtual", {}},
      {"", {}},
      {"--", {}},
      {"\xD0\x9E\xD0\x9D", {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(regions_of(c.text), c.want);
  }
}

TEST(RegionsOf, FindsEveryNameAndCodeOfTheTables) {
  std::set<std::string> codes;
  for (const auto& table : region_tables()) {
    for (const auto& row : table) {
      SCOPED_TRACE(row.name);
      EXPECT_TRUE(is_region_code(row.code)) << row.code;
      EXPECT_TRUE(codes.insert(std::string(row.code)).second);
      EXPECT_EQ(region_name(row.code), row.name);
      EXPECT_FALSE(regions_of(row.name).empty());
      EXPECT_FALSE(regions_of(row.code).empty());
    }
  }
  for (const auto& alias : region_aliases()) {
    EXPECT_EQ(codes.count(std::string(alias.code)), 1U) << alias.name;
    EXPECT_THAT(regions_of(alias.name), testing::Contains(std::string(alias.code))) << alias.name;
  }
  EXPECT_EQ(us_regions().size(), 56U);
  EXPECT_EQ(region_name("XX-YY"), "XX-YY");
}

}  // namespace
}  // namespace protocol
