"""What an answer and a request beside it are stored to have taken, and what that cost."""

import asyncio
from datetime import date
from decimal import Decimal

from agent.budget import Budget
from agent.config import AgentConfig
from agent.events import TextDelta
from agent.model import Tokens
from agent.prices import Price, Prices
from agent.titler import Titler
from storage.ids import utc_now
from storage.records import Cost, Spent, Turn, Used
from storage.store import Store
from tests.agent.people import ANN, Ear, new, settled, some_runtimes
from tests.agent.scripted_model import Pause, ScriptedModel, says

LONG_AGO = date(2020, 1, 1)
PRICES = Prices(
    currency="USD",
    prices=(Price(model="scripted-model", since=LONG_AGO, input=Decimal(2), cached_input=Decimal(1), output=Decimal(10)),),
)
CONFIG = AgentConfig(prices=PRICES)
COUNTED = Tokens(input=100, cached=40, output=5)


async def last_turn(store: Store) -> Turn:
    session = await store.sessions.find(ANN, 1)
    turn = await store.turns.latest(ANN, session.id)
    assert turn is not None
    return turn


async def test_an_answer_is_stored_with_its_tokens_and_cost(store: Store, ear: Ear) -> None:
    async with (
        ScriptedModel(says("yes", tokens=COUNTED)) as model,
        some_runtimes(store, model, ear, config=CONFIG) as all_of_us,
    ):
        await all_of_us.of(ANN).go(new("one"))
        await settled(all_of_us.of(ANN))
    cost = Cost(60 * 2 + 40 + 5 * 10, "USD")
    assert (await last_turn(store)).spent == Spent(input_tokens=100, cached_tokens=40, output_tokens=5, cost=cost)


async def test_of_a_model_without_a_price_the_cost_is_unknown(store: Store, ear: Ear) -> None:
    async with ScriptedModel(says("yes", tokens=COUNTED)) as model, some_runtimes(store, model, ear) as all_of_us:
        await all_of_us.of(ANN).go(new("one"))
        await settled(all_of_us.of(ANN))
    assert (await last_turn(store)).spent == Spent(input_tokens=100, cached_tokens=40, output_tokens=5)


async def test_an_answer_that_was_stopped_is_estimated_and_of_unknown_cost(store: Store, ear: Ear) -> None:
    async with (
        ScriptedModel(says("a beginning", Pause())) as model,
        some_runtimes(store, model, ear, config=CONFIG) as all_of_us,
    ):
        runtime = all_of_us.of(ANN)
        await runtime.go(new("one"))
        await ear.until(TextDelta)
        await runtime.stop()
    spent = (await last_turn(store)).spent
    assert spent is not None
    assert spent.tokens > 0
    assert spent.cost is None


async def test_a_title_counts_as_a_request_of_its_session_with_the_model_that_gave_it(store: Store, ear: Ear) -> None:
    budget = Budget(store, person=0, everybody=0, now=utc_now)
    async with (
        ScriptedModel(says("yes", tokens=COUNTED)) as model,
        ScriptedModel(says("A name", tokens=COUNTED)) as names,
        Titler(store, budget, names, prices=PRICES) as titler,
        some_runtimes(store, model, titler.on_event) as all_of_us,
    ):
        await all_of_us.of(ANN).go(new("one"))
        await settled(all_of_us.of(ANN))
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name().startswith("title-")))
    counted = {"input_tokens": 100, "cached_tokens": 40, "output_tokens": 5}
    assert await store.accounts.used(ANN, LONG_AGO) == (
        Used(number=1, model="scripted-model", currency=None, turns=1, **counted),
        Used(number=1, model="scripted-model", currency="USD", asides=1, millionths=210, **counted),
    )
