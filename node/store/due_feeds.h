#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "node/store/sqlite.h"
#include "protocol/encoding/time.h"

// When the followed feeds are to be read, without reading them from the database whole.

namespace node {

struct DueFeed {
  std::string scid;
  protocol::Timestamp next_attempt;
};

/// How the last reading of a feed ended. `never`: it was not read well yet, and nothing failed
/// either; nobody knows whether it lives.
enum class Last { well, never, failed };

/// At most `limit` of these that are due at `now`, those that have waited longest first; the own
/// one is not among them.
std::vector<DueFeed> due_feeds(Database& database, Last last, protocol::Timestamp now,
                               std::size_t limit);
/// When the first feed that is not due at `now` is; nothing where all are.
std::optional<protocol::Timestamp> next_due(Database& database, protocol::Timestamp now);

/// Whether other feeds were once read, but none since `since`: rather this node has no network than
/// that all of them are down. The own one does not count, nor does `scid`.
bool nobody_answered_since(Database& database, const std::string& scid, protocol::Timestamp since);

/// Gives each feed that is overdue at `now`, though it was read or tried before and there is no
/// news of it, a turn of its own: `now` + wait(how many these are). One transaction. Says how many.
std::size_t spread_overdue_feeds(Database& database, protocol::Timestamp now,
                                 const std::function<std::chrono::seconds(std::size_t)>& wait);

}  // namespace node
