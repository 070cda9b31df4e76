"""Keeping sessions in order: names, pins, the archive, what is unread, and the ways back."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from storage.errors import SessionNotFound, SessionWriting, UndoNotFound
from storage.records import (
    Changed,
    Counts,
    NamedBy,
    SessionInfo,
    Shelf,
    TurnState,
)
from storage.store import Store
from tests.storage.samples import ANN, BOB, Clock, ask, exchange

Act = Callable[[Store], Awaitable[Changed]]

ACTS: dict[str, Act] = {
    "rename": lambda store: store.shelves.rename(ANN, 1, "another"),
    "unname": lambda store: store.shelves.rename(ANN, 1, None),
    "pin": lambda store: store.shelves.pin(ANN, 1),
    "unpin": lambda store: store.shelves.unpin(ANN, 1),
    "archive": lambda store: store.shelves.archive(ANN, 1),
    "unarchive": lambda store: store.shelves.unarchive(ANN, 1),
    "delete": lambda store: store.shelves.delete(ANN, 1),
}
BEFORE: dict[str, Act | None] = {
    "plain": None,
    "pinned": ACTS["pin"],
    "archived": ACTS["archive"],
    "named": ACTS["rename"],
}


async def numbers(store: Store, shelf: Shelf = Shelf.OPEN) -> list[int]:
    return [info.number for info in (await store.sessions.list(ANN, shelf=shelf)).items]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("name", ACTS)
async def test_undo_is_the_inverse_of_each_act(store: Store, session: SessionInfo, name: str, before: str) -> None:
    if (first := BEFORE[before]) is not None:
        await first(store)
    was = await store.sessions.find(ANN, 1)
    changed = await ACTS[name](store)
    assert changed.before == was
    assert await store.shelves.undo(ANN, changed.undo) == was
    assert await store.sessions.find(ANN, 1) == was


async def test_undoing_leaves_what_was_done_since(store: Store, session: SessionInfo) -> None:
    pinned = await store.shelves.pin(ANN, 1)
    await store.shelves.rename(ANN, 1, "since")
    undone = await store.shelves.undo(ANN, pinned.undo)
    assert (undone.pinned, undone.name) == (False, "since")


async def test_an_undo_acts_once_and_is_forgotten_when_old(store: Store, session: SessionInfo, clock: Clock) -> None:
    once, old = await store.shelves.pin(ANN, 1), await store.shelves.rename(ANN, 1, "x")
    await store.shelves.undo(ANN, once.undo)
    await store.upkeep.forget_choices(clock() + timedelta(days=1))
    for undo in (once.undo, old.undo, UUID(int=7)):
        with pytest.raises(UndoNotFound):
            await store.shelves.undo(ANN, undo)


async def test_undoing_a_restore_does_not_bin_what_is_being_written(store: Store, session: SessionInfo) -> None:
    await store.shelves.delete(ANN, 1)
    restored = await store.shelves.restore(ANN, 1)
    await ask(store, session)
    with pytest.raises(SessionWriting):
        await store.shelves.undo(ANN, restored.undo)


async def test_a_model_names_only_what_no_person_named(store: Store, session: SessionInfo) -> None:
    named = await store.shelves.name_by_model(ANN, session.id, "Auth bug")
    assert (named.name, named.named_by) == ("Auth bug", NamedBy.MODEL)
    assert (await store.shelves.name_by_model(ANN, session.id, "Login bug")).name == "Login bug"
    mine = (await store.shelves.rename(ANN, 1, "Mine")).session
    assert mine.named_by is NamedBy.PERSON
    assert await store.shelves.name_by_model(ANN, session.id, "Again") == mine
    assert (await store.sessions.create(ANN, "given")).named_by is NamedBy.PERSON


async def test_pinned_ones_come_first_in_lists_and_searches(store: Store) -> None:
    for _ in range(4):
        await store.sessions.create(ANN)
    await store.shelves.pin(ANN, 2)
    await store.shelves.pin(ANN, 1)
    assert await numbers(store) == [2, 1, 4, 3]
    assert await numbers(store, Shelf.PINNED) == [2, 1]
    assert [info.number for info in await store.sessions.search(ANN, "")] == [2, 1, 4, 3]


async def test_each_session_is_on_one_shelf_and_counted_there(store: Store) -> None:
    for _ in range(5):
        await store.sessions.create(ANN)
    await store.shelves.pin(ANN, 1)
    for number in (2, 1):
        await store.shelves.archive(ANN, number)
    for number in (3, 2):
        await store.shelves.delete(ANN, number)
    await store.shelves.pin(ANN, 5)
    assert [await numbers(store, shelf) for shelf in Shelf] == [[5, 4], [5], [1], [2, 3]]
    assert await store.sessions.counts(ANN) == Counts(open=2, pinned=1, archived=1, bin=2)
    assert await store.sessions.counts(BOB) == Counts()


async def test_what_is_in_the_bin_is_found_only_by_who_asks_for_it_there(store: Store, session: SessionInfo) -> None:
    binned = (await store.shelves.delete(ANN, 1)).session
    assert await store.sessions.get(ANN, session.id, binned=True) == binned
    assert await store.sessions.find(ANN, 1, binned=True) == binned
    for actor, is_there in ((ANN, False), (BOB, True)):
        with pytest.raises(SessionNotFound):
            await store.sessions.get(actor, session.id, binned=is_there)
        with pytest.raises(SessionNotFound):
            await store.sessions.find(actor, 1, binned=is_there)


async def test_opening_brings_back_what_was_archived(store: Store, session: SessionInfo) -> None:
    await store.shelves.archive(ANN, 1)
    assert not (await store.sessions.open(ANN, 1)).archived
    assert await numbers(store) == [1]


async def test_words_bring_back_what_was_archived(store: Store, session: SessionInfo) -> None:
    await store.sessions.open(ANN, 1)
    await store.shelves.archive(ANN, 1)
    assert (await store.sessions.active(ANN)) is not None
    await ask(store, session)
    assert not (await store.sessions.find(ANN, 1)).archived


async def test_an_answer_nobody_was_there_for_is_unread_until_opened(store: Store, session: SessionInfo) -> None:
    await exchange(store, session)
    assert (await store.sessions.find(ANN, 1)).unread
    assert not (await store.sessions.open(ANN, 1)).unread
    await exchange(store, session)
    assert not (await store.sessions.find(ANN, 1)).unread


async def test_what_was_shown_is_read_until_another_answer_comes(store: Store, session: SessionInfo) -> None:
    for _ in range(2):
        await exchange(store, session)
        assert (await store.sessions.find(ANN, 1)).unread
        await store.sessions.read(ANN, session.id)
        assert not (await store.sessions.find(ANN, 1)).unread


async def test_where_no_answer_came_there_is_none_to_read(store: Store, session: SessionInfo) -> None:
    turn = await ask(store, session)
    await store.turns.end(ANN, turn.id, TurnState.FAILED, text="", error="overloaded")
    assert not (await store.sessions.find(ANN, 1)).unread


async def test_a_stopped_answer_is_not_unread(store: Store, session: SessionInfo) -> None:
    await store.turns.end(ANN, (await ask(store, session)).id, TurnState.STOPPED, text="half")
    assert not (await store.sessions.find(ANN, 1)).unread


async def test_preferences_come_back_as_they_were_set(store: Store) -> None:
    await store.preferences.set(ANN, "x", {"a": [1, None, "é"]})
    assert await store.preferences.get(ANN, "x") == {"a": [1, None, "é"]}
    assert await store.preferences.get(BOB, "x") is None
    await store.preferences.set(ANN, "x", None)
    assert await store.preferences.get(ANN, "x") is None
