#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/trust/eligibility.h"

// Sixty people before sixty groups. What each answer should be was written down first, as somebody
// who knows the field would say it on the telephone; the program has to say the same.

namespace protocol {
namespace {

/// What a searcher fills in, as people write it.
struct PairPerson {
  std::vector<std::string> licenses = {}, states = {};
  std::string stage = {};
  std::vector<std::string> memberships = {};
  bool unlicensed = false, no_memberships = false;
};

/// What a group says, as in a listing.
struct PairGroup {
  std::string audience = "therapists";
  std::string rule = {};
  std::vector<License> licenses = {};
  std::vector<std::string> levels = {};
  std::string region_rule = {};
  std::vector<std::string> jurisdictions = {}, regions = {};
  std::vector<std::string> stages = {};
  std::string required = "none", body = {}, fee = {};
  std::optional<bool> trial = {};
  std::string screening = {}, status = "active";
  std::vector<std::string> criteria = {}, exclusions = {};
};

constexpr auto kPairYes = Outcome::can_join;
constexpr auto kPairMaybe = Outcome::probably;
constexpr auto kPairNo = Outcome::not_for_you;

struct PairCase {
  const char* what;
  PairPerson person;
  PairGroup group;
  Outcome fair;
  const char* says = "";  ///< in the sentence, or with "!" before it: not in it
};

Verdict pairs_verdict(const PairPerson& person, const PairGroup& group) {
  Searcher searcher;
  searcher.states = person.states;
  searcher.career_stage = person.stage;
  searcher.memberships = person.memberships;
  searcher.unlicensed = person.unlicensed;
  searcher.no_memberships = person.no_memberships;
  for (const auto& title : person.licenses) {
    const auto held = held_license(title, searcher.states);
    EXPECT_TRUE(held) << title;
    if (held) searcher.licenses.push_back(*held);
  }
  JoinRules rules;
  rules.audience = group.audience;
  rules.status = group.status;
  rules.license_rule = group.rule;
  rules.licenses = group.licenses;
  rules.license_levels = group.levels;
  rules.license_region_rule = group.region_rule;
  rules.license_jurisdictions = group.jurisdictions;
  rules.regions = group.regions;
  rules.career_stages = group.stages;
  rules.membership_required = group.required;
  rules.membership_body = group.body;
  rules.membership_non_members_fee = group.fee;
  rules.membership_trial = group.trial;
  rules.screening = group.screening;
  rules.other_criteria = group.criteria;
  rules.exclusions = group.exclusions;
  const auto verdict = judge_eligibility(rules, searcher);
  EXPECT_EQ(outcome_of(eligibility_order(rules, searcher)), verdict.outcome);
  return verdict;
}

const License kPairMft{"marriage_family_therapist", ""};
const License kPairMftFull{"marriage_family_therapist", "independent"};
const License kPairSocialFull{"clinical_social_worker", "independent"};
const License kPairCounselor{"professional_counselor", ""};
const License kPairPsychologist{"psychologist", "independent"};
const License kPairNurse{"psychiatric_nurse", ""};
const License kPairPeer{"peer_specialist", ""};

std::vector<PairCase> pairs_of_people() {
  return {
      // A consultation group that takes any license
      {"an LMFT and any license", {{"LMFT"}}, {.rule = "any_licensed"}, kPairYes, "(LMFT)"},
      {"an LCSW and any license, interview first",
       {{"LCSW"}},
       {.rule = "any_licensed", .screening = "interview"},
       kPairYes,
       "A conversation comes first."},
      {"an associate and any license", {{"AMFT"}}, {.rule = "any_licensed"}, kPairYes},
      {"an associate where only independent licenses count",
       {{"AMFT"}},
       {.rule = "any_licensed", .levels = {"independent"}},
       kPairNo,
       "you said AMFT"},
      {"a practicum student and any license",
       {{"student_trainee"}},
       {.rule = "any_licensed"},
       kPairMaybe},
      {"a layperson and any license", {.unlicensed = true}, {.rule = "any_licensed"}, kPairNo},
      {"somebody before the license, without one, and any license",
       {.stage = "pre_licensed", .unlicensed = true},
       {.rule = "any_licensed"},
       kPairMaybe},
      {"a certified peer is not licensed in that sense, and may ask",
       {{"peer_specialist"}},
       {.rule = "any_licensed"},
       kPairMaybe,
       "ask whether it takes"},
      {"a certified peer where peers are listed",
       {{"peer_specialist"}},
       {.rule = "listed", .licenses = {kPairPeer, kPairSocialFull}},
       kPairYes},
      {"a retired psychologist and any license",
       {{"psychologist:retired"}},
       {.rule = "any_licensed"},
       kPairMaybe},
      {"a retired psychologist where retired ones are named",
       {{"psychologist:retired"}},
       {.rule = "any_licensed", .levels = {"independent", "retired"}},
       kPairYes},
      {"a retired psychologist where licensed people and trainees meet",
       {{"psychologist:retired"}},
       {.rule = "licensed_or_trainee"},
       kPairMaybe},
      {"a nurse practitioner and any mental health license",
       {{"PMHNP"}},
       {.rule = "any_licensed"},
       kPairYes},
      {"nothing said, any license", {.stage = "mid"}, {.rule = "any_licensed"}, kPairMaybe},

      // Groups that list licenses
      {"an LMFT where LMFTs are listed",
       {{"LMFT"}},
       {.rule = "listed", .licenses = {kPairMft}},
       kPairYes},
      {"an LCSW where LMFTs are listed",
       {{"LCSW"}},
       {.rule = "listed", .licenses = {kPairMft}},
       kPairNo,
       "It takes marriage and family therapists; you said LCSW."},
      {"both licenses, one of them listed",
       {{"LCSW", "LMFT"}},
       {.rule = "listed", .licenses = {kPairMft}},
       kPairYes,
       "(LMFT)"},
      {"an associate where full licenses are listed",
       {{"AMFT"}},
       {.rule = "listed", .licenses = {kPairMftFull}},
       kPairNo},
      {"a full license where associates are listed",
       {{"LMFT"}},
       {.rule = "listed", .licenses = {{"marriage_family_therapist", "associate"}}},
       kPairYes},
      {"a family without a level where full licenses are listed",
       {{"marriage_family_therapist"}},
       {.rule = "listed", .licenses = {kPairMftFull}},
       kPairMaybe},
      {"licenses named as examples do not refuse",
       {{"LCSW"}},
       {.licenses = {kPairMft}},
       kPairMaybe,
       "It names"},
      {"an LP of Minnesota before psychologists",
       {{"LP"}, {"US-MN"}},
       {.rule = "listed", .licenses = {kPairPsychologist}},
       kPairYes},
      {"an LP of New York before psychologists",
       {{"LP"}, {"US-NY"}},
       {.rule = "listed", .licenses = {kPairPsychologist}},
       kPairNo},
      {"an LP of both states before psychologists",
       {{"LP"}, {"US-MN", "US-NY"}},
       {.rule = "listed", .licenses = {kPairPsychologist}},
       kPairMaybe,
       "may mean"},
      {"a layperson before listed licenses",
       {.unlicensed = true},
       {.rule = "listed", .licenses = {kPairNurse}},
       kPairNo},
      {"an LPC where counselors are listed",
       {{"LPC"}},
       {.rule = "listed", .licenses = {kPairCounselor}},
       kPairYes},
      {"a license that nobody here knows is asked about",
       {{"LMFT"}},
       {.rule = "listed", .licenses = {{"wound_healer", ""}}},
       kPairMaybe,
       "It takes “wound healer”: ask whether it takes LMFT."},
      {"listed, and the list is missing", {{"LMFT"}}, {.rule = "listed"}, kPairMaybe},

      // Where the license is from
      {"Ohio before Ohio",
       {{"LPC"}, {"US-OH"}},
       {.rule = "any_licensed", .region_rule = "listed", .jurisdictions = {"US-OH"}},
       kPairYes},
      {"Texas before Ohio",
       {{"LPC"}, {"US-TX"}},
       {.rule = "any_licensed", .region_rule = "listed", .jurisdictions = {"US-OH"}},
       kPairNo,
       "yours is of Texas"},
      {"Texas and Ohio before Ohio: only Ohio is taken",
       {{"LPC"}, {"US-TX", "US-OH"}},
       {.rule = "any_licensed", .region_rule = "listed", .jurisdictions = {"US-OH"}},
       kPairYes,
       "!Texas"},
      {"no state said before Ohio",
       {{"LPC"}},
       {.rule = "any_licensed", .region_rule = "listed", .jurisdictions = {"US-OH"}},
       kPairMaybe},
      {"Ontario before any license of the US",
       {{"psychologist"}, {"CA-ON"}},
       {.rule = "any_licensed", .region_rule = "any_us"},
       kPairNo},
      {"Puerto Rico before any license of the US",
       {{"psychologist"}, {"US-PR"}},
       {.rule = "any_licensed", .region_rule = "any_us"},
       kPairYes},
      {"Ontario before any country",
       {{"psychologist"}, {"CA-ON"}},
       {.rule = "any_licensed", .region_rule = "any_country"},
       kPairYes},
      {"Oregon before a group that serves Ohio and rules nothing",
       {{"LPC"}, {"US-OR"}},
       {.rule = "any_licensed", .regions = {"US-OH"}},
       kPairMaybe,
       "It serves Ohio"},
      {"Oregon before a group for the license of the state it serves",
       {{"LPC"}, {"US-OR"}},
       {.rule = "any_licensed", .region_rule = "same_as_region", .regions = {"US-OH"}},
       kPairNo},
      {"a student in Texas before licenses of Ohio and trainees",
       {{"student_trainee"}, {"US-TX"}},
       {.rule = "licensed_or_trainee", .region_rule = "listed", .jurisdictions = {"US-OH"}},
       kPairMaybe},
      {"a compact privilege is worth a sentence, and no promise",
       {{"psychologist"}, {"US-NV"}},
       {.rule = "any_licensed",
        .levels = {"independent", "compact_privilege"},
        .region_rule = "listed",
        .jurisdictions = {"US-AZ"}},
       kPairNo,
       "compact privilege"},

      // Stages and trainees
      {"early career before early career",
       {{"LCSW"}, {}, "early_career"},
       {.rule = "any_licensed", .stages = {"early_career"}},
       kPairYes},
      {"senior before early career",
       {{"LCSW"}, {}, "senior"},
       {.rule = "any_licensed", .stages = {"early_career"}},
       kPairNo},
      {"a stage that was not said before early career",
       {{"LCSW"}},
       {.rule = "any_licensed", .stages = {"early_career"}},
       kPairMaybe,
       "Check that yours is one."},
      {"a stage that was not said before every stage",
       {{"LCSW"}},
       {.rule = "any_licensed",
        .stages = {"student", "pre_licensed", "early_career", "mid", "senior", "retired"}},
       kPairYes},
      {"a retired license before retired colleagues",
       {{"psychologist:retired"}},
       {.rule = "any_licensed", .levels = {"retired"}, .stages = {"retired"}},
       kPairYes},
      {"a student before a group of trainees",
       {{"student_trainee"}},
       {.audience = "trainees", .rule = "none_required"},
       kPairYes},
      {"an associate before a group of trainees may ask",
       {{"AMFT"}},
       {.audience = "trainees", .rule = "none_required"},
       kPairMaybe},
      {"an independent license before a group of trainees",
       {{"LMFT"}},
       {.audience = "trainees", .rule = "none_required"},
       kPairNo},

      {"a student, by stage alone, where students are listed",
       {.stage = "student", .unlicensed = true},
       {.rule = "listed", .licenses = {kPairSocialFull, {"student_trainee", "trainee"}}},
       kPairYes},
      {"somebody before the license where students are listed",
       {.stage = "pre_licensed", .unlicensed = true},
       {.rule = "listed", .licenses = {{"student_trainee", "trainee"}}},
       kPairMaybe},

      // Memberships
      {"a member, by the letters of the body",
       {{"LCSW"}, {}, "", {"NASW"}},
       {.rule = "any_licensed",
        .required = "member",
        .body = "National Association of Social Workers"},
       kPairYes},
      {"no member, and it may be tried first",
       {.licenses = {"LCSW"}, .no_memberships = true},
       {.rule = "any_licensed", .required = "member", .body = "Guild", .trial = true},
       kPairMaybe,
       "You may try it first."},
      {"no member, and others pay",
       {.licenses = {"LCSW"}, .no_memberships = true},
       {.rule = "any_licensed", .required = "member", .body = "Guild", .fee = "$20"},
       kPairYes,
       "others pay $20"},
      {"alumni who did not say so",
       {{"LCSW"}},
       {.rule = "any_licensed", .required = "alumni", .body = "Test State"},
       kPairMaybe,
       "alumni of Test State"},
      {"membership that nobody mentions",
       {{"LCSW"}},
       {.rule = "any_licensed", .required = ""},
       kPairMaybe},

      // Work, survivors, everybody
      {"a member of the staff, without a license",
       {.memberships = {"Riverside Test Hospital"}, .unlicensed = true},
       {.audience = "workplace_staff", .required = "employee", .body = "Riverside Test Hospital"},
       kPairYes},
      {"somebody from elsewhere before a workplace",
       {{"LCSW"}},
       {.audience = "workplace_staff", .required = "employee", .body = "Riverside Test Hospital"},
       kPairMaybe,
       "people who work at"},
      {"a license does not open a survivors' group",
       {{"LCSW"}, {"US-OH"}},
       {.audience = "lived_experience", .rule = "any_licensed"},
       kPairMaybe,
       "no license counts"},
      {"no license does not close a survivors' group",
       {.unlicensed = true},
       {.audience = "lived_experience",
        .rule = "listed",
        .licenses = {kPairPsychologist},
        .stages = {"senior"},
        .required = ""},
       kPairMaybe,
       "no license counts"},
      {"everybody may come",
       {.unlicensed = true},
       {.audience = "public", .required = ""},
       kPairYes},

      // What else stands between
      {"full", {{"LCSW"}}, {.rule = "any_licensed", .status = "full"}, kPairMaybe, "waiting list"},
      {"closed", {{"LCSW"}}, {.rule = "any_licensed", .status = "closed"}, kPairNo},
      {"training that only the searcher knows of",
       {{"LCSW"}},
       {.rule = "any_licensed", .criteria = {"EMDR basic training"}},
       kPairMaybe,
       "“EMDR basic training”"},
      {"a supervisor of a member",
       {{"LCSW"}},
       {.rule = "any_licensed", .exclusions = {"supervisors of a member"}},
       kPairMaybe},
      {"by referral only",
       {{"LCSW"}},
       {.rule = "any_licensed", .screening = "referral_only"},
       kPairMaybe},
  };
}

TEST(EligibilityOfPeople, IsWhatAFairHumanWouldSay) {
  const auto all = pairs_of_people();
  EXPECT_GE(all.size(), 60U);
  for (const auto& one : all) {
    SCOPED_TRACE(one.what);
    const auto verdict = pairs_verdict(one.person, one.group);
    const auto said = line(verdict);
    EXPECT_EQ(word(verdict.outcome), word(one.fair)) << said;
    const std::string_view part = one.says;
    if (part.starts_with('!')) {
      EXPECT_THAT(said, testing::Not(testing::HasSubstr(std::string(part.substr(1)))));
    } else {
      EXPECT_THAT(said, testing::HasSubstr(std::string(part)));
    }
    // Each answer says why, in sentences, and names nothing as machines do.
    EXPECT_FALSE(verdict.reasons.empty());
    EXPECT_EQ(said.find('_'), std::string::npos) << said;
    EXPECT_EQ(said.find("US-"), std::string::npos) << said;
  }
}

/// Nobody who would be a survivor among survivors is told "no" because of a license, whatever else
/// the listing or the searcher says.
TEST(EligibilityOfPeople, NoLicenseDecidesAboutASurvivor) {
  for (const auto& one : pairs_of_people()) {
    auto group = one.group;
    group.audience = "lived_experience";
    group.status = "active";
    const auto verdict = pairs_verdict(one.person, group);
    EXPECT_EQ(verdict.outcome, kPairMaybe) << one.what;
    EXPECT_THAT(line(verdict), testing::HasSubstr("no license counts"));
    EXPECT_THAT(line(verdict), testing::Not(testing::HasSubstr("It takes"))) << one.what;
  }
}

}  // namespace
}  // namespace protocol
