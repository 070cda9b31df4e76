"""Finishing an answer, shelving a prompt, and an end that comes late."""

from dataclasses import replace

import pytest

from storage.errors import DuplicateSource, NotLastTurn, WrongTurnState
from storage.records import EntryKind, SessionInfo, Turn, TurnState
from storage.store import Store
from tests.storage.samples import ANN, answer, ask, exchange, prompt, target, wait


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


async def test_the_model_that_was_asked_for_is_kept_beside_the_one_that_answered(store: Store, session: SessionInfo) -> None:
    first = await exchange(store, session)
    again = await store.turns.retry(ANN, first.id, replace(prompt(), model="other"))
    await store.turns.end(ANN, again.id, TurnState.FAILED, text="", model="usual")
    kept = [await store.turns.get(ANN, turn.id) for turn in (first, again)]
    assert [turn.wanted for turn in kept] == [None, "other"]
    assert kept[1].model == "usual"


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


async def test_another_prompt_in_its_stead_stands_beside_it_and_the_session_goes_on_from_it(
    store: Store, session: SessionInfo
) -> None:
    first = await exchange(store, session, "first", "answer")
    old = await exchange(store, session, "second", "other answer")
    new = await store.turns.revise(ANN, old.id, prompt("or rather", to=target()))
    assert (new.state, new.prompt, new.partial) == (TurnState.ASKED, "or rather", "")
    assert [part.part for part in await store.deliveries.of_turn(ANN, new.id)] == [0]
    assert await said(store, session) == ["first", "answer", "or rather"]
    ended = await answer(store, new, "better")
    assert await said(store, session) == ["first", "answer", "or rather", "better"]
    assert [each.id for each in await store.turns.siblings(ANN, new.id)] == [old.id, new.id]
    assert old.answer_entry is not None
    back = await store.branches.switch(ANN, session.id, old.answer_entry)
    assert await said(store, session) == ["first", "answer", "second", "other answer"]
    assert (back.branches, back.first_message) == (2, "first")
    assert (await store.turns.get(ANN, old.id), await store.turns.get(ANN, first.id)) == (old, first)
    assert await store.turns.get(ANN, ended.id) == ended


async def test_the_first_prompt_of_a_session_is_asked_in_other_words_too(store: Store, session: SessionInfo) -> None:
    failed = await answer(store, await ask(store, session, "first"), "")
    new = await answer(store, await store.turns.revise(ANN, failed.id, prompt("or rather")), "answer")
    assert await said(store, session) == ["or rather", "answer"]
    assert [each.id for each in await store.turns.siblings(ANN, new.id)] == [new.id]
    info = await store.sessions.get(ANN, session.id)
    assert (info.message_count, info.modified) == (2, new.ended)


async def test_only_the_last_prompt_that_was_answered_is_asked_in_other_words_and_once(
    store: Store, session: SessionInfo
) -> None:
    old = await exchange(store, session)
    waiting = await wait(store, session)
    new = await store.turns.revise(ANN, old.id, words := prompt("or rather"))
    for turn, error in ((old, NotLastTurn), (new, WrongTurnState), (waiting, WrongTurnState)):
        with pytest.raises(error):
            await store.turns.revise(ANN, turn.id, prompt("or this"))
    await answer(store, new)
    with pytest.raises(DuplicateSource):
        await store.turns.revise(ANN, new.id, words)


async def test_the_tries_of_a_question_are_told_and_no_others(store: Store, session: SessionInfo) -> None:
    await exchange(store, session, "another question")
    first = await exchange(store, session)
    second = await answer(store, await store.turns.retry(ANN, first.id, prompt()), "")
    third = await store.turns.retry(ANN, second.id, prompt())
    assert [turn.id for turn in await store.turns.tries(ANN, third.id)] == [first.id, second.id, third.id]
    waiting = await store.turns.submit(ANN, session.id, prompt(), TurnState.QUEUED)
    assert list(await store.turns.tries(ANN, waiting.id)) == []
