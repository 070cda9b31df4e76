"""`Guard`: what leaves a person's active session. Nothing leaves a writing one, or loses one, without its owner's choice.

Used by `SessionRuntime` alone, which holds the person's lock around every call. Here is what each departure leads to and what
is checked before anything is left for it; how live sessions are left and entered is in `place.py`.
"""

from contextlib import suppress
from dataclasses import replace
from typing import Final
from uuid import UUID

from agent.outcomes import (
    Asked,
    Closed,
    Decision,
    Forked,
    Leaving,
    Left,
    Lifted,
    NothingActive,
    Opened,
    Resumed,
    Started,
    Stayed,
    StillWriting,
    Waiting,
    Went,
)
from agent.place import Place
from storage.errors import ChoiceNotFound, DuplicateSource, ExchangeAlone, SessionTemporary, TurnNotFound, WrongTurnState
from storage.records import Actor, Departure, Leave, Prompt, SessionInfo, Target, Turn
from storage.store import Store

AGAIN: Final = (Leave.RETRY, Leave.FINISH, Leave.REVISE)
"""What asks again in the place of a session's last answer."""


class Guard:
    """One person's. What its calls raise is said by `SessionRuntime.go` and `decide`."""

    def __init__(self, actor: Actor, store: Store, place: Place) -> None:
        self._actor, self._store, self._place = actor, store, place

    async def decide(self, choice_id: UUID, decision: Decision, target: Target | None) -> Went | Stayed:
        """See `SessionRuntime.decide`."""
        choice = await self._store.turns.choice(self._actor, choice_id)
        departure = choice.departure
        if target is not None and departure.prompt is not None:
            departure = replace(departure, prompt=replace(departure.prompt, target=target))
        if decision is Decision.STAY:
            stayed = Stayed(session=await self._store.sessions.get(self._actor, choice.session_id), departure=departure)
            await self._store.turns.decide(self._actor, choice_id)
            return stayed
        here = await self._store.sessions.active(self._actor)
        is_meant = here is not None and here.id == choice.session_id
        try:
            went = await self.go(departure, decision if is_meant else None)
        except DuplicateSource:  # a crash came between the act and its mark
            await self._mark(choice_id)
            raise
        await self._mark(choice_id)
        return went

    async def _mark(self, choice_id: UUID) -> None:
        """The choice is made."""
        with suppress(ChoiceNotFound):  # it went with the session that was left
            await self._store.turns.decide(self._actor, choice_id)

    async def go(self, departure: Departure, decision: Decision | None = None) -> Went:
        """See `SessionRuntime.go`; with a `decision` of the owner's, what it does with the session that is writing."""
        there = await self._destination(departure)
        here = await self._store.sessions.active(self._actor)
        if here is not None and there is not None and there.id == here.id:
            return await self._arrive(departure, here, None, already=True)
        if departure.leave is Leave.NEW and here is not None and _fits(here, departure):
            return await self._use_blank(departure, here)
        if here is not None and (made := await self._made_already(departure, here)) is not None:
            return made
        saved = False
        if here is not None and here.temporary:
            if here.leaf is not None and decision not in (Decision.FORGET, Decision.KEEP):
                return await self._ask_whether_to_lose(departure, here)
            if decision is Decision.KEEP:
                here, saved, decision = await self._place.keep(here.id), True, Decision.FINISH
        elif decision in (Decision.FORGET, Decision.KEEP):
            decision = None  # it was kept since that was asked
        live = self._place.live
        can_keep = self._place.can_keep(there.id if there is not None else None)
        if live is not None and live.is_streaming and (decision is None or (decision is Decision.FINISH and not can_keep)):
            choice = await self._store.turns.hold(self._actor, live.info.id, departure)
            return StillWriting(session=live.info, choice=choice, can_keep=can_keep)
        left = await self._leave(here, finish=decision is Decision.FINISH)
        return await self._go_on(departure, there, replace(left, saved=saved) if left is not None else None)

    async def send_now(self, turn_id: UUID) -> Went:
        """See `SessionRuntime.send_now`."""
        turn = await self._store.turns.get(self._actor, turn_id)
        kept = self._place.live_of(turn.session_id)
        if kept is None or kept is self._place.live:
            return await self.go(Departure(leave=Leave.SEND, number=turn.session_number, turn_id=turn_id))
        await kept.send_now(turn_id)
        return Resumed(session=kept.info, waiting=await self._place.waiting(kept.info))

    async def _ask_whether_to_lose(self, departure: Departure, here: SessionInfo) -> Leaving:
        live = self._place.live
        choice = await self._store.turns.hold(self._actor, here.id, departure)
        return Leaving(session=here, choice=choice, writing=live is not None and live.is_streaming)

    async def _leave(self, here: SessionInfo | None, *, finish: bool) -> Left | None:
        """Leave the active session; a temporary one ends with that."""
        left = await self._place.leave(here, finish=finish)
        if here is None or not here.temporary:
            return left
        await self._place.end(here)
        return Left(session=here, forgotten=True)

    async def _go_on(self, departure: Departure, there: SessionInfo | None, left: Left | None) -> Went:
        """The second half of a departure: what was active is left."""
        if there is not None:
            info = await self._store.sessions.open(self._actor, there.number)
            return await self._arrive(departure, info, left, already=False)
        if departure.leave is Leave.QUIT:
            await self._store.sessions.close(self._actor)
            return Closed(session=left.session, left=left) if left is not None else NothingActive()
        if departure.leave in (Leave.FORK, Leave.EDIT):
            return await self._fork(departure, left)
        if departure.leave is Leave.LIFT and departure.turn_id is not None:
            return await self._lift(departure, departure.turn_id, left)
        info = await self._place.start(departure.name, temporary=departure.temporary)
        return Started(session=info, asked=await self._ask(info, departure.prompt), left=left)

    async def _destination(self, departure: Departure) -> SessionInfo | None:
        """Where it goes, checked as far as may be before anything is left for it."""
        if departure.leave in (Leave.NEW, Leave.QUIT):
            return None
        there = await self._store.sessions.find(self._actor, departure.number or 0)
        if departure.leave in (Leave.FORK, Leave.EDIT, Leave.LIFT) and there.temporary:
            raise SessionTemporary
        if departure.leave in (Leave.FORK, Leave.EDIT):
            await self._exchange(departure, there)
            return None  # a session that is yet to be made
        if departure.leave in (*AGAIN, Leave.LIFT) and departure.turn_id is not None:
            await self._place.check_again(there, departure.turn_id, departure.leave)
        if departure.leave is Leave.SEND and departure.turn_id is not None:
            await self._place.check_waits(there, departure.turn_id)
        if departure.leave is Leave.LIFT:
            await self._check_lift(departure, there)
            return None
        return there

    async def _arrive(self, departure: Departure, info: SessionInfo, left: Left | None, *, already: bool) -> Went:
        """Do in the session, which is active, what it was opened for."""
        match departure:
            case Departure(leave=Leave.REPLY, prompt=Prompt() as prompt):
                return replace(await self._place.put(await self._place.enter(info), prompt), left=left)
            case Departure(leave=leave, turn_id=UUID() as turn_id, prompt=Prompt() as prompt) if leave in AGAIN:
                return replace(await self._place.again(await self._place.enter(info), turn_id, prompt, leave), left=left)
            case Departure(leave=Leave.SEND, turn_id=UUID() as turn_id):
                await (await self._place.enter(info)).send_now(turn_id)
                return Resumed(session=info, waiting=await self._place.waiting(info), left=left)
            case Departure(leave=Leave.SEND):
                waiting = await (await self._place.enter(info)).resume_waiting()
                return Resumed(session=info, waiting=waiting, left=left)
            case _:
                await self._place.move_back(info)
                return Opened(session=info, already=already, waiting=await self._place.waiting(info), left=left)

    async def _fork(self, departure: Departure, left: Left | None) -> Forked:
        """Make the new session and open it. What the old one has by now is copied, an answer that was stopped for it too."""
        parent = await self._store.sessions.find(self._actor, departure.number or 0)
        turn = await self._exchange(departure, parent)
        before = turn.prompt_entry if turn is not None and departure.leave is Leave.EDIT else None
        at = turn.answer_entry if turn is not None and departure.leave is Leave.FORK else None
        fork = await self._store.branches.fork(self._actor, parent.id, at, before=before)
        info = await self._store.sessions.open(self._actor, fork.number)
        asked = await self._ask(info, departure.prompt)
        question = turn if asked is None and departure.leave is Leave.EDIT else None
        return Forked(session=info, parent=parent, asked=asked, question=question, left=left)

    async def _check_lift(self, departure: Departure, there: SessionInfo) -> None:
        """Raises `ExchangeAlone` where nothing is above the exchange, before anything is left for it."""
        turn = await self._exchange(departure, there)
        above = turn.prompt_entry if turn is not None else None
        if not await self._store.transcripts.tail(self._actor, there.id, limit=1, before=above):
            raise ExchangeAlone

    async def _made_already(self, departure: Departure, here: SessionInfo) -> Forked | None:
        """The active session, where it is the fork that this would make and nothing was asked in it: two presses make one."""
        if departure.leave not in (Leave.FORK, Leave.EDIT) or departure.prompt is not None or here.origin is None:
            return None
        parent = await self._store.sessions.find(self._actor, departure.number or 0)
        turn = await self._exchange(departure, parent)
        end = await self._end_of_copy(departure, parent, turn)
        if (here.origin.session_id, here.origin.entry) != (parent.id, end):
            return None
        if await self._store.turns.latest(self._actor, here.id) is not None:
            return None
        return Forked(session=here, parent=parent, was_made=True, question=turn if departure.leave is Leave.EDIT else None)

    async def _end_of_copy(self, departure: Departure, parent: SessionInfo, turn: Turn | None) -> int | None:
        """The entry of the parent's at which the copied path would end."""
        if turn is None:
            return parent.leaf
        if departure.leave is Leave.FORK:
            return turn.answer_entry
        above = await self._store.transcripts.tail(self._actor, parent.id, limit=1, before=turn.prompt_entry)
        return above[0].id if above else None

    async def _lift(self, departure: Departure, turn_id: UUID, left: Left | None) -> Lifted:
        """Make the new session of the exchange and open it. What is live of the old one would go on below it."""
        parent = await self._store.sessions.find(self._actor, departure.number or 0)
        await self._place.discard(parent.id)
        lifted = await self._store.branches.lift(self._actor, turn_id)
        return Lifted(session=await self._store.sessions.open(self._actor, lifted.number), parent=parent, left=left)

    async def _exchange(self, departure: Departure, parent: SessionInfo) -> Turn | None:
        """The exchange at which to fork, if one was named. Raises `TurnNotFound`, and `WrongTurnState` before it has ended."""
        if departure.turn_id is None:
            return None
        turn = await self._store.turns.get(self._actor, departure.turn_id)
        if turn.session_id != parent.id:
            raise TurnNotFound
        if turn.prompt_entry is None or turn.answer_entry is None:
            raise WrongTurnState
        return turn

    async def _use_blank(self, departure: Departure, here: SessionInfo) -> Started:
        if departure.name is not None:
            here = (await self._store.shelves.rename(self._actor, here.number, departure.name)).session
        return Started(session=here, was_blank=True, asked=await self._ask(here, departure.prompt))

    async def _ask(self, info: SessionInfo, prompt: Prompt | None) -> Asked | Waiting | None:
        return await self._place.put(await self._place.enter(info), prompt) if prompt is not None else None


def _fits(here: SessionInfo, departure: Departure) -> bool:
    """Whether the active session, in which nothing was said, can be the new one. (A temporary one can't be named later.)"""
    is_named = here.temporary and departure.name is not None
    return here.is_blank and here.temporary == departure.temporary and not is_named
