"""The life of turns, waiting prompts and pending choices, in memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from storage.errors import DuplicateSource, NotLastTurn, QueueFull, TemporaryFull, WrongTurnState
from storage.ids import new_id
from storage.memory.accounts import charge
from storage.memory.entries import append
from storage.memory.state import Session, State
from storage.records import (
    Actor,
    Attached,
    Choice,
    Delivery,
    Departure,
    EntryKind,
    Prompt,
    SourceKind,
    Spent,
    Turn,
    TurnState,
    Usage,
    with_files,
)
from storage.temporaries import MOST_CHARACTERS
from storage.text import clean


class MemoryTurns:
    """The `TurnJournal` of the in-memory store."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now

    async def submit(
        self, actor: Actor, session_id: UUID, prompt: Prompt, state: TurnState, *, limit: int | None = None
    ) -> Turn:
        """See `TurnJournal.submit`."""
        session = self._state.session(actor, session_id)
        self._refuse_duplicate(prompt)
        if limit is not None and state.is_waiting and len(self._waiting(session)) >= limit:
            raise QueueFull(limit)
        self._refuse_more(session, clean(prompt.text))
        turn = self._add(session, prompt, clean(prompt.text), TurnState.QUEUED)
        if prompt.source.kind is SourceKind.MESSAGE and prompt.source.guild_id is None:
            self._state.saw(actor, prompt.source.channel_id, prompt.source.id, turn.created)
        return self._asked(session, turn) if state is TurnState.ASKED else self._keep(replace(turn, state=state))

    async def ask(self, actor: Actor, turn_id: UUID) -> Turn:
        """See `TurnJournal.ask`."""
        turn = self._in_state(actor, turn_id, TurnState.QUEUED, TurnState.PAUSED)
        return self._asked(self._state.session(actor, turn.session_id), turn)

    async def retry(self, actor: Actor, turn_id: UUID, prompt: Prompt) -> Turn:
        """See `TurnJournal.retry`."""
        return self._again(actor, turn_id, prompt, goes_on=False)

    async def finish(self, actor: Actor, turn_id: UUID, prompt: Prompt) -> Turn:
        """See `TurnJournal.finish`."""
        return self._again(actor, turn_id, prompt, goes_on=True)

    async def revise(self, actor: Actor, turn_id: UUID, prompt: Prompt) -> Turn:
        """See `TurnJournal.revise`."""
        text = clean(prompt.text)
        old, session = self._last(actor, turn_id, prompt, text)
        session.leaf = session.entries[old.prompt_entry].parent if old.prompt_entry is not None else None
        return self._asked(session, self._add(session, prompt, text, TurnState.QUEUED, old.files))

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
        turn = self._in_state(actor, turn_id, TurnState.ASKED)
        session = self._state.session(actor, turn.session_id)
        entry = turn.prompt_entry
        answered = [turn.prompt_entry for turn in self._state.turns.values() if turn.answer_entry is not None]
        if entry is None or session.leaf != entry or entry in answered:
            raise WrongTurnState
        session.leaf = session.entries[entry].parent
        return self._keep(replace(turn, state=TurnState.PAUSED, prompt_entry=None, asked=None))

    def _again(self, actor: Actor, turn_id: UUID, prompt: Prompt, *, goes_on: bool) -> Turn:
        turn, session = self._last(actor, turn_id, prompt)
        answer = session.entries[turn.answer_entry or 0]
        if goes_on and (answer.kind != EntryKind.ASSISTANT or turn.state is TurnState.COMPLETED):
            raise WrongTurnState
        session.leaf = turn.prompt_entry
        again = self._add(session, prompt, turn.prompt, TurnState.ASKED, turn.files)
        partial = answer.text if goes_on else ""
        return self._keep(replace(again, prompt_entry=turn.prompt_entry, asked=again.created, partial=partial))

    def _last(self, actor: Actor, turn_id: UUID, prompt: Prompt, text: str = "") -> tuple[Turn, Session]:
        """The turn in whose place something is to be asked, and its session, of which it has to be the end."""
        turn = self._state.turn(actor, turn_id)
        session = self._state.session(actor, turn.session_id)
        self._refuse_duplicate(prompt)
        self._refuse_more(session, text)
        if turn.answer_entry is None:
            raise WrongTurnState
        if session.leaf != turn.answer_entry:
            raise NotLastTurn
        return turn, session

    async def checkpoint(self, actor: Actor, turn_id: UUID, text: str) -> None:
        """See `TurnJournal.checkpoint`."""
        turn = self._in_state(actor, turn_id, TurnState.ASKED, TurnState.STREAMING)
        first_delta = turn.first_delta or self._now()
        self._keep(replace(turn, state=TurnState.STREAMING, partial=clean(text), first_delta=first_delta))

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
        return self._keep(replace(ended, usage=usage, spent=spent))

    async def reword(self, actor: Actor, turn_id: UUID, text: str) -> Turn:
        """See `TurnJournal.reword`."""
        turn = self._in_state(actor, turn_id, TurnState.QUEUED, TurnState.PAUSED)
        words = clean(text)
        self._refuse_more(self._state.session(actor, turn.session_id), words[len(turn.prompt) :])
        return self._keep(replace(turn, prompt=words))

    async def remove(self, actor: Actor, turn_id: UUID) -> Turn:
        """See `TurnJournal.remove`."""
        turn = self._in_state(actor, turn_id, TurnState.QUEUED, TurnState.PAUSED)
        return self._keep(replace(turn, state=TurnState.REMOVED, ended=self._now()))

    async def pause(self, actor: Actor, session_id: UUID) -> Sequence[Turn]:
        """See `TurnJournal.pause`."""
        waiting = self._waiting(self._state.session(actor, session_id))
        return tuple(self._keep(replace(turn, state=TurnState.PAUSED)) for turn in waiting)

    async def resume(self, actor: Actor, session_id: UUID) -> Sequence[Turn]:
        """See `TurnJournal.resume`."""
        waiting = self._waiting(self._state.session(actor, session_id))
        return tuple(self._keep(replace(turn, state=TurnState.QUEUED)) for turn in waiting)

    async def waiting(self, actor: Actor, session_id: UUID) -> Sequence[Turn]:
        """See `TurnJournal.waiting`."""
        return self._waiting(self._state.session(actor, session_id))

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

    def _add(self, session: Session, prompt: Prompt, text: str, state: TurnState, files: tuple[Attached, ...] = ()) -> Turn:
        for file in prompt.files:
            self._state.files[session.owner, file.attached.digest] = file.content
        turn = Turn(
            id=new_id(),
            session_id=session.id,
            session_number=session.number,
            owner=session.owner,
            state=state,
            prompt=text,
            files=files or tuple(file.attached for file in prompt.files),
            source=prompt.source,
            model=prompt.model,
            created=self._now(),
        )
        if prompt.target is not None:
            self._state.deliveries[turn.id, 0] = Delivery(turn_id=turn.id, part=0, target=prompt.target)
        return self._keep(turn)

    def _asked(self, session: Session, turn: Turn) -> Turn:
        now = self._now()
        entry = append(self._state, session, session.leaf, EntryKind.USER, turn.prompt, turn.owner, with_files(turn.files), now)
        return self._keep(replace(turn, state=TurnState.ASKED, prompt_entry=entry, asked=now))

    def _keep(self, turn: Turn) -> Turn:
        self._state.turns[turn.id] = turn
        return turn

    def _in_state(self, actor: Actor, turn_id: UUID, *states: TurnState) -> Turn:
        turn = self._state.turn(actor, turn_id)
        if turn.state not in states:
            raise WrongTurnState
        return turn

    def _waiting(self, session: Session) -> tuple[Turn, ...]:
        turns = self._state.turns.values()
        return tuple(turn for turn in turns if turn.session_id == session.id and turn.state.is_waiting)

    def _refuse_duplicate(self, prompt: Prompt) -> None:
        for turn in self._state.turns.values():
            if turn.source.id == prompt.source.id:
                raise DuplicateSource(turn.id)

    def _refuse_more(self, session: Session, text: str = "") -> None:
        if session.temporary:
            said = [entry.text for entry in session.entries.values()]
            turns = [turn for turn in self._state.turns.values() if turn.session_id == session.id]
            asked = [turn.prompt for turn in turns]
            thought = [self._state.thoughts.get(turn.id, "") for turn in turns]
            if sum(map(len, [*said, *asked, *thought, text])) > MOST_CHARACTERS:
                raise TemporaryFull
