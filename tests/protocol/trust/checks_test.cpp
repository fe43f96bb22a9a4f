#include "protocol/trust/checks.h"

#include <functional>
#include <set>

#include <gtest/gtest.h>

#include "protocol/trust/check_policy.h"

// Every check with every outcome it can have, what the texts may not say, and the policies.

namespace {

using protocol::Check;
using protocol::CheckFacts;
using protocol::CheckNote;
using protocol::CheckObservation;
using protocol::CheckOutcome;
using protocol::Json;

const protocol::Timestamp kChecksNow = *protocol::parse_timestamp("2026-11-22T12:00:00Z");

protocol::Timestamp checks_day(std::string_view date) { return *protocol::parse_date(date); }

Json checks_json(std::string_view text) {
  auto parsed = protocol::parse_json(text);
  if (!parsed) throw std::runtime_error(parsed.error().detail);
  return *parsed;
}

/// Two objects as one; members of `more` stand over those of `base`, null takes one away.
Json checks_merged(Json base, const Json& more) {
  if (const auto* members = more.if_object()) {
    for (const auto& [name, value] : *members) {
      if (value.is_null()) {
        base.erase(name);
      } else {
        base.set(name, value);
      }
    }
  }
  return base;
}

constexpr std::string_view kChecksBare = R"({
  "id": "urn:uuid:7b0c1f5e-7d0f-4d8a-9a40-0d6a5f1c2b3e", "type": "PeerSupportGroup",
  "name": "Tuesday Table", "kinds": ["formal_consultation"], "audience": "therapists",
  "area": ["US-OH"], "links": {"home": "https://table.example/group"}, "status": "active",
  "confirmed_at": "2026-11-12", "confirmed_by_role": "leader", "review_by": "2027-05-11",
  "lang": "en", "data_license": "CC-BY-4.0"})";

/// All that a listing can do to pass.
constexpr std::string_view kChecksFull = R"({
  "summary": "Consultation over lunch for clinicians in private practice.",
  "description": "We start with a short check-in. Then two people present, twenty-five minutes each, with every identifying detail changed. The rest ask questions before anyone offers a thought. We end by asking what each presenter takes home.",
  "purposes": ["case_consultation"], "not_for": ["not_therapy", "not_supervision"],
  "formats": ["video"],
  "platform": {"name": "Zoom for Healthcare", "kind": "video", "baa": "yes", "waiting_room": true},
  "schedule": [{"dtstart": "2024-01-09T12:00:00", "duration": 75, "rrule": "FREQ=MONTHLY;BYDAY=2TU", "tzid": "America/New_York"}],
  "cost": {"model": "subscription", "options": [{"amount": "25", "currency": "USD", "per": "month"}], "auto_renew": true, "renewal_notice_days": 14, "refund": "pro_rata"},
  "leaders": [{"role": "Leader", "display_name": "Dana Whitlock", "credentials": "LPCC-S", "license_jurisdiction": "US-OH", "consent": {"given_at": "2026-01-08", "how": "e-mail"}}],
  "sponsor": {"name": "Guild of Counselors", "kind": "association", "page": "https://guild.example/groups"},
  "agreement": {"state": "signed_by_all", "clauses": ["confidential_after_leaving","de_identified_cases","minimum_necessary","no_recording_all_consent","secure_notes_destroyed","dual_role_disclosure","duties_not_relieved","signed_and_dated"], "resign": "yearly", "last_signed": "2026-03"},
  "links": {"home": "https://table.example/group", "agreement": "https://table.example/agreement"},
  "charter": ["membership_criteria", "confidentiality", "conflict_procedure", "mandatory_reporting_procedure"],
  "other_criteria": [{"text": "Two years in practice", "kind": "experience"}],
  "contact": {"public": "table@guild.example"}})";

/// A listing with facts around it, on its way through the checks.
class CheckedSample {
 public:
  explicit CheckedSample(std::string_view more = "{}", bool full = false) {
    subject_ = checks_json(kChecksBare);
    if (full) subject_ = checks_merged(std::move(subject_), checks_json(kChecksFull));
    subject_ = checks_merged(std::move(subject_), checks_json(more));
    facts.now = kChecksNow;
    facts.publisher = "Ohio Chapter";
    facts.signed_at = checks_day("2026-11-12");
    facts.domain = "ohio.example";
    facts.path = {"National Association", "Ohio Chapter"};
    facts.vouched_at = checks_day("2026-10-01");
    facts.vouched_until = checks_day("2027-10-01");
    facts.read_at = checks_day("2026-11-22");
    facts.first_seen = checks_day("2026-01-10");
    facts.yearly_cost = "About $300 a year.";
  }
  CheckedSample& note(Check check, CheckOutcome outcome, std::string_view day = "2026-11-20") {
    notes_.push_back({check, false, outcome, "seen by eye", "Robin", checks_day(day)});
    return *this;
  }
  CheckedSample& answer(Check check, std::string text) {
    notes_.push_back({check, true, CheckOutcome::check, std::move(text), "Ohio Chapter",
                      checks_day("2026-11-21")});
    return *this;
  }
  CheckedSample& observed(Check check, CheckOutcome outcome, std::string_view day = "2026-11-22") {
    observations_.push_back(
        {check, outcome, "Read at guild.example", checks_day(day) + std::chrono::hours(6), {}});
    return *this;
  }
  CheckedSample& similar(std::string name, std::string publisher) {
    similar_.push_back({std::move(name), std::move(publisher)});
    return *this;
  }
  CheckedSample& with(const std::function<void(CheckFacts&)>& change) {
    change(facts);
    return *this;
  }
  std::vector<protocol::CheckResult> results(const protocol::CheckNumbers& numbers = {}) {
    auto listing = protocol::read_listing(subject_);
    if (!listing) throw std::runtime_error(listing.error().detail);
    listing_ = *listing;
    facts.listing = &listing_;
    facts.subject = &subject_;
    facts.notes = notes_;
    facts.observations = observations_;
    facts.similar = similar_;
    return protocol::check_listing(facts, numbers);
  }
  protocol::CheckResult result(Check check, const protocol::CheckNumbers& numbers = {}) {
    return results(numbers)[static_cast<std::size_t>(check)];
  }

  CheckFacts facts;
  Json subject_;

 private:
  protocol::Listing listing_;
  std::vector<CheckNote> notes_;
  std::vector<CheckObservation> observations_;
  std::vector<protocol::SimilarListing> similar_;
};

CheckedSample checks_bare(std::string_view more = "{}") { return CheckedSample(more); }
CheckedSample checks_full(std::string_view more = "{}") { return CheckedSample(more, true); }

constexpr auto kPass = CheckOutcome::pass;
constexpr auto kAsk = CheckOutcome::check;
constexpr auto kWarning = CheckOutcome::warning;
constexpr auto kSkip = CheckOutcome::not_applicable;

struct ChecksCase {
  std::string name;
  Check check;
  CheckedSample sample;
  CheckOutcome want;
  std::string text;  ///< a part of what it says
};

