#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "node/store/sqlite.h"
#include "protocol/encoding/time.h"

// Table `contradiction`: signed notes that cannot both be true, kept before anything is hidden
// because of them.

namespace node {

struct KeptContradiction {
  std::string scid;
  protocol::Timestamp found_at{};
  std::string accepted, other;

  /// The log that they are of: the first line of `other`.
  std::string origin() const;
};

/// Keeps the two notes, unless one that says the same as `other` is kept of this feed already.
/// Within the caller's transaction.
void keep_contradiction(Database& database, std::int64_t feed_id, std::string_view accepted,
                        std::string_view other, protocol::Timestamp now);
/// All that are kept, the oldest first, at most `most`.
std::vector<KeptContradiction> kept_contradictions(Database& database, std::size_t most);
/// Whether a note that says the same as `note` is kept of this feed.
bool is_known_contradiction(Database& database, std::int64_t feed_id, std::string_view note);

/// The operator has looked into it: what was accepted before is shown again, and the feed is read
/// at `now`. The notes stay. False where it was not quarantined.
bool clear_quarantine(Database& database, std::string_view scid, protocol::Timestamp now);

}  // namespace node
