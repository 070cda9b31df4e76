"""Answers to many people at once, as they see them: `python -m bench.crowd 1 10 50`.

The real bot is a process of its own at the stand-in, with Discord's limits and 60 to 140 ms for each call on its way there; the
model writes 3,000 characters over ten seconds, the first after half a second. In direct messages every edit counts in the fifty
calls a second over all, in a server none does. People begin within two seconds, or with `--at-once` in the same moment.
"""

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.bot import TOKEN, Used, bot_process, used_by
from bench.model import Script, model_server
from playground.standin import Fault, Message, Person, StandIn
from playground.standin.changes import CallMade, MessageEdited, MessageSent
from playground.standin.limits import DISCORD

SCRIPT = Script(first=0.5, rate=50.0, seconds=10.0, size=6)
NEAR, FAR = 0.06, 0.14
BEGINNING = SCRIPT.text[:5]
SPREAD = 2.0


@dataclass(slots=True)
class Seen:
    """What one person saw of an answer, and when."""

    asked: float
    changes: list[float] = field(default_factory=list[float])
    final: float = 0.0

    @property
    def first(self) -> float:
        """Seconds until the first text."""
        return self.changes[0] - self.asked

    @property
    def pause(self) -> float:
        """The longest time in which nothing changed."""
        return max(later - earlier for earlier, later in zip(self.changes, self.changes[1:], strict=False))

    @property
    def late(self) -> float:
        """Seconds from the model's end to all of it."""
        return self.final - self.asked - SCRIPT.first - (SCRIPT.deltas - 1) / SCRIPT.rate


class Watch:
    """Notes what becomes visible."""

    def __init__(self, standin: StandIn, network: Fault, dice: random.Random) -> None:
        self.seen: dict[int, Seen] = {}
        self.edits = self.limited = 0
        self.over = asyncio.Event()
        self._network, self._dice = network, dice
        self.stop = standin.changes.listen(self._note)

    def _note(self, change: object) -> None:
        if isinstance(change, CallMade):
            self._network.delay = self._dice.uniform(NEAR, FAR)
            self.edits += change.call.method == "PATCH"
            self.limited += change.call.status == 429
        elif isinstance(change, MessageSent | MessageEdited) and change.message.author.bot:
            self._look(change.message)

    def _look(self, message: Message) -> None:
        owner = message.only_for or next(user for user in message.channel.recipients if not user.bot)
        seen = self.seen.get(owner.id)
        if seen is None or seen.final or not (seen.changes or message.text.startswith(BEGINNING)):
            return
        seen.changes.append(time.monotonic())
        if any(button.label == "Reply" for button in message.buttons):
            seen.final = seen.changes[-1]
            if all(each.final for each in self.seen.values()):
                self.over.set()


async def measure(people: int, spread: float, *, server: bool) -> str:
    """So many people at once; what they saw, as lines."""
    dice = random.Random(people)
    async with _stage(people) as (standin, pid):
        channel = standin.add_guild("Team").add_text_channel("general")
        crowd = [standin.add_person(f"Person {nth}") for nth in range(people)]
        network = standin.faults.add(Fault(route="*", delay=NEAR, times=None))
        watch, before, began = Watch(standin, network, dice), used_by(pid), time.monotonic()

        async def ask(person: Person) -> None:
            await asyncio.sleep(dice.uniform(0, spread))
            watch.seen[person.id] = Seen(time.monotonic())
            if server:
                await person.slash(channel, "ask", prompt="go on")
            else:
                await person.say(person.dm, "go on")

        await asyncio.gather(*(ask(person) for person in crowd))
        async with asyncio.timeout(120):
            await watch.over.wait()
        after, took = used_by(pid), time.monotonic() - began
        watch.stop()
    return _report(watch, before, after, took, f"{people} people, {'server' if server else 'direct messages'}")


@asynccontextmanager
async def _stage(people: int) -> AsyncGenerator[tuple[StandIn, int]]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with StandIn(limits=DISCORD) as standin, model_server(SCRIPT) as model:
            standin.add_bot(TOKEN)
            async with bot_process(Path(folder), standin.api_url, model, people) as pid:
                await standin.bot_connected(timeout=30)
                await asyncio.sleep(1.0)
                yield standin, pid


def _report(watch: Watch, before: Used, after: Used, took: float, title: str) -> str:
    every = list(watch.seen.values())
    first, pause = _both([seen.first for seen in every]), _both([seen.pause for seen in every])
    seen = (
        f"{title}: first text {first}, longest pause {pause}, end {_both([seen.late for seen in every])} late (median, worst)"
    )
    cost = f"{(after.cpu - before.cpu) / took:.0%} of a core, {after.memory:.0f} MiB"
    return f"{seen}\n    {watch.edits / len(every):.1f} edits each, {watch.limited} times limited, {cost}"


def _both(values: list[float]) -> str:
    return f"{median(values):.2f} / {max(values):.2f} s"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.crowd", description="Measure answers to many people at once.")
    parser.add_argument("people", type=int, nargs="*", default=[1, 10, 50])
    parser.add_argument("--at-once", action="store_true", help="all begin in the same moment")
    asked = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.2f}")
    for number in asked.people:
        for in_server in (False, True):
            print(asyncio.run(measure(number, 0.0 if asked.at_once else SPREAD, server=in_server)), flush=True)