std::vector<ChecksCase> checks_cases() {
  const auto unheld = [](CheckFacts& facts) { facts.signature_holds = false; };
  const auto unchecked = [](CheckFacts& facts) { facts.signature_checked = false; };
  const auto new_key = [](CheckFacts& facts) { facts.key_changed_at = checks_day("2026-11-19"); };
  const auto old_key = [](CheckFacts& facts) { facts.key_changed_at = checks_day("2026-06-19"); };
  const auto nobody = [](CheckFacts& facts) {
    facts.path.clear();
    facts.vouched_at.reset();
    facts.vouched_until.reset();
  };
  const auto followed = [=](CheckFacts& facts) {
    nobody(facts);
    facts.followed_by_hand = true;
  };
  const auto own = [=](CheckFacts& facts) {
    nobody(facts);
    facts.own = true;
  };
  const auto anchor = [](CheckFacts& facts) {
    facts.path = {"Ohio Chapter"};
    facts.vouched_at.reset();
    facts.vouched_until.reset();
  };
  const auto lapsed = [=](CheckFacts& facts) {
    nobody(facts);
    facts.vouch_ended_at = checks_day("2026-11-01");
    facts.vouch_ended_by = "National Association";
  };
  const auto ends_soon = [](CheckFacts& facts) {
    facts.vouched_until = kChecksNow + std::chrono::days{5};
  };
  const auto unread = [](CheckFacts& facts) { facts.read_at.reset(); };
  const auto read_long_ago = [](CheckFacts& facts) { facts.read_at = checks_day("2026-11-02"); };
  const auto mirrored = [](CheckFacts& facts) { facts.came_through = "oregon.example"; };
  const auto strange_mirror = [](CheckFacts& facts) {
    facts.came_through = "nobody.example";
    facts.came_through_followed = false;
  };
  const auto reported = [](CheckFacts& facts) {
    facts.open_reports = 1;
    facts.reported_at = checks_day("2026-11-18");
  };
  const auto answered = [](CheckFacts& facts) { facts.answered_at = checks_day("2026-11-10"); };
  const auto answered_long_ago = [](CheckFacts& facts) {
    facts.answered_at = checks_day("2025-11-10");
  };
  const auto unseen = [](CheckFacts& facts) { facts.first_seen.reset(); };
  const auto fresh = [](CheckFacts& facts) { facts.first_seen = checks_day("2026-11-01"); };
  const std::string survivors =
      R"({"audience": "lived_experience", "kinds": ["peer_support_group"]})";
  const std::string work = R"({"audience": "workplace_staff", "kinds": ["workplace_program"]})";
  const std::string upfront =
      R"({"cost": {"model": "subscription", "options": [{"amount": "400", "currency": "USD", "per": "once", "upfront": true}]}})";

  return {
      {"signed", Check::signature, checks_bare(), kPass,
       "unchanged since Ohio Chapter signed it on Nov\u00a012."},
      {"key changed long ago", Check::signature, checks_bare().with(old_key), kPass, "unchanged"},
      {"new key", Check::signature, checks_bare().with(new_key), kAsk, "new key 3 days old"},
      {"not verified yet", Check::signature, checks_bare().with(unchecked), kAsk,
       "not been checked yet"},
      {"does not hold", Check::signature, checks_bare().with(unheld), kWarning,
       "Do not use these contact details."},

      {"vouched", Check::publisher, checks_bare(), kPass,
       "vouched for by National Association until Oct\u00a01, 2027."},
      {"anchor", Check::publisher, checks_bare().with(anchor), kPass, "operator chose to trust"},
      {"own", Check::publisher, checks_bare().with(own), kPass, "own, and answers"},
      {"followed", Check::publisher, checks_bare().with(followed), kAsk,
       "We know Ohio Chapter, but nobody vouches for it."},
      {"stranger", Check::publisher, checks_bare().with(nobody), kWarning,
       "not met this publisher"},

      {"vouch confirmed", Check::vouch, checks_bare(), kPass, "confirmed on Oct\u00a01."},
      {"vouch ends soon", Check::vouch, checks_bare().with(ends_soon), kAsk, "ends in 5 days"},
      {"vouch lapsed", Check::vouch, checks_bare().with(lapsed), kWarning,
       "National Association withdrew or let lapse its vouch on Nov\u00a01."},
      {"no vouch", Check::vouch, checks_bare().with(nobody), kSkip, "Nobody vouches"},
      {"anchor has none", Check::vouch, checks_bare().with(anchor), kSkip, "trusted directly"},

      {"domain read", Check::domain, checks_bare(), kPass, "ohio.example confirms this publisher."},
      {"domain not read lately", Check::domain, checks_bare().with(read_long_ago), kAsk,
       "last confirmed Nov\u00a02"},
      {"domain never asked", Check::domain, checks_bare().with(unread), kAsk, "not yet asked"},
      {"domain unreachable", Check::domain,
       checks_bare().with(unread).observed(Check::domain, kAsk), kAsk,
       "could not be reached on Nov\u00a022"},
      {"domain probed", Check::domain, checks_bare().with(unread).observed(Check::domain, kPass),
       kPass, "confirms"},
      {"domain names another", Check::domain, checks_bare().observed(Check::domain, kWarning),
       kWarning, "names a different publisher"},

      {"sponsor seen", Check::sponsor, checks_full().observed(Check::sponsor, kPass), kPass,
       "Sponsored by Guild of Counselors, an association; their page names this group."},
      {"sponsor noted", Check::sponsor, checks_full().note(Check::sponsor, kPass), kPass,
       "their page names"},
      {"sponsor not found", Check::sponsor, checks_full().observed(Check::sponsor, kAsk), kAsk,
       "could not find this"},
      {"sponsor's site is closed", Check::sponsor, checks_full().observed(Check::sponsor, kSkip),
       kAsk, "asks automatic readers to stay away"},
      {"sponsor unread", Check::sponsor, checks_full(), kAsk, "not yet read their page"},
      {"sponsor not stated", Check::sponsor, checks_bare(), kAsk, "Not stated"},
      {"sponsor's page is the group's", Check::sponsor,
       checks_full(
           R"({"sponsor": {"name": "Big University", "page": "https://table.example/sponsor"}})")
           .observed(Check::sponsor, kPass),
       kAsk, "on its own site"},
      {"sponsor denies", Check::sponsor, checks_full().note(Check::sponsor, kWarning), kWarning,
       "Guild of Counselors told us it does not sponsor this group."},
      {"sponsor named, and none", Check::sponsor,
       checks_bare(R"({"sponsor": {"kind": "none", "name": "Riverside Guild"}})")
           .note(Check::sponsor, kPass),
       kPass, "Sponsored by Riverside Guild; their page names this group."},
      {"sponsor none", Check::sponsor, checks_bare(R"({"sponsor": {"kind": "none"}})"), kSkip,
       "no sponsor"},
      {"sponsor of survivors", Check::sponsor, checks_bare(survivors), kSkip,
       "For groups of therapists"},

      {"leader named", Check::leadership, checks_full(), kPass, "Led by Dana Whitlock, LPCC-S."},
      {"leader known", Check::leadership, checks_bare(R"({"accountable_via": "Ohio Chapter"})"),
       kPass, "The leader is known to Ohio Chapter, which answers for the group."},
      {"leader's role only", Check::leadership,
       checks_bare(R"({"leaders": [{"role": "Facilitator"}]})"), kAsk,
       "A role is given but no name."},
      {"leader not stated", Check::leadership, checks_bare(), kAsk, "Not stated"},
      {"leader is whose turn it is", Check::leadership,
       checks_bare(R"({"facilitation": "rotating_peers"})"), kAsk, "Members take turns leading."},
      {"leader there is none", Check::leadership, checks_bare(R"({"facilitation": "unmoderated"})"),
       kAsk, "Nobody leads it."},
      {"leader by role of the group", Check::leadership,
       checks_bare(R"({"facilitation": "peer_lead"})"), kAsk, "A role is given but no name."},
      {"leader unknown to a person", Check::leadership,
       checks_bare().note(Check::leadership, kWarning), kWarning,
       "We cannot tell who runs this group."},

      {"license looked up", Check::license, checks_full().note(Check::license, kPass), kPass,
       "Dana Whitlock’s license was active on the Ohio board’s site on Nov\u00a020."},
      {"license looked up long ago", Check::license,
       checks_full().note(Check::license, kPass, "2025-10-02"), kAsk, "Checked over 12 months ago"},
      {"license not checked", Check::license, checks_full(), kAsk, "Not checked."},
      {"license of nobody", Check::license, checks_bare(R"({"facilitation": "unmoderated"})"),
       kSkip, "Nobody leads it."},
      {"license not active", Check::license, checks_full().note(Check::license, kWarning), kWarning,
       "The Ohio board’s site did not show an active license on Nov\u00a020. Ask the group."},
      {"license of survivors", Check::license,
       checks_bare(survivors).note(Check::license, kWarning), kSkip, "No license is asked for"},

      {"all agreed", Check::consent, checks_full(), kPass, "agreed to be named"},
      {"one hidden", Check::consent, checks_full(R"({"leaders": [{"display_name": "Sam Roe"}]})"),
       kAsk, "One name has no recorded consent and is hidden."},
      {"nobody named", Check::consent, checks_bare(), kSkip, "Nobody is named."},

      {"described", Check::description, checks_full(), kPass,
       "what happens, for whom and how often"},
      {"short", Check::description, checks_bare(R"({"summary": "A group."})"), kAsk,
       "The description is short"},
      {"not described", Check::description, checks_bare(), kAsk, "no description"},
      {"described, not how often", Check::description, checks_full(R"({"schedule": null})"), kAsk,
       "not how often"},
      {"a person finds nothing in it", Check::description,
       checks_full().note(Check::description, kWarning), kWarning,
       "does not say what you would get"},

      {"free", Check::cost, checks_bare(R"({"cost": {"model": "free"}})"), kPass, "Free."},
      {"free for some", Check::cost,
       checks_bare(R"({"cost": {"model": "free", "options": [{"for": "members"}]}})"), kAsk,
       "Free for members. Not stated what it costs others."},
      {"free for some, priced for others", Check::cost,
       checks_bare(
           R"({"cost": {"model": "free", "options": [{"amount": "0", "currency": "USD", "for": "members"}, {"amount": "20", "currency": "USD", "per": "meeting", "for": "non_members"}]}})"),
       kPass, "Free for members; $20 a meeting for non-members."},
      {"free, and not", Check::cost,
       checks_bare(
           R"({"cost": {"model": "free", "options": [{"amount": "20", "currency": "USD", "per": "meeting"}]}})"),
       kAsk, "It says that it is free, and also $20 a meeting."},
      {"amount", Check::cost, checks_full(), kPass, "$25 a month. About $300 a year."},
      {"sliding without amounts", Check::cost,
       checks_bare(R"({"cost": {"model": "sliding_scale"}})"), kAsk,
       "Sliding scale without amounts."},
      {"cost not given", Check::cost, checks_bare(), kAsk, "The cost is not given."},

      {"small fee", Check::upfront_fee, checks_full(), kPass, "No large fee"},
      {"large fee, described", Check::upfront_fee, checks_full(upfront), kAsk,
       "$400 is due before the first meeting. Ask what it covers."},
      {"large fee for nothing said", Check::upfront_fee, checks_bare(upfront), kWarning,
       "$400 is due up front and the listing does not say what for."},
      {"large fee whose kind is not said", Check::upfront_fee,
       checks_bare(
           R"({"cost": {"options": [{"amount": "1900", "currency": "USD", "upfront": true}]}})"),
       kWarning, "$1,900 is due up front and the listing does not say what for."},
      {"no cost, no fee", Check::upfront_fee, checks_bare(), kSkip, "cost is not given"},

      {"told before", Check::renewal, checks_full(), kPass,
       "You are told before it renews, 14 days ahead."},
      {"does not renew", Check::renewal,
       checks_full(R"({"cost": {"model": "subscription", "auto_renew": false}})"), kPass,
       "does not renew by itself"},
      {"no refund", Check::renewal,
       checks_full(R"({"cost": {"model": "subscription", "auto_renew": true, "refund": "none"}})"),
       kAsk, "Renews by itself; no refund."},
      {"renewal not stated", Check::renewal, checks_full(R"({"cost": {"model": "subscription"}})"),
       kAsk, "Not stated"},
      {"no reminder, no refund", Check::renewal,
       checks_full(
           R"({"cost": {"model": "subscription", "auto_renew": true, "renewal_notice_days": 0, "refund": "none"}})"),
       kWarning, "sends no reminder and gives no refund"},
      {"free does not renew", Check::renewal, checks_bare(R"({"cost": {"model": "free"}})"), kSkip,
       "no fee to renew"},

      {"agreement to read", Check::agreement, checks_full(), kPass,
       "All members sign a confidentiality agreement; you can read it."},
      {"agreement unseen", Check::agreement,
       checks_bare(R"({"agreement": {"state": "signed_by_all"}})"), kAsk, "we have not seen it"},
      {"agreement not stated", Check::agreement, checks_bare(), kAsk, "Not stated"},
      {"case group says there is none", Check::agreement,
       checks_bare(R"({"agreement": {"state": "none"}})"), kWarning,
       "No confidentiality agreement."},
      {"coffee circle says there is none", Check::agreement,
       checks_bare(R"({"kinds": ["informal_circle"], "agreement": {"state": "none"}})"), kAsk,
       "no confidentiality agreement"},
      {"agreement of survivors", Check::agreement, checks_bare(survivors), kSkip,
       "For groups of therapists."},

      {"eight points", Check::agreement_points, checks_full(), kPass,
       "It covers all eight points."},
      {"seven points", Check::agreement_points,
       checks_bare(
           R"({"agreement": {"state": "signed_by_all", "clauses": ["confidential_after_leaving","de_identified_cases","minimum_necessary","no_recording_all_consent","secure_notes_destroyed","dual_role_disclosure","duties_not_relieved"]}})"),
       kAsk, "It covers 7 of 8. Missing: signed and dated."},
      {"a person read it", Check::agreement_points,
       checks_full().note(Check::agreement_points, kWarning), kWarning,
       "does not protect client identity or forbid recording"},
      {"no agreement, no points", Check::agreement_points, checks_bare(), kSkip,
       "No agreement is stated."},

      {"signed again", Check::agreement_renewed, checks_full(), kPass,
       "Signed again in Mar\u00a02026."},
      {"signed long ago", Check::agreement_renewed,
       checks_full(R"({"agreement": {"state": "signed_by_all", "last_signed": "2024-03"}})"), kAsk,
       "Last signed over a year ago"},
      {"signing not stated", Check::agreement_renewed,
       checks_bare(R"({"agreement": {"state": "signed_by_all"}})"), kAsk, "Not stated"},
      {"nothing to sign", Check::agreement_renewed, checks_bare(), kSkip,
       "No agreement is stated."},

      {"charter read", Check::charter, checks_full().note(Check::charter, kPass), kPass,
       "are written down"},
      {"charter in part", Check::charter, checks_bare(R"({"charter": ["confidentiality"]})"), kAsk,
       "Part of the charter is missing: who may join and what happens in a conflict."},
      {"charter unread", Check::charter, checks_full(), kAsk, "No person here has read it"},
      {"charter without conflicts", Check::charter, checks_full().note(Check::charter, kWarning),
       kWarning, "No written way to handle conflicts of interest."},
      {"charter of survivors", Check::charter, checks_bare(survivors), kSkip,
       "For groups of therapists"},

      {"duties read", Check::reporting, checks_full().note(Check::reporting, kPass), kPass,
       "when someone may be in danger"},
      {"duties not stated", Check::reporting, checks_bare(), kAsk, "ask before you present a case"},
      {"duties stated", Check::reporting, checks_full(), kAsk, "No person here has read it"},
      {"duties among survivors", Check::reporting, checks_bare(survivors), kAsk,
       "It does not say what happens when someone may be in danger."},
      {"duties among survivors, noted", Check::reporting,
       checks_bare(survivors).note(Check::reporting, kAsk), kAsk,
       "It does not say what happens when someone may be in danger."},
      {"duties at work", Check::reporting, checks_bare(work), kAsk,
       "It does not say what happens when someone may be in danger."},

      {"private platform", Check::platform, checks_full(), kPass,
       "Zoom for Healthcare with a business associate agreement and a waiting room."},
      {"unknown platform", Check::platform, checks_bare(R"({"formats": ["video"]})"), kAsk,
       "Privacy of its platform is unknown."},
      {"public network", Check::platform,
       checks_bare(
           R"({"formats": ["message_group"], "platform": {"name": "Facebook", "public_social": true}})"),
       kWarning, "Do not discuss clients there."},
      {"in person", Check::platform, checks_bare(R"({"formats": ["in_person"]})"), kSkip,
       "It meets in person."},
      {"by telephone", Check::platform, checks_bare(R"({"formats": ["in_person", "phone"]})"),
       kSkip, "It meets by telephone."},
      {"by telephone, through a service", Check::platform,
       checks_bare(R"({"formats": ["phone"], "platform": {"name": "FreeLine"}})"), kAsk,
       "Privacy of FreeLine is unknown."},
      {"a social network by its name", Check::platform,
       checks_bare(R"({"formats": ["message_group"], "platform": {"name": "Facebook Groups"}})"),
       kAsk,
       "It meets on Facebook Groups, a social network, which may use what is written there. Do not "
       "discuss clients there."},
      {"a social network that is said not to be public", Check::platform,
       checks_bare(
           R"({"formats": ["message_group"], "platform": {"name": "LinkedIn", "public_social": false}})"),
       kAsk, "Privacy of LinkedIn is unknown."},
      {"a name that only begins like one", Check::platform,
       checks_bare(R"({"formats": ["video"], "platform": {"name": "Redditch Rooms"}})"), kAsk,
       "Privacy of Redditch Rooms is unknown."},
      {"agreement without a waiting room", Check::platform,
       checks_bare(R"({"formats": ["video"], "platform": {"name": "Meetwell", "baa": "yes"}})"),
       kAsk, "Not stated whether there is a waiting room."},
      {"agreement and encryption", Check::platform,
       checks_bare(
           R"({"formats": ["video"], "platform": {"name": "Meetwell", "baa": "yes", "e2ee": "yes"}})"),
       kPass, "encrypted from end to end"},
      {"no agreement with the platform", Check::platform,
       checks_bare(R"({"formats": ["video"], "platform": {"name": "Meetwell", "baa": "no"}})"),
       kAsk, "There is no business associate agreement for Meetwell."},

      {"no private links", Check::private_links, checks_full(), kPass, "no meeting link"},
      {"meeting link", Check::private_links,
       checks_bare(R"({"description": "Join at https://zoom.us/j/123456789"})"), kWarning,
       "seems to hold a meeting link"},

      {"reminder answered", Check::contact, checks_bare().with(answered), kPass,
       "Someone answered on Nov\u00a010."},
      {"a person had an answer", Check::contact, checks_bare().note(Check::contact, kPass), kPass,
       "Someone answered on Nov\u00a020."},
      {"answered long ago", Check::contact, checks_bare().with(answered_long_ago), kAsk,
       "No answer since Nov\u00a010, 2025."},
      {"page opened", Check::contact, checks_bare().observed(Check::contact, kPass), kAsk,
       "Its page opened"},
      {"page did not open", Check::contact, checks_bare().observed(Check::contact, kAsk), kAsk,
       "could not be opened"},
      {"page is closed", Check::contact, checks_bare().observed(Check::contact, kSkip), kAsk,
       "Its site asks automatic readers"},
      {"nobody tried", Check::contact, checks_bare(), kAsk, "Nobody here has tried"},
      {"mail comes back", Check::contact, checks_bare().note(Check::contact, kWarning), kWarning,
       "Mail to this address comes back."},

      {"confirmed", Check::confirmed, checks_bare(), kPass,
       "Confirmed by the group’s leader on Nov\u00a012."},
      {"confirmation due", Check::confirmed,
       checks_bare(R"({"confirmed_at": "2026-04-01", "review_by": "2026-09-28"})"), kAsk,
       "Not confirmed for 7 months."},
      {"not confirmed for a year", Check::confirmed,
       checks_bare(R"({"confirmed_at": "2025-09-01", "review_by": "2026-09-28"})"), kWarning,
       "Nobody has confirmed this since Sep\u00a01, 2025. It may no longer meet."},

      {"says what it is not", Check::not_therapy, checks_full(), kPass,
       "peer support, not therapy or supervision"},
      {"promises hours", Check::not_therapy,
       checks_full(R"({"description": "Earn supervision hours with us every week."})"), kAsk,
       "The text mentions “supervision hours”; ask what they mean."},
      {"denies treatment", Check::not_therapy,
       checks_full(
           R"({"description": "This is not a substitute for treatment. We also talk about treatment plans."})"),
       kPass, "peer support"},
      {"is for those who treat", Check::not_therapy,
       checks_full(R"({"description": "A circle of eating disorder treatment providers."})"), kPass,
       "peer support"},
      {"does not say", Check::not_therapy, checks_bare(), kAsk, "Not stated"},
      {"a person found treatment", Check::not_therapy,
       checks_full().note(Check::not_therapy, kWarning), kWarning,
       "offers treatment under the name"},

      {"safe for survivors", Check::survivor_safety,
       checks_bare(
           R"({"audience": "lived_experience", "facilitation": "trained_peer_supporter", "crisis_resource": "988", "charter": ["confidentiality"]})"),
       kPass, "Trained peer lead, ground rules and a crisis line are given."},
      {"no training mentioned", Check::survivor_safety,
       checks_bare(
           R"({"audience": "lived_experience", "crisis_resource": "988", "charter": ["confidentiality"]})"),
       kAsk, "No facilitator training is mentioned."},
      {"survivors, nothing stated", Check::survivor_safety, checks_bare(survivors), kAsk,
       "Not stated: facilitator training, ground rules and a crisis line."},
      {"a person found no rules", Check::survivor_safety,
       checks_bare(survivors).note(Check::survivor_safety, kWarning), kWarning,
       "No ground rules and no crisis line."},
      {"not for survivors", Check::survivor_safety, checks_bare(), kSkip, "lived experience"},

      {"independent", Check::workplace, checks_bare(work).note(Check::workplace, kPass), kPass,
       "not reported to managers"},
      {"attendance not stated", Check::workplace, checks_bare(work), kAsk, "who sees attendance"},
      {"managers take part", Check::workplace, checks_bare(work).note(Check::workplace, kWarning),
       kWarning, "Managers who evaluate members take part."},
      {"no workplace", Check::workplace, checks_bare(), kSkip, "workplace programs only"},

      {"no dual roles", Check::dual_roles, checks_bare().note(Check::dual_roles, kPass), kPass,
       "Leaders do not evaluate members."},
      {"also supervises", Check::dual_roles, checks_bare().note(Check::dual_roles, kAsk), kAsk,
       "Leader also supervises some members."},
      {"dual roles not stated", Check::dual_roles, checks_bare(), kAsk, "Not stated"},
      {"sells", Check::dual_roles, checks_bare().note(Check::dual_roles, kWarning), kWarning,
       "sells other services"},
      {"dual roles of survivors", Check::dual_roles, checks_bare(survivors), kSkip,
       "For groups of therapists."},

      {"alone", Check::duplicate, checks_bare(), kPass, "No other listing here looks like it."},
      {"similar", Check::duplicate, checks_bare().similar("Tuesday table", "Virginia Chapter"),
       kAsk, "There is a similar listing: Tuesday table, by Virginia Chapter."},
      {"copied", Check::duplicate, checks_bare().note(Check::duplicate, kWarning), kWarning,
       "Another publisher says this listing copies theirs."},

      {"old group", Check::age, checks_full(), kPass, "Meeting since 2024."},
      {"listed for long", Check::age, checks_bare(), kPass, "Listed here since Jan\u00a010."},
      {"new", Check::age, checks_bare().with(fresh), kAsk,
       "New: first listed here 3 weeks ago. That is no fault."},
      {"not known how old", Check::age, checks_bare().with(unseen), kSkip, "Not known how long"},
      {"forming", Check::age, checks_bare(R"({"status": "forming"})"), kAsk, "forming"},

      {"no reports", Check::complaints, checks_bare(), kPass, "No open reports."},
      {"one report", Check::complaints, checks_bare().with(reported), kAsk,
       "A report is being looked at since Nov\u00a018."},
      {"upheld", Check::complaints, checks_bare().note(Check::complaints, kWarning), kWarning,
       "Reports were upheld on Nov\u00a020: seen by eye."},

      {"no conditions", Check::criteria, checks_bare(), kSkip, "no further conditions"},
      {"conditions unquestioned", Check::criteria, checks_full(), kSkip,
       "Nobody at this node has questioned"},
      {"conditions found fair", Check::criteria, checks_full().note(Check::criteria, kPass), kPass,
       "found them fair"},
      {"conditions questioned", Check::criteria, checks_full().note(Check::criteria, kAsk), kAsk,
       "Ask why “Two years in practice” is needed."},
      {"several conditions questioned", Check::criteria,
       checks_bare(R"({"other_criteria": [{"text": "Own car"}, {"text": "Two references"}]})")
           .note(Check::criteria, kAsk),
       kAsk, "Ask why “Own car” and “Two references” are needed."},

      {"straight", Check::source, checks_bare(), kPass, "Straight from the publisher."},
      {"through a mirror", Check::source, checks_bare().with(mirrored), kAsk,
       "Came through oregon.example."},
      {"through a stranger", Check::source, checks_bare().with(strange_mirror), kWarning,
       "a node we do not follow"},
  };
}

TEST(Checks, EachHasEachOfItsOutcomesInPlainWords) {
  std::set<std::pair<Check, CheckOutcome>> seen;
  for (auto& one : checks_cases()) {
    SCOPED_TRACE(one.name);
    const auto result = one.sample.result(one.check);
    EXPECT_EQ(protocol::word(result.outcome), protocol::word(one.want)) << result.text;
    EXPECT_NE(result.text.find(one.text), std::string::npos) << result.text;
    seen.insert({one.check, result.outcome});
  }
  for (const auto& info : protocol::check_table()) {
    SCOPED_TRACE(info.id);
    // A reviewer may find conditions fair or ask about them; a listing with exposed links is either
    // clean or not; nothing about age, reporting or consent is ever a warning.
    const std::set<Check> never_ask = {Check::private_links};
    const std::set<Check> never_warn = {Check::consent,   Check::cost, Check::agreement_renewed,
                                        Check::reporting, Check::age,  Check::criteria};
    // These are asked of every listing there is.
    const std::set<Check> never_skip = {
        Check::signature,   Check::publisher,   Check::domain,    Check::leadership,
        Check::description, Check::cost,        Check::reporting, Check::contact,
        Check::confirmed,   Check::not_therapy, Check::duplicate, Check::private_links,
        Check::source,      Check::complaints};
    EXPECT_TRUE(seen.contains({info.check, kPass}));
    EXPECT_EQ(seen.contains({info.check, kAsk}), !never_ask.contains(info.check));
    EXPECT_EQ(seen.contains({info.check, kWarning}), !never_warn.contains(info.check));
    EXPECT_EQ(seen.contains({info.check, kSkip}), !never_skip.contains(info.check));
  }
}

TEST(Checks, SpeakWithoutInternalNames) {
  const auto judge = [](const std::string& text) {
    EXPECT_EQ(text.find('_'), std::string::npos) << text;
    EXPECT_EQ(text.find("other ("), std::string::npos) << text;
    EXPECT_EQ(text.find("US-"), std::string::npos) << text;
    EXPECT_EQ(text.find("  "), std::string::npos) << text;
    EXPECT_EQ(text.find(".."), std::string::npos) << text;
    EXPECT_EQ(text.find('!'), std::string::npos) << text;
    for (const char* word : {"null", "urn:", "did:", "scid", "SCID", "JSON", "baa", "e2ee", "rrule",
                             "urn:uuid", "credentialSubject", "probe"})
      EXPECT_EQ(text.find(word), std::string::npos) << text;
    for (std::size_t i = 0; i + 1 < text.size(); ++i)
      EXPECT_FALSE(text[i] == 'L' && std::isdigit(static_cast<unsigned char>(text[i + 1]))) << text;
  };
  for (auto& one : checks_cases()) {
    SCOPED_TRACE(one.name);
    for (const auto& result : one.sample.results()) {
      SCOPED_TRACE(protocol::describe(result.check).id);
      ASSERT_FALSE(result.text.empty());
      EXPECT_TRUE(result.text.ends_with('.')) << result.text;
      EXPECT_FALSE(std::islower(static_cast<unsigned char>(result.text[0])) &&
                   result.check != Check::domain)
          << result.text;
      judge(result.text);
      judge(result.evidence);
      judge(result.question);
      if (result.outcome == kPass || result.outcome == kSkip) {
        EXPECT_TRUE(result.question.empty()) << result.question;
      }
    }
  }
  for (const auto& info : protocol::check_table()) {
    judge(std::string(info.title));
    judge(std::string(info.meaning));
    judge(std::string(info.scope));
    EXPECT_EQ(protocol::check_from_id(info.id), info.check);
  }
  for (const auto& policy : protocol::known_policies()) judge(policy.summary);
}

/// Takes every member away, one after another, and members of members.
void checks_without(const Json& whole, const std::function<void(const Json&)>& visit) {
  for (const auto& [name, value] : *whole.if_object()) {
    Json less = whole;
    less.erase(name);
    visit(less);
    if (!value.if_object()) continue;
    for (const auto& [inner, ignored] : *value.if_object()) {
      Json part = whole;
      part.find(name)->erase(inner);
      visit(part);
    }
  }
}

TEST(Checks, NeverWarnOfWhatIsNotStated) {
  for (
      const std::string_view more :
      {R"({})", R"({"audience": "lived_experience"})", R"({"audience": "workplace_staff"})",
       R"({"cost": {"model": "sliding_scale", "options": [{"amount": "90", "currency": "USD", "per": "once"}]}})",
       R"({"agreement": {"state": "verbal"}, "formats": ["in_person", "video"]})"}) {
    CheckedSample whole(more, true);
    for (const auto& result : whole.results()) ASSERT_NE(result.outcome, kWarning) << result.text;
    std::size_t tried = 0;
    const auto judge = [&](const Json& less) {
      CheckedSample sample;
      sample.subject_ = less;
      if (!protocol::read_listing(less)) return;
      ++tried;
      for (const auto& result : sample.results())
        EXPECT_NE(result.outcome, kWarning) << result.text << "\n" << protocol::canonical(less);
    };
    checks_without(whole.subject_, judge);
    // Two at a time, once: what one absence leaves alone, two may not.
    if (more == "{}")
      checks_without(whole.subject_, [&](const Json& less) { checks_without(less, judge); });
    EXPECT_GT(tried, more == "{}" ? 500U : 20U);
  }
}

/// A limit that is one day or one letter wrong is wrong for somebody.
TEST(Checks, TurnOnTheVeryDayAndAtTheVeryAmount) {
  using std::chrono::days;
  using std::chrono::hours;
  struct Case {
    const char* name;
    Check check;
    CheckedSample sample;
    CheckOutcome want;
  };
  const auto key_of = [](days age) {
    return checks_bare().with([=](CheckFacts& facts) { facts.key_changed_at = kChecksNow - age; });
  };
  const auto vouched_for = [](std::chrono::seconds left) {
    return checks_bare().with([=](CheckFacts& facts) { facts.vouched_until = kChecksNow + left; });
  };
  const auto read_ago = [](std::chrono::seconds ago) {
    return checks_bare().with([=](CheckFacts& facts) { facts.read_at = kChecksNow - ago; });
  };
  const auto answered_ago = [](std::chrono::seconds ago) {
    return checks_bare().with([=](CheckFacts& facts) { facts.answered_at = kChecksNow - ago; });
  };
  const auto listed_ago = [](days ago) {
    return checks_bare().with([=](CheckFacts& facts) { facts.first_seen = kChecksNow - ago; });
  };
  const auto confirmed = [](const std::string& at, const std::string& due) {
    return checks_bare(R"({"confirmed_at": ")" + at + R"(", "review_by": ")" + due + R"("})");
  };
  const auto signed_in = [](const std::string& month) {
    return checks_bare(R"({"agreement": {"state": "signed_by_all", "last_signed": ")" + month +
                       R"("}})");
  };
  const auto described = [](std::size_t letters, const char* letter) {
    std::string text;
    for (std::size_t i = 0; i < letters; ++i) text += letter;
    return checks_full(R"({"summary": null, "description": ")" + text + R"("})");
  };
  const auto fees = [](const char* once, const char* month) {
    return checks_bare(R"({"cost": {"model": "subscription", "options": [{"amount": ")" +
                       std::string(once) + R"(", "currency": "USD", "per": "once"}, {"amount": ")" +
                       month + R"(", "currency": "USD", "per": "month"}]}})");
  };
  Case cases[] = {
      {"a key of 13 days", Check::signature, key_of(days{13}), kAsk},
      {"a key of 14 days", Check::signature, key_of(days{14}), kPass},
      {"a key of tomorrow", Check::signature, key_of(days{-1}), kPass},
      {"a vouch for 30 days", Check::vouch, vouched_for(days{30}), kPass},
      {"a vouch for a second less", Check::vouch, vouched_for(days{30} - std::chrono::seconds{1}),
       kAsk},
      {"a vouch for a second", Check::vouch, vouched_for(std::chrono::seconds{1}), kAsk},
      {"a vouch that ends now", Check::vouch, vouched_for(std::chrono::seconds{0}), kWarning},
      {"read a second under a week ago", Check::domain, read_ago(days{7} - std::chrono::seconds{1}),
       kPass},
      {"read a week ago", Check::domain, read_ago(days{7}), kAsk},
      {"answered half a year ago", Check::contact, answered_ago(days{180}), kPass},
      {"answered a second longer ago", Check::contact,
       answered_ago(days{180} + std::chrono::seconds{1}), kAsk},
      {"listed for 55 days", Check::age, listed_ago(days{55}), kAsk},
      {"listed for 8 weeks", Check::age, listed_ago(days{56}), kPass},
      {"due today", Check::confirmed, confirmed("2026-05-26", "2026-11-22"), kPass},
      {"due yesterday", Check::confirmed, confirmed("2026-05-25", "2026-11-21"), kAsk},
      {"a year less two days ago", Check::confirmed, confirmed("2025-11-24", "2026-05-23"), kAsk},
      {"a year ago", Check::confirmed, confirmed("2025-11-22", "2026-05-21"), kWarning},
      {"over a year ago and not due yet", Check::confirmed, confirmed("2025-10-18", "2026-11-22"),
       kPass},
      {"signed in this month of last year", Check::agreement_renewed, signed_in("2025-11"), kPass},
      {"signed in the month before", Check::agreement_renewed, signed_in("2025-10"), kAsk},
      {"199 letters", Check::description, described(199, "a"), kAsk},
      {"200 letters", Check::description, described(200, "a"), kPass},
      {"199 letters of two bytes", Check::description, described(199, "é"), kAsk},
      {"200 letters of two bytes", Check::description, described(200, "é"), kPass},
      {"150 at once", Check::upfront_fee, fees("150", "10"), kPass},
      {"a cent more", Check::upfront_fee, fees("150.01", "10"), kWarning},
      {"three months of 80", Check::upfront_fee, fees("240", "80"), kPass},
      {"a cent more than three months", Check::upfront_fee, fees("240.01", "80"), kWarning},
      {"looked up 12 months ago", Check::license,
       checks_full().note(Check::license, kPass, "2025-11-24"), kPass},
      {"looked up longer ago", Check::license,
       checks_full().note(Check::license, kPass, "2025-11-20"), kAsk},
  };
  for (auto& one : cases) {
    SCOPED_TRACE(one.name);
    const auto result = one.sample.result(one.check);
    EXPECT_EQ(protocol::word(result.outcome), protocol::word(one.want)) << result.text;
  }
}

