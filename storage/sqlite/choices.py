"""Pending choices: a departure waits with all that came with it until its owner decides, once."""

import sqlite3
from uuid import UUID

from storage.errors import ChoiceNotFound
from storage.records import Actor, Choice, Departure
from storage.sqlite.permission import may_touch, session_by_id
from storage.sqlite.rows import SESSION_TABLES, choice_of, departure_json


def hold(
    connection: sqlite3.Connection, actor: Actor, session_id: UUID, choice_id: UUID, departure: Departure, now: int
) -> Choice:
    """Store a departure. Raises `SessionNotFound`."""
    session = session_by_id(connection, actor, session_id)
    connection.execute(
        "INSERT INTO choices(id, owner, number, departure, created) VALUES (?, ?, ?, ?, ?)",
        (choice_id.hex, session["owner"], session["number"], departure_json(departure), now),
    )
    return look(connection, actor, choice_id)


def look(connection: sqlite3.Connection, actor: Actor, choice_id: UUID) -> Choice:
    """An open choice. Raises `ChoiceNotFound`."""
    row = connection.execute(
        f"SELECT c.*, s.id AS session_id, o.user_id FROM {SESSION_TABLES} "  # noqa: S608 - constants
        "JOIN choices c ON c.owner = s.owner AND c.number = s.number WHERE c.id = ?",
        (choice_id.hex,),
    ).fetchone()
    if row is None or not may_touch(actor, row["user_id"]):
        raise ChoiceNotFound
    return choice_of(row)


def take(connection: sqlite3.Connection, actor: Actor, choice_id: UUID) -> Choice:
    """Take an open choice out. Raises `ChoiceNotFound`."""
    choice = look(connection, actor, choice_id)
    connection.execute("DELETE FROM choices WHERE id = ?", (choice_id.hex,))
    return choice
