"""Reading a session's current path.

A child's id is always higher than its parent's, and a session's ids lie side by side. So the path is read by one descending
range scan from the leaf that takes each row that is the parent of the last one taken; rows of other branches in between are
passed over. For a session without branches the scan reads just what it returns.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from uuid import UUID

from storage.records import Actor, Entry
from storage.sqlite.database import Database
from storage.sqlite.permission import session_by_id
from storage.sqlite.rows import entry_id, entry_of


class SqliteTranscripts:
    """The `Transcripts` of the SQLite store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tail(self, actor: Actor, session_id: UUID, *, limit: int, before: int | None = None) -> Sequence[Entry]:
        """See `Transcripts.tail`."""

        def work(connection: sqlite3.Connection) -> Sequence[Entry]:
            session = session_by_id(connection, actor, session_id)
            start = session["leaf"] if before is None else _parent(connection, session, before)
            taken = [row for row, _ in zip(up(connection, session, start), range(limit), strict=False)]
            return tuple(entry_of(row, session_id) for row in reversed(taken))

        return await self._database.read(work)

    async def path(self, actor: Actor, session_id: UUID, *, characters: int | None = None) -> Sequence[Entry]:
        """See `Transcripts.path`."""

        def work(connection: sqlite3.Connection) -> Sequence[Entry]:
            session = session_by_id(connection, actor, session_id)
            taken: list[sqlite3.Row] = []
            seen = 0
            for row in up(connection, session, session["leaf"]):
                taken.append(row)
                seen += len(row["text"])
                if characters is not None and seen >= characters:
                    break
            return tuple(entry_of(row, session_id) for row in reversed(taken))

        return await self._database.read(work)


def up(connection: sqlite3.Connection, session: sqlite3.Row, start: int | None) -> Iterator[sqlite3.Row]:
    """The entries from `start` to the root."""
    if start is None:
        return
    lowest = entry_id(session["owner"], session["number"], 0)
    rows = connection.execute("SELECT * FROM entries WHERE id BETWEEN ? AND ? ORDER BY id DESC", (lowest, start))
    wanted: int | None = start
    for row in rows:
        if row["id"] == wanted:
            yield row
            wanted = row["parent"]
            if wanted is None:
                return


def _parent(connection: sqlite3.Connection, session: sqlite3.Row, entry: int) -> int | None:
    """The parent of an entry of this session; `None` for the root and for entries that are not of it."""
    lowest, highest = (entry_id(session["owner"], session["number"], seq) for seq in (0, (1 << 20) - 1))
    row = connection.execute("SELECT parent FROM entries WHERE id = ?", (entry,)).fetchone()
    return row["parent"] if row is not None and lowest <= entry <= highest else None
