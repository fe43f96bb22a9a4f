#include "node/importing/understand_people.h"

#include <algorithm>
#include <set>

#include "node/importing/cell_words.h"

namespace node {

namespace {

using protocol::License;

struct PeopleToken {
  std::string text;     ///< as written
  bool breaks = false;  ///< a comma or the like stands before it
  bool slash = false;   ///< "/" stands before it
};

std::vector<PeopleToken> people_tokens(std::string_view cell) {
  std::vector<PeopleToken> tokens;
  bool breaks = true;
  bool slash = false;
  std::string word;
  const auto flush = [&] {
    while (!word.empty() && (word.back() == '.' || word.back() == '-') &&
           word.find('.') == word.size() - 1)
      word.pop_back();
    // "LCSW's": a plural, as many write it.
    if (word.size() > 3 && word.ends_with("'s")) word.resize(word.size() - 2);
    if (word.empty()) return;
    tokens.push_back({word, breaks, slash});
    breaks = slash = false;
    word.clear();
  };
  std::string plain(cell);
  for (auto at = plain.find("\xE2\x80\x99"); at != std::string::npos;
       at = plain.find("\xE2\x80\x99", at + 1))
    plain.replace(at, 3, "'");
  for (const char c : plain) {
    const bool part = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.' || c == '\'' || static_cast<unsigned char>(c) >= 0x80;
    if (part) {
      word += c;
      continue;
    }
    flush();
    if (c == '&') {
      tokens.push_back({"and", false, false});
    } else if (c == '/') {
      breaks = slash = true;
    } else if (c != ' ' && c != '"') {
      breaks = true;
    }
  }
  flush();
  return tokens;
}

bool people_same(const License& a, const License& b) {
  return a.family == b.family && a.level == b.level;
}

bool people_is_student(const License& license) { return license.family == "student_trainee"; }

/// Words between and around licenses that add nobody to them.
bool people_joins(std::string_view word) {
  constexpr std::string_view kJoins[] = {"and", "or",   "only",     "the",   "for",   "with",
                                         "an",  "a",    "licensed", "fully", "holds", "clinical",
                                         "y",   "plus", "must",     "be",    "both"};
  return std::find(std::begin(kJoins), std::end(kJoins), word) != std::end(kJoins);
}

/// Whether a title is another license in some state ("LPC" in Ohio): a list for readers everywhere
/// then does not say whom it leaves out.
bool people_depends_on_place(std::string_view run) {
  auto title = plain_words(run);
  static const auto kTitles = [] {
    std::set<std::string, std::less<>> titles;
    for (const auto& row : protocol::license_titles()) {
      if (!row.regions.empty()) titles.insert(plain_words(row.title));
    }
    return titles;
  }();
  const auto dependent = [&](std::string_view wanted) { return kTitles.contains(wanted); };
  return dependent(title) ||
         (title.ends_with('s') && dependent(std::string_view(title).substr(0, title.size() - 1)));
}

struct PeopleAsides {
  std::string text;               ///< without whom they work with
  std::vector<std::string> also;  ///< plain words of what they are besides
};

/// Takes "working with families" off "therapists working with families", up to the next full stop,
/// semicolon or bracket; what stands behind "who" is named apart, since "who are students" counts.
PeopleAsides people_without_asides(const std::string& read) {
  constexpr std::string_view kWork[] = {
      " working with ",    " working w/ ",        " who work w/ ", " who work with ",
      " working in ",      " who treat ",         " treating ",    " serving ",
      " who serve ",       " who see ",           " supporting ",  " specializing in ",
      " specialising in ", " who specialize in ", " who support "};
  std::string small = read;
  for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  PeopleAsides people;
  std::size_t at = 0;
  while (at < read.size()) {
    const auto end = std::min(small.find_first_of(";.()|", at), read.size());
    auto stop = end;
    for (const auto work : kWork) {
      const auto found = small.find(work, at);
      if (found < stop && found > at) stop = found;
    }
    const auto who = small.find(" who ", at);
    if (who != std::string::npos && who < stop)
      people.also.push_back(plain_words(std::string_view(read).substr(who, stop - who)));
    people.text += read.substr(at, stop - at);
    if (end < read.size()) people.text += read[end];
    at = end + 1;
  }
  return people;
}

bool people_is_degree(std::string_view title) {
  return title == "PhD" || title == "Ph.D" || title == "EdD" || title == "PsyD" || title == "Psy.D";
}

/// "LP" of "LPs", and "LCSW" of "LCSW-S": what a state adds for who supervises, or a board for who
/// is certified, does not change the license. Marks of other levels ("LPC-A") are titles of their
/// own.
std::string people_bare_title(const std::string& title) {
  constexpr std::string_view kMarks[] = {"-S", "-R", "-QS", "-BACS", "-MHSP", "-CP", "-AP", "-BC"};
  // "LPs"
  if (title.size() > 2 && title.ends_with('s') &&
      std::all_of(title.begin(), title.end() - 1, [](char c) { return c >= 'A' && c <= 'Z'; }))
    return title.substr(0, title.size() - 1);
  for (const auto mark : kMarks) {
    if (title.size() > mark.size() + 2 && title.ends_with(mark))
      return title.substr(0, title.size() - mark.size());
  }
  return {};
}

/// Titles of physicians and nurses, whom no family here means.
constexpr std::string_view kPeopleMedicalTitles[] = {"md",   "do",  "rn",  "np",   "pa",
                                                     "aprn", "lpn", "bsn", "crnp", "dnp"};

}  // namespace

const std::vector<License>& LicenseWords::of(const std::string& words, const std::string& region) {
  constexpr std::size_t kMost = 50'000;
  if (known_.size() > kMost) known_.clear();
  auto key = words + "\n" + region;
  const auto found = known_.find(key);
  if (found != known_.end()) return found->second;
  return known_.emplace(std::move(key), protocol::licenses_of(words, region)).first->second;
}

PeopleReading understand_people(std::string_view cell, const std::string& region,
                                LicenseWords& known) {
  constexpr std::size_t kRead = 1'000;
  PeopleReading reading;
  if (says_nothing(cell)) return reading;
  // Not whom they work with: "therapists working with families".
  const auto whom = people_without_asides(cut_text(tidy_cell(cell), kRead));
  const std::string& read = whom.text;
  std::string plain = plain_words(read);
  for (auto at = plain.find("counsell"); at != std::string::npos;
       at = plain.find("counsell", at + 1))
    plain.replace(at, 8, "counsel");
  for (auto at = plain.find("licence"); at != std::string::npos; at = plain.find("licence", at + 1))
    plain.replace(at, 7, "license");
  const auto quote = "'" + cut_text(read, 80) + "'";

  // Whom it is for, by groups of people.
  std::string rest = plain;
  const auto take = [&](std::initializer_list<std::string_view> phrases) {
    bool any = false;
    for (const auto phrase : phrases) {
      for (auto at = find_phrase(rest, phrase); at != std::string::npos;
           at = find_phrase(rest, phrase, at + 1)) {
        const auto before = std::string_view(rest).substr(0, at);
        const bool denied = before.ends_with("no ") || before.ends_with("not ") ||
                            before.ends_with("not for ") || before.ends_with("except ") ||
                            before.ends_with("excluding ");
        if (!denied) any = true;
        for (std::size_t i = 0; i < phrase.size(); ++i) rest[at + i] = '\x01';
      }
    }
    return any;
  };
  const bool no_license =
      has_any_phrase(plain, {"no license needed", "no license required", "no license necessary",
                             "license not required", "license not needed", "without a license",
                             "no licensure required", "no license"});
  // Members of a body at a student's rate are not all whom it is for.
  const bool student_members = take({"student members", "student member", "student affiliates"});
  // "Clinician survivors" are clinicians, as are "therapists bereaved by suicide".
  const bool clinician_survivors =
      take({"clinician survivors", "clinician survivor", "therapist survivors"});
  const bool named_survivors = take({"survivors", "survivor", "loss survivors"});
  const bool lived = take({"people with lived experience", "with lived experience",
                           "lived experience", "bereaved", "with own history"});
  // "Social work students" are trainees before they are social workers.
  const bool trainees = take({"social work students",
                              "psychology students",
                              "psychology graduate students",
                              "psychiatry residents",
                              "psychiatric residents",
                              "graduate students",
                              "grad students",
                              "graduate trainees",
                              "student therapists",
                              "trainee therapists",
                              "students",
                              "student",
                              "trainees",
                              "trainee",
                              "interns",
                              "intern",
                              "practicum",
                              "in training",
                              "counseling students",
                              "doctoral students",
                              "candidates in training",
                              "supervisees"});
  bool therapists = take({"mental health professionals",
                          "mental health professional",
                          "mental health providers",
                          "mental health provider",
                          "mental health clinicians",
                          "mental health clinician",
                          "mental health practitioners",
                          "mental health practitioner",
                          "mental health workers",
                          "mental health counselors",
                          "mental health field",
                          "mental health pros",
                          "mental health folks",
                          "mental health staff",
                          "mental health people",
                          "mh professionals",
                          "mh professional",
                          "mh clinicians",
                          "mh providers",
                          "mh practitioners",
                          "mhps",
                          "psic\xC3\xB3logos",
                          "psic\xC3\xB3logas",
                          "psicoterapeutas",
                          "mental health therapists",
                          "behavioral health professionals",
                          "behavioral health clinicians",
                          "behavioral health providers",
                          "practitioners of psychotherapy",
                          "licensed professionals",
                          "helping professionals",
                          "psychotherapists",
                          "psychotherapist",
                          "therapists",
                          "therapist",
                          "terapeutas",
                          "clinicians",
                          "clinician",
                          "counselors",
                          "counselor",
                          "psychologists",
                          "psychologist",
                          "psychoanalysts",
                          "psychoanalyst",
                          "psychiatrists",
                          "social workers",
                          "social worker",
                          "analysts",
                          "any license",
                          "any licensed",
                          "mfts",
                          "psicologos",
                          "psychologues",
                          "psychologue",
                          "psychotherapeutes",
                          "psychoth\xC3\xA9rapeutes",
                          "th\xC3\xA9rapeutes",
                          "travailleurs sociaux",
                          "travailleuses sociales",
                          "consejeros",
                          "therapeutes",
                          "licensees"});
  therapists = therapists || clinician_survivors;
  const bool survivors = named_survivors || (lived && !therapists);
  const bool health = take({"health professionals",
                            "health care professionals",
                            "healthcare professionals",
                            "health care practitioners",
                            "healthcare practitioners",
                            "health care workers",
                            "healthcare workers",
                            "health care providers",
                            "healthcare providers",
                            "health practitioners",
                            "health providers",
                            "health workers",
                            "medical professionals",
                            "physicians",
                            "physician",
                            "gps",
                            "gp",
                            "dentists",
                            "allied health",
                            "allied health professionals",
                            "doctors",
                            "nurses",
                            "nurse",
                            "nursing staff",
                            "midwives",
                            "doulas",
                            "medical students",
                            "med students",
                            "nursing students",
                            "residents in psychiatry",
                            "primary care providers",
                            "mental health nurses",
                            "psychiatric nurses",
                            "residents",
                            "fellows",
                            "surgeons",
                            "medical staff",
                            "pharmacists",
                            "paramedics",
                            "first responders"});
  // Who teaches stands beside who is taught.
  const bool faculty = take({"faculty"});
  const bool staff =
      take({"staff", "employees", "employee", "team members"}) || (faculty && !trainees);
  // Of a directory of therapists, that is: "DBT providers".
  if (!therapists && !health) therapists = take({"providers", "practitioners"});
  // "Anyone in the helping professions" is not everybody.
  const bool helping =
      take({"anyone in the helping professions", "anyone in helping professions",
            "helping professionals", "everyone in the helping professions",
            "all helping professionals", "all helping professions", "any helping professional"});
  // "Anyone in agency work", "everybody who treats children" are some people, and which is not
  // ours to guess.
  take({"anyone in", "anyone with", "anyone working", "anyone at", "anyone holding", "anyone from",
        "anyone licensed", "anyone practicing", "anyone treating", "anyone leaving",
        "anyone who works", "anyone who treats", "anyone who is a", "everyone in",
        "everyone working", "everyone with", "everybody in", "everybody with"});
  const bool some = has_any_phrase(
      plain_words(cut_text(cell, kRead)),
      {"anyone working", "anyone treating", "anyone serving", "anyone supporting", "anyone who",
       "everyone working", "everyone who", "everybody working", "everybody who"});
  const bool everybody = take({"everyone", "everybody", "anyone", "public", "general public",
                               "open to everyone", "community members", "all are welcome"}) &&
                         !some;
  // "Therapists who are parents" are no parents besides therapists.
  for (const auto& aside : whom.also) {
    const auto at = plain.find(aside);
    if (therapists && at != std::string::npos) rest.replace(at, aside.size(), aside.size(), '\x01');
  }
  const bool others = take({"coaches",
                            "coach",
                            "allied professionals",
                            "massage",
                            "acupuncture",
                            "helping professions",
                            "other professionals",
                            "clients",
                            "parents",
                            "caregivers",
                            "dietitians",
                            "interpreters",
                            "community health workers",
                            "body workers",
                            "bodyworkers",
                            "lawyers",
                            "attorneys",
                            "clergy",
                            "educators",
                            "teachers",
                            "families",
                            "chaplains"});

  // Licenses: the longest run of words that is a title or a profession, from left to right.
  const auto tokens = people_tokens(read);
  const auto names = [&](std::string_view title) {
    return std::any_of(tokens.begin(), tokens.end(),
                       [&](const PeopleToken& token) { return token.text == title; });
  };
  const bool of_degrees =
      (names("MA") && names("MS")) || names("M.A") || has_any_phrase(plain, {"masters", "master"});
  std::vector<License> found;
  bool unsure = false;
  bool medical = false;
  bool last_student = false;
  bool more = false;  // words that are neither a license nor hold licenses together
  for (std::size_t i = 0; i < tokens.size();) {
    constexpr std::size_t kLongest = 7;
    std::size_t used = 0;
    std::vector<License> meant;
    std::string run;
    std::string run_used;
    for (std::size_t length = 1; length <= kLongest && i + length <= tokens.size(); ++length) {
      const auto& token = tokens[i + length - 1];
      if (length > 1 && token.breaks) break;
      run += (run.empty() ? "" : " ") + token.text;
      // "CPs" are several of one title, not the title "CPS".
      const bool several =
          length == 1 && run.size() > 2 && run.ends_with('s') &&
          std::all_of(run.begin(), run.end() - 1, [](char c) { return c >= 'A' && c <= 'Z'; });
      const auto& licenses = known.of(several ? run.substr(0, run.size() - 1) : run, region);
      if (!licenses.empty()) {
        used = length;
        meant = licenses;
        run_used = run;
      } else if (const auto bare = length == 1 ? people_bare_title(run) : ""; !bare.empty()) {
        if (const auto& plain_title = known.of(bare, region); !plain_title.empty()) {
          used = length;
          meant = plain_title;
          run_used = bare;
          if (!run.ends_with('s')) more = true;  // of these only some: no plain list of licenses
        }
      }
    }
    // "MA, MS, PhD": degrees, of which the last is no license here.
    if (used == 1 && of_degrees && people_is_degree(tokens[i].text)) {
      used = 0;
      more = true;
    }
    const auto before = i > 0 && !tokens[i].breaks ? fold_cell(tokens[i - 1].text) : std::string();
    const bool denied = before == "no" || before == "not" || before == "except" || before == "non";
    const auto word = fold_cell(tokens[i].text);
    if (used == 0 || denied) {
      // "MDs" are many of one title.
      const auto title =
          tokens[i].text.ends_with('s') && word.size() > 2 ? word.substr(0, word.size() - 1) : word;
      if (std::find(std::begin(kPeopleMedicalTitles), std::end(kPeopleMedicalTitles), title) !=
              std::end(kPeopleMedicalTitles) &&
          tokens[i].text != word && title.size() <= 4) {
        medical = true;
      }
      if (used > 0 || !people_joins(word)) more = true;
      last_student = false;
      i += std::max<std::size_t>(used, 1);
      continue;
    }
    if (region.empty() && people_depends_on_place(run_used)) more = true;
    std::vector<std::string> families;
    for (const auto& license : meant) {
      if (std::find(families.begin(), families.end(), license.family) == families.end())
        families.push_back(license.family);
    }
    if (families.size() > 1 && !people_is_student(meant.front())) {
      unsure = true;
      std::string meanings;
      for (const auto& family : families)
        meanings += (meanings.empty() ? "" : ", or ") +
                    protocol::label(protocol::Vocabulary::license_family, family);
      reading.licenses_question = "'" + run + "': " + meanings + "?";
    } else {
      for (auto& license : meant) {
        // "MFT trainee/student": one and the same.
        if (people_is_student(license) && tokens[i].slash && last_student) continue;
        const bool there = std::any_of(found.begin(), found.end(), [&](const License& one) {
          return people_same(one, license);
        });
        last_student = license.level == "trainee";
        if (!there) found.push_back(std::move(license));
      }
    }
    i += used;
  }
  (void)unsure;
  constexpr std::size_t kMostLicenses = 12;
  if (found.size() > kMostLicenses) {
    found.resize(kMostLicenses);
    reading.licenses_question = quote + ": more than twelve licenses; which ones?";
  }
  // Staff in training are staff, survivors need no license, and where everybody comes nobody's is
  // asked.
  const bool of_work = staff && !therapists;
  if (of_work || survivors || (student_members && !trainees))
    std::erase_if(found, people_is_student);
  // "Physicians, psychologists": of the first no family speaks.
  const bool beside = has_any_phrase(
      plain, {"physicians", "physician", "doctors", "gps", "nurses", "nurse", "doulas", "midwives",
              "dietitians", "chaplains", "primary care providers"});
  const bool licensed = std::any_of(found.begin(), found.end(), [](const License& license) {
    return !people_is_student(license);
  });
  if ((medical || beside) && licensed) {
    reading.licenses_question =
        quote + ": which licenses besides these, and which of the other professions?";
  }
  const bool real = std::any_of(found.begin(), found.end(), [&](const License& license) {
    return !people_is_student(license) && license.family != "community_health_worker" &&
           !(trainees && license.level == "trainee");
  });
  if (real) therapists = true;
  reading.licenses = std::move(found);

  if (no_license) {
    reading.license_rule = "none_required";
  } else if (has_any_phrase(plain, {"any license or in training", "any license or trainee",
                                    "licensed or in training", "licensed or trainee",
                                    "any license and trainees", "any license or in supervision",
                                    "licensed or license eligible"})) {
    reading.license_rule = "licensed_or_trainee";
  } else if (has_any_phrase(
                 plain, {"any license", "any licensed", "any mental health license", "all licenses",
                         "all license types", "any licensure", "all licensed"})) {
    reading.license_rule = "any_licensed";
  } else if (!reading.licenses.empty() && !more && reading.licenses_question.empty() &&
             read.find("..") == std::string::npos &&
             read.find("\xE2\x80\xA6") == std::string::npos) {
    // Nothing but licenses: whoever holds another one is not meant.
    reading.license_rule = "listed";
  }

  if (survivors) {
    reading.audience = "lived_experience";
  } else if (helping) {
    reading.audience = "mixed";
  } else if (everybody && !therapists) {
    reading.audience = "public";
  } else if (of_work && !health) {
    reading.audience = "workplace_staff";
  } else if (trainees && faculty) {
    reading.audience = "mixed";
  } else if (therapists &&
             (trainees || student_members || others || health || medical || everybody)) {
    reading.audience = "mixed";
  } else if (therapists) {
    reading.audience = "therapists";
  } else if (health || medical) {
    reading.audience = trainees || others ? "mixed" : "health_professionals";
  } else if (trainees) {
    reading.audience = "trainees";
  }

  if (health && trainees && !therapists && has_any_phrase(plain, {"licensed", "professionals"}))
    reading.audience_question = quote + ": therapists, all health professions, or both?";

  const auto stage = [&](std::string_view value, std::initializer_list<std::string_view> phrases) {
    if (has_any_phrase(plain, phrases)) reading.career_stages.emplace_back(value);
  };
  stage("early_career", {"early career", "first five years", "first 5 years", "new professionals",
                         "recent graduates", "newly licensed"});
  stage("retired", {"retired"});
  return reading;
}

std::string understand_facilitation(std::string_view cell) {
  if (says_nothing(cell)) return {};
  const auto words = plain_words(cell);
  if (has_any_phrase(words, {"unmoderated", "not moderated"})) return "unmoderated";
  if (has_any_phrase(
          words, {"rotating", "take turns", "takes turns", "rotate", "rotates", "members in turn"}))
    return "rotating_peers";
  if (has_any_phrase(words, {"trained peer", "trained peers", "trained volunteer peer",
                             "trained volunteer peers", "peer supporters", "peer supporter",
                             "trained physician peers", "trained volunteers"})) {
    return "trained_peer_supporter";
  }
  if (has_any_phrase(words, {"professional facilitator", "paid facilitator",
                             "professional facilitators", "trained facilitator"})) {
    return "professional_facilitator";
  }
  if (has_any_phrase(words, {"peer lead", "peer leads", "peer led", "peer leader", "peer leaders",
                             "peer facilitator", "peer facilitators", "peer facilitated"})) {
    return "peer_lead";
  }
  if (has_any_phrase(words, {"seasoned clinician", "seasoned clinicians", "experienced clinician",
                             "experienced clinicians", "senior clinician"})) {
    return "seasoned_clinician";
  }
  if (has_any_phrase(words, {"moderated", "moderator", "moderators"})) return "moderated";
  return {};
}

}  // namespace node