TEST(Checks, AreAllThirtyInTheirOrder) {
  const auto results = checks_bare().results();
  ASSERT_EQ(results.size(), protocol::kChecks);
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].check, protocol::check_table()[i].check);
    EXPECT_EQ(protocol::check_table()[i].id, "L" + std::to_string(i + 1));
  }
  EXPECT_FALSE(protocol::check_from_id("L31"));
  EXPECT_FALSE(protocol::check_from_id("L0"));
  EXPECT_FALSE(protocol::check_from_id("L"));
  EXPECT_FALSE(protocol::check_from_id(""));
}

TEST(Checks, ShowWhoFoundItAndWhatThePublisherAnswers) {
  auto sample = checks_full();
  sample.note(Check::reporting, kAsk).answer(Check::reporting, "We cover this in the first call.");
  const auto result = sample.result(Check::reporting);
  EXPECT_EQ(result.by, protocol::CheckedBy::person);
  EXPECT_EQ(result.who, "Robin");
  EXPECT_EQ(result.evidence, "“seen by eye”");
  EXPECT_EQ(result.answer, "We cover this in the first call.");
  EXPECT_EQ(result.answered_by, "Ohio Chapter");
  EXPECT_EQ(result.answered_on, *protocol::parse_date("2026-11-21"));
}

