#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/document/listing.h"

namespace node {

struct CostReading {
  std::optional<protocol::Cost> cost;  ///< options.front() is the main price
  std::string currency_question;       ///< a bare "$" without a country beside it
  std::string question;                ///< the amount itself is unsure
};

/// What a cell about money says. `regions` are those of the row: they tell whose dollars "$" means.
/// A cell that speaks of money without a price that can be typed gives nothing, so that its words
/// are kept instead.
CostReading understand_cost(std::string_view cell, const std::vector<std::string>& regions);

/// The currency that "$" means in all of `regions`; empty where that is none or several.
std::string dollar_of(const std::vector<std::string>& regions);

}  // namespace node
