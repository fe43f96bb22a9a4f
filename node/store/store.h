#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/follower.h"
#include "node/record_key.h"
#include "node/store/sqlite.h"
#include "protocol/document/credential.h"
#include "protocol/log/merkle.h"
#include "protocol/trust/path.h"

// What a node keeps (docs/ARCHITECTURE.md): one SQLite file, one process, one connection that
// writes.

namespace node {

/// The data folder cannot be used as it is. `code` is in_use, schema_newer, storage_damaged or
/// config_invalid.
class DataError : public std::runtime_error {
 public:
  DataError(protocol::ErrorCode code, const std::string& what)
      : std::runtime_error(what), code_(code) {}
  protocol::ErrorCode code() const { return code_; }

 private:
  protocol::ErrorCode code_;
};

/// One publisher's feed as this node has it.
struct Feed {
  std::int64_t feed_id = 0;
  std::string scid;
  std::string did;
  bool own = false;
  bool followed = false;  ///< by the operator's hand; otherwise found by recognition
  std::string did_log, did_log_etag;
  std::uint64_t epoch = 0, size = 0, applied = 0;
  protocol::Frontier frontier;
  std::string checkpoint, checkpoint_etag;
  std::optional<protocol::Timestamp> heartbeat, last_attempt, last_success;
  /// When the node of an anchor read it well at its host, by that node's cosignature.
  std::optional<protocol::Timestamp> seen_alive;
  protocol::Timestamp next_attempt{};
  int failures = 0;
  bool quarantined = false;
  bool quarantine_lifts = false;  ///< with the next good reading, not only by the operator
  std::string seen_did_log;       ///< newer than did_log; has not taken effect yet
  std::optional<protocol::Timestamp> waiting_since;  ///< where it names other keys or a new epoch
  std::optional<protocol::Error> trouble;            ///< of the last cycle
  std::optional<std::chrono::days>
      max_stale;  ///< of an anchor, by the operator's word; else kStaleFor
};

/// The head of one record, and the newest of its texts that was verified.
struct Record {
  std::int64_t feed_id = 0;
  RecordKey key;
  std::string type;  ///< "listing", "recognition", "publisher"
  std::uint64_t head_position = 0;
  protocol::Timestamp head_expires{};
  std::string document;  ///< empty: no text of it is here
  std::uint64_t document_position = 0;
  protocol::Timestamp document_expires{};
  std::optional<protocol::Error> trouble;  ///< why the head's text is not here
  protocol::Timestamp trouble_since{};

  /// Until when its text may be shown: its own end, and for one that is_being_updated() a day at
  /// most.
  protocol::Timestamp shown_until() const;
  /// Its text is older than the head's, or by a key that counts no more.
  bool is_being_updated() const { return document_position != head_position || trouble; }
};

/// What is read; on the writing connection or on one of its own. One thread at a time.
class StoreQueries {
 public:
  explicit StoreQueries(Database& database) : db_(database) {}

  std::optional<std::string> setting(std::string_view key) const;
  std::vector<Feed> feeds() const;  ///< own first, then by SCID
  std::optional<Feed> feed(const std::string& scid) const;
  std::optional<Record> record(const RecordKey& key) const;
  std::vector<Record> records(std::int64_t feed_id,
                              std::string_view type = {}) const;  ///< by position
  /// Every record of `type` that has a text, of all feeds; without the text itself where `texts` is
  /// leave_out.
  enum class Texts { include, leave_out };
  void for_each_record(std::string_view type, Texts texts,
                       const std::function<void(const Record&)>& visit) const;
  /// Records with this UUID of any publisher.
  std::vector<RecordKey> keys_with_uuid(const std::string& uuid) const;
  std::vector<Record> troubled_records() const;
  std::vector<protocol::Bytes> entries(std::int64_t feed_id, std::uint64_t from,
                                       std::uint64_t to) const;
  /// The texts for positions [from, to) of a feed, as its docs file holds them: empty where
  /// superseded, withdrawn or not here.
  std::vector<std::string> document_lines(std::int64_t feed_id, std::uint64_t from,
                                          std::uint64_t to) const;
  std::vector<protocol::Anchor> anchors() const;
  struct Denial {
    std::string scid, id, reason;
    std::optional<protocol::Timestamp> until;  ///< over on this second; nothing: until taken back
    protocol::Timestamp denied_at{};
  };
  std::vector<Denial> denials() const;

  /// For the tables that have a file of their own in this folder.
  Database& database() const { return db_; }

 private:
  Database& db_;
};

/// A connection for reading only, for a thread of its own.
class StoreReader {
 public:
  explicit StoreReader(const std::filesystem::path& data_folder);
  StoreQueries& queries() { return queries_; }

 private:
  Database db_;
  StoreQueries queries_;
};

/// One record of this node's own that changes: a new text, or its end.
struct OwnChange {
  protocol::Leaf leaf;
  std::string document;  ///< the signed line; empty for a del
};

/// What a change of this node's own identity replaces beside its records (SPEC 3.5).
struct OwnIdentity {
  std::string did, did_log;  ///< the log continues the one that is stored
  std::uint64_t epoch = 0;   ///< higher than the stored one: everything of that one goes
  std::vector<std::pair<std::string, std::string>> settings;
};

/// The writing side. Owned by one thread at a time. Holds the lock of the data folder while it
/// lives.
class Store {
 public:
  /// Opens or makes `data_folder` (0700) and its database. Throws DataError.
  explicit Store(const std::filesystem::path& data_folder);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  StoreQueries& queries() { return queries_; }
  /// The connection that writes, for the tables that have a file of their own in this folder.
  Database& database() { return db_; }
  const std::filesystem::path& folder() const { return folder_; }

