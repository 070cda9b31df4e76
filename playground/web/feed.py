"""The feed: every event that pages are told, numbered, with the newest kept for pages whose connection broke.

An event is put into words once, however many pages are open. A page that doesn't read (a suspended tab) is let go of when too
much waits for it; it comes back and takes a snapshot.
"""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Final, cast

KEPT: Final = 4000
"""Events that a page can catch up on."""
MOST_WAITING: Final = 8000
"""Events that may wait for one page."""


class Reader:
    """What one page is to be told. `lost` is set once it missed something."""

    def __init__(self) -> None:
        self.lost = asyncio.Event()
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)

    def put(self, text: str) -> None:
        """Let the page be told this after what came before."""
        try:
            self._waiting.put_nowait(text)
        except asyncio.QueueFull:
            self.lost.set()

    async def next(self) -> str:
        """The next thing to tell."""
        return await self._waiting.get()


class Feed:
    """Numbers events and hands them to every page."""

    def __init__(self) -> None:
        self.run = secrets.token_hex(8)
        """Tells one start of the playground from another, whose numbers begin anew."""
        self.seq = 0
        self._kept: deque[tuple[int, str]] = deque(maxlen=KEPT)
        self._readers: set[Reader] = set()

    def publish(self, kind: str, **fields: Any) -> None:
        """Tell every page of an event."""
        self.seq += 1
        text = words({"type": kind, "seq": self.seq, **fields})
        self._kept.append((self.seq, text))
        for reader in tuple(self._readers):
            reader.put(text)

    def since(self, run: object, seq: object) -> Sequence[str] | None:
        """What a page missed that has seen `seq` of this `run`; `None` where that cannot be told any more."""
        if run != self.run or not isinstance(seq, int) or seq > self.seq:
            return None
        oldest = self._kept[0][0] if self._kept else self.seq + 1
        return [text for number, text in self._kept if number > seq] if seq >= oldest - 1 else None

    @contextmanager
    def reader(self) -> Generator[Reader, None, None]:
        """A page's place in the feed, from now on."""
        reader = Reader()
        self._readers.add(reader)
        try:
            yield reader
        finally:
            self._readers.discard(reader)


def words(message: dict[str, Any]) -> str:
    """A message to the page as JSON."""
    return json.dumps(message, separators=(",", ":"))


def as_object(value: object) -> dict[str, Any]:
    """What a page sent where an object belongs; anything else is an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """What a page sent where a list belongs; anything else is an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []
