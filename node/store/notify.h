#pragma once

#include <string>
#include <vector>

#include "node/store/sqlite.h"
#include "protocol/encoding/time.h"

// Table `notify`: nodes that the operator named, which are told of what is new here (SPEC 6.5).

namespace node {

/// In the order of their names.
std::vector<std::string> notify_urls(Database& database);
/// Says whether it is new.
bool add_notify_url(Database& database, const std::string& url, protocol::Timestamp now);
/// Says whether it was there.
bool remove_notify_url(Database& database, const std::string& url);

}  // namespace node
