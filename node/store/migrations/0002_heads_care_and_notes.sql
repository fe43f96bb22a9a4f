-- Schema 2: what a witness has signed for, what an operator noted or refuses, what can be taken back.

CREATE TABLE head (
  origin TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  root BLOB NOT NULL,
  note TEXT NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE feed ADD COLUMN seen_did_log TEXT NOT NULL DEFAULT '';
ALTER TABLE feed ADD COLUMN waiting_since INTEGER;

ALTER TABLE denial ADD COLUMN denied_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE denial ADD COLUMN until INTEGER;

CREATE TABLE check_note (
  scid TEXT NOT NULL,
  id TEXT NOT NULL,
  check_id TEXT NOT NULL,
  answer INTEGER NOT NULL DEFAULT 0,
  outcome TEXT NOT NULL,
  note TEXT NOT NULL,
  noted_by TEXT NOT NULL,
  noted_at INTEGER NOT NULL,
  PRIMARY KEY (scid, id, check_id, answer)
) STRICT, WITHOUT ROWID;

CREATE TABLE observation (
  scid TEXT NOT NULL,
  id TEXT NOT NULL,
  check_id TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT '',
  observed_at INTEGER NOT NULL,
  passed_at INTEGER,
  PRIMARY KEY (scid, id, check_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE import_batch (
  batch INTEGER PRIMARY KEY,
  imported_at INTEGER NOT NULL,
  source TEXT NOT NULL,
  changes TEXT NOT NULL,
  undone_at INTEGER
) STRICT;

CREATE TABLE reminder (
  token_hash BLOB PRIMARY KEY,
  id TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  used_at INTEGER,
  answer TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE notify (
  url TEXT PRIMARY KEY,
  added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE report (
  report_id INTEGER PRIMARY KEY,
  scid TEXT NOT NULL,
  id TEXT NOT NULL,
  words TEXT NOT NULL,
  contact TEXT NOT NULL DEFAULT '',
  reported_at INTEGER NOT NULL,
  closed_at INTEGER,
  outcome TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX report_by_listing ON report (scid, id);
