#include "node/store/sqlite.h"

#include <utility>

#include <sqlite3.h>

namespace node {

namespace {

// SQL of ours never holds a text of a stranger, so messages may name it.
[[noreturn]] void sqlite_throw(sqlite3* handle, std::string_view doing) {
  const int code = handle ? sqlite3_extended_errcode(handle) : SQLITE_NOMEM;
  const std::string why = handle ? sqlite3_errmsg(handle) : "out of memory";
  throw StoreError(std::string(doing) + ": " + why, code);
}

}  // namespace

bool StoreError::is_disk_full() const {
  return (code_ & 0xff) == SQLITE_FULL || code_ == SQLITE_IOERR_WRITE;
}
bool StoreError::is_damage() const {
  return (code_ & 0xff) == SQLITE_CORRUPT || (code_ & 0xff) == SQLITE_NOTADB;
}
bool StoreError::is_disk_trouble() const {
  return is_disk_full() || is_damage() || (code_ & 0xff) == SQLITE_IOERR;
}
bool StoreError::is_constraint() const { return (code_ & 0xff) == SQLITE_CONSTRAINT; }

Database::Database(const std::filesystem::path& file, Mode mode) {
  const int flags =
      mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (sqlite3_open_v2(file.c_str(), &handle_, flags | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK) {
    const std::string why = handle_ ? sqlite3_errmsg(handle_) : "out of memory";
    const int code = handle_ ? sqlite3_extended_errcode(handle_) : SQLITE_NOMEM;
    sqlite3_close(handle_);
    throw StoreError("open " + file.string() + ": " + why, code);
  }
  try {
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, 5000);
    // A damaged file must not make SQLite run functions or change its own schema.
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_limit(handle_, SQLITE_LIMIT_LENGTH, 8 << 20);
    execute("PRAGMA mmap_size = 0");  // a truncated file must be an error, not a signal
    if (mode == Mode::read_only) {
      // One connection writes and checkpoints, this one does neither: Debian 12's SQLite can damage
      // the file when two connections reset the write-ahead log at once.
      sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
      execute("PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0");
    } else {
      execute("PRAGMA journal_mode = WAL");
      execute("PRAGMA synchronous = FULL");  // what was acknowledged survives a power cut
      execute("PRAGMA secure_delete = ON");  // erased text leaves the file, too
      execute("PRAGMA foreign_keys = ON");
    }
  } catch (...) {
    sqlite3_close(handle_);
    throw;
  }
}

Database::~Database() { sqlite3_close_v2(handle_); }

Statement Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) !=
      SQLITE_OK) {
    sqlite_throw(handle_, "prepare");
  }
  return Statement(handle_, statement);
}

void Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    sqlite_throw(handle_, "execute");
}

std::int64_t Database::changed_rows() const { return sqlite3_changes64(handle_); }
std::int64_t Database::last_id() const { return sqlite3_last_insert_rowid(handle_); }

bool Database::checkpoint() {
  // SQLITE_BUSY only says that a reader still needs the log; the next checkpoint does it.
  return sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr,
                                   nullptr) == SQLITE_OK;
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(int index, std::int64_t value) {
  if (sqlite3_bind_int64(statement_, index, value) != SQLITE_OK) sqlite_throw(database_, "bind");
  return *this;
}

Statement& Statement::bind(int index, std::string_view value) {
  // A null pointer would bind NULL where an empty text is meant.
  const char* data = value.data() ? value.data() : "";
  if (sqlite3_bind_text64(statement_, index, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8) !=
      SQLITE_OK) {
    sqlite_throw(database_, "bind");
  }
  return *this;
}

Statement& Statement::bind_blob(int index, protocol::ByteView value) {
  const void* data = value.data() ? static_cast<const void*>(value.data()) : "";
  if (sqlite3_bind_blob64(statement_, index, data, value.size(), SQLITE_TRANSIENT) != SQLITE_OK) {
    sqlite_throw(database_, "bind");
  }
  return *this;
}

Statement& Statement::bind_null(int index) {
  if (sqlite3_bind_null(statement_, index) != SQLITE_OK) sqlite_throw(database_, "bind");
  return *this;
}

bool Statement::step() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  sqlite_throw(database_, "step");
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data ? std::string(data, size) : std::string();
}

protocol::Bytes Statement::blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data ? protocol::Bytes(data, data + size) : protocol::Bytes();
}

std::optional<protocol::Timestamp> Statement::time(int column) const {
  if (is_null(column)) return std::nullopt;
  return protocol::from_unix(integer(column));
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.execute("ROLLBACK");
  } catch (const StoreError&) {
    // After a full disk SQLite has rolled back by itself; the error that led here is on its way
    // already.
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace node
