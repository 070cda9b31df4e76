"""The life of turns: each step is one transaction, and writes the entries it makes."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from storage.errors import DuplicateSource, NotLastTurn, QueueFull, WrongTurnState
from storage.ids import new_id
from storage.records import Actor, Choice, Departure, EntryKind, Prompt, Turn, TurnState, Usage
from storage.sqlite import choices
from storage.sqlite.database import Database
from storage.sqlite.deliveries import first_part
from storage.sqlite.entries import append, move_leaf_to_prompt
from storage.sqlite.permission import session_by_id, turn_by_id
from storage.sqlite.rows import TURN_COLUMNS, TURN_TABLES, clean, micros, turn_of, usage_json


class SqliteTurns:
    """The `TurnJournal` of the SQLite store."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def submit(
        self, actor: Actor, session_id: UUID, prompt: Prompt, state: TurnState, *, limit: int | None = None
    ) -> Turn:
        """See `TurnJournal.submit`."""
        turn_id, now = new_id(), micros(self._now())

        def work(connection: sqlite3.Connection) -> Turn:
            session = session_by_id(connection, actor, session_id)
            _refuse_duplicate(connection, prompt)
            if limit is not None and state.is_waiting and len(_waiting(connection, session)) >= limit:
                raise QueueFull(limit)
            _insert(connection, session, turn_id, clean(prompt.text), prompt, state, now)
            if state is TurnState.ASKED:
                _write_prompt(connection, actor, turn_by_id(connection, actor, turn_id), session, now)
            return turn_of(turn_by_id(connection, actor, turn_id))

        return await self._database.write(work)

    async def ask(self, actor: Actor, turn_id: UUID) -> Turn:
        """See `TurnJournal.ask`."""
        now = micros(self._now())

        def work(connection: sqlite3.Connection) -> Turn:
            turn = _in_state(connection, actor, turn_id, TurnState.QUEUED, TurnState.PAUSED)
            session = session_by_id(connection, actor, UUID(hex=turn["session_id"]))
            _write_prompt(connection, actor, turn, session, now)
            return turn_of(turn_by_id(connection, actor, turn_id))

        return await self._database.write(work)

    async def retry(self, actor: Actor, turn_id: UUID, prompt: Prompt) -> Turn:
        """See `TurnJournal.retry`."""
        again, now = new_id(), micros(self._now())

        def work(connection: sqlite3.Connection) -> Turn:
            turn = turn_by_id(connection, actor, turn_id)
            session = session_by_id(connection, actor, UUID(hex=turn["session_id"]))
            _refuse_duplicate(connection, prompt)
            if turn["ended"] is None or turn["prompt_entry"] is None:
                raise WrongTurnState
            if session["leaf"] != (turn["answer_entry"] or turn["prompt_entry"]):
                raise NotLastTurn
            _insert(connection, session, again, turn["prompt"], prompt, TurnState.ASKED, now)
            move_leaf_to_prompt(connection, session, turn["prompt_entry"])
            _set(connection, again, prompt_entry=turn["prompt_entry"], asked=now)
            return turn_of(turn_by_id(connection, actor, again))

        return await self._database.write(work)

    async def checkpoint(self, actor: Actor, turn_id: UUID, text: str) -> None:
        """See `TurnJournal.checkpoint`."""
        now = micros(self._now())

        def work(connection: sqlite3.Connection) -> None:
            turn = _in_state(connection, actor, turn_id, TurnState.ASKED, TurnState.STREAMING)
            _set(connection, turn_id, state=TurnState.STREAMING, partial=clean(text), first_delta=turn["first_delta"] or now)

        await self._database.write(work)

    async def end(
        self,
        actor: Actor,
        turn_id: UUID,
        outcome: TurnState,
        *,
        text: str,
        error: str | None = None,
        blame_prompt: bool = False,
        model: str | None = None,
        usage: Usage | None = None,
    ) -> Turn:
        """See `TurnJournal.end`."""
        now = micros(self._now())
        if not outcome.is_ended:
            raise WrongTurnState

        def work(connection: sqlite3.Connection) -> Turn:
            turn = turn_by_id(connection, actor, turn_id)
            if turn["ended"] is not None:
                return turn_of(turn)
            if turn["prompt_entry"] is None:
                raise WrongTurnState
            session = session_by_id(connection, actor, UUID(hex=turn["session_id"]))
            data: dict[str, Any] = {"turn": turn_id.hex, "outcome": outcome.value, "error": error}
            entry = append(
                connection,
                session,
                parent=turn["prompt_entry"],
                kind=EntryKind.ASSISTANT if text else EntryKind.FAILURE,
                text=clean(text),
                author=None,
                data=data if text else {**data, "blame_prompt": blame_prompt},
                created=now,
            )
            _set(
                connection,
                turn_id,
                state=outcome,
                answer_entry=entry,
                partial="",
                error=error,
                model=model,
                usage=usage_json(usage),
                ended=now,
            )
            if model is not None:
                connection.execute("UPDATE sessions SET model = ? WHERE id = ?", (model, turn["session_id"]))
            return turn_of(turn_by_id(connection, actor, turn_id))

        return await self._database.write(work)

    async def remove(self, actor: Actor, turn_id: UUID) -> Turn:
        """See `TurnJournal.remove`."""
        now = micros(self._now())

        def work(connection: sqlite3.Connection) -> Turn:
            _in_state(connection, actor, turn_id, TurnState.QUEUED, TurnState.PAUSED)
            _set(connection, turn_id, state=TurnState.REMOVED, ended=now)
            return turn_of(turn_by_id(connection, actor, turn_id))

        return await self._database.write(work)

    async def pause(self, actor: Actor, session_id: UUID) -> Sequence[Turn]:
        """See `TurnJournal.pause`."""
        return await self._move_waiting(actor, session_id, TurnState.PAUSED)

    async def resume(self, actor: Actor, session_id: UUID) -> Sequence[Turn]:
        """See `TurnJournal.resume`."""
        return await self._move_waiting(actor, session_id, TurnState.QUEUED)

    async def waiting(self, actor: Actor, session_id: UUID) -> Sequence[Turn]:
        """See `TurnJournal.waiting`."""
        return await self._database.read(lambda connection: _waiting(connection, session_by_id(connection, actor, session_id)))

    async def get(self, actor: Actor, turn_id: UUID) -> Turn:
        """See `TurnJournal.get`."""
        return await self._database.read(lambda connection: turn_of(turn_by_id(connection, actor, turn_id)))

    async def latest(self, actor: Actor, session_id: UUID) -> Turn | None:
        """See `TurnJournal.latest`."""

        def work(connection: sqlite3.Connection) -> Turn | None:
            leaf = session_by_id(connection, actor, session_id)["leaf"]
            above = connection.execute("SELECT parent FROM entries WHERE id = ?", (leaf,)).fetchone()
            sql = (
                f"SELECT {TURN_COLUMNS} FROM {TURN_TABLES} "  # noqa: S608 - constants
                "WHERE t.prompt_entry IN (?, ?) AND (t.answer_entry = ? OR t.prompt_entry = ?) ORDER BY t.id DESC LIMIT 1"
            )
            row = connection.execute(sql, (leaf, above["parent"] if above else None, leaf, leaf)).fetchone()
            return None if row is None else turn_of(row)

        return await self._database.read(work)

    async def hold(self, actor: Actor, session_id: UUID, departure: Departure) -> Choice:
        """See `TurnJournal.hold`."""
        choice_id, now = new_id(), micros(self._now())
        return await self._database.write(lambda c: choices.hold(c, actor, session_id, choice_id, departure, now))

    async def choice(self, actor: Actor, choice_id: UUID) -> Choice:
        """See `TurnJournal.choice`."""
        return await self._database.read(lambda connection: choices.look(connection, actor, choice_id))

    async def decide(self, actor: Actor, choice_id: UUID) -> Choice:
        """See `TurnJournal.decide`."""
        return await self._database.write(lambda connection: choices.take(connection, actor, choice_id))

    async def _move_waiting(self, actor: Actor, session_id: UUID, state: TurnState) -> Sequence[Turn]:
        def work(connection: sqlite3.Connection) -> Sequence[Turn]:
            session = session_by_id(connection, actor, session_id)
            connection.execute(
                "UPDATE turns SET state = ? WHERE owner = ? AND number = ? AND ended IS NULL AND state IN ('queued', 'paused')",
                (state, session["owner"], session["number"]),
            )
            return _waiting(connection, session)

        return await self._database.write(work)


