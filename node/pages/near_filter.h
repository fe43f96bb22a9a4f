#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/node.h"
#include "node/pages/html.h"
#include "node/search/query.h"

// "Near (ZIP or town)" on the search page: its fields, the question that a shared name raises, and
// what else may help where few groups are near.

namespace node {

/// Takes out what means nothing without a place: within, online, sort=nearest, unstated=near. A
/// form sends them also where its field for the place was left empty.
void drop_without_near(Parameters& parameters);

/// The fields for place, distance and "also online". `typed`: what stands in the field.
void near_fields(Html& html, const Query& query, const std::string& typed);
/// Whether a parameter is one of these fields.
bool is_near_field(std::string_view name);

/// A place that was asked for and is not clear: near it, as the state or country that is served, or
/// as where the searcher is licensed.
struct PlaceQuestion {
  std::string field;  ///< "near", "region" or "my_state"
  std::string typed;
  std::vector<NamedPlace> places = {};
  std::vector<std::string> regions = {};
  Parameters rest = {};  ///< the search without it; another such question may stand in it
  std::string within = {};
  bool online_too = false;
};
/// The questions that `parameters` raise. They are taken out of `parameters`: what is left is for
/// parse_query(), as far as it has no other fault.
std::vector<PlaceQuestion> place_questions(Parameters& parameters);
/// "Which Portland do you mean?", with links to the same search for each.
void place_question_block(Html& html, const PlaceQuestion& question);

/// "within 50 miles of Columbus, OH".
std::string near_words(const Nearness& nearness);

/// "5 more groups meet online, wherever you are: show them too"; nothing without a place.
void near_online_line(Html& html, const Node& node, const Query& query, std::size_t total);

/// The same search farther away, or with what meets online.
struct NearRelaxation {
  std::string words, instead;
  Query query;
};
std::vector<NearRelaxation> near_relaxations(const Query& query);

}  // namespace node
