"""What a crash left open is mended at the start, in the right order, and told."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

from agent.events import KeptFinished, QueueChanged, TurnEnded, TurnStarted
from agent.model import ModelClient
from agent.recovery import Recovered, recover
from agent.runtimes import Runtimes
from storage.ids import utc_now
from storage.records import SessionInfo, Turn, TurnState
from storage.store import Store
from tests.agent.people import ANN, BOB, CONFIG, Ear, some_runtimes, tasks, texts, words
from tests.agent.scripted_model import EchoModel, ScriptedModel, echo_of, says


async def left(store: Store, session: SessionInfo, state: TurnState, text: str = "hello") -> Turn:
    return await store.turns.submit(ANN, session.id, words(text), state)


@asynccontextmanager
async def restarted(
    store: Store, ear: Ear, model: ModelClient | None = None, *, later: timedelta = timedelta()
) -> AsyncGenerator[tuple[Runtimes, Recovered], None]:
    """The bot after a crash, some time later."""
    runtimes = some_runtimes(store, model or EchoModel(), ear)
    yield runtimes, await recover(store, runtimes, CONFIG, ear, lambda: utc_now() + later)
    await runtimes.close()


HOURS_LATER = timedelta(hours=3)


async def test_nothing_was_left(store: Store, ear: Ear) -> None:
    async with restarted(store, ear) as (_, found):
        assert found == Recovered()
    assert ear.events == []


async def test_a_streaming_turn_is_interrupted_with_the_text_that_was_kept(store: Store, ear: Ear) -> None:
    session = await store.sessions.create(ANN)
    turn = await left(store, session, TurnState.ASKED)
    await store.turns.checkpoint(ANN, turn.id, "so far")
    async with restarted(store, ear, ScriptedModel()) as (_, found):
        pass
    assert [(ended.id, ended.state) for ended in found.interrupted] == [(turn.id, TurnState.INTERRUPTED)]
    assert [(event.text, event.outcome, event.saved) for event in ear.of(TurnEnded)] == [
        ("so far", TurnState.INTERRUPTED, True)
    ]
    assert await texts(store, session) == ["hello", "so far"]


async def test_a_fresh_asked_turn_goes_on_and_what_waits_behind_it(store: Store, ear: Ear) -> None:
    session = await store.sessions.create(ANN)
    await store.sessions.open(ANN, session.number)
    asked = await left(store, session, TurnState.ASKED, "one")
    queued = await left(store, session, TurnState.QUEUED, "two")
    async with restarted(store, ear) as (runtimes, found):
        (live,) = runtimes.of(ANN).live
        await live.until_idle()
    assert [turn.id for turn in found.resumed] == [asked.id, queued.id]
    assert await texts(store, session) == ["one", echo_of("one"), "two", echo_of("two")]
    assert ear.of(KeptFinished) == []


async def test_a_fresh_queue_goes_on_in_order(store: Store, ear: Ear) -> None:
    session = await store.sessions.create(ANN)
    for text in ("one", "two"):
        await left(store, session, TurnState.QUEUED, text)
    async with restarted(store, ear):
        await ear.until_ended(2)
    assert [event.turn.prompt for event in ear.of(TurnStarted)] == ["one", "two"]


async def test_what_goes_on_elsewhere_than_its_owner_is_ends_by_itself(store: Store, ear: Ear) -> None:
    session = await store.sessions.create(ANN)
    here = await store.sessions.open(ANN, (await store.sessions.create(ANN)).number)
    await left(store, session, TurnState.ASKED)
    async with restarted(store, ear) as (runtimes, _):
        finished = await ear.until(KeptFinished)
        assert runtimes.of(ANN).live == ()
        assert await runtimes.of(ANN).active() == here
    assert finished.session.id == session.id
    assert tasks() == []


async def test_an_old_asked_turn_waits_for_its_owner_before_what_came_later(store: Store, ear: Ear) -> None:
    session = await store.sessions.create(ANN)
    asked = await left(store, session, TurnState.ASKED, "one")
    queued = await left(store, session, TurnState.QUEUED, "two")
    async with restarted(store, ear, ScriptedModel(), later=HOURS_LATER) as (_, found):
        pass
    assert [turn.id for turn in found.paused] == [asked.id, queued.id]
    waiting = ear.of(QueueChanged)[-1].waiting
    assert [(turn.prompt, turn.state) for turn in waiting] == [("one", TurnState.PAUSED), ("two", TurnState.PAUSED)]
    assert await texts(store, session) == []


async def test_an_old_retry_is_interrupted_and_the_finishing_of_an_answer_keeps_its_text(store: Store, ear: Ear) -> None:
    session = await store.sessions.create(ANN)
    turn = await left(store, session, TurnState.ASKED)
    await store.turns.end(ANN, turn.id, TurnState.STOPPED, text="half of ")
    again = await store.turns.finish(ANN, turn.id, words())
    async with restarted(store, ear, ScriptedModel(), later=HOURS_LATER) as (_, found):
        pass
    assert [ended.id for ended in found.interrupted] == [again.id]
    assert [event.text for event in ear.of(TurnEnded)] == ["half of "]
    assert await texts(store, session) == ["hello", "half of "]


async def test_finishing_an_answer_goes_on_after_a_crash(store: Store, ear: Ear) -> None:
    session = await store.sessions.create(ANN)
    turn = await left(store, session, TurnState.ASKED)
    await store.turns.end(ANN, turn.id, TurnState.STOPPED, text="half of ")
    await store.turns.finish(ANN, turn.id, words())
    async with ScriptedModel(says("the whole")) as model, restarted(store, ear, model):
        await ear.until_ended(1)
    assert await texts(store, session) == ["hello", "half of the whole"]


async def test_an_old_queue_waits_for_its_owner(store: Store, ear: Ear) -> None:
    session = await store.sessions.create(ANN)
    queued = await left(store, session, TurnState.QUEUED)
    async with restarted(store, ear, ScriptedModel(), later=HOURS_LATER) as (runtimes, found):
        assert runtimes.of(ANN).live == ()
    assert [(turn.id, turn.state) for turn in found.paused] == [(queued.id, TurnState.PAUSED)]
    assert [turn.state for turn in ear.of(QueueChanged)[-1].waiting] == [TurnState.PAUSED]


async def test_what_was_paused_stays_so_and_is_told_of(store: Store, ear: Ear) -> None:
    session = await store.sessions.create(ANN)
    paused = await left(store, session, TurnState.PAUSED)
    async with restarted(store, ear, ScriptedModel()) as (_, found):
        assert found == Recovered()
    assert [turn.id for turn in ear.of(QueueChanged)[-1].waiting] == [paused.id]


async def test_one_session_of_several_people_never_holds_up_another(store: Store, ear: Ear) -> None:
    hers = await store.sessions.create(ANN)
    his = await store.sessions.create(BOB)
    old = await left(store, hers, TurnState.ASKED)
    await store.turns.checkpoint(ANN, old.id, "cut")
    await store.turns.submit(BOB, his.id, words("his"), TurnState.QUEUED)
    async with restarted(store, ear) as (_, found):
        await ear.until(TurnEnded, lambda event: event.actor == BOB)
    assert (len(found.interrupted), len(found.resumed), found.paused) == (1, 1, ())
    assert await texts(store, his) == ["his", echo_of("his")]


async def test_twice_in_a_row(store: Store, ear: Ear) -> None:
    session = await store.sessions.create(ANN)
    turn = await left(store, session, TurnState.ASKED)
    await store.turns.checkpoint(ANN, turn.id, "so far")
    async with restarted(store, ear):
        pass
    async with restarted(store, ear) as (_, found):
        assert found == Recovered()
    assert len(ear.of(TurnEnded)) == 1
