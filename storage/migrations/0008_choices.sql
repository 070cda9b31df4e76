-- What a person chose for one session: its model, its instructions, its effort.

CREATE TABLE session_preferences (
    owner    INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    name     TEXT    NOT NULL,
    value    TEXT    NOT NULL,               -- JSON
    PRIMARY KEY (owner, number, name),
    FOREIGN KEY (owner, number) REFERENCES sessions(owner, number)
) WITHOUT ROWID;
