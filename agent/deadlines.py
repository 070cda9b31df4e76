"""The three clocks of an answer: until the first delta, between deltas, in total.

The client library's own timeout is only the wait between bytes, which a server's keep-alive comments reset; here only what
the model says counts. One timer serves a whole stream: each delta moves its deadline, so a delta costs no task and no timer.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

from agent.errors import Stalled, TookTooLong
from agent.model import ModelEvent, Text, Thinking


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Limits in seconds."""

    first_delta: float = 90.0
    delta: float = 30.0
    total: float = 600.0


async def within_deadlines(events: AsyncIterator[ModelEvent], deadlines: Deadlines) -> AsyncGenerator[ModelEvent, None]:
    """The same events; raises `Stalled` when none came in time, `TookTooLong` when the whole took longer than it may."""
    loop = asyncio.get_running_loop()
    last_moment = loop.time() + deadlines.total
    allowed = deadlines.first_delta
    while True:
        due = loop.time() + allowed
        try:
            async with asyncio.timeout_at(min(due, last_moment)):
                event = await anext(events)
        except StopAsyncIteration:
            return
        except TimeoutError:
            if due >= last_moment:
                raise TookTooLong(f"after {deadlines.total:g} s") from None
            raise Stalled(f"no delta for {allowed:g} s") from None
        if isinstance(event, Text | Thinking):
            allowed = deadlines.delta
        yield event
