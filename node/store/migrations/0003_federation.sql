-- From schema 2 to 3.

CREATE TABLE witness_proofs (
  feed_id INTEGER PRIMARY KEY REFERENCES feed ON DELETE CASCADE,
  proofs TEXT NOT NULL
) STRICT;

-- Heads that came from other nodes' copies only.
CREATE TABLE copied_head (
  feed_id INTEGER PRIMARY KEY REFERENCES feed ON DELETE CASCADE,
  size INTEGER NOT NULL,
  node TEXT NOT NULL,
  since INTEGER NOT NULL
) STRICT;

-- Other nodes whose copies were not what they say.
CREATE TABLE mirror_mark (
  node TEXT PRIMARY KEY,
  lies INTEGER NOT NULL,
  marked_at INTEGER NOT NULL,
  rests_until INTEGER,
  code TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Which feed is due, without reading the rows themselves; those whose last reading failed apart.
CREATE INDEX feed_by_attempt ON feed (own, failures > 0, next_attempt, scid);
