#include "node/store/reports.h"

namespace node {

namespace {

RecordKey report_key(const std::string& scid, const std::string& id) {
  return {scid, id.size() > 9 ? id.substr(9) : ""};
}

}  // namespace

std::optional<std::int64_t> add_report(Database& database, const RecordKey& key,
                                       std::string_view words, std::string_view contact,
                                       protocol::Timestamp now) {
  Transaction transaction(database);
  auto count = database.prepare(R"sql(
    SELECT count(*), count(*) FILTER (WHERE scid = ?1 AND id = ?2)
      FROM report
     WHERE closed_at IS NULL
  )sql");
  count.bind(1, key.scid).bind(2, key.urn());
  if (count.step() &&
      (count.integer(0) >= kReportsInAll || count.integer(1) >= kReportsOfOneListing))
    return std::nullopt;
  count.reset();
  database
      .prepare(
          "INSERT INTO report (scid, id, words, contact, reported_at) VALUES (?1, ?2, ?3, ?4, ?5)")
      .bind(1, key.scid)
      .bind(2, key.urn())
      .bind(3, words)
      .bind(4, contact)
      .bind_time(5, now)
      .run();
  auto number = database.prepare("SELECT last_insert_rowid()");
  number.step();
  const auto made = number.integer(0);
  number.reset();
  transaction.commit();
  return made;
}

std::vector<Report> all_reports(Database& database) {
  auto rows = database.prepare(R"sql(
    SELECT report_id, scid, id, words, contact, reported_at, closed_at, outcome, note
      FROM report
     ORDER BY closed_at IS NOT NULL, reported_at, report_id
  )sql");
  std::vector<Report> reports;
  while (rows.step()) {
    reports.push_back({rows.integer(0), report_key(rows.text(1), rows.text(2)), rows.text(3),
                       rows.text(4), protocol::from_unix(rows.integer(5)), rows.time(6),
                       rows.text(7), rows.text(8)});
  }
  return reports;
}

std::optional<RecordKey> close_report(Database& database, std::int64_t number,
                                      ReportOutcome outcome, std::string_view note,
                                      protocol::Timestamp now) {
  const bool upheld = outcome == ReportOutcome::upheld;
  auto rows = database.prepare(R"sql(
    UPDATE report SET closed_at = ?2, outcome = ?3, note = ?4
     WHERE report_id = ?1
    RETURNING scid, id
  )sql");
  rows.bind(1, number).bind_time(2, now).bind(3, upheld ? "upheld" : "nothing").bind(4, note);
  std::optional<RecordKey> key;
  while (rows.step()) key = report_key(rows.text(0), rows.text(1));
  return key;
}

std::vector<RecordKey> forget_old_reports(Database& database, protocol::Timestamp now) {
  const auto before = now - kReportsKept;
  std::vector<RecordKey> keys;
  auto old = database.prepare(R"sql(
    SELECT DISTINCT scid, id
      FROM report
     WHERE reported_at <= ?1 AND (outcome <> 'upheld' OR words <> '' OR contact <> '')
  )sql");
  old.bind_time(1, before);
  while (old.step()) keys.push_back(report_key(old.text(0), old.text(1)));
  old.reset();
  // Asked first, so that the every-minute look of a quiet node writes nothing.
  if (keys.empty()) return keys;
  Transaction transaction(database);
  database.prepare("DELETE FROM report WHERE reported_at <= ?1 AND outcome <> 'upheld'")
      .bind_time(1, before)
      .run();
  database.prepare("UPDATE report SET words = '', contact = '' WHERE reported_at <= ?1")
      .bind_time(1, before)
      .run();
  transaction.commit();
  return keys;
}

}  // namespace node
