"""What people do to a session while a summary of it is made: nothing that is gone comes back, and they are told."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cogs.compacting import BUSY
from cogs.words import GONE
from playground.standin import Invocation, Message
from storage.errors import SummaryOutdated
from tests.e2e.team import Team, a_team
from tests.e2e.test_compacting import LONG, SMALL, Summing, filled, status, summarise
from tests.e2e.test_erase import SECRET, erased, nothing_is_left, submitted


@pytest.fixture(autouse=True)
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("delivery.clearing.PACE", 0)


@pytest.fixture
def model() -> Summing:
    return Summing()


@pytest.fixture
async def team(tmp_path: Path, model: Summing) -> AsyncIterator[Team]:
    async with a_team(tmp_path, model=model) as running:
        yield running


async def being_made(team: Team, model: Summing) -> tuple[Message, Invocation]:
    """Ann's first answer, and the summary that she asked for, which the model holds."""
    first = await team.ask(team.ann, SECRET)
    for text in ("one", "two"):
        await team.ask(team.ann, text)
    model.go_on.clear()
    modal = (await (await team.ann.press(await status(team), "Summarise…")).acknowledged()).modal
    assert modal is not None
    asked = await team.ann.submit(modal, {})
    await model.summarising.wait()
    return first, asked


async def told(asked: Invocation) -> str:
    return (await asked.message(lambda m: not m.loading and bool(m.text))).text


async def test_what_is_forgotten_meanwhile_is_in_no_summary(team: Team, model: Summing) -> None:
    first, asked = await being_made(team, model)
    more = await (await team.ann.press(first, "More…")).message(lambda m: bool(m.buttons))
    await (await team.ann.press(more, "Forget this")).acknowledged()
    model.go_on.set()
    assert await told(asked) == str(SummaryOutdated())
    assert "Show summary" not in [button.label for button in (await status(team)).buttons]
    await team.ask(team.ann, "three")
    assert "I summarised" in (await summarise(team)).text


async def test_a_session_that_is_deleted_meanwhile_gets_none(team: Team, model: Summing) -> None:
    _, asked = await being_made(team, model)
    deleted = await (await team.ann.slash(team.general, "delete")).message(lambda m: bool(m.buttons))
    model.go_on.set()
    assert await told(asked) == GONE
    await (await team.ann.press(deleted, "Undo")).acknowledged()
    await (await team.ann.slash(team.general, "open", session="1")).message()
    assert "Show summary" not in [button.label for button in (await status(team)).buttons]


async def test_everything_is_deleted_only_once_the_model_is_sent_no_more_of_it(team: Team, model: Summing) -> None:
    _, asked = await being_made(team, model)
    assert (await (await submitted(team, team.ann, team.general)).message()).text == BUSY
    model.go_on.set()
    assert "I summarised" in await told(asked)
    await erased(team, team.ann, team.general)
    await nothing_is_left(team, team.ann, SECRET)


async def test_everything_is_deleted_while_room_is_made_for_an_answer(tmp_path: Path, model: Summing) -> None:
    async with a_team(tmp_path, model=model, config=SMALL) as team:
        await filled(team)
        await team.ask(team.ann, f"{SECRET} {LONG}")
        model.go_on.clear()
        asked = await team.ann.slash(team.general, "ask", prompt=f"{LONG}{LONG}")
        await asked.message(lambda m: "Making room" in m.text)
        await erased(team, team.ann, team.general)
        model.go_on.set()
        await nothing_is_left(team, team.ann, SECRET, "They spoke of words")
        assert (await team.ask(team.ann, "anew")).text.startswith("echo: anew")
