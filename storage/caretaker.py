"""`Caretaker`: what the bot does by itself to the sessions of all people, at its start and every few hours.

What has rested in the bin for long enough goes for good, and so does what waits for a choice that nobody makes; what nobody
touched for long is archived, and the files are wiped of what is gone. One task does it; `wiring.py` starts and ends it. What
fails is logged and soon tried again.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Final, Self

from storage.errors import SessionNotFound
from storage.records import BIN_KEEPS
from storage.store import Store
from storage.tasks import end

EVERY: Final = 3 * 3600.0
"""Seconds between two looks."""

CHOICES_KEPT: Final = timedelta(days=30)
"""How long a choice of the guard can be made, with the words and files that came with it."""

SOON: Final = 60.0
"""Seconds until the next look where something failed or could not be wiped yet, and after `wake()`: wiping may cost the whole
search index, so what is deleted within a minute costs that once.
"""

log = logging.getLogger(__name__)


class Caretaker:
    """Looks after sessions while it is entered. `archive_days` is for people who chose nothing else; 0 is never."""

    def __init__(
        self, store: Store, *, archive_days: int, now: Callable[[], datetime], every: float = EVERY, soon: float = SOON
    ) -> None:
        self._store = store
        self._archive_days = archive_days
        self._now = now
        self._every, self._soon = every, soon
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep(), name="caretaker")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What it is at is given up between two of its steps; the next start goes on with it."""
        await end(self._task)

    def wake(self) -> None:
        """Look soon: something was deleted for good."""
        self._woken.set()

    async def look(self) -> bool:
        """Do all of it once; false where the files could not be wiped yet. Raises `StoreUnavailable`."""
        now = self._now()
        gone = 0
        for actor, number in await self._store.upkeep.expired(now):
            with suppress(SessionNotFound):  # brought back just now
                await self._store.shelves.purge(actor, number, since=now - BIN_KEEPS)
                gone += 1
        await self._store.upkeep.forget_choices(now - CHOICES_KEPT)
        archived = await self._store.upkeep.auto_archive(now, self._archive_days)
        if gone or archived:
            log.info("sessions: %d archived, %d deleted for good after their time in the bin", archived, gone)
        return await self._store.upkeep.wipe()

    async def _keep(self) -> None:
        while True:
            is_done = False
            try:
                is_done = await self.look()
            except Exception as error:  # noqa: BLE001 - nobody waits for it; it is tried again soon
                log.warning("looking after sessions failed: %s", type(error).__name__)
            await self._rest(self._every if is_done else self._soon)

    async def _rest(self, seconds: float) -> None:
        # Python 3.11's `wait_for` swallows a cancel that comes with the wake, and then nothing ends it.
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
            await asyncio.sleep(self._soon)
        self._woken.clear()
