"""The owner of what cogs do in the background: each task has a name, and all are cancelled and awaited at the end."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)


class Tasks:
    """Background work of the cogs. After `close()` nothing of it runs any more."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` until it ends or `close()` cancels it; what it raises is logged by its kind."""
        task = asyncio.create_task(self._guarded(name, work), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Cancel everything and wait until it has ended; twice is the same as once."""
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    @staticmethod
    async def _guarded(name: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - a background task has no caller to tell; the log is its only door
            log.warning("%s failed: %s", name, type(error).__name__)
