"""`python bot.py --check`: settings, database, backups, prices, token, model endpoint, model; a line each, and whether all
are well.

It takes no lock and changes nothing, so it may run beside a live bot.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import aiohttp
import discord

from agent.catalogue import is_listed
from agent.errors import ModelError
from agent.openai_client import OpenAIClient
from agent.price_file import PricesRefused, prices_in
from settings import EVERY, Settings
from storage.backups import backups_of
from storage.errors import DatabaseRefused
from storage.ids import utc_now
from storage.sqlite.inspect import inspect_database

BOT_PAGE: Final = "your application's Bot page at https://discord.com/developers/applications"
TURNED_AWAY: Final = f"Discord doesn't accept DISCORD_TOKEN. Copy it anew from {BOT_PAGE}"
SECONDS: Final = 20.0
"""How long one question may take."""


class Fault(Exception):
    """Something that has to be mended before the bot can run; the message says what and how."""


async def check(settings: Settings, say: Callable[[str], None]) -> bool:
    """Look at everything and say a line of each; returns whether there was no fault."""
    say("settings: fine")
    looks: tuple[tuple[str, Callable[[Settings], Awaitable[str]]], ...] = (
        ("database", _database),
        ("backups", _backups),
        ("prices", _prices),
        ("token", _token),
        ("model", _model),
    )
    well = True
    for name, look in looks:
        try:
            async with asyncio.timeout(SECONDS):
                say(f"{name}: {await look(settings)}")
        except TimeoutError:
            well = False
            say(f"{name}: FAULT: no answer within {SECONDS:g} seconds.")
        except Fault as fault:
            well = False
            say(f"{name}: FAULT: {fault}")
    return well


async def _database(settings: Settings) -> str:
    try:
        version = inspect_database(settings.database_path)
    except DatabaseRefused as error:
        raise Fault(str(error)) from None
    return f"{settings.database_path}, schema {version}" if version else f"{settings.database_path} will be made"


async def _backups(settings: Settings) -> str:
    if not settings.backups:
        return "none a day, since BACKUPS is off"
    try:
        found = await asyncio.to_thread(backups_of, settings.database_path)
    except OSError as error:
        raise Fault(f"they cannot be looked at: {error.strerror}.") from None
    if found.failure:
        raise Fault(f"the last one failed, at {found.failure}")
    if not found.times:
        return "none yet; the bot makes one within an hour of the first session"
    newest = f"the newest of {len(found.times)} is from {found.times[-1]:%Y-%m-%d %H:%M} UTC"
    if found.are_overdue:
        raise Fault(f"{newest}, but the database has changed since; see the bot's log.")
    return newest


async def _prices(settings: Settings) -> str:
    try:
        prices = await asyncio.to_thread(prices_in, settings.price_file, needed=settings.ask_first_above > 0)
    except PricesRefused as error:
        raise Fault(str(error)) from None
    if settings.price_file is None:
        return "none, so costs are unknown; see PRICE_FILE"
    listed = f"{settings.price_file}, {len({price.model for price in prices.prices})} models in {prices.currency}"
    today = utc_now().date()
    known = settings.openai_model is None or prices.of(settings.openai_model, today) is not None
    return listed if known else f"{listed}; {settings.openai_model} has none today, so what it costs is unknown"


async def _token(settings: Settings) -> str:
    if settings.discord_token is None:
        raise Fault(f"DISCORD_TOKEN is not set. Put it into .env; it is on {BOT_PAGE}")
    async with discord.Client(intents=discord.Intents(guilds=True)) as client:  # without it the library warns
        try:
            await client.login(settings.discord_token.get_secret_value())
        except discord.LoginFailure:
            raise Fault(TURNED_AWAY) from None
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            told = f"Discord could not be asked ({type(error).__name__}). Check this machine's network and try again."
            raise Fault(told) from None
        return f"accepted, for {client.user}"


async def _model(settings: Settings) -> str:
    if settings.uses_builtin_model:
        return "built-in demo model; set OPENAI_API_KEY or OPENAI_BASE_URL for a real one"
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    address, via = settings.openai_base_url, settings.cubby_model_api
    client = OpenAIClient(settings.openai_model or "", api_key=key, base_url=address, via=via)
    try:
        offered = await client.list_models()
    except ModelError as error:
        raise Fault(f"{client.host} could not be asked for its models ({error}).") from None
    finally:
        await client.close()
    answering = _chosen(settings.openai_model, client.host, offered)
    missing = [name for name, _ in settings.models if name != EVERY and not is_listed(name, offered)]
    if missing:
        raise Fault(f"{client.host} has no model {missing[0]!r}, which is in MODELS; it offers: {', '.join(offered[:10])}.")
    if settings.titles and settings.title_model is not None:
        return f"{answering}; sessions are named by {_chosen(settings.title_model, client.host, offered)}"
    return answering


def _chosen(wanted: str | None, host: str, offered: list[str]) -> str:
    if wanted in offered:
        return f"{wanted} at {host}"
    names = ", ".join(offered[:10]) or "none"
    if wanted is not None:
        raise Fault(f"{host} has no model {wanted!r}; it offers: {names}.")
    if len(offered) == 1:
        return f"{offered[0]} at {host}, its only one"
    raise Fault(f"OPENAI_MODEL is not set, and {host} offers: {names}.")
