"""Finishing an answer, shelving a prompt, and an end that comes late."""

import pytest

from storage.errors import NotLastTurn, WrongTurnState
from storage.records import EntryKind, SessionInfo, Turn, TurnState
from storage.store import Store
from tests.storage.samples import ANN, answer, ask, exchange, prompt, wait


async def cut(store: Store, session: SessionInfo, text: str = "half of ") -> Turn:
    """An answer that was stopped in mid-sentence."""
    turn = await ask(store, session, "why?")
    return await store.turns.end(ANN, turn.id, TurnState.STOPPED, text=text)


async def said(store: Store, session: SessionInfo) -> list[str]:
    return [entry.text for entry in await store.transcripts.path(ANN, session.id)]


async def test_finishing_goes_on_from_the_text_beside_the_old_answer(store: Store, session: SessionInfo) -> None:
    old = await cut(store, session)
    again = await store.turns.finish(ANN, old.id, prompt())
    assert (again.state, again.partial, again.prompt_entry) == (TurnState.ASKED, "half of ", old.prompt_entry)
    assert (await store.turns.get(ANN, again.id)).partial == "half of "
    assert await said(store, session) == ["why?"]
    ended = await store.turns.end(ANN, again.id, TurnState.COMPLETED, text="half of the whole")
    assert await said(store, session) == ["why?", "half of the whole"]
    assert (ended.partial, ended.answer_entry != old.answer_entry) == ("", True)


async def test_only_an_unfinished_answer_with_text_is_finished(store: Store, session: SessionInfo) -> None:
    whole = await exchange(store, session)
    with pytest.raises(WrongTurnState):
        await store.turns.finish(ANN, whole.id, prompt())
    failed = await answer(store, await ask(store, session), "")
    with pytest.raises(WrongTurnState):
        await store.turns.finish(ANN, failed.id, prompt())
    old = await cut(store, session)
    await exchange(store, session)
    with pytest.raises(NotLastTurn):
        await store.turns.finish(ANN, old.id, prompt())


async def test_a_shelved_prompt_leaves_the_path_and_waits(store: Store, session: SessionInfo) -> None:
    await exchange(store, session, "first", "answer")
    before = await store.sessions.get(ANN, session.id)
    turn = await ask(store, session, "second")
    shelved = await store.turns.shelve(ANN, turn.id)
    assert (shelved.state, shelved.prompt, shelved.prompt_entry) == (TurnState.PAUSED, "second", None)
    assert await store.turns.waiting(ANN, session.id) == (shelved,)
    after = await store.sessions.get(ANN, session.id)
    assert (after.leaf, after.message_count, after.modified) == (before.leaf, before.message_count, before.modified)
    await answer(store, await store.turns.ask(ANN, turn.id), "at last")
    assert await said(store, session) == ["first", "answer", "second", "at last"]


async def test_a_sessions_first_prompt_can_be_shelved(store: Store, session: SessionInfo) -> None:
    await store.turns.shelve(ANN, (await ask(store, session)).id)
    info = await store.sessions.get(ANN, session.id)
    assert (info.leaf, info.message_count, info.modified) == (None, 0, info.created)


async def test_the_time_of_a_path_that_ends_in_failures_is_that_of_its_last_message(store: Store, session: SessionInfo) -> None:
    await answer(store, await ask(store, session), "")
    before = await store.sessions.get(ANN, session.id)
    await store.turns.shelve(ANN, (await ask(store, session)).id)
    assert await store.sessions.get(ANN, session.id) == before


async def test_what_was_answered_before_or_has_begun_is_not_shelved(store: Store, session: SessionInfo) -> None:
    again = await store.turns.retry(ANN, (await exchange(store, session)).id, prompt())
    with pytest.raises(WrongTurnState):
        await store.turns.shelve(ANN, again.id)
    await store.turns.checkpoint(ANN, again.id, "begun")
    for turn in (again, await wait(store, session)):
        with pytest.raises(WrongTurnState):
            await store.turns.shelve(ANN, turn.id)


async def test_an_end_that_comes_late_leaves_the_session_where_it_went_on(store: Store, session: SessionInfo) -> None:
    slow = await ask(store, session, "slow")
    await exchange(store, session, "next", "answer")
    ended = await answer(store, slow, "too late")
    assert ended.answer_entry is not None
    assert await said(store, session) == ["slow", "next", "answer"]
    assert (await store.transcripts.tail(ANN, session.id, limit=1))[0].kind == EntryKind.ASSISTANT


async def test_siblings_are_what_was_answered_at_one_place(store: Store, session: SessionInfo) -> None:
    first = await exchange(store, session, "first", "answer")
    waiting = await wait(store, session, "later")
    one = await cut(store, session)
    two = await answer(store, await store.turns.retry(ANN, one.id, prompt()), "")
    three = await answer(store, await store.turns.retry(ANN, two.id, prompt()), "whole")
    for turn in (one, two, three):
        assert [each.id for each in await store.turns.siblings(ANN, turn.id)] == [one.id, three.id]
    assert [each.id for each in await store.turns.siblings(ANN, first.id)] == [first.id]
    assert await store.turns.siblings(ANN, waiting.id) == ()
    running = await store.turns.retry(ANN, three.id, prompt())
    assert [each.id for each in await store.turns.siblings(ANN, running.id)] == [one.id, three.id]
