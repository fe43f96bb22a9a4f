#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "node/exporting/calendar_export.h"
#include "node/http/message.h"
#include "node/node.h"

namespace node {

/// `GET /groups/{scid}/{uuid}.ics`, `.jsonld` and `.hsds.json`: one shown listing in the form of
/// other programs. Nothing where the address ends otherwise; not_found where the listing is not
/// shown, only shows a card, or has nothing for a calendar.
std::optional<Response> get_listing_file(const Request& request, const Node& node);

/// What exports say of a shown listing beside its own members.
ExportSource export_source(const Group& group);

/// The header of RFC 6266 for a file named after a listing: letters and digits for old programs,
/// the name itself percent-encoded for others.
std::string attachment_header(std::string_view name, std::string_view extension);

}  // namespace node
