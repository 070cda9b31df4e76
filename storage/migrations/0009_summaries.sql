-- Summaries, and marks on those that were taken back, hang beside the paths of a session; they are few, and asked for with each
-- context.

CREATE INDEX entries_beside ON entries(id, parent, kind) WHERE kind IN ('summary', 'undone');
