"""Writing all entries of a new session at once, with what the session says of them: for forks and imports."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from storage.records import EntryKind
from storage.sqlite import index
from storage.sqlite.entries import COUNTED, preview_of
from storage.sqlite.rows import entry_id


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry as it is stored, but for its id; `parent` is its parent's place in the list, which comes before it."""

    parent: int | None
    kind: str
    author: int | None
    text: str
    data: str | None
    created: int


def fill(connection: sqlite3.Connection, owner: int, number: int, entries: Sequence[NewEntry], leaf: int | None) -> None:
    """Write the entries of a session that has none. `leaf` is a place in the list. Costs what is written."""
    ids = [entry_id(owner, number, seq + 1) for seq in range(len(entries))]
    depths: list[int] = []
    messages: list[int] = []
    compactions: list[int | None] = []
    for own, entry in zip(ids, entries, strict=True):
        depths.append(0 if entry.parent is None else depths[entry.parent] + 1)
        messages.append((0 if entry.parent is None else messages[entry.parent]) + (entry.kind in COUNTED))
        above_it = None if entry.parent is None else compactions[entry.parent]
        compactions.append(own if entry.kind == EntryKind.COMPACTION else above_it)
    connection.executemany(
        "INSERT INTO entries(id, parent, depth, messages, compaction, kind, author, text, data, created) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (own, above(e, ids), depth, said, compaction, e.kind, e.author, e.text, e.data, e.created)
            for own, e, depth, said, compaction in zip(ids, entries, depths, messages, compactions, strict=True)
        ),
    )
    index.add_all(connection, [(own, e.text, e.created) for own, e in zip(ids, entries, strict=True) if e.kind in COUNTED])
    connection.execute(
        "UPDATE sessions SET next_seq = ?, leaf = ?, message_count = ?, branches = ?, preview = ?, "
        "modified = coalesce(?, modified) WHERE owner = ? AND number = ?",
        (
            len(entries) + 1,
            None if leaf is None else ids[leaf],
            0 if leaf is None else messages[leaf],
            _tips(entries),
            next((preview_of(entry.text) for entry in entries if entry.kind == EntryKind.USER), None),
            _newest(entries, leaf),
            owner,
            number,
        ),
    )


def above(entry: NewEntry, ids: Sequence[int]) -> int | None:
    """The id of an entry's parent."""
    return None if entry.parent is None else ids[entry.parent]


def _tips(entries: Sequence[NewEntry]) -> int:
    """User and assistant entries without a further one below them."""
    continued: set[int] = set()
    tips = 0
    for at in range(len(entries) - 1, -1, -1):
        is_said, parent = entries[at].kind in COUNTED, entries[at].parent
        tips += is_said and at not in continued
        if parent is not None and (is_said or at in continued):
            continued.add(parent)
    return tips


def _newest(entries: Sequence[NewEntry], leaf: int | None) -> int | None:
    """When the newest message on the path was said."""
    while leaf is not None and entries[leaf].kind not in COUNTED:
        leaf = entries[leaf].parent
    return None if leaf is None else entries[leaf].created
