"""`Rate`: how many prompts each person may send in a minute, so that one person's script is not everybody's wait."""

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from agent.errors import TooFast

WINDOW: Final = 60.0
"""Seconds in which prompts are counted."""


class Rate:
    """Counts prompts by person, 0 being no limit; `clock` gives seconds. Who is idle for a minute is forgotten."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit, self._clock = limit, clock
        self._sent: OrderedDict[int, deque[float]] = OrderedDict()

    def count(self, person: int) -> None:
        """Count one more prompt of theirs. Raises `TooFast`, and counts nothing, where it is one too many."""
        if self._limit == 0:
            return
        now = self._clock()
        sent = self._sent.setdefault(person, deque())
        while sent and sent[0] <= now - WINDOW:
            sent.popleft()
        if len(sent) >= self._limit:
            raise TooFast(self._limit, sent[0] + WINDOW - now)
        sent.append(now)
        self._sent.move_to_end(person)
        self._forget(now)

    def _forget(self, now: float) -> None:
        """The least recent come first, so those to be forgotten are there."""
        while self._sent and (not (first := next(iter(self._sent.values()))) or first[-1] <= now - WINDOW):
            self._sent.popitem(last=False)
