#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "node/store/sqlite.h"
#include "protocol/log/leaf.h"

namespace node {

/// Removes what this node's own people noted, observed or were told about a record that its
/// publisher had erased (SPEC 6.2, step 7): notes of checks, observations, links for its leader,
/// reports, and its older texts among what an import could take back. Part of the caller's
/// transaction. A denial stays: it says only that the record is not to be shown.
void forget_about(Database& database, std::string_view scid, std::string_view id);

/// The newest entry for `id` in the log of `feed_id`; nothing where it was never published.
std::optional<protocol::Leaf> newest_leaf(Database& database, std::int64_t feed_id,
                                          std::string_view id);

}  // namespace node
