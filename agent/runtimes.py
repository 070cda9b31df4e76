"""`Runtimes`: the `SessionRuntime` of everybody who is here, the clock that lets idle ones rest, and the orderly end."""

import asyncio
import itertools
import logging
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from agent.build import build_session
from agent.config import AgentConfig
from agent.errors import ShuttingDown
from agent.events import Listener
from agent.model import ModelClient
from agent.runtime import SessionRuntime
from agent.session import AgentSession
from storage.records import Actor, SessionInfo
from storage.store import Store

log = logging.getLogger(__name__)

SWEEP: Final = 60.0
"""Seconds between two looks for idle sessions."""


class Runtimes:
    """Everybody's runtimes. An async context: leaving it ends them all, giving running answers `grace` seconds."""

    def __init__(
        self,
        store: Store,
        model: ModelClient,
        config: AgentConfig,
        listener: Listener,
        *,
        grace: float = 4.0,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._store, self._model, self._config = store, model, config
        self._listener = listener
        self._grace = grace
        self._clock = clock or asyncio.get_running_loop().time
        self._runtimes: dict[int, SessionRuntime] = {}
        self._seen: dict[int, float] = {}
        self._generations = itertools.count(1)
        self._closing = False
        self._sweeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._sweeper = asyncio.create_task(self._sweep(), name="idle-sessions")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def of(self, actor: Actor) -> SessionRuntime:
        """The person's runtime; ask anew for each thing they do. Raises `ShuttingDown`."""
        if self._closing:
            raise ShuttingDown
        self._seen[actor.user_id] = self._clock()
        if actor.user_id not in self._runtimes:
            self._runtimes[actor.user_id] = SessionRuntime(actor, self._store, self._config, self._fresh, self._listener)
        return self._runtimes[actor.user_id]

    async def rest(self) -> None:
        """Dispose what was idle for long enough, and forget people with nothing live."""
        due = self._clock() - self._config.idle_seconds
        for user_id, seen in tuple(self._seen.items()):
            if seen <= due and await self._runtimes[user_id].rest() and self._seen[user_id] == seen:
                del self._runtimes[user_id], self._seen[user_id]

    async def close(self) -> None:
        """Take nothing new, let running answers finish for the grace time, then store and mark the rest; twice is once."""
        if self._closing:
            return
        self._closing = True
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.wait([self._sweeper])
        live = [session for runtime in self._runtimes.values() for session in runtime.live]
        for session in live:
            session.drain()
        running = [asyncio.create_task(s.until_idle(), name="last-answers") for s in live if s.is_streaming]
        if running:
            _, late = await asyncio.wait(running, timeout=self._grace)
            for task in late:
                task.cancel()
        await asyncio.gather(*(runtime.dispose() for runtime in self._runtimes.values()))
        await asyncio.gather(*running, return_exceptions=True)

    async def _fresh(self, actor: Actor, info: SessionInfo) -> AgentSession:
        return await build_session(
            store=self._store,
            model=self._model,
            config=self._config,
            actor=actor,
            info=info,
            generation=next(self._generations),
            listener=self._listener,
        )

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            try:
                await self.rest()
            except Exception as error:  # noqa: BLE001 - the next sweep tries again
                log.warning("idle sessions could not be disposed: %s", type(error).__name__)