TEST(Checks, NameWhatThePublisherOffersAndTakeItForNoMore) {
  const std::string offers =
      R"({"evidence": [{"check_id": "L7", "kind": "url", "value": "https://board.example/lookup", "by": "Dana Whitlock", "at": "2026-10-02"},
                       {"check_id": "L24", "kind": "statement", "value": "No reports"},
                       {"check_id": "L99", "kind": "statement", "value": "Trust us"}]})";
  const auto license = checks_full(offers).result(Check::license);
  EXPECT_EQ(license.outcome, kAsk);
  EXPECT_EQ(license.evidence,
            "Every state board has a free public search. The publisher points to "
            "“https://board.example/lookup” (Oct\u00a02)");
  EXPECT_TRUE(checks_full(offers).result(Check::workplace).evidence.empty()) << "it does not apply";
  for (const auto& result : checks_full(offers).results()) {
    EXPECT_EQ(result.evidence.find("Trust us"), std::string::npos);
    EXPECT_EQ(result.outcome, checks_full().result(result.check).outcome);
  }
}

TEST(Checks, SayWhenAFindingAgainstAGroupIsOverdue) {
  auto in_time = checks_full();
  in_time.note(Check::dual_roles, kWarning, "2026-11-08");
  EXPECT_EQ(in_time.result(Check::dual_roles).recheck_by, *protocol::parse_date("2026-11-22"));
  EXPECT_FALSE(in_time.result(Check::dual_roles).recheck_overdue);
  auto late = checks_full();
  late.note(Check::dual_roles, kWarning, "2026-11-07");
  EXPECT_TRUE(late.result(Check::dual_roles).recheck_overdue);
  auto passed = checks_full();
  passed.note(Check::dual_roles, kPass, "2026-01-07");
  EXPECT_FALSE(passed.result(Check::dual_roles).recheck_by);
}

