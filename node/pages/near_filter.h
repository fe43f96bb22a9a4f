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

/// A place that was asked for and is not clear.
struct NearQuestion {
  std::string typed;
  PlaceAnswer answer;
  Parameters rest;  ///< the search without it
  std::string within;
  bool online_too = false;
};
/// The question that `parameters` raise, where all else about them can be read.
std::optional<NearQuestion> near_question(const Parameters& parameters);
/// "Which Portland do you mean?", with links to the same search near each.
void near_question_block(Html& html, const NearQuestion& question);

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
