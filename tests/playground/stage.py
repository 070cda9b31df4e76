"""What tests at the stand-in share: a bot as Cubby's is, a way to run it, and a small world with two people."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import discord
from discord.ext import commands

from playground.standin import Channel, Guild, ManualClock, Person, StandIn

TOKEN = "a-made-up-token"

LogIn = Callable[[discord.Client], Awaitable[None]]


@dataclass(frozen=True)
class Stage:
    """What most tests need."""

    discord: StandIn
    clock: ManualClock
    guild: Guild
    general: Channel
    ann: Person
    bob: Person
    log_in: LogIn


def make_bot(**privileged: bool) -> commands.Bot:
    """Make a bot that asks for no privileged intent, as Cubby does, unless told."""
    intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, **privileged)
    return commands.Bot(command_prefix=[], intents=intents, guild_ready_timeout=0.05)


@asynccontextmanager
async def running(standin: StandIn, client: discord.Client, token: str = TOKEN) -> AsyncGenerator[None]:
    """Log in and serve until the block ends."""
    async with client:
        task = asyncio.create_task(client.start(token), name="test-bot")
        await standin.bot_connected()
        await client.wait_until_ready()
        yield
    await task
