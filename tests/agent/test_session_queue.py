"""Prompts that wait: in order, in their session, never forgotten, whatever happens at the same moment."""

import asyncio

import pytest

from agent.events import QueueChanged, TextDelta, TurnEnded, TurnStarted
from storage.errors import QueueFull, WrongTurnState
from storage.records import Turn, TurnState
from storage.store import Store
from tests.agent.people import ANN, Ear, Naps, a_session, texts, words
from tests.agent.scripted_model import EchoModel, Pause, ScriptedModel, echo_of, says
from tests.agent.troubled_store import TroubledStore


async def state(store: Store, turn: Turn) -> TurnState:
    return (await store.turns.get(ANN, turn.id)).state


async def test_what_waits_is_asked_by_itself_in_order(store: Store, ear: Ear) -> None:
    async with a_session(store, EchoModel(), ear) as session:
        await session.prompt(words("one"))
        for text in ("two", "three"):
            await session.follow_up(words(text))
        await session.until_idle()
    said = await texts(store, session.info)
    assert said == [text for prompt in ("one", "two", "three") for text in (prompt, echo_of(prompt))]


async def test_each_change_of_the_line_is_told(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate), says("b"), says("c")) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        for text in ("two", "three"):
            await session.follow_up(words(text))
        gate.release.set()
        await session.until_idle()
    lines = [[turn.prompt for turn in event.waiting] for event in ear.of(QueueChanged)]
    assert lines == [["two"], ["two", "three"], ["three"], []]


async def test_the_sixth_is_refused(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        await gate.reached.wait()
        for _ in range(5):
            await session.follow_up(words())
        with pytest.raises(QueueFull):
            await session.follow_up(words())


async def test_it_never_looks_idle_while_something_waits(store: Store, ear: Ear) -> None:
    idle: list[str] = []
    async with a_session(store, EchoModel(), ear) as session:
        session.subscribe(lambda event: None if session.is_streaming else idle.append(type(event).__name__))
        await session.prompt(words())
        await asyncio.gather(*(session.follow_up(words()) for _ in range(4)))
        await session.until_idle()
    assert idle == []
    assert len(ear.of(TurnEnded)) == 5


async def test_a_prompt_put_in_line_as_the_task_looks_for_the_last_time(ear: Ear) -> None:
    store = TroubledStore()
    async with a_session(store, EchoModel(), ear) as session:
        looking = store.turns.slow["waiting"] = Pause()
        await session.prompt(words("one"))
        await looking.reached.wait()  # it saw an empty line
        adding = asyncio.create_task(session.follow_up(words("two")), name="adding")
        await ear.until(QueueChanged)
        looking.release.set()
        await adding
        await session.until_idle()
    assert await texts(store, session.info) == ["one", echo_of("one"), "two", echo_of("two")]


async def test_a_prompt_put_in_line_while_a_stop_pauses_the_others(ear: Ear) -> None:
    store, gate = TroubledStore(), Pause()
    async with ScriptedModel(says("a", gate), says("late")) as model, a_session(store, model, ear) as session:
        await session.prompt(words("one"))
        early = await session.follow_up(words("early"))
        await gate.reached.wait()
        pausing = store.turns.slow["pause"] = Pause()
        stopping = asyncio.create_task(session.abort(), name="stopping")
        await pausing.reached.wait()
        late = await session.follow_up(words("late"))
        pausing.release.set()
        await stopping
        await session.until_idle()
        assert await state(store, early) is TurnState.PAUSED
        assert await state(store, late) is TurnState.COMPLETED


async def test_one_is_taken_back_as_it_is_about_to_be_asked(ear: Ear) -> None:
    store, gate = TroubledStore(), Pause()
    async with ScriptedModel(says("a", gate), says("c")) as model, a_session(store, model, ear) as session:
        await session.prompt(words("one"))
        second = await session.follow_up(words("two"))
        third = await session.follow_up(words("three"))
        await gate.reached.wait()
        looking = store.turns.slow["waiting"] = Pause()
        gate.release.set()
        await looking.reached.wait()
        await session.remove(second.id)
        looking.release.set()
        await session.until_idle()
        assert (await state(store, second), await state(store, third)) == (TurnState.REMOVED, TurnState.COMPLETED)


async def test_a_stop_pauses_what_waits_until_it_is_sent(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate), says("b"), says("c")) as model, a_session(store, model, ear) as session:
        await session.prompt(words("one"))
        waiting = [await session.follow_up(words(text)) for text in ("two", "three")]
        await gate.reached.wait()
        await session.abort()
        assert [await state(store, turn) for turn in waiting] == [TurnState.PAUSED, TurnState.PAUSED]
        assert {turn.state for turn in ear.of(QueueChanged)[-1].waiting} == {TurnState.PAUSED}
        assert [turn.id for turn in await session.resume_waiting()] == [turn.id for turn in waiting]
        await session.until_idle()
    assert await texts(store, session.info) == ["one", "a", "two", "b", "three", "c"]


async def test_a_new_prompt_goes_ahead_of_what_is_paused(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate), says("new")) as model, a_session(store, model, ear) as session:
        await session.prompt(words("one"))
        paused = await session.follow_up(words("two"))
        await gate.reached.wait()
        await session.abort()
        await session.prompt(words("three"))
        await session.until_idle()
        assert await state(store, paused) is TurnState.PAUSED


async def test_a_removed_prompt_is_never_asked(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        waiting = await session.follow_up(words())
        await session.remove(waiting.id)
        with pytest.raises(WrongTurnState):
            await session.remove(waiting.id)
        gate.release.set()
        await session.until_idle()
    assert len(ear.of(TurnStarted)) == 1


async def test_a_line_that_the_disk_does_not_give_is_asked_for_again(ear: Ear) -> None:
    store, naps, gate = TroubledStore(), Naps(at_once=False), Pause()
    async with ScriptedModel(says(gate, "a"), says("b")) as model, a_session(store, model, ear, naps=naps) as session:
        await session.prompt(words("one"))
        second = await session.follow_up(words("two"))
        store.turns.refuses = {"ask"}
        naps.asked.clear()
        gate.release.set()
        await ear.until_ended()
        await naps.begun.wait()
        assert session.is_streaming
        store.turns.refuses = set()
        naps.end.set()
        await session.until_idle()
        assert await state(store, second) is TurnState.COMPLETED


async def test_a_stop_while_the_disk_is_waited_for(ear: Ear) -> None:
    store, gate = TroubledStore(), Pause()
    naps = Naps(at_once=False)
    async with ScriptedModel(says(gate)) as model, a_session(store, model, ear, naps=naps) as session:
        await session.prompt(words("one"))
        second = await session.follow_up(words("two"))
        store.turns.refuses = {"ask"}
        gate.release.set()
        await ear.until_ended()
        await naps.begun.wait()
        await session.abort()
        assert not session.is_streaming
        assert await state(store, second) is TurnState.PAUSED


async def test_an_acknowledged_prompt_is_no_error_though_the_line_cannot_be_read(ear: Ear) -> None:
    store, gate = TroubledStore(), Pause()
    async with ScriptedModel(says("a", gate), says("b")) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        await ear.until(TextDelta)
        store.turns.refuses = {"waiting"}
        waiting = await session.follow_up(words())
        store.turns.refuses = set()
        gate.release.set()
        await session.until_idle()
        assert await state(store, waiting) is TurnState.COMPLETED
