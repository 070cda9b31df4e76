"""Into the bin and back: what is live of a session ends before it goes, and nothing comes back by itself."""

import pytest

from agent.events import KeptFinished
from agent.outcomes import Asked, Busy, Decision, Deleted
from storage.errors import SessionNotFound, SessionWriting
from storage.records import Departure, Leave, TurnState
from storage.store import Store
from tests.agent.people import ANN, BOB, Ear, new, settled, some_runtimes, still, tasks, texts, to, words, writing
from tests.agent.scripted_model import EchoModel, Pause, ScriptedModel, says


async def test_the_active_session_goes_and_the_next_prompt_starts_another(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    ann = runtimes.of(ANN)
    await ann.say(words())
    await settled(ann)
    gone = await ann.delete(1)
    assert ann.live == ()
    assert await ann.active() is None
    again = await ann.say(words())
    await settled(ann)
    await runtimes.close()
    assert isinstance(gone, Deleted)
    assert gone.was_active
    assert again.session.number == 2
    assert tasks() == []


async def test_while_it_writes_nothing_happens_until_it_is_to_stop(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        asked = await writing(ann, gate)
        behind = await ann.say(words("behind"))
        assert isinstance(await ann.delete(1), Busy)
        assert ann.writing == {asked.session.id}
        gone = await ann.delete(1, stop=True)
        assert isinstance(gone, Deleted)
        assert ann.live == ()
        heard = len(ear.events)
        back = await ann.undo(gone.changed.undo)
        assert back.deleted is None
        assert await ann.active() is None
        await runtimes.close()
    assert ear.outcomes == [TurnState.STOPPED]
    assert len(ear.events) == heard
    assert await texts(store, asked.session) == ["hello", "a"]
    assert [(turn.id, turn.state) for turn in await store.turns.waiting(ANN, back.id)] == [(behind.turn.id, TurnState.PAUSED)]


async def test_a_kept_one_is_stopped_and_its_end_is_no_news(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await writing(ann, gate)
        await ann.decide((await still(ann, new())).choice.id, Decision.FINISH)
        assert isinstance(await ann.delete(1), Busy)
        gone = await ann.delete(1, stop=True)
        assert isinstance(gone, Deleted)
        assert not gone.was_active
        assert ann.live == ()
        active = await ann.active()
        await runtimes.close()
    assert active is not None
    assert active.number == 2
    assert ear.of(KeptFinished) == []
    assert tasks() == []


async def test_undoing_a_restore_leaves_nothing_live_behind(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    ann = runtimes.of(ANN)
    await ann.say(words())
    await settled(ann)
    await ann.delete(1)
    restored = await store.shelves.restore(ANN, 1)
    await ann.go(to(1))
    await ann.say(words())
    await settled(ann)
    assert (await ann.undo(restored.undo)).deleted is not None
    assert ann.live == ()
    await runtimes.close()


async def test_undoing_a_restore_does_not_tear_an_answer(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate, "b")) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await store.sessions.create(ANN)
        await ann.delete(1)
        restored = await store.shelves.restore(ANN, 1)
        asked = await ann.go(Departure(leave=Leave.REPLY, number=1, prompt=words()))
        assert isinstance(asked, Asked)
        await gate.reached.wait()
        with pytest.raises(SessionWriting):
            await ann.undo(restored.undo)
        gate.release.set()
        await settled(ann)
        await runtimes.close()
    assert await texts(store, asked.session) == ["hello", "ab"]


async def test_what_is_not_there_or_anothers_stays_as_it_is(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate, "b")) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await writing(ann, gate)
        for person, number in ((ann, 2), (runtimes.of(BOB), 1)):
            with pytest.raises(SessionNotFound):
                await person.delete(number, stop=True)
        gate.release.set()
        await settled(ann)
        await runtimes.close()
    assert ear.outcomes == [TurnState.COMPLETED]
