"""Asking the event loop from a thread."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass
from threading import Event
from typing import Any, TypeVar

T = TypeVar("T")


class Stopped(Exception):
    """Whoever wanted the work has been cancelled."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """The way from a thread to `loop`, closed once `stop` is set."""

    loop: asyncio.AbstractEventLoop
    stop: Event

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run it on the loop and wait for what it gives. Raises `Stopped`, and what it raises."""
        if self.stop.is_set():
            work.close()
            raise Stopped
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def each(self, items: AsyncIterator[T]) -> Iterator[T]:
        """What an asynchronous iterator gives, one at a time. Raises as `call`."""
        while True:
            found = self.call(_next(items))
            if not found:
                return
            yield found[0]


async def _next(items: AsyncIterator[T]) -> tuple[T] | tuple[()]:
    """The next one in a tuple, an empty one at the end: no exception has to cross threads for that."""
    async for item in items:
        return (item,)
    return ()
