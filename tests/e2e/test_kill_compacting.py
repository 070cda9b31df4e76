"""`kill -9` around a summary, at the points where it hurts: the words are there, a summary is made once, and Undo is exact."""

import asyncio
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent.compaction import INSTRUCTIONS
from agent.context import SUMMARY
from cogs.compacting import OUTCOMES
from delivery.summing import SUMMED
from playground.faulty_answers import Fault
from playground.faulty_model import FaultyModelServer, Seen
from playground.standin import Message, Person, StandIn
from storage.records import Undone
from tests.e2e.team import is_ended
from tests.processes import TOKEN, started
from tests.soak.reader import faults, rows

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")

LONG = "word " * 390
ASKED = 5
"""Messages of that length after which another one does not fit."""
SETTINGS = {
    "CONTEXT_TOKENS": "1950",
    "MAX_OUTPUT_TOKENS": "50",
    "OPENAI_MODEL": "test-model",
    "OPENAI_API_KEY": "sk-made-up",
    "TITLES": "off",
    "BACKUPS": "off",
}
NOTES = "Notes on words."


def words_for(prompt: str) -> tuple[str, ...]:
    return ("Notes", " on", " words.") if "Write the notes now" in prompt else ("Sure", " it", " is.")


@dataclass(slots=True)
class House:
    """A Discord and a model that go on, and the bot between them, which is killed."""

    folder: Path
    discord: StandIn
    model: FaultyModelServer
    ann: Person
    bot: Process | None = None

    async def start(self) -> None:
        settings = {**SETTINGS, "OPENAI_BASE_URL": self.model.base_url}
        self.bot = await started(self.folder, CUBBY_DISCORD_API=self.discord.api_url, DISCORD_TOKEN=TOKEN, **settings)
        await self.discord.bot_connected()

    async def kill(self) -> None:
        if self.bot is not None and self.bot.returncode is None:
            self.bot.kill()
            await self.bot.communicate()

    async def killed_and_started_again(self) -> None:
        await self.kill()
        await self.model.until_ended()
        self.model.release.set()
        await self.start()

    async def said(self, text: str) -> Message:
        """Ann writes, and the answer has ended."""
        return await self.until_answered(await self.ann.say(self.ann.dm, text))

    async def until_answered(self, question: Message) -> Message:
        return await self.ann.wait_for(
            lambda m: m.author.bot and m.id > question.id and is_ended(m), channel=self.ann.dm, timeout=20
        )

    async def full(self) -> None:
        """Until the next long message does not fit any more."""
        for number in range(ASKED):
            await self.said(f"q{number} {LONG}")

    async def asks(self, *script: Fault) -> Message:
        """The message that does not fit any more; `script` is what its summary and its answer meet."""
        self.model.script(*script)
        return await self.ann.say(self.ann.dm, f"q{ASKED} {LONG}")

    def kinds(self, kind: str) -> Sequence[Any]:
        """The session's entries of a kind, by an eye that knows nothing of the bot's."""
        return [
            row["text"] for row in rows(self.folder / "cubby.db", "SELECT text FROM entries WHERE kind = ? ORDER BY id", kind)
        ]

    def unsound(self) -> list[str]:
        return faults(self.folder / "cubby.db", [], [], [], {})


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with StandIn() as discord, FaultyModelServer(words=words_for) as model:
        discord.add_bot(TOKEN)
        discord.add_guild("Team").add_text_channel("general")
        running = House(tmp_path, discord, model, discord.add_person("Ann"))
        try:
            await running.start()
            await running.full()
            yield running
        finally:
            await running.kill()


def is_for_summary(seen: Seen) -> bool:
    return seen.body["messages"][0]["content"] == INSTRUCTIONS


def has_notes(seen: Seen) -> bool:
    """Whether the summary is given, once."""
    return sum(message["content"].count(SUMMARY.format(NOTES)) for message in seen.body["messages"]) == 1


async def test_killed_while_room_is_made_the_question_is_answered_with_one_summary(house: House) -> None:
    question = await house.asks(Fault.STALLED_BETWEEN)
    await house.ann.wait_for(lambda m: "Making room" in m.text, channel=house.ann.dm)
    await house.model.until_seen(ASKED + 1)
    await house.killed_and_started_again()
    answer = await house.until_answered(question)
    assert answer.text.startswith("Sure it is.")
    assert answer.text.count(SUMMED) == 1
    *before, last = [is_for_summary(seen) for seen in house.model.seen[ASKED:]]
    assert (all(before), last) == (True, False)
    assert has_notes(house.model.seen[-1])
    assert house.kinds("summary") == [NOTES]
    assert house.kinds("user")[-1] == f"q{ASKED} {LONG}".strip()
    assert house.unsound() == []


async def test_killed_between_summary_and_answer_it_is_used_and_not_made_again(house: House) -> None:
    question = await house.asks(Fault.NONE, Fault.STALLED_BEFORE_HEAD)
    await house.model.until_seen(ASKED + 2)
    await house.killed_and_started_again()
    answer = await house.until_answered(question)
    assert (answer.text.startswith("Sure it is."), answer.text.count(SUMMED)) == (True, 1)
    assert [is_for_summary(seen) for seen in house.model.seen[ASKED:]] == [True, False, False]
    assert house.model.seen[-1].body["messages"] == house.model.seen[-2].body["messages"]
    assert has_notes(house.model.seen[-1])
    assert house.kinds("summary") == [NOTES]
    assert house.unsound() == []


async def test_killed_in_the_answer_after_a_summary_both_are_kept_and_told(house: House) -> None:
    question = await house.asks(Fault.NONE, Fault.STALLED_BETWEEN)
    await house.ann.wait_for(lambda m: m.author.bot and m.id > question.id and "Sure it" in m.text, channel=house.ann.dm)
    while not rows(house.folder / "cubby.db", "SELECT 1 FROM turns WHERE partial != ''"):  # noqa: ASYNC110 - SQLite tells no other process
        await asyncio.sleep(0.01)
    await house.killed_and_started_again()
    answer = await house.until_answered(question)
    assert (answer.text.startswith("Sure it"), answer.text.count("restarted"), answer.text.count(SUMMED)) == (True, 1, 1)
    assert [button.label for button in answer.buttons][-2:] == ["Show summary", "Undo"]
    assert (await house.said("and now?")).text.startswith("Sure it is.")
    assert [is_for_summary(seen) for seen in house.model.seen[ASKED:]] == [True, False, False]
    assert has_notes(house.model.seen[-1])


async def test_killed_just_after_an_undo_it_stays_undone_and_the_path_is_what_it_was(house: House) -> None:
    question = await house.asks()
    answer = await house.until_answered(question)
    before = house.kinds("user"), house.kinds("assistant")
    pressed = await house.ann.press(answer, "Undo")
    assert (await pressed.message()).text.startswith(OUTCOMES[Undone.NOW].split("{}")[0])
    await house.killed_and_started_again()
    again = await (await house.ann.press(answer, "Undo")).message()
    assert again.text == OUTCOMES[Undone.ALREADY]
    assert (house.kinds("user"), house.kinds("assistant")) == before
    assert (len(house.kinds("summary")), len(house.kinds("undone"))) == (1, 1)
    await house.said("and now?")
    assert [is_for_summary(seen) for seen in house.model.seen[ASKED:]] == [True, False, False]
    sent = house.model.seen[-1].body["messages"]
    assert NOTES not in "".join(message["content"] for message in sent)
    assert f"q{ASKED} {LONG}".strip() in "".join(message["content"] for message in sent)
