#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/document/vocabularies.h"
#include "protocol/result.h"

namespace node {

/// What a searcher may spend. `model` alone asks for that model ("free", "included_in_membership", …); a limit asks for
/// listings whose stated cost comes to at most that much.
struct CostFilter {
  std::string model;                     ///< vocabulary cost_model; empty: by amount
  std::optional<double> max_per_month;   ///< in the listing's own currency; a free listing costs 0
};

enum class Sort { best_match, confirmed, name, cost };

/// A search, parsed and bounded (SPEC 10). Values of one filter are alternatives; filters are joined.
/// Search text exists in memory only: nothing may log or store a Query.
struct Query {
  std::string words;  ///< at most 256 bytes, 8 terms; "in quotes" is a phrase
  std::vector<protocol::License> licenses;
  std::vector<std::string> regions;    ///< ISO 3166 codes
  std::vector<CostFilter> costs;
  std::vector<std::string> formats;
  std::vector<std::string> kinds;
  std::vector<std::string> audiences;  ///< empty: everything but lived_experience and public
  std::vector<std::string> publishers;  ///< SCIDs
  /// Filters ("license", "region", "cost", "format", "kind") for which listings that state nothing are let in too.
  std::vector<std::string> include_unstated;
  Sort sort = Sort::best_match;
  std::size_t limit = 20;  ///< 1 to 100
  std::string cursor;      ///< of an earlier answer to the same query; empty: the first page
};

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// Reads the parameters of `GET /api/v1/groups` and of the search page: q, license, region, cost, format, kind,
/// audience, publisher, unstated, sort, limit, cursor. `license` takes families, titles ("LMFT") and "family:level"; `region`
/// codes and names; `cost` "free", another model, or "max-per-month:40". Empty values count as not given.
/// Refuses with bad_request, naming the parameter: unknown ones, a single-valued one twice, over 16 filter values,
/// words over 256 bytes, a license word with two meanings (it names them).
protocol::Result<Query> parse_query(const Parameters& parameters);

/// The same query as parameters, without cursor; parse_query() of it gives the query back.
Parameters to_parameters(const Query& query);

}  // namespace node
