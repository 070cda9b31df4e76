"""What people used: every turn and every request beside the turns, once, by session and model, cost known or not."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.memory import MemoryStore
from storage.records import Actor, Cost, SessionInfo, Spent, Turn, TurnState, Used
from storage.sqlite.open import open_store
from storage.sqlite.verify import verify
from storage.store import Store
from tests.storage.samples import ANN, BOB, START, Clock, ask, exchange, prompt

TODAY = START.date()
LITTLE = Spent(input_tokens=10, cached_tokens=4, output_tokens=5, cost=Cost(7, "USD"))
UNKNOWN = Spent(input_tokens=3, output_tokens=1)


async def ended(store: Store, session: SessionInfo, spent: Spent | None, *, model: str = "small", actor: Actor = ANN) -> None:
    turn = await ask(store, session, actor=actor)
    for _ in range(2):
        await store.turns.end(actor, turn.id, TurnState.COMPLETED, text="hi", model=model, spent=spent)


async def used(store: Store, actor: Actor = ANN) -> list[Used]:
    return list(await store.accounts.used(actor, TODAY))


async def test_a_turn_keeps_what_it_took_and_counts_once(store: Store, session: SessionInfo) -> None:
    await ended(store, session, LITTLE)
    await ended(store, session, None)
    turn = await store.turns.latest(ANN, session.id)
    assert turn is not None
    assert turn.spent is None
    assert await used(store) == [
        Used(
            number=1,
            model="small",
            currency="USD",
            turns=1,
            input_tokens=10,
            cached_tokens=4,
            output_tokens=5,
            millionths=7,
        )
    ]


async def test_what_it_took_is_read_back_as_it_was(store: Store, session: SessionInfo) -> None:
    for spent in (LITTLE, UNKNOWN, Spent(cost=Cost(0, "EUR"))):
        await ended(store, session, spent)
        turn = await store.turns.latest(ANN, session.id)
        assert turn is not None
        assert turn.spent == spent


async def test_unknown_cost_is_never_mixed_with_what_is_free_nor_one_currency_with_another(
    store: Store, session: SessionInfo
) -> None:
    for spent in (UNKNOWN, Spent(cost=Cost(0, "USD")), Spent(cost=Cost(5, "EUR")), UNKNOWN):
        await ended(store, session, spent)
    assert [(each.currency, each.turns, each.millionths) for each in await used(store)] == [
        (None, 2, 0),
        ("EUR", 1, 5),
        ("USD", 1, 0),
    ]


async def test_requests_beside_the_turns_count_as_their_sessions_and_models(store: Store, session: SessionInfo) -> None:
    await store.turns.spend(ANN, LITTLE, model="tiny", session_id=session.id)
    await store.turns.spend(ANN, LITTLE, model=None)
    theirs = await store.sessions.create(BOB)
    await store.turns.spend(ANN, LITTLE, model="tiny", session_id=theirs.id)
    assert [(each.number, each.model, each.turns, each.asides) for each in await used(store)] == [
        (None, "", 0, 1),
        (None, "tiny", 0, 1),
        (1, "tiny", 0, 1),
    ]
    assert await used(store, BOB) == []


@pytest.mark.parametrize("temporary", [False, True])
async def test_a_session_that_is_gone_leaves_numbers_that_do_not_tell_of_it(store: Store, temporary: bool) -> None:
    kept = await store.sessions.create(ANN)
    gone = await store.sessions.create(ANN, temporary=temporary)
    await ended(store, kept, LITTLE)
    for spent in (LITTLE, UNKNOWN, LITTLE):
        await ended(store, gone, spent)
    await store.turns.spend(ANN, LITTLE, model="small")
    if temporary:
        await store.temporaries.end(ANN, gone.id)
    else:
        await store.shelves.delete(ANN, gone.number)
        await store.shelves.purge(ANN, gone.number)
    left = await used(store)
    assert [(each.number, each.currency, each.turns, each.asides) for each in left] == [
        (None, None, 1, 0),
        (None, "USD", 2, 1),
        (1, "USD", 1, 0),
    ]
    assert sum(each.tokens for each in left) == 4 * LITTLE.tokens + UNKNOWN.tokens


async def test_who_is_erased_leaves_nothing_and_others_stay(store: Store, session: SessionInfo) -> None:
    theirs = await store.sessions.create(BOB)
    await ended(store, session, LITTLE)
    await ended(store, theirs, LITTLE, actor=BOB)
    await store.shelves.erase(ANN)
    assert await used(store) == []
    assert len(await used(store, BOB)) == 1
    await store.sessions.create(ANN)
    assert await used(store) == []


async def test_a_day_begins_at_midnight_in_utc(store: Store, clock: Clock, session: SessionInfo) -> None:
    await ended(store, session, LITTLE)
    clock.time += timedelta(hours=12)
    await ended(store, session, LITTLE)
    assert [each.turns for each in await store.accounts.used(ANN, TODAY)] == [2]
    assert [each.turns for each in await store.accounts.used(ANN, TODAY + timedelta(days=1))] == [1]
    assert await store.accounts.used(ANN, TODAY + timedelta(days=2)) == ()


SPENT = st.builds(
    Spent,
    input_tokens=st.integers(0, 10**7),
    output_tokens=st.integers(0, 10**6),
    cost=st.none() | st.builds(Cost, st.integers(0, 10**12), st.sampled_from(["USD", "EUR"])),
)
WAYS = st.sampled_from(["ask", "retry", "finish", "aside"])
MODELS = st.sampled_from(["small", "large"])


@dataclass(slots=True)
class Ledger:
    """The plain sums."""

    turns: int = 0
    asides: int = 0
    tokens: int = 0
    money: Counter[str] = field(default_factory=Counter[str])

    def add(self, spent: Spent, *, aside: bool) -> None:
        self.turns += not aside
        self.asides += aside
        self.tokens += spent.tokens
        self.money["?" if spent.cost is None else spent.cost.currency] += spent.cost.millionths if spent.cost else 1


async def live(store: Store, steps: list[tuple[str, str, Spent]], ledger: Ledger) -> None:
    session = await store.sessions.create(ANN)
    turn = await exchange(store, session)
    for way, model, spent in steps:
        if way == "aside":
            await store.turns.spend(ANN, spent, model=model, session_id=session.id)
            ledger.add(spent, aside=True)
            continue
        asked = await begun(store, session, turn, way)
        turn = await store.turns.end(ANN, asked.id, TurnState.STOPPED, text="half", model=model, spent=spent)
        ledger.add(spent, aside=False)


async def begun(store: Store, session: SessionInfo, last: Turn, way: str) -> Turn:
    if way == "ask" or last.state is TurnState.COMPLETED:
        return await ask(store, session)
    again = store.turns.retry if way == "retry" else store.turns.finish
    return await again(ANN, last.id, prompt())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(WAYS, MODELS, SPENT), max_size=8), st.booleans())
def test_the_sums_are_those_of_all_turns_and_side_calls(steps: list[tuple[str, str, Spent]], deleted: bool) -> None:
    """Whatever is asked again or finished, and whether its session is deleted afterwards."""

    async def law(store: Store) -> None:
        ledger = Ledger()
        await live(store, steps, ledger)
        if deleted:
            await store.shelves.delete(ANN, 1)
            await store.shelves.purge(ANN, 1)
        rows = await store.accounts.used(ANN, TODAY)
        money = Counter[str]()
        for row in rows:
            money[row.currency or "?"] += row.millionths if row.currency else row.turns + row.asides
        assert (sum(r.turns for r in rows), sum(r.asides for r in rows)) == (ledger.turns, ledger.asides)
        assert sum(r.tokens for r in rows) == ledger.tokens == await store.turns.spent(ANN, TODAY)
        assert money == ledger.money
        assert {r.number for r in rows} <= ({None} if deleted else {1})

    async def on_both() -> None:
        await law(MemoryStore(now=Clock()))
        with TemporaryDirectory() as folder:
            path = Path(folder) / "cubby.db"
            store = await open_store(path, now=Clock())
            try:
                await law(store)
            finally:
                await store.close()
            assert await verify(path) == []

    asyncio.run(on_both())
