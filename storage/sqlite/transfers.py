"""Sessions as a whole, going out and coming in, over the database."""

import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from storage.errors import BrokenTree
from storage.ids import new_id, uuid_of
from storage.omissions import coming_in, going_out, is_omitted
from storage.preferences import INSTRUCTIONS
from storage.records import HERE, Actor, Draft, DraftEntry, Entry, EntryKind, File, Provenance, SessionInfo
from storage.sqlite import preferences
from storage.sqlite.database import Database
from storage.sqlite.files import keep, refuse_files, share
from storage.sqlite.held import Held, refuse_temporary
from storage.sqlite.omissions import omit_places, omitted_in
from storage.sqlite.permission import made_owner_key, owner_key, session_by_id
from storage.sqlite.rows import (
    ENTRY_COLUMNS,
    LARGEST,
    SESSION_COLUMNS,
    SESSION_TABLES,
    data_json,
    entries_of,
    entry_of,
    micros,
    session_of,
)
from storage.sqlite.sessions import next_number
from storage.sqlite.whole import NewEntry, fill
from storage.text import clean, clean_name
from storage.transfers import THOUGHTS
from storage.tree import leaf_of, places_of


class SqliteTransfers:
    """The `Transfers` of the SQLite store."""

    def __init__(self, database: Database, held: Held, now: Callable[[], datetime], file_space: int) -> None:
        self._database, self._held = database, held
        self._now, self._file_space = now, file_space

    async def every(self, actor: Actor, *, size: int = 100) -> AsyncIterator[SessionInfo]:
        """See `Transfers.every`."""
        sql = (
            f"SELECT {SESSION_COLUMNS} FROM {SESSION_TABLES} "  # noqa: S608 - constants
            "WHERE s.owner = ? AND s.number > ? AND s.deleted IS NULL AND s.temporary = 0 ORDER BY s.number LIMIT ?"
        )

        def page(connection: sqlite3.Connection, after: int) -> Sequence[SessionInfo]:
            rows = connection.execute(sql, (owner_key(connection, actor), after, size))
            return tuple(session_of(row, self._held) for row in rows)

        after = 0
        while sessions := await self._database.read(lambda connection, after=after: page(connection, after)):
            for session in sessions:
                yield session
            after = sessions[-1].number

    async def read_all(self, actor: Actor, session_id: UUID, *, size: int = 500) -> AsyncIterator[Sequence[Entry]]:
        """See `Transfers.read_all`."""
        sql = f"SELECT {ENTRY_COLUMNS}, ({_THOUGHTS}) FROM entries e WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?"  # noqa: S608 - constants

        def batch(connection: sqlite3.Connection, after: int) -> Sequence[Entry]:
            session = session_by_id(connection, actor, session_id)
            refuse_temporary(session)
            lowest, highest = entries_of(session)
            rows, omitted = connection.execute(sql, (max(lowest, after + 1), highest, size)), omitted_in(connection, session)
            read = [_with_thoughts(entry_of(row[:-1], session_id, self._held), row[-1]) for row in rows]
            return tuple(going_out(entry, omitted=entry.id in omitted) for entry in read)

        after = 0
        while entries := await self._database.read(lambda connection, after=after: batch(connection, after)):
            yield entries
            after = entries[-1].id

    async def adopt(self, actor: Actor, draft: Draft, entries: Sequence[DraftEntry], files: Sequence[File] = ()) -> SessionInfo:
        """See `Transfers.adopt`."""
        if len(entries) > LARGEST - 1:
            raise BrokenTree
        session_id, created, now = new_id(), micros(draft.created), micros(self._now())
        leaf = leaf_of(draft, entries)

        def work(connection: sqlite3.Connection) -> SessionInfo:
            places = places_of(draft, entries)  # in the writer's thread: it looks at each of them
            owner = made_owner_key(connection, actor)
            number = next_number(connection, owner)
            connection.execute(
                "INSERT INTO sessions(owner, number, id, name, named_by, created, modified, touched, model, pinned, archived) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(owner, number, session_id.hex, clean_name(draft.name), None if draft.name is None else draft.named_by),
                    *(created, created, now, draft.model, draft.pinned, draft.archived),
                ),
            )
            new = [_new(actor, entry, places) for entry in entries]
            fill(connection, owner, number, new, None if leaf is None else places[leaf])
            refuse_files(connection, self._held, session_by_id(connection, actor, session_id), files, self._file_space)
            keep(connection, owner, number, files)
            share(connection, owner, number, new)
            omit_places(connection, owner, number, [places[e.id] + 1 for e in entries if is_omitted(e.kind, e.data)])
            if draft.instructions is not None:
                preferences.write(connection, owner, number, INSTRUCTIONS, json.dumps(clean(draft.instructions)))
            if draft.provenance is not None:
                _keep_provenance(connection, owner, number, draft.provenance)
            return session_of(session_by_id(connection, actor, session_id), self._held)

        return await self._database.write(work)

    async def provenance(self, actor: Actor, session_id: UUID) -> Provenance | None:
        """See `Transfers.provenance`."""
        sql = "SELECT source, external_id, parent, extra FROM provenance WHERE owner = ? AND number = ?"

        def work(connection: sqlite3.Connection) -> Provenance | None:
            session = session_by_id(connection, actor, session_id)
            row = connection.execute(sql, (session["owner"], session["number"])).fetchone()
            if row is None:
                return None
            extra: dict[str, Any] = json.loads(row["extra"]) if row["extra"] else {}
            return Provenance(source=row["source"], external_id=row["external_id"], parent=row["parent"], extra=extra)

        return await self._database.read(work)

    async def known(self, actor: Actor, source: str, external_ids: Sequence[str]) -> AbstractSet[str]:
        """See `Transfers.known`."""
        own = {made.hex: text for text in external_ids if source == HERE and (made := uuid_of(text)) is not None}

        def work(connection: sqlite3.Connection) -> AbstractSet[str]:
            owner = owner_key(connection, actor)
            taken = connection.execute(_TAKEN_IN, (json.dumps(list(external_ids)), owner, source)).fetchall()
            begun = connection.execute(_BEGUN_HERE, (json.dumps(list(own)), owner)).fetchall()
            return {row[0] for row in taken} | {own[row[0]] for row in begun}

        return await self._database.read(work)


