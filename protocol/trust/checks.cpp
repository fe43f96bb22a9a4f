#include "protocol/trust/checks.h"

#include <algorithm>
#include <array>

#include "protocol/trust/check_rules.h"

namespace protocol {

namespace {

using CheckRule = CheckResult (*)(const CheckInput&);

/// In the order of the enumerators.
constexpr std::array<CheckRule, kChecks> kCheckRules = {
    check_signature,     check_publisher,        check_vouch,
    check_domain,        check_sponsor,          check_leadership,
    check_license,       check_consent,          check_description,
    check_cost,          check_upfront_fee,      check_renewal,
    check_agreement,     check_agreement_points, check_agreement_renewed,
    check_charter,       check_reporting,        check_platform,
    check_private_links, check_contact,          check_confirmed,
    check_not_therapy,   check_survivor_safety,  check_workplace,
    check_dual_roles,    check_duplicate,        check_age,
    check_complaints,    check_criteria,         check_source};

bool check_talks_of_cases(const Listing& listing) {
  return check_has(listing.kinds, "formal_consultation") ||
         check_has(listing.kinds, "supervision_group") ||
         check_has(listing.kinds, "supervision_swap") ||
         check_has(listing.purposes, "case_consultation");
}

/// What the publisher offers for a check stands beside it, as an offer: nobody here has looked at
/// it, and it changes no outcome.
void check_add_offers(const CheckInput& in, CheckResult& result) {
  const auto id = describe(result.check).id;
  for (const auto& offer : in.listing.evidence) {
    if (offer.check_id != id || offer.value.empty()) continue;
    std::string text = "The publisher points to “" + check_quoted(offer.value) + "”";
    // Who made it may be a person who has not agreed to be named.
    if (!offer.at.empty()) text += " (" + check_date(offer.at, in.today) + ")";
    if (!result.evidence.empty()) result.evidence += result.evidence.ends_with('.') ? " " : ". ";
    result.evidence += text;
  }
}

/// Who found it and when, and when they must look again.
void check_sign_finding(const CheckInput& in, const CheckNote& finding, CheckResult& result) {
  const auto found = std::chrono::floor<std::chrono::days>(finding.at);
  result.by = CheckedBy::person;
  result.who = check_quoted(finding.by);
  result.date = found;
  if (!finding.text.empty() && finding.check != Check::complaints) {
    const auto words = "“" + check_quoted(finding.text) + "”";
    result.evidence = result.evidence.empty() ? words : words + ". " + result.evidence;
  }
  const bool against =
      finding.outcome == CheckOutcome::check || finding.outcome == CheckOutcome::warning;
  if (!against) return;
  result.recheck_by = found + std::chrono::days{in.numbers.recheck_days};
  result.recheck_overdue = in.today > *result.recheck_by;
}

}  // namespace

const CheckObservation* CheckInput::observation(Check check) const {
  for (const auto& one : facts.observations) {
    if (one.check == check) return &one;
  }
  return nullptr;
}

const CheckNote* CheckInput::finding(Check check) const {
  if (!describe(check).takes_notes) return nullptr;
  const CheckNote* latest = nullptr;
  for (const auto& note : facts.notes) {
    if (note.check == check && !note.answer && (!latest || note.at > latest->at)) latest = &note;
  }
  return latest;
}

std::vector<CheckResult> check_listing(const CheckFacts& facts, const CheckNumbers& numbers) {
  const Listing& listing = *facts.listing;
  CheckInput in{facts,
                numbers,
                listing,
                *facts.subject,
                std::chrono::floor<std::chrono::days>(facts.now),
                is_for_survivors(listing),
                false,
                false,
                check_talks_of_cases(listing)};
  in.workplace = !in.survivors && (listing.audience == "workplace_staff" ||
                                   check_has(listing.kinds, "workplace_program"));
  in.therapists = !in.survivors && !in.workplace;

  std::vector<CheckResult> results;
  results.reserve(kChecks);
  for (std::size_t i = 0; i < kChecks; ++i) {
    const auto check = static_cast<Check>(i);
    auto result = kCheckRules[i](in);
    result.check = check;
    const auto* finding = in.finding(check);
    // A finding counts where the rule used it: newer knowledge may stand above it, and what does
    // not apply to a group is nobody's to find.
    if (finding && result.outcome != CheckOutcome::not_applicable &&
        !(check == Check::contact && facts.answered_at && *facts.answered_at > finding->at))
      check_sign_finding(in, *finding, result);
    if (!finding && result.outcome != CheckOutcome::not_applicable &&
        result.evidence.starts_with("Stated by the publisher"))
      result.by = CheckedBy::publisher, result.who = check_quoted(facts.publisher);
    if (result.outcome != CheckOutcome::not_applicable) check_add_offers(in, result);
    for (const auto& note : facts.notes) {
      if (note.check != check || !note.answer) continue;
      result.answer = note.text;
      result.answered_by = note.by;
      result.answered_on = std::chrono::floor<std::chrono::days>(note.at);
    }
    results.push_back(std::move(result));
  }
  return results;
}

CheckCounts count_checks(std::span<const CheckResult> results) {
  CheckCounts counts;
  for (const auto& result : results) {
    switch (result.outcome) {
      case CheckOutcome::pass:
        ++counts.pass;
        break;
      case CheckOutcome::check:
        ++counts.check;
        break;
      case CheckOutcome::warning:
        ++counts.warning;
        break;
      case CheckOutcome::not_applicable:
        break;
    }
  }
  return counts;
}

bool is_for_survivors(const Listing& listing) {
  return listing.audience == "lived_experience" || check_has(listing.kinds, "lived_experience");
}

}  // namespace protocol
