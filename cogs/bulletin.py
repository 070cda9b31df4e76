"""A message that tells how a long work goes and, in the end, what came of it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Final, TypeVar

import discord

from cogs.explain import UNREACHED, explain
from cogs.reply import Reply, actor_of
from cogs.services import Services
from cogs.words import GONE
from delivery.errors import DeliveryError, Gone, Passing, Shut
from delivery.sender import Upload

T = TypeVar("T")

PACE: Final = 2.5
"""Seconds between two looks at how far it is."""
LAST_WORDS: Final = 2.0
"""Seconds for telling that the bot's end broke it off."""
TRIES: Final = 3


class Bulletin:
    """The first message of an answer that was deferred, and those below it.

    An interaction's token lives for 15 minutes. Who waits longer, or has closed the place, gets the rest in direct messages.
    """

    def __init__(self, services: Services, reply: Reply) -> None:
        self.actor = actor_of(reply.interaction)
        self._services = services
        self._first, self._next = reply.target(), reply.next_target()
        self._is_said = False

    def follow(self, name: str, work: Coroutine[Any, Any, None], broken_off: str) -> None:
        """Have the work done, in a task that ends with the bot. What it raises is told here, and `broken_off` where the bot's
        end cancels it.
        """
        self._services.tasks.start(name, self._telling(work, broken_off))

    async def watch(self, work: Coroutine[Any, Any, T], how_far: Callable[[], str]) -> T:
        """Do a part of it, and show `how_far` it is at a gentle pace. A cancel cancels the work, and waits for its end.

        Raises what the work raises.
        """
        task = asyncio.create_task(work, name="watched")
        try:
            while not (await asyncio.wait({task}, timeout=PACE))[0]:
                await self.meanwhile(how_far())
        finally:
            task.cancel()
            await asyncio.wait({task})
        return task.result()

    async def meanwhile(self, text: str) -> None:
        """Show this in the first message for now; it is no loss where that fails."""
        with suppress(DeliveryError):
            await self._services.sender.edit(self._first, text)

    async def say(self, text: str, *, view: discord.ui.View | None = None, upload: Upload | None = None) -> None:
        """Show this in the first message, and what is said after it below. Raises `DeliveryError`, `discord.HTTPException`."""
        sender = self._services.sender
        is_said, self._is_said = self._is_said, True
        try:
            if is_said:
                await _persisting(lambda: sender.send(self._next, text, view, upload=upload))
            else:
                await _persisting(lambda: sender.edit(self._first, text, view, upload=upload))
        except (Gone, Shut):
            self._next = await self._services.direct(self.actor)
            await _persisting(lambda: sender.send(self._next, text, view, upload=upload))

    async def _telling(self, work: Coroutine[Any, Any, None], broken_off: str) -> None:
        try:
            await work
        except asyncio.CancelledError:
            with suppress(DeliveryError, TimeoutError, *UNREACHED):
                await asyncio.wait_for(self.say(broken_off), LAST_WORDS)
            raise
        except Exception as error:  # noqa: BLE001 - whatever fails, the person is told
            await self.say(explain(error, missing=GONE))


async def _persisting(call: Callable[[], Awaitable[T]]) -> T:
    """Call again where the line broke: that a file may come twice does less harm than that it doesn't come."""
    for _ in range(TRIES - 1):
        with suppress(Passing):
            return await call()
    return await call()