TEST(Checks, LetNoNoteStandOverWhatTheNodeWorksOut) {
  auto sample = checks_bare();
  sample.with([](CheckFacts& facts) { facts.signature_holds = false; });
  sample.note(Check::signature, kPass).note(Check::private_links, kPass);
  EXPECT_EQ(sample.result(Check::signature).outcome, kWarning);
  EXPECT_EQ(sample.result(Check::signature).by, protocol::CheckedBy::node);
}

TEST(Checks, JudgeNoGroupOfSurvivorsByALicense) {
  for (const std::string_view more :
       {R"({"audience": "lived_experience"})", R"({"kinds": ["lived_experience"]})"}) {
    CheckedSample sample(more, true);
    sample.note(Check::license, kWarning);
    EXPECT_EQ(sample.result(Check::license).outcome, kSkip);
    EXPECT_TRUE(protocol::is_for_survivors(*protocol::read_listing(sample.subject_)));
  }
}

TEST(Checks, QuoteStrangersWithoutLettingThemTurnTheLine) {
  auto sample = checks_bare();
  sample.with([](CheckFacts& facts) { facts.publisher = "Ohio \u202eretpahC\nsecond line"; });
  const auto text = sample.result(Check::signature).text;
  EXPECT_EQ(text.find("\u202e"), std::string::npos);
  EXPECT_EQ(text.find('\n'), std::string::npos);
}

