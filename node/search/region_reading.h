#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "node/search/query.h"

// "CA" is Canada to a program that sends ISO codes, and California to most who type it. The API
// takes an exact code at its word and says so; pages and commands ask (SPEC 10.1, decision 0030).

namespace node {

/// A place among the filters of a search, as it was written and as it may be meant.
struct RegionReading {
  std::string parameter;  ///< "region" or "my_state"
  std::string written;
  /// What parse_query() takes it for; empty where it refuses it.
  std::string taken = {};
  /// The other regions that it may mean; where `taken` is empty, all that it may mean.
  std::vector<std::string> others = {};

  bool is_clear() const { return !taken.empty() && others.empty(); }
};

/// What a text means as a state, province or country, likeliest first: codes, "oh", names.
std::vector<std::string> region_meanings(std::string_view text);
/// Where that is nothing: the states whose association may be written so ("OPA": Ohio, Oklahoma,
/// Oregon). To be asked about, even if it is one.
std::vector<std::string> region_guesses(std::string_view text);

/// One for each `region` and `my_state` that is not empty, as given.
std::vector<RegionReading> region_readings(const Parameters& parameters);

/// The first that is not clear is refused with bad_request, and its meanings are named: for people
/// who type. Afterwards parse_query() and parse_situation() read what is left as its writer did.
protocol::Result<void> require_clear_regions(const Parameters& parameters);

/// parse_situation(), asking where a state is not clear.
protocol::Result<Situation> parse_clear_situation(const Parameters& parameters);

/// What to write for a code so that nobody reads another place in it: "US-CA", "Canada" for CA.
std::string region_text(const std::string& code);

}  // namespace node
