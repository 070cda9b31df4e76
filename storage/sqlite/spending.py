"""The tokens of a day, by person; a day is UTC and stored as it is written (2026-01-31)."""

import sqlite3
from datetime import date

from storage.records import Actor


def add(connection: sqlite3.Connection, day: date, owner: int, tokens: int) -> None:
    """Count these tokens as an owner's (by their small key) of the day."""
    if tokens > 0:
        connection.execute(
            "INSERT INTO spending(day, owner, tokens) VALUES (?, ?, ?) "
            "ON CONFLICT(day, owner) DO UPDATE SET tokens = tokens + excluded.tokens",
            (day.isoformat(), owner, tokens),
        )


def of_person(connection: sqlite3.Connection, day: date, actor: Actor) -> int:
    """What one person spent on that day."""
    sql = "SELECT s.tokens FROM spending s JOIN owners o ON o.id = s.owner WHERE s.day = ? AND o.user_id = ?"
    row = connection.execute(sql, (day.isoformat(), actor.user_id)).fetchone()
    return 0 if row is None else row["tokens"]


def of_all(connection: sqlite3.Connection, day: date) -> int:
    """What all people spent on that day."""
    return connection.execute("SELECT coalesce(sum(tokens), 0) FROM spending WHERE day = ?", (day.isoformat(),)).fetchone()[0]
