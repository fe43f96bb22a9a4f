#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "node/store/store.h"
#include "protocol/encoding/time.h"
#include "protocol/log/add_checkpoint.h"

// Table `head`: the newest state of each log that this node has verified or cosigned, by whatever
// route it came (SPEC 5.6, 6.2). What is remembered here is never contradicted by a cosignature.

namespace node {

/// The newest known state of one log, with the signed note that says it.
struct Head {
  std::string origin;  ///< "webvh/<SCID>/<epoch>"
  std::uint64_t size = 0;
  protocol::Hash root;
  std::string note;  ///< empty before the first

  protocol::LogHead state() const { return {size, root}; }
};

/// The row of `origin`, if there is one.
std::optional<Head> stored_head(Database& database, const std::string& origin);

/// What is known of the log of `feed`'s present epoch: the row, or what the feed itself holds where
/// that is more. So one's own publications count, and feeds from before there were such rows. Size
/// 0 with the empty root where nothing is known.
Head newest_head(Database& database, const Feed& feed);

/// Remembers `head` unless as much is known already. Within the caller's transaction.
void keep_head(Database& database, const Head& head, protocol::Timestamp now);

/// Forgets what is remembered of a publisher's logs, but for `kept_origin`. Within the caller's
/// transaction.
void forget_heads(Database& database, std::string_view scid, std::string_view kept_origin = {});

/// In one transaction of its own: if the newest state of the log of `feed` is still `base`,
/// remembers `next`, has the feed read again at `pull_at` whatever failed before (never one's own)
/// and says nothing; else
/// changes nothing and returns what is known now. Durable when it returns.
std::optional<Head> advance_head(Store& store, const std::string& scid,
                                 const protocol::LogHead& base, const Head& next,
                                 protocol::Timestamp now, protocol::Timestamp pull_at);

}  // namespace node
