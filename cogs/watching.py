"""Long work that a person waits for: they see how far it is, and it ends where it is given up."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar

T = TypeVar("T")

PACE: Final = 2.5
"""Seconds between two looks at how far it is."""


async def watched(work: Coroutine[Any, Any, T], tell: Callable[[], Awaitable[None]], *, pace: float = PACE) -> T:
    """Do `work`, and `tell` of it at a gentle pace until it is done.

    A cancel cancels the work and waits for its end.
    """
    task = asyncio.create_task(work, name="watched")
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=pace)
            if not task.done():
                await tell()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
    return task.result()