/// The four policies, check by check, as they are promised to everybody.
TEST(CheckPolicies, AskForTheseChecksAndNoOthers) {
  struct Case {
    const char* name;
    std::set<std::string> must_pass, may_warn;  ///< of the others a warning leaves out
  };
  std::set<std::string> all;
  for (const auto& info : protocol::check_table()) all.insert(std::string(info.id));
  auto all_but_open = all;
  for (const auto* id : {"L1", "L8", "L19"}) all_but_open.erase(id);
  const Case cases[] = {
      {"chapter", {"L1", "L2", "L3", "L8"}, {}},
      {"community", {"L1", "L2", "L3", "L8", "L23"}, {}},
      {"strict", {"L1", "L2", "L3", "L5", "L6", "L8", "L10", "L13", "L21"}, {}},
      {"open", {"L1", "L8"}, all_but_open},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    const auto* policy = protocol::find_policy(one.name);
    ASSERT_NE(policy, nullptr);
    std::set<std::string> must_pass, may_warn;
    for (const auto& info : protocol::check_table()) {
      const auto required = policy->required(info.check);
      if (required == protocol::Requirement::pass) must_pass.insert(std::string(info.id));
      if (required == protocol::Requirement::nothing) may_warn.insert(std::string(info.id));
    }
    EXPECT_EQ(must_pass, one.must_pass);
    EXPECT_EQ(may_warn, one.may_warn);
  }
  EXPECT_EQ(protocol::known_policies().size(), std::size(cases));
  EXPECT_EQ(protocol::default_policy().name, "chapter");
}

