"""A prompt that is sent now is the next that is asked, once, whatever happens at the same moment; what else waits stays."""

import asyncio
from datetime import timedelta

import pytest

from agent.events import TurnStarted
from agent.outcomes import Decision, Resumed, StillWriting, Waiting
from agent.recovery import recover
from agent.runtime import SessionRuntime
from storage.errors import TurnNotFound, WrongTurnState
from storage.ids import utc_now
from storage.records import Turn, TurnState
from storage.store import Store
from tests.agent.people import (
    ANN,
    BOB,
    CONFIG,
    Ear,
    Naps,
    a_session,
    new,
    settled,
    some_runtimes,
    still,
    texts,
    words,
    writing,
)
from tests.agent.scripted_model import EchoModel, Pause, ScriptedModel, says
from tests.agent.troubled_store import TroubledStore


async def state(store: Store, turn: Turn) -> TurnState:
    return (await store.turns.get(ANN, turn.id)).state


def asked(ear: Ear) -> list[str]:
    return [event.turn.prompt for event in ear.of(TurnStarted)]


async def breathe() -> None:
    """Let tasks that were begun come to where they wait."""
    for _ in range(20):
        await asyncio.sleep(0)


async def behind(runtime: SessionRuntime, text: str) -> Turn:
    waiting = await runtime.say(words(text))
    assert isinstance(waiting, Waiting)
    return waiting.turn


async def test_the_running_answer_is_stopped_with_its_text_and_the_others_go_on_after_it(store: Store, ear: Ear) -> None:
    gate = Pause()
    script = (says("half", gate), says("3rd"), says("2nd"), says("4th"))
    async with ScriptedModel(*script) as model, a_session(store, model, ear) as session:
        await session.prompt(words("one"))
        two, three, four = [await session.follow_up(words(text)) for text in ("two", "three", "four")]
        await gate.reached.wait()
        await session.send_now(three.id)
        await session.until_idle()
        assert [await state(store, turn) for turn in (two, three, four)] == [TurnState.COMPLETED] * 3
    assert await texts(store, session.info) == ["one", "half", "three", "3rd", "two", "2nd", "four", "4th"]
    assert ear.outcomes == [TurnState.STOPPED, *[TurnState.COMPLETED] * 3]


async def test_a_second_press_stops_nothing(store: Store, ear: Ear) -> None:
    gates = Pause(), Pause()
    async with ScriptedModel(*(says("x", gate) for gate in gates)) as model, a_session(store, model, ear) as session:
        await session.prompt(words("one"))
        two = await session.follow_up(words("two"))
        await gates[0].reached.wait()
        first = asyncio.create_task(session.send_now(two.id), name="first")
        second = asyncio.create_task(session.send_now(two.id), name="second")
        await asyncio.wait([first, second])
        await gates[1].reached.wait()
        with pytest.raises(WrongTurnState):
            await session.send_now(two.id)
        gates[1].release.set()
        await session.until_idle()
    assert asked(ear) == ["one", "two"]
    assert ear.outcomes == [TurnState.STOPPED, TurnState.COMPLETED]


async def test_one_that_began_by_itself_as_it_was_pressed_is_not_stopped_for_itself(ear: Ear) -> None:
    store, gates = TroubledStore(), (Pause(), Pause())
    async with ScriptedModel(*(says("x", gate) for gate in gates)) as model, a_session(store, model, ear) as session:
        await session.prompt(words("one"))
        two = await session.follow_up(words("two"))
        await gates[0].reached.wait()
        reading = store.turns.slow["get"] = Pause()
        pressed = asyncio.create_task(session.send_now(two.id), name="pressed")
        await reading.reached.wait()  # it saw it waiting
        gates[0].release.set()
        await gates[1].reached.wait()
        reading.release.set()
        with pytest.raises(WrongTurnState):
            await pressed
        gates[1].release.set()
        await session.until_idle()
    assert ear.outcomes == [TurnState.COMPLETED] * 2


