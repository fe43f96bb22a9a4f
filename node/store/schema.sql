-- The store of one node, schema version 3 (PRAGMA user_version; older ones: migrations/). Times are seconds of UTC, ids of records the whole
-- urn:uuid. Everything that is searchable can be rebuilt from here.

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
  quarantined INTEGER NOT NULL DEFAULT 0, -- 1: until the operator clears it; 2: until it reads well again
  trouble_code TEXT NOT NULL DEFAULT '', -- of the last cycle; empty: none
  trouble_detail TEXT NOT NULL DEFAULT '',
  day INTEGER NOT NULL DEFAULT 0,        -- the day of new_leaves, for the quota
  new_leaves INTEGER NOT NULL DEFAULT 0,
  seen_did_log TEXT NOT NULL DEFAULT '', -- newer than did_log, verified, without its checkpoint so far
  waiting_since INTEGER                  -- since when it waits, where it names other keys or a new epoch
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
  area TEXT,                             -- codes with spaces between; NULL: no limit
  max_stale_days INTEGER                 -- how long its feed counts without a sign of life; NULL: as any other's
) STRICT, WITHOUT ROWID;

-- What the operator will not show: a publisher or one record.
CREATE TABLE denial (
  scid TEXT NOT NULL,
  id TEXT NOT NULL DEFAULT '',           -- empty: the whole publisher
  reason TEXT NOT NULL DEFAULT '',
  denied_at INTEGER NOT NULL DEFAULT 0,
  until INTEGER,                         -- NULL: until it is taken back
  PRIMARY KEY (scid, id)
) STRICT, WITHOUT ROWID;

-- Signed notes that contradict each other: proof, kept before anything is hidden because of it.
CREATE TABLE contradiction (
  feed_id INTEGER NOT NULL REFERENCES feed ON DELETE CASCADE,
  found_at INTEGER NOT NULL,
  accepted TEXT NOT NULL,
  other TEXT NOT NULL
) STRICT;

-- The largest head of each log that this node has verified or cosigned, by whatever route it came (SPEC 6.2, step 3).
-- Nothing is cosigned that does not extend it.
CREATE TABLE head (
  origin TEXT PRIMARY KEY,               -- "webvh/<SCID>/<epoch>"
  size INTEGER NOT NULL,
  root BLOB NOT NULL,
  note TEXT NOT NULL,                    -- with the log's own signature
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a person at this node found out about a listing, or its publisher answered (SPEC 10; never signed).
CREATE TABLE check_note (
  scid TEXT NOT NULL,
  id TEXT NOT NULL,                      -- empty: the publisher as a whole
  check_id TEXT NOT NULL,                -- "L7"
  answer INTEGER NOT NULL DEFAULT 0,     -- 1: the publisher's own line, beside what a person found
  outcome TEXT NOT NULL,                 -- "pass", "check", "warning"; empty for an answer
  note TEXT NOT NULL,
  noted_by TEXT NOT NULL,
  noted_at INTEGER NOT NULL,
  PRIMARY KEY (scid, id, check_id, answer)
) STRICT, WITHOUT ROWID;

-- What this node's own probes saw last; for L27, when the listing was first here.
CREATE TABLE observation (
  scid TEXT NOT NULL,
  id TEXT NOT NULL,
  check_id TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT '',
  observed_at INTEGER NOT NULL,
  passed_at INTEGER,                     -- when it last passed
  PRIMARY KEY (scid, id, check_id)
) STRICT, WITHOUT ROWID;

-- What one import changed, so that it can be taken back.
CREATE TABLE import_batch (
  batch INTEGER PRIMARY KEY,
  imported_at INTEGER NOT NULL,
  source TEXT NOT NULL,                  -- the sheet's name
  changes TEXT NOT NULL,                 -- a line of JSON each: the record as it was, a hash of what it became
  undone_at INTEGER
) STRICT;

-- One-use links by which a group's leader confirms, edits or ends a listing; only a hash of each is kept.
CREATE TABLE reminder (
  token_hash BLOB PRIMARY KEY,
  id TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  used_at INTEGER,
  answer TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- Nodes that are told of a new head beside those that follow from recognitions.
CREATE TABLE notify (
  url TEXT PRIMARY KEY,
  added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What readers reported to this node's operator.
CREATE TABLE report (
  report_id INTEGER PRIMARY KEY,
  scid TEXT NOT NULL,
  id TEXT NOT NULL,
  words TEXT NOT NULL,
  contact TEXT NOT NULL DEFAULT '',
  reported_at INTEGER NOT NULL,
  closed_at INTEGER,
  outcome TEXT NOT NULL DEFAULT '',      -- of a closed one: 'nothing', 'upheld'
  note TEXT NOT NULL DEFAULT ''          -- of an upheld one: shown to readers
) STRICT;
CREATE INDEX report_by_listing ON report (scid, id);

-- did-witness.json of an identity log that needs it, as it was served: without it feed.did_log proves nothing to others.
CREATE TABLE witness_proofs (
  feed_id INTEGER PRIMARY KEY REFERENCES feed ON DELETE CASCADE,
  proofs TEXT NOT NULL                   -- those that proved feed.did_log
) STRICT;

-- Heads that came from other nodes' copies only, while a feed's own host did not give it; unconfirmed as long as the feed
-- has this size.
CREATE TABLE copied_head (
  feed_id INTEGER PRIMARY KEY REFERENCES feed ON DELETE CASCADE,
  size INTEGER NOT NULL,
  node TEXT NOT NULL,                    -- where it was read
  since INTEGER NOT NULL
) STRICT;

-- Other nodes whose copies were not what they say.
CREATE TABLE mirror_mark (
  node TEXT PRIMARY KEY,                 -- its address
  lies INTEGER NOT NULL,                 -- since it last rested
  marked_at INTEGER NOT NULL,            -- the last time
  rests_until INTEGER,                   -- it is not asked before
  code TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Which feed is due, without reading the rows themselves; those whose last reading failed apart.
CREATE INDEX feed_by_attempt ON feed (own, failures > 0, next_attempt, scid);
