"""The least that SQLite can take for the same work: `sqlite3` in the calling thread, the store's schema, rows left as they are.

What the store adds to it is a hop to another thread and back, the permission look-up, and records made of rows.
"""

import sqlite3
from pathlib import Path

from bench.seed import TEXT
from storage.sqlite.database import PRAGMAS

SPREAD = 50


class Limit:
    """A second connection to the store's file; only used while the store is still."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in PRAGMAS:
            self._connection.execute(pragma)
        self._appended = 0

    def first_page(self) -> list[tuple[object, ...]]:
        """The ten newest sessions of the one owner."""
        sql = (
            "SELECT number, coalesce(name, preview), message_count, created, modified FROM sessions "
            "WHERE owner = 1 AND shelf = 0 ORDER BY pinned DESC, modified DESC LIMIT 10"
        )
        return self._connection.execute(sql).fetchall()

    def newest(self, number: int, limit: int) -> list[tuple[object, ...]]:
        """The newest entries of a session; -1 for all."""
        low, high = (1 << 40) | (number << 20), (1 << 40) | ((number + 1) << 20)
        sql = "SELECT id, kind, text, created FROM entries WHERE id > ? AND id < ? ORDER BY id DESC LIMIT ?"
        return self._connection.execute(sql, (low, high, limit)).fetchall()

    def append(self, *, messages: int = 1) -> None:
        """So many messages in one transaction, as the store's group does: a counter and a row each, in one of fifty
        sessions that are nobody's.
        """
        self._connection.execute("BEGIN IMMEDIATE")
        for _ in range(messages):
            self._connection.execute("UPDATE sessions SET next_seq = next_seq WHERE owner = 1 AND number = 1")
            sql = "INSERT INTO entries(id, depth, messages, kind, text, created) VALUES (?, 0, 1, 'user', ?, 0)"
            place = (1 << 50) | (self._appended % SPREAD << 20) | self._appended // SPREAD
            self._connection.execute(sql, (place, TEXT))
            self._appended += 1
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
