"""The day's tokens: what is reserved, settled and refused."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.budget import Budget, Reservation
from agent.config import AgentConfig
from agent.errors import OverBudget
from agent.events import TurnEnded
from agent.model import Tokens
from storage.errors import StoreUnavailable
from storage.memory import MemoryStore
from storage.records import Actor, Spent, TurnState
from storage.store import Store
from tests.agent.people import ANN, BOB, Ear, new, settled, some_runtimes, texts, words
from tests.agent.scripted_model import EchoModel, ScriptedModel, says
from tests.agent.troubled_store import TroubledStore

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 5, 2, tzinfo=UTC)


def budget(store: Store, person: int = 100, everybody: int = 150) -> Budget:
    return Budget(store, person=person, everybody=everybody, now=lambda: NOON)


async def test_answers_at_the_same_time_cannot_overspend(store: Store) -> None:
    ours = budget(store)
    first = await ours.reserve(ANN, 60)
    with pytest.raises(OverBudget) as caught:
        await ours.reserve(ANN, 60)
    assert (caught.value.refills, caught.value.everyone) == (MIDNIGHT, False)
    with pytest.raises(OverBudget) as caught:
        await ours.reserve(BOB, 100)
    assert caught.value.everyone
    ours.settle(first, 10)
    await ours.reserve(ANN, 60)


async def test_zero_is_no_limit(store: Store) -> None:
    ours = budget(store, 0, 0)
    for _ in range(3):
        ours.settle(await ours.reserve(ANN, 10**9), 10**9)


async def test_who_nears_the_end_is_told_once(store: Store) -> None:
    ours = budget(store)
    told = [ours.settle(await ours.reserve(ANN, 5), used) for used in (79, 1, 1)]
    assert told == [None, MIDNIGHT, None]


async def test_what_is_settled_silently_leaves_it_to_the_next_one_to_tell(store: Store) -> None:
    ours = budget(store)
    told = [
        ours.settle(await ours.reserve(ANN, 5), used, silently=silently)
        for used, silently in ((41, True), (41, True), (1, False), (1, False))
    ]
    assert told == [None, None, MIDNIGHT, None]


async def test_what_was_spent_before_a_restart_counts(store: Store) -> None:
    session = await store.sessions.create(ANN)
    turn = await store.turns.submit(ANN, session.id, words(), TurnState.ASKED)
    await store.turns.end(ANN, turn.id, TurnState.COMPLETED, text="hi", spent=Spent(input_tokens=95))
    today = Budget(store, person=100, everybody=0, now=lambda: datetime.now(UTC))
    with pytest.raises(OverBudget):
        await today.reserve(ANN, 10)
    tomorrow = Budget(store, person=100, everybody=0, now=lambda: datetime.now(UTC) + timedelta(days=1))
    await tomorrow.reserve(ANN, 10)


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 60), st.booleans()), max_size=40))
def test_never_more_than_the_limits_and_nothing_stays_reserved(steps: list[tuple[int, int, bool]]) -> None:
    async def live() -> None:
        ours = budget(MemoryStore())
        held: list[Reservation] = []
        spent: dict[int, int] = {}
        for person, tokens, settles in steps:
            with suppress(OverBudget):
                held.append(await ours.reserve(Actor(person), tokens))
            if settles and held:
                one = held.pop(0)
                ours.settle(one, one.tokens // 2)
                spent[one.actor.user_id] = spent.get(one.actor.user_id, 0) + one.tokens // 2
            may = {p: spent.get(p, 0) + sum(h.tokens for h in held if h.actor.user_id == p) for p in (1, 2, 3)}
            assert max(may.values()) <= 100
            assert sum(may.values()) <= 150
        for one in held:
            ours.settle(one, 0)
        left = min(100 - spent.get(1, 0), 150 - sum(spent.values()))
        if left > 0:
            await ours.reserve(Actor(1), left)

    asyncio.run(live())


async def test_of_all_tokens_it_is_said_when_they_run_low_and_when_a_day_begins_well(store: Store) -> None:
    heard: list[bool] = []
    days = [NOON]
    ours = Budget(store, person=0, everybody=100, now=lambda: days[-1], all_low=heard.append)
    for spent in (79, 1, 1):
        ours.settle(await ours.reserve(ANN, 5), spent)
    days.append(MIDNIGHT)
    await ours.reserve(BOB, 5)
    assert heard == [False, True, False]


CONFIG = AgentConfig(day_tokens_person=3000, reply_reserve=1000)


async def test_an_answer_is_charged_and_the_next_refused_with_the_prompt_kept(store: Store, ear: Ear) -> None:
    counted = Tokens(input=2000, output=500)
    async with (
        ScriptedModel(says("yes", tokens=counted)) as model,
        some_runtimes(store, model, ear, config=CONFIG) as all_of_us,
    ):
        runtime = all_of_us.of(ANN)
        await runtime.go(new("one"))
        await settled(runtime)
        await runtime.say(words("two"))
        await settled(runtime)
        info = await runtime.active()
    assert info is not None
    assert await texts(store, info) == ["one", "yes", "two", ""]
    first, second = ear.of(TurnEnded)
    assert first.near_limit is not None
    assert isinstance(second.error, OverBudget)
    assert "You've used today's share. It refills <t:" in second.error.for_person()
    assert "Your message is kept, and your sessions stay readable" in second.error.for_person()
    assert await store.turns.spent(ANN, datetime.now(UTC).date()) == 2500


async def test_without_a_count_it_is_estimated_and_a_failure_costs_nothing(store: Store, ear: Ear) -> None:
    async with some_runtimes(store, EchoModel(), ear, config=CONFIG) as all_of_us:
        await all_of_us.of(ANN).go(new("a question of some length"))
        await settled(all_of_us.of(ANN))
    assert 10 < await store.turns.spent(ANN, datetime.now(UTC).date()) < 100


async def test_a_session_that_cannot_be_read_is_told_of(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    store = TroubledStore()

    async def fails(*_: object, **__: object) -> None:
        raise StoreUnavailable("disk")

    async with some_runtimes(store, ScriptedModel(), ear) as all_of_us:
        monkeypatch.setattr(store.transcripts, "path", fails)
        await all_of_us.of(ANN).go(new("one"))
        await settled(all_of_us.of(ANN))
    (ended,) = ear.of(TurnEnded)
    assert (ended.outcome, ended.turn.error) == (TurnState.FAILED, "store")
