"""Stops hit the turn they are meant for and wait for nothing; what waits is paused, sent or taken back."""

import asyncio

import pytest

from agent.events import QueueChanged
from agent.outcomes import (
    Decision,
    NothingToStop,
    Resumed,
    Stopped,
)
from storage.errors import TurnNotFound, WrongTurnState
from storage.records import Departure, Leave, TurnState
from storage.store import Store
from tests.agent.people import ANN, BOB, QUIT, Ear, settled, some_runtimes, still, words, writing
from tests.agent.scripted_model import EchoModel, Pause, ScriptedModel, says
from tests.agent.troubled_store import TroubledStore


async def test_stop_pauses_what_waits_and_send_lets_it_go_on(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate), says("b")) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        asked = await writing(ann, gate)
        behind = await ann.say(words("behind"))
        stopped = await ann.stop()
        sent = await ann.go(Departure(leave=Leave.SEND, number=1))
        await settled(ann)
        await runtimes.close()
    assert isinstance(stopped, Stopped)
    assert (stopped.turn.id, [turn.id for turn in stopped.paused]) == (asked.turn.id, [behind.turn.id])
    assert isinstance(sent, Resumed)
    assert ear.outcomes == [TurnState.STOPPED, TurnState.COMPLETED]


async def test_stop_is_never_queued_behind_a_change(ear: Ear) -> None:
    store, gate = TroubledStore(), Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await writing(ann, gate)
        slow = store.turns.slow["waiting"] = Pause()
        saying = asyncio.create_task(ann.say(words("behind")), name="saying")
        await slow.reached.wait()
        stopped = asyncio.create_task(ann.stop(), name="stopping")
        ended = await ear.until_ended()
        assert not saying.done()
        slow.release.set()
        await asyncio.gather(saying, stopped)
        await runtimes.close()
    assert ended.outcome is TurnState.STOPPED


async def test_stopping_a_turn_that_has_ended_waits_or_is_anothers(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a"), says("b", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        ended = await ann.say(words())
        await settled(ann)
        running = await writing(ann, gate)
        waiting = await ann.say(words())
        for turn in (ended, waiting):
            with pytest.raises(WrongTurnState):
                await ann.stop_turn(turn.turn.id)
        with pytest.raises(TurnNotFound):
            await runtimes.of(BOB).stop_turn(running.turn.id)
        assert ann.live[0].is_streaming
        assert (await ann.stop_turn(running.turn.id)).turn.state is TurnState.STOPPED
        await runtimes.close()


async def test_a_stop_for_an_ended_turn_spares_the_one_that_follows_it(ear: Ear) -> None:
    store, gate, second = TroubledStore(), Pause(), Pause()
    async with ScriptedModel(says("a", gate), says("b", second, "c")) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        first = await writing(ann, gate)
        await ann.say(words("behind"))
        asking = store.turns.slow["ask"] = Pause()
        gate.release.set()
        await asking.reached.wait()
        with pytest.raises(WrongTurnState):
            await ann.stop_turn(first.turn.id)
        asking.release.set()
        second.release.set()
        await settled(ann)
        await runtimes.close()
    assert ear.outcomes == [TurnState.COMPLETED, TurnState.COMPLETED]


async def test_nothing_to_stop(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    assert await runtimes.of(ANN).stop() == NothingToStop()
    await runtimes.of(ANN).say(words())
    await settled(runtimes.of(ANN))
    assert await runtimes.of(ANN).stop() == NothingToStop()
    await runtimes.close()


async def test_removing_what_waits_in_a_session_that_is_not_live_is_told(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await writing(ann, gate)
        behind = await ann.say(words("behind"))
        await ann.decide((await still(ann, QUIT)).choice.id, Decision.STOP)
        with pytest.raises(TurnNotFound):
            await runtimes.of(BOB).remove(behind.turn.id)
        assert (await ann.remove(behind.turn.id)).state is TurnState.REMOVED
        await runtimes.close()
    assert ear.of(QueueChanged)[-1].waiting == ()
