"""The three clocks of an answer: until the first delta, between deltas, in total.

The client library's own timeout is only the wait between bytes, which a server's keep-alive comments reset; here only what
the model says counts. One timer serves a whole stream: when it rings it looks whether the deadline has moved since, so a delta
costs no task and no timer (1 us; an `asyncio.timeout` around each costs 5).
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Final

from agent.errors import Stalled, TookTooLong
from agent.model import Finish, ModelEvent, Text, Thinking

LAST_WORDS: Final = 2.0
"""Seconds that an answer which has ended is given to tell its usage and close."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Limits in seconds."""

    first_delta: float = 90.0
    delta: float = 30.0
    total: float = 600.0


async def within_deadlines(events: AsyncIterator[ModelEvent], deadlines: Deadlines) -> AsyncGenerator[ModelEvent, None]:
    """The same events; raises `Stalled` when none came in time, `TookTooLong` when the whole took longer than it may.

    Text and thoughts are signs of life, a count of tokens is none. Once the model has said why it stopped, the answer is whole:
    what does not come then is not waited for, and is no error.
    """
    watch = _Watch(asyncio.get_running_loop())
    last_moment = watch.now() + deadlines.total
    allowed = deadlines.first_delta
    due = watch.now() + allowed
    has_finished = False
    try:
        while True:
            try:
                event = await watch.next(events, min(due, last_moment))
            except StopAsyncIteration:
                return
            except TimeoutError:
                if has_finished:
                    return
                if due >= last_moment:
                    raise TookTooLong(f"after {deadlines.total:g} s") from None
                raise Stalled(f"no delta for {allowed:g} s") from None
            yield event
            if isinstance(event, Text | Thinking):
                has_finished, allowed = False, deadlines.delta
                due = watch.now() + allowed
            elif isinstance(event, Finish):
                has_finished = True
                due = watch.now() + min(LAST_WORDS, deadlines.delta)
    finally:
        watch.stop()


class _Watch:
    """Waits for one event after the other, each with a deadline, by one timer."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.now = loop.time
        self._loop = loop
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: asyncio.Task[object] | None = None
        self._has_rung = False

    async def next(self, events: AsyncIterator[ModelEvent], due: float) -> ModelEvent:
        """The next event. Raises `TimeoutError` if it is not there when the loop's clock says `due`, `StopAsyncIteration`."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("needs a task")
        self._set(due)
        cancelling = task.cancelling()
        self._waiting = task
        try:
            return await anext(events)
        except asyncio.CancelledError:
            # As in `asyncio.Timeout`: a cancel from elsewhere, at the same moment, is not ours to swallow.
            if self._has_rung and task.uncancel() <= cancelling:
                raise TimeoutError from None
            raise
        except Exception:
            if self._has_rung:
                task.uncancel()
            raise
        finally:
            self._waiting = None

    def stop(self) -> None:
        """Never ring again."""
        if self._timer is not None:
            self._timer.cancel()

    def _set(self, due: float) -> None:
        self._due = due
        if self._timer is not None and self._timer.when() > due:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = self._loop.call_at(due, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._waiting is None:
            return  # `next` sets it again
        if self._due > self.now():
            self._set(self._due)
            return
        self._has_rung = True
        self._waiting.cancel()
