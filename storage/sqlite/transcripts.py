"""Reading a session's current path.

A child's id is always higher than its parent's, and a session's ids lie side by side. So the path is read by a descending
range scan from the leaf that takes each row that is the parent of the last one taken. A few rows of other branches in between
are passed over; where there are many, a new scan starts at the parent. So the cost is that of what is returned, with branches
as without.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

from storage.records import Actor, Entry, Hit
from storage.sqlite.database import Database
from storage.sqlite.held import Held
from storage.sqlite.permission import session_by_id
from storage.sqlite.rows import ENTRY_COLUMNS, LARGEST, entry_id, entry_of
from storage.sqlite.search import Wanted, find
from storage.words import phrases

PASSED: Final = 8
"""Rows of other branches that cost about as much to pass over as a new scan costs to start."""


class SqliteTranscripts:
    """The `Transcripts` of the SQLite store."""

    def __init__(self, database: Database, held: Held) -> None:
        self._database, self._held = database, held

    async def tail(self, actor: Actor, session_id: UUID, *, limit: int, before: int | None = None) -> Sequence[Entry]:
        """See `Transcripts.tail`."""

        def work(connection: sqlite3.Connection) -> Sequence[Entry]:
            session = session_by_id(connection, actor, session_id)
            start = session["leaf"] if before is None else _parent(connection, session, before)
            taken = list(islice(up(connection, session, start), limit))
            return tuple(entry_of(row, session_id, self._held) for row in reversed(taken))

        return await self._database.read(work)

    async def path(self, actor: Actor, session_id: UUID, *, characters: int | None = None, since: int = 0) -> Sequence[Entry]:
        """See `Transcripts.path`."""

        def work(connection: sqlite3.Connection) -> Sequence[Entry]:
            session = session_by_id(connection, actor, session_id)
            taken: list[Entry] = []
            seen = 0
            for row in up(connection, session, session["leaf"]):
                if row["depth"] < since:
                    break
                taken.append(entry_of(row, session_id, self._held))
                seen += len(taken[-1].text)
                if characters is not None and seen >= characters:
                    break
            return tuple(reversed(taken))

        return await self._database.read(work)

    async def search_messages(
        self,
        actor: Actor,
        query: str,
        *,
        session: UUID | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 20,
        before: int | None = None,
    ) -> Sequence[Hit]:
        """See `Transcripts.search_messages`."""
        wanted = Wanted(phrases=phrases(query), session=session, since=since, until=until, limit=limit, before=before)
        return await self._database.read(lambda connection: find(connection, self._held, actor, wanted))


def up(
    connection: sqlite3.Connection, session: sqlite3.Row, start: int | None, columns: str = ENTRY_COLUMNS
) -> Iterator[sqlite3.Row]:
    """The entries from `start` to the root; `columns` begin with the id and the parent."""
    if start is None:
        return
    lowest = entry_id(session["owner"], session["number"], 0)
    sql = f"SELECT {columns} FROM entries WHERE id BETWEEN ? AND ? ORDER BY id DESC"  # noqa: S608 - constants
    wanted: int = start
    while True:
        rows = connection.execute(sql, (lowest, wanted))
        passed = 0
        for row in rows:
            if row[0] == wanted:
                yield row
                if row[1] is None:
                    return
                wanted, passed = row[1], 0
            else:
                passed += 1
                if passed > PASSED:
                    break
        else:
            return


def _parent(connection: sqlite3.Connection, session: sqlite3.Row, entry: int) -> int | None:
    """The parent of an entry of this session; `None` for the root and for entries that are not of it."""
    lowest, highest = (entry_id(session["owner"], session["number"], seq) for seq in (0, LARGEST))
    if not lowest <= entry <= highest:
        return None
    row = connection.execute("SELECT parent FROM entries WHERE id = ?", (entry,)).fetchone()
    return row["parent"] if row is not None else None
