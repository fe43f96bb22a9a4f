#include "protocol/trust/eligibility.h"

#include <algorithm>
#include <utility>

#include "protocol/document/computed.h"

namespace protocol {

namespace {

/// How one rule, or one meaning of a license under it, turns out. Higher is worse.
enum class Fits { yes, ask, no };

constexpr std::size_t kMostQuestions = 255;

/// Collects what the rules say. Words are made only where they are wanted: an index asks for
/// the order of thousands of listings and reads none of them.
class JoinJudge {
 public:
  explicit JoinJudge(bool with_words) : with_words_(with_words) {}

  template <class Words>
  void yes(const Words& say) {
    if (with_words_) fits_.push_back(say());
  }
  template <class Words>
  void ask(const Words& say) {
    ++questions_;
    if (with_words_) asks_.push_back(say());
  }
  template <class Words>
  void no(const Words& say) {
    refused_ = true;
    if (with_words_) refusals_.push_back(say());
  }
  template <class Words>
  void step(const Words& say) {
    if (with_words_) steps_.push_back(say());
  }

  Outcome outcome() const {
    if (refused_) return Outcome::not_for_you;
    return questions_ > 0 ? Outcome::probably : Outcome::can_join;
  }
  std::uint16_t order() const {
    return static_cast<std::uint16_t>(static_cast<std::size_t>(outcome()) * 256 +
                                      std::min(questions_, kMostQuestions));
  }
  Verdict verdict() && {
    auto& reasons = refused_ ? refusals_ : questions_ > 0 ? asks_ : fits_;
    return {outcome(), std::move(reasons), std::move(steps_)};
  }

