"""Sessions and the active pointer, over the database."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from storage.ids import new_id
from storage.records import EVERYWHERE, Actor, Page, SessionInfo
from storage.sqlite.database import Database
from storage.sqlite.permission import made_owner_key, owner_key, session_by_id, session_by_number
from storage.sqlite.rows import SESSION_COLUMNS, SESSION_TABLES, micros, session_of
from storage.text import clean, clean_name

SCANNED: Final = 1_000
"""The newest sessions of a person that `search` looks through; it types as they type, so it must stay cheap."""


class SqliteSessions:
    """The `SessionManager` of the SQLite store."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def create(self, actor: Actor, name: str | None = None) -> SessionInfo:
        """See `SessionManager.create`."""
        session_id, created = new_id(), micros(self._now())

        def work(connection: sqlite3.Connection) -> SessionInfo:
            owner = made_owner_key(connection, actor)
            sql = "UPDATE owners SET next_number = next_number + 1 WHERE id = ? RETURNING next_number - 1"
            number = connection.execute(sql, (owner,)).fetchall()[0][0]
            connection.execute(
                "INSERT INTO sessions(owner, number, id, name, created, modified) VALUES (?, ?, ?, ?, ?, ?)",
                (owner, number, session_id.hex, clean_name(name), created, created),
            )
            return session_of(session_by_id(connection, actor, session_id))

        return await self._database.write(work)

    async def get(self, actor: Actor, session_id: UUID) -> SessionInfo:
        """See `SessionManager.get`."""
        return await self._database.read(lambda connection: session_of(session_by_id(connection, actor, session_id)))

    async def find(self, actor: Actor, number: int) -> SessionInfo:
        """See `SessionManager.find`."""
        return await self._database.read(lambda connection: session_of(session_by_number(connection, actor, number)))

    async def list(self, actor: Actor, *, page: int = 0, size: int = 10, archived: bool = False) -> Page[SessionInfo]:
        """See `SessionManager.list`."""

        def work(connection: sqlite3.Connection) -> Page[SessionInfo]:
            owner = owner_key(connection, actor)
            total = connection.execute(
                "SELECT count(*) FROM sessions WHERE owner = ? AND archived = ?", (owner, archived)
            ).fetchone()[0]
            shown = max(0, min(page, -(-total // size) - 1))
            sql = (
                f"SELECT {SESSION_COLUMNS} FROM {SESSION_TABLES} WHERE s.owner = ? AND s.archived = ? "  # noqa: S608
                "ORDER BY s.modified DESC, s.number DESC LIMIT ? OFFSET ?"
            )
            rows = connection.execute(sql, (owner, archived, size, shown * size)).fetchall()
            return Page(items=tuple(map(session_of, rows)), number=shown, total=total, size=size)

        return await self._database.read(work)

    async def search(self, actor: Actor, text: str, *, limit: int = 25) -> Sequence[SessionInfo]:
        """See `SessionManager.search`."""
        wanted = clean(text).casefold()

        def work(connection: sqlite3.Connection) -> Sequence[SessionInfo]:
            sql = (
                f"SELECT {SESSION_COLUMNS} FROM {SESSION_TABLES} WHERE s.owner = ? AND s.archived = 0 "  # noqa: S608
                "ORDER BY s.modified DESC, s.number DESC LIMIT ?"
            )
            rows = connection.execute(sql, (owner_key(connection, actor), SCANNED))
            fitting: list[SessionInfo] = []
            for row in rows:
                if _fits(row, wanted):
                    fitting.append(session_of(row))
                    if len(fitting) == limit:
                        break
            return tuple(fitting)

        return await self._database.read(work)

    async def open(self, actor: Actor, number: int, *, place: str = EVERYWHERE) -> SessionInfo:
        """See `SessionManager.open`."""

        def work(connection: sqlite3.Connection) -> SessionInfo:
            row = session_by_number(connection, actor, number)
            connection.execute(
                "INSERT INTO active(owner, place, number) VALUES (?, ?, ?) "
                "ON CONFLICT(owner, place) DO UPDATE SET number = excluded.number",
                (row["owner"], place, number),
            )
            return session_of(row)

        return await self._database.write(work)

    async def close(self, actor: Actor, *, place: str = EVERYWHERE) -> SessionInfo | None:
        """See `SessionManager.close`."""

        def work(connection: sqlite3.Connection) -> SessionInfo | None:
            session = _active(connection, actor, place)
            if session is not None:
                owner = owner_key(connection, actor)
                connection.execute("DELETE FROM active WHERE owner = ? AND place = ?", (owner, place))
            return session

        return await self._database.write(work)

    async def active(self, actor: Actor, *, place: str = EVERYWHERE) -> SessionInfo | None:
        """See `SessionManager.active`."""
        return await self._database.read(lambda connection: _active(connection, actor, place))

    async def rename(self, actor: Actor, number: int, name: str | None) -> SessionInfo:
        """See `SessionManager.rename`."""

        def work(connection: sqlite3.Connection) -> SessionInfo:
            row = session_by_number(connection, actor, number)
            sql = "UPDATE sessions SET name = ? WHERE owner = ? AND number = ?"
            connection.execute(sql, (clean_name(name), row["owner"], number))
            return session_of(session_by_number(connection, actor, number))

        return await self._database.write(work)


def _active(connection: sqlite3.Connection, actor: Actor, place: str) -> SessionInfo | None:
    sql = (
        f"SELECT {SESSION_COLUMNS} FROM {SESSION_TABLES} "  # noqa: S608 - constants
        "JOIN active a ON a.owner = s.owner AND a.number = s.number WHERE a.owner = ? AND a.place = ?"
    )
    row = connection.execute(sql, (owner_key(connection, actor), place)).fetchone()
    return None if row is None else session_of(row)


def _fits(row: sqlite3.Row, wanted: str) -> bool:
    if not wanted or str(row["number"]).startswith(wanted):
        return True
    return any(wanted in text.casefold() for text in (row["name"], row["preview"]) if text)
