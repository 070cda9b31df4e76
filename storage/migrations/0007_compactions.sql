-- A compaction stands for what is above it: each entry knows the newest one of its path (itself, where it is one), so that a
-- context finds it without reading the path.

ALTER TABLE entries ADD COLUMN compaction INTEGER;
