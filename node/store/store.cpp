#include "node/store/store.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/store/codes.h"
#include "node/store/contradictions.h"
#include "node/store/erasure.h"
#include "node/store/heads.h"
#include "node/store/large_feeds.h"
#include "node/store/schema.h"
#include "node/store/seen_alive.h"
#include "node/store/witness_proofs.h"
#include "protocol/limits.h"
#include "protocol/log/tiles.h"

namespace node {

namespace {

// One's own publication and a reading of somebody else's feed change the same rows in the same way.
constexpr std::string_view kAddEntry =
    "INSERT INTO entry (feed_id, position, leaf) VALUES (?1, ?2, ?3)";
constexpr std::string_view kPutRecord = R"sql(
    INSERT INTO record (feed_id, id, type, head_position, head_expires, document, document_position, document_expires)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?4, ?5)
    ON CONFLICT (feed_id, id) DO UPDATE SET type = ?3, head_position = ?4, head_expires = ?5, document = ?6,
      document_position = ?4, document_expires = ?5, trouble_code = '', trouble_detail = '', trouble_since = NULL
  )sql";
constexpr std::string_view kEndRecord = "DELETE FROM record WHERE feed_id = ?1 AND id = ?2";

protocol::Bytes frontier_bytes(const protocol::Frontier& frontier) {
  protocol::Bytes bytes;
  for (const auto& hash : frontier.hashes())
    bytes.insert(bytes.end(), hash.view().begin(), hash.view().end());
  return bytes;
}

std::filesystem::path prepared_folder(const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed)
    throw DataError(protocol::ErrorCode::config_invalid,
                    "cannot make the data folder " + folder.string() + ": " + failed.message());
  // Keys lie below it.
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
  return std::filesystem::canonical(folder);
}

}  // namespace

