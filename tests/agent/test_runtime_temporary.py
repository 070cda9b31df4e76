"""Leaving a temporary session is its end, so its owner is asked first, and what they choose happens once."""

import pytest

from agent.events import TurnEnded
from agent.outcomes import (
    Busy,
    Closed,
    Decision,
    Forgotten,
    Leaving,
    Left,
    Opened,
    Started,
    Stayed,
    StillWriting,
)
from agent.runtime import SessionRuntime
from storage.errors import ChoiceNotFound, SessionNotFound, SessionTemporary, TurnNotFound
from storage.records import Departure, Leave, SessionInfo, TurnState
from storage.store import Store
from tests.agent.people import ANN, QUIT, Ear, fork, new, settled, some_runtimes, texts, to, words, writing
from tests.agent.scripted_model import EchoModel, Pause, ScriptedModel, echo_of, says

TEMPORARY = Departure(leave=Leave.NEW, temporary=True)


async def begun(ann: SessionRuntime, text: str | None = "hello") -> SessionInfo:
    """A temporary session, in which something may be said."""
    started = await ann.go(TEMPORARY)
    assert isinstance(started, Started)
    if text is not None:
        await ann.say(words(text))
        await settled(ann)
    return started.session


async def leaving(ann: SessionRuntime, departure: Departure) -> Leaving:
    went = await ann.go(departure)
    assert isinstance(went, Leaving)
    return went


@pytest.mark.parametrize("departure", [new(), new("more", "named"), to(1), QUIT, fork(1), TEMPORARY])
async def test_one_in_which_something_was_said_is_not_left_unasked(store: Store, ear: Ear, departure: Departure) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    await store.sessions.create(ANN)
    session = await begun(runtimes.of(ANN))
    assert session.temporary
    await runtimes.of(ANN).rest()
    asked = await leaving(runtimes.of(ANN), departure)
    assert (asked.session.id, asked.writing, asked.choice.departure) == (session.id, False, departure)
    assert await texts(store, session) == ["hello", echo_of("hello")]
    await runtimes.close()


