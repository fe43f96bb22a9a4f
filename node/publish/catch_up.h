#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "crawler/follower.h"
#include "node/store/store.h"

namespace node {

/// Reads what is below the own address from somewhere else: `place` is a local folder as `kith
/// publish --to` writes it, another https address of such a folder, or a node's mirror of the feed
/// (".../mirror/<hex>"). `network` is used for the latter two and must outlive what comes back.
/// Nothing is trusted more than at the own address: all of it is verified alike.
std::unique_ptr<crawler::Source> published_copy(const Feed& own, const std::string& place,
                                                crawler::Source& network);

/// What reading one's own published feed found.
struct OwnReading {
  enum class Found {
    same,           ///< what is published is what is here
    behind,         ///< what is published is a beginning of what is here
    ahead,          ///< what is here is a beginning of what is published: `update` continues it
    contradiction,  ///< two histories: only a new epoch helps
    unreadable      ///< nobody answers, or not with this publisher's feed
  };
  Found found = Found::unreadable;
  std::optional<crawler::FeedUpdate> update;                 ///< for same and ahead
  protocol::Error error{protocol::ErrorCode::internal, ""};  ///< for contradiction and unreadable
  std::string contradicting_note;
  /// Live records whose text could not be had, and why: for ahead.
  std::vector<std::string> without_text;
};

/// Reads the own feed as a stranger would (SPEC 6.2), from what is `known` of it here, without the
/// limits that protect from strangers. Waits for the network: not under the writer's lock.
OwnReading read_own_feed(crawler::Source& source, crawler::KnownFeed known, protocol::Timestamp now,
                         const crawler::Progress& progress = {});

/// Continues the own feed with `update`: entries, texts, identity and time stamp, in one
/// transaction. Throws DataError(in_use) where the store is not at `own` any more.
void take_up(Store& store, const Feed& own, const crawler::FeedUpdate& update,
             protocol::Timestamp now);
/// Ends what a restored backup, or a published feed that was ahead, had stopped.
void allow_publishing(Store& store);

}  // namespace node