async def test_the_answer_ends_by_itself_as_it_is_pressed_and_the_next_was_just_asked(ear: Ear) -> None:
    """What was asked at that moment is let be: nobody saw it run."""
    store, gate = TroubledStore(), Pause()
    script = (says("a", gate), says("b"), says("c"), says("d"))
    async with ScriptedModel(*script) as model, a_session(store, model, ear) as session:
        await session.prompt(words("one"))
        _, _, last = [await session.follow_up(words(text)) for text in ("two", "three", "four")]
        await gate.reached.wait()
        asking = store.turns.slow["ask"] = Pause()
        gate.release.set()
        await asking.reached.wait()  # the second is asked, though nobody was told
        await session.send_now(last.id)
        asking.release.set()
        await session.until_idle()
    assert asked(ear) == ["one", "two", "four", "three"]
    assert ear.outcomes == [TurnState.COMPLETED] * 4


async def test_the_answer_ends_by_itself_as_it_is_pressed_and_its_end_is_being_stored(ear: Ear) -> None:
    store, gate = TroubledStore(), Pause()
    script = (says("a", gate), says("c"), says("b"))
    async with ScriptedModel(*script) as model, a_session(store, model, ear) as session:
        await session.prompt(words("one"))
        _, three = [await session.follow_up(words(text)) for text in ("two", "three")]
        await gate.reached.wait()
        ending = store.turns.slow["end"] = Pause()
        gate.release.set()
        await ending.reached.wait()
        await session.send_now(three.id)
        ending.release.set()
        await session.until_idle()
    assert asked(ear) == ["one", "three", "two"]
    assert ear.outcomes == [TurnState.COMPLETED] * 3


async def test_it_overtakes_what_is_about_to_be_asked(ear: Ear) -> None:
    store, gate = TroubledStore(), Pause()
    async with ScriptedModel(says("a", gate), says("c"), says("b")) as model, a_session(store, model, ear) as session:
        await session.prompt(words("one"))
        _, three = [await session.follow_up(words(text)) for text in ("two", "three")]
        await gate.reached.wait()
        looking = store.turns.slow["waiting"] = Pause()
        gate.release.set()
        await looking.reached.wait()  # it saw the second first in line
        await session.send_now(three.id)
        looking.release.set()
        await session.until_idle()
    assert asked(ear) == ["one", "three", "two"]


async def test_a_paused_one_is_asked_alone(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate), says("c")) as model, a_session(store, model, ear) as session:
        await session.prompt(words("one"))
        two, three = [await session.follow_up(words(text)) for text in ("two", "three")]
        await gate.reached.wait()
        await session.abort()
        await session.send_now(three.id)
        await session.until_idle()
        assert (await state(store, two), await state(store, three)) == (TurnState.PAUSED, TurnState.COMPLETED)


async def test_a_stop_after_it_holds_it_with_the_others(ear: Ear) -> None:
    store, gate = TroubledStore(), Pause()
    async with ScriptedModel(says("a", gate), says("c")) as model, a_session(store, model, ear) as session:
        await session.prompt(words("one"))
        two = await session.follow_up(words("two"))
        await gate.reached.wait()
        ending = store.turns.slow["end"] = Pause()
        await session.send_now(two.id)
        await ending.reached.wait()
        stopping = asyncio.create_task(session.abort(), name="stopping")
        await breathe()
        ending.release.set()
        await stopping
        assert await state(store, two) is TurnState.PAUSED
        await session.prompt(words("three"))
        await session.until_idle()
        assert await state(store, two) is TurnState.PAUSED


async def test_one_that_is_sent_while_a_stop_pauses_the_others_is_asked(ear: Ear) -> None:
    store, gate = TroubledStore(), Pause()
    async with ScriptedModel(says("a", gate), says("c")) as model, a_session(store, model, ear) as session:
        await session.prompt(words("one"))
        two, three = [await session.follow_up(words(text)) for text in ("two", "three")]
        await gate.reached.wait()
        pausing = store.turns.slow["pause"] = Pause()
        stopping = asyncio.create_task(session.abort(), name="stopping")
        await pausing.reached.wait()
        await session.send_now(three.id)
        pausing.release.set()
        await stopping
        await session.until_idle()
        assert (await state(store, two), await state(store, three)) == (TurnState.PAUSED, TurnState.COMPLETED)


async def test_one_that_is_removed_before_it_is_asked_leaves_the_line_to_the_others(ear: Ear) -> None:
    store, gate = TroubledStore(), Pause()
    async with ScriptedModel(says("a", gate), says("b")) as model, a_session(store, model, ear) as session:
        await session.prompt(words("one"))
        two, three = [await session.follow_up(words(text)) for text in ("two", "three")]
        await gate.reached.wait()
        ending = store.turns.slow["end"] = Pause()
        await session.send_now(three.id)
        await ending.reached.wait()
        await session.remove(three.id)
        ending.release.set()
        await session.until_idle()
        assert (await state(store, two), await state(store, three)) == (TurnState.COMPLETED, TurnState.REMOVED)
        with pytest.raises(WrongTurnState):
            await session.send_now(three.id)


