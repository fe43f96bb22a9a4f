#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "protocol/encoding/bytes.h"
#include "protocol/encoding/time.h"

struct sqlite3;
struct sqlite3_stmt;

// A thin layer over SQLite: connections, statements and transactions that clean up after
// themselves. No other header names sqlite3. Everything throws StoreError; values are always bound.

namespace node {

/// The database could not do what it was asked: disk full, damaged, in use. For the operator.
class StoreError : public std::runtime_error {
 public:
  StoreError(const std::string& what, int sqlite_code)
      : std::runtime_error(what), code_(sqlite_code) {}
  bool is_disk_full() const;
  bool is_damage() const;
  bool is_constraint() const;
  /// The disk is full, fails or holds damage: this node's own trouble, which nothing that a peer
  /// sends can cause.
  bool is_disk_trouble() const;

 private:
  int code_;
};

class Statement;

/// One connection, owned by one thread at a time.
class Database {
 public:
  enum class Mode { read_write, read_only };
  Database(const std::filesystem::path& file, Mode mode);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Statement prepare(std::string_view sql);
  /// One or more statements without parameters or results.
  void execute(const std::string& sql);
  std::int64_t changed_rows() const;
  std::int64_t last_id() const;
  /// Moves the write-ahead log into the file and empties it. False: readers of older states make it
  /// wait for the next time.
  bool checkpoint();

 private:
  friend class Statement;
  sqlite3* handle_ = nullptr;
};

/// A prepared statement. Parameters count from 1, columns from 0.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  Statement& operator=(Statement&&) = delete;

  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::string_view value);
  Statement& bind(int index, const std::string& value) {
    return bind(index, std::string_view(value));
  }
  Statement& bind(int index, const char* value) { return bind(index, std::string_view(value)); }
  Statement& bind_blob(int index, protocol::ByteView value);
  Statement& bind_null(int index);
  Statement& bind_time(int index, protocol::Timestamp value) {
    return bind(index, protocol::to_unix(value));
  }
  Statement& bind_time(int index, std::optional<protocol::Timestamp> value) {
    return value ? bind_time(index, *value) : bind_null(index);
  }

  /// The next row; false after the last.
  bool step();
  /// For statements without rows: runs and makes ready for other values.
  void run();
  void reset();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  std::string text(int column) const;
  protocol::Bytes blob(int column) const;
  std::optional<protocol::Timestamp> time(int column) const;

 private:
  friend class Database;
  Statement(sqlite3* database, sqlite3_stmt* statement)
      : database_(database), statement_(statement) {}
  sqlite3* database_;
  sqlite3_stmt* statement_;
};

/// BEGIN IMMEDIATE; rolls back unless commit() was reached.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace node
