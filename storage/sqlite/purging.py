"""Deleting for good: a session, or all there is of a person. What is left of the words is wiped afterwards (`wiping.py`)."""

import sqlite3
from uuid import UUID

from storage.records import Actor
from storage.sqlite import index, spending
from storage.sqlite.database import Database
from storage.sqlite.held import Held
from storage.sqlite.permission import owner_key
from storage.sqlite.rows import entries_of

_OF_SESSION = (
    "turns",
    "links",
    "choices",
    "notices",
    "undos",
    "provenance",
    "session_preferences",
    "attached",
    "active",
    "sessions",
)
_OF_OWNER = ("shelf_counts", "lost", "notices", "preferences", "direct_channels", "usage")


def purge(connection: sqlite3.Connection, session: sqlite3.Row, now: int) -> None:
    """Delete a session with all that was said in it, and ask for the files to be wiped."""
    remove(connection, session)
    _ask_for_wiping(connection, now)


def remove(connection: sqlite3.Connection, session: sqlite3.Row) -> None:
    """Delete a session's rows."""
    lowest, highest = entries_of(session)
    place = (session["owner"], session["number"])
    index.remove(connection, lowest, highest)
    connection.execute("DELETE FROM omitted WHERE entry BETWEEN ? AND ?", (lowest, highest))
    connection.execute("DELETE FROM entries WHERE id BETWEEN ? AND ?", (lowest, highest))
    connection.execute("DELETE FROM deliveries WHERE turn IN (SELECT id FROM turns WHERE owner = ? AND number = ?)", place)
    spending.forget_session(connection, *place)
    for table in _OF_SESSION:
        connection.execute(f"DELETE FROM {table} WHERE owner = ? AND number = ?", place)  # noqa: S608 - constants


async def erase(database: Database, held: Held, actor: Actor, now: int) -> None:
    """Delete all sessions of a person, one a transaction, then what else is theirs, then whose it was."""

    def session(connection: sqlite3.Connection) -> bool:
        sql = "SELECT * FROM sessions WHERE owner = ? LIMIT 1"
        found = connection.execute(sql, (owner_key(connection, actor),)).fetchone()
        if found is not None:
            purge(connection, found, now)
            held.forget(UUID(hex=found["id"]))
        return found is not None

    def rest(connection: sqlite3.Connection) -> bool:
        """The last step; false where a session was made meanwhile."""
        if session(connection):
            return False
        owner = owner_key(connection, actor)
        for table in _OF_OWNER:
            connection.execute(f"DELETE FROM {table} WHERE owner = ?", (owner,))  # noqa: S608 - constants
        connection.execute("UPDATE owners SET user_id = -id, next_number = 1 WHERE id = ?", (owner,))
        _ask_for_wiping(connection, now)
        return True

    while await database.write(session):
        pass
    while not await database.write(rest):
        pass


def _ask_for_wiping(connection: sqlite3.Connection, now: int) -> None:
    connection.execute("INSERT INTO to_wipe(since) VALUES (?)", (now,))
