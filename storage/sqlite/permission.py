"""What an actor may touch: one predicate, and the four look-ups that use it.

What is missing, foreign, or in the bin raises the same; `binned` lets a look-up see what is in the bin.
"""

import sqlite3
from uuid import UUID

from storage.errors import SessionNotFound, TurnNotFound
from storage.records import Actor
from storage.sqlite.rows import LARGEST, SESSION_COLUMNS, SESSION_TABLES, TURN_COLUMNS, TURN_TABLES


def may_touch(actor: Actor, owner: int) -> bool:
    """Whether the actor may see and change what `owner` (a Discord id) has. Today: what is their own."""
    return actor.user_id == owner


def session_by_id(connection: sqlite3.Connection, actor: Actor, session_id: UUID, *, binned: bool = False) -> sqlite3.Row:
    """The session's row. Raises `SessionNotFound`."""
    sql = f"SELECT {SESSION_COLUMNS} FROM {SESSION_TABLES} WHERE s.id = ?"  # noqa: S608 - constants
    return _permitted_session(actor, connection.execute(sql, (session_id.hex,)).fetchone(), binned=binned)


def session_by_number(connection: sqlite3.Connection, actor: Actor, number: int, *, binned: bool = False) -> sqlite3.Row:
    """The row of the actor's own session with this number. Raises `SessionNotFound`."""
    if not 0 < number <= LARGEST:
        raise SessionNotFound
    sql = f"SELECT {SESSION_COLUMNS} FROM {SESSION_TABLES} WHERE o.user_id = ? AND s.number = ?"  # noqa: S608 - constants
    return _permitted_session(actor, connection.execute(sql, (actor.user_id, number)).fetchone(), binned=binned)


def turn_by_id(connection: sqlite3.Connection, actor: Actor, turn_id: UUID, *, binned: bool = False) -> sqlite3.Row:
    """The turn's row. Raises `TurnNotFound`."""
    sql = f"SELECT {TURN_COLUMNS} FROM {TURN_TABLES} WHERE t.id = ?"  # noqa: S608 - constants
    return _permitted_turn(actor, connection.execute(sql, (turn_id.hex,)).fetchone(), binned=binned)


def turn_by_source(connection: sqlite3.Connection, actor: Actor, source_id: int) -> sqlite3.Row:
    """The row of the turn that a Discord event made. Raises `TurnNotFound`."""
    sql = f"SELECT {TURN_COLUMNS} FROM {TURN_TABLES} WHERE t.source_id = ?"  # noqa: S608 - constants
    return _permitted_turn(actor, connection.execute(sql, (source_id,)).fetchone(), binned=False)


def owner_key(connection: sqlite3.Connection, actor: Actor) -> int | None:
    """The small key of the actor's own things, if they have any."""
    row = connection.execute("SELECT id FROM owners WHERE user_id = ?", (actor.user_id,)).fetchone()
    return None if row is None else row["id"]


def made_owner_key(connection: sqlite3.Connection, actor: Actor) -> int:
    """The same, made where there was none."""
    connection.execute("INSERT INTO owners(user_id) VALUES (?) ON CONFLICT DO NOTHING", (actor.user_id,))
    return connection.execute("SELECT id FROM owners WHERE user_id = ?", (actor.user_id,)).fetchone()["id"]


def _permitted_turn(actor: Actor, row: sqlite3.Row | None, *, binned: bool) -> sqlite3.Row:
    if row is None or not may_touch(actor, row["user_id"]) or (row["session_deleted"] is not None and not binned):
        raise TurnNotFound
    return row


def _permitted_session(actor: Actor, row: sqlite3.Row | None, *, binned: bool) -> sqlite3.Row:
    if row is None or not may_touch(actor, row["user_id"]) or (row["deleted"] is not None and not binned):
        raise SessionNotFound
    return row