 private:
  bool with_words_;
  bool refused_ = false;
  std::size_t questions_ = 0;
  std::vector<std::string> fits_, asks_, refusals_, steps_;
};

bool join_has(const std::vector<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

std::string join_list(const std::vector<std::string>& items, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i + 1 == items.size() ? " " + std::string(last) + " " : ", ";
    text += items[i];
  }
  return text;
}

std::string join_lower(std::string text) {
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (text.size() > 1 && upper(text[0]) && !upper(text[1]))
    text[0] = static_cast<char>(text[0] + 32);
  return text;
}

/// A value of another program's vocabulary, as its words.
std::string join_spoken(std::string_view value) {
  std::string text(value);
  std::replace(text.begin(), text.end(), '_', ' ');
  return "“" + text + "”";
}

std::string join_label(Vocabulary vocabulary, std::string_view value) {
  return is_known(vocabulary, value) ? join_lower(label(vocabulary, value)) : join_spoken(value);
}

std::string join_regions(const std::vector<std::string>& codes, std::string_view last) {
  std::vector<std::string> names;
  for (const auto& code : codes) names.push_back(region_name(code));
  return join_list(names, last);
}

/// How many people a profession names.
enum class JoinNumber { one, many };

std::string join_family(const std::string& family, JoinNumber number) {
  auto text = join_label(Vocabulary::license_family, family);
  if (number == JoinNumber::one || !is_known(Vocabulary::license_family, family)) return text;
  if (family == "student_trainee") return "students or trainees";
  const auto note = text.find(" (");  // "counselor (other)"
  return text.insert(note == std::string::npos ? text.size() : note, "s");
}

/// "psychologists", "clinical social worker with an independent license".
std::string join_license(const License& license, JoinNumber number) {
  std::string text = join_family(license.family, number);
  if (license.level == "independent") return text + " with an independent license";
  if (license.level == "associate") return text + " with an associate or provisional license";
  if (license.level == "trainee" && license.family != "student_trainee")
    return text + " in training";
  if (license.level == "retired") return "retired " + text;
  return text;
}

std::string join_licenses(const std::vector<License>& licenses, JoinNumber number) {
  std::vector<std::string> texts;
  for (const auto& license : licenses) {
    auto text = join_license(license, number);
    if (!join_has(texts, text)) texts.push_back(std::move(text));
  }
  return join_list(texts, "or");
}

bool join_is_trainee(const License& license) {
  return license.level == "trainee" || license.family == "student_trainee";
}

/// Whether `is` holds of each license that the searcher names, whatever it means; false of none.
template <class Is>
bool join_all_are(const Searcher& searcher, const Is& is) {
  return !searcher.licenses.empty() &&
         std::all_of(searcher.licenses.begin(), searcher.licenses.end(), [&](const auto& held) {
           return std::all_of(held.meanings.begin(), held.meanings.end(), is);
         });
}

bool join_in_training(const Searcher& searcher) {
  if (searcher.career_stage == "student" || searcher.career_stage == "pre_licensed") return true;
  return join_all_are(searcher, join_is_trainee);
}

/// What a state or a body certifies, and does not license in the sense of "any mental health
/// license".
bool join_is_certified(const License& license) {
  return license.family == "peer_specialist" || license.family == "community_health_worker";
}

/// The level as `license_levels` writes it; empty where the searcher did not say it.
std::string_view join_level(const License& license) {
  if (join_is_trainee(license)) return "trainee";
  if (license.level == "associate") return "associate_provisional";
  return license.level;
}

/// Whether the listing's levels take this license. Compact privileges are no level of a license.
Fits join_levels(const JoinRules& rules, const License& held) {
  const bool any = std::any_of(rules.license_levels.begin(), rules.license_levels.end(),
                               [](const auto& level) { return level != "compact_privilege"; });
  if (!any) return Fits::yes;
  const auto level = join_level(held);
  if (level.empty()) return Fits::ask;
  if (join_has(rules.license_levels, level)) return Fits::yes;
  // An independent license has been an associate's before.
  if (level == "independent" && join_has(rules.license_levels, "associate_provisional"))
    return Fits::yes;
  const bool all_known =
      std::all_of(rules.license_levels.begin(), rules.license_levels.end(),
                  [](const auto& one) { return is_known(Vocabulary::license_levels, one); });
  return all_known ? Fits::no : Fits::ask;
}

Fits join_listed(const JoinRules& rules, const License& held) {
  Fits best = Fits::no;
  for (const auto& asked : rules.licenses) {
    if (satisfies(held, asked)) {
      // "A level not said satisfies": true of a filter, but here it is something to check.
      const bool unsure = held.level.empty() && !asked.level.empty();
      best = std::min(best, unsure ? Fits::ask : Fits::yes);
    } else if (!is_known(Vocabulary::license_family, asked.family) ||
               (asked.family == held.family && !asked.level.empty() &&
                !is_known(Vocabulary::license_level, asked.level))) {
      best = std::min(best, Fits::ask);
    }
  }
  return best;
}

/// One meaning of one license under the license rule. What is not stated asks.
Fits join_meaning(const JoinRules& rules, const License& held) {
  const bool trainee = join_is_trainee(held);
  if (rules.license_rule == "listed") {
    if (rules.licenses.empty()) return Fits::ask;
    return std::max(join_listed(rules, held), join_levels(rules, held));
  }
  const bool any = rules.license_rule == "any_licensed";
  if (any || rules.license_rule == "licensed_or_trainee") {
    const auto levels = join_levels(rules, held);
    // The rule names trainees; a list of levels without them contradicts it, and only asks.
    if (!any && trainee) return levels == Fits::no ? Fits::ask : levels;
    // Somebody in training, or retired, has no license as this rule means it, unless levels say so;
    // nor has a certified peer.
    const bool doubtful =
        (trainee || held.level == "retired") && !join_has(rules.license_levels, join_level(held));
    return levels == Fits::yes && (doubtful || join_is_certified(held)) ? Fits::ask : levels;
  }
  // No rule, or one that is not known here: a list that has the license is a yes, one that has not
  // may be only examples.
  return !rules.licenses.empty() && join_listed(rules, held) == Fits::yes &&
                 join_levels(rules, held) == Fits::yes
             ? Fits::yes
             : Fits::ask;
}

std::string join_what_it_takes(const JoinRules& rules) {
  std::string text;
  if (rules.license_rule == "listed" && !rules.licenses.empty()) {
    text = "It takes " + join_licenses(rules.licenses, JoinNumber::many);
  } else if (rules.license_rule == "any_licensed") {
    text = "It takes people with a mental health license";
  } else {
    text = "It takes people who are licensed or in training";
  }
  std::vector<std::string> levels;
  for (const auto& level : rules.license_levels) {
    if (level != "compact_privilege")
      levels.push_back(join_label(Vocabulary::license_levels, level));
  }
  if (!levels.empty()) text += " (" + join_list(levels, "or") + ")";
  return text;
}

/// Whether it says that a license, or training for one, is needed.
bool join_states_rule(const JoinRules& rules) {
  return rules.license_rule == "any_licensed" || rules.license_rule == "listed" ||
         rules.license_rule == "licensed_or_trainee";
}

std::string join_yours(const Searcher& searcher) {
  std::vector<std::string> titles;
  for (const auto& held : searcher.licenses) {
    if (!join_has(titles, held.title)) titles.push_back(held.title);
  }
  return join_list(titles, "and");
}

void judge_license(const JoinRules& rules, const Searcher& searcher, JoinJudge& judge) {
  if (rules.license_rule == "none_required") {
    judge.yes([] { return std::string("No license is needed."); });
    return;
  }
  const bool stated = join_states_rule(rules);
  // Who works in one place is no matter of licenses unless it says so.
  if (rules.audience == "workplace_staff" && rules.license_rule.empty() && rules.licenses.empty())
    return;
  if (searcher.licenses.empty()) {
    const bool trainee = join_in_training(searcher);
    const bool students_listed =
        searcher.career_stage == "student" && rules.license_rule == "listed" &&
        std::any_of(rules.licenses.begin(), rules.licenses.end(),
                    [](const License& asked) { return asked.family == "student_trainee"; });
    if (students_listed || (trainee && rules.license_rule == "licensed_or_trainee")) {
      judge.yes([] { return std::string("It takes people in training."); });
    } else if (searcher.unlicensed && stated && !trainee) {
      judge.no([&] { return join_what_it_takes(rules) + "."; });
    } else if (!stated) {
      judge.ask([&] {
        return rules.licenses.empty()
                   ? std::string("It does not say which licenses it takes: ask.")
                   : "It names " + join_licenses(rules.licenses, JoinNumber::many) +
                         ": ask whether it takes you.";
      });
    } else {
      judge.ask([&] { return join_what_it_takes(rules) + ": check that this is you."; });
    }
    return;
  }
  Fits best = Fits::no;
  const HeldLicense* fitting = nullptr;
  const HeldLicense* ambiguous = nullptr;
  for (const auto& held : searcher.licenses) {
    Fits low = Fits::no;
    Fits high = Fits::yes;
    for (const auto& meaning : held.meanings) {
      const auto fits = join_meaning(rules, meaning);
      low = std::min(low, fits);
      high = std::max(high, fits);
    }
    const auto fits = low == high ? low : Fits::ask;
    if (low != high && fits < best) ambiguous = &held;
    if (fits < best) {
      best = fits;
      fitting = &held;
    }
  }
  if (best == Fits::yes) {
    judge.yes([&] { return "It takes your license (" + fitting->title + ")."; });
  } else if (best == Fits::no) {
    judge.no(
        [&] { return join_what_it_takes(rules) + "; you said " + join_yours(searcher) + "."; });
  } else if (ambiguous != nullptr && ambiguous == fitting) {
    judge.ask([&] {
      return "“" + ambiguous->title + "” may mean " +
             join_licenses(ambiguous->meanings, JoinNumber::one) +
             ", and it does not take each: say which, or name your state.";
    });
  } else {
    judge.ask([&] {
      if (stated && !(rules.license_rule == "listed" && rules.licenses.empty()))
        return join_what_it_takes(rules) + ": ask whether it takes " + join_yours(searcher) + ".";
      if (!rules.licenses.empty())
        return "It names " + join_licenses(rules.licenses, JoinNumber::many) +
               ": ask whether it takes " + join_yours(searcher) + ".";
      return "It does not say which licenses it takes: ask whether it takes " +
             join_yours(searcher) + ".";
    });
  }
}

bool join_covered(const std::vector<std::string>& codes, const std::vector<std::string>& states) {
  return std::any_of(states.begin(), states.end(), [&](const auto& state) {
    return std::any_of(codes.begin(), codes.end(),
                       [&](const auto& code) { return region_covers(code, state); });
  });
}

/// A searcher who named only the country may be licensed in the state that a group asks for.
bool join_maybe_covered(const std::vector<std::string>& codes,
                        const std::vector<std::string>& states) {
  return std::any_of(codes.begin(), codes.end(), [&](const auto& code) {
    return std::any_of(states.begin(), states.end(),
                       [&](const auto& state) { return region_covers(state, code); });
  });
}

/// Those of `states` that the codes cover.
std::vector<std::string> join_covered_states(const std::vector<std::string>& codes,
                                             const std::vector<std::string>& states) {
  std::vector<std::string> covered;
  for (const auto& state : states)
    if (join_covered(codes, {state})) covered.push_back(state);
  return covered;
}

void judge_license_region(const JoinRules& rules, const Searcher& searcher, JoinJudge& judge) {
  if (rules.license_rule == "none_required" || rules.license_region_rule == "any_country") return;
  // Who holds no license, or is in training, has none of a state.
  if (searcher.licenses.empty() && (searcher.unlicensed || join_in_training(searcher))) return;
  const auto yours = [&] { return join_regions(searcher.states, "and"); };
  // Where it does not say that a license is needed, one of another place refuses nobody; nor
  // somebody in training, who has none of any place yet.
  const bool needs_license = join_states_rule(rules) && !join_all_are(searcher, join_is_trainee);
  const auto decide = [&](const std::vector<std::string>& codes) {
    if (searcher.states.empty()) {
      judge.ask([&] {
        return "It asks for a license of " + join_regions(codes, "or") + ": check that yours is.";
      });
    } else if (join_covered(codes, searcher.states)) {
      judge.yes([&] {
        return "It takes a license of " +
               join_regions(join_covered_states(codes, searcher.states), "and") + ".";
      });
    } else if (!needs_license) {
      judge.ask([&] {
        return "It names licenses of " + join_regions(codes, "or") +
               ": ask whether it takes one of " + yours() + ".";
      });
    } else if (join_maybe_covered(codes, searcher.states)) {
      judge.ask([&] {
        return "It asks for a license of " + join_regions(codes, "or") + ": check that yours is.";
      });
    } else {
      judge.no([&] {
        std::string text = "It asks for a license of " + join_regions(codes, "or") +
                           "; yours is of " + yours() + ".";
        if (join_has(rules.license_levels, "compact_privilege"))
          text += " A compact privilege there would count.";
        return text;
      });
    }
  };
  if (rules.license_region_rule == "any_us") return decide({"US"});
  if (rules.license_region_rule == "listed" && !rules.license_jurisdictions.empty())
    return decide(rules.license_jurisdictions);
  if (rules.license_region_rule == "same_as_region" && !rules.regions.empty())
    return decide(rules.regions);
  if (!rules.license_region_rule.empty()) {
    judge.ask([] {
      return std::string("It does not say clearly where your license must be from: ask.");
    });
    return;
  }
  // No rule: places that it names may be only where it works.
  if (searcher.states.empty()) return;
  const auto& codes =
      rules.license_jurisdictions.empty() ? rules.regions : rules.license_jurisdictions;
  if (codes.empty() || join_covered(codes, searcher.states)) return;
  judge.ask([&] {
    return (rules.license_jurisdictions.empty() ? "It serves " : "It names licenses of ") +
           join_regions(codes, "and") + ": ask whether it takes a license of " + yours() + ".";
  });
}

/// Whether the listed stages leave no known one out.
bool join_takes_every_stage(const JoinRules& rules) {
  const auto all = terms(Vocabulary::career_stages);
  return std::all_of(all.begin(), all.end(),
                     [&](const auto& term) { return join_has(rules.career_stages, term.value); });
}

void judge_career_stage(const JoinRules& rules, const Searcher& searcher, JoinJudge& judge) {
  if (rules.career_stages.empty()) return;
  if (searcher.career_stage.empty()) {
    // What a license says of a stage counts; beyond that it was not said.
    const bool by_license =
        (join_all_are(searcher, join_is_trainee) &&
         (join_has(rules.career_stages, "student") ||
          join_has(rules.career_stages, "pre_licensed"))) ||
        (join_all_are(searcher, [](const License& held) { return held.level == "retired"; }) &&
         join_has(rules.career_stages, "retired"));
    if (by_license || join_takes_every_stage(rules)) return;
    judge.ask([&] {
      std::vector<std::string> labels;
      for (const auto& stage : rules.career_stages)
        labels.push_back(join_label(Vocabulary::career_stages, stage));
      return "It is for these career stages: " + join_list(labels, "or") +
             ". Check that yours is one.";
    });
    return;
  }
  if (join_has(rules.career_stages, searcher.career_stage)) {
    judge.yes([&] {
      return "It is for your career stage (" +
             join_label(Vocabulary::career_stages, searcher.career_stage) + ").";
    });
    return;
  }
  const auto stages = [&] {
    std::vector<std::string> labels;
    for (const auto& stage : rules.career_stages)
      labels.push_back(join_label(Vocabulary::career_stages, stage));
    return join_list(labels, "or");
  };
  const bool all_known =
      std::all_of(rules.career_stages.begin(), rules.career_stages.end(),
                  [](const auto& stage) { return is_known(Vocabulary::career_stages, stage); });
  if (!all_known || !is_known(Vocabulary::career_stages, searcher.career_stage)) {
    judge.ask([&] { return "It is for these career stages: " + stages() + ". Ask."; });
  } else {
    judge.no([&] {
      return "It is for these career stages: " + stages() + "; you said " +
             join_label(Vocabulary::career_stages, searcher.career_stage) + ".";
    });
  }
}

/// Small letters and digits only, so that "Ohio MFT Assn." and "ohio mft assn" are one.
std::string join_folded(std::string_view text) {
  std::string folded;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') {
      folded += static_cast<char>(c + 32);
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               (static_cast<unsigned char>(c) & 0x80U) != 0) {
      folded += c;
    } else if (!folded.empty() && folded.back() != ' ') {
      folded += ' ';
    }
  }
  while (folded.ends_with(' ')) folded.pop_back();
  return folded;
}

