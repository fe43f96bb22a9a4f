#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/trust/checks.h"

// How the checks (SPEC 10.6) are written: for the check_*.cpp files only.

namespace protocol {

/// What a rule sees.
struct CheckInput {
  const CheckFacts& facts;
  const CheckNumbers& numbers;
  const Listing& listing;
  const Json& subject;
  Date today;
  bool survivors = false;   ///< scope S
  bool workplace = false;   ///< scope W
  bool therapists = false;  ///< scope T: what is neither of the two
  bool case_group = false;  ///< cases are talked through

  const CheckObservation* observation(Check check) const;
  /// The person's finding, if there is one.
  const CheckNote* finding(Check check) const;
};

// One rule a check; each gives outcome and text, and what it knows of evidence, date and question.
// Where a person's finding exists, the rule words it (`finding`); check_listing() adds who and
// when.
CheckResult check_signature(const CheckInput& in);
CheckResult check_publisher(const CheckInput& in);
CheckResult check_vouch(const CheckInput& in);
CheckResult check_domain(const CheckInput& in);
CheckResult check_sponsor(const CheckInput& in);
CheckResult check_leadership(const CheckInput& in);
CheckResult check_license(const CheckInput& in);
CheckResult check_consent(const CheckInput& in);
CheckResult check_description(const CheckInput& in);
CheckResult check_cost(const CheckInput& in);
CheckResult check_upfront_fee(const CheckInput& in);
CheckResult check_renewal(const CheckInput& in);
CheckResult check_agreement(const CheckInput& in);
CheckResult check_agreement_points(const CheckInput& in);
CheckResult check_agreement_renewed(const CheckInput& in);
CheckResult check_charter(const CheckInput& in);
CheckResult check_reporting(const CheckInput& in);
CheckResult check_platform(const CheckInput& in);
CheckResult check_private_links(const CheckInput& in);
CheckResult check_contact(const CheckInput& in);
CheckResult check_confirmed(const CheckInput& in);
CheckResult check_not_therapy(const CheckInput& in);
CheckResult check_survivor_safety(const CheckInput& in);
CheckResult check_workplace(const CheckInput& in);
CheckResult check_dual_roles(const CheckInput& in);
CheckResult check_duplicate(const CheckInput& in);
CheckResult check_age(const CheckInput& in);
CheckResult check_complaints(const CheckInput& in);
CheckResult check_criteria(const CheckInput& in);
CheckResult check_source(const CheckInput& in);

// Makers, so that a rule reads as its sentences.
CheckResult check_passes(std::string text, std::string evidence = {});
CheckResult check_asks(std::string text, std::string question, std::string evidence = {});
CheckResult check_warns(std::string text, std::string question, std::string evidence = {});
CheckResult check_skips(std::string text);
/// One of the three by a person's outcome.
CheckResult check_finds(const CheckNote& finding, std::string pass, std::string ask,
                        std::string warning, std::string question);

// Words
std::string check_date(Date date, Date today);
std::string check_date(Timestamp time, Date today);
/// Of "2026-11-24" or "2026-11"; the text itself where it is neither.
std::string check_date(std::string_view date, Date today);
/// "1 day", "3 weeks"
std::string check_count(long count, std::string_view one, std::string_view many);
std::string check_joined(const std::vector<std::string>& items, std::string_view last = "and");
/// "A nonprofit" as within a sentence; abbreviations stay.
std::string check_lower(std::string text);
/// The host of an https URL.
std::string check_host(std::string_view url);
std::string check_money(double amount, std::string_view currency);
/// Text without hidden or turning characters and line breaks, at most 120 bytes: for putting what
/// strangers wrote into our sentences.
std::string check_quoted(std::string_view text);

bool check_has(const std::vector<std::string>& values, std::string_view value);

}  // namespace protocol
