"""`SessionRuntime`: what one person may ask of their sessions, whatever comes at once.

Cogs ask it for what people ask for and turn its outcomes into words. It holds the lock that makes every change whole; what
leaves the active session goes through `guard.py`, and the order of a change is in `place.py`. Stopping is outside of the lock,
so a stop never waits behind anything but the writing of what it stopped.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar
from uuid import UUID

from agent.config import AgentConfig
from agent.errors import SessionDisposed
from agent.events import Listener
from agent.guard import Guard
from agent.line import WaitingLine
from agent.outcomes import (
    Asked,
    Busy,
    Decision,
    Deleted,
    Flipped,
    Forgotten,
    NothingToStop,
    Stayed,
    Stopped,
    Waiting,
    Went,
)
from agent.place import Build, Place
from agent.session import AgentSession
from storage.errors import NotLastTurn, StoreError, WrongTurnState
from storage.records import Actor, Departure, Prompt, SessionInfo, Target, Turn, TurnState
from storage.store import Store

T = TypeVar("T")


class SessionRuntime:
    """One person's sessions. `build` makes live objects, `listener` hears what no live object can tell.

    `awake` is called before each change; it may raise `ShuttingDown`. `count` is called before each prompt is taken in, unless
    it was missed; it may raise `TooFast`.
    """

    def __init__(
        self,
        actor: Actor,
        store: Store,
        config: AgentConfig,
        build: Build,
        listener: Listener,
        awake: Callable[["SessionRuntime"], None],
        count: Callable[[], None] = lambda: None,
    ) -> None:
        self.actor = actor
        self._store = store
        self._listener, self._awake, self._count = listener, awake, count
        self._lock = asyncio.Lock()
        self._place = Place(actor, store, config, build, listener, self._lock)
        self._guard = Guard(actor, store, self._place)
        self._changes: set[asyncio.Task[object]] = set()

    @property
    def live(self) -> tuple[AgentSession, ...]:
        """Every live object: the active one, then the kept ones."""
        return self._place.sessions

    @property
    def writing(self) -> frozenset[UUID]:
        """The sessions in which an answer is being written, or is about to be."""
        return frozenset(session.info.id for session in self.live if session.is_streaming)

    async def active(self) -> SessionInfo | None:
        """The session that the person's next message goes to, if there is one."""
        return await self._store.sessions.active(self.actor)

    async def say(self, prompt: Prompt) -> Asked | Waiting:
        """Ask in the active session, starting one where there is none; behind a running answer the prompt waits.

        Raises `QueueFull`, `DuplicateSource`, `StoreUnavailable`, `ShuttingDown`, `TooFast`.
        """
        self._count_in(prompt)

        async def change() -> Asked | Waiting:
            info = await self.active() or await self._place.start(None)
            return await self._place.put(await self._place.enter(info), prompt)

        return await self._change(change)

    async def go(self, departure: Departure) -> Went:
        """Do what would leave the active session, or answer `StillWriting` while it writes, and `Leaving` where it is temporary
        and something was said in it. What turns out to stay in it just happens. Raises `SessionNotFound`, `SessionTemporary`
        for a fork of such a one, and as `say()`; for what asks again `TurnNotFound`, `WrongTurnState`, `NotLastTurn`.
        """
        if departure.prompt is not None:
            self._count_in(departure.prompt)
        return await self._change(lambda: self._guard.go(departure))

    async def decide(self, choice_id: UUID, decision: Decision, *, target: Target | None = None) -> Went | Stayed:
        """Act on one of the guard's buttons, once; `target` replaces the place of the answer that was asked for.

        Raises `ChoiceNotFound` for an unknown, foreign or decided one, and as `go()`: then the choice stays open.
        """
        return await self._change(lambda: self._guard.decide(choice_id, decision, target))

    async def stop(self) -> Stopped | NothingToStop:
        """Stop the active session's answer now, and pause what waits behind it."""
        live = self._place.live
        stopped = await self._place.stop(live) if live is not None else None
        if stopped is not None:
            return stopped
        return NothingToStop(kept=tuple((kept.info, kept.running) for kept in self._place.kept if kept.running is not None))

    async def stop_turn(self, turn_id: UUID) -> Stopped:
        """Stop this answer, in whichever session it is written. Raises `TurnNotFound`, `WrongTurnState` once it has ended."""
        for session in self.live:
            if session.running is not None and session.running.id == turn_id and (stopped := await self._place.stop(session)):
                return stopped
        await self._store.turns.get(self.actor, turn_id)
        raise WrongTurnState

    async def remove(self, turn_id: UUID) -> Turn:
        """Take a waiting prompt out. Raises `TurnNotFound`, `WrongTurnState`, `StoreUnavailable`, `ShuttingDown`."""
        return await self._change(lambda: self._in_line(turn_id, lambda line: line.remove(turn_id)))

    async def reword(self, turn_id: UUID, text: str) -> Turn:
        """Give a waiting prompt other words. Raises as `remove()`, and `TemporaryFull`."""
        return await self._change(lambda: self._in_line(turn_id, lambda line: line.reword(turn_id, text)))

    async def send_now(self, turn_id: UUID) -> Went:
        """Ask a waiting prompt next, before the others, stopping the answer that its session writes. Unless that is being seen
        out, it is opened first, as `go()` does.

        Raises `TurnNotFound`, `WrongTurnState` where it waits no longer, and as `go()`.
        """
        return await self._change(lambda: self._guard.send_now(turn_id))

    async def keep(self, session_id: UUID) -> SessionInfo:
        """Make a temporary session an ordinary one. Raises `SessionNotFound`, `StoreUnavailable`, `ShuttingDown`."""
        return await self._change(lambda: self._place.keep(session_id))

    async def delete(self, number: int, *, stop: bool = False) -> Deleted | Forgotten | Busy:
        """Put a session in the bin, or end it where it is temporary, whatever is live of it disposed first; one that writes
        only where the answer is to `stop`.

        Raises `SessionNotFound`, `SessionWriting` where the answer's end is not stored yet, `StoreUnavailable`, `ShuttingDown`.
        """
        return await self._change(lambda: self._delete(number, stop=stop))

    async def switch(self, session_id: UUID, entry: int) -> SessionInfo | Busy:
        """Make the path to this entry of a session's the current one, what is live of the session disposed first.

        Raises `SessionNotFound`, `EntryNotFound`, `SessionWriting` where an answer's end is not stored yet, `StoreUnavailable`,
        `ShuttingDown`.
        """
        return await self._change(lambda: self._switch(session_id, entry))

    async def flip(self, turn_id: UUID) -> Flipped | Busy:
        """Go on from this answer, which stands beside its session's last one.

        Raises `TurnNotFound`, `NotLastTurn` where that is not so any more, `WrongTurnState` before its end, and as `switch`.
        """
        return await self._change(lambda: self._flip(turn_id))

    async def undo(self, undo_id: UUID) -> SessionInfo:
        """Take back what was done to a session. Raises `UndoNotFound`, `SessionWriting`, `StoreUnavailable`, `ShuttingDown`."""
        return await self._change(lambda: self._undo(undo_id))

    async def erase(self, settled: Callable[[], Awaitable[None]]) -> None:
        """Dispose all that is live, have `settled` what is shown of it, and delete all there is of the person.

        What they ask meanwhile waits, and begins anew then; again is the same as once. Raises `ShuttingDown`, and
        `StoreUnavailable` with a part of it done.
        """
        await self._change(lambda: self._erase(settled))

    async def wake(self, info: SessionInfo, turn: Turn | None) -> None:
        """After a restart: go on with a session's asked turn, or with what is queued in it, wherever its owner is."""

        async def change() -> None:
            current = await self.active()
            session = await self._place.wake(info, active=current is not None and current.id == info.id)
            await (session.carry_on(turn) if turn is not None else session.go_on())

        await self._change(change)

    async def rest(self) -> bool:
        """Dispose what has nothing to do; it is rebuilt unnoticed at the next prompt. Returns whether nothing is live."""
        async with self._lock:
            return await self._place.rest()

    async def save(self) -> None:
        """Store ends that the store did not take when they came."""
        for session in self.live:
            with suppress(StoreError, SessionDisposed):  # the next look tries again
                await session.settle()

    async def drain(self) -> None:
        """Wait until what is being written has ended; what is in line stays there. `awake` is to refuse every change by now."""
        for session in self.live:
            session.drain()
        async with self._lock:  # a change that had begun may have started an answer
            sessions = self.live
        for session in sessions:
            session.drain()
            await session.until_idle()

    async def dispose(self) -> None:
        """Interrupt whatever runs and dispose every session; what waits stays for after the restart."""
        async with self._lock:
            await self._place.dispose(TurnState.INTERRUPTED)

    async def _change(self, change: Callable[[], Awaitable[T]]) -> T:
        """Make a change under the lock, and whole even where whoever asked for it is cancelled."""

        async def locked() -> T:
            async with self._lock:
                self._awake(self)
                return await change()

        task = asyncio.create_task(locked(), name=f"person-{self.actor.user_id}")
        self._changes.add(task)
        task.add_done_callback(self._changes.discard)
        return await asyncio.shield(task)

    async def _delete(self, number: int, *, stop: bool) -> Deleted | Forgotten | Busy:
        info, active = await self._store.sessions.find(self.actor, number), await self.active()
        was_active = active is not None and active.id == info.id
        if info.id in self.writing and not stop:
            return Busy(session=info)
        await self._place.discard(info.id)
        if info.temporary:
            await self._place.end(info)
            return Forgotten(session=info, was_active=was_active)
        return Deleted(changed=await self._store.shelves.delete(self.actor, number), was_active=was_active)

    async def _switch(self, session_id: UUID, entry: int) -> SessionInfo | Busy:
        info = await self._store.sessions.get(self.actor, session_id)
        if info.id in self.writing:
            return Busy(session=info)
        await self._place.discard(info.id)
        return await self._store.branches.switch(self.actor, session_id, entry)

    async def _flip(self, turn_id: UUID) -> Flipped | Busy:
        turn = await self._store.turns.get(self.actor, turn_id)
        if turn.answer_entry is None:
            raise WrongTurnState
        shown = await self._store.turns.latest(self.actor, turn.session_id)
        if shown is None or turn_id not in {each.id for each in await self._store.turns.siblings(self.actor, shown.id)}:
            raise NotLastTurn
        switched = await self._switch(turn.session_id, turn.answer_entry)
        return switched if isinstance(switched, Busy) else Flipped(session=switched, turn=turn, shown=shown)

    async def _undo(self, undo_id: UUID) -> SessionInfo:
        session = await self._store.shelves.undo(self.actor, undo_id)
        if session.deleted is not None:  # a restore was undone; that nothing runs in it, the store has seen to
            await self._place.discard(session.id)
        return session

    async def _erase(self, settled: Callable[[], Awaitable[None]]) -> None:
        await self._place.dispose(TurnState.STOPPED)
        await settled()
        await self._store.shelves.erase(self.actor)

    def _count_in(self, prompt: Prompt) -> None:
        if not prompt.missed:
            self._count()

    async def _in_line(self, turn_id: UUID, change: Callable[[AgentSession | WaitingLine], Awaitable[Turn]]) -> Turn:
        """Change what waits where this turn does."""
        turn = await self._store.turns.get(self.actor, turn_id)
        return await change(await self._place.line_of(turn.session_id))
