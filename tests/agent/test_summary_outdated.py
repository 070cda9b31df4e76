"""What is done to a session while a summary of it is made: one transaction decides, and what may tell of what is gone is thrown
away.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from agent.budget import Budget
from agent.compactor import Compactor
from storage.errors import SessionNotFound, StoreError, SummaryOutdated
from storage.records import Entry, SessionInfo, TurnState
from storage.store import Store
from tests.agent.people import ANN, CONFIG, Ear, a_session, words
from tests.agent.scripted_model import Pause, ScriptedModel, says
from tests.agent.test_making_room import GIST, LONG, SMALL, exchange, filled, holding

Act = Callable[[Store, SessionInfo, list[Entry]], Awaitable[object]]


async def forget(store: Store, info: SessionInfo, path: list[Entry]) -> None:
    await store.omissions.omit(ANN, info.id, path[1].id)


async def forget_the_newest(store: Store, info: SessionInfo, path: list[Entry]) -> None:
    await store.omissions.omit(ANN, info.id, path[-1].id)


async def remember(store: Store, info: SessionInfo, path: list[Entry]) -> None:
    await store.omissions.restore(ANN, info.id, path[3].id)


async def leave(store: Store, info: SessionInfo, path: list[Entry]) -> None:
    await store.branches.switch(ANN, info.id, path[1].id)


async def ask_again(store: Store, info: SessionInfo, _: list[Entry]) -> None:
    last = await store.turns.latest(ANN, info.id)
    assert last is not None
    revised = await store.turns.revise(ANN, last.id, words("in other words"))
    await store.turns.end(ANN, revised.id, TurnState.COMPLETED, text="another answer")


async def delete(store: Store, info: SessionInfo, _: list[Entry]) -> None:
    await store.shelves.delete(ANN, info.number)


async def erase(store: Store, _: SessionInfo, __: list[Entry]) -> None:
    await store.shelves.erase(ANN)


async def made_meanwhile(store: Store, act: Act) -> tuple[SessionInfo, Entry | None]:
    """A summary of three exchanges, the second left out, is asked for by hand; the `act` comes while the model writes it."""
    info = await store.sessions.create(ANN)
    await filled(store, info, 3)
    path = list(await store.transcripts.path(ANN, info.id))
    await store.omissions.omit(ANN, info.id, path[3].id)
    gate = Pause()
    async with ScriptedModel(says(gate, GIST)) as model:
        budget = Budget(store, person=0, everybody=0, now=lambda: datetime.now(UTC))
        compactor = Compactor(store, model, budget, asyncio.get_running_loop().time)
        making = asyncio.create_task(compactor.by_hand(CONFIG, ANN, info.id, ""))
        await gate.reached.wait()
        await act(store, info, path)
        gate.release.set()
        made = await making
        assert not compactor.is_at_it(info.id)
        return info, made


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (forget, SummaryOutdated),
        (remember, SummaryOutdated),
        (leave, SummaryOutdated),
        (delete, SessionNotFound),
        (erase, SessionNotFound),
    ],
)
async def test_a_summary_of_what_has_changed_is_thrown_away(store: Store, act: Act, error: type[StoreError]) -> None:
    with pytest.raises(error):
        await made_meanwhile(store, act)
    for number in [session.number for session in (await store.sessions.list(ANN)).items]:
        assert await holding(store, await store.sessions.find(ANN, number)) is None


@pytest.mark.parametrize("act", [forget_the_newest, ask_again])
async def test_what_is_done_to_the_part_that_stays_does_not_touch_it(store: Store, act: Act) -> None:
    info, made = await made_meanwhile(store, act)
    assert made is not None
    assert await holding(store, info) == made


async def test_after_an_erasure_its_cost_is_nobodys(store: Store) -> None:
    with pytest.raises(SessionNotFound):
        await made_meanwhile(store, erase)
    assert await store.turns.spent(ANN, datetime.now(UTC).date()) == 0


async def test_what_is_forgotten_while_room_is_made_is_not_sent_and_the_next_turn_makes_room(store: Store, ear: Ear) -> None:
    gate, other = Pause(), "They spoke of other words."
    script = (says(gate, GIST), says(GIST), says("one"), says(other), says(other), says("two"))
    async with ScriptedModel(*script) as model, a_session(store, model, ear, config=SMALL) as session:
        await exchange(store, session.info, "the secret", "is out")
        await filled(store, session.info, 4)
        await session.prompt(words("and now?"))
        await gate.reached.wait()
        path = await store.transcripts.path(ANN, session.info.id)
        for answer in (path[1], path[-2]):  # one that is summarised, and one that would stay
            await store.omissions.omit(ANN, session.info.id, answer.id)
        gate.release.set()
        ended = await ear.until_ended()
        assert (ended.text, ended.unsummarised, await holding(store, session.info)) == ("one", True, None)
        assert not any("q3" in message.content for message in model.requests[2].messages)
        await session.until_idle()
        await session.prompt(words(LONG))
        assert (await ear.until_ended(2)).text == "two"
        assert not any("secret" in message.content for request in model.requests[2:] for message in request.messages)
        kept = await holding(store, session.info)
        assert kept is not None
        assert kept.text == other


async def test_what_fits_once_something_is_forgotten_meanwhile_is_sent_whole(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says(gate, GIST), says("one")) as model, a_session(store, model, ear, config=SMALL) as session:
        await filled(store, session.info)
        await session.prompt(words("and now?"))
        await gate.reached.wait()
        answer = (await store.transcripts.path(ANN, session.info.id))[1]
        await store.omissions.omit(ANN, session.info.id, answer.id)
        gate.release.set()
        ended = await ear.until_ended()
        assert (ended.text, ended.context_trimmed, ended.unsummarised) == ("one", False, False)
