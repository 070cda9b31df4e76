"""Sessions and the active pointer, over the database."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from storage.ids import new_id
from storage.records import EVERYWHERE, Actor, Counts, NamedBy, Page, SessionInfo, Shelf
from storage.sqlite.database import Database
from storage.sqlite.held import Held
from storage.sqlite.permission import made_owner_key, owner_key, session_by_id, session_by_number
from storage.sqlite.rows import SESSION_COLUMNS, SESSION_TABLES, micros, session_of
from storage.text import clean, clean_name

SCANNED: Final = 1_000
"""The newest sessions of a person that `search` looks through; it types as they type, so it must stay cheap."""

LATELY: Final = timedelta(days=7)
"""Of what `Counts.archived_lately` counts."""

ON_SHELF: Final = {
    Shelf.OPEN: "s.shelf = 0",
    Shelf.PINNED: "s.shelf = 0 AND s.pinned = 1",
    Shelf.ARCHIVED: "s.shelf = 1",
    Shelf.BIN: "s.deleted IS NOT NULL",
}
"""The sessions of a list, so that each has an index for its order."""


class SqliteSessions:
    """The `SessionManager` of the SQLite store."""

    def __init__(self, database: Database, held: Held, now: Callable[[], datetime]) -> None:
        self._database, self._held = database, held
        self._now = now

    async def create(self, actor: Actor, name: str | None = None, *, temporary: bool = False) -> SessionInfo:
        """See `SessionManager.create`."""
        session_id, created = new_id(), micros(self._now())
        if temporary:
            self._held.begin(session_id, clean_name(name))
            name = None

        def work(connection: sqlite3.Connection) -> SessionInfo:
            owner = made_owner_key(connection, actor)
            number = next_number(connection, owner)
            connection.execute(
                "INSERT INTO sessions(owner, number, id, name, named_by, created, modified, temporary) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(owner, number, session_id.hex, clean_name(name), None if name is None else NamedBy.PERSON),
                    *(created, created, temporary),
                ),
            )
            return session_of(session_by_id(connection, actor, session_id), self._held)

        return await self._database.write(work)

    async def get(self, actor: Actor, session_id: UUID, *, binned: bool = False) -> SessionInfo:
        """See `SessionManager.get`."""
        return await self._database.read(lambda c: session_of(session_by_id(c, actor, session_id, binned=binned), self._held))

    async def find(self, actor: Actor, number: int, *, binned: bool = False) -> SessionInfo:
        """See `SessionManager.find`."""
        return await self._database.read(lambda c: session_of(session_by_number(c, actor, number, binned=binned), self._held))

    async def list(self, actor: Actor, *, page: int = 0, size: int = 10, shelf: Shelf = Shelf.OPEN) -> Page[SessionInfo]:
        """See `SessionManager.list`."""
        on_it = ON_SHELF[shelf]
        order = "s.deleted DESC" if shelf is Shelf.BIN else "s.pinned DESC, s.modified DESC"

        def work(connection: sqlite3.Connection) -> Page[SessionInfo]:
            owner = owner_key(connection, actor)
            total = _counted(connection, owner)[shelf]
            shown = max(0, min(page, -(-total // size) - 1))
            sql = (
                f"SELECT {SESSION_COLUMNS} FROM {SESSION_TABLES} WHERE s.owner = ? AND {on_it} "  # noqa: S608 - constants
                f"ORDER BY {order}, s.number DESC LIMIT ? OFFSET ?"
            )
            rows = connection.execute(sql, (owner, size, shown * size)).fetchall()
            items = tuple(session_of(row, self._held) for row in rows)
            return Page(items=items, number=shown, total=total, size=size)

        return await self._database.read(work)

    async def counts(self, actor: Actor) -> Counts:
        """See `SessionManager.counts`."""
        week_ago = micros(self._now() - LATELY)

        def work(connection: sqlite3.Connection) -> Counts:
            owner = owner_key(connection, actor)
            counted = _counted(connection, owner)
            lately = connection.execute(
                "SELECT count(*) FROM sessions WHERE owner = ? AND archived_by_itself >= ? AND deleted IS NULL",
                (owner, week_ago),
            ).fetchone()[0]
            return Counts(
                open=counted[Shelf.OPEN],
                pinned=counted[Shelf.PINNED],
                archived=counted[Shelf.ARCHIVED],
                bin=counted[Shelf.BIN],
                archived_lately=lately,
            )

        return await self._database.read(work)

    async def search(self, actor: Actor, text: str, *, limit: int = 25) -> Sequence[SessionInfo]:
        """See `SessionManager.search`."""
        wanted = clean(text).casefold()

        def work(connection: sqlite3.Connection) -> Sequence[SessionInfo]:
            sql = (
                f"SELECT {SESSION_COLUMNS} FROM {SESSION_TABLES} WHERE s.owner = ? AND s.shelf = 0 "  # noqa: S608
                "ORDER BY s.pinned DESC, s.modified DESC, s.number DESC LIMIT ?"
            )
            rows = connection.execute(sql, (owner_key(connection, actor), SCANNED))
            fitting: list[SessionInfo] = []
            for row in rows:
                if _fits(row, wanted, self._held):
                    fitting.append(session_of(row, self._held))
                    if len(fitting) == limit:
                        break
            return tuple(fitting)

        return await self._database.read(work)

    async def open(self, actor: Actor, number: int, *, place: str = EVERYWHERE) -> SessionInfo:
        """See `SessionManager.open`."""
        now = micros(self._now())

        def work(connection: sqlite3.Connection) -> SessionInfo:
            row = session_by_number(connection, actor, number)
            _leave(connection, row["owner"], place, now)
            connection.execute("INSERT INTO active(owner, place, number) VALUES (?, ?, ?)", (row["owner"], place, number))
            connection.execute(
                "UPDATE sessions SET unread = 0, archived = 0, archived_by_itself = NULL, touched = ? "
                "WHERE owner = ? AND number = ?",
                (now, row["owner"], number),
            )
            return session_of(session_by_number(connection, actor, number), self._held)

        return await self._database.write(work)

    async def read(self, actor: Actor, session_id: UUID) -> None:
        """See `SessionManager.read`."""

        def work(connection: sqlite3.Connection) -> None:
            session = session_by_id(connection, actor, session_id)
            sql = "UPDATE sessions SET unread = 0 WHERE owner = ? AND number = ?"
            connection.execute(sql, (session["owner"], session["number"]))

        await self._database.write(work)

    async def close(self, actor: Actor, *, place: str = EVERYWHERE) -> SessionInfo | None:
        """See `SessionManager.close`."""
        now = micros(self._now())

        def work(connection: sqlite3.Connection) -> SessionInfo | None:
            session = _active(connection, self._held, actor, place)
            if session is not None:
                _leave(connection, owner_key(connection, actor), place, now)
            return session

        return await self._database.write(work)

    async def active(self, actor: Actor, *, place: str = EVERYWHERE) -> SessionInfo | None:
        """See `SessionManager.active`."""
        return await self._database.read(lambda connection: _active(connection, self._held, actor, place))


def next_number(connection: sqlite3.Connection, owner: int) -> int:
    """The number that the owner's next session gets; from now on it is taken."""
    sql = "UPDATE owners SET next_number = next_number + 1 WHERE id = ? RETURNING next_number - 1"
    return connection.execute(sql, (owner,)).fetchall()[0][0]


