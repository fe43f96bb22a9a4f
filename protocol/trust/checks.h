#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/document/listing.h"
#include "protocol/encoding/json.h"
#include "protocol/encoding/time.h"

// The thirty checks of a listing (SPEC 10.6): what could and could not be found out about it, in
// words for whoever thinks of joining. Pure functions of the facts given. There is no total score.
// What a listing does not state is never a warning.

namespace protocol {

/// In this order, L1 to L30.
enum class Check {
  signature,
  publisher,
  vouch,
  domain,
  sponsor,
  leadership,
  license,
  consent,
  description,
  cost,
  upfront_fee,
  renewal,
  agreement,
  agreement_points,
  agreement_renewed,
  charter,
  reporting,
  platform,
  private_links,
  contact,
  confirmed,
  not_therapy,
  survivor_safety,
  workplace,
  dual_roles,
  duplicate,
  age,
  complaints,
  criteria,
  source,
};
inline constexpr std::size_t kChecks = 30;

enum class CheckOutcome { pass, check, warning, not_applicable };
enum class CheckedBy { node, person, publisher };

/// What one check is, the same for every listing.
struct CheckInfo {
  Check check;
  std::string_view id;       ///< "L7", in the API and in commands
  std::string_view title;    ///< "Leader's license"
  std::string_view meaning;  ///< what it looks at, one sentence
  std::string_view scope;    ///< "all groups", "groups of therapists", …
  bool takes_notes;          ///< a person's finding counts; otherwise only the node's own
};
std::span<const CheckInfo> check_table();
const CheckInfo& describe(Check check);
/// Of "L7" or "l7".
std::optional<Check> check_from_id(std::string_view id);
/// "pass", "check", "warning", "not_applicable", as in the API and in notes.
std::string_view word(CheckOutcome outcome);
std::optional<CheckOutcome> check_outcome_from_word(std::string_view word);
/// "Pass", "Ask about this", "Warning", "Not applicable".
std::string_view check_outcome_label(CheckOutcome outcome);
/// "node", "person", "publisher"
std::string_view word(CheckedBy by);

/// What a person at this node found out, or what the publisher answered (right of reply).
struct CheckNote {
  Check check = Check::signature;
  bool answer = false;  ///< the publisher's own line; `outcome` then says nothing
  CheckOutcome outcome = CheckOutcome::check;
  std::string text;
  std::string by;
  Timestamp at{};
};

/// What a probe saw last.
struct CheckObservation {
  Check check = Check::domain;
  CheckOutcome outcome = CheckOutcome::check;
  std::string detail;  ///< for people
  Timestamp at{};
  std::optional<Timestamp> passed_at;  ///< when it last passed
};

struct SimilarListing {
  std::string name;
  std::string publisher;
};

/// Everything that the checks look at. `listing` and `subject` (the same one's JSON) must outlive
/// the call.
struct CheckFacts {
  const Listing* listing = nullptr;
  const Json* subject = nullptr;
  Timestamp now{};

  // The document and its publisher
  std::string publisher;  ///< what it is called
  Timestamp signed_at{};
  bool signature_checked = true;  ///< false: taken in unchecked, and checked later
  bool signature_holds = true;
  std::optional<Timestamp> key_changed_at;  ///< when the publisher last changed its signing key
  bool own = false;                         ///< of this node's own publisher
  bool followed_by_hand = false;            ///< the operator follows the feed
  std::string domain;                       ///< the host of the publisher's identity

  // Who vouches
  std::vector<std::string> path;           ///< names, anchor first, publisher last; empty: nobody
  std::optional<Timestamp> vouched_at;     ///< when the last step of it was signed
  std::optional<Timestamp> vouched_until;  ///< the earliest end on the path
  std::string vouch_ended_by;              ///< who vouched until `vouch_ended_at`; empty: unknown
  std::optional<Timestamp> vouch_ended_at;

  // How it came here
  std::string came_through;             ///< the mirror it was read from; empty: the publisher's own
  bool came_through_followed = true;    ///< that mirror is a node that this one follows
  std::optional<Timestamp> read_at;     ///< when the feed was last read well
  std::optional<Timestamp> first_seen;  ///< when this node first had the listing
  std::optional<Timestamp> answered_at;  ///< when the group last answered a reminder

  std::string yearly_cost;  ///< "About $180–$540 a year."; empty: cannot be told
  std::span<const CheckObservation> observations;
  std::span<const CheckNote> notes;
  std::span<const SimilarListing> similar;
  std::size_t open_reports = 0;
  std::optional<Timestamp> reported_at;  ///< the oldest open one
  std::size_t upheld_reports = 0;
  std::optional<Timestamp> upheld_at;  ///< the latest of them
  std::string upheld_reason;           ///< of the latest, in a few words
};

/// What a policy may set.
struct CheckNumbers {
  double upfront_limit = 150;  ///< in the listing's currency; three monthly fees where that is more
  int new_key_days = 14;       ///< a key is new for so long
  int vouch_ends_days = 30;    ///< "ends in n days" is said so long before
  int license_months = 12;     ///< how long a look at the board's site holds
  int recheck_days = 14;       ///< until when a person's finding against a group is looked at again
  int description_length = 200;  ///< characters of summary and description together
  int new_weeks = 8;             ///< a listing is new for so long
  int unconfirmed_months = 12;   ///< past its review date and unconfirmed for so long: a warning

  bool operator==(const CheckNumbers&) const = default;
};

struct CheckResult {
  Check check = Check::signature;
  CheckOutcome outcome = CheckOutcome::not_applicable;
  std::string text;      ///< one or two sentences about the listing
  std::string evidence;  ///< on what this rests; may be empty
  std::optional<Date> date;
  CheckedBy by = CheckedBy::node;
  std::string who;       ///< the person's name, the publisher's; empty for the node
  std::string question;  ///< what to ask the group; only where the outcome is check or warning
  std::string answer;    ///< the publisher's own line
  std::string answered_by;
  std::optional<Date> answered_on;
  std::optional<Date> recheck_by;  ///< a person's finding against the group is due again
  bool recheck_overdue = false;
  /// The matter itself stands, and something about it is worth saying: a vouch that ends soon, a
  /// key that is new. A policy that asks for this check is content.
  bool stands = false;
};

/// All thirty, in their order.
std::vector<CheckResult> check_listing(const CheckFacts& facts, const CheckNumbers& numbers = {});

struct CheckCounts {
  std::size_t pass = 0, check = 0, warning = 0;
};
CheckCounts count_checks(std::span<const CheckResult> results);

/// Whether a listing is for survivors: people with lived experience, by audience or kind. They are
/// never judged by a license.
bool is_for_survivors(const Listing& listing);

/// What makes two listings the same group in all likelihood.
struct SimilarityTraits {
  std::string name;        ///< letters and digits of the words, sorted
  std::string contact;     ///< address, form or telephone
  std::string home;        ///< page without scheme and trailing slash
  std::string schedule;    ///< rules, hours and zone
  std::string place;       ///< locality
  bool survivors = false;  ///< is_for_survivors(): such a group is named beside no other
  bool operator==(const SimilarityTraits&) const = default;
};
SimilarityTraits similarity_traits(const Listing& listing);
/// In one place, of different publishers: one name and one contact, page or schedule; or one page
/// and one schedule. Of one publisher: name, contact or page, and schedule all the same. A group of
/// survivors is like no other group: nobody who did not ask for it is told of it.
bool are_similar(const SimilarityTraits& a, const SimilarityTraits& b, bool same_publisher);

}  // namespace protocol
