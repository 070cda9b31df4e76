"""The search index: who said which words, in the order of time.

Each word is kept with its owner's key before it, so a search walks through its owner's words alone: neither what it finds nor
what it costs depends on what others wrote, also for beginnings of words (docs/decisions/0003-words-with-their-owner.md).
Beside its words an entry has each pair of ideographs that touch: a single one is said too often to be found by.
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Final

from storage.sqlite.rows import OWNER_SHIFT, moment
from storage.words import folded_words, pairs, time_of

MARK: Final = "\N{MIDDLE DOT}"
"""Between owner and word: no word has it, and the tokenizer does not cut at it (SQLite, "FTS5", section 4.3.2)."""


NEIGHBOURS: Final = 16
"""Places that are tried one by one."""


def words_of(owner: int, text: str) -> str:
    """What the index is given for a text. What was given is needed again to take it out, so this must never change."""
    return " ".join(f"{owner}{MARK}{word}" for word in (*folded_words(text), *pairs(text)))


def time_of_stored(created: int) -> int:
    """The place in time of a stored time."""
    return time_of(moment(created))


def places(owner: int, since: datetime | None = None, until: datetime | None = None) -> tuple[int, int]:
    """The lowest and the highest place of an owner's, in a span of time."""
    lowest = time_of(since) if since is not None else 0
    highest = time_of(until) if until is not None else (1 << OWNER_SHIFT) - 1
    return (owner << OWNER_SHIFT) | lowest, (owner << OWNER_SHIFT) | highest


def add(connection: sqlite3.Connection, entry: int, text: str, created: int) -> None:
    """Index an entry, in the transaction that writes it."""
    owner = entry >> OWNER_SHIFT
    _put(connection, _free(connection, (owner << OWNER_SHIFT) | time_of_stored(created)), entry, text)


def add_all(connection: sqlite3.Connection, entries: Sequence[tuple[int, str, int]]) -> None:
    """Index many entries (id, text, created) of one owner, in the order of time: the index takes them faster so (SQLite,
    "FTS5": a rowid below the last one makes it write out what it holds).
    """
    wanted, place = -1, 0
    for entry, text, created in sorted(entries, key=lambda one: one[2]):
        time = (entry >> OWNER_SHIFT << OWNER_SHIFT) | time_of_stored(created)
        place = _free(connection, place + 1 if time == wanted else time)
        wanted = time
        _put(connection, place, entry, text)


def remove(connection: sqlite3.Connection, lowest: int, highest: int) -> None:
    """Take the entries of a range out, before they are deleted."""
    sql = "SELECT x.id, e.text FROM searchable x JOIN entries e ON e.id = x.entry WHERE x.entry BETWEEN ? AND ? ORDER BY x.id"
    for place, text in connection.execute(sql, (lowest, highest)).fetchall():
        taken_out = (place, words_of(place >> OWNER_SHIFT, text))
        connection.execute("INSERT INTO words(words, rowid, text) VALUES ('delete', ?, ?)", taken_out)
    connection.execute("DELETE FROM searchable WHERE entry BETWEEN ? AND ?", (lowest, highest))


def _put(connection: sqlite3.Connection, place: int, entry: int, text: str) -> None:
    connection.execute("INSERT INTO searchable(id, entry) VALUES (?, ?)", (place, entry))
    connection.execute("INSERT INTO words(rowid, text) VALUES (?, ?)", (place, words_of(place >> OWNER_SHIFT, text)))


def _free(connection: sqlite3.Connection, place: int) -> int:
    """The place or, where it is taken, the next free one: by steps that double once there are many, since a file from
    elsewhere may give one time to a million messages.
    """
    step = 1
    for tried in count():
        if not _is_taken(connection, place):
            break
        step = 1 if tried < NEIGHBOURS else step * 2
        place += step
    while step > 1:  # between the last place that was taken and this one, go back to one behind a taken one
        step //= 2
        if not _is_taken(connection, place - step):
            place -= step
    return place


def _is_taken(connection: sqlite3.Connection, place: int) -> bool:
    return connection.execute("SELECT 1 FROM searchable WHERE id = ?", (place,)).fetchone() is not None
