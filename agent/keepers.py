"""`Keepers`: the sessions of one person that were left with *Let it finish* and go on writing.

Used by `Place`. Each has a task that waits until its session has written all it had to, disposes it, and tells its owner. The
one lock of the person is taken for that, so a session is never disposed while it is being opened again.
"""

import asyncio
import logging
from uuid import UUID

from agent.checkpoints import until_done
from agent.events import KeptFinished, Listener
from agent.session import AgentSession
from storage.records import Actor, TurnState

log = logging.getLogger(__name__)


class Keepers:
    """All but `sessions` and `get` are for whoever holds `lock`."""

    def __init__(self, actor: Actor, lock: asyncio.Lock, listener: Listener) -> None:
        self._actor, self._lock, self._listener = actor, lock, listener
        self._kept: dict[UUID, tuple[AgentSession, asyncio.Task[None]]] = {}

    @property
    def sessions(self) -> tuple[AgentSession, ...]:
        """What is kept."""
        return tuple(session for session, _ in self._kept.values())

    def get(self, session_id: UUID) -> AgentSession | None:
        """The kept session with this id."""
        session, _ = self._kept.get(session_id, (None, None))
        return session

    def keep(self, session: AgentSession) -> None:
        """See a session out. One that is kept already goes on being so."""
        session_id = session.info.id
        if session_id not in self._kept:
            task = asyncio.create_task(self._see_out(session_id, session), name=f"keeper-{session_id}")
            self._kept[session_id] = session, task

    async def give_back(self, session_id: UUID) -> AgentSession | None:
        """Let go of a session without disposing it: it is opened again."""
        session, task = self._kept.pop(session_id, (None, None))
        if task is not None:
            task.cancel()
            await until_done(task)
        return session

    async def dispose(self, outcome: TurnState) -> None:
        """Abort and dispose every session that is kept; nobody is told."""
        sessions = self.sessions
        for session in sessions:
            await self.give_back(session.info.id)
        await asyncio.gather(*(session.dispose(outcome) for session in sessions))

    async def _see_out(self, session_id: UUID, session: AgentSession) -> None:
        while True:
            await session.until_idle()
            async with self._lock:
                if session.is_streaming:
                    continue  # something was sent in it just before
                await session.dispose()
                del self._kept[session_id]
                break
        state = session.turn.state if session.turn is not None else TurnState.STOPPED
        if state not in (TurnState.STOPPED, TurnState.INTERRUPTED):
            failed = state is TurnState.FAILED
            kept = KeptFinished(actor=self._actor, session=session.info, generation=session.generation, failed=failed)
            self._tell(kept)

    def _tell(self, event: KeptFinished) -> None:
        try:
            self._listener(event)
        except Exception:
            log.exception("a listener failed")
