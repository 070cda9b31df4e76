"""The tips of a session's tree, moving between them, and forks, over the database."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from storage.errors import EntryNotFound, ExchangeAlone, NotLastTurn, WrongTurnState
from storage.ids import new_id
from storage.records import Actor, NamedBy, SessionInfo, Tip
from storage.sqlite import preferences
from storage.sqlite.compactions import beside
from storage.sqlite.database import Database
from storage.sqlite.entries import COUNTED, move_leaf, preview_of, said_at
from storage.sqlite.files import share
from storage.sqlite.held import Held, refuse_temporary
from storage.sqlite.journal import update
from storage.sqlite.omissions import omit_places, omitted_in
from storage.sqlite.permission import session_by_id, turn_by_id
from storage.sqlite.rows import ENTRY_COLUMNS, entries_of, entry_id, micros, moment, session_of, turn_of
from storage.sqlite.sessions import next_number
from storage.sqlite.shelves import refuse_while_writing
from storage.sqlite.transcripts import up
from storage.sqlite.whole import NewEntry, fill


class SqliteBranches:
    """The `Branches` of the SQLite store."""

    def __init__(self, database: Database, held: Held, now: Callable[[], datetime]) -> None:
        self._database, self._held = database, held
        self._now = now

    async def tips(self, actor: Actor, session_id: UUID, *, limit: int = 25) -> Sequence[Tip]:
        """See `Branches.tips`."""

        def work(connection: sqlite3.Connection) -> Sequence[Tip]:
            session = session_by_id(connection, actor, session_id)
            current = said_at(connection, session["leaf"])
            tips = (_tip(connection, entry, current) for entry in _tips(connection, session, limit))
            words = self._held.words(session_id)
            return tuple(
                tips if words is None else (replace(tip, text=preview_of(words.entries[tip.entry].text)) for tip in tips)
            )

        return await self._database.read(work)

    async def switch(self, actor: Actor, session_id: UUID, entry: int) -> SessionInfo:
        """See `Branches.switch`."""

        def work(connection: sqlite3.Connection) -> SessionInfo:
            session = session_by_id(connection, actor, session_id)
            _must_have(connection, session, entry)
            refuse_while_writing(connection, session)
            move_leaf(connection, session, entry)
            return session_of(session_by_id(connection, actor, session_id), self._held)

        return await self._database.write(work)

    async def fork(self, actor: Actor, session_id: UUID, at: int | None = None, *, before: int | None = None) -> SessionInfo:
        """See `Branches.fork`."""
        fork_id, now = new_id(), micros(self._now())

        def work(connection: sqlite3.Connection) -> SessionInfo:
            session = session_by_id(connection, actor, session_id)
            refuse_temporary(session)
            start = _start_of_fork(connection, session, at, before)
            path = list(up(connection, session, start))[::-1]
            number = next_number(connection, session["owner"])
            has_name = start is not None or session["named_by"] == NamedBy.PERSON
            name, named_by = (session["name"], session["named_by"]) if has_name else (None, None)
            connection.execute(
                "INSERT INTO sessions(owner, number, id, name, named_by, created, modified, touched, model, "
                "origin_id, origin_number, origin_entry) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(session["owner"], number, fork_id.hex, name, named_by, now, now, now),
                    *(session["model"], session["id"], session["number"], start),
                ),
            )
            preferences.copy(connection, session, number)
            entries = [_copy(nth, row) for nth, row in enumerate(path)]
            entries += _beside(connection, session, path)
            fill(connection, session["owner"], number, entries, len(path) - 1 if path else None)
            _omit(connection, session, path, number)
            share(connection, session["owner"], number, entries)
            return session_of(session_by_id(connection, actor, fork_id), self._held)

        return await self._database.write(work)

    async def lift(self, actor: Actor, turn_id: UUID) -> SessionInfo:
        """See `Branches.lift`."""
        lifted_id, now = new_id(), micros(self._now())
        sql = f"SELECT {ENTRY_COLUMNS} FROM entries WHERE id IN (?, ?) ORDER BY id"  # noqa: S608 - constants

        def work(connection: sqlite3.Connection) -> SessionInfo:
            turn = turn_of(turn_by_id(connection, actor, turn_id), self._held)
            session = session_by_id(connection, actor, turn.session_id)
            refuse_temporary(session)
            if turn.prompt_entry is None or turn.answer_entry is None:
                raise WrongTurnState
            if session["leaf"] != turn.answer_entry:
                raise NotLastTurn
            exchange = connection.execute(sql, (turn.prompt_entry, turn.answer_entry)).fetchall()
            above = exchange[0]["parent"]
            if above is None:
                raise ExchangeAlone
            owner, number = session["owner"], next_number(connection, session["owner"])
            connection.execute(
                "INSERT INTO sessions(owner, number, id, created, modified, touched, model, "
                "origin_id, origin_number, origin_entry) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (owner, number, lifted_id.hex, now, now, now, turn.model, session["id"], session["number"], turn.answer_entry),
            )
            preferences.copy(connection, session, number)
            entries = [_copy(nth, row) for nth, row in enumerate(exchange)]
            fill(connection, owner, number, entries, 1)
            _omit(connection, session, exchange, number)
            share(connection, owner, number, entries)
            move_leaf(connection, session, above)
            prompt, answer = (entry_id(owner, number, seq) for seq in (1, 2))
            update(connection, turn_id, number=number, prompt_entry=prompt, answer_entry=answer)
            return session_of(session_by_id(connection, actor, lifted_id), self._held)

        return await self._database.write(work)


def _start_of_fork(connection: sqlite3.Connection, session: sqlite3.Row, at: int | None, before: int | None) -> int | None:
    """The entry at which the copied path ends; `None` where it is empty. Raises `EntryNotFound`."""
    given = at if before is None else before
    if given is None:
        return session["leaf"]
    _must_have(connection, session, given)
    if before is None:
        return at
    return connection.execute("SELECT parent FROM entries WHERE id = ?", (before,)).fetchone()["parent"]


def _copy(nth: int, row: sqlite3.Row) -> NewEntry:
    return NewEntry(nth - 1 if nth else None, row["kind"], row["author"], row["text"], row["data"], row["created"])


def _beside(connection: sqlite3.Connection, session: sqlite3.Row, path: Sequence[sqlite3.Row]) -> list[NewEntry]:
    """Copies of what hangs beside a path that is copied, to come after its entries."""
    places = {row["id"]: nth for nth, row in enumerate(path)}
    sql = f"SELECT {ENTRY_COLUMNS} FROM entries WHERE id = ?"  # noqa: S608 - constants
    copies: list[NewEntry] = []
    for step in beside(connection, session):
        if (place := places.get(step.parent)) is not None:
            places[step.id] = len(path) + len(copies)
            row = connection.execute(sql, (step.id,)).fetchone()
            copies.append(NewEntry(place, row["kind"], row["author"], row["text"], row["data"], row["created"]))
    return copies


def _omit(connection: sqlite3.Connection, session: sqlite3.Row, path: Sequence[sqlite3.Row], number: int) -> None:
    """What is left out of the path that was copied is left out of its copy, in the session with this number, too."""
    omitted = omitted_in(connection, session)
    places = [place for place, row in enumerate(path, start=1) if row["id"] in omitted]
    omit_places(connection, session["owner"], number, places)


def _must_have(connection: sqlite3.Connection, session: sqlite3.Row, entry: int) -> None:
    lowest, highest = entries_of(session)
    sql = "SELECT 1 FROM entries WHERE id = ?"
    if not lowest <= entry <= highest or connection.execute(sql, (entry,)).fetchone() is None:
        raise EntryNotFound


def _tips(connection: sqlite3.Connection, session: sqlite3.Row, limit: int) -> list[int]:
    """From the newest entry down: a child comes before its parent."""
    continued: set[int] = set()
    tips: list[int] = []
    sql = "SELECT id, parent, kind FROM entries WHERE id BETWEEN ? AND ? ORDER BY id DESC"
    for entry, parent, kind in connection.execute(sql, entries_of(session)):
        if len(tips) >= limit:
            break
        is_said, goes_on = kind in COUNTED, entry in continued
        continued.discard(entry)
        if is_said and not goes_on:
            tips.append(entry)
        if parent is not None and (is_said or goes_on):
            continued.add(parent)
    return tips


def _tip(connection: sqlite3.Connection, entry: int, current: int | None) -> Tip:
    row = connection.execute("SELECT kind, text, messages, created FROM entries WHERE id = ?", (entry,)).fetchone()
    return Tip(
        entry=entry,
        kind=row["kind"],
        text=preview_of(row["text"]),
        messages=row["messages"],
        created=moment(row["created"]),
        is_current=entry == current,
    )
