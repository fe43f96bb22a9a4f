#include "node/store/check_notes.h"

namespace node {

namespace {

std::string note_record_id(const RecordKey& key) { return key.uuid.empty() ? "" : key.urn(); }

/// Rows that this version cannot read (a check of a later one) are left alone.
std::optional<protocol::CheckNote> note_of(const Statement& row, int first) {
  const auto check = protocol::check_from_id(row.text(first));
  if (!check) return std::nullopt;
  protocol::CheckNote note;
  note.check = *check;
  note.answer = row.integer(first + 1) != 0;
  note.outcome = protocol::check_outcome_from_word(row.text(first + 2))
                     .value_or(protocol::CheckOutcome::check);
  note.text = row.text(first + 3);
  note.by = row.text(first + 4);
  note.at = protocol::from_unix(row.integer(first + 5));
  return note;
}

}  // namespace

CheckRecords::CheckRecords(Database& database)
    : notes_(database.prepare(R"sql(
        SELECT check_id, answer, outcome, note, noted_by, noted_at
          FROM check_note
         WHERE scid = ?1 AND (id = '' OR id = ?2)
         ORDER BY id, check_id, answer
      )sql")),
      observations_(database.prepare(R"sql(
        SELECT check_id, outcome, detail, observed_at, passed_at
          FROM observation
         WHERE scid = ?1 AND (id = '' OR id = ?2)
         ORDER BY id, check_id
      )sql")),
      reports_(database.prepare(R"sql(
        SELECT closed_at IS NULL, reported_at, closed_at, note
          FROM report
         WHERE scid = ?1 AND id = ?2 AND (closed_at IS NULL OR outcome = 'upheld')
         ORDER BY closed_at, reported_at
      )sql")),
      reminders_(database.prepare("SELECT max(used_at) FROM reminder WHERE id = ?1")) {}

std::vector<protocol::CheckNote> CheckRecords::notes(const RecordKey& key) {
  notes_.bind(1, key.scid).bind(2, note_record_id(key));
  std::vector<protocol::CheckNote> found;
  while (notes_.step()) {
    if (auto note = note_of(notes_, 0)) found.push_back(std::move(*note));
  }
  notes_.reset();
  return found;
}

std::vector<protocol::CheckObservation> CheckRecords::observations(const RecordKey& key) {
  auto& rows = observations_;
  rows.bind(1, key.scid).bind(2, note_record_id(key));
  std::vector<protocol::CheckObservation> found;
  while (rows.step()) {
    const auto check = protocol::check_from_id(rows.text(0));
    const auto outcome = protocol::check_outcome_from_word(rows.text(1));
    if (!check || !outcome) continue;
    found.push_back(
        {*check, *outcome, rows.text(2), protocol::from_unix(rows.integer(3)), rows.time(4)});
  }
  rows.reset();
  return found;
}

OpenReports CheckRecords::open_reports(const RecordKey& key) {
  reports_.bind(1, key.scid).bind(2, key.urn());
  OpenReports found;
  while (reports_.step()) {
    if (reports_.integer(0) != 0) {
      ++found.count;
      if (!found.oldest) found.oldest = reports_.time(1);
    } else {
      ++found.upheld;
      found.upheld_at = reports_.time(2);
      found.upheld_reason = reports_.text(3);
    }
  }
  reports_.reset();
  return found;
}

std::optional<protocol::Timestamp> CheckRecords::last_reminder_answer(const RecordKey& key) {
  reminders_.bind(1, key.urn());
  std::optional<protocol::Timestamp> answered;
  if (reminders_.step()) answered = reminders_.time(0);
  reminders_.reset();
  return answered;
}

std::vector<StoredNote> all_check_notes(Database& database) {
  auto rows = database.prepare(R"sql(
    SELECT check_id, answer, outcome, note, noted_by, noted_at, scid, id
      FROM check_note
     ORDER BY scid, id, check_id, answer
  )sql");
  std::vector<StoredNote> notes;
  while (rows.step()) {
    auto note = note_of(rows, 0);
    if (!note) continue;
    const auto id = rows.text(7);
    notes.push_back({{rows.text(6), id.empty() ? "" : id.substr(9)}, std::move(*note)});
  }
  return notes;
}

void put_check_note(Database& database, const RecordKey& key, const protocol::CheckNote& note) {
  database
      .prepare(R"sql(
    INSERT OR REPLACE INTO check_note (scid, id, check_id, answer, outcome, note, noted_by, noted_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
  )sql")
      .bind(1, key.scid)
      .bind(2, note_record_id(key))
      .bind(3, protocol::describe(note.check).id)
      .bind(4, std::int64_t{note.answer ? 1 : 0})
      .bind(5, note.answer ? std::string_view() : protocol::word(note.outcome))
      .bind(6, note.text)
      .bind(7, note.by)
      .bind_time(8, note.at)
      .run();
}

bool remove_check_note(Database& database, const RecordKey& key, protocol::Check check,
                       bool answer) {
  database
      .prepare(R"sql(
    DELETE FROM check_note WHERE scid = ?1 AND id = ?2 AND check_id = ?3 AND answer = ?4
  )sql")
      .bind(1, key.scid)
      .bind(2, note_record_id(key))
      .bind(3, protocol::describe(check).id)
      .bind(4, std::int64_t{answer ? 1 : 0})
      .run();
  return database.changed_rows() > 0;
}

void put_check_observation(Database& database, const RecordKey& key,
                           const protocol::CheckObservation& observation) {
  const bool passes = observation.outcome == protocol::CheckOutcome::pass;
  database
      .prepare(R"sql(
    INSERT INTO observation (scid, id, check_id, outcome, detail, observed_at, passed_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (scid, id, check_id) DO UPDATE
       SET outcome = ?4, detail = ?5, observed_at = ?6, passed_at = ifnull(?7, passed_at)
  )sql")
      .bind(1, key.scid)
      .bind(2, note_record_id(key))
      .bind(3, protocol::describe(observation.check).id)
      .bind(4, protocol::word(observation.outcome))
      .bind(5, observation.detail)
      .bind_time(6, observation.at)
      .bind_time(7, passes ? std::optional(observation.at) : std::nullopt)
      .run();
}

void put_first_seen(Database& database, std::span<const RecordKey> keys, protocol::Timestamp now) {
  if (keys.empty()) return;
  Transaction transaction(database);
  auto insert = database.prepare(R"sql(
    INSERT OR IGNORE INTO observation (scid, id, check_id, outcome, observed_at)
    VALUES (?1, ?2, 'L27', 'pass', ?3)
  )sql");
  for (const auto& key : keys) {
    insert.bind(1, key.scid).bind(2, key.urn()).bind_time(3, now).run();
  }
  transaction.commit();
}

}  // namespace node
