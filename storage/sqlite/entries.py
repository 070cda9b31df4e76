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
    is_leaf: bool = True,
) -> int:
    """Write an entry under `parent` and make it the session's leaf, unless it is not to be; returns its id.

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
    if not is_leaf:
        connection.execute("UPDATE sessions SET next_seq = next_seq + 1 WHERE owner = ? AND number = ?", (owner, number))
        return new
    connection.execute(
        "UPDATE sessions SET next_seq = next_seq + 1, leaf = ?, message_count = ?, modified = coalesce(?, modified), "
        "preview = coalesce(preview, ?), model = coalesce(?, model) WHERE owner = ? AND number = ?",
        (new, messages, modified, _preview(text) if kind is EntryKind.USER else None, model, owner, number),
    )
    return new


def move_leaf(connection: sqlite3.Connection, session: sqlite3.Row, leaf: int | None) -> None:
    """Make another entry of the session its leaf (none: an empty path), with the count and the time of its path.

    The time is that of the path's newest user or assistant entry, which only failures can stand below.
    """
    connection.execute(
        "WITH RECURSIVE up(id) AS (SELECT :leaf UNION ALL SELECT e.parent FROM up JOIN entries e ON e.id = up.id "
        "WHERE e.kind NOT IN ('user', 'assistant')) "
        "UPDATE sessions SET leaf = :leaf, "
        "message_count = coalesce((SELECT messages FROM entries WHERE id = :leaf), 0), "
        "modified = coalesce((SELECT e.created FROM up JOIN entries e ON e.id = up.id "
        "WHERE e.kind IN ('user', 'assistant') LIMIT 1), created) WHERE owner = :owner AND number = :number",
        {"leaf": leaf, "owner": session["owner"], "number": session["number"]},
    )


def has_answer(connection: sqlite3.Connection, prompt: int) -> bool:
    """Whether there is an entry below this prompt. Every answer's turn knows it, and turns are found by their prompt."""
    sql = "SELECT 1 FROM turns WHERE prompt_entry = ? AND answer_entry IS NOT NULL LIMIT 1"
    return connection.execute(sql, (prompt,)).fetchone() is not None


def text_of(connection: sqlite3.Connection, answer: int) -> str:
    """The text of an assistant entry; "" for a failure."""
    row = connection.execute("SELECT text FROM entries WHERE id = ? AND kind = 'assistant'", (answer,)).fetchone()
    return "" if row is None else row["text"]


def _preview(text: str) -> str:
    return " ".join(text.split())[:FIRST_MESSAGE_LENGTH]
