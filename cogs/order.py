"""What a person asks for takes effect in the order in which they asked.

A command waits for its acknowledgement, which takes Discord a tenth of a second, or seconds on a bad day; a message waits for
what is attached to it. Without this, what came later could go to the session that an earlier `/new` was to leave.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

PATIENCE: Final = 10.0
"""Seconds for which something waits for what came before it; whatever takes longer is overtaken."""


class Order:
    """Who is at what. discord.py gives each event a task of its own, in the order of their arrival, and begins them so."""

    def __init__(self) -> None:
        self._under_way: dict[int, dict[asyncio.Task[Any] | None, tuple[asyncio.Future[None], float]]] = {}

    def join(self, user_id: int) -> None:
        """The running task is what this person just asked for, until it ends or has taken effect. To be called first in it."""
        task = asyncio.current_task()
        if task is not None:
            loop = asyncio.get_running_loop()
            self._under_way.setdefault(user_id, {})[task] = loop.create_future(), loop.time() + PATIENCE
            task.add_done_callback(partial(self._leave, user_id))

    @asynccontextmanager
    async def turn(self, user_id: int) -> AsyncGenerator[None, None]:
        """Begin when whatever this person asked for before has taken effect; with the end of what is done inside, this has."""
        await self.earlier(user_id)
        try:
            yield
        finally:
            self._leave(user_id, asyncio.current_task())

    async def earlier(self, user_id: int) -> None:
        """Return when whatever this person asked for before has taken effect; at once in a task that did not `join`, for which
        what is under way may wait: so the messages that a start catches up with.
        """
        theirs = self._under_way.get(user_id, {})
        tasks = list(theirs)
        task = asyncio.current_task()
        earlier = [theirs[before][0] for before in tasks[: tasks.index(task)]] if task in theirs else []
        if earlier:
            left = theirs[task][1] - asyncio.get_running_loop().time()  # of one patience, however often it waits
            await asyncio.wait(earlier, timeout=max(0.0, left))

    def is_behind(self, user_id: int) -> bool:
        """Whether the running task has something to wait for in `earlier`."""
        theirs = self._under_way.get(user_id, {})
        task = asyncio.current_task()
        return task in theirs and next(iter(theirs)) is not task

    def _leave(self, user_id: int, task: asyncio.Task[Any] | None) -> None:
        theirs = self._under_way.get(user_id, {})
        if (over := theirs.pop(task, None)) is not None:
            over[0].set_result(None)
        if not theirs:
            self._under_way.pop(user_id, None)
