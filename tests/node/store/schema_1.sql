-- The store as version 1 of the schema had it: what a migration starts from.

-- What belongs to the node itself: 'own_scid', 'publisher_name', …
CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each publisher whose feed is here: this node's own, those followed by hand, those found by recognition.
CREATE TABLE feed (
  feed_id INTEGER PRIMARY KEY,
  scid TEXT NOT NULL UNIQUE,
  did TEXT NOT NULL,                     -- the name it is read under
  own INTEGER NOT NULL DEFAULT 0,
  followed INTEGER NOT NULL DEFAULT 0,   -- by the operator's hand
  did_log TEXT NOT NULL DEFAULT '',
  did_log_etag TEXT NOT NULL DEFAULT '',
  epoch INTEGER NOT NULL DEFAULT 0,
  size INTEGER NOT NULL DEFAULT 0,       -- entries whose root was verified
  applied INTEGER NOT NULL DEFAULT 0,    -- entries that took effect
  frontier BLOB NOT NULL DEFAULT x'',
  checkpoint TEXT NOT NULL DEFAULT '',
  checkpoint_etag TEXT NOT NULL DEFAULT '',
  heartbeat INTEGER,                     -- the publisher's own newest time stamp
  last_attempt INTEGER,
  last_success INTEGER,                  -- the last cycle that ended well
  next_attempt INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,   -- in a row
  quarantined INTEGER NOT NULL DEFAULT 0,
  trouble_code TEXT NOT NULL DEFAULT '', -- of the last cycle; empty: none
  trouble_detail TEXT NOT NULL DEFAULT '',
  day INTEGER NOT NULL DEFAULT 0,        -- the day of new_leaves, for the quota
  new_leaves INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The log itself, verbatim.
CREATE TABLE entry (
  feed_id INTEGER NOT NULL REFERENCES feed ON DELETE CASCADE,
  position INTEGER NOT NULL,
  leaf BLOB NOT NULL,
  PRIMARY KEY (feed_id, position)
) STRICT, WITHOUT ROWID;

-- The live head of each record, and the newest of its texts that was verified. While a newer text cannot be had the
-- older one stays, for a day at most.
CREATE TABLE record (
  feed_id INTEGER NOT NULL REFERENCES feed ON DELETE CASCADE,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  head_position INTEGER NOT NULL,
  head_expires INTEGER NOT NULL,
  document TEXT,                         -- the line as signed
  document_position INTEGER,             -- which entry committed to it
  document_expires INTEGER,
  trouble_code TEXT NOT NULL DEFAULT '', -- why head_position has no text here; empty: it has
  trouble_detail TEXT NOT NULL DEFAULT '',
  trouble_since INTEGER,
  PRIMARY KEY (feed_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_by_type ON record (type, feed_id);

-- Publishers that the operator chose to trust.
CREATE TABLE anchor (
  scid TEXT PRIMARY KEY,
  did TEXT NOT NULL,
  at_version TEXT NOT NULL,
  max_path_length INTEGER,
  area TEXT                              -- codes with spaces between; NULL: no limit
) STRICT, WITHOUT ROWID;

-- What the operator will not show: a publisher or one record.
CREATE TABLE denial (
  scid TEXT NOT NULL,
  id TEXT NOT NULL DEFAULT '',           -- empty: the whole publisher
  reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (scid, id)
) STRICT, WITHOUT ROWID;

-- Signed notes that contradict each other: proof, kept before anything is hidden because of it.
CREATE TABLE contradiction (
  feed_id INTEGER NOT NULL REFERENCES feed ON DELETE CASCADE,
  found_at INTEGER NOT NULL,
  accepted TEXT NOT NULL,
  other TEXT NOT NULL
) STRICT;