/// "OAMFT" of "Ohio Association of Marriage and Family Therapists": how members write it.
std::string join_initials(std::string_view folded) {
  std::string initials;
  std::string word;
  const auto take = [&] {
    if (!word.empty() && word != "of" && word != "for" && word != "and" && word != "the")
      initials += word[0];
    word.clear();
  };
  for (const char c : folded) {
    if (c == ' ') {
      take();
    } else {
      word += c;
    }
  }
  take();
  return initials;
}

bool join_is_member(const JoinRules& rules, const Searcher& searcher) {
  if (rules.membership_body.empty()) return false;
  const auto body = join_folded(rules.membership_body);
  return std::any_of(
      searcher.memberships.begin(), searcher.memberships.end(), [&](const auto& name) {
        const auto mine = join_folded(name);
        return !mine.empty() &&
               (mine == body ||
                (mine.size() > 2 && (mine == join_initials(body) || join_initials(mine) == body)));
      });
}

void judge_membership(const JoinRules& rules, const Searcher& searcher, JoinJudge& judge) {
  const auto& required = rules.membership_required;
  const auto body = [&](std::string_view otherwise) {
    return rules.membership_body.empty() ? std::string(otherwise) : rules.membership_body;
  };
  if (required == "none") {
    judge.yes([] { return std::string("No membership is needed."); });
    return;
  }
  if (required.empty()) {
    judge.ask([&] {
      return rules.membership_body.empty()
                 ? std::string("It does not say whether one has to be a member: ask.")
                 : "Ask whether one has to be a member of " + rules.membership_body + ".";
    });
    return;
  }
  if (join_is_member(rules, searcher) ||
      (required == "member_of_any" && rules.membership_body.empty() &&
       !searcher.memberships.empty())) {
    judge.yes([&] { return "It is for members of " + body("a body such as yours") + "."; });
    return;
  }
  if (!rules.membership_non_members_fee.empty() &&
      (required == "member" || required == "member_of_any")) {
    judge.yes([&] {
      return "You need not be a member; others pay " + rules.membership_non_members_fee + ".";
    });
    return;
  }
  judge.ask([&] {
    std::string text;
    if (required == "employee") {
      text = "It is for people who work at " + body("one employer") + ": check that this is you.";
    } else if (required == "alumni") {
      text = "It is for alumni of " + body("one school") + ": check that this is you.";
    } else if (required == "member" || required == "member_of_any") {
      text = "It is for members of " + body("one body");
      text += searcher.no_memberships ? ": you would have to join that first."
                                      : ": check that you are one.";
    } else {
      text = "It asks for a membership of a kind that is not known here, " + join_spoken(required) +
             ": ask.";
    }
    if (rules.membership_trial.value_or(false)) text += " You may try it first.";
    return text;
  });
}