_TAKEN_IN: Final = (
    "SELECT p.external_id FROM json_each(?) wanted CROSS JOIN provenance p ON p.owner = ? AND p.source = ? "
    "AND p.external_id = wanted.value JOIN sessions s ON s.owner = p.owner AND s.number = p.number WHERE s.deleted IS NULL"
)
_BEGUN_HERE: Final = (
    "SELECT s.id FROM json_each(?) wanted CROSS JOIN sessions s ON s.id = wanted.value WHERE s.owner = ? AND s.deleted IS NULL"
)


_THOUGHTS: Final = "SELECT t.thoughts FROM turns t WHERE t.prompt_entry = e.parent AND t.answer_entry = e.id"


def _with_thoughts(entry: Entry, thoughts: str | None) -> Entry:
    return entry if thoughts is None else replace(entry, data={**entry.data, THOUGHTS: thoughts})


def _keep_provenance(connection: sqlite3.Connection, owner: int, number: int, provenance: Provenance) -> None:
    texts = [None if text is None else clean(text) for text in (provenance.source, provenance.external_id, provenance.parent)]
    connection.execute(
        "INSERT INTO provenance(owner, number, source, external_id, parent, extra) VALUES (?, ?, ?, ?, ?, ?)",
        (owner, number, *texts, data_json(provenance.extra)),
    )


def _new(actor: Actor, entry: DraftEntry, places: dict[int, int]) -> NewEntry:
    return NewEntry(
        parent=None if entry.parent is None else places[entry.parent],
        kind=entry.kind,
        author=actor.user_id if entry.kind == EntryKind.USER else None,
        text=clean(entry.text),
        data=data_json(coming_in(entry.kind, entry.data)),
        created=micros(entry.created),
    )
