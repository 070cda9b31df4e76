"""The stage: a stand-in with one server, two people and a bot account, with discord.py pointed at it.

`await stage.log_in(bot)` runs any discord.py client until the test ends; what the stand-in does not implement fails the test.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import discord
import pytest
from discord.ext import commands

from playground.standin import ManualClock, StandIn, point_discord_at
from tests.playground.sample_bot import Sample, make_sample
from tests.playground.stage import TOKEN, Stage, make_bot, running


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    clock = ManualClock()
    async with AsyncExitStack() as stack:
        standin = await stack.enter_async_context(StandIn(clock))
        stack.enter_context(point_discord_at(standin.api_url))
        standin.add_bot(TOKEN)
        guild = standin.add_guild("Team")
        general = guild.add_text_channel("general")
        ann, bob = standin.add_person("Ann"), standin.add_person("Bob")

        async def log_in(client: discord.Client) -> None:
            await stack.enter_async_context(running(standin, client))

        yield Stage(standin, clock, guild, general, ann, bob, log_in)
        assert standin.refused == []


@pytest.fixture
def bot() -> commands.Bot:
    return make_bot()


@pytest.fixture
async def sample(stage: Stage) -> Sample:
    """The sample bot, logged in."""
    bot, cog = make_sample()
    await stage.log_in(bot)
    return cog
