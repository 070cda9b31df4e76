"""What our rows keep true of each other, as queries for the rows that break it.

A law's query selects ids and numbers alone, never text; `sentence` has a place for each column. The counters are recounted by
induction: an entry is right if it fits its parent, and a session if it fits its leaf.
"""

# ruff: noqa: S608 - the queries are put together from constants alone

from typing import Final

from storage.sqlite.law import Law
from storage.sqlite.laws_of_files import LAWS_OF_FILES
from storage.sqlite.laws_of_shelves import LAWS_OF_SHELVES

# An entry's id is (owner << 40) | (number << 20) | seq (storage/sqlite/rows.py).
_SESSION: Final = "((s.owner << 40) | (s.number << 20))"
_COUNTED: Final = "('user', 'assistant')"
_WAITING: Final = "('queued', 'paused')"
_RUNNING: Final = "('asked', 'streaming')"
_ENDED: Final = "('completed', 'truncated', 'stopped', 'failed', 'interrupted', 'removed')"

# The newest user or assistant entry on the way from the leaf to the root.
_NEWEST: Final = f"""
    (WITH RECURSIVE up(id) AS (
        SELECT s.leaf UNION SELECT e.parent FROM up JOIN entries e ON e.id = up.id WHERE e.kind NOT IN {_COUNTED})
    SELECT e.created FROM up JOIN entries e ON e.id = up.id WHERE e.kind IN {_COUNTED} LIMIT 1)"""


