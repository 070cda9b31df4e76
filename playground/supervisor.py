"""The playground: a supervisor that runs the stand-in Discord, serves the page, and has the bot as a child process.

The bot is the one of the real Discord, started by the same command, so it can be killed and started again while everything
that people see stays. What they wrote stays over a restart of the supervisor too: the bot's database and the stand-in's world
are files in one folder, which one playground holds at a time.
"""

import asyncio
import os
import secrets
import sys
import threading
import webbrowser
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from playground.bot_process import BotProcess
from playground.model_stand import Answer, ModelStand
from playground.standin import DISCORD, StandIn
from playground.standin.things import Application
from playground.web.backstage import Backstage
from playground.web.board import Board
from playground.web.bot_switches import disk_switch, model_switch
from playground.web.discord_switches import discord_switches
from playground.web.feed import Feed
from playground.web.files import Files
from playground.web.live import Live
from playground.web.page import Page
from playground.web.people import People
from playground.web.security import Gatekeeper
from playground.web.server import PageServer
from playground.web.turns import Turns
from playground.world_file import WorldFile

DATABASE: Final = "cubby.db"
WORLD: Final = "discord.db"
LOCK: Final = "playground.lock"

SERVER: Final = "Lighthouse"
CHANNELS: Final = ("general", "random")
OPERATOR: Final = "Olga"
PEOPLE: Final = ("Ann", "Bob", OPERATOR)
"""Who is there from the start; Olga runs the bot, and hears from it what only she can mend."""

ADDRESS: Final = "address.txt"
"""Where a running playground is, for somebody who starts a second one."""

IN_USE: Final = "A playground is running already{where}, and holds {folder}. Use that one, or end it first."

NO_ROOM: Final = "The playground can't keep its files in {folder} ({why}). Name a place that is yours with DATABASE_PATH."


class PlaygroundRefused(Exception):
    """The playground can't start; the words say why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a playground is to be."""

    folder: Path
    """Where its two files are."""
    port: int
    fresh: bool
    """Whether to begin anew."""
    is_opened: bool
    """Whether to show the page in a browser, where there is a desktop."""
    command: Sequence[str]
    """Starts the bot."""
    environment: Mapping[str, str]
    """What the bot gets beside what the playground tells it itself."""
    answer: Answer | None
    """The built-in model's answer, or nothing where the settings name another model."""
    upstream: str | None
    """The address of that other model."""
    answering: str
    """What answers, in words for the page."""


async def run_playground(plan: Plan, stop: asyncio.Event, say: Callable[[str], None]) -> int:
    """Serve until told to stop; returns the exit code. Raises `PlaygroundRefused`, `NoPort` and `WorldFileRefused`."""
    async with playing(plan) as playground:
        say(f"Cubby's playground: {playground.url}{moved(plan.port, playground.url)}")
        say(f"Answers come from: {plan.answering}")
        say("Ctrl-C ends it. What you did there is kept; --fresh begins anew.")
        if plan.is_opened and has_desktop(os.environ, sys.platform):
            # Beside everything, and a daemon: some browsers are waited for until they are closed, and Ctrl-C isn't to wait.
            threading.Thread(target=webbrowser.open, args=(playground.url,), name="browser", daemon=True).start()
        await stop.wait()
        say("Ending the bot; an answer that is being written gets a few seconds.")
    return 0


