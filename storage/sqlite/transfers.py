"""Sessions as a whole, going out and coming in, over the database."""

import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from uuid import UUID

from storage.errors import BrokenTree
from storage.ids import new_id
from storage.records import Actor, Draft, DraftEntry, Entry, EntryKind, SessionInfo
from storage.sqlite.database import Database
from storage.sqlite.permission import made_owner_key, owner_key, session_by_id
from storage.sqlite.rows import ENTRY_COLUMNS, LARGEST, data_json, entries_of, entry_of, micros, session_of
from storage.sqlite.sessions import next_number
from storage.sqlite.whole import NewEntry, fill
from storage.text import clean, clean_name
from storage.tree import leaf_of, places_of


class SqliteTransfers:
    """The `Transfers` of the SQLite store."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def read_all(self, actor: Actor, session_id: UUID, *, size: int = 500) -> AsyncIterator[Sequence[Entry]]:
        """See `Transfers.read_all`."""
        sql = f"SELECT {ENTRY_COLUMNS} FROM entries WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?"  # noqa: S608 - constants

        def batch(connection: sqlite3.Connection, after: int) -> Sequence[Entry]:
            lowest, highest = entries_of(session_by_id(connection, actor, session_id))
            rows = connection.execute(sql, (max(lowest, after + 1), highest, size))
            return tuple(entry_of(row, session_id) for row in rows)

        after = 0
        while entries := await self._database.read(lambda connection, after=after: batch(connection, after)):
            yield entries
            after = entries[-1].id

    async def adopt(self, actor: Actor, draft: Draft, entries: Sequence[DraftEntry]) -> SessionInfo:
        """See `Transfers.adopt`."""
        places = places_of(draft, entries)
        if len(entries) > LARGEST - 1:
            raise BrokenTree
        session_id, created, now = new_id(), micros(draft.created), micros(self._now())
        leaf = leaf_of(draft, entries)

        def work(connection: sqlite3.Connection) -> SessionInfo:
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
            fill(
                connection,
                owner,
                number,
                [_new(actor, entry, places) for entry in entries],
                None if leaf is None else places[leaf],
            )
            if draft.source is not None and draft.external_id is not None:
                connection.execute(
                    "INSERT INTO imported(owner, source, external_id, number) VALUES (?, ?, ?, ?) "
                    "ON CONFLICT(owner, source, external_id) DO UPDATE SET number = excluded.number",
                    (owner, draft.source, draft.external_id, number),
                )
            return session_of(session_by_id(connection, actor, session_id))

        return await self._database.write(work)

    async def known(self, actor: Actor, source: str, external_ids: Sequence[str]) -> AbstractSet[str]:
        """See `Transfers.known`."""
        sql = (
            "SELECT i.external_id FROM json_each(?) wanted CROSS JOIN imported i ON i.owner = ? AND i.source = ? "
            "AND i.external_id = wanted.value JOIN sessions s ON s.owner = i.owner AND s.number = i.number "
            "WHERE s.deleted IS NULL"
        )
        wanted = json.dumps(list(external_ids))
        rows = await self._database.read(lambda c: c.execute(sql, (wanted, owner_key(c, actor), source)).fetchall())
        return frozenset(row[0] for row in rows)


def _new(actor: Actor, entry: DraftEntry, places: dict[int, int]) -> NewEntry:
    return NewEntry(
        parent=None if entry.parent is None else places[entry.parent],
        kind=entry.kind,
        author=actor.user_id if entry.kind == EntryKind.USER else None,
        text=clean(entry.text),
        data=data_json(entry.data),
        created=micros(entry.created),
    )
