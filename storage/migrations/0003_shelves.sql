-- Sessions kept in order, found by their words, branched, moved, and deleted for good.

ALTER TABLE sessions ADD COLUMN named_by TEXT;          -- 'person' or 'model', null exactly where there is no name
ALTER TABLE sessions ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN branches INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN touched INTEGER NOT NULL DEFAULT 0; -- when its owner last did something with it
ALTER TABLE sessions ADD COLUMN archived_by_itself INTEGER;
ALTER TABLE sessions ADD COLUMN deleted INTEGER;        -- when it went to the bin
ALTER TABLE sessions ADD COLUMN origin_id TEXT;
ALTER TABLE sessions ADD COLUMN origin_number INTEGER;
ALTER TABLE sessions ADD COLUMN origin_entry INTEGER;
ALTER TABLE sessions ADD COLUMN shelf INTEGER GENERATED ALWAYS AS -- open, archived, in the bin
    (CASE WHEN deleted IS NOT NULL THEN 2 WHEN archived THEN 1 ELSE 0 END) VIRTUAL;
UPDATE sessions SET named_by = 'person' WHERE name IS NOT NULL;

DROP INDEX sessions_newest;
CREATE INDEX sessions_newest ON sessions(owner, shelf, pinned DESC, modified DESC, number DESC);
CREATE INDEX sessions_binned ON sessions(owner, deleted DESC, number DESC) WHERE deleted IS NOT NULL;
CREATE INDEX sessions_expiring ON sessions(deleted) WHERE deleted IS NOT NULL;
CREATE INDEX sessions_put_away ON sessions(owner, archived_by_itself) WHERE archived_by_itself IS NOT NULL;

-- Deleting a session for good finds what belongs to it by these.
CREATE INDEX turns_of ON turns(owner, number, id);
CREATE INDEX links_of ON links(owner, number);

CREATE TABLE undos (                         -- what an act changed, as it was before, until it is undone or old
    id       TEXT    PRIMARY KEY,
    owner    INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    before   TEXT    NOT NULL,               -- JSON: columns of the session
    created  INTEGER NOT NULL,
    FOREIGN KEY (owner, number) REFERENCES sessions(owner, number)
) WITHOUT ROWID;
CREATE INDEX undos_of ON undos(owner, number);

CREATE TABLE preferences (                   -- what a person chose for themselves
    owner    INTEGER NOT NULL REFERENCES owners(id),
    name     TEXT    NOT NULL,
    value    TEXT    NOT NULL,               -- JSON
    PRIMARY KEY (owner, name)
) WITHOUT ROWID;

CREATE TABLE imported (                      -- which session something from elsewhere became
    owner    INTEGER NOT NULL,
    source   TEXT    NOT NULL,
    external_id TEXT NOT NULL,
    number   INTEGER NOT NULL,
    PRIMARY KEY (owner, source, external_id),
    FOREIGN KEY (owner, number) REFERENCES sessions(owner, number)
) WITHOUT ROWID;
CREATE INDEX imported_into ON imported(owner, number);

CREATE TABLE to_wipe (                       -- deletions for good whose traces are still to be wiped from the files
    id       INTEGER PRIMARY KEY,
    since    INTEGER NOT NULL
);

-- A tip is a user or assistant entry with no further one below it.
WITH RECURSIVE continued(id) AS (
    SELECT parent FROM entries WHERE kind IN ('user', 'assistant') AND parent IS NOT NULL
    UNION SELECT e.parent FROM continued c JOIN entries e ON e.id = c.id
    WHERE e.kind NOT IN ('user', 'assistant') AND e.parent IS NOT NULL)
UPDATE sessions SET branches = counted.tips FROM (
    SELECT id >> 20 AS place, count(*) AS tips FROM entries
    WHERE kind IN ('user', 'assistant') AND id NOT IN (SELECT id FROM continued) GROUP BY id >> 20) AS counted
WHERE owner = counted.place >> 20 AND number = counted.place & 1048575;

-- The words that were said, without the text: it is in the entries. `id` is ((owner << 40) | milliseconds since 2015), moved
-- on to the next free one where two entries share a time; `words` has it as its rowid. See storage/sqlite/index.py.
CREATE TABLE searchable (
    id       INTEGER PRIMARY KEY,
    entry    INTEGER NOT NULL UNIQUE
);
CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='ascii');
INSERT INTO searchable(id, entry)
    SELECT (owner << 40) | (nth + max(time - nth) OVER (PARTITION BY owner ORDER BY nth)), id FROM (
        SELECT id, id >> 40 AS owner, time_of(created) AS time,
            row_number() OVER (PARTITION BY id >> 40 ORDER BY time_of(created), id) AS nth
        FROM entries WHERE kind IN ('user', 'assistant'));
INSERT INTO words(rowid, text)
    SELECT x.id, words_of(x.id >> 40, e.text) FROM searchable x JOIN entries e ON e.id = x.entry ORDER BY x.id;
