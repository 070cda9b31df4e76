"""Many at once: the line to the model and a person's own pace, as people see them."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.config import AgentConfig
from playground.standin import Invocation
from storage.records import Actor, Prompt, Source, SourceKind, Spent, TurnState
from tests.e2e.team import Team, a_team, ended, is_ended


@pytest.fixture
async def narrow(tmp_path: Path) -> AsyncIterator[Team]:
    """A team whose bot writes one answer at a time."""
    async with a_team(tmp_path, running_turns=1, prompts_per_minute=3) as team:
        yield team


async def test_who_waits_sees_the_place_in_line_and_is_answered(narrow: Team) -> None:
    holding = await narrow.ann.slash(narrow.general, "ask", prompt="hold the line")
    await holding.message(lambda m: "first words" in m.text)
    waiting = await narrow.bob.slash(narrow.general, "ask", prompt="and me?")
    seen = await waiting.message(lambda m: "Many answers are being written" in m.text)
    assert "yours is next" in seen.text
    assert [b.label for b in seen.buttons] == ["Stop"]
    narrow.gate.release()
    assert (await ended(waiting)).text.startswith("echo: and me?")
    assert "of hold the line, and the end" in (await ended(holding)).text


async def test_each_who_waits_sees_how_many_come_before(narrow: Team) -> None:
    holding = await narrow.ann.slash(narrow.general, "ask", prompt="hold the line")
    await holding.message(lambda m: "first words" in m.text)
    waiting: list[Invocation] = []
    for place, words in ((1, "yours is next"), (2, "number 2 in line"), (3, "number 3 in line")):
        who = narrow.discord.add_person(f"person {place}")
        waiting.append(await who.slash(narrow.general, "ask", prompt="and me?"))
        await waiting[-1].message(lambda m, words=words: words in m.text)
    narrow.gate.release()
    for one in waiting:
        assert (await ended(one)).text.startswith("echo: and me?")


async def test_who_sends_twenty_is_served_again_only_after_each_of_ten_others(tmp_path: Path) -> None:
    config = AgentConfig(running_turns=1, queue_limit=25, prompts_per_minute=0)
    async with a_team(tmp_path, config=config) as team:
        first = await team.ann.slash(team.general, "ask", prompt="hold 0")
        await first.message(lambda m: "first words" in m.text)
        greedy = [first]
        for number in range(1, 20):
            greedy.append(await team.ann.slash(team.general, "ask", prompt=f"ann's {number}"))
            await greedy[-1].message(lambda m: "Waiting in" in m.text)
        others = [team.discord.add_person(f"person {number}") for number in range(10)]
        waiting = [await who.slash(team.general, "ask", prompt=f"one of {who.name}") for who in others]
        for one in waiting:
            await one.message(lambda m: "Many answers are being written" in m.text)
        team.gate.release()
        for one in (*waiting, *greedy):
            await ended(one)
        asked = [messages[-1].content for messages in team.gate.asked]
        assert asked[0] == "hold 0"
        assert set(asked[1:11]) == {f"one of {who.name}" for who in others}
        assert asked[11:] == [f"ann's {number}" for number in range(1, 20)]


async def test_the_words_of_a_new_session_and_of_a_modal_come_back_too(narrow: Team) -> None:
    answers = [await narrow.ask(narrow.ann, f"number {n}") for n in range(3)]
    await narrow.ann.slash(narrow.general, "new", prompt="words of a command")
    await narrow.ann.wait_for(lambda m: "words of a command" in m.text and "to send again" in m.text)
    modal = (await (await narrow.ann.press(answers[-1], "Reply")).acknowledged()).modal
    assert modal is not None
    await narrow.ann.submit(modal, {"Your message": "words of a modal"})
    await narrow.ann.wait_for(lambda m: "words of a modal" in m.text and "to send again" in m.text)


async def test_what_was_missed_does_not_count_against_its_authors_pace(narrow: Team) -> None:
    await narrow.write(narrow.ann, "before")
    await narrow.end()
    for number in range(5):
        await narrow.ann.say(narrow.ann.dm, f"number {number}.")
    await narrow.start()
    for number in range(5):
        words = f"echo: number {number}."
        await narrow.ann.wait_for(lambda m, words=words: m.text.startswith(words) and is_ended(m), channel=narrow.ann.dm)


async def test_who_waits_in_line_can_stop(narrow: Team) -> None:
    holding = await narrow.ann.slash(narrow.general, "ask", prompt="hold the line")
    await holding.message(lambda m: "first words" in m.text)
    waiting = await narrow.bob.slash(narrow.general, "ask", prompt="and me?")
    seen = await waiting.message(lambda m: "yours is next" in m.text)
    await (await narrow.bob.press(seen, "Stop")).acknowledged()
    assert "stopped" in (await ended(waiting)).text.lower()
    narrow.gate.release()
    await ended(holding)
    assert "again" in (await narrow.ask(narrow.bob, "again")).text


async def test_twenty_prompts_in_a_second_are_answered_or_refused_with_the_bound(narrow: Team) -> None:
    asked = [await narrow.ann.slash(narrow.general, "ask", prompt=f"number {n}") for n in range(20)]
    answers = [await one.message(lambda m: is_ended(m) or "in a minute" in m.text) for one in asked]
    refused = {one: answer.text for one, answer in zip(asked, answers, strict=True) if "in a minute" in answer.text}
    assert len(refused) == 17
    assert all(re.search(r"more than 3 messages in a minute.*again in \d+ s", text) for text in refused.values())
    for one in refused:
        await one.message(lambda m: m.text.startswith("Your message, to send again:"))


async def test_everybody_else_goes_on_meanwhile(narrow: Team) -> None:
    for n in range(4):
        await narrow.ann.slash(narrow.general, "ask", prompt=f"number {n}")
    assert (await narrow.ask(narrow.bob, "hello")).text.startswith("echo: hello")


async def test_a_direct_message_too_many_is_told(narrow: Team) -> None:
    for n in range(3):
        await narrow.write(narrow.ann, f"number {n}")
    await narrow.ann.say(narrow.ann.dm, "one more")
    await narrow.ann.wait_for(lambda m: "more than 3 messages in a minute" in m.text, channel=narrow.ann.dm)


async def test_who_has_used_the_days_share_is_told_and_can_still_read(tmp_path: Path) -> None:
    async with a_team(tmp_path, day_tokens_person=8192) as team:
        await team.ask(team.ann, "before")
        assert team.bot is not None
        store, ann = team.bot.store, Actor(team.ann.user.id)
        session = await store.sessions.find(ann, 1)
        source = Source(kind=SourceKind.INTERACTION, id=1, channel_id=1)
        turn = await store.turns.submit(ann, session.id, Prompt(text="much", source=source), TurnState.ASKED)
        await store.turns.end(ann, turn.id, TurnState.COMPLETED, text="more", spent=Spent(input_tokens=8000))
        await team.restart()
        refused = await team.ask(team.ann, "and now?")
        assert "You've used today's share. It refills <t:" in refused.text
        assert [b.label for b in refused.buttons] == ["Retry"]
        assert "echo: before" in (await (await team.ann.slash(team.general, "history")).message()).text
        assert (await team.ask(team.bob, "hello")).text.startswith("echo: hello")
