#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/document/vocabularies.h"
#include "protocol/encoding/json.h"
#include "protocol/encoding/time.h"
#include "protocol/result.h"

// What a listing says (SPEC 4.3). Members are spelled as on the wire. "Not stated" is a normal
// value: an empty text, an empty list or an absent optional. Amounts and coordinates are decimal
// texts, durations minutes.

namespace protocol {

struct CostOption {
  std::string label;
  std::string amount;      ///< "25.00"
  std::string amount_max;  ///< upper end of a range
  std::string currency;    ///< ISO 4217
  std::string per;         ///< vocabulary cost_per
  std::string for_whom;    ///< `for` on the wire; vocabulary cost_for; empty: all
  std::optional<bool> upfront;
};

struct Cost {
  std::string model;  ///< vocabulary cost_model
  std::vector<CostOption> options;
  std::string what_it_pays;
  std::optional<bool> auto_renew;
  std::optional<std::int64_t> renewal_notice_days;
  std::string refund;
};

/// When a group meets: one rule of RFC 5545 at the group's own wall clock. A sheet that says "every
/// other Friday at noon" gives no first date: then `start` stands without `dtstart`.
struct ScheduleRule {
  std::string dtstart;                   ///< "2026-11-03T19:00:00", local
  std::string start;                     ///< "19:00", where no first date is known
  std::optional<std::int64_t> duration;  ///< minutes
  std::string rrule;                     ///< "FREQ=MONTHLY;BYDAY=2TU,4TU"
  std::vector<std::string> exdates;
  std::vector<std::string> rdates;
  std::string tzid;  ///< IANA zone; empty: not stated
};

struct Place {
  std::string locality;
  std::string region;         ///< ISO 3166-2
  std::string postal_prefix;  ///< three digits
  std::string lat, lon, precision;
};

struct Capacity {
  std::optional<std::int64_t> max;
  std::optional<std::int64_t> openings;
  std::optional<bool> waitlist;
  std::string as_of;
};

struct Sponsor {
  std::string name, kind, identifier, page, relation;
};

struct Leader {
  std::string role, display_name, credentials, public_profile;
  bool consent = false;  ///< a consent with a date is recorded; without one the person is not shown
  std::string license_jurisdiction = {};  ///< ISO 3166
  std::string consent_given_at = {};      ///< date
};

/// Continuing education, as the publisher states it.
struct CeCredit {
  std::optional<bool> offered;
  std::string hours;     ///< decimal text
  std::string approver;  ///< "APA", "NBCC", "ASWB", a state
};

/// What one promises by joining.
struct Commitment {
  std::optional<std::int64_t> minimum_meetings;
  std::string term;          ///< vocabulary term
  std::string cohort_start;  ///< date
};

/// What the publisher offers as evidence for one check; never a result (design: legitimacy).
struct OfferedEvidence {
  std::string check_id, kind, value, by;
  std::string at;  ///< date
};

struct Contact {
  std::string public_contact;  ///< `public` on the wire: role address, form or telephone
  std::string coordinator, hours, preferred;
};

struct Links {
  std::string home, apply, webinar, agreement, charter, survey, report_problem;
};

struct IdentityAffirming {
  std::string group;  ///< vocabulary identity_group
  std::string name;   ///< which faith
  std::string mode;   ///< vocabulary identity_mode
};

struct Listing {
  std::string id;  ///< "urn:uuid:…"
  std::string name;
  std::vector<std::string> alternate_names;
  std::string summary, description;
  std::vector<std::string> kinds;
  std::string audience;
  std::vector<std::string> purposes, not_for, focus_topics, practice_settings, career_stages;
  std::vector<IdentityAffirming> identity_affirming;
  std::string setup_effort, clinical_depth, best_for;  ///< of `dimensions`
  CeCredit ce_credit;
  std::vector<std::string> mechanisms;

  std::string license_rule;
  std::vector<License> licenses;
  std::vector<std::string> license_jurisdictions, license_levels;
  std::string license_region_rule;
  std::string membership_required, membership_body;
  std::optional<bool> membership_trial;
  std::string membership_non_members_fee;  ///< decimal text, in the currency of `cost`
  std::vector<std::string> other_criteria;
  std::vector<std::string> criterion_kinds;  ///< beside other_criteria; empty where not said
  std::string screening;
  std::vector<std::string> documents_required, exclusions, certifications;

