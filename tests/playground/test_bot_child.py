"""The real bot as the playground's child, with its model behind a stand: broken in the ways that the playground offers."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from agent_settings import builtin_answer
from playground.bot_process import BotProcess, State
from playground.disk_switch import disk_full, why_not
from playground.faulty_answers import Fault
from playground.model_stand import ModelStand
from playground.standin import Message, Person, StandIn
from tests.e2e.team import is_ended
from tests.processes import BOT, TOKEN, environment


@dataclass
class Play:
    """A small playground."""

    discord: StandIn
    model: ModelStand
    bot: BotProcess
    ann: Person

    async def start(self) -> None:
        """Start the bot, and wait until it is connected."""
        await self.bot.start()
        await self.discord.bot_connected()
        self.bot.connected()

    async def say(self, text: str) -> None:
        await self.ann.say(self.ann.dm, text)

    async def answer(self, *words: str, ended: bool = True) -> Message:
        """Wait for an answer with these words."""

        def fits(message: Message) -> bool:
            return message.author.bot and all(word in message.text for word in words) and (not ended or is_ended(message))

        return await self.ann.wait_for(fits, channel=self.ann.dm, timeout=30)


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Play]:
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(StandIn())
        discord.add_bot(TOKEN)
        discord.add_guild("Team").add_text_channel("general")
        model = await stack.enter_async_context(ModelStand(builtin_answer, pace=0.01))
        settings = environment(tmp_path, DISCORD_TOKEN=TOKEN, CUBBY_DISCORD_API=discord.api_url, CUBBY_MODEL_API=model.base_url)
        bot = BotProcess([sys.executable, str(BOT)], settings, changed=lambda: None, printed=lambda _: None)
        stack.push_async_callback(bot.aclose)
        yield Play(discord, model, bot, discord.add_person("Ann"))


async def test_a_kill_in_mid_answer_is_mended_by_the_next_start(play: Play) -> None:
    await play.start()
    await play.say("count to 2000")
    answer = await play.answer("\n3", ended=False)
    await play.bot.kill()
    assert (play.bot.state, answer in play.ann.sees(play.ann.dm)) == (State.STOPPED, True)
    await play.start()
    await play.ann.wait_for(lambda m: m.id == answer.id and is_ended(m), channel=play.ann.dm, timeout=30)


async def test_a_restart_and_a_stop_are_orderly(play: Play) -> None:
    await play.start()
    await play.bot.restart()
    await play.discord.bot_connected()
    await play.bot.stop()
    assert play.bot.exit == 0
    assert not any("Traceback" in line for line in play.bot.lines)


async def test_people_are_told_of_the_demo_model_which_answers_through_the_stand(play: Play) -> None:
    await play.start()
    await play.say("My favorite color is green")
    await play.answer("Noted: your favorite color is green", "built-in demo model", "runs inside this bot")


async def test_what_has_stalled_goes_on(play: Play) -> None:
    await play.start()
    play.model.mode = Fault.STALLED_BETWEEN
    await play.say("count to 50")
    await play.answer("6", ended=False)
    play.model.mode = Fault.NONE
    await play.answer("\n50")


async def test_a_wrong_key_is_told(play: Play) -> None:
    await play.start()
    play.model.mode = Fault.BAD_KEY
    await play.say("hello")
    await play.answer("key")


async def test_a_refusal_to_start_is_told(play: Play, tmp_path: Path) -> None:
    (tmp_path / "cubby.db").write_bytes(b"a shopping list, and no database at all")
    await play.bot.start()
    async with asyncio.timeout(20):
        while play.bot.state is not State.STOPPED:  # noqa: ASYNC110 - its owner has nothing to wait on here
            await asyncio.sleep(0.01)
    assert play.bot.exit == 2
    assert "is not a database" in play.bot.words


@pytest.mark.skipif(bool(why_not()), reason=why_not())
async def test_a_restarted_bot_has_room_on_its_disk(play: Play) -> None:
    resource: Any = import_module("resource")
    await play.start()
    first = play.bot.pid
    assert first is not None
    disk_full(first, on=True)
    await play.bot.restart()
    await play.discord.bot_connected()
    assert play.bot.pid not in (None, first)
    assert resource.prlimit(play.bot.pid, resource.RLIMIT_FSIZE) == resource.getrlimit(resource.RLIMIT_FSIZE)
    await play.say("hello")
    await play.answer("demo model")
