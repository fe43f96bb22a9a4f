#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "protocol/document/vocabularies.h"

// Titles of mental health licenses: what is printed after a name, the family and level that it
// means, and where it means that. A row without regions holds wherever no row names the region.
// "MD", "DO" and "RN" are left out: any physician or nurse has one, and a psychiatrist says so.
// Certifications (NCC, BCD, CGP) are not licenses.

namespace protocol {

namespace {

constexpr LicenseTitle kLicenseTitles[] = {
    // Psychologists. LP is one word for two professions, so both rows name their states.
    {"LP", "psychologist", "independent", "US-MN US-MI", "licensed psychologist"},
    {"LP", "psychoanalyst", "independent", "US-NY", "licensed psychoanalyst"},
    {"PsyD", "psychologist", "", "", "doctor of psychology"},
    {"PhD", "psychologist", "", "", "doctoral psychologist"},
    {"HSPP", "psychologist", "independent", "US-IN", "health service provider in psychology"},
    {"LCP", "psychologist", "independent", "US-VA US-CA", "licensed clinical psychologist"},
    {"LLP", "psychologist", "associate", "US-MI", "limited licensed psychologist"},
    {"LPA", "psychologist", "associate", "US-NC US-TX US-KY US-AR",
     "licensed psychological associate"},
    {"LEP", "psychologist", "independent", "US-CA", "licensed educational psychologist"},
    {"LSSP", "psychologist", "independent", "US-TX", "licensed specialist in school psychology"},
    {"C.Psych", "psychologist", "independent", "CA-ON CA-MB", "registered clinical psychologist"},
    {"R.Psych", "psychologist", "independent", "CA-AB CA-BC", "registered psychologist"},
    // Social workers
    {"LCSW", "clinical_social_worker", "independent", "", "licensed clinical social worker"},
    {"LICSW", "clinical_social_worker", "independent", "",
     "licensed independent clinical social worker"},
    {"LISW", "clinical_social_worker", "independent", "", "licensed independent social worker"},
    {"LISW-S", "clinical_social_worker", "independent", "US-OH",
     "licensed independent social worker with supervision"},
    {"LISW-CP", "clinical_social_worker", "independent", "US-SC",
     "licensed independent social worker, clinical practice"},
    {"LCSW-C", "clinical_social_worker", "independent", "US-MD",
     "licensed certified social worker, clinical"},
    {"LCSW-R", "clinical_social_worker", "independent", "US-NY",
     "licensed clinical social worker with psychotherapy privilege"},
    {"LSCSW", "clinical_social_worker", "independent", "US-KS",
     "licensed specialist clinical social worker"},
    {"LMSW", "clinical_social_worker", "associate", "", "licensed master social worker"},
    {"LMSW", "clinical_social_worker", "independent", "US-MI", "licensed master's social worker"},
    {"LSW", "clinical_social_worker", "associate", "", "licensed social worker"},
    {"LGSW", "clinical_social_worker", "associate", "", "licensed graduate social worker"},
    {"LCSW-A", "clinical_social_worker", "associate", "US-NC",
     "licensed clinical social worker associate"},
    {"LCSWA", "clinical_social_worker", "associate", "",
     "licensed clinical social worker associate"},
    {"LLMSW", "clinical_social_worker", "associate", "US-MI",
     "limited licensed master's social worker"},
    {"SWLC", "clinical_social_worker", "associate", "US-MT", "social worker licensure candidate"},
    {"SWC", "clinical_social_worker", "associate", "US-CO", "social worker candidate"},
    {"LSWAIC", "clinical_social_worker", "associate", "US-WA",
     "licensed social worker associate independent clinical"},
    {"ASW", "clinical_social_worker", "associate", "US-CA", "associate clinical social worker"},
    {"RSW", "clinical_social_worker", "", "", "registered social worker"},
    // Counselors. LPC and LPCC change places: LPCC is the independent license in Ohio, a candidate
    // in Colorado.
    {"LPC", "professional_counselor", "independent", "", "licensed professional counselor"},
    {"LPC", "professional_counselor", "associate", "US-OH US-IL",
     "licensed professional counselor"},
    {"LPCC", "professional_counselor", "independent", "",
     "licensed professional clinical counselor"},
    {"LPCC", "professional_counselor", "associate", "US-CO",
     "licensed professional counselor candidate"},
    {"LPCC-S", "professional_counselor", "independent", "US-OH",
     "licensed professional clinical counselor with supervision"},
    {"LCPC", "professional_counselor", "independent", "",
     "licensed clinical professional counselor"},
    {"LCMHC", "professional_counselor", "independent", "",
     "licensed clinical mental health counselor"},
    {"LPC-MH", "professional_counselor", "independent", "US-SD",
     "licensed professional counselor, mental health"},
    {"LPC-S", "professional_counselor", "independent", "",
     "licensed professional counselor supervisor"},
    {"LPCA", "professional_counselor", "associate", "",
     "licensed professional counselor associate"},
    {"LPC-A", "professional_counselor", "associate", "",
     "licensed professional counselor associate"},
    {"LPC-Associate", "professional_counselor", "associate", "",
     "licensed professional counselor associate"},
    {"LPC-Intern", "professional_counselor", "associate", "",
     "licensed professional counselor intern"},
    {"PLPC", "professional_counselor", "associate", "",
     "provisional licensed professional counselor"},
    {"LGPC", "professional_counselor", "associate", "", "licensed graduate professional counselor"},
    {"PCLC", "professional_counselor", "associate", "US-MT",
     "professional counselor licensure candidate"},
    {"CMHC", "professional_counselor", "independent", "US-UT", "clinical mental health counselor"},
    {"ACMHC", "professional_counselor", "associate", "US-UT",
     "associate clinical mental health counselor"},
    {"LLPC", "professional_counselor", "associate", "US-MI",
     "limited licensed professional counselor"},
    {"LAPC", "professional_counselor", "associate", "",
     "licensed associate professional counselor"},
    {"LPC-IT", "professional_counselor", "associate", "US-WI",
     "licensed professional counselor in training"},
    {"PPC", "professional_counselor", "associate", "US-WY", "provisional professional counselor"},
    {"APC", "professional_counselor", "associate", "US-GA", "associate professional counselor"},
    {"ACSW", "clinical_social_worker", "associate", "US-CA", "associate clinical social worker"},
    {"APCC", "professional_counselor", "associate", "US-CA",
     "associate professional clinical counselor"},
    {"LCMHCA", "professional_counselor", "associate", "US-NC",
     "licensed clinical mental health counselor associate"},
    {"LAC", "professional_counselor", "associate", "US-AZ US-AR US-NJ",
     "licensed associate counselor"},
    {"LAC", "addiction_counselor", "independent", "US-CO US-KS US-MT US-SC US-ND US-LA",
     "licensed addiction counselor"},
    {"LMHC", "mental_health_counselor", "independent", "", "licensed mental health counselor"},
    {"LMHCA", "mental_health_counselor", "associate", "",
     "licensed mental health counselor associate"},
    {"LMHC-LP", "mental_health_counselor", "associate", "US-NY",
     "mental health counselor with limited permit"},
    {"MHC-LP", "mental_health_counselor", "associate", "US-NY",
     "mental health counselor with limited permit"},
    {"RMHCI", "mental_health_counselor", "associate", "US-FL",
     "registered mental health counselor intern"},
    // Marriage and family therapists
    {"LMFT", "marriage_family_therapist", "independent", "",
     "licensed marriage and family therapist"},
    {"LCMFT", "marriage_family_therapist", "independent", "",
     "licensed clinical marriage and family therapist"},
    {"IMFT", "marriage_family_therapist", "independent", "US-OH",
     "independent marriage and family therapist"},
    {"LMFTA", "marriage_family_therapist", "associate", "",
     "licensed marriage and family therapist associate"},
    {"LMFT-A", "marriage_family_therapist", "associate", "",
     "licensed marriage and family therapist associate"},
    {"LMFT-Associate", "marriage_family_therapist", "associate", "",
     "licensed marriage and family therapist associate"},
    {"MFTC", "marriage_family_therapist", "associate", "US-CO",
     "marriage and family therapist candidate"},
    {"AMFT", "marriage_family_therapist", "associate", "",
     "associate marriage and family therapist"},
    {"LAMFT", "marriage_family_therapist", "associate", "",
     "licensed associate marriage and family therapist"},
    {"MFTI", "marriage_family_therapist", "associate", "", "marriage and family therapist intern"},
    {"MFT-LP", "marriage_family_therapist", "associate", "US-NY",
     "marriage and family therapist with limited permit"},
    {"RMFT", "marriage_family_therapist", "independent", "",
     "registered marriage and family therapist"},
    {"MFT", "marriage_family_therapist", "", "", "marriage and family therapist"},
    // Addiction counselors
    {"LADC", "addiction_counselor", "independent", "", "licensed alcohol and drug counselor"},
    {"LADAC", "addiction_counselor", "independent", "",
     "licensed alcohol and drug abuse counselor"},
    {"LCADC", "addiction_counselor", "independent", "",
     "licensed clinical alcohol and drug counselor"},
    {"LCDC", "addiction_counselor", "independent", "US-TX",
     "licensed chemical dependency counselor"},
    {"LICDC", "addiction_counselor", "independent", "US-OH",
     "licensed independent chemical dependency counselor"},
    {"SUDC", "addiction_counselor", "independent", "US-UT", "substance use disorder counselor"},
    {"ASUDC", "addiction_counselor", "associate", "US-UT",
     "advanced substance use disorder counselor"},
    {"SUDP", "addiction_counselor", "independent", "US-WA", "substance use disorder professional"},
    {"SUDPT", "addiction_counselor", "trainee", "US-WA",
     "substance use disorder professional trainee"},
    {"CADC", "addiction_counselor", "", "", "certified alcohol and drug counselor"},
    {"CADAC", "addiction_counselor", "", "", "certified alcohol and drug abuse counselor"},
    {"CASAC", "addiction_counselor", "", "",
     "credentialed alcoholism and substance abuse counselor"},
    {"CASAC-T", "addiction_counselor", "trainee", "US-NY",
     "credentialed alcoholism and substance abuse counselor trainee"},
    // Other counselors
    {"CRC", "rehabilitation_counselor", "", "", "certified rehabilitation counselor"},
    {"LRC", "rehabilitation_counselor", "independent", "", "licensed rehabilitation counselor"},
    // Medicine and nursing
    {"PMHNP", "psychiatric_nurse", "independent", "",
     "psychiatric mental health nurse practitioner"},
    {"PMHNP-BC", "psychiatric_nurse", "independent", "",
     "board certified psychiatric mental health nurse practitioner"},
    {"CNS-PMH", "psychiatric_nurse", "independent", "",
     "clinical nurse specialist in psychiatric mental health"},
    {"PMHCNS", "psychiatric_nurse", "independent", "",
     "psychiatric mental health clinical nurse specialist"},
    // Behavior analysts
    {"BCBA", "behavior_analyst", "independent", "", "board certified behavior analyst"},
    {"BCBA-D", "behavior_analyst", "independent", "", "board certified behavior analyst, doctoral"},
    {"BCaBA", "behavior_analyst", "associate", "", "board certified assistant behavior analyst"},
    {"LBA", "behavior_analyst", "independent", "", "licensed behavior analyst"},
    // Creative arts
    {"ATR", "creative_arts", "", "", "registered art therapist"},
    {"ATR-BC", "creative_arts", "", "", "board certified art therapist"},
    {"ATR-P", "creative_arts", "associate", "", "provisional registered art therapist"},
    {"LPAT", "creative_arts", "independent", "", "licensed professional art therapist"},
    {"LCAT", "creative_arts", "independent", "US-NY", "licensed creative arts therapist"},
    {"MT-BC", "creative_arts", "", "", "board certified music therapist"},
    {"R-DMT", "creative_arts", "", "", "registered dance/movement therapist"},
    {"BC-DMT", "creative_arts", "", "", "board certified dance/movement therapist"},
    {"RDT", "creative_arts", "", "", "registered drama therapist"},
    // Peers
    {"CPS", "peer_specialist", "", "", "certified peer specialist"},
    {"CPRS", "peer_specialist", "", "", "certified peer recovery specialist"},
    {"CHW", "community_health_worker", "", "", "community health worker"},
};

struct LicenseWord {
  std::string_view word;  ///< folded, singular
  std::string_view family;
  std::string_view level;
};

// Professions in plain words, beside the families' own words and labels.
constexpr LicenseWord kLicenseWords[] = {
    {"clinical psychologist", "psychologist", ""},
    {"counseling psychologist", "psychologist", ""},
    {"school psychologist", "psychologist", ""},
    {"child psychologist", "psychologist", ""},
    {"forensic psychologist", "psychologist", ""},
    {"health psychologist", "psychologist", ""},
    {"educational psychologist", "psychologist", ""},
    {"psyd psychologist", "psychologist", ""},
    {"phd psychologist", "psychologist", ""},
    {"edd psychologist", "psychologist", ""},
    {"doctoral level psychologist", "psychologist", ""},
    {"provisional psychologist", "psychologist", "associate"},
    {"psychological associate", "psychologist", "associate"},
    {"clinical neuropsychologist", "neuropsychologist", ""},
    {"social worker", "clinical_social_worker", ""},
    {"clinical social work", "clinical_social_worker", ""},
    {"social work", "clinical_social_worker", ""},
    {"school social worker", "clinical_social_worker", ""},
    {"counselor", "counselor_other", ""},
    {"licensed counselor", "counselor_other", "independent"},
    {"registered counselor", "counselor_other", ""},
    {"registered clinical counselor", "counselor_other", ""},
    {"rcc", "counselor_other", ""},
    {"canadian certified counselor", "counselor_other", ""},
    {"r psych", "psychologist", ""},
    {"registered psychologist", "psychologist", ""},
    {"professional clinical counselor", "professional_counselor", ""},
    {"clinical mental health counselor", "professional_counselor", ""},
    {"marriage therapist", "marriage_family_therapist", ""},
    {"family therapist", "marriage_family_therapist", ""},
    {"marriage family therapist", "marriage_family_therapist", ""},
    {"marital and family therapist", "marriage_family_therapist", ""},
    {"couple and family therapist", "marriage_family_therapist", ""},
    {"couples and family therapist", "marriage_family_therapist", ""},
    {"addictions counselor", "addiction_counselor", ""},
    {"substance abuse counselor", "addiction_counselor", ""},
    {"substance use counselor", "addiction_counselor", ""},
    {"drug and alcohol counselor", "addiction_counselor", ""},
    {"alcohol and drug counselor", "addiction_counselor", ""},
    {"guidance counselor", "school_counselor", ""},
    {"chaplain counselor", "pastoral_counselor", ""},
    {"psychiatric nurse practitioner", "psychiatric_nurse", ""},
    {"psychiatric mental health nurse", "psychiatric_nurse", ""},
    {"mental health nurse", "psychiatric_nurse", ""},
    {"psychoanalytic candidate", "psychoanalyst", "trainee"},
    {"psychiatry resident", "psychiatrist", "trainee"},
    {"psychiatric resident", "psychiatrist", "trainee"},
    {"psychologue", "psychologist", ""},
    {"psychiatre", "psychiatrist", ""},
    {"travailleur social", "clinical_social_worker", ""},
    {"travailleuse sociale", "clinical_social_worker", ""},
    {"art therapist", "creative_arts", ""},
    {"music therapist", "creative_arts", ""},
    {"dance therapist", "creative_arts", ""},
    {"dance movement therapist", "creative_arts", ""},
    {"movement therapist", "creative_arts", ""},
    {"drama therapist", "creative_arts", ""},
    {"poetry therapist", "creative_arts", ""},
    {"creative art therapist", "creative_arts", ""},
    {"expressive arts therapist", "creative_arts", ""},
    {"peer specialist", "peer_specialist", ""},
    {"peer support specialist", "peer_specialist", ""},
    {"certified peer support specialist", "peer_specialist", ""},
    {"peer recovery specialist", "peer_specialist", ""},
    {"student", "student_trainee", "trainee"},
    {"trainee", "student_trainee", "trainee"},
    {"intern", "student_trainee", "trainee"},
    {"graduate student", "student_trainee", "trainee"},
    {"grad student", "student_trainee", "trainee"},
    {"graduate trainee", "student_trainee", "trainee"},
    {"doctoral student", "student_trainee", "trainee"},
    {"doctoral candidate", "student_trainee", "trainee"},
    {"doctoral intern", "student_trainee", "trainee"},
    {"practicum student", "student_trainee", "trainee"},
    {"practicum trainee", "student_trainee", "trainee"},
    {"practicum", "student_trainee", "trainee"},
    {"clinical trainee", "student_trainee", "trainee"},
    {"psychology student", "student_trainee", "trainee"},
    {"psychology graduate student", "student_trainee", "trainee"},
    {"psychology trainee", "student_trainee", "trainee"},
    {"psychology intern", "student_trainee", "trainee"},
    {"psyd student", "student_trainee", "trainee"},
    {"phd student", "student_trainee", "trainee"},
    {"social work student", "student_trainee", "trainee"},
    {"social work intern", "student_trainee", "trainee"},
    {"msw student", "student_trainee", "trainee"},
    {"msw intern", "student_trainee", "trainee"},
    {"counseling student", "student_trainee", "trainee"},
};

struct LicenseCodes {
  std::string_view family;
  std::string_view codes;
};

constexpr LicenseCodes kLicenseCodes[] = {
    {"psychologist", "103T00000X 103TC0700X 103TC1900X 103TC2200X 103TS0200X"},
    {"neuropsychologist", "103G00000X"},
    {"clinical_social_worker", "1041C0700X 104100000X 1041S0200X"},
    {"professional_counselor", "101YP2500X"},
    {"mental_health_counselor", "101YM0800X"},
    {"counselor_other", "101Y00000X"},
    {"marriage_family_therapist", "106H00000X"},
    {"addiction_counselor", "101YA0400X"},
    {"school_counselor", "101YS0200X"},
    {"pastoral_counselor", "101YP1600X"},
    {"rehabilitation_counselor", "225C00000X"},
    {"psychiatrist", "2084P0800X"},
    {"psychiatric_nurse", "363LP0808X 364SP0808X"},
    {"psychoanalyst", "102L00000X"},
    {"behavior_analyst", "103K00000X"},
    {"creative_arts", "221700000X 225A00000X 225600000X 101200000X 102X00000X"},
    {"peer_specialist", "175T00000X"},
    {"community_health_worker", "172V00000X"},
    {"student_trainee", "390200000X"},
};

/// Lower case, single spaces, no dots, "&" as "and", British spellings as American: the form of
/// kLicenseWords.
std::string license_fold(std::string_view text) {
  std::string folded;
  bool gap = false;
  for (const char c : text) {
    if (c == '.' || c == '\'') continue;
    if (c == '&') {
      folded += folded.empty() ? "and" : " and";
      gap = true;
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) {
      if (gap && !folded.empty()) folded += ' ';
      gap = false;
      folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      return {};  // no title has such letters, and dropping them could make one
    } else {
      gap = true;
    }
  }
  const std::pair<std::string_view, std::string_view> spellings[] = {
      {"counsell", "counsel"}, {"licence", "license"}, {"behaviour", "behavior"}};
  for (const auto& [british, american] : spellings) {
    for (auto at = folded.find(british); at != std::string::npos;
         at = folded.find(british, at + 1)) {
      folded.replace(at, british.size(), american);
    }
  }
  return folded;
}

/// Whether one of the codes in `regions` is `region`, covers it, or lies in it.
bool license_means_there(std::string_view regions, std::string_view region) {
  while (!regions.empty()) {
    const auto end = std::min(regions.find(' '), regions.size());
    const auto one = regions.substr(0, end);
    if (region_covers(one, region) || region_covers(region, one)) return true;
    regions.remove_prefix(std::min(end + 1, regions.size()));
  }
  return false;
}

void license_add(std::vector<License>& found, std::string_view family, std::string_view level) {
  License license{std::string(family), std::string(level)};
  if (std::find(found.begin(), found.end(), license) == found.end())
    found.push_back(std::move(license));
}

/// The rows of kLicenseTitles under their folded titles and words. Made once: a sheet asks for
/// thousands of phrases.
std::vector<const LicenseTitle*> license_rows(std::string_view folded) {
  static const auto kRows = [] {
    std::unordered_multimap<std::string, const LicenseTitle*> rows;
    for (const auto& row : kLicenseTitles) {
      rows.emplace(license_fold(row.title), &row);
      rows.emplace(license_fold(row.words), &row);
    }
    return rows;
  }();
  std::vector<const LicenseTitle*> found;
  const auto [first, last] = kRows.equal_range(std::string(folded));
  for (auto row = first; row != last; ++row) found.push_back(row->second);
  std::sort(found.begin(), found.end());  // the order of the table
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::vector<License> license_titled(std::string_view folded, std::string_view region) {
  const auto rows = license_rows(folded);
  const auto named = [&](const LicenseTitle* row) {
    return !region.empty() && license_means_there(row->regions, region);
  };
  const auto general = [](const LicenseTitle* row) { return row->regions.empty(); };
  std::vector<License> found;
  const bool any_named = std::any_of(rows.begin(), rows.end(), named);
  const bool any_general = std::any_of(rows.begin(), rows.end(), general);
  for (const auto* row : rows) {
    if (any_named ? named(row) : (any_general ? general(row) : true))
      license_add(found, row->family, row->level);
  }
  return found;
}

/// A whole phrase in the singular, without words for a level around it.
std::vector<License> license_exact(std::string_view folded, std::string_view region) {
  std::vector<License> found;
  for (const auto& row : kLicenseWords) {
    if (row.word == folded) license_add(found, row.family, row.level);
  }
  if (!found.empty()) return found;
  static const auto kFamilies = [] {
    std::unordered_map<std::string, std::string_view> families;
    for (const auto& term : terms(Vocabulary::license_family)) {
      families.emplace(license_fold(term.value), term.value);
      families.emplace(license_fold(term.label), term.value);
    }
    return families;
  }();
  if (const auto family = kFamilies.find(std::string(folded)); family != kFamilies.end()) {
    license_add(found, family->second, family->second == "student_trainee" ? "trainee" : "");
  }
  if (!found.empty()) return found;
  return license_titled(folded, region);
}

/// Also in the plural: "LCSWs", "social workers".
std::vector<License> license_in_one_or_many(std::string_view folded, std::string_view region) {
  auto found = license_exact(folded, region);
  if (found.empty() && folded.size() > 3 && folded.back() == 's') {
    folded.remove_suffix(1);
    found = license_exact(folded, region);
  }
  return found;
}

struct LicenseLevelWord {
  std::string_view word;
  std::string_view level;
};
constexpr LicenseLevelWord kLicenseLevelsBefore[] = {
    {"licensed ", "independent"},  {"registered ", "independent"}, {"trainee ", "trainee"},
    {"student ", "trainee"},       {"retired ", "retired"},        {"associate ", "associate"},
    {"provisional ", "associate"},
};
constexpr LicenseLevelWord kLicenseLevelsAfter[] = {
    {" trainees", "trainee"}, {" trainee", "trainee"},      {" students", "trainee"},
    {" student", "trainee"},  {" associates", "associate"}, {" associate", "associate"},
    {" interns", "trainee"},  {" intern", "trainee"},       {" in training", "trainee"},
};

}  // namespace

std::span<const LicenseTitle> license_titles() { return kLicenseTitles; }

std::vector<License> licenses_of(std::string_view text, std::string_view region) {
  constexpr std::size_t kLongestTitle = 120;
  if (text.size() > kLongestTitle) return {};
  const std::string folded = license_fold(text);
  auto found = license_in_one_or_many(folded, region);
  if (!found.empty()) return found;
  // "retired psychologists", "MFT trainees": the profession, with the level that the other word
  // says.
  const auto leveled = [&](std::string_view rest, std::string_view level) {
    std::vector<License> at_level;
    for (const auto& license : license_in_one_or_many(rest, region))
      license_add(at_level, license.family, level);
    return at_level;
  };
  const std::string_view view = folded;
  for (const auto& [word, level] : kLicenseLevelsBefore) {
    if (view.starts_with(word)) return leveled(view.substr(word.size()), level);
  }
  for (const auto& [word, level] : kLicenseLevelsAfter) {
    if (view.ends_with(word)) return leveled(view.substr(0, view.size() - word.size()), level);
  }
  return {};
}

std::string_view nucc_codes(std::string_view family) {
  for (const auto& row : kLicenseCodes) {
    if (row.family == family) return row.codes;
  }
  return {};
}

bool satisfies(const License& held, const License& asked) {
  if (held.family != asked.family) return false;
  if (held.level.empty() || asked.level.empty() || held.level == asked.level) return true;
  return held.level == "independent" && asked.level == "associate";
}

}  // namespace protocol