  std::vector<std::string> formats;
  std::string scope;
  std::vector<std::string>
      area;  ///< where it is convened, or the publisher answers for; recognitions constrain it
  std::vector<std::string> regions;  ///< whom it serves
  Place place;
  std::string platform_name, platform_kind;
  std::string platform_baa, platform_e2ee;  ///< vocabulary yes_no_unknown
  std::optional<bool> platform_waiting_room, platform_public_social;
  std::vector<ScheduleRule> schedule;
  std::string meets;  ///< vocabulary meets: "by_arrangement" or "always_open"; empty: see schedule
  std::string response_time, drop_in;
  Commitment commitment;

  std::optional<Cost> cost;
  Capacity capacity;
  std::string facilitation;
  std::vector<Leader> leaders;
  std::string accountable_via;
  Sponsor sponsor;
  Contact contact;
  Links links;
  std::vector<std::string> languages, accessibility;
  std::string crisis_resource;
  std::string agreement_state;
  std::vector<std::string> agreement_clauses;
  std::string agreement_resign;       ///< vocabulary agreement_resign
  std::string agreement_last_signed;  ///< month, "2026-11"
  std::string agreement_hash;         ///< SHA-256 of the published text, in hexadecimal
  std::vector<std::string> charter, ethics_frameworks;
  std::vector<OfferedEvidence> evidence;

  std::string status;
  std::string disclosure;
  std::string confirmed_at;  ///< date
  std::string confirmed_by_role;
  std::string review_by;  ///< date
  std::string lang;
  std::string data_license;
  std::vector<std::string> same_as;  ///< other ids and addresses of the same group
  std::vector<std::pair<std::string, std::string>>
      as_stated;  ///< field and the publisher's own words
};

/// Reads a listing's credentialSubject as a peer sent it. Unknown members and vocabulary values are
/// left alone; of a listing that says `card_only`, schedule, place and leaders are left out,
/// whatever was signed; wrong types, sizes over SPEC 4.3, missing members that must be there and
/// URLs that are not plain https refuse with doc_profile, naming the path.
Result<Listing> read_listing(const Json& subject);

/// One thing to mend before a listing can be published, said to a volunteer.
struct Problem {
  std::string field;    ///< "cost.options[0].amount"
  std::string message;  ///< "'25ish' is not an amount; write 25 or leave it empty"
};
/// The same as a volunteer reads it: "Cost, 2nd option, amount: '25ish' is not an amount; …".
std::string words_for(const Problem& problem);

/// All that read_listing refuses, said for the publisher, and more: unknown vocabulary values that
/// look like slips, meeting links, passwords and access codes in any text, invisible characters,
/// names without consent.
std::vector<Problem> problems_for_publishing(const Json& subject);

/// Fills the members that are always present and were not given: id, type, status, lang,
/// data_license, confirmed_at (today), confirmed_by_role, review_by (180 days later), area,
/// audience; for a group of people with lived experience also crisis_resource, where its country
/// has a line that this version knows (crisis_line()). What is there stays.
struct ListingDefaults {
  std::string id;
  Date today;
  std::vector<std::string> area;
  std::string lang = "en";
  std::string data_license = "CC-BY-4.0";
};
void fill_defaults(Json& subject, const ListingDefaults& defaults);

/// The crisis line of a country or of a state in it, in one sentence; empty where none is known
/// here.
std::string_view crisis_line(std::string_view region);

/// validUntil of a listing: review_by + 90 days, at most 400 days after `valid_from`.
Timestamp listing_valid_until(const Listing& listing, Timestamp valid_from);

/// The largest subject that SPEC 4.3 allows: every member is there, every text and list with a size
/// of its own is full, and the other texts and the URLs share what then remains of
/// kMaxDocumentBytes when signed under a DID of 200 bytes (all of them full would not fit). For
/// tests and for measuring.
Json largest_listing_subject(const ListingDefaults& defaults);

}  // namespace protocol
