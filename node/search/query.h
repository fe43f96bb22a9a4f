#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/search/nearness.h"
#include "protocol/document/vocabularies.h"
#include "protocol/result.h"
#include "protocol/trust/eligibility.h"

// What a search asks, and what its filters mean (SPEC 10).
//
// Values of one filter are alternatives; filters are joined. For each listing and each filter that
// is set, the listing matches, or does not, or does not state enough to tell ("unstated"): such
// ones stay out and are counted, unless `unstated=FIELD` lets them in. With several values, a
// listing that matches none of them is unstated where it is unstated for at least one.
//
// license   matches where license_rule is any_licensed, licensed_or_trainee or none_required, or
//           where one of `licenses` is satisfied by the license asked for (protocol::satisfies).
//           Unstated: neither such a rule nor any license.
// region    US-OH matches a listing whose `regions` have US-OH, and one that has a wider code (US)
//           and is not in-person only; US matches US and every US-xx. A listing without `regions`
//           is unstated, except that one in person only is taken to serve its place.region.
//           In-person only: formats are stated, and all are in_person.
// cost      a model matches that model; unstated: no model. `max-per-month:40` matches where
//           cost_per_month() (protocol/document/computed.h) is at most 40; unstated: where it is
//           not known.
// format    matches that value; hybrid matches in_person and video as well. Unstated: no formats;
//           for video, phone, async_text and message_group also where online_unspecified is all
//           that the listing says.
// kind      matches that value. Unstated: no kinds.
// audience  matches that value. Without this filter all but lived_experience and public match.
// publisher matches the publisher's SCID.
// status    matches that value. Without this filter all but closed and withdrawn match.
// near      matches what meets in person (in_person or hybrid) within the distance of the place
//           asked for, by meeting_point() (node/search/nearness.h); with online=also whatever meets
//           online, too, wherever it is. Unstated: in person without a place known here; and no
//           formats, unless its place is known to be farther away.
// can_join  matches by the verdict for the searcher (protocol/trust/eligibility.h) that my_license,
//           my_state, my_stage and my_membership describe: "yes" what they can join, "probably"
//           that and what they have to ask about. There is no "unstated" to it.
//
// Words: every term must occur in one of the listing's texts (name, alternate names, summary,
// description, best_for, the publisher's and the sponsor's name, the locality) or in the words for
// its focus topics, kinds, purposes, practice settings, identity groups and regions. The last term
// also matches as the beginning of a word, from two characters on; "in quotes" is a phrase, exact
// and in order within one text. Case, width and diacritics make no difference, ß is ss. No
// character has a meaning of its own but the quotation mark.

namespace node {

/// What a searcher may spend. `model` alone asks for that model ("free", "included_in_membership",
/// …); a limit asks for listings whose stated cost comes to at most that much.
struct CostFilter {
  std::string model;                    ///< vocabulary cost_model; empty: by amount
  std::optional<double> max_per_month;  ///< in the listing's own currency; a free listing costs 0

  bool operator==(const CostFilter&) const = default;
};

/// What `can_join` lets in: by the verdict for the searcher.
enum class CanJoin { any, yes, probably };

/// What a searcher says about themselves, as they wrote it. "none" among licenses or memberships
/// says that they have none.
struct Situation {
  std::vector<std::string> licenses = {};  ///< titles, families, "family:level"
  std::vector<std::string> states = {};    ///< ISO 3166 codes where they are licensed
  std::string stage = {};                  ///< vocabulary career_stages
  std::vector<std::string> memberships = {};

  bool empty() const { return *this == Situation(); }
  bool operator==(const Situation&) const = default;
};
/// What eligibility is judged by.
protocol::Searcher searcher_of(const Situation& situation);

/// best_match: by words, listings past their review_by lower; confirmed: latest first; name: A to
/// Z; cost: lowest per month, and so per year, first; cost_hour: lowest per hour of meeting; time:
/// fewest minutes a month; next_meeting: what meets first within the coming 60 days; unknown last.
/// eligibility: what the searcher can join first, then what asks the fewest questions, then by
/// words. nearest: to the place of `near`, in whole meters. Ties: latest confirmed, then the
/// record's key.
enum class Sort {
  best_match,
  confirmed,
  name,
  cost,
  cost_hour,
  time,
  next_meeting,
  eligibility,
  nearest,
};

/// A search, parsed and bounded. Search text exists in memory only: nothing may log or store a
/// Query. Every member has a beginning, so that naming one is enough.
struct Query {
  std::string words = {};  ///< at most 256 bytes, 8 terms; "in quotes" is a phrase and one term
  std::vector<protocol::License> licenses = {};
  std::vector<std::string> regions = {};  ///< ISO 3166 codes
  std::vector<CostFilter> costs = {};
  std::vector<std::string> formats = {};
  std::vector<std::string> kinds = {};
  std::vector<std::string> audiences = {};   ///< empty: everything but lived_experience and public
  std::vector<std::string> publishers = {};  ///< SCIDs
  std::vector<std::string> statuses = {};    ///< empty: everything but closed and withdrawn
  Situation situation = {};
  CanJoin can_join = CanJoin::any;
  std::optional<Nearness> near = {};
  /// Filters ("license", "region", "cost", "format", "kind", "near") for which listings that state
  /// nothing are let in too.
  std::vector<std::string> include_unstated = {};
  bool show_left_out = false;  ///< also what this node's policy leaves out
  Sort sort = Sort::best_match;
  std::string zone = {};    ///< whose clock times are also told by; it finds nothing
  std::size_t limit = 20;   ///< 1 to 100
  std::string cursor = {};  ///< of an earlier answer to the same query; empty: the first page

  bool operator==(const Query&) const = default;
};

inline constexpr std::size_t kMaxQueryWordsBytes = 256;
inline constexpr std::size_t kMaxQueryTerms = 8;
inline constexpr std::size_t kMaxQueryFilterValues = 16;
inline constexpr std::size_t kMaxSituationValues = 8;
inline constexpr std::size_t kMaxQueryLimit = 100;

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// Reads the parameters of `GET /api/v1/groups` and of the search page: q, license, region, cost,
/// format, kind, audience, publisher, status, unstated, my_license, my_state, my_stage,
/// my_membership, can_join, near, within, online ("also"), left_out ("show"), sort, zone (not
/// checked here), limit, cursor. `license` takes families, titles ("LMFT") and "family:level", read
/// as the one region asked for means them; `region` codes and names, where a two-letter code of a
/// country is that country ("CA" is Canada); `near` a ZIP, a town or coordinates
/// (parse_nearness()); `cost` "free", another model, or "max-per-month:40". Empty values count as
/// not given; a limit over 100 is 100. Refuses with bad_request, naming the parameter: unknown
/// ones, a single-valued one twice, over 16 filter values, over 8 of one my_ parameter, can_join or
/// sort=eligibility without any of those, within, online or sort=nearest without near, words over
/// 256 bytes (runs of space count once), a license or place that is not known or has two meanings
/// (it names them). Other filter values are not checked: a listing may use a value that this
/// version does not know.
protocol::Result<Query> parse_query(const Parameters& parameters);

/// Of any parameters, those that describe the searcher; the others are left alone.
protocol::Result<Situation> parse_situation(const Parameters& parameters);
Parameters to_parameters(const Situation& situation);

/// The same query as parameters, without cursor; parse_query() of it gives the query back.
Parameters to_parameters(const Query& query);

}  // namespace node
