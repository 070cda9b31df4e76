"""`/usage` as people see it: their own alone, known cost told apart from unknown, and no session that is in nobody's view."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from agent.config import AgentConfig
from agent.model import ModelEvent, ModelRequest, Tokens
from agent.prices import Price, Prices
from cogs.usage import MARK, NO_COST, NOTHING
from playground.standin import Person
from storage.records import Actor, SessionInfo
from tests.e2e.team import Gate, Team, a_team

PRICES = Prices(
    currency="USD",
    prices=(Price(model="gate", since=date(2020, 1, 1), input=Decimal(100), cached_input=Decimal(10), output=Decimal(1000)),),
)
PRICED = AgentConfig(prices=PRICES, day_tokens_person=100_000)


class Counting(Gate):
    """A model whose server counts, unless it is asked not to."""

    @asynccontextmanager
    async def stream(self, request: ModelRequest) -> AsyncGenerator[AsyncIterator[ModelEvent], None]:
        async with super().stream(request) as events:
            yield events if "uncounted" in request.messages[-1].content else _counted(events)


async def _counted(events: AsyncIterator[ModelEvent]) -> AsyncIterator[ModelEvent]:
    yield Tokens(input=1000, cached=500, output=40)
    async for event in events:
        yield event


@pytest.fixture
async def priced(tmp_path: Path) -> AsyncGenerator[Team, None]:
    async with a_team(tmp_path, model=Counting(), config=PRICED) as team:
        yield team


async def usage(team: Team, who: Person) -> str:
    shown = await (await who.slash(team.general, "usage")).message()
    assert shown.ephemeral
    return shown.text


async def session(team: Team, number: int) -> SessionInfo:
    assert team.bot is not None
    return await team.bot.store.sessions.find(Actor(team.ann.user.id), number)


async def test_it_tells_today_and_the_month_by_session_and_model_also_after_a_restart(priced: Team) -> None:
    await priced.ask(priced.ann, "first | `of` all")
    await priced.ask(priced.ann, "again")
    await (await priced.ann.slash(priced.general, "new", name="Other")).message()
    await priced.ask(priced.ann, "more, uncounted")
    shown = await usage(priced, priced.ann)
    lines = shown.splitlines()
    assert lines[0].startswith("**Today:** 3 answers, 2,1")
    assert lines[0].endswith(" tokens, $0.19, and 1 answer whose price isn't known.")
    assert lines[1].startswith("▱▱▱▱▱▱▱▱▱▱ 2%: 2,1")
    assert " of your 100,000 tokens. New ones come <t:" in lines[1]
    assert lines[2].startswith("**This month:** 3 answers")
    first, other = (next(line for line in lines if line.startswith(start)) for start in ("1 · ", "2 · "))
    assert first.split() == ["1", "·", "first", "of", "all", "2", "2,080", "$0.19"]
    assert other.split()[-1] == "unknown"
    assert next(line for line in lines if line.startswith("gate")).endswith("$0.19 + 1 ?")
    assert MARK in shown
    await priced.restart()
    assert await usage(priced, priced.ann) == shown


async def test_what_others_use_is_not_in_it(priced: Team) -> None:
    await priced.ask(priced.bob, "his secret")
    assert NOTHING in await usage(priced, priced.ann)
    await priced.ask(priced.ann, "mine")
    shown = await usage(priced, priced.ann)
    assert "**This month:** 1 answer, 1,040 tokens, $0.10." in shown
    assert "secret" not in shown


@pytest.mark.parametrize("purged", [False, True])
async def test_a_session_in_the_bin_or_gone_counts_without_its_name(priced: Team, purged: bool) -> None:
    await priced.ask(priced.ann, "a name to hide")
    await (await priced.ann.slash(priced.general, "delete", session="1")).message()
    assert priced.bot is not None
    if purged:
        await priced.bot.store.shelves.purge(Actor(priced.ann.user.id), 1)
    shown = await usage(priced, priced.ann)
    assert "everything else" in shown
    assert "name to hide" not in shown
    assert "1 · " not in shown


async def test_who_is_erased_has_used_nothing(priced: Team) -> None:
    await priced.ask(priced.ann, "mine")
    assert priced.bot is not None
    await priced.bot.store.shelves.erase(Actor(priced.ann.user.id))
    assert NOTHING in await usage(priced, priced.ann)


async def test_without_prices_it_says_that_nothing_is_known_of_cost(team: Team) -> None:
    await team.ask(team.ann, "hello")
    shown = await usage(team, team.ann)
    assert NO_COST in shown
    assert "$" not in shown


async def test_where_nobody_counted_it_does_not_say_that_there_are_no_prices(priced: Team) -> None:
    await priced.ask(priced.ann, "uncounted")
    assert "or their service didn't count the tokens" in await usage(priced, priced.ann)


async def test_settings_tell_the_price_of_a_model(priced: Team) -> None:
    shown = await (await priced.ann.slash(priced.general, "settings")).message()
    assert "$100.00 in, $1000.00 out per million tokens" in str(shown.components)
