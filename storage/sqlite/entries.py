"""Appending one entry: the row, its words, the session's counters, its preview and its leaf change in one transaction."""

import sqlite3
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from storage.records import FIRST_MESSAGE_LENGTH, EntryKind
from storage.sqlite import index
from storage.sqlite.held import Held, Said
from storage.sqlite.rows import ENTRY_COLUMNS, data_json, entry_id, entry_of

COUNTED: Final = (EntryKind.USER, EntryKind.ASSISTANT)


def append(
    connection: sqlite3.Connection,
    held: Held,
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

    `session` is the row as it is in this transaction; a `model` becomes the session's. What is `held` of it is not stored.
    """
    owner, number = session["owner"], session["number"]
    new = entry_id(owner, number, session["next_seq"])
    counted = kind in COUNTED
    sql = "SELECT depth, messages, compaction, kind, created FROM entries WHERE id = ?"
    above = connection.execute(sql, (parent,)).fetchone()
    depth, messages, compaction = (above["depth"] + 1, above["messages"], above["compaction"]) if above else (0, 0, None)
    messages += counted
    modified = created if counted else above["created"] if above and above["kind"] in COUNTED else None
    is_preview = kind is EntryKind.USER and is_leaf
    stored = held.take_entry(session, new, Said(text, data_json(data)), preview_of(text) if is_preview else None)
    connection.execute(
        "INSERT INTO entries(id, parent, depth, messages, compaction, kind, author, text, data, created) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(new, parent, depth, messages, new if kind is EntryKind.COMPACTION else compaction),
            *(kind, author, stored.text, stored.data, created),
        ),
    )
    branches = session["branches"]
    if counted:
        index.add(connection, new, stored.text, created)
        branches += branches == 0 or _is_continued(connection, session, parent)
    connection.execute(
        "UPDATE sessions SET next_seq = next_seq + 1, branches = ? WHERE owner = ? AND number = ?", (branches, owner, number)
    )
    if not is_leaf:
        return new
    preview = preview_of(stored.text) if is_preview else None
    connection.execute(
        "UPDATE sessions SET leaf = ?, message_count = ?, modified = coalesce(?, modified), "
        "preview = coalesce(preview, ?), model = coalesce(?, model) WHERE owner = ? AND number = ?",
        (new, messages, modified, preview, model, owner, number),
    )
    if kind is EntryKind.USER and session["archived"]:
        sql = "UPDATE sessions SET archived = 0, archived_by_itself = NULL WHERE owner = ? AND number = ?"
        connection.execute(sql, (owner, number))
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


def mark_unread(connection: sqlite3.Connection, session: sqlite3.Row) -> None:
    """An answer came to its end in the session: it is unread unless the session is active somewhere."""
    connection.execute(
        "UPDATE sessions SET unread = 1 WHERE owner = ? AND number = ? AND NOT EXISTS "
        "(SELECT 1 FROM active a WHERE a.owner = sessions.owner AND a.number = sessions.number)",
        (session["owner"], session["number"]),
    )


def has_answer(connection: sqlite3.Connection, prompt: int) -> bool:
    """Whether there is an entry below this prompt. Every answer's turn knows it, and turns are found by their prompt."""
    sql = "SELECT 1 FROM turns WHERE prompt_entry = ? AND answer_entry IS NOT NULL LIMIT 1"
    return connection.execute(sql, (prompt,)).fetchone() is not None


def text_of(connection: sqlite3.Connection, held: Held, session_id: UUID, answer: int) -> str:
    """The text of an assistant entry of the session; "" for a failure."""
    sql = f"SELECT {ENTRY_COLUMNS} FROM entries WHERE id = ? AND kind = 'assistant'"  # noqa: S608 - constants
    row = connection.execute(sql, (answer,)).fetchone()
    return "" if row is None else entry_of(row, session_id, held).text


def _is_continued(connection: sqlite3.Connection, session: sqlite3.Row, above: int | None) -> bool:
    """Whether a further message below `above` begins a branch: the last one on the path to it has messages below it already.

    What follows an entry lies right behind it, so where there is something, it is found at once.
    """
    said = said_at(connection, above)
    if said is None:
        return True
    below = {said}
    sql = "SELECT id, parent, kind FROM entries WHERE id > ? AND id < ? ORDER BY id"
    newest = entry_id(session["owner"], session["number"], session["next_seq"])
    for entry, parent, kind in connection.execute(sql, (said, newest)):
        if parent in below:
            if kind in COUNTED:
                return True
            below.add(entry)
    return False


def said_at(connection: sqlite3.Connection, entry: int | None) -> int | None:
    """The last user or assistant entry on the path to `entry`, itself included."""
    while entry is not None:
        row = connection.execute("SELECT parent, kind FROM entries WHERE id = ?", (entry,)).fetchone()
        if row["kind"] in COUNTED:
            return entry
        entry = row["parent"]
    return None


def preview_of(text: str) -> str:
    """The beginning of a session's first prompt, on one line, as lists show it."""
    return " ".join(text.split())[:FIRST_MESSAGE_LENGTH]
