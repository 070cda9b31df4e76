"""Backstage: what the page's drawer shows of the bot that nobody in Discord sees: its calls, how much of its rate limits is
used, each turn's way through the journal, its log.

One task looks at what changes by itself (limits, journal) shortly after something happened, and at no other time.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Self

from playground.standin import StandIn
from playground.standin.changes import CallMade, CallRefused, Change
from playground.standin.limits import Usage
from playground.standin.rest import Call
from playground.web.feed import Feed
from playground.web.shapes import milliseconds

log = logging.getLogger(__name__)

Json = dict[str, Any]
ReadTurns = Callable[[], Awaitable[Sequence[Json]]]

PAUSE: Final = 0.3
"""Seconds between two looks."""
LOOKS: Final = 8
"""Looks after the last thing that happened: what a turn stores at its end comes a moment after its last call."""
CALLS: Final = 200
"""Calls that a page is told of when it opens."""


class Backstage:
    """Use as an async context; `take` listens to the world's changes, `log` to the bot's lines."""

    def __init__(self, discord: StandIn, feed: Feed, read_turns: ReadTurns) -> None:
        self._discord, self._feed, self._read_turns = discord, feed, read_turns
        self._stirred = asyncio.Event()
        self._turns: Sequence[Json] = ()
        self._budget: Json = {}
        self._looking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._looking = asyncio.create_task(self._look(), name="playground-backstage")
        self.stir()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])

    def shape(self) -> Json:
        """All that is known now, as a snapshot's fields."""
        return {
            "calls": [call_shape(call) for call in self._discord.calls[-CALLS:]],
            "refused": list(self._discord.refused),
            "budget": self._budget or budget_shape(self._discord),
            "turns": list(self._turns),
        }

    def take(self, change: Change) -> None:
        """Tell the pages of what the bot called, and look at what that changed."""
        match change:
            case CallMade(call):
                self._feed.publish("call", call=call_shape(call))
            case CallRefused(line):
                self._feed.publish("refused", line=line)
            case _:
                pass
        self.stir()

    def log(self, line: str) -> None:
        """A line that the bot wrote to its log."""
        self._feed.publish("log", lines=[line])

    def stir(self) -> None:
        """Something happened: look."""
        self._stirred.set()

    async def _look(self) -> None:
        left = 0
        while True:
            if left == 0:
                await self._stirred.wait()
            if self._stirred.is_set():
                self._stirred.clear()
                left = LOOKS
            left -= 1
            try:
                await self._look_once()
            except Exception:  # a look that failed is one look less, and the drawer goes on
                log.exception("the drawer couldn't be brought up to date")
            await asyncio.sleep(PAUSE)

    async def _look_once(self) -> None:
        budget = budget_shape(self._discord)
        if budget != self._budget:
            self._budget = budget
            self._feed.publish("budget", budget=budget)
        turns = await self._read_turns()
        if turns != self._turns:
            self._turns = turns
            self._feed.publish("turns", turns=list(turns))


def call_shape(call: Call) -> Json:
    """A call, without what was in it."""
    return {
        "number": call.number,
        "method": call.method,
        "route": call.route,
        "status": call.status,
        "ms": round(call.seconds * 1000, 1),
        "at": milliseconds(call.at),
    }


def budget_shape(discord: StandIn) -> Json:
    """How much of the rate limits is used: the one over all, and those of single routes."""
    names = {str(channel.id): channel.name for channel in discord.world.channels.values()}
    usage = discord.usage()
    return {
        "over_all": next((_used(each) for each in usage if each.over_all), None),
        "routes": [
            {"route": each.route, "place": names.get(each.place.get("channel_id", ""), ""), **_used(each)}
            for each in usage
            if not each.over_all
        ],
    }


def _used(usage: Usage) -> Json:
    return {"used": usage.used, "limit": usage.limit, "seconds": round(usage.seconds, 1)}
