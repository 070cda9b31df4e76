"""Everybody at once: idle sessions rest, nobody is remembered in vain, and the end is orderly."""

import asyncio
import gc

import pytest

from agent.errors import ShuttingDown
from agent.outcomes import Asked
from agent.runtimes import Runtimes
from storage.records import Actor, TurnState
from storage.store import Store
from tests.agent.people import ANN, BOB, CONFIG, Ear, Naps, some_runtimes, tasks, texts, words
from tests.agent.scripted_model import EchoModel, Pause, ScriptedModel, says
from tests.agent.troubled_store import TroubledStore


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def timed(store: Store, ear: Ear, clock: Clock, naps: Naps | None = None) -> Runtimes:
    return Runtimes(store, EchoModel(), CONFIG, ear, clock=clock, grace=0.0, sleep=naps or Naps())


async def asked_and_answered(runtimes: Runtimes, actor: Actor) -> Asked:
    asked = await runtimes.of(actor).say(words())
    assert isinstance(asked, Asked)
    await runtimes.of(actor).live[0].until_idle()
    return asked


async def test_an_idle_session_is_rebuilt_unnoticed(store: Store, ear: Ear) -> None:
    clock = Clock()
    runtimes = timed(store, ear, clock)
    first = await asked_and_answered(runtimes, ANN)
    clock.now = CONFIG.idle_seconds - 1
    await runtimes.rest()
    assert len(runtimes.of(ANN).live) == 1
    clock.now += 1
    await runtimes.rest()
    assert runtimes.of(ANN).live == ()
    second = await asked_and_answered(runtimes, ANN)
    await runtimes.close()
    assert first.session.id == second.session.id
    assert {event.generation for event in ear.events} == {1, 2}
    assert len(await texts(store, second.session)) == 4


async def test_a_session_that_writes_is_not_idle(store: Store, ear: Ear) -> None:
    clock, gate = Clock(), Pause()
    async with ScriptedModel(says("a", gate, "b")) as model:
        runtimes = Runtimes(store, model, CONFIG, ear, clock=clock, grace=0.0)
        await runtimes.of(ANN).say(words())
        await gate.reached.wait()
        clock.now = 10 * CONFIG.idle_seconds
        await runtimes.rest()
        gate.release.set()
        assert (await ear.until_ended()).outcome is TurnState.COMPLETED
        await runtimes.close()


async def test_people_with_nothing_live_are_forgotten(store: Store, ear: Ear) -> None:
    clock = Clock()
    runtimes = timed(store, ear, clock)
    for person in range(50):
        await runtimes.of(Actor(1000 + person)).active()
        await asked_and_answered(runtimes, Actor(2000 + person))
    clock.now = CONFIG.idle_seconds
    await runtimes.rest()
    gc.collect()
    assert len(runtimes._runtimes) == len(runtimes._awake) == 0
    await runtimes.close()


async def test_whoever_holds_a_runtime_through_a_rest_has_no_second(store: Store, ear: Ear) -> None:
    clock = Clock()
    runtimes = timed(store, ear, clock)
    held = runtimes.of(ANN)
    await asked_and_answered(runtimes, ANN)
    clock.now = CONFIG.idle_seconds
    await runtimes.rest()
    await held.say(words())
    assert runtimes.of(ANN) is held
    await runtimes.close()
    assert tasks() == []


async def test_the_sweeper_rests_what_is_idle_and_ends(store: Store, ear: Ear) -> None:
    clock, naps = Clock(), Naps(at_once=False)
    async with timed(store, ear, clock, naps) as runtimes:
        await asked_and_answered(runtimes, ANN)
        clock.now = CONFIG.idle_seconds
        naps.begun.clear()
        naps.end.set()
        naps.end.clear()
        await naps.begun.wait()
        assert runtimes.of(ANN).live == ()
    assert tasks() == []


async def test_no_two_builds_share_a_generation(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    await asked_and_answered(runtimes, ANN)
    await asked_and_answered(runtimes, BOB)
    generations = {(event.session.id, event.generation) for event in ear.events}
    await runtimes.close()
    assert len(generations) == len({generation for _, generation in generations}) == 2


async def test_the_end_takes_nothing_new(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    ann = runtimes.of(ANN)
    await runtimes.close()
    with pytest.raises(ShuttingDown):
        runtimes.of(BOB)
    with pytest.raises(ShuttingDown):
        await ann.say(words())
    assert (await store.sessions.list(ANN)).total == 0


async def test_running_answers_may_finish_in_the_grace_time(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate, "b")) as model:
        runtimes = some_runtimes(store, model, ear, grace=30.0)
        await runtimes.of(ANN).say(words())
        behind = await runtimes.of(ANN).say(words())
        await gate.reached.wait()
        asyncio.get_running_loop().call_later(0.05, gate.release.set)
        await runtimes.close()
    assert ear.outcomes == [TurnState.COMPLETED]
    assert (await store.turns.get(ANN, behind.turn.id)).state is TurnState.QUEUED
    assert tasks() == []


async def test_what_does_not_finish_in_it_is_interrupted_with_its_text(store: Store, ear: Ear) -> None:
    gates = [Pause(), Pause()]
    async with ScriptedModel(*(says("so far", gate) for gate in gates)) as model:
        runtimes = some_runtimes(store, model, ear, grace=0.0)
        asked = [await runtimes.of(actor).say(words("hi")) for actor in (ANN, BOB)]
        for gate in gates:
            await gate.reached.wait()
        await asyncio.gather(runtimes.close(), runtimes.close())
    assert ear.outcomes == [TurnState.INTERRUPTED] * 2
    assert [await texts(store, one.session) for one in asked] == [["hi", "so far"]] * 2
    assert tasks() == []


async def test_a_prompt_that_is_being_taken_in_at_the_end(ear: Ear) -> None:
    store, gate = TroubledStore(), Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await ann.say(words())
        await gate.reached.wait()
        slow = store.turns.slow["waiting"] = Pause()
        taken = asyncio.create_task(ann.say(words("taken in")), name="taken")
        await slow.reached.wait()
        late = asyncio.create_task(ann.say(words("late")), name="late")
        await asyncio.sleep(0)
        closing = asyncio.create_task(runtimes.close(), name="closing")
        await asyncio.sleep(0)
        slow.release.set()
        waiting, refused = await asyncio.gather(taken, late, return_exceptions=True)
        await closing
    assert isinstance(refused, ShuttingDown)
    assert not isinstance(waiting, BaseException)
    assert (await store.turns.get(ANN, waiting.turn.id)).state is TurnState.QUEUED
    assert tasks() == []
