"""Turns by where their exchanges stand in the tree: those of one place, those of one question, the last one."""

import sqlite3
from collections.abc import Sequence
from uuid import UUID

from storage.records import Actor, Turn
from storage.sqlite.held import Held
from storage.sqlite.permission import session_by_id, turn_by_id
from storage.sqlite.rows import TURN_COLUMNS, TURN_TABLES, entries_of, turn_of


def siblings(connection: sqlite3.Connection, held: Held, actor: Actor, turn_id: UUID) -> Sequence[Turn]:
    """See `TurnJournal.siblings`."""
    sql = (
        f"SELECT {TURN_COLUMNS} FROM {TURN_TABLES} JOIN entries a ON a.id = t.answer_entry "  # noqa: S608 - constants
        "WHERE a.kind = 'assistant' AND t.prompt_entry IN "
        "(SELECT e.id FROM entries e JOIN entries here ON here.id = :prompt "
        "WHERE e.id BETWEEN coalesce(here.parent, :lowest) AND :highest AND e.parent IS here.parent AND e.kind = 'user') "
        "ORDER BY t.id"
    )
    turn = turn_by_id(connection, actor, turn_id)
    lowest, highest = entries_of(turn)
    found = connection.execute(sql, {"prompt": turn["prompt_entry"], "lowest": lowest, "highest": highest})
    return tuple(turn_of(row, held) for row in found)


def tries(connection: sqlite3.Connection, held: Held, actor: Actor, turn_id: UUID) -> Sequence[Turn]:
    """See `TurnJournal.tries`."""
    sql = f"SELECT {TURN_COLUMNS} FROM {TURN_TABLES} WHERE t.prompt_entry = ? ORDER BY t.id"  # noqa: S608 - constants
    asked = turn_by_id(connection, actor, turn_id)["prompt_entry"]
    return tuple(turn_of(row, held) for row in connection.execute(sql, (asked,)))


def latest(connection: sqlite3.Connection, held: Held, actor: Actor, session_id: UUID) -> Turn | None:
    """See `TurnJournal.latest`."""
    sql = (
        f"SELECT {TURN_COLUMNS} FROM {TURN_TABLES} "  # noqa: S608 - constants
        "WHERE t.prompt_entry IN (?, ?) AND (t.answer_entry = ? OR t.prompt_entry = ?) ORDER BY t.id DESC LIMIT 1"
    )
    leaf = session_by_id(connection, actor, session_id)["leaf"]
    above = connection.execute("SELECT parent FROM entries WHERE id = ?", (leaf,)).fetchone()
    row = connection.execute(sql, (leaf, above["parent"] if above else None, leaf, leaf)).fetchone()
    return None if row is None else turn_of(row, held)
