"""The text so far is kept while it streams, and never holds the stream up."""

import asyncio

from agent.checkpoints import Checkpoints, until_done
from storage.records import TurnState
from storage.store import Store
from tests.agent.people import ANN, Ear, Naps, a_session, tasks, words
from tests.agent.scripted_model import Pause, ScriptedModel, says
from tests.agent.troubled_store import TroubledStore


async def test_the_first_words_are_kept_at_once_and_mark_the_turn_streaming(store: Store, ear: Ear) -> None:
    gate, naps = Pause(), Naps(at_once=False)
    async with ScriptedModel(says("first", gate, " more")) as model, a_session(store, model, ear, naps=naps) as session:
        turn = await session.prompt(words())
        await naps.begun.wait()
        kept = await store.turns.get(ANN, turn.id)
    assert (kept.state, kept.partial) == (TurnState.STREAMING, "first")
    assert kept.first_delta is not None


async def test_what_came_since_is_kept_a_second_later(ear: Ear) -> None:
    store, naps, middle, gate = TroubledStore(), Naps(at_once=False), Pause(), Pause()
    async with ScriptedModel(says("a", middle, "b", "c", gate)) as model, a_session(store, model, ear, naps=naps) as session:
        turn = await session.prompt(words())
        await naps.begun.wait()
        middle.release.set()
        await gate.reached.wait()
        assert (await store.turns.get(ANN, turn.id)).partial == "a"
        second = store.turns.slow["checkpoint"] = Pause()
        naps.end.set()
        await second.reached.wait()
        assert (await store.turns.get(ANN, turn.id)).partial == "abc"
        second.release.set()


async def test_a_slow_disk_holds_no_delta_up(ear: Ear) -> None:
    store, gate = TroubledStore(), Pause()
    slow = store.turns.slow["checkpoint"] = Pause()
    async with ScriptedModel(says("a", "b", "c", gate)) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        await gate.reached.wait()
        assert ear.text == "abc"
        assert slow.reached.is_set()
        slow.release.set()


async def test_a_failed_checkpoint_leaves_the_answer_alone(ear: Ear) -> None:
    store = TroubledStore()
    store.turns.refuses = {"checkpoint"}
    async with ScriptedModel(says("a", "b")) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        ended = await ear.until_ended()
    assert (ended.outcome, ended.saved) == (TurnState.COMPLETED, True)


async def test_a_write_that_was_begun_is_finished_before_the_end_is_written(ear: Ear) -> None:
    store = TroubledStore()
    slow = store.turns.slow["checkpoint"] = Pause()
    async with ScriptedModel(says("a", Pause())) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        await slow.reached.wait()
        stopped = await session.abort()
    assert stopped is not None
    assert stopped.state is TurnState.STOPPED
    assert tasks() == []


async def test_closing_is_finished_though_its_caller_is_cancelled() -> None:
    writing, last = asyncio.Event(), asyncio.Event()
    written: list[str] = []

    async def write() -> None:
        writing.set()
        try:
            await asyncio.Event().wait()
        finally:
            await last.wait()
            written.append("all")

    checkpoints = Checkpoints(write, seconds=1.0, sleep=Naps(), name="checkpoints-test")
    checkpoints.mark()
    await writing.wait()
    closing = asyncio.create_task(checkpoints.close(), name="closing")
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.sleep(0)
    assert not closing.done()
    last.set()
    await until_done(closing)
    assert (written, closing.cancelled()) == (["all"], True)
