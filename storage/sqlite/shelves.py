"""Naming, pinning, archiving and the bin, each with its way back; and the end of things, over the database."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from storage.errors import SessionNotFound, SessionWriting, UndoNotFound
from storage.ids import new_id
from storage.records import Actor, Changed, NamedBy, SessionInfo
from storage.sqlite import purging
from storage.sqlite.database import Database
from storage.sqlite.held import Held, refuse_temporary
from storage.sqlite.permission import may_touch, session_by_id, session_by_number
from storage.sqlite.rows import micros, session_of
from storage.text import clean, clean_name

Columns = Mapping[str, Any]


class SqliteShelves:
    """The `Shelves` of the SQLite store."""

    def __init__(self, database: Database, held: Held, now: Callable[[], datetime]) -> None:
        self._database, self._held = database, held
        self._now = now

    async def rename(self, actor: Actor, number: int, name: str | None) -> Changed:
        """See `Shelves.rename`."""
        named_by = None if name is None else NamedBy.PERSON
        return await self._change(actor, number, {"name": clean_name(name), "named_by": named_by})

    async def name_by_model(self, actor: Actor, session_id: UUID, name: str) -> SessionInfo:
        """See `Shelves.name_by_model`."""

        def work(connection: sqlite3.Connection) -> SessionInfo:
            session = session_by_id(connection, actor, session_id)
            refuse_temporary(session)
            if session["named_by"] != NamedBy.PERSON:
                write(connection, session, {"name": clean(name), "named_by": NamedBy.MODEL})
            return session_of(session_by_id(connection, actor, session_id), self._held)

        return await self._database.write(work)

    async def pin(self, actor: Actor, number: int) -> Changed:
        """See `Shelves.pin`."""
        return await self._change(actor, number, {"pinned": 1})

    async def unpin(self, actor: Actor, number: int) -> Changed:
        """See `Shelves.unpin`."""
        return await self._change(actor, number, {"pinned": 0})

    async def archive(self, actor: Actor, number: int) -> Changed:
        """See `Shelves.archive`."""
        return await self._change(actor, number, {"archived": 1, "archived_by_itself": None})

    async def unarchive(self, actor: Actor, number: int) -> Changed:
        """See `Shelves.unarchive`."""
        return await self._change(actor, number, {"archived": 0, "archived_by_itself": None})

    async def delete(self, actor: Actor, number: int) -> Changed:
        """See `Shelves.delete`."""
        return await self._change(actor, number, {"deleted": micros(self._now())})

    async def restore(self, actor: Actor, number: int) -> Changed:
        """See `Shelves.restore`."""
        return await self._change(actor, number, {"deleted": None}, in_bin=True)

    async def undo(self, actor: Actor, undo_id: UUID) -> SessionInfo:
        """See `Shelves.undo`."""
        now = micros(self._now())

        def work(connection: sqlite3.Connection) -> SessionInfo:
            sql = "SELECT u.*, o.user_id FROM undos u JOIN owners o ON o.id = u.owner WHERE u.id = ?"
            undo = connection.execute(sql, (undo_id.hex,)).fetchone()
            if undo is None or not may_touch(actor, undo["user_id"]):
                raise UndoNotFound
            session = session_by_number(connection, actor, undo["number"], binned=True)
            write(connection, session, {**json.loads(undo["before"]), "touched": now})
            connection.execute("DELETE FROM undos WHERE id = ?", (undo_id.hex,))
            return session_of(session_by_number(connection, actor, undo["number"], binned=True), self._held)

        return await self._database.write(work)

    async def purge(self, actor: Actor, number: int, *, since: datetime | None = None) -> None:
        """See `Shelves.purge`."""
        now = micros(self._now())

        def work(connection: sqlite3.Connection) -> UUID:
            session = in_the_bin(connection, actor, number)
            if since is not None and session["deleted"] > micros(since):
                raise SessionNotFound
            purging.purge(connection, session, now)
            return UUID(hex=session["id"])

        self._held.forget(await self._database.write(work))

    async def erase(self, actor: Actor) -> None:
        """See `Shelves.erase`."""
        await purging.erase(self._database, self._held, actor, micros(self._now()))

    async def _change(self, actor: Actor, number: int, columns: Columns, *, in_bin: bool = False) -> Changed:
        undo_id, now = new_id(), micros(self._now())

        def work(connection: sqlite3.Connection) -> Changed:
            session = (in_the_bin if in_bin else session_by_number)(connection, actor, number)
            refuse_temporary(session)
            write(connection, session, {**columns, "touched": now})
            before = json.dumps({name: session[name] for name in columns})
            connection.execute(
                "INSERT INTO undos(id, owner, number, before, created) VALUES (?, ?, ?, ?, ?)",
                (undo_id.hex, session["owner"], number, before, now),
            )
            changed = session_of(session_by_number(connection, actor, number, binned=True), self._held)
            return Changed(session=changed, before=session_of(session, self._held), undo=undo_id)

        return await self._database.write(work)


def in_the_bin(connection: sqlite3.Connection, actor: Actor, number: int) -> sqlite3.Row:
    """The row of the actor's session with this number, which is in the bin. Raises `SessionNotFound`."""
    session = session_by_number(connection, actor, number, binned=True)
    if session["deleted"] is None:
        raise SessionNotFound
    return session


def write(connection: sqlite3.Connection, session: sqlite3.Row, columns: Columns) -> None:
    """Change a session's columns; what goes to the bin by it is left first. Raises `SessionWriting`."""
    place = (session["owner"], session["number"])
    if columns.get("deleted") is not None and session["deleted"] is None:
        refuse_while_writing(connection, session)
        connection.execute("DELETE FROM active WHERE owner = ? AND number = ?", place)
        connection.execute("UPDATE turns SET state = 'paused' WHERE owner = ? AND number = ? AND state = 'queued'", place)
    named = ", ".join(f"{name} = ?" for name in columns)
    connection.execute(
        f"UPDATE sessions SET {named} WHERE owner = ? AND number = ?",  # noqa: S608 - our own names
        (*columns.values(), *place),
    )


def refuse_while_writing(connection: sqlite3.Connection, session: sqlite3.Row) -> None:
    """Raises `SessionWriting` where a turn runs in the session."""
    sql = "SELECT 1 FROM turns WHERE ended IS NULL AND state IN ('asked', 'streaming') AND owner = ? AND number = ?"
    if connection.execute(sql, (session["owner"], session["number"])).fetchone() is not None:
        raise SessionWriting
