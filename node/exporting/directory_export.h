#pragma once

#include <span>
#include <string>
#include <string_view>

#include "node/exporting/calendar_export.h"
#include "protocol/encoding/json.h"

// Listings as Open Referral HSDS 3.0 services.

namespace node {

/// Says what the attributes mean that HSDS itself has no place for: docs/hsds-profile.md.
inline constexpr std::string_view kDirectoryProfile = "urn:kith:hsds-profile:1";

/// A listing as an HSDS service with its publisher as the organization. Each member without a place
/// in HSDS is an attribute of the profile's taxonomy, with its value as JSON: nothing is dropped,
/// but people without a recorded consent. HSDS knows a distance from UTC in place of a time zone:
/// the one of `now` stands there, the zone beside it. `subject` is the listing as it was signed.
protocol::Json directory_service(const protocol::Json& subject, const protocol::Listing& listing,
                                 const ExportSource& source, protocol::Timestamp now);

/// A page of all services, as GET /services of HSDS answers.
protocol::Json directory_page(protocol::Json::Array services);

}  // namespace node
