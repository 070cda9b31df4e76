"""Whether the bot is well: the gateway, the database, the event loop and the model, as `/healthz` tells.

Two tasks, owned here, look by themselves: one how late the event loop wakes it, one whether a small write is committed. The
write goes through the store's one line of writers, so it takes as long as a person's prompt would.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

from storage.errors import StoreError
from storage.upkeep import Upkeep
from watch.metrics import Metrics
from watch.turns import TurnWatch

LAG_EVERY: Final = 0.5
LAGS_KEPT: Final = 20
MOST_LAG: Final = 1.0
"""Seconds; above it people wait for each of their clicks."""

PROBE_EVERY: Final = 15.0
PROBE_SECONDS: Final = 10.0
"""How long the small write may take before the database counts as not writable."""

MOST_FAILURES: Final = 3
"""Turns in a row that the model's side may fail before it counts as not well."""

log = logging.getLogger(__name__)


class Vitals:
    """Looks while it is entered; `report()` tells what was seen last."""

    def __init__(
        self,
        upkeep: Upkeep,
        metrics: Metrics,
        turns: TurnWatch,
        *,
        probe_every: float = PROBE_EVERY,
        lag_every: float = LAG_EVERY,
    ) -> None:
        self._upkeep, self._metrics, self._turns = upkeep, metrics, turns
        self._probe_every, self._lag_every = probe_every, lag_every
        self._connected = False
        self._writable = False
        self._lags: deque[float] = deque(maxlen=LAGS_KEPT)
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self._probe()
        self._tasks = [
            asyncio.create_task(self._probe_on(), name="watch-database"),
            asyncio.create_task(self._measure_lag(), name="watch-event-loop"),
        ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def connected(self) -> None:
        """The gateway has taken the bot in, anew or again: a listener of discord.py's `connect` and `resumed`."""
        self._connected = True

    async def disconnected(self) -> None:
        """The gateway's connection is gone: a listener of discord.py's `disconnect`."""
        self._connected = False

    def report(self) -> dict[str, Any]:
        """What `/healthz` answers; `failing` names the parts that are not well."""
        lag = max(self._lags, default=0.0)
        parts = {
            "gateway": self._connected,
            "database": self._writable,
            "event_loop": lag <= MOST_LAG,
            "model": self._turns.failures < MOST_FAILURES,
        }
        success = self._turns.last_success
        return {
            "failing": [part for part, is_well in parts.items() if not is_well],
            "gateway_connected": self._connected,
            "database_writable": self._writable,
            "event_loop_lag_seconds": round(lag, 3),
            "last_model_success": None if success is None else success.isoformat(timespec="seconds"),
        }

    async def _probe_on(self) -> None:
        while True:
            await asyncio.sleep(self._probe_every)
            await self._probe()

    async def _probe(self) -> None:
        before = time.perf_counter()
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self._upkeep.probe()
        except (TimeoutError, StoreError) as error:
            if self._writable:
                log.warning("the database takes no writes: %s", type(error).__name__)
            self._writable = False
        else:
            self._metrics.commit.observe(time.perf_counter() - before)
            self._writable = True

    async def _measure_lag(self) -> None:
        clock: Callable[[], float] = asyncio.get_running_loop().time
        while True:
            due = clock() + self._lag_every
            await asyncio.sleep(self._lag_every)
            late = max(0.0, clock() - due)
            self._lags.append(late)
            self._metrics.lag.observe(late)
