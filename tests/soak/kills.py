"""`kill -9` of the real process, again and again, under load and while it mends: then an independent look at what is left."""

import asyncio
import random
import time
from asyncio.subprocess import Process
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from playground.faulty_model import FaultyModelServer
from playground.standin import StandIn
from tests.processes import TOKEN, started
from tests.soak.crowd import Crowd
from tests.soak.reader import faults, rows, unfinished
from tests.soak.troubles import Troubles, spoken

PEOPLE = ("Ann", "Bob", "Cem", "Dee")
SETTINGS = {
    "PROMPTS_PER_MINUTE": "0",
    "DAY_TOKENS_PERSON": "0",
    "DAY_TOKENS_ALL": "0",
    "BACKUPS": "off",
    "LOG_LEVEL": "ERROR",
    "CONTEXT_TOKENS": "420",  # so little that room has to be made at times
}
IMPATIENT = {
    "OPENAI_MODEL": "test-model",
    "OPENAI_API_KEY": "sk-made-up",
    "FIRST_DELTA_TIMEOUT": "2",
    "DELTA_TIMEOUT": "2",
    "TOTAL_TIMEOUT": "20",
}
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


async def kill_again_and_again(
    folder: Path, *, kills: int, every: int, seed: int, seconds: float, troubled: bool = False
) -> Report:
    """Kill so many times, or for so long, and look closely after `every` of them and at the end.

    Where it is `troubled`, Discord, the model and the disk fail at random meanwhile.
    """
    dice, report, begun = random.Random(seed), Report(), time.monotonic()
    async with StandIn() as discord, FaultyModelServer(words=spoken, gap=0.005) as model:
        discord.add_bot(TOKEN)
        channel = discord.add_guild("Team").add_text_channel("general")
        place = Place(folder, discord, model if troubled else None)
        crowd = Crowd([discord.add_person(name) for name in PEOPLE], channel, folder / "cubby.db", dice)
        troubles = Troubles(discord, model, dice) if troubled else None
        await _get_to_know(place, crowd)
        while report.kills < kills and time.monotonic() - begun < seconds and not report.faults:
            await _kill_once(place, crowd, dice, troubles)
            report.kills += 1
            if report.kills % every == 0:
                await _look(place, crowd, report)
        if not report.faults and report.kills % every:
            await _look(place, crowd, report)
    report.prompts, report.seconds = len(crowd.said), time.monotonic() - begun
    (report.answers,) = rows(folder / "cubby.db", "SELECT count(*) FROM turns WHERE ended IS NOT NULL")[0]
    return report


@dataclass(frozen=True, slots=True)
class Place:
    """Where bots are started, over the same database and the same Discord."""

    folder: Path
    discord: StandIn
    model: FaultyModelServer | None

    async def bot(self, *flags: str) -> Process:
        """A fresh process."""
        if flags:
            return await started(self.folder, *flags, **SETTINGS)
        model = {} if self.model is None else {**IMPATIENT, "OPENAI_BASE_URL": self.model.base_url}
        return await started(self.folder, CUBBY_DISCORD_API=self.discord.api_url, DISCORD_TOKEN=TOKEN, **SETTINGS, **model)


async def _get_to_know(place: Place, crowd: Crowd) -> None:
    """Let everybody have written once: a direct message of somebody it has never met can't be looked for by a bot."""
    bot = await place.bot()
    await place.discord.bot_connected()
    for person in crowd.people:
        await person.say(person.dm, "hello")
        await person.wait_for(lambda m: m.author.bot and "Reply" in [b.label for b in m.buttons], channel=person.dm, timeout=20)
    await _end(bot)


async def _kill_once(place: Place, crowd: Crowd, dice: random.Random, troubles: Troubles | None) -> None:
    bot = await place.bot()
    load = asyncio.create_task(crowd.live())
    async with troubles.around(bot) if troubles is not None else nullcontext():
        # A start takes about a second, so some kills hit it, and the mending, and some the work that follows.
        await asyncio.sleep(dice.uniform(0.5, 3.5))
        with suppress(ProcessLookupError):
            bot.kill()
    load.cancel()
    with suppress(asyncio.CancelledError):
        await load
    await bot.communicate()


async def _look(place: Place, crowd: Crowd, report: Report) -> None:
    """Let the bot come to rest, then look at what it says and keeps."""
    path = place.folder / "cubby.db"
    bot = await place.bot()
    try:
        await place.discord.bot_connected()
        at_rest = await _until_quiet(path, crowd)
        await crowd.send_what_waits()
        at_rest = at_rest and await _until_quiet(path, crowd)
    finally:
        said = await _end(bot)
    if not at_rest:
        report.faults.append(f"it does not come to rest: {unfinished(path, crowd.said, crowd.unsaved())} things are open")
    report.faults += [f"the bot said: {line}" for line in said.splitlines() if "ERROR" in line]
    seen = {person.id: crowd.sees(person) for person in crowd.people}
    report.faults += faults(path, crowd.said, crowd.unsaved(), crowd.people, seen)
    check = await place.bot("--verify")
    out, _ = await check.communicate()
    if check.returncode != 0:
        report.faults.append(f"--verify: {out.decode()}")
    report.looks += 1


async def _until_quiet(path: Path, crowd: Crowd) -> bool:
    """Whether everything ended in time; looked for from outside, since the process can't be asked."""
    deadline = time.monotonic() + QUIET_SECONDS
    calm = 0
    while time.monotonic() < deadline:
        calm = calm + 1 if unfinished(path, crowd.said, crowd.unsaved()) == 0 else 0
        if calm == 3:
            return True
        await asyncio.sleep(0.2)
    return False


async def _end(bot: Process) -> str:
    bot.terminate()
    _, errors = await asyncio.wait_for(bot.communicate(), 30)
    return errors.decode(errors="replace")
