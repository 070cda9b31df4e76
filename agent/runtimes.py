"""`Runtimes`: the `SessionRuntime` of everybody who is here, the clock that lets idle ones rest, and the orderly end."""

import asyncio
import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self
from weakref import WeakValueDictionary

from agent.budget import Budget, budget_of
from agent.build import build_session
from agent.checkpoints import Sleep
from agent.compactor import Compactor
from agent.config import AgentConfig
from agent.errors import ShuttingDown
from agent.events import Listener
from agent.floor import Floor
from agent.model import ModelClient
from agent.rate import Rate
from agent.runtime import SessionRuntime
from agent.session import AgentSession
from storage.records import Actor, SessionInfo
from storage.store import Store
from storage.tasks import end

log = logging.getLogger(__name__)

SWEEP: Final = 60.0
"""Seconds between two looks for idle sessions, and for ends that are yet to be stored."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody did something at this time of the clock."""

    runtime: SessionRuntime
    time: float


class Runtimes:
    """Everybody's runtimes. An async context: leaving it ends them all, giving running answers `grace` seconds.

    `listener` is subscribed to every session that is built. `clock` tells seconds as `loop.time` does, `sleep` waits for them.
    Without a `budget` they have one of their own, with the limits of `config`.
    """

    def __init__(
        self,
        store: Store,
        model: ModelClient,
        config: AgentConfig,
        listener: Listener,
        *,
        grace: float = 4.0,
        clock: Callable[[], float] | None = None,
        sleep: Sleep = asyncio.sleep,
        budget: Budget | None = None,
    ) -> None:
        self._store, self._model, self._config = store, model, config
        self._listener = listener
        self._grace = grace
        self._clock = clock or asyncio.get_running_loop().time
        self._sleep = sleep
        self._floor = Floor(config.running_turns)
        self._budget = budget or budget_of(config, store)
        self.compactor = Compactor(store, model, self._budget, self._clock)
        """Also for whoever asks for a summary by hand."""
        self._rate = Rate(config.prompts_per_minute, self._clock)
        # A runtime is found for as long as anybody holds it, so a person never has two; we hold those who did something.
        self._runtimes: WeakValueDictionary[int, SessionRuntime] = WeakValueDictionary()
        self._awake: dict[int, Seen] = {}
        self._generations = itertools.count(1)
        self._sweeper: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._sweeper = asyncio.create_task(self._sweep(), name="idle-sessions")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def of(self, actor: Actor) -> SessionRuntime:
        """The person's runtime; ask anew for each thing they do. Raises `ShuttingDown`."""
        if self._closing is not None:
            raise ShuttingDown
        runtime = self._runtimes.get(actor.user_id)
        if runtime is None:
            runtime = SessionRuntime(
                actor,
                self._store,
                self._config,
                self._fresh,
                self._listener,
                self._saw,
                lambda: self._rate.count(actor.user_id),
            )
            self._runtimes[actor.user_id] = runtime
        return runtime

    async def rest(self) -> None:
        """Dispose what was idle for long enough, and forget people with nothing live."""
        due = self._clock() - self._config.idle_seconds
        for user_id, seen in tuple(self._awake.items()):
            if seen.time <= due and await seen.runtime.rest():
                self._awake.pop(user_id, None)

    async def save(self) -> None:
        """Store the ends that a failing disk refused, once it takes them."""
        for seen in tuple(self._awake.values()):
            await seen.runtime.save()

    async def close(self) -> None:
        """Take nothing new, let running answers finish for the grace time, then store and mark the rest, dispose everything.

        Prompts that wait stay in line, for after the restart. Twice, or at once from two sides, is the same as once.
        """
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(), name="close-sessions")
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        await end(self._sweeper)
        runtimes = [seen.runtime for seen in self._awake.values()]
        drains = [asyncio.create_task(r.drain(), name=f"last-answers-{r.actor.user_id}") for r in runtimes]
        if drains:
            _, late = await asyncio.wait(drains, timeout=self._grace)
            for task in late:
                task.cancel()
        await asyncio.gather(*(runtime.dispose() for runtime in runtimes), *drains, return_exceptions=True)

    def _saw(self, runtime: SessionRuntime) -> None:
        if self._closing is not None:
            raise ShuttingDown
        self._awake[runtime.actor.user_id] = Seen(runtime, self._clock())

    async def _fresh(self, actor: Actor, info: SessionInfo) -> AgentSession:
        return await build_session(
            store=self._store,
            model=self._model,
            config=self._config,
            actor=actor,
            info=info,
            generation=next(self._generations),
            listener=self._listener,
            floor=self._floor,
            budget=self._budget,
            compactor=self.compactor,
            sleep=self._sleep,
        )

    async def _sweep(self) -> None:
        while True:
            await self._sleep(SWEEP)
            try:
                await self.save()
                await self.rest()
            except Exception as error:  # noqa: BLE001 - the next sweep tries again
                log.warning("idle sessions could not be disposed: %s", type(error).__name__)
