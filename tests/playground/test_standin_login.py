import discord
import pytest
from discord.ext import commands

from playground.standin import NotLoopback, point_discord_at
from tests.playground.stage import TOKEN, Stage, make_bot


async def test_login_and_ready(stage: Stage, bot: commands.Bot) -> None:
    await stage.log_in(bot)
    guild = bot.get_guild(stage.guild.id)
    assert guild is not None
    assert (guild.name, [c.name for c in guild.text_channels]) == ("Team", ["general"])


async def test_bad_token_is_refused(stage: Stage, bot: commands.Bot) -> None:
    async with bot:
        with pytest.raises(discord.LoginFailure):
            await bot.login("another token")


async def test_commands_are_synced_once_and_fetched(stage: Stage, bot: commands.Bot) -> None:
    @bot.tree.command(description="Ask")
    async def ask(interaction: discord.Interaction, prompt: str) -> None: ...

    await stage.log_in(bot)
    synced = await bot.tree.sync()
    assert synced == await bot.tree.fetch_commands()
    assert [o.name for o in synced[0].options] == ["prompt"]


async def test_a_killed_bot_leaves_the_world(stage: Stage, bot: commands.Bot) -> None:
    async with bot:
        await bot.login(TOKEN)
        said = await stage.ann.say(stage.general, "hello")
    await stage.log_in(make_bot())
    assert stage.bob.sees(stage.general) == [said]


@pytest.mark.parametrize("address", ["http://example.org/api/v10", "https://127.0.0.1/api/v10", "http://10.0.0.1:80/"])
def test_only_loopback_is_pointed_at(address: str) -> None:
    with pytest.raises(NotLoopback), point_discord_at(address):
        pass
