"""Finding messages by their words: the index gives candidates, the text itself decides, and is cut into a snippet."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice, pairwise
from typing import Final
from uuid import UUID

from storage.records import Actor, Hit, SessionInfo
from storage.sqlite import index
from storage.sqlite.held import Held
from storage.sqlite.permission import owner_key, session_by_id
from storage.sqlite.rows import LARGEST, NUMBER_BITS, OWNER_SHIFT, SESSION_COLUMNS, SESSION_TABLES, micros, moment, session_of
from storage.words import Phrase, Word, hits, snippet

CANDIDATES: Final = 1_000
"""Texts looked at in one search beyond what it finds: only a phrase that mixes ideographs and other words, or a very long
query, needs them."""
PIECES: Final = 32
"""Of a query, given to the index; what is more, the text decides."""
MOVED_ON: Final = 60_000
"""Milliseconds that a place may be after its time, where as many messages share one."""

_FOUND: Final = """
    SELECT x.id, e.id, e.kind, e.text, e.created FROM words w CROSS JOIN searchable x ON x.id = w.rowid
    CROSS JOIN entries e ON e.id = x.entry
    WHERE words MATCH ? AND w.rowid BETWEEN ? AND ? AND x.entry BETWEEN ? AND ? AND e.created >= ? AND e.created < ?
    ORDER BY w.rowid DESC"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is searched for, and where; see `Transcripts.search_messages`."""

    phrases: Sequence[Phrase]
    session: UUID | None
    since: datetime | None
    until: datetime | None
    limit: int
    before: int | None


def find(connection: sqlite3.Connection, held: Held, actor: Actor, wanted: Wanted) -> Sequence[Hit]:
    """The newest hits. Raises `SessionNotFound`."""
    session = None if wanted.session is None else session_by_id(connection, actor, wanted.session)
    owner = owner_key(connection, actor)
    if owner is None or not wanted.phrases:
        return ()
    return tuple(islice(_hits(connection, held, owner, session, wanted), max(wanted.limit, 0)))


def _hits(connection: sqlite3.Connection, held: Held, owner: int, session: sqlite3.Row | None, wanted: Wanted) -> Iterator[Hit]:
    entries = _entries(owner, session)
    lowest, highest = _places(connection, owner, None if session is None else entries, wanted)
    since = 0 if wanted.since is None else micros(wanted.since)
    until = (1 << 62) if wanted.until is None else micros(wanted.until)
    sessions: dict[int, SessionInfo | None] = {}
    found = connection.execute(_FOUND, (_expression(owner, wanted.phrases), lowest, highest, *entries, since, until))
    for place, entry, kind, text, created in islice(found, CANDIDATES + wanted.limit):
        number = (entry >> NUMBER_BITS) & LARGEST
        if number not in sessions:
            sessions[number] = _session(connection, held, owner, number)
        info = sessions[number]
        marked = hits(text, wanted.phrases) if info is not None else []
        if info is not None and marked:
            yield Hit(
                session=info,
                entry=entry,
                kind=kind,
                created=moment(created),
                snippet=snippet(text, marked),
                place=place & ((1 << OWNER_SHIFT) - 1),
            )


def _entries(owner: int, session: sqlite3.Row | None) -> tuple[int, int]:
    """The ids that entries of the session, or of all of the owner's, can have."""
    first, last = (0, LARGEST) if session is None else (session["number"], session["number"])
    return (owner << OWNER_SHIFT) | (first << NUMBER_BITS), (owner << OWNER_SHIFT) | (last << NUMBER_BITS) | LARGEST


def _places(connection: sqlite3.Connection, owner: int, entries: tuple[int, int] | None, wanted: Wanted) -> tuple[int, int]:
    """The places in which hits can be: the owner's, between the times, of the session, before the page's end."""
    lowest, highest = index.places(owner, wanted.since, wanted.until)
    if wanted.until is not None:
        highest = min(highest + MOVED_ON, index.places(owner)[1])
    if wanted.before is not None:
        before = max(0, min(wanted.before, 1 << OWNER_SHIFT))
        highest = min(highest, (owner << OWNER_SHIFT) + before - 1)
    if entries is not None:
        sql = "SELECT min(id), max(id) FROM searchable WHERE entry BETWEEN ? AND ?"
        first, last = connection.execute(sql, entries).fetchone()
        lowest, highest = max(lowest, first or 0), min(highest, last or 0)
    return lowest, highest


def _session(connection: sqlite3.Connection, held: Held, owner: int, number: int) -> SessionInfo | None:
    """The session, unless it is in the bin."""
    sql = f"SELECT {SESSION_COLUMNS} FROM {SESSION_TABLES} WHERE s.owner = ? AND s.number = ?"  # noqa: S608 - constants
    row = connection.execute(sql, (owner, number)).fetchone()
    return None if row["deleted"] is not None else session_of(row, held)


def _expression(owner: int, phrases: Sequence[Phrase]) -> str:
    """What the index is asked for: every hit fits it, and little else does. Each word is quoted, so none of it is syntax."""
    return " AND ".join(islice((piece for phrase in phrases for piece in _pieces(owner, phrase)), PIECES))


def _pieces(owner: int, phrase: Phrase) -> Iterator[str]:
    for are_ideographs, run in groupby(phrase.words, key=lambda word: word.is_ideograph):
        words = tuple(run)
        if are_ideographs:
            yield from (_quoted(owner, word) for word in _pairs(words))
        else:
            is_beginning = phrase.is_beginning and words[-1] is phrase.words[-1]
            yield _quoted(owner, *(word.text for word in words)) + (" *" if is_beginning else "")


def _pairs(words: tuple[Word, ...]) -> list[str]:
    """Ideographs by twos as they touch, and alone where they don't."""
    pairs = [first.text + second.text for first, second in pairwise(words) if second.joined]
    touching = {at + step for at, word in enumerate(words) if word.joined for step in (-1, 0)}
    return pairs + [word.text for at, word in enumerate(words) if at not in touching]


def _quoted(owner: int, *words: str) -> str:
    return '"' + " ".join(f"{owner}{index.MARK}{word}" for word in words) + '"'
