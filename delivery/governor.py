"""`Governor`: spends what Discord allows over all answers that are being written, and over every other call of the bot.

Every call passes it in the client's HTTP session (`governed`), where those that count together begin in the order of their
`Right` once there is room: so the bot makes no more of them than it may, whoever makes them. What changes an answer while it is
written (interim edits, and further messages of a long one) asks beforehand when its turn is, and takes the newest text then.
Alone an answer changes each second; the more there are, the longer each waits, evenly. A route's own limit is waited for by
discord.py; interim edits keep so far from it that nothing has to.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from delivery.routes import Key, Route, edits_at
from delivery.windows import OVER_ALL, OverAll, Window, told_by
from storage.records import Target


class Right(IntEnum):
    """Whose call comes first where not all can."""

    ANSWER = 0
    """What a person did is answered: an acknowledgement, and whatever is no part of an answer."""
    FINAL = 1
    FIRST = 2
    """An answer's first text."""
    NEW = 3
    """A further message of a long answer."""
    INTERIM = 4


RIGHT: Final = ContextVar("right", default=Right.ANSWER)
"""That of the calls which the running task makes: discord.py hands nothing through to its HTTP session."""

EDITS: Final = 46
"""Turns a second over all, of those that count together: the rest is for what comes between."""
LATE: Final = 0.1
"""Seconds of turns that are made up for where the loop was busy when they came."""
HAIR: Final = 0.001
"""Seconds by which a turn may come early: a loop's timers do, by its clock's resolution (asyncio, "Event Loop")."""
SHARE: Final = 0.2
"""The weight of the newest edit in how long edits take."""
REMEMBERED: Final = 256
"""Windows below which none is forgotten."""


@dataclass(frozen=True, slots=True)
class Next:
    """The call that will change an answer next while it is written."""

    place: Target
    is_new: bool = False
    """Whether it sends a further message, and does not edit the one at the end."""


@contextmanager
def with_right(right: Right) -> Generator[None]:
    """The calls inside have this right."""
    token = RIGHT.set(right)
    try:
        yield
    finally:
        RIGHT.reset(token)


class Governor:
    """`interval` is the time between two edits of an answer that is alone. Used on one event loop."""

    def __init__(self, interval: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.now = clock
        self._interval = interval
        self._over_all = OverAll()
        self._windows: dict[Key, Window] = {}
        self._waiting: list[tuple[Right, int, asyncio.Future[None]]] = []
        self._edits: list[tuple[float, int, Next, asyncio.Future[bool]]] = []
        self._order = itertools.count()
        self._alarm: asyncio.TimerHandle | None = None
        self._free_at = float("-inf")
        """When the next turn may be, of the calls that count together."""
        self._took = 0.0
        """Seconds that an edit is usually on its way."""

    def ready(self, call: Next, shown: float) -> float:
        """When an answer that was `shown` last at this time may change again, as far as its place alone decides."""
        return self._ready(call, shown, self.now())

    def turn(self, call: Next, shown: float) -> asyncio.Future[bool]:
        """The call's turn among those that change an answer while it is written: set once it comes, to whether it may begin
        now; if so, it is taken to. Of those that count together the answer comes first that was `shown` the longest time ago;
        whoever sets its turn themselves gives it up.
        """
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if edits_at(call.place).counts:
            heapq.heappush(self._edits, (shown, next(self._order), call, turn))
            self._serve()
        else:
            turn.set_result(self._take(call, shown, self.now()))
        return turn

    def has_leisure(self) -> bool:
        """Whether there is room for a call that nobody would miss: no more than half of what may be is under way."""
        return not self._waiting and not self._edits and self._over_all.room(self.now()) > OVER_ALL // 2

    async def begin(self, right: Right, route: Route) -> None:
        """Wait until a call may begin, and count it. Cancelled, it did not begin."""
        if route.counts:
            await self._room(right)
        if route.key is not None:
            self._window(route.key).begun()

    def end(self, route: Route, status: int | None, headers: Mapping[str, str]) -> None:
        """A call that began has ended; without a `status` no answer came."""
        now = self.now()
        if route.counts:
            self._over_all.ended(now)
        window = None if route.key is None else self._window(route.key)
        if window is not None:
            window.ended(now, told_by(headers))
        if status == 429:
            wait = float(headers.get("Retry-After", 1))
            if headers.get("X-RateLimit-Scope") == "global" or "X-RateLimit-Global" in headers:
                self._over_all.is_shut(now, wait)
            elif window is not None:
                window.is_shut(now, wait)
        self._serve()

    def edit_took(self, seconds: float) -> None:
        """An edit was answered after so long."""
        self._took += (seconds - self._took) * SHARE

    def _take(self, call: Next, shown: float, now: float) -> bool:
        """Whether the call may begin now as far as its place alone decides; if so, it is taken to."""
        if self._ready(call, shown, now) > now + HAIR:
            return False
        if not call.is_new and (window := self._windows.get(edits_at(call.place).key or ())) is not None:
            window.last = now + self._took
        return True

    def _ready(self, call: Next, shown: float, now: float) -> float:
        if call.is_new:
            return now
        lead = self._took
        due = shown + max(self._interval - lead, lead)
        key = edits_at(call.place).key
        window = self._windows.get(key) if key else None
        return due if window is None else max(due, window.ready(now, lead))

    async def _room(self, right: Right) -> None:
        """Wait for room among the calls that count together, and take it."""
        if not self._waiting and self._over_all.room(self.now()) > 0:
            self._over_all.begun()
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (right, next(self._order), waiter))
        self._serve()
        try:
            await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled():
                self._over_all.ended(self.now())
            raise

    def _serve(self) -> None:
        """Let those begin that may, the first rights first, and come back when time alone makes room."""
        now = self.now()
        room = self._over_all.room(now)
        while self._waiting and (room > 0 or self._waiting[0][2].done()):
            _, _, waiter = heapq.heappop(self._waiting)
            if not waiter.done():
                waiter.set_result(None)
                self._over_all.begun()
                room -= 1
        if not self._waiting:
            self._serve_edits(now, room)
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if (due := self._due(now, room)) < float("inf"):
            self._alarm = asyncio.get_running_loop().call_later(max(0.0, due - now), self._serve)

    def _serve_edits(self, now: float, room: int) -> None:
        """Let those have their turn that change answers while they are written, evenly in time."""
        while self._edits and (self._edits[0][3].done() or (now >= self._free_at and room > 0)):
            shown, _, call, turn = heapq.heappop(self._edits)
            if turn.done():
                continue
            turn.set_result(taken := self._take(call, shown, now))
            if taken:
                room -= 1
                self._free_at = max(self._free_at, now - LATE) + 1 / EDITS

    def _due(self, now: float, room: int) -> float:
        """When to look again whether anything that waits may begin."""
        if self._waiting or (self._edits and room <= 0):
            return self._over_all.frees_at(now)
        return self._free_at if self._edits else float("inf")

    def _window(self, key: Key) -> Window:
        window = self._windows.get(key)
        if window is None:
            if len(self._windows) >= REMEMBERED:
                now = self.now()
                self._windows = {key: window for key, window in self._windows.items() if not window.is_idle(now)}
            window = self._windows[key] = Window()
        return window
