"""*Let it finish*: the session that was left goes on writing, is disposed when it is done, or comes back as it is."""

import asyncio

import pytest

from agent.errors import BadKey
from agent.events import KeptFinished
from agent.keepers import Keepers
from agent.outcomes import Asked, Decision, NothingToStop, Opened, Started, StillWriting, Waiting
from agent.runtime import SessionRuntime
from storage.errors import NotLastTurn
from storage.records import Departure, Leave, TurnState
from storage.store import Store
from tests.agent.people import ANN, Ear, build, new, some_runtimes, tasks, texts, to, words
from tests.agent.scripted_model import Pause, ScriptedModel, says


async def let_finish(runtime: SessionRuntime, departure: Departure) -> object:
    asked = await runtime.go(departure)
    assert isinstance(asked, StillWriting)
    return await runtime.decide(asked.choice.id, Decision.FINISH)


async def kept_writing(runtime: SessionRuntime, gate: Pause, text: str = "hello") -> Asked:
    """Ask, and leave the session while the model holds its answer."""
    asked = await runtime.say(words(text))
    assert isinstance(asked, Asked)
    await gate.reached.wait()
    started = await let_finish(runtime, new())
    assert isinstance(started, Started)
    assert started.left is not None
    assert started.left.kept
    return asked


async def test_it_ends_by_itself_with_its_line_and_is_told_of_once(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate, "b"), says("c")) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        asked = await ann.say(words("one"))
        await ann.say(words("two"))
        await gate.reached.wait()
        await let_finish(ann, new())
        gate.release.set()
        finished = await ear.until(KeptFinished)
        assert ann.live == ()
        await runtimes.close()
    assert await texts(store, asked.session) == ["one", "ab", "two", "c"]
    assert (finished.session.number, len(ear.of(KeptFinished))) == (1, 1)
    assert tasks() == []


async def test_one_that_fails_is_told_of_as_such(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel([gate, BadKey()]) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await kept_writing(ann, gate)
        gate.release.set()
        finished = await ear.until(KeptFinished)
        await runtimes.close()
    assert finished.failed
    assert not (await store.sessions.find(ANN, 1)).unread


async def test_the_person_goes_on_elsewhere_meanwhile(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate), says("elsewhere")) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await kept_writing(ann, gate)
        await ann.say(words("meanwhile"))
        ended = await ear.until_ended()
        await runtimes.close()
    assert (ended.session.number, ended.text) == (2, "elsewhere")


@pytest.mark.parametrize("leave", [Leave.OPEN, Leave.REPLY])
async def test_opened_again_it_comes_back_as_the_same_live_object(store: Store, ear: Ear, leave: Leave) -> None:
    gate = Pause()
    behind = [says("c")] if leave is Leave.REPLY else []
    async with ScriptedModel(says("a", gate, "b"), *behind) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await kept_writing(ann, gate)
        kept = ann.live[-1]
        went = await ann.go(Departure(leave=leave, number=1, prompt=words("more")))
        assert ann.live == (kept,)
        await asyncio.sleep(0)
        gate.release.set()
        await kept.until_idle()
        await runtimes.close()
    assert isinstance(went, Opened if leave is Leave.OPEN else Waiting)
    assert ear.of(KeptFinished) == []
    assert tasks() == []


async def test_two_are_kept_and_no_third(store: Store, ear: Ear) -> None:
    gates = [Pause() for _ in range(3)]
    async with ScriptedModel(*(says("a", gate) for gate in gates)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        for gate in gates[:2]:
            await kept_writing(ann, gate)
        await ann.say(words())
        await gates[2].reached.wait()
        third = await ann.go(new())
        assert isinstance(third, StillWriting)
        assert not third.can_keep
        insisted = await ann.decide(third.choice.id, Decision.FINISH)
        assert isinstance(insisted, StillWriting)
        back = await ann.go(to(1))
        assert isinstance(back, StillWriting)
        assert back.can_keep
        assert isinstance(await ann.decide(back.choice.id, Decision.FINISH), Opened)
        assert [session.info.number for session in ann.live] == [1, 2, 3]
        await runtimes.close()


async def test_a_kept_answer_is_stopped_where_it_is(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        asked = await kept_writing(ann, gate)
        listed = await ann.stop()
        assert isinstance(listed, NothingToStop)
        assert [(session.number, turn.id) for session, turn in listed.kept] == [(1, asked.turn.id)]
        stopped = await ann.stop_turn(asked.turn.id)
        await runtimes.close()
    assert stopped.turn.state is TurnState.STOPPED
    assert ear.of(KeptFinished) == []


async def test_a_retry_in_a_kept_session_that_still_writes(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("first"), says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        old = await ann.say(words())
        await ear.until_ended()
        await ann.live[0].until_idle()
        await kept_writing(ann, gate)
        with pytest.raises(NotLastTurn):
            await ann.go(Departure(leave=Leave.RETRY, number=1, turn_id=old.turn.id, prompt=words()))
        assert await ann.active() == await store.sessions.find(ANN, 2)
        await runtimes.close()


async def test_the_end_interrupts_what_is_kept_and_tells_nobody(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("so far", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        asked = await kept_writing(runtimes.of(ANN), gate)
        await runtimes.close()
    assert (await store.turns.get(ANN, asked.turn.id)).state is TurnState.INTERRUPTED
    assert ear.of(KeptFinished) == []
    assert tasks() == []


async def test_what_is_sent_in_a_kept_session_at_its_end_is_answered(store: Store, ear: Ear) -> None:
    lock, info = asyncio.Lock(), await store.sessions.create(ANN)
    keepers = Keepers(ANN, lock, ear)
    async with ScriptedModel(says("a"), says("b")) as model:
        session = await build(store, model, ear, info)
        async with lock:
            keepers.keep(session)
            await asyncio.sleep(0)  # it found the session idle, and now wants the lock
            await session.prompt(words("one"))
            await session.follow_up(words("two"))
        await ear.until(KeptFinished)
    assert (ear.outcomes, keepers.sessions) == ([TurnState.COMPLETED] * 2, ())
