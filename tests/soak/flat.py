"""Many turns and switches of the real process: its memory, tasks, threads and open files must not grow."""

import asyncio
import itertools
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from playground.faulty_model import FaultyModelServer
from playground.standin import Channel, Person, StandIn
from tests.processes import TOKEN, started
from tests.soak.kills import SETTINGS
from tests.soak.troubles import spoken
from tests.watch.ports import free_port

PEOPLE: Final = 8
SESSIONS: Final = 5
BLOCKS: Final = 10
WARM: Final = 4
"""Blocks until caches are full."""
MOST_GROWTH: Final = 4 * 1024
"""KiB that the resident memory may grow by after that, beyond what SQLite's two page caches take in of a database that grows:
each has 16 MiB at most (`PRAGMA cache_size` in `storage/sqlite/database.py`). With half a MiB each, 6,000 turns took 2 MiB.
"""

MOST_MORE: Final = {"tasks": 4, "threads": 1, "files": 2 * PEOPLE}
"""How many more there may be: each person's calls may leave a connection or two open for the next."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What the process holds at rest, after so many turns and as many switches."""

    turns: int
    kib: int
    tasks: int
    threads: int
    files: int
    database: int
    """KiB of the database's file."""

    def __str__(self) -> str:
        held = f"{self.kib:7} KiB, {self.tasks} tasks, {self.threads} threads, {self.files} files"
        return f"{self.turns:6} turns: {held}, database {self.database} KiB"


async def many_turns(folder: Path, *, turns: int, seed: int, rest: float = 2.0) -> tuple[list[Measure], list[str]]:
    """Take so many turns and switches; the measures, each after so many seconds of `rest`, and what is wrong with them."""
    if sys.platform != "linux":
        return [], []
    port, dice = free_port(), random.Random(seed)
    async with StandIn() as discord, FaultyModelServer(words=spoken) as model:
        discord.add_bot(TOKEN)
        channel = discord.add_guild("Team").add_text_channel("general")
        people = [discord.add_person(f"person {number}") for number in range(PEOPLE)]
        asks = {"OPENAI_BASE_URL": model.base_url, "OPENAI_MODEL": "test-model", "HEALTH_PORT": str(port)}
        bot = await started(folder, CUBBY_DISCORD_API=discord.api_url, DISCORD_TOKEN=TOKEN, **SETTINGS, **asks)
        await discord.bot_connected()
        words, found = itertools.count(1), list[Measure]()
        for block in range(1, BLOCKS + 1):
            each = turns // BLOCKS // PEOPLE
            await asyncio.gather(*(_live(person, channel, each, words, dice) for person in people))
            model.seen.clear()
            await asyncio.sleep(rest)  # what ends with an answer has ended
            found.append(await _measured(bot.pid, port, block * each * PEOPLE, folder / "cubby.db"))
        bot.terminate()
        await asyncio.wait_for(bot.communicate(), 30)
    return found, _faults(found)


async def _live(person: Person, channel: Channel, turns: int, words: "itertools.count[int]", dice: random.Random) -> None:
    for _ in range(turns):
        asked = await person.slash(channel, "ask", prompt=f"w{next(words)}x please")
        await asked.message(lambda m: any(b.label == "Reply" for b in m.buttons), timeout=60)
        number = dice.randint(1, SESSIONS)
        opened = await (await person.slash(channel, "open", session=str(number))).message(timeout=60)
        if "no session like that" in opened.text:
            await (await person.slash(channel, "new")).message(timeout=60)
        person.restart_client()


async def _measured(pid: int, port: int, turns: int, path: Path) -> Measure:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
        tasks = next(line for line in (await answer.text()).splitlines() if line.startswith("cubby_tasks "))
    kib, threads, files = _of_process(Path(f"/proc/{pid}"))
    return Measure(turns, kib, int(float(tasks.split()[1])), threads, files, _size(path))


def _of_process(folder: Path) -> tuple[int, int, int]:
    """Resident KiB, threads, open files (Linux's manual page proc(5))."""
    status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
    return int(status["VmRSS"].split()[0]), int(status["Threads"]), len(list((folder / "fd").iterdir()))


def _size(path: Path) -> int:
    return path.stat().st_size // 1024


def _faults(found: list[Measure]) -> list[str]:
    warm, faults = found[WARM - 1 :], list[str]()
    cached = 2 * (warm[-1].database - warm[0].database)
    if max(m.kib for m in warm) - warm[0].kib > MOST_GROWTH + cached:
        faults.append("memory grows")
    for name, most in MOST_MORE.items():
        values = [getattr(measure, name) for measure in warm]
        if max(values) - values[0] > most:
            faults.append(f"{name} grow: {values}")
    return faults
