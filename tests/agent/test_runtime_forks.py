"""Going on in a copy: which session is live then, and what the copy has."""

import asyncio
from dataclasses import replace

import pytest

from agent.outcomes import Asked, Busy, Decision, Forked, StillWriting
from storage.errors import SessionNotFound, TurnNotFound, WrongTurnState
from storage.records import Departure, Leave, Prompt, SessionInfo, Turn, TurnState
from storage.store import Store
from tests.agent.people import ANN, BOB, Ear, fork, said, settled, some_runtimes, still, tasks, texts, words, writing
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


def at(turn: Turn, leave: Leave = Leave.FORK, prompt: Prompt | None = None) -> Departure:
    return Departure(leave=leave, number=turn.session_number, turn_id=turn.id, prompt=prompt)


async def test_a_fork_at_an_exchange_ends_with_it(store: Store, ear: Ear) -> None:
    async with some_runtimes(store, EchoModel(), ear) as all_of_us:
        ann = all_of_us.of(ANN)
        first, _ = await said(ann, "one", "two")
        forked = await ann.go(at(first))
        assert isinstance(forked, Forked)
        assert (forked.question, forked.asked) == (None, None)
    assert await texts(store, forked.session) == ["one", echo_of("one")]


async def test_a_question_in_other_words_is_asked_after_what_was_said_before_it(store: Store, ear: Ear) -> None:
    async with some_runtimes(store, EchoModel(), ear) as all_of_us:
        ann = all_of_us.of(ANN)
        _, second = await said(ann, "one", "two")
        forked = await ann.go(at(second, Leave.EDIT, words("or rather")))
        assert isinstance(forked, Forked)
        assert forked.question is None
        await settled(ann)
    assert await texts(store, forked.session) == ["one", echo_of("one"), "or rather", echo_of("or rather")]
    assert await texts(store, forked.parent) == ["one", echo_of("one"), "two", echo_of("two")]


async def test_without_other_words_the_question_is_given_back(store: Store, ear: Ear) -> None:
    async with some_runtimes(store, EchoModel(), ear) as all_of_us:
        ann = all_of_us.of(ANN)
        (first,) = await said(ann, "one")
        forked = await ann.go(at(first, Leave.EDIT))
        assert isinstance(forked, Forked)
        assert forked.question is not None
        assert (forked.question.prompt, forked.session.message_count) == ("one", 0)


async def test_an_exchange_of_another_session_or_without_an_end_is_no_place_to_fork(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("half", gate)) as model, some_runtimes(store, model, ear) as all_of_us:
        ann = all_of_us.of(ANN)
        turn = (await writing(ann, gate, "one")).turn
        with pytest.raises(WrongTurnState):
            await ann.go(at(turn))
        await store.sessions.create(ANN, "other")
        with pytest.raises(TurnNotFound):
            await ann.go(replace(at(turn), number=2))
        assert ann.writing


async def test_a_choice_keeps_the_question_and_its_other_words(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a"), says("half", gate), says("b")) as model, some_runtimes(store, model, ear) as all_of_us:
        ann = all_of_us.of(ANN)
        (first,) = await said(ann, "one")
        await writing(ann, gate, "two")
        asked = await still(ann, at(first, Leave.EDIT, words("or rather")))
        forked = await ann.decide(asked.choice.id, Decision.STOP)
        assert isinstance(forked, Forked)
        await settled(ann)
    assert await texts(store, forked.session) == ["or rather", "b"]


@pytest.mark.parametrize("leave", [Leave.FORK, Leave.EDIT])
@pytest.mark.parametrize("nth", [0, 1])
async def test_a_fork_pressed_twice_is_made_once(store: Store, ear: Ear, leave: Leave, nth: int) -> None:
    async with some_runtimes(store, EchoModel(), ear) as all_of_us:
        ann = all_of_us.of(ANN)
        turn = (await said(ann, "one", "two"))[nth]
        first, again = await asyncio.gather(ann.go(at(turn, leave)), ann.go(at(turn, leave)))
        assert isinstance(first, Forked)
        assert again == replace(first, was_made=True, left=None)
        other = await ann.go(fork(1))
        assert isinstance(other, Forked)
        assert other.was_made is (leave is Leave.FORK and nth == 1)


async def test_a_fork_in_which_something_was_asked_is_made_anew(store: Store, ear: Ear) -> None:
    async with some_runtimes(store, EchoModel(), ear) as all_of_us:
        ann = all_of_us.of(ANN)
        await said(ann, "one")
        await ann.go(fork(1))
        await said(ann, "two")
        made = await ann.go(fork(1))
        assert isinstance(made, Forked)
        assert (made.session.number, made.was_made) == (3, False)
        await ann.go(Departure(leave=Leave.OPEN, number=1))
        await said(ann, "three")
        await ann.go(Departure(leave=Leave.OPEN, number=3))
        longer = await ann.go(fork(1))
        assert isinstance(longer, Forked)
        assert (longer.session.message_count, longer.was_made) == (4, False)


async def test_to_go_to_another_branch_changes_what_is_said_next(store: Store, ear: Ear) -> None:
    async with some_runtimes(store, EchoModel(), ear) as all_of_us:
        ann = all_of_us.of(ANN)
        first, second = await said(ann, "one", "two")
        there = (await store.turns.get(ANN, first.id)).answer_entry
        back = (await store.turns.get(ANN, second.id)).answer_entry
        assert there is not None
        assert back is not None
        switched = await ann.switch(first.session_id, there)
        assert isinstance(switched, SessionInfo)
        assert (ann.live, switched.message_count) == ((), 2)
        await said(ann, "three")
        assert await texts(store, switched) == ["one", echo_of("one"), "three", echo_of("three")]
        await ann.switch(first.session_id, back)
        assert await texts(store, switched) == ["one", echo_of("one"), "two", echo_of("two")]


async def test_a_session_that_writes_stays_on_its_branch(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a"), says("half", gate)) as model, some_runtimes(store, model, ear) as all_of_us:
        ann = all_of_us.of(ANN)
        (first,) = await said(ann, "one")
        await writing(ann, gate, "two")
        assert isinstance(await ann.switch(first.session_id, 1), Busy)
        assert ann.writing
        gate.release.set()
        await settled(ann)
    assert await texts(store, (await store.sessions.find(ANN, 1))) == ["one", "a", "two", "half"]
