"""What was spent: the tokens of a day by person, for the budget, and beside them what was used in which session, with which
model and at what cost. A day is UTC and stored as it is written (2026-01-31).
"""

import json
import sqlite3
from dataclasses import asdict
from datetime import date
from uuid import UUID

from storage.records import Actor, Cost, Spent

NO_SESSION = 0
"""The number of what was spent in a session that is gone, or in none."""

_ADD = (
    "INSERT INTO usage(owner, day, number, model, currency, turns, asides, input, cached, output, cost) {} "
    "ON CONFLICT(owner, day, number, model, currency) DO UPDATE SET turns = turns + excluded.turns, "
    "asides = asides + excluded.asides, input = input + excluded.input, cached = cached + excluded.cached, "
    "output = output + excluded.output, cost = cost + excluded.cost"
)


def charge(
    connection: sqlite3.Connection, day: date, owner: int, number: int, model: str | None, spent: Spent, *, aside: bool = False
) -> None:
    """Count a turn, or a request beside the turns, as an owner's (by their small key) of the day, in the session with this
    number.
    """
    if spent.tokens > 0:
        connection.execute(
            "INSERT INTO spending(day, owner, tokens) VALUES (?, ?, ?) "
            "ON CONFLICT(day, owner) DO UPDATE SET tokens = tokens + excluded.tokens",
            (day.isoformat(), owner, spent.tokens),
        )
    currency, cost = (spent.cost.currency, spent.cost.millionths) if spent.cost is not None else ("", 0)
    tokens = (spent.input_tokens, spent.cached_tokens, spent.output_tokens)
    row = (owner, day.isoformat(), number, model or "", currency, int(not aside), int(aside), *tokens, cost)
    connection.execute(_ADD.format("VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"), row)


def forget_session(connection: sqlite3.Connection, owner: int, number: int) -> None:
    """A session is deleted: what was spent in it stays its owner's, and tells of it no more."""
    columns = "owner, day, ?, model, currency, turns, asides, input, cached, output, cost"
    moved = f"SELECT {columns} FROM usage WHERE owner = ? AND number = ?"  # noqa: S608 - constants
    connection.execute(_ADD.format(moved), (NO_SESSION, owner, number))
    connection.execute("DELETE FROM usage WHERE owner = ? AND number = ?", (owner, number))


def number_of(connection: sqlite3.Connection, owner: int, session_id: UUID | None) -> int:
    """The number of an owner's session, wherever it rests."""
    found = connection.execute(
        "SELECT number FROM sessions WHERE owner = ? AND id = ?", (owner, session_id.hex if session_id else None)
    ).fetchone()
    return NO_SESSION if found is None else found["number"]


def of_person(connection: sqlite3.Connection, day: date, actor: Actor) -> int:
    """What one person spent on that day."""
    sql = "SELECT s.tokens FROM spending s JOIN owners o ON o.id = s.owner WHERE s.day = ? AND o.user_id = ?"
    row = connection.execute(sql, (day.isoformat(), actor.user_id)).fetchone()
    return 0 if row is None else row["tokens"]


def of_all(connection: sqlite3.Connection, day: date) -> int:
    """What all people spent on that day."""
    return connection.execute("SELECT coalesce(sum(tokens), 0) FROM spending WHERE day = ?", (day.isoformat(),)).fetchone()[0]


def spent_json(spent: Spent | None) -> str | None:
    """As it is stored with a turn."""
    return json.dumps(asdict(spent)) if spent else None


def spent_of(stored: str | None) -> Spent | None:
    """The other way round."""
    if stored is None:
        return None
    fields = json.loads(stored)
    cost = fields.pop("cost")
    return Spent(**fields, cost=Cost(**cost) if cost else None)
