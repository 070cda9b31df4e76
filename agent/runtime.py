"""`SessionRuntime`: one person's place. It keeps their one active `AgentSession` and up to two that were left to finish.

Cogs ask it for what people ask for and turn its outcomes into words. It holds the guard (nothing leaves a writing session
without its owner's choice) and the order of a switch: dispose, then move the pointer, then build. One lock per person makes
every change whole; stopping is outside of it, so a stop never waits behind anything.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID

from agent.config import AgentConfig
from agent.events import KeptFinished, Listener
from agent.outcomes import (
    Asked,
    Closed,
    Decision,
    Left,
    NothingActive,
    NothingToStop,
    Opened,
    Resumed,
    Started,
    Stayed,
    StillWriting,
    Stopped,
    Waiting,
    Went,
)
from agent.session import AgentSession
from storage.errors import NotLastTurn, WrongTurnState
from storage.records import Actor, Departure, Leave, Prompt, SessionInfo, Target, Turn, TurnState
from storage.store import Store

Build = Callable[[Actor, SessionInfo], Awaitable[AgentSession]]


class SessionRuntime:
    """One person's active and kept sessions. `build` makes live objects; `listener` hears of kept ones that have ended."""

    def __init__(self, actor: Actor, store: Store, config: AgentConfig, build: Build, listener: Listener) -> None:
        self._actor, self._store, self._config = actor, store, config
        self._build = build
        self._listener = listener
        self._lock = asyncio.Lock()
        self._live: AgentSession | None = None
        self._kept: dict[UUID, AgentSession] = {}
        self._keepers: dict[UUID, asyncio.Task[None]] = {}

    @property
    def live(self) -> tuple[AgentSession, ...]:
        """Every live object: the active one, then the kept ones."""
        return (*((self._live,) if self._live else ()), *self._kept.values())

    async def active(self) -> SessionInfo | None:
        """The session that the person's next message goes to, if there is one."""
        return await self._store.sessions.active(self._actor)

    async def say(self, prompt: Prompt) -> Asked | Waiting:
        """Ask in the active session, starting one where there is none; behind a running answer the prompt waits.

        Raises `QueueFull`, `DuplicateSource`, `StoreUnavailable`.
        """
        async with self._lock:
            info = await self.active() or await self._created(None)
            return await self._put(await self._alive(info), prompt)

    async def go(self, departure: Departure) -> Went:
        """Do what would leave the active session, or answer `StillWriting` while it writes. What turns out to stay in it
        just happens. Raises `SessionNotFound`, and as `say()`; `NotLastTurn` for a retry.
        """
        async with self._lock:
            return await self._go(departure, None)

    async def decide(self, choice_id: UUID, decision: Decision, *, target: Target | None = None) -> Went | Stayed:
        """Act on one of the guard's buttons, once; `target` replaces the place of the answer that was asked for.

        Raises `ChoiceNotFound` for an unknown, foreign or decided one, and as `go()`.
        """
        async with self._lock:
            choice = await self._store.turns.choice(self._actor, choice_id)
            departure = choice.departure
            if target is not None and departure.prompt is not None:
                departure = replace(departure, prompt=replace(departure.prompt, target=target))
            if decision is Decision.STAY:
                await self._store.turns.decide(self._actor, choice_id)
                session = await self._store.sessions.get(self._actor, choice.session_id)
                return Stayed(session=session, departure=departure)
            is_meant = self._live is not None and self._live.info.id == choice.session_id
            went = await self._go(departure, decision if is_meant else None)
            await self._store.turns.decide(self._actor, choice_id)
            return went

    async def stop(self) -> Stopped | NothingToStop:
        """Stop the active session's answer now, and pause what waits behind it."""
        live = self._live
        if live is None or not live.is_streaming:
            return NothingToStop(kept=tuple((s.info, s.turn) for s in self._kept.values() if s.is_streaming and s.turn))
        return await self._stop(live)

    async def stop_turn(self, turn_id: UUID) -> Stopped:
        """Stop this answer, in whichever session it is written. Raises `TurnNotFound`, `WrongTurnState` once it has ended."""
        for session in self.live:
            if session.is_streaming and session.turn is not None and session.turn.id == turn_id:
                return await self._stop(session)
        await self._store.turns.get(self._actor, turn_id)
        raise WrongTurnState

    async def remove(self, turn_id: UUID) -> Turn:
        """Take a waiting prompt out. Raises `TurnNotFound`, `WrongTurnState`."""
        turn = await self._store.turns.get(self._actor, turn_id)
        live = next((session for session in self.live if session.info.id == turn.session_id), None)
        return await (live.remove(turn_id) if live else self._store.turns.remove(self._actor, turn_id))

    async def wake(self, info: SessionInfo, turn: Turn | None) -> None:
        """After a restart: go on with a session's asked turn, or with what is queued in it, wherever its owner is."""
        async with self._lock:
            current = await self.active()
            if current is not None and current.id == info.id:
                session = await self._alive(info)
            else:
                session = self._kept.get(info.id) or await self._build(self._actor, info)
                self._keep(session)
            await (session.carry_on(turn) if turn is not None else session.go_on())

    async def rest(self) -> bool:
        """Dispose what has nothing to do; it is rebuilt unnoticed at the next prompt. Returns whether nothing is live."""
        async with self._lock:
            if self._live is not None and not self._live.is_streaming:
                await self._live.dispose()
                self._live = None
            return not self.live

    async def dispose(self) -> None:
        """Interrupt whatever runs, dispose every session, end the keepers; what waits stays for after the restart."""
        async with self._lock:
            for keeper in self._keepers.values():
                keeper.cancel()
            await asyncio.gather(*self._keepers.values(), return_exceptions=True)
            await asyncio.gather(*(session.dispose(TurnState.INTERRUPTED) for session in self.live))
            self._live = None
            self._kept.clear()
            self._keepers.clear()

    async def _go(self, departure: Departure, decision: Decision | None) -> Went:
        there = await self._destination(departure)
        here = await self.active()
        if here is not None and there is not None and there.id == here.id:
            return await self._here(departure, here)
        if departure.leave is Leave.NEW and here is not None and here.is_blank:
            return await self._use_blank(departure, here)
        if departure.leave is Leave.QUIT and here is None:
            return NothingActive()
        live = self._live
        can_keep = len(self._kept) < self._config.keep_limit
        if live is not None and live.is_streaming and (decision is None or (decision is Decision.FINISH and not can_keep)):
            choice = await self._store.turns.hold(self._actor, live.info.id, departure)
            return StillWriting(session=live.info, choice=choice, can_keep=can_keep)
        left = await self._leave(here, decision)
        return await self._arrive(departure, there, left)

    async def _destination(self, departure: Departure) -> SessionInfo | None:
        if departure.leave in (Leave.NEW, Leave.QUIT):
            return None
        return await self._store.sessions.find(self._actor, departure.number or 0)

    async def _here(self, departure: Departure, here: SessionInfo) -> Went:
        match departure:
            case Departure(leave=Leave.REPLY, prompt=Prompt() as prompt):
                return await self._put(await self._alive(here), prompt)
            case Departure(leave=Leave.RETRY, turn_id=UUID() as turn_id, prompt=Prompt() as prompt):
                return await self._retry(await self._alive(here), turn_id, prompt, None)
            case Departure(leave=Leave.SEND):
                waiting = await (await self._alive(here)).resume()
                return Resumed(session=here, waiting=waiting)
            case _:
                return Opened(session=here, already=True, waiting=await self._waiting(here))

    async def _use_blank(self, departure: Departure, here: SessionInfo) -> Started:
        if departure.name is not None:
            here = await self._store.sessions.rename(self._actor, here.number, departure.name)
        asked = await self._put(await self._alive(here), departure.prompt) if departure.prompt else None
        return Started(session=here, was_blank=True, asked=asked)

    async def _leave(self, here: SessionInfo | None, decision: Decision | None) -> Left | None:
        """Dispose or keep the live session, before the pointer moves."""
        live, self._live = self._live, None
        if live is None:
            return Left(session=here) if here else None
        if decision is Decision.FINISH and live.is_streaming:
            self._keep(live)
            return Left(session=live.info, kept=True)
        was_writing = live.is_streaming
        await live.abort()
        await live.dispose()
        return Left(session=live.info, paused=await self._waiting(live.info) if was_writing else ())

    async def _arrive(self, departure: Departure, there: SessionInfo | None, left: Left | None) -> Went:
        match departure:
            case Departure(leave=Leave.QUIT) if left is not None:
                await self._store.sessions.close(self._actor)
                return Closed(session=left.session, left=left)
            case Departure(leave=Leave.NEW):
                info = await self._created(departure.name)
                asked = await self._put(await self._alive(info), departure.prompt) if departure.prompt else None
                return Started(session=info, asked=asked, left=left)
            case _:
                pass
        info = await self._store.sessions.open(self._actor, there.number if there else 0)
        match departure:
            case Departure(leave=Leave.REPLY, prompt=Prompt() as prompt):
                return replace(await self._put(await self._alive(info), prompt), left=left)
            case Departure(leave=Leave.RETRY, turn_id=UUID() as turn_id, prompt=Prompt() as prompt):
                return await self._retry(await self._alive(info), turn_id, prompt, left)
            case Departure(leave=Leave.SEND):
                return Resumed(session=info, waiting=await (await self._alive(info)).resume(), left=left)
            case _:
                await self._move_back(info)
                return Opened(session=info, waiting=await self._waiting(info), left=left)

    async def _created(self, name: str | None) -> SessionInfo:
        info = await self._store.sessions.create(self._actor, name)
        return await self._store.sessions.open(self._actor, info.number)

    async def _alive(self, info: SessionInfo) -> AgentSession:
        """The live object of the active session: the one there is, one that comes back from its keeper, or a fresh one."""
        if self._live is None or self._live.info.id != info.id:
            await self._move_back(info)
        if self._live is None:
            self._live = await self._build(self._actor, info)
        return self._live

    async def _move_back(self, info: SessionInfo) -> None:
        if self._live is not None:
            await self._live.dispose()
            self._live = None
        session = self._kept.pop(info.id, None)
        if session is not None:
            self._keepers.pop(info.id).cancel()
            self._live = session

    async def _put(self, session: AgentSession, prompt: Prompt) -> Asked | Waiting:
        if not session.is_streaming:
            return Asked(turn=await session.prompt(prompt), session=session.info)
        turn = await session.follow_up(prompt)
        waiting = [other.id for other in await self._waiting(session.info)]
        position = waiting.index(turn.id) + 1 if turn.id in waiting else 1
        return Waiting(session=session.info, turn=turn, position=position)

    async def _retry(self, session: AgentSession, turn_id: UUID, prompt: Prompt, left: Left | None) -> Asked:
        if session.is_streaming:
            raise NotLastTurn
        return Asked(turn=await session.retry(turn_id, prompt), session=session.info, left=left)

    async def _stop(self, session: AgentSession) -> Stopped:
        await session.abort()
        turn = session.turn
        if turn is None:
            raise WrongTurnState
        return Stopped(session=session.info, turn=turn, paused=await self._waiting(session.info))

    async def _waiting(self, info: SessionInfo) -> tuple[Turn, ...]:
        return tuple(await self._store.turns.waiting(self._actor, info.id))

    def _keep(self, session: AgentSession) -> None:
        if session.info.id in self._kept:
            return
        self._kept[session.info.id] = session
        self._keepers[session.info.id] = asyncio.create_task(self._see_out(session), name=f"keeper-{session.info.id}")

    async def _see_out(self, session: AgentSession) -> None:
        """Wait until a kept session has written all it had to, then dispose it and tell its owner."""
        while True:
            await session.until_idle()
            async with self._lock:
                if self._kept.get(session.info.id) is not session:
                    return
                if session.is_streaming:
                    continue
                del self._kept[session.info.id], self._keepers[session.info.id]
                await session.dispose()
                break
        if session.turn is not None and session.turn.state is not TurnState.STOPPED:
            self._listener(KeptFinished(actor=self._actor, session=session.info, generation=session.generation))