TEST(CheckPolicies, LeaveOutWhatTheySay) {
  const auto& chapter = protocol::default_policy();
  const auto& community = *protocol::find_policy("community");
  const auto& strict = *protocol::find_policy("strict");
  const auto& open = *protocol::find_policy("open");
  const auto leaves_out = [](CheckedSample sample, const protocol::CheckPolicy& policy,
                             bool followed = false) {
    return protocol::policy_leaves_out(sample.results(policy.numbers), policy, followed);
  };
  EXPECT_EQ(chapter.name, "chapter");
  // Most listings state little; none is left out for that.
  EXPECT_FALSE(leaves_out(checks_bare(), chapter));
  EXPECT_TRUE(leaves_out(checks_bare(), strict));
  auto whole = checks_full();
  whole.observed(Check::sponsor, kPass);
  EXPECT_FALSE(leaves_out(whole, strict));
  // A warning
  const auto warned = [] { return checks_full().note(Check::dual_roles, kWarning); };
  EXPECT_TRUE(leaves_out(warned(), chapter));
  EXPECT_TRUE(leaves_out(warned(), community));
  EXPECT_FALSE(leaves_out(warned(), open));
  // Nobody vouches
  const auto alone = [] {
    return checks_full().with([](CheckFacts& facts) {
      facts.path.clear();
      facts.followed_by_hand = true;
    });
  };
  EXPECT_TRUE(leaves_out(alone(), chapter, true));
  EXPECT_FALSE(leaves_out(alone(), community, true));
  EXPECT_TRUE(leaves_out(alone(), community, false));
  EXPECT_FALSE(leaves_out(alone(), open));
  // A name without consent, a signature that fails, a meeting link
  EXPECT_TRUE(leaves_out(checks_full(R"({"leaders": [{"display_name": "Sam Roe"}]})"), open));
  EXPECT_TRUE(leaves_out(
      checks_full().with([](CheckFacts& facts) { facts.signature_holds = false; }), open));
  EXPECT_TRUE(leaves_out(checks_bare(R"({"summary": "https://zoom.us/j/123456789"})"), open));
  // Survivors
  EXPECT_FALSE(leaves_out(checks_bare(R"({"audience": "lived_experience"})"), chapter));
  EXPECT_TRUE(leaves_out(checks_bare(R"({"audience": "lived_experience"})"), community));
}

TEST(CheckPolicies, AreContentWithAVouchThatEndsSoonAndAKeyThatIsNew) {
  auto sample = checks_full();
  sample.with([](CheckFacts& facts) {
    facts.vouched_until = kChecksNow + std::chrono::days{3};
    facts.key_changed_at = kChecksNow - std::chrono::days{1};
  });
  EXPECT_EQ(sample.result(Check::vouch).outcome, kAsk);
  EXPECT_EQ(sample.result(Check::signature).outcome, kAsk);
  EXPECT_FALSE(protocol::policy_leaves_out(sample.results(), protocol::default_policy()));
  sample.with([](CheckFacts& facts) { facts.signature_checked = false; });
  EXPECT_TRUE(protocol::policy_leaves_out(sample.results(), protocol::default_policy()));
}

TEST(CheckPolicies, ReadOnesOwnAndNameWhatIsWrong) {
  const auto own = protocol::parse_policy(
      R"({"name": "ours", "based_on": "open", "must_pass": ["L5"], "may_not_warn": ["L12"], "ignore": ["L4"], "numbers": {"upfront_limit": 60, "recheck_days": 7}, "trusts_follows": false})");
  ASSERT_TRUE(own) << own.error().detail;
  EXPECT_EQ(own->required(Check::sponsor), protocol::Requirement::pass);
  EXPECT_EQ(own->required(Check::renewal), protocol::Requirement::no_warning);
  EXPECT_EQ(own->numbers.upfront_limit, 60);
  EXPECT_EQ(own->numbers.recheck_days, 7);
  EXPECT_TRUE(own->shows_everybody);
  EXPECT_FALSE(own->trusts_follows);
  const auto again = protocol::parse_policy(protocol::canonical(protocol::policy_json(*own)));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, *own);

  const std::pair<const char*, const char*> wrong[] = {
      {R"([])", "expected an object"},
      {R"({"name": "ours")", "no JSON"},
      {R"({})", "name: the policy needs one"},
      {R"({"name": "strict"})", "one of the four"},
      {R"({"name": "ours", "based_on": "kind"})", "based_on"},
      {R"({"name": "ours", "must_pas": []})", "must_pas: a policy has no such member"},
      {R"({"name": "ours", "must_pass": ["L31"]})", "must_pass: 'L31' is none of the checks"},
      {R"({"name": "ours", "must_pass": [5]})", "must_pass"},
      {R"({"name": "ours", "must_pass": "L5"})", "expected a list"},
      {R"({"name": "ours", "must_pass": ["L5"], "ignore": ["L5"]})", "named twice"},
      {R"({"name": "ours", "ignore": ["L1"]})", "holds under every policy"},
      {R"({"name": "ours", "ignore": ["L8"]})", "holds under every policy"},
      {R"({"name": "ours", "ignore": ["L19"]})", "holds under every policy"},
      {R"({"name": "ours", "numbers": {"upfront": 3}})",
       "numbers.upfront: there is no such number"},
      {R"({"name": "ours", "numbers": {"recheck_days": 0}})", "numbers.recheck_days: from 1"},
      {R"({"name": "ours", "numbers": {"recheck_days": "7"}})", "expected a whole number"},
      {R"({"name": "ours", "trusts_follows": "yes"})", "trusts_follows: expected true or false"},
      {R"({"name": "ours", "name": "twice"})", "no JSON"},
  };
  for (const auto& [text, part] : wrong) {
    SCOPED_TRACE(text);
    const auto refused = protocol::parse_policy(text);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, protocol::ErrorCode::bad_request);
    EXPECT_NE(refused.error().detail.find(part), std::string::npos) << refused.error().detail;
  }
}

TEST(CheckPolicies, MoveTheLimitOfALargeFee) {
  protocol::CheckNumbers numbers;
  const auto sample = [](std::string_view amount) {
    return checks_bare(R"({"cost": {"model": "subscription", "options": [{"amount": ")" +
                       std::string(amount) + R"(", "currency": "USD", "per": "once"}]}})");
  };
  EXPECT_EQ(sample("150").result(Check::upfront_fee).outcome, kPass);
  EXPECT_EQ(sample("150.01").result(Check::upfront_fee).outcome, kWarning);
  numbers.upfront_limit = 40;
  EXPECT_EQ(sample("50").result(Check::upfront_fee, numbers).outcome, kWarning);
  // Three months of a monthly fee are no surprise.
  auto monthly = checks_bare(
      R"({"cost": {"model": "subscription", "options": [{"amount": "80", "currency": "USD", "per": "month"}, {"amount": "240", "currency": "USD", "per": "once"}]}})");
  EXPECT_EQ(monthly.result(Check::upfront_fee).outcome, kPass);
}

