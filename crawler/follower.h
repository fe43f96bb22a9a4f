#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/reading_budget.h"
#include "crawler/source.h"
#include "protocol/document/credential.h"
#include "protocol/identity/did_log.h"
#include "protocol/log/leaf.h"
#include "protocol/log/merkle.h"
#include "protocol/result.h"

// One cycle of reading one feed (SPEC 6.2, steps 1 to 6). Nothing is written here: the caller makes
// what comes back visible in one transaction, or keeps what it had.

namespace crawler {

/// A live record whose bytes are still to be had.
struct WantedDocument {
  std::uint64_t leaf_index = 0;
  protocol::Leaf leaf;
};

/// The largest state of a log that was verified by any route, and the note that says it.
struct KnownHead {
  std::uint64_t size = 0;
  protocol::Hash root;
  std::string note;
};

/// A live record with the text that was verified under an earlier version of the identity.
struct StoredDocument {
  std::uint64_t leaf_index = 0;
  protocol::Leaf leaf;
  std::string line;
};

/// What is remembered of a feed between cycles.
struct KnownFeed {
  std::string did;      ///< the name it is read under
  std::string did_log;  ///< as last accepted; empty at first contact
  std::string did_log_etag;
  std::string did_witness;  ///< did-witness.json that proved `did_log`; empty where it needs none
  /// At first contact the log must have one of these, the versions of it that the recognitions name
  /// which led here; empty: any log will do. Not looked at where `did_log` is known.
  std::vector<std::string> named_versions;
  /// A newer one that was verified and has not taken effect, since its checkpoint could not be had;
  /// empty: none. It is remembered all the same: nobody may take it back.
  std::string seen_did_log;
  /// Since when it waits, where it names other keys or a new epoch.
  std::optional<protocol::Timestamp> waiting_since;
  std::uint64_t epoch = 0;
  std::uint64_t size = 0;  ///< whose root was verified
  std::uint64_t applied =
      0;  ///< up to where leaves took effect; below `size` after a leaf that was refused
  protocol::Frontier frontier;
  std::string checkpoint;  ///< the note as accepted; empty before the first
  std::string checkpoint_etag;
  std::vector<WantedDocument> wanted;
  std::size_t live_documents = 0;
  std::int64_t new_leaves_day = 0;  ///< days since 1970 of the count below
  std::size_t new_leaves_today = 0;
  bool large = false;  ///< its operator lifted the cap on live documents
  /// Where the reader's own publisher has its files ("https://…/"): a feed that says it is there is
  /// refused with origin_mismatch before anything of it is asked for. Empty: nowhere.
  std::string own_folder_url = {};
  bool is_discovered = false;  ///< through recognitions, and not by the operator's hand
  /// The root that the feed had at `size`, from the leaves that are kept. Called only to judge a
  /// shorter checkpoint.
  std::function<protocol::Hash(std::uint64_t size)> root_at;
  /// The leaves [from, to) that are kept.
  std::function<std::vector<protocol::Bytes>(std::uint64_t from, std::uint64_t to)> leaves;
  /// What is known of a log by other routes than these cycles; may be absent.
  std::function<std::optional<KnownHead>(const std::string& origin)> head_of;
  /// Whether this record is live here. Called only for records that a cycle changes.
  std::function<bool(const std::string& id)> is_live;
  /// Up to `limit` live records from leaf `from` on, in order of their leaves, whose newest text is
  /// here. Called only when the identity has changed; may be empty where nothing is stored.
  std::function<std::vector<StoredDocument>(std::uint64_t from, std::size_t limit)> stored;
};

/// What became of one record: gone, or with a new head, whose document was verified or is refused
/// with a reason.
struct RecordChange {
  std::string id;
  std::uint64_t leaf_index = 0;
  protocol::Leaf leaf;
  std::optional<protocol::VerifiedDocument> document;
  std::optional<protocol::Error> problem;
};

struct FeedUpdate {
  protocol::DidLog log;
  std::string did_log;
  std::string did_log_etag;
  std::string did_witness;  ///< as it was served; empty where `did_log` names no witnesses
  protocol::PublisherKeys keys;
  bool new_epoch = false;       ///< everything of the epoch before is void
  protocol::Frontier frontier;  ///< of the verified size
  std::string checkpoint;
  std::string checkpoint_etag;
  std::uint64_t first_new = 0;  ///< index of entries.front()
  std::vector<protocol::Bytes> entries;
  std::uint64_t applied = 0;
  std::vector<RecordChange> records;  ///< one for each id at most, in the order of their leaves
  std::optional<protocol::Timestamp> heartbeat;  ///< the publisher's own time in the checkpoint
  /// Why leaves after `applied` did not take effect: leaf_syntax, unsupported_op or quota.
  std::optional<protocol::Error> trouble;
};

struct FeedReading {
  /// Refused with a code of SPEC 9: the last good state stays.
  protocol::Result<FeedUpdate> update;
  /// With `equivocation`: two signed notes that cannot both be true, the one that was accepted
  /// before and the one that was read now.
  std::string accepted_note, contradicting_note;
  /// Where `update` is refused though a newer identity log was read and verified: that log, to be
  /// remembered as seen. With did_deactivated the last one that there will be.
  std::string seen_did_log;
  std::string seen_did_witness;  ///< its did-witness.json; empty where it names no witnesses
  /// And it names other keys, or a new epoch: what the keys before have signed is to be shown for
  /// kKeepOlderVersion at most.
  bool keys_replaced = false;
};

/// Called now and then while files come in: how many of how many, and of what ("entries",
/// "documents").
using Progress = std::function<void(std::size_t done, std::size_t total, std::string_view what)>;

/// `now` is fixed for the whole cycle. An identity that has moved is read at the place that its
/// newest version names. Where a text cannot be had the checkpoint is read once more, and all of it
/// again if that went on meanwhile. A log of more entries than `limits` say is refused with
/// fetch_too_large before anything is taken for it, and a reading that takes too long as a whole
/// with fetch_timeout; of more text than fits the rest is quota, for the next cycle.
FeedReading read_feed(Source& source, const KnownFeed& known, protocol::Timestamp now,
                      const Progress& progress = {}, const ReadingLimits& limits = {});

}  // namespace crawler
