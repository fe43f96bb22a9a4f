#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "node/store/store.h"

// Table `copied_head`: heads that came from another node's copy only and that nobody confirmed yet
// (SPEC 13.4).

namespace node {

struct CopiedHead {
  std::uint64_t size = 0;
  std::string node;  ///< its address
  protocol::Timestamp since{};
};

/// What is in force of `feed`: nothing where its head is another one by now.
std::optional<CopiedHead> copied_head(Database& database, const Feed& feed);
/// All rows, by feed_id.
std::map<std::int64_t, CopiedHead> copied_heads(Database& database);
void keep_copied_head(Database& database, const Feed& feed, const CopiedHead& head);
/// Its host, or a second node, showed it.
void confirm_head(Database& database, const Feed& feed);

}  // namespace node
