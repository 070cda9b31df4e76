"""Direct messages that were written while the bot was away: answered once, in order, or offered when they are old."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from cogs.catchup import ANSWERED
from cogs.words import GONE
from playground.standin import Fault, ManualClock, Message, Person
from storage.records import Actor
from storage.sqlite.database import in_thread
from storage.sqlite.store import SqliteStore
from tests.e2e.team import Team, a_team, is_ended

DAY = 86_400.0


def answers(who: Person) -> list[str]:
    """The questions that the bot has answered in the person's direct messages, in the order of its messages."""
    texts = [m.text for m in who.sees(who.dm) if m.author.bot and m.text.startswith("echo: ")]
    return [text.partition("\n")[0].removeprefix("echo: ") for text in texts]


async def answered(who: Person, *questions: str) -> None:
    """Wait until the last of these has its whole answer, then look at all that were answered."""
    await who.wait_for(lambda m: m.text.startswith(f"echo: {questions[-1]}") and is_ended(m), channel=who.dm)
    assert answers(who) == list(questions)


async def offered(who: Person) -> Message:
    """The list of what was missed long ago."""
    return await who.wait_for(lambda m: "While I was away" in m.text, channel=who.dm)


async def say(who: Person, texts: Sequence[str]) -> None:
    for text in texts:
        await who.say(who.dm, text)


async def test_what_was_missed_is_answered_in_order(team: Team) -> None:
    await team.write(team.ann, "before")
    await team.write(team.bob, "hello")
    await team.end()
    await say(team.ann, ["one", "two", "three"])
    await say(team.bob, ["mine"])
    team.gate.hold()
    await team.start()
    await answered(team.ann, "before", "one", "two", "three")
    await answered(team.bob, "hello", "mine")


async def test_more_than_the_queue_holds_is_all_answered(team: Team) -> None:
    await team.write(team.ann, "before")
    await team.end()
    texts = [f"number {n}" for n in range(12)]
    await say(team.ann, texts)
    await team.start()
    await answered(team.ann, "before", *texts)


async def test_a_second_start_answers_nothing_again(team: Team) -> None:
    await team.write(team.ann, "before")
    await team.end()
    await say(team.ann, ["one"])
    await team.start()
    await answered(team.ann, "before", "one")
    await team.restart()
    await team.write(team.ann, "two")
    assert answers(team.ann) == ["before", "one", "two"]


async def test_what_was_told_before_is_not_told_again(team: Team) -> None:
    ann = team.ann
    await team.write(ann, "before")
    await ann.say(ann.dm, "", attachments=[("cat.png", b"\x89PNG\r\n\x1a\n", "image/png")])
    await ann.wait_for(lambda m: "can't read cat.png" in m.text, channel=ann.dm)
    await team.restart()
    await team.write(ann, "after")
    assert len([m for m in ann.sees(ann.dm) if "can't read cat.png" in m.text]) == 1


async def test_one_that_could_be_neither_saved_nor_refused_in_words_comes_before_the_next(team: Team) -> None:
    await team.write(team.ann, "before")
    assert team.bot is not None
    assert isinstance(team.bot.store, SqliteStore)
    writer = team.bot.store._database._writer
    await in_thread(writer, lambda c: c.execute("PRAGMA query_only=ON"))
    lost = team.discord.faults.add(Fault(route="POST /channels/*/messages", status=503))
    await team.ann.say(team.ann.dm, "one")
    async with asyncio.timeout(10):
        while lost in team.discord.faults.rows:  # noqa: ASYNC110 - a refused call changes nothing that anybody sees
            await asyncio.sleep(0.01)
    await in_thread(writer, lambda c: c.execute("PRAGMA query_only=OFF"))
    await team.ann.say(team.ann.dm, "two")
    await answered(team.ann, "before", "one", "two")


async def test_what_a_full_queue_refused_stays_refused(team: Team) -> None:
    ann = team.ann
    await say(ann, ["hold it"])
    await ann.wait_for(lambda m: m.text.startswith("first words"), channel=ann.dm)
    await say(ann, [*(f"number {n}" for n in range(5)), "one too many"])
    await ann.wait_for(lambda m: "5 messages are already waiting" in m.text, channel=ann.dm)
    await team.restart()
    await team.write(ann, "after")
    assert "one too many" not in [messages[-1].content for messages in team.gate.asked]


