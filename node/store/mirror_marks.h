#pragma once

#include <map>
#include <optional>
#include <string>

#include "node/store/sqlite.h"
#include "protocol/encoding/time.h"
#include "protocol/result.h"

// Table `mirror_mark`: other nodes whose copies were not what they say.

namespace node {

struct MirrorMark {
  int lies = 0;  ///< since it last rested
  protocol::Timestamp at{};
  std::optional<protocol::Timestamp> rests_until;
  protocol::Error why{protocol::ErrorCode::corrupt_mirror, ""};  ///< of the last time
};

/// All that are kept, by address.
std::map<std::string, MirrorMark> mirror_marks(Database& database);
/// Replaces the row of `node`.
void keep_mirror_mark(Database& database, const std::string& node, const MirrorMark& mark);
/// Drops those that were last marked before `before` and do not rest any more.
void forget_old_marks(Database& database, protocol::Timestamp before);

}  // namespace node
