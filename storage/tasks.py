"""Ending a task that goes on by itself, for whoever owns it."""

import asyncio


async def end(task: asyncio.Task[None] | None) -> None:
    """Cancel the task, if there is one, and wait until it is over, whatever comes of it."""
    if task is not None:
        task.cancel()
        await asyncio.wait([task])
