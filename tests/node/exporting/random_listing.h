#pragma once

#include <random>
#include <string>

#include "protocol/encoding/json.h"

namespace test_support {

/// A listing with any of the members that SPEC 4.3 has, with values that a publisher may give them;
/// texts are meant to be awkward. Always publishable.
protocol::Json random_listing(std::mt19937_64& random, const std::string& id);

/// "urn:uuid:…" number `n`.
std::string numbered_id(std::size_t n);

}  // namespace test_support
