"""`GuardedModel`: a model that is not asked while its endpoint is down, so that nobody waits for what cannot come.

After several failures in a row that are the endpoint's own, everybody is told at once. A small request asks from time to time
whether it is well again; then everything goes on by itself. What the endpoint says of a key, a prompt or an account is no such
failure: it is there to say it. Neither is an answer that stalls, which is waited for with a patience of its own
(`deadlines.py`).
"""

import asyncio
import itertools
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import datetime
from types import TracebackType
from typing import Final, Self

from agent.checkpoints import Sleep
from agent.errors import CutOff, EndpointDown, ModelError, Overloaded, Unreachable
from agent.model import Message, ModelClient, ModelEvent, ModelRequest
from storage.tasks import end

log = logging.getLogger(__name__)

FAILURES: Final = 5
"""In a row, over all people: two answers' tries."""

PAUSES: Final = (15.0, 30.0, 60.0)
"""Seconds before each probe; the last one repeats."""

PATIENCE: Final = 20.0
"""Seconds that a probe may take."""

PROBE: Final = ModelRequest(messages=(Message("user", "ping"),), max_output_tokens=1)

DOWN: Final = (Unreachable, Overloaded, CutOff)
"""What an endpoint does that is down; a cut counts before any sign of life only."""


class GuardedModel:
    """A `ModelClient` around `model`; as an async context it has the task that probes. `now` gives the time in UTC.

    `changed` is called with the time since when the endpoint is down, and with `None` once it is well again.
    """

    def __init__(
        self,
        model: ModelClient,
        *,
        now: Callable[[], datetime],
        sleep: Sleep = asyncio.sleep,
        changed: Callable[[datetime | None], None] = lambda _: None,
    ) -> None:
        self._model, self._now, self._sleep, self._changed = model, now, sleep, changed
        self._failures = 0
        self._began: datetime | None = None
        """When the first of the failures in a row came."""
        self._down = asyncio.Event()
        self._probing = asyncio.Lock()
        self._prober: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._prober = asyncio.create_task(self._probe_while_down(), name="model-probe")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await end(self._prober)

    @property
    def name(self) -> str:
        """See `ModelClient.name`."""
        return self._model.name

    @property
    def host(self) -> str:
        """See `ModelClient.host`."""
        return self._model.host

    @property
    def label(self) -> str | None:
        """See `ModelClient.label`."""
        return self._model.label

    @property
    def is_down(self) -> bool:
        """Whether the endpoint is not asked now."""
        return self._down.is_set()

    @asynccontextmanager
    async def stream(self, request: ModelRequest) -> AsyncGenerator[AsyncIterator[ModelEvent], None]:
        """See `ModelClient.stream`. Raises `EndpointDown` at once while it is."""
        if self._down.is_set():
            raise EndpointDown(self._began)
        signs = _Signs(self._well)
        try:
            async with self._model.stream(request) as events, aclosing(signs.of_life(events)) as watched:
                yield watched
        except DOWN:
            if not signs.seen:
                self._failed()
            raise

    async def try_now(self) -> None:
        """Ask at once whether the endpoint is well again, because somebody wants to know."""
        if self._down.is_set():
            await self._probe()

    async def list_models(self) -> Sequence[str]:
        """See `ModelClient.list_models`; a service that is down is asked too."""
        return await self._model.list_models()

    async def close(self) -> None:
        """See `ModelClient.close`."""
        await self._model.close()

    def _failed(self) -> None:
        self._failures += 1
        if self._failures == 1:
            self._began = self._now()
        if self._failures >= FAILURES and not self._down.is_set():
            log.warning("the model endpoint is down: %d failures in a row", self._failures)
            self._down.set()
            self._changed(self._began)

    def _well(self) -> None:
        self._failures, self._began = 0, None
        if self._down.is_set():
            log.warning("the model endpoint is well again")
            self._down.clear()
            self._changed(None)

    async def _probe_while_down(self) -> None:
        while True:
            await self._down.wait()
            for pause in itertools.chain(PAUSES, itertools.repeat(PAUSES[-1])):
                await self._sleep(pause)
                if not self._down.is_set():
                    break
                await self._probe()

    async def _probe(self) -> None:
        """Ask for one token. Any answer, a refusal too, says that the endpoint is there."""
        async with self._probing:
            if not self._down.is_set():
                return  # somebody else has just found it well
            try:
                async with asyncio.timeout(PATIENCE), self._model.stream(PROBE) as events:
                    async for _ in events:
                        break
            except (*DOWN, TimeoutError) as error:
                log.info("the model endpoint is still down: %s", type(error).__name__)
                return
            except ModelError as error:
                log.info("the model endpoint answers again: %s", error.kind)
            self._well()


class _Signs:
    """Whether anything came of an answer; `first` is called once it has."""

    def __init__(self, first: Callable[[], None]) -> None:
        self.seen = False
        self._first = first

    async def of_life(self, events: AsyncIterator[ModelEvent]) -> AsyncGenerator[ModelEvent, None]:
        """The same events."""
        async for event in events:
            if not self.seen:
                self.seen = True
                self._first()
            yield event
