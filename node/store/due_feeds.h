#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
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

/// Whether the last reading of a feed failed.
enum class Last { well, failed };

/// At most `limit` of these, those that have waited longest first; the own one is not among them.
std::vector<DueFeed> feeds_by_attempt(Database& database, Last last, std::size_t limit);

/// Whether other feeds were once read, but none since `since`: rather this node has no network than
/// that all of them are down. The own one does not count, nor does `scid`.
bool nobody_answered_since(Database& database, const std::string& scid, protocol::Timestamp since);

/// Gives each feed that is overdue at `now`, though it was read or tried before and there is no
/// news of it, a turn of its own: `now` + wait(how many these are). One transaction. Says how many.
std::size_t spread_overdue_feeds(Database& database, protocol::Timestamp now,
                                 const std::function<std::chrono::seconds(std::size_t)>& wait);

}  // namespace node
