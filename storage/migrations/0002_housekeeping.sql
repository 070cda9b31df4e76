-- What the bot keeps on its own account: the day's tokens, where to look for missed messages, what its operator was told.

CREATE TABLE spending (                      -- tokens of the turns that ended on a day (UTC, YYYY-MM-DD)
    day      TEXT    NOT NULL,
    owner    INTEGER NOT NULL REFERENCES owners(id),
    tokens   INTEGER NOT NULL,
    PRIMARY KEY (day, owner)
) WITHOUT ROWID;

CREATE TABLE direct_channels (               -- a person's direct messages, and how far they were read
    owner    INTEGER PRIMARY KEY REFERENCES owners(id),
    channel_id INTEGER NOT NULL,
    last_message INTEGER NOT NULL,
    active   INTEGER NOT NULL
);
INSERT INTO direct_channels(owner, channel_id, last_message, active)
    SELECT owner, channel_id, max(source_id), max(created) FROM turns
    WHERE source_kind = 'message' AND guild_id IS NULL GROUP BY owner;

CREATE TABLE incidents (                     -- what the operator was told of and is not over
    kind     TEXT    PRIMARY KEY,
    began    INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX deliveries_undeliverable ON deliveries(turn) WHERE state = 'undeliverable';