/// An flock on DATA/kith.lock: it goes with the process, however that ends.
class Store::FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder) {
    const auto file = folder / "kith.lock";
    descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0) {
      const int why = errno;
      throw DataError(
          protocol::ErrorCode::config_invalid,
          why == EACCES || why == EPERM || why == EROFS
              ? "The data folder " + folder.string() +
                    " cannot be written by you: another user made it, or its disk can only be "
                    "read. Run kith as the user who made it. Even a command that only shows "
                    "something opens the database there."
              : "cannot open " + file.string() + ": " + std::strerror(why));
    }
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      char pid[32] = {};
      const auto got = ::read(descriptor_, pid, sizeof pid - 1);
      ::close(descriptor_);
      throw DataError(protocol::ErrorCode::in_use,
                      folder.string() + " is in use by process " + (got > 0 ? pid : "?"));
    }
    const std::string pid = std::to_string(::getpid());
    if (::ftruncate(descriptor_, 0) != 0 || ::pwrite(descriptor_, pid.data(), pid.size(), 0) < 0) {
      // Only the message of a second process would lack the number.
    }
  }
  ~FolderLock() { ::close(descriptor_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

std::filesystem::path database_file(const std::filesystem::path& data_folder) {
  return data_folder / "kith.sqlite3";
}

Store::Store(const std::filesystem::path& data_folder)
    : folder_(prepared_folder(data_folder)),
      lock_(std::make_unique<FolderLock>(folder_)),
      db_(database_file(folder_), Database::Mode::read_write),
      queries_(db_) {
  std::error_code ignored;
  std::filesystem::permissions(
      database_file(folder_),
      std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
  prepare_schema(db_);
}

Store::~Store() = default;

void Store::set_setting(std::string_view key, std::string_view value) {
  auto insert = db_.prepare(
      "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = "
      "?2");
  insert.bind(1, key).bind(2, value).run();
}

void Store::create_own_feed(const Feed& feed,
                            const std::vector<std::pair<std::string, std::string>>& settings) {
  Transaction transaction(db_);
  auto insert = db_.prepare(R"sql(
    INSERT INTO feed (scid, did, own, did_log, epoch, size, applied, frontier, checkpoint, heartbeat, last_success)
    VALUES (?1, ?2, 1, ?3, ?4, 0, 0, x'', ?5, ?6, ?6)
  )sql");
  insert.bind(1, feed.scid)
      .bind(2, feed.did)
      .bind(3, feed.did_log)
      .bind(4, static_cast<std::int64_t>(feed.epoch));
  insert.bind(5, feed.checkpoint).bind_time(6, feed.heartbeat).run();
  for (const auto& [key, value] : settings) set_setting(key, value);
  transaction.commit();
}

void Store::append_own(std::int64_t feed_id, std::uint64_t expected_size,
                       const std::vector<OwnChange>& changes, const protocol::Frontier& frontier,
                       std::string_view checkpoint, protocol::Timestamp heartbeat) {
  Transaction transaction(db_);
  auto head = db_.prepare("SELECT size, scid, epoch FROM feed WHERE feed_id = ?1 AND own = 1");
  head.bind(1, feed_id);
  if (!head.step() || static_cast<std::uint64_t>(head.integer(0)) != expected_size) {
    // Two roots signed for one size would be proof of fraud against this publisher, for ever.
    throw DataError(protocol::ErrorCode::self_fork_refused,
                    "the own feed changed while this was being signed; nothing was published");
  }
  const std::string scid = head.text(1);
  const auto origin = protocol::feed_origin(scid, static_cast<std::uint64_t>(head.integer(2)));
  head.reset();
  refuse_longer_history(origin, expected_size);
  append_own_rows(feed_id, scid, static_cast<std::int64_t>(expected_size), changes, frontier,
                  checkpoint, heartbeat);
  transaction.commit();
}

void Store::change_own_identity(std::int64_t feed_id, std::uint64_t expected_size,
                                const OwnIdentity& identity, const std::vector<OwnChange>& changes,
                                const protocol::Frontier& frontier, std::string_view checkpoint,
                                protocol::Timestamp heartbeat) {
  Transaction transaction(db_);
  auto head =
      db_.prepare("SELECT size, epoch, did_log, scid FROM feed WHERE feed_id = ?1 AND own = 1");
  head.bind(1, feed_id);
  const bool found = head.step();
  const auto epoch_before = found ? static_cast<std::uint64_t>(head.integer(1)) : 0;
  if (!found || static_cast<std::uint64_t>(head.integer(0)) != expected_size ||
      !identity.did_log.starts_with(head.text(2)) || identity.epoch < epoch_before) {
    throw DataError(protocol::ErrorCode::self_fork_refused,
                    "the own feed changed while this was being signed; nothing was published");
  }
  const std::string scid = head.text(3);
  head.reset();
  const bool new_epoch = identity.epoch > epoch_before;
  // Whoever stole the key may have gone on in the old epoch: leaving it must be possible.
  if (!new_epoch) refuse_longer_history(protocol::feed_origin(scid, epoch_before), expected_size);
  if (new_epoch) {
    db_.prepare("DELETE FROM record WHERE feed_id = ?1").bind(1, feed_id).run();
    db_.prepare("DELETE FROM entry WHERE feed_id = ?1").bind(1, feed_id).run();
  }
  db_.prepare("UPDATE feed SET did = ?2, did_log = ?3, epoch = ?4 WHERE feed_id = ?1")
      .bind(1, feed_id)
      .bind(2, identity.did)
      .bind(3, identity.did_log)
      .bind(4, static_cast<std::int64_t>(identity.epoch))
      .run();
  for (const auto& [key, value] : identity.settings) set_setting(key, value);
  append_own_rows(feed_id, scid, new_epoch ? 0 : static_cast<std::int64_t>(expected_size), changes,
                  frontier, checkpoint, heartbeat);
  transaction.commit();
}

void Store::refuse_longer_history(const std::string& origin, std::uint64_t expected_size) {
  if (const auto seen = stored_head(db_, origin); seen && seen->size > expected_size) {
    throw DataError(protocol::ErrorCode::self_fork_refused,
                    "A checkpoint of this publisher with " + std::to_string(seen->size) +
                        " entries is around, and this node's own history ends at " +
                        std::to_string(expected_size) +
                        ". This happens after an old backup was restored, or when two machines "
                        "publish as one. Nothing was published.");
  }
}

void Store::append_own_rows(std::int64_t feed_id, const std::string& scid, std::int64_t position,
                            const std::vector<OwnChange>& changes,
                            const protocol::Frontier& frontier, std::string_view checkpoint,
                            protocol::Timestamp heartbeat) {
  auto add_entry = db_.prepare(kAddEntry);
  auto put = db_.prepare(kPutRecord);
  auto end = db_.prepare(kEndRecord);
  for (const auto& change : changes) {
    add_entry.bind(1, feed_id)
        .bind(2, position)
        .bind_blob(3, protocol::as_bytes(protocol::format_leaf(change.leaf)))
        .run();
    if (change.leaf.op == protocol::Leaf::Op::put) {
      put.bind(1, feed_id).bind(2, change.leaf.id).bind(3, change.leaf.type).bind(4, position);
      put.bind_time(5, change.leaf.expires).bind(6, change.document).run();
    } else {
      end.bind(1, feed_id).bind(2, change.leaf.id).run();
      if (change.leaf.why == "erased") forget_about(db_, scid, change.leaf.id);
    }
    ++position;
  }
  auto update = db_.prepare(
      "UPDATE feed SET size = ?2, applied = ?2, frontier = ?3, checkpoint = ?4, heartbeat = ?5, "
      "last_success = ?5 WHERE feed_id = ?1");
  update.bind(1, feed_id)
      .bind(2, position)
      .bind_blob(3, frontier_bytes(frontier))
      .bind(4, checkpoint)
      .bind_time(5, heartbeat)
      .run();
}

bool Store::follow(const std::string& scid, const std::string& did, bool by_hand) {
  Transaction transaction(db_);
  auto insert = db_.prepare(
      "INSERT INTO feed (scid, did, followed) VALUES (?1, ?2, ?3) ON CONFLICT (scid) DO NOTHING");
  insert.bind(1, scid).bind(2, did).bind(3, by_hand ? 1 : 0).run();
  const bool is_new = db_.changed_rows() > 0;
  // A person who names another address than the one here has looked there: a move whose old place
  // is gone. The next reading still demands that the identity log goes on from what is remembered.
  if (by_hand) {
    db_.prepare(R"sql(
      UPDATE feed SET followed = 1, did_log_etag = CASE WHEN did = ?2 THEN did_log_etag ELSE '' END, did = ?2
       WHERE scid = ?1 AND own = 0
    )sql")
        .bind(1, scid)
        .bind(2, did)
        .run();
  } else if (!is_new) {
    // Nobody was found at the place that is here, and a recognizer names another. When it is due
    // again it is looked for there.
    db_.prepare(R"sql(
      UPDATE feed SET did = ?2, trouble_code = '', trouble_detail = ''
       WHERE scid = ?1 AND did <> ?2 AND own = 0 AND followed = 0 AND did_log = ''
    )sql")
        .bind(1, scid)
        .bind(2, did)
        .run();
  }
  transaction.commit();
  return is_new;
}

bool Store::forget(const std::string& scid) {
  Transaction transaction(db_);
  const auto feed = queries_.feed(scid);
  if (!feed || feed->own) return false;
  if (feed->quarantined) forget_heads(db_, scid);
  forget_seen_alive(db_, scid);
  db_.prepare("DELETE FROM feed WHERE scid = ?1 AND own = 0").bind(1, scid).run();
  transaction.commit();
  return true;
}

void Store::unfollow(const std::string& scid) {
  db_.prepare("UPDATE feed SET followed = 0 WHERE scid = ?1").bind(1, scid).run();
}

void Store::apply(const Feed& feed, const crawler::FeedUpdate& update, protocol::Timestamp now,
                  protocol::Timestamp next_attempt,
                  const std::optional<protocol::Error>& not_from_its_host) {
  Transaction transaction(db_);
  if (update.new_epoch) {
    db_.prepare("DELETE FROM record WHERE feed_id = ?1").bind(1, feed.feed_id).run();
    db_.prepare("DELETE FROM entry WHERE feed_id = ?1").bind(1, feed.feed_id).run();
  }
  auto add_entry = db_.prepare(kAddEntry);
  auto position = static_cast<std::int64_t>(update.first_new);
  for (const auto& entry : update.entries) {
    add_entry.bind(1, feed.feed_id).bind(2, position++).bind_blob(3, entry).run();
  }

  auto end = db_.prepare(kEndRecord);
  auto put = db_.prepare(kPutRecord);
  // A head whose text cannot be had: what was shown before stays, and since when it is wanted is
  // remembered.
  auto want = db_.prepare(R"sql(
    INSERT INTO record (feed_id, id, type, head_position, head_expires, trouble_code, trouble_detail, trouble_since)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
    ON CONFLICT (feed_id, id) DO UPDATE SET type = ?3, head_position = ?4, head_expires = ?5, trouble_code = ?6,
      trouble_detail = ?7, trouble_since = coalesce(trouble_since, ?8)
  )sql");
  for (const auto& change : update.records) {
    const auto at = static_cast<std::int64_t>(change.leaf_index);
    if (change.leaf.op == protocol::Leaf::Op::del) {
      end.bind(1, feed.feed_id).bind(2, change.id).run();
      if (change.leaf.why == "erased") forget_about(db_, feed.scid, change.id);
    } else if (change.document) {
      put.bind(1, feed.feed_id).bind(2, change.id).bind(3, change.leaf.type).bind(4, at);
      put.bind_time(5, change.leaf.expires).bind(6, change.document->line()).run();
    } else if (change.problem) {
      want.bind(1, feed.feed_id)
          .bind(2, change.id)
          .bind(3, change.leaf.type)
          .bind(4, at)
          .bind_time(5, change.leaf.expires);
      want.bind(6, protocol::word(change.problem->code))
          .bind(7, change.problem->detail)
          .bind_time(8, now)
          .run();
    } else {
      // A type that this version does not know: hashed and skipped. What the id was before is over.
      end.bind(1, feed.feed_id).bind(2, change.id).run();
    }
  }

  const auto today = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
  const bool first = feed.applied == 0 || update.new_epoch;
  const auto& trouble = update.trouble ? update.trouble : not_from_its_host;
  auto head = db_.prepare(R"sql(
    UPDATE feed
       SET did = ?2, did_log = ?3, did_log_etag = ?4, epoch = ?5, size = ?6, applied = ?7, frontier = ?8, checkpoint = ?9,
           checkpoint_etag = ?10, heartbeat = max(coalesce(heartbeat, 0), coalesce(?11, 0)), last_attempt = ?12,
           last_success = CASE WHEN ?19 THEN last_success ELSE ?12 END, next_attempt = ?13,
           failures = CASE WHEN ?19 THEN failures ELSE 0 END, trouble_code = ?14, trouble_detail = ?15,
           quarantined = CASE WHEN ?16 OR quarantined = 2 THEN 0 ELSE quarantined END,
           seen_did_log = '', waiting_since = NULL,
           new_leaves = CASE WHEN day = ?17 THEN new_leaves ELSE 0 END + ?18, day = ?17
     WHERE feed_id = ?1
  )sql");
  head.bind(1, feed.feed_id)
      .bind(2, update.keys.did)
      .bind(3, update.did_log)
      .bind(4, update.did_log_etag);
  head.bind(5, static_cast<std::int64_t>(update.keys.epoch))
      .bind(6, static_cast<std::int64_t>(update.frontier.size()));
  head.bind(7, static_cast<std::int64_t>(update.applied))
      .bind_blob(8, frontier_bytes(update.frontier));
  head.bind(9, update.checkpoint)
      .bind(10, update.checkpoint_etag)
      .bind_time(11, update.heartbeat)
      .bind_time(12, now);
  head.bind_time(13, next_attempt)
      .bind(14, trouble ? protocol::word(trouble->code) : std::string_view());
  head.bind(15, trouble ? std::string_view(trouble->detail) : std::string_view())
      .bind(16, update.new_epoch ? 1 : 0);
  head.bind(17, today)
      .bind(18, first ? 0 : static_cast<std::int64_t>(update.applied - feed.applied))
      .bind(19, not_from_its_host ? 1 : 0)
      .run();
  const auto origin = protocol::feed_origin(feed.scid, update.keys.epoch);
  if (update.new_epoch) forget_heads(db_, feed.scid, origin);
  keep_head(db_, {origin, update.frontier.size(), update.frontier.root(), update.checkpoint}, now);
  keep_witness_proofs(db_, feed.feed_id, update.did_witness);
  transaction.commit();
}

void Store::note_failure(const Feed& feed, const protocol::Error& error,
                         const Contradiction& contradiction, bool quarantine,
                         protocol::Timestamp now, protocol::Timestamp next_attempt) {
  Transaction transaction(db_);
  if (!contradiction.other.empty()) {
    keep_contradiction(db_, feed.feed_id, contradiction.accepted, contradiction.other, now);
  }
  db_.prepare(R"sql(
    UPDATE feed SET last_attempt = ?2, next_attempt = ?3, failures = failures + 1,
           trouble_detail = CASE WHEN trouble_code = 'did-deactivated' THEN trouble_detail ELSE ?5 END,
           trouble_code = CASE WHEN trouble_code = 'did-deactivated' THEN trouble_code ELSE ?4 END,
           quarantined = CASE WHEN quarantined = 1 OR ?6 = 0 THEN quarantined ELSE ?6 END
     WHERE feed_id = ?1
  )sql")
      .bind(1, feed.feed_id)
      .bind_time(2, now)
      .bind_time(3, next_attempt)
      .bind(4, protocol::word(error.code))
      .bind(5, error.detail)
      .bind(6, std::int64_t{quarantine                                       ? 1
                            : error.code == protocol::ErrorCode::did_invalid ? 2
                                                                             : 0})
      .run();
  transaction.commit();
}

void Store::remember_identity(const Feed& feed, std::string_view seen_did_log, bool keys_replaced,
                              protocol::Timestamp now) {
  db_.prepare(R"sql(
    UPDATE feed SET seen_did_log = ?2, waiting_since = CASE WHEN ?3 THEN coalesce(waiting_since, ?4) ELSE waiting_since END
     WHERE feed_id = ?1
  )sql")
      .bind(1, feed.feed_id)
      .bind(2, seen_did_log)
      .bind(3, keys_replaced ? 1 : 0)
      .bind_time(4, now)
      .run();
}

void Store::end_feed(const Feed& feed, std::string_view did_log, std::string_view did_witness,
                     const protocol::Error& error, protocol::Timestamp now,
                     protocol::Timestamp next_attempt) {
  Transaction transaction(db_);
  db_.prepare("DELETE FROM record WHERE feed_id = ?1").bind(1, feed.feed_id).run();
  // What was read stays the identity for ever: no other version can follow.
  db_.prepare(R"sql(
    UPDATE feed SET did_log = ?2, did_log_etag = '', seen_did_log = '', waiting_since = NULL, last_attempt = ?3,
           next_attempt = ?4, failures = failures + 1, trouble_code = ?5, trouble_detail = ?6
     WHERE feed_id = ?1
  )sql")
      .bind(1, feed.feed_id)
      .bind(2, did_log)
      .bind_time(3, now)
      .bind_time(4, next_attempt)
      .bind(5, protocol::word(error.code))
      .bind(6, error.detail)
      .run();
  keep_witness_proofs(db_, feed.feed_id, did_witness);
  transaction.commit();
}

void Store::add_anchor(const protocol::Anchor& anchor) {
  auto insert = db_.prepare(R"sql(
    INSERT INTO anchor (scid, did, at_version, max_path_length, area, max_stale_days)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (scid) DO UPDATE
       SET did = ?2, at_version = ?3, max_path_length = ?4, area = ?5, max_stale_days = ?6
  )sql");
  insert.bind(1, anchor.scid).bind(2, anchor.did).bind(3, anchor.at_version);
  anchor.max_path_length ? insert.bind(4, std::int64_t{*anchor.max_path_length})
                         : insert.bind_null(4);
  anchor.max_stale_days ? insert.bind(6, std::int64_t{*anchor.max_stale_days})
                        : insert.bind_null(6);
  anchor.area ? insert.bind(5, joined_codes(*anchor.area)) : insert.bind_null(5);
  insert.run();
}

bool Store::remove_anchor(const std::string& scid) {
  db_.prepare("DELETE FROM anchor WHERE scid = ?1").bind(1, scid).run();
  return db_.changed_rows() > 0;
}

void Store::deny(const std::string& scid, const std::string& id, const std::string& reason,
                 std::optional<protocol::Timestamp> until, protocol::Timestamp denied_at) {
  db_.prepare(
         "INSERT INTO denial (scid, id, reason, until, denied_at) VALUES (?1, ?2, ?3, ?4, ?5) "
         "ON CONFLICT (scid, id) DO UPDATE SET reason = ?3, until = ?4, denied_at = ?5")
      .bind(1, scid)
      .bind(2, id)
      .bind(3, reason)
      .bind_time(4, until)
      .bind_time(5, denied_at)
      .run();
}

bool Store::allow(const std::string& scid, const std::string& id) {
  db_.prepare("DELETE FROM denial WHERE scid = ?1 AND id = ?2").bind(1, scid).bind(2, id).run();
  return db_.changed_rows() > 0;
}

std::string Store::integrity_problem() {
  auto check = db_.prepare("PRAGMA integrity_check(1)");
  if (!check.step()) return "the check gave no answer";
  const std::string answer = check.text(0);
  if (answer != "ok") return answer;
  auto keys = db_.prepare("PRAGMA foreign_key_check");
  return keys.step() ? "a row of " + keys.text(0) + " belongs to nothing" : std::string();
}

crawler::KnownFeed Store::known(const Feed& feed) {
  crawler::KnownFeed known;
  known.did = feed.did;
  known.did_log = feed.did_log;
  known.is_discovered = !feed.followed;
  known.large = is_large_feed(db_, feed.scid);
  known.did_log_etag = feed.did_log_etag;
  known.did_witness = stored_witness_proofs(db_, feed.feed_id);
  known.seen_did_log = feed.seen_did_log;
  known.waiting_since = feed.waiting_since;
  known.epoch = feed.epoch;
  known.size = feed.size;
  known.applied = feed.applied;
  known.frontier = feed.frontier;
  known.checkpoint = feed.checkpoint;
  known.checkpoint_etag = feed.checkpoint_etag;

  auto wanted = db_.prepare(R"sql(
    SELECT record.head_position, entry.leaf
      FROM record JOIN entry ON entry.feed_id = record.feed_id AND entry.position = record.head_position
     WHERE record.feed_id = ?1 AND record.trouble_code <> ''
     ORDER BY record.head_position
  )sql");
  wanted.bind(1, feed.feed_id);
  while (wanted.step()) {
    const auto bytes = wanted.blob(1);
    if (auto leaf = protocol::parse_leaf(protocol::as_text(bytes))) {
      known.wanted.push_back({static_cast<std::uint64_t>(wanted.integer(0)), std::move(*leaf)});
    }
  }
  auto live = db_.prepare("SELECT count(*) FROM record WHERE feed_id = ?1");
  live.bind(1, feed.feed_id).step();
  known.live_documents = static_cast<std::size_t>(live.integer(0));
  auto day = db_.prepare("SELECT day, new_leaves FROM feed WHERE feed_id = ?1");
  day.bind(1, feed.feed_id).step();
  known.new_leaves_today = static_cast<std::size_t>(day.integer(1));
  known.new_leaves_day = day.integer(0);
  const auto feed_id = feed.feed_id;
  known.root_at = [this, feed_id](std::uint64_t size) {
    protocol::Frontier tree;
    // In steps, so that a long feed is never in memory whole.
    for (std::uint64_t from = 0; from < size; from += 4096) {
      for (const auto& leaf : queries_.entries(feed_id, from, std::min(size, from + 4096)))
        tree.append(protocol::leaf_hash(leaf));
    }
    return tree.root();
  };
  known.is_live = [this, feed_id](const std::string& id) {
    auto row = db_.prepare("SELECT 1 FROM record WHERE feed_id = ?1 AND id = ?2");
    return row.bind(1, feed_id).bind(2, id).step();
  };
  known.head_of = [this](const std::string& origin) -> std::optional<crawler::KnownHead> {
    auto head = stored_head(db_, origin);
    if (!head) return std::nullopt;
    return crawler::KnownHead{head->size, head->root, std::move(head->note)};
  };
  known.stored = [this, feed_id](std::uint64_t from, std::size_t limit) {
    std::vector<crawler::StoredDocument> documents;
    auto rows = db_.prepare(R"sql(
      SELECT record.head_position, entry.leaf, record.document
        FROM record JOIN entry ON entry.feed_id = record.feed_id AND entry.position = record.head_position
       WHERE record.feed_id = ?1 AND record.head_position >= ?2 AND record.document_position = record.head_position
         AND record.document IS NOT NULL
       ORDER BY record.head_position LIMIT ?3
    )sql");
    rows.bind(1, feed_id)
        .bind(2, static_cast<std::int64_t>(from))
        .bind(3, static_cast<std::int64_t>(limit));
    while (rows.step()) {
      const auto bytes = rows.blob(1);
      if (auto leaf = protocol::parse_leaf(protocol::as_text(bytes))) {
        documents.push_back(
            {static_cast<std::uint64_t>(rows.integer(0)), std::move(*leaf), rows.text(2)});
      }
    }
    return documents;
  };
  known.leaves = [this, feed_id](std::uint64_t from, std::uint64_t to) {
    return queries_.entries(feed_id, from, to);
  };
  return known;
}

}  // namespace node
