-- What was taken in from elsewhere goes out as it came, and a second copy of it takes nothing from the first.

CREATE TABLE provenance (
    owner    INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    source   TEXT    NOT NULL,                 -- the program it was begun in
    external_id TEXT NOT NULL,                 -- what it is called there
    parent   TEXT,                             -- what the session is called there that it was forked from
    extra    TEXT,                             -- JSON: what is said of it there and has no place here
    PRIMARY KEY (owner, number),
    FOREIGN KEY (owner, number) REFERENCES sessions(owner, number)
) WITHOUT ROWID;
INSERT INTO provenance(owner, number, source, external_id) SELECT owner, number, source, external_id FROM imported
    WHERE true ON CONFLICT DO NOTHING;
DROP TABLE imported;
CREATE INDEX provenance_known ON provenance(owner, source, external_id);
