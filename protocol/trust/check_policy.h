#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/trust/checks.h"

// What a node's operator asks of a listing before it is among the results (SPEC 10.6).

namespace protocol {

/// What a policy asks of one check.
enum class Requirement {
  nothing,     ///< shown, and never a reason to leave a listing out
  no_warning,  ///< a warning leaves the listing out
  pass,        ///< anything but a pass leaves it out, unless the check does not apply
};
std::string_view word(Requirement requirement);

struct CheckPolicy {
  std::string name;  ///< "chapter"
  std::string summary;
  std::array<Requirement, kChecks> requires_{};
  CheckNumbers numbers;
  bool trusts_follows =
      false;  ///< listings of feeds followed by hand are shown, though nobody vouches
  bool shows_everybody = false;  ///< those of every feed that is read here

  Requirement required(Check check) const { return requires_[static_cast<std::size_t>(check)]; }
  bool operator==(const CheckPolicy&) const = default;
};

/// community, chapter, strict, open, in this order.
const std::vector<CheckPolicy>& known_policies();
/// The one where an operator has chosen nothing: chapter.
const CheckPolicy& default_policy();
/// Null: there is none of that name.
const CheckPolicy* find_policy(std::string_view name);

/// A policy of one's own, as JSON:
/// {"name": "ours", "based_on": "chapter", "summary": "…", "must_pass": ["L5"], "may_not_warn":
/// ["L12"],
///  "ignore": ["L4"], "numbers": {"upfront_limit": 100}, "trusts_follows": true}
/// All but "name" may be left out. Refuses with bad_request, naming the member: unknown members,
/// checks and numbers, a check in two lists, a name of the four known ones, numbers that make no
/// sense, and "ignore" for L1, L8 and L19, which no policy may drop.
Result<CheckPolicy> parse_policy(std::string_view json);
/// As parse_policy() reads it; of any policy.
Json policy_json(const CheckPolicy& policy);

/// The checks for which `policy` leaves the listing out; empty: it is among the results. Where the
/// policy trusts follows by hand, a feed that is followed passes L2.
std::vector<Check> policy_objections(const std::vector<CheckResult>& results,
                                     const CheckPolicy& policy, bool followed_by_hand = false);
inline bool policy_leaves_out(const std::vector<CheckResult>& results, const CheckPolicy& policy,
                              bool followed_by_hand = false) {
  return !policy_objections(results, policy, followed_by_hand).empty();
}

}  // namespace protocol
