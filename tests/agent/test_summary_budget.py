"""What a summary takes of its owner's day: counted where it was made, within the budget, and never for nothing."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from agent.errors import OverBudget
from agent.model import Tokens
from agent.runtime import SessionRuntime
from agent.runtimes import Runtimes
from storage.records import SessionInfo
from storage.store import Store
from tests.agent.people import ANN, Ear, settled, some_runtimes, words
from tests.agent.scripted_model import ScriptedModel, says
from tests.agent.test_making_room import GIST, LONG, SMALL, filled, holding, is_for_summary


@asynccontextmanager
async def full(
    store: Store, model: ScriptedModel, ear: Ear, *, exchanges: int = 3, tokens: int
) -> AsyncGenerator[tuple[Runtimes, SessionInfo], None]:
    """Ann's active session, full, where she may use so many tokens in a day."""
    info = await store.sessions.open(ANN, (await store.sessions.create(ANN)).number)
    await filled(store, info, exchanges)
    async with some_runtimes(store, model, ear, config=replace(SMALL, day_tokens_person=tokens)) as runtimes:
        yield runtimes, info


async def asked(runtime: SessionRuntime, text: str = "and now?") -> None:
    await runtime.say(words(text))
    await settled(runtime)


async def spent(store: Store) -> int:
    return await store.turns.spent(ANN, datetime.now(UTC).date())


async def test_it_counts_beside_the_answer(store: Store, ear: Ear) -> None:
    script = (says(GIST, tokens=Tokens(input=4000, output=20)), says("sure", tokens=Tokens(input=2000, output=3)))
    async with ScriptedModel(*script) as model, full(store, model, ear, tokens=20_000) as (runtimes, _):
        await asked(runtimes.of(ANN))
        assert await spent(store) == 4020 + 2003


async def test_one_that_the_days_share_does_not_reach_for_is_not_asked_for_and_the_answer_comes(store: Store, ear: Ear) -> None:
    script = (says("sure", tokens=Tokens(input=3000, output=3)),)
    async with ScriptedModel(*script) as model, full(store, model, ear, exchanges=5, tokens=4250) as (runtimes, info):
        await asked(runtimes.of(ANN))
        ended = await ear.until_ended()
        assert (ended.text, ended.unsummarised, await holding(store, info)) == ("sure", True, None)
        assert await spent(store) == 3003


async def test_where_it_uses_the_share_up_the_answer_is_refused_and_the_summary_serves_the_next(store: Store, ear: Ear) -> None:
    script = (says(GIST, tokens=Tokens(input=4400, output=20)),)
    async with ScriptedModel(*script) as model, full(store, model, ear, tokens=5500) as (runtimes, info):
        await asked(runtimes.of(ANN))
        assert isinstance((await ear.until_ended()).error, OverBudget)
        gist = await holding(store, info)
        assert gist is not None
        assert await spent(store) == 4420
    async with ScriptedModel(says("sure")) as model, some_runtimes(store, model, ear, config=SMALL) as runtimes:
        await asked(runtimes.of(ANN), LONG)
        assert [is_for_summary(request) for request in model.requests] == [False]
        assert (await ear.until_ended(2)).text == "sure"
