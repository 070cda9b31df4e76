"""`kill -9` of the real process, again and again, under load and while it mends: then an independent look at what is left."""

import asyncio
import random
import time
from asyncio.subprocess import Process
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from playground.standin import StandIn
from tests.processes import TOKEN, started
from tests.soak.crowd import Crowd
from tests.soak.reader import faults, rows, unfinished

PEOPLE = ("Ann", "Bob", "Cem", "Dee")
SETTINGS = {"PROMPTS_PER_MINUTE": "0", "DAY_TOKENS_PERSON": "0", "DAY_TOKENS_ALL": "0", "BACKUPS": "off", "LOG_LEVEL": "ERROR"}
QUIET_SECONDS = 90.0


@dataclass(slots=True)
class Report:
    """What was done and found."""

    kills: int = 0
    looks: int = 0
    prompts: int = 0
    answers: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list[str])

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.prompts} prompts, {self.answers} ended turns, {self.looks} looks, "
            f"{len(self.faults)} faults, {self.seconds:.0f} s"
        )


async def kill_again_and_again(folder: Path, *, kills: int, every: int, seed: int, seconds: float) -> Report:
    """Kill so many times, or for so long, and look closely after `every` of them and at the end."""
    dice, report, begun = random.Random(seed), Report(), time.monotonic()
    async with StandIn() as discord:
        discord.add_bot(TOKEN)
        channel = discord.add_guild("Team").add_text_channel("general")
        crowd = Crowd([discord.add_person(name) for name in PEOPLE], channel, folder / "cubby.db", dice)
        await _get_to_know(folder, discord, crowd)
        while report.kills < kills and time.monotonic() - begun < seconds and not report.faults:
            await _kill_once(folder, discord, crowd, dice)
            report.kills += 1
            if report.kills % every == 0:
                await _look(folder, discord, crowd, report)
        if not report.faults and report.kills % every:
            await _look(folder, discord, crowd, report)
    report.prompts, report.seconds = len(crowd.said), time.monotonic() - begun
    (report.answers,) = rows(folder / "cubby.db", "SELECT count(*) FROM turns WHERE ended IS NOT NULL")[0]
    return report


async def _get_to_know(folder: Path, discord: StandIn, crowd: Crowd) -> None:
    """Let everybody have written once: a direct message of somebody it has never met can't be looked for by a bot."""
    bot = await started(folder, CUBBY_DISCORD_API=discord.api_url, DISCORD_TOKEN=TOKEN, **SETTINGS)
    await discord.bot_connected()
    for person in crowd.people:
        await person.say(person.dm, "hello")
        await person.wait_for(lambda m: m.author.bot and "Reply" in [b.label for b in m.buttons], channel=person.dm, timeout=20)
    await _end(bot)


async def _kill_once(folder: Path, discord: StandIn, crowd: Crowd, dice: random.Random) -> None:
    bot = await started(folder, CUBBY_DISCORD_API=discord.api_url, DISCORD_TOKEN=TOKEN, **SETTINGS)
    load = asyncio.create_task(crowd.live())
    # A start takes about a second, so some kills hit it, and the mending, and some the work that follows.
    await asyncio.sleep(dice.uniform(0.5, 3.5))
    bot.kill()
    load.cancel()
    with suppress(asyncio.CancelledError):
        await load
    await bot.communicate()


async def _look(folder: Path, discord: StandIn, crowd: Crowd, report: Report) -> None:
    """Let the bot come to rest, then look at what it says and keeps."""
    path = folder / "cubby.db"
    bot = await started(folder, CUBBY_DISCORD_API=discord.api_url, DISCORD_TOKEN=TOKEN, **SETTINGS)
    try:
        await discord.bot_connected()
        at_rest = await _until_quiet(path, crowd)
        await crowd.send_what_waits()
        at_rest = at_rest and await _until_quiet(path, crowd)
    finally:
        said = await _end(bot)
    if not at_rest:
        report.faults.append(f"it does not come to rest: {unfinished(path, crowd.said)} things are open")
    report.faults += [f"the bot said: {line}" for line in said.splitlines() if "ERROR" in line]
    report.faults += faults(path, crowd.said, crowd.people, {person.id: crowd.sees(person) for person in crowd.people})
    check = await started(folder, "--verify", **SETTINGS)
    out, _ = await check.communicate()
    if check.returncode != 0:
        report.faults.append(f"--verify: {out.decode()}")
    report.looks += 1


async def _until_quiet(path: Path, crowd: Crowd) -> bool:
    """Whether everything ended in time; looked for from outside, since the process can't be asked."""
    deadline = time.monotonic() + QUIET_SECONDS
    calm = 0
    while time.monotonic() < deadline:
        calm = calm + 1 if unfinished(path, crowd.said) == 0 else 0
        if calm == 3:
            return True
        await asyncio.sleep(0.2)
    return False


async def _end(bot: Process) -> str:
    bot.terminate()
    _, errors = await asyncio.wait_for(bot.communicate(), 30)
    return errors.decode(errors="replace")
