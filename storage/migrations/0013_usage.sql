-- What answers took and cost, as far as the operator's prices tell. Money is in millionths of its currency.

ALTER TABLE turns ADD COLUMN spent TEXT;     -- JSON: tokens and cost

CREATE TABLE usage (
    owner    INTEGER NOT NULL REFERENCES owners(id),
    day      TEXT    NOT NULL,               -- UTC, YYYY-MM-DD
    number   INTEGER NOT NULL,               -- 0 where the session is gone, or there was none
    model    TEXT    NOT NULL,
    currency TEXT    NOT NULL,               -- empty for what is of unknown cost
    turns    INTEGER NOT NULL,
    asides   INTEGER NOT NULL,               -- requests beside the turns, such as those for names
    input    INTEGER NOT NULL,               -- tokens, those in `cached` included
    cached   INTEGER NOT NULL,
    output   INTEGER NOT NULL,
    cost     INTEGER NOT NULL,
    PRIMARY KEY (owner, day, number, model, currency)
) WITHOUT ROWID;
CREATE INDEX usage_of ON usage(owner, number);
