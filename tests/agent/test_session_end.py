"""The end of a session: nothing is torn, nothing is heard after it, and nothing is left."""

import asyncio
import weakref

import pytest

from agent.errors import Overloaded, SessionDisposed
from agent.events import RetryWaiting
from storage.records import TurnState
from storage.store import Store
from tests.agent.people import ANN, Ear, Naps, a_session, build, tasks, texts, words
from tests.agent.scripted_model import EchoModel, Pause, ScriptedModel, says
from tests.agent.troubled_store import TroubledStore


async def test_dispose_twice(store: Store, ear: Ear) -> None:
    async with a_session(store, EchoModel(), ear) as session:
        await session.dispose()
        await session.dispose()
    assert tasks() == []


async def test_dispose_from_two_sides_at_once(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        await gate.reached.wait()
        await asyncio.gather(session.dispose(), session.dispose())
        heard = len(ear.events)
        await asyncio.sleep(0)
    assert (ear.outcomes, len(ear.events)) == ([TurnState.STOPPED], heard)
    assert tasks() == []


async def test_dispose_goes_on_though_its_caller_is_cancelled(ear: Ear) -> None:
    store = TroubledStore()
    slow = store.turns.slow["end"] = Pause()
    async with ScriptedModel(says("a", Pause())) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        disposing = asyncio.create_task(session.dispose(), name="disposing")
        await slow.reached.wait()
        disposing.cancel()
        await asyncio.wait([disposing])
        slow.release.set()
    assert ear.outcomes == [TurnState.STOPPED]
    assert tasks() == []


@pytest.mark.parametrize("outcome", [TurnState.STOPPED, TurnState.INTERRUPTED])
async def test_what_ran_is_stored_with_its_text(store: Store, ear: Ear, outcome: TurnState) -> None:
    gate = Pause()
    async with ScriptedModel(says("so far", gate)) as model, a_session(store, model, ear) as session:
        turn = await session.prompt(words("hi"))
        await gate.reached.wait()
        await session.dispose(outcome)
        assert (await store.turns.get(ANN, turn.id)).state is outcome
        assert await texts(store, session.info) == ["hi", "so far"]


async def test_an_interrupted_session_keeps_its_line_for_after_the_restart(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        waiting = await session.follow_up(words())
        await gate.reached.wait()
        await session.dispose(TurnState.INTERRUPTED)
        assert (await store.turns.get(ANN, waiting.id)).state is TurnState.QUEUED


async def test_dispose_in_a_retry_wait(store: Store, ear: Ear) -> None:
    async with ScriptedModel((Overloaded(),)) as model, a_session(store, model, ear, naps=Naps(at_once=False)) as session:
        await session.prompt(words())
        await ear.until(RetryWaiting)
        await session.dispose()
    assert ear.outcomes == [TurnState.STOPPED]


async def test_prompt_and_dispose_in_the_same_instant(store: Store, ear: Ear) -> None:
    async with a_session(store, EchoModel(), ear) as session:
        turn, _ = await asyncio.gather(session.prompt(words()), session.dispose(), return_exceptions=True)
        heard = len(ear.events)
        await asyncio.sleep(0)
    assert len(ear.events) == heard
    if not isinstance(turn, SessionDisposed):
        assert not isinstance(turn, BaseException)
        assert (await store.turns.get(ANN, turn.id)).state.is_ended


async def test_a_follow_up_taken_in_during_dispose_is_paused_not_lost(ear: Ear) -> None:
    store, gate = TroubledStore(), Pause()
    async with ScriptedModel(says("a", gate)) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        await gate.reached.wait()
        telling = store.turns.slow["waiting"] = Pause()
        adding = asyncio.create_task(session.follow_up(words("late")), name="adding")
        await telling.reached.wait()
        disposing = asyncio.create_task(session.dispose(), name="disposing")
        await ear.until_ended()
        telling.release.set()
        late = await adding
        await disposing
        assert (await store.turns.get(ANN, late.id)).state is TurnState.PAUSED


async def test_a_disposed_session_takes_nothing(store: Store, ear: Ear) -> None:
    async with a_session(store, EchoModel(), ear) as session:
        turn = await session.prompt(words())
        await session.until_idle()
        await session.dispose()
        for use in (session.prompt(words()), session.follow_up(words()), session.resume_waiting(), session.go_on()):
            with pytest.raises(SessionDisposed):
                await use
        for use in (session.retry(turn.id, words()), session.carry_on(turn), session.remove(turn.id)):
            with pytest.raises(SessionDisposed):
                await use
        with pytest.raises(SessionDisposed):
            session.subscribe(ear)


async def test_draining_starts_nothing_further(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate, "b")) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        waiting = await session.follow_up(words())
        session.drain()
        gate.release.set()
        await session.until_idle()
        assert ear.text == "ab"
        assert (await store.turns.get(ANN, waiting.id)).state is TurnState.QUEUED


async def test_a_session_is_freed_at_once(store: Store, ear: Ear) -> None:
    info = await store.sessions.create(ANN)
    session = await build(store, EchoModel(), ear, info)
    await session.prompt(words())
    await session.until_idle()
    await session.dispose()
    gone = weakref.ref(session)
    del session
    assert gone() is None


async def test_no_event_reaches_anyone_after_the_end(ear: Ear) -> None:
    store, gate = TroubledStore(), Pause()
    async with ScriptedModel(says("a", gate)) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        waiting = await session.follow_up(words())
        await gate.reached.wait()
        slow = store.turns.slow["waiting"] = Pause()
        removing = asyncio.create_task(session.remove(waiting.id), name="removing")
        await slow.reached.wait()
        disposing = asyncio.create_task(session.dispose(), name="disposing")
        await ear.until_ended()
        await disposing
        heard = len(ear.events)
        slow.release.set()
        await removing
    assert len(ear.events) == heard
