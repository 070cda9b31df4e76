"""One live session: one turn at a time, stops, and what its listeners hear."""

import asyncio
from typing import Any

import pytest

from agent.errors import Overloaded, SessionBusy
from agent.events import Event, RetryWaiting, TextDelta, TurnEnded, TurnStarted
from storage.errors import DuplicateSource, NotLastTurn, TurnNotFound, WrongTurnState
from storage.records import TurnState
from storage.store import Store
from tests.agent.people import ANN, Ear, Naps, a_session, build, texts, words
from tests.agent.scripted_model import EchoModel, Pause, ScriptedModel, echo_of, says
from tests.agent.troubled_store import TroubledStore


async def test_prompt_while_streaming(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate, "b")) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        await gate.reached.wait()
        with pytest.raises(SessionBusy):
            await session.prompt(words())


async def test_two_prompts_at_once(store: Store, ear: Ear) -> None:
    async with a_session(store, EchoModel(), ear) as session:
        results = await asyncio.gather(session.prompt(words()), session.prompt(words()), return_exceptions=True)
        await session.until_idle()
    assert [type(result).__name__ for result in results] == ["Turn", "SessionBusy"]
    assert len(ear.of(TurnStarted)) == 1


async def test_the_same_discord_event_twice(store: Store, ear: Ear) -> None:
    async with a_session(store, EchoModel(), ear) as session:
        prompt = words()
        await session.prompt(prompt)
        await session.until_idle()
        with pytest.raises(DuplicateSource):
            await session.prompt(prompt)
        assert not session.is_streaming


async def test_events_come_in_order_and_carry_the_generation(store: Store, ear: Ear) -> None:
    info = await store.sessions.create(ANN)
    session = await build(store, ScriptedModel(says("a", "b")), ear, info, generation=7)
    await session.prompt(words())
    await session.until_idle()
    await session.dispose()
    assert [type(event) for event in ear.events] == [TurnStarted, TextDelta, TextDelta, TurnEnded]
    assert {event.generation for event in ear.events} == {7}
    assert ear.of(TurnEnded)[0].session.message_count == 2


async def test_a_listener_that_raises_harms_no_other(store: Store, ear: Ear, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_event: Event) -> None:
        raise RuntimeError("boo")

    async with a_session(store, EchoModel(), ear) as session:
        session.subscribe(broken)
        later = Ear()
        session.subscribe(later)
        await session.prompt(words("secret words"))
        await session.until_idle()
    assert later.events == ear.events
    assert "a listener failed" in caplog.text
    assert "secret words" not in caplog.text


async def test_unsubscribe_twice(store: Store, ear: Ear) -> None:
    other = Ear()
    async with a_session(store, EchoModel(), ear) as session:
        unsubscribe = session.subscribe(other)
        unsubscribe()
        unsubscribe()
        await session.prompt(words())
        await session.until_idle()
    assert (other.events, len(ear.of(TurnEnded))) == ([], 1)


async def test_a_stop_keeps_what_was_written(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("so far", gate)) as model, a_session(store, model, ear) as session:
        await session.prompt(words("hi"))
        await gate.reached.wait()
        stopped = await session.abort()
        assert model.open_streams == 0
        assert not session.is_streaming
    assert stopped is not None
    assert stopped.state is TurnState.STOPPED
    assert await texts(store, session.info) == ["hi", "so far"]
    assert ear.outcomes == [TurnState.STOPPED]


async def test_the_model_sees_what_a_stop_left(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("so far", gate), says("ok")) as model, a_session(store, model, ear) as session:
        await session.prompt(words("hi"))
        await gate.reached.wait()
        await session.abort()
        await session.prompt(words("go on"))
        await session.until_idle()
    assert [message.content for message in model.requests[1].messages[1:]] == ["hi", "so far", "go on"]


async def test_a_stop_before_the_model_was_asked(store: Store, ear: Ear) -> None:
    async with ScriptedModel() as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        stopped = await session.abort()
    assert stopped is not None
    assert (stopped.state, ear.outcomes) == (TurnState.STOPPED, [TurnState.STOPPED])
    assert model.requests == []


async def test_a_stop_in_a_retry_wait(store: Store, ear: Ear) -> None:
    async with ScriptedModel((Overloaded(),)) as model, a_session(store, model, ear, naps=Naps(at_once=False)) as session:
        await session.prompt(words())
        await ear.until(RetryWaiting)
        stopped = await session.abort()
    assert stopped is not None
    assert stopped.state is TurnState.STOPPED
    assert stopped.answer_entry is not None


