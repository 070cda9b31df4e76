"""What people chose for themselves, as JSON."""

import json
import sqlite3
from typing import Any

from storage.records import Actor
from storage.sqlite.database import Database
from storage.sqlite.permission import made_owner_key, owner_key


class SqlitePreferences:
    """The `Preferences` of the SQLite store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, actor: Actor, name: str) -> Any:
        """See `Preferences.get`."""
        sql = "SELECT value FROM preferences WHERE owner = ? AND name = ?"
        row = await self._database.read(lambda c: c.execute(sql, (owner_key(c, actor), name)).fetchone())
        return None if row is None else json.loads(row["value"])

    async def set(self, actor: Actor, name: str, value: Any) -> None:
        """See `Preferences.set`."""

        def work(connection: sqlite3.Connection) -> None:
            owner = made_owner_key(connection, actor)
            connection.execute("DELETE FROM preferences WHERE owner = ? AND name = ?", (owner, name))
            if value is not None:
                sql = "INSERT INTO preferences(owner, name, value) VALUES (?, ?, ?)"
                connection.execute(sql, (owner, name, json.dumps(value)))

        await self._database.write(work)
