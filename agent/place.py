"""`Place`: one person's live sessions, the active one and those that are kept, and the order in which they change.

Used by `SessionRuntime` alone, which holds the person's lock around every call but `stop` and the readings. The order is the
same everywhere: what is live is disposed or kept, then the stored pointer moves, then the next one is built, at its first
prompt. So there is never a second live object for a session, nor one that nobody will dispose.
"""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from agent.config import AgentConfig
from agent.events import Listener, QueueChanged
from agent.keepers import Keepers
from agent.line import WaitingLine
from agent.outcomes import Asked, Left, Stopped, Waiting
from agent.session import AgentSession
from storage.errors import NotLastTurn, TurnNotFound, WrongTurnState
from storage.records import Actor, Leave, Prompt, SessionInfo, Turn, TurnState
from storage.store import Store

Build = Callable[[Actor, SessionInfo], Awaitable[AgentSession]]


class Place:
    """`build` makes live objects; `listener` hears of kept ones that have ended, and of what waited in one that is gone."""

    def __init__(
        self, actor: Actor, store: Store, config: AgentConfig, build: Build, listener: Listener, lock: asyncio.Lock
    ) -> None:
        self._actor, self._store, self._config = actor, store, config
        self._build, self._listener = build, listener
        self._live: AgentSession | None = None
        self._keepers = Keepers(actor, lock, listener)

    @property
    def live(self) -> AgentSession | None:
        """The live object of the active session; an idle one may have none."""
        return self._live

    @property
    def kept(self) -> tuple[AgentSession, ...]:
        """What was left to finish."""
        return self._keepers.sessions

    @property
    def sessions(self) -> tuple[AgentSession, ...]:
        """Every live object: the active one, then the kept ones."""
        return (*((self._live,) if self._live is not None else ()), *self.kept)

    def live_of(self, session_id: UUID) -> AgentSession | None:
        """The live object of a session, if it has one, active or kept."""
        return next((session for session in self.sessions if session.info.id == session_id), None)

    def can_keep(self, coming_back: UUID | None) -> bool:
        """Whether one more session may be kept once `coming_back` is opened."""
        return sum(session.info.id != coming_back for session in self.kept) < self._config.keep_limit

    async def enter(self, info: SessionInfo) -> AgentSession:
        """The live object of the active session: the one there is, one that comes back from its keeper, or a fresh one."""
        if self._live is not None and self._live.info.id != info.id:
            await self._dispose_live()
        if self._live is None:
            self._live = await self._keepers.give_back(info.id) or await self._build(self._actor, info)
        self._live.renew(info)
        return self._live

    async def move_back(self, info: SessionInfo) -> None:
        """Bring the session back from its keeper, if one has it."""
        if self._keepers.get(info.id) is not None:
            await self.enter(info)

    async def keep(self, session_id: UUID) -> SessionInfo:
        """Make a temporary session an ordinary one. Raises `SessionNotFound`."""
        info = await self._store.temporaries.keep(self._actor, session_id)
        if self._live is not None and self._live.info.id == session_id:
            self._live.renew(info)
        return info

    async def end(self, info: SessionInfo) -> None:
        """End a temporary session, of which nothing is live any more, and tell that nothing waits in it."""
        await self._store.temporaries.end(self._actor, info.id)
        self._listener(QueueChanged(actor=self._actor, session=info, generation=0, waiting=()))

    async def start(self, name: str | None, *, temporary: bool = False) -> SessionInfo:
        """A new session, made active."""
        info = await self._store.sessions.create(self._actor, name, temporary=temporary)
        return await self._store.sessions.open(self._actor, info.number)

    async def leave(self, here: SessionInfo | None, *, finish: bool) -> Left | None:
        """Dispose the live session, or keep it where it is to `finish`, before the pointer moves away from `here`."""
        live = self._live
        if live is None:
            return Left(session=here) if here is not None else None
        was_writing = live.is_streaming
        if finish and was_writing:
            self._live = None
            self._keepers.keep(live)
            return Left(session=live.info, kept=True)
        await self._dispose_live()
        return Left(session=live.info, paused=await self.waiting(live.info) if was_writing else ())

    async def wake(self, info: SessionInfo, *, active: bool) -> AgentSession:
        """The session's live object; if it is not the `active` one, it is kept until it has nothing left to write."""
        if active:
            return await self.enter(info)
        session = self._keepers.get(info.id) or await self._build(self._actor, info)
        self._keepers.keep(session)
        return session

    async def put(self, session: AgentSession, prompt: Prompt) -> Asked | Waiting:
        """Ask, or put in line behind the answer that runs. Raises `QueueFull`, `DuplicateSource`, `StoreUnavailable`."""
        if not session.is_streaming:
            return Asked(turn=await session.prompt(prompt), session=session.info)
        turn = await session.follow_up(prompt)
        queued = [other.id for other in await self.waiting(session.info) if other.state is TurnState.QUEUED]
        return Waiting(session=session.info, turn=turn, position=queued.index(turn.id) + 1 if turn.id in queued else 1)

    async def check_waits(self, there: SessionInfo, turn_id: UUID) -> None:
        """Raises `TurnNotFound`, or `WrongTurnState` where it doesn't wait (any more)."""
        turn = await self._store.turns.get(self._actor, turn_id)
        if turn.session_id != there.id:
            raise TurnNotFound
        if not turn.state.is_waiting:
            raise WrongTurnState

    async def check_again(self, there: SessionInfo, turn_id: UUID, leave: Leave) -> None:
        """Raises `TurnNotFound`, `WrongTurnState` or `NotLastTurn` where `again` would, before anything is left for it."""
        if (session := self.live_of(there.id)) is not None:
            await session.settle()
        turn = await self._store.turns.get(self._actor, turn_id)
        if turn.session_id != there.id:
            raise TurnNotFound
        if not turn.state.is_ended:
            raise WrongTurnState
        latest = await self._store.turns.latest(self._actor, there.id)
        if latest is None or latest.id != turn.id:
            raise NotLastTurn
        if leave is Leave.FINISH and turn.state in (TurnState.COMPLETED, TurnState.FAILED):
            raise WrongTurnState

    async def again(self, session: AgentSession, turn_id: UUID, prompt: Prompt, leave: Leave) -> Asked:
        """Ask an ended turn's prompt once more, for the rest of its answer, or another prompt in its stead.

        Raises `NotLastTurn`, as soon as the next one is about to be asked.
        """
        if session.is_streaming:
            raise NotLastTurn
        ask = {Leave.FINISH: session.finish, Leave.REVISE: session.revise}.get(leave, session.retry)
        return Asked(turn=await ask(turn_id, prompt), session=session.info)

    async def stop(self, session: AgentSession) -> Stopped | None:
        """Stop what the session writes; `None` if there was nothing. Needs no lock."""
        turn = await session.abort()
        if turn is None:
            return None
        return Stopped(session=session.info, turn=turn, paused=await self.waiting(session.info))

    async def waiting(self, info: SessionInfo) -> tuple[Turn, ...]:
        """What waits in a session."""
        return tuple(await self._store.turns.waiting(self._actor, info.id))

    async def line_of(self, session_id: UUID) -> AgentSession | WaitingLine:
        """Where what waits in a session can be changed, whether it is live or not. Raises `SessionNotFound`."""
        if (session := self.live_of(session_id)) is not None:
            return session
        info = await self._store.sessions.get(self._actor, session_id)

        def tell(waiting: tuple[Turn, ...]) -> None:
            self._listener(QueueChanged(actor=self._actor, session=info, generation=0, waiting=waiting))

        return WaitingLine(self._store, self._actor, session_id, limit=self._config.queue_limit, tell=tell)

    async def discard(self, session_id: UUID) -> None:
        """Dispose the session's live object, if it has one, whether it is active or kept: it goes to the bin."""
        kept = await self._keepers.give_back(session_id)
        if kept is not None:
            await kept.dispose()
        if self._live is not None and self._live.info.id == session_id:
            await self._dispose_live()

    async def rest(self) -> bool:
        """Dispose the active session if it has nothing to do. Returns whether nothing is live."""
        if self._live is not None and not self._live.is_streaming:
            await self._dispose_live()
        return not self.sessions

    async def dispose(self, outcome: TurnState) -> None:
        """Abort and dispose everything that is live."""
        await asyncio.gather(self._dispose_live(outcome), self._keepers.dispose(outcome))

    async def _dispose_live(self, outcome: TurnState = TurnState.STOPPED) -> None:
        live = self._live
        if live is not None:
            await live.dispose(outcome)
            self._live = None
