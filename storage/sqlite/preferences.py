"""What people chose for themselves, as JSON."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from storage.records import Actor
from storage.sqlite.database import Database
from storage.sqlite.held import Held
from storage.sqlite.permission import made_owner_key, owner_key, session_by_id


class SqlitePreferences:
    """The `Preferences` of the SQLite store."""

    def __init__(self, database: Database, held: Held) -> None:
        self._database, self._held = database, held

    async def get(self, actor: Actor, name: str) -> Any:
        """See `Preferences.get`."""
        sql = "SELECT value FROM preferences WHERE owner = ? AND name = ?"
        row = await self._database.read(lambda c: c.execute(sql, (owner_key(c, actor), name)).fetchone())
        return None if row is None else json.loads(row["value"])

    async def all(self, actor: Actor) -> Mapping[str, Any]:
        """See `Preferences.all`."""
        sql = "SELECT name, value FROM preferences WHERE owner = ?"
        return await self._database.read(lambda c: _read(c.execute(sql, (owner_key(c, actor),))))

    async def set(self, actor: Actor, name: str, value: Any) -> None:
        """See `Preferences.set`."""

        def work(connection: sqlite3.Connection) -> None:
            owner = made_owner_key(connection, actor)
            connection.execute("DELETE FROM preferences WHERE owner = ? AND name = ?", (owner, name))
            if value is not None:
                sql = "INSERT INTO preferences(owner, name, value) VALUES (?, ?, ?)"
                connection.execute(sql, (owner, name, json.dumps(value)))

        await self._database.write(work)

    async def of_session(self, actor: Actor, session_id: UUID) -> Mapping[str, Any]:
        """See `Preferences.of_session`."""
        sql = "SELECT name, value FROM session_preferences WHERE owner = ? AND number = ?"

        def work(connection: sqlite3.Connection) -> Mapping[str, Any]:
            session = session_by_id(connection, actor, session_id)
            words = self._held.words(session_id)
            if words is not None:
                return _read(tuple(words.preferences.items()))
            return _read(connection.execute(sql, (session["owner"], session["number"])))

        return await self._database.read(work)

    async def set_for_session(self, actor: Actor, session_id: UUID, name: str, value: Any) -> None:
        """See `Preferences.set_for_session`."""

        def work(connection: sqlite3.Connection) -> None:
            session = session_by_id(connection, actor, session_id)
            stored = None if value is None else json.dumps(value)
            if not self._held.take_preference(session, name, stored):
                write(connection, session["owner"], session["number"], name, stored)

        await self._database.write(work)


def write(connection: sqlite3.Connection, owner: int, number: int, name: str, stored: str | None) -> None:
    """Keep a session's choice, which is JSON, instead of the one there was; `None` is none."""
    place = (owner, number, name)
    connection.execute("DELETE FROM session_preferences WHERE owner = ? AND number = ? AND name = ?", place)
    if stored is not None:
        connection.execute("INSERT INTO session_preferences(owner, number, name, value) VALUES (?, ?, ?, ?)", (*place, stored))


def copy(connection: sqlite3.Connection, session: sqlite3.Row, number: int) -> None:
    """Give what was chosen for a session to another one of its owner's, a new one."""
    connection.execute(
        "INSERT INTO session_preferences(owner, number, name, value) "
        "SELECT owner, ?, name, value FROM session_preferences WHERE owner = ? AND number = ?",
        (number, session["owner"], session["number"]),
    )


def _read(rows: Iterable[tuple[str, str]]) -> Mapping[str, Any]:
    return {name: json.loads(value) for name, value in rows}
