#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "crawler/source.h"
#include "node/store/store.h"
#include "protocol/log/checkpoint.h"

// What keeps a publisher from signing a second history: an old backup that was restored, a second
// machine with the same keys, or a data folder that was handed over (SPEC 6.1).

namespace node {

/// Throws DataError(self_fork_refused) where this data folder must not publish: it was restored and
/// not compared yet, it was handed over, or the published feed was seen to go beyond what is here.
void require_right_to_publish(const StoreQueries& store, const Feed& own);
/// Why what was seen at the public address is not a beginning of what is here; empty: nothing that
/// speaks against it was seen.
std::string published_beyond(const StoreQueries& store, const Feed& own);
/// Why a longer history by one's own key, which others showed to this node, is to be looked into;
/// empty where nobody did.
std::string shown_beyond(const StoreQueries& store, const Feed& own);

/// What anybody reads at the own public address, signed by this publisher's own keys.
struct PublishedHead {
  std::string note;  ///< the checkpoint as it was served; empty: none of this publisher's
  std::optional<protocol::Checkpoint> checkpoint;
  std::optional<protocol::Timestamp> stamped;  ///< by "#node"
  /// The newest version of the published identity log where the log here does not have it.
  std::string newer_version;
};
/// What a look at the own public address gave.
struct PublishedLook {
  /// Nothing where nobody answers, or where what answers was not signed by this publisher: that is
  /// no statement about its history.
  std::optional<PublishedHead> head;
  /// Why neither file could be had, where that is not the word of whoever answers there (404): no
  /// network, or a host that is down.
  std::optional<protocol::Error> unreachable;
};
/// Reads identity log and checkpoint at the own address. Waits for the network: not under the
/// writer's lock, and no longer than `patience` (zero: as long as the source's own limits allow).
PublishedLook read_published_head(crawler::Source& source, const Feed& own, protocol::Timestamp now,
                                  std::chrono::milliseconds patience = {});

/// Remembers what was read: what goes beyond the history here stops require_right_to_publish(), and
/// a time stamp that was not made here, or a data folder that woke up on another machine, is kept
/// for other_machine_seen(). `head` may be empty.
void note_published_head(Store& store, const std::optional<PublishedHead>& head,
                         protocol::Timestamp now);

/// When another machine last published as this publisher, as far as it was noticed.
std::optional<protocol::Timestamp> other_machine_seen(const StoreQueries& store);

/// When this data folder was restored, while it waits for `kith catch-up`. A new epoch ends the
/// waiting, too: nobody has seen anything of it.
std::optional<protocol::Timestamp> restored_at(const StoreQueries& store, const Feed& own);
/// When this data folder was handed over, which stops it for good.
std::optional<protocol::Timestamp> handed_over_at(const StoreQueries& store);
/// Makes the folder wait for `kith catch-up` from `now` on. Part of the caller's transaction.
void wait_for_catch_up(Store& store, protocol::Timestamp now);

/// The own feed; nothing before `kith init`.
std::optional<Feed> find_own_feed(const StoreQueries& store);

/// A time that is kept among the settings; nothing where it is not there or empty.
std::optional<protocol::Timestamp> time_setting(const StoreQueries& store, std::string_view key);

}  // namespace node
