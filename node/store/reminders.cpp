#include "node/store/reminders.h"

namespace node {

namespace {

constexpr std::string_view kReminderColumns =
    "SELECT token_hash, id, made_at, expires, used_at, answer FROM reminder ";

StoredReminder reminder_of(const Statement& row) {
  StoredReminder reminder{*protocol::Hash::of(row.blob(0)),
                          row.text(1),
                          *row.time(2),
                          *row.time(3),
                          row.time(4),
                          row.text(5)};
  return reminder;
}

}  // namespace

void add_reminder(Database& database, const StoredReminder& reminder) {
  Transaction transaction(database);
  database
      .prepare(
          // The last answer of each group stays: it says that somebody answers there.
          "DELETE FROM reminder WHERE (id = ?1 AND used_at IS NULL) OR (expires < ?2 AND answer = "
          "'' AND (used_at IS NULL OR used_at < (SELECT max(used_at) FROM reminder AS other WHERE "
          "other.id = reminder.id)))")
      .bind(1, reminder.id)
      .bind_time(2, reminder.made_at)
      .run();
  database
      .prepare("INSERT INTO reminder (token_hash, id, made_at, expires) VALUES (?1, ?2, ?3, ?4)")
      .bind_blob(1, reminder.token_hash.view())
      .bind(2, reminder.id)
      .bind_time(3, reminder.made_at)
      .bind_time(4, reminder.expires)
      .run();
  transaction.commit();
}

std::optional<StoredReminder> find_reminder(Database& database, const protocol::Hash& token_hash) {
  auto row = database.prepare(std::string(kReminderColumns) + "WHERE token_hash = ?1");
  row.bind_blob(1, token_hash.view());
  if (!row.step()) return std::nullopt;
  return reminder_of(row);
}

bool use_reminder(Database& database, const protocol::Hash& token_hash, protocol::Timestamp now,
                  std::string_view answer) {
  database
      .prepare(
          "UPDATE reminder SET used_at = ?2, answer = ?3 WHERE token_hash = ?1 AND used_at IS NULL")
      .bind_blob(1, token_hash.view())
      .bind_time(2, now)
      .bind(3, answer)
      .run();
  return database.changed_rows() == 1;
}

std::vector<StoredReminder> unread_answers(Database& database) {
  auto rows = database.prepare(std::string(kReminderColumns) +
                               "WHERE answer <> '' ORDER BY used_at, token_hash");
  std::vector<StoredReminder> answers;
  while (rows.step()) answers.push_back(reminder_of(rows));
  return answers;
}

void forget_answer(Database& database, const protocol::Hash& token_hash) {
  database.prepare("UPDATE reminder SET answer = '' WHERE token_hash = ?1")
      .bind_blob(1, token_hash.view())
      .run();
}

}  // namespace node
