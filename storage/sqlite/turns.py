"""The life of turns: each step is one transaction, and writes the entries it makes."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from storage.errors import QueueFull, StoreUnavailable, WrongTurnState
from storage.ids import new_id
from storage.records import Actor, Choice, Departure, EntryKind, Prompt, SourceKind, Spent, Turn, TurnState, Usage
from storage.sqlite import choices, direct, exchanges, spending
from storage.sqlite.again import Again, Way, ask_again
from storage.sqlite.database import Database
from storage.sqlite.entries import append, has_answer, mark_unread, move_leaf
from storage.sqlite.files import refuse_files
from storage.sqlite.held import Held
from storage.sqlite.journal import (
    in_state,
    insert,
    new_turn,
    put_ahead,
    refuse_duplicate,
    remove,
    reword,
    update,
    waiting_in,
    write_prompt,
)
from storage.sqlite.permission import owner_key, session_by_id, turn_by_id, turn_by_source
from storage.sqlite.rows import micros, turn_of, usage_json
from storage.text import clean


class SqliteTurns:
    """The `TurnJournal` of the SQLite store."""

    def __init__(self, database: Database, held: Held, now: Callable[[], datetime], file_space: int) -> None:
        self._database, self._held = database, held
        self._now, self._file_space = now, file_space

    async def submit(
        self, actor: Actor, session_id: UUID, prompt: Prompt, state: TurnState, *, limit: int | None = None
    ) -> Turn:
        """See `TurnJournal.submit`."""
        turn_id, now, text = new_id(), self._now(), clean(prompt.text)

        def work(connection: sqlite3.Connection) -> Turn:
            session = session_by_id(connection, actor, session_id)
            refuse_duplicate(connection, prompt)
            if limit is not None and state.is_waiting and len(waiting_in(connection, self._held, session)) >= limit:
                raise QueueFull(limit)
            self._held.refuse_more(session, text)
            refuse_files(connection, self._held, session, prompt.files, self._file_space)
            entry = None
            if state is TurnState.ASKED:
                told = [file.attached for file in prompt.files]
                entry = write_prompt(connection, self._held, actor, session, text, told, now)
            turn = new_turn(turn_id, session, prompt, text=text, state=state, entry=entry, now=now)
            if prompt.source.kind is SourceKind.MESSAGE and prompt.source.guild_id is None:
                direct.saw(connection, actor, prompt.source.channel_id, prompt.source.id, micros(now))
            return insert(connection, self._held, session, turn, prompt)

        return await self._database.write(work)

    async def ask(self, actor: Actor, turn_id: UUID) -> Turn:
        """See `TurnJournal.ask`."""
        now = self._now()

        def work(connection: sqlite3.Connection) -> Turn:
            turn = turn_of(in_state(connection, actor, turn_id, TurnState.QUEUED, TurnState.PAUSED), self._held)
            session = session_by_id(connection, actor, turn.session_id)
            entry = write_prompt(connection, self._held, actor, session, turn.prompt, turn.files, now)
            update(connection, turn_id, state=TurnState.ASKED, prompt_entry=entry, asked=micros(now))
            return replace(turn, state=TurnState.ASKED, prompt_entry=entry, asked=now)

        return await self._database.write(work)

    async def retry(self, actor: Actor, turn_id: UUID, prompt: Prompt) -> Turn:
        """See `TurnJournal.retry`."""
        return await self._again(actor, turn_id, prompt, Way.RETRY)

    async def finish(self, actor: Actor, turn_id: UUID, prompt: Prompt) -> Turn:
        """See `TurnJournal.finish`."""
        return await self._again(actor, turn_id, prompt, Way.FINISH)

    async def revise(self, actor: Actor, turn_id: UUID, prompt: Prompt) -> Turn:
        """See `TurnJournal.revise`."""
        return await self._again(actor, turn_id, prompt, Way.REVISE)

    async def siblings(self, actor: Actor, turn_id: UUID) -> Sequence[Turn]:
        """See `TurnJournal.siblings`."""
        return await self._database.read(lambda connection: exchanges.siblings(connection, self._held, actor, turn_id))

    async def tries(self, actor: Actor, turn_id: UUID) -> Sequence[Turn]:
        """See `TurnJournal.tries`."""
        return await self._database.read(lambda connection: exchanges.tries(connection, self._held, actor, turn_id))

    async def shelve(self, actor: Actor, turn_id: UUID) -> Turn:
        """See `TurnJournal.shelve`."""

        def work(connection: sqlite3.Connection) -> Turn:
            turn = turn_of(in_state(connection, actor, turn_id, TurnState.ASKED), self._held)
            session = session_by_id(connection, actor, turn.session_id)
            entry = turn.prompt_entry
            if entry is None or session["leaf"] != entry or has_answer(connection, entry):
                raise WrongTurnState
            above = connection.execute("SELECT parent FROM entries WHERE id = ?", (entry,)).fetchone()["parent"]
            move_leaf(connection, session, above)
            update(connection, turn_id, state=TurnState.PAUSED, prompt_entry=None, asked=None)
            return replace(turn, state=TurnState.PAUSED, prompt_entry=None, asked=None)

        return await self._database.write(work)

    async def _again(self, actor: Actor, turn_id: UUID, prompt: Prompt, way: Way) -> Turn:
        again = Again(id=new_id(), old=turn_id, prompt=prompt, now=self._now(), way=way)
        return await self._database.write(lambda connection: ask_again(connection, self._held, actor, again))

    async def checkpoint(self, actor: Actor, turn_id: UUID, text: str) -> None:
        """See `TurnJournal.checkpoint`."""
        now = micros(self._now())

        def work(connection: sqlite3.Connection) -> None:
            turn = in_state(connection, actor, turn_id, TurnState.ASKED, TurnState.STREAMING)
            partial = self._held.take_partial(turn, turn["session_id"], turn_id, clean(text))
            update(connection, turn_id, state=TurnState.STREAMING, partial=partial, first_delta=turn["first_delta"] or now)

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
        spent: Spent | None = None,
        thoughts: str = "",
    ) -> Turn:
        """See `TurnJournal.end`."""
        now = self._now()
        if not outcome.is_ended:
            raise WrongTurnState
        changed: dict[str, Any] = {"state": outcome, "partial": "", "error": error, "model": model}
        data: dict[str, Any] = {"turn": turn_id.hex, "outcome": outcome.value, "error": error}

        def work(connection: sqlite3.Connection) -> Turn:
            turn = turn_of(turn_by_id(connection, actor, turn_id), self._held)
            if turn.state.is_ended:
                return turn
            if turn.prompt_entry is None:
                raise WrongTurnState
            session = session_by_id(connection, actor, turn.session_id)
            if spent is not None:
                spending.charge(connection, now.date(), session["owner"], session["number"], model, spent)
            entry = append(
                connection,
                self._held,
                session,
                parent=turn.prompt_entry,
                kind=EntryKind.ASSISTANT if text else EntryKind.FAILURE,
                text=clean(text),
                author=None,
                data=data if text else {**data, "blame_prompt": blame_prompt},
                created=micros(now),
                model=model,
                is_leaf=session["leaf"] == turn.prompt_entry,
            )
            if text and outcome is not TurnState.STOPPED:
                mark_unread(connection, session)
            if thought := self._held.take_thoughts(session, turn_id, clean(thoughts)):
                update(connection, turn_id, thoughts=thought)
            stored = {"usage": usage_json(usage), "spent": spending.spent_json(spent), "ended": micros(now)}
            update(connection, turn_id, **changed, answer_entry=entry, **stored)
            return replace(turn, **changed, answer_entry=entry, usage=usage, spent=spent, ended=now)

        return await self._database.write(work)

    async def reword(self, actor: Actor, turn_id: UUID, text: str) -> Turn:
        """See `TurnJournal.reword`."""
        words = clean(text)
        return await self._database.write(lambda connection: reword(connection, self._held, actor, turn_id, words))

    async def remove(self, actor: Actor, turn_id: UUID) -> Turn:
        """See `TurnJournal.remove`."""
        now = self._now()
        removed = await self._database.write(lambda connection: remove(connection, self._held, actor, turn_id, now))
        self._held.forget_files(removed)
        return removed

    async def put_ahead(self, actor: Actor, turn_id: UUID) -> Turn:
        """See `TurnJournal.put_ahead`."""
        return await self._database.write(lambda connection: put_ahead(connection, self._held, actor, turn_id))

    async def pause(self, actor: Actor, session_id: UUID, *, but: UUID | None = None) -> Sequence[Turn]:
        """See `TurnJournal.pause`."""
        return await self._move_waiting(actor, session_id, TurnState.PAUSED, but)

    async def resume(self, actor: Actor, session_id: UUID) -> Sequence[Turn]:
        """See `TurnJournal.resume`."""
        return await self._move_waiting(actor, session_id, TurnState.QUEUED)

    async def waiting(self, actor: Actor, session_id: UUID) -> Sequence[Turn]:
        """See `TurnJournal.waiting`."""
        return await self._database.read(
            lambda connection: waiting_in(connection, self._held, session_by_id(connection, actor, session_id))
        )

    async def get(self, actor: Actor, turn_id: UUID) -> Turn:
        """See `TurnJournal.get`."""
        return await self._database.read(lambda connection: turn_of(turn_by_id(connection, actor, turn_id), self._held))

    async def thoughts(self, actor: Actor, turn_id: UUID) -> str:
        """See `TurnJournal.thoughts`."""
        return await self._database.read(lambda connection: self._held.thoughts(turn_by_id(connection, actor, turn_id)))

    async def from_source(self, actor: Actor, source_id: int) -> Turn:
        """See `TurnJournal.from_source`."""
        return await self._database.read(lambda connection: turn_of(turn_by_source(connection, actor, source_id), self._held))

    async def latest(self, actor: Actor, session_id: UUID) -> Turn | None:
        """See `TurnJournal.latest`."""
        return await self._database.read(lambda connection: exchanges.latest(connection, self._held, actor, session_id))

    async def spend(self, actor: Actor, spent: Spent, *, model: str | None, session_id: UUID | None = None) -> None:
        """See `TurnJournal.spend`."""
        day = self._now().date()

        def work(connection: sqlite3.Connection) -> None:
            owner = owner_key(connection, actor)
            if owner is not None:
                number = spending.number_of(connection, owner, session_id)
                spending.charge(connection, day, owner, number, model, spent, aside=True)

        await self._database.write(work)

    async def spent(self, actor: Actor, day: date) -> int:
        """See `TurnJournal.spent`."""
        return await self._database.read(lambda connection: spending.of_person(connection, day, actor))

    async def hold(self, actor: Actor, session_id: UUID, departure: Departure) -> Choice:
        """See `TurnJournal.hold`."""
        choice_id, now = new_id(), micros(self._now())

        def work(connection: sqlite3.Connection) -> Choice:
            if departure.prompt is not None:
                session = session_by_id(connection, actor, session_id)
                refuse_files(connection, self._held, session, departure.prompt.files, self._file_space)
            return choices.hold(connection, self._held, actor, session_id, choice_id, departure, now)

        try:
            return await self._database.write(work)
        except StoreUnavailable:  # nobody can decide it, and its files would take their owner's space
            self._held.forget_departure(choice_id)
            raise

    async def choice(self, actor: Actor, choice_id: UUID) -> Choice:
        """See `TurnJournal.choice`."""
        return await self._database.read(lambda connection: choices.look(connection, self._held, actor, choice_id))

    async def decide(self, actor: Actor, choice_id: UUID) -> Choice:
        """See `TurnJournal.decide`."""
        choice = await self._database.write(lambda connection: choices.take(connection, self._held, actor, choice_id))
        self._held.forget_departure(choice_id)
        return choice

    async def _move_waiting(self, actor: Actor, session_id: UUID, state: TurnState, but: UUID | None = None) -> Sequence[Turn]:
        def work(connection: sqlite3.Connection) -> Sequence[Turn]:
            session = session_by_id(connection, actor, session_id)
            connection.execute(
                "UPDATE turns SET state = ? WHERE owner = ? AND number = ? AND state IN ('queued', 'paused') AND id IS NOT ?",
                (state, session["owner"], session["number"], but.hex if but is not None else None),
            )
            return waiting_in(connection, self._held, session)

        return await self._database.write(work)
