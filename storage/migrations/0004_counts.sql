-- How many sessions of an owner are on each shelf, so that a page of ten thousand need not count them.

CREATE TABLE shelf_counts (
    owner    INTEGER NOT NULL REFERENCES owners(id),
    shelf    INTEGER NOT NULL,
    pinned   INTEGER NOT NULL,
    many     INTEGER NOT NULL,
    PRIMARY KEY (owner, shelf, pinned)
) WITHOUT ROWID;
INSERT INTO shelf_counts(owner, shelf, pinned, many)
    SELECT owner, shelf, pinned, count(*) FROM sessions GROUP BY owner, shelf, pinned;

CREATE TRIGGER sessions_come AFTER INSERT ON sessions BEGIN
    INSERT INTO shelf_counts(owner, shelf, pinned, many) VALUES (new.owner, new.shelf, new.pinned, 1)
        ON CONFLICT(owner, shelf, pinned) DO UPDATE SET many = many + 1;
END;
CREATE TRIGGER sessions_go AFTER DELETE ON sessions BEGIN
    UPDATE shelf_counts SET many = many - 1 WHERE owner = old.owner AND shelf = old.shelf AND pinned = old.pinned;
END;
CREATE TRIGGER sessions_move AFTER UPDATE OF archived, deleted, pinned ON sessions
    WHEN old.shelf != new.shelf OR old.pinned != new.pinned BEGIN
    UPDATE shelf_counts SET many = many - 1 WHERE owner = old.owner AND shelf = old.shelf AND pinned = old.pinned;
    INSERT INTO shelf_counts(owner, shelf, pinned, many) VALUES (new.owner, new.shelf, new.pinned, 1)
        ON CONFLICT(owner, shelf, pinned) DO UPDATE SET many = many + 1;
END;
