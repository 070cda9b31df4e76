"""`Watch`: what watches a running bot, in one piece for `wiring.py`.

Turns are always logged and counted, which costs next to nothing; the tasks that look at database and event loop, and the
server, are there only while a port is set.
"""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from discord.ext import commands

from storage.store import Store
from watch.calls import counting
from watch.metrics import Metrics
from watch.server import answering
from watch.turns import TurnWatch
from watch.vitals import Vitals


class Watch:
    """Made by `watching`. `trace` belongs to the Discord client's HTTP session."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self.metrics = Metrics()
        self.trace = counting(self.metrics)
        self.turns = TurnWatch(self.metrics, time.monotonic, now)
        self.vitals = Vitals(store.upkeep, self.metrics, self.turns)

    def follow(self, client: commands.Bot) -> None:
        """Hear from the client when the gateway comes and goes."""
        client.add_listener(self.vitals.connected, "on_connect")
        client.add_listener(self.vitals.connected, "on_resumed")
        client.add_listener(self.vitals.disconnected, "on_disconnect")


@asynccontextmanager
async def watching(store: Store, port: int | None, host: str, now: Callable[[], datetime]) -> AsyncGenerator[Watch, None]:
    """Watch until the end, and answer at `host` and `port` if there is a port. Raises `CannotListen`."""
    watch = Watch(store, now)
    if port is None:
        yield watch
        return
    async with watch.vitals, answering(watch.vitals, watch.metrics, host, port):
        yield watch
