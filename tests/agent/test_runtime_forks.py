"""Going on in a copy: which session is live then, and what the copy has."""

import pytest

from agent.outcomes import Asked, Decision, Forked, StillWriting
from storage.errors import SessionNotFound
from storage.records import TurnState
from storage.store import Store
from tests.agent.people import ANN, BOB, Ear, fork, settled, some_runtimes, still, tasks, texts, words, writing
from tests.agent.scripted_model import EchoModel, Pause, ScriptedModel, echo_of, says


async def test_a_fork_takes_what_is_said_next(store: Store, ear: Ear) -> None:
    async with some_runtimes(store, EchoModel(), ear) as all_of_us:
        ann = all_of_us.of(ANN)
        first = await ann.say(words("one"))
        await settled(ann)
        forked = await ann.go(fork(1))
        assert isinstance(forked, Forked)
        assert (forked.session.number, forked.parent.id, ann.live) == (2, first.session.id, ())
        asked = await ann.say(words("two"))
        await settled(ann)
        assert asked.session.id == forked.session.id
    assert await texts(store, forked.session) == ["one", echo_of("one"), "two", echo_of("two")]
    assert await texts(store, first.session) == ["one", echo_of("one")]


async def test_stopping_for_a_fork_takes_the_half_answer_along(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("half", gate)) as model, some_runtimes(store, model, ear) as all_of_us:
        ann = all_of_us.of(ANN)
        await writing(ann, gate, "one")
        asked = await still(ann, fork(1))
        forked = await ann.decide(asked.choice.id, Decision.STOP)
        assert isinstance(forked, Forked)
    assert ear.outcomes == [TurnState.STOPPED]
    assert await texts(store, forked.session) == ["one", "half"]


async def test_a_fork_of_what_goes_on_writing_is_never_live_with_it(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("half", gate), says("other")) as model, some_runtimes(store, model, ear) as all_of_us:
        ann = all_of_us.of(ANN)
        first = await writing(ann, gate, "one")
        asked = await still(ann, fork(1))
        forked = await ann.decide(asked.choice.id, Decision.FINISH)
        assert isinstance(forked, Forked)
        assert isinstance(await ann.say(words("two")), Asked)
        await ear.until_ended()
        gate.release.set()
        await ear.until_ended(2)
    assert await texts(store, forked.session) == ["one", "two", "other"]
    assert await texts(store, first.session) == ["one", "half"]
    assert tasks() == []


async def test_of_what_is_not_ones_own_nothing_is_forked_or_left(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("half", gate)) as model, some_runtimes(store, model, ear) as all_of_us:
        await store.sessions.create(BOB)
        await store.sessions.create(BOB)
        await writing(all_of_us.of(ANN), gate)
        with pytest.raises(SessionNotFound):
            await all_of_us.of(ANN).go(fork(2))
        assert all_of_us.of(ANN).writing
    assert (await store.sessions.list(ANN)).total == 1


async def test_a_choice_of_a_fork_outlives_a_restart(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("half", gate)) as model:
        async with some_runtimes(store, model, ear) as all_of_us:
            await writing(all_of_us.of(ANN), gate, "one")
            asked = await all_of_us.of(ANN).go(fork(1))
            assert isinstance(asked, StillWriting)
        async with some_runtimes(store, model, ear) as all_of_us:
            forked = await all_of_us.of(ANN).decide(asked.choice.id, Decision.FINISH)
    assert isinstance(forked, Forked)
    assert await texts(store, forked.session) == ["one", "half"]
