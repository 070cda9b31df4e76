"""Pending choices: a departure waits with all that came with it until its owner decides, once."""

import sqlite3
from uuid import UUID

from storage.errors import ChoiceNotFound
from storage.records import Actor, Choice, Departure
from storage.sqlite.files import keep, of_choice
from storage.sqlite.held import Held
from storage.sqlite.permission import may_touch, session_by_id
from storage.sqlite.rows import SESSION_TABLES, choice_of, departure_json


def hold(
    connection: sqlite3.Connection,
    held: Held,
    actor: Actor,
    session_id: UUID,
    choice_id: UUID,
    departure: Departure,
    now: int,
) -> Choice:
    """Store a departure. Raises `SessionNotFound`."""
    session = session_by_id(connection, actor, session_id)
    bare = held.take_departure(session, choice_id, departure)
    stored = departure_json(departure) if bare is None else departure_json(bare, held=True)
    connection.execute(
        "INSERT INTO choices(id, owner, number, departure, created) VALUES (?, ?, ?, ?, ?)",
        (choice_id.hex, session["owner"], session["number"], stored, now),
    )
    if bare is None and departure.prompt is not None:
        keep(connection, session["owner"], session["number"], departure.prompt.files, choice=choice_id.hex)
    return look(connection, held, actor, choice_id)


def look(connection: sqlite3.Connection, held: Held, actor: Actor, choice_id: UUID) -> Choice:
    """An open choice. Raises `ChoiceNotFound`."""
    row = connection.execute(
        f"SELECT c.*, s.id AS session_id, o.user_id FROM {SESSION_TABLES} "  # noqa: S608 - constants
        "JOIN choices c ON c.owner = s.owner AND c.number = s.number WHERE c.id = ?",
        (choice_id.hex,),
    ).fetchone()
    if row is None or not may_touch(actor, row["user_id"]):
        raise ChoiceNotFound
    choice = choice_of(row, held, of_choice(connection, row))
    if choice is None:
        raise ChoiceNotFound
    return choice


def take(connection: sqlite3.Connection, held: Held, actor: Actor, choice_id: UUID) -> Choice:
    """Take an open choice out. Raises `ChoiceNotFound`."""
    choice = look(connection, held, actor, choice_id)
    connection.execute("DELETE FROM choices WHERE id = ?", (choice_id.hex,))
    return choice
