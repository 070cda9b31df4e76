"""What Discord's rate limits leave, learnt from its answers: plain data, told the time by whoever asks. Used by `governor.py`.

Discord's documentation, "Rate Limits": a route's calls are counted in windows of its own for each channel or webhook, of which
every answer tells (`X-RateLimit-*`); beside that a bot may make 50 requests a second over all, interactions' excepted, of which
no answer tells before it is too late.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

OVER_ALL: Final = 50
"""Calls a second that a bot may make."""
KEPT: Final = 1
"""Calls of each window that interim edits leave, so that a final one need not wait for the next window."""
SOON: Final = 0.2
"""Seconds before a window's end from which they leave none: a final edit may wait for so long."""
JITTER: Final = 0.5
"""Seconds by which two answers of one window may differ in when they say that it ends."""
LOOK_AGAIN: Final = 0.1
"""Seconds until it is looked at again whether calls that are under way have been answered."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer's headers say of its window."""

    limit: int
    remaining: int
    reset_after: float


def told_by(headers: Mapping[str, str]) -> Told | None:
    """Read the headers; `None` where they say nothing, or nothing that can be understood."""
    try:
        limit, remaining = int(headers["X-RateLimit-Limit"]), int(headers["X-RateLimit-Remaining"])
        return Told(limit, remaining, float(headers["X-RateLimit-Reset-After"]))
    except (KeyError, ValueError):
        return None


@dataclass(slots=True)
class Window:
    """The calls that one place has left until `resets_at`; nothing is known of its limit before the first answer."""

    limit: int | None = None
    remaining: int = 0
    resets_at: float = float("-inf")
    under_way: int = 0
    """Calls without an answer yet."""
    opened: float = float("-inf")
    """When it was first told of."""
    last: float = float("-inf")
    """When an interim edit was last to be seen."""

    def begun(self) -> None:
        """A call begins."""
        self.under_way += 1

    def ended(self, now: float, told: Told | None) -> None:
        """A call has ended; `told` is what its answer says."""
        self.under_way -= 1
        if told is None:
            return
        resets_at = now + told.reset_after
        if now < self.resets_at and resets_at < self.resets_at + JITTER:
            # Answers may come in another order than their calls were counted; each tells of the reset a little late.
            self.remaining, self.resets_at = min(self.remaining, told.remaining), min(self.resets_at, resets_at)
        else:
            self.remaining, self.resets_at, self.opened = told.remaining, resets_at, now
        self.limit = told.limit

    def is_shut(self, now: float, wait: float) -> None:
        """A call was one too many; the next may come after so many seconds."""
        self.remaining, self.resets_at = 0, max(self.resets_at, now + wait)

    def left(self, now: float) -> float:
        """The calls that an interim edit may take from."""
        if self.limit is None:
            return float("inf")
        return (self.remaining if now < self.resets_at else self.limit) - self.under_way - KEPT

    def ready(self, now: float, lead: float) -> float:
        """When the next interim edit may begin, for it to take `lead` seconds on its way.

        What is left is spread over what is left of the window, the last of it at the end, so that an answer goes on evenly.
        """
        left = self.left(now)
        if now >= self.resets_at:
            return now if left > 0 else now + LOOK_AGAIN
        if left < 0:
            return self.resets_at
        since = max(self.last, self.opened)
        return since + max(0.0, self.resets_at - SOON - since) / (left + 1) - lead

    def is_idle(self, now: float) -> bool:
        """Whether it tells nothing any more."""
        return self.under_way == 0 and now >= self.resets_at and now >= self.last + 60


@dataclass(slots=True)
class OverAll:
    """The calls of the last second, of all routes that count together.

    A call counts from its beginning until a second after its answer: when Discord counted it is not known any better, and so
    no second of Discord's has more of them than it allows.
    """

    calls: int = OVER_ALL
    seconds: float = 1.0
    under_way: int = 0
    _ends: deque[float] = field(default_factory=deque[float])
    _held_until: float = float("-inf")

    def room(self, now: float) -> int:
        """How many calls may begin now."""
        while self._ends and self._ends[0] + self.seconds <= now:
            self._ends.popleft()
        return 0 if now < self._held_until else max(0, self.calls - self.under_way - len(self._ends))

    def begun(self) -> None:
        """A call begins."""
        self.under_way += 1

    def ended(self, now: float) -> None:
        """A call has ended, well or not."""
        self.under_way -= 1
        self._ends.append(now)

    def is_shut(self, now: float, wait: float) -> None:
        """A call was one too many; the next may come after so many seconds."""
        self._held_until = max(self._held_until, now + wait)

    def frees_at(self, now: float) -> float:
        """When there is room again by time alone; infinite while only an answer can make some."""
        if now < self._held_until:
            return self._held_until
        return self._ends[0] + self.seconds if self._ends else float("inf")