/// Whom it is for; false where no license has a say.
bool judge_audience(const JoinRules& rules, const Searcher& searcher, JoinJudge& judge) {
  if (rules.audience == "lived_experience") {
    judge.ask([] {
      return std::string(
          "It is for people with lived experience, and no license counts: whether it is yours, you "
          "know best.");
    });
    return false;
  }
  if (rules.audience == "public") {
    judge.yes([] { return std::string("It is open to everybody."); });
    return false;
  }
  if (rules.audience == "workplace_staff") {
    // Who employs is in the membership, where it is stated.
    if (rules.membership_required.empty())
      judge.ask([] {
        return std::string("It is for the staff of one workplace: check that it is yours.");
      });
    return true;
  }
  if (rules.audience == "trainees") {
    // A license that one holds for oneself, or a stage after training, says that one is past it. An
    // associate, or somebody who named no level, may still be meant.
    const bool past =
        !searcher.career_stage.empty() || join_all_are(searcher, [](const License& held) {
          return held.level == "independent" || held.level == "retired";
        });
    if (join_in_training(searcher)) {
      judge.yes([] { return std::string("It is for students and trainees."); });
    } else if (past) {
      judge.no([] { return std::string("It is for students and trainees."); });
    } else {
      judge.ask(
          [] { return std::string("It is for students and trainees: check that this is you."); });
    }
    return true;
  }
  if (rules.audience == "therapists" || rules.audience == "mixed" ||
      rules.audience == "health_professionals")
    return true;
  judge.ask([&] { return "It is for " + join_spoken(rules.audience) + ": ask whom that means."; });
  return true;
}

