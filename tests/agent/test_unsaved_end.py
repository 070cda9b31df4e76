"""An end that the disk refused is stored as soon as it can be, and before anything more is said in its session."""

import pytest

from agent.events import TurnSaved
from agent.outcomes import Asked
from agent.recovery import Recovered, recover
from storage.errors import StoreUnavailable, WrongTurnState
from storage.ids import utc_now
from storage.records import Departure, Leave, TurnState
from storage.store import Store
from tests.agent.people import ANN, CONFIG, QUIT, Ear, a_session, settled, some_runtimes, texts, words
from tests.agent.scripted_model import EchoModel, Pause, ScriptedModel, echo_of, says
from tests.agent.troubled_store import TroubledStore

ALL_SAID = ["one", echo_of("one"), "two", echo_of("two")]


def refusing() -> TroubledStore:
    store = TroubledStore()
    store.turns.refuses = {"end"}
    return store


async def test_it_is_stored_before_the_next_prompt(ear: Ear) -> None:
    store = refusing()
    async with a_session(store, EchoModel(), ear) as session:
        first = await session.prompt(words("one"))
        await session.until_idle()
        store.turns.refuses = set()
        await session.prompt(words("two"))
        await session.until_idle()
    assert await texts(store, session.info) == ALL_SAID
    assert (await store.turns.get(ANN, first.id)).state is TurnState.COMPLETED


async def test_nothing_is_taken_before_it_is(ear: Ear) -> None:
    store = refusing()
    async with a_session(store, EchoModel(), ear) as session:
        await session.prompt(words("one"))
        await session.until_idle()
        with pytest.raises(StoreUnavailable):
            await session.prompt(words("two"))
        assert await texts(store, session.info) == ["one"]


async def test_what_waits_is_not_asked_before_it_is(ear: Ear) -> None:
    store, gate = refusing(), Pause()
    async with ScriptedModel(says("a", gate), says("b")) as model, a_session(store, model, ear) as session:
        await session.prompt(words("one"))
        await session.follow_up(words("two"))
        await gate.reached.wait()
        gate.release.set()
        await ear.until_ended()
        store.turns.refuses = set()
        await session.until_idle()
    assert await texts(store, session.info) == ["one", "a", "two", "b"]


async def test_it_is_stored_without_anybody_asking_once_the_disk_takes_it(ear: Ear) -> None:
    store = refusing()
    runtimes = some_runtimes(store, EchoModel(), ear)
    asked = await runtimes.of(ANN).say(words("one"))
    await settled(runtimes.of(ANN))
    await runtimes.save()
    assert (await store.turns.get(ANN, asked.turn.id)).state.is_running
    store.turns.refuses = set()
    await runtimes.save()
    assert (await store.turns.get(ANN, asked.turn.id)).state is TurnState.COMPLETED
    assert await texts(store, asked.session) == ALL_SAID[:2]
    assert [event.turn.state for event in ear.of(TurnSaved)] == [TurnState.COMPLETED]
    await runtimes.close()


async def test_dispose_tries_once_more(ear: Ear) -> None:
    store = refusing()
    async with a_session(store, EchoModel(), ear) as session:
        await session.prompt(words("one"))
        await session.until_idle()
        store.turns.refuses = set()
    assert await texts(store, session.info) == ALL_SAID[:2]


async def test_a_rebuilt_session_ends_what_was_left_with_the_text_that_was_kept(ear: Ear) -> None:
    store, gate = refusing(), Pause()
    async with ScriptedModel(says("so far", gate), says("b")) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        kept = store.turns.slow["checkpoint"] = Pause()
        asked = await ann.say(words("one"))
        await kept.reached.wait()
        await ann.stop()
        await ann.go(QUIT)
        store.turns.refuses = set()
        await ann.go(Departure(leave=Leave.REPLY, number=1, prompt=words("two")))
        await settled(ann)
        await runtimes.close()
    assert await texts(store, asked.session) == ["one", "so far", "two", "b"]
    assert (await store.turns.get(ANN, asked.turn.id)).state is TurnState.INTERRUPTED


async def test_a_restart_does_not_take_the_session_back_to_it(ear: Ear) -> None:
    store = refusing()
    runtimes = some_runtimes(store, EchoModel(), ear)
    asked = await runtimes.of(ANN).say(words("one"))
    await settled(runtimes.of(ANN))
    store.turns.refuses = set()
    await runtimes.of(ANN).say(words("two"))
    await settled(runtimes.of(ANN))
    await runtimes.close()
    again = some_runtimes(store, EchoModel(), ear)
    assert await recover(store, again, CONFIG, ear, utc_now) == Recovered()
    await again.close()
    assert await texts(store, asked.session) == ALL_SAID


async def test_it_can_be_retried_once_the_disk_takes_it(ear: Ear) -> None:
    store = refusing()
    async with ScriptedModel(("cut",), says("whole")) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        cut = await ann.say(words("one"))
        await settled(ann)
        store.turns.refuses = set()
        went = await ann.go(Departure(leave=Leave.RETRY, number=1, turn_id=cut.turn.id, prompt=words()))
        await settled(ann)
        await runtimes.close()
    assert isinstance(went, Asked)
    assert await texts(store, went.session) == ["one", "whole"]


async def test_a_session_retries_what_it_had_to_store_first(ear: Ear) -> None:
    store = refusing()
    async with ScriptedModel(("cut",), says("whole")) as model, a_session(store, model, ear) as session:
        cut = await session.prompt(words("one"))
        await session.until_idle()
        store.turns.refuses = set()
        await session.retry(cut.id, words())
        await session.until_idle()
    assert await texts(store, session.info) == ["one", "whole"]


async def test_a_turn_that_is_carried_on_after_a_restart_is_not_taken_for_one(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate, "b")) as model:
        session = await store.sessions.create(ANN)
        await store.sessions.open(ANN, session.number)
        asked = await store.turns.submit(ANN, session.id, words("one"), TurnState.ASKED)
        runtimes = some_runtimes(store, model, ear)
        await recover(store, runtimes, CONFIG, ear, utc_now)
        await gate.reached.wait()
        with pytest.raises(WrongTurnState):
            await runtimes.of(ANN).go(Departure(leave=Leave.RETRY, number=1, turn_id=asked.id, prompt=words()))
        gate.release.set()
        await settled(runtimes.of(ANN))
        await runtimes.close()
    assert await texts(store, session) == ["one", "ab"]
