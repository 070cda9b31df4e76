"""The last prompt in other words, in its place: what is live then, what waits, and what is refused."""

import asyncio

import pytest

from agent.outcomes import Asked, Decision, StillWriting
from storage.errors import NotLastTurn, TurnNotFound, WrongTurnState
from storage.records import Departure, Leave, Turn, TurnState
from storage.store import Store
from tests.agent.people import ANN, BOB, Ear, new, said, settled, some_runtimes, still, texts, words, writing
from tests.agent.scripted_model import EchoModel, Pause, ScriptedModel, echo_of, says


def revise(turn: Turn, text: str = "or rather") -> Departure:
    return Departure(leave=Leave.REVISE, number=turn.session_number, turn_id=turn.id, prompt=words(text))


async def test_the_new_words_are_answered_after_what_was_said_before_the_old_ones(store: Store, ear: Ear) -> None:
    async with some_runtimes(store, EchoModel(), ear) as all_of_us:
        ann = all_of_us.of(ANN)
        _, second = await said(ann, "one", "two")
        asked = await ann.go(revise(second))
        assert isinstance(asked, Asked)
        assert asked.session.id == second.session_id
        await settled(ann)
        assert await texts(store, asked.session) == ["one", echo_of("one"), "or rather", echo_of("or rather")]
        await ann.flip(second.id)
        assert await texts(store, asked.session) == ["one", echo_of("one"), "two", echo_of("two")]
    assert (await store.sessions.list(ANN)).total == 1


async def test_of_two_at_once_one_is_asked(store: Store, ear: Ear) -> None:
    async with some_runtimes(store, EchoModel(), ear) as all_of_us:
        ann = all_of_us.of(ANN)
        (turn,) = await said(ann, "one")
        first, second = await asyncio.gather(ann.go(revise(turn)), ann.go(revise(turn)), return_exceptions=True)
        assert isinstance(first, Asked)
        assert isinstance(second, NotLastTurn)
        await settled(ann)
        assert await texts(store, first.session) == ["or rather", echo_of("or rather")]


async def test_an_older_prompt_or_one_of_another_session_or_person_is_refused(store: Store, ear: Ear) -> None:
    async with some_runtimes(store, EchoModel(), ear) as all_of_us:
        ann = all_of_us.of(ANN)
        first, second = await said(ann, "one", "two")
        with pytest.raises(NotLastTurn):
            await ann.go(revise(first))
        await store.sessions.create(BOB)
        with pytest.raises(TurnNotFound):
            await all_of_us.of(BOB).go(revise(second))
        await ann.go(new())
        with pytest.raises(TurnNotFound):
            await ann.go(Departure(leave=Leave.REVISE, number=2, turn_id=second.id, prompt=words()))


async def test_while_its_own_session_writes_nothing_is_asked_in_its_place(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a"), says("half", gate)) as model, some_runtimes(store, model, ear) as all_of_us:
        ann = all_of_us.of(ANN)
        (first,) = await said(ann, "one")
        running = (await writing(ann, gate, "two")).turn
        for turn, error in ((first, NotLastTurn), (running, WrongTurnState)):
            with pytest.raises(error):
                await ann.go(revise(turn))
        assert ann.writing
        gate.release.set()
        await settled(ann)


@pytest.mark.parametrize("decision", [Decision.STOP, Decision.FINISH])
async def test_while_another_session_writes_its_owner_chooses_and_the_words_wait(
    store: Store, ear: Ear, decision: Decision
) -> None:
    gate = Pause()
    async with ScriptedModel(says("a"), says("half", gate), says("b")) as model, some_runtimes(store, model, ear) as all_of_us:
        ann = all_of_us.of(ANN)
        (first,) = await said(ann, "one")
        await ann.go(new())
        await writing(ann, gate, "two")
        asked = await still(ann, revise(first))
        went = await ann.decide(asked.choice.id, decision)
        assert isinstance(went, Asked)
        gate.release.set()
        await settled(ann)
        assert await texts(store, went.session) == ["or rather", "b"]
    assert ear.outcomes[0] is TurnState.COMPLETED


async def test_the_choice_outlives_a_restart(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a"), says("half", gate), says("b")) as model:
        async with some_runtimes(store, model, ear) as all_of_us:
            ann = all_of_us.of(ANN)
            (first,) = await said(ann, "one")
            await ann.go(new())
            await writing(ann, gate, "two")
            asked = await ann.go(revise(first))
            assert isinstance(asked, StillWriting)
        async with some_runtimes(store, model, ear) as all_of_us:
            went = await all_of_us.of(ANN).decide(asked.choice.id, Decision.STOP)
            assert isinstance(went, Asked)
            await settled(all_of_us.of(ANN))
    assert await texts(store, went.session) == ["or rather", "b"]
