"""Work of its own thread, for what would hold up the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TypeVar

T = TypeVar("T")


async def in_own_thread(work: Callable[[Event], T], name: str) -> T:
    """Run `work` in a thread of its own; a cancel sets its event and waits for it, so that it never outlives its caller."""
    stop = Event()
    with ThreadPoolExecutor(1, thread_name_prefix=name) as thread:
        running = asyncio.get_running_loop().run_in_executor(thread, work, stop)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            stop.set()
            await asyncio.wait([running])
            running.exception()  # heard, so that asyncio does not complain that nobody did
            raise
