-- The first schema: people, sessions as trees of entries, the journal of turns and their deliveries.
-- Times are microseconds since 1970 in UTC. UUIDs are text of 32 hex digits. An entry's id is
-- ((owner << 40) | (session number << 20) | seq), so one key keeps an owner's and a session's entries side by side.

CREATE TABLE owners (
    id       INTEGER PRIMARY KEY,            -- small, for the packed entry ids
    user_id  INTEGER NOT NULL UNIQUE,        -- the Discord id
    next_number INTEGER NOT NULL DEFAULT 1   -- numbers count up and are never reused
);

CREATE TABLE sessions (
    owner    INTEGER NOT NULL REFERENCES owners(id),
    number   INTEGER NOT NULL,
    id       TEXT    NOT NULL UNIQUE,
    name     TEXT,
    preview  TEXT,
    message_count INTEGER NOT NULL DEFAULT 0,
    next_seq INTEGER NOT NULL DEFAULT 1,
    created  INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    model    TEXT,
    archived INTEGER NOT NULL DEFAULT 0,
    leaf     INTEGER,
    PRIMARY KEY (owner, number)
) WITHOUT ROWID;
CREATE INDEX sessions_newest ON sessions(owner, archived, modified DESC, number DESC);

CREATE TABLE entries (
    id       INTEGER PRIMARY KEY,
    parent   INTEGER,
    depth    INTEGER NOT NULL,
    messages INTEGER NOT NULL,               -- user and assistant entries on the path to this one, itself included
    kind     TEXT    NOT NULL,
    author   INTEGER,
    text     TEXT    NOT NULL,
    data     TEXT,                           -- JSON, null when empty
    created  INTEGER NOT NULL
);

CREATE TABLE active (
    owner    INTEGER NOT NULL REFERENCES owners(id),
    place    TEXT    NOT NULL,
    number   INTEGER NOT NULL,
    PRIMARY KEY (owner, place),
    FOREIGN KEY (owner, number) REFERENCES sessions(owner, number)
) WITHOUT ROWID;

CREATE TABLE turns (
    id       TEXT    PRIMARY KEY,
    owner    INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    state    TEXT    NOT NULL,
    prompt   TEXT    NOT NULL,
    source_kind TEXT NOT NULL,
    source_id   INTEGER NOT NULL UNIQUE,
    channel_id  INTEGER NOT NULL,
    guild_id    INTEGER,
    prompt_entry INTEGER,
    answer_entry INTEGER,
    partial  TEXT    NOT NULL DEFAULT '',
    error    TEXT,
    model    TEXT,
    usage    TEXT,
    created  INTEGER NOT NULL,
    asked    INTEGER,
    first_delta INTEGER,
    ended    INTEGER,
    FOREIGN KEY (owner, number) REFERENCES sessions(owner, number)
) WITHOUT ROWID;
CREATE INDEX turns_open ON turns(state, id) WHERE ended IS NULL;
CREATE INDEX turns_waiting ON turns(owner, number, id) WHERE state IN ('queued', 'paused');
CREATE INDEX turns_prompt ON turns(prompt_entry) WHERE prompt_entry IS NOT NULL;

CREATE TABLE deliveries (
    turn     TEXT    NOT NULL REFERENCES turns(id),
    part     INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    state    TEXT    NOT NULL,
    surface  TEXT    NOT NULL,
    channel_id INTEGER NOT NULL,
    message_id INTEGER,
    token    TEXT,
    token_expires INTEGER,
    PRIMARY KEY (turn, part)
) WITHOUT ROWID;
CREATE INDEX deliveries_message ON deliveries(message_id) WHERE message_id IS NOT NULL;
CREATE INDEX deliveries_open ON deliveries(turn) WHERE state IN ('pending', 'sent', 'unknown');
CREATE INDEX deliveries_token ON deliveries(token_expires) WHERE token IS NOT NULL;

CREATE TABLE links (                         -- messages of the bot that are no answers
    message_id INTEGER NOT NULL,
    owner    INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    PRIMARY KEY (message_id, owner),
    FOREIGN KEY (owner, number) REFERENCES sessions(owner, number)
) WITHOUT ROWID;

CREATE TABLE choices (
    id       TEXT    PRIMARY KEY,
    owner    INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    departure TEXT   NOT NULL,               -- JSON
    created  INTEGER NOT NULL,
    FOREIGN KEY (owner, number) REFERENCES sessions(owner, number)
) WITHOUT ROWID;

CREATE TABLE notices (                       -- what was said once to a person (number 0) or in a session
    owner    INTEGER NOT NULL REFERENCES owners(id),
    number   INTEGER NOT NULL,
    notice   TEXT    NOT NULL,
    PRIMARY KEY (owner, number, notice)
) WITHOUT ROWID;