TEST(Similarity, NamesNoGroupOfSurvivorsBesideAnother) {
  const auto traits = [](std::string_view more) {
    return protocol::similarity_traits(*protocol::read_listing(CheckedSample(more, true).subject_));
  };
  const auto therapists = traits("{}");
  for (const std::string_view more :
       {R"({"audience": "lived_experience"})", R"({"kinds": ["lived_experience"]})"}) {
    for (const bool same_publisher : {false, true}) {
      EXPECT_FALSE(protocol::are_similar(therapists, traits(more), same_publisher));
      EXPECT_FALSE(protocol::are_similar(traits(more), therapists, same_publisher));
      EXPECT_TRUE(protocol::are_similar(traits(more), traits(more), same_publisher));
    }
  }
}

TEST(Similarity, TellsOneGroupOfTwoPublishersFromTwoOfOne) {
  const auto traits = [](std::string_view more) {
    return protocol::similarity_traits(*protocol::read_listing(CheckedSample(more, true).subject_));
  };
  const auto a = traits(R"({"name": "The Tuesday Table"})");
  EXPECT_TRUE(protocol::are_similar(a, traits(R"({"name": "tuesday table!"})"), false));
  EXPECT_TRUE(protocol::are_similar(
      a, traits(R"({"name": "Tuesday Table", "contact": {"public": "x@other.example"}})"), false));
  EXPECT_FALSE(protocol::are_similar(
      a,
      traits(
          R"({"name": "Tuesday Table", "contact": {"public": "x@o.example"}, "links": {"home": "https://o.example/x"}, "schedule": null})"),
      false));
  EXPECT_FALSE(protocol::are_similar(a, traits(R"({"schedule": null})"), true));
  EXPECT_FALSE(protocol::are_similar(a, traits(R"({"place": {"locality": "Toledo"}})"), false));
  EXPECT_TRUE(protocol::are_similar(a, a, true));
}

}  // namespace
