"""The playground that the tests of the page share: the whole of it, with the bot as a process of its own.

Starting one costs seconds, so a test gets people of its own instead, in channels that were emptied. `Stage.restore` turns back
what a test turned: switches, the model's pace, the bot's life.
"""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Final

from agent.builtin import answer_to
from agent.model import Message
from playground.faulty_answers import Fault
from playground.standin import Application, Channel, Person
from playground.standin import Message as Posted
from playground.standin.things import MessageFlag
from playground.supervisor import SERVER, Plan, Playground, playing

ROOT: Final = Path(__file__).resolve().parents[3]
SAY: Final = "say: "
"""What a person begins with so that the model answers with the rest, as it stands."""
PACE: Final = 0.004


def answer(messages: Sequence[Mapping[str, str]]) -> str:
    """The built-in model's answer, unless it is told what to say."""
    last = messages[-1]["content"]
    if SAY in last:
        return last.split(SAY, 1)[1]
    return answer_to([Message(role=each["role"], content=each["content"]) for each in messages])  # pyright: ignore[reportArgumentType]


class Stage:
    """A running playground and the two people of one test."""

    def __init__(self, playground: Playground) -> None:
        self.playground = playground
        self.discord = playground.discord
        self.model = playground.model
        self.bot = playground.bot
        self.guild = next(guild for guild in self.discord.world.guilds.values() if guild.name == SERVER)
        self.general: Channel = next(channel for channel in self.guild.channels.values() if channel.name == "general")
        self._numbers = count(1)
        self.begin()

    def begin(self, *names: str) -> None:
        """Let two come who were never there (or are called so), into a server where nothing was said."""
        people, number = self.playground.people, next(self._numbers)
        for person in people:
            self.guild.members.pop(person.id, None)
        people._by_id.clear()
        for channel in self.guild.channels.values():
            channel.messages.clear()
        ann, bob = names or (f"Ann {number}", f"Bob {number}")
        self.ann: Person = people.keep(ann)
        self.bob: Person = people.keep(bob)

    @property
    def application(self) -> Application:
        """Cubby's."""
        return next(iter(self.discord.world.applications.values()))

    def somebody(self, name: str) -> Person:
        """A third person, or the same again."""
        return self.playground.people.keep(name)

    def bot_says(self, person: Person, text: str) -> Posted:
        """Let the bot's account say something to one person in the channel, past the bot."""
        author = self.application.user
        return self.discord.world.post(self.general, author, text, only_for=person.user, flags=MessageFlag.EPHEMERAL)

    def fill(self, channel: Channel, messages: int) -> None:
        """Put many messages into a channel before a page opens."""
        speakers = (self.ann.user, self.bob.user)
        for number in range(messages):
            content = f"message {number} of **many**, " + "with some words " * (number % 7)
            self.discord.world.post(channel, speakers[number // 3 % 2], content)

    @asynccontextmanager
    async def streaming(self, answers: int, *, words: int = 60, gap: float = 0.02) -> AsyncGenerator[list[Posted]]:
        """Let so many answers to the two grow at once, a word every `gap` seconds each, until all are whole."""
        messages = [self.bot_says((self.ann, self.bob)[number % 2], f"answer {number}:") for number in range(answers)]
        growing = asyncio.create_task(self._grow(messages, words, gap), name="test-answers")
        yield messages
        await growing

    async def _grow(self, messages: list[Posted], words: int, gap: float) -> None:
        for number in range(words):
            for message in messages:
                self.discord.world.edit(message, {"content": f"{message.content} `{number}`"})
            await asyncio.sleep(gap)

    async def restore(self) -> None:
        """Turn back what a test turned, and see that nothing was asked of the stand-in that it doesn't have."""
        self.model.mode = Fault.NONE
        self.model._pace = PACE
        self.discord.faults.clear()
        self.discord.gateway.deaf = False
        await self.running()
        assert self.discord.refused == []

    async def running(self) -> None:
        """Wait until the bot is there; start it if it isn't."""
        if self.bot.state.value in ("stopped", "stopping"):
            await self.bot.start()
        await self.discord.bot_connected()


@asynccontextmanager
async def a_playground(folder: Path) -> AsyncGenerator[Stage]:
    """A playground whose bot is connected. What the built-in model says comes fast."""
    plan = Plan(
        folder=folder,
        port=0,
        fresh=False,
        is_opened=False,
        command=[sys.executable, str(ROOT / "bot.py")],
        environment={"PATH": os.environ["PATH"], "LOG_LEVEL": "WARNING"},
        answer=answer,
        upstream=None,
        answering="the built-in demo model",
    )
    async with playing(plan) as playground:
        stage = Stage(playground)
        stage.model._pace = PACE
        await stage.running()
        yield stage
