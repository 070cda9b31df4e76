"""Tips, switching and forks, also against a plain tree."""

import pytest

from storage.errors import EntryNotFound, ExchangeAlone, NotLastTurn, SessionTemporary, SessionWriting, WrongTurnState
from storage.records import Entry, SessionInfo, Turn
from storage.store import Store
from tests.storage.samples import ANN, answer, ask, exchange, prompt


async def texts(store: Store, session: SessionInfo) -> list[str]:
    return [entry.text for entry in await store.transcripts.path(ANN, session.id)]


async def tips(store: Store, session: SessionInfo, limit: int = 25) -> list[tuple[str, int, bool]]:
    return [(tip.text, tip.messages, tip.is_current) for tip in await store.branches.tips(ANN, session.id, limit=limit)]


async def again(store: Store, turn: Turn, text: str) -> Turn:
    return await answer(store, await store.turns.retry(ANN, turn.id, prompt()), text)


async def branched(store: Store, session: SessionInfo) -> list[Turn]:
    """q1 with the answers a1 and a2, and below a2: q2, a3."""
    first = await exchange(store, session, "q1", "a1")
    return [first, await again(store, first, "a2"), await exchange(store, session, "q2", "a3")]


def entry_of(turn: Turn) -> int:
    assert turn.answer_entry is not None
    return turn.answer_entry


async def test_a_second_answer_makes_a_second_tip(store: Store, session: SessionInfo) -> None:
    assert session.branches == 0
    await branched(store, session)
    assert await tips(store, session) == [("a3", 4, True), ("a1", 2, False)]
    assert await tips(store, session, 1) == [("a3", 4, True)]
    assert (await store.sessions.find(ANN, 1)).branches == 2


async def test_a_failure_is_no_branch(store: Store, session: SessionInfo) -> None:
    failed = await exchange(store, session, "q1", "")
    assert await tips(store, session) == [("q1", 1, True)]
    await again(store, failed, "a1")
    assert await tips(store, session) == [("a1", 2, True)]
    await exchange(store, session, "q2", "")
    await exchange(store, session, "q3", "a3")
    assert await tips(store, session) == [("a3", 5, True)]
    assert (await store.sessions.find(ANN, 1)).branches == 1


async def test_switching_makes_the_other_branch_the_current_one(store: Store, session: SessionInfo) -> None:
    first, _, _ = await branched(store, session)
    switched = await store.branches.switch(ANN, session.id, entry_of(first))
    assert (switched.message_count, switched.modified) == (2, first.ended)
    assert await texts(store, session) == ["q1", "a1"]
    assert await tips(store, session) == [("a3", 4, False), ("a1", 2, True)]
    latest = await store.turns.latest(ANN, session.id)
    assert latest is not None
    assert latest.id == first.id
    await exchange(store, session, "q3", "a4")
    assert await texts(store, session) == ["q1", "a1", "q3", "a4"]
    assert (await store.sessions.find(ANN, 1)).branches == 2


async def test_nothing_switches_under_an_answer_that_is_written(store: Store, session: SessionInfo) -> None:
    first, _, _ = await branched(store, session)
    await ask(store, session)
    with pytest.raises(SessionWriting):
        await store.branches.switch(ANN, session.id, entry_of(first))


@pytest.mark.parametrize("entry", [0, -1, 10**30])
async def test_an_entry_that_never_was_is_no_place_to_go_to(store: Store, session: SessionInfo, entry: int) -> None:
    await branched(store, session)
    other = await store.sessions.create(ANN)
    foreign = entry_of(await exchange(store, other))
    for wrong in (entry, foreign):
        with pytest.raises(EntryNotFound):
            await store.branches.switch(ANN, session.id, wrong)
        with pytest.raises(EntryNotFound):
            await store.branches.fork(ANN, session.id, wrong)
        with pytest.raises(EntryNotFound):
            await store.branches.fork(ANN, session.id, before=wrong)


def said(path: tuple[Entry, ...] | list[Entry]) -> list[tuple[object, ...]]:
    return [(entry.text, entry.kind, entry.author, entry.depth, entry.created, entry.data) for entry in path]


async def test_a_fork_is_a_copy_of_the_path_and_leaves_the_session(store: Store, session: SessionInfo) -> None:
    await store.shelves.rename(ANN, 1, "named")
    await branched(store, session)
    before, path = await store.sessions.find(ANN, 1), await store.transcripts.path(ANN, session.id)
    fork = await store.branches.fork(ANN, session.id)
    assert said(list(await store.transcripts.path(ANN, fork.id))) == said(list(path))
    assert (fork.number, fork.name, fork.message_count, fork.branches) == (2, "named", 4, 1)
    assert (fork.modified, fork.first_message, fork.model) == (before.modified, "q1", "small")
    assert fork.origin is not None
    assert (fork.origin.session_id, fork.origin.number, fork.origin.entry) == (session.id, 1, before.leaf)
    await exchange(store, fork, "q9")
    assert await store.sessions.find(ANN, 1) == before


async def test_a_fork_at_an_entry_ends_there(store: Store, session: SessionInfo) -> None:
    first, _, _ = await branched(store, session)
    fork = await store.branches.fork(ANN, session.id, entry_of(first))
    assert await texts(store, fork) == ["q1", "a1"]
    assert await texts(store, session) == ["q1", "a2", "q2", "a3"]


