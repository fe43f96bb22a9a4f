#include <algorithm>
#include <chrono>

#include "node/store/codes.h"
#include "node/store/store.h"
#include "protocol/limits.h"

namespace node {

namespace {

constexpr std::string_view kFeedColumns =
    "feed_id, scid, did, own, followed, did_log, did_log_etag, epoch, size, applied, frontier, "
    "checkpoint, "
    "checkpoint_etag, heartbeat, last_attempt, last_success, next_attempt, failures, quarantined, "
    "trouble_code, "
    "trouble_detail, seen_did_log, waiting_since, "
    "(SELECT max_stale_days FROM anchor WHERE anchor.scid = feed.scid), "
    "(SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'seen_alive:' || feed.scid "
    "   AND substr(value, instr(value, ' ') + 1) IN (SELECT scid FROM anchor))";

std::optional<protocol::Error> stored_error(const std::string& code, std::string detail) {
  if (code.empty()) return std::nullopt;
  return protocol::Error{
      protocol::error_code_from_word(code).value_or(protocol::ErrorCode::internal),
      std::move(detail)};
}

protocol::Frontier stored_frontier(std::uint64_t size, const protocol::Bytes& bytes) {
  std::vector<protocol::Hash> hashes;
  for (std::size_t at = 0; at + 32 <= bytes.size(); at += 32) {
    hashes.push_back(*protocol::Hash::of(protocol::ByteView(bytes).subspan(at, 32)));
  }
  auto frontier = protocol::Frontier::restore(size, hashes);
  if (!frontier)
    throw DataError(protocol::ErrorCode::storage_damaged,
                    "a feed's frontier does not fit its size");
  return std::move(*frontier);
}

Feed stored_feed(const Statement& row) {
  Feed feed;
  feed.feed_id = row.integer(0);
  feed.scid = row.text(1);
  feed.did = row.text(2);
  feed.own = row.integer(3) != 0;
  feed.followed = row.integer(4) != 0;
  feed.did_log = row.text(5);
  feed.did_log_etag = row.text(6);
  feed.epoch = static_cast<std::uint64_t>(row.integer(7));
  feed.size = static_cast<std::uint64_t>(row.integer(8));
  feed.applied = static_cast<std::uint64_t>(row.integer(9));
  feed.frontier = stored_frontier(feed.size, row.blob(10));
  feed.checkpoint = row.text(11);
  feed.checkpoint_etag = row.text(12);
  feed.heartbeat = row.time(13);
  feed.last_attempt = row.time(14);
  feed.last_success = row.time(15);
  feed.next_attempt = protocol::from_unix(row.integer(16));
  feed.failures = static_cast<int>(row.integer(17));
  feed.quarantined = row.integer(18) != 0;
  feed.quarantine_lifts = row.integer(18) == 2;
  feed.trouble = stored_error(row.text(19), row.text(20));
  feed.seen_did_log = row.text(21);
  feed.waiting_since = row.time(22);
  if (!row.is_null(23)) feed.max_stale = std::chrono::days(row.integer(23));
  feed.seen_alive = row.time(24);
  return feed;
}

constexpr std::string_view kRecordColumns =
    "record.feed_id, feed.scid, record.id, record.type, record.head_position, record.head_expires, "
    "record.document, "
    "record.document_position, record.document_expires, record.trouble_code, "
    "record.trouble_detail, record.trouble_since";

Record stored_record(const Statement& row) {
  Record record;
  record.feed_id = row.integer(0);
  record.key.scid = row.text(1);
  const std::string id = row.text(2);
  record.key.uuid = id.substr(std::min(id.size(), std::string_view("urn:uuid:").size()));
  record.type = row.text(3);
  record.head_position = static_cast<std::uint64_t>(row.integer(4));
  record.head_expires = protocol::from_unix(row.integer(5));
  record.document = row.text(6);
  record.document_position = static_cast<std::uint64_t>(row.integer(7));
  record.document_expires = protocol::from_unix(row.integer(8));
  record.trouble = stored_error(row.text(9), row.text(10));
  record.trouble_since = row.time(11).value_or(protocol::Timestamp{});
  return record;
}

}  // namespace

protocol::Timestamp Record::shown_until() const {
  if (!is_being_updated()) return document_expires;
  return std::min(document_expires, trouble_since + protocol::kKeepOlderVersion);
}

std::optional<std::string> StoreQueries::setting(std::string_view key) const {
  auto row = db_.prepare("SELECT value FROM setting WHERE key = ?1");
  row.bind(1, key);
  if (!row.step()) return std::nullopt;
  return row.text(0);
}

std::vector<Feed> StoreQueries::feeds() const {
  auto rows =
      db_.prepare("SELECT " + std::string(kFeedColumns) + " FROM feed ORDER BY own DESC, scid");
  std::vector<Feed> feeds;
  while (rows.step()) feeds.push_back(stored_feed(rows));
  return feeds;
}

std::optional<Feed> StoreQueries::feed(const std::string& scid) const {
  auto rows = db_.prepare("SELECT " + std::string(kFeedColumns) + " FROM feed WHERE scid = ?1");
  rows.bind(1, scid);
  if (!rows.step()) return std::nullopt;
  return stored_feed(rows);
}

std::optional<Record> StoreQueries::record(const RecordKey& key) const {
  auto rows =
      db_.prepare("SELECT " + std::string(kRecordColumns) +
                  " FROM record JOIN feed USING (feed_id) WHERE feed.scid = ?1 AND record.id = ?2");
  rows.bind(1, key.scid).bind(2, key.urn());
  if (!rows.step()) return std::nullopt;
  return stored_record(rows);
}

std::vector<Record> StoreQueries::records(std::int64_t feed_id, std::string_view type) const {
  auto rows = db_.prepare(
      "SELECT " + std::string(kRecordColumns) +
      " FROM record JOIN feed USING (feed_id)"
      " WHERE record.feed_id = ?1 AND (?2 = '' OR record.type = ?2) ORDER BY record.head_position");
  rows.bind(1, feed_id).bind(2, type);
  std::vector<Record> records;
  while (rows.step()) records.push_back(stored_record(rows));
  return records;
}

void StoreQueries::for_each_record(std::string_view type, Texts texts,
                                   const std::function<void(const Record&)>& visit) const {
  std::string columns(kRecordColumns);
  if (texts == Texts::leave_out) columns.replace(columns.find("record.document,"), 15, "NULL");
  auto rows = db_.prepare("SELECT " + columns +
                          " FROM record JOIN feed USING (feed_id)"
                          " WHERE record.type = ?1 AND record.document IS NOT NULL"
                          " ORDER BY record.feed_id, record.id");
  rows.bind(1, type);
  while (rows.step()) visit(stored_record(rows));
}

std::vector<RecordKey> StoreQueries::keys_with_uuid(const std::string& uuid) const {
  auto rows = db_.prepare(
      "SELECT feed.scid FROM record JOIN feed USING (feed_id) WHERE record.id = ?1 ORDER BY "
      "feed.own DESC");
  rows.bind(1, "urn:uuid:" + uuid);
  std::vector<RecordKey> keys;
  while (rows.step()) keys.push_back({rows.text(0), uuid});
  return keys;
}

std::vector<Record> StoreQueries::troubled_records() const {
  auto rows = db_.prepare("SELECT " + std::string(kRecordColumns) +
                          " FROM record JOIN feed USING (feed_id) WHERE record.trouble_code <> ''"
                          " ORDER BY feed.scid, record.head_position");
  std::vector<Record> records;
  while (rows.step()) records.push_back(stored_record(rows));
  return records;
}

std::vector<protocol::Bytes> StoreQueries::entries(std::int64_t feed_id, std::uint64_t from,
                                                   std::uint64_t to) const {
  auto rows = db_.prepare(
      "SELECT leaf FROM entry WHERE feed_id = ?1 AND position >= ?2 AND position < ?3 ORDER BY "
      "position");
  rows.bind(1, feed_id)
      .bind(2, static_cast<std::int64_t>(from))
      .bind(3, static_cast<std::int64_t>(to));
  std::vector<protocol::Bytes> entries;
  while (rows.step()) entries.push_back(rows.blob(0));
  return entries;
}

std::vector<std::string> StoreQueries::document_lines(std::int64_t feed_id, std::uint64_t from,
                                                      std::uint64_t to) const {
  std::vector<std::string> lines(to - from);
  auto rows = db_.prepare(R"sql(
    SELECT document_position, document
      FROM record
     WHERE feed_id = ?1 AND document IS NOT NULL AND document_position >= ?2 AND document_position < ?3
       AND document_position = head_position
  )sql");
  rows.bind(1, feed_id)
      .bind(2, static_cast<std::int64_t>(from))
      .bind(3, static_cast<std::int64_t>(to));
  while (rows.step()) lines[static_cast<std::uint64_t>(rows.integer(0)) - from] = rows.text(1);
  return lines;
}

std::vector<protocol::Anchor> StoreQueries::anchors() const {
  auto rows = db_.prepare(
      "SELECT scid, did, at_version, max_path_length, area, max_stale_days FROM anchor ORDER BY "
      "scid");
  std::vector<protocol::Anchor> anchors;
  while (rows.step()) {
    protocol::Anchor anchor{rows.text(0), rows.text(1), rows.text(2), std::nullopt, std::nullopt};
    if (!rows.is_null(3)) anchor.max_path_length = static_cast<int>(rows.integer(3));
    if (!rows.is_null(4)) anchor.area = split_codes(rows.text(4));
    if (!rows.is_null(5)) anchor.max_stale_days = static_cast<int>(rows.integer(5));
    anchors.push_back(std::move(anchor));
  }
  return anchors;
}

std::vector<StoreQueries::Denial> StoreQueries::denials() const {
  auto rows =
      db_.prepare("SELECT scid, id, reason, until, denied_at FROM denial ORDER BY scid, id");
  std::vector<Denial> denials;
  while (rows.step())
    denials.push_back({rows.text(0), rows.text(1), rows.text(2), rows.time(3),
                       protocol::from_unix(rows.integer(4))});
  return denials;
}

StoreReader::StoreReader(const std::filesystem::path& data_folder)
    : db_(database_file(data_folder), Database::Mode::read_only), queries_(db_) {}

}  // namespace node
