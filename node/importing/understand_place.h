#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace node {

struct PlaceReading {
  std::vector<std::string> regions;  ///< ISO 3166
  std::string locality;
  std::string question;    ///< about a part that may mean two places, or that is no known place
  bool elsewhere = false;  ///< only "online", "virtual": no place is stated
};

enum class PlaceColumn {
  any,    ///< city, state, country, or what a group serves
  state,  ///< a column of states: "CA" is California
};

/// Where a group is or whom it serves. A part that is no place becomes neither region nor locality.
PlaceReading understand_place(std::string_view cell, PlaceColumn column = PlaceColumn::any);

/// Whether a cell that names no region can be a town: not "online", "anywhere", "several".
bool is_name_of_town(std::string_view cell);

}  // namespace node
