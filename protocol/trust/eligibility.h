#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/document/listing.h"

// Whether somebody can join a group, and why (SPEC 10.9, R24 to R35). A pure function of what a
// listing states and of what a searcher says about themselves; it keeps nothing.
//
// What a listing does not state never speaks against the searcher: it becomes something to ask.
// Only a statement refuses. Membership never does, since one can join a body, and bodies are named
// in free text; nor do criteria in free text, screening or compact privileges. A group of people
// with lived experience, or of everybody, is never judged by a license.

namespace protocol {

/// One license that a searcher holds. A title such as LP may mean two families; then each of its
/// meanings is judged, and where they differ the answer is to ask.
struct HeldLicense {
  std::string title;              ///< as the searcher wrote it
  std::vector<License> meanings;  ///< at least one

  bool operator==(const HeldLicense&) const = default;
};

/// What a searcher says about themselves. Empty members: not said. Never stored or logged.
struct Searcher {
  std::vector<HeldLicense> licenses;
  bool unlicensed = false;               ///< said that they hold no license
  std::vector<std::string> states;       ///< ISO 3166 codes where they are licensed
  std::string career_stage;              ///< vocabulary career_stages
  std::vector<std::string> memberships;  ///< names of bodies, as people write them
  bool no_memberships = false;           ///< said that they are in none

  bool empty() const;
  bool operator==(const Searcher&) const = default;
};

/// What `text` means where the searcher is licensed: a title ("LP"), a family, "family:level".
/// Nothing where no license is called so. `states` settle titles that mean different things in
/// different places; none of them: every meaning.
std::optional<HeldLicense> held_license(std::string_view text, std::span<const std::string> states);

/// What of a listing decides who can join. Small, so that an index can hold many.
struct JoinRules {
  std::string audience, status;
  std::string license_rule, license_region_rule;
  std::vector<License> licenses;
  std::vector<std::string> license_jurisdictions, license_levels, regions, career_stages;
  std::string membership_required, membership_body;
  std::optional<bool> membership_trial;
  std::string membership_non_members_fee;  ///< in words: "$20"
  std::string screening;
  std::vector<std::string> other_criteria, exclusions;

  bool operator==(const JoinRules&) const = default;
};
JoinRules join_rules(const Listing& listing);
/// A text that is equal for equal rules only.
std::string key_of(const JoinRules& rules);

enum class Outcome { can_join, probably, not_for_you };

struct Verdict {
  Outcome outcome = Outcome::probably;
  /// Why, most telling first, as whole sentences with the publisher's words in them: what refuses
  /// where it is not for you, what to ask where it is probably, what fits where one can join.
  std::vector<std::string> reasons;
  std::vector<std::string> steps;  ///< what comes before the first meeting: "A conversation first."

  bool operator==(const Verdict&) const = default;
};

Verdict judge_eligibility(const Listing& listing, const Searcher& searcher);
Verdict judge_eligibility(const JoinRules& rules, const Searcher& searcher);

/// Only the outcome, and how many things are to be asked, without making words: 0 to 767, lower is
/// better; outcome * 256 + questions.
std::uint16_t eligibility_order(const JoinRules& rules, const Searcher& searcher);
Outcome outcome_of(std::uint16_t order);

/// "can_join", "probably", "not_for_you".
std::string_view word(Outcome outcome);
/// "You can join", "Probably", "Not for you".
std::string_view words(Outcome outcome);
/// The verdict on one line: "Probably: ask whether it takes a license of Texas."
std::string line(const Verdict& verdict);

}  // namespace protocol