async def test_two_stops_at_once(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        await gate.reached.wait()
        first, second = await asyncio.gather(session.abort(), session.abort())
    assert first == second
    assert ear.outcomes == [TurnState.STOPPED]


async def test_a_stop_while_the_end_is_written_lets_it_be_written(ear: Ear) -> None:
    store = TroubledStore()
    slow = store.turns.slow["end"] = Pause()
    async with ScriptedModel(says("whole")) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        await slow.reached.wait()
        stopping = asyncio.create_task(session.abort(), name="stopping")
        await asyncio.sleep(0)
        slow.release.set()
        stopped = await stopping
    assert stopped is not None
    assert (stopped.state, ear.outcomes) == (TurnState.COMPLETED, [TurnState.COMPLETED])


async def test_a_stop_when_nothing_runs(store: Store, ear: Ear) -> None:
    async with a_session(store, EchoModel(), ear) as session:
        assert await session.abort() is None
        await session.prompt(words())
        await session.until_idle()
    assert ear.outcomes == [TurnState.COMPLETED]


async def test_an_end_that_the_disk_refused_is_shown_all_the_same(ear: Ear) -> None:
    store = TroubledStore()
    store.turns.refuses = {"end"}
    async with ScriptedModel(says("words"), says("more")) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        ended = await ear.until_ended()
        await session.until_idle()
        store.turns.refuses = set()
        await session.prompt(words())
        again = await ear.until_ended(2)
    assert (ended.text, ended.outcome, ended.saved) == ("words", TurnState.COMPLETED, False)
    assert again.saved


async def test_a_model_that_cancels_from_within_is_a_cut(store: Store, ear: Ear) -> None:
    class Broken(ScriptedModel):
        def stream(self, request: Any) -> Any:
            raise asyncio.CancelledError(request)

    async with a_session(store, Broken(), ear) as session:
        await session.prompt(words())
        ended = await ear.until_ended()
    assert ended.outcome is TurnState.FAILED
    assert ended.error is not None
    assert ended.error.kind == "cut_off"


async def test_a_retry_makes_a_sibling(store: Store, ear: Ear) -> None:
    async with ScriptedModel(("one",), says("two")) as model, a_session(store, model, ear) as session:
        first = await session.prompt(words("hi"))
        await session.until_idle()
        again = await session.retry(first.id, words("ignored"))
        await session.until_idle()
    assert again.prompt_entry == first.prompt_entry
    assert await texts(store, session.info) == ["hi", "two"]


async def test_a_retry_of_what_is_not_the_last(store: Store, ear: Ear) -> None:
    async with a_session(store, EchoModel(), ear) as session:
        first = await session.prompt(words())
        await session.until_idle()
        await session.prompt(words())
        await session.until_idle()
        with pytest.raises(NotLastTurn):
            await session.retry(first.id, words())


async def test_a_retry_of_another_sessions_turn(store: Store, ear: Ear) -> None:
    async with a_session(store, EchoModel(), ear) as one, a_session(store, EchoModel(), ear) as other:
        turn = await one.prompt(words())
        await one.until_idle()
        with pytest.raises(TurnNotFound):
            await other.retry(turn.id, words())


async def test_a_turn_of_before_the_restart_is_carried_on(store: Store, ear: Ear) -> None:
    info = await store.sessions.create(ANN)
    turn = await store.turns.submit(ANN, info.id, words("still there?"), TurnState.ASKED)
    session = await build(store, EchoModel(), ear, info)
    await session.carry_on(turn)
    await session.until_idle()
    await session.dispose()
    assert await texts(store, info) == ["still there?", echo_of("still there?")]


async def test_removing_a_running_turn(store: Store, ear: Ear) -> None:
    async with ScriptedModel(says("a", Pause())) as model, a_session(store, model, ear) as session:
        turn = await session.prompt(words())
        await ear.until(TextDelta)
        with pytest.raises(WrongTurnState):
            await session.remove(turn.id)


async def test_a_forgotten_dispose_is_loud(store: Store, ear: Ear) -> None:
    info = await store.sessions.create(ANN)
    with pytest.warns(ResourceWarning, match="never disposed"):
        await build(store, EchoModel(), ear, info)
