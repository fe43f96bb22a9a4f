#include "protocol/trust/eligibility.h"

#include <functional>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/document/listing_fields.h"
#include "tests/protocol/document/sample_subject.h"

namespace protocol {
namespace {

using testing::HasSubstr;

Searcher joins_with(std::initializer_list<std::string_view> titles,
                    std::vector<std::string> states = {}) {
  Searcher searcher;
  searcher.states = std::move(states);
  for (const auto title : titles) {
    const auto held = held_license(title, searcher.states);
    EXPECT_TRUE(held) << title;
    if (held) searcher.licenses.push_back(*held);
  }
  return searcher;
}

/// Takes any license, asks for no membership: what anybody licensed can join.
JoinRules joins_open() {
  JoinRules rules;
  rules.audience = "therapists";
  rules.status = "active";
  rules.license_rule = "any_licensed";
  rules.membership_required = "none";
  return rules;
}

JoinRules joins_listed(std::vector<License> licenses) {
  auto rules = joins_open();
  rules.license_rule = "listed";
  rules.licenses = std::move(licenses);
  return rules;
}

struct JoinCase {
  const char* name;
  JoinRules rules;
  Searcher searcher;
  Outcome outcome;
  const char* says = "";
};

void joins_check(std::span<const JoinCase> cases) {
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto verdict = judge_eligibility(c.rules, c.searcher);
    EXPECT_EQ(word(verdict.outcome), word(c.outcome)) << line(verdict);
    EXPECT_THAT(line(verdict), HasSubstr(c.says));
    EXPECT_FALSE(verdict.reasons.empty());
    EXPECT_EQ(outcome_of(eligibility_order(c.rules, c.searcher)), verdict.outcome);
    for (const auto& reason : verdict.reasons) EXPECT_TRUE(reason.ends_with('.')) << reason;
  }
}

template <class Change>
JoinRules joins_but(JoinRules rules, const Change& change) {
  change(rules);
  return rules;
}

TEST(Eligibility, JudgesByTheLicense) {
  const License lmft{"marriage_family_therapist", "independent"};
  const License lmft_any{"marriage_family_therapist", ""};
  const License associate{"marriage_family_therapist", "associate"};
  Searcher none;
  none.unlicensed = true;
  Searcher student;
  student.career_stage = "student";
  const auto licensed_or_trainee =
      joins_but(joins_open(), [](auto& r) { r.license_rule = "licensed_or_trainee"; });
  const auto no_rule = joins_but(joins_open(), [](auto& r) { r.license_rule = ""; });
  const JoinCase cases[] = {
      {"any license", joins_open(), joins_with({"LMFT"}), Outcome::can_join,
       "takes your license (LMFT)"},
      {"any license, associate", joins_open(), joins_with({"LMFTA"}), Outcome::can_join},
      {"any license, none held", joins_open(), none, Outcome::not_for_you,
       "with a mental health license"},
      {"any license, not said", joins_open(), {}, Outcome::probably, "check that this is you"},
      {"any license, in training", joins_open(), joins_with({"student_trainee"}), Outcome::probably,
       "ask whether"},
      {"any license, trainees named",
       joins_but(joins_open(),
                 [](auto& r) {
                   r.license_levels = {"independent", "trainee"};
                 }),
       joins_with({"MFT trainee"}), Outcome::can_join},
      {"any license, only independent",
       joins_but(joins_open(), [](auto& r) { r.license_levels = {"independent"}; }),
       joins_with({"LMFTA"}), Outcome::not_for_you, "(independent license)"},
      {"compact privileges are no level",
       joins_but(joins_open(), [](auto& r) { r.license_levels = {"compact_privilege"}; }),
       joins_with({"LCSW"}), Outcome::can_join},
      {"an independent one was an associate's",
       joins_but(joins_open(), [](auto& r) { r.license_levels = {"associate_provisional"}; }),
       joins_with({"LMFT"}), Outcome::can_join},
      {"a level from the future",
       joins_but(joins_open(), [](auto& r) { r.license_levels = {"galactic"}; }),
       joins_with({"LMFT"}), Outcome::probably},
      {"listed", joins_listed({lmft}), joins_with({"LMFT"}), Outcome::can_join},
      {"listed, another", joins_listed({lmft}), joins_with({"LCSW"}), Outcome::not_for_you,
       "It takes marriage and family therapists with an independent license; you said LCSW."},
      {"listed, one of two held", joins_listed({lmft}), joins_with({"LCSW", "LMFT"}),
       Outcome::can_join},
      {"independent satisfies associate", joins_listed({associate}), joins_with({"LMFT"}),
       Outcome::can_join},
      {"associate does not satisfy independent", joins_listed({lmft}), joins_with({"LMFTA"}),
       Outcome::not_for_you},
      {"level not said by the group", joins_listed({lmft_any}), joins_with({"LMFTA"}),
       Outcome::can_join},
      {"level not said by the searcher", joins_listed({lmft}),
       joins_with({"marriage_family_therapist"}), Outcome::probably, "ask whether"},
      {"listed and no list", joins_listed({}), joins_with({"LMFT"}), Outcome::probably},
      {"a family from the future", joins_listed({{"star_healer", ""}}), joins_with({"LMFT"}),
       Outcome::probably},
      {"listed, unlicensed", joins_listed({lmft}), none, Outcome::not_for_you},
      {"trainees too", licensed_or_trainee, joins_with({"student_trainee"}), Outcome::can_join},
      {"trainees too, by stage", licensed_or_trainee, student, Outcome::can_join, "in training"},
      {"trainees too, unlicensed", licensed_or_trainee, none, Outcome::not_for_you},
      {"none required", joins_but(joins_open(), [](auto& r) { r.license_rule = "none_required"; }),
       none, Outcome::can_join, "No license is needed"},
      {"no rule", no_rule, joins_with({"LMFT"}), Outcome::probably, "does not say which licenses"},
      {"no rule, unlicensed", no_rule, none, Outcome::probably},
      {"no rule but a list that has it",
       joins_but(joins_listed({lmft}), [](auto& r) { r.license_rule = ""; }), joins_with({"LMFT"}),
       Outcome::can_join},
      {"no rule and a list without it",
       joins_but(joins_listed({lmft}), [](auto& r) { r.license_rule = ""; }), joins_with({"LCSW"}),
       Outcome::probably, "It names marriage and family therapists"},
      {"a rule from the future",
       joins_but(joins_open(), [](auto& r) { r.license_rule = "by_moon"; }), joins_with({"LMFT"}),
       Outcome::probably},
      {"retired", joins_open(), joins_with({"retired psychologists"}), Outcome::probably},
      {"retired, named", joins_but(joins_open(), [](auto& r) { r.license_levels = {"retired"}; }),
       joins_with({"retired psychologists"}), Outcome::can_join},
  };
  joins_check(cases);
}

TEST(Eligibility, ReadsATitleAsItsStateDoes) {
  const auto psychologists = joins_listed({{"psychologist", ""}});
  const auto analysts = joins_listed({{"psychoanalyst", ""}});
  const auto both = joins_listed({{"psychoanalyst", ""}, {"psychologist", ""}});
  const JoinCase cases[] = {
      {"LP in Minnesota", psychologists, joins_with({"LP"}, {"US-MN"}), Outcome::can_join},
      {"LP in Minnesota is no psychoanalyst", analysts, joins_with({"LP"}, {"US-MN"}),
       Outcome::not_for_you},
      {"LP in New York", analysts, joins_with({"LP"}, {"US-NY"}), Outcome::can_join},
      {"LP in New York is no psychologist", psychologists, joins_with({"LP"}, {"US-NY"}),
       Outcome::not_for_you},
      {"LP somewhere", psychologists, joins_with({"LP"}), Outcome::probably, "“LP” may mean"},
      {"LP somewhere, both taken", both, joins_with({"LP"}), Outcome::can_join},
  };
  joins_check(cases);
  EXPECT_FALSE(held_license("astrologer", {}));
  EXPECT_FALSE(held_license("astrologer:independent", {}));
  EXPECT_EQ(held_license("psychologist:independent", {})->title,
            "psychologist with an independent license");
}

TEST(Eligibility, JudgesWhereTheLicenseIsFrom) {
  const auto in_ohio = joins_but(joins_open(), [](auto& r) {
    r.license_region_rule = "listed";
    r.license_jurisdictions = {"US-OH"};
  });
  const auto same = joins_but(joins_open(), [](auto& r) {
    r.license_region_rule = "same_as_region";
    r.regions = {"US-OH"};
  });
  const auto any_us = joins_but(joins_open(), [](auto& r) { r.license_region_rule = "any_us"; });
  const auto serves_ohio = joins_but(joins_open(), [](auto& r) { r.regions = {"US-OH"}; });
  const auto ohio = joins_with({"LMFT"}, {"US-OH"});
  const auto texas = joins_with({"LMFT"}, {"US-TX"});
  const JoinCase cases[] = {
      {"listed", in_ohio, ohio, Outcome::can_join, "It takes a license of Ohio"},
      {"listed, elsewhere", in_ohio, texas, Outcome::not_for_you, "of Ohio; yours is of Texas."},
      {"listed, in two states", in_ohio, joins_with({"LMFT"}, {"US-TX", "US-OH"}),
       Outcome::can_join},
      {"listed, state not said", in_ohio, joins_with({"LMFT"}), Outcome::probably,
       "license of Ohio"},
      {"listed, only the country said", in_ohio, joins_with({"LMFT"}, {"US"}), Outcome::probably},
      {"listed without a list",
       joins_but(in_ohio, [](auto& r) { r.license_jurisdictions.clear(); }), texas,
       Outcome::probably},
      {"a compact privilege is a hint, no verdict",
       joins_but(in_ohio,
                 [](auto& r) {
                   r.license_levels = {"independent", "compact_privilege"};
                 }),
       texas, Outcome::not_for_you, "A compact privilege there would count."},
      {"same as region", same, ohio, Outcome::can_join},
      {"same as region, elsewhere", same, texas, Outcome::not_for_you},
      {"same as the whole country", joins_but(same, [](auto& r) { r.regions = {"US"}; }), texas,
       Outcome::can_join},
      {"same as region, none stated", joins_but(same, [](auto& r) { r.regions.clear(); }), texas,
       Outcome::probably},
      {"any in the US", any_us, texas, Outcome::can_join},
      {"any in the US, Canadian", any_us, joins_with({"psychologist"}, {"CA-ON"}),
       Outcome::not_for_you},
      {"any country", joins_but(any_us, [](auto& r) { r.license_region_rule = "any_country"; }),
       joins_with({"psychologist"}, {"CA-ON"}), Outcome::can_join},
      {"only serves Ohio", serves_ohio, texas, Outcome::probably, "It serves Ohio: ask"},
      {"only serves Ohio, and I am there", serves_ohio, ohio, Outcome::can_join},
      {"a rule from the future", joins_but(any_us, [](auto& r) { r.license_region_rule = "mars"; }),
       texas, Outcome::probably},
      {"no license, no place",
       joins_but(in_ohio, [](auto& r) { r.license_rule = "none_required"; }), texas,
       Outcome::can_join},
  };
  joins_check(cases);
}

TEST(Eligibility, NeverRefusesForAMembership) {
  const auto members = joins_but(joins_open(), [](auto& r) {
    r.membership_required = "member";
    r.membership_body = "Ohio Association of Marriage and Family Therapists";
  });
  auto member = joins_with({"LMFT"});
  member.memberships = {"ohio association of marriage and family therapists"};
  auto by_initials = joins_with({"LMFT"});
  by_initials.memberships = {"OAMFT"};
  auto elsewhere = joins_with({"LMFT"});
  elsewhere.memberships = {"NASW"};
  auto nowhere = joins_with({"LMFT"});
  nowhere.no_memberships = true;
  const auto me = joins_with({"LMFT"});
  const JoinCase cases[] = {
      {"member", members, member, Outcome::can_join, "members of Ohio Association"},
      {"member, by its initials", members, by_initials, Outcome::can_join},
      {"of another body", members, elsewhere, Outcome::probably, "check that you are one"},
      {"of none", members, nowhere, Outcome::probably, "you would have to join that first"},
      {"trial", joins_but(members, [](auto& r) { r.membership_trial = true; }), nowhere,
       Outcome::probably, "You may try it first."},
      {"open to others for a fee",
       joins_but(members, [](auto& r) { r.membership_non_members_fee = "20.00"; }), nowhere,
       Outcome::can_join, "others pay 20.00"},
      {"employees", joins_but(members, [](auto& r) { r.membership_required = "employee"; }), me,
       Outcome::probably, "people who work at"},
      {"alumni", joins_but(members, [](auto& r) { r.membership_required = "alumni"; }), me,
       Outcome::probably, "alumni of"},
      {"not stated", joins_but(joins_open(), [](auto& r) { r.membership_required = ""; }), me,
       Outcome::probably, "It does not say whether one has to be a member"},
      {"any body",
       joins_but(joins_open(), [](auto& r) { r.membership_required = "member_of_any"; }), elsewhere,
       Outcome::can_join},
      {"a word from the future",
       joins_but(members, [](auto& r) { r.membership_required = "guild"; }), me, Outcome::probably},
  };
  joins_check(cases);
}

TEST(Eligibility, JudgesStageAudienceAndFirstSteps) {
  auto early = joins_with({"LMFT"});
  early.career_stage = "early_career";
  auto senior = joins_with({"LMFT"});
  senior.career_stage = "senior";
  const auto me = joins_with({"LMFT"});
  const auto for_early = joins_but(joins_open(), [](auto& r) {
    r.career_stages = {"pre_licensed", "early_career"};
  });
  const auto trainees = joins_but(joins_open(), [](auto& r) {
    r.audience = "trainees";
    r.license_rule = "none_required";
  });
  const JoinCase cases[] = {
      {"stage", for_early, early, Outcome::can_join},
      {"another stage", for_early, senior, Outcome::not_for_you, "you said senior"},
      {"stage not said", for_early, me, Outcome::probably, "Check that yours is one."},
      {"a stage from the future",
       joins_but(for_early, [](auto& r) { r.career_stages = {"emeritus"}; }), senior,
       Outcome::probably},
      {"trainees' group", trainees, joins_with({"student_trainee"}), Outcome::can_join},
      {"trainees' group, licensed", trainees, me, Outcome::not_for_you, "students and trainees"},
      {"trainees' group, nothing said", trainees, {}, Outcome::probably},
      {"one workplace",
       joins_but(joins_open(),
                 [](auto& r) {
                   r.audience = "workplace_staff";
                   r.membership_required = "";
                 }),
       me, Outcome::probably, "one workplace"},
      {"everybody",
       joins_but(joins_open(), [](auto& r) { r.audience = "public"; }),
       {},
       Outcome::can_join,
       "open to everybody"},
      {"an audience from the future",
       joins_but(joins_open(), [](auto& r) { r.audience = "robots"; }), me, Outcome::probably},
      {"a conversation is a step",
       joins_but(joins_open(), [](auto& r) { r.screening = "interview"; }), me, Outcome::can_join,
       "A conversation comes first."},
      {"a profile is a step",
       joins_but(joins_open(), [](auto& r) { r.screening = "brief_profile"; }), me,
       Outcome::can_join, "A short profile comes first."},
      {"by invitation", joins_but(joins_open(), [](auto& r) { r.screening = "invitation"; }), me,
       Outcome::probably, "by invitation"},
      {"by referral", joins_but(joins_open(), [](auto& r) { r.screening = "referral_only"; }), me,
       Outcome::probably},
      {"criteria",
       joins_but(joins_open(), [](auto& r) { r.other_criteria = {"EMDR basic training"}; }), me,
       Outcome::probably, "It asks for “EMDR basic training”: check that this fits you."},
      {"exclusions",
       joins_but(joins_open(), [](auto& r) { r.exclusions = {"a client of a member"}; }), me,
       Outcome::probably, "It is not for “a client of a member”"},
      {"full", joins_but(joins_open(), [](auto& r) { r.status = "full"; }), me, Outcome::probably,
       "waiting list"},
      {"paused", joins_but(joins_open(), [](auto& r) { r.status = "paused"; }), me,
       Outcome::probably},
      {"forming", joins_but(joins_open(), [](auto& r) { r.status = "forming"; }), me,
       Outcome::can_join, "It is forming"},
      {"closed", joins_but(joins_open(), [](auto& r) { r.status = "closed"; }), me,
       Outcome::not_for_you, "It has closed."},
  };
  joins_check(cases);
}

TEST(Requirements, R35_ASurvivorsGroupIsNeverJudgedByALicense) {
  Searcher none;
  none.unlicensed = true;
  for (const auto* rule : {"", "any_licensed", "listed", "licensed_or_trainee", "none_required"}) {
    for (const auto& searcher : {joins_with({"LMFT"}, {"US-OH"}), none, Searcher{}}) {
      auto rules = joins_listed({{"psychologist", "independent"}});
      rules.audience = "lived_experience";
      rules.license_rule = rule;
      rules.license_levels = {"independent"};
      rules.license_region_rule = "listed";
      rules.license_jurisdictions = {"US-NY"};
      const auto verdict = judge_eligibility(rules, searcher);
      EXPECT_EQ(verdict.outcome, Outcome::probably);
      EXPECT_THAT(line(verdict), HasSubstr("no license counts"));
    }
  }
}

TEST(Eligibility, OrdersWhatOneCanJoinFirstThenByWhatIsToBeAsked) {
  const auto me = joins_with({"LMFT"}, {"US-OH"});
  auto asks_once = joins_open();
  asks_once.other_criteria = {"a"};
  auto asks_twice = asks_once;
  asks_twice.exclusions = {"b"};
  auto closed = joins_open();
  closed.status = "closed";
  EXPECT_LT(eligibility_order(joins_open(), me), eligibility_order(asks_once, me));
  EXPECT_LT(eligibility_order(asks_once, me), eligibility_order(asks_twice, me));
  EXPECT_LT(eligibility_order(asks_twice, me), eligibility_order(closed, me));
  auto many = joins_open();
  many.exclusions.assign(1000, "c");
  EXPECT_EQ(outcome_of(eligibility_order(many, me)), Outcome::probably);
}

TEST(Eligibility, HasAKeyForEachSetOfRules) {
  const auto one = joins_but(joins_open(), [](auto& r) {
    r.regions = {"US"};
    r.exclusions = {"a", "b"};
  });
  const auto two = joins_but(joins_open(), [](auto& r) {
    r.regions = {"US"};
    r.exclusions = {"a;1:b"};
  });
  const auto three = joins_but(joins_open(), [](auto& r) {
    r.career_stages = {"US"};
    r.exclusions = {"a", "b"};
  });
  EXPECT_NE(key_of(one), key_of(two));
  EXPECT_NE(key_of(one), key_of(three));
  EXPECT_EQ(key_of(one), key_of(JoinRules(one)));
}

/// Every optional member of every level taken away in turn.
void joins_without_each(const Json& value, std::span<const Field> fields,
                        const std::function<void(Json, const std::string&)>& visit) {
  for (const auto& field : fields) {
    const Json* member = value.find(field.name);
    if (!member) continue;
    if (field.presence != Presence::always) {
      Json less = value;
      less.erase(field.name);
      visit(std::move(less), std::string(field.name));
    }
    if (field.members.empty()) continue;
    if (field.most == 0) {
      joins_without_each(*member, field.members, [&](Json less, const std::string& path) {
        Json whole = value;
        whole.set(field.name, std::move(less));
        visit(std::move(whole), std::string(field.name) + "." + path);
      });
    } else if (const auto* items = member->if_array()) {
      for (std::size_t i = 0; i < items->size(); ++i) {
        joins_without_each((*items)[i], field.members, [&](Json less, const std::string& path) {
          Json::Array changed = *items;
          changed[i] = std::move(less);
          Json whole = value;
          whole.set(field.name, Json(std::move(changed)));
          visit(std::move(whole), std::string(field.name) + "[]." + path);
        });
      }
    }
  }
}

TEST(Eligibility, IsNeverWorseThanProbablyForAStatementLess) {
  std::mt19937 random(20261122);
  const auto chance = [&](unsigned in) { return random() % in == 0; };
  const auto one_of = [&](Vocabulary vocabulary) {
    const auto all = terms(vocabulary);
    return chance(12) ? std::string("from_the_future")
                      : std::string(all[random() % all.size()].value);
  };
  const auto some_of = [&](Vocabulary vocabulary) {
    Json::Array values;
    do values.push_back(one_of(vocabulary));
    while (chance(2));
    return values;
  };
  const std::string places[] = {"US", "US-OH", "US-TX", "US-MN", "US-NY", "CA-ON"};
  const auto some_places = [&] {
    Json::Array values;
    do values.push_back(places[random() % std::size(places)]);
    while (chance(2));
    return values;
  };
  const std::string_view titles[] = {"LMFT",
                                     "LMFTA",
                                     "LCSW",
                                     "LP",
                                     "student_trainee",
                                     "psychologist",
                                     "retired psychologists",
                                     "psychologist:associate"};
  std::size_t refused = 0;
  std::size_t compared = 0;
  for (int round = 0; round < 800; ++round) {
    Json made = document_samples::subject();
    made.set("audience", one_of(Vocabulary::audience));
    made.set("status", one_of(Vocabulary::status));
    if (!chance(4)) made.set("license_rule", one_of(Vocabulary::license_rule));
    if (!chance(3)) {
      Json::Array licenses;
      do {
        Json license = Json::object({{"family", chance(2) ? std::string("marriage_family_therapist")
                                                          : one_of(Vocabulary::license_family)}});
        if (chance(2)) license.set("level", one_of(Vocabulary::license_level));
        licenses.push_back(std::move(license));
      } while (licenses.size() < 12 && chance(2));
      made.set("licenses", Json(std::move(licenses)));
    }
    if (chance(2)) made.set("license_levels", Json(some_of(Vocabulary::license_levels)));
    if (chance(2)) made.set("license_jurisdictions", Json(some_places()));
    if (chance(2)) made.set("license_region_rule", one_of(Vocabulary::license_region_rule));
    if (chance(2)) made.set("regions", Json(some_places()));
    if (chance(3)) made.set("career_stages", Json(some_of(Vocabulary::career_stages)));
    if (chance(2)) {
      Json membership = Json::object({{"required", one_of(Vocabulary::membership_required)}});
      if (chance(2)) membership.set("body", "NASW");
      if (chance(2)) membership.set("trial", chance(2));
      if (chance(3)) membership.set("non_members_fee", "20");
      made.set("membership", std::move(membership));
    }
    if (chance(3)) made.set("screening", one_of(Vocabulary::screening));
    if (chance(4)) made.set("exclusions", Json::array({"a client of a member"}));
    Searcher searcher;
    for (std::size_t i = 0; i < 2; ++i) {
      if (chance(2)) searcher.states.push_back(places[random() % std::size(places)]);
    }
    for (std::size_t i = 0; i < 2; ++i) {
      if (chance(2)) {
        searcher.licenses.push_back(
            *held_license(titles[random() % std::size(titles)], searcher.states));
      }
    }
    searcher.unlicensed = searcher.licenses.empty() && chance(2);
    if (chance(3)) searcher.career_stage = one_of(Vocabulary::career_stages);
    if (chance(3)) searcher.memberships = {"NASW"};
    searcher.no_memberships = searcher.memberships.empty() && chance(3);

    const auto before = read_listing(made);
    ASSERT_TRUE(before) << before.error().detail;
    const auto verdict = judge_eligibility(*before, searcher);
    EXPECT_EQ(outcome_of(eligibility_order(join_rules(*before), searcher)), verdict.outcome);
    refused += verdict.outcome == Outcome::not_for_you ? 1 : 0;
    if (verdict.outcome == Outcome::not_for_you) continue;
    joins_without_each(made, listing_fields(), [&](Json less, const std::string& path) {
      const auto read = read_listing(less);
      if (!read) return;  // its last link: no listing any more
      ++compared;
      const auto after = judge_eligibility(*read, searcher);
      EXPECT_NE(after.outcome, Outcome::not_for_you)
          << "without " << path << ": " << line(after) << "\nbefore: " << line(verdict) << "\n"
          << canonical(made);
    });
  }
  EXPECT_GT(refused, 80U);
  EXPECT_GT(compared, 1500U);
}

TEST(Eligibility, OfAListingThatStatesNothingIsProbably) {
  const auto bare = read_listing(document_samples::subject());
  ASSERT_TRUE(bare);
  for (const auto& searcher :
       {joins_with({"LMFT"}, {"US-TX"}), joins_with({"student_trainee"}), Searcher{}})
    EXPECT_EQ(judge_eligibility(*bare, searcher).outcome, Outcome::probably);
}

}  // namespace
}  // namespace protocol
