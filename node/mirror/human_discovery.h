#pragma once

#include <string>
#include <string_view>

#include "crawler/source.h"

namespace node {

/// Whether a person may have meant a domain by this: "chapter.example".
bool is_host_name(std::string_view text);
/// The https address of the folder of the publisher at `host`: its `/.well-known/`, else the one
/// that `/.well-known/api-catalog` names. Refuses with did_unreachable, also where the catalog
/// names several: the detail lists them.
protocol::Result<std::string> publisher_of_domain(crawler::Source& source, std::string_view host);

}  // namespace node
