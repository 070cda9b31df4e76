"""Summaries beside the paths of a session, and which of them holds, over the database."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import takewhile
from typing import Final
from uuid import UUID

from storage.compactions import Found, Step, told_of, what_holds
from storage.errors import EntryNotFound, SummaryOutdated
from storage.records import Actor, Entry, EntryKind, NewSummary, Standing, Undone
from storage.sqlite.database import Database
from storage.sqlite.entries import append
from storage.sqlite.held import Held
from storage.sqlite.omissions import omitted_in
from storage.sqlite.permission import session_by_id
from storage.sqlite.rows import ENTRY_COLUMNS, entries_of, entry_of, micros
from storage.sqlite.transcripts import up
from storage.text import clean

LARGEST_ID: Final = (1 << 63) - 1
"""No entry's id is larger."""


class SqliteCompactions:
    """The `Compactions` of the SQLite store."""

    def __init__(self, database: Database, held: Held, now: Callable[[], datetime]) -> None:
        self._database, self._held = database, held
        self._now = now

    async def standing(self, actor: Actor, session_id: UUID) -> Standing:
        """See `Compactions.standing`."""

        def work(connection: sqlite3.Connection) -> Standing:
            session = session_by_id(connection, actor, session_id)
            found = holding(connection, session, session["leaf"])
            compaction = None if found.compaction is None else self._entry(connection, session, found.compaction)
            mark = None if found.mark is None else self._entry(connection, session, found.mark)
            return Standing(compaction=compaction, undone=None if mark is None else int(mark.data.get("depth", 0)))

        return await self._database.read(work)

    async def get(self, actor: Actor, session_id: UUID, entry: int) -> Entry:
        """See `Compactions.get`."""
        return await self._database.read(
            lambda connection: self._compaction(connection, session_by_id(connection, actor, session_id), entry)
        )

    async def hanging(self, actor: Actor, session_id: UUID, entry: int) -> Entry | None:
        """See `Compactions.hanging`."""

        def work(connection: sqlite3.Connection) -> Entry | None:
            session = session_by_id(connection, actor, session_id)
            found = what_holds([Step(entry, None, EntryKind.USER)], beside(connection, session))
            return None if found.compaction is None else self._entry(connection, session, found.compaction)

        return await self._database.read(work)

    async def add(self, actor: Actor, session_id: UUID, summary: NewSummary, *, instead_of: int | None) -> Entry:
        """See `Compactions.add`."""
        now = micros(self._now())

        def work(connection: sqlite3.Connection) -> Entry:
            session = session_by_id(connection, actor, session_id)
            omitted = {answer for answer in omitted_in(connection, session) if answer <= summary.newest}
            holds = holding(connection, session, session["leaf"]).compaction
            if (holds, omitted) != (instead_of, summary.omitted) or not _is_on_path(connection, session, summary.newest):
                raise SummaryOutdated
            text, data = clean(summary.text), told_of(summary)
            return self._compaction(
                connection,
                session,
                self._hang(connection, session, session["leaf"], EntryKind.SUMMARY, text, data, now),
            )

        return await self._database.write(work)

    async def undo(self, actor: Actor, session_id: UUID, entry: int) -> Undone:
        """See `Compactions.undo`."""
        now = micros(self._now())

        def work(connection: sqlite3.Connection) -> Undone:
            session = session_by_id(connection, actor, session_id)
            compaction = self._compaction(connection, session, entry)
            if any(step.parent == entry and step.kind == EntryKind.UNDONE for step in beside(connection, session)):
                return Undone.ALREADY
            holds = holding(connection, session, session["leaf"]).compaction
            is_newer = holds is not None and holds > entry
            if is_newer and compaction.parent is not None and _is_on_path(connection, session, compaction.parent):
                return Undone.REPLACED
            self._hang(connection, session, entry, EntryKind.UNDONE, "", {"depth": _depth(connection, session["leaf"])}, now)
            return Undone.NOW

        return await self._database.write(work)

    def _hang(
        self,
        connection: sqlite3.Connection,
        session: sqlite3.Row,
        parent: int | None,
        kind: EntryKind,
        text: str,
        data: dict[str, object],
        now: int,
    ) -> int:
        return append(
            connection,
            self._held,
            session,
            parent=parent,
            kind=kind,
            text=text,
            author=None,
            data=data,
            created=now,
            is_leaf=False,
        )

    def _compaction(self, connection: sqlite3.Connection, session: sqlite3.Row, entry: int) -> Entry:
        """Raises `EntryNotFound` for what is none of this session."""
        lowest, highest = entries_of(session)
        if not lowest <= entry <= highest:
            raise EntryNotFound
        found = self._entry(connection, session, entry)
        if found is None or found.kind not in (EntryKind.SUMMARY, EntryKind.COMPACTION):
            raise EntryNotFound
        return found

    def _entry(self, connection: sqlite3.Connection, session: sqlite3.Row, entry: int) -> Entry | None:
        sql = f"SELECT {ENTRY_COLUMNS} FROM entries WHERE id = ?"  # noqa: S608 - constants
        row = connection.execute(sql, (entry,)).fetchone()
        return None if row is None else entry_of(row, UUID(hex=session["id"]), self._held)


def holding(connection: sqlite3.Connection, session: sqlite3.Row, end: int | None) -> Found:
    """What holds on the path that ends there. Where nothing hangs beside the session's paths, the end itself tells it."""
    aside = beside(connection, session)
    row = connection.execute("SELECT compaction FROM entries WHERE id = ?", (end,)).fetchone()
    own: int | None = None if row is None else row["compaction"]
    if not aside:
        return Found(own)
    marked = {step.parent for step in aside if step.kind == EntryKind.UNDONE}
    bounds = [step.parent or 0 for step in aside if step.kind == EntryKind.SUMMARY]
    bounds += [] if own is None else [0 if own in marked else own]
    return what_holds(_up_to(connection, session, end, min(bounds, default=LARGEST_ID)), aside)


def _up_to(connection: sqlite3.Connection, session: sqlite3.Row, start: int | None, last: int) -> Iterator[Step]:
    """The entries of a path from its end up to the one with the id `last`; ids fall on the way."""
    steps = (Step(*row) for row in up(connection, session, start, "id, parent, kind"))
    return takewhile(lambda step: step.id >= last, steps)


def _is_on_path(connection: sqlite3.Connection, session: sqlite3.Row, entry: int) -> bool:
    return any(step.id == entry for step in _up_to(connection, session, session["leaf"], entry))


def beside(connection: sqlite3.Connection, session: sqlite3.Row) -> list[Step]:
    """What hangs beside the session's paths, oldest first."""
    sql = "SELECT id, parent, kind FROM entries WHERE id BETWEEN ? AND ? AND kind IN ('summary', 'undone') ORDER BY id"
    return [Step(*row) for row in connection.execute(sql, entries_of(session))]


def _depth(connection: sqlite3.Connection, entry: int | None) -> int:
    row = connection.execute("SELECT depth FROM entries WHERE id = ?", (entry,)).fetchone()
    return 0 if row is None else row["depth"]
