"""Moving the last exchange out into a new session: what is live then, and what is refused before anything is left for it."""

import pytest

from agent.outcomes import Asked, Decision, Lifted
from agent.runtime import SessionRuntime
from storage.errors import ExchangeAlone, NotLastTurn, SessionTemporary, TurnNotFound
from storage.records import Departure, Leave, SessionInfo, Turn
from storage.store import Store
from tests.agent.people import ANN, BOB, Ear, new, settled, some_runtimes, still, texts, words, writing
from tests.agent.scripted_model import EchoModel, Pause, ScriptedModel, echo_of, says


def lift(turn: Turn) -> Departure:
    return Departure(leave=Leave.LIFT, number=turn.session_number, turn_id=turn.id)


async def said(runtime: SessionRuntime, *prompts: str) -> tuple[SessionInfo, Turn]:
    """These were asked and answered in the active session; the last turn of it."""
    asked: Asked | None = None
    for text in prompts:
        taken = await runtime.say(words(text))
        assert isinstance(taken, Asked)
        asked = taken
        await settled(runtime)
    assert asked is not None
    return asked.session, asked.turn


async def test_what_is_said_next_goes_on_in_the_new_session_and_the_old_one_is_let_go(store: Store, ear: Ear) -> None:
    async with some_runtimes(store, EchoModel(), ear) as all_of_us:
        ann = all_of_us.of(ANN)
        old, turn = await said(ann, "one", "two")
        lifted = await ann.go(lift(turn))
        assert isinstance(lifted, Lifted)
        assert (lifted.session.number, lifted.parent.id, ann.live) == (2, old.id, ())
        await said(ann, "three")
    assert await texts(store, lifted.session) == ["two", echo_of("two"), "three", echo_of("three")]
    assert await texts(store, old) == ["one", echo_of("one")]


async def test_of_two_at_once_one_moves_it(store: Store, ear: Ear) -> None:
    async with some_runtimes(store, EchoModel(), ear) as all_of_us:
        ann = all_of_us.of(ANN)
        _, turn = await said(ann, "one", "two")
        assert isinstance(await ann.go(lift(turn)), Lifted)
        with pytest.raises(TurnNotFound):  # asked for before it was moved
            await ann.go(lift(turn))
        with pytest.raises(ExchangeAlone):
            await ann.go(lift(await store.turns.get(ANN, turn.id)))
        assert (await store.sessions.counts(ANN)).open == 2


async def test_what_can_not_be_moved_stops_nothing(store: Store, ear: Ear) -> None:
    gate = Pause()
    scripts = (says("a"), says("b"), says("c"), says("half", gate))
    async with ScriptedModel(*scripts) as model, some_runtimes(store, model, ear) as all_of_us:
        ann = all_of_us.of(ANN)
        _, first = await said(ann, "one")
        _, second = await said(ann, "two")
        await ann.go(new())
        _, alone = await said(ann, "three")
        await ann.go(new())
        await writing(ann, gate)
        with pytest.raises(NotLastTurn):
            await ann.go(lift(first))
        with pytest.raises(ExchangeAlone):
            await ann.go(lift(alone))
        with pytest.raises(TurnNotFound):
            await all_of_us.of(BOB).go(Departure(leave=Leave.LIFT, number=await of_bob(store), turn_id=second.id))
        assert ann.writing
        asked = await still(ann, lift(second))
        assert isinstance(await ann.decide(asked.choice.id, Decision.STOP), Lifted)


async def of_bob(store: Store) -> int:
    return (await store.sessions.create(BOB)).number


async def test_a_temporary_session_is_not_left_for_what_cannot_be(store: Store, ear: Ear) -> None:
    async with some_runtimes(store, EchoModel(), ear) as all_of_us:
        ann = all_of_us.of(ANN)
        await ann.go(Departure(leave=Leave.NEW, temporary=True))
        session, turn = await said(ann, "one", "two")
        with pytest.raises(SessionTemporary):
            await ann.go(lift(turn))
        assert await texts(store, session) == ["one", echo_of("one"), "two", echo_of("two")]
