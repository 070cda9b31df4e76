"""A bot that is told to ends with its standard input, in good order, even when whoever started it is killed."""

import asyncio
import os
import sys
import threading
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lifeline import end_with_stdin
from playground.standin import Message, Person, StandIn
from tests.processes import BOT, TOKEN, environment, started

PARENT = """
import subprocess, sys, time
subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE)
time.sleep(600)
"""


@pytest.fixture
async def discord() -> AsyncIterator[StandIn]:
    async with StandIn() as standin:
        standin.add_bot(TOKEN)
        standin.add_guild("Team").add_text_channel("general")
        yield standin


async def writing(discord: StandIn) -> tuple[Person, Message]:
    """An answer that the bot is in the middle of."""
    ann = discord.add_person("Ann")
    await ann.say(ann.dm, "count to 2000")
    return ann, await ann.wait_for(lambda m: m.author.bot and "\n3" in m.text, channel=ann.dm, timeout=20)


def is_kept(answer: Message) -> bool:
    return answer.text.startswith("1\n2\n3") and "Stop" not in [button.label for button in answer.buttons]


def ends_with_stdin(folder: Path, discord: StandIn) -> dict[str, str]:
    return environment(folder, DISCORD_TOKEN=TOKEN, CUBBY_DISCORD_API=discord.api_url, CUBBY_END_WITH_STDIN="on")


async def until_ended(process: Process) -> int:
    async with asyncio.timeout(20):
        return await process.wait()


async def test_only_the_end_counts() -> None:
    reading, writing_end = os.pipe()
    stop = asyncio.Event()
    end_with_stdin(stop, reading)
    os.write(writing_end, b"some words\n")
    await asyncio.sleep(0.05)
    assert not stop.is_set()
    os.close(writing_end)
    async with asyncio.timeout(5):
        await stop.wait()
    os.close(reading)


async def test_an_input_that_cannot_be_read_has_ended() -> None:
    stop = asyncio.Event()
    end_with_stdin(stop, 999)
    async with asyncio.timeout(5):
        await stop.wait()


def test_a_loop_that_has_ended_before_is_left_alone() -> None:
    reading, writing_end = os.pipe()

    async def begin() -> None:
        end_with_stdin(asyncio.Event(), reading)

    asyncio.run(begin())
    os.close(writing_end)
    for thread in threading.enumerate():
        if thread.name == "lifeline":
            thread.join(5)
            assert not thread.is_alive()
    os.close(reading)


async def test_the_end_of_input_ends_it_with_the_answer_kept(tmp_path: Path, discord: StandIn) -> None:
    process = await started(tmp_path, DISCORD_TOKEN=TOKEN, CUBBY_DISCORD_API=discord.api_url, CUBBY_END_WITH_STDIN="on")
    await discord.bot_connected()
    _, answer = await writing(discord)
    assert process.stdin is not None
    process.stdin.close()
    assert await until_ended(process) == 0
    assert is_kept(answer)


async def test_it_can_end_while_its_input_stays_open(tmp_path: Path, discord: StandIn) -> None:
    process = await started(tmp_path, DISCORD_TOKEN=TOKEN, CUBBY_DISCORD_API=discord.api_url, CUBBY_END_WITH_STDIN="on")
    await discord.bot_connected()
    process.terminate()
    assert await until_ended(process) == (0 if sys.platform != "win32" else 1)


async def test_without_being_told_it_needs_no_input(tmp_path: Path, discord: StandIn) -> None:
    """A service has none."""
    process = await started(tmp_path, DISCORD_TOKEN=TOKEN, CUBBY_DISCORD_API=discord.api_url)
    assert process.stdin is not None
    process.stdin.close()
    await discord.bot_connected()
    await asyncio.sleep(0.3)
    assert process.returncode is None
    process.kill()
    await process.communicate()


async def test_the_death_of_its_parent_ends_it_with_the_answer_kept(tmp_path: Path, discord: StandIn) -> None:
    """The pipe that both hold as their output ends once both have."""
    arguments = (sys.executable, "-c", PARENT, sys.executable, str(BOT))
    parent = await asyncio.create_subprocess_exec(*arguments, env=ends_with_stdin(tmp_path, discord), stderr=PIPE)
    await discord.bot_connected()
    _, answer = await writing(discord)
    parent.kill()
    assert parent.stderr is not None
    async with asyncio.timeout(20):
        assert b"Traceback" not in await parent.stderr.read()
    await parent.wait()
    assert is_kept(answer)
