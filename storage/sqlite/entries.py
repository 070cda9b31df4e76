"""Appending one entry: the row, the session's counters, its preview and its leaf change in the caller's transaction."""

import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from storage.records import FIRST_MESSAGE_LENGTH, EntryKind
from storage.sqlite.rows import data_json, entry_id

COUNTED: Final = (EntryKind.USER, EntryKind.ASSISTANT)


def append(
    connection: sqlite3.Connection,
    session: sqlite3.Row,
    *,
    parent: int | None,
    kind: EntryKind,
    text: str,
    author: int | None,
    data: Mapping[str, Any],
    created: int,
    model: str | None = None,
) -> int:
    """Write an entry under `parent` and make it the session's leaf; returns its id.

    `session` is the row as it is in this transaction; a `model` becomes the session's.
    """
    owner, number = session["owner"], session["number"]
    new = entry_id(owner, number, session["next_seq"])
    counted = kind in COUNTED
    above = connection.execute("SELECT depth, messages, kind, created FROM entries WHERE id = ?", (parent,)).fetchone()
    depth, messages = (above["depth"] + 1, above["messages"]) if above else (0, 0)
    messages += counted
    modified = created if counted else above["created"] if above and above["kind"] in COUNTED else None
    connection.execute(
        "INSERT INTO entries(id, parent, depth, messages, kind, author, text, data, created) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (new, parent, depth, messages, kind, author, text, data_json(data), created),
    )
    connection.execute(
        "UPDATE sessions SET next_seq = next_seq + 1, leaf = ?, message_count = ?, modified = coalesce(?, modified), "
        "preview = coalesce(preview, ?), model = coalesce(?, model) WHERE owner = ? AND number = ?",
        (new, messages, modified, _preview(text) if kind is EntryKind.USER else None, model, owner, number),
    )
    return new


def move_leaf_to_prompt(connection: sqlite3.Connection, session: sqlite3.Row, leaf: int) -> None:
    """Make a user entry of the session its leaf again, with the count and the time of its path."""
    connection.execute(
        "UPDATE sessions SET leaf = e.id, message_count = e.messages, modified = e.created "
        "FROM entries e WHERE e.id = ? AND owner = ? AND number = ?",
        (leaf, session["owner"], session["number"]),
    )


def _preview(text: str) -> str:
    return " ".join(text.split())[:FIRST_MESSAGE_LENGTH]
