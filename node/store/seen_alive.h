#pragma once

#include <string>

#include "node/store/sqlite.h"
#include "protocol/encoding/time.h"

// When the node of an anchor last read a feed well at its own host, by that node's cosignature
// (SPEC 6.3). It comes back with each Feed, as long as that publisher is an anchor.

namespace node {

/// Keeps the later of this and what an anchor said before.
void keep_seen_alive(Database& database, const std::string& scid, const std::string& anchor,
                     protocol::Timestamp at);
void forget_seen_alive(Database& database, const std::string& scid);
void forget_all_seen_alive(Database& database);

}  // namespace node
