"""Cubby's command line: flags and run; the parts are made in `wiring.py`.

Exit codes: 0 for a proper end; 1 for a fault that `--check` or `--verify` found, a connection that was lost or could not be
made, or a disk that failed, after which another start may go well; 2 for what was refused.
"""

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import discord

from agent.builtin import BuiltinModel
from agent.errors import ModelError
from agent.model import ModelClient
from agent.openai_client import OPENAI, NoModelChosen
from agent.price_file import PricesRefused
from agent_settings import builtin_answer, make_model
from check import TURNED_AWAY, check
from errands import NoUserId, add_errands, chosen_errand
from lifeline import end_with_stdin
from maintenance import Meter, maintain
from playground.console import run_console
from playground.standin import point_discord_at
from playground.supervisor import Plan, PlaygroundRefused, run_playground
from playground.web.server import PORT, NoPort
from playground.world_file import WorldFileRefused
from settings import Settings, SettingsError, load_settings, unknown_in
from storage.errors import DatabaseRefused
from watch.logs import set_up_logging
from watch.server import CannotListen
from wiring import connect_to_discord, running

VERSION: Final = "0.1.0"
HERE: Final = Path(__file__).resolve().parent

CONSOLE_TOKEN: Final = "console"  # noqa: S105 - the stand-in's; it opens nothing

NOTHING_TO_CONNECT: Final = (
    "DISCORD_TOKEN is not set, so there is nothing to connect to. Try Cubby without Discord: python bot.py --console\n"
    "For a real server, make a bot at https://discord.com/developers/applications and put its token in .env; see README.md."
)
DEMO: Final = "set OPENAI_API_KEY or OPENAI_BASE_URL for a real one"
REFUSED: Final = (
    DatabaseRefused,
    NoUserId,
    NoModelChosen,
    PricesRefused,
    CannotListen,
    PlaygroundRefused,
    NoPort,
    WorldFileRefused,
)
"""What says by itself what to mend before a start."""

DISCORD_FAILS: Final = "Discord answered with an error (HTTP {}); start again in a minute."
NO_DISCORD: Final = "Discord cannot be reached; check this machine's network and start again."

log = logging.getLogger("cubby")


async def serve(settings: Settings, stop: asyncio.Event) -> int:
    """Run the bot on Discord until it is told to stop; returns the exit code."""
    if settings.discord_token is None:
        return refuse(NOTHING_TO_CONNECT)
    model = await make_model(settings)
    log.info("answers come from: %s", answering(model))
    try:
        async with running(settings, model) as bot:
            connection = await connect_to_discord(bot, settings.discord_token.get_secret_value())
            return await until_stopped(connection, stop)
    except discord.LoginFailure:
        return refuse(TURNED_AWAY)
    except discord.HTTPException as error:
        return fail(DISCORD_FAILS.format(error.status))
    except (aiohttp.ClientError, OSError):
        return fail(NO_DISCORD)
    finally:
        await model.close()


