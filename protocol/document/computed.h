#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/document/listing.h"
#include "protocol/encoding/time.h"

// What a node works out from a listing and a publisher never signs (SPEC 4.3): how often a group
// meets, what it comes to in a year and in an hour, what stays in the room, how fresh it is. Pure
// functions. What is not stated stays unknown; nothing is guessed.

namespace protocol {

// Time. Ends, exceptions and single dates of a schedule are left aside: they make a group meet less
// often, not more.

/// How many times a year or month a group meets by all these rules; nothing where one does not say.
std::optional<double> meetings_per_year(std::span<const ScheduleRule> schedule);
std::optional<double> meetings_per_month(std::span<const ScheduleRule> schedule);
/// Minutes a month in meetings; nothing where a rule says no length.
std::optional<double> minutes_per_month(const Listing& listing);
/// "Weekly", "Every 2 weeks", "Every 3 to 4 weeks", "Monthly", "Daily huddle", "Ad hoc", …; empty:
/// not stated.
std::string_view cadence(const Listing& listing);

// Cost. Options are alternatives: a range goes from the cheapest to the dearest. Currencies are
// kept apart, as are what non-members pay and single payments.

struct AmountRange {
  std::string currency;  ///< ISO 4217; empty: not stated
  std::int64_t low_cents = 0;
  std::int64_t high_cents = 0;

  bool operator==(const AmountRange&) const = default;
};

struct CostPicture {
  bool costs_nothing = false;  ///< free, paid by an employer, or an exchange, and no amounts beside
  bool in_membership = false;  ///< whatever the membership itself costs is not counted
  /// By currency; empty: unknown. One option whose yearly sum is unknown leaves all unknown.
  std::vector<AmountRange> per_year, per_hour;
  std::vector<AmountRange> upfront;      ///< due before the first meeting
  std::vector<AmountRange> once;         ///< paid once, not in per_year
  std::vector<AmountRange> non_members;  ///< a year for those who are no members
  /// What others pay beside members (`membership.non_members_fee`), as it stands, per what is not
  /// stated.
  std::optional<AmountRange> non_members_fee;

  bool operator==(const CostPicture&) const = default;
};
CostPicture cost_picture(const Listing& listing);

/// Cents of a decimal text such as "25" or "25.00"; nothing where it is none.
std::optional<std::int64_t> cents_of(std::string_view amount);
/// "25.00" of 2500.
std::string decimal_of(std::int64_t cents);

/// What a listing comes to per month in its own currency for everybody, for filters and sorting
/// (SPEC 10.2): free is 0; the cheapest option that is open to all counts, the upper end of a
/// range.
std::optional<double> cost_per_month(const Listing& listing);
/// The same for one hour of meeting.
std::optional<double> cost_per_hour(const Listing& listing);

/// "Renews by itself, with 30 days' notice." and "No refund.", one sentence each; for subscriptions
/// and what is paid up front, what is not stated is named as that.
std::vector<std::string> renewal_words(const Listing& listing);

// Confidentiality.

/// The eight clauses of an agreement that count (R48), as values of agreement_clauses.
std::span<const std::string_view> eight_clauses();

enum class Confidentiality { not_stated, none, spoken, partial, strong };
/// "Strong", "In part", …
std::string_view words(Confidentiality confidentiality);

struct ConfidentialityProfile {
  Confidentiality level = Confidentiality::not_stated;
  std::vector<std::string_view> covered, missing;  ///< of the eight
  std::vector<std::string> others;                 ///< further clauses
  std::string recording, ai, platform, agreement;  ///< one sentence each, never empty
  std::string resign;                              ///< empty where nothing is said of it
  bool resign_overdue = false;
};
ConfidentialityProfile confidentiality_profile(const Listing& listing, Date today);

/// Shown with every group of therapists (R50), and with those that talk about cases (R54).
inline constexpr std::string_view kPrivilegeWarning =
    "Legal privilege may not cover what is said in a peer group. A court may ask for it.";
inline constexpr std::string_view kInformedConsentNote =
    "Before you bring a case, check that your own consent form tells clients that you may talk "
    "about their case in consultation, without their name.";
bool talks_about_cases(const Listing& listing);
/// No license, no privilege to warn of: groups of people with lived experience, or of everybody.
bool is_for_professionals(const Listing& listing);

// Freshness.

enum class Freshness { confirmed, due_soon, fading, past };
struct FreshnessPicture {
  Freshness state = Freshness::confirmed;
  std::optional<Date> confirmed_at, review_by, gone_by;  ///< gone_by: 90 days after review_by
};
/// due_soon: review_by within 30 days; fading: past it; past: gone_by is over.
FreshnessPicture freshness(const Listing& listing, Date today);

}  // namespace protocol