async def test_a_fork_before_an_entry_ends_above_it(store: Store, session: SessionInfo) -> None:
    first, _, second = await branched(store, session)
    fork = await store.branches.fork(ANN, session.id, before=second.prompt_entry)
    assert await texts(store, fork) == ["q1", "a2"]
    empty = await store.branches.fork(ANN, session.id, before=first.prompt_entry)
    assert (empty.leaf, empty.message_count) == (None, 0)
    assert empty.origin is not None
    assert (empty.origin.number, empty.origin.entry) == (1, None)
    with pytest.raises(EntryNotFound):
        await store.branches.fork(ANN, session.id, before=0)


async def test_an_empty_fork_has_a_persons_name_but_no_models(store: Store, session: SessionInfo) -> None:
    first, _, second = await branched(store, session)
    await store.shelves.name_by_model(ANN, session.id, "Of a model")
    assert (await store.branches.fork(ANN, session.id, before=first.prompt_entry)).name is None
    assert (await store.branches.fork(ANN, session.id, before=second.prompt_entry)).name == "Of a model"
    await store.shelves.rename(ANN, 1, "Of a person")
    assert (await store.branches.fork(ANN, session.id, before=first.prompt_entry)).name == "Of a person"


async def test_a_fork_of_nothing_is_empty(store: Store, session: SessionInfo) -> None:
    fork = await store.branches.fork(ANN, session.id)
    assert (fork.leaf, fork.modified, fork.branches) == (None, fork.created, 0)


async def test_a_fork_is_found_and_outlives_its_parent(store: Store, session: SessionInfo) -> None:
    await branched(store, session)
    fork = await store.branches.fork(ANN, session.id)
    await store.shelves.delete(ANN, 1)
    await store.shelves.purge(ANN, 1)
    assert [hit.session.number for hit in await store.transcripts.search_messages(ANN, "a3")] == [2]
    assert await texts(store, fork) == ["q1", "a2", "q2", "a3"]


async def test_an_exchange_is_lifted_out_with_its_turn_and_stays_behind_as_a_branch(store: Store, session: SessionInfo) -> None:
    await store.shelves.rename(ANN, 1, "named")
    await exchange(store, session, "q1", "a1")
    before = await store.sessions.find(ANN, 1)
    turn = await exchange(store, session, "q2", "a2")
    path = await store.transcripts.path(ANN, session.id)
    lifted = await store.branches.lift(ANN, turn.id)
    assert [(e.text, e.kind, e.created, e.data) for e in await store.transcripts.path(ANN, lifted.id)] == [
        (e.text, e.kind, e.created, e.data) for e in path[2:]
    ]
    assert (lifted.number, lifted.name, lifted.message_count, lifted.branches, lifted.model) == (2, None, 2, 1, "small")
    assert lifted.origin is not None
    assert (lifted.origin.number, lifted.origin.entry) == (1, turn.answer_entry)
    after = await store.sessions.find(ANN, 1)
    assert (after.leaf, after.modified, after.message_count) == (before.leaf, before.modified, 2)
    assert await tips(store, session) == [("a2", 4, False)]
    await store.branches.switch(ANN, session.id, entry_of(turn))
    assert await store.transcripts.path(ANN, session.id) == path


async def test_a_lifted_turn_goes_on_in_its_new_session(store: Store, session: SessionInfo) -> None:
    await exchange(store, session, "q1", "a1")
    turn = await exchange(store, session, "q2", "")
    lifted = await store.branches.lift(ANN, turn.id)
    moved = await store.turns.get(ANN, turn.id)
    assert (moved.session_id, moved.session_number) == (lifted.id, 2)
    latest = await store.turns.latest(ANN, lifted.id)
    assert latest is not None
    assert latest.id == turn.id
    await again(store, turn, "a2")
    assert await texts(store, lifted) == ["q2", "a2"]
    await exchange(store, session, "q3", "a3")
    assert await texts(store, session) == ["q1", "a1", "q3", "a3"]


async def test_only_the_last_exchange_with_something_above_it_is_lifted_and_only_once(
    store: Store, session: SessionInfo
) -> None:
    first = await exchange(store, session, "q1", "a1")
    with pytest.raises(ExchangeAlone):
        await store.branches.lift(ANN, first.id)
    second = await exchange(store, session, "q2", "a2")
    with pytest.raises(NotLastTurn):
        await store.branches.lift(ANN, first.id)
    running = await ask(store, session, "q3")
    with pytest.raises(WrongTurnState):
        await store.branches.lift(ANN, running.id)
    with pytest.raises(NotLastTurn):
        await store.branches.lift(ANN, second.id)
    third = await answer(store, running, "a3")
    await store.branches.lift(ANN, third.id)
    with pytest.raises(ExchangeAlone):
        await store.branches.lift(ANN, third.id)
    assert (await store.sessions.counts(ANN)).open == 2


async def test_nothing_is_lifted_out_of_a_temporary_session(store: Store) -> None:
    session = await store.sessions.create(ANN, temporary=True)
    await exchange(store, session, "q1", "a1")
    turn = await exchange(store, session, "q2", "a2")
    with pytest.raises(SessionTemporary):
        await store.branches.lift(ANN, turn.id)
