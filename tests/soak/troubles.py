"""Faults of Discord, of the model and of the disk, at random, while a bot is at work."""

import asyncio
import random
import re
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final

from playground.disk_switch import disk_full
from playground.faulty_answers import Fault as ModelFault
from playground.faulty_model import FaultyModelServer
from playground.standin import Fault, StandIn

ROUTES: Final = (
    "POST /interactions/*",
    "PATCH /webhooks/*",
    "POST /webhooks/*",
    "POST /channels/*/messages",
    "PATCH /channels/*",
    "GET /channels/*",
)
STATUSES: Final = (429, 500, 502, 503, 504)
MODEL: Final = (
    ModelFault.RATE_LIMITED,
    ModelFault.SERVER_ERROR,
    ModelFault.UNAVAILABLE,
    ModelFault.CUT,
    ModelFault.CUT_AT_ONCE,
    ModelFault.CUT_BEFORE_HEAD,
    ModelFault.STALLED_BETWEEN,
    ModelFault.LENGTH,
    ModelFault.EMPTY,
    ModelFault.NOT_JSON,
    ModelFault.REFUSED_IN_WORDS,
    ModelFault.BAD_KEY,
    ModelFault.SLOW,
)


WORD = re.compile(r"\bq\d{6}\b")
"""What each question of the crowd begins with."""


def spoken(prompt: str) -> tuple[str, ...]:
    """An answer that nobody else gets, a word at a time and at times of several messages."""
    word = (WORD.findall(prompt) or prompt.split(maxsplit=1))[-1]  # an attached file comes before the question
    return tuple(f"{word} " for _ in range(900 if word.endswith("7") else 20))


class Troubles:
    """Makes them until it is left; `model` is what the bot asks."""

    def __init__(self, discord: StandIn, model: FaultyModelServer, dice: random.Random) -> None:
        self._discord, self._model, self._dice = discord, model, dice

    @asynccontextmanager
    async def around(self, bot: Process) -> AsyncGenerator[None]:
        """Trouble this bot inside."""
        work = asyncio.create_task(self._trouble(bot))
        try:
            yield
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work
            self._discord.faults.clear()
            self._model.forget_script()

    async def _trouble(self, bot: Process) -> None:
        while True:
            await asyncio.sleep(self._dice.uniform(0.05, 0.4))
            what = self._dice.random()
            if what < 0.5:
                self._discord.faults.add(self._fault())
            elif what < 0.85:
                self._model.script(self._dice.choice(MODEL))
            elif what < 0.92:
                self._discord.gateway.drop()
            else:
                await self._let_the_disk_fail(bot)

    def _fault(self) -> Fault:
        route, when = self._dice.choice(ROUTES), self._dice.choice(("before", "after"))
        if self._dice.random() < 0.5:
            return Fault(route=route, cut=True, when=when)
        status = self._dice.choice(STATUSES)
        return Fault(route=route, status=status, when="before" if status == 429 else when, retry_after=0.05)

    async def _let_the_disk_fail(self, bot: Process) -> None:
        """Every write of the process fails for a moment (EFBIG, which SQLite takes for an I/O error)."""
        with suppress(ProcessLookupError):  # a bot that can't open its database ends by itself
            disk_full(bot.pid, on=True)
            try:
                await asyncio.sleep(self._dice.uniform(0.05, 0.5))
            finally:
                disk_full(bot.pid, on=False)
