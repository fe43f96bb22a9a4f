-- How many days without a sign of life the feed of this anchor counts; NULL: as any other's.
ALTER TABLE anchor ADD COLUMN max_stale_days INTEGER;