  void set_setting(std::string_view key, std::string_view value);

  /// Makes this node's own feed: empty, with its identity log and first checkpoint. One transaction
  /// with `settings`.
  void create_own_feed(const Feed& feed,
                       const std::vector<std::pair<std::string, std::string>>& settings);
  /// Appends to the own feed: entries, texts, frontier and checkpoint, all in one transaction.
  /// `frontier` and `checkpoint` are those after the changes; `expected_size` those before, checked
  /// inside the transaction: throws DataError(self_fork_refused) otherwise, and when a longer
  /// history of this feed was seen elsewhere (table head).
  void append_own(std::int64_t feed_id, std::uint64_t expected_size,
                  const std::vector<OwnChange>& changes, const protocol::Frontier& frontier,
                  std::string_view checkpoint, protocol::Timestamp heartbeat);

  /// The same together with another identity log: whoever finds the one finds the other, whatever
  /// is cut off. In a new epoch `expected_size` is that of the old one, and `changes` are all that
  /// it begins with.
  void change_own_identity(std::int64_t feed_id, std::uint64_t expected_size,
                           const OwnIdentity& identity, const std::vector<OwnChange>& changes,
                           const protocol::Frontier& frontier, std::string_view checkpoint,
                           protocol::Timestamp heartbeat);

  /// Starts following, or marks an existing feed as followed by hand. Says whether it is new.
  bool follow(const std::string& scid, const std::string& did, bool by_hand);
  /// Forgets a feed with all it holds; never the own one. Says whether there was one. Its head
  /// stays remembered, unless it was quarantined: then the operator chose to begin anew.
  bool forget(const std::string& scid);
  /// Takes back "by hand"; the feed stays while a recognition leads to it.
  void unfollow(const std::string& scid);

  /// Makes a cycle's result visible, in one transaction (SPEC 6.2, step 7). `not_from_its_host`,
  /// where there is one, says why: the result is a copy, and no sign of life of that host.
  void apply(const Feed& feed, const crawler::FeedUpdate& update, protocol::Timestamp now,
             protocol::Timestamp next_attempt,
             const std::optional<protocol::Error>& not_from_its_host = std::nullopt);
  /// Remembers an identity log that was verified and has not taken effect; `keys_replaced` says
  /// that it names other keys or a new epoch, and starts the day for which the state here may be
  /// shown.
  void remember_identity(const Feed& feed, std::string_view seen_did_log, bool keys_replaced,
                         protocol::Timestamp now);
  /// The publisher has ended its identity by `did_log`, which `did_witness` proves where it names
  /// witnesses: everything that it published here goes.
  void end_feed(const Feed& feed, std::string_view did_log, std::string_view did_witness,
                const protocol::Error& error, protocol::Timestamp now,
                protocol::Timestamp next_attempt);
  /// Two signed notes that cannot both be true.
  struct Contradiction {
    std::string accepted, other;
  };
  /// Keeps the last good state and says why; did_invalid hides it until a cycle ends well.
  /// `contradiction`, where its notes are not empty, is stored before the feed is hidden.
  void note_failure(const Feed& feed, const protocol::Error& error,
                    const Contradiction& contradiction, bool quarantine, protocol::Timestamp now,
                    protocol::Timestamp next_attempt);

  void add_anchor(const protocol::Anchor& anchor);
  bool remove_anchor(const std::string& scid);
  /// `id`: the urn:uuid of a record; empty: the whole publisher.
  void deny(const std::string& scid, const std::string& id, const std::string& reason,
            std::optional<protocol::Timestamp> until = std::nullopt,
            protocol::Timestamp denied_at = {});
  bool allow(const std::string& scid, const std::string& id);

  /// Moves the write-ahead log into the database file; see Database::checkpoint().
  bool checkpoint() { return db_.checkpoint(); }
  /// SQLite's own check of the whole file; empty when it is sound.
  std::string integrity_problem();

  /// How this feed is to be read on: for crawler::read_feed(). Keeps a reference to this store.
  crawler::KnownFeed known(const Feed& feed);

 private:
  class FolderLock;
  /// Throws DataError(self_fork_refused) where a longer own history was seen.
  void refuse_longer_history(const std::string& origin, std::uint64_t expected_size);
  void append_own_rows(std::int64_t feed_id, const std::string& scid, std::int64_t position,
                       const std::vector<OwnChange>& changes, const protocol::Frontier& frontier,
                       std::string_view checkpoint, protocol::Timestamp heartbeat);
  std::filesystem::path folder_;
  std::unique_ptr<FolderLock> lock_;
  Database db_;
  StoreQueries queries_;
};

/// DATA/kith.sqlite3
std::filesystem::path database_file(const std::filesystem::path& data_folder);

}  // namespace node
