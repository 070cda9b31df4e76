"""*Ask anyway* and *Don't* before an answer that would cost much."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from agent.config import AgentConfig
from agent.prices import Price, Prices
from cogs.asking_first import AS_BEFORE, NOT_ASKED
from cogs.words import GONE
from delivery.render import BEFORE
from delivery.summing import SUMMED
from playground.standin import Message
from storage.records import Actor, TurnState
from tests.e2e.team import Team, a_team, is_ended
from tests.e2e.test_editing import FIELD, form, labels
from tests.e2e.test_more import more

LONG = "a question of some length " * 40
PRICES = Prices(
    currency="USD",
    prices=(
        Price(model="gate", since=date(2020, 1, 1), input=Decimal(1000), cached_input=Decimal(1000), output=Decimal(1000)),
    ),
)
ASKING = AgentConfig(prices=PRICES, ask_first_above=200_000, reply_reserve=100, system_prompt="Hi.")


@pytest.fixture
async def careful(tmp_path: Path) -> AsyncGenerator[Team, None]:
    async with a_team(tmp_path, config=ASKING) as team:
        yield team


def asks_first(message: Message) -> bool:
    return "Ask anyway" in labels(message)


async def held(team: Team, text: str = LONG) -> Message:
    """Ask something costly; returns what is said of it."""
    asked = await team.ann.slash(team.general, "ask", prompt=text)
    return await asked.message(asks_first)


async def path(team: Team) -> list[str]:
    assert team.bot is not None
    ann = Actor(team.ann.user.id)
    session = await team.bot.store.sessions.find(ann, 1)
    return [entry.text for entry in await team.bot.store.transcripts.path(ann, session.id)]


async def test_a_costly_answer_is_asked_for_only_on_a_word_also_after_a_restart(careful: Team) -> None:
    shown = await held(careful)
    assert shown.ephemeral
    assert shown.text.startswith("That answer would cost about $0.3")
    assert [b.label for b in shown.buttons] == ["Ask anyway", "Don't"]
    assert careful.gate.asked == []
    assert "/privacy" not in shown.text  # which would go with it
    await careful.restart()
    answer = await (await careful.ann.press(shown, "Ask anyway")).message(is_ended)
    assert f"echo: {LONG.strip()}"[:200] in answer.text
    assert len(careful.gate.asked) == 1
    assert "/privacy" in answer.text


async def test_two_presses_of_ask_anyway_ask_once(careful: Team) -> None:
    shown = await held(careful)
    first = await careful.ann.press(shown, "Ask anyway")
    second = await careful.ann.press(shown, "Ask anyway")
    await first.message(is_ended)
    await second.message(lambda m: not m.loading)
    assert len(careful.gate.asked) == 1


async def test_what_is_not_asked_stays_in_the_history_and_the_session_goes_on(careful: Team) -> None:
    shown = await held(careful)
    presses = [await careful.ann.press(shown, "Don't") for _ in range(2)]
    await careful.ann.wait_for(lambda m: m.id == shown.id and m.text.startswith(NOT_ASKED), channel=careful.general)
    for pressed in presses:
        await pressed.acknowledged()
    assert "echo: short" in (await careful.ask(careful.ann, "short")).text
    while taking := [task for task in asyncio.all_tasks() if task.get_name().startswith("take-back-")]:
        await asyncio.wait(taking)
    assert shown.text.startswith(NOT_ASKED)
    assert LONG.strip() in [text.strip() for text in await path(careful)]
    assert [message.content for message in careful.gate.asked[0]] == ["Hi.", "short"]


async def test_what_was_asked_anyway_can_no_longer_be_let_be(careful: Team) -> None:
    shown = await held(careful)
    dont = next(b.custom_id for b in shown.buttons if b.label == "Don't")
    assert dont is not None
    await (await careful.ann.press(shown, "Ask anyway")).message(is_ended)
    before = await path(careful)
    late = await careful.ann.forge(dont, channel=careful.general, message=shown)
    await late.message(lambda m: GONE in m.text)
    assert await path(careful) == before


async def grown_careful(team: Team) -> None:
    """The operator sets a sum, and starts the bot anew."""
    team.config = ASKING
    await team.restart()


async def test_a_costly_regenerate_that_is_let_be_leaves_the_answer_that_was(team: Team) -> None:
    answer = await team.ask(team.ann, LONG)
    before = await path(team)
    await grown_careful(team)
    pressed = await team.ann.press(answer, "Regenerate")
    shown = await pressed.message(asks_first)
    assert await path(team) != before
    assert BEFORE not in shown.text
    await team.ann.press(shown, "Don't")
    await team.ann.wait_for(lambda m: m.id == shown.id and m.text.startswith(AS_BEFORE), channel=team.general)
    assert await path(team) == before


@pytest.mark.parametrize("restarts", [False, True])
async def test_the_answer_that_stands_again_has_its_buttons_at_once_also_after_a_restart(careful: Team, restarts: bool) -> None:
    answer = await careful.ask(careful.ann, "short")
    was = str(answer.text)
    modal = await form(careful, await more(careful, answer))
    shown = await (await careful.ann.submit(modal, {FIELD: LONG})).message(asks_first)
    await careful.ann.wait_for(lambda m: m.id == answer.id and labels(m) == ["Reply", "More…"])
    if restarts:
        await careful.restart()
    await careful.ann.press(shown, "Don't")
    back = await careful.ann.wait_for(lambda m: m.id == answer.id and labels(m) == labels(answer))
    assert "/privacy" in back.text == was
    assert "echo: next" in (await careful.ask(careful.ann, "next")).text
    await careful.ann.wait_for(lambda m: m.id == answer.id and labels(m) == ["Reply", "More…"])


async def test_no_room_is_made_before_its_owner_has_agreed(tmp_path: Path) -> None:
    full = AgentConfig(prices=PRICES, context_tokens=1650, reply_reserve=50, system_prompt="Hi.")
    async with a_team(tmp_path, config=full) as team:
        for number in range(3):
            await team.ask(team.ann, f"{number} {LONG}")
        team.config = replace(full, ask_first_above=1)
        await team.restart()
        before = len(team.gate.asked)
        shown = await held(team)
        assert len(team.gate.asked) == before
        answer = await (await team.ann.press(shown, "Ask anyway")).message(is_ended)
        assert answer.text.count(SUMMED) == 1


async def finishing(team: Team) -> Message:
    """Stop an answer, and press *Finish the answer* where that costs much; returns what is said of it."""
    asked = await team.ann.slash(team.general, "ask", prompt=f"hold {LONG}")
    await team.ann.press(await asked.message(lambda m: "first words" in m.text), "Stop")
    stopped = await asked.message(is_ended)
    await grown_careful(team)
    pressed = await team.ann.press(stopped, "Finish the answer")
    return await pressed.message(asks_first)


async def test_an_answer_that_is_not_finished_stays_as_it_was_stopped(team: Team) -> None:
    shown = await finishing(team)
    await team.ann.press(shown, "Don't")
    await team.ann.wait_for(lambda m: m.id == shown.id and m.text.startswith(AS_BEFORE), channel=team.general)
    assert team.bot is not None
    ann = Actor(team.ann.user.id)
    latest = await team.bot.store.turns.latest(ann, (await team.bot.store.sessions.find(ann, 1)).id)
    assert latest is not None
    assert latest.state is TurnState.STOPPED


async def test_the_rest_of_an_answer_asks_first_and_keeps_what_was_written(team: Team) -> None:
    shown = await finishing(team)
    assert shown.text.startswith("first words")
    finished = await (await team.ann.press(shown, "Ask anyway")).message(is_ended)
    assert "first words and the rest." in finished.text