async def until_stopped(connection: "asyncio.Task[None]", stop: asyncio.Event) -> int:
    """Wait for the word to stop, or for a connection that is lost for good; returns the exit code."""
    told = asyncio.create_task(stop.wait(), name="stop")
    await asyncio.wait([connection, told], return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if stop.is_set():
        return 0
    log.error("the connection to Discord ended: %s", type(connection.exception()).__name__)
    return 1


async def converse(settings: Settings, stop: asyncio.Event, name: str) -> int:
    """Talk with the bot in this terminal, over a stand-in for Discord; returns the exit code."""
    model = await make_model(settings)

    @asynccontextmanager
    async def start_bot(api_url: str) -> AsyncGenerator[None, None]:
        with point_discord_at(api_url):
            async with running(settings, model) as bot:
                await connect_to_discord(bot, CONSOLE_TOKEN)
                yield

    try:
        return await run_console(start_bot, token=CONSOLE_TOKEN, name=name, notice=answering(model), stop=stop)
    finally:
        await model.close()


async def play(settings: Settings, options: argparse.Namespace, stop: asyncio.Event) -> int:
    """Run the playground, whose bot is a process of its own; returns the exit code."""
    builtin = settings.uses_builtin_model
    plan = Plan(
        folder=settings.database_path.parent / "playground-data",
        port=options.port,
        fresh=options.fresh,
        is_opened=not options.no_open,
        command=(sys.executable, str(HERE / "bot.py")),
        environment={**os.environ, "LOG_FORMAT": "text", **own_health_port(settings)},
        answer=builtin_answer if builtin else None,
        upstream=None if builtin else settings.openai_base_url or OPENAI,
        answering=f"{BuiltinModel.label}; {DEMO}" if builtin else named_model(settings),
    )
    return await run_playground(plan, stop, partial(print, flush=True))


def named_model(settings: Settings) -> str:
    """The model that the settings name, before anybody has asked its server."""
    host = urlsplit(settings.openai_base_url or OPENAI).hostname
    return f"{settings.openai_model} at {host}" if settings.openai_model else f"the model at {host}"


def own_health_port(settings: Settings) -> Mapping[str, str]:
    """Another port than the real bot's, which may be running beside the playground."""
    if settings.health_port is None:
        return {}
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        return {"HEALTH_PORT": str(free.getsockname()[1])}


def answering(model: ModelClient) -> str:
    """What will answer, for whoever starts the bot."""
    return f"{model.label}; {DEMO}" if model.label else f"{model.name} at {model.host}"


def refuse(sentence: str) -> int:
    """Say on standard error why there is no start; returns exit code 2."""
    print(sentence, file=sys.stderr)
    return 2


def fail(sentence: str) -> int:
    """Say on standard error what failed that may go well another time; returns exit code 1."""
    print(sentence, file=sys.stderr)
    return 1


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bot.py", description="Private, durable AI chat sessions for a Discord team.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--playground", action="store_true", help="try the bot in a browser: no token, no key")
    what.add_argument("--console", action="store_true", help="talk with the bot in this terminal: no token, no key")
    what.add_argument("--check", action="store_true", help="look at settings, database, token and model, then end")
    what.add_argument("--version", action="version", version=f"Cubby {VERSION}")
    add_errands(what)
    parser.add_argument("--yes", action="store_true", help="with --erase-user: don't ask for the id once more")
    parser.add_argument("--port", type=port, metavar="N", default=PORT, help="with --playground: the page's port (8765)")
    parser.add_argument("--no-open", action="store_true", help="with --playground: don't open a browser")
    parser.add_argument("--fresh", action="store_true", help="with --playground: forget what was done there before")
    parser.add_argument("--as", dest="name", metavar="NAME", default="you", help="with --console: speak as another person")
    return parser


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Do what the flags say; returns the exit code."""
    stop = asyncio.Event()
    listen_for_signals(stop)
    if settings.cubby_end_with_stdin:
        end_with_stdin(stop)
    try:
        return await chosen(settings, options, stop)
    except REFUSED as error:
        return refuse(str(error))
    except ModelError as error:
        return refuse(f"The model endpoint could not be asked for its models ({error}). Set OPENAI_MODEL to name one.")


async def chosen(settings: Settings, options: argparse.Namespace, stop: asyncio.Event) -> int:
    """What the flags ask for, without them the bot itself; returns the exit code."""
    if options.playground:
        return await play(settings, options, stop)
    if options.console:
        return await converse(settings, stop, options.name)
    meter = Meter(sys.stderr)
    if errand := chosen_errand(settings, options, print, meter):
        return await maintain(errand, stop, meter)
    with point_discord_at(settings.cubby_discord_api) if settings.cubby_discord_api else nullcontext():
        if options.check:
            return 0 if await check(settings, print) else 1
        return await serve(settings, stop)


def port(text: str) -> int:
    """A port from the command line; 0 is any free one. Raises `argparse.ArgumentTypeError`."""
    if not (text.isascii() and text.isdigit() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text} is no port of this machine; those go from 1 to 65535")
    return int(text)


def listen_for_signals(stop: asyncio.Event) -> None:
    """Let SIGINT and SIGTERM ask for an orderly end."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows has no signal handlers on the loop
            signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(stop.set))


def main(argv: Sequence[str] | None = None, dotenv: Path = HERE / ".env") -> int:
    """Read flags and settings, then run; returns the exit code."""
    options = arguments().parse_args(argv)
    try:
        settings = load_settings(os.environ, dotenv)
    except SettingsError as error:
        return faulty_settings(error, is_check=options.check)
    if options.check:
        for line in unknown_settings(dotenv):
            print(line)
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nothing speaks here
    is_quiet = (options.console or options.playground or options.check) and settings.log_level == "INFO"
    set_up_logging("WARNING" if is_quiet else settings.log_level, settings.log_format)
    with suppress(KeyboardInterrupt):
        return asyncio.run(run(settings, options))
    return 0


def unknown_settings(dotenv: Path) -> Sequence[str]:
    """A line for each name in the file that means nothing here, as a mistyped one does."""
    return [
        f"settings: {dotenv.name} has {name}, which Cubby doesn't know.{f' Is {meant} meant?' if meant else ''}"
        for name, meant in unknown_in(dotenv).items()
    ]


def faulty_settings(error: SettingsError, *, is_check: bool) -> int:
    """Name each bad setting; returns the exit code."""
    if is_check:
        print(*(f"settings: FAULT: {fault}" for fault in error.faults), sep="\n")
        return 1
    return refuse(str(error))


if __name__ == "__main__":
    sys.exit(main())
