"""Discord's ids: milliseconds since 2015 in the upper bits, a counter below.

Page: https://discord.com/developers/docs/reference#snowflakes
"""

import hashlib

from playground.standin.clock import Clock

EPOCH_MS = 1_420_070_400_000
"""The first second of 2015, in milliseconds since 1970."""

_NAMED_SPAN_MS = 100_000_000_000
"""Named things are dated into the first three years after `EPOCH_MS`, before anything that the clock dates."""


def named(kind: str, name: str) -> int:
    """Make the id of a named thing: the same for the same name in every run, so that a console user keeps theirs."""
    digest = int.from_bytes(hashlib.sha256(f"{kind}\0{name}".encode()).digest()[:12])
    return ((digest >> 22) % _NAMED_SPAN_MS + 1) << 22 | digest & 0x3FFFFF


class Snowflakes:
    """Ids of messages, interactions and the like: they grow with the clock and never repeat."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        """Give an id that is greater than all before it."""
        self._last = max((int(self._clock.now() * 1000) - EPOCH_MS) << 22, self._last + 1)
        return self._last

    def go_past(self, used: int) -> None:
        """Give only ids greater than this one from now on."""
        self._last = max(self._last, used)
