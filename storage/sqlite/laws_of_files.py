"""What our rows keep true of files (see `laws.py`)."""

from typing import Final

from storage.sqlite.law import Law

LAWS_OF_FILES: Final = (
    Law(
        "a file is attached to something",
        "File {} of owner {}: nothing has it any more.",
        "SELECT f.id, f.owner FROM files f WHERE NOT EXISTS "
        "(SELECT 1 FROM attached a WHERE a.owner = f.owner AND a.digest = f.digest)",
    ),
    Law(
        "what is attached is there",
        "Session {} of owner {}: a file that came with it is not there.",
        "SELECT DISTINCT a.number, a.owner FROM attached a "
        "LEFT JOIN files f ON f.owner = a.owner AND f.digest = a.digest WHERE f.id IS NULL",
    ),
    Law(
        "the files of a turn are its session's",
        "Turn {}: a file that came with it is not its session's.",
        "SELECT DISTINCT t.id FROM turns t JOIN json_each(t.files, '$.files') told "
        "WHERE NOT EXISTS (SELECT 1 FROM attached a WHERE a.owner = t.owner AND a.number = t.number AND a.choice = '' "
        "AND a.digest = told.value ->> 'digest')",
    ),
    Law(
        "what waits with a choice has its choice",
        "Session {} of owner {}: a file waits with a choice that is not there.",
        "SELECT DISTINCT a.number, a.owner FROM attached a LEFT JOIN choices c ON c.id = a.choice "
        "WHERE a.choice != '' AND c.id IS NULL",
    ),
    Law(
        "a temporary session has no file on disk",
        "Session {} of owner {}: it is temporary, and has files.",
        "SELECT s.number, s.owner FROM sessions s WHERE s.temporary AND (EXISTS (SELECT 1 FROM attached a "
        "WHERE a.owner = s.owner AND a.number = s.number) OR EXISTS (SELECT 1 FROM turns t "
        "WHERE t.owner = s.owner AND t.number = s.number AND t.files IS NOT NULL))",
    ),
)