async def test_a_disk_that_fails_between_stop_and_ask_only_delays_it(ear: Ear) -> None:
    store, gate, naps = TroubledStore(), Pause(), Naps(at_once=False)
    async with (
        ScriptedModel(says("a", gate), says("c"), says("b")) as model,
        a_session(store, model, ear, naps=naps) as session,
    ):
        await session.prompt(words("one"))
        _, three = [await session.follow_up(words(text)) for text in ("two", "three")]
        await gate.reached.wait()
        naps.begun.clear()
        store.turns.refuses = {"ask"}
        await session.send_now(three.id)
        await ear.until_ended()
        await naps.begun.wait()
        store.turns.refuses = set()
        naps.end.set()
        await session.until_idle()
    assert asked(ear) == ["one", "three", "two"]


@pytest.mark.parametrize("is_paused", [False, True])
async def test_the_bot_ends_between_stop_and_ask_and_it_is_asked_first_after_that(ear: Ear, is_paused: bool) -> None:
    store, gate = TroubledStore(), Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await writing(ann, gate)
        other, sent = await behind(ann, "other"), await behind(ann, "sent now")
        if is_paused:
            await store.turns.pause(ANN, sent.session_id)
        ending = store.turns.slow["end"] = Pause()
        await ann.send_now(sent.id)
        await ending.reached.wait()
        disposing = asyncio.create_task(ann.dispose(), name="disposing")
        await breathe()
        ending.release.set()
        await disposing
        await runtimes.close()
    assert await state(store, sent) is TurnState.QUEUED
    ear.events.clear()
    runtimes = some_runtimes(store, EchoModel(), ear)
    await recover(store, runtimes, CONFIG, ear, lambda: utc_now() + timedelta(seconds=1))
    await settled(runtimes.of(ANN))
    assert asked(ear) == (["sent now"] if is_paused else ["sent now", "other"])
    assert await state(store, other) is (TurnState.PAUSED if is_paused else TurnState.COMPLETED)
    await runtimes.close()


async def test_in_a_session_that_is_seen_out_it_is_asked_there(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate), says("b")) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await writing(ann, gate)
        waits = await behind(ann, "behind")
        await ann.decide((await still(ann, new())).choice.id, Decision.FINISH)
        assert isinstance(await ann.send_now(waits.id), Resumed)
        await settled(ann)
        active = await ann.active()
        await runtimes.close()
    assert active is not None
    assert active.number == 2
    assert await state(store, waits) is TurnState.COMPLETED


async def left_with_one_paused(ann: SessionRuntime, gate: Pause) -> Turn:
    """Leave a session by *Stop & switch*, with a prompt paused in it, and be in another one."""
    await writing(ann, gate)
    waits = await behind(ann, "behind")
    await ann.decide((await still(ann, new())).choice.id, Decision.STOP)
    return waits


async def test_in_a_session_that_was_left_it_opens_that_and_the_guard_asks_first(store: Store, ear: Ear) -> None:
    gates = Pause(), Pause()
    async with ScriptedModel(*(says("a", gate) for gate in gates), says("b")) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        waits = await left_with_one_paused(ann, gates[0])
        await writing(ann, gates[1])
        asked_first = await ann.send_now(waits.id)
        assert isinstance(asked_first, StillWriting)
        went = await ann.decide(asked_first.choice.id, Decision.STOP)
        assert isinstance(went, Resumed)
        await settled(ann)
        active = await ann.active()
        await runtimes.close()
    assert active is not None
    assert active.number == 1
    assert await state(store, waits) is TurnState.COMPLETED


async def test_what_waits_no_longer_leaves_nothing_for_it(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        waits = await left_with_one_paused(ann, gate)
        await ann.remove(waits.id)
        with pytest.raises(WrongTurnState):
            await ann.send_now(waits.id)
        active = await ann.active()
        with pytest.raises(TurnNotFound):
            await runtimes.of(BOB).send_now(waits.id)
        await runtimes.close()
    assert active is not None
    assert active.number == 2