async def test_forgotten_it_is_gone_and_what_was_asked_for_happens_once(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    ann = runtimes.of(ANN)
    session = await begun(ann)
    asked = await leaving(ann, new("the next", "Next"))
    went = await ann.decide(asked.choice.id, Decision.FORGET)
    await settled(ann)
    assert isinstance(went, Started)
    assert went.left is not None
    assert (went.session.name, went.left.forgotten, went.left.session.id) == ("Next", True, session.id)
    with pytest.raises(SessionNotFound):
        await store.sessions.get(ANN, session.id)
    with pytest.raises(ChoiceNotFound):
        await ann.decide(asked.choice.id, Decision.FORGET)
    assert await texts(store, went.session) == ["the next", echo_of("the next")]
    await runtimes.close()


async def test_forgotten_while_it_writes_the_answer_stops_and_what_waits_goes_too(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await begun(ann, None)
        running = await writing(ann, gate)
        waits = await ann.say(words("behind"))
        asked = await leaving(ann, QUIT)
        assert asked.writing
        went = await ann.decide(asked.choice.id, Decision.FORGET)
        await runtimes.close()
    assert isinstance(went, Closed)
    assert went.left == Left(session=went.session, forgotten=True)
    assert ear.outcomes == [TurnState.STOPPED]
    for turn in (running.turn, waits.turn):
        with pytest.raises(TurnNotFound):
            await store.turns.get(ANN, turn.id)


async def test_kept_it_is_left_like_any_other(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    ann = runtimes.of(ANN)
    session = await begun(ann)
    went = await ann.decide((await leaving(ann, QUIT)).choice.id, Decision.KEEP)
    assert isinstance(went, Closed)
    assert (went.left.saved, went.left.forgotten) == (True, False)
    opened = await ann.go(to(session.number))
    assert isinstance(opened, Opened)
    assert not opened.session.temporary
    assert await texts(store, session) == ["hello", echo_of("hello")]
    assert isinstance(await ann.go(QUIT), Closed)
    await runtimes.close()


async def test_kept_while_it_writes_it_finishes_in_the_background(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate, "b")) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        session = await begun(ann, None)
        await writing(ann, gate)
        went = await ann.decide((await leaving(ann, QUIT)).choice.id, Decision.KEEP)
        assert isinstance(went, Closed)
        assert (went.left.kept, went.left.saved) == (True, True)
        gate.release.set()
        await settled(ann)
        await runtimes.close()
    assert await texts(store, session) == ["hello", "ab"]
    assert [event.session.temporary for event in ear.of(TurnEnded)] == [False]


async def test_stay_here_gives_back_what_came_with_it(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    ann = runtimes.of(ANN)
    session = await begun(ann)
    departure = new("typed with care", "Plans")
    stayed = await ann.decide((await leaving(ann, departure)).choice.id, Decision.STAY)
    assert isinstance(stayed, Stayed)
    assert stayed.departure == departure
    assert (await store.sessions.get(ANN, session.id)).temporary
    await runtimes.close()


@pytest.mark.parametrize("decision", [Decision.STOP, Decision.FINISH])
async def test_a_choice_that_says_nothing_of_losing_it_asks_again(store: Store, ear: Ear, decision: Decision) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    ann = runtimes.of(ANN)
    await begun(ann)
    assert isinstance(await ann.decide((await leaving(ann, QUIT)).choice.id, decision), Leaving)
    await runtimes.close()


async def test_to_forget_what_was_kept_meanwhile_forgets_nothing(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        session = await begun(ann, None)
        await writing(ann, gate)
        asked = await leaving(ann, QUIT)
        assert not (await ann.keep(session.id)).temporary
        assert isinstance(await ann.decide(asked.choice.id, Decision.FORGET), StillWriting)
        await runtimes.close()
    assert await texts(store, session) == ["hello", "a"]


async def test_an_empty_one_is_left_unasked_and_leaves_nothing(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    ann = runtimes.of(ANN)
    first = await begun(ann, None)
    again = await ann.go(TEMPORARY)
    assert isinstance(again, Started)
    assert (again.session.id, again.was_blank) == (first.id, True)
    named = await ann.go(Departure(leave=Leave.NEW, name="Plans", temporary=True))
    assert isinstance(named, Started)
    assert (named.session.name, named.was_blank) == ("Plans", False)
    ordinary = await ann.go(new())
    assert isinstance(ordinary, Started)
    assert not ordinary.session.temporary
    assert [info.id for info in (await store.sessions.list(ANN)).items] == [ordinary.session.id]
    await runtimes.close()


async def test_an_empty_ordinary_one_does_not_become_temporary(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    ordinary = await runtimes.of(ANN).go(new())
    assert isinstance(ordinary, Started)
    temporary = await begun(runtimes.of(ANN), None)
    assert temporary.id != ordinary.session.id
    assert not (await store.sessions.get(ANN, ordinary.session.id)).temporary
    await runtimes.close()


async def test_it_is_not_forked_and_nothing_is_left_for_it(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    ann = runtimes.of(ANN)
    session = await begun(ann)
    with pytest.raises(SessionTemporary):
        await ann.go(fork(session.number))
    assert await texts(store, session) == ["hello", echo_of("hello")]
    await runtimes.close()


async def test_deleted_it_is_gone_at_once_after_the_question_whether_to_stop(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        session = await begun(ann, None)
        await writing(ann, gate)
        assert isinstance(await ann.delete(session.number), Busy)
        deleted = await ann.delete(session.number, stop=True)
        await runtimes.close()
    assert isinstance(deleted, Forgotten)
    assert deleted.was_active
    with pytest.raises(SessionNotFound):
        await store.sessions.get(ANN, session.id, binned=True)