async def test_somebody_who_only_got_a_message_can_answer_it_while_the_bot_is_away(team: Team) -> None:
    """A person of the server whose answer came by direct message writes there for the first time."""
    ann = team.ann
    assert team.bot is not None
    await team.bot.client.direct(Actor(ann.user.id))
    await team.end()
    await say(ann, ["my first direct message"])
    await team.start()
    await answered(ann, "my first direct message")


async def test_a_first_message_after_the_start_comes_after_what_was_missed(team: Team) -> None:
    await team.write(team.ann, "before")
    await team.end()
    await say(team.ann, ["missed"])
    await team.start()
    await say(team.ann, ["live"])
    await answered(team.ann, "before", "missed", "live")


async def test_a_line_that_breaks_while_looking_loses_no_message(team: Team) -> None:
    """Neither what comes meanwhile, nor what was missed: that is looked for again."""
    await team.write(team.ann, "before")
    await team.end()
    await say(team.ann, ["missed"])
    team.discord.faults.add(Fault(route="GET /channels/{channel_id}", cut=True, times=4))
    await team.start()
    await say(team.ann, ["live"])
    for text in ("live", "missed"):
        await team.ann.wait_for(lambda m, text=text: m.text.startswith(f"echo: {text}") and is_ended(m), channel=team.ann.dm)
    assert sorted(answers(team.ann)) == ["before", "live", "missed"]


@pytest.fixture
def long_ago() -> ManualClock:
    """Discord's clock, three days behind: what is written there now is old already."""
    return ManualClock(time.time() - 3 * DAY)


async def test_old_messages_are_offered_and_answered_on_a_press(tmp_path: Path, long_ago: ManualClock) -> None:
    async with a_team(tmp_path, clock=long_ago) as team:
        ann = team.ann
        await team.write(ann, "before")
        await team.end()
        await say(ann, ["one", "two"])
        long_ago.advance(3 * DAY)
        await say(ann, ["fresh"])
        await team.start()
        offer = await offered(ann)
        assert "2 messages" in offer.text
        assert "> one\n> two" in offer.text
        await answered(ann, "before", "fresh")
        await (await ann.press(offer, "Answer these")).acknowledged()
        await answered(ann, "before", "fresh", "one", "two")


async def test_an_old_offer_is_made_once_and_works_once(tmp_path: Path, long_ago: ManualClock) -> None:
    async with a_team(tmp_path, clock=long_ago) as team:
        ann = team.ann
        await team.write(ann, "before")
        await team.end()
        await say(ann, ["one"])
        await team.start()
        offer = await offered(ann)
        await team.restart()
        pressed = await ann.press(offer, "Answer it")
        again = await ann.press(offer, "Answer it")
        await answered(ann, "before", "one")
        await pressed.acknowledged()
        await again.acknowledged()
        await ann.wait_for(lambda m: m.id == offer.id and m.text == ANSWERED and not m.buttons, channel=ann.dm)
        assert len([m for m in ann.sees(ann.dm) if "While I was away" in m.text]) == 0


async def test_an_offer_whose_messages_are_gone_is_gone(tmp_path: Path, long_ago: ManualClock) -> None:
    async with a_team(tmp_path, clock=long_ago) as team:
        ann = team.ann
        await team.write(ann, "before")
        await team.end()
        said = await ann.say(ann.dm, "one")
        await team.start()
        offer = await offered(ann)
        ann.delete(said)
        await ann.press(offer, "Answer it")
        await ann.wait_for(lambda m: m.text == GONE, channel=ann.dm)


async def test_the_first_message_of_a_stranger_is_not_looked_for(team: Team) -> None:
    """The bot learns of a person's direct messages from the first that it gets; what came before that it can't know of."""
    await team.end()
    await team.bob.say(team.bob.dm, "while you were away")
    team.gate.hold()
    await team.start()
    await team.bob.say(team.bob.dm, "and now")
    await answered(team.bob, "and now")
