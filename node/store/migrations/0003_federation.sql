-- From schema 2 to 3.

CREATE TABLE witness_proofs (
  feed_id INTEGER PRIMARY KEY REFERENCES feed ON DELETE CASCADE,
  proofs TEXT NOT NULL
) STRICT;