void judge_state_and_steps(const JoinRules& rules, JoinJudge& judge) {
  if (rules.status == "closed" || rules.status == "withdrawn") {
    judge.no([] { return std::string("It has closed."); });
  } else if (rules.status == "full") {
    judge.ask([] { return std::string("It is full: ask about a waiting list."); });
  } else if (rules.status == "paused") {
    judge.ask([] { return std::string("It is paused: ask when it meets again."); });
  } else if (rules.status == "forming") {
    judge.step([] { return std::string("It is forming and looks for people."); });
  }
  if (rules.screening == "brief_profile") {
    judge.step([] { return std::string("A short profile comes first."); });
  } else if (rules.screening == "interview") {
    judge.step([] { return std::string("A conversation comes first."); });
  } else if (rules.screening == "referral_only") {
    judge.ask([] { return std::string("Somebody has to refer you: ask how."); });
  } else if (rules.screening == "invitation") {
    judge.ask([] { return std::string("It is by invitation: ask to be invited."); });
  } else if (!rules.screening.empty() && rules.screening != "none") {
    judge.ask([&] {
      return "Its first step is " + join_spoken(rules.screening) + ": ask what that is.";
    });
  }
}

void judge_all(const JoinRules& rules, const Searcher& searcher, JoinJudge& judge) {
  const bool by_license = judge_audience(rules, searcher, judge);
  if (by_license) {
    judge_license(rules, searcher, judge);
    judge_license_region(rules, searcher, judge);
    judge_career_stage(rules, searcher, judge);
  }
  // Everybody may come where it says so; elsewhere membership counts.
  if (by_license || !rules.membership_required.empty()) judge_membership(rules, searcher, judge);
  for (const auto& criterion : rules.other_criteria)
    judge.ask([&] { return "It asks for “" + criterion + "”: check that this fits you."; });
  for (const auto& exclusion : rules.exclusions)
    judge.ask([&] { return "It is not for “" + exclusion + "”: check that this is not you."; });
  judge_state_and_steps(rules, judge);
}

