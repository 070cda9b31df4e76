"""Summaries beside a path: which one holds wherever the path goes, and that taking one back leaves no trace of it."""

from dataclasses import replace

import pytest

from storage.errors import EntryNotFound, SummaryOutdated
from storage.records import Entry, EntryKind, SessionInfo, TurnState, Undone, first_kept
from storage.store import Store
from tests.storage.samples import ANN, BOB, answer, ask, exchange, prompt, summary


async def filled(store: Store, session: SessionInfo, exchanges: int = 3) -> list[Entry]:
    for number in range(exchanges):
        await exchange(store, session, f"q{number}", f"a{number}")
    return list(await store.transcripts.path(ANN, session.id))


async def holds(store: Store, session: SessionInfo) -> str | None:
    """The text of the summary that holds."""
    compaction = (await store.compactions.standing(ANN, session.id)).compaction
    return None if compaction is None else compaction.text


async def add(store: Store, session: SessionInfo, newest: int, text: str = "gist") -> Entry:
    held = (await store.compactions.standing(ANN, session.id)).compaction
    made = summary(newest, first_kept=2, text=text)
    return await store.compactions.add(ANN, session.id, made, instead_of=held.id if held is not None else None)


async def test_a_summary_holds_from_then_on_and_the_path_is_as_it_was(store: Store, session: SessionInfo) -> None:
    path = await filled(store, session)
    before = await store.sessions.get(ANN, session.id)
    gist = await add(store, session, path[1].id)
    assert (gist.kind, gist.parent, first_kept(gist), gist.data["model"]) == (EntryKind.SUMMARY, path[-1].id, 2, "small")
    assert await store.transcripts.path(ANN, session.id) == tuple(path)
    assert await store.sessions.get(ANN, session.id) == before
    await exchange(store, session, "q3", "a3")
    assert await holds(store, session) == "gist"
    assert await store.compactions.get(ANN, session.id, gist.id) == gist


async def test_a_second_try_of_the_answer_that_was_given_with_it_has_it_too(store: Store, session: SessionInfo) -> None:
    path = await filled(store, session)
    turn = await ask(store, session, "q3")
    await add(store, session, path[1].id)
    ended = await answer(store, turn, "first")
    assert (await store.turns.latest(ANN, session.id)) == ended
    again = await store.turns.retry(ANN, ended.id, prompt())
    assert await holds(store, session) == "gist"
    second = await answer(store, again, "second")
    assert [turn.id for turn in await store.turns.siblings(ANN, second.id)] == [ended.id, second.id]
    await store.branches.switch(ANN, session.id, ended.answer_entry or 0)
    assert await holds(store, session) == "gist"
    hanging = await store.compactions.hanging(ANN, session.id, ended.prompt_entry or 0)
    assert hanging is not None
    assert hanging.text == "gist"


async def test_on_a_branch_from_above_it_another_one_holds_or_none(store: Store, session: SessionInfo) -> None:
    path = await filled(store, session)
    await add(store, session, path[1].id)
    await store.branches.switch(ANN, session.id, path[3].id)
    assert await holds(store, session) is None
    await exchange(store, session, "aside", "there")
    assert await holds(store, session) is None
    await add(store, session, path[1].id, "other")
    assert await holds(store, session) == "other"
    await store.branches.switch(ANN, session.id, path[-1].id)
    assert await holds(store, session) == "gist"


async def test_a_prompt_that_is_set_aside_takes_its_summary_with_it(store: Store, session: SessionInfo) -> None:
    path = await filled(store, session)
    turn = await ask(store, session, "q3")
    await add(store, session, path[1].id)
    assert (await store.turns.shelve(ANN, turn.id)).state is TurnState.PAUSED
    assert await store.transcripts.path(ANN, session.id) == tuple(path)
    assert await holds(store, session) is None


async def test_two_that_were_made_from_the_same_are_one(store: Store, session: SessionInfo) -> None:
    path = await filled(store, session)
    await store.compactions.add(ANN, session.id, summary(path[1].id), instead_of=None)
    with pytest.raises(SummaryOutdated):
        await store.compactions.add(ANN, session.id, summary(path[1].id, text="twice"), instead_of=None)
    assert await holds(store, session) == "gist"


async def test_one_that_goes_on_from_one_that_was_taken_back_is_refused(store: Store, session: SessionInfo) -> None:
    path = await filled(store, session)
    gist = await add(store, session, path[1].id)
    await store.compactions.undo(ANN, session.id, gist.id)
    with pytest.raises(SummaryOutdated):
        await store.compactions.add(ANN, session.id, summary(path[3].id, text="more"), instead_of=gist.id)
    assert await holds(store, session) is None


