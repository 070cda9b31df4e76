"""What the rows of shelves, branches and the search keep true of each other; see `laws.py`, which has them all."""

# ruff: noqa: S608 - the queries are put together from constants alone

from typing import Final

from storage.sqlite.law import Law

_COUNTED: Final = "('user', 'assistant')"
_RUNNING: Final = "('asked', 'streaming')"

# Entries with a user or assistant entry below them.
_CONTINUED: Final = f"""
    WITH RECURSIVE continued(id) AS (
        SELECT parent FROM entries WHERE kind IN {_COUNTED} AND parent IS NOT NULL
        UNION SELECT e.parent FROM continued c JOIN entries e ON e.id = c.id
        WHERE e.kind NOT IN {_COUNTED} AND e.parent IS NOT NULL)"""

LAWS_OF_SHELVES: Final = (
    Law(
        "a session has a name exactly where somebody gave it one",
        "Session {} (number {} of owner {}): it has a name that nobody gave it, or none that somebody did.",
        "SELECT id, number, owner FROM sessions WHERE (name IS NULL) != (named_by IS NULL) "
        "OR named_by NOT IN ('person', 'model')",
    ),
    Law(
        "a session's branches are the tips of its tree",
        "Session {} (number {} of owner {}): branches is {}, counted {}.",
        f"SELECT * FROM ({_CONTINUED} SELECT s.id, s.number, s.owner, s.branches, coalesce(t.tips, 0) AS counted "
        f"FROM sessions s LEFT JOIN (SELECT id >> 20 AS place, count(*) AS tips FROM entries WHERE kind IN {_COUNTED} "
        "AND id NOT IN (SELECT id FROM continued) GROUP BY id >> 20) t ON t.place = ((s.owner << 20) | s.number)) "
        "WHERE branches != counted",
    ),
    Law(
        "what is in the bin is active nowhere, and nothing runs or is queued there",
        "Session {} (number {} of owner {}): it is in the bin, and still in use.",
        "SELECT s.id, s.number, s.owner FROM sessions s WHERE s.deleted IS NOT NULL AND (EXISTS (SELECT 1 FROM active a "
        "WHERE a.owner = s.owner AND a.number = s.number) OR EXISTS (SELECT 1 FROM turns t WHERE t.owner = s.owner "
        f"AND t.number = s.number AND (t.state IN {_RUNNING} OR t.state = 'queued')))",
    ),
    Law(
        "what was archived by itself is archived",
        "Session {} (number {} of owner {}): it was archived by itself, and is not archived.",
        "SELECT id, number, owner FROM sessions WHERE archived_by_itself IS NOT NULL AND NOT archived",
    ),
    Law(
        "the sessions on each shelf are counted",
        "Owner {}: {} sessions are on shelf {} (pinned: {}), counted {}.",
        "SELECT owner, sum(there), shelf, pinned, sum(many) FROM ("
        "SELECT owner, shelf, pinned, 1 AS there, 0 AS many FROM sessions "
        "UNION ALL SELECT owner, shelf, pinned, 0, many FROM shelf_counts) "
        "GROUP BY owner, shelf, pinned HAVING sum(there) != sum(many)",
    ),
    Law(
        "user and assistant entries can be searched, and no others",
        "Entry {}: it is {}, which does not fit whether it can be searched.",
        "SELECT e.id, e.kind FROM entries e LEFT JOIN searchable x ON x.entry = e.id "
        f"WHERE (e.kind IN {_COUNTED}) != (x.id IS NOT NULL)",
    ),
    Law(
        "what can be searched is an entry, among its owner's places",
        "Place {} of the search: its entry {} is not there, or another person's.",
        "SELECT x.id, x.entry FROM searchable x LEFT JOIN entries e ON e.id = x.entry "
        "WHERE e.id IS NULL OR x.id >> 40 != x.entry >> 40",
    ),
    Law(
        "the index has words for each place of the search, and for no other",
        "Place {} of the search: it is in one of the index and the list of places only.",
        "SELECT x.id FROM searchable x LEFT JOIN words_docsize d ON d.id = x.id WHERE d.id IS NULL "
        "UNION ALL SELECT d.id FROM words_docsize d LEFT JOIN searchable x ON x.id = d.id WHERE x.id IS NULL",
    ),
    Law(
        "what was taken in from elsewhere is a session",
        "Import of owner {}: its session, number {}, is not there.",
        "SELECT i.owner, i.number FROM provenance i LEFT JOIN sessions s ON s.owner = i.owner AND s.number = i.number "
        "WHERE s.id IS NULL",
    ),
    Law(
        "a temporary session has no words in the file",
        "Session {} (number {} of owner {}): it is temporary, and there are words of it.",
        "SELECT s.id, s.number, s.owner FROM sessions s WHERE s.temporary AND (s.name IS NOT NULL OR s.preview != '' "
        "OR EXISTS (SELECT 1 FROM entries e WHERE e.id BETWEEN (s.owner << 40) | (s.number << 20) "
        "AND ((s.owner << 40) | (s.number << 20)) + 1048575 AND (e.text != '' OR e.data IS NOT NULL)) OR EXISTS (SELECT 1 "
        "FROM turns t WHERE t.owner = s.owner AND t.number = s.number AND (t.prompt != '' OR t.partial != '')))",
    ),
    Law(
        "what can be undone is of a session",
        "Undo {}: its session ({} of owner {}) is not there.",
        "SELECT u.id, u.number, u.owner FROM undos u LEFT JOIN sessions s ON s.owner = u.owner AND s.number = u.number "
        "WHERE s.id IS NULL",
    ),
)
