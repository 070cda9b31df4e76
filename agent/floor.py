"""`Floor`: who may have the model now. So many answers are written at once, and beyond that people wait in a fair line.

It is fair to people, not to prompts: places are given round robin, so who has much waiting is served again only after
everybody else who waits. It has no tasks of its own.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Tell = Callable[[int], None]
"""Called with the place in line, from 1, whenever it has changed; with 0 once the wait is over. Must not block or raise."""


@dataclass(slots=True, eq=False)
class _Waiter:
    tell: Tell
    turn: "asyncio.Future[None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    told: int = 0


class Floor:
    """At most `places` hold one at a time."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._lines: OrderedDict[int, deque[_Waiter]] = OrderedDict()
        """Who waits, by person, in the order in which people come next. Nobody waits while a place is free."""

    @asynccontextmanager
    async def place(self, person: int, tell: Tell) -> AsyncGenerator[None, None]:
        """Hold a place, once one is free and it is this person's turn. Cancelled while it waits, it leaves the line."""
        if self._free > 0:
            self._free -= 1
        else:
            await self._wait(person, _Waiter(tell))
        try:
            yield
        finally:
            self._give_back()

    async def _wait(self, person: int, waiter: _Waiter) -> None:
        self._lines.setdefault(person, deque()).append(waiter)
        self._tell()
        try:
            await waiter.turn
        except asyncio.CancelledError:
            if waiter.turn.cancelled():
                self._leave(person, waiter)
            else:
                self._give_back()  # the place came in the same moment
            raise
        waiter.tell(0)

    def _give_back(self) -> None:
        """Let the next person have the place; those of theirs who still wait go behind everybody else."""
        while self._lines:
            person, line = next(iter(self._lines.items()))
            waiter = line.popleft()
            if not line:
                del self._lines[person]
            if waiter.turn.done():
                continue  # cancelled, and about to leave by itself: its person has not been served
            if line:
                self._lines.move_to_end(person)
            waiter.turn.set_result(None)
            self._tell()
            return
        self._free += 1

    def _leave(self, person: int, waiter: _Waiter) -> None:
        line = self._lines.get(person)
        if line is not None and waiter in line:
            line.remove(waiter)
            if not line:
                del self._lines[person]
            self._tell()

    def _tell(self) -> None:
        for position, waiter in enumerate(self._in_order(), start=1):
            if waiter.told != position:
                waiter.told = position
                waiter.tell(position)

    def _in_order(self) -> Iterator[_Waiter]:
        """Everybody who waits, in the order in which places will come: each person's first, then each one's second."""
        lines = list(self._lines.values())
        for depth in range(max(map(len, lines), default=0)):
            yield from (line[depth] for line in lines if depth < len(line))
