-- Exchanges that their owner has left out of what models are sent.

CREATE TABLE omitted (
    entry    INTEGER PRIMARY KEY REFERENCES entries(id)  -- the answer; its question is the entry above it
);
