"""The life of turns, waiting prompts and pending choices, in memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from storage.errors import NotLastTurn, QueueFull, WrongTurnState
from storage.ids import new_id
from storage.memory.accounts import charge
from storage.memory.entries import append
from storage.memory.files import refuse_files
from storage.memory.journal import add, asked, in_state, keep, refuse_duplicate, refuse_more, waiting_in
from storage.memory.session import Session
from storage.memory.state import State
from storage.records import Actor, Choice, Departure, EntryKind, Prompt, SourceKind, Spent, Turn, TurnState, Usage
from storage.text import clean


class MemoryTurns:
    """The `TurnJournal` of the in-memory store."""

    def __init__(self, state: State, now: Callable[[], datetime], file_space: int = 0) -> None:
        self._state = state
        self._now, self._file_space = now, file_space

    async def submit(
        self, actor: Actor, session_id: UUID, prompt: Prompt, state: TurnState, *, limit: int | None = None
    ) -> Turn:
        """See `TurnJournal.submit`."""
        session, now = self._state.session(actor, session_id), self._now()
        refuse_duplicate(self._state, prompt)
        if limit is not None and state.is_waiting and len(waiting_in(self._state, session)) >= limit:
            raise QueueFull(limit)
        refuse_more(self._state, session, clean(prompt.text))
        refuse_files(self._state, actor, prompt.files, self._file_space)
        turn = add(self._state, session, prompt, clean(prompt.text), now)
        if prompt.source.kind is SourceKind.MESSAGE and prompt.source.guild_id is None:
            self._state.saw(actor, prompt.source.channel_id, prompt.source.id, now)
        return (
            asked(self._state, session, turn, now)
            if state is TurnState.ASKED
            else keep(self._state, replace(turn, state=state))
        )

    async def ask(self, actor: Actor, turn_id: UUID) -> Turn:
        """See `TurnJournal.ask`."""
        turn = in_state(self._state, actor, turn_id, TurnState.QUEUED, TurnState.PAUSED)
        return asked(self._state, self._state.session(actor, turn.session_id), turn, self._now())

    async def retry(self, actor: Actor, turn_id: UUID, prompt: Prompt) -> Turn:
        """See `TurnJournal.retry`."""
        return self._again(actor, turn_id, prompt, goes_on=False)

    async def finish(self, actor: Actor, turn_id: UUID, prompt: Prompt) -> Turn:
        """See `TurnJournal.finish`."""
        return self._again(actor, turn_id, prompt, goes_on=True)

    async def revise(self, actor: Actor, turn_id: UUID, prompt: Prompt) -> Turn:
        """See `TurnJournal.revise`."""
        text, now = clean(prompt.text), self._now()
        old, session = self._last(actor, turn_id, prompt, text)
        session.leaf = session.entries[old.prompt_entry].parent if old.prompt_entry is not None else None
        return asked(self._state, session, add(self._state, session, prompt, text, now, files=old.files), now)

    async def siblings(self, actor: Actor, turn_id: UUID) -> Sequence[Turn]:
        """See `TurnJournal.siblings`."""
        here = self._state.turn(actor, turn_id)
        entries = self._state.session(actor, here.session_id).entries
        if here.prompt_entry is None:
            return ()
        place = entries[here.prompt_entry].parent
        there = [turn for turn in self._state.turns.values() if turn.session_id == here.session_id]
        return tuple(
            turn
            for turn in sorted(there, key=lambda turn: turn.id)
            if turn.prompt_entry is not None
            and entries[turn.prompt_entry].parent == place
            and turn.answer_entry is not None
            and entries[turn.answer_entry].kind == EntryKind.ASSISTANT
        )

    async def tries(self, actor: Actor, turn_id: UUID) -> Sequence[Turn]:
        """See `TurnJournal.tries`."""
        asked = self._state.turn(actor, turn_id).prompt_entry
        return tuple(turn for turn in self._state.turns.values() if asked is not None and turn.prompt_entry == asked)

    async def shelve(self, actor: Actor, turn_id: UUID) -> Turn:
        """See `TurnJournal.shelve`."""
        turn = in_state(self._state, actor, turn_id, TurnState.ASKED)
        session = self._state.session(actor, turn.session_id)
        entry = turn.prompt_entry
        answered = [turn.prompt_entry for turn in self._state.turns.values() if turn.answer_entry is not None]
        if entry is None or session.leaf != entry or entry in answered:
            raise WrongTurnState
        session.leaf = session.entries[entry].parent
        return keep(self._state, replace(turn, state=TurnState.PAUSED, prompt_entry=None, asked=None))

    def _again(self, actor: Actor, turn_id: UUID, prompt: Prompt, *, goes_on: bool) -> Turn:
        turn, session = self._last(actor, turn_id, prompt)
        answer = session.entries[turn.answer_entry or 0]
        if goes_on and (answer.kind != EntryKind.ASSISTANT or turn.state is TurnState.COMPLETED):
            raise WrongTurnState
        session.leaf = turn.prompt_entry
        again = add(self._state, session, prompt, turn.prompt, self._now(), files=turn.files)
        partial = answer.text if goes_on else ""
        started = replace(again, state=TurnState.ASKED, prompt_entry=turn.prompt_entry, asked=again.created, partial=partial)
        return keep(self._state, started)

    def _last(self, actor: Actor, turn_id: UUID, prompt: Prompt, text: str = "") -> tuple[Turn, Session]:
        """The turn in whose place something is to be asked, and its session, of which it has to be the end."""
        turn = self._state.turn(actor, turn_id)
        session = self._state.session(actor, turn.session_id)
        refuse_duplicate(self._state, prompt)
        refuse_more(self._state, session, text)
        if turn.answer_entry is None:
            raise WrongTurnState
        if session.leaf != turn.answer_entry:
            raise NotLastTurn
        return turn, session

    async def checkpoint(self, actor: Actor, turn_id: UUID, text: str) -> None:
        """See `TurnJournal.checkpoint`."""
        turn = in_state(self._state, actor, turn_id, TurnState.ASKED, TurnState.STREAMING)
        first_delta = turn.first_delta or self._now()
        keep(self._state, replace(turn, state=TurnState.STREAMING, partial=clean(text), first_delta=first_delta))

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
        turn, now = self._state.turn(actor, turn_id), self._now()
        if turn.state.is_ended:
            return turn
        if turn.state.is_waiting or not outcome.is_ended:
            raise WrongTurnState
        session = self._state.session(actor, turn.session_id)
        data: dict[str, Any] = {"turn": turn.id.hex, "outcome": outcome.value, "error": error}
        data |= {} if text else {"blame_prompt": blame_prompt}
        kind = EntryKind.ASSISTANT if text else EntryKind.FAILURE
        is_leaf = session.leaf == turn.prompt_entry
        answer = append(self._state, session, turn.prompt_entry, kind, clean(text), None, data, now, is_leaf=is_leaf)
        if is_leaf and model is not None:
            session.model = model
        if text and outcome is not TurnState.STOPPED and not self._state.is_active(session.id):
            session.unread = True
        self._state.thoughts |= {turn.id: clean(thoughts)} if thoughts else {}
        if spent is not None:
            charge(self._state, now.date(), actor.user_id, session.number, model, spent, aside=False)
        ended = replace(turn, state=outcome, answer_entry=answer, partial="", error=error, model=model, ended=now)
        return keep(self._state, replace(ended, usage=usage, spent=spent))

    async def reword(self, actor: Actor, turn_id: UUID, text: str) -> Turn:
        """See `TurnJournal.reword`."""
        turn = in_state(self._state, actor, turn_id, TurnState.QUEUED, TurnState.PAUSED)
        words = clean(text)
        refuse_more(self._state, self._state.session(actor, turn.session_id), words[len(turn.prompt) :])
        return keep(self._state, replace(turn, prompt=words))

    async def remove(self, actor: Actor, turn_id: UUID) -> Turn:
        """See `TurnJournal.remove`."""
        turn = in_state(self._state, actor, turn_id, TurnState.QUEUED, TurnState.PAUSED)
        removed = replace(turn, state=TurnState.REMOVED, ended=self._now())
        keep(self._state, replace(removed, files=()))
        self._state.drop_files()
        return removed

    async def put_ahead(self, actor: Actor, turn_id: UUID) -> Turn:
        """See `TurnJournal.put_ahead`."""
        turn = in_state(self._state, actor, turn_id, TurnState.QUEUED, TurnState.PAUSED)
        first = waiting_in(self._state, self._state.session(actor, turn.session_id))[0]
        return keep(self._state, replace(turn, state=TurnState.QUEUED, ahead=first.ahead + 1))

    async def pause(self, actor: Actor, session_id: UUID, *, but: UUID | None = None) -> Sequence[Turn]:
        """See `TurnJournal.pause`."""
        session = self._state.session(actor, session_id)
        for turn in waiting_in(self._state, session):
            if turn.id != but:
                keep(self._state, replace(turn, state=TurnState.PAUSED))
        return waiting_in(self._state, session)

    async def resume(self, actor: Actor, session_id: UUID) -> Sequence[Turn]:
        """See `TurnJournal.resume`."""
        waiting = waiting_in(self._state, self._state.session(actor, session_id))
        return tuple(keep(self._state, replace(turn, state=TurnState.QUEUED)) for turn in waiting)

    async def waiting(self, actor: Actor, session_id: UUID) -> Sequence[Turn]:
        """See `TurnJournal.waiting`."""
        return waiting_in(self._state, self._state.session(actor, session_id))

    async def get(self, actor: Actor, turn_id: UUID) -> Turn:
        """See `TurnJournal.get`."""
        return self._state.turn(actor, turn_id)

    async def thoughts(self, actor: Actor, turn_id: UUID) -> str:
        """See `TurnJournal.thoughts`."""
        return self._state.thoughts.get(self._state.turn(actor, turn_id).id, "")

    async def from_source(self, actor: Actor, source_id: int) -> Turn:
        """See `TurnJournal.from_source`."""
        made = next((turn.id for turn in self._state.turns.values() if turn.source.id == source_id), UUID(int=0))
        return self._state.turn(actor, made)

    async def latest(self, actor: Actor, session_id: UUID) -> Turn | None:
        """See `TurnJournal.latest`."""
        leaf = self._state.session(actor, session_id).leaf
        if leaf is None:
            return None
        turns = [turn for turn in self._state.turns.values() if leaf in (turn.answer_entry, turn.prompt_entry)]
        return turns[-1] if turns else None

    async def spend(self, actor: Actor, spent: Spent, *, model: str | None, session_id: UUID | None = None) -> None:
        """See `TurnJournal.spend`."""
        owned = {session.id: session.number for session in self._state.owned(actor)}
        if actor.user_id in self._state.numbers:
            number = owned.get(session_id) if session_id is not None else None
            charge(self._state, self._now().date(), actor.user_id, number, model, spent, aside=True)

    async def spent(self, actor: Actor, day: date) -> int:
        """See `TurnJournal.spent`."""
        return self._state.spending.get((day, actor.user_id), 0)

    async def hold(self, actor: Actor, session_id: UUID, departure: Departure) -> Choice:
        """See `TurnJournal.hold`."""
        number = self._state.session(actor, session_id).number
        if departure.prompt is not None:
            refuse_files(self._state, actor, departure.prompt.files, self._file_space)
        choice = Choice(id=new_id(), session_id=session_id, session_number=number, departure=departure, created=self._now())
        self._state.choices[choice.id] = choice
        return choice

    async def choice(self, actor: Actor, choice_id: UUID) -> Choice:
        """See `TurnJournal.choice`."""
        return self._state.choice(actor, choice_id)

    async def decide(self, actor: Actor, choice_id: UUID) -> Choice:
        """See `TurnJournal.decide`."""
        choice = self._state.choice(actor, choice_id)
        del self._state.choices[choice_id]
        return choice
