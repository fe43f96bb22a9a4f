#pragma once

#include <string>

#include "node/store/sqlite.h"

// Publishers of whom the operator takes more than of others (SPEC 8.2).

namespace node {

bool is_large_feed(Database& database, const std::string& scid);
void set_large_feed(Database& database, const std::string& scid, bool is_large);

}  // namespace node