LAWS: Final = (
    Law(
        "an owner's next number is above all of theirs",
        "Owner {}: the next session would get number {}, but {} is taken.",
        "SELECT o.id, o.next_number, max(s.number) AS highest FROM owners o JOIN sessions s ON s.owner = o.id "
        "GROUP BY o.id HAVING highest >= o.next_number",
    ),
    Law(
        "an entry is in a session",
        "Entry {}: its session ({} of owner {}) is not there.",
        "SELECT e.id, (e.id >> 20) & 1048575, e.id >> 40 FROM entries e "
        "LEFT JOIN sessions s ON s.owner = e.id >> 40 AND s.number = (e.id >> 20) & 1048575 WHERE s.id IS NULL",
    ),
    Law(
        "an entry's parent is an older entry of its session",
        "Entry {}: its parent {} is no older entry of its session.",
        "SELECT e.id, e.parent FROM entries e LEFT JOIN entries p ON p.id = e.parent "
        "WHERE e.parent IS NOT NULL AND (p.id IS NULL OR p.id >> 20 != e.id >> 20 OR p.id >= e.id)",
    ),
    Law(
        "an entry's depth is one more than its parent's",
        "Entry {}: its depth is {}, counted {}.",
        "SELECT e.id, e.depth, coalesce(p.depth + 1, 0) AS counted FROM entries e LEFT JOIN entries p ON p.id = e.parent "
        "WHERE e.depth != counted",
    ),
    Law(
        "an entry's messages are those of its path",
        "Entry {}: messages is {}, counted {}.",
        f"SELECT e.id, e.messages, coalesce(p.messages, 0) + (e.kind IN {_COUNTED}) AS counted "
        "FROM entries e LEFT JOIN entries p ON p.id = e.parent WHERE e.messages != counted",
    ),
    Law(
        "an entry's compaction is the newest of its path",
        "Entry {}: its compaction is {}, counted {}.",
        "SELECT e.id, coalesce(e.compaction, 'none'), coalesce(iif(e.kind = 'compaction', e.id, p.compaction), 'none') "
        "AS counted FROM entries e LEFT JOIN entries p ON p.id = e.parent "
        "WHERE e.compaction IS NOT iif(e.kind = 'compaction', e.id, p.compaction)",
    ),
    Law(
        "a session's leaf is an entry of its own, and only a session in which nothing is asked has none",
        "Session {} (number {} of owner {}): its leaf {} is not on its tree.",
        f"SELECT s.id, s.number, s.owner, coalesce(s.leaf, 'none') FROM sessions s LEFT JOIN entries e ON e.id = s.leaf "
        "WHERE (s.leaf IS NULL AND EXISTS (SELECT 1 FROM turns t WHERE t.owner = s.owner AND t.number = s.number "
        "AND t.prompt_entry IS NOT NULL)) "
        f"OR (s.leaf IS NOT NULL AND (e.id IS NULL OR (e.id >> 20) << 20 != {_SESSION}))",
    ),
    Law(
        "a session's message_count is that of its path",
        "Session {} (number {} of owner {}): message_count is {}, counted {}.",
        "SELECT s.id, s.number, s.owner, s.message_count, coalesce(e.messages, 0) AS counted "
        "FROM sessions s LEFT JOIN entries e ON e.id = s.leaf WHERE s.message_count != counted",
    ),
    Law(
        "a session's next_seq is one more than its newest entry's",
        "Session {} (number {} of owner {}): next_seq is {}, counted {}.",
        "SELECT * FROM (SELECT s.id, s.number, s.owner, s.next_seq, "
        f"coalesce((SELECT max(x.id) FROM entries x WHERE x.id BETWEEN {_SESSION} AND {_SESSION} + 1048575) & 1048575, 0) + 1 "
        "AS counted FROM sessions s) WHERE next_seq != counted",
    ),
    Law(
        "a session's preview is the beginning of its first prompt",
        "Session {} (number {} of owner {}): its preview is not the beginning of its first prompt.",
        "SELECT s.id, s.number, s.owner FROM sessions s WHERE s.preview IS NOT preview((SELECT x.text FROM entries x "
        f"WHERE x.id BETWEEN {_SESSION} AND {_SESSION} + 1048575 AND x.kind = 'user' ORDER BY x.id LIMIT 1))",
    ),
    Law(
        "a session's modified is the time of its path's newest message, else of its creation",
        "Session {} (number {} of owner {}): modified is {}, its newest message is of {}.",
        f"SELECT * FROM (SELECT s.id, s.number, s.owner, s.modified, coalesce({_NEWEST}, s.created) AS newest FROM sessions s) "
        "WHERE modified != newest",
    ),
    Law(
        "an active place points at a session",
        "Owner {}: the active session, number {}, is not there.",
        "SELECT a.owner, a.number FROM active a LEFT JOIN sessions s ON s.owner = a.owner AND s.number = a.number "
        "WHERE s.id IS NULL",
    ),
    Law(
        "a turn is in a session",
        "Turn {}: its session ({} of owner {}) is not there.",
        "SELECT t.id, t.number, t.owner FROM turns t LEFT JOIN sessions s ON s.owner = t.owner AND s.number = t.number "
        "WHERE s.id IS NULL",
    ),
    Law(
        "a turn has a known state, and `ended` exactly when it has ended",
        "Turn {}: its state is {}, which does not fit whether it has an end.",
        f"SELECT id, state FROM turns WHERE (state IN {_ENDED}) != (ended IS NOT NULL) "
        f"OR state NOT IN {_ENDED} AND state NOT IN {_RUNNING} AND state NOT IN {_WAITING}",
    ),
    Law(
        "a turn that waits has no entry",
        "Turn {}: it is {}, but has an entry.",
        f"SELECT id, state FROM turns WHERE state IN {_WAITING} "
        "AND (prompt_entry IS NOT NULL OR answer_entry IS NOT NULL OR asked IS NOT NULL)",
    ),
    Law(
        "a turn that was asked has its prompt as an entry of its session",
        "Turn {}: it is {}, but its prompt is no entry of its session.",
        f"SELECT t.id, t.state FROM turns t LEFT JOIN entries e ON e.id = t.prompt_entry "
        f"WHERE t.state NOT IN {_WAITING} AND t.state != 'removed' "
        "AND (e.id IS NULL OR e.kind != 'user' OR e.id >> 40 != t.owner OR (e.id >> 20) & 1048575 != t.number)",
    ),
    Law(
        "a turn that has ended has its answer as an entry below its prompt, and no other has one",
        "Turn {}: it is {}, and its answer's entry does not fit that.",
        "SELECT t.id, t.state FROM turns t LEFT JOIN entries e ON e.id = t.answer_entry "
        f"WHERE (t.state IN {_RUNNING} AND t.answer_entry IS NOT NULL) OR (t.state IN {_ENDED} AND t.state != 'removed' "
        "AND (e.id IS NULL OR e.kind NOT IN ('assistant', 'failure') OR e.parent IS NOT t.prompt_entry))",
    ),
    Law(
        "a turn that does not run has no partial text",
        "Turn {}: it is {}, but still has partial text.",
        f"SELECT id, state FROM turns WHERE partial != '' AND state NOT IN {_RUNNING}",
    ),
    Law(
        "a delivery has its turn",
        "Delivery of turn {}, part {}: the turn is not there.",
        "SELECT d.turn, d.part FROM deliveries d LEFT JOIN turns t ON t.id = d.turn WHERE t.id IS NULL",
    ),
    Law(
        "a message of the bot leads to a session",
        "Message {} leads to session {} of owner {}, which is not there.",
        "SELECT l.message_id, l.number, l.owner FROM links l LEFT JOIN sessions s ON s.owner = l.owner AND s.number = l.number "
        "WHERE s.id IS NULL",
    ),
    Law(
        "a pending choice has its session",
        "Choice {}: its session ({} of owner {}) is not there.",
        "SELECT c.id, c.number, c.owner FROM choices c LEFT JOIN sessions s ON s.owner = c.owner AND s.number = c.number "
        "WHERE s.id IS NULL",
    ),
    Law(
        "what is counted as a session's is that of a session that is there",
        "Owner {}: what was used in session {} on {} is counted, and the session is not there.",
        "SELECT u.owner, u.number, u.day FROM usage u LEFT JOIN sessions s ON s.owner = u.owner AND s.number = u.number "
        "WHERE u.number != 0 AND s.id IS NULL",
    ),
    *LAWS_OF_SHELVES,
    *LAWS_OF_FILES,
)
