"""Everything of a person is erased: what is live of it ends before, and what they ask meanwhile comes after."""

import asyncio

import pytest

from agent.outcomes import Asked, Decision
from storage.errors import ChoiceNotFound
from storage.records import Shelf
from storage.store import Store
from tests.agent.people import ANN, BOB, Ear, new, settled, some_runtimes, still, tasks, texts, words, writing
from tests.agent.scripted_model import EchoModel, Pause, ScriptedModel, says


async def nothing() -> None:
    """What is shown is settled at once."""


async def test_what_writes_and_what_is_kept_ends_and_is_gone(store: Store, ear: Ear) -> None:
    first, second = Pause(), Pause()
    async with ScriptedModel(says("a", first), says("b", second)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await writing(ann, first)
        await ann.decide((await still(ann, new())).choice.id, Decision.FINISH)
        await writing(ann, second)
        choice = (await still(ann, new("held back"))).choice
        await ann.say(words("behind"))
        await ann.erase(nothing)
        assert ann.live == ()
        heard = len(ear.events)
        assert await ann.active() is None
        assert (await store.sessions.list(ANN)).total == 0
        assert (await store.sessions.list(ANN, shelf=Shelf.BIN)).total == 0
        assert await store.upkeep.running_turns() == ()
        assert await store.upkeep.waiting_turns() == ()
        with pytest.raises(ChoiceNotFound):
            await store.turns.choice(ANN, choice.id)
        await runtimes.close()
    assert len(ear.events) == heard
    assert tasks() == []


async def test_what_is_shown_is_settled_before_anything_is_deleted(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        asked = await writing(ann, gate)
        seen: list[str] = []

        async def look() -> None:
            assert ann.live == ()
            seen.append((await store.turns.get(ANN, asked.turn.id)).state.value)

        await ann.erase(look)
        await runtimes.close()
    assert seen == ["stopped"]


async def test_what_is_asked_meanwhile_begins_anew_and_whole(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    ann = runtimes.of(ANN)
    await ann.say(words("old"))
    await settled(ann)
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def held() -> None:
        reached.set()
        await go_on.wait()

    erasing = asyncio.create_task(ann.erase(held))
    await reached.wait()
    asking = asyncio.create_task(ann.say(words("new")))
    await asyncio.sleep(0)
    go_on.set()
    await erasing
    asked = await asking
    await settled(ann)
    assert isinstance(asked, Asked)
    assert asked.session.number == 1
    assert (await texts(store, asked.session))[0] == "new"
    await runtimes.close()


async def test_whoever_asked_for_it_may_go_and_others_keep_theirs(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    ann, bob = runtimes.of(ANN), runtimes.of(BOB)
    for each in (ann, bob):
        await each.say(words())
        await settled(each)
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def held() -> None:
        reached.set()
        await go_on.wait()

    erasing = asyncio.create_task(ann.erase(held))
    await reached.wait()
    erasing.cancel()
    await asyncio.wait([erasing])
    go_on.set()
    await ann.erase(nothing)
    assert (await store.sessions.list(ANN)).total == 0
    assert (await store.sessions.list(BOB)).total == 1
    assert [session.info.owner for session in bob.live] == [BOB.user_id]
    await runtimes.close()
