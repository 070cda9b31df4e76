"""Whether the disk with the database has room: one task looks, and says so before writes begin to fail."""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from storage.tasks import end
from storage.threads import in_own_thread

LOW: Final = 256 * 1024 * 1024
ENOUGH: Final = 2 * LOW
"""Bytes free: below `LOW` it is low, and stays so until there is `ENOUGH`, lest it be told again and again."""

LOOK: Final = 60.0
"""Seconds between two looks."""

log = logging.getLogger(__name__)


class DiskWatch:
    """Looks while it is entered; `low` hears what each look found. `free` gives the bytes free where a file lies."""

    def __init__(
        self,
        path: Path,
        low: Callable[[bool], None],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        free: Callable[[Path], int] = lambda path: shutil.disk_usage(path.parent).free,
    ) -> None:
        self._path, self._low, self._sleep, self._free = path, low, sleep, free
        self._is_low = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._look_on(), name="watch-disk")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await end(self._task)

    async def _look_on(self) -> None:
        while True:
            try:
                free = await in_own_thread(lambda _stop: self._free(self._path), "watch-disk")
            except OSError as error:
                log.warning("the room on the disk is not known: %s", error.strerror)
            else:
                self._judge(free)
            await self._sleep(LOOK)

    def _judge(self, free: int) -> None:
        is_low = free < (ENOUGH if self._is_low else LOW)
        if is_low != self._is_low:
            log.warning("the disk has %d MiB free", free // 1024 // 1024)
        self._is_low = is_low
        self._low(is_low)