def _insert(
    connection: sqlite3.Connection,
    session: sqlite3.Row,
    turn_id: UUID,
    text: str,
    prompt: Prompt,
    state: TurnState,
    now: int,
) -> None:
    source = prompt.source
    connection.execute(
        "INSERT INTO turns(id, owner, number, state, prompt, source_kind, source_id, channel_id, guild_id, created) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            turn_id.hex,
            session["owner"],
            session["number"],
            state,
            text,
            source.kind,
            source.id,
            source.channel_id,
            source.guild_id,
            now,
        ),
    )
    if prompt.target is not None:
        first_part(connection, turn_id, prompt.target)


def _write_prompt(connection: sqlite3.Connection, actor: Actor, turn: sqlite3.Row, session: sqlite3.Row, now: int) -> None:
    entry = append(
        connection,
        session,
        parent=session["leaf"],
        kind=EntryKind.USER,
        text=turn["prompt"],
        author=actor.user_id,
        data={},
        created=now,
    )
    _set(connection, UUID(hex=turn["id"]), state=TurnState.ASKED, prompt_entry=entry, asked=now)


def _set(connection: sqlite3.Connection, turn_id: UUID, **columns: object) -> None:
    named = ", ".join(f"{name} = ?" for name in columns)
    connection.execute(f"UPDATE turns SET {named} WHERE id = ?", (*columns.values(), turn_id.hex))  # noqa: S608 - our names


def _in_state(connection: sqlite3.Connection, actor: Actor, turn_id: UUID, *states: TurnState) -> sqlite3.Row:
    turn = turn_by_id(connection, actor, turn_id)
    if turn["state"] not in states:
        raise WrongTurnState
    return turn


def _waiting(connection: sqlite3.Connection, session: sqlite3.Row) -> Sequence[Turn]:
    sql = (
        f"SELECT {TURN_COLUMNS} FROM {TURN_TABLES} "  # noqa: S608 - constants
        "WHERE t.owner = ? AND t.number = ? AND t.ended IS NULL AND t.state IN ('queued', 'paused') ORDER BY t.id"
    )
    return tuple(map(turn_of, connection.execute(sql, (session["owner"], session["number"]))))


def _refuse_duplicate(connection: sqlite3.Connection, prompt: Prompt) -> None:
    row = connection.execute("SELECT id FROM turns WHERE source_id = ?", (prompt.source.id,)).fetchone()
    if row is not None:
        raise DuplicateSource(UUID(hex=row["id"]))
