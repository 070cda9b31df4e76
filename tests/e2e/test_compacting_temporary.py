"""Summaries of temporary sessions: as of any other, and no word of them is on the disk before the session is kept."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.model import Finish, FinishReason, ModelEvent, Text
from cogs.compacting import OUTCOMES
from cogs.words import GONE
from playground.standin import Message
from storage.records import Undone
from storage.sqlite.verify import verify
from tests.e2e.team import Team, a_team
from tests.e2e.test_compacting import SMALL, Summing, filled, status, summarise
from tests.e2e.test_temporary import pressed, used
from tests.storage.traces import traces

WORD, FOCUS = "quixotry", "glockenspiel"


class Telling(Summing):
    """A model whose summaries say a word that nobody else says."""

    async def _summary(self) -> AsyncIterator[ModelEvent]:
        yield Text(f"They spoke of {WORD}.")
        yield Finish(FinishReason.STOP)


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    async with a_team(tmp_path, model=Telling(), config=SMALL) as running:
        await used(running, "new", temporary=True)
        yield running


def on_disk(team: Team) -> list[str]:
    return traces(team.settings.database_path, [WORD, FOCUS])


async def shown(team: Team, answer: Message) -> str:
    pressed = await team.ann.press(answer, "Show summary")
    return (await pressed.message(lambda m: m.id != answer.id and bool(m.text) and not m.loading)).text


async def left(team: Team) -> None:
    assert "is gone" in (await pressed(team, await used(team, "quit"), "Leave & forget it")).text


async def test_it_is_shown_and_undone_and_leaves_no_word(team: Team) -> None:
    answer = await filled(team)
    assert WORD in await shown(team, answer)
    assert on_disk(team) == []
    undone = await (await team.ann.press(answer, "Undo")).message()
    assert undone.text.startswith(OUTCOMES[Undone.NOW].split("{}")[0])
    await left(team)
    assert await shown(team, answer) == GONE
    assert on_disk(team) == []
    assert await verify(team.settings.database_path) == []


async def test_asked_for_by_hand_neither_it_nor_what_was_wanted_leaves_a_word(team: Team) -> None:
    for text in ("one", "two"):
        await team.ask(team.ann, text)
    done = await summarise(team, focus=FOCUS)
    assert "I summarised" in done.text
    assert WORD in await shown(team, await status(team))
    assert on_disk(team) == []
    await left(team)
    assert on_disk(team) == []


async def test_kept_after_all_it_is_stored_and_holds_after_a_restart(team: Team) -> None:
    answer = await filled(team)
    assert "is saved" in (await pressed(team, await used(team, "quit"), "Keep this")).text
    assert on_disk(team) == [WORD]
    await team.restart()
    await used(team, "open", session="1")
    assert WORD in await shown(team, answer)
    assert "summary" in (await status(team)).text
