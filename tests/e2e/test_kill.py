"""`kill -9` in mid-answer, over a stand-in that goes on: what was acknowledged is there, and the message is mended."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cogs.words import NOT_SAVED
from playground.standin import Message, Person, StandIn
from tests.processes import TOKEN, started


@pytest.fixture
async def discord() -> AsyncIterator[StandIn]:
    async with StandIn() as standin:
        standin.add_bot(TOKEN)
        standin.add_guild("Team").add_text_channel("general")
        yield standin


async def in_mid_answer(discord: StandIn, ann: Person) -> Message:
    await discord.bot_connected()
    await ann.say(ann.dm, "count to 2000")
    return await ann.wait_for(lambda m: m.author.bot and "\n3" in m.text and bool(m.buttons), channel=ann.dm, timeout=20)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
async def test_a_killed_answer_of_a_temporary_session_says_that_it_is_gone(tmp_path: Path, discord: StandIn) -> None:
    ann = discord.add_person("Ann")
    first = await started(tmp_path, CUBBY_DISCORD_API=discord.api_url, DISCORD_TOKEN=TOKEN)
    await discord.bot_connected()
    await ann.slash(ann.dm, "new", temporary=True)
    await ann.wait_for(lambda m: NOT_SAVED in m.text, channel=ann.dm)
    answer = await in_mid_answer(discord, ann)
    first.kill()
    await first.wait()

    second = await started(tmp_path, CUBBY_DISCORD_API=discord.api_url, DISCORD_TOKEN=TOKEN)
    try:
        gone = await ann.wait_for(lambda m: m.id == answer.id and "so it is gone" in m.text, channel=ann.dm, timeout=20)
    finally:
        second.terminate()
        await asyncio.wait_for(second.communicate(), 10)
    assert gone.buttons == []


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
async def test_a_killed_answer_is_mended_and_can_be_asked_again(tmp_path: Path, discord: StandIn) -> None:
    ann = discord.add_person("Ann")
    first = await started(tmp_path, CUBBY_DISCORD_API=discord.api_url, DISCORD_TOKEN=TOKEN)
    answer = await in_mid_answer(discord, ann)
    waiting = await ann.say(ann.dm, "and this one waits")
    await ann.wait_for(lambda m: m.id > waiting.id and "Remove" in [b.label for b in m.buttons], channel=ann.dm)
    first.kill()
    await first.wait()

    second = await started(tmp_path, CUBBY_DISCORD_API=discord.api_url, DISCORD_TOKEN=TOKEN)
    try:
        mended = await ann.wait_for(lambda m: m.id == answer.id and "restarted" in m.text, channel=ann.dm, timeout=20)
        answered = await ann.wait_for(lambda m: "and this one waits" in m.text and m.author.bot, channel=ann.dm, timeout=20)
    finally:
        second.terminate()
        await asyncio.wait_for(second.communicate(), 10)
    assert "\n3" in mended.text
    assert "Stop" not in [b.label for b in mended.buttons]
    assert answered.id != mended.id
