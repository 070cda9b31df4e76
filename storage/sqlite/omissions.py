"""Exchanges that are left out of what models are sent, over the database."""

import sqlite3
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from uuid import UUID

from storage.errors import EntryNotFound
from storage.omissions import ANSWERS
from storage.records import Actor
from storage.sqlite.database import Database
from storage.sqlite.permission import session_by_id
from storage.sqlite.rows import entries_of, entry_id


class SqliteOmissions:
    """The `Omissions` of the SQLite store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def omit(self, actor: Actor, session_id: UUID, answer: int) -> None:
        """See `Omissions.omit`."""
        sql = "INSERT INTO omitted(entry) VALUES (?) ON CONFLICT DO NOTHING"
        await self._database.write(lambda connection: _change(connection, actor, session_id, answer, sql))

    async def restore(self, actor: Actor, session_id: UUID, answer: int) -> None:
        """See `Omissions.restore`."""
        sql = "DELETE FROM omitted WHERE entry = ?"
        await self._database.write(lambda connection: _change(connection, actor, session_id, answer, sql))

    async def of(self, actor: Actor, session_id: UUID) -> AbstractSet[int]:
        """See `Omissions.of`."""
        return await self._database.read(
            lambda connection: omitted_in(connection, session_by_id(connection, actor, session_id))
        )


def _change(connection: sqlite3.Connection, actor: Actor, session_id: UUID, answer: int, sql: str) -> None:
    lowest, highest = entries_of(session_by_id(connection, actor, session_id))
    row = connection.execute(
        "SELECT kind FROM entries WHERE id = ? AND id BETWEEN ? AND ?", (answer, lowest, highest)
    ).fetchone()
    if row is None or row["kind"] not in ANSWERS:
        raise EntryNotFound
    connection.execute(sql, (answer,))


def omitted_in(connection: sqlite3.Connection, session: sqlite3.Row) -> AbstractSet[int]:
    """The answers of a session whose exchanges are left out."""
    rows = connection.execute("SELECT entry FROM omitted WHERE entry BETWEEN ? AND ?", entries_of(session))
    return frozenset(row[0] for row in rows)


def omit_places(connection: sqlite3.Connection, owner: int, number: int, places: Iterable[int]) -> None:
    """Leave out the answers at these places, from 1, of a session that is being filled."""
    entries = [(entry_id(owner, number, place),) for place in places]
    connection.executemany("INSERT INTO omitted(entry) VALUES (?)", entries)
