"""What a person chose: for themselves, and for single sessions, whose choices go and come with them."""

import pytest

from storage.errors import SessionNotFound
from storage.records import Departure, Leave, SessionInfo, TurnState
from storage.store import Store
from tests.storage.samples import ANN, BOB, answer, exchange, prompt


@pytest.fixture
async def session(store: Store) -> SessionInfo:
    return await store.sessions.create(ANN)


async def test_all_choices_come_back_as_they_were_set(store: Store) -> None:
    assert await store.preferences.all(ANN) == {}
    await store.preferences.set(ANN, "x", {"a": [1, None, "é"]})
    await store.preferences.set(ANN, "y", 0)
    await store.preferences.set(ANN, "gone", 1)
    await store.preferences.set(ANN, "gone", None)
    assert await store.preferences.all(ANN) == {"x": {"a": [1, None, "é"]}, "y": 0}
    assert await store.preferences.all(BOB) == {}


@pytest.mark.parametrize("temporary", [False, True])
async def test_a_sessions_choices_are_its_own(store: Store, temporary: bool) -> None:
    one, two = await store.sessions.create(ANN, temporary=temporary), await store.sessions.create(ANN)
    await store.preferences.set(ANN, "x", "general")
    await store.preferences.set_for_session(ANN, one.id, "x", "first")
    await store.preferences.set_for_session(ANN, one.id, "x", "second")
    await store.preferences.set_for_session(ANN, one.id, "y", "gone")
    await store.preferences.set_for_session(ANN, one.id, "y", None)
    assert await store.preferences.of_session(ANN, one.id) == {"x": "second"}
    assert await store.preferences.of_session(ANN, two.id) == {}
    assert await store.preferences.all(ANN) == {"x": "general"}


async def test_a_fork_and_what_is_moved_out_take_a_copy_along(store: Store, session: SessionInfo) -> None:
    await exchange(store, session)
    last = await exchange(store, session, "and this?")
    await store.preferences.set_for_session(ANN, session.id, "x", "old")
    forked = await store.branches.fork(ANN, session.id)
    lifted = await store.branches.lift(ANN, last.id)
    await store.preferences.set_for_session(ANN, session.id, "x", "new")
    assert await store.preferences.of_session(ANN, forked.id) == {"x": "old"}
    assert await store.preferences.of_session(ANN, lifted.id) == {"x": "old"}


async def test_what_was_chosen_for_a_temporary_session_stays_when_it_is_kept(store: Store) -> None:
    session = await store.sessions.create(ANN, temporary=True)
    await store.preferences.set_for_session(ANN, session.id, "x", "mine")
    await store.temporaries.keep(ANN, session.id)
    assert await store.preferences.of_session(ANN, session.id) == {"x": "mine"}


async def test_they_rest_in_the_bin_with_the_session_and_end_with_it(store: Store, session: SessionInfo) -> None:
    await store.preferences.set_for_session(ANN, session.id, "x", 1)
    await store.shelves.delete(ANN, session.number)
    with pytest.raises(SessionNotFound):
        await store.preferences.of_session(ANN, session.id)
    await store.shelves.restore(ANN, session.number)
    assert await store.preferences.of_session(ANN, session.id) == {"x": 1}
    await store.shelves.delete(ANN, session.number)
    await store.shelves.purge(ANN, session.number)
    with pytest.raises(SessionNotFound):
        await store.preferences.of_session(ANN, session.id)


async def test_a_turn_knows_which_model_it_was_asked_for_and_then_which_one_answered(
    store: Store, session: SessionInfo
) -> None:
    asked = await store.turns.submit(ANN, session.id, prompt(model="large"), TurnState.ASKED)
    assert (await store.turns.get(ANN, asked.id)).model == "large"
    await answer(store, asked)
    assert (await store.turns.get(ANN, asked.id)).model == "small"
    again = await store.turns.retry(ANN, asked.id, prompt(model="other"))
    assert (await store.turns.get(ANN, again.id)).model == again.model == "other"


async def test_a_departure_that_waits_for_a_decision_keeps_the_model_it_is_to_be_asked_for(
    store: Store, session: SessionInfo
) -> None:
    wanted = Departure(leave=Leave.RETRY, number=session.number, prompt=prompt(model="large"))
    held = await store.turns.hold(ANN, session.id, wanted)
    assert (await store.turns.decide(ANN, held.id)).departure == wanted
