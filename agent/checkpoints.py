"""`Checkpoints`: keeps the text of a streaming answer in the store, so that a crash costs a second of it at most.

Used by `turn.py`, one for each try. The first write comes with the first delta and marks the turn streaming. One write is in
flight at a time, and no delta waits for it. A write that fails is logged: the answer goes on, and its end tells whether it
could be saved.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

log = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]
"""As `asyncio.sleep`; tests pass their own."""


class Checkpoints:
    """Calls `write` at once after the first `mark()`, and each `seconds` while there are more."""

    def __init__(self, write: Callable[[], Awaitable[None]], *, seconds: float, sleep: Sleep, name: str) -> None:
        self._write, self._seconds, self._sleep = write, seconds, sleep
        self._name = name
        self._marked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def mark(self) -> None:
        """There is more text to keep."""
        self._marked.set()
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=self._name)

    async def close(self) -> None:
        """End it. No write is under way when this returns or raises, even where the caller is cancelled meanwhile."""
        if self._task is not None:
            self._task.cancel()
            await until_done(self._task)

    async def _run(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            await self._marked.wait()
            self._marked.clear()
            began = clock()
            try:
                await self._write()
            except Exception as error:  # noqa: BLE001 - the answer is worth more than a checkpoint of it
                log.warning("%s: one failed: %s", self._name, type(error).__name__)
            await self._sleep(max(0.0, self._seconds - (clock() - began)))


async def until_done(task: asyncio.Task[T]) -> None:
    """Wait until a task has ended, however; a cancel that comes meanwhile is raised after that."""
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
