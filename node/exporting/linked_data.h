#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "node/exporting/calendar_export.h"
#include "protocol/encoding/json.h"

namespace node {

/// A listing as schema.org JSON-LD: an EventSeries with its Schedule and next dates, the publisher
/// as its Organization. Nothing for a listing that only shows a card. People are not named.
std::optional<protocol::Json> linked_data(const protocol::Listing& listing,
                                          const ExportSource& source, protocol::Timestamp now);

}  // namespace node
