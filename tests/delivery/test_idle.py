"""When an answer counts as late: by how long it was quiet before its question, whatever came of it since."""

from datetime import timedelta

import pytest

from delivery.idle import came_after
from storage.memory import MemoryStore
from tests.storage.samples import ANN, Clock, answer, ask, exchange, prompt

SILENCE = timedelta(hours=8)


@pytest.mark.parametrize(("quiet", "late"), [(SILENCE - timedelta(minutes=1), False), (SILENCE, True)])
async def test_late_is_what_was_asked_after_a_long_silence(quiet: timedelta, late: bool) -> None:
    clock = Clock()
    store = MemoryStore(now=clock)
    session = await store.sessions.create(ANN)
    assert not await came_after(SILENCE, store, ANN, session, await exchange(store, session))
    clock.time += quiet
    turn = await exchange(store, session)
    assert await came_after(SILENCE, store, ANN, session, turn) is late


async def test_an_answer_that_was_long_in_coming_or_was_asked_for_anew_is_not_late() -> None:
    clock = Clock()
    store = MemoryStore(now=clock)
    session = await store.sessions.create(ANN)
    await exchange(store, session)
    turn = await ask(store, session)
    clock.time += SILENCE
    failed = await answer(store, turn, "")
    assert not await came_after(SILENCE, store, ANN, session, failed)
    clock.time += SILENCE
    again = await answer(store, await store.turns.retry(ANN, failed.id, prompt()))
    assert not await came_after(SILENCE, store, ANN, session, again)


async def test_in_a_temporary_session_nothing_is_late() -> None:
    clock = Clock()
    store = MemoryStore(now=clock)
    session = await store.sessions.create(ANN, temporary=True)
    await exchange(store, session)
    clock.time += SILENCE
    assert not await came_after(SILENCE, store, ANN, session, await exchange(store, session))