async def test_what_was_forgotten_or_remembered_since_refuses_the_summary_that_may_tell_of_it(
    store: Store, session: SessionInfo
) -> None:
    path = await filled(store, session)
    await store.omissions.omit(ANN, session.id, path[1].id)
    with pytest.raises(SummaryOutdated):
        await store.compactions.add(ANN, session.id, summary(path[3].id), instead_of=None)
    without = replace(summary(path[3].id, text="without it"), omitted={path[1].id})
    await store.omissions.restore(ANN, session.id, path[1].id)
    with pytest.raises(SummaryOutdated):
        await store.compactions.add(ANN, session.id, without, instead_of=None)
    assert await holds(store, session) is None
    await store.omissions.omit(ANN, session.id, path[1].id)
    await store.omissions.omit(ANN, session.id, path[5].id)  # which stays as it is, below the summary
    await store.compactions.add(ANN, session.id, without, instead_of=None)
    assert await holds(store, session) == "without it"


async def test_what_tells_of_a_branch_that_was_left_is_refused(store: Store, session: SessionInfo) -> None:
    path = await filled(store, session)
    await store.branches.switch(ANN, session.id, path[1].id)
    with pytest.raises(SummaryOutdated):
        await store.compactions.add(ANN, session.id, summary(path[3].id), instead_of=None)


async def test_taken_back_it_is_as_if_it_had_never_been(store: Store, session: SessionInfo) -> None:
    path = await filled(store, session)
    first = await add(store, session, path[1].id, "first")
    await exchange(store, session, "q3", "a3")
    second = await add(store, session, path[3].id, "second")
    before = await store.transcripts.path(ANN, session.id)
    assert await store.compactions.undo(ANN, session.id, first.id) is Undone.REPLACED
    assert await holds(store, session) == "second"
    assert await store.compactions.undo(ANN, session.id, second.id) is Undone.NOW
    assert await store.compactions.undo(ANN, session.id, second.id) is Undone.ALREADY
    standing = await store.compactions.standing(ANN, session.id)
    assert (await holds(store, session), standing.undone) == ("first", before[-1].depth)
    assert await store.transcripts.path(ANN, session.id) == before
    assert await store.compactions.undo(ANN, session.id, first.id) is Undone.NOW
    assert await holds(store, session) is None
    await add(store, session, path[1].id, "third")
    assert await holds(store, session) == "third"
    assert (await store.compactions.standing(ANN, session.id)).undone is None


async def test_one_of_a_branch_that_was_left_can_be_taken_back_there(store: Store, session: SessionInfo) -> None:
    path = await filled(store, session)
    gist = await add(store, session, path[1].id)
    await store.branches.switch(ANN, session.id, path[3].id)
    await exchange(store, session, "aside", "there")
    assert await store.compactions.undo(ANN, session.id, gist.id) is Undone.NOW
    await store.branches.switch(ANN, session.id, path[-1].id)
    assert await holds(store, session) is None


async def test_a_fork_has_what_holds_and_what_was_taken_back(store: Store, session: SessionInfo) -> None:
    path = await filled(store, session)
    await add(store, session, path[1].id, "first")
    await exchange(store, session, "q3", "a3")
    second = await add(store, session, path[3].id, "second")
    with_both = await store.branches.fork(ANN, session.id)
    await store.compactions.undo(ANN, session.id, second.id)
    with_one = await store.branches.fork(ANN, session.id)
    with_none = await store.branches.fork(ANN, session.id, path[3].id)
    assert [await holds(store, fork) for fork in (with_both, with_one, with_none)] == ["second", "first", None]
    assert [entry.text for entry in await store.transcripts.path(ANN, with_one.id)] == [
        entry.text for entry in await store.transcripts.path(ANN, session.id)
    ]


@pytest.mark.parametrize("which", ["said", 0, -1, 10**30])
async def test_only_a_compaction_of_the_session_is_one(store: Store, session: SessionInfo, which: int | str) -> None:
    said = (await filled(store, session))[0].id
    for act in (store.compactions.get, store.compactions.undo):
        with pytest.raises(EntryNotFound):
            await act(ANN, session.id, said if isinstance(which, str) else which)


async def test_one_of_another_session_is_as_missing(store: Store, session: SessionInfo) -> None:
    path = await filled(store, session)
    gist = await add(store, session, path[1].id)
    others = await store.sessions.create(BOB)
    await exchange(store, others, actor=BOB)
    for act in (store.compactions.get, store.compactions.undo):
        with pytest.raises(EntryNotFound):
            await act(BOB, others.id, gist.id)
    assert await holds(store, session) == "gist"