@asynccontextmanager
async def playing(plan: Plan) -> AsyncGenerator["Playground", None]:
    """A playground whose bot is starting; all of it ends in reverse order, the bot first and as it would be ended by hand.

    Raises `PlaygroundRefused`, `NoPort` and `WorldFileRefused`.
    """
    async with AsyncExitStack() as stack:
        _hold(stack, plan.folder)
        if plan.fresh:
            await asyncio.to_thread(_empty, plan.folder)
        discord = await stack.enter_async_context(StandIn(limits=DISCORD))
        await stack.enter_async_context(WorldFile(plan.folder / WORLD, discord))
        application, people = _furnish(discord)
        model = await stack.enter_async_context(ModelStand(plan.answer, plan.upstream))
        feed, gatekeeper = Feed(), Gatekeeper()
        turns = await stack.enter_async_context(Turns(plan.folder / DATABASE, discord.world))
        backstage = await stack.enter_async_context(Backstage(discord, feed, turns.newest))

        def bot_changed() -> None:
            page.bot_changed()

        environment = _environment(plan, discord, application, model)
        bot = BotProcess(plan.command, environment, changed=bot_changed, printed=backstage.log)
        board = Board([model_switch(model), *discord_switches(discord), disk_switch(bot)])
        files = Files(discord, gatekeeper)
        page = Page(discord, application, people, bot, board, feed, backstage, files, plan.answering)
        live = Live(feed, gatekeeper, page.snapshot, page.do)
        server = await stack.enter_async_context(PageServer(gatekeeper, live, files, plan.port))
        _tell_address(stack, plan.folder / ADDRESS, server.url)
        stack.callback(discord.changes.listen(page.take))
        stack.push_async_callback(bot.aclose)
        await bot.start()
        yield Playground(
            url=server.url, token=gatekeeper.token, discord=discord, people=people, bot=bot, model=model, live=live
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Playground:
    """A running one, for whoever entered it."""

    url: str
    token: str
    """The page's, which tests of its guards use."""
    discord: StandIn
    people: People
    bot: BotProcess
    model: ModelStand
    live: Live


def moved(wanted: int, url: str) -> str:
    """What to say of a port that was taken."""
    return "" if wanted == 0 or url.endswith(f":{wanted}") else f" (port {wanted} is taken)"


def has_desktop(environ: Mapping[str, str], platform: str) -> bool:
    """Whether a browser window can be seen by whoever started this."""
    if "SSH_CONNECTION" in environ:
        return False
    return platform in ("darwin", "win32") or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def _hold(stack: AsyncExitStack, folder: Path) -> None:
    """Keep the folder to this playground until the stack is left. Raises `PlaygroundRefused`."""
    lock = FileLock(folder / LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire(timeout=0)
    except Timeout:
        raise PlaygroundRefused(IN_USE.format(where=_known_address(folder), folder=folder)) from None
    except OSError as error:
        raise PlaygroundRefused(NO_ROOM.format(folder=folder, why=error.strerror)) from None
    stack.callback(lock.release)


def _known_address(folder: Path) -> str:
    """Where the playground that holds the folder says it is; nothing where it says nothing."""
    try:
        return f" at {(folder / ADDRESS).read_text(encoding='utf-8')}"
    except OSError:
        return ""


def _tell_address(stack: AsyncExitStack, path: Path, url: str) -> None:
    """Leave word of where this playground is until the stack is left."""
    path.write_text(url, encoding="utf-8")
    stack.callback(path.unlink, missing_ok=True)


def _empty(folder: Path) -> None:
    """Take away what was kept: the bot's database and the world, each with what lies beside it, and nothing else.

    The folder is found by `DATABASE_PATH`, so it may be one that holds other people's files.
    """
    for name in (DATABASE, WORLD):
        for path in (*folder.glob(f"{name}*"), *folder.glob(f".{name}*")):
            path.unlink()


def _furnish(discord: StandIn) -> tuple[Application, People]:
    """The server, its channels, the bot, and the people: those who were here before too."""
    guild = discord.add_guild(SERVER)
    for name in CHANNELS:
        guild.add_text_channel(name)
    application = discord.add_bot(secrets.token_urlsafe(32))
    people = People(discord)
    others = [user.name for user in discord.world.users.values() if not user.bot]
    for name in dict.fromkeys([*PEOPLE, *others]):
        people.keep(name)
    return application, people


def _environment(plan: Plan, discord: StandIn, application: Application, model: ModelStand) -> dict[str, str]:
    """What the bot is told: everything here, and nobody's own server, database or operator."""
    (guild,) = (each.id for each in discord.world.guilds.values() if each.name == SERVER)
    return {
        **plan.environment,
        "DISCORD_TOKEN": application.token,
        "CUBBY_DISCORD_API": discord.api_url,
        "CUBBY_MODEL_API": model.base_url,
        "DATABASE_PATH": str(plan.folder / DATABASE),
        "ALLOWED_GUILDS": str(guild),
        "OPERATOR_ID": str(discord.add_person(OPERATOR).id),
        "BACKUPS": "off",
    }
