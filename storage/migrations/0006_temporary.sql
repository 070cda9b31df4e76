-- Temporary sessions: their rows have ids, times and usage, and no words (storage/sqlite/held.py).

ALTER TABLE sessions ADD COLUMN temporary INTEGER NOT NULL DEFAULT 0;
CREATE INDEX sessions_temporary ON sessions(owner, number) WHERE temporary;

CREATE TABLE lost (                          -- those that a restart ended, until their owners are told
    owner    INTEGER NOT NULL REFERENCES owners(id),
    number   INTEGER NOT NULL,
    PRIMARY KEY (owner, number)
) WITHOUT ROWID;
