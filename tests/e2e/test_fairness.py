"""Many at once: the line to the model and a person's own pace, as people see them."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.records import Actor, Prompt, Source, SourceKind, TurnState
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
    refused = [answer.text for answer in answers if "in a minute" in answer.text]
    assert len(refused) == 17
    assert all(re.search(r"more than 3 messages in a minute.*again in \d+ s", text) for text in refused)
    given_back = [m.text for m in narrow.ann.sees(narrow.general) if m.text.startswith("Your message, to send again:")]
    assert len(given_back) == 17


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
        await store.turns.end(ann, turn.id, TurnState.COMPLETED, text="more", spent=8000)
        await team.restart()
        refused = await team.ask(team.ann, "and now?")
        assert "You've used today's share. It refills <t:" in refused.text
        assert [b.label for b in refused.buttons] == ["Retry"]
        assert "echo: before" in (await (await team.ann.slash(team.general, "history")).message()).text
        assert (await team.ask(team.bob, "hello")).text.startswith("echo: hello")
