#pragma once

#include "protocol/document/listing.h"
#include "protocol/encoding/json.h"
#include "protocol/encoding/time.h"
#include "protocol/trust/eligibility.h"

// What a node works out, for the API and for --json (SPEC 10.6).

namespace node {

/// {"verdict", "reasons", "steps", "line"}.
protocol::Json eligibility_json(const protocol::Verdict& verdict);

/// Cost by year and hour, cadence, minutes a month, the five dimensions, confidentiality,
/// freshness. Members whose value is not known are absent.
protocol::Json computed_json(const protocol::Listing& listing, protocol::Date today);

}  // namespace node
