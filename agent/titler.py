"""`Titler`: names a session once its first exchange is complete, beside the answers and never in their way.

It hears what listeners hear. A title is asked for once in a session's life, by a small request of its own that holds no place
among the running answers; its tokens are its owner's, within the day's budget. Nobody waits for it, and nobody is told where
there is none: the first message goes on standing for the session.
"""

import asyncio
import logging
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from agent.aside import Side
from agent.budget import Budget
from agent.events import Event, TurnEnded
from agent.model import FinishReason, ModelClient
from agent.prices import Prices
from agent.titles import ROOM, plain_title, request_for, title_from
from storage.preferences import TITLES
from storage.records import TurnState
from storage.store import Store

log = logging.getLogger(__name__)

AT_ONCE: Final = 2
"""Titles that are asked for at a time, over all people."""

WAITING: Final = 100
"""Titles that may be on their way, those that wait for their turn included; beyond it a session's next exchange asks."""

PATIENCE: Final = 60.0
"""Seconds that a title may take."""

ASKED: Final = "title"
"""The notice that a session's title was asked for."""


class Titler:
    """As an async context it has its tasks, and cancels and awaits them at its end. Without a `model` a plain rule names.

    While `is_down` says so, the model is not asked.
    """

    def __init__(
        self,
        store: Store,
        budget: Budget,
        model: ModelClient | None,
        *,
        prices: Prices | None = None,
        is_down: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store, self._budget, self._model, self._is_down = store, budget, model, is_down
        self._prices = prices or Prices()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_closed = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def on_event(self, event: Event) -> None:
        """See `Listener`: a completed exchange in a session without a name, and which is not temporary, begins the naming."""
        if not isinstance(event, TurnEnded) or event.outcome is not TurnState.COMPLETED or not event.saved:
            return
        if event.session.name is not None or event.session.temporary or self._is_closed or len(self._tasks) >= WAITING:
            return
        task = asyncio.create_task(self._see_to(event), name=f"title-{event.session.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _see_to(self, event: TurnEnded) -> None:
        try:
            if await self._store.preferences.get(event.actor, TITLES) is False:
                return
            async with self._turns:
                title = await self._title(event)
            if title is not None:
                await self._store.shelves.name_by_model(event.actor, event.session.id, title)
        except Exception as error:  # noqa: BLE001 - a title has nobody to tell; the log is its only door
            log.info("session %s has no title: %s", event.session.id, type(error).__name__)

    async def _title(self, event: TurnEnded) -> str | None:
        if self._model is None:
            return plain_title(event.session.first_message or event.turn.prompt)
        if self._is_down():
            return None
        request = request_for(_asked(event), event.text)
        day, prices = event.turn.created.date(), self._prices
        side = Side(self._store, self._budget, self._model, prices, event.actor, event.session.id, day)
        async with side.asking(request, ROOM) as asked:
            if await self._store.first_time(event.actor, ASKED, event.session.id):
                await asked.read(PATIENCE)
        return title_from(asked.text) if asked.finish in (FinishReason.STOP, FinishReason.LENGTH) else None


def _asked(event: TurnEnded) -> str:
    """What was asked; behind what the session began with, where this is not its first exchange."""
    session, prompt = event.session, event.turn.prompt
    return prompt if session.message_count <= 2 or session.first_message is None else f"{session.first_message}\n{prompt}"
