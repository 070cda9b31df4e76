-- Files that came with prompts: each content once per owner, kept as long as a session or a pending choice has it.

ALTER TABLE turns ADD COLUMN files TEXT;     -- JSON: what is said of them; the entry has it in its data

CREATE TABLE files (
    id       INTEGER PRIMARY KEY,
    owner    INTEGER NOT NULL REFERENCES owners(id),
    digest   TEXT    NOT NULL,
    size     INTEGER NOT NULL,               -- bytes of the data and of the text
    text     TEXT    NOT NULL,               -- what was read from it; a picture has none
    data     BLOB    NOT NULL,
    UNIQUE (owner, digest)
);

CREATE TABLE attached (                      -- who has which
    owner    INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    choice   TEXT    NOT NULL DEFAULT '',    -- of the session's choice that waits with it; '' where it was sent
    digest   TEXT    NOT NULL,
    PRIMARY KEY (owner, number, choice, digest),
    FOREIGN KEY (owner, number) REFERENCES sessions(owner, number)
) WITHOUT ROWID;
CREATE INDEX attached_to ON attached(owner, digest);

CREATE TRIGGER choices_go AFTER DELETE ON choices BEGIN
    DELETE FROM attached WHERE owner = old.owner AND number = old.number AND choice = old.id;
END;
CREATE TRIGGER attached_go AFTER DELETE ON attached
    WHEN NOT EXISTS (SELECT 1 FROM attached WHERE owner = old.owner AND digest = old.digest) BEGIN
    DELETE FROM files WHERE owner = old.owner AND digest = old.digest;
END;