void key_add(std::string& key, std::string_view text) {
  key += std::to_string(text.size());
  key += ':';
  key += text;
}

}  // namespace

bool Searcher::empty() const { return *this == Searcher(); }

std::optional<HeldLicense> held_license(std::string_view text,
                                        std::span<const std::string> states) {
  HeldLicense held{std::string(text), {}};
  const auto add = [&](const License& license) {
    if (std::find(held.meanings.begin(), held.meanings.end(), license) == held.meanings.end())
      held.meanings.push_back(license);
  };
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    const License license{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
    if (!is_known(Vocabulary::license_family, license.family)) return std::nullopt;
    held.title = join_license(license, JoinNumber::one);
    add(license);
    return held;
  }
  if (is_known(Vocabulary::license_family, text)) {
    held.title = join_label(Vocabulary::license_family, text);
    add({std::string(text), text == "student_trainee" ? "trainee" : ""});
    return held;
  }
  for (const auto& state : states) {
    for (const auto& license : licenses_of(text, state)) add(license);
  }
  if (held.meanings.empty()) {
    for (const auto& license : licenses_of(text)) add(license);
  }
  if (held.meanings.empty()) return std::nullopt;
  return held;
}

namespace {

/// "$20", "20 EUR": a fee as it is said; the listing names no currency beside it.
std::string join_fee(const Listing& listing) {
  if (listing.membership_non_members_fee.empty()) return {};
  const auto fee = cost_picture(listing).non_members_fee;
  if (!fee) return listing.membership_non_members_fee;
  std::string amount = std::to_string(fee->low_cents / 100);
  if (const auto cents = fee->low_cents % 100; cents != 0)
    amount += (cents < 10 ? ".0" : ".") + std::to_string(cents);
  return fee->currency == "USD"
             ? "$" + amount
             : amount + (fee->currency.empty() ? " (currency not stated)" : " " + fee->currency);
}

}  // namespace

