"""The SQLite `Store`: small parts over one database, and the lock that keeps other processes off it."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from filelock import BaseFileLock

from storage.records import Actor
from storage.sqlite.accounts import SqliteAccounts
from storage.sqlite.branches import SqliteBranches
from storage.sqlite.compactions import SqliteCompactions
from storage.sqlite.database import Database
from storage.sqlite.deliveries import SqliteDeliveries
from storage.sqlite.files import SqliteFiles
from storage.sqlite.held import Held
from storage.sqlite.omissions import SqliteOmissions
from storage.sqlite.permission import made_owner_key, session_by_id
from storage.sqlite.preferences import SqlitePreferences
from storage.sqlite.sessions import SqliteSessions
from storage.sqlite.shelves import SqliteShelves
from storage.sqlite.temporaries import SqliteTemporaries
from storage.sqlite.transcripts import SqliteTranscripts
from storage.sqlite.transfers import SqliteTransfers
from storage.sqlite.turns import SqliteTurns
from storage.sqlite.upkeep import SqliteUpkeep


class SqliteStore:
    """See `storage.store.Store`. Made by `open_store`."""

    def __init__(self, database: Database, lock: BaseFileLock | None, now: Callable[[], datetime], file_space: int = 0) -> None:
        self._database = database
        self._lock = lock
        self._closing: asyncio.Task[None] | None = None
        held = Held()
        self.sessions = SqliteSessions(database, held, now)
        self.shelves = SqliteShelves(database, held, now)
        self.branches = SqliteBranches(database, held, now)
        self.omissions = SqliteOmissions(database)
        self.compactions = SqliteCompactions(database, held, now)
        self.transfers = SqliteTransfers(database, held, now, file_space)
        self.temporaries = SqliteTemporaries(database, held)
        self.preferences = SqlitePreferences(database, held)
        self.files = SqliteFiles(database, held, file_space)
        self.transcripts = SqliteTranscripts(database, held)
        self.turns = SqliteTurns(database, held, now, file_space)
        self.deliveries = SqliteDeliveries(database, held, now)
        self.accounts = SqliteAccounts(database)
        self.upkeep = SqliteUpkeep(database, held)

    async def first_time(self, actor: Actor, notice: str, session_id: UUID | None = None) -> bool:
        """See `Store.first_time`."""

        def work(connection: sqlite3.Connection) -> bool:
            number = 0 if session_id is None else session_by_id(connection, actor, session_id)["number"]
            owner = made_owner_key(connection, actor)
            sql = "INSERT INTO notices(owner, number, notice) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
            return connection.execute(sql, (owner, number, notice)).rowcount == 1

        return await self._database.write(work)

    async def close(self) -> None:
        """See `Store.close`. Once begun it runs to its end, also when the caller is cancelled."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(), name="store-close")
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        try:
            await self._database.close()
        finally:
            if self._lock is not None:
                self._lock.release()