def _leave(connection: sqlite3.Connection, owner: int | None, place: str, now: int) -> None:
    """Make no session active there; the one that was has been touched until now."""
    sql = "DELETE FROM active WHERE owner = ? AND place = ? RETURNING number"
    for (number,) in connection.execute(sql, (owner, place)).fetchall():
        connection.execute("UPDATE sessions SET touched = ? WHERE owner = ? AND number = ?", (now, owner, number))


def _counted(connection: sqlite3.Connection, owner: int | None) -> Counter[Shelf]:
    """How many sessions are in each list; triggers of the schema keep count."""
    counted: Counter[Shelf] = Counter()
    for shelf, pinned, many in connection.execute("SELECT shelf, pinned, many FROM shelf_counts WHERE owner = ?", (owner,)):
        counted[(Shelf.OPEN, Shelf.ARCHIVED, Shelf.BIN)[shelf]] += many
        if shelf == 0 and pinned:
            counted[Shelf.PINNED] += many
    return counted


def _active(connection: sqlite3.Connection, held: Held, actor: Actor, place: str) -> SessionInfo | None:
    sql = (
        f"SELECT {SESSION_COLUMNS} FROM {SESSION_TABLES} "  # noqa: S608 - constants
        "JOIN active a ON a.owner = s.owner AND a.number = s.number WHERE a.owner = ? AND a.place = ?"
    )
    row = connection.execute(sql, (owner_key(connection, actor), place)).fetchone()
    return None if row is None else session_of(row, held)


def _fits(row: sqlite3.Row, wanted: str, held: Held) -> bool:
    if not wanted or str(row["number"]).startswith(wanted):
        return True
    words = held.words(UUID(hex=row["id"])) if row["temporary"] else None
    texts = (row["name"], row["preview"]) if words is None else (words.name, words.preview)
    return any(wanted in text.casefold() for text in texts if text)
