#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The words that listings use, each with its label in plain English (SPEC 4.6). A value that is not
// here is kept, re-served, and shown as "other".

namespace protocol {

struct Term {
  std::string_view value;  ///< on the wire
  std::string_view label;  ///< on pages and in messages
  /// What a standard calls it, "schema.org/InStoreOnly" or "NUCC 103T00000X"; empty: nothing that
  /// we know of. For exports, never a key.
  std::string_view standard = {};
};

enum class Vocabulary {
  kinds,
  audience,
  purposes,
  not_for,
  formats,
  scope,
  status,
  cost_model,
  cost_per,
  cost_for,
  license_family,
  license_level,
  license_rule,
  license_region_rule,
  facilitation,
  screening,
  drop_in,
  career_stages,
  practice_settings,
  confirmed_by_role,
  disclosure,
  membership_required,
  accessibility,
  agreement_state,
  agreement_clauses,
  sponsor_kind,
  platform_kind,
  publisher_kinds,
  setup_effort,
  clinical_depth,
  charter,
  identity_mode,
  response_time,
  license_levels,  ///< of whom a group takes; `license_level` is the level of one license
  meets,
  focus_topics,
  identity_group,
  mechanisms,
  documents_required,
  criterion_kind,
  precision,
  yes_no_unknown,
  term,
  cost_refund,
  sponsor_relation,
  agreement_resign,
  ethics_frameworks,
  evidence_kind,
};

/// Every vocabulary under its name as in the API: "kinds", "formats", …
struct VocabularyInfo {
  Vocabulary vocabulary;
  std::string_view name;
  std::span<const Term> terms;
};
std::span<const VocabularyInfo> vocabularies();

std::span<const Term> terms(Vocabulary vocabulary);
bool is_known(Vocabulary vocabulary, std::string_view value);
/// The label; for an unknown value "other (value)".
std::string label(Vocabulary vocabulary, std::string_view value);
/// The term's `standard`; empty for an unknown value.
std::string_view standard_of(Vocabulary vocabulary, std::string_view value);

/// A license as a listing asks for it or a searcher holds it.
struct License {
  std::string family;  ///< vocabulary license_family
  std::string level;   ///< vocabulary license_level; empty: not said

  bool operator==(const License&) const = default;
};

/// One title such as "LCSW": what it means, and where it means that.
struct LicenseTitle {
  std::string_view title;  ///< as people write it, in its usual case
  std::string_view family;
  std::string_view level;    ///< empty: not said by the title
  std::string_view regions;  ///< ISO codes with spaces between; empty: wherever it is used
  std::string_view words;    ///< "licensed clinical social worker"
};
std::span<const LicenseTitle> license_titles();

/// What a searcher or a sheet may mean by `text`: a family word, a family label, a title or a
/// profession in one or many ("LCSWs", "social workers", "MFT trainee"), in any case, with or
/// without dots. `region` settles what a title means there (LPCC is an associate in Colorado). More
/// than one family means that it must be asked back (LP). Empty: not a license word; "therapists",
/// "clinicians" and "licensed" are none.
std::vector<License> licenses_of(std::string_view text, std::string_view region = {});
/// The NUCC taxonomy codes of a family, spaces between, as a reference for exports and never a key;
/// empty: none.
std::string_view nucc_codes(std::string_view family);
/// An independent license also satisfies "associate"; a level not said satisfies and is satisfied
/// by any.
bool satisfies(const License& held, const License& asked);

/// ISO 3166: "US", "US-OH". Only the form: two letters, or those, a dash and one to three letters
/// or digits.
bool is_region_code(std::string_view text);
/// "US" covers "US-OH" and "US"; by whole code.
bool region_covers(std::string_view wide, std::string_view narrow);
/// English name of a country, or of a state, province or nation of US, CA, AU, NZ, GB; the code
/// itself where unknown.
std::string region_name(std::string_view code);
/// Codes that `text` may mean: names, usual abbreviations ("Minn.", "Ohio", "OH", "B.C.", "UK"),
/// codes. Several where it is ambiguous ("Georgia", "CA"): US states come first. Case matters only
/// for codes, which are upper case, and for abbreviations, which begin so ("Ore.", not "ore"). One
/// place a text: "Toledo, OH" is the caller's to split.
std::vector<std::string> regions_of(std::string_view text);
struct RegionRow {
  std::string_view code;
  std::string_view name;
};
/// The states and territories of the United States, for pickers.
std::span<const RegionRow> us_regions();

}  // namespace protocol