JoinRules join_rules(const Listing& listing) {
  return {.audience = listing.audience,
          .status = listing.status,
          .license_rule = listing.license_rule,
          .license_region_rule = listing.license_region_rule,
          .licenses = listing.licenses,
          .license_jurisdictions = listing.license_jurisdictions,
          .license_levels = listing.license_levels,
          .regions = listing.regions,
          .career_stages = listing.career_stages,
          .membership_required = listing.membership_required,
          .membership_body = listing.membership_body,
          .membership_trial = listing.membership_trial,
          .membership_non_members_fee = join_fee(listing),
          .screening = listing.screening,
          .other_criteria = listing.other_criteria,
          .exclusions = listing.exclusions};
}

std::string key_of(const JoinRules& rules) {
  std::string key;
  for (const auto* text :
       {&rules.audience, &rules.status, &rules.license_rule, &rules.license_region_rule,
        &rules.membership_required, &rules.membership_body, &rules.membership_non_members_fee,
        &rules.screening})
    key_add(key, *text);
  key += rules.membership_trial ? (*rules.membership_trial ? 'y' : 'n') : '-';
  for (const auto& license : rules.licenses) {
    key_add(key, license.family);
    key_add(key, license.level);
  }
  for (const auto* list : {&rules.license_jurisdictions, &rules.license_levels, &rules.regions,
                           &rules.career_stages, &rules.other_criteria, &rules.exclusions}) {
    key += ';';
    for (const auto& text : *list) key_add(key, text);
  }
  return key;
}

Verdict judge_eligibility(const Listing& listing, const Searcher& searcher) {
  return judge_eligibility(join_rules(listing), searcher);
}

Verdict judge_eligibility(const JoinRules& rules, const Searcher& searcher) {
  JoinJudge judge(true);
  judge_all(rules, searcher, judge);
  return std::move(judge).verdict();
}

std::uint16_t eligibility_order(const JoinRules& rules, const Searcher& searcher) {
  JoinJudge judge(false);
  judge_all(rules, searcher, judge);
  return judge.order();
}

Outcome outcome_of(std::uint16_t order) {
  return order < 256 ? Outcome::can_join : order < 512 ? Outcome::probably : Outcome::not_for_you;
}

std::string_view word(Outcome outcome) {
  switch (outcome) {
    case Outcome::can_join:
      return "can_join";
    case Outcome::probably:
      return "probably";
    case Outcome::not_for_you:
      return "not_for_you";
  }
  return {};
}

std::string_view words(Outcome outcome) {
  switch (outcome) {
    case Outcome::can_join:
      return "You can join";
    case Outcome::probably:
      return "Probably";
    case Outcome::not_for_you:
      return "Not for you";
  }
  return {};
}

std::string line(const Verdict& verdict) {
  std::string text(words(verdict.outcome));
  text += '.';
  for (const auto* sentences : {&verdict.reasons, &verdict.steps}) {
    for (const auto& sentence : *sentences) text += " " + sentence;
  }
  return text;
}

}  // namespace protocol
