"""A turn that would cost much is not asked before its owner has agreed, however it came to be asked."""

from dataclasses import replace

import pytest

from agent.config import AgentConfig, Models
from agent.errors import Costly
from agent.events import TurnEnded
from agent.prices import Prices
from storage.records import Departure, Leave, Turn, TurnState
from storage.store import Store
from tests.agent.people import ANN, Ear, new, settled, some_runtimes, words
from tests.agent.scripted_model import Pause, ScriptedModel, says
from tests.agent.test_making_room import GIST, SMALL, filled, is_for_summary
from tests.agent.test_spending import PRICES

SENT = 30
"""More tokens than the short questions of these tests and the instructions are, together."""


def config(limit_tokens: int, prices: Prices = PRICES) -> AgentConfig:
    """Contexts of so many tokens may be asked for unasked; each of them costs 2 millionths, each of the answer 10."""
    return AgentConfig(prices=prices, ask_first_above=2 * limit_tokens + 10 * 100, reply_reserve=100, system_prompt="Hi.")


def again(turn: Turn, leave: Leave = Leave.RETRY, model: str | None = None) -> Departure:
    prompt = replace(words("again"), model=model)
    return Departure(leave=leave, number=1, turn_id=turn.id, prompt=prompt)


async def latest(store: Store) -> Turn:
    turn = await store.turns.latest(ANN, (await store.sessions.find(ANN, 1)).id)
    assert turn is not None
    return turn


async def test_it_is_asked_on_a_second_word_and_counts_as_unasked_until_then(store: Store, ear: Ear) -> None:
    async with ScriptedModel(says("at last")) as model, some_runtimes(store, model, ear, config=config(SENT)) as all_of_us:
        runtime = all_of_us.of(ANN)
        await runtime.go(new("x" * 400))
        await settled(runtime)
        error = ear.of(TurnEnded)[0].error
        assert isinstance(error, Costly)
        assert error.about is not None
        assert error.about.millionths > 2 * 100 + 10 * 100
        held = await latest(store)
        assert (held.state, held.error, held.spent) == (TurnState.FAILED, Costly.kind, None)
        assert model.requests == []
        await runtime.go(again(held))
        await settled(runtime)
    assert (await latest(store)).state is TurnState.COMPLETED


async def test_below_the_sum_and_without_a_price_nobody_is_asked(store: Store, ear: Ear) -> None:
    for limits, text in ((config(SENT), "short"), (config(SENT, Prices()), "x" * 400), (AgentConfig(prices=PRICES), "x" * 400)):
        async with ScriptedModel(says("yes")) as model, some_runtimes(store, model, ear, config=limits) as all_of_us:
            await all_of_us.of(ANN).go(new(text))
            await settled(all_of_us.of(ANN))
    assert ear.outcomes == [TurnState.COMPLETED] * 3


async def test_what_waits_is_paused_so_that_the_question_stays_the_last(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("one", gate)) as model, some_runtimes(store, model, ear, config=config(SENT)) as all_of_us:
        runtime = all_of_us.of(ANN)
        await runtime.go(new("short"))
        await gate.reached.wait()
        await runtime.say(words("x" * 400))
        await runtime.say(words("and then"))
        gate.release.set()
        await settled(runtime)
        session = await store.sessions.find(ANN, 1)
        waiting = await store.turns.waiting(ANN, session.id)
    assert [(turn.prompt, turn.state) for turn in waiting] == [("and then", TurnState.PAUSED)]
    assert (await latest(store)).error == Costly.kind


async def test_what_is_not_asked_is_sent_with_no_later_question(store: Store, ear: Ear) -> None:
    async with ScriptedModel(says("yes")) as model, some_runtimes(store, model, ear, config=config(SENT)) as all_of_us:
        runtime = all_of_us.of(ANN)
        await runtime.go(new("x" * 400))
        await settled(runtime)
        await runtime.say(words("short"))
        await settled(runtime)
        assert [message.content for message in model.requests[0].messages] == ["Hi.", "short"]


async def test_who_agreed_is_asked_again_for_another_model(store: Store, ear: Ear) -> None:
    (cheap,) = PRICES.prices
    prices = replace(PRICES, prices=(cheap, replace(cheap, model="dear", input=cheap.input * 1000)))
    limits = replace(config(SENT, prices), models=Models(default="scripted-model", allowed=("dear",)))
    async with ScriptedModel(says("one"), says("two")) as model, some_runtimes(store, model, ear, config=limits) as all_of_us:
        runtime = all_of_us.of(ANN)
        for named in (None, None, "dear", "dear"):
            departure = again(await latest(store), model=named) if ear.outcomes else new("x" * 400)
            await runtime.go(departure)
            await settled(runtime)
    assert [ended.turn.error for ended in ear.of(TurnEnded)] == [Costly.kind, None, Costly.kind, None]
    assert [request.model for request in model.requests] == ["scripted-model", "dear"]


@pytest.mark.parametrize("limit_tokens", range(1000, 15000, 1500))
async def test_a_summary_is_weighed_with_the_answer_before_it_is_paid_for(store: Store, ear: Ear, limit_tokens: int) -> None:
    """Whatever the sum, it is asked about before anything was sent, or not at all."""
    limits = replace(SMALL, prices=PRICES, ask_first_above=2 * limit_tokens + 10 * SMALL.reply_reserve)
    async with ScriptedModel() as model, some_runtimes(store, model, ear, config=limits) as all_of_us:
        runtime = all_of_us.of(ANN)
        await filled(store, await store.sessions.open(ANN, (await store.sessions.create(ANN)).number))
        model.add(says(GIST), says("sure"))
        await runtime.say(words("and now?"))
        await settled(runtime)
        held = await latest(store)
        if held.error == Costly.kind:
            assert model.requests == []
            await runtime.go(again(held))
            await settled(runtime)
        assert [is_for_summary(request) for request in model.requests] == [True, False]
    assert (await latest(store)).state is TurnState.COMPLETED


async def test_what_is_asked_about_is_summary_and_answer_together(store: Store, ear: Ear) -> None:
    limits = replace(SMALL, prices=PRICES, ask_first_above=1)
    async with ScriptedModel() as model, some_runtimes(store, model, ear, config=limits) as all_of_us:
        runtime = all_of_us.of(ANN)
        await filled(store, await store.sessions.open(ANN, (await store.sessions.create(ANN)).number))
        await runtime.say(words("and now?"))
        await settled(runtime)
    error = ear.of(TurnEnded)[-1].error
    assert isinstance(error, Costly)
    assert error.about is not None
    assert error.about.millionths > 2 * (6000 + 2 * 2050)
