"""Exchanges that are left out of what models are sent: which they are, and where that goes along."""

import pytest

from storage.errors import EntryNotFound, SessionNotFound
from storage.omissions import OMITTED
from storage.records import Draft, DraftEntry, SessionInfo, Turn
from storage.store import Store
from tests.storage.samples import ANN, BOB, START, exchange, prompt


def answer_of(turn: Turn) -> int:
    assert turn.answer_entry is not None
    return turn.answer_entry


async def omitted(store: Store, session: SessionInfo, text: str = "hello") -> Turn:
    turn = await exchange(store, session, text)
    await store.omissions.omit(ANN, session.id, answer_of(turn))
    return turn


async def sent_out(store: Store, session: SessionInfo) -> list[bool]:
    """Which of its entries go out as left out."""
    return [OMITTED in entry.data async for batch in store.transfers.read_all(ANN, session.id) for entry in batch]


async def test_to_take_it_in_again_is_exact_and_nothing_is_rewritten(store: Store, session: SessionInfo) -> None:
    await exchange(store, session)
    turn = await exchange(store, session)
    before = (await store.sessions.get(ANN, session.id), await store.transcripts.path(ANN, session.id))
    for _ in range(2):
        await store.omissions.omit(ANN, session.id, answer_of(turn))
    assert await store.omissions.of(ANN, session.id) == {answer_of(turn)}
    assert (await store.sessions.get(ANN, session.id), await store.transcripts.path(ANN, session.id)) == before
    for _ in range(2):
        await store.omissions.restore(ANN, session.id, answer_of(turn))
    assert await store.omissions.of(ANN, session.id) == set()


async def test_only_an_answer_of_that_session_is_left_out(store: Store, session: SessionInfo) -> None:
    turn, other = await exchange(store, session), await store.sessions.create(ANN)
    assert turn.prompt_entry is not None
    for where, entry in ((session, turn.prompt_entry), (session, 1), (other, answer_of(turn))):
        with pytest.raises(EntryNotFound):
            await store.omissions.omit(ANN, where.id, entry)
    with pytest.raises(SessionNotFound):
        await store.omissions.omit(BOB, session.id, answer_of(turn))


async def test_what_stands_beside_it_is_not_left_out(store: Store, session: SessionInfo) -> None:
    turn = await omitted(store, session)
    again = await store.turns.retry(ANN, turn.id, prompt())
    assert await store.omissions.of(ANN, session.id) == {answer_of(turn)}
    assert [entry.id for entry in await store.transcripts.path(ANN, session.id)] == [again.prompt_entry]


async def test_forks_and_what_is_moved_out_have_it_left_out_too(store: Store, session: SessionInfo) -> None:
    await exchange(store, session)
    turn = await omitted(store, session)
    fork = await store.branches.fork(ANN, session.id)
    path = await store.transcripts.path(ANN, fork.id)
    assert await store.omissions.of(ANN, fork.id) == {path[3].id}
    lifted = await store.branches.lift(ANN, turn.id)
    path = await store.transcripts.path(ANN, lifted.id)
    assert await store.omissions.of(ANN, lifted.id) == {path[1].id}
    assert await store.omissions.of(ANN, session.id) == {answer_of(turn)}
    before = await store.branches.fork(ANN, fork.id, before=(await store.transcripts.path(ANN, fork.id))[2].id)
    assert await store.omissions.of(ANN, before.id) == set()


async def test_out_and_in_again_it_is_left_out_still(store: Store, session: SessionInfo) -> None:
    await exchange(store, session)
    await omitted(store, session)
    assert await sent_out(store, session) == [False, False, False, True]
    said = [entry async for batch in store.transfers.read_all(ANN, session.id) for entry in batch]
    drafts = [DraftEntry(id=e.id, parent=e.parent, kind=e.kind, text=e.text, data=e.data, created=e.created) for e in said]
    brought = await store.transfers.adopt(ANN, Draft(created=START), drafts)
    path = await store.transcripts.path(ANN, brought.id)
    assert await store.omissions.of(ANN, brought.id) == {path[3].id}
    assert OMITTED not in path[3].data
    assert await sent_out(store, brought) == [False, False, False, True]


async def test_a_question_that_claims_it_comes_in_as_it_is(store: Store) -> None:
    claims = DraftEntry(id=1, parent=None, kind="user", text="x", data={OMITTED: True}, created=START)
    brought = await store.transfers.adopt(ANN, Draft(created=START), [claims])
    assert await store.omissions.of(ANN, brought.id) == set()
    assert (await store.transcripts.path(ANN, brought.id))[0].data == {OMITTED: True}


async def test_it_is_in_temporary_sessions_too_and_goes_with_its_session(store: Store) -> None:
    session = await store.sessions.create(ANN, temporary=True)
    turn = await omitted(store, session)
    await store.temporaries.keep(ANN, session.id)
    assert await store.omissions.of(ANN, session.id) == {answer_of(turn)}
    await store.shelves.delete(ANN, session.number)
    with pytest.raises(SessionNotFound):
        await store.omissions.of(ANN, session.id)
    await store.shelves.purge(ANN, session.number)
    await store.shelves.erase(ANN)
